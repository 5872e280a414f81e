/*
 * Discord's HTTP API (discord.md 12-15): one table of routes, buckets and global limit by the pure
 * core ratelimit.h, retries of what is safe to send twice, and a stop when Discord refuses for good.
 *
 * The token is borrowed for the life of the struct and is sent only on routes that need it.
 */
#ifndef DISCORD_REST_H
#define DISCORD_REST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/metrics.h"
#include "base/rng.h"
#include "base/secret.h"
#include "base/str.h"
#include "discord/multipart.h"
#include "net/http.h"
#include "net/loop.h"

enum rest_route {
	REST_GATEWAY_BOT,         /* GET /gateway/bot */
	REST_APPLICATION,         /* GET /applications/@me */
	REST_COMMANDS_GET,        /* GET /applications/{0}/commands?with_localizations=true */
	REST_COMMANDS_PUT,
	REST_GUILD_COMMANDS_GET,  /* … /guilds/{1}/commands */
	REST_GUILD_COMMANDS_PUT,
	REST_CALLBACK,            /* POST /interactions/{0}/{token}/callback */
	REST_EDIT_ORIGINAL,       /* PATCH /webhooks/{0}/{token}/messages/@original */
	REST_FOLLOW_UP,           /* POST /webhooks/{0}/{token} */
	REST_MESSAGE,             /* POST /channels/{0}/messages */
	REST_ROUTE_COUNT
};

struct rest_response {
	int status;       /* 0 when there was none */
	struct str body;  /* borrowed for the call */
	struct err err;   /* ERR_NONE on 2xx, and on a 40060 of a callback whose answer was lost */
};

typedef void rest_done(void *owner, const struct rest_response *response);

struct rest_request {
	enum rest_route route;
	uint64_t ids[2];      /* {0}, {1} */
	struct str token;     /* of the interaction */
	struct str body;      /* JSON, or what multipart_write made with the boundary */
	char boundary[MULTIPART_BOUNDARY_SIZE]; /* "": JSON */
	int64_t deadline_ms;  /* monotonic: no attempt begins after it; 0: the route's own */
	rest_done *done;
	void *owner;
};

struct rest_settings {
	struct str base; /* "https://discord.com/api/v10", without a slash at the end */
	const struct secret *token;
	/* Discord refused the token for good (401): nothing more is sent. */
	void (*refused)(void *owner, int status);
	void *owner;
};

struct rest;

struct rest *rest_create(struct loop *loop, struct http *http, struct rng *rng, struct metrics *metrics,
			 const struct rest_settings *settings, struct err *err);
void rest_free(struct rest *rest);
/*
 * Copies the request; `done`, which must not free the rest, comes once, from outside this call. ERR_LIMIT when too many
 * wait; ERR_REFUSED after a 401; ERR_INPUT for a token that is none.
 */
bool rest_send(struct rest *rest, const struct rest_request *request, struct err *err);
/* Drops the requests of this owner; no completion will come to it. */
void rest_cancel(struct rest *rest, const void *owner);
/* For command-line code: turns the loop until the answer is there; its body is copied into the arena. */
bool rest_wait(struct rest *rest, const struct rest_request *request, struct arena *arena,
	       struct rest_response *response, struct err *err);
/* Discord's clock minus ours, as far as the `Date`s of its answers show a difference; 0 before the first one. */
int64_t rest_clock_offset_ms(const struct rest *rest);

#endif
