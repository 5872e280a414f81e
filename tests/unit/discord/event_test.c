#include "discord/event.h"

#include "test.h"

static struct arena arena;
static struct interaction ix;

static bool decode(const char *text, struct err *err)
{
	struct json value;

	arena_release(&arena);
	arena_init(&arena, 1u << 20);
	return CHECK(json_parse(&arena, str_from(text), &value, NULL)) &&
	       event_decode_interaction(value, &arena, &ix, err);
}

static void done(void)
{
	arena_release(&arena);
}

static bool is(struct str got, const char *want)
{
	return str_eqc(got, want);
}

#define HEAD "\"id\":\"11\",\"application_id\":\"22\",\"token\":\"tok\",\"version\":1,"
#define IN_SERVER "\"guild_id\":\"33\",\"channel_id\":\"44\",\"locale\":\"ja\",\"guild_locale\":\"en-US\"," \
		  "\"member\":{\"nick\":\"ほむ\",\"permissions\":\"2248473465835073\",\"user\":{\"id\":\"55\"," \
		  "\"username\":\"homu\",\"global_name\":\"Homura\",\"bot\":false}},"

TEST(a_command_in_a_server_is_read_whole)
{
	REQUIRE(decode("{" HEAD IN_SERVER "\"type\":2,\"data\":{\"id\":\"1\",\"name\":\"gacha\",\"type\":1,\"options\":[{\"type\":1,"
		       "\"name\":\"pull\",\"options\":[{\"type\":4,\"name\":\"count\",\"value\":10},{\"type\":3,\"name\":\"banner\","
		       "\"value\":\"st\\u0061rter\"},{\"type\":5,\"name\":\"show\",\"value\":true}]}]}}", NULL));
	CHECK_EQ_INT(ix.kind, INTERACTION_COMMAND);
	CHECK_EQ_UINT(ix.id, 11);
	CHECK_EQ_UINT(ix.application_id, 22);
	CHECK(is(ix.token, "tok"));
	CHECK_EQ_UINT(ix.guild_id, 33);
	CHECK_EQ_UINT(ix.channel_id, 44);
	CHECK_EQ_UINT(ix.user.id, 55);
	CHECK(is(ix.user.name, "ほむ"));
	CHECK_EQ_UINT(ix.permissions, 2248473465835073);
	CHECK(is(ix.locale, "ja"));
	CHECK(is(ix.guild_locale, "en-US"));
	CHECK(is(ix.command, "gacha"));
	CHECK(is(ix.subcommand, "pull"));
	CHECK_EQ_UINT(ix.group.len, 0);
	CHECK_EQ_UINT(ix.option_count, 3);
	REQUIRE(interaction_option(&ix, "count") && interaction_option(&ix, "banner") && interaction_option(&ix, "show"));
	CHECK_EQ_INT(interaction_option(&ix, "count")->integer, 10);
	CHECK(is(interaction_option(&ix, "banner")->text, "starter"));
	CHECK(interaction_option(&ix, "show")->flag);
	CHECK(!interaction_option(&ix, "other"));
	done();
}

TEST(a_direct_message_has_its_user_outside_a_member)
{
	REQUIRE(decode("{" HEAD "\"type\":2,\"channel\":{\"id\":\"44\",\"type\":1},\"user\":{\"id\":\"55\",\"username\":\"homu\","
		       "\"global_name\":null},\"data\":{\"name\":\"ping\"}}", NULL));
	CHECK_EQ_UINT(ix.guild_id, 0);
	CHECK_EQ_UINT(ix.channel_id, 44);
	CHECK_EQ_UINT(ix.permissions, 0);
	CHECK(is(ix.user.name, "homu"));
	CHECK_EQ_UINT(ix.option_count, 0);
	done();
}

TEST(a_group_comes_before_its_subcommand)
{
	REQUIRE(decode("{" HEAD IN_SERVER "\"type\":2,\"data\":{\"name\":\"admin\",\"options\":[{\"type\":2,\"name\":\"banner\","
		       "\"options\":[{\"type\":1,\"name\":\"set\",\"options\":[]}]}]}}", NULL));
	CHECK(is(ix.group, "banner"));
	CHECK(is(ix.subcommand, "set"));
	done();
}

TEST(a_user_option_is_resolved_with_nickname_and_bot_flag)
{
	REQUIRE(decode("{" HEAD IN_SERVER "\"type\":2,\"data\":{\"name\":\"gift\",\"options\":[{\"type\":6,\"name\":\"to\","
		       "\"value\":\"66\"}],\"resolved\":{\"users\":{\"66\":{\"id\":\"66\",\"username\":\"mado\",\"bot\":true}},"
		       "\"members\":{\"66\":{\"nick\":\"Madoka\"}}}}}", NULL));
	CHECK_EQ_UINT(ix.options[0].id, 66);
	CHECK(is(ix.options[0].user.name, "Madoka"));
	CHECK(ix.options[0].user.bot);
	done();
}

TEST(what_is_being_typed_is_text_whatever_its_type)
{
	REQUIRE(decode("{" HEAD IN_SERVER "\"type\":4,\"data\":{\"name\":\"gacha\",\"options\":[{\"type\":1,\"name\":\"pull\","
		       "\"options\":[{\"type\":4,\"name\":\"count\",\"value\":\"1x\",\"focused\":true},{\"type\":6,\"name\":\"to\","
		       "\"value\":\"66\"}]}]}}", NULL));
	CHECK_EQ_INT(ix.kind, INTERACTION_AUTOCOMPLETE);
	CHECK(ix.options[0].focused);
	CHECK(is(ix.options[0].text, "1x"));
	CHECK(!ix.options[1].focused);
	CHECK_EQ_UINT(ix.options[1].id, 66);
	REQUIRE(decode("{" HEAD IN_SERVER "\"type\":4,\"data\":{\"name\":\"g\",\"options\":[{\"type\":4,\"name\":\"n\",\"value\":12,"
		       "\"focused\":true}]}}", NULL));
	CHECK(is(ix.options[0].text, "12"));
	done();
}

TEST(a_click_tells_its_custom_id_message_and_values)
{
	REQUIRE(decode("{" HEAD IN_SERVER "\"type\":3,\"message\":{\"id\":\"77\"},\"data\":{\"component_type\":3,\"custom_id\":\"pick\","
		       "\"values\":[\"a\",\"b\"]}}", NULL));
	CHECK(is(ix.custom_id, "pick"));
	CHECK_EQ_UINT(ix.message_id, 77);
	CHECK_EQ_UINT(ix.value_count, 2);
	CHECK(is(ix.values[1], "b"));
	done();
}

TEST(a_modal_tells_its_fields_in_rows_and_in_labels)
{
	REQUIRE(decode("{" HEAD IN_SERVER "\"type\":5,\"data\":{\"custom_id\":\"form\",\"components\":[{\"type\":1,\"components\":[{"
		       "\"type\":4,\"custom_id\":\"one\",\"value\":\"1\"}]},{\"type\":18,\"component\":{\"type\":4,\"custom_id\":\"two\","
		       "\"value\":\"2\"}},{\"type\":10,\"content\":\"a text\"}]}}", NULL));
	CHECK_EQ_UINT(ix.field_count, 2);
	CHECK(is(ix.fields[0].name, "one"));
	CHECK(is(ix.fields[1].text, "2"));
	done();
}

TEST(a_ping_needs_no_user)
{
	REQUIRE(decode("{" HEAD "\"type\":1}", NULL));
	CHECK_EQ_INT(ix.kind, INTERACTION_PING);
	done();
}

TEST(what_is_missing_or_of_the_wrong_type_is_named)
{
	static const struct {
		const char *text, *word;
	} cases[] = {
		{"null", "type"},
		{"[]", "type"},
		{"{}", "type"},
		{"{" HEAD "\"type\":6}", "type"},
		{"{" HEAD "\"type\":\"2\"}", "type"},
		{"{\"type\":2,\"application_id\":\"22\",\"token\":\"t\"}", "id"},
		{"{\"type\":2,\"id\":11,\"application_id\":\"22\",\"token\":\"t\"}", "id"},
		{"{\"type\":2,\"id\":\"-1\",\"application_id\":\"22\",\"token\":\"t\"}", "id"},
		{"{\"type\":2,\"id\":\"18446744073709551616\",\"application_id\":\"22\",\"token\":\"t\"}", "id"},
		{"{\"type\":2,\"id\":\"11\",\"token\":\"t\"}", "application_id"},
		{"{\"type\":2,\"id\":\"11\",\"application_id\":\"22\"}", "token"},
		{"{" HEAD "\"type\":2,\"data\":{\"name\":\"x\"}}", "user"},
		{"{" HEAD "\"type\":2,\"member\":{\"user\":null},\"data\":{\"name\":\"x\"}}", "user"},
		{"{" HEAD IN_SERVER "\"type\":2,\"data\":null}", "command name"},
		{"{" HEAD IN_SERVER "\"type\":3,\"data\":{}}", "custom_id"},
		{"{" HEAD IN_SERVER "\"type\":3,\"data\":{\"custom_id\":\"x\",\"values\":[1]}}", "value"},
		{"{" HEAD IN_SERVER "\"type\":5,\"data\":{\"custom_id\":\"x\",\"components\":[{}]}}", "component"},
		{"{" HEAD IN_SERVER "\"type\":5,\"data\":{\"custom_id\":\"x\",\"components\":[{\"type\":18}]}}", "field"},
		{"{" HEAD IN_SERVER "\"type\":2,\"data\":{\"name\":\"x\",\"options\":[{}]}}", "option"},
		{"{" HEAD IN_SERVER "\"type\":2,\"data\":{\"name\":\"x\",\"options\":[{\"name\":\"n\",\"type\":4,\"value\":1.5}]}}", "n"},
		{"{" HEAD IN_SERVER "\"type\":2,\"data\":{\"name\":\"x\",\"options\":[{\"name\":\"n\",\"type\":6,\"value\":\"66\"}]}}", "n"},
		{"{" HEAD IN_SERVER "\"type\":2,\"data\":{\"name\":\"x\",\"options\":[{\"name\":\"n\",\"type\":99,\"value\":1}]}}", "n"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {0};

		CHECK(!decode(cases[i].text, &err));
		CHECK_EQ_INT(err.code, ERR_INPUT);
		CHECK(strstr(err.text, cases[i].word) != NULL);
	}
	done();
}

TEST(more_options_values_or_fields_than_discord_has_are_refused)
{
	char text[8192];
	struct buf out;
	struct err err = {0};

	buf_wrap(&out, text, sizeof(text));
	buf_addc(&out, "{" HEAD IN_SERVER "\"type\":2,\"data\":{\"name\":\"x\",\"options\":[");
	for (unsigned i = 0; i <= INTERACTION_OPTIONS_MAX; i++)
		buf_printf(&out, "%s{\"name\":\"o%u\",\"type\":4,\"value\":1}", i ? "," : "", i);
	buf_addc(&out, "]}}");
	CHECK(!decode(buf_cstr(&out), &err));
	buf_clear(&out);
	buf_addc(&out, "{" HEAD IN_SERVER "\"type\":3,\"data\":{\"custom_id\":\"x\",\"values\":[");
	for (unsigned i = 0; i <= INTERACTION_VALUES_MAX; i++)
		buf_printf(&out, "%s\"v\"", i ? "," : "");
	buf_addc(&out, "]}}");
	CHECK(!decode(buf_cstr(&out), &err));
	buf_clear(&out);
	buf_addc(&out, "{" HEAD IN_SERVER "\"type\":5,\"data\":{\"custom_id\":\"x\",\"components\":[");
	for (unsigned i = 0; i <= INTERACTION_FIELDS_MAX; i++)
		buf_printf(&out, "%s{\"type\":1,\"components\":[{\"custom_id\":\"f\",\"value\":\"\"}]}", i ? "," : "");
	buf_addc(&out, "]}}");
	CHECK(!decode(buf_cstr(&out), &err));
	done();
}

TEST(a_snowflake_tells_when_it_was_made)
{
	CHECK_EQ_INT(snowflake_unix_ms(175928847299117063), 1462015105796);
	CHECK_EQ_INT(snowflake_unix_ms(0), 1420070400000);
	CHECK(snowflake_unix_ms(UINT64_MAX) > 0);
}

TEST(ready_tells_what_it_has)
{
	struct event_ready ready;
	struct json value;

	arena_init(&arena, 65536);
	REQUIRE(json_parse(&arena, STR("{\"session_id\":\"s\",\"resume_gateway_url\":\"wss://r\",\"user\":{\"id\":\"9\"}}"), &value, NULL));
	event_decode_ready(value, &arena, &ready);
	CHECK(is(ready.session_id, "s"));
	CHECK(is(ready.resume_url, "wss://r"));
	CHECK_EQ_UINT(ready.application_id, 9);
	event_decode_ready(JSON_MISSING_VALUE, &arena, &ready);
	CHECK_EQ_UINT(ready.session_id.len + ready.resume_url.len + ready.application_id, 0);
	done();
}

TEST(an_attached_file_is_resolved)
{
	REQUIRE(decode("{" HEAD IN_SERVER "\"type\":2,\"data\":{\"id\":\"1\",\"name\":\"admin\",\"type\":1,\"resolved\":{\"attachments\":"
		       "{\"7\":{\"id\":\"7\",\"filename\":\"items.csv\",\"size\":120,\"url\":\"https://cdn.test/items.csv\"}}},"
		       "\"options\":[{\"type\":11,\"name\":\"file\",\"value\":\"7\"}]}}", NULL));
	CHECK(is(ix.options[0].file.name, "items.csv"));
	CHECK(is(ix.options[0].file.url, "https://cdn.test/items.csv"));
	CHECK_EQ_INT(ix.options[0].file.size_bytes, 120);
	CHECK(!decode("{" HEAD IN_SERVER "\"type\":2,\"data\":{\"id\":\"1\",\"name\":\"admin\",\"type\":1,"
		      "\"options\":[{\"type\":11,\"name\":\"file\",\"value\":\"7\"}]}}", NULL));
	done();
}

TEST(what_was_entered_into_a_modal_is_found_by_its_input)
{
	REQUIRE(decode("{" HEAD IN_SERVER "\"type\":5,\"data\":{\"custom_id\":\"m\",\"components\":[{\"type\":18,\"component\":"
		       "{\"type\":4,\"custom_id\":\"name\",\"value\":\" Ann \"}}]}}", NULL));
	CHECK(is(interaction_field(&ix, "name"), "Ann"));
	CHECK(is(interaction_field(&ix, "other"), ""));
	done();
}
