/*
 * What the gateway leaves to the next process, as JSON (discord.md 6, hand-over of the design): the
 * IDENTIFY budget always; the sessions when they are given up in order to be taken up again, and while they live, for a
 * process that follows a crash. Pure.
 */
#ifndef DISCORD_SAVED_H
#define DISCORD_SAVED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/secret.h"
#include "base/str.h"
#include "discord/budget.h"
#include "discord/shards.h"

/* Whose state it is: the bot's id, which the first part of its token tells; 0 if that has another form. */
uint64_t saved_bot_id(const struct secret *token, struct arena *arena);

/*
 * PROVED: the sessions that were online in this process. What crashes a process while it is replayed is so not replayed
 * to each one that follows.
 */
enum saved_sessions { SAVED_NONE, SAVED_PROVED, SAVED_ALL };

/* False if it does not fit out. */
bool saved_write(uint64_t bot_id, const struct budget *budget, const struct shards *shards, enum saved_sessions which,
		 uint64_t application_id, int64_t now_unix_ms, struct buf *out);

/* Where saved_read puts what it finds. */
struct saved {
	struct budget *budget;
	struct shards *shards;
	const struct gateway_shards *wanted;
	const struct secret *token;
	struct rng *rng;
	uint64_t application_id; /* 0 if it was not told */
};
/* Whether there is a session to RESUME, at most RESUME_FRESH_MS old. What does not fit is ignored. */
bool saved_read(struct str text, uint64_t bot_id, int64_t now_unix_ms, struct saved *saved, struct arena *arena);

#endif
