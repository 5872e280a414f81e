#include "net/loop.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "test.h"

static char trace[256];

static void note(const char *word)
{
	strncat(trace, word, sizeof(trace) - strlen(trace) - 1);
}

static struct loop *open_loop(void)
{
	trace[0] = '\0';
	return loop_create(NULL);
}

struct named {
	struct loop_timer timer;
	const char *name;
	struct loop *loop;
	struct named *other;
};

static void fire(void *owner, int64_t now_ms)
{
	struct named *named = owner;

	(void)now_ms;
	note(named->name);
}

TEST(timers_fire_in_order_of_time)
{
	struct loop *loop = open_loop();
	struct named timers[5];
	static const int64_t before_ms[] = {10, 50, 30, 40, 20};
	static const char *const names[] = {"e", "a", "c", "b", "d"};

	for (size_t i = 0; i < 5; i++) {
		timers[i] = (struct named){.timer = {.fire = fire, .owner = &timers[i]}, .name = names[i]};
		loop_set_timer(loop, &timers[i].timer, loop_now_ms(loop) - before_ms[i]);
	}
	CHECK(loop_turn(loop, 0, NULL));
	CHECK_EQ_STR(trace, "abcde");
	for (size_t i = 0; i < 5; i++)
		CHECK_EQ_UINT(timers[i].timer.slot, 0);
	loop_free(loop);
}

TEST(a_timer_moves_and_is_cancelled)
{
	struct loop *loop = open_loop();
	struct named a = {.timer = {.fire = fire, .owner = &a}, .name = "a"};
	struct named b = {.timer = {.fire = fire, .owner = &b}, .name = "b"};
	struct named c = {.timer = {.fire = fire, .owner = &c}, .name = "c"};
	int64_t now_ms = loop_now_ms(loop);

	loop_set_timer(loop, &a.timer, now_ms - 3);
	loop_set_timer(loop, &b.timer, now_ms - 2);
	loop_set_timer(loop, &c.timer, now_ms - 1);
	loop_set_timer(loop, &a.timer, now_ms + 3600000);
	loop_cancel_timer(loop, &b.timer);
	loop_cancel_timer(loop, &b.timer);
	CHECK(loop_turn(loop, 0, NULL));
	CHECK_EQ_STR(trace, "c");
	CHECK(a.timer.slot != 0);
	loop_free(loop);
}

/* A heap is right if what comes out is sorted, whatever goes in and out meanwhile. */
TEST(many_timers_keep_their_order)
{
	static struct named timers[1000];
	struct loop *loop = open_loop();
	int64_t now_ms = loop_now_ms(loop);
	uint32_t state = 1;
	int64_t last = INT64_MIN;

	for (size_t round = 0; round < 20000; round++) {
		struct named *named;

		state = state * 1664525u + 1013904223u;
		named = &timers[(state >> 8) % 1000];
		named->timer.fire = fire;
		named->timer.owner = named;
		named->name = "";
		if (state >> 31)
			loop_set_timer(loop, &named->timer, now_ms - (int64_t)((state >> 4) % 100000));
		else
			loop_cancel_timer(loop, &named->timer);
	}
	for (;;) {
		struct named *first = NULL;

		for (size_t i = 0; i < 1000; i++)
			if (timers[i].timer.slot == 1)
				first = &timers[i];
		if (!first)
			break;
		if (!CHECK(first->timer.at_ms >= last))
			break;
		last = first->timer.at_ms;
		loop_cancel_timer(loop, &first->timer);
	}
	loop_free(loop);
}

static void fire_again(void *owner, int64_t now_ms)
{
	struct named *named = owner;

	note(named->name);
	loop_set_timer(named->loop, &named->timer, now_ms);
}

TEST(a_timer_that_sets_itself_to_now_does_not_hold_the_turn)
{
	struct loop *loop = open_loop();
	struct named a = {.timer = {.fire = fire_again, .owner = &a}, .name = "a", .loop = loop};

	loop_set_timer(loop, &a.timer, loop_now_ms(loop));
	CHECK(loop_turn(loop, -1, NULL));
	CHECK_EQ_STR(trace, "a");
	CHECK(loop_turn(loop, -1, NULL));
	CHECK_EQ_STR(trace, "aa");
	loop_free(loop);
}

static void fire_cancelling(void *owner, int64_t now_ms)
{
	struct named *named = owner;

	(void)now_ms;
	note(named->name);
	loop_cancel_timer(named->loop, &named->other->timer);
	free(named->other);
}

TEST(a_timer_may_cancel_and_free_another)
{
	struct loop *loop = open_loop();
	struct named *other = calloc(1, sizeof(*other));
	struct named a = {.timer = {.fire = fire_cancelling, .owner = &a}, .name = "a", .loop = loop, .other = other};

	*other = (struct named){.timer = {.fire = fire, .owner = other}, .name = "b"};
	loop_set_timer(loop, &a.timer, loop_now_ms(loop) - 2);
	loop_set_timer(loop, &other->timer, loop_now_ms(loop) - 1);
	CHECK(loop_turn(loop, 0, NULL));
	CHECK_EQ_STR(trace, "a");
	loop_free(loop);
}

struct pipe_end {
	struct loop_fd fd;
	struct loop *loop;
	const char *name;
	struct pipe_end *remove;
};

static void ready(void *owner, short revents)
{
	struct pipe_end *end = owner;

	if (revents & POLLIN)
		note(end->name);
	if (end->remove) {
		loop_remove_fd(end->loop, &end->remove->fd);
		free(end->remove);
		end->remove = NULL;
	}
}

TEST(a_descriptor_that_is_ready_is_told_until_it_is_removed)
{
	struct loop *loop = open_loop();
	struct pipe_end end = {.loop = loop, .name = "r"};
	int pipes[2];

	REQUIRE(pipe(pipes) == 0);
	end.fd = (struct loop_fd){.fd = pipes[0], .events = POLLIN, .ready = ready, .owner = &end};
	loop_add_fd(loop, &end.fd);
	CHECK(loop_turn(loop, 0, NULL));
	CHECK_EQ_STR(trace, "");
	REQUIRE(write(pipes[1], "x", 1) == 1);
	CHECK(loop_turn(loop, -1, NULL));
	CHECK(loop_turn(loop, -1, NULL));
	CHECK_EQ_STR(trace, "rr");
	loop_remove_fd(loop, &end.fd);
	loop_remove_fd(loop, &end.fd);
	CHECK(loop_turn(loop, 0, NULL));
	CHECK_EQ_STR(trace, "rr");
	loop_free(loop);
	close(pipes[0]);
	close(pipes[1]);
}

TEST(a_descriptor_may_remove_and_free_another_that_is_ready_too)
{
	struct loop *loop = open_loop();
	struct pipe_end *ends[2];
	int pipes[2][2];

	for (int i = 0; i < 2; i++) {
		REQUIRE(pipe(pipes[i]) == 0 && write(pipes[i][1], "x", 1) == 1);
		ends[i] = calloc(1, sizeof(*ends[i]));
		ends[i]->loop = loop;
		ends[i]->name = "r";
		ends[i]->fd = (struct loop_fd){.fd = pipes[i][0], .events = POLLIN, .ready = ready, .owner = ends[i]};
		loop_add_fd(loop, &ends[i]->fd);
	}
	/* The one added last comes first; either way only one is left. */
	ends[1]->remove = ends[0];
	CHECK(loop_turn(loop, -1, NULL));
	CHECK_EQ_STR(trace, "r");
	loop_remove_fd(loop, &ends[1]->fd);
	free(ends[1]);
	for (int i = 0; i < 2; i++) {
		close(pipes[i][0]);
		close(pipes[i][1]);
	}
	loop_free(loop);
}

struct counting_hook {
	struct loop_hook hook;
	struct loop *loop;
	const char *name;
	int left; /* rounds in which it does something */
	struct counting_hook *remove;
};

static bool run_hook(void *owner, int64_t now_ms)
{
	struct counting_hook *hook = owner;

	(void)now_ms;
	note(hook->name);
	if (hook->remove) {
		loop_remove_hook(hook->loop, &hook->remove->hook);
		free(hook->remove);
		hook->remove = NULL;
	}
	return hook->left-- > 0;
}

TEST(hooks_run_again_while_one_did_something)
{
	struct loop *loop = open_loop();
	struct counting_hook a = {.hook = {.run = run_hook, .owner = &a}, .name = "a"};
	struct counting_hook b = {.hook = {.run = run_hook, .owner = &b}, .name = "b", .left = 2};

	loop_add_hook(loop, &a.hook);
	loop_add_hook(loop, &b.hook);
	CHECK(loop_turn(loop, 0, NULL));
	CHECK_EQ_STR(trace, "ababab");
	loop_free(loop);
}

TEST(a_hook_that_never_rests_is_continued_in_the_next_turn_at_once)
{
	struct loop *loop = open_loop();
	struct counting_hook a = {.hook = {.run = run_hook, .owner = &a}, .name = "a", .left = LOOP_HOOK_ROUNDS_MAX};

	loop_add_hook(loop, &a.hook);
	CHECK(loop_turn(loop, 0, NULL));
	CHECK_EQ_UINT(strlen(trace), LOOP_HOOK_ROUNDS_MAX);
	CHECK(loop_turn(loop, -1, NULL));
	CHECK_EQ_UINT(strlen(trace), LOOP_HOOK_ROUNDS_MAX + 1);
	loop_free(loop);
}

TEST(a_hook_may_remove_and_free_the_next_one)
{
	struct loop *loop = open_loop();
	struct counting_hook *b = calloc(1, sizeof(*b));
	struct counting_hook a = {.hook = {.run = run_hook, .owner = &a}, .name = "a", .loop = loop, .remove = b};
	struct counting_hook c = {.hook = {.run = run_hook, .owner = &c}, .name = "c"};

	*b = (struct counting_hook){.hook = {.run = run_hook, .owner = b}, .name = "b"};
	loop_add_hook(loop, &a.hook);
	loop_add_hook(loop, &b->hook);
	loop_add_hook(loop, &c.hook);
	CHECK(loop_turn(loop, 0, NULL));
	CHECK_EQ_STR(trace, "ac");
	loop_free(loop);
}

static void caught(void *owner, int signal)
{
	struct loop *loop = owner;

	note(signal == SIGTERM ? "T" : signal == SIGHUP ? "H" : "?");
	loop_stop(loop);
}

TEST(a_signal_comes_within_a_turn_and_before_the_rest)
{
	struct loop *loop = open_loop();
	struct loop_signal handler = {.caught = caught, .owner = loop};
	struct named a = {.timer = {.fire = fire, .owner = &a}, .name = "a"};
	struct pipe_end end = {.loop = loop, .name = "r"};
	int pipes[2];

	REQUIRE(pipe(pipes) == 0 && write(pipes[1], "x", 1) == 1);
	REQUIRE(loop_catch_signals(loop, &handler, NULL));
	end.fd = (struct loop_fd){.fd = pipes[0], .events = POLLIN, .ready = ready, .owner = &end};
	loop_add_fd(loop, &end.fd);
	loop_set_timer(loop, &a.timer, loop_now_ms(loop));
	raise(SIGTERM);
	CHECK(loop_run(loop, NULL));
	CHECK_EQ_STR(trace, "Tra");
	loop_remove_fd(loop, &end.fd);
	CHECK(loop_catch_signals(loop, NULL, NULL));
	close(pipes[0]);
	close(pipes[1]);
	loop_free(loop);
}

TEST(a_broken_pipe_is_an_error_and_not_the_end)
{
	struct loop *loop = open_loop();
	struct loop_signal handler = {.caught = caught, .owner = loop};
	int pipes[2];

	REQUIRE(pipe(pipes) == 0 && loop_catch_signals(loop, &handler, NULL));
	close(pipes[0]);
	CHECK(write(pipes[1], "x", 1) < 0);
	close(pipes[1]);
	loop_free(loop);
}
