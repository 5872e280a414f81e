/*
 * What a gateway may send after the handshake: never more than the bounds, one end, and the same messages and the same end
 * however the bytes are cut. The real client runs over a real connection; only the two calls that move bytes stand here.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/codec.h"
#include "base/hash.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/ws.h"

enum { MESSAGE_MAX = 2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	struct str left;      /* what recv still gives */
	size_t piece_bytes;
	bool between;         /* the last recv gave bytes: say "not now" once, so that pieces come one by one */
	struct buf request;   /* the client's handshake */
	struct buf answer;
} wire;

static struct {
	unsigned opened, closed;
	int code;
	enum err_code err;
	uint64_t hash; /* of all messages with their lengths and kinds */
} seen;

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void answer_handshake(void)
{
	struct str rest = buf_str(&wire.request), line;
	struct arena arena;
	uint8_t digest[HASH_SHA1_SIZE];

	arena_init(&arena, 4096);
	while (str_next(&rest, '\n', &line))
		if (str_starts(line, STR("Sec-WebSocket-Key: ")))
			hash_sha1(arena_printf(&arena, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
					       STR_ARG(str_trim(str_skip(line, sizeof("Sec-WebSocket-Key:"))))),
				  digest);
	buf_printf(&wire.answer, "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %.*s\r\n\r\n",
		   STR_ARG(codec_base64(&arena, str_make((const char *)digest, sizeof(digest)))));
	arena_release(&arena);
}

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
	(void)fd, (void)flags;
	if (wire.answer.len == 0 && !seen.opened) {
		buf_add(&wire.request, str_make(buf, n));
		answer_handshake();
	}
	return (ssize_t)n;
}

ssize_t recv(int fd, void *buf, size_t n, int flags)
{
	struct str *from = &wire.left;
	struct str answer = buf_str(&wire.answer);

	(void)fd, (void)flags;
	wire.between = !wire.between;
	if (!wire.between) {
		errno = EAGAIN;
		return -1;
	}
	if (answer.len) {
		require(n >= answer.len);
		memcpy(buf, answer.ptr, answer.len);
		buf_clear(&wire.answer);
		return (ssize_t)answer.len;
	}
	if (n > wire.piece_bytes)
		n = wire.piece_bytes;
	if (n > from->len)
		n = from->len;
	if (n)
		memcpy(buf, from->ptr, n);
	*from = str_skip(*from, n);
	return (ssize_t)n;
}

static void mix(const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		seen.hash = (seen.hash ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static void opened(void *owner)
{
	(void)owner;
	require(seen.opened++ == 0);
}

static void message(void *owner, struct str data, bool binary)
{
	(void)owner;
	require(seen.opened == 1 && seen.closed == 0 && data.len <= MESSAGE_MAX);
	require(binary || codec_utf8_valid(data));
	mix(&data.len, sizeof(data.len));
	mix(&binary, sizeof(binary));
	mix(data.ptr, data.len);
}

static void closed(void *owner, int code, const struct err *err)
{
	(void)owner;
	require(seen.closed++ == 0 && err->code != ERR_NONE);
	seen.code = code;
	seen.err = err->code;
}

static void run(struct loop *loop, struct http *http, struct str url, int listen_fd, struct str in, size_t piece_bytes)
{
	struct ws_handler handler = {.opened = opened, .message = message, .closed = closed};
	struct rng rng;
	struct ws *ws;
	int peer = -1;

	memset(&seen, 0, sizeof(seen));
	wire.left = in;
	wire.piece_bytes = piece_bytes;
	wire.between = false;
	buf_clear(&wire.request);
	buf_clear(&wire.answer);
	rng_init_seed(&rng, "fuzz", 4);
	ws = ws_connect(http, &rng, url, 10000, MESSAGE_MAX, &handler, NULL);
	require(ws != NULL);
	while (!seen.closed) {
		require(loop_turn(loop, peer < 0 ? 1 : 1000, NULL));
		/* A byte that nobody reads: the socket is always ready. */
		if (peer < 0 && (peer = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
			require(write(peer, "x", 1) == 1);
	}
	ws_free(ws);
	close(peer);
}

/* The first byte says how the rest is cut. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct loop *loop;
	static struct http *http;
	static int listen_fd;
	static char url[64];
	struct http_settings settings = {.ca_pem = STR_EMPTY};
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	struct str in;
	uint64_t hash;
	int code;

	if (!loop) {
		listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		require(bind(listen_fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(listen_fd, 8) == 0 &&
			getsockname(listen_fd, (struct sockaddr *)&address, &len) == 0);
		snprintf(url, sizeof(url), "ws://127.0.0.1:%u/", ntohs(address.sin_port));
		loop = loop_create(NULL);
		http = http_create(loop, &settings, NULL);
		buf_init(&wire.request, 4096);
		buf_init(&wire.answer, 4096);
		require(http != NULL);
	}
	if (size < 1)
		return 0;
	in = str_make((const char *)data + 1, size - 1);
	run(loop, http, str_from(url), listen_fd, in, SIZE_MAX);
	hash = seen.hash;
	code = seen.code;
	run(loop, http, str_from(url), listen_fd, in, data[0] + (size_t)1);
	require(seen.hash == hash && seen.code == code);
	return 0;
}
