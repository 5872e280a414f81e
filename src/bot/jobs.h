/*
 * Work that is too large for one change set, done in the background, a part at a time, with pauses so
 * that no interaction waits for it: deleting a player's history.
 *
 * What is to be done stands in bot/job_list.h's row. Each part is looked up afresh and committed under the versions of what
 * it read; so a job goes on after a crash where it was, and several processes may work on one. It is looked for at the
 * start, when somebody adds one, and every JOBS_LOOK_MS for those of a process that is gone.
 */
#ifndef BOT_JOBS_H
#define BOT_JOBS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "bot/job_list.h"
#include "net/loop.h"
#include "store/store.h"

enum jobs_step {
	JOBS_WAITING, /* for the timer */
	JOBS_LOOKING, /* which job is next */
	JOBS_PAGING,  /* what of it is left */
	JOBS_DELETING,
	JOBS_STRIKING, /* the job off the list */
};

struct jobs {
	struct loop *loop;
	struct store *store;
	enum jobs_step step;
	bool woken;        /* while at work */
	bool stopped;
	unsigned failures; /* in a row */
	uint64_t deleted;  /* rows, since the last job ended */
	struct arena arena;
	struct store_request request;
	struct store_changes changes;
	struct store_row row; /* of the list */
	struct job_list list;
	struct store_row page[JOB_ROWS_MAX];
	struct loop_timer timer;
};

/* loop and store are borrowed. Looks for jobs in the loop's next turn. */
void jobs_start(struct jobs *jobs, struct loop *loop, struct store *store);
/* There is a new one. */
void jobs_wake(struct jobs *jobs);
/* Nothing more is begun: what is under way ends, and the rest is left for the next start. */
void jobs_stop(struct jobs *jobs);
/* The store must have been freed before. Also for one that was never started. */
void jobs_release(struct jobs *jobs);

#endif
