#include "net/loop.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "net/transfer.h"

/* curl wants a time to wait; longer than any timer of ours is for ever. */
enum { WAIT_MS_MAX = 3600 * 1000 };

struct loop {
	CURLM *multi;
	int64_t now_ms;
	bool turning;
	bool stopped;
	bool again; /* hooks were cut off: the next turn must not wait */

	struct loop_fd *fds;
	size_t fd_count;
	/* What this turn waits for, side by side; an entry whose owner was removed meanwhile is NULL. */
	struct curl_waitfd waits[LOOP_FDS_MAX];
	struct loop_fd *waiting[LOOP_FDS_MAX];
	size_t wait_count;

	/* A min-heap by at_ms; slots count from 1. */
	struct loop_timer *timers[LOOP_TIMERS_MAX + 1];
	size_t timer_count;

	struct loop_hook *hooks;
	struct loop_hook *next_hook; /* the one to run after the one that runs */

	struct loop_fd signal_fd;
	struct loop_signal signal_handler;
	long held_connections;
};

static void set_connection_bound(struct loop *loop)
{
	curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS,
			  (long)HTTP_RUNNING_MAX + loop->held_connections);
}

struct loop *loop_create(struct err *err)
{
	struct loop *loop;

	if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
		err_set(err, ERR_MEMORY, "libcurl cannot start");
		return NULL;
	}
	loop = calloc(1, sizeof(*loop));
	if (loop)
		loop->multi = curl_multi_init();
	if (!loop || !loop->multi) {
		err_set(err, ERR_MEMORY, "no memory for the event loop");
		free(loop);
		curl_global_cleanup();
		return NULL;
	}
	loop->signal_fd.fd = -1;
	loop->now_ms = clock_mono_ms();
	set_connection_bound(loop);
	return loop;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	assert(!loop->turning);
	loop_catch_signals(loop, NULL, NULL);
	curl_multi_cleanup(loop->multi);
	free(loop);
	curl_global_cleanup();
}

int64_t loop_now_ms(const struct loop *loop)
{
	return loop->turning ? loop->now_ms : clock_mono_ms();
}

void *loop_curl_multi(struct loop *loop)
{
	return loop->multi;
}

void loop_hold_connection(struct loop *loop, int change)
{
	loop->held_connections += change;
	assert(loop->held_connections >= 0);
	set_connection_bound(loop);
}

void loop_add_fd(struct loop *loop, struct loop_fd *fd)
{
	if (fd->added)
		return;
	assert(fd->fd >= 0 && loop->fd_count < LOOP_FDS_MAX);
	fd->next = loop->fds;
	fd->added = true;
	loop->fds = fd;
	loop->fd_count++;
}

void loop_remove_fd(struct loop *loop, struct loop_fd *fd)
{
	struct loop_fd **link = &loop->fds;

	if (!fd->added)
		return;
	while (*link && *link != fd)
		link = &(*link)->next;
	assert(*link);
	*link = fd->next;
	fd->added = false;
	loop->fd_count--;
	for (size_t i = 0; i < loop->wait_count; i++)
		if (loop->waiting[i] == fd)
			loop->waiting[i] = NULL;
}

static void place(struct loop *loop, size_t slot, struct loop_timer *timer)
{
	loop->timers[slot] = timer;
	timer->slot = slot;
}

/* Moves a timer from `slot` to where its time belongs. */
static void settle(struct loop *loop, size_t slot, struct loop_timer *timer)
{
	while (slot > 1 && loop->timers[slot / 2]->at_ms > timer->at_ms) {
		place(loop, slot, loop->timers[slot / 2]);
		slot /= 2;
	}
	for (;;) {
		size_t child = slot * 2;

		if (child < loop->timer_count && loop->timers[child + 1]->at_ms < loop->timers[child]->at_ms)
			child++;
		if (child > loop->timer_count || loop->timers[child]->at_ms >= timer->at_ms)
			break;
		place(loop, slot, loop->timers[child]);
		slot = child;
	}
	place(loop, slot, timer);
}

void loop_set_timer(struct loop *loop, struct loop_timer *timer, int64_t at_ms)
{
	timer->at_ms = at_ms;
	if (timer->slot == 0) {
		assert(loop->timer_count < LOOP_TIMERS_MAX);
		place(loop, ++loop->timer_count, timer);
	}
	settle(loop, timer->slot, timer);
}

void loop_cancel_timer(struct loop *loop, struct loop_timer *timer)
{
	size_t slot = timer->slot;
	struct loop_timer *last;

	if (slot == 0)
		return;
	assert(slot <= loop->timer_count && loop->timers[slot] == timer);
	timer->slot = 0;
	last = loop->timers[loop->timer_count--];
	if (last != timer)
		settle(loop, slot, last);
}

void loop_add_hook(struct loop *loop, struct loop_hook *hook)
{
	struct loop_hook **link = &loop->hooks;

	if (hook->added)
		return;
	while (*link)
		link = &(*link)->next;
	hook->next = NULL;
	hook->added = true;
	*link = hook;
}

void loop_remove_hook(struct loop *loop, struct loop_hook *hook)
{
	struct loop_hook **link = &loop->hooks;

	if (!hook->added)
		return;
	while (*link && *link != hook)
		link = &(*link)->next;
	assert(*link);
	*link = hook->next;
	hook->added = false;
	if (loop->next_hook == hook)
		loop->next_hook = hook->next;
}

static void signal_ready(void *owner, short revents)
{
	struct loop *loop = owner;
	struct signalfd_siginfo info;

	(void)revents;
	while (loop->signal_fd.fd >= 0 && read(loop->signal_fd.fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		loop->signal_handler.caught(loop->signal_handler.owner, (int)info.ssi_signo);
}

static void signal_set(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
}

bool loop_catch_signals(struct loop *loop, const struct loop_signal *handler, struct err *err)
{
	sigset_t set;

	signal_set(&set);
	if (!handler) {
		if (loop->signal_fd.fd >= 0) {
			loop_remove_fd(loop, &loop->signal_fd);
			close(loop->signal_fd.fd);
			loop->signal_fd.fd = -1;
			sigprocmask(SIG_UNBLOCK, &set, NULL);
		}
		return true;
	}
	loop->signal_handler = *handler;
	if (loop->signal_fd.fd >= 0)
		return true;
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return err_set(err, ERR_IO, "signals cannot be blocked: %s", strerror(errno));
	loop->signal_fd = (struct loop_fd){.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC),
					   .events = POLLIN,
					   .ready = signal_ready,
					   .owner = loop};
	if (loop->signal_fd.fd < 0) {
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		return err_set(err, ERR_IO, "no descriptor for signals: %s", strerror(errno));
	}
	loop_add_fd(loop, &loop->signal_fd);
	return true;
}

static int wait_time_ms(struct loop *loop, int wait_ms_max)
{
	int64_t wait_ms = wait_ms_max < 0 ? WAIT_MS_MAX : wait_ms_max;

	if (loop->again)
		return 0;
	if (loop->timer_count) {
		int64_t left_ms = loop->timers[1]->at_ms - clock_mono_ms();

		if (left_ms < wait_ms)
			wait_ms = left_ms > 0 ? left_ms : 0;
	}
	return wait_ms < WAIT_MS_MAX ? (int)wait_ms : WAIT_MS_MAX;
}

static void collect_fds(struct loop *loop)
{
	loop->wait_count = 0;
	for (struct loop_fd *fd = loop->fds; fd; fd = fd->next) {
		short events = 0;

		/* curl has constants of its own, equal to poll's or not. */
		if (fd->events & POLLIN)
			events |= CURL_WAIT_POLLIN;
		if (fd->events & POLLOUT)
			events |= CURL_WAIT_POLLOUT;
		loop->waiting[loop->wait_count] = fd;
		loop->waits[loop->wait_count++] = (struct curl_waitfd){.fd = fd->fd, .events = events};
	}
}

static void ready_fd(struct loop *loop, size_t i)
{
	short revents = 0;

	if (!loop->waiting[i] || !loop->waits[i].revents)
		return;
	if (loop->waits[i].revents & CURL_WAIT_POLLIN)
		revents |= POLLIN;
	if (loop->waits[i].revents & CURL_WAIT_POLLOUT)
		revents |= POLLOUT;
	loop->waits[i].revents = 0;
	loop->waiting[i]->ready(loop->waiting[i]->owner, revents);
}

static void run_fds(struct loop *loop)
{
	for (size_t i = 0; i < loop->wait_count; i++)
		if (loop->waiting[i] == &loop->signal_fd)
			ready_fd(loop, i);
	for (size_t i = 0; i < loop->wait_count; i++)
		ready_fd(loop, i);
	loop->wait_count = 0;
}

static bool run_transfers(struct loop *loop, struct err *err)
{
	CURLMcode code;
	CURLMsg *msg;
	int count;

	code = curl_multi_perform(loop->multi, &count);
	if (code)
		return err_set(err, ERR_NET, "libcurl: %s", curl_multi_strerror(code));
	while ((msg = curl_multi_info_read(loop->multi, &count))) {
		struct transfer *transfer = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
		assert(transfer);
		transfer->finished(transfer->owner, (int)msg->data.result);
	}
	return true;
}

static void run_timers(struct loop *loop)
{
	/* A timer that sets itself to a time that has come waits for the next turn when this count is used up. */
	for (size_t left = loop->timer_count; left && loop->timer_count && loop->timers[1]->at_ms <= loop->now_ms; left--) {
		struct loop_timer *timer = loop->timers[1];

		loop_cancel_timer(loop, timer);
		timer->fire(timer->owner, loop->now_ms);
	}
}

static bool run_hooks(struct loop *loop)
{
	bool did_something = false;

	loop->next_hook = loop->hooks;
	while (loop->next_hook) {
		struct loop_hook *hook = loop->next_hook;

		loop->next_hook = hook->next;
		did_something |= hook->run(hook->owner, loop->now_ms);
	}
	return did_something;
}

bool loop_turn(struct loop *loop, int wait_ms_max, struct err *err)
{
	CURLMcode code;
	bool ok;

	assert(!loop->turning);
	loop->turning = true;
	collect_fds(loop);
	code = curl_multi_poll(loop->multi, loop->waits, (unsigned)loop->wait_count, wait_time_ms(loop, wait_ms_max), NULL);
	loop->now_ms = clock_mono_ms();
	loop->again = false;
	ok = code == CURLM_OK || err_set(err, ERR_IO, "waiting for events: %s", curl_multi_strerror(code));
	if (ok) {
		run_fds(loop);
		ok = run_transfers(loop, err);
	}
	if (ok) {
		run_timers(loop);
		loop->again = true;
		for (int round = 0; loop->again && round < LOOP_HOOK_ROUNDS_MAX; round++)
			loop->again = run_hooks(loop);
	}
	loop->turning = false;
	return ok;
}

bool loop_run(struct loop *loop, struct err *err)
{
	while (!loop->stopped)
		if (!loop_turn(loop, -1, err))
			return false;
	loop->stopped = false;
	return true;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
