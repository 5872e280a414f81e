#include "bot/cmd_odds.h"

#include "bot/odds_text.h"
#include "bot/show.h"
#include "gacha/banner.h"

/* Items on one page: with the longest names, overview and list stay below Discord's 6000 characters together. */
#define PAGE_ITEMS 15

/* ---- what was asked for ---- */

static bool refuse_banner(struct turn *turn, bool was_named)
{
	if (!was_named)
		return turn_refuse(turn, "No banner is open now. Name one: `/gacha rates banner:`.",
				   "開催中のガチャはありません。`/gacha rates banner:` で指定してください。");
	return turn_refuse(turn, "There is no banner of that name. Open now:\n%.*s", "その名前のガチャはありません。開催中:\n%.*s",
			   STR_ARG(show_open_banners(turn)));
}

/* The first open banner that can give it (any open one for NULL). */
static const struct catalog_banner *find_open(const struct turn *turn, const struct catalog_item *item)
{
	for (size_t i = 0; i < turn->catalog->banner_count; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];

		if (banner_is_open(banner, turn->now_ms) && (!item || banner_can_give(turn->catalog, banner, (uint32_t)(item - turn->catalog->items))))
			return banner;
	}
	return NULL;
}

/* ---- /gacha rates ---- */

static const struct odds_item *find_row(const struct odds *odds, uint32_t item)
{
	size_t low = 0, high = odds->item_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (odds->items[middle].item < item)
			low = middle + 1;
		else
			high = middle;
	}
	return low < odds->item_count && odds->items[low].item == item ? &odds->items[low] : NULL;
}

static bool has_slots(const struct catalog_banner *banner)
{
	return banner->ten_pull != CATALOG_NONE && banner->cost_ten != CATALOG_NONE;
}

/* Items of one rarity that are alike: the featured ones, or the others. */
struct group {
	const struct catalog_banner *banner;
	size_t rarity;
	bool featured;
};

static void add_group(const struct turn *turn, struct group group, const struct odds_item *row, struct buf *out)
{
	odds_text_add_line(out, turn_say(turn, "**%.*s**%s · long-run %.*s each · your next pull %.*s",
			       "**%.*s**%s · 各 実質 %.*s · 次の1回 %.*s", STR_ARG(odds_text_rarity(turn, group.rarity)),
			       group.featured ? " 🎯" : "", STR_ARG(odds_text_percent(turn, row->rate)),
			       STR_ARG(odds_text_percent(turn, row->next))));
	if (has_slots(group.banner))
		buf_add(out, turn_say(turn, " · 10th %.*s", " · 10回目 %.*s", STR_ARG(odds_text_percent(turn, row->slot10))));
}

/* One page of the items, by rarity; each with its base chance. */
static struct str list_items(const struct turn *turn, const struct catalog_banner *banner, const struct odds *odds,
			     size_t first)
{
	struct buf out = turn_buf(turn, PAGE_BYTES_MAX);
	size_t skip = first, left = PAGE_ITEMS;

	for (size_t g = 0; g < 2 * banner->rarity_count && left > 0; g++) {
		const struct banner_rarity *rates = &banner->rarities[g / 2];
		struct group group = {banner, g / 2, g % 2 == 0};
		const uint32_t *items = group.featured ? rates->featured : rates->others;
		size_t count = group.featured ? rates->featured_count : rates->others_count;
		const struct odds_item *row = count > 0 ? find_row(odds, items[0]) : NULL;

		if (!row || skip >= count) {
			skip -= row ? count : 0;
			continue;
		}
		add_group(turn, group, row, &out);
		for (; skip < count && left > 0; skip++, left--)
			odds_text_add_line(&out, arena_printf(turn->arena, "%.*s %.*s", STR_ARG(odds_text_percent(turn, row->base)),
						    STR_ARG(odds_text_item(turn, &turn->catalog->items[items[skip]]))));
		skip = 0;
	}
	return buf_str(&out);
}

static struct str slots_text(const struct turn *turn, const struct catalog_banner *banner, const struct odds *odds)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);

	buf_add(&out, turn_say(turn, "Pulls 1–9: as above.\nPull 10, when nine had nothing of %.*s or above:",
			       "1〜9回目: 上のとおり。\n9回目までに %.*s 以上が出なかったときの10回目:",
			       STR_ARG(odds_text_rarity(turn, (size_t)banner->ten_pull))));
	for (size_t r = 0; r < banner->rarity_count; r++)
		if (odds->rarity_slot10[r] > 0)
			buf_add(&out, arena_printf(turn->arena, "\n%.*s %.*s", STR_ARG(odds_text_rarity(turn, r)),
						   STR_ARG(odds_text_percent(turn, odds->rarity_slot10[r]))));
	return buf_str(&out);
}

/* fresh: the banner's; yours: the same from the caller's counters. */
static void add_overview(struct turn *turn, const struct catalog_banner *banner, const struct odds *fresh,
			 const struct odds *yours, const struct draw_state *state)
{
	struct embed *embed = message_embed(&turn->message);
	struct buf text = turn_buf(turn, PAGE_BYTES_MAX);
	struct str pity = show_pity(turn, banner, state);

	if (!embed)
		return;
	embed->title = turn_say(turn, "Rates · %.*s", "提供割合 · %.*s", STR_ARG(odds_text_banner(turn, banner)));
	embed->color = turn->catalog->rarities[0].color;
	for (size_t r = 0; r < banner->rarity_count; r++)
		if (banner_can_draw(banner, r))
			odds_text_add_line(&text, turn_say(turn, "**%.*s** %.*s · long-run %.*s · your next pull %.*s",
						 "**%.*s** %.*s · 実質 %.*s · あなたの次の1回 %.*s", STR_ARG(odds_text_rarity(turn, r)),
						 STR_ARG(rate_format(turn->arena, banner->rarities[r].rate)),
						 STR_ARG(odds_text_percent(turn, fresh->rarity_rate[r])),
						 STR_ARG(odds_text_percent(turn, yours->rarity_next[r]))));
	embed->description = buf_str(&text);
	embed_field(embed, turn_say(turn, "Until a %.*s", "%.*s が出るまで", STR_ARG(odds_text_rarity(turn, 0))),
		    odds_text_wait(turn, &fresh->top), true);
	if (fresh->featured.possible)
		embed_field(embed, turn_say(turn, "Until a featured one 🎯", "ピックアップ 🎯 が出るまで"),
			    odds_text_wait(turn, &fresh->featured), true);
	if (has_slots(banner))
		embed_field(embed, turn_say(turn, "Ten-pull", "10連"), slots_text(turn, banner, fresh), false);
	if (pity.len > 0)
		embed_field(embed, turn_say(turn, "Your pity", "あなたの天井"), pity, false);
}

static void add_page_button(struct turn *turn, const struct catalog_banner *banner, struct str label, struct str emoji,
			    size_t page)
{
	struct str id = turn_custom_id(turn, CMD_ODDS_VERB_RATES, custom_id_target(turn->arena, banner->id), (int64_t)page);

	if (id.len > 0)
		message_button(&turn->message, BUTTON_SECONDARY, label, emoji, id);
}

/* No two buttons lead to one page: Discord refuses a custom id that is there twice. */
static void add_paging(struct turn *turn, const struct catalog_banner *banner, size_t page, size_t page_count)
{
	if (page_count < 2)
		return;
	message_row(&turn->message);
	if (page > 1)
		add_page_button(turn, banner, turn_say(turn, "First", "最初"), STR("⏪"), 0);
	if (page > 0)
		add_page_button(turn, banner, turn_say(turn, "Back", "前へ"), STR("◀"), page - 1);
	if (page + 1 < page_count)
		add_page_button(turn, banner, turn_say(turn, "Next", "次へ"), STR("▶"), page + 1);
	if (page + 2 < page_count)
		add_page_button(turn, banner, turn_say(turn, "Last", "最後"), STR("⏩"), page_count - 1);
}

static bool show_page(struct turn *turn, const struct catalog_banner *banner, int64_t wanted, struct err *err)
{
	struct arena_mark mark = arena_mark(turn->arena);
	struct draw_state state;
	struct odds fresh, yours;
	struct embed *embed;
	size_t page_count, page, first, last;

	player_load_pity(turn->player, turn->catalog, banner->pity_group, &state);
	if (!odds_compute(banner, NULL, turn->arena, &fresh, err) || !odds_compute(banner, &state, turn->arena, &yours, err))
		return odds_text_refuse_limit(turn, mark, err);
	page_count = fresh.item_count > 0 ? (fresh.item_count + PAGE_ITEMS - 1) / PAGE_ITEMS : 1;
	page = (uint64_t)wanted < page_count ? (size_t)wanted : page_count - 1;
	first = page * PAGE_ITEMS;
	last = first + PAGE_ITEMS < fresh.item_count ? first + PAGE_ITEMS : fresh.item_count;
	if (page == 0)
		add_overview(turn, banner, &fresh, &yours, &state);
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "the rates", err);
	embed->title = turn_say(turn, "%.*s · items %zu–%zu of %zu", "%.*s · アイテム %zu〜%zu / %zu",
				STR_ARG(odds_text_banner(turn, banner)), first + 1, last, fresh.item_count);
	embed->color = turn->catalog->rarities[0].color;
	embed->description = list_items(turn, banner, &yours, first);
	embed->footer = turn_say(turn, "Computed from the rules that the draw uses · catalog %.12s",
				 "抽選と同じ規則から計算した値です · カタログ %.12s", turn->catalog->sha256_hex);
	add_paging(turn, banner, page, page_count);
	return true;
}

static bool show_item(struct turn *turn, const struct catalog_banner *banner, const struct catalog_item *item, struct err *err)
{
	struct arena_mark mark = arena_mark(turn->arena);
	uint32_t index = (uint32_t)(item - turn->catalog->items);
	const struct odds_item *row;
	struct odds_target target;
	struct draw_state state;
	struct odds_wait wait;
	struct odds odds;
	struct embed *embed;

	if (!odds_target_item(turn->catalog, banner, index, &target))
		return turn_refuse(turn, "**%.*s** is not in **%.*s**. `/gacha plan` finds the open banner that has it.",
				   "**%.*s** は **%.*s** からは出ません。出るガチャは `/gacha plan` で探せます。",
				   STR_ARG(odds_text_item(turn, item)), STR_ARG(odds_text_banner(turn, banner)));
	player_load_pity(turn->player, turn->catalog, banner->pity_group, &state);
	if (!odds_compute(banner, &state, turn->arena, &odds, err) ||
	    !odds_target_wait(banner, NULL, &target, &wait, NULL, 0, turn->arena, err))
		return odds_text_refuse_limit(turn, mark, err);
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "the rates", err);
	row = find_row(&odds, index);
	embed->title = arena_printf(turn->arena, "%.*s · %.*s", STR_ARG(odds_text_rarity(turn, item->rarity)),
				    STR_ARG(odds_text_item(turn, item)));
	embed->color = turn->catalog->rarities[item->rarity].color;
	embed->description = turn_say(turn, "On **%.*s**%s", "**%.*s**%s", STR_ARG(odds_text_banner(turn, banner)),
				      target.featured > 0 ? " 🎯" : "");
	embed_field(embed, turn_say(turn, "Base", "基本"), odds_text_percent(turn, row ? row->base : 0), true);
	embed_field(embed, turn_say(turn, "Long-run", "実質"), odds_text_percent(turn, row ? row->rate : 0), true);
	embed_field(embed, turn_say(turn, "Your next pull", "あなたの次の1回"), odds_text_percent(turn, row ? row->next : 0), true);
	if (has_slots(banner))
		embed_field(embed, turn_say(turn, "10th of ten, given nothing in nine", "10連の10回目（9回目まで保証対象なし）"),
			    odds_text_percent(turn, row ? row->slot10 : 0), true);
	embed_field(embed, turn_say(turn, "Until you have it, from fresh counters", "出るまで（カウンターが最初のとき）"),
		    odds_text_wait(turn, &wait), false);
	embed->footer = turn_say(turn, "From your own counters: /gacha plan", "自分のカウンターからは /gacha plan");
	return true;
}

bool cmd_odds_rates(struct turn *turn, struct err *err)
{
	struct str banner_text = turn_option_text(turn, "banner");
	struct str item_text = turn_option_text(turn, "item");
	const struct catalog_item *item = item_text.len > 0 ? turn_find_item(turn, item_text) : NULL;
	const struct catalog_banner *banner;

	if (item_text.len > 0 && !item)
		return odds_text_refuse_item(turn);
	banner = banner_text.len > 0 ? turn_find_banner(turn, banner_text) : find_open(turn, item);
	if (!banner && banner_text.len == 0 && item)
		banner = find_open(turn, NULL);
	if (!banner)
		return refuse_banner(turn, banner_text.len > 0);
	return item ? show_item(turn, banner, item, err) : show_page(turn, banner, 0, err);
}

bool cmd_odds_rates_page(struct turn *turn, struct err *err)
{
	const struct catalog_banner *banner = turn_banner_by_target(turn, turn->button->target);

	if (!banner)
		return turn_refuse(turn, "That banner is gone. `/gacha banners` shows what is open now.",
				   "そのガチャはなくなりました。開催中のものは `/gacha banners` で確認できます。");
	turn->message.type = RESPONSE_UPDATE;
	return show_page(turn, banner, turn->button->number, err);
}

/* ---- completion ---- */

bool cmd_odds_complete_item(struct turn *turn, struct err *err)
{
	const struct catalog *catalog = turn->catalog;
	struct str typed = turn_focused_text(turn);

	(void)err;
	for (int open = 1; open >= 0; open--) {
		for (size_t i = 0; i < catalog->item_count && turn->message.choice_count < MESSAGE_CHOICES_MAX; i++) {
			const struct catalog_item *item = &catalog->items[i];

			if (turn_matches(item->id, &item->name, typed) && (find_open(turn, item) != NULL) == (open == 1))
				message_choice(&turn->message, turn_text(turn, &item->name), item->id);
		}
	}
	return true;
}
