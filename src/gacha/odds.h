/*
 * Odds by exact computation from the banner's rules, never sampled (gacha.md, Odds are disclosed
 * exactly). Doubles are for showing; no draw is decided by them.
 */
#ifndef GACHA_ODDS_H
#define GACHA_ODDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "gacha/catalog.h"
#include "gacha/draw.h"
#include "gacha/odds_passage.h"

#define ODDS_WITHIN_COUNT 5    /* 10, 50, 80, 90, 100 */
#define ODDS_QUANTILE_COUNT 3  /* 50, 90, 99 % */
extern const unsigned odds_within_pulls[ODDS_WITHIN_COUNT];
extern const unsigned odds_quantile_percents[ODDS_QUANTILE_COUNT];

/* Waiting for an event (a top item; a featured top item), from given counters. */
struct odds_wait {
	bool possible;
	double rate;      /* long-run share of pulls, from fresh */
	double expected;  /* pulls */
	int64_t worst;    /* pulls, or CATALOG_NONE: unbounded */
	double within[ODDS_WITHIN_COUNT];
	int64_t quantiles[ODDS_QUANTILE_COUNT]; /* least n with P(T ≤ n) ≥ q */
};

struct odds_item {
	uint32_t item;
	double base;  /* rarity's base × its share / count, flag clear */
	double rate;  /* long-run share under single pulls */
	double next;  /* at the next pull from the given counters */
	double slot10; /* at the tenth of a ten-pull given nothing in nine, flag clear; equal to base without a guarantee */
};

struct odds {
	struct odds_wait top;
	struct odds_wait featured;
	struct odds_item *items; /* those that can be drawn, in catalog order */
	size_t item_count;
	double rarity_rate[RARITIES_MAX]; /* long-run share by rarity */
	double rarity_next[RARITIES_MAX];
	double rarity_slot10[RARITIES_MAX]; /* at the tenth of a ten-pull given nothing in nine; base without a guarantee */
};

/* state NULL: fresh. Memory from the arena. ERR_LIMIT when the rules' state space is beyond ODDS_STATES_MAX. */
bool odds_compute(const struct catalog_banner *banner, const struct draw_state *state, struct arena *arena,
		  struct odds *odds, struct err *err);

/* The chance to have it within so many pulls, which the caller wants to know. */
struct odds_ask {
	uint64_t pulls;
	double chance;
	bool known; /* false: beyond ODDS_WAIT_WORK_MAX; the chance is at least `chance` */
};

/*
 * The wait for one item, or for the featured ones of a rarity, or for all of it, from given counters (NULL: fresh).
 * All but `rate`, which odds_compute has. A quantile beyond ODDS_WAIT_WORK_MAX is CATALOG_NONE, `expected` is HUGE_VAL
 * where it may never come. asks: ask_count further numbers of pulls, each set. ERR_LIMIT as odds_compute.
 */
bool odds_target_wait(const struct catalog_banner *banner, const struct draw_state *state,
		      const struct odds_target *target, struct odds_wait *wait, struct odds_ask *asks,
		      size_t ask_count, struct arena *arena, struct err *err);

/*
 * Chance to have the target within n pulls, for n = 1…pulls, into chance[0…pulls-1]; for plots. ERR_LIMIT beyond
 * ODDS_WORK_MAX.
 */
bool odds_target_curve(const struct catalog_banner *banner, const struct draw_state *state,
		       const struct odds_target *target, size_t pulls, double *chance, struct arena *arena,
		       struct err *err);
/* The same for one item, by its index; 0 throughout when the banner does not have it. */
bool odds_curve(const struct catalog *catalog, const struct catalog_banner *banner, const struct draw_state *state,
		uint32_t target, size_t pulls, double *chance, struct arena *arena, struct err *err);

#endif
