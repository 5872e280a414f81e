#include "bot/tasks.h"

#include "test.h"
#include "world.h"

TEST(the_gateway_sends_nothing_for_a_repeated_id)
{
	struct world *world = world_create(STR_EMPTY);
	uint64_t id = world_id(world);

	world_order(world, &world_gateway, id, WORLD_PULL);
	world_settle(world);
	world_order(world, &world_gateway, id, WORLD_PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 2);
	CHECK(world->sent[1].dropped);
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	/* In another process only the store knows it. */
	world_restart(world);
	world_order(world, &world_gateway, id, WORLD_PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 3);
	CHECK(world->sent[2].dropped);
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	CHECK_EQ_UINT(world->metrics.value[METRIC_INTERACTIONS_REPEATED], 2);
	world_free(world);
}

TEST(interactions_of_one_player_go_in_order_and_race_with_nobody)
{
	struct world *world = world_create(STR_EMPTY);

	for (unsigned i = 0; i < 10; i++)
		world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 10);
	CHECK_EQ_INT(world_player(world, "1")->balance, 0);
	CHECK_EQ_UINT(world->metrics.value[METRIC_COMMIT_CONFLICTS], 0);
	for (size_t i = 1; i < world->sent_count; i++)
		CHECK(world->sent[i - 1].rows < world->sent[i].rows);
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
}

TEST(what_is_too_old_is_dropped_and_counted_at_the_gateway)
{
	struct world *world = world_create(STR_EMPTY);
	uint64_t id = world_id(world);

	world->now_ms += INTERACTION_STALE_MS + 1;
	world_order(world, &world_gateway, id, WORLD_PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK(world->sent[0].dropped);
	CHECK_EQ_UINT(world->store.row_count, 0);
	CHECK_EQ_UINT(world->metrics.value[METRIC_INTERACTIONS_STALE], 1);
	/* By Discord's clock it is young. */
	const struct task_event event = {
		.door = &world_gateway,
		.context = world,
		.data = world_command(world, id + 1, 1, "en-US", WORLD_PULL),
		.now_ms = world->now_ms,
		.clock_offset_ms = -1000,
	};
	CHECK(tasks_take(world->tasks, &event, NULL));
	world_settle(world);
	CHECK(!world->sent[1].dropped);
	/* The HTTP door counts from the arrival. */
	world_order(world, &world_playground, id + 2, WORLD_PULL);
	world_settle(world);
	CHECK(!world->sent[2].dropped);
	world_free(world);
}

TEST(a_pool_that_is_full_says_so)
{
	struct world *world = world_create(STR_EMPTY);
	struct err err = {.text = ""};

	world->store.held = true;
	for (unsigned i = 0; i < TASKS_MAX; i++)
		world_order(world, &world_gateway, world_id(world), WORLD_PROFILE);
	CHECK(!world_take(world, &world_gateway, world_command(world, world_id(world), 1, "en-US", WORLD_PROFILE), &err));
	CHECK_EQ_INT(err.code, ERR_THROTTLED);
	CHECK_EQ_UINT(tasks_busy(world->tasks), TASKS_MAX);
	world->store.held = false;
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, TASKS_MAX);
	CHECK(tasks_idle(world->tasks));
	world_free(world);
}

TEST(notes_that_wait_give_way_to_new_interactions)
{
	struct world *world = world_create(STR_EMPTY);

	world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	CHECK(world_task_at(world, TASK_NOTING_SOON) != NULL);
	world->store.held = true;
	for (unsigned i = 0; i < TASKS_MAX; i++)
		world_order(world, &world_gateway, world_id(world), WORLD_PROFILE);
	CHECK(world_task_at(world, TASK_NOTING_SOON) == NULL);
	world->store.held = false;
	world_settle(world);
	CHECK(tasks_idle(world->tasks));
	world_free(world);
}

TEST(an_interaction_whose_asker_is_gone_is_not_charged)
{
	struct world *world = world_create(STR_EMPTY);

	world_order(world, &world_playground, world_id(world), WORLD_PULL);
	world_order(world, &world_playground, world_id(world), WORLD_PULL);
	tasks_abandon(world->tasks, world);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 2);
	CHECK(world->sent[0].dropped && world->sent[1].dropped);
	CHECK_EQ_UINT(world->store.row_count, 0);
	CHECK(tasks_idle(world->tasks));
	world_free(world);
}

TEST(what_cannot_be_decoded_is_refused)
{
	struct world *world = world_create(STR_EMPTY);
	struct err err = {.text = ""};

	CHECK(!world_take(world, &world_gateway, world_parse(world, STR("{\"type\":2}")), &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	CHECK(tasks_idle(world->tasks));
	world_free(world);
}
