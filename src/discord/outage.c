#include "discord/outage.h"

#include <assert.h>

/* One uniform wait of [3/4 b, b], b growing from the base to the cap. */
static int64_t pause_ms(struct outage *outage, struct rng *rng)
{
	int64_t most = outage->backoff.base_ms;

	for (unsigned i = 0; i < outage->backoff.attempt && most < outage->backoff.max_ms; i++)
		most *= 2;
	if (most > outage->backoff.max_ms)
		most = outage->backoff.max_ms;
	return backoff_next_ms(&outage->backoff, most / 4 * 3, rng);
}

static void hold_until(struct outage *outage, int64_t at_ms)
{
	if (outage->open_ms < at_ms)
		outage->open_ms = at_ms;
}

void outage_init(struct outage *outage)
{
	*outage = (struct outage){
		.backoff = {.base_ms = RECONNECT_BASE_MS, .max_ms = RECONNECT_MAX_MS},
		.quick_left = RECONNECT_QUICK_MAX,
		.open_ms = INT64_MIN,
	};
}

bool outage_may_begin(const struct outage *outage, int64_t now_ms)
{
	return now_ms >= outage->open_ms && !outage->probing;
}

void outage_began(struct outage *outage)
{
	outage->probing = outage->down;
}

void outage_fetched(struct outage *outage, int64_t now_ms)
{
	outage->probing = false;
	outage->open_ms = now_ms;
}

void outage_got_through(struct outage *outage)
{
	outage->down = false;
	outage->probing = false;
	outage->failures = 0;
	outage->open_ms = INT64_MIN;
	/* With no quick reconnects left, being READY for a moment does not end the trouble. */
	if (outage->quick_left)
		backoff_clear(&outage->backoff);
}

void outage_failed(struct outage *outage, struct rng *rng, int64_t now_ms)
{
	/* Attempts that began before the first of them failed are one failure. */
	bool counted = outage->down && !outage->probing && now_ms < outage->open_ms;

	outage->down = true;
	outage->probing = false;
	if (counted)
		return;
	outage->failures++;
	hold_until(outage, now_ms + pause_ms(outage, rng));
}

void outage_dropped(struct outage *outage, int64_t lived_ms, struct rng *rng, int64_t now_ms)
{
	if (lived_ms >= RECONNECT_STABLE_MS) {
		outage->quick_left = RECONNECT_QUICK_MAX;
		if (!outage->down)
			backoff_clear(&outage->backoff);
	}
	if (outage->quick_left == 0) {
		hold_until(outage, now_ms + pause_ms(outage, rng));
		return;
	}
	if (outage->quick_left-- < RECONNECT_QUICK_MAX)
		hold_until(outage, now_ms + RECONNECT_QUICK_MS_MIN +
					   (int64_t)rng_below(rng, RECONNECT_QUICK_MS_MAX - RECONNECT_QUICK_MS_MIN));
}

int64_t outage_deadline_ms(const struct outage *outage)
{
	return outage->probing ? INT64_MAX : outage->open_ms;
}
