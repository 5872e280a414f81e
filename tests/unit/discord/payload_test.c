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
