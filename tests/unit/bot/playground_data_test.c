#include "bot/playground_data.h"

#include <math.h>
#include <string.h>

#include "base/json_read.h"
#include "bot/result.h"
#include "test.h"
#include "world.h"

static struct world *world;
static struct arena arena;
static struct buf out;

static void set_up(void)
{
	world = world_create(STR_EMPTY);
	arena_init(&arena, PLAYGROUND_ARENA_BYTES_MAX);
	buf_init(&out, PLAYGROUND_ANSWER_BYTES_MAX);
}

static void tear_down(void)
{
	world_free(world);
	arena_release(&arena);
	buf_release(&out);
}

static struct json written(const struct json_writer *writer)
{
	struct json root = JSON_MISSING_VALUE;

	CHECK(json_writer_done(writer));
	CHECK(json_parse(&arena, buf_str(&out), &root, NULL));
	return root;
}

static enum err_code ask_odds(const char *question, struct json *answer)
{
	struct err err = {ERR_NONE, ""};
	struct json_writer writer;

	buf_clear(&out);
	json_writer_init(&writer, &out);
	if (!playground_write_odds(&world->catalog, str_from(question), &arena, &writer, &err)) {
		CHECK(err.text[0] != '\0');
		return err.code;
	}
	*answer = written(&writer);
	return ERR_NONE;
}

TEST(the_odds_are_what_the_command_line_prints_and_a_curve)
{
	struct json_writer writer;
	struct draw_state state;
	struct json answer;
	struct odds odds;
	struct buf printed;

	set_up();
	REQUIRE(ask_odds("{\"banner\":\"hanabi\",\"counters\":{\"SSR\":74,\"SR\":3},\"flags\":[\"SSR\"]}", &answer) == ERR_NONE);
	draw_state_init(&state);
	state.n[0] = 74;
	state.n[1] = 3;
	state.flag[0] = true;
	const struct catalog_banner *banner = catalog_find_banner(&world->catalog, STR("hanabi"));
	REQUIRE(odds_compute(banner, &state, &arena, &odds, NULL));
	buf_init(&printed, 1u << 20);
	json_writer_init(&writer, &printed);
	json_begin_object(&writer);
	result_write_odds(&world->catalog, banner, &odds, &writer);
	json_end_object(&writer);
	CHECK(str_starts(buf_str(&out), str_take(buf_str(&printed), printed.len - 1)));
	CHECK_EQ_UINT(json_count(json_get(json_get(answer, "curve"), "top")), (uintmax_t)odds.top.worst);
	CHECK_EQ_UINT(json_count(json_get(json_get(answer, "curve"), "featured")), (uintmax_t)odds.featured.worst);
	buf_release(&printed);
	tear_down();
}

TEST(a_curve_has_at_most_so_many_points_and_none_of_what_cannot_be)
{
	struct json answer;
	double first = 0;

	set_up();
	REQUIRE(ask_odds("{\"banner\":\"standard\"}", &answer) == ERR_NONE);
	CHECK(json_count(json_get(json_get(answer, "curve"), "top")) <= CURVE_PULLS_MAX);
	CHECK(json_double(json_at(json_get(json_get(answer, "curve"), "top"), 0), &first) && first > 0 && first < 1);
	CHECK(json_is_null(json_get(answer, "featured")) ==
	      (json_count(json_get(json_get(answer, "curve"), "featured")) == 0));
	tear_down();
}

TEST(questions_that_are_none_are_refused)
{
	static const struct {
		const char *question;
		enum err_code code;
	} wrong[] = {
		{"", ERR_INPUT},
		{"{", ERR_INPUT},
		{"[]", ERR_INPUT},
		{"{}", ERR_INPUT},
		{"{\"banner\":1}", ERR_INPUT},
		{"{\"banner\":\"none\"}", ERR_NOT_FOUND},
		{"{\"banner\":\"hanabi\",\"counters\":[]}", ERR_INPUT},
		{"{\"banner\":\"hanabi\",\"counters\":{\"X\":1}}", ERR_USAGE},
		{"{\"banner\":\"hanabi\",\"counters\":{\"SSR\":0}}", ERR_INPUT},
		{"{\"banner\":\"hanabi\",\"counters\":{\"SSR\":1.5}}", ERR_INPUT},
		{"{\"banner\":\"hanabi\",\"counters\":{\"SSR\":99999999999999999999}}", ERR_INPUT},
		{"{\"banner\":\"hanabi\",\"flags\":\"SSR\"}", ERR_INPUT},
		{"{\"banner\":\"hanabi\",\"flags\":[1]}", ERR_INPUT},
		{"{\"banner\":\"hanabi\",\"flags\":[\"X\"]}", ERR_USAGE},
	};
	struct json answer;

	set_up();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!CHECK_EQ_UINT(ask_odds(wrong[i].question, &answer), wrong[i].code))
			test_check_str(wrong[i].question, "", __FILE__, __LINE__, "question");
	tear_down();
}

TEST(a_catalog_s_faults_are_told_with_line_path_and_rule)
{
	struct err err = {ERR_NONE, ""};
	struct json_writer writer;
	struct json root;
	bool ok = true;

	set_up();
	json_writer_init(&writer, &out);
	REQUIRE(playground_write_check(STR("{\"schema\":1,\n\"wrong\":2}"), &arena, &writer, &err));
	root = written(&writer);
	CHECK(json_bool(json_get(root, "ok"), &ok) && !ok);
	CHECK(json_count(json_get(root, "faults")) > 1);
	buf_clear(&out);
	json_writer_init(&writer, &out);
	REQUIRE(playground_write_check(world->catalog.text, &arena, &writer, &err));
	root = written(&writer);
	CHECK(json_bool(json_get(root, "ok"), &ok) && ok);
	CHECK_EQ_UINT(json_count(json_get(root, "faults")), 0);
	tear_down();
}

TEST(what_there_is_names_every_rarity_item_and_banner)
{
	struct json_writer writer;
	struct json catalog, banner;
	bool open = false;

	set_up();
	json_writer_init(&writer, &out);
	playground_write_info(&world->catalog, false, WORLD_NOW_MS, &writer);
	catalog = json_get(written(&writer), "catalog");
	CHECK_EQ_UINT(json_count(json_get(catalog, "rarities")), world->catalog.rarity_count);
	CHECK_EQ_UINT(json_count(json_get(catalog, "items")), world->catalog.item_count);
	CHECK_EQ_UINT(json_count(json_get(catalog, "banners")), world->catalog.banner_count);
	banner = json_at(json_get(catalog, "banners"), 0);
	CHECK(json_bool(json_get(banner, "open"), &open) && open);
	CHECK(json_text_or(json_get(json_get(banner, "name"), "ja"), &arena, STR_EMPTY).len > 0);
	tear_down();
}
