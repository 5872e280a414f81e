#include "bot/kept.h"

#include <string.h>

#include "base/codec.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/log.h"

#define KEY_ROW "meta#mac"
#define GATEWAY_ROW "meta#gateway"
/* The row, its document and the change set. */
#define KEPT_BYTES_MAX (4 * GATEWAY_STATE_BYTES_MAX)
/* Failures in a row after which a text is given up until the next one comes. */
#define FAILURES_MAX 3

static void write_newest(struct kept *kept, int64_t now_s);

void kept_init(struct kept *kept, struct store *store)
{
	*kept = (struct kept){.store = store};
	arena_init(&kept->arena, KEPT_BYTES_MAX);
	buf_init(&kept->text, GATEWAY_STATE_BYTES_MAX);
	kept->row = (struct store_row){.table = STORE_SETTINGS, .key = STR(GATEWAY_ROW)};
}

void kept_release(struct kept *kept)
{
	if (!kept->store)
		return;
	arena_release(&kept->arena);
	buf_release(&kept->text);
	*kept = (struct kept){.store = NULL};
}

static bool load_now(struct kept *kept, struct store_row *row, int64_t now_s, struct err *err)
{
	struct store_request request = {
		.kind = STORE_LOAD, .arena = &kept->arena, .now_s = now_s, .rows = row, .row_count = 1};

	if (store_wait(kept->store, &request))
		return true;
	*err = request.err;
	return err_wrap(err, "%.*s in the store", STR_ARG(row->key));
}

static bool read_key(struct kept *kept, const struct store_row *row, uint8_t key[CUSTOM_ID_KEY_SIZE], struct err *err)
{
	struct json root;
	struct str hex;

	if (!json_parse(&kept->arena, row->doc, &root, err))
		return err_wrap(err, KEY_ROW " in the store");
	if (!json_text(json_get(root, "key"), &kept->arena, &hex) || !codec_unhex(hex, key, CUSTOM_ID_KEY_SIZE))
		return err_set(err, ERR_INPUT,
			       KEY_ROW " in the store holds no key; remove that row to make a new one (buttons sent so far stop working)");
	return true;
}

/* False with ERR_CONFLICT when another process has just made one. */
static bool make_key(struct kept *kept, struct store_row *row, struct rng *rng, int64_t now_s, struct err *err)
{
	struct store_changes changes = {.once = STR_EMPTY, .answer = STR_EMPTY};
	struct store_request request = {
		.kind = STORE_COMMIT, .arena = &kept->arena, .now_s = now_s, .changes = &changes};
	uint8_t key[CUSTOM_ID_KEY_SIZE];
	char hex[2 * CUSTOM_ID_KEY_SIZE + 1];

	rng_bytes(rng, key, sizeof(key));
	row->doc = arena_printf(&kept->arena, "{\"key\":\"%.*s\"}", STR_ARG(codec_hex(key, sizeof(key), hex)));
	if (!arena_check(&kept->arena, "a key", err) || !store_changes_add(&changes, STORE_PUT, row))
		return false;
	if (store_wait(kept->store, &request))
		return true;
	*err = request.err;
	return err_wrap(err, KEY_ROW " in the store");
}

bool kept_load_key(struct kept *kept, struct rng *rng, int64_t now_s, uint8_t key[CUSTOM_ID_KEY_SIZE], struct err *err)
{
	struct store_row row = {.table = STORE_SETTINGS, .key = STR(KEY_ROW)};
	bool ok = load_now(kept, &row, now_s, err);

	if (ok && row.version == 0) {
		ok = make_key(kept, &row, rng, now_s, err) ||
		     (err->code == ERR_CONFLICT && load_now(kept, &row, now_s, err));
	}
	ok = ok && read_key(kept, &row, key, err);
	arena_clear(&kept->arena);
	return ok;
}

bool kept_load_gateway(struct kept *kept, int64_t now_s, struct str *text, struct err *err)
{
	if (!load_now(kept, &kept->row, now_s, err))
		return false;
	*text = STR_EMPTY;
	if (kept->row.version != 0 && buf_add(&kept->text, kept->row.doc))
		*text = buf_str(&kept->text);
	arena_clear(&kept->arena);
	kept->row.doc = STR_EMPTY;
	return true;
}

static void written(struct store_request *request)
{
	struct kept *kept = request->owner;

	kept->under_way = false;
	if (kept->reloading && request->err.code == ERR_NONE) {
		kept->reloading = false;
	} else if (request->err.code == ERR_NONE) {
		kept->row.version++;
		kept->failures = 0;
	} else {
		kept->reloading = request->err.code == ERR_CONFLICT;
		kept->is_new = ++kept->failures < FAILURES_MAX;
		if (!kept->is_new)
			log_event(LOG_WARN, "gateway session not kept", LOG_E(&request->err));
	}
	if (kept->is_new)
		write_newest(kept, request->now_s);
}

static void write_newest(struct kept *kept, int64_t now_s)
{
	arena_clear(&kept->arena);
	kept->request = (struct store_request){
		.arena = &kept->arena,
		.now_s = now_s,
		.done = written,
		.owner = kept,
	};
	kept->row.key = STR(GATEWAY_ROW);
	if (kept->reloading) {
		kept->request.kind = STORE_LOAD;
		kept->request.rows = &kept->row;
		kept->request.row_count = 1;
	} else {
		kept->row.doc = arena_str(&kept->arena, buf_str(&kept->text));
		kept->changes = (struct store_changes){.once = STR_EMPTY, .answer = STR_EMPTY};
		store_changes_add(&kept->changes, STORE_PUT, &kept->row);
		kept->request.kind = STORE_COMMIT;
		kept->request.changes = &kept->changes;
		kept->is_new = false;
	}
	kept->under_way = true;
	store_submit(kept->store, &kept->request);
}

void kept_save_gateway(struct kept *kept, struct str text, int64_t now_s)
{
	buf_clear(&kept->text);
	if (!buf_add(&kept->text, text)) {
		log_event(LOG_WARN, "gateway session not kept", LOG_U("bytes", text.len),
			  LOG_U("bytes_max", GATEWAY_STATE_BYTES_MAX));
		return;
	}
	kept->is_new = true;
	kept->failures = 0;
	if (!kept->under_way)
		write_newest(kept, now_s);
}

bool kept_is_idle(const struct kept *kept)
{
	return !kept->under_way && !kept->is_new;
}
