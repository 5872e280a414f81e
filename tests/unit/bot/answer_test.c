#include "bot/answer.h"

#include "test.h"

static struct message sample(struct arena *arena)
{
	struct message message;

	message_init(&message, arena);
	message.content = STR("hello \"you\"");
	struct embed *embed = message_embed(&message);
	embed->title = STR("題");
	embed->color = 0x123456;
	embed_field(embed, STR("n"), STR("v"), true);
	return message;
}

TEST(the_response_is_kept_byte_by_byte)
{
	struct arena arena;
	struct buf doc, alone;
	struct str response;
	struct answer answer;
	struct json_writer writer;

	arena_init(&arena, 1 << 16);
	buf_init(&doc, 1 << 16);
	buf_init(&alone, 1 << 16);
	struct message message = sample(&arena);
	REQUIRE(answer_write(&(struct turn){.message = message}, STR("daily"), &doc, &response, NULL));
	json_writer_init(&writer, &alone);
	message_write_response(&message, &writer);
	CHECK(str_eq(response, buf_str(&alone)));
	REQUIRE(answer_read(buf_str(&doc), &arena, &answer, NULL));
	CHECK(!answer.delivered);
	CHECK(str_eqc(answer.command, "daily"));
	CHECK(str_eq(answer.text, response));
	buf_release(&doc);
	buf_release(&alone);
	arena_release(&arena);
}

TEST(a_delivered_answer_keeps_its_response_only_where_it_is_given_again)
{
	struct arena arena;
	struct buf doc, noted;
	struct str response;
	struct answer answer, after;

	arena_init(&arena, 1 << 16);
	buf_init(&doc, 1 << 16);
	buf_init(&noted, 1 << 16);
	struct message message = sample(&arena);
	REQUIRE(answer_write(&(struct turn){.message = message}, STR("daily"), &doc, &response, NULL));
	REQUIRE(answer_read(buf_str(&doc), &arena, &answer, NULL));
	answer_write_delivered(&answer, &noted);
	REQUIRE(answer_read(buf_str(&noted), &arena, &after, NULL));
	CHECK(after.delivered);
	CHECK(str_eq(after.text, response));
	buf_clear(&noted);
	answer_write_delivered(NULL, &noted);
	CHECK(str_eqc(buf_str(&noted), "{\"delivered\":true}"));
	buf_release(&doc);
	buf_release(&noted);
	arena_release(&arena);
}

TEST(what_is_no_answer_is_refused)
{
	static const char *const docs[] = {"", "{}", "[]", "{\"delivered\":1}", "{\"delivered\":true"};
	struct arena arena;
	struct answer answer;
	struct err err;

	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++)
		CHECK(!answer_read(str_from(docs[i]), &arena, &answer, &err));
	arena_release(&arena);
}

/* An answer with so many embeds, as it is kept. */
static struct answer kept(struct arena *arena, size_t embeds)
{
	struct message message;
	struct buf doc;
	struct str response;
	struct answer answer;

	message_init(&message, arena);
	message.content = STR("hello \"you\"");
	for (size_t i = 0; i < embeds; i++) {
		struct embed *embed = message_embed(&message);

		embed->title = arena_printf(arena, "題 %zu", i);
		embed->description = STR("a list");
		embed->color = 0x123456;
		embed->image_url = STR("https://example.com/a.png");
		embed_field(embed, STR("n"), STR("v"), true);
	}
	buf_init(&doc, 1 << 16);
	CHECK(answer_write(&(struct turn){.message = message}, STR("gacha pull"), &doc, &response, NULL));
	CHECK(answer_read(arena_str(arena, buf_str(&doc)), arena, &answer, NULL));
	buf_release(&doc);
	return answer;
}

TEST(an_answer_is_told_with_its_command_and_its_embeds)
{
	static struct turn turn;
	struct arena arena;

	arena_init(&arena, 1 << 20);
	struct answer answer = kept(&arena, 2);
	turn = (struct turn){.arena = &arena, .language = LANGUAGE_JA};
	message_init(&turn.message, &arena);
	CHECK(answer_tell(&turn, &answer, false));
	CHECK_EQ_UINT(turn.message.embed_count, 2);
	const struct embed *first = turn.message.embeds[0];
	CHECK(str_find(first->description, STR("/gacha pull")) >= 0);
	CHECK(str_find(first->description, STR("hello \"you\"")) >= 0);
	CHECK(str_ends(first->description, STR("\na list")));
	CHECK(str_find(first->description, STR("/history")) < 0);
	CHECK(str_eqc(first->title, "題 0"));
	CHECK(str_eqc(first->image_url, "https://example.com/a.png"));
	CHECK_EQ_INT(first->color, 0x123456);
	CHECK(first->fields[0].is_inline);
	CHECK(str_eqc(turn.message.embeds[1]->title, "題 1"));
	CHECK(str_eqc(turn.message.embeds[1]->description, "a list"));
	arena_release(&arena);
}

TEST(an_answer_without_embeds_is_told_too)
{
	static struct turn turn;
	struct arena arena;

	arena_init(&arena, 1 << 20);
	struct answer answer = kept(&arena, 0);
	turn = (struct turn){.arena = &arena};
	message_init(&turn.message, &arena);
	CHECK(answer_tell(&turn, &answer, false));
	CHECK_EQ_UINT(turn.message.embed_count, 1);
	CHECK(str_ends(turn.message.embeds[0]->description, STR(":\nhello \"you\"")));
	arena_release(&arena);
}

TEST(an_answer_that_does_not_go_in_whole_is_left_or_cut)
{
	static struct turn turn;
	struct arena arena;

	arena_init(&arena, 1 << 20);
	struct answer answer = kept(&arena, 4);
	turn = (struct turn){.arena = &arena};
	message_init(&turn.message, &arena);
	CHECK(answer_tell(&turn, &answer, false));
	CHECK(answer_tell(&turn, &answer, true));
	CHECK(!answer_tell(&turn, &answer, false));
	CHECK_EQ_UINT(turn.message.embed_count, 8);
	CHECK(answer_tell(&turn, &answer, true));
	CHECK_EQ_UINT(turn.message.embed_count, MESSAGE_EMBEDS_MAX);
	CHECK(str_find(turn.message.embeds[8]->description, STR("`/history` shows the rest")) >= 0);
	CHECK(str_eqc(turn.message.embeds[9]->title, "題 1"));
	/* Not even one. */
	CHECK(!answer_tell(&turn, &answer, true));
	CHECK_EQ_UINT(turn.message.embed_count, MESSAGE_EMBEDS_MAX);
	arena_release(&arena);
}

TEST(the_rest_of_the_message_does_not_suffer_from_an_arena_without_room)
{
	static struct turn turn;
	struct arena arena, small;

	arena_init(&arena, 1 << 20);
	arena_init(&small, ARENA_BLOCK_BYTES);
	struct answer answer = kept(&arena, 1);
	turn = (struct turn){.arena = &small};
	message_init(&turn.message, &small);
	arena_alloc(&small, ARENA_BLOCK_BYTES - sizeof(struct embed) - 64);
	CHECK(!answer_tell(&turn, &answer, true));
	CHECK_EQ_UINT(turn.message.embed_count, 0);
	CHECK(!small.full);
	arena_release(&small);
	arena_release(&arena);
}
