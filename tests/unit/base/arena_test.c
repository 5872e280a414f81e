#include "test.h"

#include <stdalign.h>
#include <stdint.h>

#include "base/arena.h"

TEST(memory_is_zeroed_also_when_reused)
{
	struct arena arena;

	arena_init(&arena, 1 << 20);
	for (int round = 0; round < 3; round++) {
		unsigned char *bytes = arena_alloc(&arena, 5000);

		CHECK(bytes != NULL);
		if (!bytes)
			break;
		for (size_t i = 0; i < 5000; i++)
			CHECK(bytes[i] == 0);
		memset(bytes, 0xAA, 5000);
		arena_clear(&arena);
	}
	arena_release(&arena);
}

TEST(memory_is_aligned_for_any_object)
{
	struct arena arena;

	arena_init(&arena, 1 << 20);
	for (size_t size = 0; size < 100; size++) {
		void *ptr = arena_alloc(&arena, size);

		REQUIRE(ptr != NULL);
		CHECK_EQ_UINT((uintptr_t)ptr % alignof(max_align_t), 0);
	}
	arena_release(&arena);
}

TEST(an_arena_never_grows_past_its_cap)
{
	struct arena arena;
	struct err err;
	size_t got = 0;

	arena_init(&arena, 100000);
	while (arena_alloc(&arena, 1000))
		got += 1000;
	CHECK(arena.full);
	CHECK(got <= 100000);
	CHECK(got >= 90000);
	CHECK(arena.bytes_used <= arena.bytes_max);
	CHECK(arena_alloc(&arena, 1) == NULL);
	CHECK(!arena_check(&arena, "the answer", &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	arena_clear(&arena);
	CHECK(arena_check(&arena, "the answer", &err));
	CHECK(arena_alloc(&arena, 1) != NULL);
	arena_release(&arena);
}

TEST(one_allocation_may_take_the_whole_cap)
{
	struct arena arena;

	arena_init(&arena, 50000);
	CHECK(arena_alloc(&arena, 50000) != NULL);
	arena_release(&arena);
	CHECK(arena_alloc(&arena, 50001) == NULL);
	arena_release(&arena);
	CHECK(arena_alloc(&arena, SIZE_MAX) == NULL);
	arena_release(&arena);
}

TEST(clearing_keeps_the_first_block)
{
	struct arena arena;
	struct arena_block *first;

	arena_init(&arena, 1 << 20);
	arena_alloc(&arena, 10);
	first = arena.first;
	for (int i = 0; i < 100; i++)
		arena_alloc(&arena, 5000);
	CHECK(arena.current != first);
	arena_clear(&arena);
	CHECK(arena.first == first);
	CHECK(arena.current == first);
	arena_alloc(&arena, 5000);
	CHECK(arena.current == first);
	arena_release(&arena);
}

TEST(rewinding_gives_back_what_is_younger_than_the_mark)
{
	struct arena arena;
	struct arena_mark mark;
	struct str kept;
	size_t bytes;
	char *first;

	arena_init(&arena, 1 << 20);
	kept = arena_str(&arena, STR("older"));
	mark = arena_mark(&arena);
	bytes = arena.bytes_used;
	first = arena_alloc(&arena, 100);
	for (int round = 0; round < 3; round++) {
		while (arena_alloc(&arena, 5000))
			continue;
		CHECK(arena.full);
		arena_rewind(&arena, mark);
		CHECK(!arena.full);
		CHECK_EQ_UINT(arena.bytes_used, bytes);
		CHECK_EQ_BYTES(kept.ptr, kept.len, "older", 5);
		CHECK((char *)arena_alloc(&arena, 100) == first);
	}
	arena_release(&arena);
}

TEST(rewinding_to_a_mark_in_a_later_block_keeps_the_blocks_before_it)
{
	struct arena arena;
	struct arena_mark mark;
	struct arena_block *first;
	char *bytes;

	arena_init(&arena, 1 << 20);
	arena_alloc(&arena, 10);
	first = arena.current;
	bytes = arena_alloc(&arena, 50000);
	memset(bytes, 'x', 50000);
	mark = arena_mark(&arena);
	CHECK(arena.current != first);
	arena_alloc(&arena, 100000);
	arena_rewind(&arena, mark);
	CHECK(arena.current == mark.block);
	CHECK(arena.first == first);
	CHECK(bytes[0] == 'x' && bytes[49999] == 'x');
	arena_release(&arena);
}

TEST(rewinding_to_the_mark_of_an_empty_arena_clears_it)
{
	struct arena arena;
	struct arena_mark mark;

	arena_init(&arena, 1 << 20);
	mark = arena_mark(&arena);
	arena_rewind(&arena, mark);
	arena_alloc(&arena, 10);
	arena_alloc(&arena, 50000);
	arena_rewind(&arena, mark);
	CHECK(arena.current == arena.first);
	CHECK(arena_alloc(&arena, 10) != NULL);
	arena_release(&arena);
}

TEST(arrays_check_their_multiplication)
{
	struct arena arena;

	arena_init(&arena, 1 << 20);
	CHECK(arena_array(&arena, 10, 8) != NULL);
	CHECK(arena_array(&arena, 0, 8) != NULL);
	CHECK(arena_array(&arena, SIZE_MAX / 2, 3) == NULL);
	CHECK(arena.full);
	arena_release(&arena);
}

TEST(copies_of_text_end_with_a_nul)
{
	struct arena arena;
	struct str copy;

	arena_init(&arena, 1 << 16);
	copy = arena_str(&arena, STR("a\0b"));
	CHECK_EQ_BYTES(copy.ptr, copy.len + 1, "a\0b", 4);
	CHECK_EQ_STR(arena_cstr(&arena, str_make("abc", 2)), "ab");
	CHECK_EQ_UINT(arena_str(&arena, STR_EMPTY).len, 0);
	copy = arena_printf(&arena, "%d/%s", 5, "x");
	CHECK_EQ_STR(copy.ptr, "5/x");
	CHECK_EQ_UINT(copy.len, 3);
	CHECK_EQ_UINT(arena_printf(&arena, "%030000d", 1).len, 30000);
	arena_release(&arena);
}

TEST(a_full_arena_gives_empty_text)
{
	struct arena arena;

	arena_init(&arena, 16);
	CHECK_EQ_UINT(arena_str(&arena, STR("more than sixteen bytes")).len, 0);
	CHECK_EQ_STR(arena_cstr(&arena, STR("a")), "");
	CHECK_EQ_UINT(arena_printf(&arena, "%d", 1).len, 0);
	arena_release(&arena);
}

TEST(releasing_twice_is_safe)
{
	struct arena arena;

	arena_init(&arena, 100);
	arena_clear(&arena);
	arena_release(&arena);
	arena_release(&arena);
}
