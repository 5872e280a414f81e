/*
 * The list of jobs that are not done yet: the row `meta#jobs` of the settings, so that a job is found
 * again after a crash without looking through a table. Pure.
 *
 * One kind so far, "delete": rows of a player's history up to a sort number. Jobs of a kind that this version does not
 * know are kept as they are.
 */
#ifndef BOT_JOB_LIST_H
#define BOT_JOB_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/str.h"

#define JOB_LIST_KEY "meta#jobs"

struct job {
	struct str key;       /* player key; empty: of another kind */
	int64_t upto;         /* the last sort number that goes */
	struct json unknown;  /* of another kind: as it was read */
};

struct job_list {
	struct job jobs[JOBS_MAX];
	size_t count;
};

/* doc empty: no jobs. Borrows from it and the arena. ERR_INPUT for a document that is not of the form. */
bool job_list_read(struct job_list *list, struct arena *arena, struct str doc, struct err *err);
/* key is borrowed. False when the list is full. */
bool job_list_add_deletion(struct job_list *list, struct str key, int64_t upto);
/* The first deletion; NULL if there is none. */
const struct job *job_list_first(const struct job_list *list);
/* Takes out a job of this list. */
void job_list_remove(struct job_list *list, const struct job *job);
void job_list_write(const struct job_list *list, struct buf *out);

#endif
