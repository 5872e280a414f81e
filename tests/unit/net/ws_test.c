#include "net/ws.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/codec.h"
#include "base/hash.h"
#include "base/limits.h"
#include "peer.h"
#include "test.h"

/*
 * libcurl is linked statically, so these stand between it and the socket: when `dribble` is set every other call says "not
 * now", and the others move one byte.
 */
static bool dribble;
static unsigned sends, receives;

ssize_t send(int fd, const void *data, size_t len, int flags)
{
	if (dribble && sends++ % 2) {
		errno = EAGAIN;
		return -1;
	}
	return sendto(fd, data, dribble && len ? 1 : len, flags, NULL, 0);
}

ssize_t recv(int fd, void *data, size_t len, int flags)
{
	if (dribble && receives++ % 2) {
		errno = EAGAIN;
		return -1;
	}
	return recvfrom(fd, data, dribble && len ? 1 : len, flags, NULL, NULL);
}

enum { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };

struct world {
	struct loop *loop;
	struct http *http;
	struct peer peer;
	struct rng rng;
	struct ws *ws;
	/* What the server does: sent with or after the handshake's answer, and to each frame. */
	const char *answer; /* instead of the right one */
	struct buf greeting;
	bool greeting_with_answer;
	void (*on_frame)(struct peer_connection *connection, int opcode, struct str payload);
	/* What the server saw. */
	struct buf frames; /* "opcode:payload;" of each frame */
	bool unmasked;
	uint8_t masks[64][4];
	unsigned mask_count;
	/* What the client told. */
	unsigned opened, closed;
	struct buf messages; /* "t:…;" or "b:…;" */
	int code;
	struct err err;
	/* What the client's callbacks do. */
	bool free_in_message, free_in_opened, free_in_closed, close_in_message;
	int close_code;
};

static void frame(struct buf *out, int first_byte, struct str payload)
{
	buf_add_char(out, (char)first_byte);
	if (payload.len < 126) {
		buf_add_char(out, (char)payload.len);
	} else if (payload.len < 65536) {
		buf_add_char(out, 126);
		buf_add_char(out, (char)(payload.len >> 8));
		buf_add_char(out, (char)payload.len);
	} else {
		buf_add_char(out, 127);
		for (int shift = 56; shift >= 0; shift -= 8)
			buf_add_char(out, (char)((uint64_t)payload.len >> shift));
	}
	buf_add(out, payload);
}

static void close_frame(struct buf *out, int code, const char *reason)
{
	char payload[126] = {(char)(code >> 8), (char)code};
	size_t len = strlen(reason);

	memcpy(payload + 2, reason, len);
	frame(out, 0x80 | CLOSE, str_make(payload, len + 2));
}

static void send_frame(struct peer_connection *connection, int first_byte, struct str payload)
{
	frame(&connection->out, first_byte, payload);
	peer_send(connection, STR_EMPTY);
}

static void answer_handshake(struct peer_connection *connection, struct str head)
{
	struct world *world = connection->peer->script;
	struct arena arena;
	uint8_t digest[HASH_SHA1_SIZE];
	struct str line, name, value, key = STR_EMPTY;

	if (world->answer) {
		peer_send(connection, str_from(world->answer));
		return;
	}
	while (str_next(&head, '\n', &line))
		if (str_cut(line, ':', &name, &value) && str_eqc(name, "Sec-WebSocket-Key"))
			key = str_trim(value);
	arena_init(&arena, 4096);
	hash_sha1(arena_printf(&arena, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", STR_ARG(key)), digest);
	peer_send(connection, arena_printf(&arena,
					   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
					   "Sec-WebSocket-Accept: %.*s\r\n\r\n",
					   STR_ARG(codec_base64(&arena, str_make((const char *)digest, sizeof(digest))))));
	arena_release(&arena);
	peer_send(connection, buf_str(&world->greeting));
}

static bool take_frame(struct peer_connection *connection)
{
	struct world *world = connection->peer->script;
	uint8_t *at = (uint8_t *)connection->in.ptr;
	size_t have = connection->in.len;
	size_t header = 2;
	uint64_t len;
	int opcode;

	if (have < 2)
		return false;
	opcode = at[0] & 15;
	len = at[1] & 127;
	if (len >= 126) {
		size_t bytes = len == 126 ? 2 : 8;

		if (have < 2 + bytes)
			return false;
		len = 0;
		for (size_t i = 0; i < bytes; i++)
			len = len << 8 | at[2 + i];
		header += bytes;
	}
	if (!(at[1] & 128))
		world->unmasked = true;
	header += 4;
	if (have < header + len)
		return false;
	if (world->mask_count < 64)
		memcpy(world->masks[world->mask_count++], at + header - 4, 4);
	for (size_t i = 0; i < len; i++)
		at[header + i] ^= at[header - 4 + i % 4];
	if (len < 200)
		buf_printf(&world->frames, "%d:%.*s;", opcode, (int)len, (char *)at + header);
	else
		buf_printf(&world->frames, "%d:%u bytes;", opcode, (unsigned)len);
	if (world->on_frame)
		world->on_frame(connection, opcode, str_make((char *)at + header, len));
	buf_drop_front(&connection->in, header + len);
	return true;
}

static void received(struct peer_connection *connection)
{
	struct str head, body;
	size_t len;

	if (connection->stage == 0) {
		if (!peer_http_request(connection, &head, &body, &len))
			return;
		answer_handshake(connection, head);
		buf_drop_front(&connection->in, len);
		connection->stage = 1;
	}
	while (connection->fd >= 0 && take_frame(connection))
		;
}

static void on_opened(void *owner)
{
	struct world *world = owner;

	world->opened++;
	if (world->free_in_opened) {
		ws_free(world->ws);
		world->ws = NULL;
	}
}

static void on_message(void *owner, struct str data, bool binary)
{
	struct world *world = owner;

	buf_addc(&world->messages, binary ? "b:" : "t:");
	if (data.len < 200)
		buf_add(&world->messages, data);
	else
		buf_printf(&world->messages, "%zu bytes", data.len);
	buf_add_char(&world->messages, ';');
	if (world->close_in_message)
		ws_close(world->ws, world->close_code);
	if (world->free_in_message) {
		ws_free(world->ws);
		world->ws = NULL;
	}
}

static void on_closed(void *owner, int code, const struct err *err)
{
	struct world *world = owner;

	world->closed++;
	world->code = code;
	world->err = *err;
	if (world->free_in_closed) {
		ws_free(world->ws);
		world->ws = NULL;
	}
}

static void begin(struct world *world)
{
	struct http_settings settings = {.ca_pem = STR_EMPTY, .user_agent = "homu-test"};

	memset(world, 0, sizeof(*world));
	dribble = false;
	rng_init_seed(&world->rng, "ws", 2);
	world->loop = loop_create(NULL);
	world->http = http_create(world->loop, &settings, NULL);
	buf_init(&world->greeting, 1u << 22);
	buf_init(&world->frames, 1u << 20);
	buf_init(&world->messages, 1u << 20);
	CHECK(peer_open(&world->peer, world->loop, received, world));
}

static void dial(struct world *world, int64_t connect_ms, size_t message_bytes_max)
{
	struct ws_handler handler = {.opened = on_opened, .message = on_message, .closed = on_closed, .owner = world};
	char url[64];

	snprintf(url, sizeof(url), "ws://127.0.0.1:%u/?v=10", world->peer.port);
	world->ws = ws_connect(world->http, &world->rng, str_from(url), connect_ms, message_bytes_max, &handler, &world->err);
	CHECK(world->ws != NULL);
}

static void finish(struct world *world)
{
	dribble = false;
	ws_free(world->ws);
	http_free(world->http);
	peer_close(&world->peer);
	loop_free(world->loop);
	buf_release(&world->greeting);
	buf_release(&world->frames);
	buf_release(&world->messages);
}

static void turn_until(struct world *world, const unsigned *counter)
{
	while (*counter == 0)
		if (!CHECK(loop_turn(world->loop, -1, NULL)))
			return;
}

static void turn_until_seen(struct world *world, struct buf *where, const char *what)
{
	while (str_find(buf_str(where), str_from(what)) < 0 && !world->closed)
		if (!CHECK(loop_turn(world->loop, -1, NULL)))
			return;
}

TEST(messages_go_both_ways_however_the_bytes_are_cut)
{
	for (int way = 0; way < 4; way++) {
		struct world world;
		static char big[70000];
		static char medium[1000];

		begin(&world);
		memset(big, 'z', sizeof(big));
		memset(medium, 'y', sizeof(medium));
		frame(&world.greeting, 0x80 | TEXT, STR("hello"));
		frame(&world.greeting, 0x80 | BINARY, STR("\x00\x01\xff"));
		frame(&world.greeting, 0x80 | TEXT, STR_EMPTY);
		frame(&world.greeting, TEXT, STR("\xe6\x97"));
		frame(&world.greeting, 0x80 | PING, STR("between"));
		frame(&world.greeting, 0x80, STR("\xa5 joined"));
		frame(&world.greeting, 0x80 | TEXT, str_make(medium, sizeof(medium)));
		if (way < 2)
			frame(&world.greeting, 0x80 | BINARY, str_make(big, sizeof(big)));
		close_frame(&world.greeting, 4004, "\xe8\xaa\x8d\xe8\xa8\xbc\xe3\x82\xa8\xe3\x83\xa9\xe3\x83\xbc");
		world.peer.write_bytes_max = way == 1 ? 4093 : way == 2 ? 1 : 0;
		dribble = way == 3;
		dial(&world, 20000, 1u << 20);
		turn_until(&world, &world.closed);
		CHECK_EQ_UINT(world.opened, 1);
		CHECK_EQ_UINT(world.closed, 1);
		CHECK_EQ_INT(world.code, 4004);
		CHECK(str_starts(buf_str(&world.messages), STR("t:hello;b:\x00\x01\xff;t:;t:\xe6\x97\xa5 joined;t:1000 bytes;")));
		if (way < 2)
			CHECK(str_ends(buf_str(&world.messages), STR("b:70000 bytes;")));
		while (world.peer.connections[0].fd >= 0)
			REQUIRE(loop_turn(world.loop, -1, NULL));
		/* The answer to a close frame is sent as far as the socket takes it at once. */
		CHECK(str_starts(buf_str(&world.frames), way == 3 ? STR("10:between;") : STR("10:between;8:")));
		CHECK(!world.unmasked);
		finish(&world);
	}
}

TEST(what_is_sent_arrives_masked_whatever_the_socket_takes)
{
	for (int way = 0; way < 2; way++) {
		struct world world;
		static char text[3000];

		begin(&world);
		memset(text, 'q', sizeof(text));
		dribble = way == 1;
		dial(&world, 20000, 4096);
		turn_until(&world, &world.opened);
		CHECK(ws_send(world.ws, STR("one"), NULL));
		CHECK(ws_send(world.ws, STR("two"), NULL));
		CHECK(ws_send(world.ws, str_make(text, sizeof(text)), NULL));
		CHECK(ws_send(world.ws, STR_EMPTY, NULL));
		turn_until_seen(&world, &world.frames, "bytes;1:;");
		CHECK_EQ_STR(buf_cstr(&world.frames), "1:one;1:two;1:3000 bytes;1:;");
		CHECK(!world.unmasked);
		REQUIRE(world.mask_count == 4);
		for (unsigned i = 1; i < 4; i++)
			CHECK(memcmp(world.masks[i], world.masks[i - 1], 4) != 0);
		finish(&world);
	}
}

TEST(a_queue_that_nobody_reads_is_full_at_its_bound)
{
	struct world world;
	static char text[4000];
	struct err err = {0};
	size_t sent = 0;

	begin(&world);
	dial(&world, 20000, 4096);
	turn_until(&world, &world.opened);
	memset(text, 'q', sizeof(text));
	while (ws_send(world.ws, str_make(text, sizeof(text)), &err))
		sent++;
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK_EQ_UINT(sent, WS_QUEUE_BYTES_MAX / 4008);
	turn_until_seen(&world, &world.frames, "1:4000 bytes;1:4000 bytes;");
	CHECK(ws_send(world.ws, STR("again"), &err));
	turn_until_seen(&world, &world.frames, "1:again;");
	CHECK_EQ_UINT(world.closed, 0);
	finish(&world);
}

TEST(nothing_is_sent_before_it_is_open)
{
	struct world world;
	struct err err = {0};

	begin(&world);
	dial(&world, 20000, 4096);
	CHECK(!ws_send(world.ws, STR("early"), &err));
	CHECK_EQ_INT(err.code, ERR_NET);
	finish(&world);
}

static void ends_with(struct world *world, enum err_code code)
{
	dial(world, 20000, 4096);
	turn_until(world, &world->closed);
	CHECK_EQ_INT(world->code, 0);
	CHECK_EQ_INT(world->err.code, code);
}

TEST(a_message_beyond_its_bound_ends_the_connection)
{
	static char text[5000];
	struct world world;

	memset(text, 'a', sizeof(text));
	begin(&world);
	frame(&world.greeting, 0x80 | TEXT, str_make(text, 4096));
	frame(&world.greeting, 0x80 | TEXT, str_make(text, 4097));
	ends_with(&world, ERR_LIMIT);
	CHECK_EQ_STR(buf_cstr(&world.messages), "t:4096 bytes;");
	finish(&world);

	/* In pieces. */
	begin(&world);
	for (int i = 0; i < 6; i++)
		frame(&world.greeting, i ? 0 : TEXT, str_make(text, 1000));
	ends_with(&world, ERR_LIMIT);
	finish(&world);

	/* Announced only: 2^62 bytes. */
	begin(&world);
	buf_add(&world.greeting, STR("\x81\x7f\x40\x00\x00\x00\x00\x00\x00\x00"));
	buf_addc(&world.greeting, "x");
	ends_with(&world, ERR_LIMIT);
	finish(&world);
}

TEST(what_breaks_the_protocol_ends_the_connection)
{
	static const struct {
		const char *bytes;
		size_t len;
	} wrong[] = {
		{"\x81\x85mask\x00\x00\x00\x00\x00", 11}, /* masked by the server */
		{"\x81\x02\xc3\x28", 4},                  /* not UTF-8 */
		{"\x81\x01\xc3", 3},                      /* UTF-8 that ends early */
		{"\xc1\x01x", 3},                         /* a reserved bit */
		{"\x83\x01x", 3},                         /* a reserved opcode */
		{"\x80\x01x", 3},                         /* a continuation of nothing */
		{"\x01\x01x\x81\x01y", 6},                /* a message within a message */
		{"\x09\x01x", 3},                         /* a ping in pieces */
		{"\x89\x7e\x00\x80", 4},                  /* a ping too long */
		{"\x81\x7e\x00\x01x", 5},                 /* a length in more bytes than it needs */
		{"\x81\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 10}, /* a length with its highest bit */
		{"\x88\x01\x03", 3},                      /* half a close code */
		{"\x88\x02\x03\xed", 4},                  /* 1005 must not be sent */
		{"\x88\x04\x03\xe8\xc3\x28", 6},          /* a reason that is not UTF-8 */
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		for (size_t cut = 0; cut < 2; cut++) {
			struct world world;

			begin(&world);
			buf_add(&world.greeting, str_make(wrong[i].bytes, wrong[i].len));
			world.peer.write_bytes_max = cut;
			dial(&world, 20000, 4096);
			turn_until(&world, &world.closed);
			if (!CHECK(world.code == 0 && (world.err.code == ERR_PROTO || (i == 11 && world.err.code == ERR_NET))))
				test_check_int((intmax_t)i, -1, __FILE__, __LINE__, "case");
			CHECK_EQ_UINT(world.messages.len, 0);
			finish(&world);
		}
	}
}

TEST(the_close_code_of_the_peer_is_passed_on)
{
	static const int codes[] = {1000, 1001, 4000, 4004, 4009, 4014};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct world world;

		begin(&world);
		close_frame(&world.greeting, codes[i], "why");
		dial(&world, 20000, 4096);
		turn_until(&world, &world.closed);
		CHECK_EQ_INT(world.code, codes[i]);
		CHECK_EQ_INT(world.err.code, ERR_NET);
		finish(&world);
	}
}

TEST(a_close_without_a_code_and_a_dropped_socket_are_code_zero)
{
	struct world world;

	begin(&world);
	frame(&world.greeting, 0x80 | CLOSE, STR_EMPTY);
	ends_with(&world, ERR_NET);
	finish(&world);

	begin(&world);
	dial(&world, 20000, 4096);
	turn_until(&world, &world.opened);
	peer_hang_up(&world.peer.connections[0]);
	turn_until(&world, &world.closed);
	CHECK_EQ_INT(world.code, 0);
	CHECK_EQ_INT(world.err.code, ERR_NET);
	finish(&world);

	begin(&world);
	dial(&world, 20000, 4096);
	turn_until(&world, &world.opened);
	world.peer.connections[0].reset_when_sent = true;
	peer_hang_up(&world.peer.connections[0]);
	turn_until(&world, &world.closed);
	CHECK_EQ_INT(world.code, 0);
	CHECK_EQ_INT(world.err.code, ERR_NET);
	finish(&world);
}

TEST(the_peers_code_is_told_though_it_hangs_up_at_once)
{
	struct world world;

	begin(&world);
	dial(&world, 20000, 4096);
	turn_until(&world, &world.opened);
	close_frame(&world.peer.connections[0].out, 4004, "");
	world.peer.connections[0].reset_when_sent = true;
	peer_send(&world.peer.connections[0], STR_EMPTY);
	turn_until(&world, &world.closed);
	CHECK_EQ_INT(world.code, 4004);
	finish(&world);
}

static void echo_close(struct peer_connection *connection, int opcode, struct str payload)
{
	if (opcode == CLOSE)
		send_frame(connection, 0x80 | CLOSE, payload);
}

TEST(closing_sends_the_code_and_waits_for_the_answer)
{
	struct world world;

	begin(&world);
	world.on_frame = echo_close;
	dial(&world, 20000, 4096);
	turn_until(&world, &world.opened);
	CHECK(ws_send(world.ws, STR("last"), NULL));
	ws_close(world.ws, 4000);
	CHECK(!ws_send(world.ws, STR("too late"), NULL));
	turn_until(&world, &world.closed);
	CHECK_EQ_INT(world.code, 4000);
	CHECK_EQ_STR(buf_cstr(&world.frames), "1:last;8:\x0f\xa0;");
	finish(&world);
}

TEST(a_peer_that_does_not_answer_the_close_is_dropped)
{
	struct world world;

	begin(&world);
	dial(&world, 20000, 4096);
	turn_until(&world, &world.opened);
	ws_close(world.ws, 4000);
	turn_until(&world, &world.closed);
	CHECK_EQ_INT(world.code, 0);
	CHECK_EQ_INT(world.err.code, ERR_TIMEOUT);
	finish(&world);
}

TEST(closing_before_it_is_open_ends_it)
{
	struct world world;

	begin(&world);
	dial(&world, 20000, 4096);
	ws_close(world.ws, 4000);
	CHECK_EQ_UINT(world.closed, 0);
	turn_until(&world, &world.closed);
	CHECK_EQ_INT(world.err.code, ERR_CANCELLED);
	CHECK_EQ_UINT(world.opened, 0);
	finish(&world);
}

TEST(freeing_drops_the_socket_without_a_close_frame)
{
	struct world world;

	begin(&world);
	dial(&world, 20000, 4096);
	turn_until(&world, &world.opened);
	ws_free(world.ws);
	world.ws = NULL;
	while (!world.peer.connections[0].ended)
		REQUIRE(loop_turn(world.loop, -1, NULL));
	CHECK_EQ_UINT(world.frames.len, 0);
	CHECK_EQ_UINT(world.closed, 0);
	finish(&world);
}

TEST(it_may_be_freed_within_each_of_its_callbacks)
{
	for (int way = 0; way < 3; way++) {
		struct world world;

		begin(&world);
		frame(&world.greeting, 0x80 | TEXT, STR("one"));
		frame(&world.greeting, 0x80 | TEXT, STR("two"));
		close_frame(&world.greeting, 1000, "");
		world.free_in_opened = way == 0;
		world.free_in_message = way == 1;
		world.free_in_closed = way == 2;
		dial(&world, 20000, 4096);
		while (world.ws)
			REQUIRE(loop_turn(world.loop, -1, NULL));
		for (int i = 0; i < 5; i++)
			CHECK(loop_turn(world.loop, 0, NULL));
		CHECK_EQ_UINT(world.closed, way == 2);
		CHECK_EQ_STR(buf_cstr(&world.messages), way == 0 ? "" : way == 1 ? "t:one;" : "t:one;t:two;");
		finish(&world);
	}
}

TEST(after_closing_within_a_message_no_other_message_comes)
{
	struct world world;

	begin(&world);
	world.on_frame = echo_close;
	frame(&world.greeting, 0x80 | TEXT, STR("one"));
	frame(&world.greeting, 0x80 | TEXT, STR("two"));
	world.close_in_message = true;
	world.close_code = 4001;
	dial(&world, 20000, 4096);
	turn_until(&world, &world.closed);
	CHECK_EQ_STR(buf_cstr(&world.messages), "t:one;");
	CHECK_EQ_INT(world.code, 4001);
	finish(&world);
}

TEST(a_refused_handshake_says_why)
{
	struct world world;

	begin(&world);
	world.answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";
	ends_with(&world, ERR_NET);
	CHECK(strstr(world.err.text, "503") != NULL);
	finish(&world);

	begin(&world);
	world.answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n";
	ends_with(&world, ERR_PROTO);
	finish(&world);
}

TEST(a_handshake_that_does_not_end_in_time_is_given_up)
{
	struct world world;

	begin(&world);
	world.answer = "HTTP/1.1 101 Switching";
	dial(&world, 50, 4096);
	turn_until(&world, &world.closed);
	CHECK_EQ_INT(world.err.code, ERR_TIMEOUT);
	finish(&world);
}

TEST(where_nobody_listens_it_ends_with_an_error_of_the_network)
{
	struct world world;

	begin(&world);
	peer_close(&world.peer);
	ends_with(&world, ERR_NET);
	finish(&world);
}

TEST(a_url_that_is_refused_is_refused_at_once)
{
	struct ws_handler handler = {.opened = on_opened, .message = on_message, .closed = on_closed};
	struct err err = {0};
	struct world world;

	begin(&world);
	CHECK(!ws_connect(world.http, &world.rng, STR("ws://gateway.discord.gg/"), 1000, 4096, &handler, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	finish(&world);
}

TEST(a_flood_of_pings_is_answered_or_ended_and_never_grows)
{
	struct world world;

	begin(&world);
	for (int i = 0; i < 20000; i++)
		frame(&world.greeting, 0x80 | PING, STR("x"));
	close_frame(&world.greeting, 1000, "");
	dial(&world, 20000, 4096);
	turn_until(&world, &world.closed);
	CHECK_EQ_INT(world.code, 1000);
	CHECK(!world.unmasked);
	finish(&world);
}
