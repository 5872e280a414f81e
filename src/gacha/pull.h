/*
 * A pull as a player makes it: pays, draws once or ten times, books items, shards and spark points,
 * counts them, and writes the receipts. Pure: everything it changes is in its parameters.
 */
#ifndef GACHA_PULL_H
#define GACHA_PULL_H

#include "gacha/economy.h"
#include "gacha/receipt.h"

#define PULL_COUNT_MAX 10

struct pull_item {
	uint32_t item;
	uint32_t rarity;
	bool featured;
	bool is_new;
	int64_t shards; /* for a duplicate */
};

struct pull_result {
	struct pull_item items[PULL_COUNT_MAX];
	struct receipt receipts[PULL_COUNT_MAX];
	size_t count;
	int64_t cost;
	struct draw_state state; /* of the group, afterwards */
};

/*
 * count is 1 or 10 (else ERR_USAGE). ERR_REFUSED when the balance does not cover it (nothing is changed);
 * ERR_NOT_FOUND when the banner has no ten-pull; ERR_LIMIT on overflow. On false the player may be half
 * changed: the caller drops it. Ledger rows: the cost, then for each draw its item, a duplicate's shards, and a spark
 * point where the banner has a spark; none for an amount of 0. The result borrows from the catalog, the player and the
 * arena.
 */
bool pull_make(const struct catalog *catalog, const struct catalog_banner *banner, unsigned count,
	       struct player *player, struct ledger *ledger, struct str interaction, int64_t now_s,
	       struct pull_result *result, struct arena *arena, struct err *err);

#endif
