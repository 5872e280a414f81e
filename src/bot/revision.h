/*
 * Revisions of the catalog that administrators made in Discord: which one is in force when, and how
 * their texts are kept. Pure: documents in, documents out.
 *
 * A scope ("global", or a server's id with HOMU_SCOPE=guild) has one list, in server_settings under
 * `meta#catalog#<scope>`, of revisions with the time from which each is in force. It counts only for the
 * catalog that it was begun from (`base`): when the operator gives another file, that file is in force.
 * A text is kept, deflated, in parts under `meta#catalog-text#<id>#<k>`; id is that of the interaction
 * that made it, so a text is written once and a receipt's catalog can always be found again.
 */
#ifndef BOT_REVISION_H
#define BOT_REVISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/str.h"
#include "store/store.h"

struct revision {
	char sha256_hex[2 * HASH_SHA256_SIZE + 1];
	uint64_t text;   /* id of the text */
	size_t parts;    /* of it */
	int64_t from_ms; /* Unix: in force from then on */
	uint64_t by;     /* who made it */
};

/* In the order of from_ms, which no two share. */
struct revisions {
	uint64_t version; /* of its row; 0: there is none */
	char base_hex[2 * HASH_SHA256_SIZE + 1]; /* "" where there is no list yet */
	struct revision list[REVISIONS_MAX];
	size_t count;
};

/* "global", or the server's id. */
struct str revision_scope(struct arena *arena, bool guild_scope, uint64_t guild_id);
struct str revision_key(struct arena *arena, struct str scope);
struct str revision_text_key(struct arena *arena, uint64_t text, size_t part);

/* doc empty: none. ERR_INPUT for a document that is not of the form. */
bool revisions_decode(struct revisions *revisions, struct arena *arena, struct str doc, struct err *err);
void revisions_encode(const struct revisions *revisions, struct buf *out);
/* The revision in force for this configured catalog; NULL: that catalog itself. */
const struct revision *revisions_at(const struct revisions *revisions, const char *configured_hex, int64_t now_ms);
/*
 * Adds one that follows all others in time; a list of another base is begun anew. With a full list the oldest goes
 * (its text stays). ERR_REFUSED when its from_ms is not after that of the last one.
 */
bool revisions_add(struct revisions *revisions, const char *configured_hex, const struct revision *revision,
		   struct err *err);

/* The rows of a text (key and doc; version 0), at most REVISION_PARTS_MAX; 0 with ERR_LIMIT for a text that is too long. */
size_t revision_pack(struct arena *arena, uint64_t text, struct str catalog, struct store_row rows[REVISION_PARTS_MAX],
		     struct err *err);
/* How many parts the first row says that there are; 0 if it is no such row. */
size_t revision_part_count(struct arena *arena, const struct store_row *first);
/* The text again; ERR_INPUT when a part is missing or not of its form. */
bool revision_unpack(struct arena *arena, const struct store_row *rows, size_t count, struct str *catalog,
		     struct err *err);

#endif
