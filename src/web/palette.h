/*
 * The few colours that stand for all of a picture: the box of colours that is worst served by one colour is cut in two, until
 * there are enough. Without dithering, which would not pack. The same pixels give the same palette.
 *
 * The struct owns the table that says which colour stands for which (64 kB) until palette_release.
 */
#ifndef WEB_PALETTE_H
#define WEB_PALETTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "web/canvas.h"

#define PALETTE_COLORS_MAX 256

struct palette {
	uint8_t colors[PALETTE_COLORS_MAX][3];
	size_t count;
	uint8_t *indices; /* by the upper bits of red, green and blue; NULL when released */
};

/* At most colors_max (1 to PALETTE_COLORS_MAX) colours. ERR_MEMORY; nothing is to be released then. */
bool palette_init(struct palette *palette, const struct canvas *canvas, size_t colors_max, struct err *err);
void palette_release(struct palette *palette);
/* Index of the colour that stands for each of `count` pixels. */
void palette_map(const struct palette *palette, const uint8_t *pixels, size_t count, uint8_t *out);

#endif
