#include "bot/router.h"

#include "test.h"
#include "world.h"

#define MANAGER "32"

static struct json ask(struct world *world, const char *options, const char *permissions)
{
	struct json data = world_parse(
		world, arena_printf(&world->arena,
				    "{\"type\":2,\"id\":\"%llu\",\"application_id\":\"9\",\"token\":\"t\",\"locale\":\"en-US\",\"guild_id\":\"77\","
				    "\"member\":{\"permissions\":\"%s\",\"user\":{\"id\":\"1\",\"username\":\"one\"}},"
				    "\"data\":{\"name\":\"settings\",\"options\":[%s]}}",
				    (unsigned long long)world_id(world), permissions, options));
	struct err err;

	CHECK(world_take(world, &world_playground, data, &err));
	world_settle(world);
	return world_last(world);
}

TEST(a_server_chooses_and_is_shown_what_it_chose)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = ask(world, "{\"name\":\"cooldown\",\"type\":4,\"value\":30},{\"name\":\"time_zone\",\"type\":3,\"value\":"
					"\"Europe/Paris\"},{\"name\":\"channel\",\"type\":7,\"value\":\"55\"},"
					"{\"name\":\"language\",\"type\":3,\"value\":\"ja\"},{\"name\":\"announcements\",\"type\":5,\"value\":false}",
				 MANAGER);

	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "Settings saved"));
	answer = ask(world, "", MANAGER);
	CHECK(world_says(world, answer, "Europe/Paris"));
	CHECK(world_says(world, answer, "30 s"));
	CHECK(world_says(world, answer, "<#55>"));
	CHECK(world_says(world, answer, "日本語"));
	CHECK(world_says(world, answer, "off"));
	REQUIRE(world_row(world, STORE_SETTINGS, "77") != NULL);
	CHECK(str_eqc(world_row(world, STORE_SETTINGS, "77")->doc,
		      "{\"channel\":\"55\",\"announces\":false,\"language\":\"ja\",\"time_zone\":\"Europe/Paris\",\"cooldown\":30}"));
	world_free(world);
}

TEST(what_makes_no_sense_is_refused_and_changes_nothing)
{
	static const char *const options[] = {
		"{\"name\":\"cooldown\",\"type\":4,\"value\":-1}",
		"{\"name\":\"cooldown\",\"type\":4,\"value\":86401}",
		"{\"name\":\"language\",\"type\":3,\"value\":\"fr\"}",
		"{\"name\":\"time_zone\",\"type\":3,\"value\":\"Moon/Base\"}",
	};
	struct world *world = world_create(STR_EMPTY);

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		CHECK(world_says(world, ask(world, options[i], MANAGER), "Nothing was changed"));
	CHECK(world_row(world, STORE_SETTINGS, "77") == NULL);
	world_free(world);
}

TEST(who_may_not_manage_the_server_is_refused)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = ask(world, "{\"name\":\"cooldown\",\"type\":4,\"value\":5}", "2048");

	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "permission"));
	CHECK(world_row(world, STORE_SETTINGS, "77") == NULL);
	CHECK(world_says(world, ask(world, "", "8"), "Settings of this server"));
	world_free(world);
}

TEST(in_the_global_scope_only_the_named_servers_administrators_run_the_game)
{
	struct world *world = world_create(STR_EMPTY);
	struct json data;
	struct err err;

	world->tasks->settings.admin_guild = 5;
	for (unsigned guild = 5; guild <= 6; guild++) {
		data = world_parse(world, arena_printf(&world->arena,
						       "{\"type\":2,\"id\":\"%llu\",\"application_id\":\"9\",\"token\":\"t\",\"locale\":\"en-US\","
						       "\"guild_id\":\"%u\",\"member\":{\"permissions\":\"8\",\"user\":{\"id\":\"1\"}},"
						       "\"data\":{\"name\":\"admin\",\"options\":[{\"name\":\"audit\",\"type\":1}]}}",
						       (unsigned long long)world_id(world), guild));
		REQUIRE(world_take(world, &world_playground, data, &err));
		world_settle(world);
		CHECK(world_says(world, world_last(world), "another server") == (guild == 6));
	}
	/* What is a server's own stays its managers'. */
	CHECK(world_says(world, ask(world, "", MANAGER), "Settings of this server"));
	world_free(world);
}
