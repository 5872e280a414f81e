#include "web/font.h"

#include <math.h>
#include <stdlib.h>

#include "base/codec.h"
#include "base/deflate.h"
#include "base/embed.h"
#include "base/limits.h"

#define STB_TRUETYPE_IMPLEMENTATION
#define STBTT_STATIC
#include <stb_truetype.h>

void font_init(struct font *font)
{
	*font = (struct font){0};
	buf_init(&font->data, embed_font.raw_len);
}

void font_release(struct font *font)
{
	buf_release(&font->data);
	free(font->info);
	font->info = NULL;
}

bool font_open(struct font *font, struct err *err)
{
	stbtt_fontinfo *info;

	if (font->info)
		return true;
	buf_clear(&font->data);
	if (!deflate_inflate(str_make((const char *)embed_font.data, embed_font.len), &font->data, err))
		return err_wrap(err, "built-in font");
	info = calloc(1, sizeof(*info));
	if (!info || !stbtt_InitFont(info, (const unsigned char *)font->data.ptr, 0)) {
		free(info);
		return err_set(err, ERR_MEMORY, "no memory for the built-in font");
	}
	font->info = info;
	return true;
}

/* U+FF01 to U+FF5E are U+0021 to U+007E in the width of a kanji. The font has no tilde of that width but a wave dash. */
static int glyph_of(const struct font *font, int32_t character)
{
	if (character == 0xff5e)
		character = 0x301c;
	else if (character > 0xff00 && character < 0xff5e)
		character -= 0xff00 - 0x20;
	return character < 0x20 ? 0 : stbtt_FindGlyphIndex(font->info, character);
}

bool font_has(const struct font *font, struct str text)
{
	for (size_t pos = 0; pos < text.len;) {
		if (glyph_of(font, codec_utf8_next(text, &pos)) == 0)
			return false;
	}
	return true;
}

static float scale_of(const struct font *font, float size)
{
	return stbtt_ScaleForMappingEmToPixels(font->info, size);
}

static float advance_of(const struct font *font, int glyph, float scale)
{
	int advance, side;

	stbtt_GetGlyphHMetrics(font->info, glyph, &advance, &side);
	return (float)advance * scale;
}

float font_width(const struct font *font, struct str text, float size)
{
	float scale = scale_of(font, size);
	float width = 0;

	for (size_t pos = 0; pos < text.len;)
		width += advance_of(font, glyph_of(font, codec_utf8_next(text, &pos)), scale);
	return width;
}

static bool draw_glyph(const struct font *font, struct canvas *canvas, int glyph, float x, float baseline, float scale,
		       uint32_t color, struct err *err)
{
	float column = floorf(x), row = floorf(baseline);
	float shift_x = x - column, shift_y = baseline - row;
	int left, top, right, bottom;
	size_t pixels;
	unsigned char *mask;

	stbtt_GetGlyphBitmapBoxSubpixel(font->info, glyph, scale, scale, shift_x, shift_y, &left, &top, &right, &bottom);
	if (right <= left || bottom <= top)
		return true;
	pixels = (size_t)(right - left) * (size_t)(bottom - top);
	if (pixels > GLYPH_PIXELS_MAX)
		return err_set(err, ERR_LIMIT, "a glyph of %d × %d pixels", right - left, bottom - top);
	mask = calloc(pixels, 1);
	if (!mask)
		return err_set(err, ERR_MEMORY, "no memory for a glyph");
	stbtt_MakeGlyphBitmapSubpixel(font->info, mask, right - left, bottom - top, right - left, scale, scale, shift_x, shift_y, glyph);
	canvas_mask(canvas, (int)column + left, (int)row + top, right - left, bottom - top, mask, color);
	free(mask);
	return true;
}

bool font_draw(const struct font *font, struct canvas *canvas, struct str text, float x, float baseline, float size,
	       uint32_t color, struct err *err)
{
	float scale = scale_of(font, size);

	for (size_t pos = 0; pos < text.len;) {
		int glyph = glyph_of(font, codec_utf8_next(text, &pos));

		if (!draw_glyph(font, canvas, glyph, x, baseline, scale, color, err))
			return false;
		x += advance_of(font, glyph, scale);
	}
	return true;
}
