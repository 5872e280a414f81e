#include "gacha/pull.h"

#include "fixture.h"
#include "test.h"

static struct fixture fixture;
static struct player player;
static struct ledger ledger;
static struct pull_result result;
static struct err err;

static void set_up(const struct edit *edits)
{
	struct rng rng;

	fixture_init(&fixture, edits);
	CHECK(fixture.loaded);
	rng_init_seed(&rng, "pull", 4);
	player_init(&player, &fixture.arena, STR("7"), 1000, &rng);
	ledger.count = 0;
	err_clear(&err);
	CHECK(economy_open(&player, &ledger, &fixture.catalog, 1000, &err));
}

static void tear_down(void)
{
	fixture_release(&fixture);
}

static bool pull(const char *banner, unsigned count)
{
	return pull_make(&fixture.catalog, fixture_banner(&fixture, banner), count, &player, &ledger, STR("900"), 2000,
			 &result, &fixture.arena, &err);
}

static bool same_state(const struct draw_state *a, const struct draw_state *b)
{
	return memcmp(a->n, b->n, sizeof(a->n)) == 0 && memcmp(a->flag, b->flag, sizeof(a->flag)) == 0;
}

/* The sum of the rows equals what the player has. */
static void check_sum(void)
{
	int64_t balance = 0, shards = 0, spark = 0, items = 0, held = 0;

	for (size_t i = 0; i < ledger.count; i++) {
		const struct ledger_row *row = &ledger.rows[i];

		balance += row->account == ACCOUNT_BALANCE ? row->delta : 0;
		shards += row->account == ACCOUNT_SHARDS ? row->delta : 0;
		spark += row->account == ACCOUNT_SPARK ? row->delta : 0;
		items += row->account == ACCOUNT_ITEM ? row->delta : 0;
	}
	for (size_t i = 0; i < player.item_count; i++)
		held += player.items[i].count;
	CHECK_EQ_INT(player.balance, balance);
	CHECK_EQ_INT(player.shards, shards);
	CHECK_EQ_INT(player_spark_points(&player, STR("one")), spark);
	CHECK_EQ_INT(held, items);
}

TEST(one_pull_pays_draws_and_books)
{
	set_up(NULL);
	REQUIRE(pull("one", 1));
	CHECK_EQ_UINT(result.count, 1);
	CHECK_EQ_INT(result.cost, 160);
	CHECK_EQ_INT(player.balance, 1440);
	CHECK_EQ_INT(player.pulls, 1);
	CHECK_EQ_UINT(player.fairness.next_n, 2);
	CHECK(result.items[0].is_new);
	CHECK_EQ_INT(result.items[0].shards, 0);
	CHECK_EQ_UINT(ledger.count, 4);
	CHECK_EQ_STR(account_name(ledger.rows[1].account), "balance");
	CHECK_EQ_INT(ledger.rows[1].delta, -160);
	CHECK_EQ_STR(account_name(ledger.rows[2].account), "item");
	CHECK_EQ_STR(account_name(ledger.rows[3].account), "spark");
	CHECK_EQ_UINT(result.receipts[0].slot, 0);
	CHECK_EQ_UINT(result.receipts[0].n, 1);
	CHECK_EQ_BYTES(player.fairness.chain, 32, result.receipts[0].chain, 32);
	check_sum();
	tear_down();
}

TEST(ten_pulls_are_paid_together_and_have_slots)
{
	set_up(NULL);
	REQUIRE(pull("one", 10));
	CHECK_EQ_UINT(result.count, 10);
	CHECK_EQ_INT(player.balance, 0);
	CHECK_EQ_INT(player_spark_points(&player, STR("one")), 10);
	CHECK_EQ_UINT(player.fairness.next_n, 11);
	for (unsigned i = 0; i < 10; i++) {
		CHECK_EQ_UINT(result.receipts[i].slot, i + 1);
		CHECK_EQ_UINT(result.receipts[i].n, i + 1);
		CHECK(str_eqc(result.receipts[i].interaction, "900"));
		if (i)
			CHECK(same_state(&result.receipts[i].before, &result.receipts[i - 1].after));
	}
	check_sum();
	tear_down();
}

TEST(every_ten_pull_has_the_guaranteed_rarity)
{
	set_up(EDITS({"\"start\":1600", "\"start\":1600000"}, {"\"SR\":{\"hard\":10}", "\"SR\":{\"hard\":10000}"}));
	for (unsigned i = 0; i < 300; i++) {
		uint32_t highest = 2;

		ledger.count = 0;
		REQUIRE(pull("one", 10));
		for (unsigned k = 0; k < 10; k++)
			highest = result.items[k].rarity < highest ? result.items[k].rarity : highest;
		CHECK(highest <= 1);
	}
	tear_down();
}

TEST(a_duplicate_gives_its_raritys_shards)
{
	set_up(EDITS({"\"start\":1600", "\"start\":160000"}));
	for (unsigned i = 0; i < 100; i++) {
		int64_t shards = player.shards;
		bool had;

		ledger.count = 0;
		REQUIRE(pull("one", 1));
		had = player_find_item(&player, fixture.catalog.items[result.items[0].item].id)->count > 1;
		CHECK(result.items[0].is_new == !had);
		CHECK_EQ_INT(result.items[0].shards, had ? fixture.catalog.rarities[result.items[0].rarity].shards : 0);
		CHECK_EQ_INT(player.shards, shards + result.items[0].shards);
		CHECK_EQ_UINT(ledger.count, 3u + (result.items[0].shards > 0));
	}
	tear_down();
}

TEST(counters_are_those_of_the_banners_group)
{
	struct draw_state state;

	set_up(EDITS({"\"id\":\"two\",", "\"id\":\"two\",\"pity_group\":\"limited\","}, {"2026-03-01", "2027-03-01"}));
	state = (struct draw_state){.n = {90, 5, 1}, .flag = {true}};
	CHECK(player_save_pity(&player, &fixture.catalog, STR("limited"), &state));
	REQUIRE(pull("one", 1));
	CHECK(str_eqc(result.receipts[0].result, "a"));
	player_load_pity(&player, &fixture.catalog, STR("limited"), &state);
	CHECK(state.n[0] == 1 && !state.flag[0]);
	REQUIRE(pull("two", 1));
	CHECK(same_state(&result.receipts[0].before, &state));
	tear_down();
}

TEST(a_banner_without_spark_gives_no_points)
{
	set_up(NULL);
	REQUIRE(pull("two", 1));
	CHECK_EQ_UINT(player.spark_count, 0);
	CHECK_EQ_INT(player.balance, 1500);
	tear_down();
}

TEST(a_free_pull_has_no_row_for_its_cost)
{
	set_up(EDITS({"\"1\":160,", "\"1\":0,"}));
	ledger.count = 0;
	REQUIRE(pull("one", 1));
	CHECK_EQ_STR(account_name(ledger.rows[0].account), "item");
	tear_down();
}

TEST(what_the_balance_does_not_cover_is_refused_unchanged)
{
	set_up(EDITS({"\"start\":1600", "\"start\":159"}));
	CHECK(!pull("one", 1));
	CHECK_EQ_INT(err.code, ERR_REFUSED);
	CHECK_EQ_INT(player.balance, 159);
	CHECK_EQ_UINT(player.fairness.next_n, 1);
	CHECK_EQ_UINT(ledger.count, 1);
	tear_down();
}

TEST(a_banner_without_ten_and_other_counts_are_refused)
{
	set_up(NULL);
	CHECK(!pull("two", 10));
	CHECK_EQ_INT(err.code, ERR_NOT_FOUND);
	CHECK(!pull("one", 2));
	CHECK_EQ_INT(err.code, ERR_USAGE);
	CHECK(!pull("one", 0));
	CHECK_EQ_INT(player.balance, 1600);
	tear_down();
}

TEST(numbers_that_run_out_are_refused)
{
	set_up(NULL);
	player.fairness.next_n = GACHA_INTEGER_MAX;
	CHECK(!pull("one", 1));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	tear_down();
}

TEST(draws_are_counted_and_dated)
{
	int64_t by_rarity[3] = {0, 0, 0};

	set_up(NULL);
	REQUIRE(pull("one", 10));
	for (size_t i = 0; i < result.count; i++)
		by_rarity[result.items[i].rarity]++;
	CHECK_EQ_INT(player_drawn(&player, STR("SSR")), by_rarity[0]);
	CHECK_EQ_INT(player_drawn(&player, STR("SR")), by_rarity[1]);
	CHECK_EQ_INT(player_drawn(&player, STR("R")), by_rarity[2]);
	CHECK_EQ_INT(player.tops, by_rarity[0]);
	CHECK_EQ_INT(player.pulled_at_ms, 2000000);
	tear_down();
}
