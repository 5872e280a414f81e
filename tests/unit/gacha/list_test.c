#include "gacha/list.h"

#include "test.h"

TEST(a_list_grows_and_keeps_its_elements)
{
	struct arena arena;
	unsigned *list = NULL;
	size_t capacity = 0, count = 0;

	arena_init(&arena, 1u << 20);
	for (unsigned i = 0; i < 100; i++) {
		list = list_insert(&arena, list, &capacity, &count, sizeof(*list), 0);
		REQUIRE(list != NULL);
		list[0] = i;
	}
	CHECK_EQ_UINT(count, 100);
	for (unsigned i = 0; i < 100; i++)
		CHECK_EQ_UINT(list[i], 99 - i);
	list = list_insert(&arena, list, &capacity, &count, sizeof(*list), 50);
	list[50] = 1000;
	CHECK_EQ_UINT(list[49], 50);
	CHECK_EQ_UINT(list[51], 49);
	CHECK_EQ_UINT(list[100], 0);
	arena_release(&arena);
}

TEST(a_full_arena_leaves_the_list_as_it_is)
{
	struct arena arena;
	uint64_t *list;
	size_t capacity = 0, count = 0;

	arena_init(&arena, 64);
	list = list_insert(&arena, NULL, &capacity, &count, sizeof(*list), 0);
	REQUIRE(list != NULL);
	while (list_grow(&arena, list, &capacity, count, sizeof(*list)))
		count++;
	CHECK_EQ_UINT(count, 8);
	CHECK_EQ_UINT(capacity, 8);
	CHECK(!list_insert(&arena, list, &capacity, &count, sizeof(*list), 0));
	CHECK_EQ_UINT(count, 8);
	arena_release(&arena);
}
