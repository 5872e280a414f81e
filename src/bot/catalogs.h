/*
 * The catalogs in memory: the configured one, and the revisions of it that are or were in force
 * (revision.h), read once and kept while somebody uses them.
 *
 * What is held (catalogs_hold) stays until it is let go; of the others the one unused for longest
 * makes room. Every catalog has an arena of its own.
 */
#ifndef BOT_CATALOGS_H
#define BOT_CATALOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/revision.h"
#include "gacha/catalog.h"
#include "store/store.h"

struct catalogs_entry {
	struct arena arena;
	struct catalog *catalog; /* NULL: free */
	unsigned users;
	uint64_t used; /* order of the last use */
};

struct catalogs {
	const struct catalog *configured;
	struct catalogs_entry entries[CATALOGS_KEPT_MAX];
	uint64_t uses;
	const struct catalog *current; /* the last one that was seen in force in the scope `global`; it stays in memory */
};

enum catalogs_look_step { CATALOGS_LOOK_LIST, CATALOGS_LOOK_TEXT };

/* One look at what the store says now: the catalog in force in a scope, or the text of one that its list names. */
struct catalogs_look {
	struct catalogs *catalogs;
	struct store *store;
	int64_t now_ms;
	bool guild_scope; /* else `global` */
	uint64_t guild_id;
	struct str sha256_hex; /* the one to be found; empty: that in force. Needed until it has begun. */
	/* From store_turn: catalog, text and err are set. What they point to is there until it returns. */
	void (*done)(struct catalogs_look *look);
	void *owner;

	const struct catalog *catalog; /* NULL where a text was asked for that is not in memory */
	struct str text;
	/* ERR_NOT_FOUND: the list names no such revision. ERR_INPUT for one that cannot be read, ERR_LIMIT; the store's. */
	struct err err;

	enum catalogs_look_step step;
	struct arena arena;
	struct store_request request;
	struct store_row list;
	struct store_row parts[REVISION_PARTS_MAX];
	struct revision revision; /* that is being loaded */
};

void catalogs_init(struct catalogs *catalogs, const struct catalog *configured);
void catalogs_release(struct catalogs *catalogs);
/*
 * Before the first interaction: reads the revision in force in the scope `global`, which becomes `current`. Turns the
 * store meanwhile. False with the store's error, or ERR_INPUT for a revision that cannot be read.
 */
bool catalogs_open(struct catalogs *catalogs, struct store *store, int64_t now_ms, struct err *err);
/* Begins; `done` follows from store_turn. Of the scope `global` the catalog in force becomes `current`. */
void catalogs_look_start(struct catalogs_look *look);
/* After `done`, from inside it too, or once the store has been freed. */
void catalogs_look_release(struct catalogs_look *look);
/* NULL if it is not in memory. */
const struct catalog *catalogs_find(struct catalogs *catalogs, const char *sha256_hex);
/* Reads a revision's text. ERR_INPUT when it is not the catalog of that hash, ERR_THROTTLED when all places are held. */
const struct catalog *catalogs_add(struct catalogs *catalogs, const char *sha256_hex, struct str text, struct err *err);
/* From now on, until let go, it stays in memory. The configured one always does. */
void catalogs_hold(struct catalogs *catalogs, const struct catalog *catalog);
void catalogs_let_go(struct catalogs *catalogs, const struct catalog *catalog);

#endif
