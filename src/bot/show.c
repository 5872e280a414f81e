#include "bot/show.h"

#include <inttypes.h>

#include "bot/odds_text.h"
#include "gacha/banner.h"

/* Bytes of a list of banners: BANNERS_SHOWN_MAX names, cut at Discord's 2000 characters later. */
#define BANNER_LIST_BYTES_MAX 2048
/* A line for each of RARITIES_MAX rarities; an id has at most 64 bytes. */
#define PITY_BYTES_MAX 2048

struct str show_rarity(const struct turn *turn, size_t rarity)
{
	const struct catalog_rarity *row = &turn->catalog->rarities[rarity];

	if (row->stars <= 0)
		return row->id;
	return arena_printf(turn->arena, "%.*s %.*s", STR_ARG(turn_stars(turn, rarity)), STR_ARG(row->id));
}

struct str show_items(const struct turn *turn, struct str id, int64_t count)
{
	const struct catalog_item *item = catalog_find_item(turn->catalog, id);
	struct str name = item ? odds_text_item(turn, item) : message_escape(turn->arena, id);

	if (item)
		name = arena_printf(turn->arena, "%.*s %.*s", STR_ARG(turn_stars(turn, item->rarity)), STR_ARG(name));
	if (count == 1)
		return name;
	return arena_printf(turn->arena, "%.*s ×%.*s", STR_ARG(name), STR_ARG(turn_number(turn, count)));
}

static struct str pity_line(const struct turn *turn, const struct catalog_banner *banner, size_t rarity, uint64_t n)
{
	struct str id = turn->catalog->rarities[rarity].id;
	uint64_t hard = (uint64_t)banner->rarities[rarity].hard;
	uint64_t left = n < hard ? hard - n + 1 : 1;

	if (left == 1)
		return turn_say(turn, "**%.*s**: the next pull, for certain", "**%.*s**: 次の1回で確定", STR_ARG(id));
	return turn_say(turn, "**%.*s**: within %" PRIu64 " pulls", "**%.*s**: あと%" PRIu64 "回以内に確定", STR_ARG(id), left);
}

struct str show_pity(const struct turn *turn, const struct catalog_banner *banner, const struct draw_state *state)
{
	struct buf out = turn_buf(turn, PITY_BYTES_MAX);
	struct str top = turn->catalog->rarities[0].id;

	for (size_t i = 0; i < banner->rarity_count; i++)
		if (banner->rarities[i].hard != CATALOG_NONE && banner->rarities[i].rate > 0)
			odds_text_add_line(&out, pity_line(turn, banner, i, state->n[i]));
	if (banner->soft_from != CATALOG_NONE && state->n[0] >= (uint64_t)banner->soft_from)
		odds_text_add_line(&out, turn_say(turn, "🔥 chance of %.*s is rising now", "🔥 %.*s の確率上昇中", STR_ARG(top)));
	if (banner->rarities[0].rate_up && state->flag[0])
		odds_text_add_line(&out, turn_say(turn, "🎯 the next %.*s is a featured one", "🎯 次の %.*s はピックアップ確定",
						  STR_ARG(top)));
	return buf_str(&out);
}

/* Whether an open banner before this one has the same pity group. */
static bool is_shared(const struct turn *turn, const struct catalog_banner *banner)
{
	for (const struct catalog_banner *other = turn->catalog->banners; other < banner; other++)
		if (banner_is_open(other, turn->now_ms) && str_eq(other->pity_group, banner->pity_group))
			return true;
	return false;
}

void show_add_pity(const struct turn *turn, struct embed *embed, const struct player *player, size_t count_max)
{
	const struct catalog *catalog = turn->catalog;
	size_t shown = 0;

	for (size_t i = 0; i < catalog->banner_count && shown < count_max; i++) {
		const struct catalog_banner *banner = &catalog->banners[i];
		struct draw_state state;
		struct str pity;

		if (!banner_is_open(banner, turn->now_ms) || is_shared(turn, banner))
			continue;
		player_load_pity(player, catalog, banner->pity_group, &state);
		pity = show_pity(turn, banner, &state);
		if (pity.len == 0)
			continue;
		shown++;
		embed_field(embed, message_escape(turn->arena, turn_text(turn, &banner->name)), pity, false);
	}
}

struct str show_time(const struct turn *turn, int64_t unix_s, char style)
{
	return arena_printf(turn->arena, "<t:%" PRId64 ":%c>", unix_s, style);
}

struct str show_signed(const struct turn *turn, int64_t number)
{
	return arena_printf(turn->arena, "%s%.*s", number < 0 ? "−" : "+",
			    STR_ARG(turn_number(turn, number < 0 ? -number : number)));
}

static void add_page_button(struct turn *turn, struct str label, struct str emoji, struct str id)
{
	if (id.len > 0)
		message_button(&turn->message, BUTTON_SECONDARY, label, emoji, id);
}

void show_pages(struct turn *turn, size_t page, size_t page_count,
		struct str (*id)(const struct turn *turn, const void *what, size_t page), const void *what)
{
	if (page_count < 2)
		return;
	message_row(&turn->message);
	if (page > 1)
		add_page_button(turn, turn_say(turn, "First", "最初"), STR("⏪"), id(turn, what, 0));
	if (page > 0)
		add_page_button(turn, turn_say(turn, "Back", "前へ"), STR("◀"), id(turn, what, page - 1));
	if (page + 1 < page_count)
		add_page_button(turn, turn_say(turn, "Next", "次へ"), STR("▶"), id(turn, what, page + 1));
	if (page + 2 < page_count)
		add_page_button(turn, turn_say(turn, "Last", "最後"), STR("⏩"), id(turn, what, page_count - 1));
}

/* A button's number: the sort number before which its page begins, 0 for the newest. */
void show_history_pages(struct turn *turn, char verb, size_t shown)
{
	bool is_newest = !turn->button || turn->button->number == 0;
	bool has_older = shown > 0 && turn->history_count > shown;

	if (shown == 0 || (is_newest && !has_older))
		return;
	message_row(&turn->message);
	if (!is_newest)
		add_page_button(turn, turn_say(turn, "Newest", "最新"), STR("⏪"), turn_custom_id(turn, verb, STR_EMPTY, 0));
	if (has_older)
		add_page_button(turn, turn_say(turn, "Older", "過去へ"), STR("▶"),
				turn_custom_id(turn, verb, STR_EMPTY, turn->history[shown - 1].sort));
}

struct str show_open_banners(const struct turn *turn)
{
	struct buf out = turn_buf(turn, BANNER_LIST_BYTES_MAX);
	size_t shown = 0;

	for (size_t i = 0; i < turn->catalog->banner_count && shown < BANNERS_SHOWN_MAX; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];

		if (!banner_is_open(banner, turn->now_ms))
			continue;
		shown++;
		odds_text_add_line(&out, arena_printf(turn->arena, "• %.*s (`%.*s`)",
						      STR_ARG(message_escape(turn->arena, turn_text(turn, &banner->name))),
						      STR_ARG(banner->id)));
	}
	return buf_str(&out);
}
