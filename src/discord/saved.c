#include "discord/saved.h"

#include "base/codec.h"
#include "base/json_write.h"
#include "base/limits.h"

enum { VERSION = 1 };

uint64_t saved_bot_id(const struct secret *token, struct arena *arena)
{
	struct str head, rest, digits;
	uint64_t id = 0;

	if (str_cut(secret_reveal(token), '.', &head, &rest) && codec_unbase64url(arena, head, &digits))
		str_to_u64(digits, 1, UINT64_MAX, &id);
	return id;
}

bool saved_write(uint64_t bot_id, const struct budget *budget, const struct shards *shards, enum saved_sessions which,
		 uint64_t application_id, int64_t now_unix_ms, struct buf *out)
{
	struct json_writer writer;

	json_writer_init(&writer, out);
	json_begin_object(&writer);
	json_member_u64(&writer, "version", VERSION);
	json_member_snowflake(&writer, "bot", bot_id);
	json_member_i64(&writer, "at", now_unix_ms);
	json_keyc(&writer, "budget");
	budget_write(budget, &writer);
	if (which != SAVED_NONE) {
		json_member_snowflake(&writer, "application", application_id);
		shards_write(shards, which == SAVED_ALL, &writer);
	}
	json_end_object(&writer);
	return json_writer_done(&writer);
}

bool saved_read(struct str text, uint64_t bot_id, int64_t now_unix_ms, struct saved *saved, struct arena *arena)
{
	int64_t version, at_unix_ms;
	struct json state;
	uint64_t bot;

	if (text.len == 0 || text.len > GATEWAY_STATE_BYTES_MAX || !json_parse(arena, text, &state, NULL) ||
	    !json_i64(json_get(state, "version"), VERSION, VERSION, &version) ||
	    !json_i64(json_get(state, "at"), 0, INT64_MAX / 2, &at_unix_ms) ||
	    !str_to_u64(json_text_or(json_get(state, "bot"), arena, STR_EMPTY), 0, UINT64_MAX, &bot) || bot != bot_id)
		return false;
	budget_read(saved->budget, json_get(state, "budget"));
	if (now_unix_ms < at_unix_ms || now_unix_ms - at_unix_ms > RESUME_FRESH_MS ||
	    !shards_read(saved->shards, saved->wanted, saved->token, saved->rng, state, arena))
		return false;
	json_snowflake(json_get(state, "application"), &saved->application_id);
	return true;
}
