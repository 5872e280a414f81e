#include "bot/announce.h"

#include "base/log.h"
#include "bot/tasks.h"
#include "discord/rest.h"

static void done(void *owner, const struct rest_response *response)
{
	(void)owner;
	if (response->err.code != ERR_NONE)
		log_event(LOG_WARN, "announcement not delivered", LOG_E(&response->err));
}

void announce_write(struct task *task)
{
	struct tasks *tasks = task->tasks;
	const struct turn *turn = task->turn;
	struct json_writer writer;

	task->announcement = STR_EMPTY;
	if (!tasks->settings.announces || !turn || !turn->announcement || turn->guild.channel == 0)
		return;
	buf_clear(&tasks->scratch);
	json_writer_init(&writer, &tasks->scratch);
	message_write_body(turn->announcement, &writer);
	if (!tasks->scratch.full)
		task->announcement = arena_str(&task->arena, buf_str(&tasks->scratch));
}

void announce(struct task *task)
{
	const struct rest_request request = {
		.route = REST_MESSAGE,
		.ids = {task->announcement.len > 0 ? task->turn->guild.channel : 0},
		.body = task->announcement,
		.done = done,
		.owner = task->tasks,
	};
	struct err err;

	if (task->announcement.len > 0 && !rest_send(task->tasks->settings.rest, &request, &err))
		log_event(LOG_WARN, "announcement not sent", LOG_E(&err));
}
