/*
 * The chance of an item of the top rarity within 1, 2, 3, … pulls, for plots: from the rules that the draw uses, as
 * gacha/odds computes its waits, with which it agrees.
 */
#ifndef GACHA_CURVE_H
#define GACHA_CURVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "gacha/catalog.h"
#include "gacha/draw.h"

/*
 * Into chance[0…pulls-1], the chance of at least one top item (featured: of one that is featured) within n = 1…pulls
 * pulls from these counters. Works pulls² steps: pulls is at most CURVE_PULLS_MAX. ERR_LIMIT when the arena is full.
 */
bool curve_compute(const struct catalog_banner *banner, const struct draw_state *state, bool featured, size_t pulls,
		   double *chance, struct arena *arena, struct err *err);

#endif
