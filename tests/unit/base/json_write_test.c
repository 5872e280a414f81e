#include "test.h"

#include <float.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json_write.h"

static struct buf out;
static struct json_writer writer;

static void begin(void)
{
	buf_release(&out);
	buf_init(&out, 1 << 16);
	json_writer_init(&writer, &out);
}

#define CHECK_WRITTEN(want) \
	do { \
		CHECK(json_writer_done(&writer)); \
		CHECK_EQ_BYTES(out.ptr, out.len, want, sizeof(want) - 1); \
		buf_release(&out); \
	} while (0)

TEST(commas_and_colons_are_the_writers)
{
	begin();
	json_begin_object(&writer);
	json_member_str(&writer, "s", STR("x"));
	json_keyc(&writer, "a");
	json_begin_array(&writer);
	json_put_u64(&writer, UINT64_MAX);
	json_put_i64(&writer, INT64_MIN);
	json_put_null(&writer);
	json_begin_object(&writer);
	json_end_object(&writer);
	json_begin_array(&writer);
	json_end_array(&writer);
	json_end_array(&writer);
	json_member_cstr(&writer, "c", NULL);
	json_member_u64(&writer, "u", 0);
	json_member_i64(&writer, "i", -1);
	json_member_double(&writer, "d", 0.5);
	json_member_bool(&writer, "b", true);
	json_member_bool(&writer, "f", false);
	json_member_null(&writer, "n");
	json_member_snowflake(&writer, "id", 1234567890123456789);
	json_end_object(&writer);
	CHECK_WRITTEN("{\"s\":\"x\",\"a\":[18446744073709551615,-9223372036854775808,null,{},[]],\"c\":\"\",\"u\":0,\"i\":-1,"
		      "\"d\":0.5,\"b\":true,\"f\":false,\"n\":null,\"id\":\"1234567890123456789\"}");
}

TEST(a_single_value_is_a_document)
{
	begin();
	CHECK(!json_writer_done(&writer));
	json_put_bool(&writer, true);
	CHECK_WRITTEN("true");
}

TEST(escapes_are_canonical)
{
	begin();
	json_put_str(&writer, STR("\"\\/\b\f\n\r\t\0\x01\x0B\x1F\x7F\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80"));
	CHECK_WRITTEN("\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u0001\\u000b\\u001f\x7F\xC3\xA9\xE2\x80\xA8\xF0\x9F\x98\x80\"");
	begin();
	json_begin_object(&writer);
	json_member_null(&writer, "a\"b");
	json_end_object(&writer);
	CHECK_WRITTEN("{\"a\\\"b\":null}");
}

TEST(text_that_is_not_utf8_is_replaced)
{
	begin();
	json_put_str(&writer, STR("a\xFF\xE3\x81z\xED\xA0\x80"));
	CHECK_WRITTEN("\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(floating_point_reads_back)
{
	static const double numbers[] = {0.1, 1.0 / 3, 1e300, 5e-324, -2.5, 123456789.123, DBL_MAX, 62.297332};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		begin();
		json_put_double(&writer, numbers[i]);
		CHECK(strtod(buf_cstr(&out), NULL) == numbers[i]);
		CHECK(json_check(buf_str(&out), NULL, NULL));
	}
	begin();
	json_put_double(&writer, 0.1);
	CHECK_WRITTEN("0.1");
	begin();
	json_put_double(&writer, NAN);
	CHECK_WRITTEN("null");
	begin();
	json_put_double(&writer, -INFINITY);
	CHECK_WRITTEN("null");
}

TEST(beyond_the_cap_nothing_is_done)
{
	begin();
	out.bytes_max = 10;
	json_begin_array(&writer);
	for (int i = 0; i < 10; i++)
		json_put_cstr(&writer, "text");
	json_end_array(&writer);
	CHECK(!json_writer_done(&writer));
	CHECK(out.len <= 10);
	buf_release(&out);
}

static struct arena arena;

static struct json parsed(const char *text)
{
	struct json root = JSON_MISSING_VALUE;

	arena_release(&arena);
	arena_init(&arena, 1 << 20);
	CHECK(json_parse(&arena, str_from(text), &root, NULL));
	return root;
}

TEST(a_value_that_was_read_is_copied_in_canonical_form)
{
	begin();
	json_put_value(&writer, parsed(" { \"b\" : [ 1.50 , -0 , 1E5 , true , null , { } ] ,\n\"a\\u0062\" : "
				       "\"\\u0041\\/\\u000a\\u001F\\\"\\ud83d\\ude00\\u0000\" } "));
	CHECK_WRITTEN("{\"b\":[1.50,-0,1E5,true,null,{}],\"ab\":\"A/\\n\\u001f\\\"\xF0\x9F\x98\x80\\u0000\"}");
	begin();
	json_put_value(&writer, JSON_MISSING_VALUE);
	CHECK_WRITTEN("null");
	arena_release(&arena);
}

TEST(canonical_form_sorts_decoded_keys_by_their_bytes)
{
	begin();
	json_put_canonical(&writer,
			   parsed("{\"b\":{\"z\":1,\"y\":[{\"d\":1,\"c\":2}]},\"\\u0061\":1,\"aa\":2,\"\":0,\"A\":3,"
				  "\"\\ud83d\\ude00\":4,\"\\uffff\":5}"),
			   &arena);
	CHECK_WRITTEN("{\"\":0,\"A\":3,\"a\":1,\"aa\":2,\"b\":{\"y\":[{\"c\":2,\"d\":1}],\"z\":1},\"\xEF\xBF\xBF\":5,"
		      "\"\xF0\x9F\x98\x80\":4}");
	arena_release(&arena);
}

TEST(canonical_form_of_canonical_form_is_itself)
{
	static const char text[] = "{\"a\":[1,\"\\u0001\\\"\",{\"x\":null,\"y\":true}],\"b\":\"\xE3\x81\x82\"}";

	begin();
	json_put_canonical(&writer, parsed(text), &arena);
	CHECK_WRITTEN("{\"a\":[1,\"\\u0001\\\"\",{\"x\":null,\"y\":true}],\"b\":\"\xE3\x81\x82\"}");
	arena_release(&arena);
}

TEST(canonical_form_needs_memory_for_its_keys)
{
	struct json root = parsed("{\"b\":1,\"a\":2}");

	begin();
	arena.full = true;
	json_put_canonical(&writer, root, &arena);
	CHECK(!json_writer_done(&writer));
	buf_release(&out);
	arena_release(&arena);
}

TEST(a_value_nested_too_deep_for_its_place_does_not_fit)
{
	char text[2 * JSON_DEPTH_MAX + 1];
	struct json root;

	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	text[2 * JSON_DEPTH_MAX] = '\0';
	root = parsed(text);
	begin();
	json_put_value(&writer, root);
	CHECK(json_writer_done(&writer));
	begin();
	json_begin_array(&writer);
	json_put_value(&writer, root);
	json_end_array(&writer);
	CHECK(!json_writer_done(&writer));
	begin();
	json_begin_array(&writer);
	json_put_canonical(&writer, root, &arena);
	json_end_array(&writer);
	CHECK(!json_writer_done(&writer));
	buf_release(&out);
	arena_release(&arena);
}

static void value_without_key(void)
{
	json_begin_object(&writer);
	json_put_null(&writer);
}

static void key_in_array(void)
{
	json_begin_array(&writer);
	json_keyc(&writer, "a");
}

static void two_keys(void)
{
	json_begin_object(&writer);
	json_keyc(&writer, "a");
	json_keyc(&writer, "b");
}

static void end_after_key(void)
{
	json_begin_object(&writer);
	json_keyc(&writer, "a");
	json_end_object(&writer);
}

static void wrong_end(void)
{
	json_begin_object(&writer);
	json_end_array(&writer);
}

static void end_of_nothing(void)
{
	json_end_object(&writer);
}

static void two_documents(void)
{
	json_put_null(&writer);
	json_put_null(&writer);
}

static void too_deep(void)
{
	for (int i = 0; i <= JSON_DEPTH_MAX; i++)
		json_begin_array(&writer);
}

TEST(misuse_is_our_own_mistake_and_asserts)
{
	static void (*const mistakes[])(void) = {value_without_key, key_in_array, two_keys,	 end_after_key,
						 wrong_end,	    end_of_nothing, two_documents, too_deep};

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		pid_t pid = fork();
		int status = 0;

		REQUIRE(pid >= 0);
		if (pid == 0) {
			close(STDERR_FILENO);
			begin();
			mistakes[i]();
			_exit(0);
		}
		REQUIRE(waitpid(pid, &status, 0) == pid);
		CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}
