#include "bot/change.h"

#include <assert.h>
#include <inttypes.h>

#include "bot/record.h"
#include "gacha/player_doc.h"

_Static_assert(PLAYER_SCORES == STORE_SCORES, "a player's scores are a row's");

/* The scratch buffer's text in the arena. */
static bool keep(const struct change *change, const char *what, struct str *out, struct err *err)
{
	if (!buf_check(change->scratch, what, err))
		return false;
	*out = arena_str(change->turn->arena, buf_str(change->scratch));
	return arena_check(change->turn->arena, what, err);
}

static bool add_player(const struct change *change, const struct player *player, struct store_changes *changes,
		       struct err *err)
{
	const struct turn *turn = change->turn;
	struct store_row row = {
		.table = STORE_USERS,
		.key = player->key,
		.version = player->version ? player->version : player->replaces,
	};

	buf_clear(change->scratch);
	player_encode(player, change->seal, turn->rng, change->scratch);
	if (!keep(change, "the player", &row.doc, err))
		return false;
	if (!player->hidden)
		row.board = revision_scope(turn->arena, turn->guild_scope, turn->interaction->guild_id);
	player_scores(player, row.scores);
	return store_changes_add(changes, STORE_PUT, &row);
}

static bool add_record(const struct change *change, const struct player *player, struct store_changes *changes,
		       struct err *err)
{
	/* interface.md, Tables: Unix milliseconds × 1000 + k. */
	int64_t sort = change->turn->now_ms * 1000;
	struct store_row row = {
		.table = STORE_HISTORY,
		.key = player->key,
		.sort = sort > player->history_after ? sort : player->history_after + 1,
	};
	struct json_writer writer;

	buf_clear(change->scratch);
	json_writer_init(&writer, change->scratch);
	record_write(change->turn, player, change->command, &writer);
	if (!keep(change, "the row of the history", &row.doc, err))
		return false;
	return store_changes_add(changes, STORE_APPEND, &row);
}

static bool add_guild(const struct change *change, struct store_changes *changes, struct err *err)
{
	const struct guild *guild = &change->turn->guild;
	struct store_row row = {
		.table = STORE_SETTINGS,
		.key = arena_printf(change->turn->arena, "%" PRIu64, guild->id),
		.version = guild->version,
	};

	buf_clear(change->scratch);
	guild_encode(guild, change->turn->arena, change->scratch);
	return keep(change, "the settings of a server", &row.doc, err) && store_changes_add(changes, STORE_PUT, &row);
}

static bool add_changes(const struct change *change, struct store_changes *changes, struct err *err)
{
	const struct turn *turn = change->turn;

	if (turn->player && (!add_player(change, turn->player, changes, err) || !add_record(change, turn->player, changes, err)))
		return false;
	if (turn->other_changed &&
	    (!add_player(change, turn->other, changes, err) || !add_record(change, turn->other, changes, err)))
		return false;
	if (turn->guild_changed && !add_guild(change, changes, err))
		return false;
	for (size_t i = 0; i < turn->write_count; i++)
		if (!store_changes_add(changes, turn->writes[i].kind, &turn->writes[i].row))
			return false;
	return true;
}

static bool add_answer(const struct change *change, struct store_changes *changes, struct str *answer_doc,
		       struct str *body, struct err *err)
{
	const struct turn *turn = change->turn;
	struct str response;

	buf_clear(change->scratch);
	if (!answer_write(turn, change->command, change->scratch, &response, err))
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
	*changes = (struct store_changes){.once = STR_EMPTY, .answer = STR_EMPTY, .arena = change->turn->arena};
	if (change->turn->changed && !add_changes(change, changes, err))
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
