#include "discord/session.h"

#include <stdio.h>

#include "test.h"

/* A session with what it borrows, its clock, and what came out after the last input. */
struct rig {
	struct secret token;
	struct rng rng;
	struct arena arena;
	struct session session;
	int64_t now_ms;
	struct session_action actions[8];
	char texts[8][GATEWAY_SEND_BYTES_MAX + 1];
	size_t count;
};

static void rig_init(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	secret_set(&rig->token, STR("MTEx.abc.def"));
	rng_init_seed(&rig->rng, "session", 7);
	arena_init(&rig->arena, 1u << 20);
	session_init(&rig->session, 2, 4, &rig->token, &rig->rng);
	rig->now_ms = 1000000;
}

static void rig_release(struct rig *rig)
{
	session_release(&rig->session);
	arena_release(&rig->arena);
	secret_release(&rig->token);
}

static void drain(struct rig *rig)
{
	struct session_action action;

	rig->count = 0;
	while (session_next(&rig->session, &action)) {
		struct str text = str_take(action.text, GATEWAY_SEND_BYTES_MAX);

		memcpy(rig->texts[rig->count], text.len ? text.ptr : "", text.len);
		rig->texts[rig->count][text.len] = '\0';
		rig->actions[rig->count++] = action;
	}
	arena_clear(&rig->arena);
}

static void receive(struct rig *rig, const char *text)
{
	session_received(&rig->session, &rig->arena, str_from(text), false, rig->now_ms);
	drain(rig);
}

static void receive_binary(struct rig *rig, struct str data)
{
	session_received(&rig->session, &rig->arena, data, true, rig->now_ms);
	drain(rig);
}

static void tick_at(struct rig *rig, int64_t now_ms)
{
	rig->now_ms = now_ms;
	session_tick(&rig->session, now_ms);
	drain(rig);
}

static void lose(struct rig *rig, int code)
{
	struct err err = {0};

	err_set(&err, ERR_NET, "the wire is cut");
	session_closed(&rig->session, code, &err, rig->now_ms);
	drain(rig);
}

static void open_connection(struct rig *rig)
{
	CHECK(session_connect(&rig->session, STR("wss://gateway.example"), NULL));
	session_opened(&rig->session, rig->now_ms);
	drain(rig);
}

#define HELLO "{\"op\":10,\"d\":{\"heartbeat_interval\":41250}}"
#define READY "{\"op\":0,\"t\":\"READY\",\"s\":1,\"d\":{\"session_id\":\"abc\",\"resume_gateway_url\":" \
	      "\"wss://resume.example\",\"application\":{\"id\":\"77\"},\"user\":{\"id\":\"77\"}}}"
#define ACK "{\"op\":11,\"d\":null}"

static void become_ready(struct rig *rig)
{
	open_connection(rig);
	receive(rig, HELLO);
	receive(rig, READY);
	CHECK_EQ_INT(rig->session.step, SESSION_ONLINE);
}

static bool sent(const struct rig *rig, enum gateway_op op)
{
	return rig->count == 1 && rig->actions[0].kind == SESSION_SEND && rig->actions[0].op == op;
}

static bool ended(const struct rig *rig)
{
	return rig->count == 1 && rig->actions[0].kind == SESSION_ENDED && rig->session.step == SESSION_OFFLINE;
}

TEST(hello_is_answered_by_identify_without_intents)
{
	struct rig rig;

	rig_init(&rig);
	open_connection(&rig);
	CHECK_EQ_UINT(rig.count, 0);
	CHECK_EQ_STR(rig.session.url, "wss://gateway.example/?v=10&encoding=json&compress=zlib-stream");
	receive(&rig, HELLO);
	CHECK(sent(&rig, GATEWAY_IDENTIFY));
	CHECK_EQ_STR(rig.texts[0], "{\"op\":2,\"d\":{\"token\":\"MTEx.abc.def\",\"intents\":0,\"properties\":{\"os\":\"linux\","
				   "\"browser\":\"homuhomu\",\"device\":\"homuhomu\"},\"shard\":[2,4]}}");
	rig_release(&rig);
}

TEST(a_payload_with_the_token_is_wiped_after_use)
{
	static const char zeros[GATEWAY_SEND_BYTES_MAX];
	struct rig rig;

	rig_init(&rig);
	open_connection(&rig);
	receive(&rig, HELLO);
	CHECK_EQ_BYTES(rig.session.payload, sizeof(zeros), zeros, sizeof(zeros));
	rig_release(&rig);
}

TEST(ready_tells_once_and_keeps_what_resume_needs)
{
	struct rig rig;

	rig_init(&rig);
	CHECK(!session_will_resume(&rig.session));
	open_connection(&rig);
	receive(&rig, HELLO);
	receive(&rig, READY);
	REQUIRE(rig.count == 1);
	CHECK_EQ_INT(rig.actions[0].kind, SESSION_READY);
	CHECK_EQ_UINT(rig.session.application_id, 77);
	CHECK(session_will_resume(&rig.session));
	CHECK(!session_needs_base_url(&rig.session));
	rig_release(&rig);
}

TEST(first_heartbeat_comes_at_a_random_part_of_the_interval)
{
	int64_t least = INT64_MAX, most = 0;

	for (unsigned i = 0; i < 300; i++) {
		struct rig rig;
		int64_t wait_ms;

		rig_init(&rig);
		rng_init_seed(&rig.rng, &i, sizeof(i));
		become_ready(&rig);
		wait_ms = session_deadline_ms(&rig.session) - rig.now_ms;
		CHECK(wait_ms >= 0 && wait_ms < 41250);
		least = wait_ms < least ? wait_ms : least;
		most = wait_ms > most ? wait_ms : most;
		rig_release(&rig);
	}
	CHECK(least < 2000);
	CHECK(most > 39250);
}

TEST(heartbeats_follow_the_interval_to_the_millisecond)
{
	struct rig rig;
	int64_t due_ms;

	rig_init(&rig);
	become_ready(&rig);
	due_ms = session_deadline_ms(&rig.session);
	tick_at(&rig, due_ms - 1);
	CHECK_EQ_UINT(rig.count, 0);
	for (unsigned i = 0; i < 20; i++) {
		tick_at(&rig, due_ms);
		CHECK(sent(&rig, GATEWAY_HEARTBEAT));
		CHECK_EQ_STR(rig.texts[0], "{\"op\":1,\"d\":1}");
		receive(&rig, ACK);
		CHECK_EQ_INT(session_deadline_ms(&rig.session), due_ms + 41250);
		due_ms += 41250;
	}
	rig_release(&rig);
}

TEST(heartbeat_carries_null_before_the_first_sequence)
{
	struct rig rig;

	rig_init(&rig);
	open_connection(&rig);
	receive(&rig, "{\"op\":1,\"d\":null}");
	CHECK(sent(&rig, GATEWAY_HEARTBEAT));
	CHECK_EQ_STR(rig.texts[0], "{\"op\":1,\"d\":null}");
	rig_release(&rig);
}

TEST(heartbeat_on_demand_leaves_the_timer_alone)
{
	struct rig rig;
	int64_t due_ms;

	rig_init(&rig);
	become_ready(&rig);
	due_ms = session_deadline_ms(&rig.session);
	rig.now_ms = due_ms - 1;
	receive(&rig, "{\"op\":1,\"d\":null}");
	CHECK(sent(&rig, GATEWAY_HEARTBEAT));
	CHECK_EQ_INT(session_deadline_ms(&rig.session), due_ms);
	/* The answer to it is still on its way: no zombie. */
	tick_at(&rig, due_ms);
	CHECK(sent(&rig, GATEWAY_HEARTBEAT));
	rig_release(&rig);
}

TEST(no_acknowledgement_between_two_beats_is_a_zombie)
{
	struct rig rig;
	int64_t due_ms;

	rig_init(&rig);
	become_ready(&rig);
	due_ms = session_deadline_ms(&rig.session);
	tick_at(&rig, due_ms);
	CHECK(sent(&rig, GATEWAY_HEARTBEAT));
	tick_at(&rig, due_ms + 41249);
	CHECK_EQ_UINT(rig.count, 0);
	tick_at(&rig, due_ms + 41250);
	CHECK(ended(&rig));
	CHECK_EQ_INT(rig.actions[0].close_code, 4000);
	CHECK(session_will_resume(&rig.session));
	CHECK_EQ_INT(session_deadline_ms(&rig.session), INT64_MAX);
	rig_release(&rig);
}

TEST(round_trip_of_a_heartbeat_is_measured)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	CHECK_EQ_INT(rig.session.latency_ms, -1);
	tick_at(&rig, session_deadline_ms(&rig.session));
	rig.now_ms += 37;
	receive(&rig, ACK);
	CHECK_EQ_INT(rig.session.latency_ms, 37);
	rig_release(&rig);
}

TEST(resume_goes_to_the_resume_url_with_the_last_sequence)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	receive(&rig, "{\"op\":0,\"t\":\"MESSAGE_CREATE\",\"s\":42,\"d\":{}}");
	receive(&rig, "{\"op\":7,\"d\":null}");
	CHECK(ended(&rig));
	CHECK_EQ_INT(rig.actions[0].close_code, 4000);
	CHECK_EQ_INT(rig.actions[0].wait_ms, 0);
	CHECK(rig.actions[0].was_ready);
	open_connection(&rig);
	CHECK_EQ_STR(rig.session.url, "wss://resume.example/?v=10&encoding=json&compress=zlib-stream");
	receive(&rig, HELLO);
	CHECK(sent(&rig, GATEWAY_RESUME));
	CHECK_EQ_STR(rig.texts[0], "{\"op\":6,\"d\":{\"token\":\"MTEx.abc.def\",\"session_id\":\"abc\",\"seq\":42}}");
	rig_release(&rig);
}

TEST(replayed_events_come_before_resumed)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	lose(&rig, 0);
	open_connection(&rig);
	receive(&rig, HELLO);
	receive(&rig, "{\"op\":0,\"t\":\"INTERACTION_CREATE\",\"s\":2,\"d\":{\"id\":\"5\"}}");
	REQUIRE(rig.count == 1);
	CHECK_EQ_INT(rig.actions[0].kind, SESSION_DISPATCH);
	CHECK_EQ_STR(rig.texts[0], "INTERACTION_CREATE");
	CHECK_EQ_INT(rig.session.step, SESSION_STARTING);
	receive(&rig, "{\"op\":0,\"t\":\"RESUMED\",\"s\":3,\"d\":{}}");
	REQUIRE(rig.count == 1);
	CHECK_EQ_INT(rig.actions[0].kind, SESSION_RESUMED);
	CHECK_EQ_INT(rig.session.step, SESSION_ONLINE);
	CHECK_EQ_INT(rig.session.seq, 3);
	rig_release(&rig);
}

TEST(every_close_code_resumes_identifies_or_ends_as_discord_says)
{
	static const int never_again[] = {4004, 4010, 4011, 4012, 4013, 4014};
	static const int new_session[] = {4007, 4009};

	for (int code = 0; code < 5000; code++) {
		struct rig rig;
		bool refused = false, fresh = false;

		if (code && code < 1000)
			continue;
		for (size_t i = 0; i < sizeof(never_again) / sizeof(never_again[0]); i++)
			refused = refused || never_again[i] == code;
		for (size_t i = 0; i < sizeof(new_session) / sizeof(new_session[0]); i++)
			fresh = fresh || new_session[i] == code;
		rig_init(&rig);
		become_ready(&rig);
		lose(&rig, code);
		REQUIRE(rig.count == 1);
		if (refused) {
			CHECK_EQ_INT(rig.actions[0].kind, SESSION_GIVE_UP);
			CHECK_EQ_INT(rig.actions[0].code, code);
			CHECK_EQ_INT(rig.session.why.code, ERR_REFUSED);
			CHECK_EQ_INT(rig.session.step, SESSION_REFUSED);
			CHECK_EQ_INT(session_deadline_ms(&rig.session), INT64_MAX);
		} else {
			CHECK(ended(&rig));
			CHECK_EQ_INT(rig.actions[0].close_code, 0);
			CHECK(session_will_resume(&rig.session) == !fresh);
			CHECK(fresh ? rig.actions[0].wait_ms >= 1000 && rig.actions[0].wait_ms <= 5000 :
				      rig.actions[0].wait_ms == 0);
		}
		rig_release(&rig);
	}
}

TEST(refusals_say_what_to_mend)
{
	static const struct {
		int code;
		const char *word;
	} cases[] = {{4004, "DISCORD_BOT_TOKEN"}, {4010, "HOMU_SHARDS"}, {4011, "HOMU_SHARDS"},
		     {4012, "update"},            {4013, "intents"},     {4014, "Privileged Gateway Intents"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig rig;

		rig_init(&rig);
		become_ready(&rig);
		lose(&rig, cases[i].code);
		CHECK(strstr(rig.session.why.text, cases[i].word) != NULL);
		CHECK(strstr(rig.session.why.text, "MTEx.abc.def") == NULL);
		rig_release(&rig);
	}
}

TEST(invalid_session_true_resumes_and_all_else_identifies)
{
	static const struct {
		const char *d;
		bool resumes;
	} cases[] = {{"true", true}, {"false", false}, {"null", false}, {"\"true\"", false}, {"1", false}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig rig;
		char text[64];

		rig_init(&rig);
		become_ready(&rig);
		snprintf(text, sizeof(text), "{\"op\":9,\"d\":%s}", cases[i].d);
		receive(&rig, text);
		CHECK(ended(&rig));
		CHECK(rig.actions[0].close_code == 4000);
		CHECK(session_will_resume(&rig.session) == cases[i].resumes);
		if (!cases[i].resumes) {
			CHECK(rig.actions[0].wait_ms >= 1000 && rig.actions[0].wait_ms <= 5000);
			CHECK(session_needs_base_url(&rig.session));
		}
		rig_release(&rig);
	}
}

TEST(invalid_session_without_a_session_waits_before_identify)
{
	struct rig rig;

	rig_init(&rig);
	open_connection(&rig);
	receive(&rig, HELLO);
	receive(&rig, "{\"op\":9,\"d\":true}");
	CHECK(ended(&rig));
	CHECK(!rig.actions[0].was_ready);
	CHECK(rig.actions[0].wait_ms >= 1000 && rig.actions[0].wait_ms <= 5000);
	rig_release(&rig);
}

TEST(resume_that_never_succeeds_gives_way_to_identify)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	lose(&rig, 0);
	for (unsigned i = 0; i < RESUME_TRIES_MAX; i++) {
		CHECK(session_will_resume(&rig.session));
		open_connection(&rig);
		receive(&rig, HELLO);
		CHECK(sent(&rig, GATEWAY_RESUME));
		lose(&rig, 4000);
	}
	CHECK(!session_will_resume(&rig.session));
	CHECK(rig.actions[0].wait_ms >= 1000);
	open_connection(&rig);
	receive(&rig, HELLO);
	CHECK(sent(&rig, GATEWAY_IDENTIFY));
	receive(&rig, "{\"op\":1,\"d\":null}");
	CHECK_EQ_STR(rig.texts[0], "{\"op\":1,\"d\":null}");
	rig_release(&rig);
}

TEST(connections_that_are_never_made_keep_the_session)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	lose(&rig, 0);
	for (unsigned i = 0; i < 50; i++) {
		CHECK(session_connect(&rig.session, STR("wss://gateway.example"), NULL));
		lose(&rig, 0);
		CHECK(session_will_resume(&rig.session));
	}
	rig_release(&rig);
}

/* Connections that are never made. */
static void fail_connects(struct rig *rig, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		CHECK(session_connect(&rig->session, STR("wss://gateway.example"), NULL));
		lose(rig, 0);
	}
}

static bool goes_to(struct rig *rig, const char *host)
{
	bool goes;

	CHECK(session_connect(&rig->session, STR("wss://gateway.example"), NULL));
	goes = str_starts(str_skip(str_from(rig->session.url), 6), str_from(host));
	lose(rig, 0);
	return goes;
}

TEST(base_url_is_tried_for_resume_when_the_resume_url_is_dead)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	lose(&rig, 0);
	session_try_base_url(&rig.session, STR("wss://gateway.example"));
	fail_connects(&rig, RESUME_URL_TRIES);
	CHECK(goes_to(&rig, "resume.example/"));
	/* The same host by another spelling is no other host. */
	session_try_base_url(&rig.session, STR("wss://resume.example/"));
	CHECK(goes_to(&rig, "resume.example/"));
	CHECK(goes_to(&rig, "resume.example/"));
	/* The outage may just have ended: the resume URL first. */
	session_try_base_url(&rig.session, STR("wss://gateway.example"));
	CHECK(goes_to(&rig, "resume.example/"));
	CHECK(session_needs_base_url(&rig.session));
	CHECK(goes_to(&rig, "gateway.example/"));
	/* It did not answer either. */
	CHECK(goes_to(&rig, "resume.example/"));
	session_try_base_url(&rig.session, STR("wss://gateway.example"));
	fail_connects(&rig, 1);
	open_connection(&rig);
	receive(&rig, HELLO);
	CHECK(sent(&rig, GATEWAY_RESUME));
	CHECK(strstr(rig.texts[0], "\"session_id\":\"abc\"") != NULL);
	receive(&rig, "{\"op\":0,\"t\":\"RESUMED\",\"s\":2,\"d\":{}}");
	lose(&rig, 0);
	/* From there on the dead URL is not asked first. */
	CHECK(session_will_resume(&rig.session));
	CHECK(goes_to(&rig, "gateway.example/"));
	rig_release(&rig);
}

TEST(no_number_of_failed_connects_gives_a_session_up)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	lose(&rig, 0);
	for (unsigned i = 0; i < 100; i++) {
		session_try_base_url(&rig.session, STR("wss://gateway.example"));
		fail_connects(&rig, 3);
		/* A handshake without HELLO is none either. */
		open_connection(&rig);
		lose(&rig, 0);
		CHECK(session_will_resume(&rig.session));
	}
	open_connection(&rig);
	receive(&rig, HELLO);
	CHECK(sent(&rig, GATEWAY_RESUME));
	rig_release(&rig);
}

TEST(a_session_of_another_process_is_not_resumed)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	CHECK(!session_is_resuming(&rig.session));
	lose(&rig, 0);
	open_connection(&rig);
	CHECK(session_is_resuming(&rig.session));
	session_disown(&rig.session);
	lose(&rig, 0);
	CHECK(ended(&rig));
	CHECK(!session_will_resume(&rig.session));
	open_connection(&rig);
	receive(&rig, HELLO);
	CHECK(sent(&rig, GATEWAY_IDENTIFY));
	rig_release(&rig);
}

TEST(ready_without_its_parts_works_but_is_not_resumed)
{
	static const char *const readies[] = {
		"{\"op\":0,\"t\":\"READY\",\"s\":1,\"d\":{}}",
		"{\"op\":0,\"t\":\"READY\",\"s\":1,\"d\":null}",
		"{\"op\":0,\"t\":\"READY\",\"s\":1,\"d\":{\"session_id\":7}}",
		"{\"op\":0,\"t\":\"READY\",\"s\":null,\"d\":{\"session_id\":\"abc\"}}",
	};

	for (size_t i = 0; i < sizeof(readies) / sizeof(readies[0]); i++) {
		struct rig rig;

		rig_init(&rig);
		open_connection(&rig);
		receive(&rig, HELLO);
		receive(&rig, readies[i]);
		CHECK_EQ_INT(rig.session.step, SESSION_ONLINE);
		lose(&rig, 0);
		CHECK(!session_will_resume(&rig.session));
		rig_release(&rig);
	}
}

TEST(ready_without_a_resume_url_resumes_at_the_base_url)
{
	struct rig rig;

	rig_init(&rig);
	open_connection(&rig);
	receive(&rig, HELLO);
	receive(&rig, "{\"op\":0,\"t\":\"READY\",\"s\":1,\"d\":{\"session_id\":\"abc\"}}");
	lose(&rig, 0);
	CHECK(session_will_resume(&rig.session));
	CHECK(session_needs_base_url(&rig.session));
	open_connection(&rig);
	CHECK_EQ_STR(rig.session.url, "wss://gateway.example/?v=10&encoding=json&compress=zlib-stream");
	rig_release(&rig);
}

TEST(what_cannot_be_read_is_counted_and_skipped)
{
	static const char *const frames[] = {
		"",
		"{",
		"nonsense",
		"[]",
		"null",
		"\xff\xfe",
		"{\"op\":0,\"t\":\"X\",\"s\":1,\"d\":{}}}",
		"{}",
		"{\"op\":\"0\",\"t\":\"X\",\"d\":{}}",
		"{\"op\":-1}",
		"{\"op\":12}",
		"{\"op\":0,\"t\":null,\"d\":{}}",
		"{\"op\":0,\"t\":5,\"d\":{}}",
		"{\"op\":0,\"t\":\"RESUMED\",\"d\":{}}",
		"{\"op\":10,\"d\":{\"heartbeat_interval\":1000}}",
		"{\"op\":0,\"t\":\"RATE_LIMITED\",\"d\":{}}",
	};
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		receive(&rig, frames[i]);
		CHECK_EQ_UINT(rig.count, 0);
		CHECK_EQ_UINT(rig.session.skipped, i + 1);
		CHECK_EQ_INT(rig.session.step, SESSION_ONLINE);
	}
	rig_release(&rig);
}

TEST(sequence_is_kept_of_events_that_are_not_understood)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	receive(&rig, "{\"op\":0,\"t\":null,\"s\":5,\"d\":{}}");
	CHECK_EQ_INT(rig.session.seq, 5);
	receive(&rig, "{\"op\":0,\"t\":\"NOT_KNOWN_YET\",\"s\":6,\"d\":null}");
	CHECK_EQ_INT(rig.actions[0].kind, SESSION_DISPATCH);
	CHECK_EQ_INT(rig.session.seq, 6);
	receive(&rig, "{\"op\":\"x\",\"s\":7}");
	CHECK_EQ_INT(rig.session.seq, 7);
	receive(&rig, "{\"op\":0,\"t\":\"X\",\"s\":null,\"d\":null}");
	receive(&rig, "{\"op\":0,\"t\":\"X\",\"s\":\"9\",\"d\":null}");
	receive(&rig, "{\"op\":0,\"t\":\"X\",\"s\":-1,\"d\":null}");
	CHECK_EQ_INT(rig.session.seq, 7);
	receive(&rig, "{\"op\":0,\"t\":\"X\",\"s\":3,\"d\":null}");
	CHECK_EQ_INT(rig.session.seq, 3);
	rig_release(&rig);
}

TEST(an_event_with_a_lone_surrogate_is_skipped_and_its_sequence_kept)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	receive(&rig, "{\"op\":0,\"t\":\"INTERACTION_CREATE\",\"s\":8,\"d\":{\"x\":\"\\ud83d\"}}");
	CHECK_EQ_UINT(rig.count, 0);
	CHECK_EQ_UINT(rig.session.skipped, 1);
	CHECK_EQ_INT(rig.session.seq, 8);
	CHECK(strstr(rig.session.unreadable.text, "surrogate") != NULL);
	/* What is no JSON at all has no sequence. */
	receive(&rig, "{\"op\":0,\"t\":\"X\",\"s\":9,\"d\":{\"x\":\"\\ud83d\"}");
	CHECK_EQ_UINT(rig.session.skipped, 2);
	CHECK_EQ_INT(rig.session.seq, 8);
	rig_release(&rig);
	/* A READY that names somebody so begins a session all the same. */
	rig_init(&rig);
	open_connection(&rig);
	receive(&rig, HELLO);
	receive(&rig, "{\"op\":0,\"t\":\"READY\",\"s\":1,\"d\":{\"session_id\":\"abc\",\"user\":\"\\udc00\"}}");
	CHECK_EQ_INT(rig.session.step, SESSION_ONLINE);
	rig_release(&rig);
}

TEST(dispatch_before_hello_is_no_event_of_ours)
{
	struct rig rig;

	rig_init(&rig);
	open_connection(&rig);
	receive(&rig, READY);
	CHECK_EQ_UINT(rig.count, 0);
	CHECK_EQ_UINT(rig.session.skipped, 1);
	CHECK(!rig.session.has_seq);
	receive(&rig, HELLO);
	CHECK(sent(&rig, GATEWAY_IDENTIFY));
	rig_release(&rig);
}

TEST(hello_without_a_sensible_interval_ends_the_connection)
{
	static const char *const intervals[] = {"0", "-1", "49", "600001", "1e300", "\"41250\"", "null", "{}", "[41250]"};

	for (size_t i = 0; i < sizeof(intervals) / sizeof(intervals[0]); i++) {
		struct rig rig;
		char text[96];

		rig_init(&rig);
		open_connection(&rig);
		snprintf(text, sizeof(text), "{\"op\":10,\"d\":{\"heartbeat_interval\":%s}}", intervals[i]);
		receive(&rig, text);
		CHECK(ended(&rig));
		CHECK_EQ_INT(rig.session.why.code, ERR_PROTO);
		CHECK_EQ_INT(rig.actions[0].close_code, 4000);
		rig_release(&rig);
	}
}

TEST(silence_before_hello_and_before_ready_has_an_end)
{
	struct rig rig;

	rig_init(&rig);
	open_connection(&rig);
	CHECK_EQ_INT(session_deadline_ms(&rig.session), rig.now_ms + GATEWAY_HELLO_MS);
	tick_at(&rig, rig.now_ms + GATEWAY_HELLO_MS - 1);
	CHECK_EQ_UINT(rig.count, 0);
	tick_at(&rig, rig.now_ms + 1);
	CHECK(ended(&rig));
	CHECK_EQ_INT(rig.session.why.code, ERR_TIMEOUT);

	open_connection(&rig);
	receive(&rig, "{\"op\":10,\"d\":{\"heartbeat_interval\":600000}}");
	rig.session.beat_ms = INT64_MAX; /* leaves the one timer that is meant */
	CHECK_EQ_INT(session_deadline_ms(&rig.session), rig.now_ms + GATEWAY_READY_MS);
	rig.now_ms += GATEWAY_READY_MS - 1;
	receive(&rig, "{\"op\":0,\"t\":\"X\",\"s\":1,\"d\":null}");
	CHECK_EQ_INT(session_deadline_ms(&rig.session), rig.now_ms + GATEWAY_READY_MS);
	tick_at(&rig, rig.now_ms + GATEWAY_READY_MS);
	CHECK(ended(&rig));
	rig_release(&rig);
}

/* ---- sends ---- */

TEST(sends_stay_below_the_limit_and_leave_room_for_heartbeats)
{
	struct rig rig;
	unsigned answers = 0;

	rig_init(&rig);
	become_ready(&rig);
	rig.session.beat_ms = rig.now_ms + 30000;
	for (unsigned i = 0; i < 500; i++) {
		receive(&rig, "{\"op\":1,\"d\":null}");
		answers += (unsigned)rig.count;
	}
	/* IDENTIFY was one of them. */
	CHECK_EQ_UINT(answers, GATEWAY_SENDS_MAX - GATEWAY_SENDS_KEPT_MIN - 1);
	tick_at(&rig, rig.session.beat_ms);
	CHECK(sent(&rig, GATEWAY_HEARTBEAT));
	receive(&rig, ACK);
	rig.now_ms = 1000000 + GATEWAY_SENDS_WINDOW_MS;
	receive(&rig, "{\"op\":1,\"d\":null}");
	CHECK_EQ_UINT(rig.count, 0);
	rig.now_ms++;
	receive(&rig, "{\"op\":1,\"d\":null}");
	CHECK_EQ_UINT(rig.count, 1);
	rig_release(&rig);
}

TEST(no_minute_has_more_sends_than_discord_takes_even_at_a_silly_interval)
{
	struct rig rig;
	int64_t times[2000];
	size_t count = 0;

	rig_init(&rig);
	open_connection(&rig);
	times[count++] = rig.now_ms;
	receive(&rig, "{\"op\":10,\"d\":{\"heartbeat_interval\":100}}");
	receive(&rig, READY);
	while (count < 600) {
		tick_at(&rig, session_deadline_ms(&rig.session));
		CHECK_EQ_INT(rig.session.step, SESSION_ONLINE);
		if (rig.count)
			times[count++] = rig.now_ms;
		receive(&rig, ACK);
	}
	for (size_t i = GATEWAY_SENDS_MAX; i < count; i++)
		CHECK(times[i] - times[i - GATEWAY_SENDS_MAX] > GATEWAY_SENDS_WINDOW_MS);
	rig_release(&rig);
}

TEST(longest_payloads_fit_what_discord_takes)
{
	char token[BOT_TOKEN_MAX], id[SESSION_ID_MAX + 1], text[PRESENCE_TEXT_MAX + 1];
	struct rig rig;
	struct presence presence = {PRESENCE_DND, {text, PRESENCE_TEXT_MAX}};

	rig_init(&rig);
	memset(token, '"', sizeof(token));
	memset(id, '\x01', SESSION_ID_MAX);
	id[SESSION_ID_MAX] = '\0';
	memset(text, '\x01', sizeof(text));
	secret_release(&rig.token);
	secret_set(&rig.token, str_make(token, sizeof(token)));
	session_set_presence(&rig.session, &presence);
	open_connection(&rig);
	receive(&rig, HELLO);
	CHECK(sent(&rig, GATEWAY_IDENTIFY));
	CHECK(rig.actions[0].text.len <= GATEWAY_SEND_BYTES_MAX);
	receive(&rig, READY);
	memcpy(rig.session.id, id, sizeof(id));
	rig.session.seq = INT64_MAX;
	lose(&rig, 0);
	open_connection(&rig);
	receive(&rig, HELLO);
	CHECK(sent(&rig, GATEWAY_RESUME));
	CHECK(rig.actions[0].text.len <= GATEWAY_SEND_BYTES_MAX);
	rig_release(&rig);
}

TEST(presence_goes_with_identify_and_later_by_itself)
{
	struct presence first = {PRESENCE_ONLINE, STR("one")}, second = {PRESENCE_IDLE, STR("two")};
	struct rig rig;

	rig_init(&rig);
	session_set_presence(&rig.session, &first);
	open_connection(&rig);
	receive(&rig, HELLO);
	CHECK(strstr(rig.texts[0], "\"state\":\"one\"") != NULL);
	receive(&rig, READY);
	rig.session.beat_ms = INT64_MAX;
	CHECK_EQ_INT(session_deadline_ms(&rig.session), INT64_MAX);
	session_set_presence(&rig.session, &second);
	tick_at(&rig, rig.now_ms);
	CHECK(sent(&rig, GATEWAY_PRESENCE));
	CHECK_EQ_STR(rig.texts[0], "{\"op\":3,\"d\":{\"since\":null,\"activities\":[{\"name\":\"Custom Status\",\"type\":4,"
				   "\"state\":\"two\"}],\"status\":\"idle\",\"afk\":false}}");
	/* The newest waits its turn. */
	session_set_presence(&rig.session, &first);
	tick_at(&rig, rig.now_ms);
	CHECK_EQ_UINT(rig.count, 0);
	CHECK_EQ_INT(session_deadline_ms(&rig.session), rig.now_ms + PRESENCE_SPACE_MS);
	tick_at(&rig, rig.now_ms + PRESENCE_SPACE_MS);
	CHECK(sent(&rig, GATEWAY_PRESENCE));
	rig_release(&rig);
}

TEST(rate_limited_event_is_obeyed_to_the_millisecond)
{
	struct presence presence = {PRESENCE_ONLINE, STR("one")};
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	rig.session.beat_ms = INT64_MAX;
	session_set_presence(&rig.session, &presence);
	tick_at(&rig, rig.now_ms);
	CHECK(sent(&rig, GATEWAY_PRESENCE));
	receive(&rig, "{\"op\":0,\"t\":\"RATE_LIMITED\",\"s\":2,\"d\":{\"opcode\":3,\"retry_after\":7.25,\"meta\":{}}}");
	CHECK_EQ_UINT(rig.count, 0);
	/* It was not taken, so it goes again, when it may. */
	CHECK_EQ_INT(session_deadline_ms(&rig.session), rig.now_ms + 7251);
	tick_at(&rig, rig.now_ms + 7250);
	CHECK_EQ_UINT(rig.count, 0);
	tick_at(&rig, rig.now_ms + 1);
	CHECK(sent(&rig, GATEWAY_PRESENCE));
	rig_release(&rig);
}

/* ---- the compressed stream ---- */

/* A part of a zlib stream by hand: stored blocks, and the empty one that ends a message. */
static size_t deflated(char *out, bool first, const char *text)
{
	size_t len = strlen(text), at = 0;

	if (first) {
		out[at++] = 0x78;
		out[at++] = 0x01;
	}
	out[at++] = 0;
	out[at++] = (char)(len & 0xff);
	out[at++] = (char)(len >> 8);
	out[at++] = (char)(~len & 0xff);
	out[at++] = (char)(~len >> 8);
	memcpy(out + at, text, len);
	at += len;
	memcpy(out + at, "\x00\x00\x00\xff\xff", 5);
	return at + 5;
}

TEST(compressed_messages_are_put_together_at_every_cut)
{
	char data[1024];
	size_t hello = deflated(data, true, HELLO);
	size_t whole = hello + deflated(data + hello, false, READY);

	for (size_t cut = 0; cut < whole; cut++) {
		struct rig rig;

		rig_init(&rig);
		open_connection(&rig);
		/* Frames end with messages, and at one more place. */
		if (cut < hello) {
			receive_binary(&rig, str_make(data, cut));
			CHECK_EQ_UINT(rig.count, 0);
			receive_binary(&rig, str_make(data + cut, hello - cut));
			CHECK(sent(&rig, GATEWAY_IDENTIFY));
			receive_binary(&rig, str_make(data + hello, whole - hello));
		} else {
			receive_binary(&rig, str_make(data, hello));
			CHECK(sent(&rig, GATEWAY_IDENTIFY));
			receive_binary(&rig, str_make(data + hello, cut - hello));
			CHECK_EQ_UINT(rig.count, 0);
			receive_binary(&rig, str_make(data + cut, whole - cut));
		}
		CHECK_EQ_INT(rig.session.step, SESSION_ONLINE);
		CHECK_EQ_UINT(rig.session.skipped, 0);
		rig_release(&rig);
	}
}

TEST(compressed_messages_may_come_byte_by_byte)
{
	char data[1024];
	size_t len = deflated(data, true, HELLO);
	struct rig rig;

	rig_init(&rig);
	open_connection(&rig);
	for (size_t i = 0; i < len; i++) {
		receive_binary(&rig, str_make(data + i, 1));
		CHECK_EQ_UINT(rig.count, i + 1 == len);
		receive_binary(&rig, STR_EMPTY);
	}
	CHECK_EQ_UINT(rig.session.skipped, 0);
	rig_release(&rig);
}

TEST(text_between_two_compressed_messages_is_a_message_of_its_own)
{
	char data[1024];
	size_t hello = deflated(data, true, HELLO);
	size_t whole = hello + deflated(data + hello, false, READY);
	struct rig rig;

	rig_init(&rig);
	open_connection(&rig);
	receive_binary(&rig, str_make(data, hello + 10));
	receive(&rig, ACK);
	CHECK_EQ_UINT(rig.count, 0);
	receive_binary(&rig, str_make(data + hello + 10, whole - hello - 10));
	/* HELLO's own end was inside a frame, so both came as one text, which is no JSON. */
	CHECK_EQ_UINT(rig.session.skipped, 1);
	rig_release(&rig);
}

TEST(bytes_that_are_no_zlib_stream_end_the_connection_but_not_the_session)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	receive_binary(&rig, STR("\x01\x02\x03\x04 no zlib"));
	CHECK(ended(&rig));
	CHECK_EQ_INT(rig.actions[0].close_code, 4000);
	CHECK(session_will_resume(&rig.session));
	rig_release(&rig);
}

TEST(a_message_past_its_bound_ends_the_connection)
{
	static char block[5 + 65535];
	struct rig rig;
	size_t blocks = 0;

	rig_init(&rig);
	become_ready(&rig);
	block[1] = block[2] = (char)0xff;
	receive_binary(&rig, STR("\x78\x01"));
	while (rig.count == 0 && blocks < 100) {
		receive_binary(&rig, str_make(block, sizeof(block)));
		blocks++;
	}
	CHECK(ended(&rig));
	CHECK_EQ_INT(rig.session.why.code, ERR_LIMIT);
	CHECK_EQ_UINT(blocks, GATEWAY_MESSAGE_BYTES_MAX / 65535 + 1);
	CHECK(session_will_resume(&rig.session));
	CHECK(rig.session.message.capacity <= GATEWAY_KEPT_BYTES_MAX);
	rig_release(&rig);
}

TEST(input_after_the_end_is_ignored)
{
	struct rig rig;

	rig_init(&rig);
	become_ready(&rig);
	receive(&rig, "{\"op\":7,\"d\":null}");
	receive(&rig, "{\"op\":1,\"d\":null}");
	CHECK_EQ_UINT(rig.count, 0);
	receive_binary(&rig, STR("\x78\x01"));
	CHECK_EQ_UINT(rig.count, 0);
	rig_release(&rig);
}

/* ---- hand-over ---- */

TEST(a_session_survives_in_another_process)
{
	char memory[1024];
	struct rig rig, later;
	struct json_writer writer;
	struct json value;
	struct buf out;

	rig_init(&rig);
	become_ready(&rig);
	receive(&rig, "{\"op\":0,\"t\":\"X\",\"s\":9,\"d\":null}");
	buf_wrap(&out, memory, sizeof(memory));
	json_writer_init(&writer, &out);
	session_write(&rig.session, &writer);
	CHECK(json_writer_done(&writer));
	CHECK_EQ_STR(buf_cstr(&out), "{\"id\":\"abc\",\"url\":\"wss://resume.example\",\"seq\":9}");
	rig_init(&later);
	REQUIRE(json_parse(&later.arena, buf_str(&out), &value, NULL));
	CHECK(session_read(&later.session, value, &later.arena));
	CHECK(session_will_resume(&later.session));
	open_connection(&later);
	receive(&later, HELLO);
	CHECK_EQ_STR(later.texts[0], "{\"op\":6,\"d\":{\"token\":\"MTEx.abc.def\",\"session_id\":\"abc\",\"seq\":9}}");
	rig_release(&later);
	rig_release(&rig);
}

TEST(a_stored_session_that_does_not_fit_is_not_taken)
{
	static const char *const stored[] = {
		"null", "{}", "[]", "{\"id\":\"\",\"url\":\"\",\"seq\":1}", "{\"id\":\"a\",\"url\":\"\"}",
		"{\"id\":\"a\",\"url\":\"\",\"seq\":-1}", "{\"id\":\"a\\u0000b\",\"url\":\"\",\"seq\":1}",
	};

	for (size_t i = 0; i < sizeof(stored) / sizeof(stored[0]); i++) {
		struct rig rig;
		struct json value;

		rig_init(&rig);
		REQUIRE(json_parse(&rig.arena, str_from(stored[i]), &value, NULL));
		CHECK(!session_read(&rig.session, value, &rig.arena));
		CHECK(!session_will_resume(&rig.session));
		rig_release(&rig);
	}
}
