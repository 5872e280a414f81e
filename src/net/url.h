/*
 * The one strict parser of URLs that we connect to. Pure.
 *
 * Refused: user information, fragments, control characters, spaces, bytes beyond ASCII, hosts that are neither a name of
 * letters, digits, dots, hyphens and underscores nor a literal address, and plain http:// or ws:// to an address that
 * interface.md (Settings) does not name. An error never repeats the path or the query: they may hold a token.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct url {
	bool tls;              /* https or wss */
	bool direct;           /* loopback (localhost, 127.0.0.0/8, ::1) or a credential endpoint: never through a proxy */
	uint16_t port;         /* the scheme's own when the URL has none */
	struct str host;       /* without brackets */
	struct str authority;  /* host and port as they stand in the URL */
	struct str target;     /* from the path on, query included; may be empty or begin with '?' */
};

/* Slices of *url borrow from text. ERR_INPUT. */
bool url_parse(struct str text, struct url *url, struct err *err);

#endif
