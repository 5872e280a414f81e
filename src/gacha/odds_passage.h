/*
 * Waiting for a target: one item, the featured ones of a rarity, or all of a rarity. The exact law of
 * the pull at which it first comes, under single pulls from given counters and flags.
 *
 * A draw of the chain's leading rarity or of one above it begins a new cycle (chain.h), which only the
 * flag of the target's rarity outlives. So one cycle is enumerated, from the given counters and from
 * fresh ones by flag, and the rest is a renewal equation: what is left after n pulls are those who
 * began their cycle k pulls ago, times the chance to live k pulls without the target.
 *
 * Doubles are for showing; no draw is decided by them.
 */
#ifndef GACHA_ODDS_PASSAGE_H
#define GACHA_ODDS_PASSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "gacha/catalog.h"
#include "gacha/draw.h"

/* A part of the draws of one rarity. */
struct odds_target {
	size_t rarity;
	double featured; /* share of the rarity's featured draws that are it: 1 / count for one of them */
	double others;   /* the same of the others */
};

struct odds_target odds_target_rarity(size_t rarity);
struct odds_target odds_target_featured(size_t rarity);
/* False when the item stands in no list of the banner. */
bool odds_target_item(const struct catalog *catalog, const struct catalog_banner *banner, uint32_t item,
		      struct odds_target *target);

/* One cycle that begins with a flag: what becomes of it after k pulls without the target, for k from 1 to count. */
struct odds_cycle {
	size_t count;
	double *alive;      /* it goes on; alive[0] is 1 */
	double *renewed[2]; /* it ends with that pull, by the flag then */
	double met;         /* the target comes before it ends */
};

struct odds_passage {
	bool possible;
	double expected; /* pulls; HUGE_VAL when it may never come */
	int64_t worst;   /* pulls, or CATALOG_NONE: unbounded */
	uint64_t pulls;  /* that odds_passage_next has told so far */
	uint64_t work;   /* multiplications that each further one takes */
	uint64_t walked; /* the same of what odds_passage_init did, at most */

	size_t flags;    /* 2 where the flag of the rarity matters, else 1 */
	struct odds_cycle first;    /* from the given state */
	struct odds_cycle fresh[2]; /* by flag */
	size_t window;              /* pulls that a fresh cycle may take */
	double *begun[2];           /* chance that a fresh cycle began with the pull; the last is at `end` - 1 */
	size_t end, room;
};

/* ERR_LIMIT as odds_compute. Memory from the arena. */
bool odds_passage_init(struct odds_passage *passage, const struct catalog_banner *banner,
		       const struct draw_state *state, const struct odds_target *target, struct arena *arena,
		       struct err *err);
/* The chance to have it within one pull more than the last time, from 1. */
double odds_passage_next(struct odds_passage *passage);

#endif
