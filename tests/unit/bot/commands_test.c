/* The handlers of all commands, as a person meets them. */
#include <stdio.h>

#include "base/codec.h"
#include "test.h"
#include "world.h"

#define PULL_OF(banner) \
	"{\"name\":\"gacha\",\"options\":[{\"name\":\"pull\",\"type\":1,\"options\":[{\"name\":\"banner\",\"type\":3,\"value\":\"" banner "\"}]}]}"
#define PULL "{\"name\":\"gacha\",\"options\":[{\"name\":\"pull\",\"type\":1}]}"
#define PULL_COUNT(count) \
	"{\"name\":\"gacha\",\"options\":[{\"name\":\"pull\",\"type\":1,\"options\":[{\"name\":\"count\",\"type\":4,\"value\":" count "}]}]}"
#define BANNERS "{\"name\":\"gacha\",\"options\":[{\"name\":\"banners\",\"type\":1}]}"
#define FAIRNESS(option) "{\"name\":\"fairness\",\"options\":[" option "]}"
#define ROTATE "{\"name\":\"rotate\",\"type\":5,\"value\":true}"
#define SEED(text) "{\"name\":\"client_seed\",\"type\":3,\"value\":\"" text "\"}"

static const char *const locales[] = {"en-US", "ja"};

TEST(a_pull_shows_item_pity_and_balance_in_the_callers_language)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = world_ask(world, &world_gateway, 1, "en-GB", PULL);

	CHECK(world_says(world, answer, "★"));
	CHECK(world_says(world, answer, "Pity"));
	CHECK(world_says(world, answer, "within 89 pulls"));
	CHECK(world_says(world, answer, "1,440 (−160)"));
	CHECK(world_says(world, answer, "🆕"));
	answer = world_ask(world, &world_gateway, 1, "ja", PULL);
	CHECK(world_says(world, answer, "天井"));
	CHECK(world_says(world, answer, "あと88回以内"));
	world_free(world);
}

TEST(a_ten_pull_has_ten_lines_and_one_item_of_the_guaranteed_rarity)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", PULL_COUNT("10"));
	struct str list = json_text_or(json_get(json_at(json_get(json_get(answer, "data"), "embeds"), 0), "description"),
				       &world->arena, STR_EMPTY);
	struct str line;
	unsigned lines = 0, high = 0;

	while (str_next(&list, '\n', &line)) {
		lines++;
		high += str_find(line, STR("★★★★")) >= 0;
	}
	CHECK_EQ_UINT(lines, 10);
	CHECK(high >= 1);
	CHECK_EQ_INT(world_player(world, "1")->balance, 0);
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
}

TEST(what_cannot_be_pulled_is_refused_in_private_with_the_next_step)
{
	static const struct {
		const char *data;
		const char *words;
	} cases[] = {
		{PULL_OF("no such"), "standard"},
		{PULL_COUNT("3"), "1 or 10"},
		{"{\"name\":\"gacha\",\"options\":[{\"name\":\"old\",\"type\":1}]}", "/help"},
	};
	struct world *world = world_create(STR_EMPTY);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json answer = world_ask(world, &world_gateway, 1, "en-US", cases[i].data);

		CHECK(world_is_private(answer));
		CHECK(world_says(world, answer, cases[i].words));
		CHECK(world_says(world, answer, "Nothing was charged"));
	}
	CHECK(world_row(world, STORE_USERS, "1") == NULL);
	world_free(world);
}

TEST(a_banner_is_found_by_id_and_by_either_name)
{
	static const char *const names[] = {PULL_OF("hanabi"), PULL_OF("night of fireworks"), PULL_OF("花火の夜")};
	struct world *world = world_create(STR_EMPTY);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", names[i]), "Night of Fireworks"));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 3);
	world_free(world);
}

TEST(the_buttons_pull_again_after_a_restart)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", PULL_OF("hanabi"));
	struct str once = world_button(world, answer, 0);

	tasks_stop(world->tasks);
	world_settle(world);
	world_restart(world);
	answer = world_push(world, &world_gateway, 1, once);
	CHECK(world_says(world, answer, "Night of Fireworks"));
	int64_t type = 0;
	CHECK(json_i64(json_get(answer, "type"), 0, 100, &type));
	CHECK_EQ_INT(type, RESPONSE_UPDATE);
	CHECK_EQ_INT(world_player(world, "1")->pulls, 2);
	world_free(world);
}

TEST(a_button_works_for_its_owner_alone_and_not_for_ever)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", PULL);
	struct str button = world_button(world, answer, 0);
	size_t rows = world->store.row_count;

	answer = world_push(world, &world_gateway, 2, button);
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "somebody else"));
	answer = world_push(world, &world_gateway, 1, STR("p.1.1785000000.abc.1.AAAAAAAAAAAAAAAAAAAAAA"));
	CHECK(world_is_private(answer));
	world->now_ms += (BUTTON_LIFE_S + 1) * INT64_C(1000);
	answer = world_push(world, &world_gateway, 1, button);
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "too old"));
	CHECK_EQ_UINT(world->store.row_count, rows);
	world_free(world);
}

TEST(banners_show_rates_and_your_pity)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", BANNERS);

	CHECK(world_says(world, answer, "Lantern Lane"));
	CHECK(world_says(world, answer, "SSR 0.6%"));
	CHECK(world_says(world, answer, "within 90 pulls"));
	CHECK(world_row(world, STORE_USERS, "1") == NULL);
	world_free(world);
}

TEST(the_daily_gift_comes_once_a_day_of_the_servers_zone)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer;

	/* 14:59:59 and 15:00:00 UTC are two days in Tokyo. */
	world->now_ms = INT64_C(1785077999000);
	answer = world_ask(world, &world_gateway, 1, "en-US", "{\"name\":\"daily\"}");
	CHECK(world_says(world, answer, "+💎 320"));
	answer = world_ask(world, &world_gateway, 1, "en-US", "{\"name\":\"daily\"}");
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "<t:1785078000:R>"));
	world->now_ms += 1000;
	answer = world_ask(world, &world_gateway, 1, "ja", "{\"name\":\"daily\"}");
	CHECK(world_says(world, answer, "**2**日目"));
	CHECK_EQ_INT(world_player(world, "1")->balance, 1600 + 640);
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
}

TEST(a_server_may_live_in_another_zone)
{
	struct world *world = world_create(STR_EMPTY);

	world->store.rows[world->store.row_count++] = (struct store_row){
		.table = STORE_SETTINGS, .key = STR("500"), .version = 1, .doc = STR("{\"time_zone\":\"UTC\"}")};
	world->now_ms = INT64_C(1785077999000);
	world_ask(world, &world_gateway, 1, "en-US", "{\"name\":\"daily\"}");
	world->now_ms += 1000;
	CHECK(world_is_private(world_ask(world, &world_gateway, 1, "en-US", "{\"name\":\"daily\"}")));
	world_free(world);
}

TEST(a_profile_is_ones_own_or_that_of_who_was_named)
{
	static const char other[] =
		"{\"name\":\"profile\",\"options\":[{\"name\":\"user\",\"type\":6,\"value\":\"%d\"}],\"resolved\":{\"users\":{\"%d\":"
		"{\"id\":\"%d\",\"username\":\"some_one\",\"bot\":%s}}}}";
	struct world *world = world_create(STR_EMPTY);
	char data[512];

	world_ask(world, &world_gateway, 2, "en-US", PULL);
	snprintf(data, sizeof(data), other, 2, 2, 2, "false");
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", data);
	CHECK(world_says(world, answer, "some\\_one"));
	CHECK(world_says(world, answer, "💎 1,440"));
	answer = world_ask(world, &world_gateway, 1, "en-US", "{\"name\":\"profile\"}");
	CHECK(world_says(world, answer, "💎 1,600"));
	snprintf(data, sizeof(data), other, 3, 3, 3, "false");
	CHECK(world_is_private(world_ask(world, &world_gateway, 1, "en-US", data)));
	snprintf(data, sizeof(data), other, 4, 4, 4, "true");
	CHECK(world_is_private(world_ask(world, &world_gateway, 1, "en-US", data)));
	CHECK(world_row(world, STORE_USERS, "1") == NULL);
	world_free(world);
}

TEST(the_history_pages_back_and_to_the_newest)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", "{\"name\":\"history\"}");

	CHECK(world_says(world, answer, "Nothing here yet"));
	for (int i = 0; i < HISTORY_PAGE_ROWS + 2; i++) {
		world->now_ms += 1000;
		world_ask(world, &world_gateway, 1, "en-US", PULL);
	}
	answer = world_ask(world, &world_gateway, 1, "en-US", "{\"name\":\"history\"}");
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "−160"));
	CHECK_EQ_UINT(world_button(world, answer, 1).len, 0);
	struct str text = world_text(world, answer);
	answer = world_push(world, &world_gateway, 1, world_button(world, answer, 0));
	CHECK(!str_eq(world_text(world, answer), text));
	/* The older page is the last: the only button leads to the newest. */
	CHECK_EQ_UINT(world_button(world, answer, 1).len, 0);
	answer = world_push(world, &world_gateway, 1, world_button(world, answer, 0));
	CHECK(str_eq(world_text(world, answer), text));
	world_free(world);
}

TEST(fairness_commits_before_the_first_pull_and_reveals_on_rotation)
{
	struct world *world = world_create(STR_EMPTY);
	uint8_t commit[HASH_SHA256_SIZE];
	char hex[2 * HASH_SHA256_SIZE + 1];

	struct json answer = world_ask(world, &world_gateway, 1, "en-US", FAIRNESS(""));
	REQUIRE(world_row(world, STORE_USERS, "1"));
	const struct player *player = world_player(world, "1");
	fairness_commit(player->fairness.seed, commit);
	codec_hex(commit, sizeof(commit), hex);
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, hex));
	codec_hex(player->fairness.seed, FAIRNESS_SEED_SIZE, hex);
	CHECK(!world_says(world, answer, hex));
	world_ask(world, &world_gateway, 1, "ja", WORLD_PULL);
	answer = world_ask(world, &world_gateway, 1, "ja", FAIRNESS(ROTATE));
	CHECK(world_says(world, answer, hex));
	CHECK_EQ_UINT(world_player(world, "1")->fairness.epoch, 2);
	const struct store_row *last = &world->store.rows[world->store.row_count - 2];
	CHECK(str_find(last->doc, STR("\"revealed\"")) >= 0);
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
}

TEST(a_seed_that_nothing_was_drawn_from_makes_way_under_its_own_number)
{
	struct world *world = world_create(STR_EMPTY);
	char before[2 * FAIRNESS_SEED_SIZE + 1], after[2 * FAIRNESS_SEED_SIZE + 1];

	world_ask(world, &world_gateway, 1, "en-US", FAIRNESS(""));
	codec_hex(world_player(world, "1")->fairness.seed, FAIRNESS_SEED_SIZE, before);
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", FAIRNESS(ROTATE)), before));
	CHECK_EQ_UINT(world_player(world, "1")->fairness.epoch, 1);
	codec_hex(world_player(world, "1")->fairness.seed, FAIRNESS_SEED_SIZE, after);
	CHECK(strcmp(before, after) != 0);
	world_free(world);
}

TEST(a_new_player_is_shown_a_commitment_before_it_is_revealed)
{
	struct world *world = world_create(STR_EMPTY);
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", FAIRNESS(ROTATE));

	CHECK(world_says(world, answer, "use the command again"));
	CHECK_EQ_UINT(world_player(world, "1")->fairness.epoch, 1);
	world_free(world);
}

static struct str commit_of(struct world *world, const char *user)
{
	uint8_t commit[HASH_SHA256_SIZE];
	char hex[2 * HASH_SHA256_SIZE + 1];

	fairness_commit(world_player(world, user)->fairness.seed, commit);
	return arena_str(&world->arena, codec_hex(commit, sizeof(commit), hex));
}

TEST(a_client_seed_is_set_after_the_commitment_was_seen)
{
	struct world *world = world_create(STR_EMPTY);

	struct json answer = world_ask(world, &world_gateway, 1, "en-US", FAIRNESS(SEED("my *own* text")));
	/* A seed of ours that is made now is no promise towards a text that is known already. */
	CHECK(world_says(world, answer, "use the command again"));
	CHECK_EQ_UINT(world_player(world, "1")->fairness.client_seed.len, 0);
	struct str commitment = world_text(world, answer);
	answer = world_ask(world, &world_gateway, 1, "en-US", FAIRNESS(SEED("my *own* text")));
	CHECK(!world_says(world, answer, "use the command again"));
	CHECK(str_find(commitment, commit_of(world, "1")) >= 0);
	CHECK(str_eqc(world_player(world, "1")->fairness.client_seed, "my *own* text"));
	answer = world_ask(world, &world_gateway, 1, "en-US", FAIRNESS(SEED("a") "," ROTATE));
	CHECK(world_is_private(answer));
	answer = world_ask(world, &world_gateway, 1, "en-US", FAIRNESS(SEED("a\\u0007")));
	CHECK(world_says(world, answer, "Nothing was changed"));
	CHECK(str_eqc(world_player(world, "1")->fairness.client_seed, "my *own* text"));
	CHECK_EQ_UINT(world_player(world, "1")->fairness.epoch, 1);
	world_free(world);
}

TEST(help_names_every_command)
{
	struct world *world = world_create(STR_EMPTY);

	for (size_t i = 0; i < 2; i++) {
		struct json answer = world_ask(world, &world_gateway, 1, locales[i], "{\"name\":\"help\"}");

		CHECK(world_is_private(answer));
		CHECK(world_says(world, answer, "/gacha pull"));
		CHECK(world_says(world, answer, "/fairness"));
	}
	world_free(world);
}

TEST(banners_are_completed_while_they_are_typed)
{
	struct world *world = world_create(STR_EMPTY);
	struct err err;
	struct json data = world_parse(
		world, STR("{\"type\":4,\"id\":\"7\",\"application_id\":\"9\",\"token\":\"t\",\"locale\":\"ja\",\"user\":{\"id\":\"1\"},\"data\":"
			   "{\"name\":\"gacha\",\"options\":[{\"name\":\"pull\",\"type\":1,\"options\":[{\"name\":\"banner\",\"type\":3,"
			   "\"value\":\"FIRE\",\"focused\":true}]}]}}"));

	CHECK(world_take(world, &world_playground, data, &err));
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 1);
	struct json choices = json_get(json_get(world_last(world), "data"), "choices");
	CHECK_EQ_UINT(json_count(choices), 1);
	CHECK(str_eqc(json_text_or(json_get(json_at(choices, 0), "value"), &world->arena, STR_EMPTY), "hanabi"));
	CHECK(str_eqc(json_text_or(json_get(json_at(choices, 0), "name"), &world->arena, STR_EMPTY), "花火の夜"));
	world_free(world);
}

/* ---- the longest texts ---- */

static void add_long(struct buf *out, size_t count, const char *piece)
{
	for (size_t i = 0; i < count; i++)
		buf_addc(out, piece);
}

static void add_localised(struct buf *out, const char *key, size_t count)
{
	buf_printf(out, "\"%s\":{\"ja\":\"", key);
	add_long(out, count, "＊火");
	buf_addc(out, "\",\"en\":\"");
	add_long(out, count, "*_");
	buf_addc(out, "\"}");
}

static struct str long_id(char *out, char first, int n)
{
	memset(out, 'i', 64);
	out[0] = first;
	out[1] = (char)('a' + n);
	return str_make(out, 64);
}

/* A catalog of the longest ids and very long names, with the most banners that are shown and one more. */
static struct str long_catalog(struct buf *out)
{
	char id[64], other[64];

	buf_addc(out, "{\"schema\":1,\"currency\":{");
	add_localised(out, "name", 300);
	buf_addc(out, ",\"emoji\":\"💎\",\"start\":9000000000000000,\"daily\":160},\"rarities\":[");
	for (int i = 0; i < 2; i++)
		buf_printf(out, "%s{\"id\":\"%.*s\",\"shards\":1000000}", i ? "," : "", STR_ARG(long_id(id, 'r', i)));
	buf_addc(out, "],\"items\":[");
	for (int i = 0; i < 20; i++) {
		buf_printf(out, "%s{\"id\":\"%.*s\",\"rarity\":\"%.*s\",\"price\":1000000,\"emoji\":\"🏮\",", i ? "," : "",
			   STR_ARG(long_id(id, 't', i)), STR_ARG(long_id(other, 'r', i % 2)));
		add_localised(out, "name", 400);
		buf_addc(out, ",");
		add_localised(out, "text", 3000);
		buf_addc(out, "}");
	}
	buf_addc(out, "],\"banners\":[");
	for (int i = 0; i < BANNERS_SHOWN_MAX + 1; i++) {
		buf_printf(out, "%s{\"id\":\"%.*s\",", i ? "," : "", STR_ARG(long_id(id, 'b', i)));
		add_localised(out, "name", 300);
		buf_printf(out, ",\"start\":\"2026-01-01T00:00:00Z\",\"end\":null,\"cost\":{\"1\":1000000,\"10\":10000000},\"rates\":{\"%.*s\":\"50%%\"",
			   STR_ARG(long_id(other, 'r', 0)));
		buf_printf(out, ",\"%.*s\":\"50%%\"},\"pity\":{\"%.*s\":{\"hard\":90}}}", STR_ARG(long_id(other, 'r', 1)),
			   STR_ARG(long_id(id, 'r', 0)));
	}
	buf_addc(out, "]}");
	return buf_str(out);
}

static void check_units(struct world *world, struct json value, size_t units_max)
{
	struct str text;

	if (json_text(value, &world->arena, &text))
		CHECK(codec_utf16_len(text) <= units_max);
}

static size_t units(struct world *world, struct json value)
{
	struct str text;

	return json_text(value, &world->arena, &text) ? codec_utf16_len(text) : 0;
}

static void check_limits(struct world *world, struct json answer)
{
	struct json data = json_get(answer, "data");
	struct json_iter embeds = json_iterate(json_get(data, "embeds"));
	struct json key, embed, field;
	size_t sum = 0;

	CHECK(json_type(data) == JSON_OBJECT);
	check_units(world, json_get(data, "content"), 2000);
	CHECK(embeds.left <= 10);
	while (json_next(&embeds, &key, &embed)) {
		struct json_iter fields = json_iterate(json_get(embed, "fields"));

		check_units(world, json_get(embed, "title"), 256);
		check_units(world, json_get(embed, "description"), 4096);
		check_units(world, json_get(json_get(embed, "footer"), "text"), 2048);
		CHECK(fields.left <= 25);
		sum += units(world, json_get(embed, "title")) + units(world, json_get(embed, "description")) +
		       units(world, json_get(json_get(embed, "footer"), "text"));
		while (json_next(&fields, &key, &field)) {
			check_units(world, json_get(field, "name"), 256);
			check_units(world, json_get(field, "value"), 1024);
			CHECK(units(world, json_get(field, "name")) > 0 && units(world, json_get(field, "value")) > 0);
			sum += units(world, json_get(field, "name")) + units(world, json_get(field, "value"));
		}
	}
	CHECK(sum <= 6000);
}

/* The n-th item of that catalog. */
#define LONG_ITEM(n) "t" n "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"
#define ASK_TEXT(command, option, value) \
	"{\"name\":\"" command "\",\"options\":[{\"name\":\"" option "\",\"type\":3,\"value\":\"" value "\"}]}"
#define TO_2(command, options) \
	"{\"name\":\"" command "\",\"options\":[" options "{\"name\":\"user\",\"type\":6,\"value\":\"2\"}],\"resolved\":" \
	"{\"users\":{\"2\":{\"id\":\"2\",\"username\":\"u2\"}}}}"
#define TEXT_OPTION(option, value) "{\"name\":\"" option "\",\"type\":3,\"value\":\"" value "\"},"

TEST(messages_keep_discords_limits_with_the_longest_names)
{
	static const char *const commands[] = {
		PULL, PULL_COUNT("10"), PULL_OF("no such"), BANNERS, "{\"name\":\"daily\"}", "{\"name\":\"profile\"}",
		"{\"name\":\"history\"}", FAIRNESS(SEED("0123456789012345678901234567890123456789012345678901234567890123")),
		FAIRNESS(ROTATE), "{\"name\":\"help\"}", "{\"name\":\"ping\"}",
		"{\"name\":\"inventory\"}", ASK_TEXT("item", "name", LONG_ITEM("a")), ASK_TEXT("wish", "item", LONG_ITEM("a")),
		ASK_TEXT("wish", "item", LONG_ITEM("b")), "{\"name\":\"leaderboard\"}", "{\"name\":\"exchange\"}",
		ASK_TEXT("exchange", "item", LONG_ITEM("a")), TO_2("gift", TEXT_OPTION("item", LONG_ITEM("a"))),
		TO_2("trade", TEXT_OPTION("give", LONG_ITEM("a")) TEXT_OPTION("want", LONG_ITEM("b"))),
		TO_2("trade", TEXT_OPTION("give", LONG_ITEM("c")) TEXT_OPTION("want", LONG_ITEM("b"))),
	};
	struct buf text;

	buf_init(&text, CATALOG_BYTES_MAX);
	struct world *world = world_create(long_catalog(&text));
	world_credit(world, "1", ACCOUNT_SHARDS, "", 900000000000000);
	world_credit(world, "1", ACCOUNT_ITEM, LONG_ITEM("a"), 900000000000000);
	/* What is lost is told with the next answer, which makes the longest ones of all. */
	for (int lost = 0; lost < 2; lost++) {
		world->lose_sent = lost;
		for (size_t i = 0; i < 2 * sizeof(commands) / sizeof(commands[0]); i++) {
			struct json answer = world_ask(world, &world_gateway, 1, locales[i % 2], commands[i / 2]);

			check_limits(world, answer);
			CHECK(!world_says(world, answer, "went wrong"));
		}
	}
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
	buf_release(&text);
}

#define FIFTY_MARKS "*_*_*_*_*_*_*_*_*_*_*_*_*_*_*_*_*_*_*_*_*_*_*_*_*_"
#define ADMIN_2(verb, options) \
	"{\"name\":\"admin\",\"options\":[{\"name\":\"" verb "\",\"type\":1,\"options\":[" options \
	"{\"name\":\"user\",\"type\":6,\"value\":\"2\"}]}],\"resolved\":{\"users\":{\"2\":{\"id\":\"2\",\"username\":\"u2\"}}}}"
#define NUMBER_OPTION(option, value) "{\"name\":\"" option "\",\"type\":4,\"value\":" value "},"
#define EVERYTHING \
	TEXT_OPTION("reason", FIFTY_MARKS FIFTY_MARKS FIFTY_MARKS FIFTY_MARKS) NUMBER_OPTION("amount", "1000000000") \
	NUMBER_OPTION("shards", "1000000000") TEXT_OPTION("item", LONG_ITEM("b")) NUMBER_OPTION("count", "1000")
#define SUBCOMMAND(command, verb) "{\"name\":\"" command "\",\"options\":[{\"name\":\"" verb "\",\"type\":1}]}"

TEST(what_administrators_and_leavers_see_keeps_discords_limits_too)
{
	static const char *const commands[] = {
		ADMIN_2("grant", EVERYTHING), ADMIN_2("grant", EVERYTHING), ADMIN_2("revoke", EVERYTHING),
		ADMIN_2("revoke", TEXT_OPTION("reason", "x") TEXT_OPTION("item", LONG_ITEM("c"))), ADMIN_2("inspect", ""),
		SUBCOMMAND("admin", "audit"), SUBCOMMAND("data", "export"), SUBCOMMAND("data", "delete"),
	};
	struct buf text;

	buf_init(&text, CATALOG_BYTES_MAX);
	struct world *world = world_create(long_catalog(&text));
	world->permissions = UINT64_C(1) << 3;
	world_credit(world, "2", ACCOUNT_ITEM, LONG_ITEM("a"), OFFERS_MAX);
	for (int i = 0; i < OFFERS_MAX; i++)
		world_ask(world, &world_gateway, 2, "ja",
			  "{\"name\":\"trade\",\"options\":[" TEXT_OPTION("give", LONG_ITEM("a")) TEXT_OPTION("want", LONG_ITEM("b"))
			  "{\"name\":\"user\",\"type\":6,\"value\":\"3\"}],\"resolved\":{\"users\":{\"3\":{\"id\":\"3\",\"username\":\"u3\"}}}}");
	CHECK_EQ_UINT(world_player(world, "2")->offer_count, OFFERS_MAX);
	for (int lost = 0; lost < 2; lost++) {
		world->lose_sent = lost;
		for (size_t i = 0; i < 2 * sizeof(commands) / sizeof(commands[0]); i++) {
			struct json answer = world_ask(world, &world_gateway, 1, locales[i % 2], commands[i / 2]);

			check_limits(world, answer);
			CHECK(!world_says(world, answer, "went wrong"));
		}
	}
	world_free(world);
	buf_release(&text);
}

TEST(a_row_that_cannot_be_read_hides_no_other)
{
	struct world *world = world_create(STR_EMPTY);

	world_ask(world, &world_gateway, 1, "en-US", "{\"name\":\"daily\"}");
	world->store.rows[world->store.row_count++] = (struct store_row){
		.table = STORE_HISTORY, .key = STR("1"), .sort = WORLD_NOW_MS * 1000 + 1, .version = 1, .doc = STR("{")};
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", "{\"name\":\"history\"}");
	CHECK(world_says(world, answer, "cannot be read"));
	CHECK(world_says(world, answer, "/daily"));
	world_free(world);
}

static bool knows(struct world *world, const char *data)
{
	return !world_says(world, world_ask(world, &world_playground, 1, "en-US", data), "has changed");
}

TEST(a_command_of_another_form_is_refused_before_it_is_handled)
{
	struct world *world = world_create(STR_EMPTY);

	CHECK(knows(world, WORLD_PULL_TEN));
	CHECK(knows(world, WORLD_DAILY));
	CHECK(!knows(world, "{\"name\":\"gift\",\"options\":[{\"name\":\"user\",\"type\":3,\"value\":\"2\"},"
			    "{\"name\":\"item\",\"type\":3,\"value\":\"akari\"}]}"));
	CHECK(!knows(world, "{\"name\":\"gift\",\"options\":[{\"name\":\"item\",\"type\":3,\"value\":\"akari\"}]}"));
	CHECK(!knows(world, "{\"name\":\"daily\",\"options\":[{\"name\":\"more\",\"type\":3,\"value\":\"x\"}]}"));
	world_free(world);
}
