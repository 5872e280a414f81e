#include "discord/saved.h"

#include "base/limits.h"
#include "test.h"

#define NOW 1800000000000
#define BOT 1100000000000000001u

struct rig {
	struct secret token;
	struct rng rng;
	struct arena arena;
	struct budget budget;
	struct shards shards;
	struct gateway_shards wanted;
	struct saved saved;
};

static void rig_init(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	secret_set(&rig->token, STR("MTEwMDAwMDAwMDAwMDAwMDAwMQ.abc.def"));
	rng_init_seed(&rig->rng, "x", 1);
	arena_init(&rig->arena, 1u << 20);
	budget_init(&rig->budget);
	rig->saved = (struct saved){.budget = &rig->budget, .shards = &rig->shards, .wanted = &rig->wanted,
				    .token = &rig->token, .rng = &rig->rng};
}

static void rig_release(struct rig *rig)
{
	shards_release(&rig->shards);
	arena_release(&rig->arena);
	secret_release(&rig->token);
}

static bool read_text(struct rig *rig, const char *text, int64_t now_unix_ms)
{
	return saved_read(str_from(text), BOT, now_unix_ms, &rig->saved, &rig->arena);
}

#define STATE(version, bot, at, sessions) \
	"{\"version\":" version ",\"bot\":\"" bot "\",\"at\":" at ",\"budget\":{\"total\":1000,\"remaining\":7,\"reset\":1," \
	"\"max_concurrency\":1,\"identified\":[]},\"application\":\"77\",\"first\":0,\"total\":1,\"sessions\":" sessions "}"
#define SESSION "[{\"id\":\"a\",\"url\":\"wss://r\",\"seq\":5}]"
#define GOOD STATE("1", "1100000000000000001", "1800000000000", SESSION)

TEST(the_token_tells_the_bots_id)
{
	struct rig rig;

	rig_init(&rig);
	CHECK_EQ_UINT(saved_bot_id(&rig.token, &rig.arena), BOT);
	secret_release(&rig.token);
	secret_set(&rig.token, STR("no token at all"));
	CHECK_EQ_UINT(saved_bot_id(&rig.token, &rig.arena), 0);
	rig_release(&rig);
}

TEST(a_fresh_session_is_taken_up)
{
	struct rig rig;

	rig_init(&rig);
	CHECK(read_text(&rig, GOOD, NOW + RESUME_FRESH_MS));
	CHECK_EQ_INT(rig.budget.remaining, 7);
	CHECK_EQ_UINT(rig.saved.application_id, 77);
	REQUIRE(rig.shards.count == 1);
	CHECK(session_will_resume(&rig.shards.list[0].session));
	rig_release(&rig);
}

TEST(a_stale_session_is_dropped_but_its_budget_is_remembered)
{
	static const int64_t times[] = {NOW + RESUME_FRESH_MS + 1, NOW - 1, NOW + 86400000};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct rig rig;

		rig_init(&rig);
		CHECK(!read_text(&rig, GOOD, times[i]));
		CHECK_EQ_INT(rig.budget.remaining, 7);
		CHECK(!rig.shards.list);
		rig_release(&rig);
	}
}

TEST(a_state_of_another_bot_version_or_form_is_ignored)
{
	static const char *const states[] = {
		"", "{", "[]", "null", "{}", STATE("2", "1100000000000000001", "1800000000000", SESSION),
		STATE("1", "1100000000000000002", "1800000000000", SESSION), STATE("1", "x", "1800000000000", SESSION),
		STATE("1", "1100000000000000001", "-1", SESSION), STATE("1", "1100000000000000001", "\"now\"", SESSION),
	};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct rig rig;

		rig_init(&rig);
		CHECK(!read_text(&rig, states[i], NOW));
		CHECK(!rig.budget.known);
		rig_release(&rig);
	}
}

TEST(what_is_written_has_no_part_of_the_token_and_is_read_again)
{
	char memory[4096];
	struct rig rig, later;
	struct buf out;

	rig_init(&rig);
	rig_init(&later);
	REQUIRE(read_text(&rig, GOOD, NOW));
	buf_wrap(&out, memory, sizeof(memory));
	CHECK(saved_write(BOT, &rig.budget, &rig.shards, SAVED_ALL, 77, NOW + 5, &out));
	CHECK(strstr(buf_cstr(&out), "MTEw") == NULL);
	CHECK(read_text(&later, buf_cstr(&out), NOW + 6));
	CHECK_EQ_INT(later.shards.list[0].session.seq, 5);
	/* Until it is online again it is not stored with those that are. */
	buf_wrap(&out, memory, sizeof(memory));
	CHECK(saved_write(BOT, &rig.budget, &rig.shards, SAVED_PROVED, 77, NOW + 5, &out));
	CHECK(!read_text(&later, buf_cstr(&out), NOW + 6));
	rig.shards.list[0].seen_online = true;
	buf_wrap(&out, memory, sizeof(memory));
	CHECK(saved_write(BOT, &rig.budget, &rig.shards, SAVED_PROVED, 77, NOW + 5, &out));
	CHECK(read_text(&later, buf_cstr(&out), NOW + 6));
	buf_wrap(&out, memory, sizeof(memory));
	CHECK(saved_write(BOT, &rig.budget, &rig.shards, SAVED_NONE, 77, NOW + 5, &out));
	CHECK(strstr(buf_cstr(&out), "sessions") == NULL);
	CHECK(!read_text(&later, buf_cstr(&out), NOW + 6));
	rig_release(&later);
	rig_release(&rig);
}
