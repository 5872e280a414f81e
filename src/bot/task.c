#include "bot/task.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "bot/delivery.h"
#include "bot/intake.h"
#include "bot/work.h"

/* ---- slots ---- */

static bool is_unanswered(const struct task *task)
{
	return task->step != TASK_FREE && task->step != TASK_NOTING_SOON && task->step != TASK_NOTING;
}

/* Between its load and the end of its commit: nobody else may change its player meanwhile. */
static bool holds_player(const struct task *task)
{
	return task->step == TASK_LOADING || task->step == TASK_LOADING_EARLIER || task->step == TASK_COMMITTING ||
	       task->step == TASK_PAUSED;
}

static bool has_same_player(const struct task *a, const struct task *b)
{
	return a != b && a->player_key.len > 0 && str_eq(a->player_key, b->player_key);
}

/* Whether an interaction that came before and may change the same player is not committed yet. */
static bool is_behind_another(const struct task *task)
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

void task_let_go(struct task *task)
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

void tasks_show_in_flight(const struct tasks *tasks)
{
	metrics_set(tasks->settings.metrics, METRIC_INTERACTIONS_IN_FLIGHT, tasks_busy(tasks));
}

void task_finish(struct task *task)
{
	struct tasks *tasks = task->tasks;
	struct arena arena = task->arena;

	assert(task->waiting_for == 0);
	loop_cancel_timer(tasks->settings.loop, &task->deferral_timer);
	loop_cancel_timer(tasks->settings.loop, &task->pause_timer);
	if (task->step == TASK_NOTING_SOON)
		tasks->noting_soon--;
	if (task - tasks->slots < TASKS_WARM)
		arena_clear(&arena);
	else
		arena_release(&arena);
	memset(task, 0, sizeof(*task));
	task->arena = arena;
	tasks_show_in_flight(tasks);
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

void task_drop(struct task *task)
{
	task->step = TASK_REPLYING;
	task_let_go(task);
	task->door->drop(task);
	task_finish(task);
}

static void request_done(struct store_request *request)
{
	struct task *task = request->owner;

	task->waiting_for--;
	if (task->waiting_for == 0)
		task_advance(task);
}

void task_submit(struct task *task, struct store_request *request)
{
	request->arena = &task->arena;
	request->now_s = task->now_ms / 1000;
	request->owner = task;
	request->done = request_done;
	task->waiting_for++;
	store_submit(task->tasks->settings.store, request);
}

bool tasks_are_answering(const struct tasks *tasks, uint64_t id)
{
	for (size_t i = 0; i < tasks->used; i++)
		if (is_unanswered(&tasks->slots[i]) && tasks->slots[i].interaction->id == id)
			return true;
	return false;
}

/* ---- the way of one interaction ---- */

void task_advance(struct task *task)
{
	switch (task->step) {
	case TASK_FREE:
		return;
	case TASK_QUEUED:
		if (!is_behind_another(task))
			work_load(task);
		return;
	case TASK_LOADING:
		work_loaded(task);
		return;
	case TASK_LOADING_EARLIER:
		work_earlier_loaded(task);
		return;
	case TASK_COMMITTING:
		work_committed(task);
		return;
	case TASK_PAUSED:
		if (task->paused_step == TASK_COMMITTING)
			work_commit(task);
		else
			work_begin(task);
		return;
	case TASK_REPLYING:
		delivery_reply(task);
		return;
	case TASK_NOTING_SOON:
		delivery_note(task);
		return;
	case TASK_NOTING:
		task_finish(task);
		return;
	}
}

static bool is_stale(const struct task_event *event, int64_t age_ms)
{
	return event->door->counts_from_id && age_ms > INTERACTION_STALE_MS;
}

static void answer_at_once(struct task *task)
{
	task->step = TASK_REPLYING;
	delivery_begin(task);
}

static void start(struct task *task)
{
	struct tasks *tasks = task->tasks;
	const struct interaction *interaction = task->interaction;

	task->route = intake_route(task->turn, tasks->settings.guild_scope, &task->button);
	if (!task->route) {
		answer_at_once(task);
		return;
	}
	task->command = str_from(task->route->path);
	task->player_key = loading_player_key(&task->arena, tasks->settings.guild_scope, interaction->guild_id,
					      interaction->user.id);
	task->taken = arena_mark(&task->arena);
	if (task->door->defers)
		loop_set_timer(tasks->settings.loop, &task->deferral_timer, task->began_ms + INTERACTION_DEFER_MS);
	if (task->route->commits && is_behind_another(task))
		task->step = TASK_QUEUED;
	else
		work_load(task);
}

static void dispatch(struct task *task)
{
	if (!work_begin_turn(task)) {
		delivery_fail(task);
		return;
	}
	switch (task->interaction->kind) {
	case INTERACTION_PING:
		task->turn->message.type = RESPONSE_PONG;
		answer_at_once(task);
		return;
	case INTERACTION_AUTOCOMPLETE:
		router_complete(task->turn);
		answer_at_once(task);
		return;
	case INTERACTION_COMMAND:
	case INTERACTION_COMPONENT:
	case INTERACTION_MODAL:
		start(task);
		return;
	}
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
	dispatch(task);
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
	/* The largest document of a change set is a player. */
	buf_init(&tasks->scratch, PLAYER_BYTES_MAX);
}

void tasks_release(struct tasks *tasks)
{
	if (!tasks->settings.loop)
		return;
	loop_cancel_timer(tasks->settings.loop, &tasks->note_timer);
	for (size_t i = 0; i < tasks->used; i++) {
		tasks->slots[i].waiting_for = 0;
		if (tasks->slots[i].step != TASK_FREE)
			task_finish(&tasks->slots[i]);
		arena_release(&tasks->slots[i].arena);
	}
	buf_release(&tasks->scratch);
}

