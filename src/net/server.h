/*
 * HTTP server on libmicrohttpd, driven from the loop (epoll descriptor, no thread). Requests come
 * whole; an answer may be given later.
 *
 * Refused without a call: a target that is no path or has a NUL in it, two lengths, headers or bodies beyond their bounds,
 * and clients that take too long. When all connections are in use, one that has been silent for SERVER_SILENT_MS makes
 * room, unless an answer is on its way to it. A request belongs to the server; its owner may use it from `handle` to server_reply or `gone`.
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "net/loop.h"

struct server;
struct server_request;

struct server_settings {
	struct str address; /* "127.0.0.1:8787", "[::1]:0", "0.0.0.0:80"; port 0 picks one */
	size_t body_bytes_max; /* beyond it 413, see too_long */
	unsigned connections_max; /* at least 2: one of them is kept free for the next client */
	/* One whole request. Answer it with server_reply, now or later. */
	void (*handle)(void *owner, struct server_request *request);
	/*
	 * The request ends before its answer, when the server is freed; server_reply must not be called any more. A client that
	 * hangs up is not noticed until the answer is sent to it, and lost.
	 */
	void (*gone)(void *owner, struct server_request *request);
	/*
	 * The request ends after its answer: ok when all of that was given to the kernel, false when the client was gone or too
	 * slow, or the server is freed. The request is for comparing alone. NULL: nobody asks.
	 */
	void (*sent)(void *owner, struct server_request *request, bool ok);
	/*
	 * A request whose body is beyond body_bytes_max and was not kept: answer it with server_reply before this returns (413).
	 * NULL: a plain text does.
	 */
	void (*too_long)(void *owner, struct server_request *request);
	void *owner;
};

/* Header of /health's answer, "no" until this process was ready or on standby for the first time: what the command
 * `health` fails by (interface.md, HTTP), while the answer itself is 200 whenever the loop turns. */
#define HEALTH_READY_HEADER "X-Homu-Ready"

struct server_header {
	const char *name;
	const char *value; /* NUL-terminated, no line breaks */
};

/* ERR_CONFIG for an address that is none or cannot be served, ERR_MEMORY, ERR_IO. */
struct server *server_create(struct loop *loop, const struct server_settings *settings, struct err *err);
/* Requests that wait for an answer are gone. Not from within `handle` or `gone`. */
void server_free(struct server *server);
/* The address in use, with the real port: "127.0.0.1:40123". */
struct str server_address(const struct server *server);
/* Whether an address ("host:port") is loopback. */
bool server_address_is_loopback(struct str address);

/* HEAD is told as GET; its answer goes out without the body. */
struct str server_method(const struct server_request *request);
struct str server_path(const struct server_request *request);   /* without the query */
/* A parameter of the query, decoded: the first of that name, empty if there is none. One with a NUL in it refuses the request. */
struct str server_query(const struct server_request *request, const char *name);
struct str server_header(const struct server_request *request, const char *name); /* empty if none */
struct str server_body(const struct server_request *request);

/* Copies everything. The request must not be used afterwards. A header that is not one line drops the connection. */
void server_reply(struct server_request *request, int status, const struct server_header *headers,
		  size_t header_count, struct str body);

#endif
