/*
 * WebSocket client (RFC 6455): wslay's frames over a curl connection (CURLOPT_CONNECT_ONLY), the
 * handshake by us. Pings are answered here. One struct is one connection, used once.
 */
#ifndef NET_WS_H
#define NET_WS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/rng.h"
#include "base/str.h"
#include "net/http.h"
#include "net/loop.h"

struct ws;

struct ws_handler {
	/* The handshake is done. */
	void (*opened)(void *owner);
	/* One whole message, text or binary; borrowed for the call. */
	void (*message)(void *owner, struct str data, bool binary);
	/* The end, once, whatever the reason: the peer's close code, or 0 without one (then err says why). The ws is freed by its owner afterwards. */
	void (*closed)(void *owner, int code, const struct err *err);
	void *owner;
};

/*
 * Connects to wss:// (or ws:// where http_url_allowed); within connect_ms or `closed` with ERR_TIMEOUT.
 * message_bytes_max bounds what one message may hold on the wire. Callbacks come from later turns.
 */
struct ws *ws_connect(struct http *http, struct rng *rng, struct str url, int64_t connect_ms,
		      size_t message_bytes_max, const struct ws_handler *handler, struct err *err);
/* Queues a text message; it goes out at the end of this turn. ERR_LIMIT when the queue is full, ERR_NET when not open. */
bool ws_send(struct ws *ws, struct str text, struct err *err);
/* Sends a close frame with this code, waits for the answer at most WS_CLOSE_MS, then `closed` comes. */
void ws_close(struct ws *ws, int code);
/* Frees it; drops the socket at once if it is still open, without a close frame. No callback comes. */
void ws_free(struct ws *ws);

#endif
