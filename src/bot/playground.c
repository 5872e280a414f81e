#include "bot/playground.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bot/bot.h"
#include "bot/commands.h"
#include "bot/playground_data.h"
#include "bot/playground_receipts.h"
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
	struct arena arena;
	struct buf body;
	struct json_writer writer;
	int status;
};

static const struct catalog *current_catalog(const struct playground *playground)
{
	return playground->bot->catalogs.current;
}

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

static void answer_json(struct playground *playground, struct server_request *request,
			bool (*compose)(struct call *call, struct err *err))
{
	struct call call = {.playground = playground, .request = request, .status = 200};
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
	playground_write_info(current_catalog(call->playground), bot->tasks.settings.guild_scope, clock_unix_ms(), &call->writer);
	return true;
}

static void serve_catalog(struct playground *playground, struct server_request *request)
{
	respond(request, 200, RESPOND_JSON, current_catalog(playground)->text);
}

static bool compose_check(struct call *call, struct err *err)
{
	return playground_write_check(server_body(call->request), &call->arena, &call->writer, err);
}

static bool compose_odds(struct call *call, struct err *err)
{
	return playground_write_odds(current_catalog(call->playground), server_body(call->request), &call->arena, &call->writer,
				     err);
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
	const struct catalog *catalog = current_catalog(playground);

	if (!playground_simulation_start(&playground->simulation, catalog, server_body(call->request), &call->arena, err))
		return false;
	hold(playground, catalog);
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

/* ---- receipts ---- */

/* One request for receipts, while the store reads. */
struct playground_reading {
	struct playground *playground;
	struct playground_reading *next;
	struct server_request *request; /* NULL once it is gone */
	struct receipts_cursor cursor;
	struct store_request page, load;
	struct store_row rows[RECEIPTS_PAGE_ROWS + 1];
	struct store_row revealed;
	unsigned waiting_for;
	struct arena arena;
};

static void free_reading(struct playground_reading *reading)
{
	arena_release(&reading->arena);
	free(reading);
}

static void end_reading(struct playground_reading *reading)
{
	struct playground_reading **at = &reading->playground->readings;

	while (*at != reading)
		at = &(*at)->next;
	*at = reading->next;
	free_reading(reading);
}

static void answer_reading(struct playground_reading *reading)
{
	const struct err *failed = reading->page.err.code != ERR_NONE ? &reading->page.err : &reading->load.err;
	struct json_writer writer;
	struct err err;
	struct buf body;

	if (failed->code != ERR_NONE) {
		respond_error(reading->request, 500, "the receipts cannot be read now; try again in a moment");
		return;
	}
	buf_init(&body, PLAYGROUND_ANSWER_BYTES_MAX);
	json_writer_init(&writer, &body);
	if (receipts_write_page(reading->rows, reading->page.row_count, &reading->revealed, &reading->cursor, &reading->arena,
				&writer, &err) &&
	    buf_check(&body, "a page of receipts", &err))
		respond(reading->request, 200, RESPOND_JSON, buf_str(&body));
	else
		respond_error(reading->request, 500, err.text);
	buf_release(&body);
}

static void read_done(struct store_request *request)
{
	struct playground_reading *reading = request->owner;

	if (--reading->waiting_for > 0)
		return;
	if (reading->request)
		answer_reading(reading);
	end_reading(reading);
}

static void submit(struct playground_reading *reading, struct store_request *request)
{
	request->arena = &reading->arena;
	request->now_s = clock_unix_ms() / 1000;
	request->done = read_done;
	request->owner = reading;
	store_submit(reading->playground->bot->store, request);
}

static void start_reading(struct playground *playground, struct server_request *request, struct str player,
			  const struct receipts_cursor *cursor)
{
	struct playground_reading *reading = calloc(1, sizeof(*reading));

	if (!reading) {
		respond_error(request, 500, "no memory for the receipts");
		return;
	}
	reading->playground = playground;
	reading->request = request;
	reading->cursor = *cursor;
	reading->next = playground->readings;
	playground->readings = reading;
	arena_init(&reading->arena, PLAYGROUND_ARENA_BYTES_MAX);
	player = arena_str(&reading->arena, player);
	reading->page = (struct store_request){
		.kind = STORE_PAGE,
		.rows = reading->rows,
		.row_count = RECEIPTS_PAGE_ROWS + 1,
		.page_key = player,
		.page_before = cursor->before,
	};
	reading->revealed = (struct store_row){.table = STORE_HISTORY, .key = player, .sort = cursor->revealed};
	reading->load = (struct store_request){.kind = STORE_LOAD, .rows = &reading->revealed, .row_count = 1};
	reading->waiting_for = cursor->revealed ? 2 : 1;
	submit(reading, &reading->page);
	if (cursor->revealed)
		submit(reading, &reading->load);
}

static void serve_receipts(struct playground *playground, struct server_request *request)
{
	struct str player = server_query(request, "player");
	struct receipts_cursor cursor;

	if (!receipts_is_player(player))
		respond_error(request, 400, "\"player\" has to be a player's key: the user's id, or with HOMU_SCOPE=guild the server's id, a slash and the user's id");
	else if (!receipts_cursor_read(server_query(request, "before"), &cursor))
		respond_error(request, 400, "\"before\" has to be what the page before gave as \"next\"");
	else
		start_reading(playground, request, player, &cursor);
}

/* ---- paths ---- */

static const struct {
	const char *path; /* with what follows it, if it ends with a slash and is not that alone */
	const char *methods;
	bool (*compose)(struct call *call, struct err *err);
	void (*serve)(struct playground *playground, struct server_request *request);
} resources[] = {
	{.path = "/api/commands", .methods = "GET", .compose = compose_commands},
	{.path = "/api/info", .methods = "GET", .compose = compose_info},
	{.path = "/api/catalog", .methods = "GET", .serve = serve_catalog},
	{.path = CHECK, .methods = "POST", .compose = compose_check},
	{.path = "/api/odds", .methods = "POST", .compose = compose_odds},
	{.path = "/api/simulations", .methods = "POST", .compose = compose_start},
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
		else if (resources[i].compose)
			answer_json(playground, request, resources[i].compose);
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
	for (struct playground_reading *reading = playground->readings; reading; reading = reading->next)
		if (reading->request == request)
			reading->request = NULL;
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
	for (struct playground_reading *reading = playground->readings, *next; reading; reading = next) {
		next = reading->next;
		free_reading(reading);
	}
	playground->readings = NULL;
}
