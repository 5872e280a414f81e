/*
 * How many sessions may be begun (discord.md 6): session_start_limit of GET /gateway/bot, what we
 * have used of it since, and the pace of max_concurrency. Kept across restarts as JSON. Pure.
 *
 * Times are Unix milliseconds, since they outlive the process.
 */
#ifndef DISCORD_BUDGET_H
#define DISCORD_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/limits.h"

struct budget {
	bool known;   /* told by Discord or remembered */
	bool current; /* told by Discord in this process, and not to be asked again */
	int64_t total;
	int64_t remaining;
	int64_t reset_unix_ms;
	int64_t told_unix_ms; /* when Discord told it */
	unsigned max_concurrency;
	int64_t identified_unix_ms[IDENTIFY_BUCKETS_MAX]; /* the last one of each bucket; 0: none */
	int64_t ask_ms; /* least wait before Discord is asked again */
};

enum budget_verdict {
	BUDGET_GO,
	BUDGET_PACE,  /* at *at_unix_ms, by max_concurrency */
	BUDGET_FETCH, /* GET /gateway/bot first */
	BUDGET_WAIT,  /* nothing left before *at_unix_ms; then fetch */
};

void budget_init(struct budget *budget);
/* `limit` is session_start_limit; what is missing or out of range counts as not told. */
void budget_update(struct budget *budget, struct json limit, int64_t now_unix_ms);
/* May this shard IDENTIFY, as one of `needed` shards that have to? */
enum budget_verdict budget_ask(struct budget *budget, unsigned shard, unsigned needed, int64_t now_unix_ms,
			       int64_t *at_unix_ms);
/* To be called before an IDENTIFY goes out, and saved. */
void budget_spend(struct budget *budget, unsigned shard, int64_t now_unix_ms);
/* Shards of one bucket identify one after the other. */
unsigned budget_bucket(const struct budget *budget, unsigned shard);

void budget_write(const struct budget *budget, struct json_writer *writer);
/* Anything that does not fit is ignored. */
void budget_read(struct budget *budget, struct json value);

#endif
