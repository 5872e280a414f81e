#include "net/ws_handshake.h"

#include <stdio.h>

#include "base/limits.h"
#include "test.h"

/* The nonce and the proof of RFC 6455, 1.3. */
#define RFC_KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define RFC_ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define GOOD_HEAD                                                                            \
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
	"Sec-WebSocket-Accept: " RFC_ACCEPT "\r\n"

static void begin(struct ws_handshake *handshake)
{
	ws_handshake_init(handshake, (const uint8_t *)"the sample nonce");
}

static enum err_code feed(const char *answer)
{
	struct ws_handshake handshake;
	struct err err = {0};
	struct str rest;

	begin(&handshake);
	if (ws_handshake_feed(&handshake, str_from(answer), &rest, &err))
		CHECK(handshake.done);
	else
		CHECK(!handshake.done);
	ws_handshake_release(&handshake);
	return err.code;
}

TEST(the_request_is_that_of_the_specification)
{
	struct ws_handshake handshake;
	struct url url;
	struct buf out;

	begin(&handshake);
	buf_init(&out, 4096);
	REQUIRE(url_parse(STR("wss://gateway.discord.gg:444?v=10"), &url, NULL));
	CHECK(ws_handshake_request(&handshake, &url, "agent", &out, NULL));
	CHECK_EQ_STR(buf_cstr(&out),
		     "GET /?v=10 HTTP/1.1\r\nHost: gateway.discord.gg:444\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " RFC_KEY "\r\nUser-Agent: agent\r\n\r\n");
	buf_release(&out);
	ws_handshake_release(&handshake);
}

TEST(an_answer_cut_anywhere_is_taken_and_what_follows_is_kept)
{
	static const char answer[] = GOOD_HEAD "X-Other: 1\r\n\r\n\x81\x01x";
	const size_t frames = 3;

	for (size_t cut = 0; cut < sizeof(answer); cut++) {
		struct ws_handshake handshake;
		struct err err = {0};
		struct str rest;

		begin(&handshake);
		CHECK(ws_handshake_feed(&handshake, str_make(answer, cut), &rest, &err));
		if (cut < sizeof(answer) - 1 - frames)
			CHECK(!handshake.done);
		if (!handshake.done)
			CHECK(ws_handshake_feed(&handshake, str_make(answer + cut, sizeof(answer) - 1 - cut), &rest, &err));
		CHECK(handshake.done);
		CHECK(rest.len <= frames);
		if (cut < sizeof(answer) - 1 - frames)
			CHECK_EQ_BYTES(rest.ptr, rest.len, "\x81\x01x", frames);
		ws_handshake_release(&handshake);
	}
}

TEST(words_of_headers_are_read_without_case)
{
	CHECK_EQ_INT(feed("HTTP/1.1 101 \r\nUPGRADE: WebSocket\r\nconnection: keep-alive , UPGRADE\r\nsec-websocket-accept: " RFC_ACCEPT
			  "\r\n\r\n"),
		     ERR_NONE);
	CHECK_EQ_INT(feed("HTTP/1.1 101\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept:" RFC_ACCEPT "\r\n\r\n"),
		     ERR_NONE);
}

TEST(a_wrong_answer_is_refused)
{
	static const char *const wrong[] = {
		"HTTP/1.0 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " RFC_ACCEPT
		"\r\n\r\n",
		"HTTP/1.1 200 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " RFC_ACCEPT "\r\n\r\n",
		"HTTP/1.1 1010 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " RFC_ACCEPT "\r\n\r\n",
		"HTTP/1.1 101 X\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " RFC_ACCEPT "\r\n\r\n",
		"HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " RFC_ACCEPT "\r\n\r\n",
		"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: " RFC_ACCEPT "\r\n\r\n",
		"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: close\r\nSec-WebSocket-Accept: " RFC_ACCEPT "\r\n\r\n",
		"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
		"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
		GOOD_HEAD "Sec-WebSocket-Accept: " RFC_ACCEPT "\r\n\r\n",
		GOOD_HEAD "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
		GOOD_HEAD "Sec-WebSocket-Protocol: chat\r\n\r\n",
		GOOD_HEAD "no header\r\n\r\n",
		GOOD_HEAD "X : y\r\n\r\n",
		GOOD_HEAD ": y\r\n\r\n",
		GOOD_HEAD "X: y\n\r\n\r\n",
		"\r\n\r\n",
		"SSH-2.0-OpenSSH_9.2\r\n\r\n",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!CHECK(feed(wrong[i]) == ERR_PROTO))
			test_check_str(wrong[i], "", __FILE__, __LINE__, "answer");
}

TEST(a_server_that_is_down_is_an_error_of_the_network)
{
	CHECK_EQ_INT(feed("HTTP/1.1 502 Bad Gateway\r\n\r\n"), ERR_NET);
	CHECK_EQ_INT(feed("HTTP/1.1 503 Unavailable\r\n\r\n"), ERR_NET);
	CHECK_EQ_INT(feed("HTTP/1.1 429 Too Many Requests\r\n\r\n"), ERR_NET);
	CHECK_EQ_INT(feed("HTTP/1.1 403 Forbidden\r\n\r\n"), ERR_PROTO);
}

TEST(an_answer_without_an_end_is_given_up)
{
	struct ws_handshake handshake;
	struct err err = {0};
	struct str rest;
	size_t taken = 0;

	begin(&handshake);
	while (ws_handshake_feed(&handshake, STR("X-Long: aaaaaaaaaaaaaaaaaaaaaaaa\r\n"), &rest, &err))
		REQUIRE(++taken < WS_HANDSHAKE_BYTES_MAX);
	CHECK_EQ_INT(err.code, ERR_PROTO);
	ws_handshake_release(&handshake);
}
