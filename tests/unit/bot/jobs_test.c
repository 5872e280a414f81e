/* Deletions in the background: part after part, after failures, by several at once. */
#include "bot/jobs.h"

#include "test.h"
#include "world.h"

#define ROWS 200
#define UPTO 1000

static struct jobs jobs, others;

static void put(struct world *world, enum store_table table, const char *key, int64_t sort, const char *doc)
{
	if (CHECK(world->store.row_count < WORLD_ROWS_MAX))
		world->store.rows[world->store.row_count++] = (struct store_row){
			.table = table, .key = str_from(key), .sort = sort, .version = 1, .doc = str_from(doc)};
}

/* 200 rows of player 7 that go, one that came later, one of somebody else. */
static struct world *with_deletion(void)
{
	struct world *world = world_create(STR_EMPTY);

	for (int64_t sort = UPTO - ROWS + 1; sort <= UPTO; sort++)
		put(world, STORE_HISTORY, "7", sort, "{}");
	put(world, STORE_HISTORY, "7", UPTO + 1, "{}");
	put(world, STORE_HISTORY, "8", UPTO, "{}");
	put(world, STORE_SETTINGS, JOB_LIST_KEY, 0, "{\"jobs\":[{\"kind\":\"delete\",\"key\":\"7\",\"upto\":1000}]}");
	jobs_start(&jobs, world->loop, &world->store.base);
	return world;
}

static void end(struct world *world)
{
	jobs_release(&jobs);
	world_free(world);
}

/* As the loop would, when the timer is due. */
static bool go_on(struct world *world, struct jobs *one)
{
	if (one->step != JOBS_WAITING || one->timer.slot == 0)
		return false;
	one->timer.fire(one, 0);
	world_settle(world);
	return true;
}

static bool is_done(const struct world *world)
{
	return !world_row(world, STORE_SETTINGS, JOB_LIST_KEY) && world_rows(world, STORE_HISTORY, "7") == 1 &&
	       world_rows(world, STORE_HISTORY, "8") == 1;
}

static int64_t wait_ms(const struct world *world, const struct jobs *one)
{
	return one->timer.at_ms - loop_now_ms(world->loop);
}

TEST(a_deletion_goes_in_parts_of_a_change_set_and_then_the_row_goes)
{
	struct world *world = with_deletion();

	CHECK(go_on(world, &jobs));
	CHECK_EQ_UINT(world_rows(world, STORE_HISTORY, "7"), ROWS + 1 - JOB_ROWS_MAX);
	CHECK(go_on(world, &jobs));
	CHECK(go_on(world, &jobs));
	CHECK_EQ_UINT(world_rows(world, STORE_HISTORY, "7"), 1);
	CHECK(world_row(world, STORE_SETTINGS, JOB_LIST_KEY) != NULL);
	CHECK(go_on(world, &jobs));
	CHECK(is_done(world));
	CHECK(wait_ms(world, &jobs) <= JOB_PAUSE_MS);
	CHECK(go_on(world, &jobs));
	CHECK(wait_ms(world, &jobs) > JOBS_LOOK_MS / 2);
	end(world);
}

TEST(another_process_goes_on_where_one_was_killed)
{
	struct world *world = with_deletion();

	CHECK(go_on(world, &jobs));
	jobs_release(&jobs);
	jobs_start(&jobs, world->loop, &world->store.base);
	for (int i = 0; i < 3; i++)
		CHECK(go_on(world, &jobs));
	CHECK(is_done(world));
	end(world);
}

TEST(two_at_once_do_not_hinder_each_other)
{
	struct world *world = with_deletion();

	jobs_start(&others, world->loop, &world->store.base);
	for (int i = 0; i < 12 && !is_done(world); i++) {
		/* Both ask at the same time, so one of them loses the race. */
		if (jobs.step == JOBS_WAITING)
			jobs.timer.fire(&jobs, 0);
		if (others.step == JOBS_WAITING)
			others.timer.fire(&others, 0);
		world_settle(world);
	}
	CHECK(is_done(world));
	jobs_release(&others);
	end(world);
}

TEST(what_is_under_way_at_the_stop_ends_and_nothing_follows_it)
{
	struct world *world = with_deletion();

	jobs.timer.fire(&jobs, 0);
	CHECK_EQ_INT(jobs.step, JOBS_LOOKING);
	jobs_stop(&jobs);
	world_settle(world);
	CHECK_EQ_INT(jobs.step, JOBS_WAITING);
	CHECK_EQ_UINT(jobs.timer.slot, 0);
	CHECK_EQ_UINT(world_rows(world, STORE_HISTORY, "7"), ROWS + 1);
	end(world);
}

TEST(a_store_that_fails_is_asked_again_and_ever_later)
{
	struct world *world = with_deletion();
	int64_t last_ms = 0;

	world->store.fail_code = ERR_IO;
	world->store.fail_loads = 3;
	for (int i = 0; i < 3; i++) {
		CHECK(go_on(world, &jobs));
		CHECK(wait_ms(world, &jobs) > last_ms);
		last_ms = wait_ms(world, &jobs);
	}
	world->store.fail_commits = 1;
	CHECK(go_on(world, &jobs));
	CHECK_EQ_UINT(world_rows(world, STORE_HISTORY, "7"), ROWS + 1);
	for (int i = 0; i < 4; i++)
		CHECK(go_on(world, &jobs));
	CHECK(is_done(world));
	end(world);
}

TEST(a_commit_that_took_place_although_it_failed_does_no_harm)
{
	struct world *world = with_deletion();

	world->store.fail_code = ERR_TIMEOUT;
	world->store.fail_after = true;
	world->store.fail_commits = 100;
	for (int i = 0; i < 20 && !is_done(world); i++)
		CHECK(go_on(world, &jobs));
	CHECK(is_done(world));
	end(world);
}

TEST(a_list_that_cannot_be_read_waits_for_somebody_to_look)
{
	struct world *world = world_create(STR_EMPTY);

	put(world, STORE_SETTINGS, JOB_LIST_KEY, 0, "{\"jobs\":7}");
	jobs_start(&jobs, world->loop, &world->store.base);
	CHECK(go_on(world, &jobs));
	CHECK(wait_ms(world, &jobs) > JOBS_LOOK_MS / 2);
	CHECK(world_row(world, STORE_SETTINGS, JOB_LIST_KEY) != NULL);
	end(world);
}

TEST(who_is_woken_looks_soon_even_while_it_looks)
{
	struct world *world = world_create(STR_EMPTY);

	jobs_start(&jobs, world->loop, &world->store.base);
	jobs.timer.fire(&jobs, 0);
	CHECK_EQ_INT(jobs.step, JOBS_LOOKING);
	jobs_wake(&jobs);
	world_settle(world);
	CHECK(wait_ms(world, &jobs) <= JOB_PAUSE_MS);
	CHECK(go_on(world, &jobs));
	CHECK(wait_ms(world, &jobs) > JOBS_LOOK_MS / 2);
	jobs_wake(&jobs);
	CHECK(wait_ms(world, &jobs) <= JOB_PAUSE_MS);
	jobs_stop(&jobs);
	CHECK_EQ_UINT(jobs.timer.slot, 0);
	jobs_wake(&jobs);
	CHECK_EQ_UINT(jobs.timer.slot, 0);
	end(world);
}
