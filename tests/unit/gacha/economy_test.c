#include "gacha/economy.h"

#include "fixture.h"
#include "test.h"

static struct fixture fixture;
static struct player player;
static struct ledger ledger;
static struct err err;

static void set_up(const struct edit *edits)
{
	struct rng rng;

	fixture_init(&fixture, edits);
	CHECK(fixture.loaded);
	rng_init_seed(&rng, "economy", 7);
	player_init(&player, &fixture.arena, STR("7"), 1000, &rng);
	ledger.count = 0;
	err_clear(&err);
}

static void tear_down(void)
{
	fixture_release(&fixture);
}

static bool change(enum account account, const char *name, int64_t delta)
{
	return economy_change(&player, &ledger, account, str_from(name), delta, "test", 2000, &err);
}

TEST(every_account_moves_with_its_row)
{
	set_up(NULL);
	CHECK(change(ACCOUNT_BALANCE, "", 100));
	CHECK(change(ACCOUNT_BALANCE, "", -30));
	CHECK(change(ACCOUNT_SHARDS, "", 40));
	CHECK(change(ACCOUNT_ITEM, "a", 2));
	CHECK(change(ACCOUNT_ITEM, "a", -1));
	CHECK(change(ACCOUNT_SPARK, "one", 10));
	CHECK_EQ_INT(player.balance, 70);
	CHECK_EQ_INT(player.shards, 40);
	CHECK_EQ_INT(player_find_item(&player, STR("a"))->count, 1);
	CHECK_EQ_INT(player_find_item(&player, STR("a"))->first_at_s, 2000);
	CHECK_EQ_INT(player_spark_points(&player, STR("one")), 10);
	CHECK_EQ_UINT(ledger.count, 6);
	CHECK_EQ_INT(ledger.rows[1].delta, -30);
	CHECK_EQ_INT(ledger.rows[1].after, 70);
	CHECK_EQ_STR(account_name(ledger.rows[3].account), "item");
	CHECK_EQ_STR(ledger.rows[5].reason, "test");
	tear_down();
}

TEST(what_would_fall_below_zero_is_refused_and_changes_nothing)
{
	set_up(NULL);
	CHECK(change(ACCOUNT_BALANCE, "", 10));
	CHECK(!change(ACCOUNT_BALANCE, "", -11));
	CHECK_EQ_INT(err.code, ERR_REFUSED);
	CHECK(!change(ACCOUNT_ITEM, "a", -1));
	CHECK(!change(ACCOUNT_SPARK, "one", -1));
	CHECK(!change(ACCOUNT_SHARDS, "", INT64_MIN));
	CHECK_EQ_INT(player.balance, 10);
	CHECK_EQ_UINT(player.item_count, 0);
	CHECK_EQ_UINT(ledger.count, 1);
	CHECK(change(ACCOUNT_BALANCE, "", -10));
	CHECK_EQ_INT(player.balance, 0);
	tear_down();
}

TEST(what_cannot_be_counted_is_refused_and_changes_nothing)
{
	set_up(NULL);
	CHECK(change(ACCOUNT_SHARDS, "", GACHA_INTEGER_MAX));
	CHECK(!change(ACCOUNT_SHARDS, "", 1));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK(!change(ACCOUNT_SHARDS, "", INT64_MAX));
	CHECK_EQ_INT(player.shards, GACHA_INTEGER_MAX);
	CHECK_EQ_UINT(ledger.count, 1);
	tear_down();
}

TEST(a_full_ledger_takes_nothing_more)
{
	set_up(NULL);
	for (unsigned i = 0; i < LEDGER_ROWS_MAX; i++)
		CHECK(change(ACCOUNT_BALANCE, "", 1));
	CHECK(!change(ACCOUNT_BALANCE, "", 1));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK_EQ_INT(player.balance, LEDGER_ROWS_MAX);
	tear_down();
}

TEST(the_last_copy_takes_the_item_out)
{
	set_up(NULL);
	CHECK(change(ACCOUNT_ITEM, "c", 1) && change(ACCOUNT_ITEM, "a", 1) && change(ACCOUNT_ITEM, "b", 1));
	CHECK(change(ACCOUNT_ITEM, "b", -1));
	CHECK(!player_find_item(&player, STR("b")));
	CHECK(player_find_item(&player, STR("a")) && player_find_item(&player, STR("c")));
	CHECK_EQ_UINT(player.item_count, 2);
	tear_down();
}

TEST(a_player_begins_with_the_start_currency)
{
	set_up(NULL);
	CHECK(economy_open(&player, &ledger, &fixture.catalog, 1000, &err));
	CHECK_EQ_INT(player.balance, 1600);
	CHECK_EQ_UINT(ledger.count, 1);
	CHECK_EQ_STR(ledger.rows[0].reason, "start");
	tear_down();
	set_up(EDITS({"\"start\":1600", "\"start\":0"}));
	CHECK(economy_open(&player, &ledger, &fixture.catalog, 1000, &err));
	CHECK_EQ_UINT(ledger.count, 0);
	tear_down();
}

TEST(the_daily_gift_is_claimed_once_a_day)
{
	struct daily_result result;

	set_up(NULL);
	CHECK(economy_daily(&player, &ledger, &fixture.catalog, 20454, 99, 5, &result, &err));
	CHECK(result.claimed);
	CHECK_EQ_INT(result.base, 160);
	CHECK_EQ_INT(result.bonus, 10);
	CHECK_EQ_INT(result.streak, 1);
	CHECK_EQ_INT(result.next_s, 99);
	CHECK_EQ_INT(player.balance, 170);
	CHECK_EQ_UINT(ledger.count, 2);
	CHECK(economy_daily(&player, &ledger, &fixture.catalog, 20454, 99, 6, &result, &err));
	CHECK(!result.claimed);
	CHECK_EQ_INT(result.streak, 1);
	CHECK_EQ_INT(player.balance, 170);
	/* A day before, as a change of zone can make it. */
	CHECK(economy_daily(&player, &ledger, &fixture.catalog, 20453, 99, 6, &result, &err));
	CHECK(!result.claimed);
	CHECK_EQ_UINT(ledger.count, 2);
	tear_down();
}

TEST(a_missed_day_pauses_the_streak_and_its_last_bonus_goes_on)
{
	static const int64_t bonus[] = {10, 20, 30, 30, 30};
	struct daily_result result;

	set_up(NULL);
	for (int i = 0; i < 5; i++) {
		CHECK(economy_daily(&player, &ledger, &fixture.catalog, 100 + 3 * i, 0, 0, &result, &err));
		CHECK_EQ_INT(result.bonus, bonus[i]);
		CHECK_EQ_INT(result.streak, i + 1);
	}
	CHECK_EQ_INT(player.streak, 5);
	tear_down();
}

TEST(a_daily_gift_that_cannot_be_counted_claims_nothing)
{
	struct daily_result result;

	set_up(NULL);
	CHECK(change(ACCOUNT_BALANCE, "", GACHA_INTEGER_MAX));
	CHECK(!economy_daily(&player, &ledger, &fixture.catalog, 20454, 99, 5, &result, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK_EQ_INT(player.daily_day, -1);
	CHECK_EQ_INT(player.streak, 0);
	tear_down();
}

TEST(steps_are_done_all_or_none)
{
	struct ledger second = {.count = 0};
	struct player other;
	struct rng rng;
	struct economy_step steps[] = {
		{&player, &ledger, ACCOUNT_SHARDS, STR_EMPTY, -30, "test"},
		{&other, &second, ACCOUNT_ITEM, STR("a"), 2, "test"},
		{&player, &ledger, ACCOUNT_SPARK, STR("one"), 5, "test"},
		{&player, &ledger, ACCOUNT_BALANCE, STR_EMPTY, 0, "test"},
	};

	set_up(NULL);
	rng_init_seed(&rng, "other", 5);
	player_init(&other, &fixture.arena, STR("8"), 1000, &rng);
	CHECK(change(ACCOUNT_SHARDS, "", 29));
	CHECK_EQ_INT(economy_apply(steps, 4, 2000, &err), DEAL_SHORT);
	CHECK_EQ_UINT(ledger.count + second.count, 1);
	CHECK_EQ_UINT(other.item_count, 0);
	CHECK(change(ACCOUNT_SHARDS, "", 1));
	CHECK_EQ_INT(economy_apply(steps, 4, 2000, &err), DEAL_DONE);
	CHECK_EQ_INT(player.shards, 0);
	CHECK_EQ_INT(player_find_item(&other, STR("a"))->count, 2);
	CHECK_EQ_INT(player_find_item(&other, STR("a"))->first_at_s, 2000);
	CHECK_EQ_INT(player_spark_points(&player, STR("one")), 5);
	CHECK_EQ_UINT(ledger.count, 4);
	CHECK_EQ_UINT(second.count, 1);
	steps[0].delta = GACHA_INTEGER_MAX;
	CHECK_EQ_INT(economy_apply(steps, 4, 2000, &err), DEAL_DONE);
	CHECK_EQ_INT(economy_apply(steps, 4, 2000, &err), DEAL_OVERFLOW);
	CHECK_EQ_INT(player_spark_points(&player, STR("one")), 10);
	tear_down();
}

TEST(a_full_ledger_stops_all_steps)
{
	struct economy_step steps[] = {
		{&player, &ledger, ACCOUNT_SHARDS, STR_EMPTY, 1, "test"},
		{&player, &ledger, ACCOUNT_BALANCE, STR_EMPTY, 1, "test"},
	};

	set_up(NULL);
	ledger.count = LEDGER_ROWS_MAX - 1;
	CHECK_EQ_INT(economy_apply(steps, 2, 2000, &err), DEAL_FAILED);
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK_EQ_UINT(ledger.count, LEDGER_ROWS_MAX - 1);
	CHECK_EQ_INT(player.shards + player.balance, 0);
	tear_down();
}

TEST(a_full_arena_takes_back_what_came_in_before)
{
	struct arena small;
	struct economy_step steps[] = {
		{&player, &ledger, ACCOUNT_SHARDS, STR_EMPTY, 7, "test"},
		{&player, &ledger, ACCOUNT_SPARK, STR("one"), 7, "test"},
		{&player, &ledger, ACCOUNT_BALANCE, STR_EMPTY, -10, "test"},
		{&player, &ledger, ACCOUNT_ITEM, STR("a"), 1, "test"},
	};

	set_up(NULL);
	arena_init(&small, ARENA_BLOCK_BYTES);
	CHECK(change(ACCOUNT_BALANCE, "", 10));
	CHECK(change(ACCOUNT_SPARK, "one", 1));
	player.arena = &small;
	CHECK(arena_alloc(&small, ARENA_BLOCK_BYTES));
	CHECK_EQ_INT(economy_apply(steps, 4, 2000, &err), DEAL_FAILED);
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK_EQ_INT(player.balance, 10);
	CHECK_EQ_INT(player.shards, 0);
	CHECK_EQ_INT(player_spark_points(&player, STR("one")), 1);
	CHECK_EQ_UINT(player.item_count, 0);
	CHECK_EQ_UINT(ledger.count, 2);
	arena_release(&small);
	tear_down();
}

TEST(a_favourite_keeps_its_last_copy)
{
	set_up(NULL);
	CHECK(change(ACCOUNT_ITEM, "a", 3));
	CHECK_EQ_INT(economy_can_give(&player, STR("a"), 3), DEAL_DONE);
	CHECK(player_set_favourite(&player, STR("a"), true));
	CHECK_EQ_INT(economy_can_give(&player, STR("a"), 2), DEAL_DONE);
	CHECK_EQ_INT(economy_can_give(&player, STR("a"), 3), DEAL_FAVOURITE);
	CHECK_EQ_INT(economy_can_give(&player, STR("a"), 4), DEAL_SHORT);
	CHECK_EQ_INT(economy_can_give(&player, STR("b"), 1), DEAL_SHORT);
	CHECK_EQ_INT(economy_can_give(&player, STR("a"), 0), DEAL_COUNT);
	CHECK_EQ_INT(economy_can_give(&player, STR("a"), TRADE_COUNT_MAX + 1), DEAL_COUNT);
	tear_down();
}
