#include "store/store.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"

void store_submit(struct store *store, struct store_request *request)
{
	err_clear(&request->err);
	request->next = NULL;
	store->ops->submit(store, request);
}

bool store_turn(struct store *store, int64_t now_ms)
{
	return store->ops->turn(store, now_ms);
}

void store_free(struct store *store)
{
	if (store)
		store->ops->free(store);
}

const char *store_name(const struct store *store)
{
	return store->ops->name;
}

bool store_each(struct store *store, enum store_table table, store_visit *visit, void *owner, struct err *err)
{
	assert(table < STORE_TABLE_COUNT);
	return store->ops->each(store, table, visit, owner, err);
}

static void wait_done(struct store_request *request)
{
	*(bool *)request->owner = true;
}

bool store_wait(struct store *store, struct store_request *request)
{
	void (*done)(struct store_request *) = request->done;
	void *owner = request->owner;
	bool ended = false;

	request->done = wait_done;
	request->owner = &ended;
	store_submit(store, request);
	while (!ended)
		store_turn(store, clock_mono_ms());
	request->done = done;
	request->owner = owner;
	return request->err.code == ERR_NONE;
}

/* Twice the room, in the arena; what it had there before stays unused. */
static bool grow(struct store_changes *changes)
{
	size_t capacity = changes->capacity * 2 < STORE_WRITES_MAX ? changes->capacity * 2 : STORE_WRITES_MAX;
	struct store_write *writes = changes->arena ? arena_array(changes->arena, capacity, sizeof(*writes)) : NULL;

	if (!writes)
		return false;
	memcpy(writes, changes->writes, changes->count * sizeof(*writes));
	changes->writes = writes;
	changes->capacity = capacity;
	return true;
}

bool store_changes_add(struct store_changes *changes, enum store_write_kind kind, const struct store_row *row)
{
	if (changes->capacity == 0) {
		changes->writes = changes->own;
		changes->capacity = STORE_WRITES_OWN;
	}
	if (changes->count >= STORE_WRITES_MAX || (changes->count == changes->capacity && !grow(changes)))
		return false;
	changes->writes[changes->count++] = (struct store_write){kind, *row};
	return true;
}

bool store_check_standing(const struct store_row *row, struct err *err)
{
	if (row->board.len == 0)
		return true;
	if (row->table != STORE_USERS)
		return err_set(err, ERR_INPUT, "only a row of users stands on a leaderboard");
	for (size_t i = 0; i < STORE_SCORES; i++)
		if (row->scores[i] < 0 || row->scores[i] > GACHA_INTEGER_MAX)
			return err_set(err, ERR_INPUT, "a score is below 0 or above %lld", (long long)GACHA_INTEGER_MAX);
	return true;
}

bool store_check_top(const struct store_request *request, struct err *err)
{
	if (request->top_board.len > 0 && request->top_score < STORE_SCORES)
		return true;
	return err_set(err, ERR_INPUT, "a leaderboard has a name, and scores 0 to %d", STORE_SCORES - 1);
}
