/*
 * What is had without a draw: items for shards, an item for spark points, and shards for the points that
 * are left when a banner ends (gacha.md, Economy). Shards never buy a chance.
 *
 * A duplicate that is bought or chosen gives no shards; only a drawn one does. Each is all or nothing.
 */
#ifndef GACHA_EXCHANGE_H
#define GACHA_EXCHANGE_H

#include "gacha/economy.h"

/* One item at its price in shards. DEAL_NOT_SOLD, DEAL_SHORT, DEAL_OVERFLOW, DEAL_FAILED. */
enum deal exchange_buy(struct player *player, struct ledger *ledger, const struct catalog_item *item, int64_t now_s,
		       struct err *err);
/*
 * One item of the banner's list for the cost of its spark, until the banner ends. DEAL_NOT_LISTED, DEAL_ENDED,
 * DEAL_SHORT, DEAL_OVERFLOW, DEAL_FAILED.
 */
enum deal exchange_spark(struct player *player, struct ledger *ledger, const struct catalog *catalog,
			 const struct catalog_banner *banner, const struct catalog_item *item, int64_t now_s,
			 struct err *err);
/* Whether the banner's spark gives this item. */
bool exchange_is_listed(const struct catalog *catalog, const struct catalog_banner *banner,
			const struct catalog_item *item);
/*
 * The points of banners that have ended, or that the catalog has no more, become shards one to one: of at most
 * SETTLE_BANNERS_MAX banners, the others follow the next time. Points for which there is no room in the ledger or in
 * what is counted stay. Returns of how many banners; for every player that is loaded for a change.
 */
size_t exchange_settle(struct player *player, struct ledger *ledger, const struct catalog *catalog, int64_t now_s);

#endif
