#include "net/ws.h"

#include <assert.h>
#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "base/limits.h"
#include "net/transfer.h"
#include "net/url.h"
#include "net/ws_handshake.h"

enum {
	READ_BYTES = 16384,        /* asked of the socket at once */
	HANDSHAKE_READ_BYTES = 4096, /* leaves the rest of WS_HANDSHAKE_BYTES_MAX to the headers */
	FRAME_HEADER_BYTES_MAX = 14,
	CONTROL_PAYLOAD_BYTES_MAX = 125,
};

enum ws_state { WS_CONNECTING, WS_HANDSHAKING, WS_OPEN, WS_CLOSING, WS_ENDED };

struct ws {
	struct http *http;
	struct loop *loop;
	struct rng *rng;
	struct ws_handler handler;
	enum ws_state state;

	struct buf url_text;
	struct url url;
	struct transfer transfer;
	struct ws_handshake handshake;
	wslay_event_context_ptr frames;
	size_t message_bytes_max;

	struct buf in; /* received, not yet read by wslay */
	size_t in_at;
	uint64_t frame_left; /* bytes of the current frame that wslay has not taken */
	struct buf out;      /* framed, not yet sent; its front does not change while curl asks for the same bytes again */

	struct loop_fd fd;
	struct loop_timer timer; /* to open, or to close */
	struct loop_timer again; /* something is left to do at once */
	struct loop_hook hook;
	struct err failed; /* set with `timer` at once: why it ends */
	unsigned busy;     /* our own functions on the stack that would still touch it */
	bool attached;     /* to the loop */
	bool doomed;       /* ws_free was called while busy */
};

/* Takes everything off the loop and drops the socket. */
static void detach(struct ws *ws)
{
	if (!ws->attached)
		return;
	ws->attached = false;
	loop_remove_fd(ws->loop, &ws->fd);
	loop_cancel_timer(ws->loop, &ws->timer);
	loop_cancel_timer(ws->loop, &ws->again);
	loop_remove_hook(ws->loop, &ws->hook);
	/* curl closes a CONNECT_ONLY connection without TLS's close_notify. */
	transfer_release(&ws->transfer);
	loop_hold_connection(ws->loop, -1);
}

static void destroy(struct ws *ws)
{
	detach(ws);
	wslay_event_context_free(ws->frames);
	ws_handshake_release(&ws->handshake);
	buf_release(&ws->url_text);
	buf_release(&ws->in);
	buf_release(&ws->out);
	free(ws);
}

/* Every function that the loop calls stands between these two: an owner may free the ws in any of its callbacks. */
static void enter(struct ws *ws)
{
	ws->busy++;
}

static void leave(struct ws *ws)
{
	if (--ws->busy == 0 && ws->doomed)
		destroy(ws);
}

void ws_free(struct ws *ws)
{
	if (!ws)
		return;
	detach(ws);
	ws->state = WS_ENDED;
	if (ws->frames)
		wslay_event_shutdown_read(ws->frames);
	if (ws->busy)
		ws->doomed = true;
	else
		destroy(ws);
}

static void end(struct ws *ws, int code, const struct err *err)
{
	assert(ws->busy);
	if (ws->state == WS_ENDED)
		return;
	ws->state = WS_ENDED;
	detach(ws);
	ws->handler.closed(ws->handler.owner, code, err);
}

static void end_transfer(struct ws *ws, int curl_code)
{
	struct err err = {0};

	transfer_error(&ws->transfer, curl_code, ws->url.authority, &err);
	end(ws, 0, &err);
}

/* Moves what wslay has to send into `out`. */
static void frame_queued(struct ws *ws)
{
	if (ws->frames && wslay_event_want_write(ws->frames))
		wslay_event_send(ws->frames);
}

static CURLcode send_queued(struct ws *ws)
{
	frame_queued(ws);
	while (ws->out.len) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(ws->transfer.easy, ws->out.ptr, ws->out.len, &sent);

		if (code == CURLE_AGAIN)
			break;
		if (code)
			return code;
		buf_drop_front(&ws->out, sent);
		frame_queued(ws);
	}
	ws->fd.events = ws->out.len ? POLLIN | POLLOUT : POLLIN;
	return CURLE_OK;
}

static void flush(struct ws *ws)
{
	CURLcode code;

	if (ws->state == WS_ENDED || ws->state == WS_CONNECTING)
		return;
	code = send_queued(ws);
	if (code)
		end_transfer(ws, (int)code);
}

static ssize_t wslay_sends(wslay_event_context_ptr frames, const uint8_t *data, size_t len, int flags, void *owner)
{
	struct ws *ws = owner;

	(void)flags;
	if (len > ws->out.bytes_max - ws->out.len || !buf_add(&ws->out, str_make((const char *)data, len))) {
		wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	return (ssize_t)len;
}

static int wslay_wants_mask(wslay_event_context_ptr frames, uint8_t *out, size_t len, void *owner)
{
	struct ws *ws = owner;

	(void)frames;
	rng_bytes(ws->rng, out, len);
	return 0;
}

/*
 * Bytes of the frame that begins at in_at, if wslay may have it now, else 0. wslay looks at the reason of a close frame in
 * pieces as it comes and loses two bytes of each piece, so control frames are given to it whole.
 */
static uint64_t next_frame(const struct ws *ws)
{
	const uint8_t *at = (const uint8_t *)ws->in.ptr + ws->in_at;
	size_t have = ws->in.len - ws->in_at;
	uint64_t payload;
	size_t header = 2;
	bool control;

	if (have < 2)
		return 0;
	control = at[0] & 0x08;
	payload = at[1] & 0x7f;
	if (payload > CONTROL_PAYLOAD_BYTES_MAX) {
		header += payload == 126 ? 2 : 8;
		if (have < header)
			return 0;
		payload = 0;
		for (size_t i = 2; i < header; i++)
			payload = payload << 8 | at[i];
		/* wslay refuses these. */
		if (control || payload > INT64_MAX)
			return header;
	}
	if (at[1] & 0x80)
		header += 4;
	if (control && have < header + payload)
		return 0;
	return header + payload;
}

static ssize_t wslay_reads(wslay_event_context_ptr frames, uint8_t *out, size_t len, int flags, void *owner)
{
	struct ws *ws = owner;
	size_t have = ws->in.len - ws->in_at;

	(void)flags;
	if (ws->frame_left == 0 && have)
		ws->frame_left = next_frame(ws);
	if (len > have)
		len = have;
	if (len > ws->frame_left)
		len = (size_t)ws->frame_left;
	if (len == 0) {
		wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	memcpy(out, ws->in.ptr + ws->in_at, len);
	ws->in_at += len;
	ws->frame_left -= len;
	return (ssize_t)len;
}

static void wslay_received(wslay_event_context_ptr frames, const struct wslay_event_on_msg_recv_arg *arg, void *owner)
{
	struct ws *ws = owner;
	struct str data = str_make((const char *)arg->msg, arg->msg_length);

	(void)frames;
	if (ws->state == WS_OPEN && !wslay_is_ctrl_frame(arg->opcode))
		ws->handler.message(ws->handler.owner, data, arg->opcode == WSLAY_BINARY_FRAME);
}

/* The peer sent a close frame, or something that no frame may be; our own close frame is queued. */
static void end_reading(struct ws *ws)
{
	int sent = wslay_event_get_status_code_sent(ws->frames);
	int received = wslay_event_get_status_code_received(ws->frames);
	bool by_peer = wslay_event_get_close_received(ws->frames);
	struct str authority = ws->url.authority;
	struct err err = {0};

	if (by_peer && received != WSLAY_CODE_NO_STATUS_RCVD)
		err_set(&err, ERR_NET, "%.*s closed the WebSocket with code %d", STR_ARG(authority), received);
	else if (by_peer)
		err_set(&err, ERR_NET, "%.*s closed the WebSocket without a code", STR_ARG(authority));
	else if (sent == WSLAY_CODE_MESSAGE_TOO_BIG)
		err_set(&err, ERR_LIMIT, "%.*s sent a message of more than %zu bytes", STR_ARG(authority), ws->message_bytes_max);
	else if (sent == WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA)
		err_set(&err, ERR_PROTO, "%.*s sent text that is not UTF-8", STR_ARG(authority));
	else
		err_set(&err, ERR_PROTO, "%.*s sent a frame that breaks the WebSocket protocol", STR_ARG(authority));
	/* The answer to a close frame is a courtesy: the peer may be gone already. */
	send_queued(ws);
	end(ws, by_peer && received != WSLAY_CODE_NO_STATUS_RCVD ? received : 0, &err);
}

static void read_frames(struct ws *ws)
{
	int result = wslay_event_recv(ws->frames);

	if (ws->state == WS_ENDED)
		return;
	buf_drop_front(&ws->in, ws->in_at);
	ws->in_at = 0;
	frame_queued(ws);
	if (result || !wslay_event_get_read_enabled(ws->frames)) {
		end_reading(ws);
	} else if (wslay_event_get_queued_msg_length(ws->frames) > WS_QUEUE_BYTES_MAX) {
		struct err err = {0};

		err_set(&err, ERR_LIMIT, "%.*s sends pings and does not read the answers", STR_ARG(ws->url.authority));
		end(ws, 0, &err);
	}
}

static bool begin_frames(struct ws *ws, struct str rest)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = wslay_reads,
		.send_callback = wslay_sends,
		.genmask_callback = wslay_wants_mask,
		.on_msg_recv_callback = wslay_received,
	};

	if (wslay_event_context_client_init(&ws->frames, &callbacks, ws))
		return false;
	wslay_event_config_set_max_recv_msg_length(ws->frames, ws->message_bytes_max);
	return buf_add(&ws->in, rest);
}

static void read_handshake(struct ws *ws, struct str data)
{
	struct err err = {0};
	struct str rest;

	if (!ws_handshake_feed(&ws->handshake, data, &rest, &err)) {
		err_wrap(&err, "%.*s", STR_ARG(ws->url.authority));
		end(ws, 0, &err);
		return;
	}
	if (!ws->handshake.done)
		return;
	if (!begin_frames(ws, rest)) {
		err_set(&err, ERR_MEMORY, "no memory for a WebSocket");
		end(ws, 0, &err);
		return;
	}
	ws_handshake_release(&ws->handshake);
	loop_cancel_timer(ws->loop, &ws->timer);
	ws->state = WS_OPEN;
	ws->handler.opened(ws->handler.owner);
	if (ws->state != WS_ENDED && ws->in.len)
		read_frames(ws);
}

/* One read from the socket; false when nothing is left there, or when a plain one gave less than it was asked for. */
static bool read_some(struct ws *ws, size_t *total)
{
	char block[HANDSHAKE_READ_BYTES];
	bool opening = ws->state == WS_HANDSHAKING;
	struct err err = {0};
	size_t got = 0;
	CURLcode code;

	if (!opening && !buf_reserve(&ws->in, READ_BYTES)) {
		err_set(&err, ERR_MEMORY, "no memory for a WebSocket");
		end(ws, 0, &err);
		return false;
	}
	code = curl_easy_recv(ws->transfer.easy, opening ? block : ws->in.ptr + ws->in.len, opening ? sizeof(block) : READ_BYTES,
			      &got);
	if (code == CURLE_AGAIN)
		return false;
	if (code) {
		end_transfer(ws, (int)code);
		return false;
	}
	if (got == 0) {
		err_set(&err, ERR_NET, "%.*s dropped the connection without a close frame", STR_ARG(ws->url.authority));
		end(ws, 0, &err);
		return false;
	}
	*total += got;
	if (opening) {
		read_handshake(ws, str_make(block, got));
		return true;
	}
	ws->in.len += got;
	read_frames(ws);
	return ws->url.tls || got == READ_BYTES;
}

/* TLS may hold bytes although the socket is quiet, so it reads until there is nothing left. */
static void read_and_flush(struct ws *ws)
{
	size_t total = 0;

	while (ws->state != WS_ENDED && read_some(ws, &total)) {
		if (total >= WS_READ_BYTES_MAX && ws->state != WS_ENDED) {
			loop_set_timer(ws->loop, &ws->again, loop_now_ms(ws->loop));
			break;
		}
	}
	flush(ws);
}

static void socket_ready(void *owner, short revents)
{
	struct ws *ws = owner;

	(void)revents;
	enter(ws);
	read_and_flush(ws);
	leave(ws);
}

static void again_fired(void *owner, int64_t now_ms)
{
	struct ws *ws = owner;

	(void)now_ms;
	enter(ws);
	if (ws->state != WS_CONNECTING)
		read_and_flush(ws);
	leave(ws);
}

static bool end_of_turn(void *owner, int64_t now_ms)
{
	struct ws *ws = owner;

	(void)now_ms;
	enter(ws);
	if (ws->out.len && !(ws->fd.events & POLLOUT))
		flush(ws);
	leave(ws);
	return false;
}

static void timer_fired(void *owner, int64_t now_ms)
{
	struct ws *ws = owner;

	(void)now_ms;
	enter(ws);
	if (!ws->failed.code)
		err_set(&ws->failed, ERR_TIMEOUT,
			ws->state == WS_CLOSING ? "%.*s did not answer the close frame" : "%.*s did not open the WebSocket in time",
			STR_ARG(ws->url.authority));
	end(ws, 0, &ws->failed);
	leave(ws);
}

static void begin_handshake(struct ws *ws, curl_socket_t fd)
{
	ws->state = WS_HANDSHAKING;
	ws->fd = (struct loop_fd){.fd = fd, .events = POLLIN, .ready = socket_ready, .owner = ws};
	loop_add_fd(ws->loop, &ws->fd);
	flush(ws);
}

static void connected(void *owner, int curl_code)
{
	struct ws *ws = owner;
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (!curl_code)
		curl_code = (int)curl_easy_getinfo(ws->transfer.easy, CURLINFO_ACTIVESOCKET, &fd);
	if (!curl_code && fd == CURL_SOCKET_BAD)
		curl_code = CURLE_COULDNT_CONNECT;
	enter(ws);
	if (curl_code)
		end_transfer(ws, curl_code);
	else
		begin_handshake(ws, fd);
	leave(ws);
}

static bool prepare(struct ws *ws, struct str url, int64_t connect_ms, struct err *err)
{
	uint8_t nonce[16];

	if (!buf_add(&ws->url_text, url))
		return err_set(err, ERR_INPUT, "a WebSocket's URL is longer than %d bytes", URL_BYTES_MAX);
	if (!url_parse(buf_str(&ws->url_text), &ws->url, err))
		return false;
	rng_bytes(ws->rng, nonce, sizeof(nonce));
	ws_handshake_init(&ws->handshake, nonce);
	if (!ws_handshake_request(&ws->handshake, &ws->url, http_user_agent(ws->http), &ws->out, err) ||
	    !http_transfer_init(ws->http, &ws->transfer, err))
		return false;
	ws->transfer.finished = connected;
	ws->transfer.owner = ws;
	if (curl_easy_setopt(ws->transfer.easy, CURLOPT_CONNECT_ONLY, 1L))
		return err_set(err, ERR_MEMORY, "a WebSocket cannot be set up");
	return transfer_set_url(&ws->transfer, &ws->url, connect_ms, err);
}

struct ws *ws_connect(struct http *http, struct rng *rng, struct str url, int64_t connect_ms, size_t message_bytes_max,
		      const struct ws_handler *handler, struct err *err)
{
	struct ws *ws = calloc(1, sizeof(*ws));

	if (!ws) {
		err_set(err, ERR_MEMORY, "no memory for a WebSocket");
		return NULL;
	}
	ws->http = http;
	ws->loop = http_loop(http);
	ws->rng = rng;
	ws->handler = *handler;
	ws->message_bytes_max = message_bytes_max;
	buf_init(&ws->url_text, URL_BYTES_MAX);
	/* Beside a whole read, what is left of a control frame that has not come whole. */
	buf_init(&ws->in, READ_BYTES + FRAME_HEADER_BYTES_MAX + CONTROL_PAYLOAD_BYTES_MAX);
	buf_init(&ws->out, WS_QUEUE_BYTES_MAX);
	ws->timer = (struct loop_timer){.fire = timer_fired, .owner = ws};
	ws->again = (struct loop_timer){.fire = again_fired, .owner = ws};
	ws->hook = (struct loop_hook){.run = end_of_turn, .owner = ws};
	if (!prepare(ws, url, connect_ms, err) || !transfer_start(&ws->transfer, err)) {
		transfer_release(&ws->transfer);
		destroy(ws);
		return NULL;
	}
	ws->attached = true;
	loop_hold_connection(ws->loop, 1);
	loop_add_hook(ws->loop, &ws->hook);
	loop_set_timer(ws->loop, &ws->timer, loop_now_ms(ws->loop) + connect_ms);
	return ws;
}

bool ws_send(struct ws *ws, struct str text, struct err *err)
{
	struct wslay_event_msg msg = {.opcode = WSLAY_TEXT_FRAME, .msg = (const uint8_t *)text.ptr, .msg_length = text.len};

	if (ws->state != WS_OPEN)
		return err_set(err, ERR_NET, "%.*s: the WebSocket is not open", STR_ARG(ws->url.authority));
	if (text.len > WS_QUEUE_BYTES_MAX ||
	    ws->out.len + wslay_event_get_queued_msg_length(ws->frames) + text.len + FRAME_HEADER_BYTES_MAX > WS_QUEUE_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "%.*s does not take what is sent: %d bytes wait already", STR_ARG(ws->url.authority),
			       WS_QUEUE_BYTES_MAX);
	if (wslay_event_queue_msg(ws->frames, &msg))
		return err_set(err, ERR_MEMORY, "no memory for a message to %.*s", STR_ARG(ws->url.authority));
	frame_queued(ws);
	loop_set_timer(ws->loop, &ws->again, loop_now_ms(ws->loop));
	return true;
}

void ws_close(struct ws *ws, int code)
{
	int64_t now_ms = loop_now_ms(ws->loop);

	assert(code == 0 || (code >= 1000 && code <= 4999));
	if (ws->state == WS_ENDED || ws->state == WS_CLOSING)
		return;
	if (ws->state != WS_OPEN || wslay_event_queue_close(ws->frames, (uint16_t)code, NULL, 0)) {
		err_set(&ws->failed, ERR_CANCELLED, "%.*s: given up before the WebSocket was open", STR_ARG(ws->url.authority));
		loop_set_timer(ws->loop, &ws->timer, now_ms);
		return;
	}
	ws->state = WS_CLOSING;
	frame_queued(ws);
	loop_set_timer(ws->loop, &ws->timer, now_ms + WS_CLOSE_MS);
	loop_set_timer(ws->loop, &ws->again, now_ms);
}
