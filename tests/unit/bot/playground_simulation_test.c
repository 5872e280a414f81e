#include "bot/playground_simulation.h"

#include "base/json_read.h"
#include "test.h"
#include "world.h"

#define SEED "0000000000000000000000000000000000000000000000000000000000000001"

static struct world *world;
static struct playground_simulation simulation;
static struct arena arena;
static struct buf out;

static void set_up(void)
{
	world = world_create(STR_EMPTY);
	playground_simulation_init(&simulation, world->loop, &world->rng);
	arena_init(&arena, PLAYGROUND_ARENA_BYTES_MAX);
	buf_init(&out, 1u << 20);
}

static void tear_down(void)
{
	playground_simulation_release(&simulation);
	arena_release(&arena);
	buf_release(&out);
	world_free(world);
}

static enum err_code start(const char *question)
{
	struct err err = {ERR_NONE, ""};

	if (playground_simulation_start(&simulation, &world->catalog, str_from(question), &arena, &err))
		return ERR_NONE;
	CHECK(err.text[0] != '\0');
	return err.code;
}

static struct json look(void)
{
	struct json root = JSON_MISSING_VALUE;
	struct json_writer writer;

	buf_clear(&out);
	json_writer_init(&writer, &out);
	playground_simulation_write(&simulation, &writer);
	CHECK(json_writer_done(&writer));
	CHECK(json_parse(&arena, arena_str(&arena, buf_str(&out)), &root, NULL));
	return root;
}

static bool says(struct json root, const char *key)
{
	bool flag = false;

	CHECK(json_bool(json_get(root, key), &flag));
	return flag;
}

static uint64_t number(struct json root, const char *key)
{
	uint64_t value = 0;

	CHECK(json_u64(json_get(root, key), 0, UINT64_MAX, &value));
	return value;
}

static void turn_until_ended(void)
{
	while (simulation.running)
		if (!CHECK(loop_turn(world->loop, -1, NULL)))
			return;
}

TEST(a_simulation_draws_all_of_its_pulls_and_tells_its_result)
{
	struct json root;

	set_up();
	REQUIRE(start("{\"banner\":\"hanabi\",\"pulls\":50000}") == ERR_NONE);
	CHECK(!says(look(), "finished"));
	turn_until_ended();
	root = look();
	CHECK(says(root, "finished") && !says(root, "cancelled"));
	CHECK_EQ_UINT(number(root, "done"), 50000);
	CHECK_EQ_UINT(number(json_get(root, "result"), "pulls"), 50000);
	tear_down();
}

TEST(the_same_seed_gives_the_same_counts)
{
	struct str first, second;

	set_up();
	for (int i = 0; i < 2; i++) {
		REQUIRE(start("{\"banner\":\"hanabi\",\"pulls\":3000,\"seed\":\"" SEED "\"}") == ERR_NONE);
		turn_until_ended();
		second = json_raw(json_get(json_get(look(), "result"), "items"));
		if (i == 0)
			first = second;
	}
	CHECK(str_eq(first, second));
	tear_down();
}

TEST(only_one_runs_at_a_time)
{
	set_up();
	REQUIRE(start("{\"banner\":\"hanabi\",\"pulls\":100000000}") == ERR_NONE);
	CHECK_EQ_UINT(start("{\"banner\":\"hanabi\",\"pulls\":10}"), ERR_CONFLICT);
	playground_simulation_cancel(&simulation);
	CHECK_EQ_UINT(start("{\"banner\":\"hanabi\",\"pulls\":10}"), ERR_NONE);
	tear_down();
}

TEST(a_slice_leaves_the_loop_to_others)
{
	set_up();
	REQUIRE(start("{\"banner\":\"hanabi\",\"pulls\":100000000}") == ERR_NONE);
	CHECK(loop_turn(world->loop, -1, NULL));
	CHECK(simulation.running);
	CHECK(number(look(), "done") > 0);
	CHECK(number(look(), "done") < 100000000);
	tear_down();
}

TEST(a_cancelled_one_stays_as_it_was)
{
	struct json root;
	uint64_t done;

	set_up();
	REQUIRE(start("{\"banner\":\"hanabi\",\"pulls\":100000000}") == ERR_NONE);
	CHECK(loop_turn(world->loop, -1, NULL));
	playground_simulation_cancel(&simulation);
	done = number(look(), "done");
	CHECK(loop_turn(world->loop, 0, NULL));
	root = look();
	CHECK_EQ_UINT(number(root, "done"), done);
	CHECK(says(root, "cancelled") && !says(root, "finished"));
	CHECK(json_is_null(json_get(root, "result")) && !json_is_missing(json_get(root, "result")));
	tear_down();
}

TEST(one_that_has_ended_cannot_be_cancelled)
{
	set_up();
	REQUIRE(start("{\"banner\":\"hanabi\",\"pulls\":10}") == ERR_NONE);
	turn_until_ended();
	playground_simulation_cancel(&simulation);
	CHECK(!says(look(), "cancelled") && says(look(), "finished"));
	tear_down();
}

TEST(a_question_that_is_wrong_leaves_the_last_one_kept)
{
	static const struct {
		const char *question;
		enum err_code code;
	} wrong[] = {
		{"", ERR_INPUT},
		{"{\"banner\":\"none\",\"pulls\":10}", ERR_NOT_FOUND},
		{"{\"banner\":\"hanabi\"}", ERR_INPUT},
		{"{\"banner\":\"hanabi\",\"pulls\":0}", ERR_INPUT},
		{"{\"banner\":\"hanabi\",\"pulls\":\"10\"}", ERR_INPUT},
		{"{\"banner\":\"hanabi\",\"pulls\":100000001}", ERR_INPUT},
		{"{\"banner\":\"hanabi\",\"pulls\":10,\"seed\":\"ab\"}", ERR_INPUT},
		{"{\"banner\":\"hanabi\",\"pulls\":10,\"seed\":7}", ERR_INPUT},
	};

	set_up();
	REQUIRE(start("{\"banner\":\"hanabi\",\"pulls\":10}") == ERR_NONE);
	turn_until_ended();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!CHECK_EQ_UINT(start(wrong[i].question), wrong[i].code))
			test_check_str(wrong[i].question, "", __FILE__, __LINE__, "question");
	CHECK(says(look(), "finished"));
	CHECK_EQ_UINT(number(look(), "done"), 10);
	tear_down();
}

TEST(an_id_is_known_while_its_simulation_is_kept)
{
	struct json_writer writer;
	struct json root = JSON_MISSING_VALUE;
	struct str id;

	set_up();
	CHECK(!playground_simulation_is(&simulation, STR("0000000000000000")));
	REQUIRE(start("{\"banner\":\"hanabi\",\"pulls\":10}") == ERR_NONE);
	json_writer_init(&writer, &out);
	playground_simulation_write_id(&simulation, &writer);
	REQUIRE(json_parse(&arena, arena_str(&arena, buf_str(&out)), &root, NULL));
	id = json_text_or(json_get(root, "id"), &arena, STR_EMPTY);
	CHECK(playground_simulation_is(&simulation, id));
	CHECK(!playground_simulation_is(&simulation, STR_EMPTY));
	turn_until_ended();
	REQUIRE(start("{\"banner\":\"hanabi\",\"pulls\":10}") == ERR_NONE);
	CHECK(!playground_simulation_is(&simulation, id));
	tear_down();
}
