#include "bot/commands.h"
#include "bot/router.h"

#include "test.h"
#include "world.h"

#define NEEDS_KNOWN \
	(NEED_PLAYER | NEED_OTHER | NEED_OTHER_OPEN | NEED_HISTORY | NEED_GUILD | NEED_CATALOG | NEED_FILE | NEED_ALL_HISTORY)

static const struct route *find(const char *command, const char *group, const char *subcommand)
{
	static struct interaction interaction;

	interaction = (struct interaction){
		.command = str_from(command), .group = str_from(group), .subcommand = str_from(subcommand)};
	return router_command(&interaction);
}

TEST(discord_accepts_the_definitions)
{
	struct err err = {.text = ""};
	size_t count;
	const struct appcmd *commands = commands_all(&count);

	if (!CHECK(appcmd_check(commands, count, &err)))
		CHECK_EQ_STR(err.text, "");
}

static bool is_nested(const struct appcmd_option *option)
{
	return option->type == OPTION_SUBCOMMAND || option->type == OPTION_SUBCOMMAND_GROUP;
}

/* Whether each command under these words has a route. */
static void check_routed(const char *command, const struct appcmd_option *group)
{
	for (size_t i = 0; i < group->option_count; i++)
		if (!CHECK(find(command, group->name, group->options[i].name) != NULL))
			CHECK_EQ_STR(group->options[i].name, "has a route");
}

TEST(every_command_that_is_defined_has_a_route)
{
	size_t count;
	const struct appcmd *commands = commands_all(&count);

	for (size_t i = 0; i < count; i++) {
		bool has_subcommands = false;

		for (size_t k = 0; k < commands[i].option_count; k++) {
			const struct appcmd_option *option = &commands[i].options[k];

			if (!is_nested(option))
				continue;
			has_subcommands = true;
			if (option->type == OPTION_SUBCOMMAND_GROUP)
				check_routed(commands[i].name, option);
			else if (!CHECK(find(commands[i].name, "", option->name) != NULL))
				CHECK_EQ_STR(option->name, "has a route");
		}
		if (!CHECK((find(commands[i].name, "", "") != NULL) == !has_subcommands))
			CHECK_EQ_STR(commands[i].name, "has a route");
	}
}

/* Whether the words lead to something that is defined, to `option` there if it is given. */
static bool leads(struct str words, const char *option, const struct appcmd_option *options, size_t count)
{
	struct str word, rest = words;

	if (!str_next(&rest, ' ', &word)) {
		for (size_t i = 0; i < count; i++)
			if (option && (str_eqc(str_from(options[i].name), option) ||
				       (is_nested(&options[i]) &&
					leads(STR_EMPTY, option, options[i].options, options[i].option_count))))
				return true;
		return !option;
	}
	for (size_t i = 0; i < count; i++)
		if (str_eqc(word, options[i].name))
			return leads(rest, option, options[i].options, options[i].option_count);
	return false;
}

static bool is_defined(const char *path, const char *option)
{
	size_t count;
	const struct appcmd *commands = commands_all(&count);
	struct str rest = str_from(path), name;

	if (!str_next(&rest, ' ', &name))
		return false;
	for (size_t i = 0; i < count; i++)
		if (str_eqc(name, commands[i].name))
			return leads(rest, option, commands[i].options, commands[i].option_count);
	return false;
}

static bool is_command(const char *path)
{
	struct str rest = str_from(path), name = STR_EMPTY;
	size_t count;
	const struct appcmd *commands = commands_all(&count);

	str_next(&rest, ' ', &name);
	for (size_t i = 0; i < count; i++)
		if (str_eqc(name, commands[i].name))
			return true;
	return false;
}

/* Two rows that could be meant by one interaction. */
static bool is_same(const struct route *a, const struct route *b)
{
	if (a->verb || b->verb)
		return a->verb == b->verb;
	if (a->completes || b->completes)
		return a->completes && b->completes && strcmp(a->completes, b->completes) == 0 && strcmp(a->path, b->path) == 0;
	return strcmp(a->path, b->path) == 0;
}

TEST(every_route_is_defined_and_whole)
{
	size_t count;
	const struct route *routes = router_routes(&count);

	for (size_t i = 0; i < count; i++) {
		CHECK(routes[i].handle != NULL);
		CHECK((routes[i].needs & ~(unsigned)NEEDS_KNOWN) == 0);
		/* A button may stand for a step of its command that nobody types. */
		if (!CHECK(routes[i].verb ? is_command(routes[i].path) : is_defined(routes[i].path, routes[i].completes)))
			CHECK_EQ_STR(routes[i].path, "is defined");
		for (size_t k = 0; k < i; k++)
			CHECK(!is_same(&routes[i], &routes[k]));
	}
}

TEST(unknown_words_have_no_route)
{
	CHECK(find("gacha", "", "") == NULL);
	CHECK(find("gacha", "", "pul") == NULL);
	CHECK(find("gacha pull", "", "") == NULL);
	CHECK(find("daily", "", "x") == NULL);
	CHECK(find("", "", "") == NULL);
	CHECK(router_button(&(struct custom_id){.verb = 0}) == NULL);
	CHECK(router_button(&(struct custom_id){.verb = '?'}) == NULL);
}
