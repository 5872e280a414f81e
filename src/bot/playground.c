#include "bot/playground.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bot/bot.h"
#include "bot/commands.h"
#include "bot/playground_data.h"
#include "bot/playground_history.h"
#include "bot/respond.h"
#include "web/assets.h"

/* No inline script or style, nothing from elsewhere but pictures of items. */
#define POLICY                                                                                                     \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; "             \
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#define ASSETS "/assets/"
#define SIMULATIONS "/api/simulations/"
#define CHECK "/api/catalog/check"

/* One request whose answer is a JSON document, while it is composed. */
struct call {
	struct playground *playground;
	struct server_request *request;
	const struct catalog *catalog; /* in force, for what asks the store for it */
	struct arena arena;
	struct buf body;
	struct json_writer writer;
	int status;
};

static int status_of(const struct err *err)
{
	switch (err->code) {
	case ERR_INPUT:
	case ERR_USAGE:
		return 400;
	case ERR_NOT_FOUND:
		return 404;
	case ERR_CONFLICT:
		return 409;
	case ERR_LIMIT:
		return 413;
	default:
		return 500;
	}
}

static void answer_json(struct playground *playground, struct server_request *request, const struct catalog *catalog,
			bool (*compose)(struct call *call, struct err *err))
{
	struct call call = {.playground = playground, .request = request, .catalog = catalog, .status = 200};
	struct err err;

	arena_init(&call.arena, PLAYGROUND_ARENA_BYTES_MAX);
	buf_init(&call.body, PLAYGROUND_ANSWER_BYTES_MAX);
	json_writer_init(&call.writer, &call.body);
	if (compose(&call, &err) && buf_check(&call.body, "the answer", &err))
		respond(request, call.status, RESPOND_JSON, buf_str(&call.body));
	else
		respond_error(request, status_of(&err), err.text);
	buf_release(&call.body);
	arena_release(&call.arena);
}

/* ---- the page ---- */

static bool takes_deflate(struct str accepted)
{
	struct str one, name, weight;

	while (str_next(&accepted, ',', &one)) {
		str_cut(one, ';', &name, &weight);
		if (str_eq_nocase(str_trim(name), STR("deflate")))
			return !str_starts(str_trim(weight), STR("q=0")) || str_find(weight, STR("q=0.")) >= 0;
	}
	return false;
}

static void serve_asset(struct server_request *request, const struct asset *asset)
{
	bool packed = takes_deflate(server_header(request, "Accept-Encoding"));
	char tag[64];
	/* The last one says how the body is packed. */
	const struct server_header headers[] = {
		{"Content-Type", asset->type},
		{"Cache-Control", "no-cache"},
		{"ETag", tag},
		{"Vary", "Accept-Encoding"},
		{"Content-Security-Policy", POLICY},
		{"Content-Encoding", "deflate"},
	};
	size_t count = sizeof(headers) / sizeof(headers[0]);
	struct err err;
	struct buf body;

	/* Weak: the same for both forms of the bytes. */
	snprintf(tag, sizeof(tag), "W/\"%s\"", asset->tag);
	if (str_find(server_header(request, "If-None-Match"), str_from(tag)) >= 0) {
		respond_with(request, 304, headers, count - 1, STR_EMPTY);
		return;
	}
	if (packed) {
		respond_with(request, 200, headers, count, asset_packed(asset));
		return;
	}
	buf_init(&body, asset->raw_len);
	if (asset_unpack(asset, &body, &err))
		respond_with(request, 200, headers, count - 1, buf_str(&body));
	else
		respond_error(request, 500, err.text);
	buf_release(&body);
}

static void serve_page(struct playground *playground, struct server_request *request)
{
	const struct asset *index = asset_find(STR("index.html"));

	(void)playground;
	assert(index); /* vendor/page.sh */
	serve_asset(request, index);
}

static void serve_file(struct playground *playground, struct server_request *request)
{
	const struct asset *asset = asset_find(str_skip(server_path(request), strlen(ASSETS)));

	(void)playground;
	if (asset)
		serve_asset(request, asset);
	else
		respond_error(request, 404, "the page has no such file");
}

/* ---- the catalog in force ---- */

/* A question about it, while the store says which one that is. */
struct question {
	struct playground_waiting waiting;
	struct playground *playground;
	bool (*compose)(struct call *call, struct err *err); /* NULL: the text is the answer */
	struct catalogs_look look;
};

static void free_question(struct playground_waiting *waiting)
{
	struct question *question = (struct question *)waiting;

	catalogs_look_release(&question->look);
	free(question);
}

static void looked(struct catalogs_look *look)
{
	struct question *question = look->owner;
	struct server_request *request = question->waiting.request;

	if (request && look->err.code != ERR_NONE)
		respond_error(request, look->err.code == ERR_NOT_FOUND ? 404 : 500, look->err.text);
	else if (request && question->compose)
		answer_json(question->playground, request, look->catalog, question->compose);
	else if (request)
		respond(request, 200, RESPOND_JSON, look->text);
	playground_waiting_end(&question->waiting);
}

/* sha256_hex: of the catalog that is asked about; empty: the one in force where the page is (?guild=ID; without it, where
 * no server is). */
static void ask_catalog(struct playground *playground, struct server_request *request, struct str sha256_hex,
			bool (*compose)(struct call *call, struct err *err))
{
	struct bot *bot = playground->bot;
	struct str guild = server_query(request, "guild");
	uint64_t guild_id = 0;
	struct question *question;

	if (guild.len > 0 && !str_to_u64(guild, 1, UINT64_MAX, &guild_id)) {
		respond_error(request, 400, "\"guild\" has to be the id of the server whose catalog is asked for");
		return;
	}
	question = calloc(1, sizeof(*question));
	if (!question) {
		respond_error(request, 500, "no memory to look for the catalog in force");
		return;
	}
	question->waiting.request = request;
	question->waiting.free = free_question;
	playground_waiting_add(&playground->waiting, &question->waiting);
	question->playground = playground;
	question->compose = compose;
	question->look = (struct catalogs_look){
		.catalogs = &bot->catalogs,
		.store = bot->store,
		.now_ms = clock_unix_ms(),
		.guild_scope = bot->tasks.settings.guild_scope,
		.guild_id = guild_id,
		.sha256_hex = sha256_hex,
		.done = looked,
		.owner = question,
	};
	catalogs_look_start(&question->look);
}

static void serve_catalog(struct playground *playground, struct server_request *request)
{
	ask_catalog(playground, request, server_query(request, "sha256"), NULL);
}

/* ---- what there is ---- */

static bool compose_commands(struct call *call, struct err *err)
{
	size_t count;
	const struct appcmd *commands = commands_all(&count);

	(void)err;
	appcmd_write(commands, count, &call->writer);
	return true;
}

static bool compose_info(struct call *call, struct err *err)
{
	const struct bot *bot = call->playground->bot;

	(void)err;
	playground_write_info(call->catalog, bot->tasks.settings.guild_scope, clock_unix_ms(), &call->writer);
	return true;
}

static bool compose_check(struct call *call, struct err *err)
{
	return playground_write_check(server_body(call->request), &call->arena, &call->writer, err);
}

static bool compose_odds(struct call *call, struct err *err)
{
	return playground_write_odds(call->catalog, server_body(call->request), &call->arena, &call->writer, err);
}

/* ---- simulations ---- */

/* The catalog that the simulation borrows, NULL for none; an administrator may put another one in force meanwhile. */
static void hold(struct playground *playground, const struct catalog *catalog)
{
	if (catalog)
		catalogs_hold(&playground->bot->catalogs, catalog);
	if (playground->held)
		catalogs_let_go(&playground->bot->catalogs, playground->held);
	playground->held = catalog;
}

static bool compose_start(struct call *call, struct err *err)
{
	struct playground *playground = call->playground;

	if (!playground_simulation_start(&playground->simulation, call->catalog, server_body(call->request), &call->arena, err))
		return false;
	hold(playground, call->catalog);
	call->status = 202;
	playground_simulation_write_id(&playground->simulation, &call->writer);
	return true;
}

/* GET tells how far it is, DELETE cancels it and tells that. */
static bool compose_simulation(struct call *call, struct err *err)
{
	struct playground_simulation *simulation = &call->playground->simulation;

	if (!playground_simulation_is(simulation, str_skip(server_path(call->request), strlen(SIMULATIONS))))
		return err_set(err, ERR_NOT_FOUND, "there is no such simulation; only the last one is kept");
	if (str_eqc(server_method(call->request), "DELETE"))
		playground_simulation_cancel(simulation);
	playground_simulation_write(simulation, &call->writer);
	return true;
}

static void serve_receipts(struct playground *playground, struct server_request *request)
{
	playground_history_serve(&playground->waiting, playground->bot->store, request);
}

/* ---- paths ---- */

static const struct {
	const char *path; /* with what follows it, if it ends with a slash and is not that alone */
	const char *methods;
	bool looks; /* composed from the catalog in force */
	bool (*compose)(struct call *call, struct err *err);
	void (*serve)(struct playground *playground, struct server_request *request);
} resources[] = {
	{.path = "/api/commands", .methods = "GET", .compose = compose_commands},
	{.path = "/api/info", .methods = "GET", .looks = true, .compose = compose_info},
	{.path = "/api/catalog", .methods = "GET", .serve = serve_catalog},
	{.path = CHECK, .methods = "POST", .compose = compose_check},
	{.path = "/api/odds", .methods = "POST", .looks = true, .compose = compose_odds},
	{.path = "/api/simulations", .methods = "POST", .looks = true, .compose = compose_start},
	{.path = SIMULATIONS, .methods = "GET, DELETE", .compose = compose_simulation},
	{.path = "/api/receipts", .methods = "GET", .serve = serve_receipts},
	{.path = "/", .methods = "GET", .serve = serve_page},
	{.path = ASSETS, .methods = "GET", .serve = serve_file},
};

static bool takes(const char *methods, struct str method)
{
	struct str rest = str_from(methods);
	struct str one;

	while (str_next(&rest, ',', &one))
		if (str_eq(str_trim(one), method))
			return true;
	return false;
}

static bool is_at(const char *path, struct str asked)
{
	struct str ours = str_from(path);

	return ours.len > 1 && str_ends(ours, STR("/")) ? str_starts(asked, ours) : str_eq(asked, ours);
}

bool playground_has(struct str path)
{
	return str_eqc(path, "/") || str_starts(path, STR(ASSETS)) || str_starts(path, STR("/api/"));
}

void playground_serve(struct playground *playground, struct server_request *request)
{
	struct str path = server_path(request);

	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		if (!is_at(resources[i].path, path))
			continue;
		if (!takes(resources[i].methods, server_method(request)))
			respond_header(request, 405, "Allow", resources[i].methods);
		else if (resources[i].looks)
			ask_catalog(playground, request, STR_EMPTY, resources[i].compose);
		else if (resources[i].compose)
			answer_json(playground, request, NULL, resources[i].compose);
		else
			resources[i].serve(playground, request);
		return;
	}
	respond_error(request, 404, "there is nothing here");
}

void playground_too_long(struct server_request *request)
{
	respond_error(request, 413, str_eqc(server_path(request), CHECK)
					     ? "a catalog is checked here up to 256 KiB; check a larger one with: homuhomu catalog check FILE"
					     : "the body is too long");
}

void playground_gone(struct playground *playground, struct server_request *request)
{
	playground_waiting_gone(playground->waiting, request);
}

/* ---- life ---- */

void playground_init(struct playground *playground, struct bot *bot)
{
	*playground = (struct playground){.bot = bot};
	playground_simulation_init(&playground->simulation, bot->loop, &bot->rng);
}

void playground_stop(struct playground *playground)
{
	if (!playground->bot)
		return;
	playground_simulation_release(&playground->simulation);
	hold(playground, NULL);
}

void playground_release(struct playground *playground)
{
	playground_waiting_release(&playground->waiting);
}
