#include "host/health.h"

#include <string.h>

#include "base/json_read.h"
#include "net/ca.h"
#include "net/http.h"
#include "net/server.h"

enum { CHECKS_MAX = 4, DETAIL_MAX = 200 };

struct check {
	const char *name;
	bool ok;
	struct str detail;
};

/* One question; its answer comes from a turn of the loop. */
struct question {
	const char *name;
	const char *path;
	const char *status; /* `status` of a good answer; NULL: the code alone tells */
	bool was_ready;     /* a process that was never ready is not well */
	struct health *health;
	bool done;
	bool answered; /* something spoke HTTP */
	struct check check;
};

struct health {
	struct cli *cli;
	struct loop *loop;
	struct http *http;
	struct buf ca_pem;
	struct str base; /* "http://127.0.0.1:8787" */
	struct question questions[3];
	size_t question_count;
	struct check checks[CHECKS_MAX];
	size_t check_count;
};

static struct check *add_check(struct health *health, const char *name, bool ok, struct str detail)
{
	struct check *check = &health->checks[health->check_count++];

	*check = (struct check){name, ok, detail};
	return check;
}

/* ---- where to ask ---- */

/* An address to listen on as one to connect to: "0.0.0.0" and "[::]" are every address of this machine. */
static bool find_base(struct health *health, struct err *err)
{
	struct arena *arena = &health->cli->arena;
	struct str url = cli_value(health->cli, "url"), address = config_get(&health->cli->config, SETTING_HTTP);

	if (url.len) {
		while (str_ends(url, STR("/")))
			url.len--;
		if (str_ends(url, STR("/health")))
			url.len -= strlen("/health");
		health->base = url;
		return http_url_allowed(url, err);
	}
	if (str_ends(address, STR(":0")))
		return err_set(err, ERR_CONFIG,
			       "HOMU_HTTP is %.*s, so the bot picked a port at its start; its log record `start` has the address: "
			       "homuhomu health --url http://127.0.0.1:PORT", STR_ARG(address));
	if (str_starts(address, STR("0.0.0.0:")))
		address = arena_printf(arena, "127.0.0.1%.*s", STR_ARG(str_skip(address, strlen("0.0.0.0"))));
	else if (str_starts(address, STR("[::]:")))
		address = arena_printf(arena, "[::1]%.*s", STR_ARG(str_skip(address, strlen("[::]"))));
	health->base = arena_printf(arena, "http://%.*s", STR_ARG(address));
	if (!arena_check(arena, "the address", err))
		return false;
	if (server_address_is_loopback(address))
		return true;
	return err_set(err, ERR_CONFIG,
		       "HOMU_HTTP is %.*s, which is not asked without encryption; let the bot listen on every address of this "
		       "machine, and it is asked over loopback: HOMU_HTTP=%s:PORT", STR_ARG(address),
		       str_starts(address, STR("[")) ? "[::]" : "0.0.0.0");
}

/* ---- asking ---- */

static void judge(struct question *question, const struct http_response *response)
{
	struct arena *arena = &question->health->cli->arena;
	struct str body = arena_str(arena, str_take(response->body, DETAIL_MAX)), status;
	struct json root = JSON_MISSING_VALUE;

	question->check.name = question->name;
	if (response->status == 0) {
		question->check.detail = arena_str(arena, str_from(response->err.text));
		return;
	}
	question->answered = true;
	json_parse(arena, body, &root, NULL);
	status = json_text_or(json_get(root, "status"), arena, STR_EMPTY);
	question->check.ok = response->status == 200 && response->err.code == ERR_NONE &&
			     (!question->status || str_eqc(status, question->status));
	question->check.detail = arena_printf(arena, "%d %.*s", response->status, STR_ARG(str_trim(body)));
	if (question->was_ready && str_eqc(http_response_header(response, HEALTH_READY_HEADER), "no")) {
		question->check.ok = false;
		question->check.detail = STR("it runs, but was not ready since it started");
	}
}

static void answered(void *owner, const struct http_response *response)
{
	struct question *question = owner;

	question->done = true;
	judge(question, response);
}

static bool all_done(const struct health *health)
{
	for (size_t i = 0; i < health->question_count; i++)
		if (!health->questions[i].done)
			return false;
	return true;
}

/* All questions at once, so that two slow answers are not waited for one after the other. */
static bool ask_all(struct health *health, struct err *err)
{
	int64_t deadline_ms = loop_now_ms(health->loop) + HEALTH_MS;

	for (size_t i = 0; i < health->question_count; i++) {
		struct question *question = &health->questions[i];
		struct http_request request = {.method = "GET", .timeout_ms = HEALTH_MS, .body_bytes_max = HEALTH_BODY_BYTES_MAX};

		request.url = arena_printf(&health->cli->arena, "%.*s%s", STR_ARG(health->base), question->path);
		question->health = health;
		question->check = (struct check){.name = question->name, .detail = STR("no answer in time")};
		if (!http_start(health->http, &request, answered, question, err))
			return false;
	}
	while (!all_done(health)) {
		int64_t left_ms = deadline_ms - loop_now_ms(health->loop);

		if (left_ms <= 0)
			break;
		if (!loop_turn(health->loop, (int)left_ms, err))
			return false;
	}
	return true;
}

static bool ask(struct health *health, struct err *err)
{
	struct http_settings settings = {.user_agent = "homuhomu health"};

	/* The roots take a while to unpack, and nothing on this machine needs them. */
	if (str_starts(health->base, STR("https:")) &&
	    !ca_load(config_get(&health->cli->config, SETTING_CA_FILE), &health->ca_pem, err))
		return false;
	settings.ca_pem = buf_str(&health->ca_pem);
	health->loop = loop_create(err);
	health->http = health->loop ? http_create(health->loop, &settings, err) : NULL;
	return health->http && ask_all(health, err);
}

/* ---- the verdict ---- */

static bool gather(struct health *health)
{
	bool open = false, ok;

	for (size_t i = 0; i < health->question_count; i++)
		open = open || health->questions[i].answered;
	add_check(health, "port", open,
		  open ? health->base
		       : arena_printf(&health->cli->arena, "%.*s: %.*s; is the bot running, and at this address? (homuhomu run)",
				      STR_ARG(health->base), STR_ARG(health->questions[0].check.detail)));
	ok = open;
	for (size_t i = 0; i < health->question_count; i++) {
		const struct check *check = &health->questions[i].check;

		add_check(health, check->name, check->ok, check->detail);
		ok = ok && check->ok;
	}
	return ok;
}

static int print_json(struct cli *cli, const struct health *health, bool ok)
{
	struct cli_json json;

	cli_json_begin(&json);
	json_begin_object(&json.writer);
	json_member_cstr(&json.writer, "status", ok ? "healthy" : "unhealthy");
	json_keyc(&json.writer, "checks");
	json_begin_array(&json.writer);
	for (size_t i = 0; i < health->check_count; i++) {
		json_begin_object(&json.writer);
		json_member_cstr(&json.writer, "name", health->checks[i].name);
		json_member_bool(&json.writer, "ok", health->checks[i].ok);
		json_member_str(&json.writer, "detail", health->checks[i].detail);
		json_end_object(&json.writer);
	}
	json_end_array(&json.writer);
	json_end_object(&json.writer);
	return cli_json_end(cli, &json, ok ? EXIT_DONE : EXIT_FAILED);
}

static void print_text(struct cli *cli, const struct health *health, bool ok)
{
	cli_print(cli, "%s\n", ok ? "healthy" : "unhealthy");
	for (size_t i = 0; i < health->check_count; i++) {
		const struct check *check = &health->checks[i];

		cli_print(cli, "  %s%-4s%s %-8s %.*s\n", !cli->colour_out ? "" : check->ok ? "\033[32m" : "\033[31m",
			  check->ok ? "ok" : "FAIL", cli->colour_out ? "\033[0m" : "", check->name, STR_ARG(check->detail));
	}
}

static int health_run(struct cli *cli)
{
	static const struct question alive = {.name = "alive", .path = "/health", .status = "healthy", .was_ready = true};
	static const struct question strict[] = {
		{.name = "alive", .path = "/health", .status = "healthy"},
		{.name = "ready", .path = "/ready"},
		{.name = "store", .path = "/health/db", .status = "healthy"},
	};
	struct health health = {.cli = cli};
	struct err err;
	bool ok = false;

	buf_init(&health.ca_pem, CA_BYTES_MAX);
	if (cli_flag(cli, "strict")) {
		memcpy(health.questions, strict, sizeof(strict));
		health.question_count = sizeof(strict) / sizeof(strict[0]);
	} else {
		health.questions[0] = alive;
		health.question_count = 1;
	}
	if (find_base(&health, &err) && ask(&health, &err))
		ok = gather(&health);
	else
		add_check(&health, "port", false, str_from(err.text));
	if (health.http)
		http_free(health.http);
	if (health.loop)
		loop_free(health.loop);
	buf_release(&health.ca_pem);
	if (cli->json)
		return print_json(cli, &health, ok);
	print_text(cli, &health, ok);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static const struct cli_option options[] = {
	{.name = "strict", .help = {"the gateway and the store too", "ゲートウェイと保存先も確かめます"}},
	{.name = "url", .value = "URL", .help = {"ask there, not at HOMU_HTTP", "HOMU_HTTP ではなくこの URL に尋ねます"}},
	CLI_OPTION_JSON,
};

const struct cli_command host_health_command = {
	.name = "health",
	.arguments = "",
	.summary = {"ask a running bot how it is", "動いているボットの状態を尋ねます"},
	.details = {"Exit code 0 if it is healthy, else 1, within 2 seconds. Without --strict it is the container's health check: it "
		    "fails until the bot was ready once, and then only if the process is stuck, so that an outage of Discord or of "
		    "the store restarts nothing.",
		    "正常なら 0、そうでなければ 1 で、2 秒以内に終わります。--strict がなければコンテナのヘルスチェックです。一度準備が"
		    "整うまでは失敗し、そのあとはプロセスが固まったときだけ失敗します。Discord や保存先の障害では何も再起動しません。"},
	.examples = "health\nhealth --strict --json\nhealth --url http://127.0.0.1:8787",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.settings = SETTING_BIT(SETTING_HTTP) | SETTING_BIT(SETTING_CA_FILE),
	.run = health_run,
};
