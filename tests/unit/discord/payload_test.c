#include "discord/payload.h"

#include "base/limits.h"
#include "test.h"

TEST(the_query_is_put_into_every_form_of_url)
{
	static const struct {
		const char *url, *want;
	} cases[] = {
		{"wss://gateway.discord.gg", "wss://gateway.discord.gg/?v=10&encoding=json&compress=zlib-stream"},
		{"wss://gateway.discord.gg/", "wss://gateway.discord.gg/?v=10&encoding=json&compress=zlib-stream"},
		{"wss://host:443/path", "wss://host:443/path?v=10&encoding=json&compress=zlib-stream"},
		{"wss://host/path/", "wss://host/path/?v=10&encoding=json&compress=zlib-stream"},
		{"wss://host?a=1", "wss://host/?a=1&v=10&encoding=json&compress=zlib-stream"},
		{"wss://host/?", "wss://host/?v=10&encoding=json&compress=zlib-stream"},
		{"wss://host/?a=1&", "wss://host/?a=1&v=10&encoding=json&compress=zlib-stream"},
		{"wss://host/?v=9&encoding=etf&a=1&compress=zstd-stream", "wss://host/?a=1&v=10&encoding=json&compress=zlib-stream"},
		{"wss://host/?vx=9", "wss://host/?vx=9&v=10&encoding=json&compress=zlib-stream"},
		{"wss://host/#part", "wss://host/?v=10&encoding=json&compress=zlib-stream"},
		{"wss://host/?a=1#part", "wss://host/?a=1&v=10&encoding=json&compress=zlib-stream"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char memory[256];
		struct buf out;

		buf_wrap(&out, memory, sizeof(memory));
		payload_url(str_from(cases[i].url), &out);
		CHECK_EQ_STR(buf_cstr(&out), cases[i].want);
	}
}

TEST(a_url_that_does_not_fit_is_told_by_the_buffer)
{
	char memory[40];
	struct buf out;

	buf_wrap(&out, memory, sizeof(memory));
	payload_url(STR("wss://gateway.discord.gg"), &out);
	CHECK(out.full);
}

TEST(presence_without_text_has_no_activity)
{
	char memory[256];
	struct presence presence = {PRESENCE_INVISIBLE, STR_EMPTY};
	struct buf out;

	buf_wrap(&out, memory, sizeof(memory));
	payload_presence(&presence, &out);
	CHECK_EQ_STR(buf_cstr(&out), "{\"op\":3,\"d\":{\"since\":null,\"activities\":[],\"status\":\"invisible\",\"afk\":false}}");
}

TEST(lone_surrogates_of_a_frame_are_mended_and_nothing_else_is)
{
	static const struct {
		const char *text, *x; /* x NULL: not read */
		bool mended;
	} cases[] = {
		{"{\"x\":\"plain\"}", "plain", false},
		{"{\"x\":\"\\ud83d\\ude00\"}", "\xf0\x9f\x98\x80", false},
		{"{\"x\":\"\\ud83d\"}", "\xef\xbf\xbd", true},
		{"{\"x\":\"\\uDE00a\"}", "\xef\xbf\xbd" "a", true},
		{"{\"x\":\"\\ud83d\\ud83d\\ude00\"}", "\xef\xbf\xbd\xf0\x9f\x98\x80", true},
		{"{\"x\":\"\\ude00\\ud83d\"}", "\xef\xbf\xbd\xef\xbf\xbd", true},
		{"{\"x\":\"\\\\ud83d\\ud83d\"}", "\\ud83d\xef\xbf\xbd", true},
		{"{\"x\":\"\\ud83d\\u0041\"}", "\xef\xbf\xbd" "A", true},
		{"{\"x\":\"\\ud83d\"", NULL, false},
		{"{\"x\":\"\\ud83d", NULL, false},
		{"{\"x\":\"\\ud83", NULL, false},
		{"{\"x\":\"\\ud83d\xff\"}", NULL, false},
		{"\\", NULL, false},
		{"", NULL, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena;
		struct err err = {0};
		struct json root;
		bool mended;

		arena_init(&arena, 1u << 16);
		CHECK(payload_read(&arena, str_from(cases[i].text), &root, &mended, &err) == (cases[i].x != NULL));
		CHECK(mended == cases[i].mended);
		CHECK((err.code != ERR_NONE) == (cases[i].mended || !cases[i].x));
		if (cases[i].x)
			CHECK(str_eqc(json_text_or(json_get(root, "x"), &arena, STR_EMPTY), cases[i].x));
		arena_release(&arena);
	}
}
