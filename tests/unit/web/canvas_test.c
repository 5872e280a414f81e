#include "test.h"

#include <math.h>

#include "base/limits.h"
#include "web/canvas.h"

static struct canvas canvas;
static struct err err;

static bool start(int side)
{
	return CHECK(canvas_init(&canvas, side, side, &err));
}

static int red_at(int x, int y)
{
	return canvas.pixels[3 * (y * canvas.width + x)];
}

/* Covered pixels, in whole ones: what is painted is white on black. */
static double area(void)
{
	double sum = 0;

	for (int i = 0; i < canvas.width * canvas.height; i++)
		sum += canvas.pixels[3 * i] / 255.0;
	return sum;
}

static const struct paint white = {0xffffff, 0xffffff, CANVAS_OPAQUE};

TEST(a_picture_beyond_the_bound_is_refused)
{
	CHECK(!canvas_init(&canvas, CANVAS_SIDE_MAX + 1, 1, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK(!canvas_init(&canvas, 1, 0, &err));
	CHECK(canvas.pixels == NULL);
	canvas_release(&canvas);
}

TEST(a_polygon_covers_its_area_whichever_way_it_goes_round)
{
	struct point triangle[] = {{10.25f, 5.5f}, {50.75f, 20.25f}, {17.5f, 58.5f}};
	struct point back[] = {triangle[2], triangle[1], triangle[0]};
	double want = fabs((40.5 * 53 - 14.75 * 7.25) / 2);

	REQUIRE(start(64));
	canvas_polygon(&canvas, triangle, 3, white);
	CHECK(fabs(area() - want) < want / 100);
	canvas_release(&canvas);
	REQUIRE(start(64));
	canvas_polygon(&canvas, back, 3, white);
	CHECK(fabs(area() - want) < want / 100);
	canvas_polygon(&canvas, back, 2, white);
	canvas_release(&canvas);
}

TEST(a_box_covers_its_area_without_its_corners)
{
	double radius = 8;

	REQUIRE(start(64));
	canvas_box(&canvas, (struct box){4, 6, 44, 56}, (float)radius, white);
	CHECK(fabs(area() - (40 * 50 - radius * radius * (4 - 3.14159265))) < 4);
	CHECK_EQ_INT(red_at(4, 6), 0);
	CHECK_EQ_INT(red_at(20, 20), 255);
	canvas_release(&canvas);
}

TEST(shapes_are_cut_at_the_edges)
{
	static const uint8_t mask[9] = {255, 255, 255, 255, 255, 255, 255, 255, 255};
	struct point far[] = {{-1000, -500}, {900, -40}, {70, 2000}};
	struct box wide = {-50, -50, 100, 100};

	REQUIRE(start(16));
	for (int at = -4; at <= 17; at++)
		canvas_mask(&canvas, at, at, 3, 3, mask, 0x123456);
	canvas_polygon(&canvas, far, 3, white);
	canvas_box(&canvas, wide, 10, white);
	canvas_glow(&canvas, wide, 10, 30, 0xffffff, 200);
	canvas_glow(&canvas, (struct box){-9, -9, -3, -3}, 2, 12, 0xffffff, 200);
	canvas_light(&canvas, (struct point){-5, 20}, 40, wide, 0xffffff, 200);
	canvas_picture(&canvas, wide, 4, mask, 1, 2);
	CHECK_EQ_INT(red_at(8, 8), 255);
	canvas_release(&canvas);
}

TEST(a_paint_changes_from_top_to_bottom)
{
	REQUIRE(start(32));
	canvas_fill(&canvas, (struct paint){0x000000, 0xff0000, CANVAS_OPAQUE});
	for (int y = 1; y < 32; y++)
		CHECK(red_at(0, y) >= red_at(0, y - 1));
	CHECK(red_at(0, 0) < 16 && red_at(31, 31) > 240);
	CHECK_EQ_UINT(canvas_mix(0x102030, 0xf0e0d0, 0), 0x102030);
	CHECK_EQ_UINT(canvas_mix(0x102030, 0xf0e0d0, CANVAS_OPAQUE), 0xf0e0d0);
	canvas_release(&canvas);
}

TEST(a_picture_with_clear_pixels_lets_the_ground_through)
{
	static const uint8_t rgba[] = {255, 0, 0, 255, 255, 0, 0, 0};

	REQUIRE(start(16));
	canvas_picture(&canvas, (struct box){0, 0, 16, 8}, 0, rgba, 2, 1);
	CHECK_EQ_INT(red_at(3, 4), 255);
	CHECK_EQ_INT(red_at(12, 4), 0);
	canvas_release(&canvas);
}
