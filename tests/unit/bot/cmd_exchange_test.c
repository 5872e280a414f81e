/* /exchange, as a person meets it. */
#include "bot/cmd_exchange.h"

#include <stdio.h>

#include "test.h"
#include "world.h"

#define TEXT(name, value) "{\"name\":\"" name "\",\"type\":3,\"value\":\"" value "\"}"
#define TYPED(name, value) "{\"name\":\"" name "\",\"type\":3,\"value\":\"" value "\",\"focused\":true}"
#define EXCHANGE(options) "{\"name\":\"exchange\",\"options\":[" options "]}"
#define ITEM(item) EXCHANGE(TEXT("item", item))
#define SPARK(...) EXCHANGE(TEXT("with", "spark") __VA_ARGS__)

static struct json ask(struct world *world, const char *data)
{
	return world_ask(world, &world_gateway, 1, "en-US", data);
}

static struct json push(struct world *world, struct str button)
{
	return world_push(world, &world_gateway, 1, button);
}

static int64_t has(struct world *world, const char *item)
{
	const struct player_item *owned = player_find_item(world_player(world, "1"), str_from(item));

	return owned ? owned->count : 0;
}

static int64_t type_of(struct json answer)
{
	int64_t type = 0;

	json_i64(json_get(answer, "type"), 0, 100, &type);
	return type;
}

static size_t choices_of(struct json answer)
{
	struct json row = json_at(json_get(json_get(answer, "data"), "components"), 0);

	return json_count(json_get(json_at(json_get(row, "components"), 0), "options"));
}

TEST(the_list_says_prices_and_what_one_can_pay)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer;

	world_credit(world, "1", ACCOUNT_SHARDS, "", 179);
	world_credit(world, "1", ACCOUNT_ITEM, "yoi", 2);
	answer = ask(world, "{\"name\":\"exchange\"}");
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "▫️ 🔹 180"));
	CHECK(world_says(world, answer, "✅ 🔹 34"));
	CHECK(world_says(world, answer, "Yoi of the Moonwatch · you have 2"));
	CHECK(world_says(world, answer, "🔹 179"));
	CHECK_EQ_UINT(world_player(world, "1")->version, 2);
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "ja", "{\"name\":\"exchange\"}"), "かけら交換"));
	world_free(world);
}

TEST(every_item_for_sale_stands_on_one_page)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = ask(world, "{\"name\":\"exchange\"}");
	size_t priced = 0, seen = choices_of(answer);
	struct str next = world_component(world, answer, 1, 0);

	for (size_t i = 0; i < world->catalog.item_count; i++)
		priced += world->catalog.items[i].price != CATALOG_NONE;
	while (next.len > 0 && seen < 2 * priced) {
		answer = push(world, next);
		CHECK_EQ_INT(type_of(answer), RESPONSE_UPDATE);
		seen += choices_of(answer);
		/* First, back, next, last: as far as they lead elsewhere. */
		size_t place = world_says(world, answer, "Page 2 of") ? 1 : 2;
		next = world_component(world, answer, 1, place);
	}
	CHECK_EQ_UINT(seen, priced);
	CHECK(world_row(world, STORE_USERS, "1") == NULL);
	world_free(world);
}

TEST(an_item_is_chosen_asked_about_and_bought_once)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer;

	world_credit(world, "1", ACCOUNT_SHARDS, "", 500);
	answer = ask(world, "{\"name\":\"exchange\"}");
	answer = world_choose(world, &world_gateway, 1, world_component(world, answer, 0, 0), "yoi");
	CHECK_EQ_INT(type_of(answer), RESPONSE_UPDATE);
	CHECK(world_says(world, answer, "Yoi of the Moonwatch?"));
	CHECK(world_says(world, answer, "🔹 500 → 320"));
	CHECK_EQ_INT(has(world, "yoi"), 0);
	struct str yes = world_button(world, answer, 0);
	answer = push(world, yes);
	CHECK_EQ_INT(type_of(answer), RESPONSE_UPDATE);
	CHECK(world_says(world, answer, "is yours"));
	CHECK_EQ_INT(has(world, "yoi"), 1);
	CHECK_EQ_INT(world_player(world, "1")->shards, 320);
	answer = push(world, yes);
	CHECK_EQ_INT(type_of(answer), RESPONSE_MESSAGE);
	CHECK(world_is_private(answer));
	CHECK_EQ_INT(has(world, "yoi"), 1);
	CHECK(world_is_balanced(world, "1"));
	CHECK(world_says(world, ask(world, WORLD_HISTORY), "🔹 −180"));
	world_free(world);
}

TEST(the_question_leads_back_to_the_list)
{
	struct world *world = world_create(STR_EMPTY);

	world_credit(world, "1", ACCOUNT_SHARDS, "", 500);
	struct json answer = push(world, world_button(world, ask(world, ITEM("tea")), 1));
	CHECK(world_says(world, answer, "Items for shards"));
	CHECK_EQ_INT(has(world, "tea"), 0);
	world_free(world);
}

TEST(what_was_asked_before_a_change_buys_nothing)
{
	struct world *world = world_create(STR_EMPTY);

	world_credit(world, "1", ACCOUNT_SHARDS, "", 500);
	struct str yes = world_button(world, ask(world, ITEM("Cup of Tea")), 0);
	world_credit(world, "1", ACCOUNT_SHARDS, "", 1);
	struct json answer = push(world, yes);
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "Nothing was charged"));
	CHECK_EQ_INT(world_player(world, "1")->shards, 501);
	world_free(world);
}

TEST(what_cannot_be_bought_is_refused_in_private)
{
	static const char *const data[] = {
		ITEM("no such"), ITEM("yoi"), SPARK("," TEXT("item", "tea")), SPARK("," TEXT("banner", "no such")),
		SPARK("," TEXT("banner", "hanabi") "," TEXT("item", "tea")), SPARK("," TEXT("item", "rikka")),
	};
	struct world *world = world_create(STR_EMPTY);

	world_credit(world, "1", ACCOUNT_SHARDS, "", 179);
	uint64_t version = world_player(world, "1")->version;
	for (size_t i = 0; i < sizeof(data) / sizeof(data[0]); i++) {
		struct json answer = ask(world, data[i]);

		CHECK(world_is_private(answer));
		if (!CHECK(json_count(json_get(json_get(answer, "data"), "embeds")) == 0))
			printf("  %s\n", data[i]);
		CHECK(world_is_private(world_ask(world, &world_gateway, 1, "ja", data[i])));
	}
	CHECK_EQ_UINT(world_player(world, "1")->version, version);
	world_free(world);
}

/* The banner of the starter catalog that has spark, and its first item. */
static const struct catalog_banner *spark_banner(struct world *world)
{
	for (size_t i = 0; i < world->catalog.banner_count; i++)
		if (world->catalog.banners[i].spark_cost != CATALOG_NONE)
			return &world->catalog.banners[i];
	return NULL;
}

TEST(points_buy_an_item_of_the_banners_list_once)
{
	struct world *world = world_create(STR_EMPTY);
	const struct catalog_banner *banner = spark_banner(world);
	REQUIRE(banner != NULL);
	const char *item = arena_cstr(&world->arena, world->catalog.items[banner->spark_items[0]].id);
	struct json answer;

	world_credit(world, "1", ACCOUNT_SPARK, arena_cstr(&world->arena, banner->id), 2 * banner->spark_cost + 7);
	answer = ask(world, SPARK(""));
	CHECK(world_says(world, answer, "one to one"));
	answer = world_choose(world, &world_gateway, 1, world_component(world, answer, 0, 0), item);
	struct str yes = world_button(world, answer, 0);
	CHECK(world_says(world, push(world, yes), "is yours"));
	CHECK(world_is_private(push(world, yes)));
	CHECK_EQ_INT(has(world, item), 1);
	CHECK_EQ_INT(player_spark_points(world_player(world, "1"), banner->id), banner->spark_cost + 7);
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
}

TEST(points_of_a_banner_that_is_gone_are_shards_when_the_list_is_asked_for)
{
	struct world *world = world_create(STR_EMPTY);

	world_credit(world, "1", ACCOUNT_SPARK, "gone", 34);
	struct str yes = world_button(world, ask(world, ITEM("konta")), 0);
	CHECK_EQ_INT(world_player(world, "1")->shards, 34);
	push(world, yes);
	CHECK_EQ_INT(has(world, "konta"), 1);
	CHECK_EQ_INT(world_player(world, "1")->shards, 0);
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
}

TEST(a_list_is_for_who_asked_and_an_unknown_choice_is_refused)
{
	struct world *world = world_create(STR_EMPTY);
	struct str list = world_component(world, ask(world, "{\"name\":\"exchange\"}"), 0, 0);

	CHECK(world_is_private(world_choose(world, &world_gateway, 2, list, "tea")));
	struct json answer = world_choose(world, &world_gateway, 1, list, "no such");
	CHECK(world_is_private(answer));
	CHECK_EQ_INT(type_of(answer), RESPONSE_MESSAGE);
	world_free(world);
}

TEST(choices_are_what_is_sold_for_what_is_paid_with)
{
	struct world *world = world_create(STR_EMPTY);
	const struct catalog_banner *banner = spark_banner(world);

	REQUIRE(banner != NULL);
	CHECK(str_eqc(world_complete(world, 1, EXCHANGE(TYPED("item", "cup of"))), "tea"));
	struct str sparks = world_complete(world, 1, SPARK("," TYPED("item", "")));
	CHECK(str_starts(sparks, world->catalog.items[banner->spark_items[0]].id));
	CHECK(str_eq(world_complete(world, 1, EXCHANGE(TYPED("banner", ""))), banner->id));
	world_free(world);
}
