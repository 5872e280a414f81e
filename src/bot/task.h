/*
 * One interaction under way: from the event to the committed change and the reply. Its steps are
 * done by work.h and delivery.h; this is what carries it from one to the next. It lives in a slot
 * of the pool (tasks.h), and all that it holds in its own arena.
 *
 * It does not know how an answer travels: that is the door's (door_gateway.h, door_http.h).
 */
#ifndef BOT_TASK_H
#define BOT_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "bot/answer.h"
#include "bot/loading.h"
#include "bot/router.h"
#include "bot/turn.h"
#include "net/loop.h"
#include "store/store.h"

struct http_call;
struct task;
struct tasks;

/* Where an interaction came from. Each sending ends with one call of task_sent, at once or later. */
struct door {
	/* Age counts from the id's own time, and one that is too old is dropped; else from the arrival. */
	bool counts_from_id;
	/* Discord waits 3 s for the first answer: a slow commit is deferred. */
	bool defers;
	/* Files go with a later answer alone, so that a deferral comes first. */
	bool files_later;
	/* Every command's answer is kept, and a repeated id gets it again; else nothing is sent for it. */
	bool repeats;
	/* The first answer: a callback's body; with task->files beside it unless files_later. */
	void (*first)(struct task *task, struct str body);
	/* After a deferral: an edit of @original, or a follow-up. */
	void (*later)(struct task *task, bool follow_up, struct str body);
	/* Nothing will be sent (too old; repeated; gone). */
	void (*drop)(struct task *task);
};

enum task_step {
	TASK_FREE,
	TASK_FETCHING,        /* the file that a person attached */
	TASK_QUEUED,          /* behind another interaction of the same player */
	TASK_LOADING,
	TASK_LOADING_CATALOG, /* the text of a revision that is not in memory */
	TASK_LOADING_EARLIER, /* answers of this player that may not have arrived */
	TASK_COMMITTING,
	TASK_PAUSED,          /* before the store is asked again */
	TASK_REPLYING,
	TASK_DRAWING,         /* deferred; the picture of its answer has its turn later */
	TASK_NOTING_SOON,     /* delivered; waits for a commit to go along with */
	TASK_NOTING,
};

enum task_deferral { DEFERRAL_NONE, DEFERRAL_UNDER_WAY, DEFERRAL_DONE, DEFERRAL_FAILED };

/* An answer that the player's row names. */
struct task_earlier {
	uint64_t id;
	bool known; /* to have arrived, or nothing is left to tell */
	bool told;  /* with this answer */
	struct answer answer;
};

struct task {
	struct tasks *tasks;
	enum task_step step;
	enum task_step paused_step; /* what a pause goes back to */
	uint64_t order;             /* of arrival */
	struct arena arena;
	struct arena_mark taken; /* what is younger belongs to one attempt */

	const struct door *door;
	void *context; /* the door's; NULL once the other side is gone or answered */
	void *sending; /* the door's: what carries the answer, until task_sent */
	bool gone;
	struct interaction *interaction;
	struct custom_id button;
	const struct route *route;
	struct str command; /* for stored documents and logs */
	struct str player_key;
	int64_t now_ms;     /* Unix, of the arrival */
	int64_t began_ms;   /* monotonic: when the other side began to wait */

	struct turn *turn; /* of this attempt */
	struct loading loading;
	const struct catalog *catalog; /* in force for this attempt; held until it ends */
	const struct revision *revision; /* that is being loaded */
	struct store_row *parts;
	struct task_earlier earlier[EARLIER_ANSWERS_MAX];
	struct store_row earlier_rows[EARLIER_ANSWERS_MAX];
	size_t earlier_count;
	struct store_request request, page, top;
	unsigned waiting_for; /* store requests under way */
	struct store_changes *changes;
	bool once;             /* the answer stands under the interaction's id */
	bool committed;        /* something of the player's was changed */
	bool commit_failed;    /* and was tried again: a repeated id may be our own */
	bool commit_unsure;    /* the last failure did not say whether it took place */
	unsigned races;
	int64_t pause_ms;
	struct loop_timer pause_timer;

	struct http_call *fetch;
	struct str file; /* that was fetched */
	enum file_fault file_fault;

	struct str answer_doc;
	struct picture *picture; /* of the answer, or NULL */
	struct attachment files[MESSAGE_FILES_MAX];
	size_t file_count;
	struct str body;       /* of the first answer */
	struct str later_body; /* of an edit or follow-up */
	struct str announcement; /* body of a message to the server's channel, or empty */
	bool follow_up;
	bool answering; /* the answer itself is under way */
	bool untold;    /* a fixed sentence goes in its place */
	enum task_deferral deferral;
	struct loop_timer deferral_timer;
};

/* Decoded and new: sets it on its way. */
void task_begin(struct task *task);
/* For doors: what door->first or door->later was given has arrived, or not. */
void task_sent(struct task *task, bool arrived);

/* For work.h and delivery.h, which do the steps. */

/* Goes on with the step that has just ended. */
void task_advance(struct task *task);
/* What was attached is there, or is known to be not. */
void task_fetched(struct task *task);
/* Asks the store; task_advance follows once everything that was asked for is there. */
void task_submit(struct task *task, struct store_request *request);
/* The answer is written: what borrows from the catalog in force is not read any more. */
void task_let_catalog_go(struct task *task);
/* Frees the slot. */
void task_finish(struct task *task);
/* Ends without an answer. */
void task_drop(struct task *task);

#endif
