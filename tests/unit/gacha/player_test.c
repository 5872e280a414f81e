#include "gacha/player.h"

#include <stdio.h>

#include "fixture.h"
#include "test.h"

static struct fixture fixture;
static struct player player;
static struct rng rng;

static void set_up(void)
{
	fixture_init(&fixture, NULL);
	CHECK(fixture.loaded);
	rng_init_seed(&rng, "player", 6);
	player_init(&player, &fixture.arena, STR("55/7"), 1767193200, &rng);
}

static void tear_down(void)
{
	fixture_release(&fixture);
}

static void give(const char *item, int64_t count)
{
	CHECK(player_set_item(&player, str_from(item), count, 1767193300));
}

TEST(a_new_player_has_a_seed_of_its_own_and_nothing_else)
{
	struct player again;

	set_up();
	player_init(&again, &fixture.arena, STR("8"), 5, &rng);
	CHECK_EQ_UINT(player.fairness.epoch, 1);
	CHECK_EQ_UINT(player.fairness.next_n, 1);
	CHECK_EQ_INT(player.daily_day, -1);
	CHECK_EQ_INT(player.balance, 0);
	CHECK_EQ_UINT(player.fairness.client_seed.len, 0);
	CHECK(memcmp(player.fairness.seed, again.fairness.seed, FAIRNESS_SEED_SIZE) != 0);
	tear_down();
}

TEST(rotating_reveals_the_seed_and_begins_an_epoch)
{
	uint8_t before[FAIRNESS_SEED_SIZE], revealed[FAIRNESS_SEED_SIZE];

	set_up();
	player.fairness.client_seed = STR("mine");
	player.fairness.next_n = 5;
	player.fairness.chain[0] = 1;
	memcpy(before, player.fairness.seed, sizeof(before));
	player_rotate_seed(&player, &rng, revealed);
	CHECK_EQ_BYTES(revealed, 32, before, 32);
	CHECK(memcmp(player.fairness.seed, before, 32) != 0);
	CHECK_EQ_UINT(player.fairness.epoch, 2);
	CHECK_EQ_UINT(player.fairness.next_n, 1);
	CHECK_EQ_UINT(player.fairness.chain[0], 0);
	CHECK(str_eqc(player.fairness.client_seed, "mine"));
	tear_down();
}

TEST(items_are_found_among_many)
{
	set_up();
	for (unsigned i = 0; i < 500; i++) {
		char id[16];

		snprintf(id, sizeof(id), "i%u", i * 7919 % 500);
		give(id, i + 1);
	}
	CHECK_EQ_UINT(player.item_count, 500);
	for (size_t i = 1; i < player.item_count; i++)
		CHECK(str_cmp(player.items[i - 1].id, player.items[i].id) < 0);
	CHECK_EQ_INT(player_find_item(&player, STR("i419"))->count, 2);
	CHECK(!player_find_item(&player, STR("i500")));
	tear_down();
}

TEST(wishes_are_few_and_different)
{
	char id[8];

	set_up();
	for (unsigned i = 0; i < WISHES_MAX; i++) {
		snprintf(id, sizeof(id), "w%u", i);
		CHECK(player_set_wish(&player, str_from(id), true));
	}
	CHECK(player_set_wish(&player, STR("w3"), true));
	CHECK(!player_set_wish(&player, STR("more"), true));
	CHECK_EQ_UINT(player.wish_count, WISHES_MAX);
	CHECK(player_set_wish(&player, STR("w3"), false));
	CHECK(player_set_wish(&player, STR("w3"), false));
	CHECK(!player_wishes(&player, STR("w3")));
	CHECK(player_wishes(&player, STR("w9")));
	CHECK(player_set_wish(&player, STR("more"), true));
	CHECK(str_eqc(player.wishes[WISHES_MAX - 1], "more"));
	tear_down();
}

TEST(only_what_is_owned_is_a_favourite)
{
	set_up();
	give("a", 1);
	CHECK(player_set_favourite(&player, STR("a"), true));
	CHECK(player_find_item(&player, STR("a"))->favourite);
	CHECK(player_set_favourite(&player, STR("a"), false));
	CHECK(!player_find_item(&player, STR("a"))->favourite);
	CHECK(!player_set_favourite(&player, STR("b"), true));
	tear_down();
}

TEST(draws_are_counted_by_rarity)
{
	set_up();
	CHECK(player_count_draw(&player, STR("R"), false));
	CHECK(player_count_draw(&player, STR("R"), false));
	CHECK(player_count_draw(&player, STR("SSR"), true));
	CHECK_EQ_INT(player_drawn(&player, STR("R")), 2);
	CHECK_EQ_INT(player_drawn(&player, STR("SSR")), 1);
	CHECK_EQ_INT(player_drawn(&player, STR("SR")), 0);
	CHECK_EQ_INT(player.tops, 1);
	player.tops = player.drawn[0].count = GACHA_INTEGER_MAX;
	CHECK(player_count_draw(&player, STR("R"), true));
	CHECK_EQ_INT(player.tops, GACHA_INTEGER_MAX);
	CHECK_EQ_INT(player_drawn(&player, STR("R")), GACHA_INTEGER_MAX);
	tear_down();
}

TEST(scores_are_different_items_pulls_and_top_items)
{
	int64_t scores[PLAYER_SCORES];

	set_up();
	give("a", 3);
	give("b", 1);
	player.pulls = 12;
	player.tops = 2;
	player_scores(&player, scores);
	CHECK_EQ_INT(scores[0], 2);
	CHECK_EQ_INT(scores[1], 12);
	CHECK_EQ_INT(scores[2], 2);
	tear_down();
}

TEST(points_of_zero_are_taken_out)
{
	set_up();
	CHECK(player_set_spark(&player, STR("one"), 3) && player_set_spark(&player, STR("two"), 4));
	CHECK(player_set_spark(&player, STR("one"), 0) && player_set_spark(&player, STR("three"), 0));
	CHECK_EQ_UINT(player.spark_count, 1);
	CHECK_EQ_INT(player_spark_points(&player, STR("two")), 4);
	tear_down();
}
