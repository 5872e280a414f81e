#include "net/backoff.h"

#include "test.h"

TEST(waits_are_uniform_between_the_floor_and_a_doubling_top)
{
	struct backoff backoff = {.base_ms = 100, .max_ms = 1000};
	static const int64_t tops[] = {100, 200, 400, 800, 1000, 1000};
	struct rng rng;

	rng_init_seed(&rng, "seed", 4);
	for (int round = 0; round < 200; round++) {
		backoff_clear(&backoff);
		for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
			int64_t wait = backoff_next_ms(&backoff, 10, &rng);

			CHECK(wait >= 10 && wait <= tops[i]);
		}
	}
}

TEST(the_whole_range_is_used)
{
	struct rng rng;
	bool seen[5] = {false};

	rng_init_seed(&rng, "seed", 4);
	for (int i = 0; i < 200; i++) {
		struct backoff backoff = {.base_ms = 4, .max_ms = 4};
		int64_t wait = backoff_next_ms(&backoff, 0, &rng);

		REQUIRE(wait >= 0 && wait <= 4);
		seen[wait] = true;
	}
	for (size_t i = 0; i < 5; i++)
		CHECK(seen[i]);
}

TEST(a_floor_above_the_top_is_the_wait)
{
	struct backoff backoff = {.base_ms = 100, .max_ms = 1000};
	struct rng rng;

	rng_init_seed(&rng, "seed", 4);
	CHECK_EQ_INT(backoff_next_ms(&backoff, 5000, &rng), 5000);
}

TEST(many_attempts_do_not_overflow)
{
	struct backoff backoff = {.base_ms = 1, .max_ms = INT64_MAX / 4, .attempt = UINT32_MAX};
	struct rng rng;

	rng_init_seed(&rng, "seed", 4);
	for (int i = 0; i < 10; i++)
		CHECK(backoff_next_ms(&backoff, 0, &rng) >= 0);
	CHECK_EQ_UINT(backoff.attempt, UINT32_MAX);
}
