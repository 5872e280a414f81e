#include "gacha/draw.h"

#include "fixture.h"
#include "test.h"

/* Rates of the banner `one`: 0.6 %, 5.1 %, 94.3 %; of the lower ones SR takes 51 of 994 parts. */
#define TOP 6000000
#define STEP 60000000
#define LOWER 994000000
#define HIT 0
#define MISS 999999999

static struct fixture fixture;
static const struct catalog_banner *banner;
static struct draw_state state;
static struct fairness_stream stream;

static void set_up(const struct edit *edits)
{
	fixture_init(&fixture, edits);
	REQUIRE(fixture.loaded);
	banner = &fixture.catalog.banners[0];
	draw_state_init(&state);
}

static void tear_down(void)
{
	fixture_release(&fixture);
}

/* Draws with the words set before; the item's letter. */
static char draw(bool tenth_due)
{
	struct draw_result result = draw_once(banner, &state, tenth_due, &stream);

	CHECK_EQ_UINT(result.rarity, fixture.catalog.items[result.item].rarity);
	return fixture.catalog.items[result.item].id.ptr[0];
}

static char draw_at(uint64_t n, uint64_t roll)
{
	draw_state_init(&state);
	state.n[0] = n;
	/* Then featured and the first item, or the lower rarity R and its first item. */
	WORDS(&stream, roll, roll < RATE_ONE / 2 ? 0 : LOWER - 1, 0, 0);
	return draw(false);
}

TEST(the_base_rate_holds_up_to_the_last_part)
{
	set_up(NULL);
	WORDS(&stream, TOP - 1, HIT, 0);
	CHECK_EQ_INT(draw(false), 'a');
	draw_state_init(&state);
	WORDS(&stream, TOP, 0, 0);
	CHECK_EQ_INT(draw(false), 'c');
	tear_down();
}

TEST(soft_pity_begins_at_soft_from_and_not_one_pull_before)
{
	set_up(NULL);
	CHECK_EQ_UINT(draw_top_rate(banner, 1, false), TOP);
	CHECK_EQ_UINT(draw_top_rate(banner, 73, false), TOP);
	CHECK_EQ_UINT(draw_top_rate(banner, 74, false), TOP + STEP);
	CHECK_EQ_UINT(draw_top_rate(banner, 75, false), TOP + 2 * STEP);
	CHECK_EQ_INT(draw_at(73, TOP - 1), 'a');
	CHECK(draw_at(73, TOP) != 'a');
	CHECK_EQ_INT(draw_at(74, TOP + STEP - 1), 'a');
	CHECK(draw_at(74, TOP + STEP) != 'a');
	tear_down();
}

TEST(hard_pity_is_certain_at_hard_and_not_one_pull_before)
{
	set_up(NULL);
	CHECK_EQ_UINT(draw_top_rate(banner, 89, false), TOP + 16 * STEP);
	CHECK_EQ_UINT(draw_top_rate(banner, 90, false), RATE_ONE);
	CHECK_EQ_UINT(draw_top_rate(banner, 91, false), RATE_ONE);
	CHECK(draw_at(89, MISS) != 'a');
	state.n[0] = 90;
	WORDS(&stream, MISS, HIT, 0);
	CHECK_EQ_INT(draw(false), 'a');
	CHECK_EQ_UINT(stream.next, 3); /* the word is taken though it decides nothing */
	tear_down();
}

TEST(soft_pity_stops_at_certainty)
{
	set_up(EDITS({"\"hard\":90,", ""}));
	CHECK_EQ_UINT(draw_top_rate(banner, 89, false), TOP + 16 * STEP);
	CHECK_EQ_UINT(draw_top_rate(banner, 90, false), RATE_ONE);
	CHECK_EQ_UINT(draw_top_rate(banner, UINT64_MAX, false), RATE_ONE);
	tear_down();
}

TEST(a_step_of_nothing_never_adds_up)
{
	set_up(EDITS({"\"hard\":90,", ""}, {"\"soft_step\":\"6%\"", "\"soft_step\":\"0%\""}));
	CHECK_EQ_UINT(draw_top_rate(banner, UINT64_MAX, false), TOP);
	tear_down();
}

TEST(a_lower_hard_pity_is_due_at_hard_and_takes_no_word)
{
	set_up(NULL);
	state.n[1] = 9;
	WORDS(&stream, TOP, LOWER - 1, 0);
	CHECK_EQ_INT(draw(false), 'e');
	CHECK_EQ_UINT(state.n[1], 10);
	WORDS(&stream, TOP, 1);
	CHECK_EQ_INT(draw(false), 'd');
	CHECK_EQ_UINT(stream.next, 2);
	CHECK_EQ_UINT(state.n[1], 1);
	state.n[1] = 11;
	WORDS(&stream, TOP, 0);
	CHECK_EQ_INT(draw(false), 'c');
	tear_down();
}

TEST(the_top_rarity_comes_before_a_lower_hard_pity)
{
	set_up(NULL);
	state.n[1] = 10;
	WORDS(&stream, TOP - 1, HIT, 0);
	CHECK_EQ_INT(draw(false), 'a');
	tear_down();
}

TEST(of_two_that_are_due_the_higher_is_drawn)
{
	set_up(EDITS({"\"SR\":{\"hard\":10}", "\"SR\":{\"hard\":10},\"R\":{\"hard\":3}"}));
	state.n[1] = 10;
	state.n[2] = 3;
	WORDS(&stream, TOP, 0);
	CHECK_EQ_INT(draw(false), 'c');
	state.n[1] = 9;
	state.n[2] = 3;
	WORDS(&stream, TOP, 1);
	CHECK_EQ_INT(draw(false), 'f');
	CHECK_EQ_UINT(stream.next, 2);
	tear_down();
}

TEST(the_lower_rarities_share_by_base_rate)
{
	set_up(NULL);
	WORDS(&stream, TOP, 50999999, 0);
	CHECK_EQ_INT(draw(false), 'c');
	WORDS(&stream, TOP, 51000000, 0);
	CHECK_EQ_INT(draw(false), 'e');
	WORDS(&stream, TOP, LOWER, 0); /* 0 again, modulo the total */
	CHECK_EQ_INT(draw(false), 'c');
	tear_down();
}

TEST(a_rarity_without_a_rate_is_not_drawn_unless_it_is_due)
{
	set_up(EDITS({"\"SR\":\"5.1%\",\"R\":\"94.3%\"", "\"R\":\"99.4%\""}, {"\"ten_pull\":\"SR\"", "\"ten_pull\":\"SSR\""}));
	WORDS(&stream, TOP, 0, 0);
	CHECK_EQ_INT(draw(false), 'e');
	state.n[1] = 10;
	WORDS(&stream, TOP, 0);
	CHECK_EQ_INT(draw(false), 'c');
	tear_down();
}

TEST(the_tenth_draw_leaves_only_ten_pull_and_above)
{
	set_up(NULL);
	/* One rarity remains: its word is taken all the same. */
	WORDS(&stream, TOP, MISS, 1);
	CHECK_EQ_INT(draw(true), 'd');
	CHECK_EQ_UINT(stream.next, 3);
	WORDS(&stream, TOP - 1, HIT, 0);
	CHECK_EQ_INT(draw(true), 'a');
	tear_down();
}

TEST(the_tenth_draw_ignores_what_is_due_below_ten_pull)
{
	set_up(EDITS({"\"SR\":{\"hard\":10}", "\"R\":{\"hard\":3}"}));
	state.n[2] = 3;
	WORDS(&stream, TOP, 0, 0);
	CHECK_EQ_INT(draw(true), 'c');
	CHECK_EQ_UINT(stream.next, 3);
	tear_down();
}

TEST(a_guaranteed_top_is_certain_in_the_tenth_draw_alone)
{
	set_up(EDITS({"\"ten_pull\":\"SR\"", "\"ten_pull\":\"SSR\""}));
	CHECK_EQ_UINT(draw_top_rate(banner, 1, true), RATE_ONE);
	WORDS(&stream, MISS, HIT, 0);
	CHECK_EQ_INT(draw(true), 'a');
	draw_state_init(&state);
	WORDS(&stream, MISS, LOWER - 1, 0);
	CHECK_EQ_INT(draw(false), 'e');
	tear_down();
}

TEST(the_tenth_draw_is_due_when_nothing_came_in_nine)
{
	set_up(NULL);
	CHECK(draw_tenth_due(banner, 2));
	CHECK(!draw_tenth_due(banner, 1));
	CHECK(!draw_tenth_due(banner, 0));
	CHECK(!draw_tenth_due(&fixture.catalog.banners[1], 2));
	tear_down();
}

TEST(the_share_decides_featured_up_to_the_last_part)
{
	set_up(NULL);
	WORDS(&stream, HIT, 499999999, 0);
	CHECK_EQ_INT(draw(false), 'a');
	CHECK(!state.flag[0]);
	WORDS(&stream, HIT, 500000000, 0);
	CHECK_EQ_INT(draw(false), 'b');
	CHECK(state.flag[0]);
	tear_down();
}

TEST(a_set_flag_features_without_a_word_and_is_cleared)
{
	set_up(NULL);
	state.flag[0] = true;
	WORDS(&stream, HIT, 0);
	CHECK_EQ_INT(draw(false), 'a');
	CHECK_EQ_UINT(stream.next, 2);
	CHECK(!state.flag[0]);
	tear_down();
}

TEST(without_a_guarantee_a_miss_sets_no_flag_but_a_set_one_is_honoured)
{
	set_up(EDITS({",\"guarantee\":true", ""}));
	WORDS(&stream, HIT, MISS, 0);
	CHECK_EQ_INT(draw(false), 'b');
	CHECK(!state.flag[0]);
	state.flag[0] = true;
	WORDS(&stream, HIT, 0);
	CHECK_EQ_INT(draw(false), 'a');
	CHECK(!state.flag[0]);
	tear_down();
}

TEST(a_banner_without_rate_up_leaves_the_flag)
{
	set_up(NULL);
	banner = fixture_banner(&fixture, "two");
	state.flag[0] = true;
	WORDS(&stream, HIT, 1);
	CHECK_EQ_INT(draw(false), 'b');
	CHECK(state.flag[0]);
	CHECK_EQ_UINT(stream.next, 2);
	tear_down();
}

TEST(a_whole_share_takes_its_word_and_never_misses)
{
	set_up(EDITS({"\"share\":\"50%\"", "\"share\":\"100%\""}));
	WORDS(&stream, HIT, MISS, 0);
	CHECK_EQ_INT(draw(false), 'a');
	CHECK_EQ_UINT(stream.next, 3);
	tear_down();
}

TEST(items_stand_in_the_order_of_the_catalog)
{
	set_up(EDITS({"\"items\":[\"a\"],\"share\":\"50%\"", "\"items\":[\"b\",\"a\"],\"share\":\"100%\""}));
	for (unsigned i = 0; i < 3; i++) {
		WORDS(&stream, TOP, LOWER - 1, i);
		CHECK_EQ_INT(draw(false), "efg"[i]);
	}
	for (unsigned i = 0; i < 2; i++) {
		WORDS(&stream, HIT, HIT, i);
		CHECK_EQ_INT(draw(false), "ab"[i]);
	}
	tear_down();
}

TEST(a_draw_resets_its_counter_and_those_below_and_raises_those_above)
{
	set_up(NULL);
	state = (struct draw_state){.n = {20, 5, 4}};
	WORDS(&stream, TOP, LOWER - 1, 0);
	draw(false);
	CHECK_EQ_UINT(state.n[0], 21);
	CHECK_EQ_UINT(state.n[1], 6);
	CHECK_EQ_UINT(state.n[2], 1);
	WORDS(&stream, TOP, 0, 0);
	draw(false);
	CHECK_EQ_UINT(state.n[0], 22);
	CHECK_EQ_UINT(state.n[1], 1);
	CHECK_EQ_UINT(state.n[2], 1);
	WORDS(&stream, HIT, HIT, 0);
	draw(false);
	CHECK_EQ_UINT(state.n[0], 1);
	CHECK_EQ_UINT(state.n[1], 1);
	CHECK_EQ_UINT(state.n[2], 1);
	tear_down();
}

TEST(a_banner_without_pity_moves_the_counters_of_its_group)
{
	set_up(NULL);
	banner = fixture_banner(&fixture, "two");
	state = (struct draw_state){.n = {95, 12, 1}};
	WORDS(&stream, 10000000, 989999999, 2);
	CHECK_EQ_INT(draw(false), 'g');
	CHECK_EQ_UINT(state.n[0], 96);
	CHECK_EQ_UINT(state.n[1], 13);
	tear_down();
}
