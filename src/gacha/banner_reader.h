/*
 * Reading the banners of a catalog, whose rarities and items have been read, into the tables that
 * are drawn from. Used by the loader alone.
 */
#ifndef GACHA_BANNER_READER_H
#define GACHA_BANNER_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "gacha/catalog.h"
#include "gacha/reader.h"

struct banner_reader {
	struct reader *reader;
	struct arena *scratch;
	const struct catalog *catalog;
	bool rarities_known; /* all ids could be read, so that another one is unknown */
	bool items_known;
	bool items_sound; /* all rarities of items are known */
	/* The pool of a banner without one: items by rarity, in catalog order. */
	uint32_t *of_rarity[RARITIES_MAX];
	size_t of_rarity_count[RARITIES_MAX];
	/* Per item the last list that named it, and the last pool that has it. */
	uint32_t *seen;
	uint32_t *pooled;
	uint32_t list;
	size_t listed; /* items in lists of banners' own; up to CATALOG_LISTED_MAX */
};

/* Sorts the items by rarity. False when an arena is full. */
bool banner_reader_init(struct banner_reader *banners, struct reader *reader, struct arena *scratch,
			const struct catalog *catalog);
/* Reads one banner; what is wrong with it becomes faults. */
void banner_reader_read(struct banner_reader *banners, const struct node *node, struct catalog_banner *banner);

#endif
