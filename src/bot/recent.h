/* The last RECENT_IDS_MAX interaction ids of some kind, in memory: those that were taken, those whose answer arrived. */
#ifndef BOT_RECENT_H
#define BOT_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

/* Zeroed is empty. */
struct recent {
	uint64_t ids[RECENT_IDS_MAX];
	size_t next;
};

/* id is not 0. The oldest one is forgotten. */
void recent_add(struct recent *recent, uint64_t id);
bool recent_has(const struct recent *recent, uint64_t id);

#endif
