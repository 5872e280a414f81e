/*
 * HTTP client on libcurl: one completion per request, on the loop. It sends what it is told to and
 * reports what came back; retries, rate limits and signatures belong to the rooms above.
 *
 * TLS roots are the built-in bundle or HOMU_CA_FILE. The clients of one loop share its connections, so they have to be given
 * the same roots. Plain http:// is refused but for the addresses
 * that interface.md names (loopback, credential endpoints), and those never go through a proxy.
 * Redirects are not followed.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "net/loop.h"

struct http_header {
	struct str name;
	struct str value;
};

struct http_request {
	const char *method; /* "GET", … */
	struct str url;
	const struct http_header *headers;
	size_t header_count;
	struct str body;           /* empty: none (a POST then sends length 0) */
	int64_t timeout_ms;        /* of the whole request */
	size_t body_bytes_max;     /* of the answer; beyond it ERR_LIMIT */
};

struct http_response {
	int status;         /* 0 when there was none: see err */
	struct str headers; /* raw lines; use http_response_header */
	struct str body;
	struct err err;     /* ERR_NONE when a whole answer came, whatever its status */
	bool maybe_sent;    /* after a failure: the request may have reached the other side */
};

/* Borrowed for the time of the call. */
typedef void http_done(void *owner, const struct http_response *response);

struct http_settings {
	struct str ca_pem;     /* PEM text; borrowed for the client's life */
	const char *user_agent; /* static */
};

struct http;
struct http_call;

/* ERR_MEMORY. The roots are read at the first TLS connection; what is wrong with them fails its request with ERR_CONFIG. */
struct http *http_create(struct loop *loop, const struct http_settings *settings, struct err *err);
/* Cancels what is under way without completions. */
void http_free(struct http *http);

/*
 * Copies the request. `done` is called once from a later turn, never from inside this call. NULL: ERR_INPUT for a URL,
 * method or header that is refused, ERR_LIMIT when too many wait already.
 *
 * A request goes out at most once, but for GET, HEAD, PUT, DELETE and OPTIONS: when a kept connection turns out to be
 * dead before it gave a byte, libcurl sends those again on a new one, and so it does with any request of which no byte
 * had been sent.
 */
struct http_call *http_start(struct http *http, const struct http_request *request, http_done *done, void *owner,
			     struct err *err);
/* No completion will come. */
void http_cancel(struct http_call *call);

/* For command-line code: turns the loop until the request ends; the answer is copied into the arena. False with response->err. */
bool http_wait(struct http *http, const struct http_request *request, struct arena *arena,
	       struct http_response *response, struct err *err);

/* Value of a header (name without case), the empty slice if there is none. */
struct str http_response_header(const struct http_response *response, const char *name);

/* Whether a URL is https/wss, or plain to an address that may be plain. */
bool http_url_allowed(struct str url, struct err *err);

/* For net/ws: the client's loop and user agent, and a transfer with its settings. */
struct transfer;
struct loop *http_loop(const struct http *http);
const char *http_user_agent(const struct http *http);
bool http_transfer_init(struct http *http, struct transfer *transfer, struct err *err);

#endif
