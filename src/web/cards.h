/*
 * The picture of a ten-pull: a PNG grid of cards, five in a row, each with its rarity's frame, glow and stars, the item's
 * art or an emblem of our own, its name, and what the draw gave (NEW, shards, featured). Cards and bytes of art in, bytes of
 * a file out: it opens no file and fetches nothing. The same cards give the same bytes.
 *
 * A catalog's `image` is an https URL, which Discord shows and we do not fetch. Local art is what the caller read from a
 * folder of its own and hands over as bytes.
 */
#ifndef WEB_CARDS_H
#define WEB_CARDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "web/font.h"

struct card {
	struct str rarity; /* its id */
	int64_t stars;     /* 0: none are shown */
	int32_t color;     /* 0xRRGGBB; below 0: grey */
	struct str name;   /* a character without a glyph: the id is shown instead */
	struct str id;
	struct str art; /* a PNG or JPEG file's bytes; empty, broken or too large: an emblem is drawn */
	bool is_new;
	bool featured;
	int64_t shards; /* of a duplicate; 0: none */
};

/* What stays between pictures: the unpacked font, 650 kB from the first one on. One belongs to the bot. */
struct cards {
	struct font font;
};

void cards_init(struct cards *cards);
void cards_release(struct cards *cards);
/*
 * Appends a picture of 1 to CARDS_MAX cards to out. ERR_USAGE for another count; ERR_LIMIT past out's cap (CARDS_BYTES_MAX
 * holds every picture); ERR_MEMORY. Some 1.8 MB are taken meanwhile, and given back.
 */
bool cards_png(struct cards *cards, const struct card *list, size_t count, struct buf *out, struct err *err);

#endif
