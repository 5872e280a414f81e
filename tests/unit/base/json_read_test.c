#include "test.h"

#include <limits.h>

#include "base/json_read.h"
#include "base/limits.h"

static struct arena arena;

/* Parses what is known to be JSON; the arena is given back by the next call. */
static struct json parsed(const char *text)
{
	struct json root = JSON_MISSING_VALUE;
	struct err err = {0};

	arena_release(&arena);
	arena_init(&arena, 1 << 24);
	if (!json_parse(&arena, str_from(text), &root, &err))
		test_check_str(err.text, "", __FILE__, __LINE__, text);
	return root;
}

#define CHECK_STR(got, want) \
	do { \
		struct str got_ = (got); \
		CHECK_EQ_BYTES(got_.ptr, got_.len, want, sizeof(want) - 1); \
	} while (0)

TEST(a_text_that_is_no_json_is_refused_with_line_and_column)
{
	struct json root;
	struct err err;

	arena_init(&arena, 1 << 16);
	CHECK(!json_parse(&arena, STR("[\n1,\n  x]"), &root, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	CHECK_EQ_STR(err.text, "not JSON: line 3, column 3: a value is expected");
	arena_release(&arena);
}

TEST(members_and_elements_are_found)
{
	struct json root = parsed("{\"a\":{\"x\":[1,{\"deep\":[[]]},3]},\"b\":\"text\",\"a\":9}");
	int64_t number = 0;
	struct str text = STR_EMPTY;

	CHECK(json_i64(json_at(json_get(json_get(root, "a"), "x"), 2), 0, 9, &number));
	CHECK_EQ_INT(number, 3);
	CHECK(json_text(json_get(root, "b"), &arena, &text));
	CHECK_STR(text, "text");
	CHECK_EQ_UINT(json_count(root), 3);
	CHECK_EQ_UINT(json_count(json_get(json_get(root, "a"), "x")), 3);
	CHECK_EQ_UINT(json_count(json_get(root, "b")), 0);
	arena_release(&arena);
}

TEST(a_chain_over_what_is_missing_gives_nothing)
{
	struct json root = parsed("{\"a\":1,\"n\":null,\"s\":[1]}");
	int64_t number = 42;

	CHECK(json_is_missing(json_get(json_at(json_get(root, "z"), 3), "y")));
	CHECK(json_is_missing(json_get(json_get(root, "a"), "b")));
	CHECK(json_is_missing(json_at(root, 0)));
	CHECK(json_is_missing(json_at(json_get(root, "s"), 1)));
	CHECK(json_is_missing(json_get(json_get(root, "s"), "0")));
	CHECK(!json_i64(json_get(root, "z"), 0, 9, &number));
	CHECK_EQ_INT(number, 42);
	CHECK(json_is_null(json_get(root, "n")));
	CHECK(json_is_null(json_get(root, "z")));
	CHECK(!json_is_missing(json_get(root, "n")));
	CHECK(!json_is_null(json_get(root, "a")));
	CHECK_EQ_UINT(json_raw(JSON_MISSING_VALUE).len, 0);
	CHECK_EQ_UINT(json_count(JSON_MISSING_VALUE), 0);
	arena_release(&arena);
}

TEST(keys_are_compared_decoded)
{
	struct json root = parsed("{\"\\u0061\":1,\"b\\\\\":2,\"\\ud83d\\ude00\":3,\"c\\u0000d\":4,\"\\u0061b\":5}");
	int64_t number = 0;

	CHECK(json_i64(json_get(root, "a"), 1, 1, &number));
	CHECK(json_i64(json_get(root, "b\\"), 2, 2, &number));
	CHECK(json_i64(json_get(root, "\U0001F600"), 3, 3, &number));
	CHECK(json_i64(json_get_str(root, STR("c\0d")), 4, 4, &number));
	CHECK(json_i64(json_get(root, "ab"), 5, 5, &number));
	CHECK(json_is_missing(json_get(root, "\\u0061")));
	CHECK(json_is_missing(json_get(root, "b\\\\")));
	CHECK(json_is_missing(json_get(root, "b")));
	CHECK(json_is_missing(json_get(root, "")));
	arena_release(&arena);
}

TEST(walking_meets_everything_in_order)
{
	struct json_iter iter = json_iterate(parsed("{\"a\":[1,[2]],\"b\":{\"c\":{}},\"d\":0}"));
	static const char *const keys[] = {"\"a\"", "\"b\"", "\"d\""};
	static const char *const values[] = {"[1,[2]]", "{\"c\":{}}", "0"};
	struct json key, value;
	size_t count = 0;

	for (; count < 3 && json_next(&iter, &key, &value); count++) {
		CHECK(str_eqc(json_raw(key), keys[count]));
		CHECK(str_eqc(json_raw(value), values[count]));
	}
	CHECK_EQ_UINT(count, 3);
	CHECK(!json_next(&iter, &key, &value));
	iter = json_iterate(parsed("[[],[[]],7]"));
	for (count = 0; json_next(&iter, &key, &value); count++)
		CHECK(json_is_missing(key));
	CHECK_EQ_UINT(count, 3);
	iter = json_iterate(parsed("5"));
	CHECK(!json_next(&iter, &key, &value));
	iter = json_iterate(JSON_MISSING_VALUE);
	CHECK(!json_next(&iter, &key, &value));
	arena_release(&arena);
}

TEST(types)
{
	struct json root = parsed("[null,true,1,\"s\",[],{}]");
	static const enum json_type types[] = {JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT};
	bool flag = false;

	for (size_t i = 0; i < 6; i++)
		CHECK_EQ_INT(json_type(json_at(root, i)), types[i]);
	CHECK_EQ_INT(json_type(json_at(root, 6)), JSON_MISSING);
	CHECK(json_bool(json_at(root, 1), &flag));
	CHECK(flag);
	CHECK(!json_bool(json_at(root, 2), &flag));
	arena_release(&arena);
}

TEST(integers_are_plain_and_within_bounds)
{
	struct json root = parsed("[9007199254740991,-5,-0,1.0,1e2,18446744073709551615,18446744073709551616,\"1\",-1]");
	int64_t number = 0;
	uint64_t big = 0;

	CHECK(json_i64(json_at(root, 0), 0, INT64_MAX, &number));
	CHECK_EQ_INT(number, 9007199254740991);
	CHECK(!json_i64(json_at(root, 0), 0, 9007199254740990, &number));
	CHECK(json_i64(json_at(root, 1), -5, 5, &number));
	CHECK(!json_i64(json_at(root, 1), 0, 5, &number));
	for (size_t i = 2; i <= 4; i++)
		CHECK(!json_i64(json_at(root, i), INT64_MIN, INT64_MAX, &number));
	CHECK(json_u64(json_at(root, 5), 0, UINT64_MAX, &big));
	CHECK_EQ_UINT(big, UINT64_MAX);
	CHECK(!json_u64(json_at(root, 6), 0, UINT64_MAX, &big));
	CHECK(!json_u64(json_at(root, 7), 0, UINT64_MAX, &big));
	CHECK(!json_u64(json_at(root, 8), 0, UINT64_MAX, &big));
	arena_release(&arena);
}

TEST(floating_point_is_finite)
{
	struct json root = parsed("[1.5,-2e3,1e400,\"1\",0.1]");
	double number = 7;

	CHECK(json_double(json_at(root, 0), &number));
	CHECK(number == 1.5);
	CHECK(json_double(json_at(root, 1), &number));
	CHECK(number == -2000);
	CHECK(!json_double(json_at(root, 2), &number));
	CHECK(!json_double(json_at(root, 3), &number));
	CHECK(number == -2000);
	CHECK(json_double(json_at(root, 4), &number));
	CHECK(number == 0.1);
	arena_release(&arena);
}

TEST(a_number_too_long_for_floating_point_is_refused)
{
	char text[JSON_NUMBER_BYTES_MAX + 2];
	double number;

	memset(text, '1', sizeof(text));
	text[JSON_NUMBER_BYTES_MAX + 1] = '\0';
	CHECK(!json_double(parsed(text), &number));
	text[JSON_NUMBER_BYTES_MAX] = '\0';
	CHECK(json_double(parsed(text), &number));
	arena_release(&arena);
}

TEST(text_is_decoded_or_borrowed)
{
	struct json root = parsed("[\"plain\",\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\u00e9\\u3042\\ud83d\\ude00.\",\"\",1]");
	struct str text = STR_EMPTY;

	CHECK(json_text(json_at(root, 0), &arena, &text));
	CHECK_STR(text, "plain");
	CHECK(text.ptr > root.doc->text.ptr && text.ptr < root.doc->text.ptr + root.doc->text.len);
	CHECK(json_text(json_at(root, 1), &arena, &text));
	CHECK_STR(text, "\"\\/\b\f\n\r\t\0\xC3\xA9\xE3\x81\x82\xF0\x9F\x98\x80.");
	CHECK(json_text(json_at(root, 2), &arena, &text));
	CHECK_STR(text, "");
	CHECK(!json_text(json_at(root, 3), &arena, &text));
	CHECK_STR(json_text_or(json_at(root, 3), &arena, STR("none")), "none");
	CHECK_STR(json_text_or(json_at(root, 0), &arena, STR("none")), "plain");
	arena_release(&arena);
}

TEST(snowflakes_are_strings_of_digits)
{
	struct json root = parsed("[\"1\",\"18446744073709551615\",\"0\",\"18446744073709551616\",\"01\",\"\",\"1a\",1,"
				  "\"\\u0031\"]");
	uint64_t id = 0;

	CHECK(json_snowflake(json_at(root, 0), &id));
	CHECK_EQ_UINT(id, 1);
	CHECK(json_snowflake(json_at(root, 1), &id));
	CHECK_EQ_UINT(id, UINT64_MAX);
	for (size_t i = 2; i <= 8; i++)
		CHECK(!json_snowflake(json_at(root, i), &id));
	arena_release(&arena);
}

TEST(places_of_values)
{
	struct json root = parsed("{\n \"a\": \"x\",\n \"b\": [1,\n 22]\n}");

	CHECK_STR(json_raw(json_get(root, "a")), "\"x\"");
	CHECK_EQ_UINT(json_offset(json_get(root, "a")), 8);
	CHECK_STR(json_raw(json_at(json_get(root, "b"), 1)), "22");
	arena_release(&arena);
}

TEST(duplicate_keys_are_refused_where_asked)
{
	static const struct {
		const char *text;
		size_t line, column;
	} faults[] = {
		{"{\"a\":1,\"a\":2}", 1, 8},
		{"{\"a\":1,\n\"\\u0061\":2}", 2, 1},
		{"[{},{\"x\":{\"b\":1,\"c\":2,\n \"c\":3,\"b\":1}}]", 2, 2},
		{"{\"z\":{\"k\":1,\"k\":1},\"z\":0}", 1, 13},
	};
	struct json root = JSON_MISSING_VALUE;
	struct json_fault fault;
	struct err err;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		arena_init(&arena, 1 << 16);
		CHECK(json_parse(&arena, str_from(faults[i].text), &root, &err));
		CHECK(!json_parse_strict(&arena, str_from(faults[i].text), &root, &fault, &err));
		CHECK_EQ_INT(err.code, ERR_INPUT);
		CHECK_EQ_STR(fault.why, "a key stands twice");
		CHECK_EQ_UINT(fault.line, faults[i].line);
		CHECK_EQ_UINT(fault.column, faults[i].column);
		arena_release(&arena);
	}
	arena_init(&arena, 1 << 16);
	CHECK(json_parse_strict(&arena, STR("{\"a\":{\"a\":[{\"a\":1},{\"a\":1}]},\"b\":{\"a\":0}}"), &root, NULL, &err));
	CHECK(!json_parse_strict(&arena, STR("{\"a\" 1}"), &root, &fault, &err));
	CHECK_EQ_STR(fault.why, "a colon is expected");
	arena_release(&arena);
}

TEST(of_equal_keys_the_first_counts)
{
	int64_t number = 0;

	CHECK(json_i64(json_get(parsed("{\"a\":1,\"a\":2}"), "a"), 0, 9, &number));
	CHECK_EQ_INT(number, 1);
	arena_release(&arena);
}

TEST(an_arena_too_small_is_a_limit)
{
	struct json root;
	struct err err;

	arena_init(&arena, 100);
	CHECK(!json_parse(&arena, STR("[1,2,3,4,5,6,7,8,9,10]"), &root, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	arena_release(&arena);
}

TEST(a_text_beyond_the_offsets_of_jsmn_is_a_limit)
{
	struct json root;
	struct err err;

	arena_init(&arena, 1 << 16);
	CHECK(!json_parse(&arena, (struct str){"[]", INT_MAX}, &root, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	arena_release(&arena);
}
