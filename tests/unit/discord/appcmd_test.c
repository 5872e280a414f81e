#include "discord/appcmd.h"

#include "test.h"

static const struct appcmd_choice counts[] = {
	{.name = {"one", "1回"}, .integer = 1},
	{.name = {"ten", "10回"}, .integer = 10},
};

static const struct appcmd_option pull_options[] = {
	{.name = "count", .type = OPTION_INTEGER, .description = {"How many", "回数"}, .required = true, .choices = counts,
	 .choice_count = 2},
	{.name = "banner", .type = OPTION_STRING, .description = {"Which banner", "バナー"}, .autocomplete = true, .min = 1, .max = 64},
};

static const struct appcmd_option gacha_options[] = {
	{.name = "pull", .type = OPTION_SUBCOMMAND, .description = {"Pull", "引く"}, .options = pull_options, .option_count = 2},
};

static const struct appcmd commands[] = {
	{.name = "gacha", .description = {"The gacha", "ガチャ"}, .options = gacha_options, .option_count = 1,
	 .contexts = APPCMD_CONTEXT_GUILD | APPCMD_CONTEXT_BOT_DM},
	{.name = "admin", .description = {"Settings", NULL}, .contexts = APPCMD_CONTEXT_GUILD, .member_permissions = 32},
};

TEST(commands_are_written_as_discord_takes_them)
{
	char memory[4096];
	struct json_writer writer;
	struct buf out;

	buf_wrap(&out, memory, sizeof(memory));
	json_writer_init(&writer, &out);
	appcmd_write(commands, 2, &writer);
	CHECK(json_writer_done(&writer));
	CHECK_EQ_STR(
		buf_cstr(&out),
		"[{\"name\":\"gacha\",\"type\":1,\"description\":\"The gacha\",\"description_localizations\":{\"ja\":\"ガチャ\"},"
		"\"options\":[{\"type\":1,\"name\":\"pull\",\"description\":\"Pull\",\"description_localizations\":{\"ja\":\"引く\"},"
		"\"options\":[{\"type\":4,\"name\":\"count\",\"description\":\"How many\",\"description_localizations\":{\"ja\":\"回数\"},"
		"\"required\":true,\"choices\":[{\"name\":\"one\",\"name_localizations\":{\"ja\":\"1回\"},\"value\":1},"
		"{\"name\":\"ten\",\"name_localizations\":{\"ja\":\"10回\"},\"value\":10}]},{\"type\":3,\"name\":\"banner\","
		"\"description\":\"Which banner\",\"description_localizations\":{\"ja\":\"バナー\"},\"autocomplete\":true,"
		"\"min_length\":1,\"max_length\":64}]}],\"default_member_permissions\":null,\"contexts\":[0,1],"
		"\"integration_types\":[0]},{\"name\":\"admin\",\"type\":1,\"description\":\"Settings\","
		"\"default_member_permissions\":32,\"contexts\":[0],\"integration_types\":[0]}]");
}

static bool equal(const char *theirs)
{
	struct arena arena;
	struct json value;
	bool result;

	arena_init(&arena, 1u << 20);
	CHECK(json_parse(&arena, str_from(theirs), &value, NULL));
	result = appcmd_equal(commands, 2, value);
	arena_release(&arena);
	return result;
}

/* As Discord gives them back, with the parts that the tests change. */
#define THEIRS(gacha, count_option, banner_option, admin) \
	"[{\"id\":\"2\",\"application_id\":\"9\",\"version\":\"7\",\"type\":1,\"name\":\"admin\",\"description\":\"Settings\"," \
	"\"name_localizations\":null,\"description_localizations\":null,\"nsfw\":false,\"integration_types\":[0]," \
	"\"dm_permission\":false,\"contexts\":[0]" admin "},{\"id\":\"1\",\"application_id\":\"9\",\"version\":\"8\"," \
	"\"name\":\"gacha\",\"description\":\"The gacha\",\"description_localizations\":{\"ja\":\"ガチャ\"}," \
	"\"default_member_permissions\":null" gacha ",\"options\":[{\"type\":1,\"name\":\"pull\",\"description\":\"Pull\"," \
	"\"description_localizations\":{\"ja\":\"引く\"},\"name_localizations\":null,\"options\":[{\"type\":4,\"name\":\"count\"," \
	"\"description\":\"How many\",\"description_localizations\":{\"ja\":\"回数\"}" count_option ",\"choices\":[{\"name\":\"one\"," \
	"\"name_localizations\":{\"ja\":\"1回\"},\"value\":1},{\"name\":\"ten\",\"name_localizations\":{\"ja\":\"10回\"}," \
	"\"value\":10.0}]},{\"type\":3,\"name\":\"banner\",\"description\":\"Which banner\"," \
	"\"description_localizations\":{\"ja\":\"バナー\"},\"autocomplete\":true" banner_option "}]}]}]"

#define GACHA ",\"contexts\":[1,0]"
#define COUNT ",\"required\":true"
#define BANNER ",\"min_length\":1,\"max_length\":64"
#define ADMIN ",\"default_member_permissions\":\"32\""

TEST(what_discord_adds_makes_no_difference)
{
	CHECK(equal(THEIRS(GACHA, COUNT, BANNER, ADMIN)));
	CHECK(equal(THEIRS(GACHA ",\"nsfw\":false,\"dm_permission\":true,\"handler\":null", COUNT ",\"autocomplete\":false",
			   BANNER ",\"required\":false,\"choices\":[],\"options\":null", ADMIN ",\"options\":[]")));
	/* In a server a command has no contexts. */
	CHECK(equal(THEIRS(",\"guild_id\":\"5\"", COUNT, BANNER, ADMIN ",\"guild_id\":\"5\"")));
}

TEST(every_difference_is_seen)
{
	CHECK(!equal("[]"));
	CHECK(!equal("null"));
	CHECK(!equal("{}"));
	CHECK(!equal("[null,5]"));
	CHECK(!equal(THEIRS(",\"contexts\":[0]", COUNT, BANNER, ADMIN)));
	CHECK(!equal(THEIRS("", COUNT, BANNER, ADMIN)));
	CHECK(!equal(THEIRS(GACHA ",\"integration_types\":[0,1]", COUNT, BANNER, ADMIN)));
	CHECK(!equal(THEIRS(GACHA ",\"nsfw\":true", COUNT, BANNER, ADMIN)));
	CHECK(!equal(THEIRS(GACHA ",\"name_localizations\":{\"ja\":\"x\"}", COUNT, BANNER, ADMIN)));
	CHECK(!equal(THEIRS(GACHA ",\"type\":2", COUNT, BANNER, ADMIN)));
	CHECK(!equal(THEIRS(GACHA, "", BANNER, ADMIN)));
	CHECK(!equal(THEIRS(GACHA, ",\"required\":false", BANNER, ADMIN)));
	CHECK(!equal(THEIRS(GACHA, COUNT ",\"min_value\":1", BANNER, ADMIN)));
	CHECK(!equal(THEIRS(GACHA, COUNT, "", ADMIN)));
	CHECK(!equal(THEIRS(GACHA, COUNT, ",\"min_length\":1,\"max_length\":65", ADMIN)));
	CHECK(!equal(THEIRS(GACHA, COUNT, BANNER ",\"options\":[{}]", ADMIN)));
	CHECK(!equal(THEIRS(GACHA, COUNT, BANNER, "")));
	CHECK(!equal(THEIRS(GACHA, COUNT, BANNER, ",\"default_member_permissions\":\"0\"")));
	CHECK(!equal(THEIRS(GACHA, COUNT, BANNER, ADMIN "},{\"name\":\"more\"")));
}

TEST(what_is_written_is_equal_to_itself)
{
	char memory[4096];
	struct json_writer writer;
	struct buf out;

	buf_wrap(&out, memory, sizeof(memory));
	json_writer_init(&writer, &out);
	appcmd_write(commands, 2, &writer);
	CHECK(equal(buf_cstr(&out)));
}

TEST(good_commands_pass_the_check)
{
	struct err err = {0};

	CHECK(appcmd_check(commands, 2, &err));
	CHECK_EQ_STR(err.text, "");
}

static bool passes(struct appcmd command)
{
	return appcmd_check(&command, 1, NULL);
}

static bool option_passes(struct appcmd_option option)
{
	struct appcmd command = commands[1];

	command.options = &option;
	command.option_count = 1;
	return passes(command);
}

TEST(what_discord_would_refuse_fails_the_check)
{
	static const char long_name[] = "abcdefghijklmnopqrstuvwxyz0123456";
	static char long_text[102];
	struct appcmd command = commands[1];
	struct appcmd twice[] = {commands[1], commands[1]};
	struct appcmd_option option = {.name = "o", .type = OPTION_STRING, .description = {"d", NULL}};
	struct appcmd_option order[] = {option, option};
	struct appcmd_option mixed[] = {option, gacha_options[0]};

	memset(long_text, 'x', 101);
	CHECK(!appcmd_check(twice, 2, NULL));
	command.name = "Upper";
	CHECK(!passes(command));
	command.name = long_name;
	CHECK(!passes(command));
	command.name = "";
	CHECK(!passes(command));
	command = commands[1];
	command.description.en = "";
	CHECK(!passes(command));
	command.description.en = long_text;
	CHECK(!passes(command));
	command.description.en = "d";
	command.description.ja = long_text;
	CHECK(!passes(command));
	command = commands[1];
	command.contexts = 0;
	CHECK(!passes(command));

	CHECK(option_passes(option));
	option.min = 5;
	CHECK(!option_passes(option));
	option.max = 6001;
	CHECK(!option_passes(option));
	option.type = OPTION_BOOLEAN;
	option.max = 6;
	CHECK(!option_passes(option));
	option = order[0];
	option.choices = counts;
	option.choice_count = 2;
	CHECK(!option_passes(option)); /* integers for a string */
	option.type = OPTION_INTEGER;
	CHECK(option_passes(option));
	option.autocomplete = true;
	CHECK(!option_passes(option));
	option = order[0];
	option.options = pull_options;
	option.option_count = 2;
	CHECK(!option_passes(option));

	command = commands[1];
	order[1].name = "p";
	order[1].required = true;
	command.options = order;
	command.option_count = 2;
	CHECK(!passes(command));
	command.options = mixed;
	CHECK(!passes(command));
}

TEST(a_command_has_at_most_8000_characters_with_its_longest_localisation)
{
	static char text[101];
	static struct appcmd_choice choices[25];
	static struct appcmd_option options[25];
	static char names[25][8];
	struct appcmd command = commands[1];
	struct err err = {0};

	memset(text, 'x', 100);
	for (unsigned i = 0; i < 25; i++) {
		choices[i] = (struct appcmd_choice){.name = {"x", text}, .text = "v"};
		names[i][0] = (char)('a' + i);
		options[i] = (struct appcmd_option){.name = names[i], .type = OPTION_STRING, .description = {"x", text}};
	}
	command.options = options;
	command.option_count = 25;
	CHECK(appcmd_check(&command, 1, NULL));
	for (unsigned i = 0; i < 3; i++) {
		options[i].choices = choices;
		options[i].choice_count = 25;
	}
	CHECK(!appcmd_check(&command, 1, &err));
	CHECK(strstr(err.text, "8000") != NULL);
}
