#include "gacha/pity.h"

#include "fixture.h"
#include "test.h"

TEST(an_unknown_group_is_fresh)
{
	struct fixture fixture;
	struct pity_book book = {.arena = &fixture.arena};
	struct draw_state state;

	fixture_init(&fixture, NULL);
	pity_load(&book, &fixture.catalog, STR("limited"), &state);
	for (size_t r = 0; r < RARITIES_MAX; r++)
		CHECK(state.n[r] == 1 && !state.flag[r]);
	fixture_release(&fixture);
}

TEST(groups_are_kept_apart)
{
	struct fixture fixture;
	struct pity_book book = {.arena = &fixture.arena};
	struct draw_state state = {.n = {30, 4, 1}, .flag = {true}};

	fixture_init(&fixture, NULL);
	CHECK(pity_save(&book, &fixture.catalog, STR("limited"), &state));
	draw_state_init(&state);
	CHECK(pity_save(&book, &fixture.catalog, STR("two"), &state));
	pity_load(&book, &fixture.catalog, STR("limited"), &state);
	CHECK_EQ_UINT(state.n[0], 30);
	CHECK_EQ_UINT(state.n[1], 4);
	CHECK(state.flag[0] && !state.flag[1]);
	pity_load(&book, &fixture.catalog, STR("two"), &state);
	CHECK(state.n[0] == 1 && !state.flag[0]);
	CHECK_EQ_UINT(book.count, 6);
	fixture_release(&fixture);
}

TEST(a_new_catalog_loses_nothing_and_starts_fresh_where_it_is_new)
{
	struct fixture old, new;
	struct pity_book book;
	struct draw_state state = {.n = {30, 4, 2}, .flag = {true}};

	fixture_init(&old, NULL);
	fixture_init(&new, EDITS({"{\"id\":\"SR\",\"stars\":4,\"shards\":5}", "{\"id\":\"UR\",\"shards\":5},{\"id\":\"SR\",\"shards\":5}"}));
	CHECK(new.loaded);
	book = (struct pity_book){.arena = &old.arena};
	CHECK(pity_save(&book, &old.catalog, STR("limited"), &state));
	CHECK(pity_save(&book, &old.catalog, STR("two"), &state));
	pity_load(&book, &new.catalog, STR("limited"), &state);
	CHECK_EQ_UINT(state.n[0], 30);
	CHECK_EQ_UINT(state.n[1], 1);
	CHECK_EQ_UINT(state.n[2], 4);
	CHECK_EQ_UINT(state.n[3], 2);
	CHECK(pity_save(&book, &new.catalog, STR("limited"), &state));
	/* The group's entries stay together. */
	CHECK_EQ_UINT(book.count, 7);
	for (size_t i = 0; i < 7; i++)
		CHECK(str_eqc(book.list[i].group, i < 4 ? "limited" : "two"));
	CHECK(pity_find(&book, STR("limited"), STR("UR")) == &book.list[3]);
	CHECK(!pity_find(&book, STR("two"), STR("UR")));
	fixture_release(&new);
	fixture_release(&old);
}
