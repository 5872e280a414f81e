#include "bot/cmd_trade.h"

#include <inttypes.h>

#include "bot/loading.h"
#include "bot/odds_text.h"
#include "bot/show.h"
#include "gacha/offer.h"

/* ---- whom and what ---- */

/* The other player of a command; NULL: the caller was refused. */
static const struct discord_user *find_partner(struct turn *turn)
{
	const struct interaction_option *option = interaction_option(turn->interaction, "user");

	if (!option || option->user.bot)
		turn_refuse_bot(turn);
	else if (option->id == turn->interaction->user.id)
		turn_refuse(turn, "That is you. Nothing was given. Choose somebody else.",
			    "ご自分が選ばれています。何も渡していません。ほかの人を選んでください。");
	else
		return &option->user;
	return NULL;
}

/* The id of the caller's item: by its name while the catalog has it, else by its id. */
static struct str find_owned(const struct turn *turn, struct str text)
{
	const struct catalog_item *item = turn_find_item(turn, text);
	const struct player_item *owned = player_find_item(turn->player, item ? item->id : text);

	return owned ? owned->id : STR_EMPTY;
}

static bool refuse_not_owned(struct turn *turn)
{
	return turn_refuse(turn, "You have no item of that name. Nothing was given. `/inventory` shows what you have.",
			   "その名前のアイテムは持っていません。何も渡していません。持ち物は `/inventory` で確認できます。");
}

static struct str plain_name(const struct turn *turn, struct str id)
{
	const struct catalog_item *item = catalog_find_item(turn->catalog, id);

	return item ? odds_text_item(turn, item) : message_escape(turn->arena, id);
}

/* Of the two items' rarities the higher one's. */
static int32_t color_of(const struct turn *turn, struct str give, struct str want)
{
	const struct catalog_item *one = catalog_find_item(turn->catalog, give);
	const struct catalog_item *two = catalog_find_item(turn->catalog, want);
	size_t rarity = turn->catalog->rarity_count - 1;

	if (one && one->rarity < rarity)
		rarity = one->rarity;
	if (two && two->rarity < rarity)
		rarity = two->rarity;
	return turn->catalog->rarities[rarity].color;
}

/* ---- what cannot be done ---- */

static void add_button(struct turn *turn, enum button_style style, struct str label, struct str emoji, struct str custom_id)
{
	if (custom_id.len > 0)
		message_button(&turn->message, style, label, emoji, custom_id);
}

/* With a button to withdraw each of them: their messages may be far away. */
static bool refuse_full(struct turn *turn)
{
	turn_refuse(turn, "%d of your offers wait for an answer already. Nothing was given. Withdraw one of them first:",
		    "返事待ちの申し込みがすでに%d件あります。何も渡していません。先にどれかを取り下げてください:", OFFERS_MAX);
	message_row(&turn->message);
	for (size_t i = 0; i < turn->player->offer_count; i++) {
		const struct player_offer *offer = &turn->player->offers[i];
		const struct catalog_item *item = catalog_find_item(turn->catalog, offer->give);

		add_button(turn, BUTTON_SECONDARY, item ? turn_text(turn, &item->name) : offer->give, STR("↩️"),
			   turn_custom_id(turn, CMD_TRADE_VERB_WITHDRAW, custom_id_target(turn->arena, offer->id), 0));
	}
	return true;
}

static bool refuse_short(struct turn *turn, struct str item, int64_t count)
{
	const struct player_item *owned = player_find_item(turn->player, item);

	return turn_refuse(turn, "That needs %.*s, and you have %.*s. Nothing was given. `/inventory` shows what you have.",
			   "%.*s が必要ですが、持っているのは%.*s個です。何も渡していません。持ち物は `/inventory` で確認できます。",
			   STR_ARG(show_items(turn, item, count)), STR_ARG(turn_number(turn, owned ? owned->count : 0)));
}

static bool refuse_over(struct turn *turn)
{
	return turn_refuse(turn, "This offer is over: it was accepted, declined or withdrawn. Nothing was given now. `/history` shows what you traded.",
			   "この申し込みは終わっています（成立・辞退・取り下げのいずれか）。いまは何も渡していません。交換の結果は `/history` で確認できます。");
}

/* item and count: what the caller would give. */
static bool refuse_deal(struct turn *turn, enum deal deal, struct str item, int64_t count, struct err *err)
{
	switch (deal) {
	case DEAL_COUNT:
		return turn_refuse(turn, "The count is 1 to %d. Nothing was given. Try again with such a number.",
				   "個数は1〜%dです。何も渡していません。もう一度お試しください。", TRADE_COUNT_MAX);
	case DEAL_SHORT:
		return refuse_short(turn, item, count);
	case DEAL_SAME_ITEM:
		return turn_refuse(turn, "An item for itself is no trade. Nothing was given. Use `/gift` to give it away.",
				   "同じアイテム同士は交換できません。何も渡していません。贈るには `/gift` をお使いください。");
	case DEAL_FAVOURITE:
		return turn_refuse(turn, "%.*s is a favourite of yours, and you would have none left. Nothing was given. `/item` takes the mark away.",
				   "%.*s はお気に入りで、手元に残りません。何も渡していません。お気に入りは `/item` で外せます。",
				   STR_ARG(plain_name(turn, item)));
	case DEAL_OFFERS_FULL:
		return refuse_full(turn);
	case DEAL_OVERFLOW:
		return turn_refuse(turn, "One of you would have more of an item than can be counted. Nothing was given. Try a smaller number.",
				   "所持数の上限を超えてしまいます。何も渡していません。個数を減らしてお試しください。");
	case DEAL_NO_OFFER:
	case DEAL_STRANGER:
		return refuse_over(turn);
	case DEAL_FAILED:
		return err_wrap(err, "a gift or trade");
	default:
		return err_set(err, ERR_INPUT, "a gift or trade ended with %d", (int)deal);
	}
}

/* ---- /gift ---- */

static void show_gift(struct turn *turn, const struct discord_user *to, struct str item, int64_t count)
{
	struct embed *embed = message_embed(&turn->message);

	turn->message.mention = to->id;
	turn->message.content = turn_mention(turn, to->id);
	if (!embed)
		return;
	embed->title = turn_say(turn, "🎁 A gift", "🎁 プレゼント");
	embed->color = color_of(turn, item, STR_EMPTY);
	embed->description = turn_say(turn, "%.*s gives %.*s\n**%.*s**", "%.*s さんから %.*s さんへ\n**%.*s**",
				      STR_ARG(turn_mention(turn, turn->interaction->user.id)), STR_ARG(turn_mention(turn, to->id)),
				      STR_ARG(show_items(turn, item, count)));
}

bool cmd_trade_gift(struct turn *turn, struct err *err)
{
	const struct discord_user *to = find_partner(turn);
	int64_t count = turn_option_integer(turn, "count", 1);
	struct str item;
	enum deal deal;

	if (!to)
		return true;
	item = find_owned(turn, turn_option_text(turn, "item"));
	if (item.len == 0)
		return refuse_not_owned(turn);
	deal = gift_make(turn->player, &turn->ledger, turn->other, &turn->other_ledger, item, count, turn_now_s(turn), err);
	if (deal != DEAL_DONE)
		return refuse_deal(turn, deal, item, count, err);
	turn->changed = turn->other_changed = true;
	show_gift(turn, to, item, count);
	return true;
}

/* ---- /trade ---- */

/* What both sides give; of an offer, or of a trade that took place. */
static struct str terms_text(const struct turn *turn, const struct player_offer *offer, uint64_t maker, uint64_t other)
{
	return turn_say(turn, "%.*s gives\n**%.*s**\n\n%.*s gives\n**%.*s**",
			"%.*s さんが渡すもの\n**%.*s**\n\n%.*s さんが渡すもの\n**%.*s**", STR_ARG(turn_mention(turn, maker)),
			STR_ARG(show_items(turn, offer->give, offer->give_count)), STR_ARG(turn_mention(turn, other)),
			STR_ARG(show_items(turn, offer->want, offer->want_count)));
}

static void show_offer(struct turn *turn, const struct player_offer *offer, uint64_t to)
{
	uint64_t maker = turn->interaction->user.id;
	struct str target = custom_id_target(turn->arena, offer->id);
	struct embed *embed = message_embed(&turn->message);

	turn->message.mention = to;
	turn->message.content = turn_say(turn, "%.*s, %.*s offers you a trade.", "%.*s さん、%.*s さんから交換の申し込みです。",
					 STR_ARG(turn_mention(turn, to)), STR_ARG(turn_mention(turn, maker)));
	if (!embed)
		return;
	embed->title = turn_say(turn, "🤝 Trade offer", "🤝 交換の申し込み");
	embed->color = color_of(turn, offer->give, offer->want);
	embed->description = turn_say(turn, "%.*s\n\nOpen until %.*s; what is offered is set aside until then.",
				      "%.*s\n\n%.*s まで有効です。渡すものはそれまで預かります。",
				      STR_ARG(terms_text(turn, offer, maker, to)), STR_ARG(show_time(turn, offer->until_s, 'f')));
	message_row(&turn->message);
	add_button(turn, BUTTON_SUCCESS, turn_say(turn, "Accept", "交換する"), STR("✅"),
		   turn_custom_id_for(turn, to, CMD_TRADE_VERB_ACCEPT, target, (int64_t)maker));
	add_button(turn, BUTTON_DANGER, turn_say(turn, "Decline", "断る"), STR("✖️"),
		   turn_custom_id_for(turn, to, CMD_TRADE_VERB_DECLINE, target, (int64_t)maker));
	add_button(turn, BUTTON_SECONDARY, turn_say(turn, "Withdraw", "取り下げる"), STR("↩️"),
		   turn_custom_id(turn, CMD_TRADE_VERB_WITHDRAW, target, (int64_t)to));
}

bool cmd_trade_offer(struct turn *turn, struct err *err)
{
	const struct discord_user *to = find_partner(turn);
	const struct catalog_item *want = turn_find_item(turn, turn_option_text(turn, "want"));
	struct player_offer terms;
	enum deal deal;

	if (!to)
		return true;
	if (!want)
		return turn_refuse(turn, "There is no item of that name to want. Nothing was given. The option `want` suggests them while you type.",
				   "その名前のアイテムはありません。何も渡していません。`want` は入力中に候補が表示されます。");
	terms = (struct player_offer){
		.id = arena_printf(turn->arena, "%" PRIu64, turn->interaction->id),
		.to = loading_player_key(turn->arena, turn->guild_scope, turn->interaction->guild_id, to->id),
		.give = find_owned(turn, turn_option_text(turn, "give")),
		.give_count = turn_option_integer(turn, "give_count", 1),
		.want = want->id,
		.want_count = turn_option_integer(turn, "want_count", 1),
	};
	if (terms.give.len == 0)
		return refuse_not_owned(turn);
	deal = offer_make(turn->player, &turn->ledger, &terms, turn_now_s(turn), err);
	if (deal != DEAL_DONE)
		return refuse_deal(turn, deal, terms.give, terms.give_count, err);
	turn->changed = true;
	show_offer(turn, player_find_offer(turn->player, terms.id), to->id);
	return true;
}

/* ---- an offer's end ---- */

static const struct player_offer *find_offer(const struct turn *turn, const struct player *maker)
{
	for (size_t i = 0; maker && i < maker->offer_count; i++)
		if (custom_id_is_target(turn->button->target, maker->offers[i].id))
			return &maker->offers[i];
	return NULL;
}

/* The message says so from now on and has no buttons any more. */
static void show_end(struct turn *turn, struct str title, struct str text, int32_t color)
{
	struct embed *embed;

	turn->message.type = RESPONSE_UPDATE;
	embed = message_embed(&turn->message);
	if (!embed)
		return;
	embed->title = title;
	embed->color = color;
	embed->description = text;
}

/*
 * The offer is there no more. While it could still have been open, its message tells what became of it, or will in a
 * moment: it stays. Else it has run out, and what loading brought back to its maker is kept.
 */
static bool tell_over(struct turn *turn, const struct player *maker, const struct ledger *ledger, uint64_t maker_id)
{
	if (turn_now_s(turn) < turn->button->issued_s + OFFER_LIFE_S)
		return refuse_over(turn);
	turn->changed = maker && maker->version != 0 && ledger->count > 0;
	turn->other_changed = turn->changed && maker == turn->other;
	show_end(turn, turn_say(turn, "⌛ Trade offer, run out", "⌛ 交換の申し込み（期限切れ）"),
		 turn_say(turn, "Nobody accepted it in time. What was offered is back with %.*s.",
			  "期限内に成立しませんでした。預かっていたものは %.*s さんに戻りました。", STR_ARG(turn_mention(turn, maker_id))),
		 MESSAGE_NO_COLOR);
	return true;
}

bool cmd_trade_accept(struct turn *turn, struct err *err)
{
	uint64_t maker = (uint64_t)turn->button->number;
	const struct player_offer *found = find_offer(turn, turn->other);
	struct player_offer offer;
	enum deal deal;

	if (!found)
		return tell_over(turn, turn->other, &turn->other_ledger, maker);
	offer = *found;
	deal = offer_accept(turn->other, &turn->other_ledger, turn->player, &turn->ledger, offer.id, turn_now_s(turn), err);
	if (deal != DEAL_DONE)
		return refuse_deal(turn, deal, offer.want, offer.want_count, err);
	turn->changed = turn->other_changed = true;
	show_end(turn, turn_say(turn, "🤝 Traded!", "🤝 交換成立！"),
		 terms_text(turn, &offer, maker, turn->interaction->user.id), color_of(turn, offer.give, offer.want));
	return true;
}

/* Back to the one who made it; what was offered is said. */
static bool end_offer(struct turn *turn, struct player *maker, struct ledger *ledger, uint64_t maker_id, struct str title,
		      struct err *err)
{
	const struct player_offer *found = find_offer(turn, maker);
	struct player_offer offer;
	enum deal deal;

	if (!found)
		return tell_over(turn, maker, ledger, maker_id);
	offer = *found;
	deal = offer_end(maker, ledger, offer.id, turn->player->key, err);
	if (deal != DEAL_DONE)
		return refuse_deal(turn, deal, offer.give, offer.give_count, err);
	turn->changed = true;
	turn->other_changed = maker == turn->other;
	show_end(turn, title,
		 turn_say(turn, "**%.*s** is back with %.*s.", "**%.*s** は %.*s さんに戻りました。",
			  STR_ARG(show_items(turn, offer.give, offer.give_count)), STR_ARG(turn_mention(turn, maker_id))),
		 MESSAGE_NO_COLOR);
	return true;
}

bool cmd_trade_decline(struct turn *turn, struct err *err)
{
	return end_offer(turn, turn->other, &turn->other_ledger, (uint64_t)turn->button->number,
			 turn_say(turn, "✖️ Trade offer, declined", "✖️ 交換の申し込み（辞退）"), err);
}

bool cmd_trade_withdraw(struct turn *turn, struct err *err)
{
	return end_offer(turn, turn->player, &turn->ledger, turn->interaction->user.id,
			 turn_say(turn, "↩️ Trade offer, withdrawn", "↩️ 交換の申し込み（取り下げ）"), err);
}

/* ---- completion ---- */

/* Whether the item is to be offered in this round: items of the catalog by rarity, then those that it has no more. */
static bool is_in_round(const struct turn *turn, const struct catalog_item *item, size_t round)
{
	return (item ? item->rarity : turn->catalog->rarity_count) == round;
}

static bool is_typed(const struct player_item *owned, const struct catalog_item *item, struct str typed)
{
	const struct localised none = {STR_EMPTY, STR_EMPTY};

	return turn_matches(owned->id, item ? &item->name : &none, typed);
}

bool cmd_trade_complete_owned(struct turn *turn, struct err *err)
{
	const struct player *player = turn->player;
	struct str typed = turn_focused_text(turn);

	(void)err;
	for (size_t round = 0; round <= turn->catalog->rarity_count; round++) {
		for (size_t i = 0; i < player->item_count && turn->message.choice_count < MESSAGE_CHOICES_MAX; i++) {
			const struct player_item *owned = &player->items[i];
			const struct catalog_item *item = catalog_find_item(turn->catalog, owned->id);

			if (!is_in_round(turn, item, round) || !is_typed(owned, item, typed) ||
			    economy_can_give(player, owned->id, 1) != DEAL_DONE)
				continue;
			message_choice(&turn->message,
				       arena_printf(turn->arena, "×%.*s %.*s", STR_ARG(turn_number(turn, owned->count)),
						    STR_ARG(item ? turn_text(turn, &item->name) : owned->id)),
				       owned->id);
		}
	}
	return true;
}
