#include "bot/delivery.h"

#include "bot/answer.h"
#include "test.h"
#include "world.h"

static int64_t type_of(struct world *world, size_t sent)
{
	int64_t type = 0;

	json_i64(json_get(world_parse(world, world->sent[sent].body), "type"), 0, 100, &type);
	return type;
}

TEST(a_slow_commit_is_deferred_and_the_answer_edits_the_original)
{
	struct world *world = world_create(STR_EMPTY);

	world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	struct task *task = world_task_at(world, TASK_LOADING);
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

	world_order(world, &world_signed, id, WORLD_PULL);
	struct task *task = world_task_at(world, TASK_LOADING);
	REQUIRE(task);
	task->deferral_timer.fire(task, 0);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 2);
	CHECK_EQ_INT(type_of(world, 0), RESPONSE_DEFERRED);
	CHECK(world->sent[1].later);
	world_order(world, &world_signed, id, WORLD_PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 3);
	CHECK_EQ_INT(type_of(world, 2), RESPONSE_MESSAGE);
	CHECK(str_eq(world_text(world, world_last(world)), world_text(world, world_parse(world, world->sent[1].body))));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	world_free(world);
}

TEST(the_answer_waits_for_its_deferral)
{
	struct world *world = world_create(STR_EMPTY);

	world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	struct task *task = world_task_at(world, TASK_LOADING);
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
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);

	for (unsigned i = 0; i < 2; i++) {
		/* Ten times: refused, 1440 are left; once: made. */
		struct str button = world_button(world, answer, i == 0 ? 1 : 0);
		size_t before = world->sent_count;

		REQUIRE(button.len > 0);
		CHECK(world_take(world, &world_gateway, world_press(world, world_id(world), 1, "en-US", button), &err));
		struct task *task = world_task_at(world, TASK_LOADING);
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

TEST(a_full_arena_is_answered_with_a_fixed_sentence)
{
	struct world *world = world_create(STR_EMPTY);

	world->store.held = true;
	world_order(world, &world_gateway, world_id(world), WORLD_PROFILE);
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
	world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	world->store.held = false;
	CHECK(store_turn(&world->store.base, 0));
	REQUIRE(world->tasks->slots[0].step == TASK_COMMITTING);
	world->tasks->slots[0].arena.full = true;
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK(world_says(world, world_last(world), "/history"));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", WORLD_DAILY), "may not have reached you"));
	world_free(world);
}

TEST(an_answer_whose_deferral_failed_is_told_with_the_next_one)
{
	struct world *world = world_create(STR_EMPTY);

	world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	struct task *task = world_task_at(world, TASK_LOADING);
	REQUIRE(task);
	world->lose_sent = true;
	task->deferral_timer.fire(task, 0);
	world_settle(world);
	world->lose_sent = false;
	CHECK(tasks_idle(world->tasks));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE), "carried out"));
	world_free(world);
}

TEST(an_answer_that_did_not_arrive_is_told_with_the_next_one_and_once)
{
	struct world *world = world_create(STR_EMPTY);

	world->lose_sent = true;
	world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL_TEN);
	world->lose_sent = false;
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_DAILY);
	CHECK(world_says(world, answer, "Daily gift"));
	CHECK(world_says(world, answer, "may not have reached you"));
	CHECK(world_says(world, answer, "10 pulls"));
	answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	CHECK(!world_says(world, answer, "may not have reached you"));
	tasks_stop(world->tasks);
	world_settle(world);
	world_restart(world);
	answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
	CHECK(!world_says(world, answer, "may not have reached you"));
	world_free(world);
}

TEST(after_a_kill_between_commit_and_answer_the_next_process_tells_it)
{
	struct world *world = world_create(STR_EMPTY);

	world->hold_sent = true;
	world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	world_ask(world, &world_gateway, 1, "en-US", WORLD_DAILY);
	world->hold_sent = false;
	world_restart(world);
	/* A command that changes nothing tells it too, both of them. */
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
	CHECK(world_says(world, answer, "`/gacha pull` was carried out"));
	CHECK(world_says(world, answer, "`/daily` was carried out"));
	answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
	CHECK(!world_says(world, answer, "carried out"));
	tasks_stop(world->tasks);
	world_settle(world);
	world_restart(world);
	answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
	CHECK(!world_says(world, answer, "carried out"));
	world_free(world);
}

TEST(an_answer_that_tells_another_and_is_lost_is_told_whole)
{
	struct world *world = world_create(STR_EMPTY);

	world->lose_sent = true;
	world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	world_ask(world, &world_gateway, 1, "en-US", WORLD_DAILY);
	world->lose_sent = false;
	world_restart(world);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
	CHECK(world_says(world, answer, "`/gacha pull` was carried out"));
	CHECK(world_says(world, answer, "`/daily` was carried out"));
	world_free(world);
}

static size_t count_of(struct str text, const char *words)
{
	size_t count = 0;

	for (ptrdiff_t at = str_find(text, str_from(words)); at >= 0; at = str_find(text, str_from(words))) {
		text = str_skip(text, (size_t)at + 1);
		count++;
	}
	return count;
}

/* So many pulls whose answers do not arrive, each in a process of its own that tells the one before. */
static void lose_one_after_another(struct world *world, size_t pulls)
{
	world->lose_sent = true;
	for (size_t i = 0; i < pulls; i++) {
		world_restart(world);
		world->now_ms += 1000;
		world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	}
	world->lose_sent = false;
	world_restart(world);
}

TEST(an_answer_that_tells_four_and_is_lost_is_told_with_all_of_them)
{
	struct world *world = world_create(STR_EMPTY);

	world->hold_sent = true;
	for (size_t i = 0; i < EARLIER_ANSWERS_MAX; i++)
		world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	world->hold_sent = false;
	lose_one_after_another(world, 1);
	CHECK_EQ_UINT(world_player(world, "1")->last_count, 1);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_DAILY);
	CHECK(world_says(world, answer, "Daily gift"));
	CHECK_EQ_UINT(count_of(world_text(world, answer), "was carried out"), EARLIER_ANSWERS_MAX + 1);
	CHECK(!world_says(world, answer, "/history"));
	answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
	CHECK(!world_says(world, answer, "was carried out"));
	world_free(world);
}

TEST(what_is_lost_again_and_again_is_told_as_far_as_it_fits_and_then_no_more)
{
	struct world *world = world_create(STR_EMPTY);

	/* Every one has an embed, and those of all before it. */
	lose_one_after_another(world, 10);
	CHECK_EQ_INT(world_player(world, "1")->pulls, 10);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_DAILY);
	CHECK_EQ_UINT(json_count(json_get(json_get(answer, "data"), "embeds")), 10);
	CHECK_EQ_UINT(count_of(world_text(world, answer), "was carried out"), 9);
	CHECK_EQ_UINT(count_of(world_text(world, answer), "`/history` shows the rest"), 1);
	answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
	CHECK(!world_says(world, answer, "was carried out"));
	tasks_stop(world->tasks);
	world_settle(world);
	world_restart(world);
	answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
	CHECK(!world_says(world, answer, "was carried out"));
	world_free(world);
}

TEST(what_does_not_go_in_beside_the_oldest_is_told_next)
{
	struct world *world = world_create(STR_EMPTY);

	lose_one_after_another(world, 8);
	/* Two more that told nothing, since the eighth was on its way. */
	world->hold_sent = true;
	uint64_t id = world_id(world);
	world_order(world, &world_gateway, id, WORLD_DAILY);
	world_settle(world);
	world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	world->hold_sent = false;
	world_restart(world);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
	CHECK_EQ_UINT(count_of(world_text(world, answer), "was carried out"), 9);
	CHECK(!world_says(world, answer, "/history"));
	answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
	CHECK_EQ_UINT(count_of(world_text(world, answer), "was carried out"), 2);
	answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
	CHECK(!world_says(world, answer, "was carried out"));
	world_free(world);
}

TEST(an_answer_that_is_on_its_way_is_not_told)
{
	struct world *world = world_create(STR_EMPTY);

	world->hold_sent = true;
	world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	world->hold_sent = false;
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE);
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
	world_order(world, &world_gateway, id, WORLD_PULL);
	world_settle(world);
	const char *key = arena_cstr(&arena, answer_key(&arena, id));
	REQUIRE(answer_read(world_row(world, STORE_HISTORY, key)->doc, &arena, &answer, NULL));
	CHECK(!answer.delivered);
	CHECK(!json_is_missing(answer.response));
	CHECK(!tasks_idle(world->tasks));
	CHECK_EQ_UINT(tasks_busy(world->tasks), 0);
	world_ask(world, &world_gateway, 2, "en-US", WORLD_PULL);
	REQUIRE(answer_read(world_row(world, STORE_HISTORY, key)->doc, &arena, &answer, NULL));
	CHECK(answer.delivered);
	CHECK(json_is_missing(answer.response));
	arena_release(&arena);
	world_free(world);
}

/* What the loop would do after so many milliseconds without a commit. */
static void pass(struct world *world, int64_t ms)
{
	struct tasks *tasks = world->tasks;

	if (tasks->note_timer.slot == 0 || tasks->note_timer.at_ms > tasks->committed_at_ms + ms)
		return;
	loop_cancel_timer(world->loop, &tasks->note_timer);
	tasks->note_timer.fire(tasks, tasks->committed_at_ms + ms);
	world_settle(world);
}

TEST(a_delivered_answer_is_noted_alone_once_no_commit_came_for_a_while)
{
	struct world *world = world_create(STR_EMPTY);

	world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	pass(world, DELIVERY_NOTE_MS - 1);
	CHECK(!tasks_idle(world->tasks));
	/* Another commit meanwhile: the timer waits anew. */
	world->tasks->committed_at_ms += DELIVERY_NOTE_MS / 2;
	world->tasks->note_timer.fire(world->tasks, world->tasks->note_timer.at_ms);
	world_settle(world);
	CHECK(!tasks_idle(world->tasks));
	pass(world, DELIVERY_NOTE_MS);
	CHECK(tasks_idle(world->tasks));
	world_restart(world);
	CHECK(!world_says(world, world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE), "carried out"));
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

TEST(choices_do_not_take_the_place_of_an_answer_that_was_lost)
{
	struct world *world = world_create(STR_EMPTY);
	struct err err;
	struct json data = world_parse(
		world, STR("{\"type\":4,\"id\":\"7\",\"application_id\":\"9\",\"token\":\"t\",\"locale\":\"en-US\",\"user\":{\"id\":\"1\"},"
			   "\"data\":{\"name\":\"gift\",\"options\":[{\"name\":\"item\",\"type\":3,\"value\":\"\",\"focused\":true}]}}"));

	world->lose_sent = true;
	world_ask(world, &world_playground, 1, "en-US", WORLD_PULL);
	world->lose_sent = false;
	world_restart(world);
	REQUIRE(world_take(world, &world_playground, data, &err));
	world_settle(world);
	CHECK(json_count(json_get(json_get(world_last(world), "data"), "choices")) > 0);
	CHECK(world_says(world, world_ask(world, &world_playground, 1, "en-US", WORLD_PROFILE), "Your earlier"));
	world_free(world);
}
