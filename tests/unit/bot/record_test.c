#include "bot/record.h"

#include "test.h"

static struct turn turn;
static struct interaction interaction;
static struct arena arena;

static struct str written(struct buf *out)
{
	struct json_writer writer;

	buf_init(out, 1 << 16);
	interaction = (struct interaction){.id = 42};
	turn = (struct turn){.arena = &arena, .interaction = &interaction, .now_ms = 1785000000123};
	turn.ledger.rows[0] = (struct ledger_row){ACCOUNT_BALANCE, STR_EMPTY, 1600, 1600, "start"};
	turn.ledger.rows[1] = (struct ledger_row){ACCOUNT_BALANCE, STR_EMPTY, -160, 1440, "pull"};
	turn.ledger.rows[2] = (struct ledger_row){ACCOUNT_SHARDS, STR_EMPTY, 6, 6, "duplicate"};
	turn.ledger.rows[3] = (struct ledger_row){ACCOUNT_ITEM, STR("akari"), 1, 2, "pull"};
	turn.ledger.count = 4;
	json_writer_init(&writer, out);
	record_write(&turn, NULL, STR("gacha pull"), &writer);
	return buf_str(out);
}

TEST(a_record_is_read_back_with_its_sums)
{
	struct record record;
	struct err err = {.text = ""};
	struct buf out;

	arena_init(&arena, 1 << 16);
	if (!CHECK(record_read(written(&out), &arena, &record, &err)))
		CHECK_EQ_STR(err.text, "");
	CHECK_EQ_INT(record.at_s, 1785000000);
	CHECK(str_eqc(record.command, "gacha pull"));
	CHECK_EQ_INT(record.start, 1600);
	CHECK_EQ_INT(record.balance, -160);
	CHECK_EQ_INT(record.shards, 6);
	CHECK_EQ_UINT(record.result_count, 0);
	buf_release(&out);
	arena_release(&arena);
}

TEST(a_record_has_the_documented_members)
{
	struct json root;
	struct buf out;

	arena_init(&arena, 1 << 16);
	REQUIRE(json_parse(&arena, written(&out), &root, NULL));
	CHECK(str_eqc(json_text_or(json_get(root, "interaction"), &arena, STR_EMPTY), "42"));
	CHECK(str_eqc(json_text_or(json_get(root, "at"), &arena, STR_EMPTY), "2026-07-25T17:20:00Z"));
	CHECK(json_type(json_get(root, "receipts")) == JSON_ARRAY);
	struct json row = json_at(json_get(root, "ledger"), 3);
	CHECK(str_eqc(json_text_or(json_get(row, "account"), &arena, STR_EMPTY), "item"));
	CHECK(str_eqc(json_text_or(json_get(row, "name"), &arena, STR_EMPTY), "akari"));
	CHECK(str_eqc(json_text_or(json_get(row, "reason"), &arena, STR_EMPTY), "pull"));
	CHECK(json_is_missing(json_get(root, "revealed")));
	buf_release(&out);
	arena_release(&arena);
}

TEST(items_that_moved_without_a_draw_are_told_as_many_as_there_is_room_for)
{
	struct record record;
	struct buf out;

	arena_init(&arena, 1 << 16);
	buf_init(&out, 1 << 16);
	buf_addc(&out, "{\"at\":\"2026-07-25T17:20:00Z\",\"command\":\"a\",\"with\":\"5/7\",\"receipts\":[],\"ledger\":["
		       "{\"account\":\"item\",\"name\":\"drawn\",\"delta\":1,\"reason\":\"pull\"}");
	for (int i = 0; i <= RECORD_MOVES_MAX; i++)
		buf_printf(&out, ",{\"account\":\"item\",\"name\":\"i%d\",\"delta\":%d,\"reason\":\"trade\"}", i, i - 2);
	buf_addc(&out, "]}");
	REQUIRE(record_read(buf_str(&out), &arena, &record, NULL));
	CHECK_EQ_UINT(record.move_count, RECORD_MOVES_MAX);
	CHECK(str_eqc(record.moves[0].item, "i0"));
	CHECK_EQ_INT(record.moves[0].delta, -2);
	CHECK(str_eqc(record.with, "5/7"));
	buf_release(&out);
	arena_release(&arena);
}

TEST(sums_that_overflow_are_refused)
{
	struct record record;
	struct err err = {.text = ""};
	struct buf out;

	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 20);
	buf_addc(&out, "{\"at\":\"2026-07-25T17:20:00Z\",\"command\":\"a\",\"receipts\":[],\"ledger\":[");
	for (unsigned i = 0; i <= 1024; i++)
		buf_printf(&out, "%s{\"account\":\"shards\",\"delta\":%lld}", i > 0 ? "," : "", (long long)GACHA_INTEGER_MAX);
	buf_addc(&out, "]}");
	REQUIRE(!out.full);
	CHECK(!record_read(buf_str(&out), &arena, &record, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	buf_release(&out);
	arena_release(&arena);
}

TEST(what_is_no_record_is_refused)
{
	static const char *const docs[] = {
		"", "[]", "{}", "{\"at\":\"x\",\"command\":\"a\"}", "{\"at\":\"2026-07-25T17:20:00Z\"}",
		"{\"at\":\"2026-07-25T17:20:00Z\",\"command\":\"a\",\"ledger\":[{\"account\":\"balance\"}]}",
		"{\"at\":\"2026-07-25T17:20:00Z\",\"command\":\"a\",\"receipts\":[1]}",
	};
	struct record record;
	struct err err;

	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++)
		CHECK(!record_read(str_from(docs[i]), &arena, &record, &err));
	arena_release(&arena);
}
