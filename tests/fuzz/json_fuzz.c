/* The JSON reader and writer: what is accepted can be walked, comes back out as JSON, and settles after one round. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/json_write.h"

enum { MEMORY_MAX = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Every getter on every value, and each key finds the first member of its name. */
static void walk(struct json value, struct arena *arena)
{
	struct json_iter iter = json_iterate(value);
	struct json key, child;
	size_t count = 0;
	int64_t number;
	uint64_t big;
	double real;
	bool flag;
	struct str text;

	json_i64(value, INT64_MIN, INT64_MAX, &number);
	json_u64(value, 0, UINT64_MAX, &big);
	json_double(value, &real);
	json_bool(value, &flag);
	json_snowflake(value, &big);
	require(json_text(value, arena, &text) == (json_type(value) == JSON_STRING));
	require(json_raw(value).len > 0);
	while (json_next(&iter, &key, &child)) {
		if (json_type(value) == JSON_OBJECT) {
			struct json found;

			require(json_text(key, arena, &text));
			found = json_get_str(value, text);
			require(!json_is_missing(found) && found.token <= child.token);
		} else {
			require(count >= 64 || json_at(value, count).token == child.token);
		}
		walk(child, arena);
		count++;
	}
	require(count == json_count(value));
}

static struct str written(struct json value, struct arena *arena, bool canonical)
{
	struct json_writer writer;
	struct buf out;
	struct str copy;

	buf_init(&out, MEMORY_MAX);
	json_writer_init(&writer, &out);
	if (canonical)
		json_put_canonical(&writer, value, arena);
	else
		json_put_value(&writer, value);
	require(json_writer_done(&writer));
	copy = arena_str(arena, buf_str(&out));
	buf_release(&out);
	return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct json_fault fault = {0};
	struct arena arena;
	struct json root, again;
	struct err err;

	arena_init(&arena, MEMORY_MAX);
	if (!json_parse(&arena, text, &root, &err)) {
		require(err.code == ERR_INPUT && !json_check(text, NULL, &fault));
		require(fault.offset <= size && fault.line >= 1 && fault.column >= 1 && fault.why);
	} else {
		require(json_check(text, NULL, NULL));
		walk(root, &arena);
		for (int canonical = 0; canonical < 2; canonical++) {
			struct str once = written(root, &arena, canonical);

			require(json_parse(&arena, once, &again, &err));
			require(str_eq(written(again, &arena, canonical), once));
		}
		if (!json_parse_strict(&arena, text, &again, &fault, &err))
			require(err.code == ERR_INPUT && fault.offset < size);
	}
	require(!arena.full);
	arena_release(&arena);
	return 0;
}
