#include "gacha/list.h"

#include <string.h>

#define CAPACITY_MIN 8

void *list_grow(struct arena *arena, void *list, size_t *capacity, size_t count, size_t size)
{
	size_t wanted = *capacity ? 2 * *capacity : CAPACITY_MIN;
	void *copy;

	if (count < *capacity)
		return list;
	copy = arena_array(arena, wanted, size);
	if (!copy)
		return NULL;
	if (count)
		memcpy(copy, list, count * size);
	*capacity = wanted;
	return copy;
}

void *list_insert(struct arena *arena, void *list, size_t *capacity, size_t *count, size_t size, size_t index)
{
	char *grown = list_grow(arena, list, capacity, *count, size);

	if (!grown)
		return NULL;
	memmove(grown + (index + 1) * size, grown + index * size, (*count - index) * size);
	++*count;
	return grown;
}
