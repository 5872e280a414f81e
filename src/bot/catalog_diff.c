#include "bot/catalog_diff.h"

struct comparing {
	const struct catalog *old, *new;
	struct catalog_diff *diff;
};

static bool same_text(const struct localised *a, const struct localised *b)
{
	return str_eq(a->ja, b->ja) && str_eq(a->en, b->en);
}

static void add(struct comparing *comparing, struct catalog_change change)
{
	comparing->diff->list[comparing->diff->count++] = change;
	comparing->diff->kinds[change.kind]++;
}

static bool same_currency(const struct catalog *a, const struct catalog *b)
{
	if (!same_text(&a->currency.name, &b->currency.name) || !str_eq(a->currency.emoji, b->currency.emoji) ||
	    a->currency.start != b->currency.start || a->currency.daily != b->currency.daily ||
	    a->currency.streak_count != b->currency.streak_count)
		return false;
	for (size_t i = 0; i < a->currency.streak_count; i++)
		if (a->currency.streak[i] != b->currency.streak[i])
			return false;
	return true;
}

static bool same_rarities(const struct catalog *a, const struct catalog *b)
{
	if (a->rarity_count != b->rarity_count)
		return false;
	for (size_t i = 0; i < a->rarity_count; i++) {
		const struct catalog_rarity *x = &a->rarities[i], *y = &b->rarities[i];

		if (!str_eq(x->id, y->id) || x->stars != y->stars || x->color != y->color || x->shards != y->shards)
			return false;
	}
	return true;
}

/* ---- items ---- */

static unsigned item_fields(const struct comparing *comparing, const struct catalog_item *a, const struct catalog_item *b)
{
	return (same_text(&a->name, &b->name) ? 0u : DIFF_NAME) |
	       (str_eq(comparing->old->rarities[a->rarity].id, comparing->new->rarities[b->rarity].id) ? 0u : DIFF_RARITY) |
	       (same_text(&a->text, &b->text) ? 0u : DIFF_TEXT) | (str_eq(a->emoji, b->emoji) ? 0u : DIFF_EMOJI) |
	       (str_eq(a->image, b->image) ? 0u : DIFF_IMAGE) | (a->price == b->price ? 0u : DIFF_PRICE);
}

static void compare_items(struct comparing *comparing)
{
	for (size_t i = 0; i < comparing->new->item_count; i++) {
		const struct catalog_item *item = &comparing->new->items[i];
		const struct catalog_item *before = catalog_find_item(comparing->old, item->id);
		unsigned fields = before ? item_fields(comparing, before, item) : 0;

		if (!before || fields != 0)
			add(comparing, (struct catalog_change){.kind = before ? CATALOG_CHANGED : CATALOG_ADDED,
							       .fields = fields, .old_item = before, .new_item = item});
	}
	for (size_t i = 0; i < comparing->old->item_count; i++)
		if (!catalog_find_item(comparing->new, comparing->old->items[i].id))
			add(comparing, (struct catalog_change){.kind = CATALOG_REMOVED, .old_item = &comparing->old->items[i]});
}

/* ---- banners ---- */

static bool same_list(const struct comparing *comparing, const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (!str_eq(comparing->old->items[a[i]].id, comparing->new->items[b[i]].id))
			return false;
	return true;
}

static bool same_rarity(const struct comparing *comparing, const struct banner_rarity *a, const struct banner_rarity *b)
{
	return a->rate == b->rate && a->hard == b->hard && a->rate_up == b->rate_up &&
	       (!a->rate_up || (a->share == b->share && a->guarantee == b->guarantee)) &&
	       same_list(comparing, a->featured, a->featured_count, b->featured, b->featured_count) &&
	       same_list(comparing, a->others, a->others_count, b->others, b->others_count);
}

static bool same_odds(const struct comparing *comparing, const struct catalog_banner *a, const struct catalog_banner *b)
{
	if (a->rarity_count != b->rarity_count || a->soft_from != b->soft_from || a->ten_pull != b->ten_pull ||
	    (a->soft_from != CATALOG_NONE && a->soft_step != b->soft_step))
		return false;
	for (size_t i = 0; i < a->rarity_count; i++)
		if (!str_eq(comparing->old->rarities[i].id, comparing->new->rarities[i].id) ||
		    !same_rarity(comparing, &a->rarities[i], &b->rarities[i]))
			return false;
	return true;
}

static unsigned banner_fields(const struct comparing *comparing, const struct catalog_banner *a,
			      const struct catalog_banner *b)
{
	bool same_spark = a->spark_cost == b->spark_cost &&
			  same_list(comparing, a->spark_items, a->spark_count, b->spark_items, b->spark_count);

	return (same_text(&a->name, &b->name) ? 0u : DIFF_NAME) |
	       (a->start_s == b->start_s && a->end_s == b->end_s ? 0u : DIFF_TIMES) |
	       (a->cost_one == b->cost_one && a->cost_ten == b->cost_ten ? 0u : DIFF_COST) | (same_spark ? 0u : DIFF_SPARK) |
	       (str_eq(a->pity_group, b->pity_group) ? 0u : DIFF_GROUP) | (same_odds(comparing, a, b) ? 0u : DIFF_ODDS);
}

static void compare_banners(struct comparing *comparing)
{
	for (size_t i = 0; i < comparing->new->banner_count; i++) {
		const struct catalog_banner *banner = &comparing->new->banners[i];
		const struct catalog_banner *before = catalog_find_banner(comparing->old, banner->id);
		unsigned fields = before ? banner_fields(comparing, before, banner) : 0;

		if (!before || fields != 0)
			add(comparing, (struct catalog_change){.kind = before ? CATALOG_CHANGED : CATALOG_ADDED,
							       .fields = fields, .old_banner = before, .new_banner = banner});
	}
	for (size_t i = 0; i < comparing->old->banner_count; i++)
		if (!catalog_find_banner(comparing->new, comparing->old->banners[i].id))
			add(comparing, (struct catalog_change){.kind = CATALOG_REMOVED, .old_banner = &comparing->old->banners[i]});
}

bool catalog_diff_make(struct arena *arena, const struct catalog *old, const struct catalog *new,
		       struct catalog_diff *diff, struct err *err)
{
	struct comparing comparing = {.old = old, .new = new, .diff = diff};

	*diff = (struct catalog_diff){.currency = !same_currency(old, new), .rarities = !same_rarities(old, new)};
	diff->list = arena_array(arena, old->item_count + new->item_count + old->banner_count + new->banner_count,
				 sizeof(*diff->list));
	if (!diff->list)
		return arena_check(arena, "the difference", err);
	compare_banners(&comparing);
	compare_items(&comparing);
	return true;
}
