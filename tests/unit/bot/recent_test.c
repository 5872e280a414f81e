#include "bot/recent.h"

#include "test.h"

static struct recent recent;

TEST(remembers_the_last_ones_and_forgets_the_oldest)
{
	for (uint64_t id = 1; id <= RECENT_IDS_MAX; id++)
		recent_add(&recent, id);
	CHECK(recent_has(&recent, 1));
	CHECK(recent_has(&recent, RECENT_IDS_MAX));
	recent_add(&recent, RECENT_IDS_MAX + 1);
	CHECK(!recent_has(&recent, 1));
	CHECK(recent_has(&recent, 2));
	CHECK(recent_has(&recent, RECENT_IDS_MAX + 1));
}

TEST(zero_is_no_id)
{
	static struct recent empty;

	CHECK(!recent_has(&empty, 0));
}
