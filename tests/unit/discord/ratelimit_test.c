#include "discord/ratelimit.h"

#include "test.h"

#define NOW 5000000

static struct ratelimit limits;

static void restart(void)
{
	ratelimit_init(&limits);
}

static struct ratelimit_request request(unsigned route, uint64_t resource, bool is_global)
{
	return (struct ratelimit_request){.route = route, .resource = resource, .is_global = is_global};
}

static struct ratelimit_answer answer(int status, const char *bucket, int64_t limit, int64_t remaining, int64_t reset_ms)
{
	return (struct ratelimit_answer){.status = status, .bucket = str_from(bucket), .limit = limit,
					 .remaining = remaining, .reset_after_ms = reset_ms, .retry_after_ms = -1};
}

static bool may(const struct ratelimit_request *one, int64_t now_ms)
{
	return ratelimit_ready_ms(&limits, one, now_ms) <= now_ms;
}

static void exchange(struct ratelimit_request *one, struct ratelimit_answer told, int64_t now_ms)
{
	ratelimit_sent(&limits, one, now_ms);
	ratelimit_done(&limits, one, &told, now_ms);
}

TEST(an_unknown_bucket_is_asked_one_request_at_a_time)
{
	struct ratelimit_request first = request(1, 7, false), other = request(1, 8, false);

	restart();
	CHECK(may(&first, NOW));
	ratelimit_sent(&limits, &first, NOW);
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &first, NOW), INT64_MAX);
	CHECK(may(&other, NOW));
	ratelimit_done(&limits, &first, NULL, NOW);
	CHECK(may(&first, NOW));
}

TEST(a_route_without_a_bucket_is_free)
{
	struct ratelimit_request one = request(1, 7, false);

	restart();
	exchange(&one, answer(204, NULL, -1, -1, -1), NOW);
	for (unsigned i = 0; i < 100; i++) {
		CHECK(may(&one, NOW));
		ratelimit_sent(&limits, &one, NOW);
	}
}

TEST(a_bucket_that_is_used_up_waits_for_its_reset_to_the_millisecond)
{
	struct ratelimit_request one = request(1, 7, false);

	restart();
	exchange(&one, answer(200, "aa", 1, 0, 351), NOW);
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &one, NOW), NOW + 351);
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &one, NOW + 350), NOW + 351);
	CHECK(may(&one, NOW + 351));
}

TEST(requests_under_way_count_against_what_is_left)
{
	struct ratelimit_request a = request(1, 7, false), b = a, c = a;

	restart();
	exchange(&a, answer(200, "aa", 5, 2, 1000), NOW);
	ratelimit_sent(&limits, &a, NOW);
	CHECK(may(&b, NOW));
	ratelimit_sent(&limits, &b, NOW);
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &c, NOW), NOW + 1000);
	/* Answers in the wrong order do not give back what is gone. */
	ratelimit_done(&limits, &b, &(struct ratelimit_answer){.status = 200, .bucket = STR("aa"), .limit = 5,
		       .remaining = 0, .reset_after_ms = 900}, NOW + 100);
	ratelimit_done(&limits, &a, &(struct ratelimit_answer){.status = 200, .bucket = STR("aa"), .limit = 5,
		       .remaining = 1, .reset_after_ms = 890}, NOW + 110);
	CHECK(!may(&c, NOW + 120));
	CHECK(may(&c, NOW + 1000));
}

TEST(a_new_window_takes_the_limit_that_is_known)
{
	struct ratelimit_request one = request(1, 7, false);

	restart();
	exchange(&one, answer(200, "aa", 2, 0, 100), NOW);
	CHECK(may(&one, NOW + 100));
	ratelimit_sent(&limits, &one, NOW + 100);
	CHECK(may(&one, NOW + 100));
	ratelimit_sent(&limits, &one, NOW + 100);
	CHECK(!may(&one, NOW + 100));
}

TEST(buckets_are_told_apart_by_top_resource_and_shared_by_routes)
{
	struct ratelimit_request get = request(1, 7, false), put = request(2, 7, false), other = request(2, 8, false);

	restart();
	exchange(&put, answer(200, "same", 5, 4, 1000), NOW);
	exchange(&get, answer(200, "same", 5, 0, 1000), NOW);
	CHECK(!may(&put, NOW));
	CHECK(may(&other, NOW));
}

TEST(fifty_in_a_second_and_not_for_interactions)
{
	struct ratelimit_request one = request(1, 7, true), interaction = request(3, 9, false);

	restart();
	exchange(&one, answer(200, NULL, -1, -1, -1), NOW);
	for (unsigned i = 1; i < RATELIMIT_GLOBAL_MAX; i++) {
		CHECK(may(&one, NOW));
		exchange(&one, answer(200, NULL, -1, -1, -1), NOW);
	}
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &one, NOW), NOW + RATELIMIT_GLOBAL_MS + 1);
	CHECK(may(&interaction, NOW));
	CHECK(may(&one, NOW + RATELIMIT_GLOBAL_MS + 1));
}

TEST(a_new_resource_of_a_known_route_begins_with_its_limit)
{
	struct ratelimit_request one = request(1, 7, false), other = request(1, 8, false);

	restart();
	exchange(&one, answer(200, "aa", 2, 1, 1000), NOW);
	ratelimit_sent(&limits, &other, NOW);
	CHECK(may(&other, NOW));
	ratelimit_sent(&limits, &other, NOW);
	CHECK(!may(&other, NOW));
}

/* ---- 429 ---- */

static struct ratelimit_answer read_429(struct ratelimit_headers headers, const char *body)
{
	static struct arena arena;
	struct ratelimit_answer told;
	struct json value = JSON_MISSING_VALUE;

	arena_init(&arena, 65536);
	if (body)
		CHECK(json_parse(&arena, str_from(body), &value, NULL));
	ratelimit_read(429, &headers, value, &told);
	arena_release(&arena);
	return told;
}

TEST(a_429_of_a_bucket_holds_up_that_bucket_alone)
{
	struct ratelimit_request one = request(1, 7, true), other = request(2, 7, true);

	restart();
	exchange(&one, read_429((struct ratelimit_headers){.scope = STR("user")}, "{\"retry_after\":0.3,\"global\":false}"),
		 NOW);
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &one, NOW), NOW + 301);
	CHECK(may(&other, NOW));
}

TEST(a_global_429_holds_up_what_the_global_limit_is_for)
{
	struct ratelimit_request one = request(1, 7, true), other = request(2, 7, true), interaction = request(3, 9, false);

	restart();
	exchange(&one, read_429((struct ratelimit_headers){0}, "{\"retry_after\":2,\"global\":true}"), NOW);
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &other, NOW), NOW + 2001);
	CHECK(may(&interaction, NOW));
	exchange(&interaction, read_429((struct ratelimit_headers){.global = STR("true"), .retry_after = STR("3")}, "{}"), NOW);
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &interaction, NOW), NOW + 3000);
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &other, NOW), NOW + 3000);
}

TEST(a_429_from_before_discord_holds_up_everything)
{
	struct ratelimit_request one = request(1, 7, true), interaction = request(3, 9, false);

	restart();
	exchange(&one, read_429((struct ratelimit_headers){.retry_after = STR("65")}, NULL), NOW);
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &interaction, NOW), NOW + 65000);
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &one, NOW), NOW + 65000);
}

TEST(the_time_of_a_429_is_found_wherever_it_stands)
{
	static const struct {
		struct ratelimit_headers headers;
		const char *body;
		int64_t want_ms;
	} cases[] = {
		{{.retry_after = {"1", 1}}, "{\"retry_after\":0.35}", 351},
		{{.retry_after = {"2", 1}}, "{\"message\":\"x\"}", 2000},
		{{.retry_after = {"2", 1}}, "{\"retry_after\":\"soon\"}", 2000},
		{{.retry_after = {"2", 1}}, "{\"retry_after\":-1}", 2000},
		{{.reset_after = {"0.2505", 6}}, "{}", 251},
		{{.retry_after = {"Wed, 21 Oct 2026", 16}}, "{}", RATELIMIT_DEFAULT_MS},
		{{.retry_after = {"-5", 2}}, "[]", RATELIMIT_DEFAULT_MS},
		{{.bucket = {0}}, NULL, RATELIMIT_DEFAULT_MS},
		{{.bucket = {0}}, "{\"retry_after\":1e300}", RATELIMIT_WAIT_MS_MAX},
		{{.retry_after = {"99999999999", 11}}, NULL, RATELIMIT_WAIT_MS_MAX},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_EQ_INT(read_429(cases[i].headers, cases[i].body).retry_after_ms, cases[i].want_ms);
}

TEST(headers_that_are_no_numbers_tell_nothing)
{
	struct ratelimit_headers headers = {
		.bucket = STR("aa"), .limit = STR("x"), .remaining = STR("-1"), .reset_after = STR("NaN")};
	struct ratelimit_answer told;

	ratelimit_read(200, &headers, JSON_MISSING_VALUE, &told);
	CHECK_EQ_INT(told.limit, -1);
	CHECK_EQ_INT(told.remaining, -1);
	CHECK_EQ_INT(told.reset_after_ms, -1);
}

/* ---- invalid requests ---- */

TEST(five_thousand_invalid_requests_in_ten_minutes_stop_everything)
{
	struct ratelimit_request one = request(1, 7, false);
	int64_t now_ms = NOW;

	restart();
	for (unsigned i = 0; i < RATELIMIT_INVALID_MAX; i++) {
		CHECK(may(&one, now_ms));
		exchange(&one, answer(i % 2 ? 403 : 401, "aa", 100, 99, 1), now_ms);
		now_ms += 20;
	}
	CHECK(ratelimit_is_stopped(&limits, now_ms));
	CHECK(!may(&one, now_ms));
	CHECK(ratelimit_ready_ms(&limits, &one, now_ms) <= NOW + RATELIMIT_INVALID_MS + 20000);
	now_ms = ratelimit_ready_ms(&limits, &one, now_ms);
	CHECK(now_ms >= NOW + RATELIMIT_INVALID_MS);
	CHECK(may(&one, now_ms));
}

TEST(requests_under_way_count_as_refused_near_that_bound)
{
	struct ratelimit_request one = request(1, 7, false), other = request(1, 8, false);

	restart();
	for (unsigned i = 0; i < RATELIMIT_INVALID_MAX - 1; i++)
		exchange(&one, answer(403, "aa", 100, 99, 1), NOW);
	CHECK(may(&other, NOW));
	ratelimit_sent(&limits, &one, NOW);
	CHECK_EQ_INT(ratelimit_ready_ms(&limits, &other, NOW), INT64_MAX);
	ratelimit_done(&limits, &one, &(struct ratelimit_answer){.status = 204, .limit = -1, .remaining = -1,
		       .reset_after_ms = -1}, NOW);
	CHECK(may(&other, NOW));
}

TEST(a_shared_429_is_not_counted_and_the_others_are)
{
	struct ratelimit_request one = request(1, 7, false);

	restart();
	exchange(&one, read_429((struct ratelimit_headers){.scope = STR("shared")}, "{\"retry_after\":0.1}"), NOW);
	CHECK_EQ_UINT(limits.invalid_sum, 0);
	exchange(&one, read_429((struct ratelimit_headers){.scope = STR("user")}, "{\"retry_after\":0.1}"), NOW);
	exchange(&one, read_429((struct ratelimit_headers){0}, NULL), NOW);
	exchange(&one, answer(404, NULL, -1, -1, -1), NOW);
	exchange(&one, answer(500, NULL, -1, -1, -1), NOW);
	CHECK_EQ_UINT(limits.invalid_sum, 2);
}

TEST(ten_thousand_resources_do_not_need_more_room)
{
	restart();
	for (uint64_t i = 0; i < 10000; i++) {
		struct ratelimit_request one = request(1, i, false);

		CHECK(may(&one, NOW));
		exchange(&one, answer(200, "aa", 5, 4, 1000), NOW);
	}
}
