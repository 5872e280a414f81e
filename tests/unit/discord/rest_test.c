#include "discord/rest.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "test.h"

enum { PEERS_MAX = 16, ASKED_MAX = 16 };

/* One answer of a script; without a status the connection is dropped instead. */
struct reply {
	const char *status, *headers, *body;
};

/* A server on the same loop that answers each request with the next reply of a script. */
struct peer {
	struct loop_fd fd;
	struct rig *rig;
	char text[16384];
	size_t len;
};

struct rig {
	struct loop *loop;
	struct http *http;
	struct rest *rest;
	struct rng rng;
	struct metrics metrics;
	struct secret token;
	char base[64];

	struct loop_fd listener;
	struct peer peers[PEERS_MAX];
	size_t peer_count;
	const struct reply *script;
	size_t step;
	char asked[ASKED_MAX][4096];
	size_t asked_count;

	unsigned completions;
	int status;
	struct err err;
	char body[256];
	int refused;
};

/* The whole of one request, or 0 as long as it has not come. */
static size_t request_bytes(const struct peer *peer)
{
	struct str text = str_make(peer->text, peer->len);
	ssize_t head = str_find(text, STR("\r\n\r\n"));
	ssize_t length = str_find(text, STR("Content-Length: "));
	struct str digits, rest;
	uint64_t body = 0;

	if (head < 0)
		return 0;
	if (length >= 0 && length < head) {
		str_cut(str_skip(text, (size_t)length + strlen("Content-Length: ")), '\r', &digits, &rest);
		CHECK(str_to_u64(digits, 0, sizeof(peer->text), &body));
	}
	return peer->len >= (size_t)head + 4 + body ? (size_t)(head + 4) + body : 0;
}

static void hang_up(struct peer *peer)
{
	loop_remove_fd(peer->rig->loop, &peer->fd);
	close(peer->fd.fd);
	peer->fd.fd = -1;
}

static void peer_ready(void *owner, short revents)
{
	struct peer *peer = owner;
	struct rig *rig = peer->rig;
	ssize_t got = read(peer->fd.fd, peer->text + peer->len, sizeof(peer->text) - 1 - peer->len);
	const struct reply *reply;
	size_t whole;

	(void)revents;
	if (got <= 0) {
		hang_up(peer);
		return;
	}
	peer->len += (size_t)got;
	whole = request_bytes(peer);
	if (!whole)
		return;
	peer->text[whole] = '\0';
	snprintf(rig->asked[rig->asked_count++ % ASKED_MAX], sizeof(rig->asked[0]), "%.4000s", peer->text);
	peer->len = 0;
	reply = &rig->script[rig->step++];
	if (!reply->status) {
		hang_up(peer);
		return;
	}
	CHECK(dprintf(peer->fd.fd, "HTTP/1.1 %s X\r\n%sContent-Length: %zu\r\n\r\n%s", reply->status, reply->headers,
		      strlen(reply->body), reply->body) > 0);
}

static void listener_ready(void *owner, short revents)
{
	struct rig *rig = owner;
	struct peer *peer;
	int fd = accept(rig->listener.fd, NULL, NULL);

	(void)revents;
	if (fd < 0)
		return;
	if (!CHECK(rig->peer_count < PEERS_MAX)) {
		close(fd);
		return;
	}
	peer = &rig->peers[rig->peer_count++];
	*peer = (struct peer){.fd = {.fd = fd, .events = POLLIN, .ready = peer_ready, .owner = peer}, .rig = rig};
	loop_add_fd(rig->loop, &peer->fd);
}

static void refused(void *owner, int status)
{
	struct rig *rig = owner;

	rig->refused = status;
}

static bool rig_init(struct rig *rig, const struct reply *script)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct http_settings http_settings = {.ca_pem = STR_EMPTY, .user_agent = "DiscordBot (https://example.org, 1)"};
	struct rest_settings settings = {.token = &rig->token, .refused = refused, .owner = rig};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(rig, 0, sizeof(*rig));
	rng_init_seed(&rig->rng, "rest", 4);
	secret_set(&rig->token, STR("MTEx.abc.def"));
	if (!CHECK(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, 16) == 0 &&
		   getsockname(fd, (struct sockaddr *)&address, &len) == 0))
		return false;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	snprintf(rig->base, sizeof(rig->base), "http://127.0.0.1:%u/api/v10", ntohs(address.sin_port));
	settings.base = str_from(rig->base);
	rig->script = script;
	rig->loop = loop_create(NULL);
	rig->listener = (struct loop_fd){.fd = fd, .events = POLLIN, .ready = listener_ready, .owner = rig};
	loop_add_fd(rig->loop, &rig->listener);
	rig->http = http_create(rig->loop, &http_settings, NULL);
	rig->rest = rest_create(rig->loop, rig->http, &rig->rng, &rig->metrics, &settings, NULL);
	return CHECK(rig->rest != NULL);
}

static void rig_release(struct rig *rig)
{
	rest_free(rig->rest);
	http_free(rig->http);
	for (size_t i = 0; i < rig->peer_count; i++)
		if (rig->peers[i].fd.fd >= 0)
			hang_up(&rig->peers[i]);
	loop_remove_fd(rig->loop, &rig->listener);
	close(rig->listener.fd);
	loop_free(rig->loop);
	secret_release(&rig->token);
}

static void answered(void *owner, const struct rest_response *response)
{
	struct rig *rig = owner;

	rig->completions++;
	rig->status = response->status;
	rig->err = response->err;
	snprintf(rig->body, sizeof(rig->body), "%.*s", STR_ARG(str_take(response->body, 200)));
}

static bool post(struct rig *rig, enum rest_route route, const char *token, int64_t within_ms, struct err *err)
{
	struct rest_request request = {
		.route = route,
		.ids = {11, 22},
		.token = str_from(token),
		.body = STR("{\"x\":1}"),
		.deadline_ms = within_ms ? loop_now_ms(rig->loop) + within_ms : 0,
		.done = answered,
		.owner = rig,
	};

	return rest_send(rig->rest, &request, err);
}

static void turn_until(struct rig *rig, unsigned completions)
{
	for (unsigned i = 0; i < 10000 && rig->completions < completions; i++)
		if (!CHECK(loop_turn(rig->loop, 1000, NULL)))
			return;
	CHECK_EQ_UINT(rig->completions, completions);
}

static void post_and_wait(struct rig *rig, enum rest_route route, const char *token)
{
	unsigned before = rig->completions;

	if (CHECK(post(rig, route, token, 0, NULL)))
		turn_until(rig, before + 1);
}

static bool asked(const struct rig *rig, size_t index, const char *part)
{
	return strstr(rig->asked[index], part) != NULL;
}

#define DROP {NULL, NULL, NULL}
#define OK {"200", "", "{}"}
#define BAD {"503", "", ""}
#define ACKNOWLEDGED {"400", "", "{\"message\":\"already\",\"code\":40060}"}
#define UNKNOWN_WEBHOOK {"404", "", "{\"code\":10015}"}
#define UNKNOWN_MESSAGE {"404", "", "{\"code\":10008}"}
#define SOON {"429", "X-RateLimit-Scope: user\r\n", "{\"retry_after\":0.02}"}
#define LATER {"429", "X-RateLimit-Scope: user\r\n", "{\"retry_after\":9000}"}

TEST(the_bots_token_goes_to_its_own_routes_alone)
{
	static const struct reply script[] = {OK, OK, OK, OK};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	post_and_wait(&rig, REST_GUILD_COMMANDS_PUT, NULL);
	CHECK_EQ_INT(rig.status, 200);
	CHECK_EQ_STR(rig.body, "{}");
	CHECK(asked(&rig, 0, "PUT /api/v10/applications/11/guilds/22/commands HTTP/1.1\r\n"));
	CHECK(asked(&rig, 0, "Authorization: Bot MTEx.abc.def\r\n"));
	CHECK(asked(&rig, 0, "Content-Type: application/json\r\n"));
	CHECK(asked(&rig, 0, "User-Agent: DiscordBot (https://example.org, 1)\r\n"));
	CHECK(asked(&rig, 0, "\r\n\r\n{\"x\":1}"));
	post_and_wait(&rig, REST_CALLBACK, "tok/en");
	CHECK_EQ_INT(rig.err.code, ERR_NONE);
	CHECK(asked(&rig, 1, "POST /api/v10/interactions/11/tok%2Fen/callback HTTP/1.1\r\n"));
	CHECK(!asked(&rig, 1, "Authorization"));
	post_and_wait(&rig, REST_EDIT_ORIGINAL, "token");
	CHECK(asked(&rig, 2, "PATCH /api/v10/webhooks/11/token/messages/@original HTTP/1.1\r\n"));
	post_and_wait(&rig, REST_FOLLOW_UP, "token");
	CHECK(asked(&rig, 3, "POST /api/v10/webhooks/11/token HTTP/1.1\r\n"));
	rig_release(&rig);
}

TEST(a_callback_whose_answer_was_lost_is_repeated_and_was_taken)
{
	static const struct reply script[] = {DROP, ACKNOWLEDGED};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	post_and_wait(&rig, REST_CALLBACK, "token");
	CHECK_EQ_UINT(rig.asked_count, 2);
	CHECK_EQ_INT(rig.err.code, ERR_NONE);
	rig_release(&rig);
}

TEST(a_callback_that_another_gave_first_is_a_duplicate)
{
	static const struct reply script[] = {ACKNOWLEDGED};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	post_and_wait(&rig, REST_CALLBACK, "token");
	CHECK_EQ_UINT(rig.asked_count, 1);
	CHECK_EQ_INT(rig.err.code, ERR_DUPLICATE);
	rig_release(&rig);
}

TEST(a_follow_up_that_may_have_arrived_is_not_repeated)
{
	static const struct reply lost[] = {DROP}, broken[] = {{"502", "", ""}}, later[] = {SOON, OK};
	struct rig rig;

	REQUIRE(rig_init(&rig, lost));
	post_and_wait(&rig, REST_FOLLOW_UP, "token");
	CHECK_EQ_UINT(rig.asked_count, 1);
	CHECK_EQ_INT(rig.err.code, ERR_NET);
	rig_release(&rig);
	REQUIRE(rig_init(&rig, broken));
	post_and_wait(&rig, REST_FOLLOW_UP, "token");
	CHECK_EQ_UINT(rig.asked_count, 1);
	CHECK_EQ_INT(rig.status, 502);
	rig_release(&rig);
	/* A 429 did nothing. */
	REQUIRE(rig_init(&rig, later));
	post_and_wait(&rig, REST_FOLLOW_UP, "token");
	CHECK_EQ_UINT(rig.asked_count, 2);
	CHECK_EQ_INT(rig.err.code, ERR_NONE);
	rig_release(&rig);
}

TEST(what_is_safe_is_tried_again_a_bounded_number_of_times)
{
	static const struct reply good[] = {BAD, DROP, OK}, bad[] = {BAD, BAD, BAD, BAD, BAD, BAD};
	struct rig rig;

	REQUIRE(rig_init(&rig, good));
	post_and_wait(&rig, REST_EDIT_ORIGINAL, "token");
	CHECK_EQ_INT(rig.err.code, ERR_NONE);
	CHECK_EQ_UINT(rig.asked_count, 3);
	rig_release(&rig);
	REQUIRE(rig_init(&rig, bad));
	post_and_wait(&rig, REST_COMMANDS_PUT, NULL);
	CHECK_EQ_INT(rig.err.code, ERR_NET);
	CHECK_EQ_UINT(rig.asked_count, REST_ATTEMPTS_MAX);
	CHECK_EQ_UINT(rig.metrics.value[METRIC_REST_REQUESTS], REST_ATTEMPTS_MAX);
	CHECK_EQ_UINT(rig.metrics.value[METRIC_REST_ERRORS], 1);
	rig_release(&rig);
}

TEST(the_gateways_url_is_asked_once_since_its_caller_backs_off)
{
	static const struct reply script[] = {BAD};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	post_and_wait(&rig, REST_GATEWAY_BOT, NULL);
	CHECK_EQ_UINT(rig.asked_count, 1);
	CHECK_EQ_INT(rig.status, 503);
	rig_release(&rig);
}

TEST(unauthorized_stops_everything)
{
	static const struct reply script[] = {{"401", "", ""}};
	struct rig rig;
	struct err err = {0};

	REQUIRE(rig_init(&rig, script));
	CHECK(post(&rig, REST_COMMANDS_GET, NULL, 0, NULL));
	CHECK(post(&rig, REST_COMMANDS_GET, NULL, 0, NULL)); /* waits for what the first one tells of its bucket */
	turn_until(&rig, 2);
	CHECK_EQ_UINT(rig.asked_count, 1);
	CHECK_EQ_INT(rig.refused, 401);
	CHECK_EQ_INT(rig.err.code, ERR_REFUSED);
	CHECK(!post(&rig, REST_CALLBACK, "token", 0, &err));
	CHECK_EQ_INT(err.code, ERR_REFUSED);
	CHECK(strstr(err.text, "abc") == NULL);
	rig_release(&rig);
}

TEST(unauthorized_on_an_interactions_token_is_about_that_token)
{
	static const struct reply script[] = {{"401", "", "{\"code\":50027}"}, OK};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	post_and_wait(&rig, REST_EDIT_ORIGINAL, "old");
	CHECK_EQ_INT(rig.refused, 0);
	post_and_wait(&rig, REST_EDIT_ORIGINAL, "old");
	CHECK_EQ_INT(rig.err.code, ERR_NOT_FOUND);
	CHECK_EQ_UINT(rig.asked_count, 1);
	post_and_wait(&rig, REST_CALLBACK, "new");
	CHECK_EQ_INT(rig.err.code, ERR_NONE);
	rig_release(&rig);
}

TEST(a_webhook_that_answered_404_is_never_used_again)
{
	static const struct reply script[] = {UNKNOWN_WEBHOOK, UNKNOWN_MESSAGE, OK};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	post_and_wait(&rig, REST_EDIT_ORIGINAL, "gone");
	CHECK_EQ_INT(rig.err.code, ERR_NOT_FOUND);
	post_and_wait(&rig, REST_FOLLOW_UP, "gone");
	CHECK_EQ_INT(rig.err.code, ERR_NOT_FOUND);
	CHECK_EQ_UINT(rig.asked_count, 1);
	/* That a message is gone says nothing of the webhook. */
	post_and_wait(&rig, REST_EDIT_ORIGINAL, "alive");
	CHECK_EQ_INT(rig.err.code, ERR_NOT_FOUND);
	post_and_wait(&rig, REST_FOLLOW_UP, "alive");
	CHECK_EQ_INT(rig.err.code, ERR_NONE);
	CHECK_EQ_UINT(rig.asked_count, 3);
	rig_release(&rig);
}

TEST(a_rate_limit_is_obeyed_and_one_past_the_deadline_fails_at_once)
{
	static const struct reply soon[] = {SOON, OK}, later[] = {LATER};
	struct rig rig;

	REQUIRE(rig_init(&rig, soon));
	post_and_wait(&rig, REST_CALLBACK, "token");
	CHECK_EQ_INT(rig.err.code, ERR_NONE);
	CHECK_EQ_UINT(rig.metrics.value[METRIC_REST_RATE_LIMITED], 1);
	rig_release(&rig);
	REQUIRE(rig_init(&rig, later));
	post_and_wait(&rig, REST_CALLBACK, "token");
	CHECK_EQ_INT(rig.err.code, ERR_THROTTLED);
	CHECK_EQ_UINT(rig.asked_count, 1);
	rig_release(&rig);
}

TEST(an_emptied_bucket_holds_the_next_request_back)
{
	static const struct reply script[] = {
		{"200",
		 "X-RateLimit-Bucket: b\r\nX-RateLimit-Limit: 1\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset-After: 9000.5\r\n",
		 "{}"},
		OK};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	post_and_wait(&rig, REST_EDIT_ORIGINAL, "token");
	CHECK_EQ_INT(rig.err.code, ERR_NONE);
	post_and_wait(&rig, REST_EDIT_ORIGINAL, "token");
	CHECK_EQ_INT(rig.err.code, ERR_THROTTLED);
	post_and_wait(&rig, REST_EDIT_ORIGINAL, "other");
	CHECK_EQ_INT(rig.err.code, ERR_NONE);
	CHECK_EQ_UINT(rig.asked_count, 2);
	rig_release(&rig);
}

TEST(no_attempt_begins_after_the_deadline)
{
	static const struct reply script[] = {OK};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	CHECK(post(&rig, REST_CALLBACK, "token", -1, NULL));
	CHECK_EQ_UINT(rig.completions, 0);
	turn_until(&rig, 1);
	CHECK_EQ_INT(rig.err.code, ERR_TIMEOUT);
	CHECK_EQ_UINT(rig.asked_count, 0);
	rig_release(&rig);
}

TEST(a_cancelled_request_has_no_completion)
{
	static const struct reply script[] = {OK, OK};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	CHECK(post(&rig, REST_APPLICATION, NULL, 0, NULL));
	CHECK(post(&rig, REST_APPLICATION, NULL, 0, NULL));
	rest_cancel(rig.rest, &rig);
	for (unsigned i = 0; i < 5; i++)
		CHECK(loop_turn(rig.loop, 10, NULL));
	CHECK_EQ_UINT(rig.completions, 0);
	post_and_wait(&rig, REST_APPLICATION, NULL);
	CHECK_EQ_INT(rig.err.code, ERR_NONE);
	rig_release(&rig);
}

TEST(a_token_that_would_be_another_path_is_refused)
{
	static const struct reply script[] = {DROP};
	struct rig rig;
	struct err err = {0};

	REQUIRE(rig_init(&rig, script));
	CHECK(!post(&rig, REST_CALLBACK, "..", 0, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	CHECK(!post(&rig, REST_CALLBACK, "", 0, &err));
	rig_release(&rig);
}

TEST(the_queue_has_an_end)
{
	static const struct reply script[] = {DROP};
	struct rig rig;
	struct err err = {0};
	unsigned taken = 0;

	REQUIRE(rig_init(&rig, script));
	while (taken < 2 * REST_CALLS_MAX && post(&rig, REST_APPLICATION, NULL, 0, &err))
		taken++;
	CHECK_EQ_UINT(taken, REST_CALLS_MAX);
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	rig_release(&rig);
}

TEST(discords_words_are_in_the_error_and_its_clock_is_read)
{
	static const struct reply script[] = {
		{"400", "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n",
		 "{\"message\":\"Invalid Form Body\",\"code\":50035,\"errors\":{\"a\":\"b\"}}"},
		{"200", "Date: nonsense\r\n", "{}"}};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	CHECK_EQ_INT(rest_clock_offset_ms(rig.rest), 0);
	post_and_wait(&rig, REST_COMMANDS_PUT, NULL);
	CHECK_EQ_INT(rig.err.code, ERR_INPUT);
	CHECK(strstr(rig.err.text, "Invalid Form Body {\"a\":\"b\"}") != NULL);
	/* Half a century off is not believed. */
	CHECK_EQ_INT(rest_clock_offset_ms(rig.rest), 0);
	post_and_wait(&rig, REST_COMMANDS_GET, NULL);
	CHECK_EQ_INT(rest_clock_offset_ms(rig.rest), 0);
	rig_release(&rig);
}

TEST(words_of_discord_that_repeat_a_secret_are_not_quoted)
{
	static const struct reply script[] = {
		{"400", "", "{\"message\":\"bad token Bot MTEx.abc.def\",\"code\":1}"},
		{"400", "", "{\"message\":\"/interactions/11/aW50ZXJhY3Rpb24/callback\",\"code\":1}"}};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	post_and_wait(&rig, REST_COMMANDS_PUT, NULL);
	CHECK_EQ_INT(rig.err.code, ERR_INPUT);
	CHECK(strstr(rig.err.text, "abc") == NULL);
	post_and_wait(&rig, REST_CALLBACK, "aW50ZXJhY3Rpb24");
	CHECK_EQ_INT(rig.err.code, ERR_INPUT);
	CHECK(strstr(rig.err.text, "aW50") == NULL);
	rig_release(&rig);
}

TEST(an_hour_between_the_clocks_is_seen)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct clock_date date = clock_civil(clock_unix_ms() + 3600000);
	char header[256];
	const struct reply script[] = {{"200", header, "{}"}};
	struct rig rig;

	snprintf(header, sizeof(header), "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n",
		 days[date.weekday], date.day, months[date.month - 1], date.year, date.hour, date.minute, date.second);
	REQUIRE(rig_init(&rig, script));
	post_and_wait(&rig, REST_APPLICATION, NULL);
	CHECK(rest_clock_offset_ms(rig.rest) > 3600000 - 60000);
	CHECK(rest_clock_offset_ms(rig.rest) <= 3600000);
	rig_release(&rig);
}

TEST(a_command_waits_for_its_answer)
{
	static const struct reply script[] = {{"200", "", "{\"id\":\"9\"}"}, {"403", "", ""}};
	struct rest_request request = {.route = REST_APPLICATION};
	struct rest_response response;
	struct arena arena;
	struct err err = {0};
	struct rig rig;

	REQUIRE(rig_init(&rig, script));
	arena_init(&arena, 65536);
	CHECK(rest_wait(rig.rest, &request, &arena, &response, &err));
	CHECK(str_eqc(response.body, "{\"id\":\"9\"}"));
	CHECK(!rest_wait(rig.rest, &request, &arena, &response, &err));
	CHECK_EQ_INT(err.code, ERR_REFUSED);
	CHECK_EQ_INT(response.status, 403);
	arena_release(&arena);
	rig_release(&rig);
}

TEST(a_base_of_the_wrong_form_is_refused)
{
	static const char *const bases[] = {"", "discord.com", "http://example.com/api", "wss://discord.com", "ftp://discord.com",
					    "https://discord.com/api?v=10"};
	struct loop *loop = loop_create(NULL);
	struct secret token = {0};

	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		struct rest_settings settings = {.base = str_from(bases[i]), .token = &token};
		struct err err = {0};

		CHECK(!rest_create(loop, NULL, NULL, NULL, &settings, &err));
		CHECK(strstr(err.text, "DISCORD_API_BASE") != NULL);
	}
	loop_free(loop);
}
