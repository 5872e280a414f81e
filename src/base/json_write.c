#include "base/json_write.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/codec.h"

void json_writer_init(struct json_writer *writer, struct buf *out)
{
	*writer = (struct json_writer){.out = out};
}

bool json_writer_done(const struct json_writer *writer)
{
	return writer->depth == 0 && writer->stack[0].has_member && !writer->out->full;
}

/* The comma before a value, and the check that a value may stand here. */
static void begin_value(struct json_writer *writer)
{
	if (writer->stack[writer->depth].in_object) {
		assert(writer->stack[writer->depth].after_key);
		writer->stack[writer->depth].after_key = 0;
		return;
	}
	if (writer->stack[writer->depth].has_member) {
		assert(writer->depth > 0); /* a second value at the top */
		buf_add_char(writer->out, ',');
	}
	writer->stack[writer->depth].has_member = 1;
}

static void begin_container(struct json_writer *writer, bool object)
{
	assert(writer->depth < JSON_DEPTH_MAX);
	begin_value(writer);
	writer->depth++;
	writer->stack[writer->depth].in_object = object;
	writer->stack[writer->depth].has_member = 0;
	writer->stack[writer->depth].after_key = 0;
	buf_add_char(writer->out, object ? '{' : '[');
}

static void end_container(struct json_writer *writer, bool object)
{
	assert(writer->depth > 0);
	assert(writer->stack[writer->depth].in_object == object);
	assert(!writer->stack[writer->depth].after_key);
	writer->depth--;
	buf_add_char(writer->out, object ? '}' : ']');
}

void json_begin_object(struct json_writer *writer)
{
	begin_container(writer, true);
}

void json_end_object(struct json_writer *writer)
{
	end_container(writer, true);
}

void json_begin_array(struct json_writer *writer)
{
	begin_container(writer, false);
}

void json_end_array(struct json_writer *writer)
{
	end_container(writer, false);
}

static void add_escape(struct buf *out, unsigned char c)
{
	static const char letters[] = "btn\0fr"; /* of 0x08 to 0x0D */
	static const char digits[] = "0123456789abcdef";

	buf_add_char(out, '\\');
	if (c == '"' || c == '\\') {
		buf_add_char(out, (char)c);
	} else if (c >= 0x08 && c <= 0x0D && c != 0x0B) {
		buf_add_char(out, letters[c - 0x08]);
	} else {
		buf_addc(out, "u00");
		buf_add_char(out, digits[c >> 4]);
		buf_add_char(out, digits[c & 15]);
	}
}

static void add_quoted(struct buf *out, struct str text)
{
	size_t start = 0; /* of what is copied as it stands */
	size_t pos = 0;

	buf_add_char(out, '"');
	while (pos < text.len) {
		size_t at = pos;
		unsigned char c = (unsigned char)text.ptr[at];

		if (c >= 0x80) {
			if (codec_utf8_next(text, &pos) >= 0)
				continue;
			buf_add(out, str_make(text.ptr + start, at - start));
			buf_addc(out, "\xEF\xBF\xBD");
			start = pos;
			continue;
		}
		pos++;
		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, str_make(text.ptr + start, at - start));
		add_escape(out, c);
		start = pos;
	}
	buf_add(out, str_make(text.ptr + start, pos - start));
	buf_add_char(out, '"');
}

static void begin_key(struct json_writer *writer)
{
	assert(writer->stack[writer->depth].in_object);
	assert(!writer->stack[writer->depth].after_key);
	if (writer->stack[writer->depth].has_member)
		buf_add_char(writer->out, ',');
	writer->stack[writer->depth].has_member = 1;
	writer->stack[writer->depth].after_key = 1;
}

void json_key(struct json_writer *writer, struct str key)
{
	begin_key(writer);
	add_quoted(writer->out, key);
	buf_add_char(writer->out, ':');
}

void json_keyc(struct json_writer *writer, const char *key)
{
	json_key(writer, str_from(key));
}

/* A number or a word. */
static void put_bare(struct json_writer *writer, struct str text)
{
	begin_value(writer);
	buf_add(writer->out, text);
}

void json_put_str(struct json_writer *writer, struct str value)
{
	begin_value(writer);
	add_quoted(writer->out, value);
}

void json_put_cstr(struct json_writer *writer, const char *value)
{
	json_put_str(writer, str_from(value));
}

void json_put_u64(struct json_writer *writer, uint64_t value)
{
	begin_value(writer);
	buf_add_u64(writer->out, value);
}

void json_put_i64(struct json_writer *writer, int64_t value)
{
	begin_value(writer);
	if (value < 0)
		buf_add_char(writer->out, '-');
	buf_add_u64(writer->out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void json_put_double(struct json_writer *writer, double value)
{
	char digits[32];

	if (!isfinite(value)) {
		json_put_null(writer);
		return;
	}
	snprintf(digits, sizeof(digits), "%.15g", value);
	if (strtod(digits, NULL) != value)
		snprintf(digits, sizeof(digits), "%.17g", value);
	put_bare(writer, str_from(digits));
}

void json_put_bool(struct json_writer *writer, bool value)
{
	put_bare(writer, value ? STR("true") : STR("false"));
}

void json_put_null(struct json_writer *writer)
{
	put_bare(writer, STR("null"));
}

void json_put_snowflake(struct json_writer *writer, uint64_t value)
{
	begin_value(writer);
	buf_add_char(writer->out, '"');
	buf_add_u64(writer->out, value);
	buf_add_char(writer->out, '"');
}

/* ---- values that were read ---- */

/* A string as it stands in its document, with canonical escapes. It was checked: only escapes need a look. */
static void add_requoted(struct buf *out, struct json string)
{
	struct str raw = json_raw(string);
	size_t pos = 0;

	raw = str_take(str_skip(raw, 1), raw.len - 2);
	buf_add_char(out, '"');
	while (pos < raw.len) {
		struct str rest = str_skip(raw, pos);
		ssize_t plain = str_find_char(rest, '\\');
		char piece[4];
		size_t len;

		if (plain < 0) {
			buf_add(out, rest);
			break;
		}
		buf_add(out, str_take(rest, (size_t)plain));
		pos += (size_t)plain;
		len = json_decode_next(raw, &pos, piece);
		if (len == 1 && ((unsigned char)piece[0] < 0x20 || piece[0] == '"' || piece[0] == '\\'))
			add_escape(out, (unsigned char)piece[0]);
		else
			buf_add(out, str_make(piece, len));
	}
	buf_add_char(out, '"');
}

/* Everything but containers that hold something. */
static void put_scalar(struct json_writer *writer, struct json value)
{
	begin_value(writer);
	if (json_type(value) == JSON_STRING)
		add_requoted(writer->out, value);
	else
		buf_add(writer->out, json_is_missing(value) ? STR("null") : json_raw(value));
}

static void put_key(struct json_writer *writer, struct json key)
{
	begin_key(writer);
	add_requoted(writer->out, key);
	buf_add_char(writer->out, ':');
}

/* What was read may be nested as deep as is allowed, and go into something that is nested already. */
static bool has_room(struct json_writer *writer)
{
	if (writer->depth < JSON_DEPTH_MAX)
		return true;
	writer->out->full = true;
	json_put_null(writer);
	return false;
}

void json_put_value(struct json_writer *writer, struct json value)
{
	bool object = json_type(value) == JSON_OBJECT;
	struct json_iter iter = json_iterate(value);
	struct json key, child;

	if (!object && json_type(value) != JSON_ARRAY) {
		put_scalar(writer, value);
		return;
	}
	if (!has_room(writer))
		return;
	begin_container(writer, object);
	while (json_next(&iter, &key, &child)) {
		if (object)
			put_key(writer, key);
		json_put_value(writer, child);
	}
	end_container(writer, object);
}

static void put_canonical_object(struct json_writer *writer, struct json object, struct arena *arena)
{
	const struct json_member *members = json_sort_members(object, arena);

	begin_container(writer, true);
	if (!members)
		writer->out->full = true;
	for (size_t i = 0; members && i < json_count(object); i++) {
		put_key(writer, members[i].key);
		json_put_canonical(writer, members[i].value, arena);
	}
	end_container(writer, true);
}

void json_put_canonical(struct json_writer *writer, struct json value, struct arena *arena)
{
	enum json_type type = json_type(value);
	struct json_iter iter = json_iterate(value);
	struct json key, child;

	if (type != JSON_OBJECT && type != JSON_ARRAY) {
		put_scalar(writer, value);
	} else if (!has_room(writer)) {
		return;
	} else if (type == JSON_OBJECT) {
		put_canonical_object(writer, value, arena);
	} else {
		begin_container(writer, false);
		while (json_next(&iter, &key, &child))
			json_put_canonical(writer, child, arena);
		end_container(writer, false);
	}
}

/* ---- key and value in one call ---- */

void json_member_str(struct json_writer *writer, const char *key, struct str value)
{
	json_keyc(writer, key);
	json_put_str(writer, value);
}

void json_member_cstr(struct json_writer *writer, const char *key, const char *value)
{
	json_keyc(writer, key);
	json_put_cstr(writer, value);
}

void json_member_u64(struct json_writer *writer, const char *key, uint64_t value)
{
	json_keyc(writer, key);
	json_put_u64(writer, value);
}

void json_member_i64(struct json_writer *writer, const char *key, int64_t value)
{
	json_keyc(writer, key);
	json_put_i64(writer, value);
}

void json_member_double(struct json_writer *writer, const char *key, double value)
{
	json_keyc(writer, key);
	json_put_double(writer, value);
}

void json_member_bool(struct json_writer *writer, const char *key, bool value)
{
	json_keyc(writer, key);
	json_put_bool(writer, value);
}

void json_member_null(struct json_writer *writer, const char *key)
{
	json_keyc(writer, key);
	json_put_null(writer);
}

void json_member_snowflake(struct json_writer *writer, const char *key, uint64_t value)
{
	json_keyc(writer, key);
	json_put_snowflake(writer, value);
}
