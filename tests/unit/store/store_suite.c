#include "store_suite.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "test.h"

enum { NOW_S = SUITE_NOW_S, ARENA_BYTES = 1 << 20 };

static void count_done(struct store_request *request)
{
	++*(unsigned *)request->owner;
}

struct store_row suite_row(enum store_table table, const char *key, int64_t sort, uint64_t version, const char *doc)
{
	return (struct store_row){.table = table, .key = str_from(key), .sort = sort, .version = version, .doc = str_from(doc),
				  .board = STR_EMPTY};
}

enum err_code suite_commit_at(struct store *store, const struct store_changes *changes, int64_t now_s, char *found, size_t found_size)
{
	struct arena arena;
	struct store_request request = {.kind = STORE_COMMIT, .now_s = now_s, .changes = changes, .arena = &arena};

	arena_init(&arena, ARENA_BYTES);
	store_wait(store, &request);
	if (found)
		CHECK(str_to_cstr(request.found, found, found_size));
	arena_release(&arena);
	return request.err.code;
}

enum err_code suite_commit(struct store *store, const char *once, enum store_write_kind kind, struct store_row row)
{
	struct store_changes changes = {.once = str_from(once), .answer = STR("answer"), .answer_expires_at_s = NOW_S + 100};

	CHECK(store_changes_add(&changes, kind, &row));
	return suite_commit_at(store, &changes, NOW_S, NULL, 0);
}

uint64_t suite_load_at(struct store *store, enum store_table table, const char *key, int64_t sort, int64_t now_s, char *doc,
		       size_t doc_size)
{
	struct store_row row = suite_row(table, key, sort, 99, "stale");
	struct arena arena;
	struct store_request request = {.kind = STORE_LOAD, .now_s = now_s, .rows = &row, .row_count = 1, .arena = &arena};

	arena_init(&arena, ARENA_BYTES);
	CHECK(store_wait(store, &request));
	if (doc)
		snprintf(doc, doc_size, "%.*s", STR_ARG(row.doc));
	if (row.version == 0)
		CHECK_EQ_UINT(row.doc.len, 0);
	arena_release(&arena);
	return row.version;
}

uint64_t suite_load(struct store *store, enum store_table table, const char *key, int64_t sort, char *doc, size_t doc_size)
{
	return suite_load_at(store, table, key, sort, NOW_S, doc, doc_size);
}

static uint64_t version_of(struct store *store, enum store_table table, const char *key)
{
	return suite_load(store, table, key, 0, NULL, 0);
}

static enum err_code put(struct store *store, const char *key, uint64_t version, const char *doc)
{
	return suite_commit(store, NULL, STORE_PUT, suite_row(STORE_USERS, key, 0, version, doc));
}

void suite_a_row_that_is_not_there_has_version_zero(struct store *store)
{
	CHECK_EQ_UINT(version_of(store, STORE_USERS, "nobody"), 0);
	CHECK_EQ_UINT(version_of(store, STORE_HISTORY, "nobody"), 0);
	CHECK_EQ_UINT(version_of(store, STORE_SETTINGS, "nobody"), 0);
}

void suite_a_row_is_loaded_as_it_was_put(struct store *store)
{
	static const char *const docs[] = {"{}", "{\"a\":\"'\\\"\\\\\"}", "{\"\xe6\x97\xa5\":\"\xf0\x9f\x92\x8e\"}", "{\"n\":9007199254740993}"};
	char doc[200];
	char *big = malloc(200001);

	for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
		char key[16];

		snprintf(key, sizeof(key), "k%zu", i);
		CHECK_EQ_INT(put(store, key, 0, docs[i]), ERR_NONE);
		CHECK_EQ_UINT(suite_load(store, STORE_USERS, key, 0, doc, sizeof(doc)), 1);
		CHECK_EQ_STR(doc, docs[i]);
	}
	memset(big, '1', 200000);
	big[200000] = '\0';
	CHECK_EQ_INT(put(store, "big", 0, big), ERR_NONE);
	CHECK_EQ_UINT(suite_load(store, STORE_USERS, "big", 0, big, 200001), 1);
	CHECK_EQ_UINT(strspn(big, "1"), 200000);
	free(big);
}

void suite_each_put_makes_the_version_one_more(struct store *store)
{
	char doc[32], text[32];

	for (uint64_t version = 0; version < 5; version++) {
		snprintf(text, sizeof(text), "{\"v\":%u}", (unsigned)version);
		CHECK_EQ_INT(put(store, "k", version, text), ERR_NONE);
		CHECK_EQ_UINT(suite_load(store, STORE_USERS, "k", 0, doc, sizeof(doc)), version + 1);
		CHECK_EQ_STR(doc, text);
	}
}

void suite_a_put_at_another_version_is_a_conflict(struct store *store)
{
	char doc[32];

	CHECK_EQ_INT(put(store, "k", 1, "{}"), ERR_CONFLICT);
	CHECK_EQ_INT(put(store, "k", 0, "{\"a\":1}"), ERR_NONE);
	CHECK_EQ_INT(put(store, "k", 0, "{}"), ERR_CONFLICT);
	CHECK_EQ_INT(put(store, "k", 2, "{}"), ERR_CONFLICT);
	CHECK_EQ_UINT(suite_load(store, STORE_USERS, "k", 0, doc, sizeof(doc)), 1);
	CHECK_EQ_STR(doc, "{\"a\":1}");
}

void suite_a_delete_removes_the_row_it_saw_and_no_other(struct store *store)
{
	struct store_row row = suite_row(STORE_USERS, "k", 0, 1, "");

	CHECK_EQ_INT(put(store, "k", 0, "{}"), ERR_NONE);
	CHECK_EQ_INT(put(store, "other", 0, "{}"), ERR_NONE);
	row.version = 2;
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_DELETE, row), ERR_CONFLICT);
	row.version = 0;
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_DELETE, row), ERR_CONFLICT);
	row.version = 1;
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_DELETE, row), ERR_NONE);
	CHECK_EQ_UINT(version_of(store, STORE_USERS, "k"), 0);
	CHECK_EQ_UINT(version_of(store, STORE_USERS, "other"), 1);
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_DELETE, row), ERR_CONFLICT);
	row.version = 0;
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_DELETE, row), ERR_NONE);
	CHECK_EQ_INT(put(store, "k", 0, "{}"), ERR_NONE);
}

void suite_a_check_writes_nothing_and_holds_the_version(struct store *store)
{
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_CHECK, suite_row(STORE_USERS, "k", 0, 0, "")), ERR_NONE);
	CHECK_EQ_INT(put(store, "k", 0, "{\"a\":1}"), ERR_NONE);
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_CHECK, suite_row(STORE_USERS, "k", 0, 1, "ignored")), ERR_NONE);
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_CHECK, suite_row(STORE_USERS, "k", 0, 0, "")), ERR_CONFLICT);
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_CHECK, suite_row(STORE_USERS, "k", 0, 2, "")), ERR_CONFLICT);
	CHECK_EQ_UINT(version_of(store, STORE_USERS, "k"), 1);
}

void suite_tables_keys_and_sort_numbers_are_told_apart(struct store *store)
{
	static const struct {
		enum store_table table;
		const char *key;
		int64_t sort;
	} rows[] = {
		{STORE_USERS, "k", 0}, {STORE_SETTINGS, "k", 0}, {STORE_HISTORY, "k", 0}, {STORE_HISTORY, "k", 1},
		{STORE_HISTORY, "k", INT64_MAX - 1}, {STORE_USERS, "K", 0}, {STORE_USERS, "k ", 0}, {STORE_USERS, "k%", 0},
		{STORE_USERS, "lease#1#2", 0}, {STORE_USERS, "\xe6\x97\xa5", 0}, {STORE_USERS, "0", 0}, {STORE_USERS, "00", 0},
	};
	char doc[16], want[16];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(want, sizeof(want), "%zu", i);
		CHECK_EQ_INT(suite_commit(store, NULL, STORE_PUT, suite_row(rows[i].table, rows[i].key, rows[i].sort, 0, want)), ERR_NONE);
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(want, sizeof(want), "%zu", i);
		CHECK_EQ_UINT(suite_load(store, rows[i].table, rows[i].key, rows[i].sort, doc, sizeof(doc)), 1);
		CHECK_EQ_STR(doc, want);
	}
}

void suite_a_change_set_is_all_or_nothing(struct store *store)
{
	struct store_row good = suite_row(STORE_USERS, "good", 0, 0, "{}");
	struct store_row appended = suite_row(STORE_HISTORY, "h", 5000, 0, "{}");
	struct store_row stale = suite_row(STORE_SETTINGS, "stale", 0, 7, "{}");
	struct store_changes changes = {.once = STR("ix#1"), .answer = STR("{}"), .answer_expires_at_s = NOW_S + 100};

	store_changes_add(&changes, STORE_PUT, &good);
	store_changes_add(&changes, STORE_APPEND, &appended);
	store_changes_add(&changes, STORE_CHECK, &stale);
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S, NULL, 0), ERR_CONFLICT);
	CHECK_EQ_UINT(version_of(store, STORE_USERS, "good"), 0);
	CHECK_EQ_UINT(suite_load(store, STORE_HISTORY, "h", 5000, NULL, 0), 0);
	CHECK_EQ_UINT(version_of(store, STORE_HISTORY, "ix#1"), 0);
	changes.writes[2].row.version = 0;
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S, NULL, 0), ERR_NONE);
	CHECK_EQ_UINT(version_of(store, STORE_USERS, "good"), 1);
	CHECK_EQ_UINT(suite_load(store, STORE_HISTORY, "h", 5000, NULL, 0), 1);
	CHECK_EQ_UINT(version_of(store, STORE_HISTORY, "ix#1"), 1);
}

void suite_a_commit_happens_once_and_its_answer_is_found(struct store *store)
{
	struct store_row row = suite_row(STORE_HISTORY, "h", 5000, 0, "{}");
	struct store_changes changes = {.once = STR("ix#1"), .answer = STR("{\"first\":true}"), .answer_expires_at_s = NOW_S + 100};
	char found[64];

	store_changes_add(&changes, STORE_APPEND, &row);
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S, found, sizeof(found)), ERR_NONE);
	CHECK_EQ_STR(found, "");
	changes.answer = STR("{\"second\":true}");
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S, found, sizeof(found)), ERR_DUPLICATE);
	CHECK_EQ_STR(found, "{\"first\":true}");
	CHECK_EQ_UINT(suite_load(store, STORE_HISTORY, "h", 5001, NULL, 0), 0);
	changes.once = STR("ix#2");
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S, found, sizeof(found)), ERR_NONE);
}

void suite_a_duplicate_is_told_though_its_rows_changed_since(struct store *store)
{
	CHECK_EQ_INT(suite_commit(store, "ix#1", STORE_PUT, suite_row(STORE_USERS, "k", 0, 0, "{}")), ERR_NONE);
	CHECK_EQ_INT(put(store, "k", 1, "{}"), ERR_NONE);
	CHECK_EQ_INT(suite_commit(store, "ix#1", STORE_PUT, suite_row(STORE_USERS, "k", 0, 0, "{}")), ERR_DUPLICATE);
}

void suite_an_answer_that_expired_is_forgotten(struct store *store)
{
	struct store_row row = suite_row(STORE_HISTORY, "h", 5000, 0, "{}");
	struct store_changes changes = {.once = STR("ix#1"), .answer = STR("{}"), .answer_expires_at_s = NOW_S + 100};

	store_changes_add(&changes, STORE_APPEND, &row);
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S, NULL, 0), ERR_NONE);
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S + 99, NULL, 0), ERR_DUPLICATE);
	changes.answer_expires_at_s = NOW_S + 200;
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S + 100, NULL, 0), ERR_NONE);
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S + 100, NULL, 0), ERR_DUPLICATE);
}

static enum err_code append(struct store *store, const char *key, int64_t sort, const char *doc)
{
	return suite_commit(store, NULL, STORE_APPEND, suite_row(STORE_HISTORY, key, sort, 0, doc));
}

void suite_an_append_takes_the_first_free_number(struct store *store)
{
	static const char *const docs[] = {"a", "b", "c", "d"};
	static const int64_t sorts[] = {7000, 7001, 7003, 7004};
	char doc[16];

	CHECK_EQ_INT(suite_commit(store, NULL, STORE_PUT, suite_row(STORE_HISTORY, "h", 7002, 0, "taken")), ERR_NONE);
	CHECK_EQ_INT(append(store, "other", 7000, "other"), ERR_NONE);
	for (size_t i = 0; i < 4; i++)
		CHECK_EQ_INT(append(store, "h", 7000, docs[i]), ERR_NONE);
	for (size_t i = 0; i < 4; i++) {
		CHECK_EQ_UINT(suite_load(store, STORE_HISTORY, "h", sorts[i], doc, sizeof(doc)), 1);
		CHECK_EQ_STR(doc, docs[i]);
	}
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_DELETE, suite_row(STORE_HISTORY, "h", 7001, 1, "")), ERR_NONE);
	CHECK_EQ_INT(append(store, "h", 7000, "e"), ERR_NONE);
	CHECK_EQ_UINT(suite_load(store, STORE_HISTORY, "h", 7001, doc, sizeof(doc)), 1);
	CHECK_EQ_STR(doc, "e");
}

void suite_a_millisecond_has_room_for_a_thousand_rows(struct store *store)
{
	struct arena arena;

	arena_init(&arena, ARENA_BYTES);
	for (int i = 0; i < STORE_APPEND_TRIES_MAX; i += STORE_WRITES_MAX) {
		struct store_changes changes = {.arena = &arena};
		struct store_row row = suite_row(STORE_HISTORY, "h", 9000, 0, "{}");

		for (int j = i; j < i + STORE_WRITES_MAX && j < STORE_APPEND_TRIES_MAX; j++)
			store_changes_add(&changes, STORE_APPEND, &row);
		CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S, NULL, 0), ERR_NONE);
		arena_clear(&arena);
	}
	arena_release(&arena);
	CHECK_EQ_INT(append(store, "h", 9000, "{}"), ERR_LIMIT);
	CHECK_EQ_UINT(suite_load(store, STORE_HISTORY, "h", 9999, NULL, 0), 1);
	CHECK_EQ_UINT(suite_load(store, STORE_HISTORY, "h", 10000, NULL, 0), 0);
	CHECK_EQ_INT(append(store, "h", 10000, "{}"), ERR_NONE);
}

static size_t page_at(struct store *store, const char *key, int64_t before, size_t count, int64_t now_s, char *sorts, size_t sorts_size)
{
	struct store_row rows[8];
	struct arena arena;
	struct store_request request = {.kind = STORE_PAGE, .now_s = now_s, .rows = rows, .row_count = count, .page_key = str_from(key),
					.page_before = before, .arena = &arena};

	arena_init(&arena, ARENA_BYTES);
	CHECK(store_wait(store, &request));
	sorts[0] = '\0';
	for (size_t i = 0; i < request.row_count; i++) {
		size_t len = strlen(sorts);

		CHECK(rows[i].table == STORE_HISTORY && str_eqc(rows[i].key, key) && rows[i].version == 1);
		snprintf(sorts + len, sorts_size - len, "%lld=%.*s ", (long long)rows[i].sort, STR_ARG(rows[i].doc));
	}
	arena_release(&arena);
	return request.row_count;
}

void suite_a_page_is_newest_first_and_ends_where_it_should(struct store *store)
{
	char sorts[256];

	CHECK_EQ_UINT(page_at(store, "h", INT64_MAX, 3, NOW_S, sorts, sizeof(sorts)), 0);
	for (int i = 1; i <= 5; i++) {
		char doc[16];

		snprintf(doc, sizeof(doc), "%d", i);
		CHECK_EQ_INT(append(store, "h", i * 1000, doc), ERR_NONE);
		CHECK_EQ_INT(append(store, "h2", i * 1000, "no"), ERR_NONE);
	}
	CHECK_EQ_UINT(page_at(store, "h", INT64_MAX, 3, NOW_S, sorts, sizeof(sorts)), 3);
	CHECK_EQ_STR(sorts, "5000=5 4000=4 3000=3 ");
	CHECK_EQ_UINT(page_at(store, "h", 3000, 3, NOW_S, sorts, sizeof(sorts)), 2);
	CHECK_EQ_STR(sorts, "2000=2 1000=1 ");
	CHECK_EQ_UINT(page_at(store, "h", 1000, 3, NOW_S, sorts, sizeof(sorts)), 0);
	CHECK_EQ_UINT(page_at(store, "h", INT64_MAX, 8, NOW_S, sorts, sizeof(sorts)), 5);
	CHECK_EQ_UINT(page_at(store, "h", INT64_MAX, 0, NOW_S, sorts, sizeof(sorts)), 0);
}

void suite_an_expired_row_is_absent(struct store *store)
{
	struct store_row row = suite_row(STORE_SETTINGS, "lease#1", 0, 0, "a");
	struct store_row in_history = suite_row(STORE_HISTORY, "h", 1000, 0, "a");
	struct store_changes changes = {0};
	char doc[16], sorts[64];

	row.expires_at_s = in_history.expires_at_s = NOW_S + 6;
	store_changes_add(&changes, STORE_PUT, &row);
	store_changes_add(&changes, STORE_APPEND, &in_history);
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S, NULL, 0), ERR_NONE);
	CHECK_EQ_UINT(suite_load_at(store, STORE_SETTINGS, "lease#1", 0, NOW_S + 5, NULL, 0), 1);
	CHECK_EQ_UINT(suite_load_at(store, STORE_SETTINGS, "lease#1", 0, NOW_S + 6, NULL, 0), 0);
	CHECK_EQ_UINT(page_at(store, "h", INT64_MAX, 3, NOW_S + 5, sorts, sizeof(sorts)), 1);
	CHECK_EQ_UINT(page_at(store, "h", INT64_MAX, 3, NOW_S + 6, sorts, sizeof(sorts)), 0);

	changes = (struct store_changes){0};
	row.version = 1;
	store_changes_add(&changes, STORE_PUT, &row);
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S + 6, NULL, 0), ERR_CONFLICT);
	changes.writes[0].kind = STORE_DELETE;
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S + 6, NULL, 0), ERR_CONFLICT);
	changes.writes[0].kind = STORE_CHECK;
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S + 6, NULL, 0), ERR_CONFLICT);
	changes.writes[0].row.version = 0;
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S + 6, NULL, 0), ERR_NONE);

	changes = (struct store_changes){0};
	row = suite_row(STORE_SETTINGS, "lease#1", 0, 0, "b");
	row.expires_at_s = NOW_S + 12;
	in_history.doc = STR("b");
	in_history.expires_at_s = 0;
	store_changes_add(&changes, STORE_PUT, &row);
	store_changes_add(&changes, STORE_APPEND, &in_history);
	CHECK_EQ_INT(suite_commit_at(store, &changes, NOW_S + 6, NULL, 0), ERR_NONE);
	CHECK_EQ_UINT(suite_load_at(store, STORE_SETTINGS, "lease#1", 0, NOW_S + 11, doc, sizeof(doc)), 1);
	CHECK_EQ_STR(doc, "b");
	CHECK_EQ_UINT(page_at(store, "h", INT64_MAX, 3, NOW_S + 100, sorts, sizeof(sorts)), 1);
	CHECK_EQ_STR(sorts, "1000=b ");
}

/* Several requests of one turn. */
struct batch {
	struct arena arena;
	struct store_request requests[4];
	struct store_changes changes[4];
	unsigned count, done;
};

static void batch_add(struct batch *batch, const char *once, enum store_write_kind kind, struct store_row row)
{
	struct store_changes *changes = &batch->changes[batch->count];
	struct store_request *request = &batch->requests[batch->count++];

	*changes = (struct store_changes){.once = str_from(once), .answer = STR("{}"), .answer_expires_at_s = NOW_S + 100};
	store_changes_add(changes, kind, &row);
	*request = (struct store_request){.kind = STORE_COMMIT, .now_s = NOW_S, .changes = changes, .arena = &batch->arena, .done = count_done,
					  .owner = &batch->done};
}

static void batch_run(struct batch *batch, struct store *store)
{
	arena_init(&batch->arena, ARENA_BYTES);
	for (unsigned i = 0; i < batch->count; i++)
		store_submit(store, &batch->requests[i]);
	CHECK_EQ_UINT(batch->done, 0);
	while (batch->done < batch->count)
		store_turn(store, clock_mono_ms());
	arena_release(&batch->arena);
}

void suite_of_two_commits_on_one_row_the_first_wins(struct store *store)
{
	struct batch batch = {0};
	char doc[16];

	batch_add(&batch, NULL, STORE_PUT, suite_row(STORE_USERS, "k", 0, 0, "first"));
	batch_add(&batch, NULL, STORE_PUT, suite_row(STORE_USERS, "k", 0, 0, "second"));
	batch_run(&batch, store);
	CHECK_EQ_INT(batch.requests[0].err.code, ERR_NONE);
	CHECK_EQ_INT(batch.requests[1].err.code, ERR_CONFLICT);
	CHECK_EQ_UINT(suite_load(store, STORE_USERS, "k", 0, doc, sizeof(doc)), 1);
	CHECK_EQ_STR(doc, "first");
}

void suite_a_refused_commit_does_not_touch_its_neighbours(struct store *store)
{
	struct batch batch = {0};
	struct store_row stale = suite_row(STORE_USERS, "stale", 0, 3, "{}");

	batch_add(&batch, "ix#1", STORE_PUT, suite_row(STORE_USERS, "a", 0, 0, "{}"));
	batch_add(&batch, "ix#2", STORE_PUT, suite_row(STORE_USERS, "b", 0, 0, "{}"));
	store_changes_add(&batch.changes[1], STORE_PUT, &stale);
	batch_add(&batch, "ix#3", STORE_PUT, suite_row(STORE_USERS, "c", 0, 0, "{}"));
	batch_run(&batch, store);
	CHECK_EQ_INT(batch.requests[0].err.code, ERR_NONE);
	CHECK_EQ_INT(batch.requests[1].err.code, ERR_CONFLICT);
	CHECK_EQ_INT(batch.requests[2].err.code, ERR_NONE);
	CHECK_EQ_UINT(version_of(store, STORE_USERS, "a"), 1);
	CHECK_EQ_UINT(version_of(store, STORE_USERS, "b"), 0);
	CHECK_EQ_UINT(version_of(store, STORE_HISTORY, "ix#2"), 0);
	CHECK_EQ_UINT(version_of(store, STORE_USERS, "c"), 1);
}

void suite_the_same_commit_twice_at_once_is_kept_once(struct store *store)
{
	struct batch batch = {0};

	batch_add(&batch, "ix#1", STORE_APPEND, suite_row(STORE_HISTORY, "h", 1000, 0, "{}"));
	batch_add(&batch, "ix#1", STORE_APPEND, suite_row(STORE_HISTORY, "h", 1000, 0, "{}"));
	batch_run(&batch, store);
	CHECK_EQ_INT(batch.requests[0].err.code, ERR_NONE);
	CHECK_EQ_INT(batch.requests[1].err.code, ERR_DUPLICATE);
	CHECK_EQ_UINT(suite_load(store, STORE_HISTORY, "h", 1001, NULL, 0), 0);
}

struct chain {
	struct store *store;
	struct store_request request;
	struct store_row row;
	unsigned loads;
};

static void chain_done(struct store_request *request)
{
	struct chain *chain = request->owner;

	if (++chain->loads < 3)
		store_submit(chain->store, request);
}

void suite_a_completion_may_submit_again(struct store *store)
{
	struct chain chain = {.store = store, .row = suite_row(STORE_USERS, "k", 0, 0, "")};
	struct arena arena;

	arena_init(&arena, ARENA_BYTES);
	chain.request = (struct store_request){.kind = STORE_LOAD, .now_s = NOW_S, .rows = &chain.row, .row_count = 1, .arena = &arena,
					       .done = chain_done, .owner = &chain};
	store_submit(store, &chain.request);
	while (chain.loads < 3)
		store_turn(store, clock_mono_ms());
	arena_release(&arena);
}

void suite_an_arena_that_is_full_is_told(struct store *store)
{
	static char doc[5000];
	struct store_row row = suite_row(STORE_USERS, "k", 0, 0, "");
	struct arena arena;
	struct store_request request = {.kind = STORE_LOAD, .now_s = NOW_S, .rows = &row, .row_count = 1, .arena = &arena};

	memset(doc, '1', sizeof(doc) - 1);
	CHECK_EQ_INT(put(store, "k", 0, doc), ERR_NONE);
	arena_init(&arena, 1000);
	CHECK(!store_wait(store, &request));
	CHECK_EQ_INT(request.err.code, ERR_LIMIT);
	arena_release(&arena);
}

void suite_a_ping_is_answered(struct store *store)
{
	struct store_request request = {.kind = STORE_PING, .now_s = NOW_S};

	CHECK(store_wait(store, &request));
	CHECK(store_name(store)[0] != '\0');
}

static bool note_row(void *owner, const struct store_row *row)
{
	char *seen = owner;
	size_t len = strlen(seen);

	CHECK(row->table == STORE_HISTORY);
	snprintf(seen + len, 128 - len, "%.*s/%lld@%u=%.*s ", STR_ARG(row->key), (long long)row->sort, (unsigned)row->version,
		 STR_ARG(row->doc));
	return true;
}

void suite_every_row_is_visited_in_order(struct store *store)
{
	char seen[128] = "";

	CHECK(store_each(store, STORE_HISTORY, note_row, seen, NULL));
	CHECK_EQ_STR(seen, "");
	CHECK_EQ_INT(append(store, "b", 2000, "1"), ERR_NONE);
	CHECK_EQ_INT(append(store, "a", 3000, "2"), ERR_NONE);
	CHECK_EQ_INT(append(store, "a", 1000, "3"), ERR_NONE);
	CHECK_EQ_INT(put(store, "a", 0, "not history"), ERR_NONE);
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_PUT, suite_row(STORE_HISTORY, "a", 3000, 1, "4")), ERR_NONE);
	CHECK(store_each(store, STORE_HISTORY, note_row, seen, NULL));
	CHECK_EQ_STR(seen, "a/1000@1=3 a/3000@2=4 b/2000@1=1 ");
}

static bool stop_at_second(void *owner, const struct store_row *row)
{
	unsigned *seen = owner;

	(void)row;
	return ++*seen < 2;
}

void suite_a_visit_may_stop(struct store *store)
{
	struct err err = {0};
	unsigned seen = 0;

	for (int i = 0; i < 3; i++)
		CHECK_EQ_INT(append(store, "h", 1000, "{}"), ERR_NONE);
	CHECK(!store_each(store, STORE_HISTORY, stop_at_second, &seen, &err));
	CHECK_EQ_UINT(seen, 2);
	CHECK_EQ_INT(err.code, ERR_NONE);
	CHECK_EQ_INT(append(store, "h", 1000, "{}"), ERR_NONE);
}

void suite_a_change_set_has_a_bound(struct store *store)
{
	struct store_changes small = {0};
	struct store_changes *changes;
	char keys[STORE_WRITES_MAX][8];
	struct arena arena;

	arena_init(&arena, ARENA_BYTES);
	changes = ARENA_NEW(&arena, struct store_changes);
	changes->arena = &arena;
	for (size_t i = 0; i < STORE_WRITES_MAX; i++) {
		snprintf(keys[i], sizeof(keys[i]), "k%zu", i);
		struct store_row row = suite_row(STORE_USERS, keys[i], 0, 0, keys[i]);

		CHECK(store_changes_add(changes, STORE_PUT, &row));
		CHECK(store_changes_add(&small, STORE_PUT, &row) == (i < STORE_WRITES_OWN));
	}
	CHECK(!store_changes_add(changes, STORE_PUT, &changes->writes[0].row));
	CHECK_EQ_UINT(changes->count, STORE_WRITES_MAX);
	CHECK_EQ_UINT(small.count, STORE_WRITES_OWN);
	CHECK_EQ_INT(suite_commit_at(store, changes, NOW_S, NULL, 0), ERR_NONE);
	for (size_t i = 0; i < STORE_WRITES_MAX; i++) {
		char doc[8];

		CHECK_EQ_UINT(suite_load(store, STORE_USERS, keys[i], 0, doc, sizeof(doc)), 1);
		CHECK_EQ_STR(doc, keys[i]);
	}
	arena_release(&arena);
}
