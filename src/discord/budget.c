#include "discord/budget.h"

#include <string.h>

/* What Discord gives every bot; stands in until it has told. */
enum { TOTAL_USUAL = 1000, COUNT_MAX = 1000000000 };

void budget_init(struct budget *budget)
{
	*budget = (struct budget){
		.total = TOTAL_USUAL,
		.remaining = TOTAL_USUAL,
		.max_concurrency = 1,
		.ask_ms = IDENTIFY_ASK_MS,
	};
}

static int64_t number_or(struct json value, int64_t min, int64_t max, int64_t otherwise)
{
	json_i64(value, min, max, &otherwise);
	return otherwise;
}

void budget_update(struct budget *budget, struct json limit, int64_t now_unix_ms)
{
	int64_t reset_after_ms = 0;
	int64_t remaining = budget->remaining;
	int64_t max_concurrency = number_or(json_get(limit, "max_concurrency"), 1, COUNT_MAX, 1);
	bool told = json_i64(json_get(limit, "remaining"), INT64_MIN, COUNT_MAX, &remaining);
	bool same;

	if (remaining < 0)
		remaining = 0;
	json_i64(json_get(limit, "reset_after"), 0, IDENTIFY_RESET_MS_MAX, &reset_after_ms);
	/* What Discord tells may lag behind what we have just used of the same budget. */
	same = budget->known && now_unix_ms < budget->reset_unix_ms &&
	       now_unix_ms + reset_after_ms <= budget->reset_unix_ms + IDENTIFY_RESET_SAME_MS;
	if (told && (!same || remaining < budget->remaining))
		budget->remaining = remaining;
	if (told || !same)
		budget->reset_unix_ms = now_unix_ms + reset_after_ms;
	budget->total = number_or(json_get(limit, "total"), 1, COUNT_MAX, budget->total);
	budget->max_concurrency = max_concurrency < IDENTIFY_BUCKETS_MAX ? (unsigned)max_concurrency :
									   IDENTIFY_BUCKETS_MAX;
	budget->known = budget->current = true;
	budget->told_unix_ms = now_unix_ms;
}

unsigned budget_bucket(const struct budget *budget, unsigned shard)
{
	return shard % budget->max_concurrency;
}

enum budget_verdict budget_ask(struct budget *budget, unsigned shard, unsigned needed, int64_t now_unix_ms,
			       int64_t *at_unix_ms)
{
	int64_t *last = &budget->identified_unix_ms[budget_bucket(budget, shard)];

	if (!budget->current)
		return BUDGET_FETCH;
	if (needed > budget->total)
		needed = (unsigned)budget->total;
	if (budget->remaining < needed) {
		*at_unix_ms = budget->told_unix_ms + budget->ask_ms;
		if (*at_unix_ms < budget->reset_unix_ms)
			*at_unix_ms = budget->reset_unix_ms;
		if (now_unix_ms < *at_unix_ms)
			return BUDGET_WAIT;
		budget->ask_ms = budget->ask_ms < IDENTIFY_ASK_MS_MAX / 2 ? budget->ask_ms * 2 : IDENTIFY_ASK_MS_MAX;
		budget->current = false;
		return BUDGET_FETCH;
	}
	budget->ask_ms = IDENTIFY_ASK_MS;
	if (*last > now_unix_ms) /* the clock was set back */
		*last = now_unix_ms;
	*at_unix_ms = *last + IDENTIFY_WINDOW_MS;
	return now_unix_ms < *at_unix_ms ? BUDGET_PACE : BUDGET_GO;
}

void budget_spend(struct budget *budget, unsigned shard, int64_t now_unix_ms)
{
	if (budget->remaining > 0)
		budget->remaining--;
	budget->identified_unix_ms[budget_bucket(budget, shard)] = now_unix_ms;
}

void budget_write(const struct budget *budget, struct json_writer *writer)
{
	json_begin_object(writer);
	json_member_i64(writer, "total", budget->total);
	json_member_i64(writer, "remaining", budget->remaining);
	json_member_i64(writer, "reset", budget->reset_unix_ms);
	json_member_u64(writer, "max_concurrency", budget->max_concurrency);
	json_keyc(writer, "identified");
	json_begin_array(writer);
	for (unsigned i = 0; i < budget->max_concurrency; i++)
		json_put_i64(writer, budget->identified_unix_ms[i]);
	json_end_array(writer);
	json_end_object(writer);
}

void budget_read(struct budget *budget, struct json value)
{
	struct json times = json_get(value, "identified");
	struct budget read;
	int64_t max_concurrency;

	budget_init(&read);
	if (!json_i64(json_get(value, "total"), 1, COUNT_MAX, &read.total) ||
	    !json_i64(json_get(value, "remaining"), 0, COUNT_MAX, &read.remaining) ||
	    !json_i64(json_get(value, "reset"), 0, INT64_MAX / 2, &read.reset_unix_ms) ||
	    !json_i64(json_get(value, "max_concurrency"), 1, IDENTIFY_BUCKETS_MAX, &max_concurrency))
		return;
	read.max_concurrency = (unsigned)max_concurrency;
	for (unsigned i = 0; i < read.max_concurrency; i++)
		read.identified_unix_ms[i] = number_or(json_at(times, i), 0, INT64_MAX / 2, 0);
	read.known = true;
	*budget = read;
}
