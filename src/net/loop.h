/*
 * The one loop: computes the deadline, waits in curl_multi_poll with our own descriptors beside
 * curl's, then handles signals, descriptors, finished transfers, timers, and last the end-of-turn
 * hooks (group commit, queued sends). One thread.
 *
 * Timers, descriptors and hooks are structs that their owners embed; the loop borrows them until
 * they are removed. Any of them may be removed, and any added, from within a callback.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct loop;

struct loop_timer {
	void (*fire)(void *owner, int64_t now_ms);
	void *owner;
	int64_t at_ms; /* monotonic */
	size_t slot;   /* the loop's; 0 when not set */
};

struct loop_fd {
	int fd;
	short events; /* POLLIN, POLLOUT; may be changed between turns */
	void (*ready)(void *owner, short revents);
	void *owner;
	struct loop_fd *next; /* the loop's */
	bool added;
};

/* Runs at the end of every turn, in the order of adding. Returns whether it did something (then the hooks run again). */
struct loop_hook {
	bool (*run)(void *owner, int64_t now_ms);
	void *owner;
	struct loop_hook *next; /* the loop's */
	bool added;
};

struct loop_signal {
	void (*caught)(void *owner, int signal);
	void *owner;
};

/* NULL: ERR_MEMORY. */
struct loop *loop_create(struct err *err);
void loop_free(struct loop *loop);

/* The clock of this turn (monotonic, milliseconds); between turns the clock itself. */
int64_t loop_now_ms(const struct loop *loop);

void loop_add_fd(struct loop *loop, struct loop_fd *fd);
void loop_remove_fd(struct loop *loop, struct loop_fd *fd);
/* Sets or moves a timer. */
void loop_set_timer(struct loop *loop, struct loop_timer *timer, int64_t at_ms);
void loop_cancel_timer(struct loop *loop, struct loop_timer *timer);
void loop_add_hook(struct loop *loop, struct loop_hook *hook);
void loop_remove_hook(struct loop *loop, struct loop_hook *hook);
/* Signals SIGINT, SIGTERM and SIGHUP reach `caught` inside a turn (by signalfd); SIGPIPE is ignored. NULL gives them back. */
bool loop_catch_signals(struct loop *loop, const struct loop_signal *handler, struct err *err);

/* One turn: waits at most wait_ms_max (-1: until something happens). */
bool loop_turn(struct loop *loop, int wait_ms_max, struct err *err);
/* Turns until loop_stop. */
bool loop_run(struct loop *loop, struct err *err);
void loop_stop(struct loop *loop);

/* libcurl's multi handle (void * keeps curl's header out); for net/ alone. */
void *loop_curl_multi(struct loop *loop);
/* +1 and -1: a connection that is kept open for long (a WebSocket) does not count against those kept warm; for net/ alone. */
void loop_hold_connection(struct loop *loop, int change);

#endif
