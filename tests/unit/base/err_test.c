#include "test.h"

#include "base/codec.h"
#include "base/err.h"

TEST(setting_an_error_returns_false_and_formats)
{
	struct err err;

	CHECK(!err_set(&err, ERR_NET, "no connection to %s:%d", "localhost", 443));
	CHECK_EQ_INT(err.code, ERR_NET);
	CHECK_EQ_STR(err.text, "no connection to localhost:443");
}

TEST(wrapping_puts_context_before_and_keeps_the_code)
{
	struct err err;

	err_set(&err, ERR_TIMEOUT, "no answer");
	CHECK(!err_wrap(&err, "registering %d commands", 3));
	CHECK_EQ_INT(err.code, ERR_TIMEOUT);
	CHECK_EQ_STR(err.text, "registering 3 commands: no answer");
}

TEST(an_error_may_be_unwanted)
{
	CHECK(!err_set(NULL, ERR_IO, "x"));
	CHECK(!err_wrap(NULL, "x"));
}

TEST(a_long_text_is_cut_at_a_character)
{
	char text[2 * ERR_TEXT_MAX];
	struct err err;

	for (size_t lead = 0; lead < 4; lead++) {
		size_t len = lead;

		memset(text, 'x', lead);
		for (; len + 3 < sizeof(text); len += 3)
			memcpy(text + len, "\xE3\x81\x82", 3);
		text[len] = '\0';
		err_set(&err, ERR_INPUT, "%s", text);
		CHECK(codec_utf8_valid(str_from(err.text)));
		CHECK(strlen(err.text) > ERR_TEXT_MAX - 4);
		err_wrap(&err, "%s", "context");
		CHECK(codec_utf8_valid(str_from(err.text)));
		CHECK(strncmp(err.text, "context: ", 9) == 0);
	}
}

TEST(clearing_leaves_no_error)
{
	struct err err;

	err_set(&err, ERR_IO, "disk");
	err_clear(&err);
	CHECK_EQ_INT(err.code, ERR_NONE);
	CHECK_EQ_STR(err.text, "");
}

TEST(only_what_may_pass_by_itself_is_retried)
{
	static const bool may[ERR_CODE_COUNT] = {
		[ERR_THROTTLED] = true, [ERR_NET] = true, [ERR_TIMEOUT] = true, [ERR_IO] = true, [ERR_CONFLICT] = true,
	};

	for (int code = 0; code < ERR_CODE_COUNT; code++) {
		struct err err = {.code = (enum err_code)code};

		CHECK_EQ_INT(err_may_retry(&err), may[code]);
	}
}

TEST(every_code_has_its_own_name)
{
	for (int a = 0; a < ERR_CODE_COUNT; a++)
		for (int b = 0; b < a; b++)
			CHECK(strcmp(err_code_name((enum err_code)a), err_code_name((enum err_code)b)) != 0);
	CHECK_EQ_STR(err_code_name(ERR_NET), "net");
	CHECK_EQ_STR(err_code_name(ERR_CODE_COUNT), "unknown");
}
