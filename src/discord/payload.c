#include "discord/payload.h"

#include <string.h>

#include "base/json_write.h"

static const char query[] = "v=10&encoding=json&compress=zlib-stream";

static const char *const status_names[] = {
	[PRESENCE_ONLINE] = "online",
	[PRESENCE_IDLE] = "idle",
	[PRESENCE_DND] = "dnd",
	[PRESENCE_INVISIBLE] = "invisible",
};

enum { OP_HEARTBEAT = 1, OP_IDENTIFY = 2, OP_PRESENCE = 3, OP_RESUME = 6, ACTIVITY_CUSTOM = 4 };

static void begin(struct json_writer *writer, unsigned op, struct buf *out)
{
	json_writer_init(writer, out);
	json_begin_object(writer);
	json_member_u64(writer, "op", op);
	json_keyc(writer, "d");
}

static void write_presence(const struct presence *presence, struct json_writer *writer)
{
	json_begin_object(writer);
	json_member_null(writer, "since");
	json_keyc(writer, "activities");
	json_begin_array(writer);
	if (presence->text.len) {
		json_begin_object(writer);
		json_member_cstr(writer, "name", "Custom Status");
		json_member_u64(writer, "type", ACTIVITY_CUSTOM);
		json_member_str(writer, "state", presence->text);
		json_end_object(writer);
	}
	json_end_array(writer);
	json_member_cstr(writer, "status", status_names[presence->status]);
	json_member_bool(writer, "afk", false);
	json_end_object(writer);
}

void payload_identify(const struct secret *token, unsigned shard, unsigned shard_count,
		      const struct presence *presence, struct buf *out)
{
	struct json_writer writer;

	begin(&writer, OP_IDENTIFY, out);
	json_begin_object(&writer);
	json_member_str(&writer, "token", secret_reveal(token));
	json_member_u64(&writer, "intents", 0);
	json_keyc(&writer, "properties");
	json_begin_object(&writer);
	json_member_cstr(&writer, "os", "linux");
	json_member_cstr(&writer, "browser", "homuhomu");
	json_member_cstr(&writer, "device", "homuhomu");
	json_end_object(&writer);
	json_keyc(&writer, "shard");
	json_begin_array(&writer);
	json_put_u64(&writer, shard);
	json_put_u64(&writer, shard_count);
	json_end_array(&writer);
	if (presence->text.len || presence->status != PRESENCE_ONLINE) {
		json_keyc(&writer, "presence");
		write_presence(presence, &writer);
	}
	json_end_object(&writer);
	json_end_object(&writer);
}

void payload_resume(const struct secret *token, struct str session_id, int64_t seq, struct buf *out)
{
	struct json_writer writer;

	begin(&writer, OP_RESUME, out);
	json_begin_object(&writer);
	json_member_str(&writer, "token", secret_reveal(token));
	json_member_str(&writer, "session_id", session_id);
	json_member_i64(&writer, "seq", seq);
	json_end_object(&writer);
	json_end_object(&writer);
}

void payload_heartbeat(const int64_t *seq, struct buf *out)
{
	struct json_writer writer;

	begin(&writer, OP_HEARTBEAT, out);
	if (seq)
		json_put_i64(&writer, *seq);
	else
		json_put_null(&writer);
	json_end_object(&writer);
}

void payload_presence(const struct presence *presence, struct buf *out)
{
	struct json_writer writer;

	begin(&writer, OP_PRESENCE, out);
	write_presence(presence, &writer);
	json_end_object(&writer);
}

void payload_url(struct str url, struct buf *out)
{
	struct str head, old, field, name, rest;
	ssize_t scheme;

	str_cut(url, '#', &url, &rest);
	str_cut(url, '?', &head, &old);
	buf_add(out, head);
	scheme = str_find(head, STR("://"));
	if (scheme >= 0 && str_find_char(str_skip(head, (size_t)scheme + 3), '/') < 0)
		buf_add_char(out, '/');
	buf_add_char(out, '?');
	while (str_next(&old, '&', &field)) {
		str_cut(field, '=', &name, &rest);
		if (name.len == 0 || str_eqc(name, "v") || str_eqc(name, "encoding") || str_eqc(name, "compress"))
			continue;
		buf_add(out, field);
		buf_add_char(out, '&');
	}
	buf_addc(out, query);
}

static bool is_escape_of(const char *at, const char *end, int32_t first, int32_t last)
{
	int32_t code_point;

	if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
		return false;
	code_point = json_hex4(at + 2);
	return code_point >= first && code_point <= last;
}

/* Whether there was a lone surrogate. */
static bool mend(char *at, const char *end)
{
	bool found = false;

	while (at < end) {
		if (is_escape_of(at, end, 0xD800, 0xDBFF) && is_escape_of(at + 6, end, 0xDC00, 0xDFFF)) {
			at += 12;
		} else if (is_escape_of(at, end, 0xD800, 0xDFFF)) {
			memcpy(at + 2, "fffd", 4);
			found = true;
			at += 6;
		} else {
			at += *at == '\\' ? 2 : 1;
		}
	}
	return found;
}

bool payload_read(struct arena *arena, struct str text, struct json *root, bool *was_mended, struct err *err)
{
	struct str copy;

	*was_mended = false;
	if (json_parse(arena, text, root, err))
		return true;
	copy = arena_str(arena, text);
	if (!arena_check(arena, "a frame", NULL) || copy.len == 0)
		return false;
	*was_mended = mend((char *)copy.ptr, copy.ptr + copy.len) && json_parse(arena, copy, root, NULL);
	return *was_mended;
}
