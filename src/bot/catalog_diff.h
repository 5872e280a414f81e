/*
 * What one catalog changes about another: items and banners by their ids, and which of their values.
 * Pure; borrows from both catalogs and the arena.
 */
#ifndef BOT_CATALOG_DIFF_H
#define BOT_CATALOG_DIFF_H

#include "gacha/catalog.h"

enum catalog_change_kind { CATALOG_ADDED, CATALOG_CHANGED, CATALOG_REMOVED };

/* Values that differ. */
enum {
	DIFF_NAME = 1,
	DIFF_RARITY = 2,
	DIFF_TEXT = 4,
	DIFF_EMOJI = 8,
	DIFF_IMAGE = 16,
	DIFF_PRICE = 32,
	DIFF_TIMES = 64,
	DIFF_COST = 128,
	DIFF_SPARK = 256,
	DIFF_GROUP = 512,
	DIFF_ODDS = 1024, /* rates, pity, rate-up, the tenth pull, or the items that are drawn */
};

struct catalog_change {
	enum catalog_change_kind kind;
	unsigned fields; /* of a change */
	/* Of an item or of a banner; NULL what was not there, or is not there any more. */
	const struct catalog_item *old_item, *new_item;
	const struct catalog_banner *old_banner, *new_banner;
};

struct catalog_diff {
	struct catalog_change *list; /* banners, then items; in each added, changed, removed as the catalogs have them */
	size_t count;
	size_t kinds[3]; /* so many of each */
	bool currency, rarities;
};

/* ERR_LIMIT when the arena is full. */
bool catalog_diff_make(struct arena *arena, const struct catalog *old, const struct catalog *new,
		       struct catalog_diff *diff, struct err *err);

#endif
