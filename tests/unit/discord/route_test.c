#include "discord/route.h"

#include "test.h"

TEST(paths_are_those_of_discords_documentation)
{
	static const char *const paths[] = {
		[REST_GATEWAY_BOT] = "GET /gateway/bot",
		[REST_APPLICATION] = "GET /applications/@me",
		[REST_COMMANDS_GET] = "GET /applications/1/commands?with_localizations=true",
		[REST_COMMANDS_PUT] = "PUT /applications/1/commands",
		[REST_GUILD_COMMANDS_GET] = "GET /applications/1/guilds/18446744073709551615/commands?with_localizations=true",
		[REST_GUILD_COMMANDS_PUT] = "PUT /applications/1/guilds/18446744073709551615/commands",
		[REST_CALLBACK] = "POST /interactions/1/tok/callback",
		[REST_EDIT_ORIGINAL] = "PATCH /webhooks/1/tok/messages/@original",
		[REST_FOLLOW_UP] = "POST /webhooks/1/tok",
		[REST_MESSAGE] = "POST /channels/1/messages",
	};
	const uint64_t ids[2] = {1, UINT64_MAX};

	_Static_assert(sizeof(paths) / sizeof(paths[0]) == REST_ROUTE_COUNT, "a route has no test");
	for (unsigned i = 0; i < REST_ROUTE_COUNT; i++) {
		const struct route *route = route_of((enum rest_route)i);
		char memory[128];
		struct buf out;

		buf_wrap(&out, memory, sizeof(memory));
		buf_printf(&out, "%s ", route->method);
		route_add_path(route, ids, STR("tok"), &out);
		CHECK_EQ_STR(buf_cstr(&out), paths[i]);
	}
}

TEST(the_global_limit_is_not_for_what_an_interactions_token_authorises)
{
	for (unsigned i = 0; i < REST_ROUTE_COUNT; i++) {
		const struct route *route = route_of((enum rest_route)i);

		CHECK(route->is_global == !route->by_token);
		CHECK(route->attempt_ms > 0 && route->patience_ms >= route->attempt_ms);
	}
}

TEST(a_new_message_alone_must_not_be_doubled)
{
	for (unsigned i = 0; i < REST_ROUTE_COUNT; i++)
		CHECK(route_of((enum rest_route)i)->repeatable == (i != REST_FOLLOW_UP && i != REST_MESSAGE));
}

TEST(a_refusal_becomes_an_error_with_discords_words)
{
	static const struct {
		int status;
		const char *body;
		enum err_code code;
		const char *word;
	} cases[] = {
		{400, "{\"message\":\"Bad \\u0022thing\",\"code\":50035,\"errors\":{\"x\":1}}", ERR_INPUT, "400: Bad \"thing {\"x\":1}"},
		{400, "{\"message\":\"done\",\"code\":40060}", ERR_DUPLICATE, "done"},
		{403, "[]", ERR_REFUSED, "403"},
		{404, "{\"message\":5}", ERR_NOT_FOUND, "404"},
		{429, "null", ERR_THROTTLED, "429"},
		{500, "{}", ERR_NET, "500"},
		{302, "{}", ERR_PROTO, "302"},
		{401, "{}", ERR_REFUSED, "DISCORD_BOT_TOKEN"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena;
		struct json body;
		struct err err = {0};

		arena_init(&arena, 65536);
		if (CHECK(json_parse(&arena, str_from(cases[i].body), &body, NULL))) {
			CHECK(!route_refusal(route_of(REST_COMMANDS_PUT), cases[i].status, body, &arena, &err));
			CHECK_EQ_INT(err.code, cases[i].code);
			CHECK(strstr(err.text, cases[i].word) != NULL);
		}
		arena_release(&arena);
	}
}
