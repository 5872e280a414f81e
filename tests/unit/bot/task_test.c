#include "bot/task.h"

#include "bot/answer.h"
#include "bot/delivery.h"
#include "test.h"
#include "world.h"

#define PULL "{\"name\":\"gacha\",\"options\":[{\"name\":\"pull\",\"type\":1}]}"
#define PULL_TEN \
	"{\"name\":\"gacha\",\"options\":[{\"name\":\"pull\",\"type\":1,\"options\":[{\"name\":\"count\",\"type\":4,\"value\":10}]}]}"
#define DAILY "{\"name\":\"daily\"}"
#define PING "{\"name\":\"ping\"}"
#define PROFILE "{\"name\":\"profile\"}"
#define PROFILE_OF_2 \
	"{\"name\":\"profile\",\"options\":[{\"name\":\"user\",\"type\":6,\"value\":\"2\"}],\"resolved\":{\"users\":{\"2\":" \
	"{\"id\":\"2\",\"username\":\"other\"}}}}"
#define HISTORY "{\"name\":\"history\"}"

static bool take(struct world *world, const struct door *door, uint64_t id, const char *data)
{
	struct err err = {.text = ""};

	return CHECK(world_take(world, door, world_command(world, id, 1, "en-US", data), &err));
}

TEST(the_answer_of_a_pull_follows_its_commit)
{
	struct world *world = world_create(STR_EMPTY);

	take(world, &world_gateway, world_id(world), PULL);
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

TEST(the_gateway_sends_nothing_for_a_repeated_id)
{
	struct world *world = world_create(STR_EMPTY);
	uint64_t id = world_id(world);

	take(world, &world_gateway, id, PULL);
	world_settle(world);
	take(world, &world_gateway, id, PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 2);
	CHECK(world->sent[1].dropped);
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	/* In another process only the store knows it. */
	world_restart(world);
	take(world, &world_gateway, id, PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 3);
	CHECK(world->sent[2].dropped);
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	CHECK_EQ_UINT(world->metrics.value[METRIC_INTERACTIONS_REPEATED], 2);
	world_free(world);
}

TEST(the_http_door_gives_a_repeated_id_its_first_answer)
{
	static const char *const commands[] = {PULL, PULL_TEN, DAILY, PING, PROFILE, HISTORY};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct world *world = world_create(STR_EMPTY);
		uint64_t id = world_id(world);

		take(world, &world_playground, id, commands[i]);
		world_settle(world);
		struct str answer = world->sent[0].body;
		world_ask(world, &world_playground, 1, "en-US", DAILY);
		tasks_stop(world->tasks);
		world_settle(world);
		world_restart(world);
		take(world, &world_playground, id, commands[i]);
		world_settle(world);
		CHECK_EQ_UINT(world->sent_count, 3);
		CHECK(str_eq(world->sent[2].body, answer));
		world_free(world);
	}
}

TEST(a_refusal_is_kept_too_so_that_its_repetition_charges_nothing)
{
	struct world *world = world_create(STR_EMPTY);
	uint64_t id;

	world_ask(world, &world_gateway, 1, "en-US", PULL_TEN);
	CHECK_EQ_INT(world_player(world, "1")->balance, 0);
	id = world_id(world);
	take(world, &world_gateway, id, PULL);
	world_settle(world);
	CHECK(world_is_private(world_last(world)));
	CHECK(world_says(world, world_last(world), "/daily"));
	world_ask(world, &world_gateway, 1, "en-US", DAILY);
	CHECK_EQ_INT(world_player(world, "1")->balance, 320);
	world_restart(world);
	take(world, &world_gateway, id, PULL);
	world_settle(world);
	CHECK_EQ_INT(world_player(world, "1")->balance, 320);
	world_free(world);
}

TEST(a_lost_race_is_computed_afresh)
{
	struct world *world = world_create(STR_EMPTY);

	world->store.races = 2;
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", PULL);
	CHECK(!world_is_private(answer));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	CHECK_EQ_UINT(world->store.loads, 3);
	CHECK_EQ_UINT(world->metrics.value[METRIC_COMMIT_CONFLICTS], 2);
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
}

/* Fires the pause's timer as the loop would. */
static bool end_pause(struct world *world)
{
	for (size_t i = 0; i < world->tasks->used; i++) {
		struct task *task = &world->tasks->slots[i];

		if (task->step != TASK_PAUSED)
			continue;
		task->pause_timer.fire(task, 0);
		return true;
	}
	return false;
}

TEST(races_that_are_always_lost_end_with_nothing_charged)
{
	struct world *world = world_create(STR_EMPTY);
	unsigned pauses = 0;

	world->store.races = 1000;
	take(world, &world_gateway, world_id(world), PULL);
	do
		world_settle(world);
	while (end_pause(world) && ++pauses < 100);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK(world_is_private(world_last(world)));
	CHECK(world_says(world, world_last(world), "Nothing was charged"));
	CHECK_EQ_UINT(world->store.row_count, 0);
	world_free(world);
}

TEST(a_store_that_fails_is_asked_again_and_then_the_person_is_told)
{
	struct world *world = world_create(STR_EMPTY);

	/* Not an error that time mends. */
	world->store.fail_code = ERR_INPUT;
	world->store.fail_commits = 1;
	struct json answer = world_ask(world, &world_gateway, 1, "ja", PULL);
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "消費はありません"));
	CHECK_EQ_UINT(world->store.row_count, 0);
	CHECK_EQ_UINT(world->metrics.value[METRIC_INTERACTIONS_FAILED], 1);
	/* One that it may mend. */
	world->store.fail_code = ERR_IO;
	world->store.fail_commits = 2;
	take(world, &world_gateway, world_id(world), PULL);
	world_settle(world);
	CHECK(end_pause(world));
	world_settle(world);
	CHECK(end_pause(world));
	world_settle(world);
	CHECK(!world_is_private(world_last(world)));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	world_free(world);
}

/* The next interaction's commit fails so, and then with an error that time does not mend. */
static struct json pull_with_failure(struct world *world, enum err_code code)
{
	world->store.fail_code = code;
	world->store.fail_commits = 1;
	take(world, &world_gateway, world_id(world), PULL);
	world_settle(world);
	world->store.fail_code = ERR_INPUT;
	world->store.fail_commits = 1;
	CHECK(end_pause(world));
	world_settle(world);
	return world_last(world);
}

TEST(that_nothing_was_charged_is_said_only_where_it_is_known)
{
	static const enum err_code unsure[] = {ERR_IO, ERR_NET, ERR_TIMEOUT};
	struct world *world = world_create(STR_EMPTY);

	for (size_t i = 0; i < sizeof(unsure) / sizeof(unsure[0]); i++)
		CHECK(world_says(world, pull_with_failure(world, unsure[i]), "confirm"));
	CHECK(world_says(world, pull_with_failure(world, ERR_THROTTLED), "Nothing was charged"));
	/* A lost race shows that the attempt before it was not kept. */
	world->store.fail_code = ERR_IO;
	world->store.fail_commits = 1;
	take(world, &world_gateway, world_id(world), PULL);
	world_settle(world);
	world->store.races = 1000;
	CHECK(end_pause(world));
	do
		world_settle(world);
	while (end_pause(world));
	CHECK(world_says(world, world_last(world), "Nothing was charged"));
	world_free(world);
}

TEST(a_row_that_is_too_large_does_not_end_in_silence)
{
	struct world *world = world_create(STR_EMPTY);
	char *doc = arena_alloc(&world->arena, 2 * TASK_ARENA_BYTES_MAX);

	REQUIRE(doc);
	memset(doc, ' ', 2 * TASK_ARENA_BYTES_MAX);
	world->store.rows[world->store.row_count++] = (struct store_row){
		.table = STORE_USERS, .key = STR("1"), .version = 1, .doc = str_make(doc, 2 * TASK_ARENA_BYTES_MAX)};
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", PULL);
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "Nothing was charged"));
	world_free(world);
}

/* A catalog of so many items with short ids, and a player's row that has them all. */
static struct str large_catalog(struct arena *arena, size_t items)
{
	struct buf text;

	buf_init(&text, CATALOG_BYTES_MAX);
	buf_addc(&text, "{\"schema\":1,\"currency\":{\"name\":{\"ja\":\"a\",\"en\":\"a\"},\"emoji\":\"x\",\"start\":1600,"
			"\"daily\":160},\"rarities\":[{\"id\":\"S\",\"shards\":1}],\"items\":[");
	for (size_t i = 0; i < items; i++)
		buf_printf(&text, "%s{\"id\":\"%zx\",\"rarity\":\"S\",\"name\":{\"ja\":\"a\",\"en\":\"a\"}}", i > 0 ? "," : "", i);
	buf_addc(&text, "],\"banners\":[{\"id\":\"b\",\"name\":{\"ja\":\"a\",\"en\":\"a\"},\"start\":\"2026-01-01T00:00:00Z\","
			"\"cost\":{\"1\":160,\"10\":1600},\"rates\":{\"S\":\"100%\"}}]}");
	CHECK(!text.full);
	struct str copy = arena_str(arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

static void own_everything(struct world *world, const char *key)
{
	struct player player = *world_player(world, key);
	struct store_row *row = NULL;
	struct buf doc;

	for (size_t i = 0; i < world->catalog.item_count; i++)
		CHECK(player_set_item(&player, world->catalog.items[i].id, 1, WORLD_NOW_MS / 1000));
	buf_init(&doc, PLAYER_BYTES_MAX);
	player_encode(&player, &world->seal, &world->rng, &doc);
	CHECK(!doc.full);
	for (size_t i = 0; i < world->store.row_count; i++)
		if (world->store.rows[i].table == STORE_USERS && str_eqc(world->store.rows[i].key, key))
			row = &world->store.rows[i];
	row->doc = arena_str(&world->store.arena, buf_str(&doc));
	buf_release(&doc);
}

TEST(who_has_every_item_of_a_large_catalog_can_still_pull)
{
	struct arena arena;

	arena_init(&arena, CATALOG_BYTES_MAX * 2);
	struct world *world = world_create(large_catalog(&arena, 4500));
	world_ask(world, &world_gateway, 1, "en-US", DAILY);
	world_ask(world, &world_gateway, 2, "en-US", DAILY);
	own_everything(world, "1");
	own_everything(world, "2");
	CHECK(!world_is_private(world_ask(world, &world_gateway, 1, "en-US", PULL_TEN)));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 10);
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", PROFILE_OF_2), "4500 / 4500"));
	world_free(world);
	arena_release(&arena);
}

TEST(a_full_arena_is_answered_with_a_fixed_sentence)
{
	struct world *world = world_create(STR_EMPTY);

	world->store.held = true;
	take(world, &world_gateway, world_id(world), PROFILE);
	struct task *task = &world->tasks->slots[0];
	while (arena_alloc(&task->arena, 1))
		continue;
	task->taken = arena_mark(&task->arena);
	world->store.held = false;
	world_settle(world);
	CHECK(world_is_private(world_last(world)));
	CHECK(world_says(world, world_last(world), "Nothing was charged"));
	world_free(world);
}

TEST(what_was_committed_but_could_not_be_written_down_is_told_with_the_next_answer)
{
	struct world *world = world_create(STR_EMPTY);

	world->store.held = true;
	take(world, &world_gateway, world_id(world), PULL);
	world->store.held = false;
	CHECK(store_turn(&world->store.base, 0));
	REQUIRE(world->tasks->slots[0].step == TASK_COMMITTING);
	world->tasks->slots[0].arena.full = true;
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK(world_says(world, world_last(world), "/history"));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", DAILY), "may not have reached you"));
	world_free(world);
}

TEST(every_attempt_has_the_same_room)
{
	static const unsigned races[] = {0, COMMIT_RACES_MAX};
	size_t used[2];

	for (size_t i = 0; i < 2; i++) {
		struct world *world = world_create(STR_EMPTY);

		world->hold_sent = true;
		world->store.races = races[i];
		take(world, &world_gateway, world_id(world), PULL_TEN);
		do
			world_settle(world);
		while (end_pause(world));
		CHECK_EQ_UINT(world->sent_count, 1);
		used[i] = world->tasks->slots[0].arena.bytes_used;
		world_free(world);
	}
	CHECK_EQ_UINT(used[0], used[1]);
}

TEST(a_load_that_fails_is_asked_again)
{
	struct world *world = world_create(STR_EMPTY);

	world->store.fail_code = ERR_IO;
	world->store.fail_loads = 1;
	take(world, &world_gateway, world_id(world), PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 0);
	CHECK(end_pause(world));
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	world_free(world);
}

TEST(a_commit_that_took_place_although_it_seemed_to_fail_is_answered_once)
{
	struct world *world = world_create(STR_EMPTY);

	world->store.fail_code = ERR_TIMEOUT;
	world->store.fail_commits = 1;
	world->store.fail_after = true;
	take(world, &world_gateway, world_id(world), PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 0);
	CHECK(end_pause(world));
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK(!world->sent[0].dropped);
	CHECK(world_says(world, world_last(world), "Balance"));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
}

TEST(interactions_of_one_player_go_in_order_and_race_with_nobody)
{
	struct world *world = world_create(STR_EMPTY);

	for (unsigned i = 0; i < 10; i++)
		take(world, &world_gateway, world_id(world), PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 10);
	CHECK_EQ_INT(world_player(world, "1")->balance, 0);
	CHECK_EQ_UINT(world->metrics.value[METRIC_COMMIT_CONFLICTS], 0);
	for (size_t i = 1; i < world->sent_count; i++)
		CHECK(world->sent[i - 1].rows < world->sent[i].rows);
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
}

static struct task *task_at(struct world *world, enum task_step step)
{
	for (size_t i = 0; i < world->tasks->used; i++)
		if (world->tasks->slots[i].step == step)
			return &world->tasks->slots[i];
	return NULL;
}

static int64_t type_of(struct world *world, size_t sent)
{
	int64_t type = 0;

	json_i64(json_get(world_parse(world, world->sent[sent].body), "type"), 0, 100, &type);
	return type;
}

TEST(a_slow_commit_is_deferred_and_the_answer_edits_the_original)
{
	struct world *world = world_create(STR_EMPTY);

	take(world, &world_gateway, world_id(world), PULL);
	struct task *task = task_at(world, TASK_LOADING);
	REQUIRE(task);
	CHECK(task->deferral_timer.slot != 0);
	task->deferral_timer.fire(task, 0);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK_EQ_INT(type_of(world, 0), RESPONSE_DEFERRED);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 2);
	CHECK(world->sent[1].later && !world->sent[1].follow_up);
	CHECK(json_is_missing(json_get(world_last(world), "type")));
	CHECK(world_says(world, world_last(world), "Balance"));
	CHECK_EQ_UINT(world->metrics.value[METRIC_INTERACTIONS_DEFERRED], 1);
	world_free(world);
}

TEST(a_signed_request_is_deferred_too_and_its_repetition_gets_the_whole_answer)
{
	struct world *world = world_create(STR_EMPTY);
	uint64_t id = world_id(world);

	take(world, &world_signed, id, PULL);
	struct task *task = task_at(world, TASK_LOADING);
	REQUIRE(task);
	task->deferral_timer.fire(task, 0);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 2);
	CHECK_EQ_INT(type_of(world, 0), RESPONSE_DEFERRED);
	CHECK(world->sent[1].later);
	take(world, &world_signed, id, PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 3);
	CHECK_EQ_INT(type_of(world, 2), RESPONSE_MESSAGE);
	CHECK(str_eq(world_text(world, world_last(world)), world_text(world, world_parse(world, world->sent[1].body))));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	world_free(world);
}

TEST(an_answer_whose_deferral_failed_is_told_with_the_next_one)
{
	struct world *world = world_create(STR_EMPTY);

	take(world, &world_gateway, world_id(world), PULL);
	struct task *task = task_at(world, TASK_LOADING);
	REQUIRE(task);
	world->lose_sent = true;
	task->deferral_timer.fire(task, 0);
	world_settle(world);
	world->lose_sent = false;
	CHECK(tasks_idle(world->tasks));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", PROFILE), "carried out"));
	world_free(world);
}

TEST(the_answer_waits_for_its_deferral)
{
	struct world *world = world_create(STR_EMPTY);

	take(world, &world_gateway, world_id(world), PULL);
	struct task *task = task_at(world, TASK_LOADING);
	REQUIRE(task);
	world->hold_sent = true;
	task->deferral_timer.fire(task, 0);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 1);
	world->hold_sent = false;
	task_sent(task, true);
	CHECK_EQ_UINT(world->sent_count, 2);
	CHECK(world->sent[1].later);
	world_free(world);
}

TEST(a_deferred_button_updates_its_message_and_refuses_in_private)
{
	struct world *world = world_create(STR_EMPTY);
	struct err err = {.text = ""};
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", PULL);

	for (unsigned i = 0; i < 2; i++) {
		/* Ten times: refused, 1440 are left; once: made. */
		struct str button = world_button(world, answer, i == 0 ? 1 : 0);
		size_t before = world->sent_count;

		REQUIRE(button.len > 0);
		CHECK(world_take(world, &world_gateway, world_press(world, world_id(world), 1, "en-US", button), &err));
		struct task *task = task_at(world, TASK_LOADING);
		REQUIRE(task);
		task->deferral_timer.fire(task, 0);
		CHECK_EQ_INT(type_of(world, before), RESPONSE_DEFERRED_UPDATE);
		world_settle(world);
		CHECK_EQ_UINT(world->sent_count, before + 2);
		CHECK(world->sent[before + 1].later);
		CHECK(world->sent[before + 1].follow_up == (i == 0));
	}
	CHECK_EQ_INT(world_player(world, "1")->balance, 1600 - 320);
	world_free(world);
}

TEST(what_is_too_old_is_dropped_and_counted_at_the_gateway)
{
	struct world *world = world_create(STR_EMPTY);
	uint64_t id = world_id(world);

	world->now_ms += INTERACTION_STALE_MS + 1;
	take(world, &world_gateway, id, PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK(world->sent[0].dropped);
	CHECK_EQ_UINT(world->store.row_count, 0);
	CHECK_EQ_UINT(world->metrics.value[METRIC_INTERACTIONS_STALE], 1);
	/* By Discord's clock it is young. */
	const struct task_event event = {
		.door = &world_gateway,
		.context = world,
		.data = world_command(world, id + 1, 1, "en-US", PULL),
		.now_ms = world->now_ms,
		.clock_offset_ms = -1000,
	};
	CHECK(tasks_take(world->tasks, &event, NULL));
	world_settle(world);
	CHECK(!world->sent[1].dropped);
	/* The HTTP door counts from the arrival. */
	take(world, &world_playground, id + 2, PULL);
	world_settle(world);
	CHECK(!world->sent[2].dropped);
	world_free(world);
}

TEST(an_answer_that_did_not_arrive_is_told_with_the_next_one_and_once)
{
	struct world *world = world_create(STR_EMPTY);

	world->lose_sent = true;
	world_ask(world, &world_gateway, 1, "en-US", PULL_TEN);
	world->lose_sent = false;
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", DAILY);
	CHECK(world_says(world, answer, "Daily gift"));
	CHECK(world_says(world, answer, "may not have reached you"));
	CHECK(world_says(world, answer, "10 pulls"));
	answer = world_ask(world, &world_gateway, 1, "en-US", PULL);
	CHECK(!world_says(world, answer, "may not have reached you"));
	tasks_stop(world->tasks);
	world_settle(world);
	world_restart(world);
	answer = world_ask(world, &world_gateway, 1, "en-US", PROFILE);
	CHECK(!world_says(world, answer, "may not have reached you"));
	world_free(world);
}

TEST(after_a_kill_between_commit_and_answer_the_next_process_tells_it)
{
	struct world *world = world_create(STR_EMPTY);

	world->hold_sent = true;
	world_ask(world, &world_gateway, 1, "en-US", PULL);
	world_ask(world, &world_gateway, 1, "en-US", DAILY);
	world->hold_sent = false;
	world_restart(world);
	/* A command that changes nothing tells it too, both of them. */
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", PROFILE);
	CHECK(world_says(world, answer, "`/gacha pull` was carried out"));
	CHECK(world_says(world, answer, "`/daily` was carried out"));
	answer = world_ask(world, &world_gateway, 1, "en-US", PROFILE);
	CHECK(!world_says(world, answer, "carried out"));
	tasks_stop(world->tasks);
	world_settle(world);
	world_restart(world);
	answer = world_ask(world, &world_gateway, 1, "en-US", PROFILE);
	CHECK(!world_says(world, answer, "carried out"));
	world_free(world);
}

TEST(an_answer_that_tells_another_and_is_lost_is_told_whole)
{
	struct world *world = world_create(STR_EMPTY);

	world->lose_sent = true;
	world_ask(world, &world_gateway, 1, "en-US", PULL);
	world_ask(world, &world_gateway, 1, "en-US", DAILY);
	world->lose_sent = false;
	world_restart(world);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", PROFILE);
	CHECK(world_says(world, answer, "`/gacha pull` was carried out"));
	CHECK(world_says(world, answer, "`/daily` was carried out"));
	world_free(world);
}

TEST(an_answer_that_is_on_its_way_is_not_told)
{
	struct world *world = world_create(STR_EMPTY);

	world->hold_sent = true;
	world_ask(world, &world_gateway, 1, "en-US", PULL);
	world->hold_sent = false;
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", PROFILE);
	CHECK(!world_says(world, answer, "carried out"));
	world_free(world);
}

TEST(a_delivered_answer_is_noted_with_the_next_commit)
{
	struct world *world = world_create(STR_EMPTY);
	uint64_t id = world_id(world);
	struct arena arena;
	struct answer answer;

	arena_init(&arena, 1 << 16);
	take(world, &world_gateway, id, PULL);
	world_settle(world);
	const char *key = arena_cstr(&arena, answer_key(&arena, id));
	REQUIRE(answer_read(world_row(world, STORE_HISTORY, key)->doc, &arena, &answer, NULL));
	CHECK(!answer.delivered);
	CHECK(!json_is_missing(answer.response));
	CHECK(!tasks_idle(world->tasks));
	CHECK_EQ_UINT(tasks_busy(world->tasks), 0);
	world_ask(world, &world_gateway, 2, "en-US", PULL);
	REQUIRE(answer_read(world_row(world, STORE_HISTORY, key)->doc, &arena, &answer, NULL));
	CHECK(answer.delivered);
	CHECK(json_is_missing(answer.response));
	arena_release(&arena);
	world_free(world);
}

TEST(a_pool_that_is_full_says_so)
{
	struct world *world = world_create(STR_EMPTY);
	struct err err = {.text = ""};

	world->store.held = true;
	for (unsigned i = 0; i < TASKS_MAX; i++)
		take(world, &world_gateway, world_id(world), PROFILE);
	CHECK(!world_take(world, &world_gateway, world_command(world, world_id(world), 1, "en-US", PROFILE), &err));
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

	world_ask(world, &world_gateway, 1, "en-US", PULL);
	CHECK(task_at(world, TASK_NOTING_SOON) != NULL);
	world->store.held = true;
	for (unsigned i = 0; i < TASKS_MAX; i++)
		take(world, &world_gateway, world_id(world), PROFILE);
	CHECK(task_at(world, TASK_NOTING_SOON) == NULL);
	world->store.held = false;
	world_settle(world);
	CHECK(tasks_idle(world->tasks));
	world_free(world);
}

TEST(an_interaction_whose_asker_is_gone_is_not_charged)
{
	struct world *world = world_create(STR_EMPTY);

	take(world, &world_playground, world_id(world), PULL);
	take(world, &world_playground, world_id(world), PULL);
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

	take(world, &world_gateway, world_id(world), PING);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK(tasks_idle(world->tasks));
	world_free(world);
}

TEST(the_busy_answer_is_private_in_both_languages)
{
	struct world *world = world_create(STR_EMPTY);
	struct buf out;

	for (enum language language = LANGUAGE_EN; language < LANGUAGE_COUNT; language++) {
		buf_init(&out, ANSWER_BYTES_MAX);
		delivery_write_sentence(SENTENCE_BUSY, language, false, &out);
		CHECK(world_is_private(world_parse(world, arena_str(&world->arena, buf_str(&out)))));
		buf_release(&out);
	}
	world_free(world);
}
