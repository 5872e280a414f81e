#include "bot/cmd_leaderboard.h"

#include <inttypes.h>

#include "bot/odds_text.h"

/* In the order of player_scores. */
static const struct {
	const char *word; /* the option's */
	const char *emoji;
	const char *en, *ja;
} boards[] = {
	{"collection", "📚", "Collection", "コレクション"},
	{"pulls", "🎲", "Pulls", "引いた回数"},
	{"top", "🌟", "Highest rarity", "最高レアリティ"},
};
_Static_assert(sizeof(boards) / sizeof(boards[0]) == PLAYER_SCORES, "a score has no board");

static size_t score_of(const struct turn *turn)
{
	struct str by = turn_option_text(turn, "by");

	if (turn->button)
		return (uint64_t)turn->button->number < PLAYER_SCORES ? (size_t)turn->button->number : 0;
	for (size_t i = 0; i < PLAYER_SCORES; i++)
		if (str_eqc(by, boards[i].word))
			return i;
	return 0;
}

void cmd_leaderboard_plan(const struct turn *turn, struct turn_plan *plan)
{
	plan->board = revision_scope(turn->arena, turn->guild_scope, turn->interaction->guild_id);
	plan->board_score = score_of(turn);
}

static struct str board_name(const struct turn *turn, size_t score)
{
	return turn_say(turn, "%s", "%s", turn->language == LANGUAGE_JA ? boards[score].ja : boards[score].en);
}

static bool set_hidden(struct turn *turn, bool hidden)
{
	turn->changed = turn->player->hidden != hidden;
	turn->player->hidden = hidden;
	turn->message.ephemeral = true;
	turn->message.content =
		hidden ? turn_say(turn, "You stand on no leaderboard now. `/leaderboard show_me: True` brings you back.",
				  "ランキングに載らないようにしました。`/leaderboard show_me: True` で戻せます。")
		       : turn_say(turn, "You stand on the leaderboards now. `/leaderboard` shows them.",
				  "ランキングに載るようにしました。`/leaderboard` で確認できます。");
	return true;
}

static struct str place_text(const struct turn *turn, size_t rank)
{
	static const char *const medals[] = {"🥇", "🥈", "🥉"};

	if (rank >= 1 && rank <= sizeof(medals) / sizeof(medals[0]))
		return str_from(medals[rank - 1]);
	return arena_printf(turn->arena, "`%2zu`", rank);
}

/* Who has as many has the same place. */
static struct str list_text(const struct turn *turn, size_t score)
{
	struct buf out = turn_buf(turn, PAGE_BYTES_MAX);
	size_t rank = 0;

	for (size_t i = 0; i < turn->board_count; i++) {
		const struct store_row *row = &turn->board[i];
		uint64_t user = turn_key_user(row->key);
		const char *weight = user == turn->interaction->user.id ? "**" : "";

		if (i == 0 || row->scores[score] != turn->board[i - 1].scores[score])
			rank = i + 1;
		odds_text_add_line(&out, arena_printf(turn->arena, "%.*s %s%.*s · %.*s%s", STR_ARG(place_text(turn, rank)), weight,
						      STR_ARG(turn_mention(turn, user)),
						      STR_ARG(turn_number(turn, row->scores[score])), weight));
	}
	return buf_str(&out);
}

static struct str own_text(const struct turn *turn, size_t score)
{
	int64_t scores[PLAYER_SCORES];

	player_scores(turn->player, scores);
	if (turn->player->hidden)
		return turn_say(turn, "not shown; `show_me: True` changes that", "非表示（`show_me: True` で表示できます）");
	if (turn->board_rank > 0)
		return turn_say(turn, "place %.*s · %.*s", "%.*s位 · %.*s", STR_ARG(turn_number(turn, turn->board_rank)),
				STR_ARG(turn_number(turn, scores[score])));
	if (turn->board_rank < 0)
		return turn_say(turn, "below place %.*s · %.*s", "%.*s位より下 · %.*s", STR_ARG(turn_number(turn, LEADERBOARD_RANK_MAX)),
				STR_ARG(turn_number(turn, scores[score])));
	return turn_say(turn, "not on it yet; `/gacha pull` is how to begin", "まだ載っていません。`/gacha pull` から始めましょう");
}

bool cmd_leaderboard_show(struct turn *turn, struct err *err)
{
	const struct interaction_option *show_me = interaction_option(turn->interaction, "show_me");
	size_t score = score_of(turn);
	struct embed *embed;

	if (show_me)
		return set_hidden(turn, !show_me->flag);
	if (turn->button)
		turn->message.type = RESPONSE_UPDATE;
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "the leaderboard", err);
	embed->title = arena_printf(turn->arena, "🏆 %.*s", STR_ARG(board_name(turn, score)));
	embed->color = turn->catalog->rarities[0].color;
	embed->description = turn->board_count > 0 ? list_text(turn, score)
						   : turn_say(turn, "Nobody yet. `/gacha pull` is how to begin.",
							      "まだ誰もいません。`/gacha pull` から始めましょう。");
	embed_field(embed, turn_say(turn, "You", "あなた"), own_text(turn, score), false);
	message_row(&turn->message);
	for (size_t i = 0; i < PLAYER_SCORES; i++) {
		struct str id = turn_custom_id(turn, CMD_LEADERBOARD_VERB, STR_EMPTY, (int64_t)i);

		if (i != score && id.len > 0)
			message_button(&turn->message, BUTTON_SECONDARY, board_name(turn, i), str_from(boards[i].emoji), id);
	}
	return true;
}
