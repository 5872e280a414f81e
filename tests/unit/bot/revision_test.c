#include "bot/revision.h"

#include "base/embed.h"
#include "test.h"

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct arena arena;

static bool add(struct revisions *revisions, const char *base, int64_t from_ms, struct err *err)
{
	struct revision revision = {.sha256_hex = HEX_B, .text = 5, .parts = 1, .from_ms = from_ms, .by = 9};

	return revisions_add(revisions, base, &revision, err);
}

TEST(a_revision_is_in_force_from_its_time_on)
{
	struct revisions revisions = {.count = 0};
	struct err err;

	CHECK(!revisions_at(&revisions, HEX_A, 1000));
	CHECK(add(&revisions, HEX_A, 1000, &err));
	CHECK(add(&revisions, HEX_A, 2000, &err));
	CHECK(!revisions_at(&revisions, HEX_A, 999));
	CHECK(revisions_at(&revisions, HEX_A, 1000) == &revisions.list[0]);
	CHECK(revisions_at(&revisions, HEX_A, 1999) == &revisions.list[0]);
	CHECK(revisions_at(&revisions, HEX_A, 2000) == &revisions.list[1]);
}

TEST(revisions_of_another_file_do_not_count_and_make_way)
{
	struct revisions revisions = {.count = 0};
	struct err err;

	CHECK(add(&revisions, HEX_A, 1000, &err));
	CHECK(!revisions_at(&revisions, HEX_B, 5000));
	CHECK(add(&revisions, HEX_B, 500, &err));
	CHECK_EQ_UINT(revisions.count, 1);
	CHECK(revisions_at(&revisions, HEX_B, 500) != NULL);
	CHECK(!revisions_at(&revisions, HEX_A, 5000));
}

TEST(a_revision_does_not_begin_before_the_last_one)
{
	struct revisions revisions = {.count = 0};
	struct err err;

	CHECK(add(&revisions, HEX_A, 1000, &err));
	CHECK(!add(&revisions, HEX_A, 1000, &err));
	CHECK_EQ_INT(err.code, ERR_REFUSED);
	CHECK_EQ_UINT(revisions.count, 1);
}

TEST(of_a_full_list_the_oldest_goes)
{
	struct revisions revisions = {.count = 0};
	struct err err;

	for (int64_t i = 0; i <= REVISIONS_MAX; i++)
		CHECK(add(&revisions, HEX_A, 1000 + i, &err));
	CHECK_EQ_UINT(revisions.count, REVISIONS_MAX);
	CHECK_EQ_INT(revisions.list[0].from_ms, 1001);
}

TEST(the_list_is_written_and_read_again)
{
	struct revisions revisions = {.count = 0}, again;
	struct buf out;
	struct err err;

	arena_init(&arena, 1u << 20);
	buf_init(&out, 65536);
	CHECK(add(&revisions, HEX_A, 1000, &err));
	CHECK(add(&revisions, HEX_A, 2000, &err));
	revisions_encode(&revisions, &out);
	REQUIRE(revisions_decode(&again, &arena, buf_str(&out), &err));
	CHECK_EQ_STR(again.base_hex, HEX_A);
	CHECK_EQ_UINT(again.count, 2);
	CHECK_EQ_STR(again.list[1].sha256_hex, HEX_B);
	CHECK_EQ_INT(again.list[1].from_ms, 2000);
	CHECK_EQ_UINT(again.list[1].text, 5);
	CHECK_EQ_UINT(again.list[1].by, 9);
	CHECK(revisions_decode(&again, &arena, STR_EMPTY, &err));
	CHECK_EQ_UINT(again.count, 0);
	CHECK(!revisions_decode(&again, &arena, STR("{\"base\":\"x\"}"), &err));
	CHECK(!revisions_decode(&again, &arena, STR("{\"base\":\"" HEX_A "\",\"revisions\":[{}]}"), &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	buf_release(&out);
	arena_release(&arena);
}

TEST(a_text_survives_its_parts)
{
	struct store_row rows[REVISION_PARTS_MAX];
	struct str text = str_make((const char *)embed_catalog.data, embed_catalog.len), again;
	struct err err;

	arena_init(&arena, 32u << 20);
	size_t parts = revision_pack(&arena, 12, text, rows, &err);
	REQUIRE(parts == 1);
	CHECK(str_eqc(rows[0].key, "meta#catalog-text#12#0"));
	CHECK_EQ_UINT(revision_part_count(&arena, &rows[0]), 0); /* not stored yet */
	rows[0].version = 1;
	CHECK_EQ_UINT(revision_part_count(&arena, &rows[0]), 1);
	REQUIRE(revision_unpack(&arena, rows, parts, &again, &err));
	CHECK(str_eq(text, again));
	rows[0].doc = STR("{\"parts\":1,\"deflated\":\"AAAA\"}");
	CHECK(!revision_unpack(&arena, rows, parts, &again, &err));
	rows[0].version = 0;
	CHECK(!revision_unpack(&arena, rows, parts, &again, &err));
	CHECK(str_find(str_from(err.text), STR("meta#catalog-text#12#0")) >= 0);
	arena_release(&arena);
}
