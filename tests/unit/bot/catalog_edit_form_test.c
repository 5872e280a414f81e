#include "bot/catalog_edit_form.h"

#include "base/embed.h"
#include "bot/catalog_edit.h"
#include "test.h"

#define ARENA_BYTES (32u << 20)

struct fixture {
	struct arena arena;
	struct catalog catalog;
	struct json root;
	struct clock_zone zone;
	struct edit_faults faults;
	struct str elements;
};

static void begin(struct fixture *fixture)
{
	struct catalog_faults faults;
	struct err err;

	arena_init(&fixture->arena, ARENA_BYTES);
	CHECK(catalog_load(&fixture->arena, str_make((const char *)embed_catalog.data, embed_catalog.len), &fixture->catalog, &faults, &err));
	CHECK(json_parse(&fixture->arena, fixture->catalog.text, &fixture->root, &err));
	CHECK(clock_zone_find(STR("Asia/Tokyo"), &fixture->zone));
}

static bool read_item(struct fixture *fixture, const struct item_form *form)
{
	fixture->faults = (struct edit_faults){.arena = &fixture->arena};
	return item_form_read(&fixture->arena, form, &fixture->faults, &fixture->elements);
}

static bool read_banner(struct fixture *fixture, const struct banner_form *form, const char *known)
{
	struct json banner = known ? catalog_edit_find(fixture->root, "banners", str_from(known), &fixture->arena) : JSON_MISSING_VALUE;

	fixture->faults = (struct edit_faults){.arena = &fixture->arena};
	return banner_form_read(&fixture->arena, form, &fixture->zone, banner, &fixture->faults, &fixture->elements);
}

TEST(every_form_of_the_starter_catalog_says_what_the_catalog_says)
{
	struct fixture fixture = {.elements = STR_EMPTY};
	struct catalog_faults faults;
	struct catalog again;
	struct str text;
	struct err err;

	begin(&fixture);
	for (size_t i = 0; i < fixture.catalog.item_count; i++) {
		struct item_form form;

		item_form_fill(&fixture.arena, &fixture.catalog, &fixture.catalog.items[i], &form);
		REQUIRE(read_item(&fixture, &form));
		REQUIRE(catalog_edit_put(&fixture.arena, fixture.catalog.text, "items", fixture.elements, &text, &err));
		REQUIRE(i % 8 != 0 || catalog_load(&fixture.arena, text, &again, &faults, &err));
		CHECK_EQ_STR(i % 8 == 0 ? again.sha256_hex : fixture.catalog.sha256_hex, fixture.catalog.sha256_hex);
	}
	for (size_t i = 0; i < fixture.catalog.banner_count; i++) {
		struct banner_form form;
		const char *id = arena_cstr(&fixture.arena, fixture.catalog.banners[i].id);

		banner_form_fill(&fixture.arena, catalog_edit_find(fixture.root, "banners", str_from(id), &fixture.arena), &form);
		REQUIRE(read_banner(&fixture, &form, id));
		REQUIRE(catalog_edit_put(&fixture.arena, fixture.catalog.text, "banners", fixture.elements, &text, &err));
		REQUIRE(catalog_load(&fixture.arena, text, &again, &faults, &err));
		CHECK_EQ_STR(again.sha256_hex, fixture.catalog.sha256_hex);
	}
	arena_release(&fixture.arena);
}

TEST(a_text_of_several_lines_is_one_line_of_the_form)
{
	struct fixture fixture = {.elements = STR_EMPTY};
	const struct item_form form = {STR("x"), STR("R"), STR("a"), STR("b"), STR("text_ja: 一\\n二\\\\n\\x\ntext_en：b\n\nemoji:\nprice: ")};

	begin(&fixture);
	REQUIRE(read_item(&fixture, &form));
	CHECK(str_eqc(fixture.elements, "[{\"id\":\"x\",\"rarity\":\"R\",\"name\":{\"ja\":\"a\",\"en\":\"b\"},\"text\":"
					"{\"ja\":\"一\\n二\\\\n\\\\x\",\"en\":\"b\"}}]"));
	arena_release(&fixture.arena);
}

TEST(times_are_those_of_the_servers_zone_where_they_have_no_offset)
{
	static const struct {
		const char *zone, *given, *want;
	} cases[] = {
		{"Asia/Tokyo", "2026-01-31 18:00", "2026-01-31T18:00:00+09:00"},
		{"Asia/Tokyo", "2026-01-31", "2026-01-31T00:00:00+09:00"},
		{"Asia/Tokyo", "2026-01-31T18:00:00Z", "2026-01-31T18:00:00Z"},
		{"America/New_York", "2026-01-31 18:00", "2026-01-31T18:00:00-05:00"},
		{"America/New_York", "2026-07-31T18:00", "2026-07-31T18:00:00-04:00"},
		{"America/New_York", "2026-03-08 01:59", "2026-03-08T01:59:00-05:00"},
		{"America/New_York", "2026-03-08 03:00", "2026-03-08T03:00:00-04:00"},
		{"Asia/Tokyo", "2026-02-30", NULL},
		{"Asia/Tokyo", "2026-01-31 24:00", NULL},
		{"Asia/Tokyo", "31.1.2026", NULL},
		{"Asia/Tokyo", "today", NULL},
	};
	struct fixture fixture = {.elements = STR_EMPTY};

	begin(&fixture);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct banner_form form = {
			.id = STR("x"), .names = STR("ja: a\nen: a"), .rates = STR("R 100"),
			.times = arena_printf(&fixture.arena, "start: %s\ncost: 1", cases[i].given), .rules = STR_EMPTY};

		REQUIRE(clock_zone_find(str_from(cases[i].zone), &fixture.zone));
		CHECK_EQ_UINT(read_banner(&fixture, &form, NULL), cases[i].want != NULL);
		if (cases[i].want)
			CHECK(str_find(fixture.elements, arena_printf(&fixture.arena, "\"start\":\"%s\"", cases[i].want)) > 0);
		else
			CHECK_EQ_STR(fixture.faults.list[0].rule, "time");
	}
	arena_release(&fixture.arena);
}

TEST(a_list_that_is_too_long_for_a_form_is_kept_by_a_sign)
{
	struct fixture fixture = {.elements = STR_EMPTY};
	struct banner_form form = {.id = STR("standard"), .names = STR("ja: a\nen: a"), .rates = STR("SSR 100"),
				   .times = STR("start: 2026-01-01\ncost: 1"), .rules = STR("pool: =")};

	begin(&fixture);
	REQUIRE(read_banner(&fixture, &form, "standard"));
	CHECK(str_find(fixture.elements, STR("\"pool\":[\"akari\",\"yoi\",")) > 0);
	CHECK(!read_banner(&fixture, &form, NULL));
	CHECK_EQ_STR(fixture.faults.list[0].rule, "same");
	form.rules = STR("rate_up SSR: =\nshare SSR: 50%");
	CHECK(!read_banner(&fixture, &form, "standard"));
	arena_release(&fixture.arena);
}

TEST(what_is_not_understood_is_told_with_its_line)
{
	struct fixture fixture = {.elements = STR_EMPTY};
	struct item_form item = {STR("x"), STR("R"), STR("a"), STR("b"), STR("price: 1\nnonsense\nprice: 2\ncolor: red\nprice x: 3")};
	static const char *const rules[] = {"form", "duplicate", "unknown_key", "unknown_key"};
	static const size_t lines[] = {2, 3, 4, 5};
	struct buf many;

	begin(&fixture);
	CHECK(!read_item(&fixture, &item));
	CHECK_EQ_UINT(fixture.faults.count, 4);
	for (size_t i = 0; i < 4 && i < fixture.faults.count; i++) {
		CHECK_EQ_UINT(fixture.faults.list[i].line, lines[i]);
		CHECK_EQ_STR(fixture.faults.list[i].rule, rules[i]);
	}
	buf_init(&many, 65536);
	for (size_t i = 0; i < FORM_LINES_MAX + EDIT_FAULTS_MAX + 9; i++)
		buf_printf(&many, "key%zu: x\n", i);
	item.details = buf_str(&many);
	CHECK(!read_item(&fixture, &item));
	CHECK_EQ_UINT(fixture.faults.count, EDIT_FAULTS_MAX);
	CHECK_EQ_STR(fixture.faults.list[0].rule, "lines");
	CHECK(fixture.faults.left_out > 0);
	buf_release(&many);
	arena_release(&fixture.arena);
}
