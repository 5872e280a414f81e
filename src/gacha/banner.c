#include "gacha/banner.h"

#include "gacha/draw.h"

bool banner_can_draw(const struct catalog_banner *banner, size_t rarity)
{
	const struct banner_rarity *rates = &banner->rarities[rarity];

	if (rarity == 0)
		return rates->rate > 0 || rates->hard != CATALOG_NONE ||
		       (banner->soft_from != CATALOG_NONE && banner->soft_step > 0) ||
		       (banner->ten_pull == 0 && banner->cost_ten != CATALOG_NONE);
	if (draw_top_rate(banner, 1, false) == RATE_ONE)
		return false;
	/* A hard pity of 1 is always due, and takes all from those below. */
	for (size_t r = 1; r < rarity; r++)
		if (banner->rarities[r].hard == 1)
			return false;
	return rates->rate > 0 || rates->hard != CATALOG_NONE;
}

static bool contains(const uint32_t *items, size_t count, uint32_t item)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (items[middle] < item)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && items[low] == item;
}

bool banner_has_item(const struct catalog *catalog, const struct catalog_banner *banner, uint32_t item, bool *featured)
{
	const struct banner_rarity *rates = &banner->rarities[catalog->items[item].rarity];

	*featured = contains(rates->featured, rates->featured_count, item);
	return *featured || contains(rates->others, rates->others_count, item);
}

bool banner_can_give(const struct catalog *catalog, const struct catalog_banner *banner, uint32_t item)
{
	bool featured;

	return banner_can_draw(banner, catalog->items[item].rarity) && banner_has_item(catalog, banner, item, &featured);
}

bool banner_has_ended(const struct catalog_banner *banner, int64_t now_s)
{
	return banner->end_s != CATALOG_NONE && banner->end_s <= now_s;
}

bool banner_is_open(const struct catalog_banner *banner, int64_t now_ms)
{
	return banner->start_s * 1000 <= now_ms && (banner->end_s == CATALOG_NONE || now_ms < banner->end_s * 1000);
}
