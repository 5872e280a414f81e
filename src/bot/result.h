/*
 * Results as JSON (interface.md, Commands), for the command line and for the playground's API alike. What is not a number
 * of these rules is the caller's; the writer's `full` is the only failure.
 */
#ifndef BOT_RESULT_H
#define BOT_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json_write.h"
#include "gacha/odds.h"
#include "gacha/simulate.h"

/* `odds BANNER --json`: the members, into an object that is open. */
void result_write_odds(const struct catalog *catalog, const struct catalog_banner *banner, const struct odds *odds,
		       struct json_writer *writer);

/* `simulate --json`. seed: FAIRNESS_SEED_SIZE bytes, or NULL for the fast stream. elapsed_us: what the draws took. */
void result_write_simulation(const struct simulator *simulator, const uint8_t *seed, int64_t elapsed_us,
			     struct json_writer *writer);
/* In whole numbers: the clock says no more. */
double result_pulls_per_second(uint64_t pulls, int64_t elapsed_us);

/* `catalog check --json`. */
void result_write_check(const struct catalog *catalog, const struct catalog_faults *faults, bool ok,
			struct json_writer *writer);

#endif
