/* /leaderboard, as a person meets it. */
#include "bot/cmd_leaderboard.h"

#include <stdio.h>

#include "test.h"
#include "world.h"

#define BY(board) "{\"name\":\"leaderboard\",\"options\":[{\"name\":\"by\",\"type\":3,\"value\":\"" board "\"}]}"
#define SHOW_ME(flag) "{\"name\":\"leaderboard\",\"options\":[{\"name\":\"show_me\",\"type\":5,\"value\":" flag "}]}"
#define BOARD "{\"name\":\"leaderboard\"}"

static struct json ask(struct world *world, uint64_t user, const char *data)
{
	return world_ask(world, &world_gateway, user, "en-US", data);
}

/* User n has pulled n times. */
static struct world *three_players(void)
{
	struct world *world = world_create(STR_EMPTY);

	for (uint64_t user = 1; user <= 3; user++)
		for (uint64_t i = 0; i < user; i++)
			ask(world, user, WORLD_PULL);
	return world;
}

TEST(the_board_has_medals_and_ones_own_place)
{
	struct world *world = three_players();
	struct json answer = ask(world, 1, BY("pulls"));

	CHECK(!world_is_private(answer));
	CHECK(world_says(world, answer, "🥇 <@3> · 3\n🥈 <@2> · 2\n🥉 **<@1> · 1**"));
	CHECK(world_says(world, answer, "place 3 · 1"));
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "ja", BY("pulls")), "3位"));
	CHECK(world_says(world, ask(world, 4, BY("pulls")), "not on it yet"));
	CHECK(world_row(world, STORE_USERS, "4") == NULL);
	world_free(world);
}

TEST(who_has_as_many_has_the_same_place)
{
	struct world *world = world_create(STR_EMPTY);

	for (uint64_t user = 1; user <= 3; user++)
		ask(world, user, WORLD_PULL);
	CHECK(world_says(world, ask(world, 1, BY("pulls")), "🥇 **<@1> · 1**\n🥇 <@2> · 1\n🥇 <@3> · 1"));
	world_free(world);
}

TEST(buttons_lead_to_the_other_boards)
{
	struct world *world = three_players();
	struct json answer = ask(world, 1, BOARD);

	CHECK(world_says(world, answer, "Collection"));
	answer = world_push(world, &world_gateway, 1, world_button(world, answer, 0));
	CHECK(world_says(world, answer, "🏆 Pulls"));
	CHECK(world_says(world, answer, "🥇 <@3> · 3"));
	answer = world_push(world, &world_gateway, 1, world_button(world, answer, 1));
	CHECK(world_says(world, answer, "🏆 Highest rarity"));
	world_free(world);
}

TEST(who_does_not_want_to_be_shown_is_not)
{
	struct world *world = three_players();
	struct json answer = ask(world, 3, SHOW_ME("false"));

	CHECK(world_is_private(answer));
	CHECK(world_player(world, "3")->hidden);
	answer = ask(world, 3, BY("pulls"));
	CHECK(!world_says(world, answer, "<@3>"));
	CHECK(world_says(world, answer, "🥇 <@2> · 2"));
	CHECK(world_says(world, answer, "not shown"));
	ask(world, 3, SHOW_ME("true"));
	CHECK(world_says(world, ask(world, 1, BY("pulls")), "🥇 <@3> · 3"));
	CHECK(world_is_balanced(world, "3"));
	/* Also before the first pull. */
	ask(world, 5, SHOW_ME("false"));
	ask(world, 5, WORLD_PULL);
	CHECK(!world_says(world, ask(world, 1, BY("pulls")), "<@5>"));
	world_free(world);
}

TEST(an_empty_board_says_how_to_begin)
{
	struct world *world = world_create(STR_EMPTY);

	CHECK(world_says(world, ask(world, 1, BOARD), "Nobody yet"));
	world_free(world);
}
