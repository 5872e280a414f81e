#include "bot/cmd_economy.h"

#include <inttypes.h>

#include "bot/record.h"
#include "bot/show.h"

/* Items of the top rarity named in a profile. */
#define TREASURES_SHOWN_MAX 8

/* ---- /daily ---- */

bool cmd_economy_daily(struct turn *turn, struct err *err)
{
	int64_t now_s = turn_now_s(turn);
	int64_t day = clock_zone_day(&turn->guild.zone, now_s);
	/* The last one may have been taken where the day is further on. */
	int64_t last = day > turn->player->daily_day ? day : turn->player->daily_day;
	struct daily_result result;
	struct embed *embed;

	if (!economy_daily(turn->player, &turn->ledger, turn->catalog, day, clock_zone_day_start_s(&turn->guild.zone, last + 1),
			   now_s, &result, err))
		return err->code == ERR_LIMIT ? turn_refuse_full(turn) : err_wrap(err, "the daily gift");
	if (!result.claimed)
		return turn_refuse(turn, "You have had today's gift. The next one waits for you %.*s. Your balance is %.*s.",
				   "今日の分は受け取り済みです。次は %.*s に受け取れます。残高は %.*s です。",
				   STR_ARG(show_time(turn, result.next_s, 'R')), STR_ARG(turn_money(turn, turn->player->balance)));
	turn->changed = true;
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "the daily gift", err);
	embed->title = turn_say(turn, "🎁 Daily gift: +%.*s", "🎁 デイリーボーナス: +%.*s",
				STR_ARG(turn_money(turn, result.base + result.bonus)));
	embed->color = turn->catalog->rarities[0].color;
	embed->description = turn_say(turn, "Day **%" PRId64 "** of your streak (+%.*s). A day you miss takes nothing away.\nNext gift %.*s.",
				      "連続ログイン**%" PRId64 "**日目（+%.*s）。お休みしても日数は減りません。\n次回は %.*s です。", result.streak,
				      STR_ARG(turn_number(turn, result.bonus)), STR_ARG(show_time(turn, result.next_s, 'R')));
	embed_field(embed, turn_say(turn, "Balance", "残高"), turn_money(turn, turn->player->balance), true);
	return true;
}

/* ---- /profile ---- */

static struct str treasures(const struct turn *turn, const struct player *player, size_t *kinds)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);
	size_t shown = 0;

	*kinds = 0;
	for (size_t i = 0; i < turn->catalog->item_count; i++) {
		const struct catalog_item *item = &turn->catalog->items[i];
		const struct player_item *owned = player_find_item(player, item->id);

		if (!owned || owned->count <= 0)
			continue;
		(*kinds)++;
		if (item->rarity != 0 || shown == TREASURES_SHOWN_MAX)
			continue;
		if (shown++ > 0)
			buf_add_char(&out, '\n');
		buf_add(&out, turn_item_name(turn, item));
		if (owned->count > 1)
			buf_add(&out, arena_printf(turn->arena, " ×%.*s", STR_ARG(turn_number(turn, owned->count))));
	}
	return buf_str(&out);
}

static void show_profile(struct turn *turn, struct embed *embed, const struct player *player, struct str name)
{
	size_t kinds;
	struct str best = treasures(turn, player, &kinds);

	embed->title = turn_say(turn, "%.*s", "%.*s さん", STR_ARG(message_escape(turn->arena, name)));
	embed->color = turn->catalog->rarities[0].color;
	embed_field(embed, turn_say(turn, "Balance", "残高"), turn_money(turn, player->balance), true);
	embed_field(embed, turn_say(turn, "Shards", "かけら"),
		    arena_printf(turn->arena, "🔹 %.*s", STR_ARG(turn_number(turn, player->shards))), true);
	embed_field(embed, turn_say(turn, "Pulls", "回数"), turn_number(turn, player->pulls), true);
	embed_field(embed, turn_say(turn, "Collection", "コレクション"),
		    arena_printf(turn->arena, "%zu / %zu", kinds, turn->catalog->item_count), true);
	embed_field(embed, turn_say(turn, "Daily streak", "連続ログイン"), turn_number(turn, player->streak), true);
	if (best.len > 0)
		embed_field(embed, show_rarity(turn, 0), best, false);
	show_add_pity(turn, embed, player, BANNERS_SHOWN_MAX);
}

bool cmd_economy_profile(struct turn *turn, struct err *err)
{
	const struct interaction_option *option = interaction_option(turn->interaction, "user");
	const struct player *player = turn->player;
	struct str name = turn->interaction->user.name;
	struct embed *embed;

	if (option && option->id != turn->interaction->user.id) {
		if (option->user.bot)
			return turn_refuse_bot(turn);
		if (!turn->other)
			return turn_refuse(turn, "They have not played yet. `/gacha pull` is how they begin.",
					   "まだ遊んでいない人です。`/gacha pull` から始められます。");
		player = turn->other;
		name = option->user.name;
	}
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "the profile", err);
	show_profile(turn, embed, player, name);
	return true;
}

/* ---- /history ---- */

static void add_result(const struct turn *turn, struct str id, const struct catalog_item *item, size_t count,
		       struct buf *out)
{
	if (item)
		buf_add(out, arena_printf(turn->arena, "%.*s %.*s", STR_ARG(turn_stars(turn, item->rarity)),
					  STR_ARG(turn_item_name(turn, item))));
	else
		buf_add(out, message_escape(turn->arena, id));
	if (count > 1)
		buf_add(out, arena_printf(turn->arena, " ×%zu", count));
}

/* "★★★★★ 🔥 Name ×2, …": the results, the highest rarity first; what the catalog no longer has comes last. */
static void add_results(const struct turn *turn, const struct record *record, struct buf *out)
{
	const char *between = "";

	for (size_t rarity = 0; rarity <= turn->catalog->rarity_count; rarity++) {
		for (size_t i = 0; i < record->result_count; i++) {
			struct str id = record->results[i];
			const struct catalog_item *item = catalog_find_item(turn->catalog, id);
			size_t count = 0;
			bool before = false;

			for (size_t k = 0; k < record->result_count; k++) {
				bool same = str_eq(record->results[k], id);

				count += same;
				before = before || (same && k < i);
			}
			if (before || (item ? item->rarity : turn->catalog->rarity_count) != rarity)
				continue;
			buf_addc(out, between);
			add_result(turn, id, item, count, out);
			between = turn->language == LANGUAGE_JA ? "、" : ", ";
		}
	}
}

/* "−1 ★★★ Name · +2 ★★★★ Name · @somebody": what came or went without a draw. */
static void add_moves(const struct turn *turn, const struct record *record, struct buf *out)
{
	uint64_t user = turn_key_user(record->with);

	for (size_t i = 0; i < record->move_count; i++)
		buf_add(out, arena_printf(turn->arena, "%s%.*s %.*s", i == 0 ? "\n" : " · ",
					  STR_ARG(show_signed(turn, record->moves[i].delta)),
					  STR_ARG(show_items(turn, record->moves[i].item, 1))));
	if (record->move_count > 0 && user != 0)
		buf_add(out, arena_printf(turn->arena, " · %.*s", STR_ARG(turn_mention(turn, user))));
}

static void add_record(const struct turn *turn, const struct record *record, struct buf *out)
{
	if (out->len > 0)
		buf_addc(out, "\n\n");
	buf_add(out, arena_printf(turn->arena, "%.*s · `/%.*s`", STR_ARG(show_time(turn, record->at_s, 'f')),
				  STR_ARG(record->command)));
	if (record->balance != 0)
		buf_add(out, arena_printf(turn->arena, " · %.*s %.*s", STR_ARG(turn->catalog->currency.emoji),
					  STR_ARG(show_signed(turn, record->balance))));
	if (record->start != 0)
		buf_add(out, turn_say(turn, " · %.*s %.*s to start with", " · %.*s %.*s（はじめの分）",
				      STR_ARG(turn->catalog->currency.emoji), STR_ARG(show_signed(turn, record->start))));
	if (record->shards != 0)
		buf_add(out, arena_printf(turn->arena, " · 🔹 %.*s", STR_ARG(show_signed(turn, record->shards))));
	add_moves(turn, record, out);
	if (record->result_count == 0)
		return;
	buf_add_char(out, '\n');
	add_results(turn, record, out);
}

/* One row that is broken must not hide the others. interface.md, Tables: Unix milliseconds × 1000 + k. */
static void add_unreadable(const struct turn *turn, const struct store_row *row, struct buf *out)
{
	if (out->len > 0)
		buf_addc(out, "\n\n");
	buf_add(out, turn_say(turn, "%.*s · this entry cannot be read; please tell the people who run the bot",
			      "%.*s · この記録は読み取れません。運営にお知らせください",
			      STR_ARG(show_time(turn, row->sort / 1000000, 'f'))));
}

bool cmd_economy_history(struct turn *turn, struct err *err)
{
	size_t shown = turn->history_count < HISTORY_PAGE_ROWS ? turn->history_count : HISTORY_PAGE_ROWS;
	struct buf out = turn_buf(turn, PAGE_BYTES_MAX);
	struct embed *embed;

	if (turn->button)
		turn->message.type = RESPONSE_UPDATE;
	for (size_t i = 0; i < shown; i++) {
		struct arena_mark mark = arena_mark(turn->arena);
		struct record record;

		if (record_read(turn->history[i].doc, turn->arena, &record, err)) {
			add_record(turn, &record, &out);
		} else if (err->code == ERR_LIMIT) {
			return false;
		} else {
			arena_rewind(turn->arena, mark);
			add_unreadable(turn, &turn->history[i], &out);
		}
	}
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "the history", err);
	embed->title = turn_say(turn, "Your history", "あなたの履歴");
	embed->color = turn->catalog->rarities[0].color;
	embed->description = shown > 0 ? buf_str(&out)
				       : turn_say(turn, "Nothing here yet. `/gacha pull` is how to begin.",
						  "まだ何もありません。`/gacha pull` から始めましょう。");
	show_history_pages(turn, CMD_ECONOMY_VERB_HISTORY, shown);
	return true;
}
