/*
 * Draws many times with the real draw code and tests the counts against the exact odds (gacha.md).
 * Pulls with pity are not independent, so the counts by rarity are held against the covariance of
 * the chain, the featured ones of a rarity against the variance of its flag's chain, and the items
 * of a class (rarity × featured) against each other by Pearson's test. The three are independent in
 * the limit, so their chi-squares and degrees of freedom add up.
 */
#ifndef GACHA_SIMULATE_H
#define GACHA_SIMULATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "gacha/catalog.h"
#include "gacha/draw.h"
#include "gacha/fairness.h"

struct simulation {
	uint64_t pulls;
	uint64_t *items;                  /* by index of item */
	uint64_t rarities[RARITIES_MAX];
	uint64_t classes[RARITIES_MAX][2]; /* by featured */
	double chi2;
	unsigned df;
	double p; /* 1 when there is nothing to test (df 0) */
};

/* One simulation of single pulls that goes on from fresh counters: init, run as often as wanted, then test once. */
struct simulator {
	const struct catalog *catalog;
	const struct catalog_banner *banner;
	struct fairness_stream stream;
	bool fast;
	struct draw_state state;
	struct simulation counts;
};

/* seed NULL: the fast AES-CTR stream under `key`; else the verifiable one (player `simulate`, epoch 1, no client seed). */
bool simulate_init(struct simulator *simulator, const struct catalog *catalog, const struct catalog_banner *banner,
		   const uint8_t *seed, const uint8_t key[16], struct arena *arena, struct err *err);
void simulate_run(struct simulator *simulator, uint64_t pulls);
/* Sets chi2, df and p of the counts. ERR_LIMIT as odds_compute. */
bool simulate_test(struct simulator *simulator, struct arena *arena, struct err *err);

#endif
