#include "gacha/curve.h"

#include <assert.h>

/* How an item of the top rarity is featured: the first one, and each after one that was not. */
struct shares {
	double first, after;
};

static struct shares find_shares(const struct catalog_banner *banner, const struct draw_state *state, bool featured)
{
	const struct banner_rarity *top = &banner->rarities[0];
	double share = top->share / (double)RATE_ONE;

	if (!featured)
		return (struct shares){1, 1};
	if (!top->rate_up)
		return (struct shares){0, 0};
	return (struct shares){state->flag[0] ? 1 : share, top->guarantee ? 1 : share};
}

bool curve_compute(const struct catalog_banner *banner, const struct draw_state *state, bool featured, size_t pulls,
		   double *chance, struct arena *arena, struct err *err)
{
	struct shares shares = find_shares(banner, state, featured);
	double *since = arena_array(arena, pulls + 1, sizeof(*since)); /* of those that missed, by pulls since then */
	double waiting = 1; /* share of those that have had no top item */
	double met = 0;

	assert(pulls <= CURVE_PULLS_MAX);
	if (!since)
		return arena_check(arena, "the curve of a banner", err);
	for (size_t k = 0; k < pulls; k++) {
		double p = draw_top_rate(banner, state->n[0] + k, false) / (double)RATE_ONE;
		double missed = waiting * p * (1 - shares.first);

		met += waiting * p * shares.first;
		waiting *= 1 - p;
		for (size_t age = k; age-- > 0;) {
			double again = draw_top_rate(banner, age + 1, false) / (double)RATE_ONE;

			met += since[age] * again * shares.after;
			missed += since[age] * again * (1 - shares.after);
			since[age + 1] = since[age] * (1 - again);
		}
		since[0] = missed;
		chance[k] = met < 1 ? met : 1;
	}
	return true;
}
