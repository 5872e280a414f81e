#include "net/backoff.h"

void backoff_clear(struct backoff *backoff)
{
	backoff->attempt = 0;
}

int64_t backoff_next_ms(struct backoff *backoff, int64_t floor_ms, struct rng *rng)
{
	int64_t top = backoff->base_ms;

	for (unsigned i = 0; i < backoff->attempt && top < backoff->max_ms; i++)
		top = top > backoff->max_ms / 2 ? backoff->max_ms : top * 2;
	if (top > backoff->max_ms)
		top = backoff->max_ms;
	if (backoff->attempt < UINT32_MAX)
		backoff->attempt++;
	if (top <= floor_ms)
		return floor_ms;
	return floor_ms + (int64_t)rng_below(rng, (uint64_t)(top - floor_ms) + 1);
}
