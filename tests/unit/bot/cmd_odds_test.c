/* /gacha rates and /gacha plan, as a person meets them. */
#include "bot/cmd_odds.h"

#include <math.h>
#include <stdio.h>

#include "base/codec.h"
#include "gacha/odds.h"
#include "test.h"
#include "world.h"

#define OPTION(name, value) "{\"name\":\"" name "\",\"type\":3,\"value\":\"" value "\"}"
#define GACHA(sub, options) \
	"{\"name\":\"gacha\",\"options\":[{\"name\":\"" sub "\",\"type\":1,\"options\":[" options "]}]}"
#define RATES GACHA("rates", "")
#define RATES_OF(banner) GACHA("rates", OPTION("banner", banner))
#define ITEM_OF(banner, item) GACHA("rates", OPTION("banner", banner) "," OPTION("item", item))
#define PLAN(item) GACHA("plan", OPTION("item", item))
#define PLAN_WITHIN(item, pulls) \
	GACHA("plan", OPTION("item", item) ",{\"name\":\"pulls\",\"type\":4,\"value\":" pulls "}")

static struct json data_of(struct json answer)
{
	return json_get(answer, "data");
}

static struct str description(struct world *world, struct json answer, size_t embed)
{
	return json_text_or(json_get(json_at(json_get(data_of(answer), "embeds"), embed), "description"), &world->arena,
			    STR_EMPTY);
}

TEST(rates_say_the_worked_example_of_the_first_open_banner_or_the_named_one)
{
	static const char *const words[] = {
		"0.6% · long-run 1.6052%", "**62.30** pulls on average, **90** at worst", "50%: 76 · 90%: 80 · 99%: 83",
		"**93.45** pulls on average, **180** at worst", "50%: 80 · 90%: 155 · 99%: 161", "within 80: **51.0258%**",
		"within 90: **59.3938%**", "Pull 10, when nine had nothing of ★★★★ SR", "★★★★ SR 99.4%", "within 90 pulls",
	};
	struct world *world = world_create(STR_EMPTY);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", RATES_OF("hanabi"));

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!CHECK(world_says(world, answer, words[i])))
			printf("  %s\n", words[i]);
	CHECK(!world_is_private(answer));
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", RATES), "Lantern Lane"));
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "ja", RATES_OF("花火の夜")), "提供割合 · 花火の夜"));
	CHECK(world_row(world, STORE_USERS, "1") == NULL);
	world_free(world);
}

TEST(the_next_pull_is_from_ones_own_counters)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer;

	for (int i = 0; i < 9; i++)
		world_ask(world, &world_gateway, 1, "en-US", GACHA("pull", OPTION("banner", "hanabi")));
	const struct player *player = world_player(world, "1");
	struct draw_state state;
	struct odds odds;

	REQUIRE(player != NULL);
	player_load_pity(player, &world->catalog, STR("limited"), &state);
	REQUIRE(odds_compute(catalog_find_banner(&world->catalog, STR("hanabi")), &state, &world->arena, &odds, NULL));
	answer = world_ask(world, &world_gateway, 1, "en-US", RATES_OF("hanabi"));
	char words[64];
	snprintf(words, sizeof(words), "your next pull %.1f", odds.rarity_next[1] * 100);
	CHECK(world_says(world, answer, words));
	world_free(world);
}

/* Lines of the list that are items: those that begin with a digit. */
static size_t items_shown(struct str list)
{
	struct str line;
	size_t count = 0;

	while (str_next(&list, '\n', &line))
		count += line.len > 0 && line.ptr[0] >= '0' && line.ptr[0] <= '9';
	return count;
}

TEST(every_item_stands_on_one_page_with_its_base_chance)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", RATES_OF("hanabi"));
	size_t seen = items_shown(description(world, answer, 1)), pages = 1;

	CHECK(str_find(description(world, answer, 1), STR("\n0.3% 🎆")) >= 0);
	while (pages < 10) {
		struct str next = STR_EMPTY;

		for (size_t n = 0; n < 4; n++) {
			struct str button = world_button(world, answer, n);
			struct custom_id id;

			if (button.len > 0 && custom_id_read(&world->arena, world->button_key, button, &id) && id.number == (int64_t)pages)
				next = button;
		}
		if (next.len == 0)
			break;
		answer = world_push(world, &world_gateway, 1, next);
		int64_t type = 0;
		CHECK(json_i64(json_get(answer, "type"), 0, 100, &type));
		CHECK_EQ_INT(type, RESPONSE_UPDATE);
		seen += items_shown(description(world, answer, 0));
		pages++;
	}
	CHECK_EQ_UINT(seen, world->catalog.item_count);
	CHECK_EQ_UINT(pages, (world->catalog.item_count + 14) / 15);
	world_free(world);
}

TEST(an_items_rates_are_those_of_the_odds)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", ITEM_OF("hanabi", "rikka"));

	CHECK(world_says(world, answer, "0.3%"));
	CHECK(world_says(world, answer, "1.0701%"));
	CHECK(world_says(world, answer, "**93.45** pulls on average, **180** at worst"));
	/* Without a banner, the open one that has it. */
	answer = world_ask(world, &world_gateway, 1, "ja", GACHA("rates", OPTION("item", "rikka")));
	CHECK(world_says(world, answer, "花火の夜"));
	answer = world_ask(world, &world_gateway, 1, "en-US", ITEM_OF("standard", "rikka"));
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "/gacha plan"));
	answer = world_ask(world, &world_gateway, 1, "en-US", ITEM_OF("standard", "no such"));
	CHECK(world_is_private(answer));
	answer = world_ask(world, &world_gateway, 1, "en-US", RATES_OF("no such"));
	CHECK(world_is_private(answer) && world_says(world, answer, "hanabi"));
	world_free(world);
}

TEST(a_plan_counts_from_ones_own_counters_and_knows_the_other_ways)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", PLAN("rikka"));

	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "Best on **Night of Fireworks**"));
	CHECK(world_says(world, answer, "**93.45** pulls on average, **180** at worst"));
	CHECK(world_says(world, answer, "💎 1,600, enough for 10 pulls"));
	CHECK(world_says(world, answer, "300 points of Night of Fireworks (you have 0)"));
	world_ask(world, &world_gateway, 1, "en-US", GACHA("pull", OPTION("banner", "hanabi")));
	answer = world_ask(world, &world_gateway, 1, "en-US", PLAN_WITHIN("rikka", "33"));
	CHECK(world_says(world, answer, "**179** at worst") || world_says(world, answer, "**180** at worst"));
	CHECK(world_says(world, answer, "within 33: **"));
	CHECK(world_says(world, answer, "enough for 9 pulls"));
	CHECK(world_says(world, answer, "(you have 1)"));
	answer = world_ask(world, &world_gateway, 1, "ja", PLAN("akari"));
	CHECK(world_says(world, answer, "かけら 180（所持 0）"));
	/* Both banners have it; where it is not pushed aside by rate-up it is nearer. */
	CHECK(world_says(world, answer, "おすすめは **ともしび横丁**"));
	CHECK(world_says(world, answer, "• 花火の夜: 平均"));
	world_free(world);
}

#define DEEP_BANNER(id) \
	"{\"id\":\"" id "\",\"name\":{\"ja\":\"b\",\"en\":\"Banner " id "\"},\"start\":\"2026-01-01T00:00:00+09:00\",\"end\":null," \
	"\"cost\":{\"1\":160,\"10\":1600},\"rates\":{\"SSR\":\"0.1%\",\"SR\":\"0.1%\",\"R\":\"99.8%\"}," \
	"\"pity\":{\"SSR\":{\"hard\":1200},\"SR\":{\"hard\":900}},\"pool\":[\"a\",\"b\",\"c\"]}"
#define DEEP_ITEM(id, rarity) \
	"{\"id\":\"" id "\",\"rarity\":\"" rarity "\",\"name\":{\"ja\":\"" id "\",\"en\":\"" id "\"},\"text\":{\"ja\":\"t\",\"en\":\"t\"},\"emoji\":\"x\"}"

TEST(a_plan_begins_with_no_further_banner_when_the_first_ones_took_long)
{
	struct world *world = world_create(STR(
		"{\"schema\":1,\"currency\":{\"name\":{\"ja\":\"c\",\"en\":\"c\"},\"emoji\":\"x\",\"start\":1600,\"daily\":160,\"streak\":[160]},"
		"\"rarities\":[{\"id\":\"SSR\",\"stars\":5,\"color\":\"#F4B942\",\"shards\":40},"
		"{\"id\":\"SR\",\"stars\":4,\"color\":\"#A06CD5\",\"shards\":6},{\"id\":\"R\",\"stars\":3,\"color\":\"#5B8DEF\",\"shards\":1}],"
		"\"items\":[" DEEP_ITEM("a", "SSR") "," DEEP_ITEM("b", "SR") "," DEEP_ITEM("c", "R") "],"
		"\"banners\":[" DEEP_BANNER("one") "," DEEP_BANNER("two") "," DEEP_BANNER("three") "]}"));
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", PLAN("b"));

	CHECK(world_says(world, answer, "Best on **Banner one**"));
	CHECK(world_says(world, answer, "• and 2 more"));
	CHECK(!world_says(world, answer, "Banner two: "));
	/* The wait for the highest rarity knows nothing of the counters below, and takes little. */
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", PLAN("a")), "Banner three: "));
	world_free(world);
}

TEST(a_plan_refuses_what_it_does_not_know)
{
	struct world *world = world_create(STR_EMPTY);

	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", PLAN("no such")), "no item of that name"));
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", PLAN_WITHIN("rikka", "0")), "1 to 100000"));
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", PLAN_WITHIN("rikka", "100001")), "1 to 100000"));
	world_free(world);
}

static struct json complete(struct world *world, const char *sub, const char *typed)
{
	struct err err = {.text = ""};
	struct str data = arena_printf(
		&world->arena,
		"{\"type\":4,\"id\":\"7\",\"application_id\":\"9\",\"token\":\"t\",\"locale\":\"en-US\",\"user\":{\"id\":\"1\"},\"data\":"
		"{\"name\":\"gacha\",\"options\":[{\"name\":\"%s\",\"type\":1,\"options\":[{\"name\":\"item\",\"type\":3,"
		"\"value\":\"%s\",\"focused\":true}]}]}}",
		sub, typed);

	CHECK(world_take(world, &world_playground, world_parse(world, data), &err));
	world_settle(world);
	return json_get(data_of(world_last(world)), "choices");
}

static struct str choice(struct world *world, struct json choices, size_t n)
{
	return json_text_or(json_get(json_at(choices, n), "value"), &world->arena, STR_EMPTY);
}

TEST(items_are_completed_by_id_and_either_name)
{
	struct world *world = world_create(STR_EMPTY);

	CHECK(str_eqc(choice(world, complete(world, "plan", "RIKK"), 0), "rikka"));
	CHECK(str_eqc(choice(world, complete(world, "rates", "アカリ"), 0), "akari"));
	CHECK(str_eqc(choice(world, complete(world, "plan", "the lampkeeper"), 0), "akari"));
	CHECK_EQ_UINT(json_count(complete(world, "plan", "")), MESSAGE_CHOICES_MAX);
	CHECK_EQ_UINT(json_count(complete(world, "plan", "nothing like it")), 0);
	world_free(world);
}

/* ---- large catalogs and long names ---- */

static void add_name(struct buf *out, size_t count)
{
	buf_addc(out, "\"name\":{\"ja\":\"");
	for (size_t i = 0; i < count; i++)
		buf_addc(out, "＊火");
	buf_addc(out, "\",\"en\":\"");
	for (size_t i = 0; i < count; i++)
		buf_addc(out, "*_");
	buf_addc(out, "\"}");
}

/* Twelve rarities with the longest ids, three thousand items with long names, of which the last stands in no open banner. */
static struct str large_catalog(struct buf *out)
{
	buf_addc(out, "{\"schema\":1,\"currency\":{");
	add_name(out, 10);
	buf_addc(out, ",\"emoji\":\"💎\",\"start\":9000000000000000,\"daily\":1},\"rarities\":[");
	for (int r = 0; r < RARITIES_MAX; r++)
		buf_printf(out, "%s{\"id\":\"r%062d%c\",\"stars\":%d,\"shards\":1}", r ? "," : "", 0, 'a' + r, RARITIES_MAX - r);
	buf_addc(out, "],\"items\":[");
	for (int i = 0; i < 3000; i++) {
		buf_printf(out, "%s{\"id\":\"i%d\",\"rarity\":\"r%062d%c\",\"price\":1000000,\"emoji\":\"🏮\",", i ? "," : "", i, 0,
			   'a' + i % RARITIES_MAX);
		add_name(out, 100);
		buf_addc(out, "}");
	}
	buf_addc(out, "],\"banners\":[");
	for (int b = 0; b < 12; b++) {
		buf_printf(out, "%s{\"id\":\"b%d\",\"start\":\"2026-01-01T00:00:00Z\",\"end\":%s,\"cost\":{\"1\":%d,\"10\":900},"
				"\"ten_pull\":\"r%062d%c\",\"spark\":{\"cost\":300,\"items\":[\"i0\"]},",
			   b ? "," : "", b, b == 11 ? "\"2026-02-01T00:00:00Z\"" : "null", 100 + b, 0, 'b');
		add_name(out, 100);
		buf_printf(out, ",\"rates\":{\"r%062da\":\"0.6%%\",\"r%062db\":\"5.4%%\"", 0, 0);
		for (int r = 2; r < RARITIES_MAX; r++)
			buf_printf(out, ",\"r%062d%c\":\"9.4%%\"", 0, 'a' + r);
		buf_printf(out, "},\"pity\":{\"r%062da\":{\"hard\":90}},\"rate_up\":{\"r%062da\":{\"items\":[\"i0\"],\"share\":\"50%%\","
				"\"guarantee\":true}}}", 0, 0);
	}
	buf_addc(out, "]}");
	return buf_str(out);
}

static size_t units(struct world *world, struct json value, size_t most)
{
	struct str text = json_text_or(value, &world->arena, STR_EMPTY);

	CHECK(codec_utf16_len(text) <= most);
	return codec_utf16_len(text);
}

/* discord.md 17, with so much room left that nothing was cut to get there. */
static void check_whole(struct world *world, struct json answer)
{
	struct json_iter embeds = json_iterate(json_get(data_of(answer), "embeds"));
	struct json key, embed, field;
	size_t sum = 0;

	while (json_next(&embeds, &key, &embed)) {
		struct json_iter fields = json_iterate(json_get(embed, "fields"));

		sum += units(world, json_get(embed, "title"), 256) + units(world, json_get(embed, "description"), 4096) +
		       units(world, json_get(json_get(embed, "footer"), "text"), 2048);
		while (json_next(&fields, &key, &field))
			sum += units(world, json_get(field, "name"), 256) + units(world, json_get(field, "value"), 1024);
	}
	CHECK(sum > 0 && sum < 5900);
	for (size_t n = 0; n < 4; n++)
		for (size_t k = 0; k < n; k++)
			CHECK(world_button(world, answer, n).len == 0 ||
			      !str_eq(world_button(world, answer, n), world_button(world, answer, k)));
}

TEST(a_catalog_of_thousands_of_items_with_long_names_fits_page_by_page)
{
	static const char *const asked[] = {
		RATES, ITEM_OF("b3", "i0"), GACHA("rates", OPTION("item", "i12")), PLAN("i0"), PLAN_WITHIN("i12", "100000"),
	};
	struct buf text;

	buf_init(&text, CATALOG_BYTES_MAX);
	struct world *world = world_create(large_catalog(&text));
	for (size_t i = 0; i < 2 * sizeof(asked) / sizeof(asked[0]); i++) {
		struct json answer = world_ask(world, &world_gateway, 1, i % 2 ? "ja" : "en-US", asked[i / 2]);

		check_whole(world, answer);
		CHECK(!world_says(world, answer, "went wrong"));
	}
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", RATES);
	CHECK_EQ_UINT(items_shown(description(world, answer, 1)), 15);
	/* Next, last; then first, back. */
	answer = world_push(world, &world_gateway, 1, world_button(world, answer, 1));
	check_whole(world, answer);
	CHECK(world_says(world, answer, "items 2986–3000 of 3000"));
	CHECK_EQ_UINT(items_shown(description(world, answer, 0)), 15);
	answer = world_push(world, &world_gateway, 1, world_button(world, answer, 1));
	check_whole(world, answer);
	CHECK(world_says(world, answer, "items 2971–2985 of 3000"));
	answer = world_ask(world, &world_gateway, 1, "en-US", PLAN("i0"));
	/* Eleven are open, eight are compared: the best, three others, and the rest in number. */
	CHECK(world_says(world, answer, "(`b0`)"));
	CHECK(world_says(world, answer, "and 7 more"));
	world_free(world);
	buf_release(&text);
}

TEST(rules_that_are_too_large_are_said_to_be)
{
	static const char hard[] = "\"hard\":9007199254740991";
	struct world *world = world_create(STR_EMPTY);
	struct str text = world->catalog.text, edited;
	ssize_t at = str_find(text, STR("\"hard\": 10}"));

	/* The starter catalog with a pity of SR that no machine enumerates. */
	REQUIRE(at >= 0);
	edited = arena_printf(&world->arena, "%.*s%s%.*s", (int)at, text.ptr, hard,
			      STR_ARG(str_skip(text, (size_t)at + sizeof("\"hard\": 10") - 1)));
	struct world *other = world_create(edited);
	CHECK(world_says(other, world_ask(other, &world_gateway, 1, "en-US", RATES), "too large to compute"));
	CHECK(world_says(other, world_ask(other, &world_gateway, 1, "en-US", PLAN("akari")), "too large to compute"));
	world_free(other);
	world_free(world);
}
