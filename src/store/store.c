#include "store/store.h"

#include <assert.h>

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

bool store_changes_add(struct store_changes *changes, enum store_write_kind kind, const struct store_row *row)
{
	if (changes->count >= STORE_WRITES_MAX)
		return false;
	changes->writes[changes->count++] = (struct store_write){kind, *row};
	return true;
}
