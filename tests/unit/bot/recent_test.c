#include "bot/recent.h"

#include "test.h"

static struct recent recent;

/* The id of the n-th interaction, `gap` milliseconds apart. */
static uint64_t snowflake(uint64_t n, uint64_t gap)
{
	return ((UINT64_C(364929923200) + n * gap) << 22) | (1u << 17) | (n & 0xFFF);
}

TEST(remembers_what_was_added_and_nothing_else)
{
	recent_add(&recent, 42);
	CHECK(recent_has(&recent, 42));
	CHECK(!recent_has(&recent, 43));
}

TEST(remembers_the_last_three_seconds_of_200_ids_a_second)
{
	for (uint64_t n = 0; n < 20000; n++)
		recent_add(&recent, snowflake(n, 5));
	for (uint64_t n = 20000 - 600; n < 20000; n++)
		CHECK(recent_has(&recent, snowflake(n, 5)));
	CHECK(!recent_has(&recent, snowflake(20000, 5)));
}

TEST(forgets_the_oldest)
{
	for (uint64_t n = 0; n < 10 * RECENT_IDS_MAX; n++)
		recent_add(&recent, snowflake(n, 1));
	CHECK(!recent_has(&recent, snowflake(0, 1)));
}

TEST(zero_is_no_id)
{
	static struct recent empty;

	CHECK(!recent_has(&empty, 0));
}
