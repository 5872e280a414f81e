/* /admin catalog: drafts, publishing and the races of it. Forms and files in detail: tests/system/test_catalog_editing.py. */
#include <stdio.h>

#include "bot/audit.h"
#include "bot/router.h"
#include "test.h"
#include "world.h"

#define CATALOG(path, options) \
	"{\"name\":\"admin\",\"options\":[{\"name\":\"catalog\",\"type\":2,\"options\":[{\"name\":\"" path "\",\"type\":1,\"options\":[" options "]}]}]}"
#define OF_ID(id) "{\"name\":\"id\",\"type\":3,\"value\":\"" id "\"}"
/* {"price":"7"} of akari. */
#define PRICE(digits) "{\"rarity\":\"SSR\",\"name_ja\":\"a\",\"name_en\":\"a\",\"details\":\"price: " digits "\"}"

static struct world *make(void)
{
	struct world *world = world_create(STR_EMPTY);

	world->permissions = PERMISSION_ADMINISTRATOR;
	return world;
}

/* The custom id of a modal. */
static struct str modal_id(struct world *world, struct json answer)
{
	return json_text_or(json_get(json_get(answer, "data"), "custom_id"), &world->arena, STR_EMPTY);
}

static struct json draft(struct world *world, uint64_t user, const char *inputs)
{
	struct json form = world_ask(world, &world_gateway, user, "en-US", CATALOG("item", OF_ID("akari")));

	return world_submit(world, &world_gateway, user, modal_id(world, form), inputs);
}

static bool is_in_force(struct world *world, const char *price)
{
	world_ask(world, &world_gateway, 9, "en-US", WORLD_PROFILE);
	return str_find(world->catalogs.current->text, arena_printf(&world->arena, "\"price\": %s", price)) > 0;
}

TEST(a_draft_expires_and_a_published_text_stays)
{
	struct world *world = make();
	struct json offer = draft(world, 1, PRICE("7"));
	const struct store_row *row;

	CHECK(world_says(world, offer, "180 → 7"));
	CHECK_EQ_UINT(world->store.row_count, 2); /* the text and the answer */
	row = world->store.rows[0].table == STORE_SETTINGS ? &world->store.rows[0] : &world->store.rows[1];
	CHECK_EQ_INT(row->expires_at_s, world->now_ms / 1000 + CATALOG_DRAFT_S);
	CHECK(!is_in_force(world, "7"));
	world->now_ms += 5;
	CHECK(world_says(world, world_push(world, &world_gateway, 1, world_button(world, offer, 0)), "Published"));
	CHECK_EQ_INT(row->expires_at_s, 0);
	CHECK(is_in_force(world, "7"));
	CHECK_EQ_UINT(world_rows(world, STORE_HISTORY, "audit#global"), 1);
	world_restart(world);
	CHECK(is_in_force(world, "7"));
	world_free(world);
}

TEST(a_lost_race_is_looked_at_afresh)
{
	struct world *world = make();
	struct json first = draft(world, 1, PRICE("7")), second = draft(world, 2, PRICE("8"));

	world->store.races = 2;
	CHECK(world_says(world, world_push(world, &world_gateway, 1, world_button(world, first, 0)), "Published"));
	CHECK(world_says(world, world_push(world, &world_gateway, 2, world_button(world, second, 0)), "<@1> changed the catalog meanwhile"));
	CHECK(world_says(world, world_push(world, &world_gateway, 1, world_button(world, first, 0)), "published already"));
	CHECK(is_in_force(world, "7"));
	CHECK_EQ_UINT(world_rows(world, STORE_HISTORY, "audit#global"), 1);
	world_free(world);
}

TEST(a_draft_whose_text_is_gone_is_made_again)
{
	struct world *world = make();
	struct json offer = draft(world, 1, PRICE("7"));

	for (size_t i = 0; i < world->store.row_count; i++)
		if (world->store.rows[i].table == STORE_SETTINGS)
			world->store.rows[i] = world->store.rows[--world->store.row_count];
	CHECK(world_says(world, world_push(world, &world_gateway, 1, world_button(world, offer, 0)), "older than a day"));
	CHECK(!is_in_force(world, "7"));
	world_free(world);
}

TEST(two_publishings_within_one_millisecond_follow_each_other)
{
	struct world *world = make();

	world_push(world, &world_gateway, 1, world_button(world, draft(world, 1, PRICE("7")), 0));
	struct json answer = world_push(world, &world_gateway, 1, world_button(world, draft(world, 1, PRICE("8")), 0));
	CHECK(world_says(world, answer, "Published"));
	world->now_ms += 1;
	CHECK(is_in_force(world, "8"));
	world_free(world);
}

TEST(the_text_of_what_was_taken_back_expires_and_can_be_published_again)
{
	struct world *world = make();
	struct json offer = draft(world, 1, PRICE("7")), answer;
	const struct store_row *row;
	char later[24];

	row = world->store.rows[0].table == STORE_SETTINGS ? &world->store.rows[0] : &world->store.rows[1];
	snprintf(later, sizeof(later), "%lld", (long long)(world->now_ms / 1000 + 3600));
	CHECK(world_says(world, world_choose(world, &world_gateway, 1, world_component(world, offer, 1, 0), later), "Planned"));
	CHECK_EQ_INT(row->expires_at_s, 0);
	world->now_ms += 5000;
	answer = world_ask(world, &world_gateway, 1, "en-US", CATALOG("revisions", ""));
	CHECK(world_says(world, world_push(world, &world_gateway, 1, world_button(world, answer, 0)), "Taken back"));
	CHECK_EQ_INT(row->expires_at_s, world->now_ms / 1000 + CATALOG_DRAFT_S);
	CHECK(world_says(world, world_push(world, &world_gateway, 1, world_button(world, offer, 0)), "Published"));
	CHECK_EQ_INT(row->expires_at_s, 0);
	CHECK(is_in_force(world, "7"));
	world_free(world);
}

TEST(without_the_permission_nothing_of_it_works)
{
	static const char *const commands[] = {CATALOG("item", ""), CATALOG("banner", ""), CATALOG("retire", OF_ID("akari")),
					       CATALOG("export", ""), CATALOG("revisions", "")};
	struct world *world = make();
	struct json offer = draft(world, 1, PRICE("7"));
	struct json form = world_ask(world, &world_gateway, 1, "en-US", CATALOG("item", OF_ID("akari")));
	size_t rows = world->store.row_count;

	world->permissions = PERMISSION_MANAGE_GUILD;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", commands[i]), "permission"));
	CHECK(world_says(world, world_push(world, &world_gateway, 1, world_button(world, offer, 0)), "permission"));
	CHECK(world_says(world, world_submit(world, &world_gateway, 1, modal_id(world, form), PRICE("9")), "permission"));
	CHECK_EQ_UINT(world->store.row_count, rows);
	world_free(world);
}

TEST(every_route_of_the_family_asks_for_the_permission_and_answers_in_private)
{
	const struct route *routes;
	size_t count, found = 0;

	routes = router_routes(&count);
	for (size_t i = 0; i < count; i++) {
		if (!str_starts(str_from(routes[i].path), STR("admin catalog")))
			continue;
		found++;
		CHECK(routes[i].is_private);
		CHECK(routes[i].completes || routes[i].permissions == PERMISSION_ADMINISTRATOR);
	}
	CHECK_EQ_UINT(found, 16);
}
