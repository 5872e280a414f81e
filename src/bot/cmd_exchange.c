#include "bot/cmd_exchange.h"

#include <inttypes.h>

#include "base/hash.h"
#include "bot/odds_text.h"
#include "bot/show.h"
#include "gacha/banner.h"
#include "gacha/exchange.h"

/* Items on one page, which a select can show too. */
#define PAGE_ITEMS 12
_Static_assert(PAGE_ITEMS <= COMPONENT_OPTIONS_MAX, "a select shows a page");
/* Other banners whose points a list names. */
#define OTHERS_SHOWN_MAX 5

/* ---- prices ---- */

/* banner: whose points pay; NULL: shards. CATALOG_NONE: not sold. */
static int64_t price_of(const struct catalog_banner *banner, const struct catalog_item *item)
{
	return banner ? banner->spark_cost : item->price;
}

static int64_t funds_of(const struct turn *turn, const struct catalog_banner *banner)
{
	return banner ? player_spark_points(turn->player, banner->id) : turn->player->shards;
}

static int64_t owned_of(const struct turn *turn, const struct catalog_item *item)
{
	const struct player_item *owned = player_find_item(turn->player, item->id);

	return owned ? owned->count : 0;
}

/* "🔹 180" or "✨ 300" */
static struct str funds_text(const struct turn *turn, const struct catalog_banner *banner, int64_t amount)
{
	return arena_printf(turn->arena, "%s %.*s", banner ? "✨" : "🔹", STR_ARG(turn_number(turn, amount)));
}

static bool has_spark(const struct turn *turn, const struct catalog_banner *banner)
{
	return banner->spark_cost != CATALOG_NONE && !banner_has_ended(banner, turn_now_s(turn));
}

/* Of the banners that have spark (for this item; NULL: for any), the one with most of the caller's points; NULL: there is none. */
static const struct catalog_banner *find_spark(const struct turn *turn, const struct catalog_item *item)
{
	const struct catalog_banner *best = NULL;

	for (size_t i = 0; i < turn->catalog->banner_count; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];

		if (!has_spark(turn, banner) || (item && !exchange_is_listed(turn->catalog, banner, item)))
			continue;
		if (!best || funds_of(turn, banner) > funds_of(turn, best))
			best = banner;
	}
	return best;
}

/* ---- what cannot be had ---- */

static bool refuse_no_spark(struct turn *turn)
{
	return turn_refuse(turn, "No banner gives items for spark points now. Nothing was charged. `/exchange` shows what shards buy.",
			   "交換ポイントの使えるガチャはいまありません。消費はありません。かけらで買えるものは `/exchange` で確認できます。");
}

static bool refuse_not_listed(struct turn *turn, const struct catalog_banner *banner)
{
	return turn_refuse(turn, "**%.*s** does not give that for spark points. Nothing was charged. `/exchange with: spark` shows what it gives.",
			   "**%.*s** の交換ポイントの対象ではありません。消費はありません。対象は `/exchange with: spark` で確認できます。",
			   STR_ARG(odds_text_banner(turn, banner)));
}

static bool refuse_ended(struct turn *turn, const struct catalog_banner *banner)
{
	return turn_refuse(turn, "**%.*s** has ended, and its points became shards one to one. Nothing was charged. `/exchange` shows what shards buy.",
			   "**%.*s** は終了し、ポイントは 1:1でかけらになりました。消費はありません。かけらで買えるものは `/exchange` で確認できます。",
			   STR_ARG(odds_text_banner(turn, banner)));
}

static bool refuse_not_sold(struct turn *turn, const struct catalog_item *item)
{
	if (find_spark(turn, item))
		return turn_refuse(turn, "%.*s is not sold for shards, but for spark points: `/exchange with: spark`. Nothing was charged.",
				   "%.*s はかけらでは買えませんが、交換ポイントで選べます: `/exchange with: spark`。消費はありません。",
				   STR_ARG(odds_text_item(turn, item)));
	return turn_refuse(turn, "%.*s is not sold. Nothing was charged. `/gacha plan` shows which banner has it.",
			   "%.*s は非売品です。消費はありません。出るガチャは `/gacha plan` で確認できます。",
			   STR_ARG(odds_text_item(turn, item)));
}

static bool refuse_short(struct turn *turn, const struct catalog_banner *banner, const struct catalog_item *item)
{
	struct str need = funds_text(turn, banner, price_of(banner, item));
	struct str have = funds_text(turn, banner, funds_of(turn, banner));

	if (banner)
		return turn_refuse(turn, "That needs %.*s, and you have %.*s on **%.*s**. Nothing was charged. Each pull there gives one point.",
				   "%.*s 必要ですが、持っているのは %.*s です（**%.*s**）。消費はありません。そのガチャを1回引くごとに1ポイントもらえます。",
				   STR_ARG(need), STR_ARG(have), STR_ARG(odds_text_banner(turn, banner)));
	return turn_refuse(turn, "That needs %.*s, and you have %.*s. Nothing was charged. Duplicates that you draw give shards.",
			   "%.*s 必要ですが、持っているのは %.*s です。消費はありません。重複を引くとかけらがもらえます。", STR_ARG(need),
			   STR_ARG(have));
}

static bool refuse_gone(struct turn *turn)
{
	return turn_refuse(turn, "That is not what it was: you have bought it, or a price or your account has changed. Nothing was charged. Use `/exchange` again.",
			   "購入済みか、価格や残高が変わったため、この確認は無効です。消費はありません。もう一度 `/exchange` をお使いください。");
}

/* banner: whose points were to pay, or NULL. */
static bool refuse_deal(struct turn *turn, enum deal deal, const struct catalog_banner *banner,
			const struct catalog_item *item, struct err *err)
{
	switch (deal) {
	case DEAL_SHORT:
		return refuse_short(turn, banner, item);
	case DEAL_NOT_SOLD:
		return refuse_not_sold(turn, item);
	case DEAL_NOT_LISTED:
		return refuse_not_listed(turn, banner);
	case DEAL_ENDED:
		return refuse_ended(turn, banner);
	case DEAL_OVERFLOW:
		return turn_refuse(turn, "You would have more of that than can be counted. Nothing was charged. Choose something else.",
				   "所持数の上限を超えてしまいます。消費はありません。ほかのものを選んでください。");
	case DEAL_FAILED:
		return err_wrap(err, "a purchase");
	default:
		return err_set(err, ERR_INPUT, "a purchase ended with %d", (int)deal);
	}
}

/* ---- lists ---- */

struct shelf {
	const struct catalog_banner *banner; /* whose points pay; NULL: shards */
	size_t page, page_count, total;
	const struct catalog_item *items[PAGE_ITEMS];
	size_t count;
};

/* The item at an index of what the catalog has, or of what the banner lists; NULL if it is not sold. */
static const struct catalog_item *at(const struct turn *turn, const struct catalog_banner *banner, size_t i)
{
	const struct catalog_item *item = &turn->catalog->items[banner ? banner->spark_items[i] : i];

	return price_of(banner, item) != CATALOG_NONE ? item : NULL;
}

/* By rarity, the highest first. A page that is not there is the last one. */
static void fill_shelf(const struct turn *turn, struct shelf *shelf, int64_t wanted)
{
	size_t length = shelf->banner ? shelf->banner->spark_count : turn->catalog->item_count;
	size_t place = 0;

	for (size_t i = 0; i < length; i++)
		shelf->total += at(turn, shelf->banner, i) != NULL;
	shelf->page_count = (shelf->total + PAGE_ITEMS - 1) / PAGE_ITEMS;
	if (shelf->page_count > 0)
		shelf->page = (uint64_t)wanted < shelf->page_count ? (size_t)wanted : shelf->page_count - 1;
	for (size_t rarity = 0; rarity < turn->catalog->rarity_count; rarity++) {
		for (size_t i = 0; i < length; i++) {
			const struct catalog_item *item = at(turn, shelf->banner, i);

			if (!item || item->rarity != rarity)
				continue;
			if (place++ / PAGE_ITEMS == shelf->page)
				shelf->items[shelf->count++] = item;
		}
	}
}

static struct str owned_text(const struct turn *turn, const struct catalog_item *item)
{
	int64_t owned = owned_of(turn, item);

	if (owned == 0)
		return turn_say(turn, "new to you", "未所持");
	return turn_say(turn, "you have %.*s", "所持%.*s", STR_ARG(turn_number(turn, owned)));
}

static struct str list_text(const struct turn *turn, const struct shelf *shelf)
{
	struct buf out = turn_buf(turn, PAGE_BYTES_MAX);

	for (size_t i = 0; i < shelf->count; i++) {
		const struct catalog_item *item = shelf->items[i];
		bool affordable = funds_of(turn, shelf->banner) >= price_of(shelf->banner, item);

		odds_text_add_line(&out, arena_printf(turn->arena, "%s %.*s · %.*s · %.*s", affordable ? "✅" : "▫️",
						      STR_ARG(funds_text(turn, shelf->banner, price_of(shelf->banner, item))),
						      STR_ARG(show_items(turn, item->id, 1)), STR_ARG(owned_text(turn, item))));
	}
	return buf_str(&out);
}

static struct str list_id(const struct turn *turn, const struct catalog_banner *banner, size_t page)
{
	return turn_custom_id(turn, CMD_EXCHANGE_VERB_LIST, banner ? custom_id_target(turn->arena, banner->id) : STR_EMPTY,
			      (int64_t)page);
}

static void add_choices(struct turn *turn, const struct shelf *shelf)
{
	struct str id = list_id(turn, shelf->banner, shelf->page);
	struct select *select;

	if (id.len == 0)
		return;
	select = message_select(&turn->message, id, turn_say(turn, "Choose an item …", "アイテムを選ぶ…"));
	for (size_t i = 0; select && i < shelf->count; i++) {
		const struct select_option option = {
			.label = turn_text(turn, &shelf->items[i]->name),
			.value = shelf->items[i]->id,
			.description = arena_printf(turn->arena, "%.*s · %.*s",
						    STR_ARG(funds_text(turn, shelf->banner, price_of(shelf->banner, shelf->items[i]))),
						    STR_ARG(owned_text(turn, shelf->items[i]))),
		};

		select_option(select, &option);
	}
}

static struct str page_id(const struct turn *turn, const void *what, size_t page)
{
	const struct shelf *shelf = what;

	return list_id(turn, shelf->banner, page);
}

static struct str leftover_text(const struct turn *turn, const struct catalog_banner *banner)
{
	if (banner->end_s == CATALOG_NONE)
		return turn_say(turn, "Should the banner end, points that are left become shards, one to one.",
				"ガチャが終了すると、残ったポイントは 1:1でかけらになります。");
	return turn_say(turn, "When the banner ends (%.*s), points that are left become shards, one to one.",
			"ガチャの終了時（%.*s）に、残ったポイントは 1:1でかけらになります。",
			STR_ARG(show_time(turn, banner->end_s, 'R')));
}

static void add_other_banners(const struct turn *turn, struct embed *embed, const struct catalog_banner *shown)
{
	struct buf out = turn_buf(turn, PAGE_BYTES_MAX);
	size_t count = 0;

	for (size_t i = 0; i < turn->catalog->banner_count && count < OTHERS_SHOWN_MAX; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];

		if (banner == shown || !has_spark(turn, banner))
			continue;
		count++;
		odds_text_add_line(&out, arena_printf(turn->arena, "%.*s: %.*s / %.*s", STR_ARG(odds_text_banner(turn, banner)),
						      STR_ARG(funds_text(turn, banner, funds_of(turn, banner))),
						      STR_ARG(turn_number(turn, banner->spark_cost))));
	}
	if (count > 0)
		embed_field(embed, turn_say(turn, "Other banners (option `banner`)", "ほかのガチャ（`banner` で指定）"), buf_str(&out), false);
}

static bool show_list(struct turn *turn, const struct catalog_banner *banner, int64_t page, struct err *err)
{
	struct shelf shelf = {.banner = banner};
	struct embed *embed;

	fill_shelf(turn, &shelf, page);
	if (shelf.count == 0)
		return turn_refuse(turn, "Nothing is sold for shards here. Nothing was charged. `/exchange with: spark` is the other way.",
				   "かけらで買えるものはありません。消費はありません。`/exchange with: spark` もお試しください。");
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "what is sold", err);
	embed->title = banner ? turn_say(turn, "✨ Spark · %.*s", "✨ 交換ポイント · %.*s", STR_ARG(odds_text_banner(turn, banner)))
			      : turn_say(turn, "🔹 Items for shards", "🔹 かけら交換");
	embed->color = turn->catalog->rarities[shelf.items[0]->rarity].color;
	embed->description = list_text(turn, &shelf);
	embed_field(embed, banner ? turn_say(turn, "Your points", "ポイント") : turn_say(turn, "Your shards", "かけら"),
		    funds_text(turn, banner, funds_of(turn, banner)), true);
	if (banner) {
		embed_field(embed, turn_say(turn, "What is left", "残ったポイント"), leftover_text(turn, banner), true);
		add_other_banners(turn, embed, banner);
	}
	if (shelf.page_count > 1)
		embed->footer = turn_say(turn, "Page %zu of %zu", "%zu / %zuページ", shelf.page + 1, shelf.page_count);
	add_choices(turn, &shelf);
	show_pages(turn, shelf.page, shelf.page_count, page_id, &shelf);
	return true;
}

/* ---- the question ---- */

/*
 * What a question says, as a number: it fits no more once the price, the account or the count of the item is another,
 * so that yes pressed twice buys once.
 */
static int64_t terms_of(const struct turn *turn, const struct catalog_banner *banner, const struct catalog_item *item)
{
	struct str text = arena_printf(turn->arena, "%.*s|%.*s|%" PRId64 "|%" PRId64 "|%" PRId64,
				       STR_ARG(banner ? banner->id : STR_EMPTY), STR_ARG(item->id), price_of(banner, item),
				       funds_of(turn, banner), owned_of(turn, item));
	uint8_t hash[HASH_SHA256_SIZE];
	int64_t number = 0;

	hash_sha256(text, hash);
	for (size_t i = 0; i < CUSTOM_ID_TARGET_DIGITS / 2; i++)
		number = number << 8 | hash[i];
	return number;
}

static void add_back(struct turn *turn, const struct catalog_banner *banner)
{
	struct str id = list_id(turn, banner, 0);

	if (id.len > 0)
		message_button(&turn->message, BUTTON_SECONDARY, turn_say(turn, "Back to the list", "一覧に戻る"), STR("◀"), id);
}

static bool ask(struct turn *turn, const struct catalog_banner *banner, const struct catalog_item *item, struct err *err)
{
	int64_t price = price_of(banner, item), funds = funds_of(turn, banner);
	struct embed *embed;
	struct str yes;

	if (banner && !exchange_is_listed(turn->catalog, banner, item))
		return refuse_not_listed(turn, banner);
	if (banner && banner_has_ended(banner, turn_now_s(turn)))
		return refuse_ended(turn, banner);
	if (price == CATALOG_NONE)
		return refuse_not_sold(turn, item);
	if (funds < price)
		return refuse_short(turn, banner, item);
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "a purchase", err);
	embed->title = turn_say(turn, "Get %.*s?", "%.*s と交換しますか？", STR_ARG(show_items(turn, item->id, 1)));
	embed->color = turn->catalog->rarities[item->rarity].color;
	embed->image_url = item->image;
	embed_field(embed, turn_say(turn, "Price", "価格"), funds_text(turn, banner, price), true);
	embed_field(embed, turn_say(turn, "You have", "残り"),
		    arena_printf(turn->arena, "%.*s → %.*s", STR_ARG(funds_text(turn, banner, funds)),
				 STR_ARG(turn_number(turn, funds - price))), true);
	embed_field(embed, turn_say(turn, "Of the item", "所持数"), turn_number(turn, owned_of(turn, item)), true);
	if (banner)
		embed->description = leftover_text(turn, banner);
	message_row(&turn->message);
	yes = turn_custom_id(turn, banner ? CMD_EXCHANGE_VERB_SPARK : CMD_EXCHANGE_VERB_BUY,
			     custom_id_target(turn->arena, item->id), terms_of(turn, banner, item));
	if (yes.len > 0)
		message_button(&turn->message, BUTTON_SUCCESS, turn_say(turn, "Yes", "交換する"), STR("✅"), yes);
	add_back(turn, banner);
	return true;
}

bool cmd_exchange_show(struct turn *turn, struct err *err)
{
	struct str item_text = turn_option_text(turn, "item");
	struct str banner_text = turn_option_text(turn, "banner");
	bool with_points = str_eqc(turn_option_text(turn, "with"), "spark");
	const struct catalog_item *item = item_text.len > 0 ? turn_find_item(turn, item_text) : NULL;
	const struct catalog_banner *banner = NULL;

	if (item_text.len > 0 && !item)
		return odds_text_refuse_item(turn);
	if (banner_text.len > 0) {
		banner = turn_find_banner(turn, banner_text);
		if (!banner || banner->spark_cost == CATALOG_NONE)
			return refuse_no_spark(turn);
		if (banner_has_ended(banner, turn_now_s(turn)))
			return refuse_ended(turn, banner);
	} else if (with_points) {
		banner = find_spark(turn, item);
		if (!banner)
			return refuse_no_spark(turn);
	}
	/* Points of banners that have ended were made shards when the player was loaded: what is shown is kept. */
	turn->changed = turn->player->version != 0 && turn->ledger.count > 0;
	return item ? ask(turn, banner, item, err) : show_list(turn, banner, 0, err);
}

bool cmd_exchange_list(struct turn *turn, struct err *err)
{
	const struct custom_id *button = turn->button;
	const struct catalog_banner *banner = button->target.len > 0 ? turn_banner_by_target(turn, button->target) : NULL;

	if (button->target.len > 0 && (!banner || !has_spark(turn, banner)))
		return refuse_no_spark(turn);
	turn->message.type = RESPONSE_UPDATE;
	if (turn->interaction->value_count > 0) {
		const struct catalog_item *item = catalog_find_item(turn->catalog, turn->interaction->values[0]);

		return item ? ask(turn, banner, item, err) : refuse_gone(turn);
	}
	return show_list(turn, banner, button->number, err);
}

/* ---- the purchase ---- */

static bool show_bought(struct turn *turn, const struct catalog_banner *banner, const struct catalog_item *item)
{
	struct embed *embed;

	turn->changed = true;
	turn->message.type = RESPONSE_UPDATE;
	embed = message_embed(&turn->message);
	if (!embed)
		return true;
	embed->title = turn_say(turn, "%.*s is yours!", "%.*s を手に入れました！", STR_ARG(show_items(turn, item->id, 1)));
	embed->color = turn->catalog->rarities[item->rarity].color;
	embed->image_url = item->image;
	embed_field(embed, turn_say(turn, "Left", "残り"), funds_text(turn, banner, funds_of(turn, banner)), true);
	embed_field(embed, turn_say(turn, "Of the item", "所持数"), turn_number(turn, owned_of(turn, item)), true);
	message_row(&turn->message);
	add_back(turn, banner);
	return true;
}

bool cmd_exchange_buy(struct turn *turn, struct err *err)
{
	const struct catalog_item *item = turn_item_by_target(turn, turn->button->target);
	enum deal deal;

	if (!item || terms_of(turn, NULL, item) != turn->button->number)
		return refuse_gone(turn);
	deal = exchange_buy(turn->player, &turn->ledger, item, turn_now_s(turn), err);
	return deal == DEAL_DONE ? show_bought(turn, NULL, item) : refuse_deal(turn, deal, NULL, item, err);
}

bool cmd_exchange_spark(struct turn *turn, struct err *err)
{
	const struct catalog_item *item = turn_item_by_target(turn, turn->button->target);

	for (size_t i = 0; item && i < turn->catalog->banner_count; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];
		enum deal deal;

		if (banner->spark_cost == CATALOG_NONE || terms_of(turn, banner, item) != turn->button->number)
			continue;
		deal = exchange_spark(turn->player, &turn->ledger, turn->catalog, banner, item, turn_now_s(turn), err);
		return deal == DEAL_DONE ? show_bought(turn, banner, item) : refuse_deal(turn, deal, banner, item, err);
	}
	return refuse_gone(turn);
}

/* ---- completion ---- */

static bool is_chosen(const struct turn *turn, const struct catalog_item *item)
{
	for (size_t i = 0; i < turn->message.choice_count; i++)
		if (str_eq(turn->message.choices[i].value, item->id))
			return true;
	return false;
}

static void complete_from(struct turn *turn, const struct catalog_banner *banner, struct str typed)
{
	size_t length = banner ? banner->spark_count : turn->catalog->item_count;

	for (size_t i = 0; i < length && turn->message.choice_count < MESSAGE_CHOICES_MAX; i++) {
		const struct catalog_item *item = at(turn, banner, i);

		if (item && turn_matches(item->id, &item->name, typed) && !is_chosen(turn, item))
			message_choice(&turn->message, turn_text(turn, &item->name), item->id);
	}
}

bool cmd_exchange_complete_item(struct turn *turn, struct err *err)
{
	struct str typed = turn_focused_text(turn);
	bool with_points = str_eqc(turn_option_text(turn, "with"), "spark") || turn_option_text(turn, "banner").len > 0;

	(void)err;
	if (!with_points)
		complete_from(turn, NULL, typed);
	for (size_t i = 0; with_points && i < turn->catalog->banner_count; i++)
		if (has_spark(turn, &turn->catalog->banners[i]))
			complete_from(turn, &turn->catalog->banners[i], typed);
	return true;
}

bool cmd_exchange_complete_banner(struct turn *turn, struct err *err)
{
	struct str typed = turn_focused_text(turn);

	(void)err;
	for (size_t i = 0; i < turn->catalog->banner_count && turn->message.choice_count < MESSAGE_CHOICES_MAX; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];

		if (has_spark(turn, banner) && turn_matches(banner->id, &banner->name, typed))
			message_choice(&turn->message, turn_text(turn, &banner->name), banner->id);
	}
	return true;
}
