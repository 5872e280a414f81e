#include "bot/cmd_admin.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/codec.h"
#include "bot/audit.h"
#include "bot/loading.h"
#include "bot/show.h"

/* Ledger rows shown of one change; the others are counted. */
#define ROWS_SHOWN_MAX 6
/* UTF-16 units of a reason or detail in the list of the audit, so that a page of them fits. */
#define AUDIT_SHOWN_UNITS 200
/* Groups of pity shown; a message has room for few fields. */
#define PITY_SHOWN_MAX 6

/* ---- grant and revoke ---- */

struct grant {
	uint64_t user;
	struct player *player; /* whose accounts change: the caller's own, or the other's */
	struct ledger *ledger;
	int64_t amount, shards, count;
	struct str item; /* id; empty: none */
	struct str reason;
};

static bool refuse_nothing(struct turn *turn)
{
	turn_refuse(turn, "Say what: `amount`, `shards`, or `item` with `count`. Nothing was changed.",
		    "`amount`・`shards`・`item`（と `count`）のどれかを指定してください。変更はありません。");
	return false;
}

static bool refuse_number(struct turn *turn, const char *option, int64_t max)
{
	turn_refuse(turn, "`%s` is 1 to %" PRId64 ". Nothing was changed.", "`%s` は1〜%" PRId64 "です。変更はありません。", option,
		    max);
	return false;
}

/* An item of the catalog; of a revoke also one that only its owner's row still knows. */
static bool find_item(struct turn *turn, struct grant *grant, bool revokes)
{
	struct str text = turn_option_text(turn, "item");
	const struct catalog_item *item = turn_find_item(turn, text);
	const struct player_item *owned = revokes && !item ? player_find_item(grant->player, text) : NULL;

	if (text.len == 0)
		return true;
	if (!item && !owned) {
		turn_refuse(turn, "There is no item of that name. Nothing was changed. The option `item` suggests them while you type.",
			    "その名前のアイテムはありません。変更はありません。`item` は入力中に候補が表示されます。");
		return false;
	}
	grant->item = item ? item->id : owned->id;
	return true;
}

static bool take_numbers(struct turn *turn, struct grant *grant)
{
	grant->amount = turn_option_integer(turn, "amount", 0);
	grant->shards = turn_option_integer(turn, "shards", 0);
	grant->count = turn_option_integer(turn, "count", grant->item.len > 0 ? 1 : 0);
	if (interaction_option(turn->interaction, "amount") && (grant->amount < 1 || grant->amount > GRANT_MAX))
		return refuse_number(turn, "amount", GRANT_MAX);
	if (interaction_option(turn->interaction, "shards") && (grant->shards < 1 || grant->shards > GRANT_MAX))
		return refuse_number(turn, "shards", GRANT_MAX);
	if (grant->item.len > 0 && (grant->count < 1 || grant->count > TRADE_COUNT_MAX))
		return refuse_number(turn, "count", TRADE_COUNT_MAX);
	if (grant->item.len == 0 && (grant->count != 0 || (grant->amount == 0 && grant->shards == 0)))
		return refuse_nothing(turn);
	return true;
}

/* False after a refusal. */
static bool take_options(struct turn *turn, struct grant *grant, bool revokes)
{
	const struct interaction_option *user = interaction_option(turn->interaction, "user");

	*grant = (struct grant){.reason = turn_option_text(turn, "reason")};
	if (!user || user->user.bot) {
		turn_refuse_bot(turn);
		return false;
	}
	grant->user = user->id;
	grant->player = turn->other ? turn->other : turn->player;
	grant->ledger = turn->other ? &turn->other_ledger : &turn->ledger;
	if (grant->reason.len == 0 || codec_utf16_len(grant->reason) > REASON_CHARACTERS_MAX) {
		turn_refuse(turn, "`reason` is 1 to %d characters: it stays in the audit. Nothing was changed.",
			    "`reason` は1〜%d文字です（監査記録に残ります）。変更はありません。", REASON_CHARACTERS_MAX);
		return false;
	}
	return find_item(turn, grant, revokes) && take_numbers(turn, grant);
}

static int64_t owned_count(const struct grant *grant)
{
	const struct player_item *owned = player_find_item(grant->player, grant->item);

	return owned ? owned->count : 0;
}

/* What there is of what was named: a line each. */
static struct str accounts_text(const struct turn *turn, const struct grant *grant)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);

	if (grant->amount != 0)
		buf_add(&out, arena_printf(turn->arena, "%.*s\n", STR_ARG(turn_money(turn, grant->player->balance))));
	if (grant->shards != 0)
		buf_add(&out, arena_printf(turn->arena, "🔹 %.*s\n", STR_ARG(turn_number(turn, grant->player->shards))));
	if (grant->item.len > 0)
		buf_add(&out, show_items(turn, grant->item, owned_count(grant)));
	return buf_str(&out);
}

static bool refuse_deal(struct turn *turn, const struct grant *grant, enum deal deal, struct err *err)
{
	struct str there = accounts_text(turn, grant);

	switch (deal) {
	case DEAL_SHORT:
		return turn_refuse(turn, "There is not that much to take from %.*s. Nothing was changed. There is:\n%.*s",
				   "%.*s さんからそれだけは取り消せません。変更はありません。いまの残り:\n%.*s",
				   STR_ARG(turn_mention(turn, grant->user)), STR_ARG(there));
	case DEAL_OVERFLOW:
		return turn_refuse(turn, "%.*s would have more than can be counted. Nothing was changed. There is:\n%.*s",
				   "%.*s さんの残高が上限を超えてしまいます。変更はありません。いまの残り:\n%.*s",
				   STR_ARG(turn_mention(turn, grant->user)), STR_ARG(there));
	default:
		return err_wrap(err, "a grant");
	}
}

/* "+100 balance, -2 akari": the same words as in the ledger. */
static struct str detail_text(const struct turn *turn, const struct grant *grant, int sign)
{
	struct buf out = turn_buf(turn, AUDIT_TEXT_MAX);
	const char *mark = sign < 0 ? "-" : "+";

	if (grant->amount != 0)
		buf_printf(&out, "%s%" PRId64 " %s", mark, grant->amount, account_name(ACCOUNT_BALANCE));
	if (grant->shards != 0)
		buf_printf(&out, "%s%s%" PRId64 " %s", out.len > 0 ? ", " : "", mark, grant->shards, account_name(ACCOUNT_SHARDS));
	if (grant->item.len > 0)
		buf_printf(&out, "%s%s%" PRId64 " %.*s", out.len > 0 ? ", " : "", mark, grant->count, STR_ARG(grant->item));
	return buf_str(&out);
}

static struct str changes_text(const struct turn *turn, const struct grant *grant, int sign)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);
	const char *mark = sign < 0 ? "−" : "+";

	if (grant->amount != 0)
		buf_add(&out, arena_printf(turn->arena, "%s%.*s\n", mark, STR_ARG(turn_money(turn, grant->amount))));
	if (grant->shards != 0)
		buf_add(&out, arena_printf(turn->arena, "%s🔹 %.*s\n", mark, STR_ARG(turn_number(turn, grant->shards))));
	if (grant->item.len > 0)
		buf_add(&out, arena_printf(turn->arena, "%s%.*s", mark, STR_ARG(show_items(turn, grant->item, grant->count))));
	return buf_str(&out);
}

static bool show_grant(struct turn *turn, const struct grant *grant, int sign, struct err *err)
{
	struct embed *embed = message_embed(&turn->message);

	if (!embed)
		return arena_check(turn->arena, "the grant", err);
	embed->title = sign < 0 ? turn_say(turn, "✅ Revoked", "✅ 取り消しました") : turn_say(turn, "✅ Granted", "✅ 渡しました");
	embed->color = turn->catalog->rarities[0].color;
	embed->description = turn_mention(turn, grant->user);
	embed_field(embed, turn_say(turn, "Change", "変更"), changes_text(turn, grant, sign), true);
	embed_field(embed, turn_say(turn, "Now", "変更後"), accounts_text(turn, grant), true);
	embed_field(embed, turn_say(turn, "Reason", "理由"), message_escape(turn->arena, grant->reason), false);
	embed->footer = turn_say(turn, "Kept in /admin audit and in the player's history", "/admin audit と本人の履歴に記録しました");
	return true;
}

static bool grant_or_revoke(struct turn *turn, int sign, struct err *err)
{
	const char *word = sign < 0 ? "revoke" : "grant";
	struct grant grant;
	enum deal deal;

	if (!take_options(turn, &grant, sign < 0))
		return true;
	const struct economy_step steps[] = {
		{grant.player, grant.ledger, ACCOUNT_BALANCE, STR_EMPTY, sign * grant.amount, word},
		{grant.player, grant.ledger, ACCOUNT_SHARDS, STR_EMPTY, sign * grant.shards, word},
		{grant.player, grant.ledger, ACCOUNT_ITEM, grant.item, grant.item.len > 0 ? sign * grant.count : 0, word},
	};
	deal = economy_apply(steps, sizeof(steps) / sizeof(steps[0]), turn_now_s(turn), err);
	if (deal != DEAL_DONE)
		return refuse_deal(turn, &grant, deal, err);
	turn->changed = true;
	turn->other_changed = grant.player == turn->other;
	audit_add(turn, word, arena_printf(turn->arena, "%" PRIu64, grant.user), grant.reason, detail_text(turn, &grant, sign));
	return show_grant(turn, &grant, sign, err);
}

bool cmd_admin_grant(struct turn *turn, struct err *err)
{
	return grant_or_revoke(turn, 1, err);
}

bool cmd_admin_revoke(struct turn *turn, struct err *err)
{
	return grant_or_revoke(turn, -1, err);
}

/* ---- inspect ---- */

void cmd_admin_plan_inspect(const struct turn *turn, struct turn_plan *plan)
{
	const struct interaction_option *user = interaction_option(turn->interaction, "user");

	if (user)
		plan->page_key = loading_player_key(turn->arena, turn->guild_scope, turn->interaction->guild_id, user->id);
}

/* "`pull` 💎 −160 → 1,440" */
static void add_ledger_row(const struct turn *turn, struct json row, struct buf *out)
{
	struct str account = json_text_or(json_get(row, "account"), turn->arena, STR_EMPTY);
	struct str name = json_text_or(json_get(row, "name"), turn->arena, STR_EMPTY);
	struct str reason = json_text_or(json_get(row, "reason"), turn->arena, STR_EMPTY);
	int64_t delta = 0, after = 0;

	json_i64(json_get(row, "delta"), -GACHA_INTEGER_MAX, GACHA_INTEGER_MAX, &delta);
	json_i64(json_get(row, "after"), 0, GACHA_INTEGER_MAX, &after);
	if (str_eqc(account, account_name(ACCOUNT_BALANCE)))
		name = turn->catalog->currency.emoji;
	else if (str_eqc(account, account_name(ACCOUNT_SHARDS)))
		name = STR("🔹");
	else if (str_eqc(account, account_name(ACCOUNT_SPARK)))
		name = arena_printf(turn->arena, "✨ %.*s", STR_ARG(message_escape(turn->arena, name)));
	else
		name = message_escape(turn->arena, name);
	buf_add(out, arena_printf(turn->arena, "\n`%.*s` %.*s %.*s → %.*s", STR_ARG(reason), STR_ARG(name),
				  STR_ARG(show_signed(turn, delta)), STR_ARG(turn_number(turn, after))));
}

static void add_change(const struct turn *turn, const struct store_row *row, struct buf *out)
{
	struct json root, ledger, key, entry;
	struct json_iter iter;
	size_t shown = 0;

	/* interface.md, Tables: Unix milliseconds × 1000 + k. */
	buf_add(out, arena_printf(turn->arena, "%s%.*s", out->len > 0 ? "\n\n" : "", STR_ARG(show_time(turn, row->sort / 1000000, 'f'))));
	if (!json_parse(turn->arena, row->doc, &root, NULL)) {
		buf_add(out, turn_say(turn, " · cannot be read", " · 読み取れません"));
		return;
	}
	ledger = json_get(root, "ledger");
	buf_add(out, arena_printf(turn->arena, " · `/%.*s`",
				  STR_ARG(json_text_or(json_get(root, "command"), turn->arena, STR_EMPTY))));
	iter = json_iterate(ledger);
	while (shown < ROWS_SHOWN_MAX && json_next(&iter, &key, &entry)) {
		add_ledger_row(turn, entry, out);
		shown++;
	}
	if (json_count(ledger) > shown)
		buf_add(out, turn_say(turn, "\n… and %zu more", "\n… ほか%zu件", json_count(ledger) - shown));
}

static struct str last_changes(const struct turn *turn)
{
	size_t shown = turn->history_count < HISTORY_PAGE_ROWS ? turn->history_count : HISTORY_PAGE_ROWS;
	struct buf out = turn_buf(turn, PAGE_BYTES_MAX);

	for (size_t i = 0; i < shown; i++)
		add_change(turn, &turn->history[i], &out);
	return shown > 0 ? buf_str(&out) : turn_say(turn, "No changes yet.", "まだ変更はありません。");
}

static struct str offers_text(const struct turn *turn, const struct player *player)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);

	for (size_t i = 0; i < player->offer_count; i++) {
		const struct player_offer *offer = &player->offers[i];
		struct str want = show_items(turn, offer->want, offer->want_count);

		buf_add(&out, arena_printf(turn->arena, "%s%.*s → %.*s · %.*s · %.*s", i > 0 ? "\n" : "",
					   STR_ARG(show_items(turn, offer->give, offer->give_count)), STR_ARG(want),
					   STR_ARG(turn_mention(turn, turn_key_user(offer->to))), STR_ARG(show_time(turn, offer->until_s, 'R'))));
	}
	return buf_str(&out);
}

static void show_fairness(const struct turn *turn, struct embed *embed, const struct player *player)
{
	uint8_t commit[HASH_SHA256_SIZE];
	char hex[2 * HASH_SHA256_SIZE + 1];

	fairness_commit(player->fairness.seed, commit);
	embed_field(embed,
		    turn_say(turn, "Seed %" PRIu64 ": commitment; next pull %" PRIu64,
			     "シード%" PRIu64 "のコミットメント（次の番号%" PRIu64 "）", player->fairness.epoch, player->fairness.next_n),
		    arena_printf(turn->arena, "```\n%.*s\n```", STR_ARG(codec_hex(commit, sizeof(commit), hex))), false);
}

static void show_player(struct turn *turn, struct embed *embed, const struct player *player, uint64_t user)
{
	int64_t copies = 0;

	for (size_t i = 0; i < player->item_count; i++)
		copies += player->items[i].count;
	embed->title = turn_say(turn, "🔎 Accounts and last changes", "🔎 残高と最近の変更");
	embed->color = turn->catalog->rarities[0].color;
	embed->description = arena_printf(turn->arena, "%.*s `%.*s`\n\n%.*s", STR_ARG(turn_mention(turn, user)), STR_ARG(player->key),
					  STR_ARG(last_changes(turn)));
	embed_field(embed, turn_say(turn, "Balance", "残高"), turn_money(turn, player->balance), true);
	embed_field(embed, turn_say(turn, "Shards", "かけら"),
		    arena_printf(turn->arena, "🔹 %.*s", STR_ARG(turn_number(turn, player->shards))), true);
	embed_field(embed, turn_say(turn, "Pulls", "回数"), turn_number(turn, player->pulls), true);
	embed_field(embed, turn_say(turn, "Items", "アイテム"),
		    turn_say(turn, "%.*s kinds, %.*s in all", "%.*s種・計%.*s個", STR_ARG(turn_number(turn, (int64_t)player->item_count)),
			     STR_ARG(turn_number(turn, copies))),
		    true);
	embed_field(embed, turn_say(turn, "Playing since", "開始"), show_time(turn, player->created_at_s, 'd'), true);
	embed_field(embed, turn_say(turn, "Daily streak", "連続ログイン"), turn_number(turn, player->streak), true);
	show_add_pity(turn, embed, player, PITY_SHOWN_MAX);
	show_fairness(turn, embed, player);
	if (player->offer_count > 0)
		embed_field(embed, turn_say(turn, "Open offers", "申し込み中の交換"), offers_text(turn, player), false);
}

bool cmd_admin_inspect(struct turn *turn, struct err *err)
{
	const struct interaction_option *user = interaction_option(turn->interaction, "user");
	const struct player *player = turn->other;
	struct embed *embed;

	if (!user || user->user.bot)
		return turn_refuse_bot(turn);
	if (user->id == turn->interaction->user.id && turn->player->version != 0)
		player = turn->player;
	if (!player)
		return turn_refuse(turn, "They have not played yet: there is nothing to look at.", "まだ遊んでいない人です。見られるものはありません。");
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "the accounts", err);
	show_player(turn, embed, player, user->id);
	return true;
}

/* ---- audit ---- */

void cmd_admin_plan_audit(const struct turn *turn, struct turn_plan *plan)
{
	plan->page_key = audit_key(turn);
}

static struct str audit_text(const struct turn *turn, struct json root, const char *key)
{
	struct str text = json_text_or(json_get(root, key), turn->arena, STR_EMPTY);

	return message_escape(turn->arena, codec_cut(turn->arena, text, AUDIT_SHOWN_UNITS));
}

/* Players for the actions that are about them; what else there is stands as it was written. */
static struct str audit_target(const struct turn *turn, struct json root, struct str action)
{
	struct str target = json_text_or(json_get(root, "target"), turn->arena, STR_EMPTY);

	if (str_eqc(action, "grant") || str_eqc(action, "revoke"))
		return arena_printf(turn->arena, "<@%.*s>", STR_ARG(target));
	return audit_text(turn, root, "target");
}

/* What audit_add is told; what another version wrote stands as it is. */
static struct str action_text(const struct turn *turn, struct str action)
{
	static const struct {
		const char *action, *en, *ja;
	} words[] = {
		{"grant", "granted", "付与"},
		{"revoke", "revoked", "取り消し"},
		{"catalog", "catalog edited", "カタログの変更"},
		{"catalog-back", "planned catalog taken back", "カタログの予約の取り消し"},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eqc(action, words[i].action))
			return str_from(turn->language == LANGUAGE_JA ? words[i].ja : words[i].en);
	return message_escape(turn->arena, action);
}

static void add_entry(const struct turn *turn, const struct store_row *row, struct buf *out)
{
	struct json root;
	struct str action, target, reason, detail;

	buf_add(out, arena_printf(turn->arena, "%s%.*s", out->len > 0 ? "\n\n" : "", STR_ARG(show_time(turn, row->sort / 1000000, 'f'))));
	if (!json_parse(turn->arena, row->doc, &root, NULL)) {
		buf_add(out, turn_say(turn, " · cannot be read", " · 読み取れません"));
		return;
	}
	action = json_text_or(json_get(root, "action"), turn->arena, STR_EMPTY);
	target = audit_target(turn, root, action);
	reason = audit_text(turn, root, "reason");
	detail = audit_text(turn, root, "detail");
	buf_add(out, arena_printf(turn->arena, " · **%.*s** · <@%.*s>", STR_ARG(action_text(turn, action)),
				  STR_ARG(json_text_or(json_get(root, "by"), turn->arena, STR_EMPTY))));
	if (target.len > 0)
		buf_add(out, arena_printf(turn->arena, " → %.*s", STR_ARG(target)));
	if (detail.len > 0)
		buf_add(out, arena_printf(turn->arena, "\n%.*s", STR_ARG(detail)));
	if (reason.len > 0)
		buf_add(out, turn_say(turn, "\nReason: %.*s", "\n理由: %.*s", STR_ARG(reason)));
}

bool cmd_admin_audit(struct turn *turn, struct err *err)
{
	size_t shown = turn->history_count < HISTORY_PAGE_ROWS ? turn->history_count : HISTORY_PAGE_ROWS;
	struct buf out = turn_buf(turn, PAGE_BYTES_MAX);
	struct embed *embed = message_embed(&turn->message);

	if (!embed)
		return arena_check(turn->arena, "the audit", err);
	if (turn->button)
		turn->message.type = RESPONSE_UPDATE;
	for (size_t i = 0; i < shown; i++)
		add_entry(turn, &turn->history[i], &out);
	embed->title = turn_say(turn, "📜 What administrators did", "📜 管理者の操作の記録");
	embed->color = turn->catalog->rarities[0].color;
	embed->description = shown > 0 ? buf_str(&out) : turn_say(turn, "Nothing yet.", "まだ何もありません。");
	show_history_pages(turn, CMD_ADMIN_VERB_AUDIT, shown);
	return true;
}
