/* Questions about one compiled banner that need neither a player nor a draw. */
#ifndef GACHA_BANNER_H
#define GACHA_BANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gacha/catalog.h"

/* Whether this rarity can come out of the banner at all: by its rate, its pity or the guarantee of ten. */
bool banner_can_draw(const struct catalog_banner *banner, size_t rarity);
/* Whether the item stands in the banner's lists, and whether it is featured there. */
bool banner_has_item(const struct catalog *catalog, const struct catalog_banner *banner, uint32_t item, bool *featured);
/* Whether it can come out: both of these. */
bool banner_can_give(const struct catalog *catalog, const struct catalog_banner *banner, uint32_t item);
bool banner_has_ended(const struct catalog_banner *banner, int64_t now_s);
bool banner_is_open(const struct catalog_banner *banner, int64_t now_ms);

#endif
