#include "test.h"

#include "web/palette.h"

enum { SIDE = 64 };

static struct canvas canvas;
static struct palette palette;
static struct err err;

static bool start(void)
{
	return CHECK(canvas_init(&canvas, SIDE, SIDE, &err));
}

static void stop(void)
{
	palette_release(&palette);
	canvas_release(&canvas);
}

static void set(size_t i, uint32_t color)
{
	for (size_t channel = 0; channel < 3; channel++)
		canvas.pixels[3 * i + channel] = (uint8_t)(color >> (16 - 8 * channel));
}

static uint32_t shown(size_t i)
{
	uint8_t index;

	palette_map(&palette, canvas.pixels + 3 * i, 1, &index);
	return (uint32_t)palette.colors[index][0] << 16 | (uint32_t)palette.colors[index][1] << 8 | palette.colors[index][2];
}

TEST(few_colors_are_kept_as_they_are)
{
	static const uint32_t colors[] = {0x000000, 0xffffff, 0x123456, 0xf4b942, 0xa06cd5};

	REQUIRE(start());
	for (size_t i = 0; i < SIDE * SIDE; i++)
		set(i, colors[i % 5]);
	REQUIRE(palette_init(&palette, &canvas, 16, &err));
	CHECK_EQ_UINT(palette.count, 5);
	for (size_t i = 0; i < 5; i++)
		CHECK_EQ_UINT(shown(i), colors[i]);
	stop();
}

TEST(many_colors_share_what_there_is_and_stay_near)
{
	REQUIRE(start());
	for (size_t i = 0; i < SIDE * SIDE; i++)
		set(i, (uint32_t)(i / SIDE * 4) << 16 | (uint32_t)(i % SIDE * 4) << 8 | 0x40);
	REQUIRE(palette_init(&palette, &canvas, PALETTE_COLORS_MAX, &err));
	CHECK_EQ_UINT(palette.count, PALETTE_COLORS_MAX);
	for (size_t i = 0; i < SIDE * SIDE; i++) {
		int red = (int)(shown(i) >> 16) - canvas.pixels[3 * i];
		int green = (int)(shown(i) >> 8 & 0xff) - canvas.pixels[3 * i + 1];

		CHECK(red > -24 && red < 24 && green > -24 && green < 24);
	}
	stop();
}

TEST(one_color_can_stand_for_all)
{
	REQUIRE(start());
	for (size_t i = 0; i < SIDE * SIDE; i++)
		set(i, i % 2 ? 0x204060 : 0x406080);
	REQUIRE(palette_init(&palette, &canvas, 1, &err));
	CHECK_EQ_UINT(palette.count, 1);
	CHECK_EQ_UINT(shown(0), 0x305070);
	stop();
}
