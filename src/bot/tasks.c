#include "bot/tasks.h"

#include "bot/delivery.h"
#include "bot/fetch.h"
#include "bot/intake.h"
#include "bot/work.h"

/* ---- order ---- */

static bool is_unanswered(const struct task *task)
{
	return task->step != TASK_FREE && task->step != TASK_NOTING_SOON && task->step != TASK_NOTING;
}

/* Between its load and the end of its commit: nobody else may change its player meanwhile. */
static bool holds_player(const struct task *task)
{
	return task->step == TASK_LOADING || task->step == TASK_LOADING_CATALOG ||
	       task->step == TASK_LOADING_EARLIER || task->step == TASK_COMMITTING ||
	       task->step == TASK_PAUSED;
}

static bool has_same_player(const struct task *a, const struct task *b)
{
	return a != b && a->player_key.len > 0 && str_eq(a->player_key, b->player_key);
}

bool tasks_is_behind_another(const struct task *task)
{
	const struct tasks *tasks = task->tasks;

	for (size_t i = 0; i < tasks->used; i++) {
		const struct task *other = &tasks->slots[i];

		if (has_same_player(other, task) && other->route->commits &&
		    (holds_player(other) || (other->step == TASK_QUEUED && other->order < task->order)))
			return true;
	}
	return false;
}

void tasks_let_go(const struct task *task)
{
	struct tasks *tasks = task->tasks;
	struct task *next = NULL;

	for (size_t i = 0; i < tasks->used; i++) {
		struct task *other = &tasks->slots[i];

		if (other->step == TASK_QUEUED && has_same_player(other, task) && (!next || other->order < next->order))
			next = other;
	}
	if (next)
		task_advance(next);
}

/* ---- slots ---- */

void tasks_show_in_flight(const struct tasks *tasks)
{
	metrics_set(tasks->settings.metrics, METRIC_INTERACTIONS_IN_FLIGHT, tasks_busy(tasks));
}

bool tasks_are_answering(const struct tasks *tasks, uint64_t id)
{
	for (size_t i = 0; i < tasks->used; i++)
		if (is_unanswered(&tasks->slots[i]) && tasks->slots[i].interaction->id == id)
			return true;
	return false;
}

static struct task *take_slot(struct tasks *tasks)
{
	struct task *slot = NULL;
	struct task *lingering = NULL;

	for (size_t i = 0; i < tasks->used && !slot; i++) {
		if (tasks->slots[i].step == TASK_FREE)
			slot = &tasks->slots[i];
		else if (tasks->slots[i].step == TASK_NOTING_SOON)
			lingering = &tasks->slots[i];
	}
	if (!slot && tasks->used < TASKS_MAX)
		slot = &tasks->slots[tasks->used++];
	/* Without its note an answer may be told twice after a restart: better than none. */
	if (!slot && lingering) {
		task_finish(lingering);
		slot = lingering;
	}
	if (slot && slot->arena.bytes_max == 0)
		arena_init(&slot->arena, TASK_ARENA_BYTES_MAX);
	return slot;
}

/* ---- coming in ---- */

static bool is_stale(const struct task_event *event, int64_t age_ms)
{
	return event->door->counts_from_id && age_ms > INTERACTION_STALE_MS;
}

bool tasks_take(struct tasks *tasks, const struct task_event *event, struct err *err)
{
	struct task *task = take_slot(tasks);
	int64_t now_ms = loop_now_ms(tasks->settings.loop);

	if (!task)
		return err_set(err, ERR_THROTTLED, "%d interactions are under way already", TASKS_MAX);
	task->tasks = tasks;
	task->step = TASK_REPLYING;
	task->order = tasks->next_order++;
	task->door = event->door;
	task->context = event->context;
	task->now_ms = event->now_ms;
	task->command = STR("unknown");
	task->player_key = task->body = task->later_body = task->answer_doc = STR_EMPTY;
	task->deferral_timer = (struct loop_timer){.fire = delivery_defer, .owner = task};
	task->pause_timer = (struct loop_timer){.fire = work_pause_over, .owner = task};
	if (!intake_decode(event->data, &task->arena, &task->interaction, err)) {
		task_finish(task);
		return false;
	}
	metrics_add(tasks->settings.metrics, METRIC_INTERACTIONS, 1);
	tasks_show_in_flight(tasks);
	uint64_t id = task->interaction->id;
	int64_t age_ms = event->now_ms + event->clock_offset_ms - snowflake_unix_ms(id);
	task->began_ms = event->door->counts_from_id && age_ms > 0 ? now_ms - age_ms : now_ms;
	if (is_stale(event, age_ms)) {
		metrics_add(tasks->settings.metrics, METRIC_INTERACTIONS_STALE, 1);
		task_drop(task);
		return true;
	}
	if (!event->door->repeats) {
		if (recent_has(&tasks->taken, id)) {
			metrics_add(tasks->settings.metrics, METRIC_INTERACTIONS_REPEATED, 1);
			task_drop(task);
			return true;
		}
		recent_add(&tasks->taken, id);
	}
	task_begin(task);
	return true;
}

void tasks_abandon(struct tasks *tasks, const void *context)
{
	for (size_t i = 0; i < tasks->used; i++) {
		if (is_unanswered(&tasks->slots[i]) && tasks->slots[i].context == context) {
			tasks->slots[i].context = NULL;
			tasks->slots[i].gone = true;
		}
	}
}

struct task *tasks_find_sending(struct tasks *tasks, const void *sending)
{
	for (size_t i = 0; i < tasks->used; i++)
		if (is_unanswered(&tasks->slots[i]) && tasks->slots[i].sending == sending)
			return &tasks->slots[i];
	return NULL;
}

size_t tasks_busy(const struct tasks *tasks)
{
	size_t busy = 0;

	for (size_t i = 0; i < tasks->used; i++)
		busy += is_unanswered(&tasks->slots[i]);
	return busy;
}

bool tasks_idle(const struct tasks *tasks)
{
	for (size_t i = 0; i < tasks->used; i++)
		if (tasks->slots[i].step != TASK_FREE)
			return false;
	return true;
}

void tasks_cancel_fetches(struct tasks *tasks)
{
	for (size_t i = 0; i < tasks->used; i++)
		fetch_cancel(&tasks->slots[i]);
}

void tasks_stop(struct tasks *tasks)
{
	tasks->stopping = true;
	loop_cancel_timer(tasks->settings.loop, &tasks->note_timer);
	delivery_note_all(tasks);
}

void tasks_init(struct tasks *tasks, const struct tasks_settings *settings)
{
	/* Not cleared as a whole: its memory is zeroed already, and untouched pages cost nothing. */
	tasks->settings = *settings;
	tasks->note_timer = (struct loop_timer){.fire = delivery_note_timer, .owner = tasks};
	tasks->draw_timer = (struct loop_timer){.fire = delivery_draw_timer, .owner = tasks};
	/* The largest document of a change set is a player. */
	buf_init(&tasks->scratch, PLAYER_BYTES_MAX);
}

void tasks_release(struct tasks *tasks)
{
	if (!tasks->settings.loop)
		return;
	loop_cancel_timer(tasks->settings.loop, &tasks->note_timer);
	loop_cancel_timer(tasks->settings.loop, &tasks->draw_timer);
	for (size_t i = 0; i < tasks->used; i++) {
		tasks->slots[i].waiting_for = 0;
		if (tasks->slots[i].step != TASK_FREE)
			task_finish(&tasks->slots[i]);
		arena_release(&tasks->slots[i].arena);
	}
	buf_release(&tasks->scratch);
}
