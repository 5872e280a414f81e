/*
 * The work of one interaction: load what its route needs, let the handler decide, commit what it
 * decided, and again from fresh state where a race was lost (design.md, The store). What a step
 * begins ends in task_advance, which calls the next one here.
 */
#ifndef BOT_WORK_H
#define BOT_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/task.h"

/* A fresh turn of this interaction; false when the arena is full. */
bool work_begin_turn(struct task *task);
/* From the load on, with a fresh turn. */
void work_begin(struct task *task);
void work_load(struct task *task);
void work_loaded(struct task *task);
void work_catalog_loaded(struct task *task);
void work_earlier_loaded(struct task *task);
void work_commit(struct task *task);
void work_committed(struct task *task);
/* Timer: the store is asked again. */
void work_pause_over(void *owner, int64_t now_ms);

#endif
