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
	const struct catalog *current; /* the last one that was in force in the scope `global` */
};

void catalogs_init(struct catalogs *catalogs, const struct catalog *configured);
void catalogs_release(struct catalogs *catalogs);
/*
 * Before the first interaction: reads the revision in force in the scope `global`, which becomes `current`. Turns the
 * store meanwhile. False with the store's error, or ERR_INPUT for a revision that cannot be read.
 */
bool catalogs_open(struct catalogs *catalogs, struct store *store, int64_t now_ms, struct err *err);
/* NULL if it is not in memory. */
const struct catalog *catalogs_find(struct catalogs *catalogs, const char *sha256_hex);
/* Reads a revision's text. ERR_INPUT when it is not the catalog of that hash, ERR_LIMIT when all places are held. */
const struct catalog *catalogs_add(struct catalogs *catalogs, const char *sha256_hex, struct str text, struct err *err);
/* From now on, until let go, it stays in memory. The configured one always does. */
void catalogs_hold(struct catalogs *catalogs, const struct catalog *catalog);
void catalogs_let_go(struct catalogs *catalogs, const struct catalog *catalog);

#endif
