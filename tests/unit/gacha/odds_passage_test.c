#include "gacha/odds_passage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "fixture.h"
#include "gacha/odds.h"
#include "test.h"

static struct fixture fixture;
static struct arena arena;
static struct draw_state state;
static struct odds_passage passage;

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

static bool begin(const char *banner, struct odds_target target)
{
	struct err err = {ERR_NONE, ""};

	if (CHECK(odds_passage_init(&passage, fixture_banner(&fixture, banner), &state, &target, &arena, &err)))
		return true;
	printf("  %s\n", err.text);
	return false;
}

static bool begin_item(const char *banner, const char *id)
{
	struct odds_target target;

	return CHECK(odds_target_item(&fixture.catalog, fixture_banner(&fixture, banner), fixture_item(&fixture, id),
				      &target)) &&
	       begin(banner, target);
}

/* Four rarities with pity on three, rate-up on two of them with the guarantee, and a lowest one without pity. */
static const struct edit *chain_of_three(void)
{
	static const struct edit edits[] = {
		{"{\"id\":\"R\",\"shards\":0}]", "{\"id\":\"R\",\"shards\":0},{\"id\":\"N\",\"shards\":0}]"},
		{"\"items\":[\n", "\"items\":[{\"id\":\"n\",\"rarity\":\"N\",\"name\":{\"ja\":\"ん\",\"en\":\"N\"}},"},
		{"\"rates\":{\"SSR\":\"0.6%\",\"SR\":\"5.1%\",\"R\":\"94.3%\"}",
		 "\"rates\":{\"SSR\":\"0.6%\",\"SR\":\"5.1%\",\"R\":\"14.3%\",\"N\":\"80%\"}"},
		{"\"SR\":{\"hard\":10}}", "\"SR\":{\"hard\":10},\"R\":{\"hard\":4}}"},
		{"\"guarantee\":true}}", "\"guarantee\":true},\"SR\":{\"items\":[\"d\"],\"share\":\"30%\",\"guarantee\":true}}"},
		{"\"pool\":[", "\"pool\":[\"n\","},
		{NULL, NULL},
	};

	return edits;
}

TEST(the_featured_one_waits_as_the_odds_say)
{
	static const uint64_t counters[] = {1, 40, 73, 74, 89, 90, 500};

	set_up(NULL);
	for (size_t i = 0; i < 2 * sizeof(counters) / sizeof(counters[0]); i++) {
		struct odds odds;

		state.n[0] = counters[i / 2];
		state.flag[0] = i % 2 > 0;
		REQUIRE(odds_compute(fixture_banner(&fixture, "one"), &state, &arena, &odds, NULL));
		REQUIRE(begin_item("one", "a"));
		CHECK(near(passage.expected, odds.featured.expected, 1e-9));
		CHECK_EQ_INT(passage.worst, odds.featured.worst);
		for (unsigned n = 1, w = 0; w < ODDS_WITHIN_COUNT; n++) {
			double chance = odds_passage_next(&passage);

			if (n == odds_within_pulls[w])
				CHECK(near(chance, odds.featured.within[w++], 1e-13));
		}
		REQUIRE(begin("one", odds_target_rarity(0)));
		CHECK(near(passage.expected, odds.top.expected, 1e-9));
		CHECK_EQ_INT(passage.worst, odds.top.worst);
	}
	tear_down();
}

/* The other one needs a lost share; after it the guarantee gives the featured one first. */
TEST(an_item_outside_the_rate_up_waits_through_the_guarantee)
{
	set_up(NULL);
	REQUIRE(begin_item("one", "b"));
	/* Of top items: 1/2 at once, else the next is again 1/2 (a featured one clears no flag that is clear): 2 on average. */
	CHECK(near(passage.expected, 2 * 62.297332, 2e-6));
	CHECK_EQ_INT(passage.worst, CATALOG_NONE);
	state.flag[0] = true;
	REQUIRE(begin_item("one", "b"));
	CHECK(near(passage.expected, 3 * 62.297332, 3e-6));
	tear_down();
}

/* Without pity it is a geometric law. */
TEST(without_pity_the_law_is_geometric)
{
	set_up(NULL);
	REQUIRE(begin_item("two", "c"));
	CHECK(near(passage.expected, 1 / 0.045, 1e-12));
	CHECK_EQ_INT(passage.worst, CATALOG_NONE);
	for (unsigned n = 1; n <= 1000; n++)
		CHECK(near(odds_passage_next(&passage), 1 - pow(1 - 0.045, n), 1e-13));
	tear_down();
}

/* Counter by counter: a hard pity of 10 on SR, of which there is one, met at once where no top comes between. */
TEST(a_lower_item_is_certain_only_where_no_higher_one_can_come)
{
	set_up(EDITS({"\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}",
		      "\"pity\":{\"SR\":{\"hard\":10}},\"pool\":[\"c\",\"e\"],\"rates\":{\"SR\":\"9%\",\"R\":\"91%\"}"}));
	REQUIRE(begin_item("two", "c"));
	CHECK_EQ_INT(passage.worst, 10);
	CHECK(near(passage.expected, (1 - pow(0.91, 10)) / 0.09, 1e-12));
	state.n[1] = 7;
	REQUIRE(begin_item("two", "c"));
	CHECK_EQ_INT(passage.worst, 4);
	state.n[1] = 10;
	REQUIRE(begin_item("two", "c"));
	CHECK_EQ_INT(passage.worst, 1);
	CHECK(odds_passage_next(&passage) == 1);
	tear_down();
	/* A second SR may come instead for ever. */
	set_up(EDITS({"\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}",
		      "\"pity\":{\"SR\":{\"hard\":10}},\"pool\":[\"c\",\"d\",\"e\"],\"rates\":{\"SR\":\"9%\",\"R\":\"91%\"}"}));
	REQUIRE(begin_item("two", "c"));
	CHECK_EQ_INT(passage.worst, CATALOG_NONE);
	tear_down();
	/* So may a top item. */
	set_up(EDITS({"\"rates\":{\"SSR\":\"1%\"", "\"pity\":{\"SR\":{\"hard\":10}},\"pool\":[\"a\",\"c\",\"e\"],\"rates\":{\"SSR\":\"1%\""}));
	REQUIRE(begin_item("two", "c"));
	CHECK_EQ_INT(passage.worst, CATALOG_NONE);
	tear_down();
	/* A rate-up with the guarantee: at worst the other one of its rarity first. */
	set_up(EDITS({"\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}",
		      "\"pity\":{\"SR\":{\"hard\":10}},\"pool\":[\"c\",\"d\",\"e\"],"
		      "\"rate_up\":{\"SR\":{\"items\":[\"d\"],\"share\":\"20%\",\"guarantee\":true}},"
		      "\"rates\":{\"SR\":\"9%\",\"R\":\"91%\"}"}));
	REQUIRE(begin_item("two", "d"));
	CHECK_EQ_INT(passage.worst, 20);
	state.flag[1] = true;
	state.n[1] = 4;
	REQUIRE(begin_item("two", "d"));
	CHECK_EQ_INT(passage.worst, 7);
	tear_down();
}

/* A miss of 0.1 a pull for a thousand pulls is below the smallest double, and still not impossible. */
TEST(what_is_very_unlikely_is_not_impossible)
{
	set_up(EDITS({"\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}",
		      "\"pity\":{\"SSR\":{\"hard\":1000}},\"pool\":[\"a\",\"c\",\"e\"],\"rates\":{\"SR\":\"90%\",\"R\":\"10%\"}"}));
	REQUIRE(begin_item("two", "c"));
	CHECK_EQ_INT(passage.worst, CATALOG_NONE);
	CHECK(near(passage.expected, 1 / 0.9, 1e-9));
	tear_down();
}

TEST(an_item_that_cannot_come_is_not_waited_for)
{
	struct odds_target target;

	set_up(EDITS({"\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}", "\"rates\":{\"SR\":\"10%\",\"R\":\"90%\"}"},
		     {"[\"g\",\"f\",", "[\"f\","}, {"\"share\":\"50%\"", "\"share\":\"100%\""}));
	REQUIRE(begin_item("two", "a"));
	CHECK(!passage.possible);
	/* Never when the flag is clear nor when it is set: the share is all. */
	REQUIRE(begin_item("one", "b"));
	CHECK(!passage.possible);
	CHECK(!odds_target_item(&fixture.catalog, fixture_banner(&fixture, "one"), fixture_item(&fixture, "g"), &target));
	tear_down();
}

/* SR has no rate and a pity that the top's always forestalls from fresh; a counter of another banner can be due once. */
TEST(a_chance_that_passes_for_ever_has_no_expectation)
{
	set_up(EDITS({"\"SSR\":\"0.6%\",\"SR\":\"5.1%\",\"R\":\"94.3%\"", "\"SSR\":\"1%\",\"R\":\"99%\""},
		     {"\"SR\":{\"hard\":10}", "\"SR\":{\"hard\":95}"}, {"\"ten_pull\":\"SR\",\n", ""}));
	REQUIRE(begin_item("one", "c"));
	CHECK(!passage.possible);
	state.n[1] = 95;
	REQUIRE(begin_item("one", "c"));
	CHECK(passage.possible);
	CHECK(isinf(passage.expected));
	CHECK(near(odds_passage_next(&passage), 0.99 / 2, 1e-15));
	CHECK(near(odds_passage_next(&passage), 0.99 / 2, 1e-15));
	CHECK_EQ_INT(passage.worst, CATALOG_NONE);
	tear_down();
}

TEST(counters_far_beyond_a_cycle_are_taken_as_they_are)
{
	set_up(EDITS({"\"hard\":90,\"soft_from\":74,\"soft_step\":\"6%\"", "\"hard\":20000"}));
	state.n[0] = 19998;
	REQUIRE(begin_item("one", "a"));
	CHECK_EQ_INT(passage.worst, 3 + 20000);
	CHECK(near(odds_passage_next(&passage), 0.003, 1e-15));
	odds_passage_next(&passage);
	CHECK(near(odds_passage_next(&passage), 0.5, 0.01));
	tear_down();
}

TEST(rules_beyond_the_bound_are_refused)
{
	struct odds_target target = odds_target_rarity(1);
	struct err err = {ERR_NONE, ""};

	set_up(EDITS({"\"SR\":{\"hard\":10}", "\"SR\":{\"hard\":9007199254740991}"}));
	CHECK(!odds_passage_init(&passage, fixture_banner(&fixture, "one"), &state, &target, &arena, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	tear_down();
}

/*
 * The law against the real draw code. Dvoretzky, Kiefer, Wolfowitz and Massart: with N waits the empirical distribution
 * is off by more than e anywhere with a chance of at most 2 exp(-2 N e²); here 1e-7.
 */
enum { WAITS = 20000, LONGEST = 4096 };
#define DISTANCE_MAX (sqrt(log(2 / 1e-7) / (2.0 * WAITS)))

static void check_against_draws(const char *banner_id, const char *item_id, unsigned key_number)
{
	static struct fairness_stream stream;
	static uint32_t counts[LONGEST + 1];
	const struct catalog_banner *banner = fixture_banner(&fixture, banner_id);
	const uint8_t key[16] = {(uint8_t)key_number, 77};
	uint32_t item = fixture_item(&fixture, item_id);
	uint64_t before = 0;
	double distance = 0;

	memset(counts, 0, sizeof(counts));
	fairness_init_fast(&stream, key);
	for (unsigned i = 0; i < WAITS; i++) {
		struct draw_state moving = state;
		unsigned n = 1;

		while (draw_once(banner, &moving, false, &stream).item != item && n < LONGEST)
			n++;
		counts[n]++;
	}
	if (!begin_item(banner_id, item_id))
		return;
	for (unsigned n = 1; n < LONGEST; n++) {
		double law = odds_passage_next(&passage);

		before += counts[n];
		distance = fmax(distance, fabs((double)before / WAITS - law));
	}
	if (!CHECK(distance < DISTANCE_MAX))
		printf("  %s: %g\n", item_id, distance);
}

TEST(the_law_is_that_of_the_draws)
{
	static const char *const items[] = {"a", "b", "c", "d", "e", "n"};

	set_up(chain_of_three());
	for (unsigned i = 0; i < 6; i++) {
		draw_state_init(&state);
		check_against_draws("one", items[i], i);
		state = (struct draw_state){.n = {70, 9, 3, 1}, .flag = {false, true}};
		check_against_draws("one", items[i], 10 + i);
	}
	tear_down();
}

/* The same banner with a top rarity that never varies: the cycle is led by SR. */
TEST(the_law_is_that_of_the_draws_where_a_lower_rarity_leads)
{
	struct edit edits[8];
	static const char *const items[] = {"c", "d", "e", "n"};

	memcpy(edits, chain_of_three(), 6 * sizeof(edits[0]));
	edits[6] = (struct edit){"\"SSR\":{\"hard\":90,\"soft_from\":74,\"soft_step\":\"6%\"},", ""};
	edits[7] = (struct edit){NULL, NULL};
	set_up(edits);
	for (unsigned i = 0; i < 4; i++) {
		state = (struct draw_state){.n = {20, 6, 2, 1}, .flag = {false, false}};
		check_against_draws("one", items[i], 20 + i);
	}
	tear_down();
}

TEST(the_distance_tells_a_boundary_of_lower_pity_that_is_off_by_one)
{
	struct catalog_banner moved;
	struct odds_target target;
	struct odds_passage late;
	double distance = 0;

	set_up(chain_of_three());
	REQUIRE(begin_item("one", "e"));
	moved = *fixture_banner(&fixture, "one");
	moved.rarities[2].hard++;
	REQUIRE(odds_target_item(&fixture.catalog, &moved, fixture_item(&fixture, "e"), &target));
	REQUIRE(odds_passage_init(&late, &moved, &state, &target, &arena, NULL));
	for (unsigned n = 0; n < 200; n++)
		distance = fmax(distance, fabs(odds_passage_next(&passage) - odds_passage_next(&late)));
	CHECK(distance > DISTANCE_MAX);
	tear_down();
}
