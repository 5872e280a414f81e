/*
 * Interactions under way: from the event to the committed change and the reply, in a fixed pool of
 * slots with one arena each. This is the one place that loads, commits, retries, defers and replies.
 *
 * What it keeps (design.md, One flow): no reply before the commit; a lost race is computed afresh
 * from the state as it is now; the interaction's id is the commit's idempotency key; two interactions
 * of one player in this process are worked on in the order of their arrival.
 *
 * It does not know how an answer travels: that is the door's (door_gateway.h, door_http.h).
 */
#ifndef BOT_TASK_H
#define BOT_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/metrics.h"
#include "bot/answer.h"
#include "bot/loading.h"
#include "bot/recent.h"
#include "bot/router.h"
#include "bot/turn.h"
#include "net/loop.h"
#include "store/store.h"

struct rest;
struct task;
struct tasks;

/* Where an interaction came from. Each sending ends with one call of task_sent, at once or later. */
struct door {
	/* Age counts from the id's own time, and one that is too old is dropped; else from the arrival. */
	bool counts_from_id;
	/* Discord waits 3 s for the first answer: a slow commit is deferred. */
	bool defers;
	/* Every command's answer is kept, and a repeated id gets it again; else nothing is sent for it. */
	bool repeats;
	/* The first answer: a callback's body. */
	void (*first)(struct task *task, struct str body);
	/* After a deferral: an edit of @original, or a follow-up. */
	void (*later)(struct task *task, bool follow_up, struct str body);
	/* Nothing will be sent (too old; repeated; gone). */
	void (*drop)(struct task *task);
};

enum task_step {
	TASK_FREE,
	TASK_QUEUED,          /* behind another interaction of the same player */
	TASK_LOADING,
	TASK_LOADING_EARLIER, /* answers of this player that may not have arrived */
	TASK_COMMITTING,
	TASK_PAUSED,          /* before the store is asked again */
	TASK_REPLYING,
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
	struct task_earlier earlier[EARLIER_ANSWERS_MAX];
	struct store_row earlier_rows[EARLIER_ANSWERS_MAX];
	size_t earlier_count;
	struct store_request request, page;
	unsigned waiting_for; /* store requests under way */
	struct store_changes *changes;
	bool once;             /* the answer stands under the interaction's id */
	bool committed;        /* something of the player's was changed */
	bool commit_failed;    /* and was tried again: a repeated id may be our own */
	bool commit_unsure;    /* the last failure did not say whether it took place */
	unsigned races;
	int64_t pause_ms;
	struct loop_timer pause_timer;

	struct str answer_doc;
	struct str body;       /* of the first answer */
	struct str later_body; /* of an edit or follow-up */
	bool follow_up;
	bool answering; /* the answer itself is under way */
	bool untold;    /* a fixed sentence goes in its place */
	enum task_deferral deferral;
	struct loop_timer deferral_timer;
};

/* What tasks need of the bot; borrowed for their life. */
struct tasks_settings {
	struct loop *loop;
	struct store *store;
	const struct catalog *catalog;
	struct rng *rng;
	struct metrics *metrics;
	const struct player_seal *seal;
	const uint8_t *button_key;
	struct rest *rest; /* for the doors that answer by Discord's HTTP API */
	bool guild_scope;
};

struct tasks {
	struct tasks_settings settings;
	struct task slots[TASKS_MAX];
	size_t used; /* slots that were ever in use stand before it */
	uint64_t next_order;
	size_t noting_soon;
	bool stopping; /* delivered answers are noted at once */
	struct recent taken;
	struct recent delivered;
	struct loop_timer note_timer;
	struct buf scratch;
};

struct task_event {
	const struct door *door;
	void *context;
	struct json data;        /* borrowed for the call */
	int64_t now_ms;          /* Unix */
	int64_t clock_offset_ms; /* the other side's clock minus ours */
};

/* *tasks is zeroed memory. */
void tasks_init(struct tasks *tasks, const struct tasks_settings *settings);
/* What is under way ends without an answer. The store must have been freed before. */
void tasks_release(struct tasks *tasks);

/*
 * Takes an interaction, and answers or drops it. ERR_INPUT when it cannot be decoded, ERR_LIMIT when it is too large,
 * ERR_THROTTLED when all slots are in use; the door says so then. now_ms is this program's clock.
 */
bool tasks_take(struct tasks *tasks, const struct task_event *event, struct err *err);
/* The other side of this context is gone: what was not committed yet is given up. */
void tasks_abandon(struct tasks *tasks, const void *context);
/* The task whose answer this carries; NULL if there is none. */
struct task *tasks_find_sending(struct tasks *tasks, const void *sending);
/* Interactions that are not answered yet. */
size_t tasks_busy(const struct tasks *tasks);
/* No slot is in use: everything is answered, and noted to be. */
bool tasks_idle(const struct tasks *tasks);
/* From now on nothing lingers: delivered answers are noted in the store at once. */
void tasks_stop(struct tasks *tasks);

/* For doors: what door->first or door->later was given has arrived, or not. */
void task_sent(struct task *task, bool arrived);

/* For work.h and delivery.h, which do the steps. */

/* Goes on with the step that has just ended. */
void task_advance(struct task *task);
/* Asks the store; task_advance follows once everything that was asked for is there. */
void task_submit(struct task *task, struct store_request *request);
/* The next interaction of the same player may begin. */
void task_let_go(struct task *task);
/* Frees the slot. */
void task_finish(struct task *task);
/* Ends without an answer. */
void task_drop(struct task *task);
/* Whether an answer for this id is on its way. */
bool tasks_are_answering(const struct tasks *tasks, uint64_t id);
void tasks_show_in_flight(const struct tasks *tasks);

#endif
