/* /gift and /trade, as two people meet them. */
#include "bot/cmd_trade.h"

#include <stdio.h>

#include "base/codec.h"
#include "test.h"
#include "world.h"

#define TEXT(name, value) "{\"name\":\"" name "\",\"type\":3,\"value\":\"" value "\"}"
#define COUNT(name, value) ",{\"name\":\"" name "\",\"type\":4,\"value\":" value "}"
#define WITH(user, bot) \
	"{\"name\":\"user\",\"type\":6,\"value\":\"" user "\"}],\"resolved\":{\"users\":{\"" user "\":{\"id\":\"" user \
	"\",\"username\":\"u" user "\",\"bot\":" bot "}}}}"
#define GIFT_TO(user, bot, item, more) "{\"name\":\"gift\",\"options\":[" TEXT("item", item) more "," WITH(user, bot)
#define GIFT(item, more) GIFT_TO("2", "false", item, more)
#define TRADE_WITH(user, bot, give, want, more) \
	"{\"name\":\"trade\",\"options\":[" TEXT("give", give) "," TEXT("want", want) more "," WITH(user, bot)
#define TRADE(give, want, more) TRADE_WITH("2", "false", give, want, more)

enum { ACCEPT, DECLINE, WITHDRAW };

static int64_t has(struct world *world, const char *key, const char *item)
{
	const struct player *player = world_player(world, key);
	const struct player_item *owned = player ? player_find_item(player, str_from(item)) : NULL;

	return owned ? owned->count : 0;
}

static int64_t type_of(struct json answer)
{
	int64_t type = 0;

	json_i64(json_get(answer, "type"), 0, 100, &type);
	return type;
}

static size_t rows_of_buttons(struct json answer)
{
	return json_count(json_get(json_get(answer, "data"), "components"));
}

static struct str pinged(struct world *world, struct json answer)
{
	return json_text_or(json_at(json_get(json_get(json_get(answer, "data"), "allowed_mentions"), "users"), 0), &world->arena,
			    STR_EMPTY);
}

/* Two players: 1 has akari ×2 and tea, 2 has yoi. */
static struct world *two_players(void)
{
	struct world *world = world_create(STR_EMPTY);

	world_credit(world, "1", ACCOUNT_ITEM, "akari", 2);
	world_credit(world, "1", ACCOUNT_ITEM, "tea", 1);
	world_credit(world, "2", ACCOUNT_ITEM, "yoi", 1);
	return world;
}

static bool is_untouched(struct world *world)
{
	return has(world, "1", "akari") == 2 && has(world, "1", "tea") == 1 && has(world, "2", "yoi") == 1 &&
	       has(world, "2", "akari") == 0 && world_is_balanced(world, "1") && world_is_balanced(world, "2");
}

static struct json ask(struct world *world, const char *data)
{
	return world_ask(world, &world_gateway, 1, "en-US", data);
}

static struct json push(struct world *world, uint64_t user, struct str button)
{
	return world_push(world, &world_gateway, user, button);
}

/* ---- gifts ---- */

TEST(a_gift_goes_over_at_once_and_tells_the_other)
{
	struct world *world = two_players();
	struct json answer = ask(world, GIFT("Akari the Lampkeeper", COUNT("count", "2")));

	CHECK(!world_is_private(answer));
	CHECK(world_says(world, answer, "<@1> gives <@2>"));
	CHECK(world_says(world, answer, "Akari the Lampkeeper ×2"));
	CHECK(str_eqc(pinged(world, answer), "2"));
	CHECK_EQ_INT(has(world, "1", "akari"), 0);
	CHECK_EQ_INT(has(world, "2", "akari"), 2);
	CHECK(world_is_balanced(world, "1") && world_is_balanced(world, "2"));
	world_free(world);
}

TEST(a_gift_to_somebody_new_makes_a_player)
{
	struct world *world = two_players();

	world_ask(world, &world_gateway, 1, "ja", GIFT_TO("3", "false", "tea", ""));
	CHECK_EQ_INT(has(world, "3", "tea"), 1);
	CHECK_EQ_INT(world_player(world, "3")->balance, 1600);
	CHECK(world_is_balanced(world, "3"));
	world_free(world);
}

TEST(what_cannot_be_given_is_refused_in_private_and_nothing_moves)
{
	static const char *const data[] = {
		GIFT("akari", COUNT("count", "3")), GIFT("akari", COUNT("count", "0")), GIFT("akari", COUNT("count", "-1")),
		GIFT("akari", COUNT("count", "9007199254740991")), GIFT("yoi", ""), GIFT("no such", ""), GIFT("", ""),
		GIFT_TO("1", "false", "akari", ""), GIFT_TO("3", "true", "akari", ""),
		TRADE("akari", "no such", ""), TRADE("no such", "yoi", ""), TRADE("akari", "akari", ""),
		TRADE("akari", "yoi", COUNT("give_count", "3")), TRADE("akari", "yoi", COUNT("give_count", "-1")),
		TRADE("akari", "yoi", COUNT("want_count", "0")), TRADE("akari", "yoi", COUNT("want_count", "1001")),
		TRADE_WITH("1", "false", "akari", "yoi", ""), TRADE_WITH("3", "true", "akari", "yoi", ""),
	};
	struct world *world = two_players();
	size_t rows = world->store.row_count;

	for (size_t i = 0; i < sizeof(data) / sizeof(data[0]); i++) {
		struct json answer = ask(world, data[i]);

		CHECK(world_is_private(answer));
		if (!CHECK(world_says(world, answer, "Nothing was given") || world_says(world, answer, "Bots do not play")))
			printf("  %s\n", data[i]);
		CHECK(world_is_private(world_ask(world, &world_gateway, 1, "ja", data[i])));
	}
	CHECK(is_untouched(world));
	/* The answers are kept under their ids, and nothing else. */
	CHECK_EQ_UINT(world->store.row_count, rows + 2 * sizeof(data) / sizeof(data[0]));
	world_free(world);
}

/* ---- trades ---- */

TEST(an_offer_is_set_aside_until_the_other_accepts)
{
	struct world *world = two_players();
	struct json answer = ask(world, TRADE("akari", "yoi", ""));

	CHECK(!world_is_private(answer));
	CHECK(str_eqc(pinged(world, answer), "2"));
	CHECK(world_says(world, answer, "Akari") && world_says(world, answer, "Yoi"));
	CHECK_EQ_INT(has(world, "1", "akari"), 1);
	CHECK_EQ_INT(has(world, "2", "yoi"), 1);
	struct str accept = world_button(world, answer, ACCEPT);
	answer = push(world, 2, accept);
	CHECK_EQ_INT(type_of(answer), RESPONSE_UPDATE);
	CHECK(world_says(world, answer, "Traded!"));
	CHECK_EQ_UINT(rows_of_buttons(answer), 0);
	CHECK_EQ_INT(has(world, "1", "yoi"), 1);
	CHECK_EQ_INT(has(world, "2", "akari"), 1);
	CHECK_EQ_INT(has(world, "2", "yoi"), 0);
	CHECK_EQ_UINT(world_player(world, "1")->offer_count, 0);
	CHECK(world_is_balanced(world, "1") && world_is_balanced(world, "2"));
	/* Pressed twice: said in private, the message stays. */
	answer = push(world, 2, accept);
	CHECK_EQ_INT(type_of(answer), RESPONSE_MESSAGE);
	CHECK(world_is_private(answer));
	CHECK_EQ_INT(has(world, "2", "akari"), 1);
	world_free(world);
}

TEST(both_histories_tell_of_a_trade)
{
	struct world *world = two_players();

	push(world, 2, world_button(world, ask(world, TRADE("akari", "yoi", "")), ACCEPT));
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_HISTORY);
	CHECK(world_says(world, answer, "`/trade`\n+1 ★★★★★ 🐈‍⬛ Yoi of the Moonwatch · <@2>"));
	CHECK(world_says(world, answer, "−1 ★★★★★ 🏮 Akari the Lampkeeper"));
	answer = world_ask(world, &world_gateway, 2, "ja", WORLD_HISTORY);
	CHECK(world_says(world, answer, "+1 ★★★★★ 🏮 灯守りのアカリ · −1 ★★★★★ 🐈‍⬛ 月夜番のヨイ · <@1>"));
	world_free(world);
}

TEST(each_button_is_for_one_of_the_two)
{
	struct world *world = two_players();
	struct json answer = ask(world, TRADE("akari", "yoi", ""));
	struct str buttons[] = {world_button(world, answer, ACCEPT), world_button(world, answer, DECLINE),
				world_button(world, answer, WITHDRAW)};

	for (size_t i = 0; i < 3; i++) {
		for (uint64_t user = 1; user <= 3; user++) {
			if (user == (i == WITHDRAW ? 1 : 2))
				continue;
			answer = push(world, user, buttons[i]);
			CHECK(world_is_private(answer));
			CHECK(world_says(world, answer, "somebody else"));
		}
	}
	CHECK_EQ_UINT(world_player(world, "1")->offer_count, 1);
	world_free(world);
}

TEST(declined_or_withdrawn_all_of_it_comes_back)
{
	static const struct {
		size_t button;
		uint64_t user;
		const char *words;
	} ends[] = {{DECLINE, 2, "declined"}, {WITHDRAW, 1, "withdrawn"}};

	for (size_t i = 0; i < 2; i++) {
		struct world *world = two_players();
		struct json offered = ask(world, TRADE("akari", "yoi", COUNT("give_count", "2")));

		CHECK_EQ_INT(has(world, "1", "akari"), 0);
		struct json answer = push(world, ends[i].user, world_button(world, offered, ends[i].button));
		CHECK_EQ_INT(type_of(answer), RESPONSE_UPDATE);
		CHECK(world_says(world, answer, ends[i].words));
		CHECK(world_says(world, answer, "is back with <@1>"));
		CHECK_EQ_UINT(rows_of_buttons(answer), 0);
		CHECK(is_untouched(world));
		for (size_t k = 0; k < 3; k++)
			CHECK(world_is_private(push(world, k == WITHDRAW ? 1 : 2, world_button(world, offered, k))));
		CHECK(is_untouched(world));
		world_free(world);
	}
}

TEST(an_offer_that_runs_out_is_given_back_by_any_button)
{
	for (size_t button = 0; button < 3; button++) {
		struct world *world = two_players();
		struct json offered = ask(world, TRADE("akari", "yoi", ""));

		world->now_ms += OFFER_LIFE_S * INT64_C(1000);
		struct json answer = push(world, button == WITHDRAW ? 1 : 2, world_button(world, offered, button));
		CHECK_EQ_INT(type_of(answer), RESPONSE_UPDATE);
		CHECK(world_says(world, answer, "run out"));
		CHECK_EQ_UINT(rows_of_buttons(answer), 0);
		CHECK(is_untouched(world));
		world_free(world);
	}
}

TEST(who_lacks_what_is_wanted_is_told_and_the_offer_stays)
{
	struct world *world = two_players();
	struct str accept = world_button(world, ask(world, TRADE("akari", "yoi", COUNT("want_count", "2"))), ACCEPT);
	struct json answer = push(world, 2, accept);

	CHECK(world_is_private(answer));
	CHECK_EQ_INT(type_of(answer), RESPONSE_MESSAGE);
	CHECK(world_says(world, answer, "you have 1"));
	CHECK_EQ_UINT(world_player(world, "1")->offer_count, 1);
	world_credit(world, "2", ACCOUNT_ITEM, "yoi", 1);
	push(world, 2, accept);
	CHECK_EQ_INT(has(world, "1", "yoi"), 2);
	CHECK_EQ_INT(has(world, "2", "yoi"), 0);
	CHECK(world_is_balanced(world, "1") && world_is_balanced(world, "2"));
	world_free(world);
}

TEST(somebody_new_may_be_asked_and_can_decline)
{
	struct world *world = two_players();
	struct json offered = ask(world, TRADE_WITH("3", "false", "tea", "yoi", ""));

	CHECK(world_row(world, STORE_USERS, "3") == NULL);
	CHECK(world_says(world, push(world, 3, world_button(world, offered, ACCEPT)), "you have 0"));
	CHECK(world_says(world, push(world, 3, world_button(world, offered, DECLINE)), "declined"));
	CHECK(is_untouched(world));
	CHECK(world_is_balanced(world, "3"));
	world_free(world);
}

TEST(too_many_offers_are_refused_with_a_way_to_withdraw_each)
{
	struct world *world = two_players();
	struct json answer;

	world_credit(world, "1", ACCOUNT_ITEM, "candle", OFFERS_MAX + 1);
	for (int i = 0; i < OFFERS_MAX; i++)
		ask(world, TRADE("candle", "yoi", ""));
	answer = ask(world, TRADE("candle", "yoi", ""));
	CHECK(world_is_private(answer));
	CHECK_EQ_INT(has(world, "1", "candle"), 1);
	for (int i = 0; i < OFFERS_MAX; i++)
		push(world, 1, world_button(world, answer, (size_t)i));
	CHECK_EQ_INT(has(world, "1", "candle"), OFFERS_MAX + 1);
	CHECK(is_untouched(world));
	world_free(world);
}

TEST(a_lost_race_is_traded_once)
{
	struct world *world = two_players();
	struct str accept = world_button(world, ask(world, TRADE("akari", "yoi", "")), ACCEPT);

	world->store.races = 2;
	CHECK(world_says(world, push(world, 2, accept), "Traded!"));
	CHECK_EQ_INT(has(world, "1", "yoi"), 1);
	CHECK_EQ_INT(has(world, "2", "akari"), 1);
	CHECK(world_is_balanced(world, "1") && world_is_balanced(world, "2"));
	world_free(world);
}

/* ---- completion ---- */

TEST(choices_are_what_one_has_and_may_give)
{
	struct world *world = two_players();

	CHECK(str_eqc(world_complete(world, 1, "{\"name\":\"gift\",\"options\":[{\"name\":\"item\",\"type\":3,\"value\":\"\",\"focused\":true}]}"),
		      "akari tea"));
	CHECK(str_eqc(world_complete(world, 1, "{\"name\":\"trade\",\"options\":[{\"name\":\"give\",\"type\":3,\"value\":\"CUP\",\"focused\":true}]}"),
		      "tea"));
	CHECK(str_find(world_complete(world, 1, "{\"name\":\"trade\",\"options\":[{\"name\":\"want\",\"type\":3,\"value\":\"moonwatch\",\"focused\":true}]}"),
		       STR("yoi")) >= 0);
	CHECK_EQ_UINT(world_complete(world, 3, "{\"name\":\"gift\",\"options\":[{\"name\":\"item\",\"type\":3,\"value\":\"\",\"focused\":true}]}").len, 0);
	world_free(world);
}
