#include "discord/shards.h"

#include "base/limits.h"
#include "test.h"

TEST(shards_are_auto_a_number_or_a_range)
{
	static const struct {
		const char *text;
		struct gateway_shards want;
	} cases[] = {
		{"auto", {0, 0, 0}}, {"1", {0, 0, 1}},   {"64", {0, 63, 64}},
		{"0-3/8", {0, 3, 8}}, {"7-7/8", {7, 7, 8}}, {"128-191/1000", {128, 191, 1000}},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gateway_shards shards;

		CHECK(gateway_shards_parse(str_from(cases[i].text), &shards, NULL));
		CHECK_EQ_UINT(shards.first, cases[i].want.first);
		CHECK_EQ_UINT(shards.last, cases[i].want.last);
		CHECK_EQ_UINT(shards.count, cases[i].want.count);
	}
}

TEST(other_forms_are_refused_with_an_example)
{
	static const char *const texts[] = {"", "0", "-1", "01", "65", "0-64/128", "3-2/8", "0-8/8", "8-8/8", "1/2", "0-1/", "/8",
					    "-/8", "0-1/0", "0-1/70000", "a-b/c", " 1", "AUTO"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct gateway_shards shards;
		struct err err = {0};

		CHECK(!gateway_shards_parse(str_from(texts[i]), &shards, &err));
		CHECK_EQ_INT(err.code, ERR_CONFIG);
		CHECK(strstr(err.text, "/") != NULL);
	}
}

/* A process with some shards, and its stored state. */
struct rig {
	struct secret token;
	struct rng rng;
	struct arena arena;
	struct shards shards;
};

static void rig_init(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	rng_init_seed(&rig->rng, "x", 1);
	arena_init(&rig->arena, 1u << 20);
}

static void rig_release(struct rig *rig)
{
	shards_release(&rig->shards);
	arena_release(&rig->arena);
}

static bool read_state(struct rig *rig, const struct gateway_shards *wanted, const char *state)
{
	struct json value;

	return CHECK(json_parse(&rig->arena, str_from(state), &value, NULL)) &&
	       shards_read(&rig->shards, wanted, &rig->token, &rig->rng, value, &rig->arena);
}

#define SESSION "{\"id\":\"a\",\"url\":\"\",\"seq\":1}"

TEST(stored_sessions_are_taken_by_the_same_shards_alone)
{
	static const struct gateway_shards any = {0, 0, 0}, two = {0, 1, 2}, part = {2, 3, 4};
	static const struct {
		const struct gateway_shards *wanted;
		const char *state;
		bool taken;
	} cases[] = {
		{&any, "{\"first\":0,\"total\":2,\"sessions\":[" SESSION "," SESSION "]}", true},
		{&two, "{\"first\":0,\"total\":2,\"sessions\":[" SESSION "," SESSION "]}", true},
		{&two, "{\"first\":0,\"total\":2,\"sessions\":[null," SESSION "]}", true},
		{&part, "{\"first\":2,\"total\":4,\"sessions\":[" SESSION "," SESSION "]}", true},
		{&any, "{\"first\":0,\"total\":2,\"sessions\":[null," SESSION "]}", false},
		{&any, "{\"first\":2,\"total\":4,\"sessions\":[" SESSION "," SESSION "]}", false},
		{&two, "{\"first\":0,\"total\":3,\"sessions\":[" SESSION "," SESSION "," SESSION "]}", false},
		{&two, "{\"first\":0,\"total\":2,\"sessions\":[null,null]}", false},
		{&two, "{\"first\":1,\"total\":2,\"sessions\":[" SESSION "," SESSION "]}", false},
		{&two, "{\"first\":0,\"total\":2,\"sessions\":{}}", false},
		{&two, "{\"first\":0,\"total\":2}", false},
		{&two, "[]", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig rig;

		rig_init(&rig);
		CHECK(read_state(&rig, cases[i].wanted, cases[i].state) == cases[i].taken);
		rig_release(&rig);
	}
}

TEST(what_is_written_is_read_again)
{
	static const struct gateway_shards which = {4, 5, 8};
	char memory[1024];
	struct rig rig, later;
	struct json_writer writer;
	struct buf out;

	rig_init(&rig);
	rig_init(&later);
	REQUIRE(read_state(&rig, &which, "{\"first\":4,\"total\":8,\"sessions\":[" SESSION ",null]}"));
	buf_wrap(&out, memory, sizeof(memory));
	json_writer_init(&writer, &out);
	json_begin_object(&writer);
	shards_write(&rig.shards, true, &writer);
	json_end_object(&writer);
	CHECK_EQ_STR(buf_cstr(&out), "{\"first\":4,\"total\":8,\"sessions\":[" SESSION ",null]}");
	CHECK(read_state(&later, &which, buf_cstr(&out)));
	CHECK_EQ_UINT(later.shards.list[0].session.shard, 4);
	CHECK(session_will_resume(&later.shards.list[0].session));
	CHECK(!session_will_resume(&later.shards.list[1].session));
	CHECK_EQ_UINT(shards_identifies_needed(&later.shards), 1);
	rig_release(&later);
	rig_release(&rig);
}

TEST(one_shard_of_a_bucket_identifies_at_a_time)
{
	static const struct gateway_shards which = {0, 3, 4};
	struct budget budget;
	struct rig rig;

	rig_init(&rig);
	budget_init(&budget);
	budget.max_concurrency = 2;
	REQUIRE(shards_init(&rig.shards, &which, &rig.token, &rig.rng, NULL));
	CHECK_EQ_UINT(shards_identifies_needed(&rig.shards), 4);
	rig.shards.list[0].identifying = true;
	CHECK(shards_bucket_is_busy(&rig.shards, &budget, &rig.shards.list[2]));
	CHECK(!shards_bucket_is_busy(&rig.shards, &budget, &rig.shards.list[3]));
	rig_release(&rig);
}

TEST(all_are_seen_when_each_was_online_once)
{
	static const struct gateway_shards which = {0, 1, 2};
	struct rig rig;

	rig_init(&rig);
	CHECK(!shards_all_seen(&rig.shards));
	REQUIRE(shards_init(&rig.shards, &which, &rig.token, &rig.rng, NULL));
	rig.shards.list[0].seen_online = true;
	CHECK(!shards_all_seen(&rig.shards));
	rig.shards.list[1].seen_online = true;
	CHECK(shards_all_seen(&rig.shards));
	rig_release(&rig);
}

TEST(sessions_not_seen_online_are_written_only_when_asked_for)
{
	static const struct gateway_shards which = {0, 1, 2};
	char memory[1024];
	struct rig rig;
	struct json_writer writer;
	struct buf out;

	rig_init(&rig);
	REQUIRE(read_state(&rig, &which, "{\"first\":0,\"total\":2,\"sessions\":[" SESSION "," SESSION "]}"));
	rig.shards.list[1].seen_online = true;
	buf_wrap(&out, memory, sizeof(memory));
	json_writer_init(&writer, &out);
	json_begin_object(&writer);
	shards_write(&rig.shards, false, &writer);
	json_end_object(&writer);
	CHECK_EQ_STR(buf_cstr(&out), "{\"first\":0,\"total\":2,\"sessions\":[null," SESSION "]}");
	rig_release(&rig);
}

TEST(being_online_and_events_are_those_of_all_shards)
{
	static const struct gateway_shards which = {0, 1, 2};
	struct rig rig;

	rig_init(&rig);
	CHECK(!shards_any_online(&rig.shards));
	CHECK_EQ_UINT(shards_events(&rig.shards), 0);
	REQUIRE(shards_init(&rig.shards, &which, &rig.token, &rig.rng, NULL));
	CHECK(!shards_any_online(&rig.shards));
	rig.shards.list[1].session.step = SESSION_ONLINE;
	rig.shards.list[0].session.events = 3;
	rig.shards.list[1].session.events = 4;
	CHECK(shards_any_online(&rig.shards));
	CHECK_EQ_UINT(shards_events(&rig.shards), 7);
	rig_release(&rig);
}
