/*
 * When a connection to Discord may begin (discord.md 1), for all shards of a process together: at
 * once while all is well; while nothing gets through, one attempt at a time with growing pauses. Pure.
 */
#ifndef DISCORD_OUTAGE_H
#define DISCORD_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/rng.h"
#include "net/backoff.h"

struct outage {
	struct backoff backoff;
	unsigned quick_left;   /* drops that are still reconnected fast */
	unsigned failures;     /* attempts in a row that did not get through */
	int64_t open_ms;       /* nothing begins before */
	bool down;             /* the last attempt failed */
	bool probing;          /* the one attempt allowed while down is under way */
};

void outage_init(struct outage *outage);
bool outage_may_begin(const struct outage *outage, int64_t now_ms);
/* An attempt begins: a connection, or a request for the URL. */
void outage_began(struct outage *outage);
/* The URL was fetched: the connection that wanted it may follow at once. */
void outage_fetched(struct outage *outage, int64_t now_ms);
/* A connection is READY. */
void outage_got_through(struct outage *outage);
/* An attempt failed before READY. */
void outage_failed(struct outage *outage, struct rng *rng, int64_t now_ms);
/* A connection that had been READY for lived_ms ended. */
void outage_dropped(struct outage *outage, int64_t lived_ms, struct rng *rng, int64_t now_ms);
/* INT64_MAX while an answer is awaited. */
int64_t outage_deadline_ms(const struct outage *outage);

#endif
