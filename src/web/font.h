/*
 * The one font of the pictures: M PLUS 1 Medium, a subset (Latin, kana, punctuation, the kanji of JIS level 1 and of the
 * starter catalog; vendor/font.py), read with stb_truetype. It draws single lines, left to right, without kerning; it
 * breaks no lines and chooses no other glyph than a full-width Latin letter's plain form.
 *
 * The font is embedded packed and unpacked at its first use into memory that the struct owns until font_release (650 kB).
 */
#ifndef WEB_FONT_H
#define WEB_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "web/canvas.h"

struct stbtt_fontinfo;

struct font {
	struct buf data;
	struct stbtt_fontinfo *info; /* NULL until the first use */
};

/* Cannot fail; nothing is unpacked yet. */
void font_init(struct font *font);
void font_release(struct font *font);
/* Unpacks once. ERR_MEMORY. The functions below come after it. */
bool font_open(struct font *font, struct err *err);

/* Whether the text is valid UTF-8 and each character has a glyph. */
bool font_has(const struct font *font, struct str text);
/* Pixels from the text's start to its end; `size` is the height of an em in pixels. */
float font_width(const struct font *font, struct str text, float size);
/* x: where the text starts; baseline: y of its base line. ERR_MEMORY. */
bool font_draw(const struct font *font, struct canvas *canvas, struct str text, float x, float baseline, float size,
	       uint32_t color, struct err *err);

#endif
