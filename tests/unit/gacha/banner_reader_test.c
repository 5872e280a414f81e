#include "gacha/banner_reader.h"

#include "faults.h"
#include "gacha/banner.h"
#include "test.h"

TEST(times_have_their_faults)
{
	CHECK_FAULTS({{"\"2026-01-01T00:00:00+09:00\"", "\"2026-01-01T00:00:00\""}, 15, "/banners/0/start", "time"},
		     {{"\"2026-01-01T00:00:00+09:00\"", "\"2026-02-30T00:00:00Z\""}, 15, "/banners/0/start", "time"},
		     {{"\"2026-01-01T00:00:00+09:00\"", "1767193200"}, 15, "/banners/0/start", "type"},
		     {{"\"end\":\"2026-03-01T00:00:00Z\"", "\"end\":\"soon\""}, 24, "/banners/1/end", "time"},
		     {{"2026-03-01T00:00:00Z", "2026-02-01T00:00:00Z"}, 24, "/banners/1/end", "order"},
		     {{"2026-03-01T00:00:00Z", "2026-02-01T08:59:59+09:00"}, 24, "/banners/1/end", "order"},
		     {{"\"start\":\"2026-02-01T00:00:00Z\",", ""}, 24, "/banners/1/start", "missing"});
}

TEST(an_end_is_optional)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({",\"end\":\"2026-03-01T00:00:00Z\"", ""}));
	CHECK(fixture.loaded);
	CHECK_EQ_INT(fixture.catalog.banners[1].end_s, CATALOG_NONE);
	fixture_release(&fixture);
}

TEST(times_within_a_second_are_rounded_up)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({"2026-02-01T00:00:00Z", "2026-02-01T00:00:00.001Z"}));
	CHECK(fixture.loaded);
	CHECK_EQ_INT(fixture.catalog.banners[1].start_s, 1769904001);
	fixture_release(&fixture);
}

TEST(costs_have_their_faults)
{
	CHECK_FAULTS({{"\"1\":160,\"10\":1600", "\"10\":1600"}, 16, "/banners/0/cost/1", "missing"},
		     {{"\"1\":160,\"10\":1600", "\"1\":160,\"11\":1600"}, 16, "/banners/0/cost/11", "cost"},
		     {{"\"1\":160,\"10\":1600", "\"1\":-160,\"10\":1600"}, 16, "/banners/0/cost/1", "range"},
		     {{"\"1\":160,\"10\":1600", "\"1\":160,\"10\":\"1600\""}, 16, "/banners/0/cost/10", "type"},
		     {{"\"cost\":{\"1\":160,\"10\":1600}", "\"cost\":160"}, 16, "/banners/0/cost", "type"});
}

TEST(rates_have_their_faults)
{
	CHECK_FAULTS({{"\"0.6%\"", "\"0.7%\""}, 17, "/banners/0/rates", "sum"},
		     {{"\"94.3%\"", "\"94.2999999%\""}, 17, "/banners/0/rates", "sum"},
		     {{"\"0.6%\"", "\"0.60000000%\""}, 17, "/banners/0/rates/SSR", "decimal"},
		     {{"\"0.6%\"", "\"100.6%\""}, 17, "/banners/0/rates/SSR", "decimal"},
		     {{"\"0.6%\"", "1"}, 17, "/banners/0/rates/SSR", "type"},
		     {{"\"R\":\"94.3%\"", "\"N\":\"94.3%\""}, 17, "/banners/0/rates/N", "unknown_rarity"},
		     {{"\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}", "\"rates\":{}"}, 25, "/banners/1/rates", "sum"},
		     {{",\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}", ""}, 24, "/banners/1/rates", "missing"});
}

TEST(pity_has_its_faults)
{
	CHECK_FAULTS({{"\"hard\":90", "\"hard\":73"}, 18, "/banners/0/pity/SSR/soft_from", "soft_from"},
		     {{"\"hard\":90", "\"hard\":0"}, 18, "/banners/0/pity/SSR/hard", "range"},
		     {{"\"soft_from\":74", "\"soft_from\":0"}, 18, "/banners/0/pity/SSR/soft_from", "range"},
		     {{"\"soft_from\":74,", ""}, 18, "/banners/0/pity/SSR/soft_from", "soft"},
		     {{",\"soft_step\":\"6%\"", ""}, 18, "/banners/0/pity/SSR/soft_step", "soft"},
		     {{"\"soft_step\":\"6%\"", "\"soft_step\":\"6\""}, 18, "/banners/0/pity/SSR/soft_step", "decimal"},
		     {{"\"SR\":{\"hard\":10}", "\"SR\":{\"hard\":10,\"soft_from\":8,\"soft_step\":\"1%\"}"}, 18, "/banners/0/pity/SR/soft_from", "soft"},
		     {{"\"SR\":{\"hard\":10}", "\"SR\":{\"hard\":10,\"soft_step\":\"1%\"}"}, 18, "/banners/0/pity/SR/soft_step", "soft"},
		     {{"\"SR\":{\"hard\":10}", "\"N\":{\"hard\":10}"}, 18, "/banners/0/pity/N", "unknown_rarity"},
		     {{"\"SR\":{\"hard\":10}", "\"SR\":{\"hard\":10,\"soft\":1}"}, 18, "/banners/0/pity/SR/soft", "unknown_key"},
		     {{"\"SR\":{\"hard\":10}", "\"SR\":10"}, 18, "/banners/0/pity/SR", "type"});
}

TEST(soft_pity_may_begin_at_the_hard_one)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({"\"hard\":90", "\"hard\":74"}));
	CHECK(fixture.loaded);
	fixture_release(&fixture);
}

TEST(rate_up_has_its_faults)
{
	CHECK_FAULTS({{"\"share\":\"50%\"", "\"share\":\"0%\""}, 20, "/banners/0/rate_up/SSR/share", "range"},
		     {{"\"share\":\"50%\"", "\"share\":\"150%\""}, 20, "/banners/0/rate_up/SSR/share", "decimal"},
		     {{"\"share\":\"50%\",", ""}, 20, "/banners/0/rate_up/SSR/share", "missing"},
		     {{"\"guarantee\":true", "\"guarantee\":1"}, 20, "/banners/0/rate_up/SSR/guarantee", "type"},
		     {{"\"items\":[\"a\"],\"share\"", "\"items\":[\"a\",\"b\"],\"share\""}, 20, "/banners/0/rate_up/SSR/items", "others"},
		     {{"\"items\":[\"a\"],\"share\"", "\"items\":[],\"share\""}, 20, "/banners/0/rate_up/SSR/items", "empty"},
		     {{"\"items\":[\"a\"],\"share\"", "\"share\""}, 20, "/banners/0/rate_up/SSR/items", "missing"},
		     {{"\"items\":[\"a\"],\"share\"", "\"items\":[\"z\"],\"share\""}, 20, "/banners/0/rate_up/SSR/items/0", "unknown_item"},
		     {{"\"items\":[\"a\"],\"share\"", "\"items\":[\"a\",\"a\"],\"share\""}, 20, "/banners/0/rate_up/SSR/items/1", "duplicate"},
		     {{"\"items\":[\"a\"],\"share\"", "\"items\":[\"a\",\"c\"],\"share\""}, 20, "/banners/0/rate_up/SSR/items/1", "rarity"},
		     {{"\"b\",\"a\"]}", "\"b\"]}"}, 20, "/banners/0/rate_up/SSR/items/0", "pool"},
		     {{"\"rate_up\":{\"SSR\"", "\"rate_up\":{\"UR\""}, 20, "/banners/0/rate_up/UR", "unknown_rarity"});
}

TEST(an_item_can_be_of_another_rarity_and_outside_the_pool_at_once)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({"\"items\":[\"a\"],\"share\"", "\"items\":[\"c\"],\"share\""}, {"\"d\",\"c\",", "\"d\","}));
	CHECK_EQ_UINT(fixture.faults.count, 2);
	CHECK_EQ_STR(fixture.faults.list[0].rule, "rarity");
	CHECK_EQ_STR(fixture.faults.list[1].rule, "pool");
	fixture_release(&fixture);
}

TEST(a_whole_share_needs_no_other_item)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({"\"items\":[\"a\"],\"share\":\"50%\"", "\"items\":[\"a\",\"b\"],\"share\":\"100%\""}));
	CHECK(fixture.loaded);
	CHECK_EQ_UINT(fixture.catalog.banners[0].rarities[0].others_count, 0);
	fixture_release(&fixture);
}

TEST(ten_pull_has_its_faults)
{
	CHECK_FAULTS({{"\"ten_pull\":\"SR\"", "\"ten_pull\":\"N\""}, 21, "/banners/0/ten_pull", "unknown_rarity"},
		     {{"\"ten_pull\":\"SR\"", "\"ten_pull\":1"}, 21, "/banners/0/ten_pull", "type"},
		     {{"\"SR\":\"5.1%\",\"R\":\"94.3%\"", "\"R\":\"99.4%\""}, 21, "/banners/0/ten_pull", "ten_pull"});
}

TEST(ten_pull_may_be_the_top_or_the_lowest)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({"\"ten_pull\":\"SR\"", "\"ten_pull\":\"SSR\""}));
	CHECK(fixture.loaded);
	fixture_release(&fixture);
	fixture_init(&fixture, EDITS({"\"ten_pull\":\"SR\"", "\"ten_pull\":\"R\""}));
	CHECK(fixture.loaded);
	CHECK_EQ_UINT(fixture.catalog.banners[0].lower_tenth.total, 994000000);
	fixture_release(&fixture);
}

TEST(spark_and_pool_have_their_faults)
{
	CHECK_FAULTS({{"\"spark\":{\"cost\":300,\"items\":[\"a\"]}", "\"spark\":{\"cost\":0,\"items\":[\"a\"]}"}, 22, "/banners/0/spark/cost", "range"},
		     {{"\"spark\":{\"cost\":300,\"items\":[\"a\"]}", "\"spark\":{\"items\":[\"a\"]}"}, 22, "/banners/0/spark/cost", "missing"},
		     {{"\"spark\":{\"cost\":300,\"items\":[\"a\"]}", "\"spark\":{\"cost\":300,\"items\":[]}"}, 22, "/banners/0/spark/items", "empty"},
		     {{"\"spark\":{\"cost\":300,\"items\":[\"a\"]}", "\"spark\":{\"cost\":300,\"items\":[\"z\"]}"}, 22, "/banners/0/spark/items/0", "unknown_item"},
		     {{"[\"g\",\"f\"", "[\"g\",\"g\""}, 23, "/banners/0/pool/1", "duplicate"},
		     {{"[\"g\",\"f\"", "[\"z\",\"f\""}, 23, "/banners/0/pool/0", "unknown_item"},
		     {{"[\"g\",\"f\"", "[1,\"f\""}, 23, "/banners/0/pool/0", "type"},
		     {{"[\"g\",\"f\",\"e\",\"d\",\"c\",\"b\",\"a\"]", "[]"}, 23, "/banners/0/pool", "empty"},
		     {{"[\"g\",\"f\",\"e\",\"d\",\"c\",\"b\",\"a\"]", "\"all\""}, 23, "/banners/0/pool", "type"});
}

TEST(a_rarity_that_can_be_drawn_needs_an_item)
{
	CHECK_FAULTS({{"\"g\",\"f\",\"e\",", ""}, 17, "/banners/0/rates/R", "empty_rarity"},
		     {{"\"d\",\"c\",", ""}, 17, "/banners/0/rates/SR", "empty_rarity"});
}

TEST(pity_and_the_guarantee_make_a_rarity_drawable)
{
	struct fixture fixture;

	/* No rate, but a hard pity. */
	fixture_init(&fixture, EDITS({"\"SR\":\"5.1%\",\"R\":\"94.3%\"", "\"R\":\"99.4%\""}, {"\"ten_pull\":\"SR\",\n", ""},
				     {"\"d\",\"c\",", ""}));
	CHECK_EQ_UINT(fixture.faults.count, 1);
	CHECK_EQ_STR(fixture.faults.list[0].rule, "empty_rarity");
	CHECK_EQ_STR(arena_cstr(&fixture.arena, fixture.faults.list[0].path), "/banners/0/pity/SR/hard");
	fixture_release(&fixture);
	/* No rate and no pity, but a guarantee of the top. */
	fixture_init(&fixture, EDITS({"\"SSR\":\"0.6%\",\"SR\":\"5.1%\"", "\"SR\":\"5.7%\""},
				     {"\"SSR\":{\"hard\":90,\"soft_from\":74,\"soft_step\":\"6%\"},", ""},
				     {"\"rate_up\":{\"SSR\":{\"items\":[\"a\"],\"share\":\"50%\",\"guarantee\":true}},\n", ""},
				     {"\"ten_pull\":\"SR\"", "\"ten_pull\":\"SSR\""}, {",\"b\",\"a\"]}", "]}"}));
	CHECK_EQ_UINT(fixture.faults.count, 1);
	CHECK_EQ_STR(fixture.faults.list[0].rule, "empty_rarity");
	CHECK_EQ_STR(arena_cstr(&fixture.arena, fixture.faults.list[0].path), "/banners/0/ten_pull");
	fixture_release(&fixture);
}

TEST(a_rarity_that_cannot_be_drawn_needs_none)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({"\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}", "\"rates\":{\"R\":\"100%\"},\"pool\":[\"e\"]"}));
	CHECK(fixture.loaded);
	CHECK(!banner_can_draw(&fixture.catalog.banners[1], 0));
	CHECK(!banner_can_draw(&fixture.catalog.banners[1], 1));
	CHECK(banner_can_draw(&fixture.catalog.banners[1], 2));
	fixture_release(&fixture);
}
