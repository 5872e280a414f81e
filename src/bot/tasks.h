/*
 * The interactions under way, in a fixed pool of slots with one arena each. With task.h this is the
 * one place that loads, commits, retries, defers and replies.
 *
 * What it keeps (design.md, One flow): no reply before the commit; a lost race is computed afresh
 * from the state as it is now; the interaction's id is the commit's idempotency key; two interactions
 * of one player in this process are worked on in the order of their arrival.
 */
#ifndef BOT_TASKS_H
#define BOT_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/metrics.h"
#include "bot/catalogs.h"
#include "bot/recent.h"
#include "bot/task.h"

struct cards;
struct http;
struct jobs;
struct rest;

/* What tasks need of the bot; borrowed for their life. */
struct tasks_settings {
	struct loop *loop;
	struct store *store;
	struct catalogs *catalogs;
	struct rng *rng;
	struct metrics *metrics;
	const struct player_seal *seal;
	const uint8_t *button_key;
	struct rest *rest; /* for the doors that answer by Discord's HTTP API */
	struct http *http; /* for files that people attach */
	struct cards *cards; /* for pictures */
	struct str art; /* folder of items' pictures, or empty */
	struct jobs *jobs; /* in the background; NULL: nobody does them here */
	bool announces;    /* the bot may write into channels */
	bool guild_scope;
	uint64_t admin_guild; /* in the global scope: the one whose administrators count; 0: those of every server */
};

struct tasks {
	struct tasks_settings settings;
	struct task slots[TASKS_MAX];
	size_t used; /* slots that were ever in use stand before it */
	uint64_t next_order;
	size_t noting_soon;
	int64_t committed_at_ms; /* monotonic, of the last commit that was asked for */
	bool stopping; /* delivered answers are noted at once */
	struct recent taken;
	struct recent delivered;
	struct loop_timer note_timer;
	struct loop_timer draw_timer;
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
/* What is being fetched for them is given up: before the HTTP client is freed. */
void tasks_cancel_fetches(struct tasks *tasks);
/* From now on nothing lingers: delivered answers are noted in the store at once. */
void tasks_stop(struct tasks *tasks);

/* For the steps of an interaction. */

/* Whether an interaction that came before and may change the same player is not committed yet. */
bool tasks_is_behind_another(const struct task *task);
/* The next interaction of this one's player may begin. */
void tasks_let_go(const struct task *task);
/* Whether an answer for this id is on its way. */
bool tasks_are_answering(const struct tasks *tasks, uint64_t id);
void tasks_show_in_flight(const struct tasks *tasks);

#endif
