/* /data, and what is left of who deleted everything. */
#include "bot/cmd_data.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/codec.h"
#include "bot/jobs.h"
#include "bot/tombstone.h"
#include "gacha/verifier.h"
#include "test.h"
#include "world.h"

#define EXPORT "{\"name\":\"data\",\"options\":[{\"name\":\"export\",\"type\":1}]}"
#define DELETE "{\"name\":\"data\",\"options\":[{\"name\":\"delete\",\"type\":1}]}"
#define ROTATE "{\"name\":\"fairness\",\"options\":[{\"name\":\"rotate\",\"type\":5,\"value\":true}]}"
#define FAIRNESS "{\"name\":\"fairness\"}"
#define GIFT_TO_1 \
	"{\"name\":\"gift\",\"options\":[{\"name\":\"item\",\"type\":3,\"value\":\"akari\"},{\"name\":\"user\",\"type\":6,\"value\":\"1\"}]," \
	"\"resolved\":{\"users\":{\"1\":{\"id\":\"1\",\"username\":\"one\",\"bot\":false}}}}"
#define PROFILE_OF_1 \
	"{\"name\":\"profile\",\"options\":[{\"name\":\"user\",\"type\":6,\"value\":\"1\"}],\"resolved\":{\"users\":{\"1\":" \
	"{\"id\":\"1\",\"username\":\"one\"}}}}"
#define DAY_MS INT64_C(86400000)

static struct jobs jobs;

static struct json ask(struct world *world, const char *data)
{
	return world_ask(world, &world_playground, 1, "en-US", data);
}

static struct world *with_jobs(void)
{
	struct world *world = world_create(STR_EMPTY);

	jobs_start(&jobs, world->loop, &world->store.base);
	world->tasks->settings.jobs = &jobs;
	return world;
}

static void end(struct world *world)
{
	jobs_release(&jobs);
	world_free(world);
}

static void do_jobs(struct world *world)
{
	for (int i = 0; i < 10; i++) {
		jobs.timer.fire(&jobs, 0);
		world_settle(world);
	}
}

/* ---- export ---- */

/* The file of the answer, kept from being sent while it is looked at. */
static struct str file_of(struct world *world, struct json asked)
{
	struct err err = {.text = ""};
	struct str bytes = STR_EMPTY;
	struct task *task;

	world->hold_sent = true;
	CHECK(world_take(world, &world_playground, asked, &err));
	world_settle(world);
	task = world->sent[world->sent_count - 1].task;
	if (CHECK(task->file_count == 1))
		bytes = arena_str(&world->arena, task->files[0].bytes);
	world->hold_sent = false;
	task_sent(task, true);
	return bytes;
}

static struct str export(struct world *world)
{
	return file_of(world, world_command(world, world_id(world), 1, "en-US", EXPORT));
}

static size_t lines_with(struct str file, const char *words)
{
	struct str line;
	size_t count = 0;

	while (str_next(&file, '\n', &line))
		count += str_find(line, str_from(words)) >= 0;
	return count;
}

TEST(an_export_holds_the_player_the_history_and_each_receipt)
{
	struct world *world = world_create(STR_EMPTY);
	char hex[2 * FAIRNESS_SEED_SIZE + 1];
	const struct player *player;
	uint8_t commit[HASH_SHA256_SIZE];
	struct str file, line;

	ask(world, FAIRNESS);
	world->now_ms += 1000;
	ask(world, WORLD_PULL_TEN);
	world->now_ms += 1000;
	ask(world, WORLD_DAILY);
	file = export(world);
	CHECK_EQ_UINT(lines_with(file, "\"kind\":\"export\""), 1);
	CHECK_EQ_UINT(lines_with(file, "\"kind\":\"user\""), 1);
	CHECK_EQ_UINT(lines_with(file, "\"kind\":\"history\""), 3);
	CHECK_EQ_UINT(lines_with(file, "{\"v\":1,"), 11); /* ten receipts, and the player's document */
	CHECK_EQ_UINT(lines_with(file, "\"reason\":\"daily\""), 1);
	CHECK(str_find(file, STR("\"slot\":1,")) < str_find(file, STR("\"slot\":10,")));
	player = world_player(world, "1");
	fairness_commit(player->fairness.seed, commit);
	CHECK(str_find(file, codec_hex(player->fairness.seed, FAIRNESS_SEED_SIZE, hex)) < 0);
	CHECK(str_find(file, codec_hex(commit, sizeof(commit), hex)) >= 0);
	while (str_next(&file, '\n', &line))
		CHECK_EQ_INT(json_type(world_parse(world, line)), JSON_OBJECT);
	CHECK(world_is_private(world_last(world)));
	CHECK(world_says(world, world_last(world), "changes: 3; receipts: 10"));
	world_free(world);
}

TEST(a_sealed_seed_is_not_exported_and_a_revealed_one_stands_in_its_receipts)
{
	struct world *world = world_create(STR_EMPTY);
	char hex[2 * FAIRNESS_SEED_SIZE + 1];
	struct str first;

	memset(world->seal.key, 3, sizeof(world->seal.key));
	world->seal.set = true;
	ask(world, WORLD_PULL);
	first = arena_str(&world->arena, codec_hex(world_player(world, "1")->fairness.seed, FAIRNESS_SEED_SIZE, hex));
	CHECK(str_find(export(world), first) < 0);
	CHECK(str_find(export(world), STR("\"sealed\"")) < 0);
	world->now_ms += 1000;
	ask(world, ROTATE);
	world->now_ms += 1000;
	ask(world, WORLD_PULL);
	CHECK_EQ_UINT(lines_with(export(world), arena_printf(&world->arena, "\"seed\":\"%s\"}", first.ptr).ptr), 2);
	CHECK(str_find(export(world), codec_hex(world_player(world, "1")->fairness.seed, FAIRNESS_SEED_SIZE, hex)) < 0);
	world_free(world);
}

TEST(who_never_played_has_nothing_to_take_or_to_delete)
{
	struct world *world = world_create(STR_EMPTY);

	CHECK(world_says(world, ask(world, EXPORT), "Nothing is kept about you"));
	CHECK(world_says(world, ask(world, DELETE), "Nothing is kept about you"));
	world_free(world);
}

#define BIG_ROWS 200

/* Rows of user 1 without receipts, from this sort number on. */
static void add_big_rows(struct world *world, int64_t sort, size_t count, size_t bytes)
{
	char *doc = arena_alloc(&world->arena, bytes + 1);

	if (!CHECK(doc != NULL))
		return;
	memset(doc, 'x', bytes);
	memcpy(doc, "{\"note\":\"", 9);
	memcpy(doc + bytes - 2, "\"}", 3);
	for (size_t i = 0; i < count; i++)
		world->store.rows[world->store.row_count++] = (struct store_row){
			.table = STORE_HISTORY, .key = STR("1"), .sort = sort + (int64_t)i, .version = 1, .doc = str_make(doc, bytes)};
}

TEST(a_history_that_is_too_long_for_one_file_comes_in_parts)
{
	struct world *world = world_create(STR_EMPTY);
	struct str first, second, older;

	ask(world, WORLD_DAILY);
	add_big_rows(world, 1, BIG_ROWS, HISTORY_ALL_BYTES_MAX * 3 / 2 / BIG_ROWS);
	first = export(world);
	CHECK_EQ_UINT(lines_with(first, "\"kind\":\"left_out\""), 1);
	CHECK(first.len > HISTORY_ALL_BYTES_MAX && first.len < MULTIPART_BYTES_MAX);
	CHECK(world_says(world, world_last(world), "There is more"));
	older = world_button(world, world_last(world), 0);
	second = file_of(world, world_press(world, world_id(world), 1, "en-US", older));
	CHECK_EQ_UINT(lines_with(second, "\"kind\":\"left_out\""), 0);
	CHECK_EQ_UINT(lines_with(second, "\"kind\":\"user\""), 0);
	CHECK_EQ_UINT(lines_with(first, "\"kind\":\"history\"") + lines_with(second, "\"kind\":\"history\""), BIG_ROWS + 1);
	world_free(world);
}

/* Whether all receipts of the file hold; from_chain empty: it has to begin with the first pull. */
static bool verifies(struct world *world, struct str file, struct str from_chain, size_t receipts)
{
	const struct catalog *const catalogs[] = {&world->catalog};
	uint8_t chain[HASH_SHA256_SIZE];
	struct verify_result result = {.receipts = 0};
	struct verifier *verifier;
	struct err err = {.text = ""};
	struct str line;
	bool ok = true;

	if (from_chain.len > 0 && !CHECK(codec_unhex(from_chain, chain, sizeof(chain))))
		return false;
	verifier = verifier_create(&world->arena, catalogs, 1, from_chain.len > 0 ? chain : NULL);
	while (ok && str_next(&file, '\n', &line))
		ok = verifier_line(verifier, line, &err);
	if (ok)
		result = verifier_finish(verifier);
	verifier_free(verifier);
	return ok && result.fault_count == 0 && result.unchecked == 0 && result.receipts == receipts;
}

static struct str chain_before(struct world *world, struct str file)
{
	struct str line;

	while (str_next(&file, '\n', &line))
		if (str_starts(line, STR("{\"kind\":\"left_out\"")))
			return json_text_or(json_get(world_parse(world, line), "chain_before"), &world->arena, STR_EMPTY);
	return STR_EMPTY;
}

TEST(each_part_can_be_verified_with_the_seed_that_a_newer_one_reveals)
{
	struct world *world = world_create(STR_EMPTY);
	struct str first, second, chain;

	ask(world, WORLD_PULL);
	add_big_rows(world, world->now_ms * 1000 + 1000, HISTORY_ALL_PAGE_ROWS - 3,
		     HISTORY_ALL_BYTES_MAX / (HISTORY_ALL_PAGE_ROWS - 4) + 1);
	world->now_ms += 1000;
	ask(world, WORLD_PULL);
	world->now_ms += 1000;
	ask(world, WORLD_PULL);
	world->now_ms += 1000;
	ask(world, ROTATE);
	world->now_ms += 1000;
	ask(world, WORLD_DAILY);
	first = export(world);
	chain = chain_before(world, first);
	CHECK_EQ_UINT(chain.len, 2 * HASH_SHA256_SIZE);
	CHECK(world_says(world, world_last(world),
			 arena_printf(&world->arena, "verify homuhomu-data.jsonl --from-chain %.*s`", STR_ARG(chain)).ptr));
	CHECK(!verifies(world, first, STR_EMPTY, 1));
	CHECK(verifies(world, first, chain, 1));
	second = file_of(world, world_press(world, world_id(world), 1, "en-US", world_button(world, world_last(world), 0)));
	CHECK_EQ_UINT(lines_with(second, "\"kind\":\"left_out\""), 0);
	CHECK(!world_says(world, world_last(world), "from-chain"));
	CHECK(world_says(world, world_last(world), "; receipts: 2."));
	CHECK_EQ_UINT(lines_with(second, arena_printf(&world->arena, "\"chain\":\"%.*s\"", STR_ARG(chain)).ptr), 1);
	CHECK(verifies(world, second, STR_EMPTY, 2));
	world_free(world);
}

/* ---- delete ---- */

static struct json delete_all(struct world *world)
{
	struct str button = world_button(world, ask(world, DELETE), 0);

	return world_push(world, &world_playground, 1, button);
}

TEST(nothing_goes_before_it_is_confirmed_by_the_owner)
{
	struct world *world = with_jobs();
	struct json answer;
	struct str yes, no;

	ask(world, WORLD_DAILY);
	answer = ask(world, DELETE);
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "cannot be undone"));
	CHECK(world_says(world, answer, "30 days"));
	yes = world_button(world, answer, 0);
	no = world_button(world, answer, 1);
	CHECK(world_says(world, world_push(world, &world_playground, 2, yes), "somebody else"));
	CHECK(world_says(world, world_push(world, &world_playground, 1, no), "Nothing was deleted"));
	CHECK_EQ_INT(world_player(world, "1")->balance, 1600 + 320);
	world->now_ms += (BUTTON_LIFE_S + 1) * INT64_C(1000);
	CHECK(world_says(world, world_push(world, &world_playground, 1, yes), "too old"));
	CHECK(world_player(world, "1") != NULL);
	CHECK(world_row(world, STORE_SETTINGS, JOB_LIST_KEY) == NULL);
	end(world);
}

TEST(a_deletion_leaves_a_note_and_takes_the_whole_history)
{
	struct world *world = with_jobs();
	const struct store_row *left;

	ask(world, WORLD_PULL_TEN);
	ask(world, WORLD_DAILY);
	world_ask(world, &world_playground, 2, "en-US", WORLD_DAILY);
	CHECK(world_says(world, delete_all(world), "Your data is deleted"));
	left = world_row(world, STORE_USERS, "1");
	REQUIRE(left != NULL && tombstone_is(left->doc));
	CHECK(left->board.len == 0);
	CHECK_EQ_INT(left->expires_at_s, world->now_ms / 1000 + TOMBSTONE_S);
	CHECK(world_row(world, STORE_SETTINGS, JOB_LIST_KEY) != NULL);
	do_jobs(world);
	CHECK_EQ_UINT(world_rows(world, STORE_HISTORY, "1"), 0);
	CHECK(world_row(world, STORE_SETTINGS, JOB_LIST_KEY) == NULL);
	CHECK(world_is_balanced(world, "2"));
	CHECK(world_says(world, ask(world, EXPORT), "the note"));
	CHECK(world_says(world, ask(world, DELETE), "the note"));
	end(world);
}

TEST(neither_start_nor_gift_of_the_day_is_had_again)
{
	struct world *world = with_jobs();

	ask(world, WORLD_DAILY);
	delete_all(world);
	CHECK(world_says(world, world_ask(world, &world_playground, 2, "en-US", PROFILE_OF_1), "not played yet"));
	CHECK(world_says(world, ask(world, WORLD_DAILY), "had today's gift"));
	CHECK(world_is_private(ask(world, WORLD_PULL)));
	CHECK(tombstone_is(world_row(world, STORE_USERS, "1")->doc));
	world->now_ms += DAY_MS;
	ask(world, WORLD_DAILY);
	REQUIRE(world_player(world, "1") != NULL);
	CHECK_EQ_INT(world_player(world, "1")->balance, 320);
	CHECK_EQ_INT(world_player(world, "1")->streak, 1);
	CHECK_EQ_INT(world_row(world, STORE_USERS, "1")->expires_at_s, 0);
	/* Again, and it is as before. */
	delete_all(world);
	CHECK(world_says(world, ask(world, WORLD_DAILY), "had today's gift"));
	end(world);
}

TEST(the_new_players_rows_stay_while_the_old_ones_go)
{
	struct world *world = with_jobs();

	ask(world, WORLD_PULL_TEN);
	world_credit(world, "2", ACCOUNT_ITEM, "akari", 1);
	delete_all(world);
	/* In the same millisecond, and before the history is gone. */
	world_ask(world, &world_playground, 2, "en-US", GIFT_TO_1);
	REQUIRE(world_player(world, "1") != NULL);
	CHECK_EQ_INT(world_player(world, "1")->balance, 0);
	CHECK(!world_says(world, ask(world, WORLD_HISTORY), "gacha pull"));
	CHECK(world_says(world, ask(world, WORLD_HISTORY), "gift"));
	do_jobs(world);
	CHECK_EQ_UINT(world_rows(world, STORE_HISTORY, "1"), 1);
	CHECK(world_is_balanced(world, "1"));
	CHECK(world_is_balanced(world, "2"));
	end(world);
}

TEST(the_part_before_of_who_deleted_all_since_is_empty)
{
	struct world *world = with_jobs();
	struct str older, file;

	ask(world, WORLD_DAILY);
	add_big_rows(world, 1, BIG_ROWS, HISTORY_ALL_BYTES_MAX / HISTORY_ALL_PAGE_ROWS);
	export(world);
	older = world_button(world, world_last(world), 0);
	delete_all(world);
	ask(world, FAIRNESS);
	CHECK(world_says(world, world_push(world, &world_playground, 1, older), "nothing older"));
	file = export(world);
	CHECK_EQ_UINT(lines_with(file, "\"kind\":\"history\""), 1);
	CHECK_EQ_UINT(lines_with(file, "\"kind\":\"left_out\""), 0);
	end(world);
}

TEST(the_commitment_of_a_new_player_is_kept_before_the_first_pull)
{
	struct world *world = with_jobs();
	struct json answer;
	char hex[2 * HASH_SHA256_SIZE + 1];
	uint8_t commit[HASH_SHA256_SIZE];

	ask(world, WORLD_PULL);
	delete_all(world);
	answer = ask(world, FAIRNESS);
	REQUIRE(world_player(world, "1") != NULL);
	fairness_commit(world_player(world, "1")->fairness.seed, commit);
	CHECK(world_says(world, answer, codec_hex(commit, sizeof(commit), hex).ptr));
	end(world);
}

TEST(an_old_button_does_not_delete_who_began_anew)
{
	struct world *world = with_jobs();
	struct str button;

	ask(world, WORLD_DAILY);
	button = world_button(world, ask(world, DELETE), 0);
	world_push(world, &world_playground, 1, button);
	CHECK(world_says(world, world_push(world, &world_playground, 1, button), "nothing of yours to delete"));
	world->now_ms += DAY_MS;
	ask(world, WORLD_DAILY);
	CHECK(world_says(world, world_push(world, &world_playground, 1, button), "begun anew"));
	CHECK(!tombstone_is(world_row(world, STORE_USERS, "1")->doc));
	end(world);
}

TEST(a_race_with_another_change_is_decided_afresh)
{
	struct world *world = with_jobs();
	struct str button;

	ask(world, WORLD_DAILY);
	button = world_button(world, ask(world, DELETE), 0);
	world->store.races = 2;
	CHECK(world_says(world, world_push(world, &world_playground, 1, button), "Your data is deleted"));
	CHECK(tombstone_is(world_row(world, STORE_USERS, "1")->doc));
	end(world);
}

TEST(a_full_list_of_jobs_refuses_and_deletes_nothing)
{
	struct world *world = with_jobs();
	char *doc = malloc(JOB_LIST_BYTES_MAX);
	struct buf out;

	REQUIRE(doc != NULL);
	ask(world, WORLD_DAILY);
	buf_wrap(&out, doc, JOB_LIST_BYTES_MAX);
	buf_addc(&out, "{\"jobs\":[");
	for (int i = 0; i < JOBS_MAX; i++)
		buf_printf(&out, "%s{\"kind\":\"delete\",\"key\":\"%d\",\"upto\":1}", i ? "," : "", 1000 + i);
	buf_addc(&out, "]}");
	world->store.rows[world->store.row_count++] =
		(struct store_row){.table = STORE_SETTINGS, .key = STR(JOB_LIST_KEY), .version = 1, .doc = buf_str(&out)};
	CHECK(world_says(world, delete_all(world), "Nothing was deleted"));
	CHECK(world_player(world, "1") != NULL && world_player(world, "1")->balance == 1920);
	free(doc);
	end(world);
}
