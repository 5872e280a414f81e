#include "bot/task.h"

#include "test.h"
#include "world.h"

TEST(the_answer_of_a_pull_follows_its_commit)
{
	struct world *world = world_create(STR_EMPTY);

	world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	CHECK_EQ_UINT(world->sent_count, 0);
	world->store.held = true;
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 0);
	world->store.held = false;
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 1);
	/* The player, a row of the history, the answer. */
	CHECK_EQ_UINT(world->sent[0].rows, 3);
	CHECK_EQ_INT(world_player(world, "1")->balance, 1600 - 160);
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	CHECK(world_is_balanced(world, "1"));
	CHECK_EQ_UINT(world->metrics.value[METRIC_PULLS], 1);
	world_free(world);
}

TEST(a_ping_of_discord_is_answered_at_once)
{
	struct world *world = world_create(STR_EMPTY);
	struct err err;

	CHECK(world_take(world, &world_signed, world_parse(world, STR("{\"type\":1,\"id\":\"5\",\"application_id\":\"9\"}")),
			 &err));
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK(str_eqc(world->sent[0].body, "{\"type\":1}"));
	world_free(world);
}

TEST(a_command_without_state_needs_no_store_at_the_gateway)
{
	struct world *world = world_create(STR_EMPTY);

	world_order(world, &world_gateway, world_id(world), WORLD_PING);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK(tasks_idle(world->tasks));
	world_free(world);
}
