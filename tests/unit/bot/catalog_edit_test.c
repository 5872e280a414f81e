#include "bot/catalog_edit.h"

#include "base/embed.h"
#include "bot/catalog_diff.h"
#include "bot/catalog_edit_layout.h"
#include "test.h"

#define ARENA_BYTES (64u << 20)

static struct str starter(void)
{
	return str_make((const char *)embed_catalog.data, embed_catalog.len);
}

static const struct catalog *load(struct arena *arena, struct str text)
{
	struct catalog *catalog = ARENA_NEW(arena, struct catalog);
	struct catalog_faults faults;
	struct err err = {.text = ""};

	if (!CHECK(catalog_load(arena, text, catalog, &faults, &err)))
		CHECK_EQ_STR(err.text, "");
	return catalog;
}

TEST(the_starter_catalog_is_laid_out_as_it_was_written)
{
	struct arena arena;
	struct json root;
	struct err err;
	struct buf out;

	arena_init(&arena, ARENA_BYTES);
	buf_init(&out, 1u << 20);
	REQUIRE(json_parse(&arena, starter(), &root, &err));
	catalog_edit_layout(root, &out);
	CHECK_EQ_STR(load(&arena, buf_str(&out))->sha256_hex, load(&arena, starter())->sha256_hex);
	CHECK(str_find(buf_str(&out), STR("\n    {\"id\": \"SSR\", \"stars\": 5, \"color\": \"#F4B942\", \"shards\": 40},\n")) > 0);
	CHECK(str_find(buf_str(&out), STR("\n      \"cost\": {\"1\": 160, \"10\": 1600},\n")) > 0);
	CHECK(str_find(buf_str(&out), STR("\n      \"pool\": [\n        \"akari\", \"yoi\", ")) > 0);
	CHECK(str_ends(buf_str(&out), STR("\n  ]\n}\n")));
	buf_release(&out);
	arena_release(&arena);
}

TEST(what_is_no_catalog_is_laid_out_too)
{
	static const char *const texts[] = {"[]", "{}", "[1,[2]]", "\"x\"", "null", "{\"banners\":[1,{\"a\":{}},[]],\"x\":[]}"};
	struct arena arena;

	arena_init(&arena, ARENA_BYTES);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct json root, again;
		struct json_writer writer;
		struct err err;
		struct buf out, plain;

		buf_init(&out, 4096);
		buf_init(&plain, 4096);
		REQUIRE(json_parse(&arena, str_from(texts[i]), &root, &err));
		catalog_edit_layout(root, &out);
		REQUIRE(json_parse(&arena, arena_str(&arena, buf_str(&out)), &again, &err));
		json_writer_init(&writer, &plain);
		json_put_value(&writer, again);
		CHECK(str_eqc(buf_str(&plain), texts[i]));
		buf_release(&out);
		buf_release(&plain);
	}
	arena_release(&arena);
}

TEST(an_element_takes_the_place_of_its_id_or_comes_last)
{
	static const char elements[] =
		"[{\"id\":\"new-b\",\"rarity\":\"R\",\"name\":{\"ja\":\"x\",\"en\":\"x\"}},"
		"{\"id\":\"yoi\",\"rarity\":\"SSR\",\"name\":{\"ja\":\"y\",\"en\":\"y\"}},"
		"{\"id\":\"new-a\",\"rarity\":\"R\",\"name\":{\"ja\":\"x\",\"en\":\"x\"}}]";
	struct arena arena;
	const struct catalog *old, *new;
	struct catalog_diff diff;
	struct str text;
	struct err err;

	arena_init(&arena, ARENA_BYTES);
	old = load(&arena, starter());
	REQUIRE(catalog_edit_put(&arena, old->text, "items", str_from(elements), &text, &err));
	new = load(&arena, text);
	CHECK_EQ_UINT(new->item_count, old->item_count + 2);
	CHECK(str_eqc(new->items[1].id, "yoi") && str_eqc(new->items[1].name.en, "y"));
	CHECK(str_eqc(new->items[old->item_count].id, "new-b"));
	CHECK(str_eqc(new->items[old->item_count + 1].id, "new-a"));
	REQUIRE(catalog_diff_make(&arena, old, new, &diff, &err));
	/* hanabi draws every item, standard has a pool. */
	CHECK_EQ_UINT(diff.count, 4);
	CHECK(diff.list[0].new_banner && str_eqc(diff.list[0].new_banner->id, "hanabi") && diff.list[0].fields == DIFF_ODDS);
	CHECK(diff.list[1].kind == CATALOG_CHANGED && str_eqc(diff.list[1].new_item->id, "yoi"));
	CHECK_EQ_UINT(diff.list[1].fields, DIFF_NAME | DIFF_TEXT | DIFF_EMOJI | DIFF_PRICE);
	CHECK_EQ_UINT(diff.kinds[CATALOG_ADDED], 2);
	CHECK(!diff.currency && !diff.rarities);
	REQUIRE(catalog_diff_make(&arena, new, old, &diff, &err));
	CHECK_EQ_UINT(diff.kinds[CATALOG_REMOVED], 2);
	arena_release(&arena);
}

TEST(a_retired_item_leaves_every_list_and_stays_among_the_items)
{
	struct arena arena;
	const struct catalog *old, *new;
	struct str text;
	struct err err;

	arena_init(&arena, ARENA_BYTES);
	old = load(&arena, starter());
	REQUIRE(catalog_edit_retire_item(&arena, old, catalog_find_item(old, STR("rikka")), &text, &err));
	new = load(&arena, text);
	CHECK_EQ_UINT(new->item_count, old->item_count);
	CHECK_EQ_UINT(catalog_find_banner(new, STR("hanabi"))->rarities[0].rate_up, false);
	CHECK_EQ_INT(catalog_find_banner(new, STR("hanabi"))->spark_cost, CATALOG_NONE);
	CHECK_EQ_UINT(catalog_find_banner(new, STR("hanabi"))->rarities[0].others_count,
		      catalog_find_banner(old, STR("hanabi"))->rarities[0].others_count);
	CHECK(str_find(text, STR("\"rate_up\": {\"SR\"")) > 0);
	REQUIRE(catalog_edit_retire_item(&arena, old, catalog_find_item(old, STR("chiri")), &text, &err));
	new = load(&arena, text);
	CHECK_EQ_UINT(catalog_find_banner(new, STR("hanabi"))->rarities[1].featured_count, 1);
	arena_release(&arena);
}

TEST(a_retired_banner_ends_and_one_to_come_is_taken_out)
{
	struct arena arena;
	const struct catalog *old, *new;
	const struct catalog_banner *banner;
	struct str text;
	struct err err;

	arena_init(&arena, ARENA_BYTES);
	old = load(&arena, starter());
	banner = &old->banners[1];
	REQUIRE(catalog_edit_retire_banner(&arena, old, banner, banner->start_s + 1, &text, &err));
	new = load(&arena, text);
	CHECK_EQ_UINT(new->banner_count, 2);
	CHECK_EQ_INT(new->banners[1].end_s, banner->start_s + 1);
	CHECK_EQ_INT(new->banners[0].end_s, CATALOG_NONE);
	REQUIRE(catalog_edit_retire_banner(&arena, old, banner, banner->start_s, &text, &err));
	new = load(&arena, text);
	CHECK_EQ_UINT(new->banner_count, 1);
	CHECK(str_eqc(new->banners[0].id, "standard"));
	arena_release(&arena);
}

TEST(what_is_not_json_or_too_long_is_an_error)
{
	struct arena arena;
	struct str text;
	struct err err;
	struct buf out;

	arena_init(&arena, 4 * ARENA_BYTES);
	CHECK(!catalog_edit_put(&arena, STR("{"), "items", STR("[]"), &text, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	CHECK(!catalog_edit_put(&arena, STR("{}"), "items", STR("["), &text, &err));
	buf_init(&out, CATALOG_BYTES_MAX + 64);
	buf_addc(&out, "{\"items\":[\"");
	while (out.len < CATALOG_BYTES_MAX - 8)
		buf_add_char(&out, 'x');
	buf_addc(&out, "\"]}");
	CHECK(!catalog_edit_put(&arena, buf_str(&out), "items", STR("[{\"id\":\"a\"}]"), &text, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	buf_release(&out);
	arena_release(&arena);
}
