#include "bot/cmd_collection.h"

#include <inttypes.h>
#include <stdlib.h>

#include "bot/odds_text.h"
#include "bot/show.h"

/* Items on one page: with the longest names they fit. */
#define PAGE_ITEMS 20

enum sort { SORT_RARITY, SORT_NEWEST, SORT_COUNT, SORT_NAME, SORTS };

static const struct {
	const char *word; /* the option's */
	const char *en, *ja;
} sorts[] = {
	[SORT_RARITY] = {"rarity", "by rarity", "レアリティ順"},
	[SORT_NEWEST] = {"newest", "newest first", "新しい順"},
	[SORT_COUNT] = {"count", "by count", "所持数順"},
	[SORT_NAME] = {"name", "by name", "名前順"},
};
_Static_assert(sizeof(sorts) / sizeof(sorts[0]) == SORTS, "an order has no words");

/* What of an inventory is shown, and how. */
struct view {
	size_t page;
	enum sort sort;
	size_t rarity; /* RARITIES_MAX: all */
	bool duplicates;
	uint64_t user; /* whose; 0: the caller's */
};

struct entry {
	const struct player_item *owned;
	const struct catalog_item *item; /* NULL: the catalog has it no more */
	struct str name;
};

struct inventory {
	struct entry *list;
	size_t count;
	size_t kinds;  /* of the catalog's, filtered or not */
	int64_t spare; /* copies beyond the first, of what is listed */
};

/* ---- views in custom ids ---- */

_Static_assert(SORTS <= 10 && RARITIES_MAX < 26, "a digit and a letter name them");

/* "0m112": order, rarity, duplicates, page. */
static struct str view_write(const struct turn *turn, const struct view *view)
{
	return arena_printf(turn->arena, "%d%c%d%zu", (int)view->sort, (char)('a' + view->rarity), view->duplicates ? 1 : 0,
			    view->page);
}

/* The button is ours (its MAC says so); a rarity that the catalog has no more filters nothing. */
static bool view_read(const struct turn *turn, struct view *view)
{
	struct str text = turn->button->target;
	uint64_t page;

	if (text.len < 4 || !str_to_u64(str_skip(text, 3), 0, UINT32_MAX, &page))
		return false;
	*view = (struct view){
		.page = (size_t)page,
		.sort = (enum sort)((text.ptr[0] - '0') % SORTS),
		.rarity = (size_t)(text.ptr[1] - 'a'),
		.duplicates = text.ptr[2] == '1',
		.user = (uint64_t)turn->button->number,
	};
	if (view->rarity >= turn->catalog->rarity_count)
		view->rarity = RARITIES_MAX;
	return true;
}

/* ---- order ---- */

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* As the catalog has them, the highest rarity first; what it has no more comes last. */
static int by_rarity(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (!x->item || !y->item)
		return x->item ? -1 : y->item ? 1 : str_cmp(x->owned->id, y->owned->id);
	if (x->item->rarity != y->item->rarity)
		return x->item->rarity < y->item->rarity ? -1 : 1;
	return (x->item > y->item) - (x->item < y->item);
}

static int by_newest(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = by_number(y->owned->first_at_s, x->owned->first_at_s);

	return order ? order : by_rarity(a, b);
}

static int by_count(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = by_number(y->owned->count, x->owned->count);

	return order ? order : by_rarity(a, b);
}

static int by_name(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	return order ? order : by_rarity(a, b);
}

static int (*const orders[SORTS])(const void *, const void *) = {
	[SORT_RARITY] = by_rarity,
	[SORT_NEWEST] = by_newest,
	[SORT_COUNT] = by_count,
	[SORT_NAME] = by_name,
};

static bool is_listed(const struct view *view, const struct entry *entry)
{
	if (view->duplicates && entry->owned->count < 2)
		return false;
	return view->rarity == RARITIES_MAX || (entry->item && entry->item->rarity == view->rarity);
}

static bool take_inventory(const struct turn *turn, const struct player *player, const struct view *view,
			   struct inventory *inventory, struct err *err)
{
	*inventory = (struct inventory){.list = arena_array(turn->arena, player->item_count + 1, sizeof(*inventory->list))};
	if (!inventory->list)
		return arena_check(turn->arena, "an inventory", err);
	for (size_t i = 0; i < player->item_count; i++) {
		const struct player_item *owned = &player->items[i];
		const struct catalog_item *item = catalog_find_item(turn->catalog, owned->id);
		struct entry entry = {owned, item, item ? turn_text(turn, &item->name) : owned->id};

		inventory->kinds += item != NULL;
		if (!is_listed(view, &entry))
			continue;
		inventory->list[inventory->count++] = entry;
		inventory->spare += owned->count - 1;
	}
	qsort(inventory->list, inventory->count, sizeof(*inventory->list), orders[view->sort]);
	return true;
}

/* ---- the message ---- */

static struct str list_text(const struct turn *turn, const struct inventory *inventory, const struct view *view)
{
	struct buf out = turn_buf(turn, PAGE_BYTES_MAX);

	for (size_t i = view->page * PAGE_ITEMS; i < inventory->count && i < (view->page + 1) * PAGE_ITEMS; i++) {
		const struct player_item *owned = inventory->list[i].owned;
		struct str more = STR_EMPTY;

		if (view->duplicates)
			more = turn_say(turn, " · %.*s to spare", " · 余り%.*s", STR_ARG(turn_number(turn, owned->count - 1)));
		else if (view->sort == SORT_NEWEST)
			more = arena_printf(turn->arena, " · %.*s", STR_ARG(show_time(turn, owned->first_at_s, 'R')));
		odds_text_add_line(&out, arena_printf(turn->arena, "%.*s%s%.*s", STR_ARG(show_items(turn, owned->id, owned->count)),
						      owned->favourite ? " ❤️" : "", STR_ARG(more)));
	}
	return buf_str(&out);
}

static struct str empty_text(const struct turn *turn, const struct view *view)
{
	if (view->duplicates)
		return turn_say(turn, "Nothing is there more than once.", "重複しているものはありません。");
	if (view->rarity != RARITIES_MAX)
		return turn_say(turn, "Nothing of that rarity yet.", "このレアリティのものはまだありません。");
	return turn_say(turn, "Nothing here yet. `/gacha pull` is how to begin.", "まだ何もありません。`/gacha pull` から始めましょう。");
}

static struct str view_id(const struct turn *turn, const struct view *view)
{
	return turn_custom_id(turn, CMD_COLLECTION_VERB_INVENTORY, view_write(turn, view), (int64_t)view->user);
}

static void add_button(struct turn *turn, struct view view, struct str label, struct str emoji)
{
	struct str id = view_id(turn, &view);

	if (id.len > 0)
		message_button(&turn->message, BUTTON_SECONDARY, label, emoji, id);
}

static struct str page_id(const struct turn *turn, const void *what, size_t page)
{
	struct view view = *(const struct view *)what;

	view.page = page;
	return view_id(turn, &view);
}

/* No two buttons lead to one view: Discord refuses a custom id that is there twice. */
static void add_buttons(struct turn *turn, const struct view *view, size_t page_count)
{
	struct view other = *view;

	other.page = 0;
	show_pages(turn, view->page, page_count, page_id, view);
	message_row(&turn->message);
	other.sort = (enum sort)((view->sort + 1) % SORTS);
	add_button(turn, other, turn_say(turn, "%s", "%s", turn->language == LANGUAGE_JA ? sorts[other.sort].ja : sorts[other.sort].en),
		   STR("↕️"));
	other.sort = view->sort;
	other.duplicates = !view->duplicates;
	add_button(turn, other,
		   other.duplicates ? turn_say(turn, "Duplicates only", "重複だけ") : turn_say(turn, "Everything", "すべて"),
		   STR("🗂️"));
}

static bool show_inventory(struct turn *turn, const struct player *player, struct view view, struct err *err)
{
	uint64_t user = view.user != 0 ? view.user : turn->interaction->user.id;
	struct inventory inventory;
	struct embed *embed;
	size_t page_count;

	if (!take_inventory(turn, player, &view, &inventory, err))
		return false;
	page_count = inventory.count > 0 ? (inventory.count + PAGE_ITEMS - 1) / PAGE_ITEMS : 1;
	if (view.page >= page_count)
		view.page = page_count - 1;
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "an inventory", err);
	embed->title = view.duplicates ? turn_say(turn, "Duplicates", "重複しているもの") : turn_say(turn, "Inventory", "持ち物");
	embed->color = turn->catalog->rarities[view.rarity != RARITIES_MAX ? view.rarity : 0].color;
	embed->description = turn_say(turn, "%.*s · %zu of %zu kinds\n\n%.*s", "%.*s · %zu / %zu種類\n\n%.*s",
				      STR_ARG(turn_mention(turn, user)), inventory.kinds, turn->catalog->item_count,
				      STR_ARG(inventory.count > 0 ? list_text(turn, &inventory, &view) : empty_text(turn, &view)));
	if (view.rarity != RARITIES_MAX)
		embed_field(embed, turn_say(turn, "Rarity", "レアリティ"), show_rarity(turn, view.rarity), true);
	if (view.duplicates && inventory.count > 0)
		embed_field(embed, turn_say(turn, "To spare", "余り"),
			    turn_say(turn, "%.*s in all. `/gift` and `/trade` give them away.", "合計%.*s。`/gift` や `/trade` で渡せます。",
				     STR_ARG(turn_number(turn, inventory.spare))), true);
	embed->footer = turn_say(turn, "Page %zu of %zu · %s", "%zu / %zuページ · %s", view.page + 1, page_count,
				 turn->language == LANGUAGE_JA ? sorts[view.sort].ja : sorts[view.sort].en);
	add_buttons(turn, &view, page_count);
	return true;
}

static bool refuse_nobody(struct turn *turn)
{
	return turn_refuse(turn, "They have not played yet. `/gacha pull` is how they begin.",
			   "まだ遊んでいない人です。`/gacha pull` から始められます。");
}

/* RARITIES_MAX where there is none of that name. */
static size_t find_rarity(const struct turn *turn, struct str text)
{
	for (size_t i = 0; i < turn->catalog->rarity_count; i++)
		if (str_eq_nocase(turn->catalog->rarities[i].id, text))
			return i;
	return RARITIES_MAX;
}

bool cmd_collection_inventory(struct turn *turn, struct err *err)
{
	const struct interaction_option *user = interaction_option(turn->interaction, "user");
	const struct interaction_option *duplicates = interaction_option(turn->interaction, "duplicates");
	struct str rarity = turn_option_text(turn, "rarity");
	struct str sort = turn_option_text(turn, "sort");
	struct view view = {.rarity = find_rarity(turn, rarity), .duplicates = duplicates && duplicates->flag};

	if (rarity.len > 0 && view.rarity == RARITIES_MAX)
		return turn_refuse(turn, "There is no rarity of that name. The option `rarity` suggests them while you type.",
				   "その名前のレアリティはありません。`rarity` は入力中に候補が表示されます。");
	for (size_t i = 0; i < SORTS; i++)
		if (str_eqc(sort, sorts[i].word))
			view.sort = (enum sort)i;
	if (user && user->id != turn->interaction->user.id) {
		if (user->user.bot)
			return turn_refuse_bot(turn);
		if (!turn->other)
			return refuse_nobody(turn);
		view.user = user->id;
	}
	return show_inventory(turn, view.user != 0 ? turn->other : turn->player, view, err);
}

bool cmd_collection_inventory_page(struct turn *turn, struct err *err)
{
	struct view view;

	if (!view_read(turn, &view))
		return err_set(err, ERR_INPUT, "an inventory's button has the view %.*s", STR_ARG(turn->button->target));
	if (view.user != 0 && !turn->other)
		return refuse_nobody(turn);
	turn->message.type = RESPONSE_UPDATE;
	return show_inventory(turn, view.user != 0 ? turn->other : turn->player, view, err);
}

bool cmd_collection_complete_rarity(struct turn *turn, struct err *err)
{
	const struct localised none = {STR_EMPTY, STR_EMPTY};
	struct str typed = turn_focused_text(turn);

	(void)err;
	for (size_t i = 0; i < turn->catalog->rarity_count; i++)
		if (turn_matches(turn->catalog->rarities[i].id, &none, typed))
			message_choice(&turn->message, show_rarity(turn, i), turn->catalog->rarities[i].id);
	return true;
}
