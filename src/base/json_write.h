/*
 * Writing JSON: one writer with a nesting stack. There is no function that appends raw text.
 *
 * Commas, colons and escapes are the writer's; calling it out of order is our own mistake and
 * asserts. Text that is not UTF-8 is written with U+FFFD. Output is canonical in form: no white
 * space, escapes as gacha.md's canonical JSON wants; the order of keys is the caller's.
 */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json_read.h"
#include "base/limits.h"
#include "base/str.h"

struct json_writer {
	struct buf *out; /* borrowed; its `full` is the writer's only failure, also for a read value nested too deep */
	uint8_t depth;
	struct {
		uint8_t in_object : 1, has_member : 1, after_key : 1;
	} stack[JSON_DEPTH_MAX + 1];
};

void json_writer_init(struct json_writer *writer, struct buf *out);
/* Whether one complete value was written and everything fitted. */
bool json_writer_done(const struct json_writer *writer);

void json_begin_object(struct json_writer *writer);
void json_end_object(struct json_writer *writer);
void json_begin_array(struct json_writer *writer);
void json_end_array(struct json_writer *writer);
void json_key(struct json_writer *writer, struct str key);
void json_keyc(struct json_writer *writer, const char *key);

void json_put_str(struct json_writer *writer, struct str value);
void json_put_cstr(struct json_writer *writer, const char *value);
void json_put_u64(struct json_writer *writer, uint64_t value);
void json_put_i64(struct json_writer *writer, int64_t value);
/* The shorter of %.15g and %.17g that reads back; null if not finite. */
void json_put_double(struct json_writer *writer, double value);
void json_put_bool(struct json_writer *writer, bool value);
void json_put_null(struct json_writer *writer);
void json_put_snowflake(struct json_writer *writer, uint64_t value); /* a string */
/* Copies a value that was read: in canonical form, but keys in document order. A missing one is null. */
void json_put_value(struct json_writer *writer, struct json value);
/* Copies with object keys sorted by their UTF-8 bytes (gacha.md, Hash). Scratch memory from arena. */
void json_put_canonical(struct json_writer *writer, struct json value, struct arena *arena);

/* key and value in one call */
void json_member_str(struct json_writer *writer, const char *key, struct str value);
void json_member_cstr(struct json_writer *writer, const char *key, const char *value);
void json_member_u64(struct json_writer *writer, const char *key, uint64_t value);
void json_member_i64(struct json_writer *writer, const char *key, int64_t value);
void json_member_double(struct json_writer *writer, const char *key, double value);
void json_member_bool(struct json_writer *writer, const char *key, bool value);
void json_member_null(struct json_writer *writer, const char *key);
void json_member_snowflake(struct json_writer *writer, const char *key, uint64_t value);

#endif
