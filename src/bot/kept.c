#include "bot/kept.h"

#include <string.h>

#include "base/codec.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/log.h"

#define KEY_ROW "meta#mac"
#define GATEWAY_ROW "meta#gateway#"
/* The row, its document and the change set. */
#define KEPT_BYTES_MAX (4 * GATEWAY_STATE_BYTES_MAX)
/* Failures in a row after which a text is given up, and the key put off, until the next text comes. */
#define FAILURES_MAX 3

static void write_newest(struct kept *kept, int64_t now_s);

static struct str gateway_row(const struct kept *kept, struct arena *arena)
{
	return arena_printf(arena, GATEWAY_ROW "%.*s", STR_ARG(kept->shards));
}

void kept_init(struct kept *kept, struct store *store, struct str shards)
{
	*kept = (struct kept){.store = store, .shards = shards};
	arena_init(&kept->arena, KEPT_BYTES_MAX);
	arena_init(&kept->key_arena, KEPT_BYTES_MAX);
	buf_init(&kept->text, GATEWAY_STATE_BYTES_MAX);
	buf_init(&kept->sent, GATEWAY_STATE_BYTES_MAX);
	kept->row = (struct store_row){.table = STORE_SETTINGS};
}

void kept_release(struct kept *kept)
{
	if (!kept->store)
		return;
	arena_release(&kept->arena);
	arena_release(&kept->key_arena);
	buf_release(&kept->text);
	buf_release(&kept->sent);
	*kept = (struct kept){.store = NULL};
}

static bool read_key(struct kept *kept, uint8_t key[CUSTOM_ID_KEY_SIZE], struct err *err)
{
	struct json root;
	struct str hex;

	if (!json_parse(&kept->key_arena, kept->key_row.doc, &root, err))
		return err_wrap(err, KEY_ROW " in the store");
	if (!json_text(json_get(root, "key"), &kept->key_arena, &hex) || !codec_unhex(hex, key, CUSTOM_ID_KEY_SIZE))
		return err_set(err, ERR_INPUT,
			       KEY_ROW " in the store holds no key; remove that row to make a new one (buttons sent so far stop working)");
	return true;
}

static void submit_key(struct kept *kept, enum store_request_kind kind, int64_t now_s);

static void key_written(struct store_request *request)
{
	struct kept *kept = request->owner;
	struct err err = request->err;

	if (request->kind == STORE_COMMIT && err.code == ERR_CONFLICT) {
		submit_key(kept, STORE_LOAD, request->now_s);
		return;
	}
	if (err.code != ERR_NONE && err_may_retry(&err)) {
		if (++kept->key_failures < FAILURES_MAX) {
			submit_key(kept, STORE_COMMIT, request->now_s);
			return;
		}
		kept->key_waits = true;
		log_event(LOG_WARN, "the buttons' key is not kept yet", LOG_E(&err));
		return;
	}
	if (err.code != ERR_NONE || (request->kind == STORE_LOAD && !read_key(kept, kept->key, &err)))
		log_event(LOG_ERROR, "the buttons' key is not kept, so buttons sent from now on end with this process", LOG_E(&err));
	kept->key = NULL;
	arena_clear(&kept->key_arena);
}

static void submit_key(struct kept *kept, enum store_request_kind kind, int64_t now_s)
{
	kept->key_request = (struct store_request){
		.kind = kind,
		.arena = &kept->key_arena,
		.now_s = now_s,
		.rows = &kept->key_row,
		.row_count = 1,
		.changes = &kept->key_changes,
		.done = key_written,
		.owner = kept,
	};
	store_submit(kept->store, &kept->key_request);
}

static bool make_key(struct kept *kept, struct rng *rng, int64_t now_s, uint8_t key[CUSTOM_ID_KEY_SIZE], struct err *err)
{
	char hex[2 * CUSTOM_ID_KEY_SIZE + 1];
	char memory[sizeof(hex) + 16];
	struct json_writer writer;
	struct buf doc;

	rng_bytes(rng, key, CUSTOM_ID_KEY_SIZE);
	buf_wrap(&doc, memory, sizeof(memory));
	json_writer_init(&writer, &doc);
	json_begin_object(&writer);
	json_member_str(&writer, "key", codec_hex(key, CUSTOM_ID_KEY_SIZE, hex));
	json_end_object(&writer);
	if (!buf_check(&doc, "a key", err))
		return false;
	kept->key_row.doc = arena_str(&kept->key_arena, buf_str(&doc));
	kept->key_changes = (struct store_changes){.once = STR_EMPTY, .answer = STR_EMPTY};
	if (!arena_check(&kept->key_arena, "a key", err) ||
	    !store_changes_add(&kept->key_changes, STORE_PUT, &kept->key_row))
		return false;
	kept->key = key;
	submit_key(kept, STORE_COMMIT, now_s);
	return true;
}

bool kept_load(struct kept *kept, struct rng *rng, int64_t now_s, uint8_t key[CUSTOM_ID_KEY_SIZE], struct err *err)
{
	struct store_row rows[] = {
		{.table = STORE_SETTINGS, .key = STR(KEY_ROW)},
		{.table = STORE_SETTINGS, .key = gateway_row(kept, &kept->key_arena)},
	};
	struct store_request request = {
		.kind = STORE_LOAD,
		.arena = &kept->key_arena,
		.now_s = now_s,
		.rows = rows,
		.row_count = sizeof(rows) / sizeof(rows[0]),
	};
	bool ok;

	if (!store_wait(kept->store, &request)) {
		*err = request.err;
		return err_wrap(err, "what the bot keeps");
	}
	kept->key_row = rows[0];
	kept->row.version = rows[1].version;
	buf_add(&kept->text, rows[1].doc);
	if (kept->key_row.version == 0)
		return make_key(kept, rng, now_s, key, err);
	ok = read_key(kept, key, err);
	arena_clear(&kept->key_arena);
	return ok;
}

struct str kept_gateway(const struct kept *kept)
{
	return buf_str(&kept->text);
}

static void written(struct store_request *request)
{
	struct kept *kept = request->owner;
	int64_t now_s = request->now_s;

	kept->under_way = false;
	if (kept->reloading && request->err.code == ERR_NONE) {
		kept->reloading = false;
		/* Ours, if only the answer to the write was lost. */
		if (kept->taken && !str_eq(kept->row.doc, buf_str(&kept->sent)))
			kept->taken(kept->owner);
	} else if (request->err.code == ERR_NONE) {
		kept->row.version++;
		kept->failures = 0;
	} else {
		kept->reloading = request->err.code == ERR_CONFLICT;
		kept->is_new = ++kept->failures < FAILURES_MAX;
		if (!kept->is_new)
			log_event(LOG_WARN, "gateway session not kept", LOG_E(&request->err));
	}
	if (kept->is_new && !kept->under_way)
		write_newest(kept, now_s);
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
	kept->row.key = gateway_row(kept, &kept->arena);
	if (kept->reloading) {
		kept->request.kind = STORE_LOAD;
		kept->request.rows = &kept->row;
		kept->request.row_count = 1;
	} else {
		kept->row.doc = arena_str(&kept->arena, buf_str(&kept->text));
		buf_clear(&kept->sent);
		buf_add(&kept->sent, kept->row.doc);
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
	if (kept->key_waits) {
		kept->key_waits = false;
		kept->key_failures = 0;
		submit_key(kept, STORE_COMMIT, now_s);
	}
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
	return !kept->under_way && !kept->is_new && (!kept->key || kept->key_waits);
}
