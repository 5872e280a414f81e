#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t capacity;
	size_t used;
	alignas(max_align_t) unsigned char data[];
};

void arena_init(struct arena *arena, size_t bytes_max)
{
	*arena = (struct arena){.bytes_max = bytes_max};
}

static void free_blocks(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void arena_release(struct arena *arena)
{
	free_blocks(arena->first);
	arena_init(arena, arena->bytes_max);
}

void arena_clear(struct arena *arena)
{
	struct arena_block *first = arena->first;

	arena->full = false;
	if (!first)
		return;
	free_blocks(first->next);
	first->next = NULL;
	first->used = 0;
	arena->current = first;
	arena->bytes_used = first->capacity;
}

struct arena_mark arena_mark(const struct arena *arena)
{
	return (struct arena_mark){arena->current, arena->current ? arena->current->used : 0};
}

void arena_rewind(struct arena *arena, struct arena_mark mark)
{
	if (!mark.block) {
		arena_clear(arena);
		return;
	}
	for (struct arena_block *block = mark.block->next; block; block = block->next)
		arena->bytes_used -= block->capacity;
	free_blocks(mark.block->next);
	mark.block->next = NULL;
	mark.block->used = mark.used;
	arena->current = mark.block;
	arena->full = false;
}

/* Blocks double in size, so that the count of mallocs grows with the logarithm of what is asked. */
static bool add_block(struct arena *arena, size_t size)
{
	size_t left = arena->bytes_max - arena->bytes_used;
	size_t capacity = arena->current ? arena->current->capacity * 2 : ARENA_BLOCK_BYTES;
	struct arena_block *block;

	if (size > left)
		return false;
	if (capacity < size)
		capacity = size;
	if (capacity > left)
		capacity = left;
	block = malloc(sizeof(*block) + capacity);
	if (!block)
		return false;
	*block = (struct arena_block){.capacity = capacity};
	if (arena->current)
		arena->current->next = block;
	else
		arena->first = block;
	arena->current = block;
	arena->bytes_used += capacity;
	return true;
}

static size_t padding(const struct arena_block *block)
{
	return -block->used & (alignof(max_align_t) - 1);
}

/* What is left in the current block, aligned. */
static size_t room(const struct arena *arena)
{
	const struct arena_block *block = arena->current;

	if (!block || padding(block) > block->capacity - block->used)
		return 0;
	return block->capacity - block->used - padding(block);
}

/* As arena_alloc, not zeroed. */
static void *take(struct arena *arena, size_t size)
{
	struct arena_block *block;
	void *ptr;

	if (size == 0)
		size = 1;
	if (arena->full || (size > room(arena) && !add_block(arena, size))) {
		arena->full = true;
		return NULL;
	}
	block = arena->current;
	block->used += padding(block);
	ptr = block->data + block->used;
	block->used += size;
	return ptr;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *ptr = take(arena, size);

	return ptr ? memset(ptr, 0, size) : NULL;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		arena->full = true;
		return NULL;
	}
	return arena_alloc(arena, bytes);
}

static char *copy(struct arena *arena, struct str s)
{
	char *ptr = s.len < SIZE_MAX ? take(arena, s.len + 1) : NULL;

	if (!ptr)
		return NULL;
	if (s.len)
		memcpy(ptr, s.ptr, s.len);
	ptr[s.len] = '\0';
	return ptr;
}

struct str arena_str(struct arena *arena, struct str s)
{
	char *ptr = copy(arena, s);

	return ptr ? (struct str){ptr, s.len} : STR_EMPTY;
}

const char *arena_cstr(struct arena *arena, struct str s)
{
	const char *ptr = copy(arena, s);

	return ptr ? ptr : "";
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	struct str s;

	va_start(args, format);
	s = arena_vprintf(arena, format, args);
	va_end(args);
	return s;
}

struct str arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	int len;
	char *ptr;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	assert(len >= 0); /* fails on a wrong format only */
	ptr = take(arena, (size_t)len + 1);
	if (ptr)
		vsnprintf(ptr, (size_t)len + 1, format, again);
	va_end(again);
	return ptr ? (struct str){ptr, (size_t)len} : STR_EMPTY;
}

bool arena_check(const struct arena *arena, const char *what, struct err *err)
{
	if (!arena->full)
		return true;
	return err_set(err, ERR_LIMIT, "%s needs more than %zu bytes of memory", what, arena->bytes_max);
}
