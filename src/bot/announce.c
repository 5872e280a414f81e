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

void announce(struct task *task)
{
	struct tasks *tasks = task->tasks;
	const struct turn *turn = task->turn;
	struct json_writer writer;
	struct err err;

	if (!tasks->settings.announces || !turn->announcement || turn->guild.channel == 0)
		return;
	buf_clear(&tasks->scratch);
	json_writer_init(&writer, &tasks->scratch);
	message_write_body(turn->announcement, &writer);
	const struct rest_request request = {
		.route = REST_MESSAGE,
		.ids = {turn->guild.channel},
		.body = buf_str(&tasks->scratch),
		.done = done,
		.owner = tasks,
	};
	if (tasks->scratch.full || !rest_send(tasks->settings.rest, &request, &err))
		log_event(LOG_WARN, "announcement not sent", LOG_U("channel", turn->guild.channel));
}
