#include "bot/task.h"

#include <assert.h>
#include <string.h>

#include "bot/delivery.h"
#include "bot/fetch.h"
#include "bot/intake.h"
#include "bot/tasks.h"
#include "bot/work.h"

void task_finish(struct task *task)
{
	struct tasks *tasks = task->tasks;
	struct arena arena = task->arena;

	assert(task->waiting_for == 0);
	loop_cancel_timer(tasks->settings.loop, &task->deferral_timer);
	loop_cancel_timer(tasks->settings.loop, &task->pause_timer);
	if (task->step == TASK_NOTING_SOON)
		tasks->noting_soon--;
	task_let_catalog_go(task);
	fetch_cancel(task);
	if (task - tasks->slots < TASKS_WARM)
		arena_clear(&arena);
	else
		arena_release(&arena);
	memset(task, 0, sizeof(*task));
	task->arena = arena;
	tasks_show_in_flight(tasks);
}

void task_let_catalog_go(struct task *task)
{
	catalogs_let_go(task->tasks->settings.catalogs, task->catalog);
	task->catalog = NULL;
}

void task_drop(struct task *task)
{
	task->step = TASK_REPLYING;
	tasks_let_go(task);
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

void task_advance(struct task *task)
{
	switch (task->step) {
	case TASK_FREE:
	case TASK_DRAWING:
		return;
	case TASK_FETCHING:
		task_fetched(task);
		return;
	case TASK_QUEUED:
		if (!tasks_is_behind_another(task))
			work_load(task);
		return;
	case TASK_LOADING:
		work_loaded(task);
		return;
	case TASK_LOADING_CATALOG:
		work_catalog_loaded(task);
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

static void answer_at_once(struct task *task)
{
	task->step = TASK_REPLYING;
	delivery_begin(task);
}

static void start(struct task *task)
{
	struct tasks *tasks = task->tasks;
	const struct interaction *interaction = task->interaction;

	task->route = intake_route(task->turn, &task->button);
	if (!task->route) {
		answer_at_once(task);
		return;
	}
	task->command = str_from(task->route->path);
	task->player_key = loading_player_key(&task->arena, tasks->settings.guild_scope, interaction->guild_id,
					      interaction->user.id);
	if (task->door->defers && !task->route->opens_modal && !task->route->completes)
		loop_set_timer(tasks->settings.loop, &task->deferral_timer, task->began_ms + INTERACTION_DEFER_MS);
	if (task->route->needs & NEED_FILE) {
		task->step = TASK_FETCHING;
		if (!fetch_begin(task))
			return;
	}
	task_fetched(task);
}

void task_fetched(struct task *task)
{
	task->taken = arena_mark(&task->arena);
	task->turn->file = task->file;
	task->turn->file_fault = task->file_fault;
	if (task->route->commits && tasks_is_behind_another(task))
		task->step = TASK_QUEUED;
	else
		work_load(task);
}

void task_begin(struct task *task)
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
	case INTERACTION_COMMAND:
	case INTERACTION_COMPONENT:
	case INTERACTION_MODAL:
		start(task);
		return;
	}
}

void task_sent(struct task *task, bool arrived)
{
	if (task->answering) {
		delivery_ended(task, arrived);
		return;
	}
	task->deferral = arrived ? DEFERRAL_DONE : DEFERRAL_FAILED;
	if (task->step == TASK_REPLYING)
		delivery_reply(task);
}
