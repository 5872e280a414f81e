#include "discord/budget.h"

#include "test.h"

#define NOW 1800000000000

static void told(struct budget *budget, const char *limit, int64_t now_unix_ms)
{
	struct arena arena;
	struct json value;

	arena_init(&arena, 65536);
	if (CHECK(json_parse(&arena, str_from(limit), &value, NULL)))
		budget_update(budget, value, now_unix_ms);
	arena_release(&arena);
}

TEST(nothing_is_begun_before_discord_has_told_the_budget)
{
	struct budget budget;
	int64_t at;

	budget_init(&budget);
	CHECK_EQ_INT(budget_ask(&budget, 0, 1, NOW, &at), BUDGET_FETCH);
	told(&budget, "{\"total\":1000,\"remaining\":999,\"reset_after\":14400000,\"max_concurrency\":1}", NOW);
	CHECK_EQ_INT(budget_ask(&budget, 0, 1, NOW, &at), BUDGET_GO);
}

TEST(one_identify_in_five_seconds_for_each_bucket)
{
	struct budget budget;
	int64_t at;

	budget_init(&budget);
	told(&budget, "{\"total\":1000,\"remaining\":999,\"reset_after\":14400000,\"max_concurrency\":2}", NOW);
	budget_spend(&budget, 0, NOW);
	CHECK_EQ_INT(budget_ask(&budget, 1, 1, NOW, &at), BUDGET_GO);
	budget_spend(&budget, 1, NOW + 10);
	CHECK_EQ_INT(budget_ask(&budget, 2, 1, NOW + 5000, &at), BUDGET_PACE);
	CHECK_EQ_INT(at, NOW + IDENTIFY_WINDOW_MS);
	CHECK_EQ_INT(budget_ask(&budget, 2, 1, at - 1, &at), BUDGET_PACE);
	CHECK_EQ_INT(budget_ask(&budget, 2, 1, at, &at), BUDGET_GO);
	CHECK_EQ_INT(budget_ask(&budget, 3, 1, at, &at), BUDGET_PACE);
	CHECK_EQ_UINT(budget_bucket(&budget, 7), 1);
}

TEST(too_little_left_waits_until_the_reset_and_then_asks_again)
{
	struct budget budget;
	int64_t at;

	budget_init(&budget);
	told(&budget, "{\"total\":1000,\"remaining\":3,\"reset_after\":7200000,\"max_concurrency\":1}", NOW);
	CHECK_EQ_INT(budget_ask(&budget, 0, 4, NOW, &at), BUDGET_WAIT);
	CHECK_EQ_INT(at, NOW + 7200000);
	CHECK_EQ_INT(budget_ask(&budget, 0, 4, at - 1, &at), BUDGET_WAIT);
	CHECK_EQ_INT(budget_ask(&budget, 0, 4, at, &at), BUDGET_FETCH);
	told(&budget, "{\"total\":1000,\"remaining\":1000,\"reset_after\":86400000,\"max_concurrency\":1}", NOW + 7200000);
	CHECK_EQ_INT(budget_ask(&budget, 0, 4, NOW + 7200000, &at), BUDGET_GO);
}

TEST(what_was_used_counts_without_asking)
{
	struct budget budget;
	int64_t at;

	budget_init(&budget);
	told(&budget, "{\"total\":1000,\"remaining\":2,\"reset_after\":7200000,\"max_concurrency\":16}", NOW);
	budget_spend(&budget, 0, NOW);
	CHECK_EQ_INT(budget_ask(&budget, 1, 1, NOW, &at), BUDGET_GO);
	budget_spend(&budget, 1, NOW);
	CHECK_EQ_INT(budget_ask(&budget, 2, 1, NOW, &at), BUDGET_WAIT);
	budget_spend(&budget, 2, NOW);
	CHECK_EQ_INT(budget.remaining, 0);
}

TEST(without_a_time_discord_is_asked_ever_more_seldom)
{
	struct budget budget;
	int64_t at, now = NOW, total = 0;

	budget_init(&budget);
	for (unsigned i = 0; i < 10; i++) {
		told(&budget, "{\"total\":1000,\"remaining\":0,\"reset_after\":0,\"max_concurrency\":1}", now);
		CHECK_EQ_INT(budget_ask(&budget, 0, 1, now, &at), BUDGET_WAIT);
		CHECK(at - now >= IDENTIFY_ASK_MS && at - now <= IDENTIFY_ASK_MS_MAX);
		total += at - now;
		now = at;
		CHECK_EQ_INT(budget_ask(&budget, 0, 1, now, &at), BUDGET_FETCH);
	}
	CHECK(total >= 4 * IDENTIFY_ASK_MS_MAX);
}

TEST(numbers_that_make_no_sense_are_not_believed)
{
	static const char *const limits[] = {
		"null", "{}", "[]",
		"{\"total\":\"x\",\"remaining\":\"1\",\"reset_after\":-5,\"max_concurrency\":0}",
		"{\"total\":0,\"remaining\":1.5,\"reset_after\":1e99,\"max_concurrency\":-1}",
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct budget budget;
		int64_t at;

		budget_init(&budget);
		told(&budget, limits[i], NOW);
		CHECK_EQ_UINT(budget.max_concurrency, 1);
		CHECK_EQ_INT(budget_ask(&budget, 0, 1, NOW, &at), BUDGET_GO);
	}
}

TEST(negative_remaining_is_none)
{
	struct budget budget;
	int64_t at;

	budget_init(&budget);
	told(&budget, "{\"total\":1000,\"remaining\":-4,\"reset_after\":60000,\"max_concurrency\":1}", NOW);
	CHECK_EQ_INT(budget_ask(&budget, 0, 1, NOW, &at), BUDGET_WAIT);
}

TEST(more_shards_than_the_whole_budget_are_begun_with_all_of_it)
{
	struct budget budget;
	int64_t at;

	budget_init(&budget);
	told(&budget, "{\"total\":2,\"remaining\":2,\"reset_after\":60000,\"max_concurrency\":1}", NOW);
	CHECK_EQ_INT(budget_ask(&budget, 0, 5, NOW, &at), BUDGET_GO);
}

static void copy_by_json(const struct budget *from, struct budget *to)
{
	char memory[8192];
	struct json_writer writer;
	struct arena arena;
	struct json value;
	struct buf out;

	buf_wrap(&out, memory, sizeof(memory));
	json_writer_init(&writer, &out);
	budget_write(from, &writer);
	CHECK(json_writer_done(&writer));
	arena_init(&arena, 1u << 20);
	budget_init(to);
	if (CHECK(json_parse(&arena, buf_str(&out), &value, NULL)))
		budget_read(to, value);
	arena_release(&arena);
}

TEST(a_restart_remembers_what_was_used_and_when)
{
	struct budget before, after;
	int64_t at;

	budget_init(&before);
	told(&before, "{\"total\":1000,\"remaining\":1,\"reset_after\":7200000,\"max_concurrency\":2}", NOW);
	budget_spend(&before, 0, NOW);
	copy_by_json(&before, &after);
	CHECK_EQ_INT(budget_ask(&after, 0, 1, NOW + 1000, &at), BUDGET_FETCH);
	/* Discord's count lags: what we have used of the same budget stays used. */
	told(&after, "{\"total\":1000,\"remaining\":1,\"reset_after\":7199000,\"max_concurrency\":2}", NOW + 1000);
	CHECK_EQ_INT(budget_ask(&after, 0, 1, NOW + 1000, &at), BUDGET_WAIT);
	CHECK_EQ_INT(at, NOW + 7200000);
	/* A later reset is another budget. */
	copy_by_json(&before, &after);
	told(&after, "{\"total\":1000,\"remaining\":1000,\"reset_after\":86400000,\"max_concurrency\":2}", NOW + 1000);
	CHECK_EQ_INT(budget_ask(&after, 0, 1, NOW + 1000, &at), BUDGET_PACE);
	CHECK_EQ_INT(at, NOW + IDENTIFY_WINDOW_MS);
	CHECK_EQ_INT(budget_ask(&after, 1, 1, NOW + 1000, &at), BUDGET_GO);
}

TEST(a_clock_that_was_set_back_does_not_hold_up_for_long)
{
	struct budget budget;
	int64_t at;

	budget_init(&budget);
	told(&budget, "{\"total\":1000,\"remaining\":9,\"reset_after\":0,\"max_concurrency\":1}", NOW);
	budget_spend(&budget, 0, NOW);
	CHECK_EQ_INT(budget_ask(&budget, 0, 1, NOW - 86400000, &at), BUDGET_PACE);
	CHECK_EQ_INT(at, NOW - 86400000 + IDENTIFY_WINDOW_MS);
}

TEST(a_stored_budget_that_does_not_fit_is_ignored)
{
	static const char *const stored[] = {
		"null", "{}", "{\"total\":1000,\"remaining\":-1,\"reset\":0,\"max_concurrency\":1,\"identified\":[]}",
		"{\"total\":1000,\"remaining\":0,\"reset\":0,\"max_concurrency\":1000,\"identified\":[]}",
	};

	for (size_t i = 0; i < sizeof(stored) / sizeof(stored[0]); i++) {
		struct budget budget;
		struct arena arena;
		struct json value;

		arena_init(&arena, 65536);
		budget_init(&budget);
		if (CHECK(json_parse(&arena, str_from(stored[i]), &value, NULL)))
			budget_read(&budget, value);
		CHECK(!budget.known);
		CHECK_EQ_INT(budget.remaining, 1000);
		arena_release(&arena);
	}
}
