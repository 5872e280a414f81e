/*
 * Answers of our HTTP server: JSON and text, with the headers that every answer has (nothing is stored, sniffed, framed or
 * given to another site).
 */
#ifndef BOT_RESPOND_H
#define BOT_RESPOND_H

#include "base/str.h"
#include "net/server.h"

#define RESPOND_JSON "application/json"
#define RESPOND_TEXT "text/plain; charset=utf-8"

/* Copies the body. */
void respond(struct server_request *request, int status, const char *type, struct str body);
/* {"error": text} */
void respond_error(struct server_request *request, int status, const char *text);
/* Without a body, with one more header. */
void respond_header(struct server_request *request, int status, const char *name, const char *value);
/* With further headers, RESPOND_HEADERS_MAX at most; Cache-Control is theirs. */
#define RESPOND_HEADERS_MAX 8
void respond_with(struct server_request *request, int status, const struct server_header *more, size_t more_count,
		  struct str body);

#endif
