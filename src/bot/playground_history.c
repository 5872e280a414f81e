#include "bot/playground_history.h"

#include <stdlib.h>

#include "base/clock.h"
#include "bot/playground_receipts.h"
#include "bot/respond.h"

/* One request for receipts, while the store reads. */
struct reading {
	struct playground_waiting waiting;
	struct store *store;
	struct receipts_cursor cursor;
	struct store_request page, load;
	struct store_row rows[RECEIPTS_PAGE_ROWS + 1];
	struct store_row loaded[2]; /* the player, and the row that revealed the last seed */
	unsigned waiting_for;
	struct arena arena;
};

static void free_reading(struct playground_waiting *waiting)
{
	struct reading *reading = (struct reading *)waiting;

	arena_release(&reading->arena);
	free(reading);
}

static void answer_reading(struct reading *reading)
{
	const struct err *failed = reading->page.err.code != ERR_NONE ? &reading->page.err : &reading->load.err;
	struct json_writer writer;
	int64_t deleted_to;
	struct err err;
	struct buf body;

	if (failed->code != ERR_NONE) {
		respond_error(reading->waiting.request, 500, "the receipts cannot be read now; try again in a moment");
		return;
	}
	buf_init(&body, PLAYGROUND_ANSWER_BYTES_MAX);
	json_writer_init(&writer, &body);
	if (receipts_deleted_to(reading->loaded[0].doc, &reading->arena, &deleted_to, &err) &&
	    receipts_write_page(reading->rows, reading->page.row_count, deleted_to, &reading->loaded[1], &reading->cursor,
				&reading->arena, &writer, &err) &&
	    buf_check(&body, "a page of receipts", &err))
		respond(reading->waiting.request, 200, RESPOND_JSON, buf_str(&body));
	else
		respond_error(reading->waiting.request, 500, err.text);
	buf_release(&body);
}

static void read_done(struct store_request *request)
{
	struct reading *reading = request->owner;

	if (--reading->waiting_for > 0)
		return;
	if (reading->waiting.request)
		answer_reading(reading);
	playground_waiting_end(&reading->waiting);
}

static void submit(struct reading *reading, struct store_request *request)
{
	request->arena = &reading->arena;
	request->now_s = clock_unix_ms() / 1000;
	request->done = read_done;
	request->owner = reading;
	store_submit(reading->store, request);
}

static void start_reading(struct playground_waiting **list, struct store *store, struct server_request *request,
			  struct str player, const struct receipts_cursor *cursor)
{
	struct reading *reading = calloc(1, sizeof(*reading));

	if (!reading) {
		respond_error(request, 500, "no memory for the receipts");
		return;
	}
	reading->waiting.request = request;
	reading->waiting.free = free_reading;
	playground_waiting_add(list, &reading->waiting);
	reading->store = store;
	reading->cursor = *cursor;
	arena_init(&reading->arena, PLAYGROUND_ARENA_BYTES_MAX);
	player = arena_str(&reading->arena, player);
	reading->page = (struct store_request){
		.kind = STORE_PAGE,
		.rows = reading->rows,
		.row_count = RECEIPTS_PAGE_ROWS + 1,
		.page_key = player,
		.page_before = cursor->before,
	};
	reading->loaded[0] = (struct store_row){.table = STORE_USERS, .key = player};
	reading->loaded[1] = (struct store_row){.table = STORE_HISTORY, .key = player, .sort = cursor->revealed};
	reading->load = (struct store_request){.kind = STORE_LOAD, .rows = reading->loaded, .row_count = cursor->revealed ? 2 : 1};
	reading->waiting_for = 2;
	submit(reading, &reading->page);
	submit(reading, &reading->load);
}

void playground_history_serve(struct playground_waiting **list, struct store *store, struct server_request *request)
{
	struct str player = server_query(request, "player");
	struct receipts_cursor cursor;

	if (!receipts_is_player(player))
		respond_error(request, 400, "\"player\" has to be a player's key: the user's id, or with HOMU_SCOPE=guild the server's id, a slash and the user's id");
	else if (!receipts_cursor_read(server_query(request, "before"), &cursor))
		respond_error(request, 400, "\"before\" has to be what the page before gave as \"next\"");
	else
		start_reading(list, store, request, player, &cursor);
}
