#include "gacha/exchange.h"

#include "gacha/banner.h"

enum deal exchange_buy(struct player *player, struct ledger *ledger, const struct catalog_item *item, int64_t now_s,
		       struct err *err)
{
	if (item->price == CATALOG_NONE)
		return DEAL_NOT_SOLD;
	const struct economy_step steps[] = {
		{player, ledger, ACCOUNT_SHARDS, STR_EMPTY, -item->price, "buy"},
		{player, ledger, ACCOUNT_ITEM, item->id, 1, "buy"},
	};
	return economy_apply(steps, sizeof(steps) / sizeof(steps[0]), now_s, err);
}

bool exchange_is_listed(const struct catalog *catalog, const struct catalog_banner *banner,
			const struct catalog_item *item)
{
	if (banner->spark_cost == CATALOG_NONE)
		return false;
	for (size_t i = 0; i < banner->spark_count; i++)
		if (&catalog->items[banner->spark_items[i]] == item)
			return true;
	return false;
}

enum deal exchange_spark(struct player *player, struct ledger *ledger, const struct catalog *catalog,
			 const struct catalog_banner *banner, const struct catalog_item *item, int64_t now_s,
			 struct err *err)
{
	const struct economy_step steps[] = {
		{player, ledger, ACCOUNT_SPARK, banner->id, -banner->spark_cost, "spark"},
		{player, ledger, ACCOUNT_ITEM, item->id, 1, "spark"},
	};

	if (!exchange_is_listed(catalog, banner, item))
		return DEAL_NOT_LISTED;
	if (banner_has_ended(banner, now_s))
		return DEAL_ENDED;
	return economy_apply(steps, sizeof(steps) / sizeof(steps[0]), now_s, err);
}

size_t exchange_settle(struct player *player, struct ledger *ledger, const struct catalog *catalog, int64_t now_s)
{
	size_t settled = 0;

	for (size_t i = player->spark_count; i-- > 0 && settled < SETTLE_BANNERS_MAX;) {
		const struct player_spark spark = player->sparks[i];
		const struct catalog_banner *banner = catalog_find_banner(catalog, spark.banner);
		const struct economy_step steps[] = {
			{player, ledger, ACCOUNT_SPARK, spark.banner, -spark.points, "settle"},
			{player, ledger, ACCOUNT_SHARDS, STR_EMPTY, spark.points, "settle"},
		};

		if (banner && !banner_has_ended(banner, now_s))
			continue;
		settled += economy_apply(steps, sizeof(steps) / sizeof(steps[0]), now_s, NULL) == DEAL_DONE;
	}
	return settled;
}
