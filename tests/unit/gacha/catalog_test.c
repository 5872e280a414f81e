#include "gacha/catalog.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json_read.h"
#include "faults.h"
#include "test.h"

static struct str read_starter(struct arena *arena)
{
	FILE *file = fopen("src/gacha/catalog.json", "rb");
	char *text = arena_alloc(arena, 65536);
	size_t len;

	if (!file || !text)
		return STR_EMPTY;
	len = fread(text, 1, 65536, file);
	fclose(file);
	return str_make(text, len);
}

TEST(the_starter_catalog_has_no_fault)
{
	struct fixture fixture = {.loaded = false};

	arena_init(&fixture.arena, CATALOG_ARENA_BYTES_MAX);
	fixture_init_text(&fixture, read_starter(&fixture.arena));
	if (CHECK(fixture.loaded)) {
		CHECK_EQ_UINT(fixture.catalog.item_count, 40);
		CHECK_EQ_UINT(fixture.catalog.banner_count, 2);
		CHECK(catalog_default_banner(&fixture.catalog, 1767193200000) == &fixture.catalog.banners[0]);
		for (size_t i = 0; i < fixture.catalog.item_count; i++) {
			CHECK(fixture.catalog.items[i].text.ja.len > 0 && fixture.catalog.items[i].text.en.len > 0);
			CHECK(fixture.catalog.items[i].emoji.len > 0);
		}
	}
	fixture_release(&fixture);
}

TEST(a_catalog_is_compiled_as_it_is_written)
{
	struct fixture fixture;
	const struct catalog *catalog = &fixture.catalog;
	const struct catalog_banner *one, *two;

	fixture_init(&fixture, NULL);
	REQUIRE(fixture.loaded);
	CHECK_EQ_INT(catalog->currency.start, 1600);
	CHECK_EQ_INT(catalog->currency.daily, 160);
	CHECK_EQ_UINT(catalog->currency.streak_count, 3);
	CHECK_EQ_INT(catalog->currency.streak[2], 30);
	CHECK_EQ_INT(catalog->rarities[0].color, 0xF4B942);
	CHECK_EQ_INT(catalog->rarities[1].color, CATALOG_NONE);
	CHECK_EQ_INT(catalog->rarities[2].stars, 0);
	CHECK_EQ_INT(catalog->items[0].price, 180);
	CHECK_EQ_INT(catalog->items[1].price, CATALOG_NONE);
	CHECK(str_eqc(catalog->items[2].image, "https://example.org/c.png"));
	CHECK(str_eqc(localised_text(&catalog->items[2].text, LANGUAGE_JA), "茶"));
	CHECK(str_eqc(localised_text(&catalog->items[2].text, LANGUAGE_EN), "tea"));
	one = fixture_banner(&fixture, "one");
	two = fixture_banner(&fixture, "two");
	CHECK_EQ_INT(one->start_s, 1767193200);
	CHECK_EQ_INT(one->end_s, CATALOG_NONE);
	CHECK_EQ_INT(one->cost_one, 160);
	CHECK_EQ_INT(one->cost_ten, 1600);
	CHECK_EQ_INT(two->cost_ten, CATALOG_NONE);
	CHECK(str_eqc(one->pity_group, "limited"));
	CHECK(str_eqc(two->pity_group, "two"));
	CHECK_EQ_INT(one->soft_from, 74);
	CHECK_EQ_UINT(one->soft_step, 60000000);
	CHECK_EQ_INT(one->ten_pull, 1);
	CHECK_EQ_INT(two->ten_pull, CATALOG_NONE);
	CHECK_EQ_INT(one->spark_cost, 300);
	CHECK_EQ_UINT(one->spark_count, 1);
	CHECK_EQ_UINT(one->rarities[0].featured_count, 1);
	CHECK_EQ_UINT(one->rarities[0].others_count, 1);
	CHECK_EQ_UINT(one->rarities[2].others_count, 3);
	CHECK_EQ_UINT(one->rarities[2].others[0], 4); /* catalog order, whatever the pool's is */
	CHECK_EQ_UINT(one->lower.total, 994000000);
	CHECK_EQ_UINT(one->lower_tenth.total, 51000000);
	CHECK_EQ_UINT(two->rarities[0].others_count, 2);
	CHECK(!two->rarities[0].rate_up);
	fixture_release(&fixture);
}

TEST(things_are_found_by_their_ids)
{
	struct fixture fixture;

	fixture_init(&fixture, NULL);
	for (size_t i = 0; i < fixture.catalog.item_count; i++)
		CHECK(catalog_find_item(&fixture.catalog, fixture.catalog.items[i].id) == &fixture.catalog.items[i]);
	CHECK(!catalog_find_item(&fixture.catalog, STR("zz")));
	CHECK(!catalog_find_item(&fixture.catalog, STR_EMPTY));
	CHECK(!catalog_find_banner(&fixture.catalog, STR("three")));
	CHECK_EQ_INT(catalog_find_rarity(&fixture.catalog, STR("R")), 2);
	CHECK_EQ_INT(catalog_find_rarity(&fixture.catalog, STR("r")), -1);
	fixture_release(&fixture);
}

TEST(the_default_banner_is_the_first_open_one)
{
	struct fixture fixture;

	fixture_init(&fixture, NULL);
	CHECK(!catalog_default_banner(&fixture.catalog, 1767193199999));
	CHECK(catalog_default_banner(&fixture.catalog, 1769904000000) == &fixture.catalog.banners[0]);
	fixture_release(&fixture);
}

TEST(the_hash_is_that_of_the_canonical_form)
{
	struct fixture fixture, again;

	fixture_init(&fixture, NULL);
	CHECK(fixture.catalog.hashed);
	CHECK_EQ_STR(fixture.catalog.sha256_hex, "7c88cb32f7b3a1484f088965f128f81d9284f3fc0f0fb13c38b473784cbc9468");
	again = (struct fixture){.loaded = false};
	arena_init(&again.arena, CATALOG_ARENA_BYTES_MAX);
	fixture_init_text(&again, fixture.catalog.canonical);
	CHECK(again.loaded);
	CHECK_EQ_STR(again.catalog.sha256_hex, fixture.catalog.sha256_hex);
	CHECK_EQ_BYTES(again.catalog.canonical.ptr, again.catalog.canonical.len, fixture.catalog.canonical.ptr,
		       fixture.catalog.canonical.len);
	fixture_release(&again);
	fixture_release(&fixture);
}

TEST(white_space_and_escapes_do_not_change_the_hash)
{
	struct fixture fixture, other;

	fixture_init(&fixture, NULL);
	fixture_init(&other, EDITS({"\"Gem\"", " \"\\u0047em\" "}, {"https://example", "https:\\/\\/example"}));
	CHECK(other.loaded);
	CHECK_EQ_STR(other.catalog.sha256_hex, fixture.catalog.sha256_hex);
	fixture_release(&other);
	fixture_init(&other, EDITS({"\"Gem\"", "\"gem\""}));
	CHECK(strcmp(other.catalog.sha256_hex, fixture.catalog.sha256_hex) != 0);
	fixture_release(&other);
	fixture_release(&fixture);
}

static void check_json_fault(struct edit edit, size_t line)
{
	struct edit edits[] = {edit, {NULL, NULL}};
	struct fixture fixture;

	fixture_init(&fixture, edits);
	CHECK(!fixture.loaded);
	CHECK(!fixture.catalog.hashed);
	if (CHECK_EQ_UINT(fixture.faults.count, 1)) {
		CHECK_EQ_UINT(fixture.faults.list[0].line, line);
		CHECK_EQ_UINT(fixture.faults.list[0].path.len, 0);
		CHECK_EQ_STR(fixture.faults.list[0].rule, "json");
	}
	fixture_release(&fixture);
}

TEST(what_is_not_json_as_accepted_is_one_fault_without_a_hash)
{
	check_json_fault((struct edit){"{\"schema\":1,", "{\"schema\":1,,"}, 1);
	check_json_fault((struct edit){"\"shards\":5}", "\"shards\":5,\"shards\":5}"}, 4);
	check_json_fault((struct edit){"\"shards\":5}", "\"shards\":5,\"\\u0073hards\":5}"}, 4);
	check_json_fault((struct edit){"\"shards\":5}", "\"shards\":-0}"}, 4);
	check_json_fault((struct edit){"\"shards\":5}", "\"shards\":5.0}"}, 4);
	check_json_fault((struct edit){"\"shards\":5}", "\"shards\":5e0}"}, 4);
	check_json_fault((struct edit){"\"shards\":5}", "\"shards\":9007199254740992}"}, 4);
	check_json_fault((struct edit){"\"shards\":5}", "\"shards\":-9007199254740992}"}, 4);
	check_json_fault((struct edit){"\"shards\":5}", "\"shards\":99999999999999999999999}"}, 4);
	check_json_fault((struct edit){"\"shards\":5}", "\"shards\":05}"}, 4);
	check_json_fault((struct edit){"\"shards\":5}", "\"unknown\":[1,2.5]}"}, 4);
	check_json_fault((struct edit){"\"Gem\"", "\"\\ud800\""}, 2);
	check_json_fault((struct edit){"\"Gem\"", "\"\xff\""}, 2);
	check_json_fault((struct edit){"{\"schema\"", "\xef\xbb\xbf{\"schema\""}, 1);
	check_json_fault((struct edit){"{\"schema\"", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}, 1);
}

TEST(numbers_within_strings_are_no_numbers)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({"\"Gem\"", "\"1.5 \\\" -0 \\\\\""}));
	CHECK(fixture.loaded);
	fixture_release(&fixture);
}

TEST(the_greatest_integer_is_accepted)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({"\"shards\":5}", "\"shards\":9007199254740991}"}));
	CHECK(fixture.loaded);
	CHECK_EQ_INT(fixture.catalog.rarities[1].shards, GACHA_INTEGER_MAX);
	fixture_release(&fixture);
}

TEST(the_root_has_its_faults)
{
	CHECK_FAULTS({{"\"schema\":1,\n", ""}, 1, "/schema", "missing"},
		     {{"\"schema\":1", "\"schema\":2"}, 1, "/schema", "schema"},
		     {{"\"schema\":1", "\"schema\":-1"}, 1, "/schema", "schema"},
		     {{"\"schema\":1", "\"schema\":\"1\""}, 1, "/schema", "type"},
		     {{"\"schema\":1", "\"schema\":1,\"complete\":{}"}, 1, "/complete", "unknown_key"},
		     {{"\"schema\":1", "\"schema\":1,\"a/b~c\":0"}, 1, "/a~1b~0c", "unknown_key"});
}

TEST(the_currency_has_its_faults)
{
	CHECK_FAULTS({{"\"emoji\":\"💎\",", ""}, 2, "/currency/emoji", "missing"},
		     {{"\"emoji\":\"💎\"", "\"emoji\":\"\""}, 2, "/currency/emoji", "empty"},
		     {{"\"start\":1600,", ""}, 2, "/currency/start", "missing"},
		     {{"\"start\":1600", "\"start\":-1"}, 2, "/currency/start", "range"},
		     {{"\"daily\":160", "\"daily\":\"160\""}, 2, "/currency/daily", "type"},
		     {{"\"daily\":160", "\"daily\":null"}, 2, "/currency/daily", "type"},
		     {{"[10,20,30]", "[]"}, 2, "/currency/streak", "empty"},
		     {{"[10,20,30]", "[10,-20,30]"}, 2, "/currency/streak/1", "range"},
		     {{"[10,20,30]", "[10,20,\"30\"]"}, 2, "/currency/streak/2", "type"},
		     {{"[10,20,30]", "{}"}, 2, "/currency/streak", "type"},
		     {{"\"en\":\"Gem\"", "\"fr\":\"Gemme\",\"en\":\"Gem\""}, 2, "/currency/name/fr", "unknown_key"},
		     {{",\"en\":\"Gem\"", ""}, 2, "/currency/name/en", "localisation"},
		     {{"\"ja\":\"石\",", ""}, 2, "/currency/name/ja", "localisation"},
		     {{"\"en\":\"Gem\"", "\"en\":\"\""}, 2, "/currency/name/en", "localisation"},
		     {{"\"en\":\"Gem\"", "\"en\":1"}, 2, "/currency/name/en", "type"},
		     {{"{\"ja\":\"石\",\"en\":\"Gem\"}", "\"Gem\""}, 2, "/currency/name", "type"});
}

TEST(rarities_have_their_faults)
{
	CHECK_FAULTS({{"{\"id\":\"R\",\"shards\":0}", "{\"id\":\"R\",\"shards\":0},{\"id\":\"SR\",\"shards\":0}"}, 5, "/rarities/3/id", "duplicate"},
		     {{"\"id\":\"R\",\"shards\":0", "\"id\":\"R\",\"stars\":5,\"shards\":0"}, 5, "/rarities/2/stars", "order"},
		     {{"\"stars\":4", "\"stars\":6"}, 4, "/rarities/1/stars", "order"},
		     {{"\"stars\":4", "\"stars\":-1"}, 4, "/rarities/1/stars", "range"},
		     {{"\"stars\":4", "\"stars\":13"}, 4, "/rarities/1/stars", "range"},
		     {{"#F4B942", "#F4B94"}, 3, "/rarities/0/color", "color"},
		     {{"#F4B942", "F4B9420"}, 3, "/rarities/0/color", "color"},
		     {{"#F4B942", "#F4B94G"}, 3, "/rarities/0/color", "color"},
		     {{"\"#F4B942\"", "16038210"}, 3, "/rarities/0/color", "type"},
		     {{"\"SR\",\"stars\":4,\"shards\":5", "\"SR\",\"stars\":4"}, 4, "/rarities/1/shards", "missing"},
		     {{"\"shards\":5", "\"shards\":-5"}, 4, "/rarities/1/shards", "range"});
}

/* The rarity is known by the id that it has, so that nothing follows from it. */
TEST(an_id_that_is_not_of_the_form_is_one_fault)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({"\"id\":\"g\"", "\"id\":\"-g\""}, {"[\"g\",", "[\"-g\","}));
	CHECK_EQ_UINT(fixture.faults.count, 1);
	CHECK_EQ_STR(fixture.faults.list[0].rule, "id");
	CHECK_EQ_UINT(fixture.faults.list[0].line, 13);
	fixture_release(&fixture);
}

TEST(ids_are_64_letters_digits_points_and_lines_after_a_letter_or_digit)
{
	static const struct {
		const char *id;
		bool ok;
	} cases[] = {
		{"A.b_c-9", true}, {"9", true}, {"_a", false}, {".a", false}, {"a b", false}, {"é", false}, {"a/b", false},
		{"0123456789012345678901234567890123456789012345678901234567890123", true},
		{"01234567890123456789012345678901234567890123456789012345678901234", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture fixture;
		char group[128];

		snprintf(group, sizeof(group), "\"pity_group\":\"%s\"", cases[i].id);
		fixture_init(&fixture, EDITS({"\"pity_group\":\"limited\"", group}));
		CHECK(fixture.loaded == cases[i].ok);
		if (!cases[i].ok) {
			CHECK_EQ_UINT(fixture.faults.count, 1);
			CHECK_EQ_STR(fixture.faults.list[0].rule, "id");
		}
		fixture_release(&fixture);
	}
}

TEST(an_empty_id_is_one_fault)
{
	CHECK_FAULTS({{"\"id\":\"two\"", "\"id\":\"\""}, 24, "/banners/1/id", "id"});
}

TEST(items_have_their_faults)
{
	CHECK_FAULTS({{"{\"id\":\"f\"", "{\"id\":\"e\",\"rarity\":\"R\",\"name\":{\"ja\":\"お\",\"en\":\"E\"}},\n{\"id\":\"f\""}, 12, "/items/5/id", "duplicate"},
		     {{"\"price\":180", "\"price\":0"}, 7, "/items/0/price", "range"},
		     {{"\"price\":180", "\"cost\":180"}, 7, "/items/0/cost", "unknown_key"},
		     {{"https://example.org", "http://example.org"}, 9, "/items/2/image", "image"},
		     {{"https://example.org", "https://"}, 9, "/items/2/image", "image"},
		     {{"https://example.org", "https://example.org/a b"}, 9, "/items/2/image", "image"},
		     {{"\"emoji\":\"🍵\"", "\"emoji\":7"}, 9, "/items/2/emoji", "type"},
		     {{"\"text\":{\"ja\":\"茶\",\"en\":\"tea\"}", "\"text\":{\"ja\":\"茶\"}"}, 9, "/items/2/text/en", "localisation"},
		     {{"\"text\":{\"ja\":\"茶\",\"en\":\"tea\"}", "\"text\":null"}, 9, "/items/2/text", "type"},
		     {{"\"id\":\"g\",\"rarity\":\"R\"", "\"id\":\"g\",\"rarity\":\"N\""}, 13, "/items/6/rarity", "unknown_rarity"},
		     {{"\"id\":\"g\",\"rarity\":\"R\",", "\"id\":\"g\","}, 13, "/items/6/rarity", "missing"},
		     {{"\"id\":\"g\",\"rarity\":\"R\"", "\"id\":\"g\",\"rarity\":1"}, 13, "/items/6/rarity", "type"});
}

TEST(a_duplicate_id_in_a_later_list_is_found_in_the_second)
{
	CHECK_FAULTS({{"\"id\":\"two\"", "\"id\":\"one\""}, 24, "/banners/1/id", "duplicate"});
}

TEST(what_cannot_be_read_makes_no_faults_elsewhere)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({"\"items\":[\n", "\"items\":{\"a\":[\n"}, {"\"G\"}}],", "\"G\"}}]},"}));
	CHECK_EQ_UINT(fixture.faults.count, 1);
	CHECK_EQ_STR(fixture.faults.list[0].rule, "type");
	fixture_release(&fixture);
	fixture_init(&fixture, EDITS({"\"id\":\"SR\"", "\"id\":7"}));
	CHECK_EQ_UINT(fixture.faults.count, 1);
	CHECK_EQ_STR(fixture.faults.list[0].rule, "type");
	fixture_release(&fixture);
}

TEST(all_faults_come_at_once_in_the_order_of_the_text)
{
	static const char *const wanted[] = {"range", "color", "image", "unknown_rarity", "cost", "decimal", "unknown_item"};
	struct fixture fixture;

	fixture_init(&fixture,
		     EDITS({"\"cost\":{\"1\":160,\"10\":1600}", "\"cost\":{\"1\":160,\"11\":1600}"}, {"#F4B942", "gold"},
			   {"\"start\":1600", "\"start\":-1600"}, {"https://", "ftp://"},
			   {"\"id\":\"g\",\"rarity\":\"R\"", "\"id\":\"g\",\"rarity\":\"N\""}, {"\"0.6%\"", "\"00.6%\""},
			   {"[\"g\",\"f\"", "[\"g\",\"z\""}));
	CHECK(!fixture.loaded);
	CHECK(fixture.catalog.hashed);
	CHECK_EQ_UINT(fixture.faults.count, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t i = 0; i < fixture.faults.count; i++)
		CHECK_EQ_STR(fixture.faults.list[i].rule, wanted[i]);
	fixture_release(&fixture);
}

TEST(a_text_that_is_too_long_is_refused_unread)
{
	struct fixture fixture = {.loaded = false};
	char *text = malloc(CATALOG_BYTES_MAX + 1);

	REQUIRE(text != NULL);
	memset(text, '[', CATALOG_BYTES_MAX + 1);
	arena_init(&fixture.arena, CATALOG_ARENA_BYTES_MAX);
	fixture_init_text(&fixture, str_make(text, CATALOG_BYTES_MAX + 1));
	CHECK(!fixture.loaded);
	CHECK_EQ_INT(fixture.err.code, ERR_LIMIT);
	CHECK_EQ_UINT(fixture.faults.count, 0);
	free(text);
	fixture_release(&fixture);
}

TEST(more_rarities_than_counters_is_one_fault)
{
	CHECK_FAULTS({{"{\"id\":\"R\",\"shards\":0}]",
		       "{\"id\":\"R\",\"shards\":0},{\"id\":\"x1\",\"shards\":0},{\"id\":\"x2\",\"shards\":0},"
		       "{\"id\":\"x3\",\"shards\":0},{\"id\":\"x4\",\"shards\":0},{\"id\":\"x5\",\"shards\":0},"
		       "{\"id\":\"x6\",\"shards\":0},{\"id\":\"x7\",\"shards\":0},{\"id\":\"x8\",\"shards\":0},"
		       "{\"id\":\"x9\",\"shards\":0},{\"id\":\"x10\",\"shards\":0}]"},
		      3,
		      "/rarities",
		      "range"});
}

/* The fixture with so many items more, whose ids have five bytes. */
static void load_with_items(struct fixture *fixture, unsigned count)
{
	struct arena texts;
	struct buf items;

	arena_init(&texts, 4 << 20);
	buf_init(&items, 1 << 20);
	buf_addc(&items, "\"items\":[\n");
	for (unsigned i = 0; i < count; i++)
		buf_printf(&items, "{\"id\":\"i%04u\",\"rarity\":\"R\",\"name\":{\"ja\":\"x\",\"en\":\"x\"}},", i);
	arena_init(&fixture->arena, CATALOG_ARENA_BYTES_MAX);
	fixture_init_text(fixture, fixture_text(&texts, EDITS({"\"items\":[\n", buf_cstr(&items)})));
	buf_release(&items);
	arena_release(&texts);
}

TEST(a_catalog_of_many_thousand_items_is_loaded)
{
	struct fixture fixture = {.loaded = false};

	load_with_items(&fixture, 9999);
	CHECK(fixture.loaded);
	fixture_release(&fixture);
}

TEST(a_full_arena_is_a_limit_and_no_fault)
{
	struct fixture fixture = {.loaded = false};
	struct arena texts;

	arena_init(&texts, 65536);
	arena_init(&fixture.arena, 4096);
	fixture_init_text(&fixture, fixture_text(&texts, NULL));
	CHECK(!fixture.loaded);
	CHECK_EQ_INT(fixture.err.code, ERR_LIMIT);
	CHECK_EQ_UINT(fixture.faults.count, 0);
	arena_release(&texts);
	fixture_release(&fixture);
}

TEST(percentages_are_read_exactly)
{
	static const struct {
		const char *text;
		uint32_t rate;
	} good[] = {{"0%", 0},	      {"0.6%", 6000000},	 {"100%", RATE_ONE}, {"100.0000000%", RATE_ONE},
		    {"0.0000001%", 1}, {"99.9999999%", 999999999}, {"12.50%", 125000000}};
	static const char *const bad[] = {"",	   "%",	     "0.6",	"00%",	 "01%",	   ".5%",     "5.%",	 "0.00000001%",
					  "100.1%", "101%",   "1000%",	"-1%",	 "+1%",	   "1e1%",    " 1%",	 "1 %",
					  "1,5%",  "100.0000001%", "1.5%%", "0.6％", "0x1%", "1.2.3%"};
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		uint32_t rate = 1, back;

		CHECK(rate_parse(str_from(good[i].text), &rate));
		CHECK_EQ_UINT(rate, good[i].rate);
		CHECK(rate_parse(rate_format(&arena, rate), &back));
		CHECK_EQ_UINT(back, rate);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint32_t rate;

		if (!CHECK(!rate_parse(str_from(bad[i]), &rate)))
			printf("  %s\n", bad[i]);
	}
	CHECK(str_eqc(rate_format(&arena, 6000000), "0.6%"));
	CHECK(str_eqc(rate_format(&arena, 1), "0.0000001%"));
	CHECK(str_eqc(rate_format(&arena, RATE_ONE), "100%"));
	CHECK(str_eqc(rate_format(&arena, 0), "0%"));
	arena_release(&arena);
}
