#include "bot/tombstone.h"

#include "test.h"

TEST(it_is_read_as_it_was_written_and_is_no_player)
{
	const struct tombstone one = {.at_s = 1785000000, .daily_day = -1, .history_after = 1785000000000999};
	struct tombstone other;
	struct arena arena;
	struct err err;
	struct buf out;
	char memory[256];

	arena_init(&arena, 1u << 16);
	buf_wrap(&out, memory, sizeof(memory));
	tombstone_write(&one, &out);
	CHECK(tombstone_is(buf_str(&out)));
	CHECK(!tombstone_is(STR("{\"v\":1,\"deleted\":5}")));
	CHECK(!tombstone_is(STR_EMPTY));
	REQUIRE(tombstone_read(buf_str(&out), &arena, &other, &err));
	CHECK_EQ_INT(other.at_s, one.at_s);
	CHECK_EQ_INT(other.daily_day, one.daily_day);
	CHECK_EQ_INT(other.history_after, one.history_after);
	arena_release(&arena);
}

TEST(what_is_not_of_the_form_is_refused)
{
	static const char *const docs[] = {"{\"deleted\":", "{\"deleted\":1}", "{\"deleted\":-1,\"daily\":1,\"after\":1}",
					   "{\"deleted\":1,\"daily\":-2,\"after\":1}"};
	struct tombstone tombstone;
	struct arena arena;
	struct err err;

	arena_init(&arena, 1u << 16);
	for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
		CHECK(!tombstone_read(str_from(docs[i]), &arena, &tombstone, &err));
		CHECK_EQ_INT(err.code, ERR_INPUT);
	}
	arena_release(&arena);
}
