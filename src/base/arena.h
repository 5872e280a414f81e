/*
 * Memory that is given back all at once: one arena per interaction, one per command.
 *
 * What is allocated is zeroed and lives until clear or release. An arena never grows past its
 * cap; beyond it allocation returns NULL and `full` stays set, so that code which builds much can
 * check once at the end (arena_check). Functions that return struct str return the empty slice then.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *first;
	struct arena_block *current;
	size_t bytes_used;
	size_t bytes_max;
	bool full;
};

/* A place in an arena. */
struct arena_mark {
	struct arena_block *block;
	size_t used;
};

void arena_init(struct arena *arena, size_t bytes_max);
void arena_release(struct arena *arena);
/* Gives everything back, keeps the first block for reuse (so a warm arena does not call malloc). */
void arena_clear(struct arena *arena);
/*
 * Gives back what was allocated since the mark, and `full` with it; what is older stays where it is. A clear, a release
 * and a rewind to an older mark end a mark.
 */
struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);
/* Zeroed, aligned for any object. NULL (and full) beyond the cap. size 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size);
/* count × size with the multiplication checked. */
void *arena_array(struct arena *arena, size_t count, size_t size);
struct str arena_str(struct arena *arena, struct str s); /* a copy, with a NUL after it */
const char *arena_cstr(struct arena *arena, struct str s); /* a copy with a NUL; "" when full */
struct str arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str arena_vprintf(struct arena *arena, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
bool arena_check(const struct arena *arena, const char *what, struct err *err); /* ERR_LIMIT if full */

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
