/*
 * What an answer of AWS means: done, or which of its many ways of saying no. Pure.
 *
 * One table of codes stands in answer.c: what may be done about each, and what a person may do. A message of AWS is quoted
 * up to its first line break and never when it holds a secret of the request: a refused signature comes back with the whole
 * canonical request in it.
 */
#ifndef AWS_ANSWER_H
#define AWS_ANSWER_H

#include <stdbool.h>

#include "aws/operation.h"
#include "aws/sigv4.h"
#include "aws/xml.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/str.h"
#include "net/http.h"

enum aws_fault {
	AWS_FAULT_NONE,
	AWS_FAULT_FINAL,     /* saying it again changes nothing */
	AWS_FAULT_THROTTLED, /* it was not carried out; later it may be */
	AWS_FAULT_BROKEN,    /* a 5xx, no connection, no whole answer: it may have been carried out */
	AWS_FAULT_UNSENT,    /* it did not reach the service */
	AWS_FAULT_EXPIRED,   /* the credentials have ended: it was not carried out */
	AWS_FAULT_SIGNATURE  /* refused with what a wrong clock looks like too: it was not carried out */
};

struct aws_verdict {
	enum aws_fault fault;
	struct str code;       /* AWS' own ("ConditionalCheckFailedException"), empty when there is none */
	struct str message;    /* as it is quoted */
	struct str request_id;
	int64_t retry_after_ms; /* what the service asks for; 0: nothing */
	struct json json;      /* the body, of the JSON protocols; missing when it is none */
	const struct xml *xml; /* the same of the query protocol, or NULL */
	struct err err; /* ERR_NONE when it is done; "service Operation: code: message (request id)" and what to do */
};

/*
 * Borrows the response and the arena. A body that is not of the protocol is AWS_FAULT_BROKEN. The credentials are those
 * that it was signed with, NULL for none.
 */
void aws_answer_judge(enum aws_operation operation, const struct http_response *response,
		      const struct sigv4_credentials *credentials, struct arena *arena, struct aws_verdict *verdict);

/*
 * Whether a refused signature is explained by a wrong clock: then *offset_ms is what to add to ours. signed_unix_ms is the
 * time that was signed, now_unix_ms our clock's.
 */
bool aws_answer_shows_skew(const struct http_response *response, int64_t signed_unix_ms, int64_t now_unix_ms,
			   int64_t *offset_ms);

#endif
