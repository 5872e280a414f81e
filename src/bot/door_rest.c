#include "bot/door_rest.h"

#include "base/log.h"
#include "bot/tasks.h"

static void lost(struct task *task, const struct err *err)
{
	log_event(LOG_WARN, "answer not delivered", LOG_ID("interaction", task->interaction->id),
		  LOG_S("command", task->command), LOG_E(err));
	task_sent(task, false);
}

static void done(void *owner, const struct rest_response *response)
{
	struct task *task = owner;

	if (response->err.code == ERR_NONE)
		task_sent(task, true);
	else
		lost(task, &response->err);
}

static void send(struct task *task, enum rest_route route, uint64_t id, int64_t life_ms, struct str body)
{
	const struct rest_request request = {
		.route = route,
		.ids = {id},
		.token = task->interaction->token,
		.body = body,
		.deadline_ms = task->began_ms + life_ms,
		.done = done,
		.owner = task,
	};
	struct err err;

	if (!rest_send(task->tasks->settings.rest, &request, &err))
		lost(task, &err);
}

/* The same with the answer's files beside it. */
static void send_files(struct task *task, enum rest_route route, uint64_t id, int64_t life_ms, struct str json)
{
	struct rest_request request = {
		.route = route,
		.ids = {id},
		.token = task->interaction->token,
		.deadline_ms = task->began_ms + life_ms,
		.done = done,
		.owner = task,
	};
	struct buf body;
	struct err err;

	buf_init(&body, MULTIPART_BYTES_MAX);
	multipart_boundary(task->tasks->settings.rng, request.boundary);
	if (multipart_write(request.boundary, json, task->files, task->file_count, &body, &err)) {
		request.body = buf_str(&body);
		if (!rest_send(task->tasks->settings.rest, &request, &err))
			lost(task, &err);
	} else {
		lost(task, &err);
	}
	buf_release(&body);
}

void door_rest_first(struct task *task, struct str body)
{
	send(task, REST_CALLBACK, task->interaction->id, INTERACTION_FIRST_MS, body);
}

void door_rest_later(struct task *task, bool follow_up, struct str body)
{
	enum rest_route route = follow_up ? REST_FOLLOW_UP : REST_EDIT_ORIGINAL;

	if (task->file_count > 0 && !task->untold)
		send_files(task, route, task->interaction->application_id, INTERACTION_TOKEN_MS, body);
	else
		send(task, route, task->interaction->application_id, INTERACTION_TOKEN_MS, body);
}

void door_rest_drop(struct task *task)
{
	/* A deferral may be under way; its completion must not meet the slot's next user. */
	if (task->deferral == DEFERRAL_UNDER_WAY)
		rest_cancel(task->tasks->settings.rest, task);
}
