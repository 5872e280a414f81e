/*
 * Credentials as they are needed: asks the source that origin.h finds, assumes the roles, refreshes before they end, once for
 * all that wait. While old ones are good, requests go on with them.
 *
 * The struct is embedded by its owner, who keeps it in place. Files are read and a source is asked when credentials are first
 * wanted and at each refresh, not at init. What a source answers is never quoted.
 */
#ifndef AWS_CREDS_H
#define AWS_CREDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/origin.h"
#include "aws/endpoint.h"
#include "aws/environment.h"
#include "aws/keys.h"
#include "aws/shared_files.h"
#include "aws/wire.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/rng.h"
#include "net/backoff.h"
#include "net/loop.h"

enum creds_step {
	CREDS_IDLE,
	CREDS_GITHUB,         /* asking GitHub for a JWT */
	CREDS_IDENTITY,       /* asking STS for the role that the JWT is for */
	CREDS_CONTAINER,
	CREDS_INSTANCE_TOKEN, /* IMDSv2: its session token, */
	CREDS_INSTANCE_ROLE,  /* the name of the role, */
	CREDS_INSTANCE_KEYS,  /* and its keys */
	CREDS_ROLE            /* asking STS for origin.roles[role] */
};

enum creds_state { CREDS_READY, CREDS_WAIT, CREDS_FAILED };

struct creds_settings {
	struct loop *loop;
	struct rng *rng;
	const struct aws_environment *environment;
	struct wire *wire;           /* all borrowed */
	const struct endpoint *sts;
	int64_t *clock_offset_ms;    /* AWS' clock minus ours; corrected from STS' answers too */
	/* A refresh ended, well or not; not for one that ends within creds_take. */
	void (*changed)(void *owner);
	void *owner;
};

struct creds {
	struct creds_settings settings;
	struct aws_keys keys;   /* in force */
	const char *source;     /* of them: origin.name, or "" */
	uint64_t generation;    /* counts them; 0: there are none */
	bool ended;             /* a service said so */

	enum creds_step step;   /* of the refresh under way */
	bool within_take;
	struct aws_keys next;
	struct shared_files files;
	struct origin origin;
	struct arena arena;     /* of the refresh */
	struct secret token;    /* a JWT, or IMDS' own */
	struct str role_name;   /* of the instance */
	size_t role;            /* that is being assumed */
	unsigned attempts;      /* at this step */
	bool clock_corrected;
	int64_t signed_unix_ms;
	struct http_call *call;
	struct backoff backoff; /* between attempts */

	struct loop_timer timer; /* the next attempt while there is a step, else the next refresh */
	struct err err;          /* of the last refresh, when it failed */
	struct backoff pause;
	int64_t pause_until_ms;  /* monotonic; after a failure nobody is asked before it */
};

void creds_init(struct creds *creds, const struct creds_settings *settings);
void creds_release(struct creds *creds);

/* READY: *out borrows until the next turn. WAIT: `changed` comes. FAILED: err says why, with what to do. */
enum creds_state creds_take(struct creds *creds, struct sigv4_credentials *out, uint64_t *generation, struct err *err);

/* Those in force, also when they have ended; empty before the first. Borrows until the next turn. */
struct sigv4_credentials creds_in_force(const struct creds *creds);

/* A service said that those of that generation have ended: the next creds_take asks anew. */
void creds_say_ended(struct creds *creds, uint64_t generation);

#endif
