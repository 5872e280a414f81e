/*
 * Back-off with full jitter. Pure. It refuses nothing: a cap that is no more than the floor gives the floor. The owner embeds
 * the struct and sets its two times; there is no memory to release.
 */
#ifndef NET_BACKOFF_H
#define NET_BACKOFF_H

#include <stdint.h>

#include "base/rng.h"

struct backoff {
	int64_t base_ms;
	int64_t max_ms;
	unsigned attempt;
};

void backoff_clear(struct backoff *backoff);
/* Uniform in [floor, min(max, base × 2^attempt)], attempt + 1; floor_ms ≥ 0 is the least wait. */
int64_t backoff_next_ms(struct backoff *backoff, int64_t floor_ms, struct rng *rng);

#endif
