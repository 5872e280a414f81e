#include "net/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "test.h"

struct world {
	struct loop *loop;
	struct server *server;
	bool later;      /* keep the request for reply_later */
	struct server_request *kept[8];
	unsigned kept_count;
	unsigned handled, gone, sent, lost;
	char seen[512];  /* "METHOD path a=… body=…" of the last request */
	char query[64]; /* "[q][empty][none]" of the last request */
	const struct server_header *headers;
	size_t header_count;
	const char *body;
	int status;
};

static void handle(void *owner, struct server_request *request)
{
	struct world *world = owner;
	struct str method = server_method(request), path = server_path(request);
	struct str header = server_header(request, "x-a"), body = server_body(request);

	world->handled++;
	snprintf(world->seen, sizeof(world->seen), "%.*s %.*s a=%.*s body=%.*s", STR_ARG(method), STR_ARG(path),
		 STR_ARG(header), (int)(body.len < 100 ? body.len : 100), body.ptr);
	snprintf(world->query, sizeof(world->query), "[%.*s][%.*s][%.*s]", STR_ARG(server_query(request, "q")),
		 STR_ARG(server_query(request, "empty")), STR_ARG(server_query(request, "none")));
	if (world->later) {
		world->kept[world->kept_count++] = request;
		return;
	}
	server_reply(request, world->status, world->headers, world->header_count, str_from(world->body));
}

static void gone(void *owner, struct server_request *request)
{
	struct world *world = owner;

	(void)request;
	world->gone++;
}

static void sent(void *owner, struct server_request *request, bool ok)
{
	struct world *world = owner;

	(void)request;
	if (ok)
		world->sent++;
	else
		world->lost++;
}

static void too_long(void *owner, struct server_request *request)
{
	struct world *world = owner;
	struct str path = server_path(request);

	snprintf(world->seen, sizeof(world->seen), "%.*s %zu", STR_ARG(path), server_body(request).len);
	server_reply(request, 413, NULL, 0, STR("shorter, please"));
}

static bool begin_at(struct world *world, const char *address, void (*long_one)(void *, struct server_request *),
		     struct err *err)
{
	struct server_settings settings = {.address = str_from(address), .body_bytes_max = 1000, .connections_max = 8, .handle = handle,
					   .gone = gone, .sent = sent, .too_long = long_one, .owner = world};

	memset(world, 0, sizeof(*world));
	world->status = 200;
	world->body = "fine";
	world->loop = loop_create(NULL);
	world->server = server_create(world->loop, &settings, err);
	return world->server != NULL;
}

static bool begin(struct world *world)
{
	struct err err = {0};

	return CHECK(begin_at(world, "127.0.0.1:0", NULL, &err));
}

static bool begin_with(struct world *world, void (*long_one)(void *, struct server_request *))
{
	struct err err = {0};

	return CHECK(begin_at(world, "127.0.0.1:0", long_one, &err));
}

static void finish(struct world *world)
{
	server_free(world->server);
	loop_free(world->loop);
}

static int dial(struct world *world)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct str port;
	uint64_t number = 0;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	str_cut(server_address(world->server), ':', &(struct str){0}, &port);
	CHECK(str_to_u64(port, 1, 65535, &number));
	to.sin_port = htons((uint16_t)number);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
	return fd;
}

static void say(int fd, const char *text)
{
	size_t len = strlen(text);

	CHECK(send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len);
}

/* Reads until `marker` came, or the server closed; the loop turns meanwhile. */
static const char *listen_for(struct world *world, int fd, const char *marker)
{
	static char text[1 << 16];
	size_t len = 0;

	for (;;) {
		ssize_t got = recv(fd, text + len, sizeof(text) - 1 - len, MSG_DONTWAIT);

		if (got > 0)
			len += (size_t)got;
		text[len] = '\0';
		if (got == 0 || (got < 0 && errno != EAGAIN) || (marker && strstr(text, marker)))
			return text;
		if (got < 0)
			CHECK(loop_turn(world->loop, 10, NULL));
	}
}

static void turn_until(struct world *world, const unsigned *counter, unsigned count)
{
	while (*counter < count)
		if (!CHECK(loop_turn(world->loop, -1, NULL)))
			return;
}

TEST(a_request_is_whole_when_it_is_handled)
{
	struct server_header headers[] = {{"Content-Type", "text/plain"}, {"X-B", "c"}};
	const char *answer;
	struct world world;
	int fd;

	REQUIRE(begin(&world));
	world.headers = headers;
	world.header_count = 2;
	world.status = 201;
	fd = dial(&world);
	say(fd, "POST /a%20b?q=1%262&r HTTP/1.1\r\nHost: x\r\nX-A: yes\r\nContent-Length: 5\r\n\r\nhel");
	for (int i = 0; i < 5; i++)
		CHECK(loop_turn(world.loop, 0, NULL));
	CHECK_EQ_UINT(world.handled, 0);
	say(fd, "lo");
	answer = listen_for(&world, fd, "fine");
	CHECK_EQ_STR(world.seen, "POST /a b a=yes body=hello");
	CHECK(strstr(answer, "HTTP/1.1 201 Created\r\n") == answer);
	CHECK(strstr(answer, "Content-Type: text/plain\r\n") != NULL);
	CHECK(strstr(answer, "X-B: c\r\n") != NULL);
	CHECK(strstr(answer, "Content-Length: 4\r\n") != NULL);
	CHECK(strstr(answer, "Date: ") != NULL);
	CHECK(strstr(answer, "Connection: close") == NULL);
	close(fd);
	finish(&world);
}

TEST(an_answer_counts_as_sent_when_the_kernel_has_all_of_it)
{
	struct linger reset = {.l_onoff = 1};
	static char long_answer[4u << 20];
	struct world world;
	int fd;

	REQUIRE(begin(&world));
	world.later = true;
	fd = dial(&world);
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	turn_until(&world, &world.handled, 1);
	server_reply(world.kept[0], 200, NULL, 0, STR("fine"));
	CHECK_EQ_UINT(world.sent, 0);
	listen_for(&world, fd, "fine");
	turn_until(&world, &world.sent, 1);

	say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	turn_until(&world, &world.handled, 2);
	CHECK(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) == 0);
	close(fd);
	server_reply(world.kept[1], 200, NULL, 0, STR("fine"));
	turn_until(&world, &world.lost, 1);

	fd = dial(&world);
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	turn_until(&world, &world.handled, 3);
	server_reply(world.kept[2], 200, NULL, 0, str_make(long_answer, sizeof(long_answer)));
	for (int i = 0; i < 5; i++)
		CHECK(loop_turn(world.loop, 0, NULL));
	finish(&world);
	CHECK_EQ_UINT(world.sent, 1);
	CHECK_EQ_UINT(world.lost, 2);
	CHECK_EQ_UINT(world.gone, 0);
	close(fd);
}

TEST(clients_that_say_nothing_do_not_keep_another_one_out)
{
	static const char *const beginnings[] = {"", "GET", "GET / HTTP/1.1\r\nHost: x\r\n"};
	struct world world;
	int fds[20], fd;

	REQUIRE(begin(&world));
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < 20; i++) {
			fds[i] = dial(&world);
			say(fds[i], beginnings[round]);
			CHECK(loop_turn(world.loop, 0, NULL));
		}
		fd = dial(&world);
		say(fd, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
		CHECK(strstr(listen_for(&world, fd, "fine"), "200 OK") != NULL);
		close(fd);
		for (size_t i = 0; i < 20; i++)
			close(fds[i]);
	}
	finish(&world);
}

TEST(a_client_that_waits_for_its_answer_keeps_its_connection)
{
	struct world world;
	int fds[20], waiting;

	REQUIRE(begin(&world));
	world.later = true;
	waiting = dial(&world);
	say(waiting, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	turn_until(&world, &world.handled, 1);
	for (size_t i = 0; i < 20; i++) {
		fds[i] = dial(&world);
		CHECK(loop_turn(world.loop, 0, NULL));
	}
	server_reply(world.kept[0], 200, NULL, 0, STR("fine"));
	CHECK(strstr(listen_for(&world, waiting, "fine"), "200 OK") != NULL);
	for (size_t i = 0; i < 20; i++)
		close(fds[i]);
	close(waiting);
	finish(&world);
}

TEST(a_connection_serves_many_requests_sent_byte_by_byte)
{
	static const char request[] = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n";
	struct world world;
	int fd;

	REQUIRE(begin(&world));
	fd = dial(&world);
	for (unsigned i = 1; i <= 3; i++) {
		for (size_t at = 0; at < sizeof(request) - 1; at++) {
			CHECK(send(fd, request + at, 1, MSG_NOSIGNAL) == 1);
			CHECK(loop_turn(world.loop, 0, NULL));
		}
		listen_for(&world, fd, "fine");
		CHECK_EQ_UINT(world.handled, i);
	}
	close(fd);
	finish(&world);
}

TEST(a_request_may_be_answered_later_and_out_of_order)
{
	struct world world;
	int fds[2];

	REQUIRE(begin(&world));
	world.later = true;
	for (unsigned i = 0; i < 2; i++) {
		fds[i] = dial(&world);
		say(fds[i], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		turn_until(&world, &world.handled, i + 1);
	}
	for (int i = 0; i < 5; i++)
		CHECK(loop_turn(world.loop, 0, NULL));
	server_reply(world.kept[1], 200, NULL, 0, STR("second"));
	CHECK(strstr(listen_for(&world, fds[1], "second"), "200 OK") != NULL);
	server_reply(world.kept[0], 200, NULL, 0, STR("first"));
	CHECK(strstr(listen_for(&world, fds[0], "first"), "200 OK") != NULL);
	world.later = false;
	say(fds[0], "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	CHECK(strstr(listen_for(&world, fds[0], "fine"), "200 OK") != NULL);
	close(fds[0]);
	close(fds[1]);
	finish(&world);
}

TEST(a_client_that_hung_up_does_not_hurt_the_answer)
{
	struct world world;
	int fd;

	REQUIRE(begin(&world));
	world.later = true;
	fd = dial(&world);
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	turn_until(&world, &world.handled, 1);
	close(fd);
	for (int i = 0; i < 5; i++)
		CHECK(loop_turn(world.loop, 0, NULL));
	server_reply(world.kept[0], 200, NULL, 0, STR("to nobody"));
	for (int i = 0; i < 5; i++)
		CHECK(loop_turn(world.loop, 0, NULL));
	CHECK_EQ_UINT(world.gone, 0);
	finish(&world);
}

TEST(requests_that_wait_are_gone_when_the_server_is_freed)
{
	struct world world;
	int fds[3];

	REQUIRE(begin(&world));
	world.later = true;
	for (unsigned i = 0; i < 3; i++) {
		fds[i] = dial(&world);
		say(fds[i], i == 2 ? "GET / HT" : "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
		if (i < 2)
			turn_until(&world, &world.handled, i + 1);
	}
	for (int i = 0; i < 5; i++)
		CHECK(loop_turn(world.loop, 0, NULL));
	server_free(world.server);
	world.server = NULL;
	CHECK_EQ_UINT(world.gone, 2);
	for (unsigned i = 0; i < 3; i++)
		close(fds[i]);
	finish(&world);
}

TEST(a_head_gets_the_headers_of_a_get)
{
	const char *answer;
	struct world world;
	int fd;

	REQUIRE(begin(&world));
	fd = dial(&world);
	say(fd, "HEAD /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	answer = listen_for(&world, fd, NULL);
	CHECK_EQ_STR(world.seen, "GET /h a= body=");
	CHECK(strstr(answer, "Content-Length: 4\r\n") != NULL);
	CHECK(strstr(answer, "Connection: close\r\n") != NULL);
	CHECK(strstr(answer, "fine") == NULL);
	close(fd);
	finish(&world);
}

TEST(a_body_that_is_too_long_is_413_and_not_handled)
{
	static const char *const heads[] = {
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n",
	};
	char body[1002];
	struct world world;

	memset(body, 'b', sizeof(body) - 1);
	body[1001] = '\0';
	for (size_t i = 0; i < 3; i++) {
		int fd;

		REQUIRE(begin(&world));
		fd = dial(&world);
		say(fd, heads[i]);
		if (i != 1)
			say(fd, body);
		if (i == 2)
			say(fd, "\r\n0\r\n\r\n");
		CHECK(strstr(listen_for(&world, fd, "\r\n\r\n"), "HTTP/1.1 413 ") != NULL);
		CHECK_EQ_UINT(world.handled, 0);
		close(fd);
		finish(&world);
	}
}

TEST(a_body_that_is_too_long_may_be_answered_in_our_own_words)
{
	static const char *const heads[] = {
		"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n",
		"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n",
	};
	char body[1002];

	memset(body, 'b', sizeof(body) - 1);
	body[1001] = '\0';
	for (size_t i = 0; i < 2; i++) {
		struct world world;
		const char *answer;
		int fd;

		REQUIRE(begin_with(&world, too_long));
		fd = dial(&world);
		say(fd, heads[i]);
		if (i == 0)
			say(fd, body);
		answer = listen_for(&world, fd, "shorter, please");
		CHECK(strstr(answer, "HTTP/1.1 413 ") == answer);
		CHECK_EQ_STR(world.seen, "/a 0");
		CHECK_EQ_UINT(world.handled, 0);
		close(fd);
		finish(&world);
		CHECK_EQ_UINT(world.gone, 0);
	}
}

TEST(the_query_is_decoded_and_looked_up_by_name)
{
	struct world world;
	int fd;

	REQUIRE(begin(&world));
	fd = dial(&world);
	say(fd, "GET /a?q=1%262%20+3&q=later&empty=&r HTTP/1.1\r\nHost: x\r\n\r\n");
	listen_for(&world, fd, "fine");
	CHECK_EQ_STR(world.query, "[1&2  3][][]");
	close(fd);
	finish(&world);
}

TEST(a_body_as_long_as_allowed_is_handled)
{
	char body[1001];
	struct world world;
	int fd;

	memset(body, 'b', sizeof(body) - 1);
	body[1000] = '\0';
	REQUIRE(begin(&world));
	fd = dial(&world);
	say(fd, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
	say(fd, body);
	CHECK(strstr(listen_for(&world, fd, "fine"), "200 OK") != NULL);
	CHECK_EQ_UINT(world.handled, 1);
	close(fd);
	finish(&world);
}

TEST(a_body_without_an_end_is_dropped)
{
	struct world world;
	char chunk[1100];
	size_t sent = 0;
	int fd;

	snprintf(chunk, sizeof(chunk), "400\r\n%01024d\r\n", 0);
	REQUIRE(begin(&world));
	fd = dial(&world);
	say(fd, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
	while (sent < 10000 && send(fd, chunk, strlen(chunk), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
		sent++;
		CHECK(loop_turn(world.loop, 0, NULL));
	}
	CHECK(sent < 100);
	CHECK_EQ_UINT(world.handled, 0);
	close(fd);
	finish(&world);
}

TEST(what_is_no_request_is_refused)
{
	static const char *const wrong[] = {
		"GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: gzip\r\n\r\nab",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"nonsense\r\n\r\n",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct world world;
		int fd;

		REQUIRE(begin(&world));
		fd = dial(&world);
		say(fd, wrong[i]);
		if (!CHECK(!strstr(listen_for(&world, fd, "\r\n\r\n"), "200 OK")))
			test_check_str(wrong[i], "", __FILE__, __LINE__, "request");
		CHECK_EQ_UINT(world.handled, 0);
		close(fd);
		finish(&world);
	}
}

TEST(headers_that_are_too_long_are_refused)
{
	struct world world;
	char line[1024];
	int fd;

	REQUIRE(begin(&world));
	fd = dial(&world);
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\n");
	snprintf(line, sizeof(line), "X-A: %01000d\r\n", 0);
	for (int i = 0; i < 20; i++)
		say(fd, line);
	CHECK(strstr(listen_for(&world, fd, "\r\n\r\n"), "HTTP/1.1 431 ") != NULL);
	CHECK_EQ_UINT(world.handled, 0);
	close(fd);
	finish(&world);
}

TEST(more_connections_than_allowed_wait)
{
	struct world world;
	int fds[9];

	REQUIRE(begin(&world));
	world.later = true;
	for (int i = 0; i < 9; i++) {
		fds[i] = dial(&world);
		say(fds[i], "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	}
	turn_until(&world, &world.handled, 8);
	for (int i = 0; i < 10; i++)
		CHECK(loop_turn(world.loop, 0, NULL));
	CHECK_EQ_UINT(world.handled, 8);
	world.later = false;
	server_reply(world.kept[0], 200, NULL, 0, STR("room"));
	turn_until(&world, &world.handled, 9);
	listen_for(&world, fds[8], "fine");
	for (int i = 0; i < 9; i++)
		close(fds[i]);
	finish(&world);
}

TEST(an_answer_with_a_broken_header_is_dropped)
{
	struct server_header header = {"X-A", "b\r\nX-Evil: c"};
	struct world world;
	int fd;

	REQUIRE(begin(&world));
	world.headers = &header;
	world.header_count = 1;
	fd = dial(&world);
	say(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	CHECK(strstr(listen_for(&world, fd, "\r\n\r\n"), "Evil") == NULL);
	close(fd);
	finish(&world);
}

TEST(an_address_in_use_is_told_with_the_setting)
{
	struct world world, other = {0};
	struct err err = {0};
	char address[64];

	REQUIRE(begin(&world));
	str_to_cstr(server_address(world.server), address, sizeof(address));
	CHECK(!begin_at(&other, address, NULL, &err));
	CHECK_EQ_INT(err.code, ERR_CONFIG);
	CHECK(strstr(err.text, "HOMU_HTTP") != NULL);
	loop_free(other.loop);
	finish(&world);
}

TEST(addresses_of_both_families_are_served)
{
	struct world world;
	struct err err = {0};

	if (!begin_at(&world, "[::1]:0", NULL, &err)) {
		loop_free(world.loop);
		SKIP("this machine has no IPv6");
	}
	CHECK(str_starts(server_address(world.server), STR("[::1]:")));
	CHECK(!str_ends(server_address(world.server), STR(":0")));
	finish(&world);
}

TEST(what_is_no_address_is_refused)
{
	static const char *const wrong[] = {"", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "127.0.0.1:-1",
					    "example.com:80", "[::1]", "[::1:80", "::1:80x", "[127.0.0.1]:80", "127.0.0.1:080"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct world world;
		struct err err = {0};

		if (!CHECK(!begin_at(&world, wrong[i], NULL, &err)))
			server_free(world.server);
		CHECK_EQ_INT(err.code, ERR_CONFIG);
		loop_free(world.loop);
	}
}

TEST(loopback_is_told_from_the_rest)
{
	CHECK(server_address_is_loopback(STR("127.0.0.1:8787")));
	CHECK(server_address_is_loopback(STR("127.9.9.9:0")));
	CHECK(server_address_is_loopback(STR("localhost:80")));
	CHECK(server_address_is_loopback(STR("[::1]:80")));
	CHECK(server_address_is_loopback(STR("[::ffff:127.0.0.1]:80")));
	CHECK(!server_address_is_loopback(STR("0.0.0.0:80")));
	CHECK(!server_address_is_loopback(STR("[::]:80")));
	CHECK(!server_address_is_loopback(STR("128.0.0.1:80")));
	CHECK(!server_address_is_loopback(STR("192.168.0.1:80")));
	CHECK(!server_address_is_loopback(STR("nonsense")));
}
