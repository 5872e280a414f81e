#include "bot/registrar.h"

#include "base/log.h"
#include "bot/commands.h"
#include "bot/router.h"

/* Discord's answers, and our commands as JSON: 100 commands of 8000 characters at the most. */
#define REGISTRAR_BYTES_MAX (8u << 20)

static void advance(struct registrar *registrar);

static void end(struct registrar *registrar, const char *what, const struct err *err)
{
	registrar->step = REGISTRAR_IDLE;
	log_event(LOG_WARN, what, LOG_E(err), LOG_C("next", "homuhomu register"));
}

static void look_at_application(struct registrar *registrar, struct json application, struct arena *arena)
{
	struct str url = json_text_or(json_get(application, "interactions_endpoint_url"), arena, STR_EMPTY);

	/* Discord sends interactions to that address alone, and none to the gateway. */
	if (url.len > 0)
		log_event(LOG_WARN, "interactions go elsewhere", LOG_S("url", url),
			  LOG_C("detail", "the application has an interactions endpoint URL set, so Discord sends no interaction to the gateway"),
			  LOG_C("next", "clear \"Interactions Endpoint URL\" of the application in the developer portal"));
	registrar->step = REGISTRAR_COMMANDS;
	advance(registrar);
}

static void compare(struct registrar *registrar, struct json theirs)
{
	size_t count;
	const struct appcmd *commands = commands_all(&count);

	if (appcmd_equal(commands, count, theirs)) {
		registrar->step = REGISTRAR_IDLE;
		return;
	}
	registrar->step = REGISTRAR_OVERWRITE;
	advance(registrar);
}

static void done(void *owner, const struct rest_response *response)
{
	struct registrar *registrar = owner;
	struct arena arena;
	struct json answer;
	struct err err = response->err;

	arena_init(&arena, REGISTRAR_BYTES_MAX);
	if (err.code != ERR_NONE || !json_parse(&arena, response->body, &answer, &err))
		end(registrar, "commands not registered", &err);
	else if (registrar->step == REGISTRAR_APPLICATION)
		look_at_application(registrar, answer, &arena);
	else if (registrar->step == REGISTRAR_COMMANDS)
		compare(registrar, answer);
	else {
		registrar->step = REGISTRAR_IDLE;
		log_event(LOG_INFO, "registered", LOG_U("commands", json_count(answer)));
	}
	arena_release(&arena);
}

static void send(struct registrar *registrar, const struct rest_request *request)
{
	struct rest_request whole = *request;
	struct err err;

	whole.ids[0] = registrar->application_id;
	whole.done = done;
	whole.owner = registrar;
	if (!rest_send(registrar->rest, &whole, &err))
		end(registrar, "commands not registered", &err);
}

static void overwrite(struct registrar *registrar)
{
	size_t count;
	const struct appcmd *commands = commands_all(&count);
	struct json_writer writer;
	struct buf body;
	struct err err;

	buf_init(&body, REGISTRAR_BYTES_MAX);
	json_writer_init(&writer, &body);
	appcmd_write(commands, count, &writer);
	if (buf_check(&body, "the commands", &err))
		send(registrar, &(struct rest_request){.route = REST_COMMANDS_PUT, .body = buf_str(&body)});
	else
		end(registrar, "commands not registered", &err);
	buf_release(&body);
}

static void advance(struct registrar *registrar)
{
	switch (registrar->step) {
	case REGISTRAR_IDLE:
		return;
	case REGISTRAR_APPLICATION:
		send(registrar, &(struct rest_request){.route = REST_APPLICATION});
		return;
	case REGISTRAR_COMMANDS:
		send(registrar, &(struct rest_request){.route = REST_COMMANDS_GET});
		return;
	case REGISTRAR_OVERWRITE:
		overwrite(registrar);
		return;
	}
}

void registrar_start(struct registrar *registrar, struct rest *rest, uint64_t application_id)
{
	*registrar = (struct registrar){rest, application_id, REGISTRAR_APPLICATION};
	advance(registrar);
}
