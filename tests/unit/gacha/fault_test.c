#include "gacha/fault.h"

#include <string.h>

#include "fixture.h"
#include "test.h"

static struct arena arena;

static struct json parse(const char *text)
{
	struct json root = JSON_MISSING_VALUE;

	arena_init(&arena, 1u << 20);
	CHECK(json_parse(&arena, str_from(text), &root, NULL));
	return root;
}

TEST(rules_have_the_words_of_the_specification)
{
	static const char *const words[] = {
		"json",	 "schema", "type",  "unknown_key", "missing",	     "localisation", "id",     "duplicate", "time",
		"order", "decimal", "range", "color",	   "image",	     "cost",	     "sum",    "empty",	    "unknown_rarity",
		"unknown_item", "rarity", "pool", "others", "empty_rarity", "soft",	     "soft_from", "ten_pull"};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		CHECK_EQ_STR(rule_word(i), words[i]);
}

TEST(a_pointer_goes_through_objects_and_arrays_with_its_escapes)
{
	struct json value = parse("{\"a/b\":[0,{\"~\":1}]}");
	struct fault_list faults = {.arena = &arena};
	struct catalog_faults out;
	struct node root = node_root(value);
	struct node list = node_member(&root, STR("a/b"), json_get(value, "a/b"));
	struct node element = node_element(&list, 1, json_at(list.value, 1));
	struct node leaf = node_member(&element, STR("~"), json_get(element.value, "~"));

	fault_add(&faults, &leaf, RULE_RANGE, "no %d", 1);
	fault_add(&faults, &root, RULE_TYPE, "no");
	fault_add_at_key(&faults, &element, STR(""), RULE_MISSING, "no");
	fault_list_finish(&faults, value.doc->text, &out);
	CHECK_EQ_UINT(out.count, 3);
	CHECK_EQ_STR(arena_cstr(&arena, out.list[0].path), "");
	CHECK_EQ_STR(arena_cstr(&arena, out.list[1].path), "/a~1b/1/");
	CHECK_EQ_STR(arena_cstr(&arena, out.list[2].path), "/a~1b/1/~0");
	CHECK(str_eqc(out.list[2].text, "no 1"));
	arena_release(&arena);
}

TEST(faults_stand_in_the_order_of_the_text_with_their_lines)
{
	struct json value = parse("\n[1,\n2,\n\n3]");
	struct fault_list faults = {.arena = &arena};
	struct catalog_faults out;
	struct node root = node_root(value);
	static const size_t lines[] = {2, 3, 5};

	for (size_t i = 3; i-- > 0;) {
		struct node element = node_element(&root, i, json_at(value, i));

		fault_add(&faults, &element, RULE_RANGE, "first");
		fault_add(&faults, &element, RULE_TYPE, "second");
	}
	fault_list_finish(&faults, value.doc->text, &out);
	CHECK_EQ_UINT(out.count, 6);
	for (size_t i = 0; i < out.count; i++) {
		CHECK_EQ_UINT(out.list[i].line, lines[i / 2]);
		CHECK_EQ_STR(out.list[i].rule, i % 2 ? "type" : "range");
	}
	arena_release(&arena);
}

TEST(faults_beyond_the_bound_are_counted)
{
	struct json value = parse("[]");
	struct fault_list faults = {.arena = &arena};
	struct catalog_faults out;
	struct node root = node_root(value);

	for (unsigned i = 0; i < CATALOG_FAULTS_MAX + 7; i++)
		fault_add(&faults, &root, RULE_EMPTY, "%u", i);
	fault_list_finish(&faults, value.doc->text, &out);
	CHECK_EQ_UINT(out.count, CATALOG_FAULTS_MAX);
	CHECK_EQ_UINT(out.left_out, 7);
	arena_release(&arena);
}
