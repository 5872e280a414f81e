/*
 * Discord's rate limits (discord.md 12, 13): buckets by X-RateLimit-Bucket and top resource, the
 * global limit, and the count of invalid requests. Pure: it is told what is sent and answered, and
 * says when the next request may go.
 *
 * Nothing is hard-coded but the global 50 a second and the bound on invalid requests. While a
 * route's bucket is unknown, one request for each top resource goes out at a time.
 */
#ifndef DISCORD_RATELIMIT_H
#define DISCORD_RATELIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json_read.h"
#include "base/limits.h"
#include "base/str.h"

#define RATELIMIT_ROUTES 16

/* What an answer says of limits; -1 where it does not. */
struct ratelimit_answer {
	int status;
	struct str bucket;
	int64_t limit;
	int64_t remaining;
	int64_t reset_after_ms;
	int64_t retry_after_ms;
	bool global;   /* the 429 is about all requests of this bot */
	bool shared;   /* the 429 is nobody's fault and is not counted */
	bool upstream; /* the 429 does not come from the API itself but from before it: it holds for everything */
};

/* Header values as they came, empty where they did not. */
struct ratelimit_headers {
	struct str bucket, limit, remaining, reset_after, retry_after, scope, global;
};

/* body: the JSON of a 429, or a missing value if it was none. */
void ratelimit_read(int status, const struct ratelimit_headers *headers, struct json body,
		    struct ratelimit_answer *answer);

struct ratelimit_bucket {
	uint64_t key; /* 0: free */
	int32_t remaining; /* -1: not known */
	int32_t running;
	int64_t reset_ms;
};

struct ratelimit {
	/* What is known of a route's bucket: nothing, that it has none, or its hash. */
	enum { RATELIMIT_UNKNOWN, RATELIMIT_FREE, RATELIMIT_BUCKET } routes[RATELIMIT_ROUTES];
	uint64_t route_buckets[RATELIMIT_ROUTES];
	int32_t route_limits[RATELIMIT_ROUTES]; /* of its last answer; 0: not known */
	struct ratelimit_bucket buckets[RATELIMIT_SETS][RATELIMIT_WAYS];
	uint64_t global_sent;
	int64_t global_times_ms[RATELIMIT_GLOBAL_MAX]; /* ring by global_sent */
	int64_t global_until_ms; /* for requests under the global limit */
	int64_t all_until_ms;    /* for every request */
	uint32_t invalid[RATELIMIT_INVALID_SLOTS];
	int64_t invalid_slot; /* number of the newest slot since time 0 */
	uint32_t invalid_sum;
	uint32_t running;
};

/* One request: its route (below RATELIMIT_ROUTES), top resource, and whether the global limit holds for it. */
struct ratelimit_request {
	unsigned route;
	uint64_t resource;
	bool is_global;
	uint64_t key; /* set by ratelimit_sent */
};

void ratelimit_init(struct ratelimit *ratelimit);
/* When the request may go: now_ms or earlier for at once, INT64_MAX for after an answer of its bucket. */
int64_t ratelimit_ready_ms(const struct ratelimit *ratelimit, const struct ratelimit_request *request, int64_t now_ms);
void ratelimit_sent(struct ratelimit *ratelimit, struct ratelimit_request *request, int64_t now_ms);
/* answer NULL: none came. Ends what ratelimit_sent began. */
void ratelimit_done(struct ratelimit *ratelimit, const struct ratelimit_request *request,
		    const struct ratelimit_answer *answer, int64_t now_ms);
/* Whether sending has stopped because of too many invalid requests. */
bool ratelimit_is_stopped(const struct ratelimit *ratelimit, int64_t now_ms);

#endif
