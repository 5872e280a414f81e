#include "bot/recent.h"

_Static_assert((RECENT_SETS & (RECENT_SETS - 1)) == 0 && RECENT_SETS > 1, "the sets are chosen by bits");

/* Fibonacci hashing: a snowflake's low bits hardly change from one id to the next second's. */
static size_t set_of(uint64_t id)
{
	return (size_t)((id * UINT64_C(0x9E3779B97F4A7C15)) >> 32) % RECENT_SETS;
}

void recent_add(struct recent *recent, uint64_t id)
{
	size_t set = set_of(id);

	recent->ids[set][recent->next[set]] = id;
	recent->next[set] = (uint8_t)((recent->next[set] + 1) % RECENT_SET);
}

bool recent_has(const struct recent *recent, uint64_t id)
{
	const uint64_t *ids = recent->ids[set_of(id)];

	for (size_t i = 0; i < RECENT_SET; i++)
		if (ids[i] == id)
			return id != 0;
	return false;
}
