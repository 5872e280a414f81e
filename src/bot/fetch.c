#include "bot/fetch.h"

#include "base/codec.h"
#include "base/log.h"
#include "bot/tasks.h"
#include "net/http.h"

static bool fault(struct task *task, enum file_fault which)
{
	task->file_fault = which;
	return true;
}

/* RFC 2397, base64 alone: "data:text/csv;base64,…". */
static bool take_data(struct task *task, struct str url)
{
	struct str head, body;

	if (!str_cut(url, ',', &head, &body) || !str_ends(head, STR(";base64")) ||
	    !codec_unbase64(&task->arena, body, &task->file))
		return fault(task, FILE_FAULT_DATA);
	return true;
}

static void fetched(void *owner, const struct http_response *response)
{
	struct task *task = owner;

	task->fetch = NULL;
	if (response->err.code == ERR_LIMIT)
		fault(task, FILE_FAULT_SIZE);
	else if (response->err.code != ERR_NONE || response->status != 200)
		fault(task, FILE_FAULT_FETCH);
	else
		task->file = arena_str(&task->arena, response->body);
	if (task->file_fault != FILE_FAULT_NONE)
		log_event(LOG_WARN, "attached file not fetched", LOG_ID("interaction", task->interaction->id),
			  LOG_I("status", response->status), LOG_E(&response->err));
	task_advance(task);
}

bool fetch_begin(struct task *task)
{
	const struct interaction_option *option = interaction_option(task->interaction, "file");
	struct err err;

	if (!option || option->type != OPTION_ATTACHMENT)
		return fault(task, FILE_FAULT_MISSING);
	if (option->file.size_bytes > CATALOG_BYTES_MAX)
		return fault(task, FILE_FAULT_SIZE);
	if (str_starts(option->file.url, STR("data:")))
		return take_data(task, option->file.url);
	const struct http_request request = {
		.method = "GET",
		.url = option->file.url,
		.timeout_ms = FETCH_MS,
		.body_bytes_max = CATALOG_BYTES_MAX,
	};
	task->fetch = task->tasks->settings.http ? http_start(task->tasks->settings.http, &request, fetched, task, &err) : NULL;
	return task->fetch ? false : fault(task, FILE_FAULT_ADDRESS);
}

void fetch_cancel(struct task *task)
{
	if (task->fetch)
		http_cancel(task->fetch);
	task->fetch = NULL;
}
