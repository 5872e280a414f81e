#include "discord/outage.h"

#include "test.h"

static struct rng seeded(unsigned seed)
{
	struct rng rng;

	rng_init_seed(&rng, &seed, sizeof(seed));
	return rng;
}

TEST(an_outage_of_ten_minutes_costs_at_most_20_connects)
{
	for (unsigned seed = 0; seed < 200; seed++) {
		struct rng rng = seeded(seed);
		struct outage outage;
		unsigned connects = 0, failures = 0;
		int64_t now_ms = 0;

		outage_init(&outage);
		outage_got_through(&outage);
		outage_dropped(&outage, RECONNECT_STABLE_MS, &rng, now_ms);
		while (now_ms < 600000) {
			REQUIRE(outage_may_begin(&outage, now_ms));
			/* As the gateway does: the URL anew, and if that works a connection after it. */
			if (outage.failures != failures && outage.failures % GATEWAY_REFETCH_TRIES == 0) {
				connects++;
				outage_began(&outage);
				outage_fetched(&outage, now_ms);
			}
			failures = outage.failures;
			connects++;
			outage_began(&outage);
			outage_failed(&outage, &rng, now_ms);
			now_ms = outage_deadline_ms(&outage);
		}
		CHECK(connects <= 20);
		CHECK(connects >= 10);
	}
}

TEST(pauses_grow_from_a_second_and_have_a_floor)
{
	struct rng rng = seeded(1);
	struct outage outage;
	int64_t now_ms = 0, most_ms = RECONNECT_BASE_MS;

	outage_init(&outage);
	for (unsigned i = 0; i < 12; i++) {
		int64_t pause_ms;

		outage_began(&outage);
		outage_failed(&outage, &rng, now_ms);
		pause_ms = outage_deadline_ms(&outage) - now_ms;
		CHECK(pause_ms >= most_ms / 4 * 3 && pause_ms <= most_ms);
		now_ms += pause_ms;
		most_ms = most_ms * 2 < RECONNECT_MAX_MS ? most_ms * 2 : RECONNECT_MAX_MS;
	}
}

TEST(many_shards_cost_an_outage_no_more_than_one)
{
	struct rng rng = seeded(2);
	struct outage outage;

	outage_init(&outage);
	for (unsigned i = 0; i < SHARDS_MAX; i++)
		outage_began(&outage);
	for (unsigned i = 0; i < SHARDS_MAX; i++)
		outage_failed(&outage, &rng, 10);
	CHECK_EQ_UINT(outage.failures, 1);
	CHECK(outage_deadline_ms(&outage) <= 10 + RECONNECT_BASE_MS);
	/* Then one at a time. */
	CHECK(outage_may_begin(&outage, outage_deadline_ms(&outage)));
	outage_began(&outage);
	CHECK(!outage_may_begin(&outage, 100000));
	CHECK_EQ_INT(outage_deadline_ms(&outage), INT64_MAX);
	outage_got_through(&outage);
	CHECK(outage_may_begin(&outage, 0));
	outage_began(&outage);
	CHECK(outage_may_begin(&outage, 0));
}

TEST(a_drop_after_calm_is_reconnected_at_once_and_the_next_ones_within_a_second)
{
	struct rng rng = seeded(3);
	struct outage outage;

	outage_init(&outage);
	outage_dropped(&outage, RECONNECT_STABLE_MS, &rng, 5);
	CHECK(outage_may_begin(&outage, 5));
	for (unsigned i = 1; i < RECONNECT_QUICK_MAX; i++) {
		outage_got_through(&outage);
		outage_dropped(&outage, 100, &rng, 5);
		CHECK(outage_deadline_ms(&outage) >= 5 + RECONNECT_QUICK_MS_MIN);
		CHECK(outage_deadline_ms(&outage) <= 5 + RECONNECT_QUICK_MS_MAX);
	}
}

TEST(a_connection_that_is_ready_for_a_moment_only_does_not_end_the_back_off)
{
	struct rng rng = seeded(4);
	struct outage outage;
	unsigned connects = 0;
	int64_t now_ms = 0;

	outage_init(&outage);
	while (now_ms < 600000) {
		connects++;
		outage_began(&outage);
		outage_got_through(&outage);
		outage_dropped(&outage, 10, &rng, now_ms);
		now_ms = outage_deadline_ms(&outage) > now_ms ? outage_deadline_ms(&outage) : now_ms;
	}
	CHECK(connects <= 20);
	/* A minute of calm makes it all good again. */
	outage_got_through(&outage);
	outage_dropped(&outage, RECONNECT_STABLE_MS, &rng, now_ms);
	CHECK(outage_may_begin(&outage, now_ms));
	CHECK_EQ_UINT(outage.backoff.attempt, 0);
}
