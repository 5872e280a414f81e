/* The table of the routes that are used of Discord's HTTP API, and what a refusal on one of them means. Pure. */
#ifndef DISCORD_ROUTE_H
#define DISCORD_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/str.h"
#include "discord/rest.h"

/* Discord's error codes that mean more than their status. */
#define ROUTE_UNKNOWN_MESSAGE 10008
#define ROUTE_ALREADY_ACKNOWLEDGED 40060

/* The top resource, which each have a bucket of their own (discord.md 12). */
enum route_resource { RESOURCE_NONE, RESOURCE_CHANNEL, RESOURCE_GUILD, RESOURCE_WEBHOOK };

struct route {
	const char *method;
	const char *path; /* {0}, {1}: ids; {t}: the interaction's token */
	bool by_token;    /* authorised by the interaction's token, not the bot's */
	bool is_global;   /* counts against the global limit (discord.md 12) */
	bool repeatable;  /* may be sent again although it may have arrived (discord.md 15) */
	bool once;        /* its caller has a back-off of its own */
	enum route_resource resource;
	int64_t attempt_ms;
	int64_t patience_ms; /* deadline, if the request has none */
};

const struct route *route_of(enum rest_route route);
/* The path with its ids and token, which is percent-encoded already. */
void route_add_path(const struct route *route, const uint64_t ids[2], struct str token, struct buf *out);
/* An answer that is no success, as an error; body: its JSON or a missing value. Always returns false. */
bool route_refusal(const struct route *route, int status, struct json body, struct arena *arena, struct err *err);

#endif
