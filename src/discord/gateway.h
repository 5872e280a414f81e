/*
 * The gateway's driver (discord.md 1-11): for each shard of this process a pure session
 * (discord/session.h), a WebSocket and an inflate context; one queue of IDENTIFYs for them all.
 *
 * It refuses to know what an event means: dispatches go to the handler as JSON.
 */
#ifndef DISCORD_GATEWAY_H
#define DISCORD_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json_read.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "base/secret.h"
#include "base/str.h"
#include "discord/payload.h"
#include "discord/rest.h"
#include "discord/shards.h"
#include "net/http.h"
#include "net/loop.h"

struct gateway_handler {
	/* A dispatch other than READY and RESUMED; `data` is borrowed for the call. */
	void (*dispatch)(void *owner, unsigned shard, struct str name, struct json data);
	/* Every shard of this process is READY or RESUMED for the first time since start. */
	void (*ready)(void *owner, unsigned shards, uint64_t application_id);
	void (*resumed)(void *owner, unsigned shard);
	void (*reconnecting)(void *owner, unsigned shard, const char *why);
	/* No IDENTIFY before this time (Unix ms), by the budget; said once per wait. */
	void (*waiting)(void *owner, int64_t until_unix_ms, const char *why);
	/* Discord refused for good: close code or HTTP status, and what to mend. Nothing more is tried. */
	void (*refused)(void *owner, int code, const struct err *err);
	/* The first frame that was no JSON as it should be, since start; it was skipped. */
	void (*skipped)(void *owner, unsigned shard, const char *why);
	/* Keep this small JSON text (session, budget) across restarts; given back to gateway_start. Every few seconds at most,
	 * when a session begins or ends, and before each IDENTIFY. */
	void (*save)(void *owner, struct str state);
	void *owner;
};

struct gateway_settings {
	struct gateway_shards shards;
	const struct secret *token;
	struct str status; /* presence text, or empty */
};

struct gateway;

struct gateway *gateway_create(struct loop *loop, struct http *http, struct rest *rest, struct rng *rng,
			       struct metrics *metrics, const struct gateway_settings *settings,
			       const struct gateway_handler *handler, struct err *err);
/* state: what `save` was given last, or empty. A session in it that is fresh is RESUMEd. */
void gateway_start(struct gateway *gateway, struct str state, int64_t now_unix_ms);
/* Saves session id, sequence and resume URL, then drops the sockets without a close code that ends the session. */
void gateway_detach(struct gateway *gateway, int64_t now_unix_ms);
/*
 * Another process has kept a state of its own: it may have taken our sessions up. They are not resumed or kept any more
 * (two processes that RESUME one session would throw each other out). Not from within a handler.
 */
void gateway_disown(struct gateway *gateway, int64_t now_unix_ms);
/* Not from within a handler. */
void gateway_free(struct gateway *gateway);

/* Status and its text for every shard, now and after each reconnect (discord.md 11). */
void gateway_set_presence(struct gateway *gateway, enum presence_status status, struct str text);

/* All shards are READY and their heartbeats are acknowledged. why: static text where not. */
bool gateway_is_ready(const struct gateway *gateway, const char **why);

#endif
