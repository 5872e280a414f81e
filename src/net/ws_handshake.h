/*
 * The opening handshake of a WebSocket client (RFC 6455, 4.1). Pure: bytes in, bytes out. For net/ws.
 *
 * It offers no subprotocol and no extension, and refuses an answer that chooses one.
 */
#ifndef NET_WS_HANDSHAKE_H
#define NET_WS_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "net/url.h"

struct ws_handshake {
	char key[25];      /* base64 of 16 random bytes */
	char accept[29];   /* what proves that the peer read it */
	struct buf answer; /* what came so far */
	bool done;
};

void ws_handshake_init(struct ws_handshake *handshake, const uint8_t nonce[16]);
void ws_handshake_release(struct ws_handshake *handshake);

/* Appends the request to out. ERR_LIMIT if it does not fit. */
bool ws_handshake_request(const struct ws_handshake *handshake, const struct url *url, const char *user_agent,
			  struct buf *out, struct err *err);

/*
 * Takes received bytes. `done` is set when the answer is whole and right; *rest is then what follows it (frames), borrowed
 * until release. ERR_PROTO for an answer that is wrong or too long, ERR_NET for 5xx and 429, with the status.
 */
bool ws_handshake_feed(struct ws_handshake *handshake, struct str data, struct str *rest, struct err *err);

#endif
