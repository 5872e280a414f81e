#include "bot/kept.h"

#include "test.h"
#include "world.h"

static struct kept kept;

static const char *gateway_text(struct world *world)
{
	uint8_t key[CUSTOM_ID_KEY_SIZE];
	struct err err = {.text = ""};
	static struct kept reader;

	kept_init(&reader, &world->store.base, STR("auto"));
	if (!CHECK(kept_load(&reader, &world->rng, 0, key, &err)))
		CHECK_EQ_STR(err.text, "");
	world_settle(world);
	const char *copy = arena_cstr(&world->arena, kept_gateway(&reader));
	kept_release(&reader);
	return copy;
}

TEST(the_key_is_made_once_and_read_afterwards)
{
	struct world *world = world_create(STR_EMPTY);
	uint8_t key[CUSTOM_ID_KEY_SIZE], again[CUSTOM_ID_KEY_SIZE];
	struct err err = {.text = ""};

	kept_init(&kept, &world->store.base, STR("auto"));
	REQUIRE(kept_load(&kept, &world->rng, 0, key, &err));
	CHECK(!kept_is_idle(&kept));
	world_settle(world);
	CHECK(kept_is_idle(&kept));
	CHECK_EQ_UINT(world_rows(world, STORE_SETTINGS, "meta#mac"), 1);
	kept_release(&kept);
	kept_init(&kept, &world->store.base, STR("auto"));
	REQUIRE(kept_load(&kept, &world->rng, 0, again, &err));
	CHECK_EQ_BYTES(again, sizeof(again), key, sizeof(key));
	CHECK(kept_is_idle(&kept));
	kept_release(&kept);
	world_free(world);
}

TEST(a_key_that_another_process_made_meanwhile_is_taken)
{
	struct world *world = world_create(STR_EMPTY);
	uint8_t key[CUSTOM_ID_KEY_SIZE], others[CUSTOM_ID_KEY_SIZE];
	static struct kept other;
	struct err err = {.text = ""};

	kept_init(&kept, &world->store.base, STR("auto"));
	kept_init(&other, &world->store.base, STR("auto"));
	REQUIRE(kept_load(&other, &world->rng, 0, others, &err));
	/* Both have looked before either has written. */
	struct store_request *first = world->store.first;
	world->store.first = NULL;
	world->store.last = &world->store.first;
	REQUIRE(kept_load(&kept, &world->rng, 0, key, &err));
	first->next = world->store.first;
	world->store.first = first;
	CHECK(memcmp(key, others, sizeof(key)) != 0);
	world_settle(world);
	CHECK_EQ_BYTES(key, sizeof(key), others, sizeof(others));
	CHECK(kept_is_idle(&kept) && kept_is_idle(&other));
	kept_release(&kept);
	kept_release(&other);
	world_free(world);
}

TEST(a_key_that_is_none_is_refused)
{
	struct world *world = world_create(STR_EMPTY);
	uint8_t key[CUSTOM_ID_KEY_SIZE];
	struct err err = {.text = ""};

	world->store.rows[world->store.row_count++] = (struct store_row){
		.table = STORE_SETTINGS, .key = STR("meta#mac"), .version = 1, .doc = STR("{\"key\":\"12\"}")};
	kept_init(&kept, &world->store.base, STR("auto"));
	CHECK(!kept_load(&kept, &world->rng, 0, key, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	kept_release(&kept);
	world_free(world);
}

TEST(the_newest_text_of_the_gateway_is_kept)
{
	struct world *world = world_create(STR_EMPTY);

	kept_init(&kept, &world->store.base, STR("auto"));
	kept_save_gateway(&kept, STR("{\"a\":1}"), 0);
	kept_save_gateway(&kept, STR("{\"a\":2}"), 0);
	kept_save_gateway(&kept, STR("{\"a\":3}"), 0);
	CHECK(!kept_is_idle(&kept));
	world_settle(world);
	CHECK(kept_is_idle(&kept));
	/* The first, which was under way, and the last. */
	CHECK_EQ_UINT(world->store.commits, 2);
	CHECK_EQ_STR(gateway_text(world), "{\"a\":3}");
	kept_release(&kept);
	world_free(world);
}

TEST(a_text_that_somebody_else_wrote_is_overwritten)
{
	struct world *world = world_create(STR_EMPTY);
	static struct kept other;

	kept_init(&kept, &world->store.base, STR("auto"));
	kept_init(&other, &world->store.base, STR("auto"));
	kept_save_gateway(&kept, STR("{\"a\":1}"), 0);
	world_settle(world);
	kept_save_gateway(&other, STR("{\"b\":1}"), 0);
	world_settle(world);
	CHECK_EQ_STR(gateway_text(world), "{\"b\":1}");
	kept_save_gateway(&kept, STR("{\"a\":2}"), 0);
	world_settle(world);
	CHECK_EQ_STR(gateway_text(world), "{\"a\":2}");
	kept_release(&kept);
	kept_release(&other);
	world_free(world);
}

TEST(a_store_that_fails_for_good_is_given_up)
{
	struct world *world = world_create(STR_EMPTY);

	world->store.fail_code = ERR_IO;
	world->store.fail_commits = 1000;
	kept_init(&kept, &world->store.base, STR("auto"));
	kept_save_gateway(&kept, STR("{}"), 0);
	world_settle(world);
	CHECK(kept_is_idle(&kept));
	CHECK(world->store.commits < 10);
	/* And asked again with the next text. */
	world->store.fail_commits = 0;
	kept_save_gateway(&kept, STR("{\"a\":4}"), 0);
	world_settle(world);
	CHECK_EQ_STR(gateway_text(world), "{\"a\":4}");
	kept_release(&kept);
	world_free(world);
}

TEST(processes_that_divide_the_shards_keep_a_session_each)
{
	struct world *world = world_create(STR_EMPTY);
	static struct kept other;

	kept_init(&kept, &world->store.base, STR("auto"));
	kept_init(&other, &world->store.base, STR("1-1/2"));
	kept_save_gateway(&kept, STR("{\"a\":1}"), 0);
	kept_save_gateway(&other, STR("{\"b\":1}"), 0);
	world_settle(world);
	CHECK_EQ_UINT(world_rows(world, STORE_SETTINGS, "meta#gateway#auto"), 1);
	CHECK_EQ_UINT(world_rows(world, STORE_SETTINGS, "meta#gateway#1-1/2"), 1);
	CHECK_EQ_STR(gateway_text(world), "{\"a\":1}");
	kept_release(&kept);
	kept_release(&other);
	world_free(world);
}

TEST(a_key_is_kept_when_the_store_works_again)
{
	struct world *world = world_create(STR_EMPTY);
	uint8_t key[CUSTOM_ID_KEY_SIZE], again[CUSTOM_ID_KEY_SIZE];
	struct err err = {.text = ""};

	world->store.fail_code = ERR_THROTTLED;
	kept_init(&kept, &world->store.base, STR("auto"));
	/* For a moment. */
	REQUIRE(kept_load(&kept, &world->rng, 0, key, &err));
	world->store.fail_commits = 1;
	world_settle(world);
	CHECK_EQ_UINT(world_rows(world, STORE_SETTINGS, "meta#mac"), 1);
	kept_release(&kept);
	world->store.row_count = 0;
	/* For longer: a stop does not wait for it. */
	kept_init(&kept, &world->store.base, STR("auto"));
	REQUIRE(kept_load(&kept, &world->rng, 0, key, &err));
	world->store.fail_commits = 1000;
	world_settle(world);
	CHECK(kept_is_idle(&kept));
	CHECK_EQ_UINT(world_rows(world, STORE_SETTINGS, "meta#mac"), 0);
	world->store.fail_commits = 0;
	kept_save_gateway(&kept, STR("{}"), 0);
	world_settle(world);
	kept_release(&kept);
	kept_init(&kept, &world->store.base, STR("auto"));
	REQUIRE(kept_load(&kept, &world->rng, 0, again, &err));
	CHECK_EQ_BYTES(again, sizeof(again), key, sizeof(key));
	kept_release(&kept);
	world_free(world);
}

static void count_taken(void *owner)
{
	++*(unsigned *)owner;
}

TEST(who_finds_the_row_of_another_process_is_told)
{
	struct world *world = world_create(STR_EMPTY);
	static struct kept other;
	unsigned taken = 0;

	kept_init(&kept, &world->store.base, STR("auto"));
	kept_init(&other, &world->store.base, STR("auto"));
	kept.taken = count_taken;
	kept.owner = &taken;
	kept_save_gateway(&kept, STR("{\"a\":1}"), 0);
	world_settle(world);
	kept_save_gateway(&kept, STR("{\"a\":2}"), 0);
	world_settle(world);
	CHECK_EQ_UINT(taken, 0);
	kept_save_gateway(&other, STR("{\"b\":1}"), 0);
	world_settle(world);
	kept_save_gateway(&kept, STR("{\"a\":3}"), 0);
	world_settle(world);
	CHECK_EQ_UINT(taken, 1);
	CHECK_EQ_STR(gateway_text(world), "{\"a\":3}");
	kept_release(&kept);
	kept_release(&other);
	world_free(world);
}

static void save_other_text(void *owner)
{
	kept_save_gateway(owner, STR("{\"a\":\"disowned\"}"), 0);
}

TEST(what_is_saved_on_being_told_replaces_what_was_to_be_written)
{
	struct world *world = world_create(STR_EMPTY);
	static struct kept other;

	kept_init(&kept, &world->store.base, STR("auto"));
	kept_init(&other, &world->store.base, STR("auto"));
	kept.taken = save_other_text;
	kept.owner = &kept;
	kept_save_gateway(&other, STR("{\"b\":1}"), 0);
	world_settle(world);
	kept_save_gateway(&kept, STR("{\"a\":1}"), 0);
	world_settle(world);
	CHECK(kept_is_idle(&kept));
	CHECK_EQ_STR(gateway_text(world), "{\"a\":\"disowned\"}");
	kept_release(&kept);
	kept_release(&other);
	world_free(world);
}

TEST(a_write_whose_answer_was_lost_is_nobody_elses)
{
	struct world *world = world_create(STR_EMPTY);
	unsigned taken = 0;

	kept_init(&kept, &world->store.base, STR("auto"));
	kept.taken = count_taken;
	kept.owner = &taken;
	world->store.fail_code = ERR_NET;
	world->store.fail_commits = 1;
	world->store.fail_after = true;
	kept_save_gateway(&kept, STR("{\"a\":1}"), 0);
	world_settle(world);
	CHECK(kept_is_idle(&kept));
	CHECK_EQ_UINT(taken, 0);
	CHECK_EQ_STR(gateway_text(world), "{\"a\":1}");
	kept_release(&kept);
	world_free(world);
}
