/*
 * The documents of the playground's API that are computed from the catalog alone: what there is, odds, and the faults of a
 * catalog. Odds and faults are written by bot/result, as the command line prints them. Memory is the caller's arena.
 */
#ifndef BOT_PLAYGROUND_DATA_H
#define BOT_PLAYGROUND_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_write.h"
#include "gacha/catalog.h"

/* {"version","commit","scope","catalog":{…}}; guild_scope: a player's key has the server in it. */
void playground_write_info(const struct catalog *catalog, bool guild_scope, int64_t now_ms, struct json_writer *writer);

/*
 * The answer to {"banner","counters":{"SSR":74},"flags":["SSR"]}. ERR_INPUT and ERR_USAGE say what is wrong with it,
 * ERR_NOT_FOUND that there is no such banner, ERR_LIMIT that the rules are too large to be computed.
 */
bool playground_write_odds(const struct catalog *catalog, struct str question, struct arena *arena,
			   struct json_writer *writer, struct err *err);

/* ERR_LIMIT for a text that cannot be checked within the bounds. */
bool playground_write_check(struct str text, struct arena *arena, struct json_writer *writer, struct err *err);

/* A banner's member of a question. ERR_INPUT, ERR_NOT_FOUND. */
bool playground_find_banner(const struct catalog *catalog, struct json question, struct arena *arena,
			    const struct catalog_banner **banner, struct err *err);

#endif
