/* /inventory, as a person meets it. */
#include "bot/cmd_collection.h"

#include <stdio.h>

#include "test.h"
#include "world.h"

#define TEXT(name, value) "{\"name\":\"" name "\",\"type\":3,\"value\":\"" value "\"}"
#define INVENTORY(options) "{\"name\":\"inventory\",\"options\":[" options "]}"
#define OF(user, bot) \
	"{\"name\":\"inventory\",\"options\":[{\"name\":\"user\",\"type\":6,\"value\":\"" user \
	"\"}],\"resolved\":{\"users\":{\"" user "\":{\"id\":\"" user "\",\"username\":\"u\",\"bot\":" bot "}}}}"
#define DUPLICATES "{\"name\":\"duplicates\",\"type\":5,\"value\":true}"

static struct json ask(struct world *world, const char *data)
{
	return world_ask(world, &world_gateway, 1, "en-US", data);
}

/* Where the words first stand in the answer; -1: nowhere. */
static long place(struct world *world, struct json answer, const char *words)
{
	return (long)str_find(world_text(world, answer), str_from(words));
}

static struct world *some_items(void)
{
	struct world *world = world_create(STR_EMPTY);

	world_credit(world, "1", ACCOUNT_ITEM, "tea", 5);
	world->now_ms += 1000;
	world_credit(world, "1", ACCOUNT_ITEM, "akari", 1);
	world->now_ms += 1000;
	world_credit(world, "1", ACCOUNT_ITEM, "konta", 2);
	world_credit(world, "1", ACCOUNT_ITEM, "gone-now", 3);
	return world;
}

TEST(an_inventory_goes_by_rarity_and_keeps_what_the_catalog_has_no_more)
{
	struct world *world = some_items();
	struct json answer = ask(world, INVENTORY(""));

	CHECK(!world_is_private(answer));
	CHECK(world_says(world, answer, "<@1> · 3 of 40 kinds"));
	CHECK(place(world, answer, "Akari") >= 0 && place(world, answer, "Akari") < place(world, answer, "Konta"));
	CHECK(place(world, answer, "Konta") < place(world, answer, "Cup of Tea ×5"));
	CHECK(place(world, answer, "Cup of Tea") < place(world, answer, "gone-now ×3"));
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "ja", INVENTORY("")), "持ち物"));
	world_free(world);
}

TEST(an_inventory_is_sorted_and_filtered)
{
	struct world *world = some_items();
	struct json answer = ask(world, INVENTORY(TEXT("sort", "newest")));

	CHECK(place(world, answer, "Konta") < place(world, answer, "Akari"));
	CHECK(place(world, answer, "Akari") < place(world, answer, "Cup of Tea"));
	answer = ask(world, INVENTORY(TEXT("sort", "count")));
	CHECK(place(world, answer, "Cup of Tea") < place(world, answer, "Konta"));
	answer = ask(world, INVENTORY(TEXT("sort", "name")));
	CHECK(place(world, answer, "Akari") < place(world, answer, "Cup of Tea"));
	answer = ask(world, INVENTORY(TEXT("rarity", "sr")));
	CHECK(world_says(world, answer, "Konta") && !world_says(world, answer, "Akari") && !world_says(world, answer, "gone"));
	answer = ask(world, INVENTORY(DUPLICATES));
	CHECK(world_says(world, answer, "Cup of Tea ×5 · 4 to spare") && !world_says(world, answer, "Akari"));
	CHECK(world_says(world, answer, "7 in all"));
	answer = ask(world, INVENTORY(DUPLICATES "," TEXT("rarity", "SSR")));
	CHECK(world_says(world, answer, "Nothing is there more than once"));
	CHECK(world_is_private(ask(world, INVENTORY(TEXT("rarity", "no such")))));
	world_free(world);
}

TEST(every_item_stands_on_one_page_and_filters_outlive_paging)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer;

	for (size_t i = 0; i < world->catalog.item_count; i++)
		world_credit(world, "1", ACCOUNT_ITEM, arena_cstr(&world->arena, world->catalog.items[i].id), 2);
	answer = ask(world, INVENTORY(TEXT("sort", "name") "," DUPLICATES));
	CHECK(world_says(world, answer, "Page 1 of 2 · by name"));
	size_t seen = 0;
	for (int page = 0; page < 2; page++) {
		struct str line, text = world_text(world, answer);

		while (str_next(&text, '\n', &line))
			seen += str_find(line, STR("to spare")) >= 0;
		answer = world_push(world, &world_gateway, 1, world_button(world, answer, 0));
	}
	CHECK_EQ_UINT(seen, world->catalog.item_count);
	/* The last button has led back. */
	CHECK(world_says(world, answer, "Page 1 of 2 · by name"));
	CHECK(world_says(world, answer, "Duplicates"));
	answer = world_push(world, &world_gateway, 1, world_component(world, answer, 1, 1));
	CHECK(world_says(world, answer, "Inventory"));
	answer = world_push(world, &world_gateway, 1, world_component(world, answer, 1, 0));
	CHECK(world_says(world, answer, "by rarity"));
	world_free(world);
}

TEST(somebody_elses_inventory_is_paged_by_who_asked)
{
	struct world *world = some_items();
	struct json answer = world_ask(world, &world_gateway, 2, "en-US", OF("1", "false"));

	CHECK(world_says(world, answer, "<@1> · 3 of"));
	struct str sort = world_button(world, answer, 0);
	CHECK(world_is_private(world_push(world, &world_gateway, 1, sort)));
	answer = world_push(world, &world_gateway, 2, sort);
	CHECK(world_says(world, answer, "<@1> · 3 of"));
	CHECK(world_says(world, answer, "newest first"));
	CHECK(world_is_private(ask(world, OF("3", "false"))));
	CHECK(world_is_private(ask(world, OF("3", "true"))));
	CHECK(world_says(world, ask(world, OF("1", "false")), "<@1>"));
	CHECK(world_row(world, STORE_USERS, "2") == NULL);
	world_free(world);
}

TEST(rarities_are_completed)
{
	struct world *world = world_create(STR_EMPTY);

	CHECK(str_eqc(world_complete(world, 1, INVENTORY("{\"name\":\"rarity\",\"type\":3,\"value\":\"s\",\"focused\":true}")), "SSR SR"));
	world_free(world);
}
