/*
 * Seeds that players revealed, as history rows hold them, and receipts as they are given out: as they were written, with
 * the seed of their epoch where that has been revealed since. Lists are the caller's.
 */
#ifndef BOT_REVEALED_H
#define BOT_REVEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "gacha/fairness.h"

struct revealed {
	uint8_t commit[HASH_SHA256_SIZE];
	uint8_t seed[FAIRNESS_SEED_SIZE];
};

/* Whether the document of a history row reveals a seed. */
bool revealed_is_in(struct json row);
/* Takes it. ERR_INPUT when it is not of the form. Scratch memory from arena. */
bool revealed_read(struct json row, struct arena *arena, struct revealed *revealed, struct err *err);
/* Before revealed_write_receipt. */
void revealed_sort(struct revealed *list, size_t count);
/* A stored receipt, with its seed if the sorted list has it. Scratch memory from arena. */
void revealed_write_receipt(struct json receipt, const struct revealed *list, size_t count, struct arena *arena,
			    struct json_writer *writer);

#endif
