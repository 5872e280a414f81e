#include "web/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

bool canvas_init(struct canvas *canvas, int width, int height, struct err *err)
{
	*canvas = (struct canvas){0};
	if (width < 1 || height < 1 || width > CANVAS_SIDE_MAX || height > CANVAS_SIDE_MAX)
		return err_set(err, ERR_LIMIT, "a picture of %d × %d pixels: a side has 1 to %d", width, height, CANVAS_SIDE_MAX);
	canvas->pixels = calloc((size_t)width * (size_t)height, 3);
	if (!canvas->pixels)
		return err_set(err, ERR_MEMORY, "no memory for a picture of %d × %d pixels", width, height);
	canvas->width = width;
	canvas->height = height;
	return true;
}

void canvas_release(struct canvas *canvas)
{
	free(canvas->pixels);
	*canvas = (struct canvas){0};
}

uint32_t canvas_mix(uint32_t a, uint32_t b, int share)
{
	uint32_t to = (uint32_t)share, from = CANVAS_OPAQUE - to;
	uint32_t red = ((a >> 16 & 0xff) * from + (b >> 16 & 0xff) * to) >> 8;
	uint32_t green = ((a >> 8 & 0xff) * from + (b >> 8 & 0xff) * to) >> 8;
	uint32_t blue = ((a & 0xff) * from + (b & 0xff) * to) >> 8;

	return red << 16 | green << 8 | blue;
}

static int clamp(int value, int least, int greatest)
{
	return value < least ? least : value > greatest ? greatest : value;
}

static uint8_t *pixel(struct canvas *canvas, int x, int y)
{
	return canvas->pixels + 3 * ((size_t)y * (size_t)canvas->width + (size_t)x);
}

static inline void blend(uint8_t *at, uint32_t color, int alpha)
{
	int red = (int)(color >> 16 & 0xff), green = (int)(color >> 8 & 0xff), blue = (int)(color & 0xff);

	at[0] = (uint8_t)(at[0] + (((red - at[0]) * alpha + 128) >> 8));
	at[1] = (uint8_t)(at[1] + (((green - at[1]) * alpha + 128) >> 8));
	at[2] = (uint8_t)(at[2] + (((blue - at[2]) * alpha + 128) >> 8));
}

static void blend_run(uint8_t *at, int count, uint32_t color, int alpha)
{
	if (alpha < CANVAS_OPAQUE) {
		for (int i = 0; i < count; i++)
			blend(at + 3 * (size_t)i, color, alpha);
		return;
	}
	for (int i = 0; i < count; i++) {
		at[3 * i] = (uint8_t)(color >> 16);
		at[3 * i + 1] = (uint8_t)(color >> 8);
		at[3 * i + 2] = (uint8_t)color;
	}
}

/* The paint's colour at y of a shape that reaches from top to bottom. */
static uint32_t paint_at(const struct paint *paint, float top, float bottom, int y)
{
	float share = bottom > top ? ((float)y + 0.5f - top) / (bottom - top) : 0;

	return canvas_mix(paint->top, paint->bottom, clamp((int)(share * CANVAS_OPAQUE), 0, CANVAS_OPAQUE));
}

void canvas_fill(struct canvas *canvas, struct paint paint)
{
	for (int y = 0; y < canvas->height; y++)
		blend_run(pixel(canvas, 0, y), canvas->width, paint_at(&paint, 0, (float)canvas->height, y), paint.alpha);
}

/* How far a pixel's middle is outside the rounded box (below 0 inside). */
static float distance(const struct box *box, float radius, int x, int y)
{
	float half_x = (box->right - box->left) / 2, half_y = (box->bottom - box->top) / 2;
	float dx = fabsf((float)x + 0.5f - box->left - half_x) - half_x + radius;
	float dy = fabsf((float)y + 0.5f - box->top - half_y) - half_y + radius;

	if (dx > 0 && dy > 0)
		return sqrtf(dx * dx + dy * dy) - radius;
	return (dx > dy ? dx : dy) - radius;
}

/* The pixels that a box touches, cut at the edges of the canvas. */
struct cells {
	int left, top, right, bottom;
};

static struct cells cells_of(const struct canvas *canvas, struct box box)
{
	return (struct cells){
		clamp((int)floorf(box.left), 0, canvas->width),
		clamp((int)floorf(box.top), 0, canvas->height),
		clamp((int)ceilf(box.right), 0, canvas->width),
		clamp((int)ceilf(box.bottom), 0, canvas->height),
	};
}

static int coverage_of(float outside)
{
	return clamp((int)((0.5f - outside) * CANVAS_OPAQUE), 0, CANVAS_OPAQUE);
}

/* Pixels from the left and right edge that may be covered in part, or lie in a corner. */
static int soft_edge(const struct box *box, float radius, int y)
{
	float middle = (float)y + 0.5f;

	return middle < box->top + radius + 1 || middle > box->bottom - radius - 1 ? (int)ceilf(radius) + 2 : 2;
}

void canvas_box(struct canvas *canvas, struct box box, float radius, struct paint paint)
{
	struct cells cells = cells_of(canvas, box);

	for (int y = cells.top; y < cells.bottom; y++) {
		uint32_t color = paint_at(&paint, box.top, box.bottom, y);
		int soft = soft_edge(&box, radius, y);
		int left = cells.left + soft, right = cells.right - soft;
		bool top_edge = (float)y < box.top + 1 || (float)y + 1 > box.bottom - 1;

		for (int x = cells.left; x < cells.right; x++) {
			if (!top_edge && x >= left && x < right) {
				blend_run(pixel(canvas, x, y), right - x, color, paint.alpha);
				x = right;
				if (x >= cells.right)
					break;
			}
			blend(pixel(canvas, x, y), color, (coverage_of(distance(&box, radius, x, y)) * paint.alpha) >> 8);
		}
	}
}

/* Light fades in steps that are just too small to be seen: even areas pack well. */
static int step_of(float alpha)
{
	return (int)alpha & ~7;
}

void canvas_glow(struct canvas *canvas, struct box box, float radius, float reach, uint32_t color, int alpha)
{
	struct box wide = {box.left - reach, box.top - reach, box.right + reach, box.bottom + reach};
	struct cells cells = cells_of(canvas, wide);

	for (int y = cells.top; y < cells.bottom; y++) {
		bool beside = (float)y >= box.top + radius && (float)y + 1 <= box.bottom - radius;

		for (int x = cells.left; x < cells.right; x++) {
			float left;

			if (beside && (float)x >= box.left && (float)x + 1 <= box.right) {
				x = (int)box.right - 1;
				continue;
			}
			left = 1 - distance(&box, radius, x, y) / reach;
			if (left > 0)
				blend(pixel(canvas, x, y), color, step_of((left > 1 ? 1 : left * left) * (float)alpha));
		}
	}
}

void canvas_light(struct canvas *canvas, struct point centre, float radius, struct box clip, uint32_t color, int alpha)
{
	struct cells cells = cells_of(canvas, clip);
	float unit = 1 / (radius * radius);

	for (int y = cells.top; y < cells.bottom; y++) {
		float dy = (float)y + 0.5f - centre.y;
		float rest = 1 - dy * dy * unit;
		float half = rest > 0 ? radius * sqrtf(rest) : 0;
		int left = clamp((int)ceilf(centre.x - half), cells.left, cells.right);
		int right = clamp((int)floorf(centre.x + half), cells.left, cells.right);

		for (int x = left; x < right; x++) {
			float dx = (float)x + 0.5f - centre.x;
			float share = rest - dx * dx * unit;
			int step = step_of(share * share * (float)alpha);

			if (step)
				blend(pixel(canvas, x, y), color, step);
		}
	}
}

/* Adds one edge's share of row y to `row`: signed areas whose running sum is the coverage (as font rasterizers do). */
static void add_edge(float *row, int left, int width, int y, struct point a, struct point b)
{
	float direction = 1;
	float y0, y1, x0, x1, slope;
	float top = (float)y, bottom = (float)y + 1;

	if (a.y > b.y) {
		struct point swapped = a;

		a = b;
		b = swapped;
		direction = -1;
	}
	if (b.y <= top || a.y >= bottom || a.y == b.y)
		return;
	slope = (b.x - a.x) / (b.y - a.y);
	y0 = a.y > top ? a.y : top;
	y1 = b.y < bottom ? b.y : bottom;
	x0 = a.x + (y0 - a.y) * slope - (float)left;
	x1 = a.x + (y1 - a.y) * slope - (float)left;
	if (x0 > x1) {
		float swapped = x0;

		x0 = x1;
		x1 = swapped;
	}
	x0 = x0 < 0 ? 0 : x0 > (float)width ? (float)width : x0;
	x1 = x1 < 0 ? 0 : x1 > (float)width ? (float)width : x1;
	/* Spread the height over the pixels that the piece crosses, by how much of each lies right of it. */
	for (int x = (int)x0; (float)x < x1 || x == (int)x0; x++) {
		float from = (float)x > x0 ? (float)x : x0;
		float to = (float)(x + 1) < x1 ? (float)(x + 1) : x1;
		float part = x1 > x0 ? (to - from) / (x1 - x0) : 1;
		float height = direction * (y1 - y0) * part;
		float right_of = (float)(x + 1) - (from + to) / 2;

		row[x] += height * right_of;
		row[x + 1] += height * (1 - right_of);
	}
}

void canvas_polygon(struct canvas *canvas, const struct point *points, size_t count, struct paint paint)
{
	float row[CANVAS_SIDE_MAX + 2];
	struct box box;
	struct cells cells;
	int width;

	if (count < 3)
		return;
	box = (struct box){points[0].x, points[0].y, points[0].x, points[0].y};
	for (size_t i = 1; i < count; i++) {
		box.left = fminf(box.left, points[i].x);
		box.right = fmaxf(box.right, points[i].x);
		box.top = fminf(box.top, points[i].y);
		box.bottom = fmaxf(box.bottom, points[i].y);
	}
	cells = cells_of(canvas, box);
	width = cells.right - cells.left;
	if (width <= 0)
		return;
	for (int y = cells.top; y < cells.bottom; y++) {
		uint32_t color = paint_at(&paint, box.top, box.bottom, y);
		float sum = 0;

		memset(row, 0, sizeof(*row) * (size_t)(width + 2));
		for (size_t i = 0; i < count; i++)
			add_edge(row, cells.left, width, y, points[i], points[(i + 1) % count]);
		for (int x = 0; x < width; x++) {
			sum += row[x];
			if (sum > 0.002f || sum < -0.002f)
				blend(pixel(canvas, cells.left + x, y), color,
				      (clamp((int)(fabsf(sum) * CANVAS_OPAQUE + 0.5f), 0, CANVAS_OPAQUE) * paint.alpha) >> 8);
		}
	}
}

void canvas_mask(struct canvas *canvas, int x, int y, int width, int height, const uint8_t *coverage, uint32_t color)
{
	int left = clamp(-x, 0, width), right = clamp(canvas->width - x, 0, width);
	int top = clamp(-y, 0, height), bottom = clamp(canvas->height - y, 0, height);

	for (int row = top; row < bottom; row++) {
		for (int column = left; column < right; column++) {
			int covered = coverage[row * width + column];

			if (covered)
				blend(pixel(canvas, x + column, y + row), color, covered + (covered >> 7));
		}
	}
}

/* One source pixel out of the mean of `step` × `step`: large pictures are shown small. */
static void sample(const uint8_t *rgba, int width, int height, float x, float y, float step, int out[4])
{
	int left = clamp((int)x, 0, width - 1), right = clamp((int)ceilf(x + step), left + 1, width);
	int top = clamp((int)y, 0, height - 1), bottom = clamp((int)ceilf(y + step), top + 1, height);
	int area = (right - left) * (bottom - top);
	int sum[4] = {0};

	for (int row = top; row < bottom; row++) {
		for (int column = left; column < right; column++) {
			const uint8_t *at = rgba + 4 * ((size_t)row * (size_t)width + (size_t)column);

			for (int i = 0; i < 3; i++)
				sum[i] += at[i] * at[3];
			sum[3] += at[3];
		}
	}
	for (int i = 0; i < 3; i++)
		out[i] = sum[3] ? sum[i] / sum[3] : 0;
	out[3] = sum[3] / area;
}

void canvas_picture(struct canvas *canvas, struct box box, float radius, const uint8_t *rgba, int width, int height)
{
	struct cells cells = cells_of(canvas, box);
	float step = fminf((float)width / (box.right - box.left), (float)height / (box.bottom - box.top));
	float left = ((float)width - step * (box.right - box.left)) / 2;
	float top = ((float)height - step * (box.bottom - box.top)) / 2;

	for (int y = cells.top; y < cells.bottom; y++) {
		for (int x = cells.left; x < cells.right; x++) {
			int at[4];
			int alpha;

			sample(rgba, width, height, left + step * ((float)x - box.left), top + step * ((float)y - box.top), step, at);
			alpha = (coverage_of(distance(&box, radius, x, y)) * (at[3] + (at[3] >> 7))) >> 8;
			blend(pixel(canvas, x, y), (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | (uint32_t)at[2], alpha);
		}
	}
}
