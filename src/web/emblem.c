#include "web/emblem.h"

#include <math.h>

#define TURN 6.2831853f

enum { CORNERS_MAX = 10, BRIGHT_STEPS = 256 };

/* What an id decides, drawn number by number from its FNV-1a hash. */
struct seed {
	uint32_t state;
};

static struct seed seed_of(struct str id)
{
	struct seed seed = {2166136261u};

	for (size_t i = 0; i < id.len; i++)
		seed.state = (seed.state ^ (uint8_t)id.ptr[i]) * 16777619u;
	return seed;
}

/* 0 to count - 1 */
static int seed_next(struct seed *seed, int count)
{
	seed->state ^= seed->state << 13;
	seed->state ^= seed->state >> 17;
	seed->state ^= seed->state << 5;
	seed->state += 0x9e3779b9u;
	return (int)((uint64_t)seed->state * (uint64_t)count >> 32);
}

struct pen {
	struct canvas *canvas;
	struct point centre;
	uint32_t color;
};

static struct point polar(struct point centre, float radius, float angle)
{
	return (struct point){centre.x + radius * cosf(angle), centre.y + radius * sinf(angle)};
}

/* From the dark of a colour (0) by the colour itself (128) to near white (256). */
static uint32_t shade(uint32_t color, int light)
{
	uint32_t dark = canvas_mix(color, 0x0b0a1e, 176);
	uint32_t bright = canvas_mix(color, 0xffffff, 208);

	if (light < 0)
		light = 0;
	if (light > BRIGHT_STEPS)
		light = BRIGHT_STEPS;
	return light < 128 ? canvas_mix(dark, color, 2 * light) : canvas_mix(color, bright, 2 * (light - 128));
}

/* How bright a facet is that faces this way: the lamp hangs at the upper left. */
static int facing(float angle)
{
	return (int)(128 + 92 * cosf(angle + TURN * 0.36f));
}

static void facet(const struct pen *pen, const struct point *points, size_t count, int light)
{
	uint32_t top = shade(pen->color, light + 14), bottom = shade(pen->color, light - 14);

	canvas_polygon(pen->canvas, points, count, (struct paint){top, bottom, CANVAS_OPAQUE});
}

/* Two rings of corners, the inner one half a step ahead, with triangles between them and a table inside. */
static void draw_gem(const struct pen *pen, float radius, struct seed *seed)
{
	int corners = 6 + seed_next(seed, 4);
	float inner = 0.46f + 0.03f * (float)seed_next(seed, 5);
	float tall = 1 + 0.05f * (float)seed_next(seed, 4);
	float step = TURN / (float)corners;
	float start = -TURN / 4 + (seed_next(seed, 2) ? step / 2 : 0);
	struct point ring[CORNERS_MAX], table[CORNERS_MAX];

	for (int i = 0; i < corners; i++) {
		float angle = start + step * (float)i;

		ring[i] = polar((struct point){0, 0}, radius, angle);
		table[i] = polar((struct point){0, 0}, radius * inner, angle + step / 2);
		ring[i] = (struct point){pen->centre.x + ring[i].x / tall, pen->centre.y + ring[i].y};
		table[i] = (struct point){pen->centre.x + table[i].x / tall, pen->centre.y + table[i].y};
	}
	facet(pen, ring, (size_t)corners, 128);
	for (int i = 0; i < corners; i++) {
		int next = (i + 1) % corners, before = (i + corners - 1) % corners;
		float angle = start + step * (float)i;
		struct point girdle[] = {ring[i], ring[next], table[i]};
		struct point kite[] = {ring[i], table[i], table[before]};

		facet(pen, girdle, 3, facing(angle + step / 2) - 34);
		facet(pen, kite, 3, facing(angle) + 6);
	}
	facet(pen, table, (size_t)corners, 214);
}

/* Points, each with a light and a dark flank, and a small gem in the middle. */
static void draw_star(const struct pen *pen, float radius, struct seed *seed)
{
	int points = 4 + seed_next(seed, 5);
	float inner = points == 4 ? 0.36f : 0.44f + 0.03f * (float)seed_next(seed, 4);
	float step = TURN / (float)points;
	struct point heart[CORNERS_MAX];

	for (int i = 0; i < points; i++) {
		float angle = -TURN / 4 + step * (float)i;
		struct point tip = polar(pen->centre, radius, angle);
		struct point before = polar(pen->centre, radius * inner, angle - step / 2);
		struct point after = polar(pen->centre, radius * inner, angle + step / 2);
		struct point whole[] = {pen->centre, before, tip, after};
		struct point left[] = {pen->centre, before, tip};
		struct point right[] = {pen->centre, tip, after};

		facet(pen, whole, 4, 128);
		facet(pen, left, 3, facing(angle - step) + 24);
		facet(pen, right, 3, facing(angle + step) - 24);
		heart[i] = polar(pen->centre, radius * inner * 0.5f, angle + step / 2);
	}
	facet(pen, heart, (size_t)points, 222);
}

/* Petals one over another, and a core. */
static void draw_flower(const struct pen *pen, float radius, struct seed *seed)
{
	enum { OUTLINE = 14, CORE = 12 };
	int petals = 5 + seed_next(seed, 4);
	float thick = 0.30f - 0.02f * (float)(petals - 5) + 0.02f * (float)seed_next(seed, 3);
	float step = TURN / (float)petals;
	struct point core[CORE];

	for (int layer = 0; layer < 2; layer++) {
		float long_axis = radius * (layer ? 0.30f : 0.48f);

		for (int i = 0; i < petals; i++) {
			float angle = -TURN / 4 + step * ((float)i + (layer ? 0.5f : 0));
			struct point middle = polar(pen->centre, radius - long_axis - (layer ? radius * 0.30f : 0), angle);
			struct point petal[OUTLINE];

			for (int k = 0; k < OUTLINE; k++) {
				float around = TURN * (float)k / OUTLINE;
				float along = long_axis * cosf(around), across = radius * thick * (layer ? 0.62f : 1) * sinf(around);

				petal[k].x = middle.x + along * cosf(angle) - across * sinf(angle);
				petal[k].y = middle.y + along * sinf(angle) + across * cosf(angle);
			}
			facet(pen, petal, OUTLINE, 128 + (facing(angle) - 128) / 3 + (layer ? 56 : -14) + (i % 2 && petals % 2 == 0 ? -16 : 0));
		}
	}
	for (int k = 0; k < CORE; k++)
		core[k] = polar(pen->centre, radius * 0.15f, TURN * (float)k / CORE);
	facet(pen, core, CORE, 232);
}

/* One crystal that grows from foot at this angle: three long faces and a cut tip. */
static void draw_shard(const struct pen *pen, struct point foot, float length, float width, float angle)
{
	static const float across[] = {-1, -0.35f, 0.4f, 1};
	struct point low[4], high[4], tip;

	for (int i = 0; i < 4; i++) {
		float side = across[i] * width;
		float top = length * (0.72f + 0.06f * (1 - across[i] * across[i]));
		float base = -0.12f * length * (1 - across[i] * across[i]);

		low[i].x = foot.x + base * cosf(angle) - side * 0.7f * sinf(angle);
		low[i].y = foot.y + base * sinf(angle) + side * 0.7f * cosf(angle);
		high[i].x = foot.x + top * cosf(angle) - side * sinf(angle);
		high[i].y = foot.y + top * sinf(angle) + side * cosf(angle);
	}
	tip.x = foot.x + length * cosf(angle) + 0.15f * width * sinf(angle);
	tip.y = foot.y + length * sinf(angle) - 0.15f * width * cosf(angle);
	for (int i = 0; i < 3; i++) {
		static const int light[] = {168, 118, 54};
		struct point face[] = {low[i], high[i], high[i + 1], low[i + 1]};
		struct point cut[] = {high[i], tip, high[i + 1]};

		facet(pen, face, 4, light[i] + (int)(40 * cosf(angle + TURN * 0.36f)));
		facet(pen, cut, 3, light[i] + 62);
	}
}

static void draw_crystals(const struct pen *pen, float radius, struct seed *seed)
{
	int pairs = 1 + seed_next(seed, 2);
	float lean = 0.42f + 0.06f * (float)seed_next(seed, 4);
	float width = radius * (0.24f + 0.02f * (float)seed_next(seed, 4));
	struct point foot = {pen->centre.x, pen->centre.y + radius * 0.72f};

	for (int i = pairs; i >= 1; i--) {
		float length = radius * (1.52f - 0.30f * (float)i);
		float spread = width * 0.75f * (float)i;
		float turn = lean * (float)i / (pairs == 1 ? 1 : 1.35f);

		draw_shard(pen, (struct point){foot.x - spread, foot.y}, length - 4 * (float)seed_next(seed, 3), width * 0.8f, -TURN / 4 - turn);
		draw_shard(pen, (struct point){foot.x + spread, foot.y}, length - 4 * (float)seed_next(seed, 3), width * 0.8f, -TURN / 4 + turn);
	}
	draw_shard(pen, foot, radius * 1.68f, width, -TURN / 4);
}

/* Four thin points. */
static void draw_sparkle(const struct pen *pen, struct point at, float radius, uint32_t color)
{
	struct point points[8];

	for (int i = 0; i < 8; i++)
		points[i] = polar(at, i % 2 ? radius * 0.22f : radius, TURN * (float)i / 8);
	canvas_polygon(pen->canvas, points, 8, (struct paint){color, color, CANVAS_OPAQUE});
}

static void draw_rays(const struct pen *pen, float radius, float start)
{
	enum { RAYS = 12 };

	for (int i = 0; i < RAYS; i++) {
		float angle = start + TURN * (float)i / RAYS;
		float reach = radius * (i % 2 ? 1.30f : 1.52f);
		struct point ray[] = {
			pen->centre,
			polar(pen->centre, reach, angle - 0.075f),
			polar(pen->centre, reach, angle + 0.075f),
		};

		canvas_polygon(pen->canvas, ray, 3, (struct paint){shade(pen->color, 190), shade(pen->color, 190), 46});
	}
}

/* Red, green and blue turned into one another by a few degrees: sisters of one rarity differ a little. */
static uint32_t turn_hue(uint32_t color, int step)
{
	uint32_t red = color >> 16 & 0xff, green = color >> 8 & 0xff, blue = color & 0xff;
	uint32_t turned = step < 0 ? green << 16 | blue << 8 | red : blue << 16 | red << 8 | green;

	return canvas_mix(color, turned, (step < 0 ? -step : step) * 16);
}

void emblem_draw(struct canvas *canvas, struct point centre, float radius, struct str id, uint32_t color, int splendour)
{
	static void (*const forms[])(const struct pen *, float, struct seed *) = {draw_gem, draw_star, draw_flower, draw_crystals};
	struct seed seed = seed_of(id);
	struct pen pen = {.canvas = canvas, .centre = centre};
	int form = seed_next(&seed, 4);

	pen.color = turn_hue(color, seed_next(&seed, 7) - 3);
	if (splendour > 1)
		draw_rays(&pen, radius, 0.1f * (float)seed_next(&seed, 5));
	forms[form](&pen, radius, &seed);
	for (int i = 0; i < 3 * splendour; i++) {
		float angle = TURN * ((float)i + 0.1f * (float)seed_next(&seed, 8)) / (float)(3 * splendour);
		float away = radius * (1.08f + 0.06f * (float)seed_next(&seed, 4));

		draw_sparkle(&pen, polar(centre, away, angle), 3.5f + (float)seed_next(&seed, 4), shade(color, 236));
	}
}
