#include "discord/shards.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"

bool gateway_shards_parse(struct str text, struct gateway_shards *shards, struct err *err)
{
	struct str range, first_text, last_text, total_text;
	uint64_t first = 0, last, total;
	bool ok;

	if (str_eqc(text, "auto")) {
		*shards = (struct gateway_shards){0};
		return true;
	}
	if (str_cut(text, '/', &range, &total_text)) {
		ok = str_to_u64(total_text, 1, SHARDS_TOTAL_MAX, &total) && str_cut(range, '-', &first_text, &last_text) &&
		     str_to_u64(first_text, 0, total - 1, &first) && str_to_u64(last_text, first, total - 1, &last);
	} else {
		ok = str_to_u64(text, 1, SHARDS_TOTAL_MAX, &total);
		last = ok ? total - 1 : 0;
	}
	if (!ok)
		return err_set(err, ERR_CONFIG,
			       "HOMU_SHARDS is \"%.*s\": it has to be auto, a number from 1, or first-last/N with first and last "
			       "below N, such as 0-3/8",
			       STR_ARG(text));
	if (last - first >= SHARDS_MAX)
		return err_set(err, ERR_CONFIG,
			       "HOMU_SHARDS is \"%.*s\": one process holds at most %d shards; give each its part as first-last/N, "
			       "such as 0-%d/%llu",
			       STR_ARG(text), SHARDS_MAX, SHARDS_MAX - 1, (unsigned long long)total);
	*shards = (struct gateway_shards){.first = (unsigned)first, .last = (unsigned)last, .count = (unsigned)total};
	return true;
}

bool shards_init(struct shards *shards, const struct gateway_shards *which, const struct secret *token,
		 struct rng *rng, struct err *err)
{
	unsigned count = which->last - which->first + 1;

	assert(!shards->list && which->first <= which->last && which->last < which->count && count <= SHARDS_MAX);
	shards->list = calloc(count, sizeof(*shards->list));
	if (!shards->list)
		return err_set(err, ERR_MEMORY, "no memory for %u shards", count);
	shards->first = which->first;
	shards->count = count;
	shards->total = which->count;
	for (unsigned i = 0; i < count; i++) {
		session_init(&shards->list[i].session, which->first + i, which->count, token, rng);
		shards->list[i].not_before_ms = INT64_MIN;
	}
	return true;
}

void shards_release(struct shards *shards)
{
	for (unsigned i = 0; i < shards->count; i++)
		session_release(&shards->list[i].session);
	free(shards->list);
	*shards = (struct shards){0};
}

unsigned shards_identifies_needed(const struct shards *shards)
{
	unsigned needed = 0;

	for (unsigned i = 0; i < shards->count; i++) {
		const struct shard *shard = &shards->list[i];

		needed += shard->identifying ||
			  (shard->session.step == SESSION_OFFLINE && !session_will_resume(&shard->session));
	}
	return needed;
}

bool shards_bucket_is_busy(const struct shards *shards, const struct budget *budget, const struct shard *shard)
{
	unsigned bucket = budget_bucket(budget, shard->session.shard);

	for (unsigned i = 0; i < shards->count; i++)
		if (shards->list[i].identifying && budget_bucket(budget, shards->list[i].session.shard) == bucket)
			return true;
	return false;
}

bool shards_all_seen(const struct shards *shards)
{
	for (unsigned i = 0; i < shards->count; i++)
		if (!shards->list[i].seen_online)
			return false;
	return shards->count > 0;
}

bool shards_any_online(const struct shards *shards)
{
	for (unsigned i = 0; i < shards->count; i++)
		if (shards->list[i].session.step == SESSION_ONLINE)
			return true;
	return false;
}

uint64_t shards_events(const struct shards *shards)
{
	uint64_t events = 0;

	for (unsigned i = 0; i < shards->count; i++)
		events += shards->list[i].session.events;
	return events;
}

void shards_write(const struct shards *shards, bool unseen, struct json_writer *writer)
{
	json_member_u64(writer, "first", shards->first);
	json_member_u64(writer, "total", shards->total);
	json_keyc(writer, "sessions");
	json_begin_array(writer);
	for (unsigned i = 0; i < shards->count; i++)
		if (unseen || shards->list[i].seen_online)
			session_write(&shards->list[i].session, writer);
		else
			json_put_null(writer);
	json_end_array(writer);
}

/* Which shards a stored state is of; false if it is none. */
static bool stored_shards(struct json state, struct gateway_shards *stored)
{
	struct json sessions = json_get(state, "sessions");
	size_t count = json_count(sessions);
	uint64_t first, total;

	if (json_type(sessions) != JSON_ARRAY || count == 0 || count > SHARDS_MAX ||
	    !json_u64(json_get(state, "total"), count, SHARDS_TOTAL_MAX, &total) ||
	    !json_u64(json_get(state, "first"), 0, total - count, &first))
		return false;
	*stored = (struct gateway_shards){
		.first = (unsigned)first, .last = (unsigned)(first + count - 1), .count = (unsigned)total};
	return true;
}

/* Whether there is a session for each shard of the bot. */
static bool is_complete(struct json state, const struct gateway_shards *stored)
{
	struct json_iter iter = json_iterate(json_get(state, "sessions"));
	struct json key, value;

	while (json_next(&iter, &key, &value))
		if (json_is_null(value))
			return false;
	return stored->first == 0 && stored->last == stored->count - 1;
}

bool shards_read(struct shards *shards, const struct gateway_shards *wanted, const struct secret *token,
		 struct rng *rng, struct json state, struct arena *arena)
{
	struct json_iter iter = json_iterate(json_get(state, "sessions"));
	struct gateway_shards stored;
	struct json key, value;
	unsigned taken = 0;

	if (!stored_shards(state, &stored))
		return false;
	if (wanted->count ? wanted->first != stored.first || wanted->last != stored.last || wanted->count != stored.count :
			    !is_complete(state, &stored))
		return false;
	if (!shards->list && !shards_init(shards, &stored, token, rng, NULL))
		return false;
	for (unsigned i = 0; json_next(&iter, &key, &value); i++)
		taken += session_read(&shards->list[i].session, value, arena);
	return taken > 0;
}
