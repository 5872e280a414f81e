#include "bot/turn.h"

#include <inttypes.h>

#include "test.h"

static struct turn turn;
static struct arena arena;

static void begin(enum language language)
{
	arena_init(&arena, 1 << 18);
	turn = (struct turn){.arena = &arena, .language = language};
	message_init(&turn.message, &arena);
}

static const char *number(int64_t value)
{
	return arena_cstr(&arena, turn_number(&turn, value));
}

TEST(numbers_are_grouped_by_thousands)
{
	begin(LANGUAGE_EN);
	CHECK_EQ_STR(number(0), "0");
	CHECK_EQ_STR(number(999), "999");
	CHECK_EQ_STR(number(1000), "1,000");
	CHECK_EQ_STR(number(-1600), "-1,600");
	CHECK_EQ_STR(number(-100), "-100");
	CHECK_EQ_STR(number(GACHA_INTEGER_MAX), "9,007,199,254,740,991");
	CHECK_EQ_STR(number(INT64_MIN), "-9,223,372,036,854,775,808");
	arena_release(&arena);
}

TEST(the_caller_is_spoken_to_in_their_language)
{
	begin(LANGUAGE_EN);
	CHECK(str_eqc(turn_say(&turn, "%d of %s", "%d の %s", 1, "x"), "1 of x"));
	turn.language = LANGUAGE_JA;
	CHECK(str_eqc(turn_say(&turn, "%d of %s", "%d の %s", 1, "x"), "1 の x"));
	arena_release(&arena);
}

TEST(a_refusal_is_private_and_changes_nothing)
{
	begin(LANGUAGE_EN);
	message_embed(&turn.message);
	turn.message.type = RESPONSE_UPDATE;
	turn.changed = true;
	turn.receipt_count = 3;
	turn.revealed.set = true;
	CHECK(turn_refuse(&turn, "no %s", "%s 不可", "way"));
	CHECK(str_eqc(turn.message.content, "no way"));
	CHECK_EQ_UINT(turn.message.embed_count, 0);
	CHECK_EQ_INT(turn.message.type, RESPONSE_MESSAGE);
	CHECK(turn.message.ephemeral && !turn.changed);
	CHECK(!turn.changed && !turn.revealed.set);
	CHECK_EQ_UINT(turn.receipt_count, 0);
	arena_release(&arena);
}

TEST(a_text_buffer_in_a_full_arena_takes_nothing)
{
	arena_init(&arena, 64);
	turn = (struct turn){.arena = &arena};
	struct buf buf = turn_buf(&turn, 1000);
	CHECK(!buf_addc(&buf, "x"));
	CHECK(buf.full);
	CHECK_EQ_UINT(buf_str(&buf).len, 0);
	arena_release(&arena);
}

TEST(text_beyond_a_full_arena_is_refused)
{
	begin(LANGUAGE_EN);
	while (arena_alloc(&arena, 1))
		continue;
	struct buf buf = turn_buf(&turn, 100);
	CHECK(buf.full);
	CHECK(!buf_addc(&buf, ""));
	CHECK(buf.ptr == NULL);
	arena_release(&arena);
}
