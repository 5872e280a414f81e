/*
 * The HTTP door and the rest of what the program serves: /health, /health/db, /ready, /metrics, a
 * page at /, and POST /interactions (interface.md, HTTP); without a token the playground's page and
 * API (playground.h).
 *
 * Interactions are taken with Discord's signature where a public key is set, else from this machine
 * alone and from our own page alone. Beyond loopback only what interface.md names is served.
 */
#ifndef BOT_DOOR_HTTP_H
#define BOT_DOOR_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "bot/playground.h"
#include "net/loop.h"
#include "net/server.h"
#include "store/store.h"

struct bot;

/* A request that waits for the store's answer to a ping. */
struct door_http_probe {
	struct server_request *request;
	bool strict; /* /ready, else /health/db */
};

struct door_http {
	struct bot *bot;
	struct server *server;
	bool has_key;
	uint8_t public_key[32];
	bool is_loopback; /* the address that is served */
	struct arena arena; /* of one request */
	struct buf scratch;
	struct playground playground;

	struct store_request ping;
	struct arena ping_arena;
	bool ping_under_way;
	struct door_http_probe probes[HTTP_CONNECTIONS_MAX];
	size_t probe_count;
	struct loop_timer probe_timer;
};

/* Begins to serve. ERR_CONFIG for an address that cannot be served or a key that is none. */
bool door_http_start(struct door_http *door, struct bot *bot, struct err *err);
/* Requests without an answer are gone. */
void door_http_stop(struct door_http *door);
/* After the store has been freed. */
void door_http_release(struct door_http *door);

#endif
