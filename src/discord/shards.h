/*
 * The shards that one process holds: which they are (HOMU_SHARDS), their sessions, and what of them
 * outlives the process. The owner of the list decides what is done with them; no I/O here.
 */
#ifndef DISCORD_SHARDS_H
#define DISCORD_SHARDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/rng.h"
#include "base/secret.h"
#include "base/str.h"
#include "discord/budget.h"
#include "discord/session.h"

/* HOMU_SHARDS: count 0 is `auto` (what GET /gateway/bot recommends), then first/last are all of them. */
struct gateway_shards {
	unsigned first, last, count;
};
bool gateway_shards_parse(struct str text, struct gateway_shards *shards, struct err *err);

struct link;

struct shard {
	struct session session;
	struct link *link; /* the gateway's connection, or NULL */
	int64_t not_before_ms;
	bool identifying; /* from the connection's begin until IDENTIFY went out */
	bool seen_online; /* since start */
};

/* count 0: not known yet, list NULL. */
struct shards {
	unsigned first, count, total;
	struct shard *list;
};

bool shards_init(struct shards *shards, const struct gateway_shards *which, const struct secret *token,
		 struct rng *rng, struct err *err);
void shards_release(struct shards *shards);

/* Whether one is online now. */
bool shards_any_online(const struct shards *shards);
/* Dispatches that all of them took. */
uint64_t shards_events(const struct shards *shards);
/* Shards that are to IDENTIFY, now or when their pause is over. */
unsigned shards_identifies_needed(const struct shards *shards);
/* Whether a shard of the same IDENTIFY bucket is on its way there. */
bool shards_bucket_is_busy(const struct shards *shards, const struct budget *budget, const struct shard *shard);
/* Whether each has been READY or RESUMED since start. */
bool shards_all_seen(const struct shards *shards);

/* Members of the stored state: first, total, sessions; null for a shard not seen online since start, unless `unseen`. */
void shards_write(const struct shards *shards, bool unseen, struct json_writer *writer);
/*
 * Takes up the stored sessions if they are of the shards that are wanted; with `auto`, only if there
 * is one for each. Makes the list if it was not known. False if there is nothing to resume.
 */
bool shards_read(struct shards *shards, const struct gateway_shards *wanted, const struct secret *token,
		 struct rng *rng, struct json state, struct arena *arena);

#endif
