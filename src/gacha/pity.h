/*
 * Counters and flags by pity group and rarity, kept by their ids, so that a new catalog loses
 * nothing: what it does not name stays as it is. Borrows the ids; the list lives in the arena.
 */
#ifndef GACHA_PITY_H
#define GACHA_PITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json_read.h"
#include "gacha/catalog.h"
#include "gacha/draw.h"

struct pity {
	struct str group;
	struct str rarity;
	uint64_t n;
	bool flag;
	struct json rest; /* the entry of a document that it was read from: what is unknown is copied from it */
};

struct pity_book {
	struct arena *arena;
	struct pity *list; /* a group's entries stand together */
	size_t count, capacity;
};

/* NULL where it was never moved. */
const struct pity *pity_find(const struct pity_book *book, struct str group, struct str rarity);
/* The counters of a group, fresh where there are none; and back (false when the arena is full). */
void pity_load(const struct pity_book *book, const struct catalog *catalog, struct str group, struct draw_state *state);
bool pity_save(struct pity_book *book, const struct catalog *catalog, struct str group, const struct draw_state *state);
/* An entry after all others, for its fields; its group is that of the entry before, or new. NULL when the arena is full. */
struct pity *pity_append(struct pity_book *book);

#endif
