#include "gacha/odds.h"

#include <math.h>
#include <stdio.h>

#include "fixture.h"
#include "test.h"

static struct fixture fixture;
static struct arena arena;
static struct odds odds;
static struct draw_state state;

static bool near(double got, double want, double absolute)
{
	return fabs(got - want) <= absolute;
}

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

static void compute(const char *banner)
{
	struct err err = {ERR_NONE, ""};

	if (!CHECK(odds_compute(fixture_banner(&fixture, banner), &state, &arena, &odds, &err)))
		printf("  %s\n", err.text);
}

static void check_quantiles(const struct odds_wait *wait, int64_t q50, int64_t q90, int64_t q99)
{
	CHECK_EQ_INT(wait->quantiles[0], q50);
	CHECK_EQ_INT(wait->quantiles[1], q90);
	CHECK_EQ_INT(wait->quantiles[2], q99);
}

static const struct odds_item *item(const char *id)
{
	for (size_t i = 0; i < odds.item_count; i++)
		if (str_eqc(fixture.catalog.items[odds.items[i].item].id, id))
			return &odds.items[i];
	return NULL;
}

TEST(the_worked_example_is_met)
{
	set_up(NULL);
	compute("one");
	CHECK(near(odds.top.expected, 62.297332, 5e-7));
	CHECK(near(odds.top.rate, 0.01605205, 5e-9));
	CHECK_EQ_INT(odds.top.worst, 90);
	check_quantiles(&odds.top, 76, 80, 83);
	CHECK(near(odds.featured.expected, 93.445998, 5e-7));
	CHECK(near(odds.featured.rate, 0.01070137, 5e-9));
	CHECK_EQ_INT(odds.featured.worst, 180);
	check_quantiles(&odds.featured, 80, 155, 161);
	CHECK(near(odds.featured.within[2], 0.51026, 5e-6));
	CHECK(near(odds.featured.within[3], 0.59394, 5e-6));
	tear_down();
}

TEST(shares_sum_to_one_in_every_column)
{
	double base = 0, rate = 0, next = 0, slot10 = 0;

	set_up(NULL);
	state = (struct draw_state){.n = {75, 3, 2}, .flag = {true}};
	compute("one");
	CHECK_EQ_UINT(odds.item_count, 7);
	for (size_t i = 0; i < odds.item_count; i++) {
		CHECK_EQ_UINT(odds.items[i].item, i);
		base += odds.items[i].base;
		rate += odds.items[i].rate;
		next += odds.items[i].next;
		slot10 += odds.items[i].slot10;
	}
	CHECK(near(base, 1, 1e-14));
	CHECK(near(rate, 1, 1e-14));
	CHECK(near(next, 1, 1e-14));
	CHECK(near(slot10, 1, 1e-14));
	tear_down();
}

TEST(items_have_base_long_run_next_and_tenth_chances)
{
	set_up(NULL);
	state = (struct draw_state){.n = {74, 10, 1}, .flag = {true}};
	compute("one");
	CHECK(near(item("a")->base, 0.003, 1e-15));
	CHECK(near(item("b")->base, 0.003, 1e-15));
	CHECK(near(item("a")->rate, odds.top.rate * 2 / 3, 1e-15));
	CHECK(near(item("b")->rate, odds.top.rate / 3, 1e-15));
	CHECK(near(item("a")->next, 0.066, 1e-15));
	CHECK(near(item("b")->next, 0, 1e-15));
	CHECK(near(item("c")->next, 0.934 / 2, 1e-15)); /* SR is due */
	CHECK(near(item("e")->next, 0, 1e-15));
	CHECK(near(item("e")->base, 0.943 / 3, 1e-15));
	CHECK(near(item("a")->slot10, 0.003, 1e-15));
	CHECK(near(item("c")->slot10, 0.994 / 2, 1e-15));
	CHECK(near(item("e")->slot10, 0, 1e-15));
	tear_down();
}

TEST(a_guaranteed_top_is_certain_in_slot_ten)
{
	set_up(EDITS({"\"ten_pull\":\"SR\"", "\"ten_pull\":\"SSR\""}));
	compute("one");
	CHECK(near(item("a")->slot10, 0.5, 1e-15));
	CHECK(near(item("c")->slot10, 0, 1e-15));
	tear_down();
}

TEST(waits_start_at_the_given_counters_and_rates_do_not)
{
	set_up(NULL);
	state.n[0] = 89;
	state.flag[0] = true;
	compute("one");
	CHECK(near(odds.top.expected, 1 + 0.034, 1e-12));
	CHECK_EQ_INT(odds.top.worst, 2);
	CHECK(near(odds.top.rate, 0.01605205, 5e-9));
	check_quantiles(&odds.top, 1, 1, 2);
	CHECK(near(odds.featured.expected, odds.top.expected, 1e-15));
	CHECK_EQ_INT(odds.featured.worst, 2);
	state.flag[0] = false;
	compute("one");
	CHECK(near(odds.featured.expected, 1.034 + 0.5 * 62.297332, 1e-6));
	CHECK_EQ_INT(odds.featured.worst, 92);
	tear_down();
}

TEST(counters_beyond_hard_pity_are_due_at_once)
{
	set_up(NULL);
	state.n[0] = 9007199254740991;
	state.n[1] = 500;
	compute("one");
	CHECK_EQ_INT(odds.top.worst, 1);
	CHECK(near(odds.top.expected, 1, 1e-15));
	CHECK(near(odds.rarity_next[0], 1, 1e-15));
	tear_down();
}

TEST(without_a_guarantee_the_featured_item_has_no_worst_case)
{
	set_up(EDITS({",\"guarantee\":true", ""}));
	compute("one");
	CHECK_EQ_INT(odds.featured.worst, CATALOG_NONE);
	CHECK(near(odds.featured.expected, 2 * 62.297332, 2e-6));
	CHECK(near(odds.featured.rate, 0.01605205 / 2, 5e-9));
	CHECK(odds.featured.quantiles[2] > 180);
	/* The group's flag is used once all the same. */
	state.flag[0] = true;
	compute("one");
	CHECK_EQ_INT(odds.featured.worst, 90);
	CHECK(near(odds.featured.expected, 62.297332, 5e-7));
	CHECK(near(item("a")->next, 0.006, 1e-15));
	CHECK(near(item("b")->next, 0, 1e-15));
	tear_down();
}

/* The same through closed forms and through sums: a hard pity that never matters. */
TEST(closed_forms_agree_with_sums)
{
	static const char *const guarantees[] = {"true", "false"};
	static const char *const pities[] = {"\"SR\":{\"hard\":10}", "\"SSR\":{\"hard\":4000},\"SR\":{\"hard\":10}"};
	struct odds_wait found[2];
	char up[128];

	for (unsigned g = 0; g < 2; g++) {
		for (unsigned p = 0; p < 2; p++) {
			snprintf(up, sizeof(up), "\"share\":\"30%%\",\"guarantee\":%s", guarantees[g]);
			set_up(EDITS({"\"share\":\"50%\",\"guarantee\":true", up}, {"\"SSR\":\"0.6%\"", "\"SSR\":\"2%\""},
				     {"94.3%", "92.9%"},
				     {"\"SSR\":{\"hard\":90,\"soft_from\":74,\"soft_step\":\"6%\"},\"SR\":{\"hard\":10}", pities[p]}));
			compute("one");
			found[p] = odds.featured;
			tear_down();
		}
		CHECK(near(found[0].expected, found[1].expected, 1e-8));
		CHECK(near(found[0].rate, found[1].rate, 1e-13));
		for (unsigned i = 0; i < ODDS_WITHIN_COUNT; i++)
			CHECK(near(found[0].within[i], found[1].within[i], 1e-11));
		check_quantiles(&found[0], found[1].quantiles[0], found[1].quantiles[1], found[1].quantiles[2]);
		CHECK_EQ_INT(found[0].worst, CATALOG_NONE);
	}
}

TEST(a_quantile_that_is_met_exactly_counts)
{
	set_up(EDITS({"\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}", "\"rates\":{\"SSR\":\"90%\",\"R\":\"10%\"}"}));
	compute("two");
	check_quantiles(&odds.top, 1, 1, 2);
	CHECK(near(odds.top.expected, 1 / 0.9, 1e-15));
	CHECK(!odds.featured.possible);
	tear_down();
}

TEST(a_top_that_is_certain_is_met_in_one)
{
	set_up(EDITS({"\"rates\":{\"SSR\":\"0.6%\",\"SR\":\"5.1%\",\"R\":\"94.3%\"}", "\"rates\":{\"SSR\":\"100%\"}"},
		     {"\"ten_pull\":\"SR\",\n", ""}));
	compute("one");
	CHECK_EQ_INT(odds.top.worst, 1);
	check_quantiles(&odds.top, 1, 1, 1);
	CHECK_EQ_INT(odds.featured.worst, 2);
	check_quantiles(&odds.featured, 1, 2, 2);
	CHECK(near(odds.featured.expected, 1.5, 1e-15));
	CHECK(near(odds.featured.rate, 2.0 / 3, 1e-15));
	CHECK_EQ_UINT(odds.item_count, 2);
	tear_down();
}

TEST(a_top_that_cannot_be_drawn_is_not_waited_for)
{
	set_up(EDITS({"\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}", "\"rates\":{\"SR\":\"10%\",\"R\":\"90%\"}"}));
	compute("two");
	CHECK(!odds.top.possible);
	CHECK_EQ_INT(odds.top.worst, CATALOG_NONE);
	CHECK_EQ_INT(odds.top.quantiles[0], CATALOG_NONE);
	CHECK(!item("a"));
	CHECK(near(item("c")->rate, 0.05, 1e-15));
	tear_down();
}

TEST(a_top_of_pity_alone_can_be_waited_for)
{
	set_up(EDITS({"\"SSR\":\"0.6%\",\"SR\":\"5.1%\"", "\"SR\":\"5.7%\""}, {",\"soft_from\":74,\"soft_step\":\"6%\"", ""}));
	compute("one");
	CHECK(near(odds.top.expected, 90, 1e-12));
	CHECK(near(odds.top.rate, 1.0 / 90, 1e-15));
	check_quantiles(&odds.top, 90, 90, 90);
	check_quantiles(&odds.featured, 90, 180, 180);
	CHECK(near(item("a")->base, 0, 1e-15));
	tear_down();
}

TEST(the_curve_of_the_featured_item_is_its_wait)
{
	double curve[180];

	set_up(NULL);
	compute("one");
	CHECK(odds_curve(&fixture.catalog, fixture_banner(&fixture, "one"), NULL, fixture_item(&fixture, "a"), 180, curve,
			 &arena, NULL));
	for (unsigned i = 0; i < ODDS_WITHIN_COUNT; i++)
		CHECK(near(curve[odds_within_pulls[i] - 1], odds.featured.within[i], 1e-12));
	CHECK(near(curve[178], 1, 1e-3) && curve[178] < 1);
	CHECK(near(curve[179], 1, 1e-12));
	tear_down();
}

TEST(the_curve_begins_with_the_next_chance_and_honours_the_flag)
{
	double curve[3];

	set_up(NULL);
	state = (struct draw_state){.n = {74, 9, 1}, .flag = {true}};
	compute("one");
	for (const char *id = "abcdefg"; *id; id++) {
		char name[] = {*id, 0};

		CHECK(odds_curve(&fixture.catalog, fixture_banner(&fixture, "one"), &state, fixture_item(&fixture, name), 3,
				 curve, &arena, NULL));
		CHECK(near(curve[0], item(name)->next, 1e-15));
		CHECK(curve[1] > curve[0] && curve[2] > curve[1]);
	}
	/* c: the second draw is due to be SR, after a first of R, and R only may be first without it. */
	CHECK(odds_curve(&fixture.catalog, fixture_banner(&fixture, "one"), &state, fixture_item(&fixture, "c"), 2, curve,
			 &arena, NULL));
	CHECK(near(curve[1],
		   0.934 * 51 / 994 / 2 + 0.066 * 0.994 * 51 / 994 / 2 +
			   0.934 * 943 / 994 * 0.874 / 2 + 0.934 * 51 / 994 / 2 * 0.874 * 51 / 994 / 2,
		   1e-12));
	tear_down();
}

/* Every number that the odds say of the wait for a top item, or for a featured one, is found on its curve. */
static void check_curve(const char *banner, bool featured)
{
	struct odds_target target = featured ? odds_target_featured(0) : odds_target_rarity(0);
	const struct odds_wait *wait = featured ? &odds.featured : &odds.top;
	double curve[CURVE_PULLS_MAX];

	REQUIRE(odds_compute(fixture_banner(&fixture, banner), &state, &arena, &odds, NULL));
	REQUIRE(odds_target_curve(fixture_banner(&fixture, banner), &state, &target, CURVE_PULLS_MAX, curve, &arena, NULL));
	for (size_t i = 0; i < CURVE_PULLS_MAX; i++)
		CHECK(curve[i] >= (i ? curve[i - 1] : 0) && curve[i] <= 1);
	for (size_t i = 0; i < ODDS_WITHIN_COUNT; i++)
		CHECK(near(curve[odds_within_pulls[i] - 1], wait->within[i], 1e-12));
	for (size_t i = 0; i < ODDS_QUANTILE_COUNT; i++) {
		int64_t n = wait->quantiles[i];
		double share = odds_quantile_percents[i] / 100.0;

		if (n > CURVE_PULLS_MAX)
			continue;
		CHECK(curve[n - 1] >= share - 1e-12);
		CHECK(n == 1 || curve[n - 2] < share);
	}
	if (wait->worst != CATALOG_NONE && wait->worst <= CURVE_PULLS_MAX)
		CHECK(near(curve[wait->worst - 1], 1, 1e-12));
}

TEST(the_curves_of_every_banner_are_those_of_its_waits)
{
	set_up(NULL);
	for (size_t i = 0; i < fixture.catalog.banner_count; i++) {
		const struct catalog_banner *banner = &fixture.catalog.banners[i];
		const char *id = arena_cstr(&arena, banner->id);

		check_curve(id, false);
		if (banner->rarities[0].rate_up)
			check_curve(id, true);
	}
	state.n[0] = 74;
	check_curve("one", false);
	check_curve("one", true);
	state.flag[0] = true;
	check_curve("one", true);
	tear_down();
}

/* What is asked of the first pulls takes no longer because the pity is far away. */
TEST(the_curve_of_a_far_pity_is_within_bounds)
{
	struct odds_target target = odds_target_rarity(0);
	double curve[CURVE_PULLS_MAX];

	set_up(EDITS({"\"hard\":90,\"soft_from\":74,\"soft_step\":\"6%\"", "\"hard\":500000"}));
	CHECK(odds_target_curve(fixture_banner(&fixture, "one"), NULL, &target, CURVE_PULLS_MAX, curve, &arena, NULL));
	for (size_t i = 0; i < CURVE_PULLS_MAX; i++)
		CHECK(near(curve[i], 1 - pow(0.994, (double)i + 1), 1e-12));
	tear_down();
}

TEST(a_curve_without_memory_is_an_error)
{
	struct odds_target target = odds_target_featured(0);
	double curve[2];
	struct arena small;
	struct err err;

	set_up(NULL);
	arena_init(&small, 64);
	CHECK(!odds_target_curve(fixture_banner(&fixture, "one"), NULL, &target, 2, curve, &small, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	arena_release(&small);
	tear_down();
}

TEST(an_item_that_the_banner_does_not_have_is_never_met)
{
	double curve[5];

	set_up(EDITS({"[\"g\",\"f\",", "[\"f\","}));
	CHECK(odds_curve(&fixture.catalog, fixture_banner(&fixture, "one"), NULL, fixture_item(&fixture, "g"), 5, curve, &arena,
			 NULL));
	CHECK(near(curve[4], 0, 0));
	tear_down();
}

TEST(a_wait_that_is_too_long_to_enumerate_is_refused)
{
	struct err err;

	set_up(EDITS({"\"SSR\":\"0.6%\",\"SR\":\"5.1%\"", "\"SR\":\"5.7%\""},
		     {"\"hard\":90,\"soft_from\":74,\"soft_step\":\"6%\"", "\"hard\":9007199254740991"}));
	CHECK(!odds_compute(fixture_banner(&fixture, "one"), NULL, &arena, &odds, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	tear_down();
}

TEST(a_wait_answers_what_else_is_asked)
{
	struct odds_ask asks[] = {{.pulls = 0}, {.pulls = 33}, {.pulls = 9007199254740991}};
	struct odds_target target;
	struct odds_wait wait;
	double curve[33];

	set_up(NULL);
	CHECK(odds_target_item(&fixture.catalog, fixture_banner(&fixture, "one"), fixture_item(&fixture, "a"), &target));
	CHECK(odds_target_wait(fixture_banner(&fixture, "one"), NULL, &target, &wait, asks, 3, &arena, NULL));
	CHECK(odds_target_curve(fixture_banner(&fixture, "one"), NULL, &target, 33, curve, &arena, NULL));
	compute("one");
	check_quantiles(&wait, 80, 155, 161);
	CHECK(near(wait.expected, odds.featured.expected, 1e-9));
	CHECK(asks[0].known && near(asks[0].chance, 0, 0));
	CHECK(asks[1].known && near(asks[1].chance, curve[32], 1e-15));
	CHECK(asks[2].known && near(asks[2].chance, 1, 1e-12));
	tear_down();
}

/* One in a thousand million: the bound is reached long before, and what was found until then is a lower bound. */
TEST(a_wait_beyond_its_bound_says_so)
{
	struct odds_ask asks[] = {{.pulls = 1000}, {.pulls = 9007199254740991}};
	struct odds_target target;
	struct odds_wait wait;

	set_up(EDITS({"\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\"", "\"rates\":{\"SSR\":\"0.0000001%\",\"SR\":\"9.9999999%\""}));
	CHECK(odds_target_item(&fixture.catalog, fixture_banner(&fixture, "two"), fixture_item(&fixture, "a"), &target));
	CHECK(odds_target_wait(fixture_banner(&fixture, "two"), NULL, &target, &wait, asks, 2, &arena, NULL));
	CHECK(wait.possible);
	CHECK(near(wait.expected / 2e9, 1, 1e-9));
	check_quantiles(&wait, CATALOG_NONE, CATALOG_NONE, CATALOG_NONE);
	CHECK(near(wait.within[4], 100 / 2e9, 1e-13));
	CHECK(asks[0].known && near(asks[0].chance, 1000 / 2e9, 1e-12));
	CHECK(!asks[1].known && asks[1].chance > asks[0].chance && asks[1].chance < 0.01);
	tear_down();
}
