/*
 * Lists that grow in an arena: to twice their size, so that what is left behind is no more than what
 * is in use. The arena owns the memory.
 */
#ifndef GACHA_LIST_H
#define GACHA_LIST_H

#include <stddef.h>

#include "base/arena.h"

/* The list with room for one more after `count` elements; it may have moved. NULL when the arena is full. */
void *list_grow(struct arena *arena, void *list, size_t *capacity, size_t count, size_t size);
/* As list_grow, and moves the elements from `index` on up by one. */
void *list_insert(struct arena *arena, void *list, size_t *capacity, size_t *count, size_t size, size_t index);

#endif
