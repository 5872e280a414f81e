#include "gacha/simulate.h"

#include <math.h>
#include <stdlib.h>

#include "fixture.h"
#include "test.h"

static struct arena arena;

/* Draws from one catalog's banner and tests against another's; the p of the test. */
static double test_against(const struct fixture *drawn, const struct fixture *claimed, uint64_t pulls, unsigned key_number)
{
	static struct simulator simulator;
	uint8_t key[16] = {(uint8_t)key_number, (uint8_t)(key_number >> 8), 1};

	arena_clear(&arena);
	if (!CHECK(simulate_init(&simulator, &drawn->catalog, fixture_banner(drawn, "one"), NULL, key, &arena, NULL)))
		return -1;
	simulate_run(&simulator, pulls);
	simulator.catalog = &claimed->catalog;
	simulator.banner = fixture_banner(claimed, "one");
	if (!CHECK(simulate_test(&simulator, &arena, NULL)))
		return -1;
	return simulator.counts.p;
}

TEST(counts_add_up)
{
	struct fixture fixture;
	static struct simulator simulator;
	static const uint8_t key[16] = {3};
	uint64_t items = 0, rarities = 0;

	arena_init(&arena, 16u << 20);
	fixture_init(&fixture, NULL);
	CHECK(simulate_init(&simulator, &fixture.catalog, fixture_banner(&fixture, "one"), NULL, key, &arena, NULL));
	simulate_run(&simulator, 1000);
	simulate_run(&simulator, 9000);
	CHECK_EQ_UINT(simulator.counts.pulls, 10000);
	for (size_t i = 0; i < fixture.catalog.item_count; i++)
		items += simulator.counts.items[i];
	for (size_t r = 0; r < 3; r++) {
		rarities += simulator.counts.rarities[r];
		CHECK_EQ_UINT(simulator.counts.rarities[r], simulator.counts.classes[r][0] + simulator.counts.classes[r][1]);
	}
	CHECK_EQ_UINT(items, 10000);
	CHECK_EQ_UINT(rarities, 10000);
	CHECK_EQ_UINT(simulator.counts.classes[0][1], simulator.counts.items[fixture_item(&fixture, "a")]);
	fixture_release(&fixture);
	arena_release(&arena);
}

TEST(with_a_seed_each_pull_is_that_of_its_number)
{
	static const uint8_t seed[FAIRNESS_SEED_SIZE] = {9};
	static struct simulator simulator;
	static struct fairness_stream stream;
	struct fixture fixture;
	struct draw_state state;
	uint64_t counts[7] = {0};

	arena_init(&arena, 16u << 20);
	fixture_init(&fixture, NULL);
	CHECK(simulate_init(&simulator, &fixture.catalog, fixture_banner(&fixture, "one"), seed, NULL, &arena, NULL));
	simulate_run(&simulator, 300);
	simulate_run(&simulator, 200);
	draw_state_init(&state);
	fairness_init(&stream, seed, STR("simulate"), 1, STR("one"), str_from(fixture.catalog.sha256_hex), STR_EMPTY);
	for (uint64_t n = 1; n <= 500; n++) {
		fairness_seek(&stream, n);
		counts[draw_once(fixture_banner(&fixture, "one"), &state, false, &stream).item]++;
	}
	for (size_t i = 0; i < 7; i++)
		CHECK_EQ_UINT(simulator.counts.items[i], counts[i]);
	fixture_release(&fixture);
	arena_release(&arena);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Kolmogorov's distance times the root of the count; 1.63 is met once in a hundred. */
static double uniformity(const struct edit *edits, uint64_t pulls)
{
	enum { COUNT = 200 };
	struct fixture fixture;
	double p[COUNT];
	double distance = 0;

	fixture_init(&fixture, edits);
	for (unsigned i = 0; i < COUNT; i++)
		p[i] = test_against(&fixture, &fixture, pulls, i);
	qsort(p, COUNT, sizeof(p[0]), compare_doubles);
	for (unsigned i = 0; i < COUNT; i++)
		distance = fmax(distance, fmax((i + 1.0) / COUNT - p[i], p[i] - (double)i / COUNT));
	fixture_release(&fixture);
	return distance * sqrt(COUNT);
}

TEST(the_test_of_true_counts_has_uniform_p)
{
	arena_init(&arena, 16u << 20);
	CHECK(uniformity(NULL, 6000) < 1.63);
	CHECK(uniformity(EDITS({"\"rate_up\":{\"SSR\":{\"items\":[\"a\"],\"share\":\"50%\",\"guarantee\":true}}",
				"\"rate_up\":{\"SR\":{\"items\":[\"c\"],\"share\":\"20%\",\"guarantee\":true},"
				"\"R\":{\"items\":[\"e\",\"f\"],\"share\":\"70%\"}}"}),
			 3000) < 1.63);
	arena_release(&arena);
}

TEST(wrong_rules_are_found_out)
{
	struct fixture claimed, wrong;

	arena_init(&arena, 16u << 20);
	fixture_init(&claimed, NULL);
	CHECK(test_against(&claimed, &claimed, 2000000, 1) > 0.001);
	fixture_init(&wrong, EDITS({"\"share\":\"50%\"", "\"share\":\"54%\""}));
	CHECK(test_against(&wrong, &claimed, 2000000, 1) < 1e-6);
	fixture_release(&wrong);
	fixture_init(&wrong, EDITS({",\"guarantee\":true", ""}));
	CHECK(test_against(&wrong, &claimed, 2000000, 1) < 1e-6);
	fixture_release(&wrong);
	fixture_init(&wrong, EDITS({"\"SR\":{\"hard\":10}", "\"SR\":{\"hard\":11}"}));
	CHECK(test_against(&wrong, &claimed, 2000000, 1) < 1e-6);
	fixture_release(&wrong);
	fixture_init(&wrong, EDITS({"\"SSR\":\"0.6%\"", "\"SSR\":\"0.7%\""}, {"94.3%", "94.2%"}));
	CHECK(test_against(&wrong, &claimed, 2000000, 1) < 1e-6);
	fixture_release(&wrong);
	fixture_release(&claimed);
	arena_release(&arena);
}

TEST(few_pulls_are_pooled_until_nothing_is_left_to_test)
{
	struct fixture fixture;
	static struct simulator simulator;
	static const uint8_t key[16] = {3};

	arena_init(&arena, 16u << 20);
	fixture_init(&fixture, NULL);
	CHECK(simulate_init(&simulator, &fixture.catalog, fixture_banner(&fixture, "one"), NULL, key, &arena, NULL));
	CHECK(simulate_test(&simulator, &arena, NULL));
	CHECK_EQ_UINT(simulator.counts.df, 0);
	CHECK(simulator.counts.p == 1);
	simulate_run(&simulator, 11);
	CHECK(simulate_test(&simulator, &arena, NULL));
	CHECK_EQ_UINT(simulator.counts.df, 0);
	simulate_run(&simulator, 89);
	CHECK(simulate_test(&simulator, &arena, NULL));
	CHECK_EQ_UINT(simulator.counts.df, 3); /* SR or above against R, and the three of R */
	fixture_release(&fixture);
	arena_release(&arena);
}
