/*
 * What a deletion leaves in a player's place for a while (TOMBSTONE_S): so that neither the start
 * currency nor the daily gift can be had again by deleting one's data, and so that rows of the history
 * that are still to be deleted are told from those that come after. Nothing else of the player is kept.
 *
 * The document begins with its member "deleted"; a player's never does.
 */
#ifndef BOT_TOMBSTONE_H
#define BOT_TOMBSTONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct tombstone {
	int64_t at_s;          /* Unix: of the deletion */
	int64_t daily_day;     /* of the last daily gift, as in struct player; -1 never */
	int64_t history_after; /* sort number up to which the history is deleted */
};

bool tombstone_is(struct str doc);
/* ERR_INPUT for a document that is not of the form. */
bool tombstone_read(struct str doc, struct arena *arena, struct tombstone *tombstone, struct err *err);
void tombstone_write(const struct tombstone *tombstone, struct buf *out);

#endif
