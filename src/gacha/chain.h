/*
 * The Markov chain of a banner's counters under single pulls, for exact odds and for the test of
 * counts. A draw of the leading rarity, or of one above it, makes every counter that matters fresh:
 * a new cycle begins. So the states are layers (values of the leading rarity's counter) of the joint
 * counters of the rarities below that have a hard pity, and long-run values are sums over one cycle;
 * no system of equations is solved. The flags of rate-up do not act on rarities and are left out.
 *
 * Doubles are for showing and testing; no draw is decided by them.
 */
#ifndef GACHA_CHAIN_H
#define GACHA_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "gacha/catalog.h"
#include "gacha/draw.h"

struct chain {
	const struct catalog_banner *banner;
	size_t lead;   /* index of the leading rarity; rarity_count when nothing depends on counters: one layer */
	size_t layers; /* values of its counter, from 1 */
	/* Counters below the lead, highest first: each goes from 1 to its hard pity and stays there. */
	size_t counter_count;
	size_t rarity[RARITIES_MAX];
	size_t hard[RARITIES_MAX];
	size_t stride[RARITIES_MAX];
	size_t joint; /* states of a layer */
};

/* What one draw does in a state: for each rarity its probability, and where it leads. */
struct chain_step {
	double p[RARITIES_MAX];
	bool renews[RARITIES_MAX]; /* to the fresh state: layer 0, index 0 */
	size_t next[RARITIES_MAX]; /* else to this index of the next layer */
};

/* How long top rarities take from counter n: least pulls after which one is certain, or CATALOG_NONE. */
int64_t chain_top_worst(const struct catalog_banner *banner, uint64_t n);
/* Whether the top rarity's probability depends on its counter. */
bool chain_top_varies(const struct catalog_banner *banner);

/*
 * layers_max bounds the layers: what would go beyond counts as renewed. ERR_LIMIT when more than
 * ODDS_STATES_MAX states are left.
 */
bool chain_init(struct chain *chain, const struct catalog_banner *banner, uint64_t layers_max, struct err *err);
/* As chain_init, with as many layers as a cycle from the fresh state reaches with a probability that a double shows. */
bool chain_init_cycle(struct chain *chain, const struct catalog_banner *banner, struct err *err);
/* The layer and index of these counters; one beyond its bound counts as at it. */
void chain_find(const struct chain *chain, const struct draw_state *state, size_t *layer, size_t *index);
/* Probability of each rarity at the next single pull with these counters (steps 1 to 3). */
void chain_probabilities(const struct catalog_banner *banner, const uint64_t n[RARITIES_MAX], double p[RARITIES_MAX]);
void chain_step(const struct chain *chain, size_t layer, size_t index, struct chain_step *step);

/*
 * Long-run share of featured items among a rarity's: with the guarantee every miss is followed by a hit, so 1 of
 * 2 - share draws.
 */
double chain_featured_share(const struct banner_rarity *rates);

/* Long-run shares of the rarities, from chain_init_cycle's chain. */
bool chain_rates(const struct chain *chain, struct arena *arena, double rates[RARITIES_MAX], struct err *err);

/* Second moments of the counts by rarity after many pulls from the fresh state. */
struct chain_moments {
	double covariance[RARITIES_MAX][RARITIES_MAX]; /* per pull */
	double bias[RARITIES_MAX]; /* expected count minus pulls × rate, in the limit */
};
bool chain_moments(const struct chain *chain, const double rates[RARITIES_MAX], struct arena *arena,
		   struct chain_moments *moments, struct err *err);

#endif
