#include "gacha/curve.h"

#include <math.h>

#include "fixture.h"
#include "gacha/odds.h"
#include "test.h"

static struct fixture fixture;
static struct arena arena;
static struct draw_state state;
static double chance[CURVE_PULLS_MAX];

static void set_up(const struct edit *edits)
{
	arena_init(&arena, 64u << 20);
	fixture_init(&fixture, edits);
	CHECK(fixture.loaded);
	draw_state_init(&state);
}

static void tear_down(void)
{
	fixture_release(&fixture);
	arena_release(&arena);
}

static void compute(const char *banner, bool featured)
{
	struct err err = {ERR_NONE, ""};

	CHECK(curve_compute(fixture_banner(&fixture, banner), &state, featured, CURVE_PULLS_MAX, chance, &arena, &err));
}

/* Every number that the odds say of the same wait. */
static void check_agrees(const char *banner, bool featured)
{
	struct err err = {ERR_NONE, ""};
	const struct odds_wait *wait;
	struct odds odds;

	compute(banner, featured);
	REQUIRE(odds_compute(fixture_banner(&fixture, banner), &state, &arena, &odds, &err));
	wait = featured ? &odds.featured : &odds.top;
	for (size_t i = 0; i < ODDS_WITHIN_COUNT; i++)
		CHECK(fabs(chance[odds_within_pulls[i] - 1] - wait->within[i]) < 1e-12);
	for (size_t i = 0; i < ODDS_QUANTILE_COUNT; i++) {
		int64_t n = wait->quantiles[i];
		double share = odds_quantile_percents[i] / 100.0;

		if (n > CURVE_PULLS_MAX)
			continue;
		CHECK(chance[n - 1] >= share - 1e-12);
		CHECK(n == 1 || chance[n - 2] < share);
	}
	if (wait->worst != CATALOG_NONE && wait->worst <= CURVE_PULLS_MAX)
		CHECK(fabs(chance[wait->worst - 1] - 1) < 1e-12);
}

TEST(the_curves_agree_with_the_odds_from_fresh_counters)
{
	set_up(NULL);
	for (size_t i = 0; i < fixture.catalog.banner_count; i++) {
		const struct catalog_banner *banner = &fixture.catalog.banners[i];
		const char *id = arena_cstr(&arena, banner->id);

		check_agrees(id, false);
		if (banner->rarities[0].rate_up)
			check_agrees(id, true);
	}
	tear_down();
}

TEST(the_curves_agree_with_the_odds_from_a_player_s_counters)
{
	set_up(NULL);
	state.n[0] = 74;
	check_agrees("one", false);
	check_agrees("one", true);
	state.flag[0] = true;
	check_agrees("one", true);
	tear_down();
}

TEST(a_curve_never_falls_and_stays_a_probability)
{
	set_up(NULL);
	for (int featured = 0; featured < 2; featured++) {
		compute("one", featured);
		for (size_t i = 0; i < CURVE_PULLS_MAX; i++)
			CHECK(chance[i] >= (i ? chance[i - 1] : 0) && chance[i] <= 1);
	}
	tear_down();
}

TEST(memory_that_is_too_small_is_an_error)
{
	struct err err = {ERR_NONE, ""};
	struct arena small;

	set_up(NULL);
	arena_init(&small, 64);
	CHECK(!curve_compute(fixture_banner(&fixture, "one"), &state, true, CURVE_PULLS_MAX, chance, &small, &err));
	CHECK_EQ_UINT(err.code, ERR_LIMIT);
	arena_release(&small);
	tear_down();
}
