#include "bot/cmd_item.h"

#include "bot/odds_text.h"
#include "bot/show.h"
#include "gacha/banner.h"
#include "gacha/odds.h"

/* Long-run odds that one answer computes: as much work as /gacha rates. */
#define LONG_RUN_MAX 2

/* ---- /item ---- */

/* Of one pull with fresh counters: the rarity's rate, the item's share of it. */
static double base_rate(const struct catalog_banner *banner, const struct catalog_item *item, bool featured)
{
	const struct banner_rarity *rarity = &banner->rarities[item->rarity];
	double share = (double)rarity->share / RATE_ONE;
	double rate = (double)rarity->rate / RATE_ONE;

	if (!rarity->rate_up)
		return rate / (double)rarity->others_count;
	return featured ? rate * share / (double)rarity->featured_count : rate * (1 - share) / (double)rarity->others_count;
}

/* In the long run; what it takes is given back. Below 0: the rules are beyond what can be computed. */
static double long_run_rate(const struct turn *turn, const struct catalog_banner *banner, uint32_t item)
{
	struct arena_mark mark = arena_mark(turn->arena);
	struct odds odds;
	double rate = -1;

	if (odds_compute(banner, NULL, turn->arena, &odds, NULL)) {
		rate = 0;
		for (size_t i = 0; i < odds.item_count; i++)
			if (odds.items[i].item == item)
				rate = odds.items[i].rate;
	}
	arena_rewind(turn->arena, mark);
	return rate;
}

/* "**Banner** 0.3% · long-run 1.07%": the open banners that give it, a line each. */
static struct str banners_text(const struct turn *turn, const struct catalog_item *item)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);
	uint32_t index = (uint32_t)(item - turn->catalog->items);
	size_t shown = 0, left_out = 0;

	for (size_t i = 0; i < turn->catalog->banner_count; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];
		double long_run = -1;
		bool featured;

		if (!banner_is_open(banner, turn->now_ms) || !banner_can_give(turn->catalog, banner, index))
			continue;
		if (shown == BANNERS_SHOWN_MAX) {
			left_out++;
			continue;
		}
		banner_has_item(turn->catalog, banner, index, &featured);
		if (shown++ < LONG_RUN_MAX)
			long_run = long_run_rate(turn, banner, index);
		odds_text_add_line(&out, arena_printf(turn->arena, "**%.*s**%s %.*s", STR_ARG(odds_text_banner(turn, banner)),
						      featured ? " 🎯" : "",
						      STR_ARG(odds_text_percent(turn, base_rate(banner, item, featured)))));
		if (long_run >= 0)
			buf_add(&out, turn_say(turn, " · long-run %.*s", " · 実質 %.*s", STR_ARG(odds_text_percent(turn, long_run))));
	}
	if (left_out > 0)
		odds_text_add_line(&out, turn_say(turn, "and %zu more: `/gacha rates`", "ほか%zu件: `/gacha rates`", left_out));
	if (shown == 0)
		return turn_say(turn, "on no open banner", "開催中のガチャからは出ません");
	return buf_str(&out);
}

static void add_mark(struct turn *turn, char verb, const struct catalog_item *item, bool set, struct str label, struct str emoji)
{
	struct str id = turn_custom_id(turn, verb, custom_id_target(turn->arena, item->id), set ? 1 : 0);

	if (id.len > 0)
		message_button(&turn->message, BUTTON_SECONDARY, label, emoji, id);
}

static void add_marks(struct turn *turn, const struct catalog_item *item, const struct player_item *owned)
{
	bool wished = player_wishes(turn->player, item->id);

	message_row(&turn->message);
	add_mark(turn, CMD_ITEM_VERB_WISH, item, !wished,
		 wished ? turn_say(turn, "Remove from wishes", "欲しいものから外す") : turn_say(turn, "Wish for it", "欲しいものに入れる"), STR("🌠"));
	if (!owned)
		return;
	add_mark(turn, CMD_ITEM_VERB_FAVOURITE, item, !owned->favourite,
		 owned->favourite ? turn_say(turn, "Remove from favourites", "お気に入りから外す") : turn_say(turn, "Favourite", "お気に入り"),
		 STR("❤️"));
}

static struct str yours_text(const struct turn *turn, const struct player_item *owned)
{
	if (!owned)
		return turn_say(turn, "none yet", "未所持");
	return turn_say(turn, "**%.*s**%s, first %.*s", "**%.*s**%s（初入手 %.*s）", STR_ARG(turn_number(turn, owned->count)),
			owned->favourite ? " ❤️" : "", STR_ARG(show_time(turn, owned->first_at_s, 'd')));
}

static bool show_item(struct turn *turn, const struct catalog_item *item, struct err *err)
{
	const struct player_item *owned = player_find_item(turn->player, item->id);
	struct str story = message_escape(turn->arena, turn_text(turn, &item->text));
	struct embed *embed = message_embed(&turn->message);

	if (!embed)
		return arena_check(turn->arena, "an item", err);
	embed->title = arena_printf(turn->arena, "%.*s · %.*s", STR_ARG(odds_text_rarity(turn, item->rarity)),
				    STR_ARG(turn_item_name(turn, item)));
	embed->color = turn->catalog->rarities[item->rarity].color;
	embed->image_url = item->image;
	if (story.len > 0)
		embed->description = arena_printf(turn->arena, "*%.*s*", STR_ARG(story));
	embed_field(embed, turn_say(turn, "You have", "所持"), yours_text(turn, owned), true);
	embed_field(embed, turn_say(turn, "Price", "価格"),
		    item->price == CATALOG_NONE ? turn_say(turn, "not sold", "非売品")
						: arena_printf(turn->arena, "🔹 %.*s", STR_ARG(turn_number(turn, item->price))),
		    true);
	embed_field(embed, turn_say(turn, "Chance of one pull", "1回あたりの確率"), banners_text(turn, item), false);
	embed->footer = arena_printf(turn->arena, "%.*s · /gacha plan · /exchange", STR_ARG(item->id));
	add_marks(turn, item, owned);
	return true;
}

bool cmd_item_show(struct turn *turn, struct err *err)
{
	const struct catalog_item *item = turn_find_item(turn, turn_option_text(turn, "name"));

	return item ? show_item(turn, item, err) : odds_text_refuse_item(turn);
}

/* ---- marks ---- */

static bool refuse_full(struct turn *turn)
{
	return turn_refuse(turn, "Your list has room for %d wishes, and it is full. Nothing was changed. `/wish` shows it, to take one off.",
			   "欲しいものは%d個まで登録できます。変更はありません。`/wish` から外せます。", WISHES_MAX);
}

bool cmd_item_mark_wish(struct turn *turn, struct err *err)
{
	const struct catalog_item *item = turn_item_by_target(turn, turn->button->target);
	bool wished = turn->button->number == 1;

	if (!item)
		return odds_text_refuse_item(turn);
	turn->message.type = RESPONSE_UPDATE;
	if (player_wishes(turn->player, item->id) != wished) {
		if (!player_set_wish(turn->player, item->id, wished))
			return turn->player->wish_count == WISHES_MAX ? refuse_full(turn) : arena_check(turn->arena, "a wish", err);
		turn->changed = true;
	}
	return show_item(turn, item, err);
}

bool cmd_item_mark_favourite(struct turn *turn, struct err *err)
{
	const struct catalog_item *item = turn_item_by_target(turn, turn->button->target);
	bool favourite = turn->button->number == 1;
	const struct player_item *owned = item ? player_find_item(turn->player, item->id) : NULL;

	if (!item)
		return odds_text_refuse_item(turn);
	if (!owned)
		return turn_refuse(turn, "You no longer have it, so it cannot be a favourite. Nothing was changed. `/inventory` shows what you have.",
				   "もう持っていないため、お気に入りにできません。変更はありません。持ち物は `/inventory` で確認できます。");
	turn->message.type = RESPONSE_UPDATE;
	if (owned->favourite != favourite)
		turn->changed = player_set_favourite(turn->player, item->id, favourite);
	return show_item(turn, item, err);
}

/* ---- /wish ---- */

static void add_wish(const struct turn *turn, struct str id, struct buf *out)
{
	const struct player_item *owned = player_find_item(turn->player, id);

	odds_text_add_line(out, arena_printf(turn->arena, "%s %.*s", owned ? "✅" : "▫️", STR_ARG(show_items(turn, id, 1))));
	if (owned)
		buf_add(out, turn_say(turn, " · you have %.*s", " · 所持%.*s", STR_ARG(turn_number(turn, owned->count))));
}

/* news: what has just been done, or empty. */
static bool show_wishes(struct turn *turn, struct str news, struct err *err)
{
	const struct player *player = turn->player;
	struct buf out = turn_buf(turn, PAGE_BYTES_MAX);
	struct embed *embed = message_embed(&turn->message);
	struct str id = turn_custom_id(turn, CMD_ITEM_VERB_UNWISH, STR_EMPTY, 0);
	struct select *select;

	if (!embed)
		return arena_check(turn->arena, "the wishes", err);
	turn->message.content = news;
	for (size_t i = 0; i < player->wish_count; i++)
		add_wish(turn, player->wishes[i], &out);
	embed->title = turn_say(turn, "🌠 Wishes · %zu of %d", "🌠 欲しいもの · %zu / %d", player->wish_count, WISHES_MAX);
	embed->color = turn->catalog->rarities[0].color;
	embed->description = player->wish_count > 0 ? buf_str(&out)
						    : turn_say(turn, "Your list is empty. `/wish item:` puts something on it.",
							       "リストは空です。`/wish item:` で登録できます。");
	embed->footer = turn_say(turn, "Wishes are marked in your results; they change no odds.",
				 "結果に 🌠 が付きます。確率は変わりません。");
	if (player->wish_count == 0 || id.len == 0)
		return true;
	select = message_select(&turn->message, id, turn_say(turn, "Take one off …", "リストから外す…"));
	for (size_t i = 0; select && i < player->wish_count; i++) {
		const struct catalog_item *item = catalog_find_item(turn->catalog, player->wishes[i]);
		const struct select_option option = {
			.label = item ? turn_text(turn, &item->name) : player->wishes[i],
			.value = player->wishes[i],
		};

		select_option(select, &option);
	}
	return true;
}

bool cmd_item_wish(struct turn *turn, struct err *err)
{
	struct str text = turn_option_text(turn, "item");
	const struct catalog_item *item = text.len > 0 ? turn_find_item(turn, text) : NULL;
	bool wished;

	if (text.len == 0)
		return show_wishes(turn, STR_EMPTY, err);
	if (!item)
		return odds_text_refuse_item(turn);
	wished = !player_wishes(turn->player, item->id);
	if (!player_set_wish(turn->player, item->id, wished))
		return turn->player->wish_count == WISHES_MAX ? refuse_full(turn) : arena_check(turn->arena, "a wish", err);
	turn->changed = true;
	return show_wishes(turn,
			   wished ? turn_say(turn, "%.*s is on your list now.", "%.*s をリストに入れました。", STR_ARG(show_items(turn, item->id, 1)))
				  : turn_say(turn, "%.*s is off your list.", "%.*s をリストから外しました。", STR_ARG(show_items(turn, item->id, 1))),
			   err);
}

bool cmd_item_unwish(struct turn *turn, struct err *err)
{
	struct str id = turn->interaction->value_count > 0 ? turn->interaction->values[0] : STR_EMPTY;

	turn->message.type = RESPONSE_UPDATE;
	if (player_wishes(turn->player, id))
		turn->changed = player_set_wish(turn->player, id, false);
	return show_wishes(turn, STR_EMPTY, err);
}
