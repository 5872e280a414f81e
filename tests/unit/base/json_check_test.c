#include "test.h"

#include "base/json_read.h"
#include "base/limits.h"

TEST(what_rfc_8259_allows_is_accepted_and_its_tokens_counted)
{
	static const char *const texts[] = {
		"null", "true", "false", "0", "-0", "-1", "10", "1.5", "1e5", "1E+5", "1e-05", "-0.0e0", "\"\"", "[]", "{}",
		" \t\r\n[ ]\n", "[[[]]]", "[1,2]", "{\"a\":1}", "{\"a\":{\"b\":[{}]}}", "{\"\":0}", "[\"a\",null]",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u0000\"", "\"\\ud83d\\ude00\"", "\"\\uD83D\\uDE00\"",
		"\"\xC3\xA9\xE3\x81\x82\xF0\x9F\x98\x80\"", "\"\x7F\"", "{\"a\":1,\"a\":2}", "\"\\ud7ff\\ue000\\uffff\"",
		"123456789012345678901234567890", "[1 , 2\t,\n3 ]",
	};

	struct arena arena;
	struct json root;
	size_t tokens = 0;

	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		test_check(json_check(str_from(texts[i]), &tokens, NULL), __FILE__, __LINE__, texts[i]);
		REQUIRE(json_parse(&arena, str_from(texts[i]), &root, NULL));
		CHECK_EQ_UINT(tokens, root.doc->count);
	}
	arena_release(&arena);
}

TEST(what_rfc_8259_does_not_allow_is_refused_with_its_place)
{
	static const struct {
		const char *text;
		size_t offset;
		const char *why;
	} faults[] = {
		{"", 0, "a value is expected"},
		{" \n", 2, "a value is expected"},
		{"\xEF\xBB\xBF{}", 0, "a byte order mark"},
		{"nul", 0, "an unknown word"},
		{"True", 0, "a value is expected"},
		{"nulll", 4, "something stands after the value"},
		{"1 2", 2, "something stands after the value"},
		{"[] []", 3, "something stands after the value"},
		{"[", 1, "a value is expected"},
		{"[1", 2, "a comma or a closing bracket is expected"},
		{"[1,]", 3, "a value is expected"},
		{"[,1]", 1, "a value is expected"},
		{"[1 2]", 3, "a comma or a closing bracket is expected"},
		{"[1}", 2, "a comma or a closing bracket is expected"},
		{"]", 0, "a value is expected"},
		{"{", 1, "a key is expected"},
		{"{,}", 1, "a key is expected"},
		{"{1:2}", 1, "a key is expected"},
		{"{a:1}", 1, "a key is expected"},
		{"{'a':1}", 1, "a key is expected"},
		{"{\"a\"}", 4, "a colon is expected"},
		{"{\"a\" 1}", 5, "a colon is expected"},
		{"{\"a\":}", 5, "a value is expected"},
		{"{\"a\":1,}", 7, "a key is expected"},
		{"{\"a\":1]", 6, "a comma or a closing brace is expected"},
		{"{\"a\":1", 6, "a comma or a closing brace is expected"},
		{"{\"a\":{\"b\":1}", 12, "a comma or a closing brace is expected"},
		{"-", 0, "a number without digits"},
		{"-a", 0, "a number without digits"},
		{"+1", 0, "a value is expected"},
		{".5", 0, "a value is expected"},
		{"01", 0, "a number with a leading zero"},
		{"-01", 0, "a number with a leading zero"},
		{"1.", 0, "a number without digits after its point"},
		{"1.e5", 0, "a number without digits after its point"},
		{"1e", 0, "a number without digits in its exponent"},
		{"1e+", 0, "a number without digits in its exponent"},
		{"1e5.5", 3, "something stands after the value"},
		{"0x10", 1, "something stands after the value"},
		{"NaN", 0, "a value is expected"},
		{"\"", 0, "a string is not closed"},
		{"\"abc", 0, "a string is not closed"},
		{"\"\\", 1, "a string is not closed"},
		{"\"\\\"", 0, "a string is not closed"},
		{"\"a\nb\"", 2, "a control character in a string"},
		{"\"a\tb\"", 2, "a control character in a string"},
		{"\"\\x41\"", 1, "an unknown escape in a string"},
		{"\"\\'\"", 1, "an unknown escape in a string"},
		{"\"\\u12\"", 1, "\\u without four hex digits"},
		{"\"\\u12g4\"", 1, "\\u without four hex digits"},
		{"\"\\u", 1, "\\u without four hex digits"},
		{"\"\\ud800\"", 1, "a lone surrogate"},
		{"\"\\udc00\"", 1, "a lone surrogate"},
		{"\"\\ud800\\ud800\"", 1, "a lone surrogate"},
		{"\"\\ud800\\n\"", 1, "a lone surrogate"},
		{"\"\\ud800\\u0041\"", 1, "a lone surrogate"},
		{"\"\\udc00\\ud800\"", 1, "a lone surrogate"},
		{"\"\\ud800", 1, "a lone surrogate"},
		{"\"\xFF\"", 1, "invalid UTF-8"},
		{"\"\xC0\xAF\"", 1, "invalid UTF-8"},
		{"\"\xED\xA0\x80\"", 1, "invalid UTF-8"},
		{"\"\xE3\x81\"", 1, "invalid UTF-8"},
		{"{\"\xFF\":1}", 2, "invalid UTF-8"},
		{"[\xC2\xA0]", 1, "a value is expected"},
		{"[1]//", 3, "something stands after the value"},
		{"/**/1", 0, "a value is expected"},
		{"[\v1]", 1, "a value is expected"},
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct json_fault fault = {0};

		test_check(!json_check(str_from(faults[i].text), NULL, &fault), __FILE__, __LINE__, faults[i].text);
		test_check_uint(fault.offset, faults[i].offset, __FILE__, __LINE__, faults[i].text);
		test_check_str(fault.why, faults[i].why, __FILE__, __LINE__, faults[i].text);
	}
}

TEST(each_byte_of_a_string_is_judged_wherever_it_stands)
{
	for (size_t len = 1; len <= 20; len++) {
		for (size_t at = 0; at < len; at++) {
			for (unsigned byte = 0; byte < 256; byte++) {
				bool plain = byte >= 0x20 && byte < 0x80 && byte != '\\';
				struct json_fault fault = {0};
				char text[24];

				memset(text, 'x', sizeof(text));
				text[0] = text[len + 1] = '"';
				text[at + 1] = (char)byte;
				if (byte == '"')
					continue;
				REQUIRE(json_check(str_make(text, len + 2), NULL, &fault) == plain);
				if (!plain && byte != '\\')
					REQUIRE(fault.offset == at + 1);
			}
		}
	}
}

TEST(a_nul_is_no_json)
{
	CHECK(!json_check(STR("1\0"), NULL, NULL));
	CHECK(!json_check(STR("[1,\0 2]"), NULL, NULL));
	CHECK(!json_check(STR("\"a\0b\""), NULL, NULL));
}

TEST(every_beginning_of_a_text_is_refused)
{
	struct str text = STR("{\"a\":[1.5e3,\"\\ud83d\\ude00\xE3\x81\x82\",true,{\"b\":null}]}");

	CHECK(json_check(text, NULL, NULL));
	for (size_t len = 0; len < text.len; len++)
		CHECK(!json_check(str_take(text, len), NULL, NULL));
}

TEST(a_fault_has_line_and_column)
{
	struct json_fault fault;

	CHECK(!json_check(STR("{\n  \"a\": 1,\n  \"b\": x\n}"), NULL, &fault));
	CHECK_EQ_UINT(fault.line, 3);
	CHECK_EQ_UINT(fault.column, 8);
}

TEST(nesting_ends_at_its_limit)
{
	char text[2 * JSON_DEPTH_MAX + 3];
	struct json_fault fault;

	memset(text, '[', JSON_DEPTH_MAX + 1);
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	text[2 * JSON_DEPTH_MAX + 2] = '\0';
	CHECK(json_check(str_make(text + 1, 2 * JSON_DEPTH_MAX), NULL, NULL));
	CHECK(!json_check(str_make(text, 2 * JSON_DEPTH_MAX + 2), NULL, &fault));
	CHECK_EQ_STR(fault.why, "nested too deep");
	CHECK_EQ_UINT(fault.offset, JSON_DEPTH_MAX);
}

TEST(depth_counts_what_is_open_and_not_what_was)
{
	char text[6 * 200 + 2];
	size_t len = 0;

	text[len++] = '[';
	for (int i = 0; i < 200; i++) {
		memcpy(text + len, "[{}],", 5);
		len += 5;
	}
	text[len - 1] = ']';
	CHECK(json_check(str_make(text, len), NULL, NULL));
}
