#include "bot/change.h"

#include <assert.h>

#include "bot/record.h"

/* The scratch buffer's text in the arena. */
static bool keep(const struct change *change, const char *what, struct str *out, struct err *err)
{
	if (!buf_check(change->scratch, what, err))
		return false;
	*out = arena_str(change->turn->arena, buf_str(change->scratch));
	return arena_check(change->turn->arena, what, err);
}

static bool add_player(const struct change *change, struct store_changes *changes, struct err *err)
{
	const struct player *player = change->turn->player;
	struct store_row row = {.table = STORE_USERS, .key = player->key, .version = player->version};

	buf_clear(change->scratch);
	player_encode(player, change->seal, change->turn->rng, change->scratch);
	if (!keep(change, "the player", &row.doc, err))
		return false;
	return store_changes_add(changes, STORE_PUT, &row);
}

static bool add_record(const struct change *change, struct store_changes *changes, struct err *err)
{
	/* interface.md, Tables: Unix milliseconds × 1000 + k. */
	struct store_row row = {
		.table = STORE_HISTORY,
		.key = change->turn->player->key,
		.sort = change->turn->now_ms * 1000,
	};
	struct json_writer writer;

	buf_clear(change->scratch);
	json_writer_init(&writer, change->scratch);
	record_write(change->turn, change->command, &writer);
	if (!keep(change, "the row of the history", &row.doc, err))
		return false;
	return store_changes_add(changes, STORE_APPEND, &row);
}

static bool add_answer(const struct change *change, struct store_changes *changes, struct str *answer_doc,
		       struct str *body, struct err *err)
{
	const struct turn *turn = change->turn;
	struct str response;

	buf_clear(change->scratch);
	if (!answer_write(&turn->message, change->command, change->scratch, &response, err))
		return false;
	if (response.len > ANSWER_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "the answer is longer than %u bytes", ANSWER_BYTES_MAX);
	size_t begin = (size_t)(response.ptr - change->scratch->ptr);
	if (!keep(change, "the answer", answer_doc, err))
		return false;
	*body = str_take(str_skip(*answer_doc, begin), response.len);
	changes->once = answer_key(turn->arena, turn->interaction->id);
	changes->answer = *answer_doc;
	changes->answer_expires_at_s = turn_now_s(turn) + ANSWER_KEPT_S;
	return true;
}

bool change_build(const struct change *change, struct store_changes *changes, struct str *answer_doc, struct str *body,
		  struct err *err)
{
	*changes = (struct store_changes){.once = STR_EMPTY, .answer = STR_EMPTY};
	if (change->turn->changed && (!add_player(change, changes, err) || !add_record(change, changes, err)))
		return false;
	if (change->once)
		return add_answer(change, changes, answer_doc, body, err);
	return true;
}

bool change_note(struct store_changes *changes, struct arena *arena, const struct store_row *row, struct str doc)
{
	struct store_row noted = *row;

	noted.doc = arena_str(arena, doc);
	if (noted.doc.len == 0)
		return false;
	return store_changes_add(changes, STORE_PUT, &noted);
}
