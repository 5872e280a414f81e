#include "bot/work.h"

#include <string.h>

#include "gacha/player_doc.h"
#include "test.h"
#include "world.h"

TEST(the_http_door_gives_a_repeated_id_its_first_answer)
{
	static const char *const commands[] = {WORLD_PULL, WORLD_PULL_TEN, WORLD_DAILY, WORLD_PING, WORLD_PROFILE, WORLD_HISTORY};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct world *world = world_create(STR_EMPTY);
		uint64_t id = world_id(world);

		world_order(world, &world_playground, id, commands[i]);
		world_settle(world);
		struct str answer = world->sent[0].body;
		world_ask(world, &world_playground, 1, "en-US", WORLD_DAILY);
		tasks_stop(world->tasks);
		world_settle(world);
		world_restart(world);
		world_order(world, &world_playground, id, commands[i]);
		world_settle(world);
		CHECK_EQ_UINT(world->sent_count, 3);
		CHECK(str_eq(world->sent[2].body, answer));
		world_free(world);
	}
}

TEST(a_refusal_is_kept_too_so_that_its_repetition_charges_nothing)
{
	struct world *world = world_create(STR_EMPTY);
	uint64_t id;

	world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL_TEN);
	CHECK_EQ_INT(world_player(world, "1")->balance, 0);
	id = world_id(world);
	world_order(world, &world_gateway, id, WORLD_PULL);
	world_settle(world);
	CHECK(world_is_private(world_last(world)));
	CHECK(world_says(world, world_last(world), "/daily"));
	world_ask(world, &world_gateway, 1, "en-US", WORLD_DAILY);
	CHECK_EQ_INT(world_player(world, "1")->balance, 320);
	world_restart(world);
	world_order(world, &world_gateway, id, WORLD_PULL);
	world_settle(world);
	CHECK_EQ_INT(world_player(world, "1")->balance, 320);
	world_free(world);
}

TEST(a_lost_race_is_computed_afresh)
{
	struct world *world = world_create(STR_EMPTY);

	world->store.races = 2;
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	CHECK(!world_is_private(answer));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	CHECK_EQ_UINT(world->store.loads, 3);
	CHECK_EQ_UINT(world->metrics.value[METRIC_COMMIT_CONFLICTS], 2);
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
}

TEST(races_that_are_always_lost_end_with_nothing_charged)
{
	struct world *world = world_create(STR_EMPTY);
	unsigned pauses = 0;

	world->store.races = 1000;
	world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	do
		world_settle(world);
	while (world_end_pause(world) && ++pauses < 100);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK(world_is_private(world_last(world)));
	CHECK(world_says(world, world_last(world), "Nothing was charged"));
	CHECK_EQ_UINT(world->store.row_count, 0);
	world_free(world);
}

TEST(a_store_that_fails_is_asked_again_and_then_the_person_is_told)
{
	struct world *world = world_create(STR_EMPTY);

	/* Not an error that time mends. */
	world->store.fail_code = ERR_INPUT;
	world->store.fail_commits = 1;
	struct json answer = world_ask(world, &world_gateway, 1, "ja", WORLD_PULL);
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "消費はありません"));
	CHECK_EQ_UINT(world->store.row_count, 0);
	CHECK_EQ_UINT(world->metrics.value[METRIC_INTERACTIONS_FAILED], 1);
	/* One that it may mend. */
	world->store.fail_code = ERR_IO;
	world->store.fail_commits = 2;
	world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	world_settle(world);
	CHECK(world_end_pause(world));
	world_settle(world);
	CHECK(world_end_pause(world));
	world_settle(world);
	CHECK(!world_is_private(world_last(world)));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	world_free(world);
}

/* The next interaction's commit fails so, and then with an error that time does not mend. */
static struct json pull_with_failure(struct world *world, enum err_code code)
{
	world->store.fail_code = code;
	world->store.fail_commits = 1;
	world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	world_settle(world);
	world->store.fail_code = ERR_INPUT;
	world->store.fail_commits = 1;
	CHECK(world_end_pause(world));
	world_settle(world);
	return world_last(world);
}

TEST(that_nothing_was_charged_is_said_only_where_it_is_known)
{
	static const enum err_code unsure[] = {ERR_IO, ERR_NET, ERR_TIMEOUT};
	struct world *world = world_create(STR_EMPTY);

	for (size_t i = 0; i < sizeof(unsure) / sizeof(unsure[0]); i++)
		CHECK(world_says(world, pull_with_failure(world, unsure[i]), "confirm"));
	CHECK(world_says(world, pull_with_failure(world, ERR_THROTTLED), "Nothing was charged"));
	/* A lost race shows that the attempt before it was not kept. */
	world->store.fail_code = ERR_IO;
	world->store.fail_commits = 1;
	world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	world_settle(world);
	world->store.races = 1000;
	CHECK(world_end_pause(world));
	do
		world_settle(world);
	while (world_end_pause(world));
	CHECK(world_says(world, world_last(world), "Nothing was charged"));
	world_free(world);
}

TEST(a_row_that_is_too_large_does_not_end_in_silence)
{
	struct world *world = world_create(STR_EMPTY);
	char *doc = arena_alloc(&world->arena, 2 * TASK_ARENA_BYTES_MAX);

	REQUIRE(doc);
	memset(doc, ' ', 2 * TASK_ARENA_BYTES_MAX);
	world->store.rows[world->store.row_count++] = (struct store_row){
		.table = STORE_USERS, .key = STR("1"), .version = 1, .doc = str_make(doc, 2 * TASK_ARENA_BYTES_MAX)};
	struct json answer = world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL);
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "Nothing was charged"));
	world_free(world);
}

/* A catalog of so many items with short ids, and a player's row that has them all. */
static struct str large_catalog(struct arena *arena, size_t items)
{
	struct buf text;

	buf_init(&text, CATALOG_BYTES_MAX);
	buf_addc(&text, "{\"schema\":1,\"currency\":{\"name\":{\"ja\":\"a\",\"en\":\"a\"},\"emoji\":\"x\",\"start\":1600,"
			"\"daily\":160},\"rarities\":[{\"id\":\"S\",\"shards\":1}],\"items\":[");
	for (size_t i = 0; i < items; i++)
		buf_printf(&text, "%s{\"id\":\"%zx\",\"rarity\":\"S\",\"name\":{\"ja\":\"a\",\"en\":\"a\"}}", i > 0 ? "," : "", i);
	buf_addc(&text, "],\"banners\":[{\"id\":\"b\",\"name\":{\"ja\":\"a\",\"en\":\"a\"},\"start\":\"2026-01-01T00:00:00Z\","
			"\"cost\":{\"1\":160,\"10\":1600},\"rates\":{\"S\":\"100%\"}}]}");
	CHECK(!text.full);
	struct str copy = arena_str(arena, buf_str(&text));
	buf_release(&text);
	return copy;
}

static void own_everything(struct world *world, const char *key)
{
	struct player player = *world_player(world, key);
	struct store_row *row = NULL;
	struct buf doc;

	for (size_t i = 0; i < world->catalog.item_count; i++)
		CHECK(player_set_item(&player, world->catalog.items[i].id, 1, WORLD_NOW_MS / 1000));
	buf_init(&doc, PLAYER_BYTES_MAX);
	player_encode(&player, &world->seal, &world->rng, &doc);
	CHECK(!doc.full);
	for (size_t i = 0; i < world->store.row_count; i++)
		if (world->store.rows[i].table == STORE_USERS && str_eqc(world->store.rows[i].key, key))
			row = &world->store.rows[i];
	row->doc = arena_str(&world->store.arena, buf_str(&doc));
	buf_release(&doc);
}

TEST(who_has_every_item_of_a_large_catalog_can_still_pull)
{
	struct arena arena;

	arena_init(&arena, CATALOG_BYTES_MAX * 2);
	struct world *world = world_create(large_catalog(&arena, 4500));
	world_ask(world, &world_gateway, 1, "en-US", WORLD_DAILY);
	world_ask(world, &world_gateway, 2, "en-US", WORLD_DAILY);
	own_everything(world, "1");
	own_everything(world, "2");
	CHECK(!world_is_private(world_ask(world, &world_gateway, 1, "en-US", WORLD_PULL_TEN)));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 10);
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "en-US", WORLD_PROFILE_OF_2), "4500 / 4500"));
	world_free(world);
	arena_release(&arena);
}

TEST(every_attempt_after_the_first_has_the_same_room)
{
	static const unsigned races[] = {1, COMMIT_RACES_MAX};
	size_t used[2];

	for (size_t i = 0; i < 2; i++) {
		struct world *world = world_create(STR_EMPTY);

		world->hold_sent = true;
		world->store.races = races[i];
		world_order(world, &world_gateway, world_id(world), WORLD_PULL_TEN);
		do
			world_settle(world);
		while (world_end_pause(world));
		CHECK_EQ_UINT(world->sent_count, 1);
		used[i] = world->tasks->slots[0].arena.bytes_used;
		world_free(world);
	}
	CHECK_EQ_UINT(used[0], used[1]);
}

TEST(a_load_that_fails_is_asked_again)
{
	struct world *world = world_create(STR_EMPTY);

	world->store.fail_code = ERR_IO;
	world->store.fail_loads = 1;
	world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 0);
	CHECK(world_end_pause(world));
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	world_free(world);
}

TEST(a_commit_that_took_place_although_it_seemed_to_fail_is_answered_once)
{
	struct world *world = world_create(STR_EMPTY);

	world->store.fail_code = ERR_TIMEOUT;
	world->store.fail_commits = 1;
	world->store.fail_after = true;
	world_order(world, &world_gateway, world_id(world), WORLD_PULL);
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 0);
	CHECK(world_end_pause(world));
	world_settle(world);
	CHECK_EQ_UINT(world->sent_count, 1);
	CHECK(!world->sent[0].dropped);
	CHECK(world_says(world, world_last(world), "Balance"));
	CHECK_EQ_INT(world_player(world, "1")->pulls, 1);
	CHECK(world_is_balanced(world, "1"));
	world_free(world);
}
