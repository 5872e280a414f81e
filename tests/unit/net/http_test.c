#include "net/http.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "peer.h"
#include "test.h"

/* What the client said last, and what to do with it. */
struct script {
	void (*answer)(struct peer_connection *connection, struct str head, struct str body);
	char head[8192];
	char body[8192];
	unsigned requests;
};

static void received(struct peer_connection *connection)
{
	struct script *script = connection->peer->script;
	struct str head, body;
	size_t len;

	while (connection->fd >= 0 && peer_http_request(connection, &head, &body, &len)) {
		str_to_cstr(head, script->head, sizeof(script->head));
		str_to_cstr(body, script->body, sizeof(script->body));
		script->requests++;
		connection->answers++;
		script->answer(connection, head, body);
		buf_drop_front(&connection->in, len);
	}
}

static void answer_ok(struct peer_connection *connection, struct str head, struct str body)
{
	(void)head, (void)body;
	peer_send(connection, STR("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Name:  a value \r\n\r\nhello"));
}

struct world {
	struct loop *loop;
	struct http *http;
	struct peer peer;
	struct script script;
	struct arena arena;
};

static bool begin(struct world *world, void (*answer)(struct peer_connection *, struct str, struct str))
{
	struct http_settings settings = {.ca_pem = STR_EMPTY, .user_agent = "homu-test"};

	memset(world, 0, sizeof(*world));
	world->script.answer = answer;
	world->loop = loop_create(NULL);
	world->http = http_create(world->loop, &settings, NULL);
	arena_init(&world->arena, 1u << 20);
	return world->http && peer_open(&world->peer, world->loop, received, &world->script);
}

static void finish(struct world *world)
{
	http_free(world->http);
	peer_close(&world->peer);
	loop_free(world->loop);
	arena_release(&world->arena);
}

static struct str url_of(struct world *world, const char *path)
{
	return arena_printf(&world->arena, "http://127.0.0.1:%u%s", world->peer.port, path);
}

static struct http_request request_to(struct world *world, const char *method, const char *path)
{
	return (struct http_request){.method = method, .url = url_of(world, path), .timeout_ms = 20000, .body_bytes_max = 4096};
}

TEST(a_get_brings_status_headers_and_body)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_ok));
	request = request_to(&world, "GET", "/a/b?c=d");
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_INT(response.status, 200);
	CHECK(str_eqc(response.body, "hello"));
	CHECK(str_eqc(http_response_header(&response, "x-name"), "a value"));
	CHECK_EQ_UINT(http_response_header(&response, "X-Other").len, 0);
	CHECK(strstr(world.script.head, "GET /a/b?c=d HTTP/1.1\r\n") == world.script.head);
	CHECK(strstr(world.script.head, "User-Agent: homu-test\r\n") != NULL);
	CHECK(strstr(world.script.head, "Expect") == NULL);
	CHECK(strstr(world.script.head, "Accept") == NULL);
	CHECK(strstr(world.script.head, "Content-Type") == NULL);
	finish(&world);
}

TEST(the_target_of_a_url_is_what_is_asked_for)
{
	static const struct {
		const char *path;
		const char *line;
	} cases[] = {
		{"", "GET / HTTP/1.1\r\n"},
		{"?q", "GET /?q HTTP/1.1\r\n"},
		{"/", "GET / HTTP/1.1\r\n"},
		{"//a//b/", "GET //a//b/ HTTP/1.1\r\n"},
		{"/a.b/c..d/@me?x=/y&z=a+b:c", "GET /a.b/c..d/@me?x=/y&z=a+b:c HTTP/1.1\r\n"},
		{"/a%2Fb?c=%20", "GET /a%2Fb?c=%20 HTTP/1.1\r\n"},
		{"/a/./b/../c", "GET /a/c HTTP/1.1\r\n"},
	};
	struct http_response response;
	struct world world;

	REQUIRE(begin(&world, answer_ok));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_request request = request_to(&world, "GET", cases[i].path);

		CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
		test_check(strstr(world.script.head, cases[i].line) == world.script.head, __FILE__, __LINE__, cases[i].line);
		CHECK(strstr(world.script.head, "Host: 127.0.0.1:") != NULL);
	}
	CHECK_EQ_UINT(world.peer.accepted, 1);
	finish(&world);
}

TEST(as_many_headers_as_are_allowed_go_out_in_order)
{
	struct http_header headers[HTTP_REQUEST_HEADERS_MAX];
	struct http_response response;
	struct http_request request;
	struct world world;
	const char *at;

	REQUIRE(begin(&world, answer_ok));
	request = request_to(&world, "GET", "/");
	request.headers = headers;
	request.header_count = HTTP_REQUEST_HEADERS_MAX;
	for (size_t i = 0; i < HTTP_REQUEST_HEADERS_MAX; i++)
		headers[i] = (struct http_header){arena_printf(&world.arena, "X-%zu", i), arena_printf(&world.arena, "v%zu", i)};
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	at = world.script.head;
	for (size_t i = 0; at && i < HTTP_REQUEST_HEADERS_MAX; i++) {
		char line[64];

		snprintf(line, sizeof(line), "\r\nX-%zu: v%zu\r\n", i, i);
		at = strstr(at, line);
		CHECK(at);
	}
	finish(&world);
}

TEST(methods_bodies_and_headers_go_out_as_given)
{
	static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE"};
	struct http_header headers[] = {{STR("Content-Type"), STR("application/json")}, {STR("X-Empty"), STR_EMPTY}};
	struct http_response response;
	struct world world;
	char line[64];

	REQUIRE(begin(&world, answer_ok));
	for (size_t i = 0; i < 4; i++) {
		struct http_request request = request_to(&world, methods[i], "/x");

		request.headers = headers;
		request.header_count = 2;
		request.body = STR("{\"a\":1}");
		CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
		snprintf(line, sizeof(line), "%s /x HTTP/1.1\r\n", methods[i]);
		CHECK(strstr(world.script.head, line) == world.script.head);
		CHECK(strstr(world.script.head, "Content-Length: 7\r\n") != NULL);
		CHECK(strstr(world.script.head, "Content-Type: application/json\r\n") != NULL);
		CHECK(strstr(world.script.head, "X-Empty:\r\n") != NULL);
		CHECK_EQ_STR(world.script.body, "{\"a\":1}");
	}
	CHECK_EQ_UINT(world.peer.accepted, 1);
	finish(&world);
}

TEST(a_reused_call_keeps_nothing_of_the_last_request)
{
	struct http_header secret = {STR("X-Secret"), STR("s")};
	struct http_response response;
	struct http_request request;
	struct world world;

	REQUIRE(begin(&world, answer_ok));
	request = request_to(&world, "POST", "/1");
	request.headers = &secret;
	request.header_count = 1;
	request.body = STR("body");
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	request = request_to(&world, "DELETE", "/2");
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK(strstr(world.script.head, "DELETE /2 ") == world.script.head);
	CHECK(strstr(world.script.head, "X-Secret") == NULL);
	CHECK(strstr(world.script.head, "Content-Length") == NULL);
	request = request_to(&world, "POST", "/3");
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK(strstr(world.script.head, "Content-Length: 0\r\n") != NULL);
	request = request_to(&world, "GET", "/4");
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK(strstr(world.script.head, "GET /4 ") == world.script.head);
	CHECK_EQ_UINT(world.peer.accepted, 1);
	finish(&world);
}

static void answer_head(struct peer_connection *connection, struct str head, struct str body)
{
	(void)head, (void)body;
	peer_send(connection, STR("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nX-A: b\r\n\r\n"));
}

TEST(a_head_has_headers_and_no_body)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_head));
	request = request_to(&world, "HEAD", "/");
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_INT(response.status, 200);
	CHECK_EQ_UINT(response.body.len, 0);
	CHECK(str_eqc(http_response_header(&response, "content-length"), "1000000"));
	finish(&world);
}

static void answer_oddly(struct peer_connection *connection, struct str head, struct str body)
{
	(void)head, (void)body;
	peer_send(connection, STR("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
				  "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\nX-Real: 2\r\n\r\n"
				  "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 3\r\n\r\n"));
}

TEST(an_answer_cut_at_every_byte_is_the_same_answer)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_oddly));
	for (size_t cut = 0; cut < 3; cut++) {
		world.peer.write_bytes_max = cut;
		request = request_to(&world, "GET", "/");
		CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
		CHECK_EQ_INT(response.status, 404);
		CHECK(str_eqc(response.body, "hello world"));
		CHECK_EQ_UINT(http_response_header(&response, "X-Early").len, 0);
		CHECK(str_eqc(http_response_header(&response, "X-Real"), "2"));
		CHECK_EQ_UINT(http_response_header(&response, "X-Trailer").len, 0);
	}
	finish(&world);
}

TEST(an_answer_may_be_as_long_as_asked_and_no_longer)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_ok));
	request = request_to(&world, "GET", "/");
	request.body_bytes_max = 5;
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	request.body_bytes_max = 4;
	CHECK(!http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_INT(response.err.code, ERR_LIMIT);
	CHECK_EQ_INT(response.status, 0);
	CHECK(response.maybe_sent);
	finish(&world);
}

static void answer_headers_without_end(struct peer_connection *connection, struct str head, struct str body)
{
	(void)head, (void)body;
	peer_send(connection, STR("HTTP/1.1 200 OK\r\n"));
	for (int i = 0; i < 1000; i++)
		peer_send(connection, STR("X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"));
}

TEST(headers_have_a_bound)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_headers_without_end));
	request = request_to(&world, "GET", "/");
	CHECK(!http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_INT(response.err.code, ERR_LIMIT);
	finish(&world);
}

static void answer_redirect(struct peer_connection *connection, struct str head, struct str body)
{
	(void)head, (void)body;
	peer_send(connection, STR("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"));
}

TEST(a_redirect_is_an_answer)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_redirect));
	request = request_to(&world, "GET", "/");
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_INT(response.status, 302);
	CHECK_EQ_UINT(world.script.requests, 1);
	finish(&world);
}

/* The first request of a connection is answered; at the second it hangs up without a byte. */
static void answer_once(struct peer_connection *connection, struct str head, struct str body)
{
	if (connection->answers == 1) {
		answer_ok(connection, head, body);
		return;
	}
	peer_hang_up(connection);
}

TEST(a_post_that_may_have_arrived_is_not_sent_again)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_once));
	request = request_to(&world, "POST", "/");
	request.body = STR("x");
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK(!http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_INT(response.err.code, ERR_NET);
	CHECK(response.maybe_sent);
	CHECK_EQ_UINT(world.script.requests, 2);
	finish(&world);
}

TEST(a_get_on_a_kept_connection_that_died_is_sent_again)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_once));
	request = request_to(&world, "GET", "/");
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_UINT(world.script.requests, 3);
	CHECK_EQ_UINT(world.peer.accepted, 2);
	finish(&world);
}

TEST(a_kept_connection_that_was_closed_before_is_not_used)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_ok));
	request = request_to(&world, "POST", "/");
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	peer_hang_up(&world.peer.connections[0]);
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_UINT(world.script.requests, 2);
	CHECK_EQ_UINT(world.peer.accepted, 2);
	finish(&world);
}

static void answer_nothing(struct peer_connection *connection, struct str head, struct str body)
{
	(void)connection, (void)head, (void)body;
}

TEST(a_request_without_an_answer_times_out_and_may_have_arrived)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_nothing));
	request = request_to(&world, "POST", "/");
	request.timeout_ms = 50;
	CHECK(!http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_INT(response.err.code, ERR_TIMEOUT);
	CHECK(response.maybe_sent);
	finish(&world);
}

TEST(where_nobody_listens_nothing_was_sent)
{
	struct world world;
	struct http_request request;
	struct http_response response;
	struct err err = {0};

	REQUIRE(begin(&world, answer_ok));
	request = request_to(&world, "POST", "/");
	peer_close(&world.peer);
	CHECK(!http_wait(world.http, &request, &world.arena, &response, &err));
	CHECK_EQ_INT(err.code, ERR_NET);
	CHECK(!response.maybe_sent);
	request.url = STR("https://name.invalid/");
	CHECK(!http_wait(world.http, &request, &world.arena, &response, &err));
	CHECK(err.code == ERR_NET || err.code == ERR_TIMEOUT);
	CHECK(!response.maybe_sent);
	finish(&world);
}

static void answer_half(struct peer_connection *connection, struct str head, struct str body)
{
	(void)head, (void)body;
	peer_send(connection, STR("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
	connection->close_when_sent = true;
}

TEST(half_an_answer_is_a_failure)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_half));
	request = request_to(&world, "POST", "/");
	CHECK(!http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_INT(response.err.code, ERR_NET);
	CHECK(response.maybe_sent);
	finish(&world);
}

static void answer_no_http(struct peer_connection *connection, struct str head, struct str body)
{
	(void)head, (void)body;
	peer_send(connection, STR("220 mail.example.com ESMTP ready and waiting\r\n"));
	connection->close_when_sent = true;
}

TEST(what_is_not_http_is_told)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_no_http));
	request = request_to(&world, "GET", "/");
	CHECK(!http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_INT(response.err.code, ERR_PROTO);
	finish(&world);
}

TEST(what_may_not_be_sent_is_refused_before)
{
	struct http_header broken_value = {STR("X-A"), STR("b\r\nX-Evil: c")};
	struct http_header broken_name = {STR("X A"), STR("b")};
	struct http_response response;
	struct http_request request;
	struct world world;
	struct err err = {0};

	REQUIRE(begin(&world, answer_ok));
	request = request_to(&world, "GET", "/");
	request.header_count = 1;
	request.headers = &broken_value;
	CHECK(!http_wait(world.http, &request, &world.arena, &response, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	request.headers = &broken_name;
	CHECK(!http_wait(world.http, &request, &world.arena, &response, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	request = request_to(&world, "GET / HTTP/1.1\r\nX:", "/");
	CHECK(!http_wait(world.http, &request, &world.arena, &response, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	request = request_to(&world, "GET", "/");
	request.url = STR("http://example.com/");
	CHECK(!http_wait(world.http, &request, &world.arena, &response, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	CHECK_EQ_UINT(world.peer.accepted, 0);
	finish(&world);
}

struct tally {
	struct world *world;
	unsigned done;
	unsigned wanted;
	enum err_code last;
	bool free_client;
};

static void count(void *owner, const struct http_response *response)
{
	struct tally *tally = owner;

	tally->done++;
	tally->last = response->err.code;
	if (tally->free_client) {
		http_free(tally->world->http);
		tally->world->http = NULL;
	}
}

TEST(more_requests_than_places_wait_in_order_and_all_end)
{
	struct world world;
	struct tally tally = {.wanted = 60};

	REQUIRE(begin(&world, answer_ok));
	tally.world = &world;
	for (unsigned i = 0; i < tally.wanted; i++) {
		struct http_request request = request_to(&world, "GET", "/");

		REQUIRE(http_start(world.http, &request, count, &tally, NULL));
	}
	CHECK_EQ_UINT(tally.done, 0);
	while (tally.done < tally.wanted)
		REQUIRE(loop_turn(world.loop, -1, NULL));
	CHECK(world.peer.accepted <= HTTP_RUNNING_MAX);
	finish(&world);
}

TEST(a_request_that_waits_too_long_for_a_place_times_out_unsent)
{
	struct world world;
	struct tally tally = {0};
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_nothing));
	for (unsigned i = 0; i < HTTP_RUNNING_MAX; i++) {
		request = request_to(&world, "GET", "/");
		REQUIRE(http_start(world.http, &request, count, &tally, NULL));
	}
	request.timeout_ms = 50;
	CHECK(!http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_INT(response.err.code, ERR_TIMEOUT);
	CHECK(!response.maybe_sent);
	finish(&world);
}

TEST(too_many_waiting_requests_are_refused)
{
	struct world world;
	struct tally tally = {0};
	struct err err = {0};
	unsigned taken = 0;

	REQUIRE(begin(&world, answer_nothing));
	for (;; taken++) {
		struct http_request request = request_to(&world, "GET", "/");

		if (!http_start(world.http, &request, count, &tally, &err))
			break;
		arena_clear(&world.arena);
	}
	CHECK_EQ_UINT(taken, HTTP_RUNNING_MAX + HTTP_WAITING_MAX);
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	finish(&world);
}

/* The first to end cancels all others. */
enum { RACERS = 40 };

struct racer {
	struct http_call *call;
	unsigned *done;
	struct racer *all;
};

static void win(void *owner, const struct http_response *response)
{
	struct racer *winner = owner;

	(void)response;
	++*winner->done;
	for (size_t i = 0; i < RACERS; i++)
		if (&winner->all[i] != winner)
			http_cancel(winner->all[i].call);
}

TEST(a_completion_may_cancel_the_others)
{
	struct world world;
	struct racer racers[RACERS];
	struct http_request request;
	struct http_response response;
	unsigned done = 0;

	REQUIRE(begin(&world, answer_ok));
	request = request_to(&world, "GET", "/");
	for (size_t i = 0; i < RACERS; i++) {
		racers[i] = (struct racer){.done = &done, .all = racers};
		racers[i].call = http_start(world.http, &request, win, &racers[i], NULL);
		REQUIRE(racers[i].call);
	}
	while (done == 0)
		REQUIRE(loop_turn(world.loop, -1, NULL));
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK_EQ_UINT(done, 1);
	finish(&world);
}

TEST(a_completion_may_free_the_client)
{
	struct world world;
	struct tally tally = {.free_client = true};
	struct http_request request;

	REQUIRE(begin(&world, answer_ok));
	tally.world = &world;
	request = request_to(&world, "GET", "/");
	REQUIRE(http_start(world.http, &request, count, &tally, NULL));
	REQUIRE(http_start(world.http, &request, count, &tally, NULL));
	while (tally.done == 0)
		REQUIRE(loop_turn(world.loop, -1, NULL));
	CHECK_EQ_UINT(tally.done, 1);
	finish(&world);
}

TEST(a_cancelled_request_has_no_completion)
{
	struct world world;
	struct tally tally = {0};
	struct http_request request;
	struct http_call *call;

	REQUIRE(begin(&world, answer_nothing));
	request = request_to(&world, "GET", "/");
	call = http_start(world.http, &request, count, &tally, NULL);
	REQUIRE(call);
	while (world.script.requests == 0)
		REQUIRE(loop_turn(world.loop, -1, NULL));
	http_cancel(call);
	for (int i = 0; i < 10; i++)
		CHECK(loop_turn(world.loop, 0, NULL));
	CHECK_EQ_UINT(tally.done, 0);
	finish(&world);
}

TEST(loopback_does_not_go_through_a_proxy)
{
	struct world world;
	struct http_request request;
	struct http_response response;

	REQUIRE(begin(&world, answer_ok));
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	request = request_to(&world, "GET", "/");
	CHECK(http_wait(world.http, &request, &world.arena, &response, NULL));
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	finish(&world);
}

TEST(other_hosts_go_through_the_proxy_of_the_environment)
{
	struct world world;
	struct http_request request;
	struct http_response response;
	char proxy[64];

	REQUIRE(begin(&world, answer_redirect));
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u", world.peer.port);
	setenv("HTTPS_PROXY", proxy, 1);
	request = request_to(&world, "POST", "/");
	request.url = STR("https://name.invalid/path");
	CHECK(!http_wait(world.http, &request, &world.arena, &response, NULL));
	CHECK(strstr(world.script.head, "CONNECT name.invalid:443 HTTP/1.1\r\n") == world.script.head);
	CHECK(!response.maybe_sent);
	unsetenv("HTTPS_PROXY");
	finish(&world);
}
