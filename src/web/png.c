#include "web/png.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/deflate.h"
#include "base/limits.h"
#include "web/palette.h"

enum { CHUNK_HEAD_BYTES = 8 };

static void put_u32(uint8_t out[4], uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void add_u32(struct buf *out, uint32_t value)
{
	uint8_t bytes[4];

	put_u32(bytes, value);
	buf_add(out, str_make((const char *)bytes, sizeof(bytes)));
}

/* Begins a chunk (RFC 2083, 3.2); returns where. */
static size_t chunk_begin(struct buf *out, const char *kind)
{
	size_t at = out->len;

	add_u32(out, 0);
	buf_addc(out, kind);
	return at;
}

static void chunk_end(struct buf *out, size_t at)
{
	struct str body;

	if (out->full)
		return;
	put_u32((uint8_t *)out->ptr + at, (uint32_t)(out->len - at - CHUNK_HEAD_BYTES));
	body = str_skip(buf_str(out), at + 4);
	add_u32(out, deflate_crc32(body));
}

/* Rows of indices, each after the filter type 0: with a palette the other filters do not help (RFC 2083, 9.6). */
static bool write_rows(const struct canvas *canvas, const struct palette *palette, struct buf *out, struct err *err)
{
	size_t width = (size_t)canvas->width;
	uint8_t *row = calloc(width + 1, 1);
	struct deflate_writer writer = {0};
	bool ok = row || err_set(err, ERR_MEMORY, "no memory for a row of %d pixels", canvas->width);

	ok = ok && deflate_writer_init(&writer, PNG_LEVEL, err);
	for (int y = 0; ok && y < canvas->height; y++) {
		palette_map(palette, canvas->pixels + 3 * width * (size_t)y, width, row + 1);
		ok = deflate_writer_feed(&writer, str_make((const char *)row, width + 1), y + 1 == canvas->height, out, err);
	}
	deflate_writer_release(&writer);
	free(row);
	return ok;
}

bool png_write(const struct canvas *canvas, size_t colors_max, struct buf *out, struct err *err)
{
	/* Bits of an index, a palette, deflate, filters by row, not interlaced (RFC 2083, 4.1.1). */
	static const char form[] = {8, 3, 0, 0, 0};
	struct palette palette;
	size_t at;
	bool ok;

	if (!palette_init(&palette, canvas, colors_max, err))
		return false;
	buf_add(out, STR("\x89PNG\r\n\x1a\n"));
	at = chunk_begin(out, "IHDR");
	add_u32(out, (uint32_t)canvas->width);
	add_u32(out, (uint32_t)canvas->height);
	buf_add(out, str_make(form, sizeof(form)));
	chunk_end(out, at);
	at = chunk_begin(out, "PLTE");
	buf_add(out, str_make((const char *)palette.colors, 3 * palette.count));
	chunk_end(out, at);
	at = chunk_begin(out, "IDAT");
	ok = write_rows(canvas, &palette, out, err);
	palette_release(&palette);
	if (!ok)
		return err_wrap(err, "picture");
	chunk_end(out, at);
	chunk_end(out, chunk_begin(out, "IEND"));
	return buf_check(out, "a picture", err);
}
