#include "gacha/banner.h"

#include "fixture.h"
#include "test.h"

TEST(a_banner_is_open_from_its_start_until_just_before_its_end)
{
	struct fixture fixture;
	const struct catalog_banner *two;

	fixture_init(&fixture, NULL);
	two = fixture_banner(&fixture, "two");
	CHECK(!banner_is_open(two, 1769903999999));
	CHECK(banner_is_open(two, 1769904000000));
	CHECK(banner_is_open(two, 1772323199999));
	CHECK(!banner_is_open(two, 1772323200000));
	fixture_release(&fixture);
}

TEST(what_is_always_due_leaves_nothing_below_to_draw)
{
	struct fixture fixture;

	fixture_init(&fixture, EDITS({"\"SR\":{\"hard\":10}", "\"SR\":{\"hard\":1}"}, {"\"g\",\"f\",\"e\",", ""}));
	CHECK(fixture.loaded);
	CHECK(!banner_can_draw(&fixture.catalog.banners[0], 2));
	CHECK(banner_can_draw(&fixture.catalog.banners[0], 1));
	fixture_release(&fixture);
	fixture_init(&fixture, EDITS({"\"hard\":90,\"soft_from\":74,\"soft_step\":\"6%\"", "\"hard\":1"},
				     {"[\"g\",\"f\",\"e\",\"d\",\"c\",", "["}));
	CHECK(fixture.loaded);
	CHECK(!banner_can_draw(&fixture.catalog.banners[0], 1));
	fixture_release(&fixture);
}

TEST(items_are_found_in_a_banner)
{
	struct fixture fixture;
	bool featured;

	fixture_init(&fixture, EDITS({"[\"g\",\"f\",", "[\"f\","}));
	REQUIRE(fixture.loaded);
	CHECK(banner_has_item(&fixture.catalog, fixture_banner(&fixture, "one"), fixture_item(&fixture, "a"), &featured) && featured);
	CHECK(banner_has_item(&fixture.catalog, fixture_banner(&fixture, "one"), fixture_item(&fixture, "b"), &featured) && !featured);
	CHECK(!banner_has_item(&fixture.catalog, fixture_banner(&fixture, "one"), fixture_item(&fixture, "g"), &featured));
	CHECK(banner_has_item(&fixture.catalog, fixture_banner(&fixture, "two"), fixture_item(&fixture, "g"), &featured));
	fixture_release(&fixture);
}

TEST(an_item_comes_out_where_it_stands_in_a_list_and_its_rarity_can_be_drawn)
{
	struct fixture fixture;
	uint32_t a, g;

	fixture_init(&fixture, EDITS({"[\"g\",\"f\",", "[\"f\","},
				     {"\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}", "\"rates\":{\"SR\":\"10%\",\"R\":\"90%\"}"}));
	a = fixture_item(&fixture, "a");
	g = fixture_item(&fixture, "g");
	CHECK(banner_can_give(&fixture.catalog, fixture_banner(&fixture, "one"), a));
	CHECK(!banner_can_give(&fixture.catalog, fixture_banner(&fixture, "one"), g));
	CHECK(!banner_can_give(&fixture.catalog, fixture_banner(&fixture, "two"), a));
	CHECK(banner_can_give(&fixture.catalog, fixture_banner(&fixture, "two"), g));
	fixture_release(&fixture);
}
