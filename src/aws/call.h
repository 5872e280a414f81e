/*
 * Calls to AWS: signs, sends, tries again, decodes what is refused. One completion per request, on the loop; what can be
 * called stands in operation.h.
 *
 * An attempt that was perhaps carried out is repeated only where the operation's row says so; what was certainly not carried
 * out (throttled, not sent, expired credentials, a wrong clock) always is, within the operation's time, its attempts and the
 * budget that all requests share. A wrong clock is corrected once from the answer's Date, for all requests.
 */
#ifndef AWS_CALL_H
#define AWS_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/answer.h"
#include "aws/environment.h"
#include "aws/operation.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/rng.h"
#include "base/str.h"
#include "net/http.h"
#include "net/loop.h"

struct aws;

/* Borrowed for the time of the call. */
struct aws_answer {
	int status;            /* 0 when there was none */
	struct str body;       /* as it came, also of an answer that refuses */
	struct json json;      /* the same read; missing when it is none (the query protocol gives xml) */
	const struct xml *xml;
	struct arena *arena;   /* for texts of json; cleared after the call */
	struct str code;       /* AWS' own of a refusal, or empty */
	struct str request_id;
	bool maybe_done;       /* it failed, and may have been carried out all the same */
	unsigned attempts;
	struct err err;        /* ERR_NONE when it was carried out */
};

typedef void aws_done(void *owner, const struct aws_answer *answer);

struct aws_request {
	enum aws_operation operation;
	struct str input;    /* JSON, an object; empty is {} */
	int64_t deadline_ms; /* monotonic: no attempt begins after it; 0: the operation's own */
	aws_done *done;
	void *owner;
};

/* The environment is borrowed for the client's life. ERR_CONFIG for a region or an endpoint that is none. */
struct aws *aws_create(struct loop *loop, struct http *http, struct rng *rng, const struct aws_environment *environment,
		       struct err *err);
/* Drops what is under way without completions. */
void aws_free(struct aws *aws);

/*
 * Copies the request; `done`, which must not free the client, comes once, from a later turn. ERR_LIMIT when too many wait
 * already or the input is too long; ERR_INPUT for an input that is no JSON object.
 */
bool aws_send(struct aws *aws, const struct aws_request *request, struct err *err);
/* Drops the requests of this owner; no completion will come to it. */
void aws_cancel(struct aws *aws, const void *owner);

/*
 * For command-line code: turns the loop until the answer is there. What it borrows stands in the arena then, and the
 * answer's own arena is that one. False with answer->err, also in err.
 */
bool aws_wait(struct aws *aws, const struct aws_request *request, struct arena *arena, struct aws_answer *answer,
	      struct err *err);

/* The service's clock minus ours, as far as an answer showed that ours is wrong; else 0. */
int64_t aws_clock_offset_ms(const struct aws *aws);

/* Where the credentials come from, for people ("the environment"); "" before they are there. Static. */
const char *aws_credentials_source(const struct aws *aws);

#endif
