/*
 * What the bot itself keeps across restarts, in the settings table: the key of its buttons (`meta#mac`,
 * made once) and the gateway's session and budget (`meta#gateway#<HOMU_SHARDS>`: processes that divide the shards
 * have a session each).
 *
 * The latter is best effort and versioned: the newest text wins, one write is under way at a time, and who finds the text of
 * another process in the row is told so. Bots of several applications need a store each.
 */
#ifndef BOT_KEPT_H
#define BOT_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rng.h"
#include "bot/custom_id.h"
#include "store/store.h"

struct kept {
	struct store *store;
	struct arena arena;
	struct store_request request;
	struct store_changes changes;
	struct str shards;      /* HOMU_SHARDS */
	struct store_row row;   /* the gateway's as it was read or written last */
	struct buf text;        /* the newest text */
	struct buf sent;        /* the one that was written last */
	void (*taken)(void *owner); /* another process has written the row meanwhile; may be NULL, may save */
	void *owner;
	bool is_new;            /* it is not under way yet */
	bool under_way;
	bool reloading;         /* somebody else wrote the row */
	unsigned failures;      /* since the last success */

	uint8_t *key;           /* being made; NULL once it is durable */
	unsigned key_failures;  /* in a row */
	bool key_waits;         /* for the next text of the gateway, to be tried again with it */
	struct arena key_arena; /* of the key, and of the first load */
	struct store_request key_request;
	struct store_changes key_changes;
	struct store_row key_row;
};

/* store and shards (HOMU_SHARDS) are borrowed. */
void kept_init(struct kept *kept, struct store *store, struct str shards);
void kept_release(struct kept *kept);

/*
 * Reads both, synchronously. *key stays the caller's: where there is none, one is made, and written while the connection
 * to Discord is on its way; when another process was faster, *key becomes that one's in the same turn. ERR_INPUT for a row
 * that holds no key, ERR_MEMORY, and what the store says.
 */
bool kept_load(struct kept *kept, struct rng *rng, int64_t now_s, uint8_t key[CUSTOM_ID_KEY_SIZE], struct err *err);
/* The gateway's text, empty if there is none; borrowed until the next kept_save_gateway. */
struct str kept_gateway(const struct kept *kept);
/* Takes a text to keep; it is written in this turn or after the write that is under way. */
void kept_save_gateway(struct kept *kept, struct str text, int64_t now_s);
/* Nothing is left to write. */
bool kept_is_idle(const struct kept *kept);

#endif
