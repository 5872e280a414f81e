/*
 * When the gateway's sessions are kept for the next process, and what of them: soon after events, now and
 * then without, and never the sessions that another process keeps. It writes no file: the text goes to the handler.
 */
#ifndef DISCORD_KEEPER_H
#define DISCORD_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "discord/budget.h"
#include "discord/gateway.h"
#include "discord/saved.h"
#include "discord/shards.h"

/* Borrows all of it; a zeroed one has kept nothing. Nothing to release. */
struct keeper {
	const struct gateway_handler *handler;
	const struct secret *token;
	struct budget *budget;
	struct shards *shards;
	struct arena *arena;  /* scratch, which the owner clears */
	int64_t kept_ms;      /* when the sessions were saved last */
	uint64_t kept_events; /* taken by then */
	bool disowned;        /* the sessions are another process's to keep */
};

/* Gives the handler the state, if it fits into GATEWAY_STATE_BYTES_MAX. application_id: 0 if it is not known. */
void keeper_save(const struct keeper *keeper, enum saved_sessions which, uint64_t application_id, int64_t now_unix_ms);
/* What a crash from now on leaves to the next process; now_ms of the loop. */
void keeper_keep(struct keeper *keeper, uint64_t application_id, int64_t now_ms, int64_t now_unix_ms);
/* When to keep again, of the loop; INT64_MAX: not before something changes. In an outage the sessions grow old, and so does
 * what is kept of them. */
int64_t keeper_at_ms(const struct keeper *keeper);
/*
 * Fills budget and shards with what was kept. Whether there is a session to RESUME; the application's id then, 0 if it is
 * not known. What does not fit is ignored, but a budget counts in any case.
 */
bool keeper_restore(struct keeper *keeper, struct str text, const struct gateway_shards *wanted, struct rng *rng,
		    int64_t now_unix_ms, uint64_t *application_id);

#endif
