/*
 * A picture in memory, and the few shapes that a card is made of. Everything is antialiased, drawn over what is there, and
 * cut at the edges. It knows nothing of cards, text or files.
 *
 * Lengths are pixels, x to the right, y down; colours are 0xRRGGBB; alpha is 0 (nothing) to 256 (all). Sums are integers or
 * IEEE floats in a fixed order, so that the same calls give the same pixels.
 */
#ifndef WEB_CANVAS_H
#define WEB_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CANVAS_OPAQUE 256

struct canvas {
	uint8_t *pixels; /* red, green, blue; rows without gaps; NULL when released */
	int width;
	int height;
};

struct point {
	float x, y;
};

struct box {
	float left, top, right, bottom;
};

/* A colour that changes evenly from the top of a shape to its bottom. */
struct paint {
	uint32_t top;
	uint32_t bottom;
	int alpha;
};

/* Black. ERR_LIMIT beyond CANVAS_SIDE_MAX, ERR_MEMORY. */
bool canvas_init(struct canvas *canvas, int width, int height, struct err *err);
void canvas_release(struct canvas *canvas);

/* a at share 0, b at share 256. */
uint32_t canvas_mix(uint32_t a, uint32_t b, int share);

void canvas_fill(struct canvas *canvas, struct paint paint);
void canvas_box(struct canvas *canvas, struct box box, float radius, struct paint paint);
/* Light around a box: paint's top colour at its edge, fading to nothing over `reach`. The inside stays as it is. */
void canvas_glow(struct canvas *canvas, struct box box, float radius, float reach, uint32_t color, int alpha);
/* Round light, strongest in the middle, inside `clip` only. */
void canvas_light(struct canvas *canvas, struct point centre, float radius, struct box clip, uint32_t color, int alpha);
/* Points in order round the shape, which does not cross itself. */
void canvas_polygon(struct canvas *canvas, const struct point *points, size_t count, struct paint paint);
/* `coverage` (0 to 255 a pixel, rows without gaps) with its corner at x, y. */
void canvas_mask(struct canvas *canvas, int x, int y, int width, int height, const uint8_t *coverage, uint32_t color);
/* A picture of `width` × `height` pixels of four bytes (red, green, blue, alpha), scaled to cover the box, cut evenly. */
void canvas_picture(struct canvas *canvas, struct box box, float radius, const uint8_t *rgba, int width, int height);

#endif
