#include "gacha/exchange.h"

#include <stdio.h>

#include "fixture.h"
#include "test.h"

/* Banner `two` is open in February 2026, `one` for ever. */
#define FEBRUARY_S 1771000000
#define MARCH_S 1772323200

static struct fixture fixture;
static struct player player;
static struct ledger ledger;
static struct err err;

static void set_up(const struct edit *edits)
{
	struct rng rng;

	fixture_init(&fixture, edits);
	CHECK(fixture.loaded);
	rng_init_seed(&rng, "exchange", 8);
	player_init(&player, &fixture.arena, STR("7"), 1000, &rng);
	ledger.count = 0;
	err_clear(&err);
}

static void tear_down(void)
{
	fixture_release(&fixture);
}

static void give(enum account account, const char *name, int64_t count)
{
	CHECK(economy_change(&player, &ledger, account, str_from(name), count, "test", 1000, &err));
	ledger.count = 0;
}

static const struct catalog_item *item(const char *id)
{
	return &fixture.catalog.items[fixture_item(&fixture, id)];
}

static enum deal buy(const char *id)
{
	return exchange_buy(&player, &ledger, item(id), 2000, &err);
}

static enum deal spark(const char *banner, const char *id, int64_t now_s)
{
	return exchange_spark(&player, &ledger, &fixture.catalog, fixture_banner(&fixture, banner), item(id), now_s, &err);
}

static size_t settle(int64_t now_s)
{
	return exchange_settle(&player, &ledger, &fixture.catalog, now_s);
}

TEST(shards_buy_items_at_their_price)
{
	set_up(NULL);
	give(ACCOUNT_SHARDS, "", 400);
	CHECK_EQ_INT(buy("a"), DEAL_DONE);
	CHECK_EQ_INT(buy("a"), DEAL_DONE);
	CHECK_EQ_INT(player.shards, 40);
	CHECK_EQ_INT(player_find_item(&player, STR("a"))->count, 2);
	CHECK_EQ_INT(player_find_item(&player, STR("a"))->first_at_s, 2000);
	CHECK_EQ_UINT(ledger.count, 4);
	CHECK_EQ_STR(ledger.rows[0].reason, "buy");
	CHECK_EQ_INT(buy("a"), DEAL_SHORT);
	CHECK_EQ_INT(player.shards, 40);
	CHECK_EQ_UINT(ledger.count, 4);
	tear_down();
}

TEST(what_has_no_price_or_no_room_is_not_sold)
{
	set_up(EDITS({"\"price\":180", "\"price\":9007199254740991"}));
	give(ACCOUNT_SHARDS, "", GACHA_INTEGER_MAX);
	CHECK_EQ_INT(buy("b"), DEAL_NOT_SOLD);
	CHECK_EQ_INT(buy("a"), DEAL_DONE);
	CHECK_EQ_INT(player.shards, 0);
	give(ACCOUNT_SHARDS, "", GACHA_INTEGER_MAX);
	give(ACCOUNT_ITEM, "a", GACHA_INTEGER_MAX - 1);
	CHECK_EQ_INT(buy("a"), DEAL_OVERFLOW);
	CHECK_EQ_INT(player.shards, GACHA_INTEGER_MAX);
	CHECK_EQ_UINT(ledger.count, 0);
	tear_down();
}

TEST(points_give_one_item_of_the_list)
{
	set_up(NULL);
	give(ACCOUNT_SPARK, "one", 601);
	CHECK_EQ_INT(spark("one", "a", 2000), DEAL_DONE);
	CHECK_EQ_INT(player_spark_points(&player, STR("one")), 301);
	CHECK_EQ_INT(player_find_item(&player, STR("a"))->count, 1);
	CHECK_EQ_INT(player.shards, 0);
	CHECK_EQ_INT(spark("one", "a", 2000), DEAL_DONE);
	CHECK_EQ_INT(player.shards, 0);
	CHECK_EQ_INT(spark("one", "a", 2000), DEAL_SHORT);
	CHECK_EQ_INT(player_spark_points(&player, STR("one")), 1);
	CHECK_EQ_UINT(ledger.count, 4);
	tear_down();
}

TEST(points_give_nothing_beside_the_list_or_after_the_end)
{
	set_up(EDITS({"\"R\":\"90%\"}}", "\"R\":\"90%\"},\"spark\":{\"cost\":5,\"items\":[\"e\",\"b\"]}}"}));
	give(ACCOUNT_SPARK, "one", 300);
	give(ACCOUNT_SPARK, "two", 10);
	CHECK_EQ_INT(spark("one", "b", FEBRUARY_S), DEAL_NOT_LISTED);
	CHECK_EQ_INT(spark("two", "a", FEBRUARY_S), DEAL_NOT_LISTED);
	CHECK_EQ_INT(spark("two", "b", MARCH_S - 1), DEAL_DONE);
	CHECK_EQ_INT(spark("two", "e", MARCH_S), DEAL_ENDED);
	CHECK(exchange_is_listed(&fixture.catalog, fixture_banner(&fixture, "two"), item("e")));
	tear_down();
	set_up(NULL);
	give(ACCOUNT_SPARK, "two", 10);
	CHECK_EQ_INT(spark("two", "a", FEBRUARY_S), DEAL_NOT_LISTED);
	tear_down();
}

TEST(what_is_left_becomes_shards_when_the_banner_ends)
{
	set_up(NULL);
	give(ACCOUNT_SPARK, "one", 100);
	give(ACCOUNT_SPARK, "two", 20);
	give(ACCOUNT_SPARK, "gone", 3);
	CHECK_EQ_UINT(settle(MARCH_S - 1), 1);
	CHECK_EQ_INT(player.shards, 3);
	CHECK_EQ_UINT(settle(MARCH_S), 1);
	CHECK_EQ_INT(player.shards, 23);
	CHECK_EQ_UINT(settle(INT64_MAX), 0);
	CHECK_EQ_INT(player_spark_points(&player, STR("one")), 100);
	CHECK_EQ_UINT(player.spark_count, 1);
	CHECK_EQ_UINT(ledger.count, 4);
	CHECK_EQ_STR(ledger.rows[0].reason, "settle");
	tear_down();
}

TEST(so_many_banners_are_settled_at_once)
{
	char id[16];

	set_up(NULL);
	for (unsigned i = 0; i < SETTLE_BANNERS_MAX + 3; i++) {
		snprintf(id, sizeof(id), "old%u", i);
		give(ACCOUNT_SPARK, id, 1);
	}
	CHECK_EQ_UINT(settle(2000), SETTLE_BANNERS_MAX);
	CHECK_EQ_UINT(settle(2000), 3);
	CHECK_EQ_INT(player.shards, SETTLE_BANNERS_MAX + 3);
	tear_down();
}

TEST(points_without_room_stay)
{
	set_up(NULL);
	give(ACCOUNT_SHARDS, "", GACHA_INTEGER_MAX - 3);
	give(ACCOUNT_SPARK, "gone", 4);
	give(ACCOUNT_SPARK, "away", 2);
	CHECK_EQ_UINT(settle(2000), 1);
	CHECK_EQ_INT(player_spark_points(&player, STR("gone")), 4);
	CHECK_EQ_INT(player.shards, GACHA_INTEGER_MAX - 1);
	give(ACCOUNT_SHARDS, "", -10);
	ledger.count = LEDGER_ROWS_MAX - 1;
	CHECK_EQ_UINT(settle(2000), 0);
	CHECK_EQ_UINT(ledger.count, LEDGER_ROWS_MAX - 1);
	CHECK_EQ_INT(player_spark_points(&player, STR("gone")), 4);
	tear_down();
}
