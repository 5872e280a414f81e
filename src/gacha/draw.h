/*
 * One draw, exactly (gacha.md). Pure: banner, counters and words in; item and counters out. No
 * floating point.
 */
#ifndef GACHA_DRAW_H
#define GACHA_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "gacha/catalog.h"
#include "gacha/fairness.h"

/* A pity group's counters and flags, by index of rarity. Fresh: every n is 1, every flag clear. */
struct draw_state {
	uint64_t n[RARITIES_MAX];
	bool flag[RARITIES_MAX];
};

struct draw_result {
	uint32_t item; /* index into the catalog's items */
	uint32_t rarity;
	bool featured;
};

void draw_state_init(struct draw_state *state);

/* Probability of the top rarity at counter n, of RATE_ONE (step 1). `due` is the tenth draw under a top guarantee. */
uint32_t draw_top_rate(const struct catalog_banner *banner, uint64_t n, bool due);
/* The lower rarity that is due without a word (step 3), among the first `last` ones; 0 if none is. */
size_t draw_due(const struct catalog_banner *banner, const uint64_t n[RARITIES_MAX], size_t last);
/* Moves counters and flag as the draw of such an item does (steps 4 and 5). */
void draw_apply(const struct catalog_banner *banner, struct draw_state *state, size_t rarity, bool featured);

/*
 * Draws once and moves the counters. `tenth_due`: the tenth draw of a ten-pull whose first nine had
 * nothing of the banner's ten_pull rarity or above; false where the banner has no such guarantee.
 */
struct draw_result draw_once(const struct catalog_banner *banner, struct draw_state *state, bool tenth_due,
			     struct fairness_stream *stream);
/* Whether the tenth draw is due, after nine draws of which the highest rarity had this index. */
bool draw_tenth_due(const struct catalog_banner *banner, size_t highest);

#endif
