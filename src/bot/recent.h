/*
 * The last interaction ids of some kind, in memory: those that were taken, those whose answer arrived.
 * RECENT_IDS_MAX in all, in sets of a few by a hash of the id: a look-up touches one cache line.
 */
#ifndef BOT_RECENT_H
#define BOT_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

#define RECENT_SET 8
#define RECENT_SETS (RECENT_IDS_MAX / RECENT_SET)

/* Zeroed is empty. */
struct recent {
	uint64_t ids[RECENT_SETS][RECENT_SET];
	uint8_t next[RECENT_SETS];
};

/* id is not 0. The oldest one of its set is forgotten. */
void recent_add(struct recent *recent, uint64_t id);
bool recent_has(const struct recent *recent, uint64_t id);

#endif
