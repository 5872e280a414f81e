#include "gacha/chain.h"

#include <math.h>

#include "fixture.h"
#include "test.h"

static bool near(double got, double want, double absolute)
{
	return fabs(got - want) <= absolute;
}

static void rates_of(const struct fixture *fixture, const char *id, double rates[RARITIES_MAX])
{
	struct chain chain;
	struct arena arena;

	arena_init(&arena, 64u << 20);
	CHECK(chain_init_cycle(&chain, fixture_banner(fixture, id), NULL));
	CHECK(chain_rates(&chain, &arena, rates, NULL));
	arena_release(&arena);
}

TEST(without_pity_the_rates_are_the_base_rates)
{
	struct fixture fixture;
	double rates[RARITIES_MAX];

	fixture_init(&fixture, NULL);
	rates_of(&fixture, "two", rates);
	CHECK(near(rates[0], 0.01, 1e-15));
	CHECK(near(rates[1], 0.09, 1e-15));
	CHECK(near(rates[2], 0.9, 1e-15));
	fixture_release(&fixture);
}

TEST(a_pity_that_is_always_due_leaves_nothing_below)
{
	struct fixture fixture;
	double rates[RARITIES_MAX];

	fixture_init(&fixture, EDITS({"\"rates\":{\"SSR\":\"1%\"", "\"pity\":{\"SR\":{\"hard\":1}},\"rates\":{\"SSR\":\"1%\""}));
	rates_of(&fixture, "two", rates);
	CHECK(near(rates[0], 0.01, 1e-15));
	CHECK(near(rates[1], 0.99, 1e-15));
	CHECK(near(rates[2], 0, 1e-15));
	fixture_release(&fixture);
}

/* Cycle of SR or above with p = 0.1 and hard pity at 2: one draw with p, else two. Lengths 1 and 2: 1.9 on average. */
TEST(a_lower_pity_is_summed_over_its_own_cycle)
{
	struct fixture fixture;
	double rates[RARITIES_MAX];

	fixture_init(&fixture, EDITS({"\"rates\":{\"SSR\":\"1%\"", "\"pity\":{\"SR\":{\"hard\":2}},\"rates\":{\"SSR\":\"1%\""}));
	rates_of(&fixture, "two", rates);
	CHECK(near(rates[0], 0.01, 1e-15));
	CHECK(near(rates[1], (0.09 + 0.9 * 0.99) / 1.9, 1e-14));
	CHECK(near(rates[2], 0.9 / 1.9, 1e-14));
	fixture_release(&fixture);
}

/* A hard pity so far away that it never matters takes the way of a top rarity that varies; the result is the same. */
TEST(both_kinds_of_cycles_agree)
{
	struct fixture lower, top;
	double a[RARITIES_MAX], b[RARITIES_MAX];

	fixture_init(&lower, EDITS({"\"rates\":{\"SSR\":\"1%\"",
				    "\"pity\":{\"SR\":{\"hard\":10},\"R\":{\"hard\":4}},\"rates\":{\"SSR\":\"1%\""}));
	fixture_init(&top, EDITS({"\"rates\":{\"SSR\":\"1%\"",
				  "\"pity\":{\"SSR\":{\"hard\":5000},\"SR\":{\"hard\":10},\"R\":{\"hard\":4}},\"rates\":{\"SSR\":\"1%\""}));
	rates_of(&lower, "two", a);
	rates_of(&top, "two", b);
	for (unsigned r = 0; r < 3; r++)
		CHECK(near(a[r], b[r], 1e-13));
	fixture_release(&lower);
	fixture_release(&top);
}

TEST(too_many_states_are_refused_with_their_number)
{
	struct fixture fixture;
	struct chain chain;
	struct err err;

	fixture_init(&fixture, EDITS({"\"SR\":{\"hard\":10}", "\"SR\":{\"hard\":9007199254740991}"}));
	CHECK(fixture.loaded);
	CHECK(!chain_init_cycle(&chain, fixture_banner(&fixture, "one"), &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	fixture_release(&fixture);
}

TEST(the_worst_case_is_where_the_top_is_certain)
{
	struct fixture fixture;
	struct catalog_banner banner;

	fixture_init(&fixture, NULL);
	banner = *fixture_banner(&fixture, "one");
	CHECK_EQ_INT(chain_top_worst(&banner, 1), 90);
	CHECK_EQ_INT(chain_top_worst(&banner, 89), 2);
	CHECK_EQ_INT(chain_top_worst(&banner, 90), 1);
	CHECK_EQ_INT(chain_top_worst(&banner, 1000), 1);
	banner.rarities[0].hard = CATALOG_NONE;
	CHECK_EQ_INT(chain_top_worst(&banner, 1), 90); /* 0.6 + 17 × 6 is over 100 */
	banner.rarities[0].hard = 80;
	CHECK_EQ_INT(chain_top_worst(&banner, 1), 80);
	CHECK_EQ_INT(chain_top_worst(fixture_banner(&fixture, "two"), 1), CATALOG_NONE);
	fixture_release(&fixture);
}

/* Independent pulls: the covariance of one multinomial draw, and no bias. */
TEST(moments_of_independent_pulls_are_multinomial)
{
	struct fixture fixture;
	struct chain chain;
	struct chain_moments moments;
	struct arena arena;
	double rates[RARITIES_MAX];

	arena_init(&arena, 1u << 20);
	fixture_init(&fixture, NULL);
	REQUIRE(chain_init_cycle(&chain, fixture_banner(&fixture, "two"), NULL));
	REQUIRE(chain_rates(&chain, &arena, rates, NULL));
	REQUIRE(chain_moments(&chain, rates, &arena, &moments, NULL));
	for (unsigned i = 0; i < 3; i++) {
		CHECK(near(moments.bias[i], 0, 1e-15));
		for (unsigned j = 0; j < 3; j++)
			CHECK(near(moments.covariance[i][j], (i == j) * rates[i] - rates[i] * rates[j], 1e-15));
	}
	fixture_release(&fixture);
	arena_release(&arena);
}

/*
 * SR or above in one or two draws, as a renewal process: variance of the count per pull is
 * var / mean^3 = 0.09 / 1.9^3, and the count from fresh is short by (mean^2 - var) / (2 mean^2) - 1/2 … of a cycle:
 * E[N(t)] = t / mean + (var - mean^2) / (2 mean^2) in continuous time, and + 1 / (2 mean) on a lattice.
 */
TEST(moments_of_a_renewal_process_are_the_textbooks)
{
	struct fixture fixture;
	struct chain chain;
	struct chain_moments moments;
	struct arena arena;
	double rates[RARITIES_MAX];
	double mean = 1.9, variance = 0.09;

	arena_init(&arena, 1u << 20);
	fixture_init(&fixture, EDITS({"\"rates\":{\"SSR\":\"1%\"", "\"pity\":{\"SR\":{\"hard\":2}},\"rates\":{\"SSR\":\"1%\""}));
	REQUIRE(chain_init_cycle(&chain, fixture_banner(&fixture, "two"), NULL));
	REQUIRE(chain_rates(&chain, &arena, rates, NULL));
	REQUIRE(chain_moments(&chain, rates, &arena, &moments, NULL));
	CHECK(near(moments.covariance[2][2], variance / (mean * mean * mean), 1e-14));
	CHECK(near(moments.bias[2], -((variance - mean * mean) / (2 * mean * mean) + 1 / (2 * mean)), 1e-14));
	for (unsigned i = 0; i < 3; i++)
		CHECK(near(moments.covariance[i][0] + moments.covariance[i][1] + moments.covariance[i][2], 0, 1e-15));
	fixture_release(&fixture);
	arena_release(&arena);
}
