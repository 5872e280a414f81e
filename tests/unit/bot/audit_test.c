#include "bot/audit.h"

#include "test.h"
#include "world.h"

static struct turn turn_of(struct arena *arena, const struct interaction *interaction)
{
	struct turn turn = {.arena = arena, .interaction = interaction, .now_ms = WORLD_NOW_MS};

	message_init(&turn.message, arena);
	return turn;
}

TEST(an_entry_says_who_did_what_and_why_in_the_scope_of_the_interaction)
{
	const struct interaction interaction = {.guild_id = 500, .user = {.id = 7}};
	struct arena arena;
	struct turn turn;

	arena_init(&arena, 1u << 20);
	turn = turn_of(&arena, &interaction);
	audit_add(&turn, "grant", STR("8"), STR("sorry \"again\""), STR("+100"));
	turn.guild_scope = true;
	audit_add(&turn, "revoke", STR("8"), STR_EMPTY, STR_EMPTY);
	CHECK_EQ_UINT(turn.write_count, 2);
	CHECK_EQ_INT(turn.writes[0].kind, STORE_APPEND);
	CHECK_EQ_INT(turn.writes[0].row.sort, WORLD_NOW_MS * 1000);
	CHECK(str_eqc(turn.writes[0].row.key, "audit#global"));
	CHECK(str_eqc(turn.writes[1].row.key, "audit#500"));
	CHECK(str_eqc(turn.writes[0].row.doc,
		      "{\"at\":\"2026-07-25T17:20:00Z\",\"by\":\"7\",\"action\":\"grant\",\"target\":\"8\",\"reason\":"
		      "\"sorry \\\"again\\\"\",\"detail\":\"+100\"}"));
	arena_release(&arena);
}

TEST(a_text_that_is_too_long_is_cut_at_a_character)
{
	const struct interaction interaction = {.user = {.id = 7}};
	static char text[3 * AUDIT_TEXT_MAX];
	struct arena arena;
	struct turn turn;

	memset(text, 1, sizeof(text)); /* each becomes six bytes */
	arena_init(&arena, 1u << 20);
	turn = turn_of(&arena, &interaction);
	for (size_t i = 0; i + 3 <= sizeof(text); i += 3)
		memcpy(text + i, "あ", 3);
	audit_add(&turn, "grant", STR("8"), str_make(text, sizeof(text)), str_make(text, sizeof(text)));
	CHECK_EQ_UINT(turn.writes[0].row.doc.len, strlen("{\"at\":\"2026-07-25T17:20:00Z\",\"by\":\"7\",\"action\":\"grant\",\"target\":\"8\",\"reason\":\"\",\"detail\":\"\"}") + 2 * AUDIT_TEXT_MAX);
	memset(text, 1, sizeof(text));
	audit_add(&turn, "grant", str_make(text, sizeof(text)), str_make(text, sizeof(text)), str_make(text, sizeof(text)));
	CHECK(str_ends(turn.writes[1].row.doc, STR("\\u0001\"}")));
	arena_release(&arena);
}
