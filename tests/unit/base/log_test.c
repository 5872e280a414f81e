#include "test.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/log.h"

/* What went to stderr, in packets: each read gives one write. */
static int packets = -1, saved = -1;
static char line[2 * LOG_LINE_MAX];

static bool capture(void)
{
	int ends[2];

	if (pipe2(ends, O_DIRECT | O_NONBLOCK) != 0)
		return false;
	saved = dup(STDERR_FILENO);
	packets = ends[0];
	return dup2(ends[1], STDERR_FILENO) >= 0 && close(ends[1]) == 0;
}

static void release(void)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(packets);
	log_setup(LOG_INFO, LOG_FORM_JSON, false);
}

/* The next record without its line feed; empty when there is none. */
static const char *record(void)
{
	ssize_t len = read(packets, line, sizeof(line) - 1);

	if (len <= 0)
		return "";
	line[len] = '\0';
	CHECK(line[len - 1] == '\n');
	line[len - 1] = '\0';
	return line;
}

/* The text form behind its time of day. */
static const char *wording(void)
{
	const char *text = record();

	CHECK(strlen(text) > 9 && text[2] == ':' && text[5] == ':' && text[8] == ' ');
	return strlen(text) > 9 ? text + 9 : text;
}

TEST(a_record_is_one_json_object_and_one_write)
{
	static const char fields[] = "\",\"level\":\"info\",\"msg\":\"ready\",\"shards\":2,\"delta\":-3,\"ok\":true,"
				     "\"who\":\"a\\\"b\\nc\"}";
	const char *text;

	REQUIRE(capture());
	log_setup(LOG_INFO, LOG_FORM_JSON, true);
	log_event(LOG_INFO, "ready", LOG_U("shards", 2), LOG_I("delta", -3), LOG_B("ok", true), LOG_C("who", "a\"b\nc"));
	text = record();
	CHECK(strncmp(text, "{\"ts\":\"20", 9) == 0);
	CHECK(json_check(str_from(text), NULL, NULL));
	CHECK_EQ_STR(strlen(text) > 31 ? text + 31 : text, fields);
	CHECK_EQ_STR(record(), "");
	release();
}

TEST(an_id_is_a_string_in_json_and_plain_in_text)
{
	REQUIRE(capture());
	log_setup(LOG_INFO, LOG_FORM_JSON, false);
	log_event(LOG_INFO, "late", LOG_ID("interaction", 18446744073709551615u));
	CHECK(strstr(record(), ",\"interaction\":\"18446744073709551615\"}") != NULL);
	log_setup(LOG_INFO, LOG_FORM_TEXT, false);
	log_event(LOG_INFO, "late", LOG_ID("interaction", 18446744073709551615u));
	CHECK_EQ_STR(wording(), "info  late interaction=18446744073709551615");
	release();
}

TEST(levels_have_words)
{
	enum log_level level = LOG_WARN;

	CHECK(log_level_find(STR("debug"), &level));
	CHECK_EQ_INT(level, LOG_DEBUG);
	CHECK(log_level_find(STR("error"), &level));
	CHECK_EQ_INT(level, LOG_ERROR);
	CHECK(!log_level_find(STR("loud"), &level));
	CHECK(!log_level_find(STR_EMPTY, &level));
	CHECK_EQ_INT(level, LOG_ERROR);
}

TEST(levels_below_the_one_that_is_set_are_silent)
{
	REQUIRE(capture());
	log_setup(LOG_WARN, LOG_FORM_JSON, false);
	CHECK(log_enabled(LOG_ERROR));
	CHECK(log_enabled(LOG_WARN));
	CHECK(!log_enabled(LOG_INFO));
	log_event(LOG_INFO, "ready", LOG_U("shards", 1));
	log_write(LOG_INFO, "ready", NULL, 0);
	CHECK_EQ_STR(record(), "");
	log_write(LOG_ERROR, "refused", NULL, 0);
	CHECK(strstr(record(), "\"level\":\"error\",\"msg\":\"refused\"}") != NULL);
	release();
}

TEST(an_error_is_two_fields)
{
	struct err err;

	REQUIRE(capture());
	log_setup(LOG_INFO, LOG_FORM_JSON, false);
	err_set(&err, ERR_NET, "no route");
	log_event(LOG_WARN, "reconnecting", LOG_E(&err));
	CHECK(strstr(record(), "\"error\":\"net\",\"detail\":\"no route\"}") != NULL);
	release();
}

TEST(a_record_too_long_has_its_fields_cut_at_a_character)
{
	static char text[3 * 5000 + 1];
	const char *got;

	REQUIRE(capture());
	for (size_t i = 0; i < 5000; i++)
		memcpy(text + 3 * i, "\xE3\x81\x82", 3);
	for (int form = LOG_FORM_TEXT; form <= LOG_FORM_JSON; form++) {
		log_setup(LOG_INFO, (enum log_form)form, false);
		log_event(LOG_INFO, "long", LOG_C("a", text), LOG_C("b", text), LOG_U("c", 7));
		got = record();
		CHECK(strlen(got) < LOG_LINE_MAX);
		CHECK(strlen(got) > LOG_LINE_MAX / 4);
		CHECK(codec_utf8_valid(str_from(got)));
		CHECK(strstr(got, "\xE3\x81\x82\xE2\x80\xA6") != NULL);
		CHECK(form == LOG_FORM_TEXT ? strstr(got, " c=7") != NULL : strstr(got, "\"c\":7}") != NULL);
		CHECK(form == LOG_FORM_TEXT || json_check(str_from(got), NULL, NULL));
	}
	release();
}

TEST(a_record_of_control_characters_still_fits)
{
	static char text[LOG_LINE_MAX];

	REQUIRE(capture());
	memset(text, 1, sizeof(text) - 1);
	log_setup(LOG_INFO, LOG_FORM_JSON, false);
	log_event(LOG_INFO, "long", LOG_C("a", text));
	CHECK(json_check(str_from(record()), NULL, NULL));
	log_setup(LOG_INFO, LOG_FORM_TEXT, false);
	log_event(LOG_INFO, "long", LOG_C("a", text));
	CHECK(strstr(record(), "a=\\u0001\\u0001") != NULL);
	release();
}

TEST(too_many_fields_lose_the_last)
{
	struct log_field fields[600];

	REQUIRE(capture());
	for (size_t i = 0; i < 600; i++)
		fields[i] = LOG_U("number", i);
	log_setup(LOG_INFO, LOG_FORM_JSON, false);
	log_write(LOG_INFO, "many", fields, 600);
	CHECK(json_check(str_from(record()), NULL, NULL));
	CHECK(strstr(line, "\"number\":0,\"number\":1,") != NULL);
	CHECK(strstr(line, "\"number\":599") == NULL);
	release();
}

TEST(the_text_form_speaks_to_people)
{
	REQUIRE(capture());
	log_setup(LOG_DEBUG, LOG_FORM_TEXT, false);
	log_event(LOG_INFO, "start", LOG_C("version", "0.1.0"), LOG_C("door", "gateway"), LOG_C("store", "sqlite:a b.db"));
	CHECK_EQ_STR(wording(), "info  homuhomu 0.1.0 is starting door=gateway store=\"sqlite:a b.db\"");
	log_event(LOG_INFO, "ready", LOG_U("shards", 2));
	CHECK_EQ_STR(wording(), "info  Online: shards 2");
	log_event(LOG_INFO, "ready", LOG_C("door", "http"));
	CHECK_EQ_STR(wording(), "info  Online door=http");
	log_event(LOG_WARN, "reconnecting", LOG_C("why", "the connection was reset"));
	CHECK_EQ_STR(wording(), "WARN  Reconnecting: the connection was reset");
	log_event(LOG_DEBUG, "heartbeat", LOG_I("ms", -5), LOG_B("late", false), LOG_C("empty", ""));
	CHECK_EQ_STR(wording(), "debug heartbeat ms=-5 late=false empty=\"\"");
	log_event(LOG_ERROR, "refused", LOG_U("code", 4004));
	CHECK_EQ_STR(wording(), "ERROR Discord refused for good (code 4004)");
	release();
}

TEST(colour_is_for_the_level_alone)
{
	REQUIRE(capture());
	log_setup(LOG_INFO, LOG_FORM_TEXT, true);
	log_event(LOG_ERROR, "broken", LOG_U("n", 1));
	CHECK_EQ_STR(wording(), "\033[31mERROR\033[0m broken n=1");
	release();
}

TEST(text_from_outside_cannot_steer_the_terminal)
{
	REQUIRE(capture());
	log_setup(LOG_INFO, LOG_FORM_TEXT, true);
	log_event(LOG_INFO, "name", LOG_C("who", "\033[2J\r\n\x7F\xC2\x9B\xE2\x80\xAE\xFF\xE3\x81\x82"));
	CHECK_EQ_STR(wording(), "\033[32minfo \033[0m name who=\\u001b[2J\\u000d\\n\\u007f\\u009b\\u202e\\xff\xE3\x81\x82");
	log_event(LOG_INFO, "name", LOG_C("who", "x\" level=\"y"));
	CHECK_EQ_STR(wording(), "\033[32minfo \033[0m name who=\"x\\\" level=\\\"y\"");
	log_event(LOG_WARN, "reconnecting", LOG_C("why", "\033]0;x\a"));
	CHECK_EQ_STR(wording(), "\033[33mWARN \033[0m Reconnecting: \\u001b]0;x\\u0007");
	release();
}

TEST(a_pipe_that_nobody_reads_does_not_stop_the_program)
{
	int ends[2], kept = dup(STDERR_FILENO);
	char got[4096];
	ssize_t len;

	REQUIRE(kept >= 0 && pipe2(ends, O_NONBLOCK) == 0 && dup2(ends[1], STDERR_FILENO) >= 0);
	log_setup(LOG_INFO, LOG_FORM_JSON, false);
	while (write(ends[1], "x", 1) == 1)
		continue;
	/* Not one byte more goes in, and from here a write would wait for ever. */
	CHECK(fcntl(ends[1], F_SETFL, 0) == 0);
	log_event(LOG_INFO, "ready", LOG_U("shards", 1));
	dup2(kept, STDERR_FILENO);
	close(kept);
	close(ends[1]);
	while ((len = read(ends[0], got, sizeof(got))) > 0)
		CHECK(memchr(got, '{', (size_t)len) == NULL);
	close(ends[0]);
}
