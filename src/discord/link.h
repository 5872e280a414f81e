/*
 * The gateway's connections: a WebSocket for each shard, and those that are left behind until their
 * close frame is answered, so that a peer who does not answer holds nobody up.
 *
 * A link belongs to its list. It frees itself after `closed`, and after link_leave when the end comes.
 */
#ifndef DISCORD_LINK_H
#define DISCORD_LINK_H

#include <stdbool.h>

#include "base/err.h"
#include "base/rng.h"
#include "base/str.h"
#include "discord/shards.h"
#include "net/http.h"

struct link_handler {
	void (*opened)(void *owner, struct shard *shard);
	void (*message)(void *owner, struct shard *shard, struct str data, bool binary);
	/* shard->link is NULL by then. */
	void (*closed)(void *owner, struct shard *shard, int code, const struct err *err);
	void *owner;
};

struct links {
	struct link *first;
	struct link_handler handler;
};

/* Connects to shard->session.url and sets shard->link. */
bool link_open(struct links *links, struct shard *shard, struct http *http, struct rng *rng, struct err *err);
bool link_send(struct link *link, struct str text, struct err *err);
/* Sends this close code; the shard is free at once, and hears nothing of this link any more. */
void link_leave(struct link *link, int code);
/* Drops the socket without a close frame, and the shard's hold on it. */
void link_drop(struct link *link);
void links_drop_all(struct links *links);

#endif
