#include "gacha/player_doc.h"

#include <stdio.h>

#include "fixture.h"
#include "test.h"

static struct fixture fixture;
static struct player player, again;
static struct rng rng;
static struct buf doc;
static struct err err;
static const struct player_seal no_seal;

static void set_up(void)
{
	fixture_init(&fixture, NULL);
	CHECK(fixture.loaded);
	rng_init_seed(&rng, "player", 6);
	player_init(&player, &fixture.arena, STR("55/7"), 1767193200, &rng);
	buf_init(&doc, 1u << 20);
}

static void tear_down(void)
{
	buf_release(&doc);
	fixture_release(&fixture);
}

static struct str encode(const struct player *from, const struct player_seal *seal)
{
	buf_clear(&doc);
	player_encode(from, seal, &rng, &doc);
	CHECK(!doc.full);
	return arena_str(&fixture.arena, buf_str(&doc));
}

static bool decode(struct str text, const struct player_seal *seal)
{
	err_clear(&err);
	return player_decode(&again, &fixture.arena, STR("55/7"), 3, text, seal, &err);
}

/* With one place of the text changed. */
static struct str replace(struct str text, const struct edit *edit)
{
	ssize_t at = str_find(text, str_from(edit->old));

	CHECK(at >= 0);
	return arena_printf(&fixture.arena, "%.*s%s%.*s", (int)at, text.ptr, edit->new,
			    STR_ARG(str_skip(text, (size_t)at + strlen(edit->old))));
}

/* A document with an offer once or twice. */
static struct str with_offers(struct str text, const char *offer, int count)
{
	const char *list = arena_printf(&fixture.arena, "\"offers\":[%s%s%s],\"v\":1", offer, count > 1 ? "," : "",
					count > 1 ? offer : "")
				   .ptr;
	struct edit edit = {"\"v\":1", list};

	return replace(text, &edit);
}

static void give(const char *item, int64_t count)
{
	CHECK(player_set_item(&player, str_from(item), count, 1767193300));
}

TEST(what_is_written_is_read_back)
{
	struct draw_state state = {.n = {40, 3, 1}, .flag = {true}};
	uint8_t revealed[FAIRNESS_SEED_SIZE];

	set_up();
	player.balance = 1600;
	player.shards = 12;
	player.daily_day = 20454;
	player.streak = 9;
	player.pulls = 77;
	player.fairness.client_seed = STR("種 \"x\"");
	player.fairness.next_n = 78;
	player.fairness.chain[3] = 0xAB;
	give("zebra", 1);
	give("a", 3);
	player.items[0].favourite = true;
	CHECK(player_set_spark(&player, STR("one"), 299));
	CHECK(player_save_pity(&player, &fixture.catalog, STR("limited"), &state));
	player_rotate_seed(&player, &rng, revealed);
	player.last[0] = STR("1234");
	player.last_count = 1;
	CHECK(player_set_wish(&player, STR("b"), true) && player_set_wish(&player, STR("a"), true));
	player.hidden = true;
	player.pulled_at_ms = 1767193200000;
	CHECK(player_count_draw(&player, STR("SSR"), true) && player_count_draw(&player, STR("R"), false));
	player.offers[0] = (struct player_offer){STR("900"), STR("55/8"), STR("a"), 2, 1767193100, STR("c"), 1, 1767193999,
						 JSON_MISSING_VALUE};
	player.offers[1] = (struct player_offer){STR("901"), STR("55/9"), STR("b"), 1, 5, STR("a"), 4, 6,
						 JSON_MISSING_VALUE};
	player.offer_count = 2;
	REQUIRE(decode(encode(&player, NULL), &no_seal));
	CHECK(str_eqc(again.key, "55/7"));
	CHECK_EQ_UINT(again.version, 3);
	CHECK_EQ_INT(again.created_at_s, 1767193200);
	CHECK_EQ_INT(again.balance, 1600);
	CHECK_EQ_INT(again.shards, 12);
	CHECK_EQ_INT(again.daily_day, 20454);
	CHECK_EQ_INT(again.streak, 9);
	CHECK_EQ_INT(again.pulls, 77);
	CHECK_EQ_UINT(again.fairness.epoch, 2);
	CHECK_EQ_UINT(again.fairness.next_n, 1);
	CHECK(str_eqc(again.fairness.client_seed, "種 \"x\""));
	CHECK_EQ_BYTES(again.fairness.seed, 32, player.fairness.seed, 32);
	CHECK_EQ_BYTES(again.fairness.chain, 32, player.fairness.chain, 32);
	CHECK_EQ_UINT(again.item_count, 2);
	CHECK_EQ_INT(player_find_item(&again, STR("a"))->count, 3);
	CHECK(player_find_item(&again, STR("a"))->favourite);
	CHECK_EQ_INT(player_find_item(&again, STR("zebra"))->first_at_s, 1767193300);
	CHECK_EQ_INT(player_spark_points(&again, STR("one")), 299);
	player_load_pity(&again, &fixture.catalog, STR("limited"), &state);
	CHECK_EQ_UINT(state.n[0], 40);
	CHECK(state.flag[0]);
	CHECK_EQ_UINT(again.last_count, 1);
	CHECK(str_eqc(again.last[0], "1234"));
	CHECK_EQ_UINT(again.wish_count, 2);
	CHECK(str_eqc(again.wishes[0], "b") && str_eqc(again.wishes[1], "a"));
	CHECK(again.hidden);
	CHECK_EQ_INT(again.pulled_at_ms, 1767193200000);
	CHECK_EQ_INT(player_drawn(&again, STR("SSR")), 1);
	CHECK_EQ_INT(again.tops, 1);
	CHECK_EQ_UINT(again.offer_count, 2);
	CHECK(str_eqc(again.offers[0].to, "55/8") && str_eqc(again.offers[0].want, "c"));
	CHECK_EQ_INT(again.offers[0].give_count, 2);
	CHECK_EQ_INT(again.offers[0].give_first_s, 1767193100);
	CHECK_EQ_INT(again.offers[0].until_s, 1767193999);
	CHECK(str_eqc(again.offers[1].want, "a"));
	CHECK_EQ_INT(again.offers[1].want_count, 4);
	CHECK(str_eq(encode(&again, NULL), encode(&player, NULL)));
	tear_down();
}

TEST(unknown_members_are_kept_where_they_stood)
{
	static const char text[] =
		"{\"v\":1,\"created\":1,\"balance\":2,\"shards\":3,\"daily\":{\"day\":-1,\"streak\":0,\"zone\":\"x\"},\"pulls\":0,"
		"\"fairness\":{\"epoch\":1,\"seed\":\"0000000000000000000000000000000000000000000000000000000000000001\","
		"\"client_seed\":\"\",\"next\":1,\"chain\":\"0000000000000000000000000000000000000000000000000000000000000000\","
		"\"new\":[1]},"
		"\"pity\":{\"limited\":{\"SSR\":{\"n\":4,\"flag\":false,\"note\":null}}},"
		"\"items\":{\"a\":{\"count\":1,\"first\":9,\"level\":7}},\"spark\":{},\"wishes\":[\"b\"],"
		"\"offers\":[{\"id\":\"9\",\"to\":\"8\",\"give\":\"a\",\"count\":1,\"first\":2,\"want\":\"b\",\"want_count\":1,\"until\":3,\"why\":\"x\"}],"
		"\"opt\":{\"out\":true}}";

	set_up();
	REQUIRE(decode(str_from(text), NULL));
	CHECK(str_eqc(encode(&again, NULL), text));
	tear_down();
}

TEST(a_document_that_is_not_of_the_form_is_refused)
{
	static const struct edit cases[] = {
		{"\"v\":1", "\"v\":2"},
		{"\"v\":1,", ""},
		{"\"balance\":0", "\"balance\":-1"},
		{"\"balance\":0", "\"balance\":\"0\""},
		{"\"balance\":0", "\"balance\":9007199254740992"},
		{"\"balance\":0", "\"balance\":0,\"balance\":0"},
		{"\"shards\":0,", ""},
		{"\"daily\":{", "\"daily\":{\"day\":5,"},
		{"\"epoch\":1", "\"epoch\":0"},
		{"\"next\":1", "\"next\":0"},
		{"\"client_seed\":\"\"", "\"client_seed\":\"\\n\""},
		{"\"chain\":\"00", "\"chain\":\"0"},
		{"\"seed\":\"", "\"seed\":\"x"},
		{"\"pity\":{}", "\"pity\":{\"g\":{\"SSR\":{\"n\":0,\"flag\":false}}}"},
		{"\"pity\":{}", "\"pity\":{\"g\":{\"SSR\":{\"n\":1}}}"},
		{"\"pity\":{}", "\"pity\":{\"g\":[]}"},
		{"\"pity\":{}", "\"pity\":[]"},
		{"\"items\":{}", "\"items\":{\"a\":{\"count\":0,\"first\":1}}"},
		{"\"items\":{}", "\"items\":{\"a\":{\"count\":1}}"},
		{"\"items\":{}", "\"items\":{\"a\":{\"count\":1,\"first\":1,\"favourite\":1}}"},
		{"\"items\":{}", "\"items\":[]"},
		{"\"spark\":{}", "\"spark\":{\"one\":-1}"},
		{"\"spark\":{}", "\"spark\":null"},
		{"\"spark\":{}", "\"spark\":{},\"hidden\":1"},
		{"\"spark\":{}", "\"spark\":{},\"pulled_at\":-1"},
		{"\"spark\":{}", "\"spark\":{},\"tops\":\"1\""},
		{"\"spark\":{}", "\"spark\":{},\"drawn\":[]"},
		{"\"spark\":{}", "\"spark\":{},\"drawn\":{\"SSR\":0}"},
		{"\"spark\":{}", "\"spark\":{},\"wishes\":{}"},
		{"\"spark\":{}", "\"spark\":{},\"wishes\":[\"\"]"},
		{"\"spark\":{}", "\"spark\":{},\"wishes\":[\"a\",\"a\"]"},
		{"\"spark\":{}", "\"spark\":{},\"wishes\":[1,2,3,4,5,6,7,8,9,10,11]"},
	};

	set_up();
	REQUIRE(decode(encode(&player, NULL), NULL));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str text = replace(encode(&player, NULL), &cases[i]);

		if (!CHECK(!decode(text, NULL)) || !CHECK_EQ_INT(err.code, ERR_INPUT))
			printf("  %s\n", cases[i].new);
	}
	CHECK(!decode(STR("[]"), NULL));
	CHECK(!decode(STR("{"), NULL));
	CHECK(!decode(STR_EMPTY, NULL));
	tear_down();
}

TEST(an_offer_that_is_not_of_the_form_is_refused)
{
	static const char good[] = "{\"id\":\"9\",\"to\":\"8\",\"give\":\"a\",\"count\":1,\"first\":2,\"want\":\"b\","
				   "\"want_count\":3,\"until\":4}";
	static const struct edit cases[] = {
		{"\"9\"", "9"},
		{"\"9\"", "\"09\""},
		{"\"to\":\"8\",", ""},
		{"\"to\":\"8\"", "\"to\":\"\""},
		{"\"give\":\"a\"", "\"give\":\"\""},
		{"\"count\":1", "\"count\":0"},
		{"\"first\":2,", ""},
		{"\"want\":\"b\",", ""},
		{"\"want\":\"b\",\"want_count\":3,", ""},
		{"\"want_count\":3", "\"want_count\":0"},
		{",\"until\":4", ""},
		{"}", "},"},
	};
	struct str text;

	set_up();
	text = encode(&player, NULL);
	CHECK(decode(with_offers(text, good, 1), NULL));
	CHECK(!decode(with_offers(text, good, 2), NULL));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!CHECK(!decode(with_offers(text, replace(str_from(good), &cases[i]).ptr, 1), NULL)))
			printf("  %s\n", cases[i].new);
	CHECK_EQ_INT(err.code, ERR_INPUT);
	tear_down();
}

TEST(a_sealed_seed_opens_with_its_key_for_its_player_and_epoch_alone)
{
	struct player_seal seal = {.key = {1}, .set = true}, other = {.key = {2}, .set = true};
	struct str text;
	char hex[65];

	set_up();
	text = encode(&player, &seal);
	for (unsigned i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", player.fairness.seed[i]);
	CHECK(str_find(text, str_from(hex)) < 0);
	REQUIRE(decode(text, &seal));
	CHECK_EQ_BYTES(again.fairness.seed, 32, player.fairness.seed, 32);
	CHECK(!decode(text, &other));
	CHECK_EQ_INT(err.code, ERR_CONFIG);
	CHECK(!decode(text, NULL));
	CHECK_EQ_INT(err.code, ERR_CONFIG);
	CHECK(!decode(text, &no_seal));
	CHECK_EQ_INT(err.code, ERR_CONFIG);
	CHECK(!player_decode(&again, &fixture.arena, STR("56/7"), 3, text, &seal, &err));
	CHECK_EQ_INT(err.code, ERR_CONFIG);
	/* A plain one is read with a key too, and sealed when it is written next. */
	REQUIRE(decode(encode(&player, NULL), &seal));
	CHECK(str_find(encode(&again, &seal), STR("\"sealed\"")) >= 0);
	tear_down();
}

TEST(an_item_takes_no_more_of_a_row_than_its_bound)
{
	size_t without;

	set_up();
	without = encode(&player, NULL).len;
	give("a", GACHA_INTEGER_MAX);
	give("b", GACHA_INTEGER_MAX);
	for (size_t i = 0; i < 2; i++) {
		player.items[i].first_at_s = 253402300799;
		player.items[i].favourite = true;
	}
	CHECK(encode(&player, NULL).len <= without + 2 * (sizeof("a") - 1 + 68));
	tear_down();
}

TEST(points_of_nothing_are_forgotten)
{
	set_up();
	REQUIRE(decode(replace(encode(&player, NULL), &(struct edit){"\"spark\":{}", "\"spark\":{\"one\":0,\"two\":3}"}), NULL));
	CHECK_EQ_UINT(again.spark_count, 1);
	CHECK_EQ_INT(player_spark_points(&again, STR("two")), 3);
	tear_down();
}

TEST(a_full_buffer_is_told)
{
	set_up();
	buf_release(&doc);
	buf_init(&doc, 64);
	player_encode(&player, NULL, &rng, &doc);
	CHECK(doc.full);
	tear_down();
}
