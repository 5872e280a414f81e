#include "bot/catalog_csv.h"

#include "base/embed.h"
#include "bot/catalog_edit.h"
#include "test.h"

#define ARENA_BYTES (64u << 20)

struct fixture {
	struct arena arena;
	struct catalog catalog;
	struct edit_faults faults;
	struct csv_items items;
	struct err err;
};

static void load(struct catalog *catalog, struct arena *arena, struct str text)
{
	struct catalog_faults faults;
	struct err err = {.text = ""};

	if (!CHECK(catalog_load(arena, text, catalog, &faults, &err)))
		CHECK_EQ_STR(err.text, "");
}

static void begin(struct fixture *fixture)
{
	arena_init(&fixture->arena, ARENA_BYTES);
	load(&fixture->catalog, &fixture->arena, str_make((const char *)embed_catalog.data, embed_catalog.len));
}

static bool read(struct fixture *fixture, struct str table)
{
	fixture->faults = (struct edit_faults){.arena = &fixture->arena};
	err_clear(&fixture->err);
	return catalog_csv_read(&fixture->arena, table, &fixture->catalog, &fixture->faults, &fixture->items, &fixture->err);
}

/* The items of the fixture put into its catalog. */
static const struct catalog *result(struct fixture *fixture)
{
	struct catalog *catalog = ARENA_NEW(&fixture->arena, struct catalog);
	struct str text;

	if (CHECK(catalog_edit_put(&fixture->arena, fixture->catalog.text, "items", fixture->items.elements, &text, &fixture->err)))
		load(catalog, &fixture->arena, text);
	return catalog;
}

static void end(struct fixture *fixture)
{
	arena_release(&fixture->arena);
}

TEST(a_table_that_goes_out_comes_in_again_as_the_same_catalog)
{
	struct fixture fixture = {.err = {.text = ""}};
	struct buf out;

	begin(&fixture);
	buf_init(&out, 1u << 20);
	catalog_csv_write(&fixture.catalog, &out);
	CHECK(str_starts(buf_str(&out), STR("\xEF\xBB\xBFid,rarity,name_ja,name_en,text_ja,text_en,emoji,image,price\r\n")));
	REQUIRE(read(&fixture, buf_str(&out)));
	CHECK_EQ_UINT(fixture.items.count, fixture.catalog.item_count);
	CHECK_EQ_STR(result(&fixture)->sha256_hex, fixture.catalog.sha256_hex);
	buf_release(&out);
	end(&fixture);
}

TEST(formulas_are_neutralised_and_come_back_as_they_were)
{
	static const char *const names[] = {"=1+1", "+1", "-1", "@x", "\\tx", "\\rx", "\\nx", "'=1", "''=1", "'x", "＝1", "＋1", "－1", "＠1"};
	struct fixture fixture = {.err = {.text = ""}};

	begin(&fixture);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct str elements = arena_printf(&fixture.arena, "[{\"id\":\"akari\",\"rarity\":\"SSR\",\"name\":{\"ja\":\"%s\",\"en\":\"%s\"}}]", names[i], names[i]);
		struct catalog strange;
		struct str text, row;
		struct buf out;

		REQUIRE(catalog_edit_put(&fixture.arena, fixture.catalog.text, "items", elements, &text, &fixture.err));
		load(&strange, &fixture.arena, text);
		buf_init(&out, 1u << 20);
		catalog_csv_write(&strange, &out);
		row = str_skip(buf_str(&out), (size_t)str_find(buf_str(&out), STR("akari")));
		row = str_skip(row, strlen("akari,SSR,"));
		CHECK(str_starts(row, str_eqc(str_from(names[i]), "'x") ? STR("'x,") : STR("\"'")));
		REQUIRE(read(&fixture, buf_str(&out)));
		CHECK_EQ_STR(result(&fixture)->sha256_hex, strange.sha256_hex);
		buf_release(&out);
	}
	end(&fixture);
}

TEST(quotes_commas_and_line_ends_stand_in_quotes)
{
	struct fixture fixture = {.err = {.text = ""}};
	const struct catalog_item *item;

	begin(&fixture);
	REQUIRE(read(&fixture, STR("id,name_en,text_en\r\nakari,\"a \"\"b\"\", c\",\"one\ntwo\r\nthree\"\nyoi,\"\"\"\",x")));
	item = catalog_find_item(result(&fixture), STR("akari"));
	CHECK(str_eqc(item->name.en, "a \"b\", c"));
	CHECK(str_eqc(item->text.en, "one\ntwo\r\nthree"));
	CHECK(str_eq(item->name.ja, catalog_find_item(&fixture.catalog, STR("akari"))->name.ja));
	CHECK(str_eqc(catalog_find_item(result(&fixture), STR("yoi"))->name.en, "\""));
	CHECK_EQ_UINT(catalog_csv_line(&fixture.items, STR("akari")), 2);
	CHECK_EQ_UINT(catalog_csv_line(&fixture.items, STR("yoi")), 5);
	CHECK_EQ_UINT(catalog_csv_line(&fixture.items, STR("goura")), 0);
	end(&fixture);
}

TEST(an_empty_cell_takes_away_and_a_column_that_is_not_there_keeps)
{
	struct fixture fixture = {.err = {.text = ""}};
	const struct catalog_item *item;

	begin(&fixture);
	REQUIRE(read(&fixture, STR("price,id\n,akari\n\n ,\n")));
	CHECK_EQ_UINT(fixture.items.count, 1);
	item = catalog_find_item(result(&fixture), STR("akari"));
	CHECK_EQ_INT(item->price, CATALOG_NONE);
	CHECK(str_eqc(item->emoji, "🏮"));
	end(&fixture);
}

TEST(every_fault_has_its_line_and_all_are_told_at_once)
{
	static const struct {
		const char *table;
		size_t count, line;
		const char *rule;
	} cases[] = {
		{"", 1, 1, "empty"},
		{"id\n", 1, 2, "empty"},
		{"id,colour\nakari,x\n", 1, 1, "column"},
		{"id,price,id\nakari,1,x\n", 1, 1, "duplicate"},
		{"price\n1\n", 1, 1, "missing"},
		{"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n", 1, 1, "column"},
		{"id,price\nakari,1\nyoi,-1\ngoura,1.5\nakari,2\n", 3, 3, "range"},
		{"id,price\nakari\n", 1, 2, "csv"},
		{"id,price\nakari,1,2\n", 1, 2, "csv"},
		{"id,price\nakari,\"1\"2\n", 1, 2, "csv"},
		{"id,price\nakari,1\"\n", 1, 2, "csv"},
		{"id,price\nakari,\"1\n\n", 1, 2, "csv"},
		{"id,price\rakari,1\r", 1, 1, "csv"},
		{"id,price\nakari,1\n\xE3\x81,1\n", 1, 3, "encoding"},
		{"id\nnobody\n", 3, 2, "missing"},
		{"id,rarity\n,SSR\n", 3, 2, "missing"},
	};
	struct fixture fixture = {.err = {.text = ""}};

	begin(&fixture);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(!read(&fixture, str_from(cases[i].table)));
		CHECK_EQ_UINT(fixture.faults.count, cases[i].count);
		CHECK_EQ_UINT(fixture.faults.list[0].line, cases[i].line);
		CHECK_EQ_STR(fixture.faults.list[0].rule, cases[i].rule);
		CHECK_EQ_INT(fixture.err.code, ERR_INPUT);
	}
	end(&fixture);
}

TEST(faults_beyond_the_bound_are_counted_and_a_table_that_is_too_long_is_refused)
{
	struct fixture fixture = {.err = {.text = ""}};
	struct buf table;

	begin(&fixture);
	buf_init(&table, CATALOG_BYTES_MAX + 1);
	buf_addc(&table, "id,price\n");
	for (size_t i = 0; i < EDIT_FAULTS_MAX + 5; i++)
		buf_printf(&table, "akari%zu,x\n", i);
	CHECK(!read(&fixture, buf_str(&table)));
	CHECK_EQ_UINT(fixture.faults.count, EDIT_FAULTS_MAX);
	CHECK(fixture.faults.left_out > 0);
	while (table.len <= CATALOG_BYTES_MAX)
		buf_add_char(&table, 'x');
	CHECK(!read(&fixture, buf_str(&table)));
	CHECK_EQ_UINT(fixture.faults.count, 0);
	CHECK_EQ_INT(fixture.err.code, ERR_LIMIT);
	buf_release(&table);
	end(&fixture);
}
