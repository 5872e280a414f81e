/*
 * One attempt of one operation as an HTTP request: the protocol's headers, the signature, the start. What drives the
 * attempts (call.h, creds.h) embeds it.
 */
#ifndef AWS_WIRE_H
#define AWS_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/endpoint.h"
#include "aws/operation.h"
#include "aws/sigv4.h"
#include "base/arena.h"
#include "base/err.h"
#include "net/http.h"

struct wire {
	struct http *http;
	struct str region; /* borrowed */
	struct sigv4 sigv4;
	struct arena arena; /* of the request that is being made */
};

struct wire_request {
	enum aws_operation operation;
	const struct endpoint *endpoint;
	struct str body;                             /* JSON, or the form */
	const struct sigv4_credentials *credentials; /* NULL: it goes unsigned */
	int64_t unix_ms;                             /* AWS' time */
	int64_t timeout_ms;
};

void wire_init(struct wire *wire, struct http *http, struct str region);
void wire_release(struct wire *wire);

/* As http_start. */
struct http_call *wire_start(struct wire *wire, const struct wire_request *request, http_done *done, void *owner,
			     struct err *err);

#endif
