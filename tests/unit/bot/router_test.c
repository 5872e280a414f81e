#include "bot/router.h"

#include "test.h"
#include "world.h"

#define NEEDS_KNOWN (NEED_PLAYER | NEED_OTHER | NEED_HISTORY | NEED_ZONE)

static const struct route *find(struct str command, struct str subcommand)
{
	static struct interaction interaction;

	interaction = (struct interaction){.command = command, .group = STR_EMPTY, .subcommand = subcommand};
	return router_command(&interaction);
}

TEST(discord_accepts_the_definitions)
{
	struct err err = {.text = ""};
	size_t count;
	const struct appcmd *commands = router_appcmds(&count);

	if (!CHECK(appcmd_check(commands, count, &err)))
		CHECK_EQ_STR(err.text, "");
}

TEST(every_command_that_is_defined_has_a_route)
{
	size_t count;
	const struct appcmd *commands = router_appcmds(&count);

	for (size_t i = 0; i < count; i++) {
		bool has_subcommands = false;

		for (size_t k = 0; k < commands[i].option_count; k++) {
			if (commands[i].options[k].type != OPTION_SUBCOMMAND)
				continue;
			has_subcommands = true;
			CHECK(find(str_from(commands[i].name), str_from(commands[i].options[k].name)));
		}
		CHECK((find(str_from(commands[i].name), STR_EMPTY) != NULL) == !has_subcommands);
	}
}

static bool is_defined(const char *path)
{
	size_t count;
	const struct appcmd *commands = router_appcmds(&count);
	struct str name, subcommand;

	str_cut(str_from(path), ' ', &name, &subcommand);
	for (size_t i = 0; i < count; i++) {
		if (!str_eqc(name, commands[i].name))
			continue;
		if (subcommand.len == 0)
			return true;
		for (size_t k = 0; k < commands[i].option_count; k++)
			if (str_eqc(subcommand, commands[i].options[k].name))
				return true;
	}
	return false;
}

TEST(every_route_is_defined_and_whole)
{
	size_t count;
	const struct route *routes = router_routes(&count);

	for (size_t i = 0; i < count; i++) {
		CHECK(routes[i].handle != NULL);
		CHECK((routes[i].needs & ~(unsigned)NEEDS_KNOWN) == 0);
		CHECK(is_defined(routes[i].path));
		/* Nothing can be changed without the player. */
		CHECK(!routes[i].commits || (routes[i].needs & NEED_PLAYER));
		for (size_t k = 0; k < i; k++)
			CHECK(routes[i].verb ? routes[k].verb != routes[i].verb : routes[k].verb != 0 || strcmp(routes[k].path, routes[i].path) != 0);
	}
}

TEST(unknown_words_have_no_route)
{
	CHECK(find(STR("gacha"), STR_EMPTY) == NULL);
	CHECK(find(STR("gacha"), STR("pul")) == NULL);
	CHECK(find(STR("gacha pull"), STR_EMPTY) == NULL);
	CHECK(find(STR("daily"), STR("x")) == NULL);
	CHECK(find(STR_EMPTY, STR_EMPTY) == NULL);
	CHECK(router_button(&(struct custom_id){.verb = 0}) == NULL);
	CHECK(router_button(&(struct custom_id){.verb = '?'}) == NULL);
}
