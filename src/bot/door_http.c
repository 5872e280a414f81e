#include "bot/door_http.h"

#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/ed25519.h"
#include "base/log.h"
#include "bot/bot.h"
#include "bot/delivery.h"
#include "bot/door_rest.h"
#include "bot/page.h"
#include "bot/respond.h"
#include "cli_version.h"
#include "discord/multipart.h"

#define SIGNATURE_SIZE 64

/* ---- the door ---- */

/* interface.md, HTTP: multipart/form-data if it carries attachments. */
static void respond_files(struct task *task, struct server_request *request, struct str json)
{
	char boundary[MULTIPART_BOUNDARY_SIZE];
	char type_memory[sizeof("multipart/form-data; boundary=") + MULTIPART_BOUNDARY_SIZE];
	struct buf type, body;
	struct err err;

	multipart_boundary(task->tasks->settings.rng, boundary);
	buf_wrap(&type, type_memory, sizeof(type_memory));
	multipart_type(boundary, &type);
	buf_init(&body, MULTIPART_BYTES_MAX);
	if (multipart_write(boundary, json, task->files, task->file_count, &body, &err))
		respond(request, 200, buf_cstr(&type), buf_str(&body));
	else
		respond_error(request, 500, err.text);
	buf_release(&body);
}

static void first(struct task *task, struct str body)
{
	struct server_request *request = task->context;

	task->context = NULL;
	task->sending = request;
	if (!request)
		task_sent(task, false);
	else if (task->file_count > 0 && !task->untold && task->answering)
		respond_files(task, request, body);
	else
		respond(request, 200, RESPOND_JSON, body);
}

static void drop(struct task *task)
{
	struct server_request *request = task->context;

	task->context = NULL;
	if (request)
		respond(request, 500, RESPOND_JSON, STR("{\"error\":\"the interaction could not be answered; nothing was charged unless /history shows it\"}"));
	door_rest_drop(task);
}

static void no_later(struct task *task, bool follow_up, struct str body)
{
	(void)follow_up;
	(void)body;
	task_sent(task, false);
}

static const struct door playground_door = {
	.repeats = true,
	.first = first,
	.later = no_later,
	.drop = drop,
};

/* Discord posts to us, and has waited since it began to: the age counts from the arrival. */
static const struct door signed_door = {
	.defers = true,
	.repeats = true,
	.first = first,
	.later = door_rest_later,
	.drop = drop,
};

/* discord.md 19. why: static text. */
static bool is_signed(struct door_http *door, struct server_request *request, const char **why)
{
	struct str timestamp = server_header(request, "X-Signature-Timestamp");
	uint8_t signature[SIGNATURE_SIZE];
	int64_t at_s;
	int64_t now_s = clock_unix_ms() / 1000;

	*why = "the signature is missing or wrong";
	if (!codec_unhex(server_header(request, "X-Signature-Ed25519"), signature, SIGNATURE_SIZE))
		return false;
	buf_clear(&door->scratch);
	if (!buf_add(&door->scratch, timestamp) || !buf_add(&door->scratch, server_body(request)) ||
	    !ed25519_verify(signature, buf_str(&door->scratch), door->public_key))
		return false;
	*why = "the signature is too old, or the clocks differ";
	return str_to_i64(timestamp, 0, INT64_MAX / 2, &at_s) && at_s - now_s <= SIGNATURE_SKEW_S &&
	       now_s - at_s <= SIGNATURE_SKEW_S;
}

static bool host_is_loopback(struct str host)
{
	char with_port[300];
	struct buf text;

	if (server_address_is_loopback(host))
		return true;
	buf_wrap(&text, with_port, sizeof(with_port));
	return buf_add(&text, host) && buf_addc(&text, ":80") && server_address_is_loopback(buf_str(&text));
}

/* A page of another site must not reach the playground through the visitor's browser (interface.md, HTTP). */
static bool is_own(struct door_http *door, struct server_request *request)
{
	struct str host = server_header(request, "Host");
	struct str origin = server_header(request, "Origin");

	if (!host_is_loopback(host))
		return false;
	if (origin.len == 0)
		return true;
	buf_clear(&door->scratch);
	return buf_addc(&door->scratch, "http://") && buf_add(&door->scratch, host) &&
	       str_eq_nocase(origin, buf_str(&door->scratch));
}

static void take(struct door_http *door, struct server_request *request)
{
	struct task_event event = {
		.door = door->has_key ? &signed_door : &playground_door,
		.context = request,
		.now_ms = clock_unix_ms(),
	};
	struct err err;

	if (!json_parse(&door->arena, server_body(request), &event.data, &err)) {
		respond_error(request, 400, err.text);
	} else if (!tasks_take(&door->bot->tasks, &event, &err)) {
		if (err.code != ERR_THROTTLED) {
			respond_error(request, err.code == ERR_LIMIT ? 413 : 400, err.text);
		} else {
			buf_clear(&door->scratch);
			delivery_write_sentence(SENTENCE_BUSY, LANGUAGE_EN, false, &door->scratch);
			respond(request, 200, RESPOND_JSON, buf_str(&door->scratch));
		}
	}
	arena_clear(&door->arena);
}

static void serve_interactions(struct door_http *door, struct server_request *request)
{
	struct str type = server_header(request, "Content-Type");
	const char *why;

	if (door->has_key && !is_signed(door, request, &why))
		respond_error(request, 401, why);
	else if (!door->has_key && door->bot->door == BOT_DOOR_GATEWAY)
		respond_error(request, 403, "interactions come through the gateway; unset DISCORD_BOT_TOKEN to play locally");
	else if (!door->has_key && (!door->is_loopback || !is_own(door, request)))
		respond_error(request, 403,
			     "without DISCORD_PUBLIC_KEY interactions are taken from this machine and from our own page alone");
	else if (!str_eq_nocase(str_take(type, strlen(RESPOND_JSON)), STR(RESPOND_JSON)))
		respond_error(request, 415, "the body has to be " RESPOND_JSON);
	else if (door->bot->stopping)
		respond_error(request, 503, "the bot is stopping; try again in a moment");
	else
		take(door, request);
}

/* ---- probes ---- */

static void answer_probe(struct door_http *door, const struct door_http_probe *probe, bool connected)
{
	const char *why = "the store does not answer";
	bool open = true;

	if (!probe->strict) {
		respond(probe->request, connected ? 200 : 500, RESPOND_JSON,
		       connected ? STR("{\"status\":\"healthy\",\"db\":\"connected\"}")
				 : STR("{\"status\":\"unhealthy\",\"db\":\"disconnected\"}"));
		return;
	}
	if (connected && door->bot->stopping) {
		open = false;
		why = "stopping";
	} else if (connected && door->bot->door == BOT_DOOR_GATEWAY) {
		open = door_gateway_is_ready(&door->bot->gateway_door, &why);
	}
	if (connected && open) {
		respond(probe->request, 200, RESPOND_JSON, STR("{\"status\":\"ready\"}"));
		return;
	}
	struct json_writer writer;
	buf_clear(&door->scratch);
	json_writer_init(&writer, &door->scratch);
	json_begin_object(&writer);
	json_member_cstr(&writer, "status", "unready");
	json_member_cstr(&writer, "reason", why);
	json_end_object(&writer);
	respond(probe->request, 503, RESPOND_JSON, buf_str(&door->scratch));
}

static void answer_probes(struct door_http *door, bool connected)
{
	for (size_t i = 0; i < door->probe_count; i++)
		answer_probe(door, &door->probes[i], connected);
	door->probe_count = 0;
	loop_cancel_timer(door->bot->loop, &door->probe_timer);
}

static void pinged(struct store_request *request)
{
	struct door_http *door = request->owner;

	door->ping_under_way = false;
	arena_clear(&door->ping_arena);
	answer_probes(door, request->err.code == ERR_NONE);
}

static void probe_late(void *owner, int64_t now_ms)
{
	(void)now_ms;
	answer_probes(owner, false);
}

/* One ping answers all who ask meanwhile. */
static void probe(struct door_http *door, struct server_request *request, bool strict)
{
	struct loop *loop = door->bot->loop;

	if (door->probe_count == HTTP_CONNECTIONS_MAX) {
		respond_error(request, 503, "too many ask at once");
		return;
	}
	door->probes[door->probe_count++] = (struct door_http_probe){request, strict};
	if (door->probe_count == 1)
		loop_set_timer(loop, &door->probe_timer, loop_now_ms(loop) + PROBE_MS);
	if (door->ping_under_way)
		return;
	door->ping_under_way = true;
	door->ping = (struct store_request){
		.kind = STORE_PING,
		.arena = &door->ping_arena,
		.now_s = clock_unix_ms() / 1000,
		.done = pinged,
		.owner = door,
	};
	store_submit(door->bot->store, &door->ping);
}

static void serve_health(struct door_http *door, struct server_request *request)
{
	const struct server_header headers[] = {
		{"Content-Type", RESPOND_JSON},
		{"Cache-Control", "no-store"},
		{HEALTH_READY_HEADER, door->bot->was_ready ? "yes" : "no"},
	};

	respond_with(request, 200, headers, sizeof(headers) / sizeof(headers[0]), STR("{\"status\":\"healthy\"}"));
}

static void serve_health_db(struct door_http *door, struct server_request *request)
{
	probe(door, request, false);
}

static void serve_ready(struct door_http *door, struct server_request *request)
{
	probe(door, request, true);
}

static void serve_metrics(struct door_http *door, struct server_request *request)
{
	buf_clear(&door->scratch);
	metrics_write(&door->bot->metrics, str_from(cli_version), door->bot->started_ms, &door->scratch);
	respond(request, 200, "text/plain; version=0.0.4; charset=utf-8", buf_str(&door->scratch));
}

/* What this is, for whoever looks at a bot's address. */
static void serve_page(struct door_http *door, struct server_request *request)
{
	const struct server_header headers[] = {
		{"Content-Type", "text/html; charset=utf-8"},
		{"Cache-Control", "no-store"},
		{"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"},
	};

	buf_clear(&door->scratch);
	page_write(&door->bot->catalog, door->bot->door == BOT_DOOR_PLAYGROUND, &door->scratch);
	respond_with(request, 200, headers, sizeof(headers) / sizeof(headers[0]), buf_str(&door->scratch));
}

/* ---- who may see what ---- */

/* HTTP Basic with HOMU_WEB_PASSWORD, whatever the name. */
static bool knows_password(struct door_http *door, struct server_request *request)
{
	const struct secret *password = config_secret(&door->bot->cli->config, SETTING_WEB_PASSWORD);
	struct str given = server_header(request, "Authorization");
	struct str decoded, name, word;
	bool ok;

	if (!str_eq_nocase(str_take(given, 6), STR("Basic ")))
		return false;
	ok = codec_unbase64(&door->arena, str_trim(str_skip(given, 6)), &decoded) &&
	     str_cut(decoded, ':', &name, &word) && secret_equal(word, secret_reveal(password));
	arena_clear(&door->arena);
	return ok;
}

/* The page and the metrics: this machine, or whoever knows the password. Answers and returns false otherwise. */
static bool may_see(struct door_http *door, struct server_request *request)
{
	bool has_password = config_is_set(&door->bot->cli->config, SETTING_WEB_PASSWORD);

	if (door->is_loopback) {
		if (host_is_loopback(server_header(request, "Host")))
			return true;
		respond_error(request, 403, "the Host has to be a loopback address");
		return false;
	}
	if (!has_password) {
		respond_error(request, 403, "not served beyond loopback; set HOMU_WEB_PASSWORD to open it");
		return false;
	}
	if (knows_password(door, request))
		return true;
	respond_header(request, 401, "WWW-Authenticate", "Basic realm=\"homuhomu\", charset=\"UTF-8\"");
	return false;
}

static const struct {
	const char *path;
	const char *method;
	bool open; /* whoever asks; what follows decides for itself */
	void (*serve)(struct door_http *door, struct server_request *request);
} resources[] = {
	{"/health", "GET", true, serve_health},
	{"/health/db", "GET", true, serve_health_db},
	{"/ready", "GET", true, serve_ready},
	{"/interactions", "POST", true, serve_interactions},
	{"/metrics", "GET", false, serve_metrics},
	{"/", "GET", false, serve_page},
};

/* The playground's page and API, for this machine and for that page alone. */
static bool is_playground(const struct door_http *door, struct str path)
{
	return door->bot->door == BOT_DOOR_PLAYGROUND && door->is_loopback && playground_has(path);
}

static void serve_playground(struct door_http *door, struct server_request *request)
{
	if (is_own(door, request))
		playground_serve(&door->playground, request);
	else
		respond_error(request, 403, "the playground answers this machine and its own page alone");
}

static void handle(void *owner, struct server_request *request)
{
	struct door_http *door = owner;

	metrics_add(&door->bot->metrics, METRIC_HTTP_REQUESTS, 1);
	if (is_playground(door, server_path(request))) {
		serve_playground(door, request);
		return;
	}
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		if (!str_eqc(server_path(request), resources[i].path))
			continue;
		if (!resources[i].open && !may_see(door, request))
			return;
		if (str_eqc(server_method(request), resources[i].method))
			resources[i].serve(door, request);
		else
			respond_header(request, 405, "Allow", resources[i].method);
		return;
	}
	if (may_see(door, request))
		respond_error(request, 404, "there is nothing here; try /");
}

static void too_long(void *owner, struct server_request *request)
{
	struct door_http *door = owner;

	metrics_add(&door->bot->metrics, METRIC_HTTP_REQUESTS, 1);
	playground_too_long(request);
}

static void gone(void *owner, struct server_request *request)
{
	struct door_http *door = owner;
	size_t left = 0;

	playground_gone(&door->playground, request);

	tasks_abandon(&door->bot->tasks, request);
	for (size_t i = 0; i < door->probe_count; i++)
		if (door->probes[i].request != request)
			door->probes[left++] = door->probes[i];
	door->probe_count = left;
}

/* Only now has an answer arrived: what the kernel has not got may be lost with this process. */
static void sent(void *owner, struct server_request *request, bool ok)
{
	struct door_http *door = owner;
	struct task *task = tasks_find_sending(&door->bot->tasks, request);

	if (!task)
		return;
	task->sending = NULL;
	if (!ok)
		log_event(LOG_WARN, "answer not delivered", LOG_ID("interaction", task->interaction->id),
			  LOG_S("command", task->command));
	task_sent(task, ok);
}

/* ---- life ---- */

bool door_http_start(struct door_http *door, struct bot *bot, struct err *err)
{
	const struct config *config = &bot->cli->config;
	struct str key = config_get(config, SETTING_DISCORD_PUBLIC_KEY);
	const struct server_settings settings = {
		.address = config_get(config, SETTING_HTTP),
		.body_bytes_max = HTTP_BODY_BYTES_MAX,
		.connections_max = HTTP_CONNECTIONS_MAX,
		.handle = handle,
		.gone = gone,
		.sent = sent,
		.too_long = too_long,
		.owner = door,
	};

	door->bot = bot;
	door->has_key = key.len > 0;
	door->is_loopback = server_address_is_loopback(settings.address);
	door->probe_timer = (struct loop_timer){.fire = probe_late, .owner = door};
	arena_init(&door->arena, TASK_ARENA_BYTES_MAX);
	arena_init(&door->ping_arena, ARENA_BLOCK_BYTES);
	buf_init(&door->scratch, HTTP_BODY_BYTES_MAX + ANSWER_BYTES_MAX);
	playground_init(&door->playground, bot);
	if (door->has_key && !codec_unhex(key, door->public_key, sizeof(door->public_key)))
		return err_set(err, ERR_CONFIG,
			       "DISCORD_PUBLIC_KEY has to be 64 hex digits; copy \"Public Key\" from the application's page in the developer portal");
	door->server = server_create(bot->loop, &settings, err);
	return door->server != NULL;
}

void door_http_stop(struct door_http *door)
{
	if (door->server)
		server_free(door->server);
	door->server = NULL;
	playground_stop(&door->playground);
}

void door_http_release(struct door_http *door)
{
	if (!door->bot)
		return;
	loop_cancel_timer(door->bot->loop, &door->probe_timer);
	playground_release(&door->playground);
	arena_release(&door->arena);
	arena_release(&door->ping_arena);
	buf_release(&door->scratch);
}
