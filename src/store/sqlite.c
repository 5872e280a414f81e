#include "store/sqlite.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/sqlite_file.h"
#include "store/sqlite_standings.h"
#include "store/sqlite_statement.h"

/* Statements of one table; % is its name. ?1 key, ?2 sort, ?3 doc, ?4 expires_at, ?5 now, ?6 version or count. */
enum statement { GET, INSERT, UPDATE, DELETE, PAGE, TAKEN, PURGE, EACH, STATEMENT_COUNT };

#define ALIVE "(expires_at = 0 OR expires_at > ?5)"

static const char *const statement_sql[STATEMENT_COUNT] = {
	[GET] = "SELECT version, doc, expires_at FROM % WHERE key = ?1 AND sort = ?2 AND " ALIVE,
	[INSERT] = "INSERT INTO % AS row (key, sort, version, doc, expires_at) VALUES (?1, ?2, 1, ?3, ?4) ON CONFLICT (key, sort) "
		   "DO UPDATE SET version = 1, doc = excluded.doc, expires_at = excluded.expires_at "
		   "WHERE row.expires_at > 0 AND row.expires_at <= ?5",
	[UPDATE] = "UPDATE % SET version = version + 1, doc = ?3, expires_at = ?4 "
		   "WHERE key = ?1 AND sort = ?2 AND version = ?6 AND " ALIVE,
	[DELETE] = "DELETE FROM % WHERE key = ?1 AND sort = ?2 AND version = ?6 AND " ALIVE,
	[PAGE] = "SELECT sort, version, doc, expires_at FROM % WHERE key = ?1 AND sort < ?2 AND " ALIVE
		 " ORDER BY sort DESC LIMIT ?6",
	[TAKEN] = "SELECT sort FROM % WHERE key = ?1 AND sort >= ?2 AND " ALIVE " ORDER BY sort LIMIT ?6",
	[PURGE] = "DELETE FROM % WHERE rowid IN (SELECT rowid FROM % WHERE expires_at > 0 AND expires_at <= ?5 "
		  "ORDER BY expires_at LIMIT ?6)",
	[EACH] = "SELECT key, sort, version, doc, expires_at FROM % ORDER BY key, sort",
};

static const char *const table_names[STORE_TABLE_COUNT] = {
	[STORE_USERS] = "users",
	[STORE_HISTORY] = "history",
	[STORE_SETTINGS] = "settings",
};

/* Statements without a table. */
enum control { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, SAVE, KEEP, UNDO, PING, CONTROL_COUNT };

static const char *const control_sql[CONTROL_COUNT] = {
	[BEGIN_READ] = "BEGIN",
	[BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[SAVE] = "SAVEPOINT changes",
	[KEEP] = "RELEASE changes",
	[UNDO] = "ROLLBACK TO changes",
	[PING] = "SELECT count(*) FROM (SELECT 1 FROM settings LIMIT 1)",
};

struct sqlite {
	struct store store; /* first */
	sqlite3 *db;
	bool readonly; /* one read transaction from opening to freeing */
	bool turning;
	sqlite3_stmt *statements[STORE_TABLE_COUNT][STATEMENT_COUNT];
	sqlite3_stmt *controls[CONTROL_COUNT];
	struct standings standings;
	struct store_request *first, *last; /* submitted */
};

static bool failed(struct sqlite *sqlite, const char *doing, struct err *err)
{
	return sqlite_file_error(sqlite->db, doing, err);
}

static bool control(struct sqlite *sqlite, enum control which)
{
	sqlite3_stmt *statement = statement_prepare(sqlite->db, control_sql[which], "", &sqlite->controls[which]);
	int code;

	if (!statement)
		return false;
	code = sqlite3_step(statement);
	return sqlite3_reset(statement) == SQLITE_OK && (code == SQLITE_DONE || code == SQLITE_ROW);
}

/* Prepared at its first use; NULL with the connection's error. */
static sqlite3_stmt *statement_of(struct sqlite *sqlite, enum store_table table, enum statement which)
{
	return statement_prepare(sqlite->db, statement_sql[which], table_names[table], &sqlite->statements[table][which]);
}

/* Binds what the statement knows of ?1 … ?6. */
static bool bind(sqlite3_stmt *statement, const struct store_row *row, int64_t now_s, int64_t number)
{
	int count;

	if (!statement)
		return false;
	count = sqlite3_bind_parameter_count(statement);
	return statement_bind_str(statement, 1, row->key) && sqlite3_bind_int64(statement, 2, row->sort) == SQLITE_OK &&
	       (count < 3 || statement_bind_str(statement, 3, row->doc)) &&
	       (count < 4 || sqlite3_bind_int64(statement, 4, row->expires_at_s) == SQLITE_OK) &&
	       (count < 5 || sqlite3_bind_int64(statement, 5, now_s) == SQLITE_OK) &&
	       (count < 6 || sqlite3_bind_int64(statement, 6, number) == SQLITE_OK);
}

/* ---- reading ---- */

/* Fills what a row holds; version 0 when there is no such row. Without an arena its texts are left out. */
static bool load_row(struct sqlite *sqlite, struct store_row *row, int64_t now_s, struct arena *arena, struct err *err)
{
	sqlite3_stmt *statement = statement_of(sqlite, row->table, GET);
	int code = SQLITE_ERROR;

	row->doc = row->board = STR_EMPTY;
	row->version = 0;
	row->expires_at_s = 0;
	memset(row->scores, 0, sizeof(row->scores));
	if (bind(statement, row, now_s, 0))
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW) {
		row->version = (uint64_t)sqlite3_column_int64(statement, 0);
		if (arena)
			row->doc = arena_str(arena, statement_str(statement, 1));
		row->expires_at_s = sqlite3_column_int64(statement, 2);
	}
	sqlite3_reset(statement);
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		return failed(sqlite, "a row cannot be read", err);
	return code == SQLITE_DONE || !arena || row->table != STORE_USERS ||
	       standings_load(&sqlite->standings, row, now_s, arena, err);
}

static void load(struct sqlite *sqlite, struct store_request *request)
{
	for (size_t i = 0; i < request->row_count; i++)
		if (!load_row(sqlite, &request->rows[i], request->now_s, request->arena, &request->err))
			return;
	arena_check(request->arena, "what was read", &request->err);
}

static void page(struct sqlite *sqlite, struct store_request *request)
{
	sqlite3_stmt *statement = statement_of(sqlite, STORE_HISTORY, PAGE);
	struct store_row from = {.key = request->page_key, .sort = request->page_before, .doc = STR_EMPTY};
	size_t count = 0;
	int code = SQLITE_ERROR;

	if (bind(statement, &from, request->now_s, (int64_t)request->row_count))
		while ((code = sqlite3_step(statement)) == SQLITE_ROW)
			request->rows[count++] = (struct store_row){
				.table = STORE_HISTORY,
				.key = request->page_key,
				.sort = sqlite3_column_int64(statement, 0),
				.version = (uint64_t)sqlite3_column_int64(statement, 1),
				.doc = arena_str(request->arena, statement_str(statement, 2)),
				.expires_at_s = sqlite3_column_int64(statement, 3),
				.board = STR_EMPTY,
			};
	sqlite3_reset(statement);
	request->row_count = count;
	if (code != SQLITE_DONE)
		failed(sqlite, "the history cannot be read", &request->err);
	else
		arena_check(request->arena, "what was read", &request->err);
}

static void ping(struct sqlite *sqlite, struct store_request *request)
{
	int moved = 0;

	if (!control(sqlite, PING))
		failed(sqlite, "the database does not answer", &request->err);
	else if (sqlite3_file_control(sqlite->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved)
		err_set(&request->err, ERR_IO,
			"%s: was removed or replaced while in use, and what is written now will be lost: put it back and restart",
			sqlite3_db_filename(sqlite->db, "main"));
}

/* All in one read transaction, so in one view; and only what is durable, since no write has begun. */
static void run_reads(struct sqlite *sqlite, struct store_request *requests)
{
	bool begun = false;

	for (struct store_request *request = requests; request; request = request->next) {
		if (request->kind == STORE_COMMIT)
			continue;
		if (!begun && !sqlite->readonly && !(begun = control(sqlite, BEGIN_READ))) {
			failed(sqlite, "reading cannot begin", &request->err);
			continue;
		}
		if (request->kind == STORE_LOAD)
			load(sqlite, request);
		else if (request->kind == STORE_PAGE)
			page(sqlite, request);
		else if (request->kind == STORE_TOP)
			standings_top(&sqlite->standings, request);
		else
			ping(sqlite, request);
	}
	if (begun && !control(sqlite, COMMIT))
		control(sqlite, ROLLBACK);
}

/* ---- writing ---- */

/* Runs a statement that writes; *changed is whether a row was. */
static bool write_row(struct sqlite *sqlite, enum statement which, const struct store_row *row, int64_t now_s, bool *changed,
		      struct err *err)
{
	sqlite3_stmt *statement = statement_of(sqlite, row->table, which);
	int code = SQLITE_ERROR;

	if (bind(statement, row, now_s, (int64_t)row->version))
		code = sqlite3_step(statement);
	sqlite3_reset(statement);
	*changed = code == SQLITE_DONE && sqlite3_changes(sqlite->db) > 0;
	return code == SQLITE_DONE || failed(sqlite, "a row cannot be written", err);
}

static bool conflict(const struct store_row *row, struct err *err)
{
	return err_set(err, ERR_CONFLICT, "a row of %s changed since it was read", table_names[row->table]);
}

static bool put(struct sqlite *sqlite, const struct store_row *row, int64_t now_s, struct err *err)
{
	bool changed;

	if (!store_check_standing(row, err) || !write_row(sqlite, row->version ? UPDATE : INSERT, row, now_s, &changed, err))
		return false;
	if (!changed)
		return conflict(row, err);
	return row->table != STORE_USERS || standings_put(&sqlite->standings, row, err);
}

static bool check(struct sqlite *sqlite, const struct store_row *row, int64_t now_s, struct err *err)
{
	struct store_row now = *row;

	return load_row(sqlite, &now, now_s, NULL, err) && (now.version == row->version || conflict(row, err));
}

static bool delete(struct sqlite *sqlite, const struct store_row *row, int64_t now_s, struct err *err)
{
	bool changed;

	if (row->version == 0)
		return check(sqlite, row, now_s, err);
	if (!write_row(sqlite, DELETE, row, now_s, &changed, err))
		return false;
	if (!changed)
		return conflict(row, err);
	return row->table != STORE_USERS || standings_remove(&sqlite->standings, row->key, err);
}

static bool append(struct sqlite *sqlite, struct store_row row, int64_t now_s, struct err *err)
{
	sqlite3_stmt *statement = statement_of(sqlite, STORE_HISTORY, TAKEN);
	int64_t last;
	bool changed;
	int code = SQLITE_ERROR;

	if (!store_check_standing(&row, err))
		return false;
	if (row.table != STORE_HISTORY || __builtin_add_overflow(row.sort, STORE_APPEND_TRIES_MAX - 1, &last))
		return err_set(err, ERR_INPUT, "only a row of history is appended, at a time that has room after it");
	if (bind(statement, &row, now_s, STORE_APPEND_TRIES_MAX))
		while ((code = sqlite3_step(statement)) == SQLITE_ROW && sqlite3_column_int64(statement, 0) == row.sort)
			row.sort++;
	sqlite3_reset(statement);
	if (code != SQLITE_DONE && code != SQLITE_ROW)
		return failed(sqlite, "the history cannot be read", err);
	if (row.sort > last)
		return err_set(err, ERR_LIMIT, "%d rows of this history have this millisecond already: try again", STORE_APPEND_TRIES_MAX);
	return write_row(sqlite, INSERT, &row, now_s, &changed, err) && (changed || conflict(&row, err));
}

static bool apply_write(struct sqlite *sqlite, const struct store_write *write, int64_t now_s, struct err *err)
{
	const struct store_row *row = &write->row;

	assert(row->table < STORE_TABLE_COUNT && (row->table == STORE_HISTORY || row->sort == 0));
	switch (write->kind) {
	case STORE_PUT:
		return put(sqlite, row, now_s, err);
	case STORE_DELETE:
		return delete(sqlite, row, now_s, err);
	case STORE_CHECK:
		return check(sqlite, row, now_s, err);
	case STORE_APPEND:
		return append(sqlite, *row, now_s, err);
	}
	return err_set(err, ERR_INPUT, "a write of an unknown kind");
}

/* First of all, so that what was committed before is told as such, whatever became of its rows since. */
static bool apply_once(struct sqlite *sqlite, struct store_request *request)
{
	const struct store_changes *changes = request->changes;
	struct store_row row = {.table = STORE_HISTORY, .key = changes->once};
	bool changed;

	if (changes->once.len == 0)
		return true;
	if (!load_row(sqlite, &row, request->now_s, request->arena, &request->err))
		return false;
	if (row.version) {
		request->found = row.doc;
		return arena_check(request->arena, "the stored answer", &request->err) &&
		       err_set(&request->err, ERR_DUPLICATE, "this was committed before");
	}
	row.doc = changes->answer;
	row.expires_at_s = changes->answer_expires_at_s;
	return write_row(sqlite, INSERT, &row, request->now_s, &changed, &request->err) && (changed || conflict(&row, &request->err));
}

/* Whether the transaction can go on: a refusal of this change set does not touch the others. */
static bool apply(struct sqlite *sqlite, struct store_request *request)
{
	const struct store_changes *changes = request->changes;
	bool ok;

	request->found = STR_EMPTY;
	if (!control(sqlite, SAVE))
		return failed(sqlite, "a commit cannot begin", &request->err);
	ok = apply_once(sqlite, request);
	for (size_t i = 0; ok && i < changes->count; i++)
		ok = apply_write(sqlite, &changes->writes[i], request->now_s, &request->err);
	if (!ok && (request->err.code == ERR_IO || request->err.code == ERR_MEMORY))
		return false;
	if ((ok || control(sqlite, UNDO)) && control(sqlite, KEEP))
		return true;
	return failed(sqlite, "a commit cannot be kept apart", &request->err);
}

/* Rows that expired count as absent already; this gives their room back, a few at a time. */
static bool purge(struct sqlite *sqlite, int64_t now_s, struct err *err)
{
	struct store_row none = {.key = STR_EMPTY, .doc = STR_EMPTY, .version = STORE_PURGE_MAX};
	bool changed;

	for (none.table = 0; none.table < STORE_TABLE_COUNT; none.table++)
		if (!write_row(sqlite, PURGE, &none, now_s, &changed, err))
			return false;
	return standings_purge(&sqlite->standings, now_s, err);
}

/* Nothing was written yet, so a file that others write to leaves no doubt about what was kept. */
static bool not_begun(struct sqlite *sqlite, struct err *err)
{
	bool busy = (sqlite3_errcode(sqlite->db) & 0xff) == SQLITE_BUSY;

	failed(sqlite, "writing cannot begin", err);
	if (busy)
		err->code = ERR_THROTTLED;
	return false;
}

static bool write_all(struct sqlite *sqlite, struct store_request *requests, struct err *err)
{
	int64_t now_s = INT64_MAX;
	bool any = false;

	if (!control(sqlite, BEGIN_WRITE))
		return not_begun(sqlite, err);
	for (struct store_request *request = requests; request; request = request->next) {
		if (request->kind != STORE_COMMIT)
			continue;
		if (!apply(sqlite, request)) {
			*err = request->err;
			return false;
		}
		any |= request->err.code == ERR_NONE;
		/* What one of them may still count as alive stays. */
		now_s = request->now_s < now_s ? request->now_s : now_s;
	}
	if (any && !purge(sqlite, now_s, err))
		return false;
	return control(sqlite, COMMIT) || failed(sqlite, "a commit is not durable", err);
}

/* One transaction for all commits of the turn. If it fails, none of them is known to be kept. */
static void run_commits(struct sqlite *sqlite, struct store_request *requests)
{
	struct err err = {0};

	if (sqlite->readonly)
		err_set(&err, ERR_USAGE, "the store is open for reading alone");
	else if (write_all(sqlite, requests, &err))
		return;
	else if (!sqlite3_get_autocommit(sqlite->db))
		control(sqlite, ROLLBACK);
	for (struct store_request *request = requests; request; request = request->next) {
		if (request->kind != STORE_COMMIT)
			continue;
		request->err = err;
		request->found = STR_EMPTY;
	}
}

/* ---- the interface ---- */

static void submit(struct store *store, struct store_request *request)
{
	struct sqlite *sqlite = (struct sqlite *)store;

	if (sqlite->last)
		sqlite->last->next = request;
	else
		sqlite->first = request;
	sqlite->last = request;
}

static bool has_commits(const struct store_request *request)
{
	while (request && request->kind != STORE_COMMIT)
		request = request->next;
	return request != NULL;
}

static bool turn(struct store *store, int64_t now_ms)
{
	struct sqlite *sqlite = (struct sqlite *)store;
	struct store_request *request = sqlite->first;

	(void)now_ms;
	if (!request)
		return false;
	assert(!sqlite->turning);
	sqlite->turning = true;
	sqlite->first = sqlite->last = NULL;
	run_reads(sqlite, request);
	if (has_commits(request))
		run_commits(sqlite, request);
	while (request) {
		/* `done` may give the request back, or submit it again. */
		struct store_request *next = request->next;

		request->done(request);
		request = next;
	}
	sqlite->turning = false;
	return true;
}

static bool each(struct store *store, enum store_table table, store_visit *visit, void *owner, struct err *err)
{
	struct sqlite *sqlite = (struct sqlite *)store;
	sqlite3_stmt *statement = statement_of(sqlite, table, EACH);
	bool going = true;
	int code = SQLITE_ERROR;

	while (statement && going && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		struct store_row row = {
			.table = table,
			.key = statement_str(statement, 0),
			.sort = sqlite3_column_int64(statement, 1),
			.version = (uint64_t)sqlite3_column_int64(statement, 2),
			.doc = statement_str(statement, 3),
			.expires_at_s = sqlite3_column_int64(statement, 4),
			.board = STR_EMPTY,
		};

		going = visit(owner, &row);
	}
	sqlite3_reset(statement);
	if (!going)
		return false;
	return code == SQLITE_DONE || failed(sqlite, "a table cannot be read", err);
}

static void sqlite_free(struct store *store)
{
	struct sqlite *sqlite = (struct sqlite *)store;

	assert(!sqlite->turning);
	for (size_t table = 0; table < STORE_TABLE_COUNT; table++)
		for (size_t which = 0; which < STATEMENT_COUNT; which++)
			sqlite3_finalize(sqlite->statements[table][which]);
	for (size_t which = 0; which < CONTROL_COUNT; which++)
		sqlite3_finalize(sqlite->controls[which]);
	standings_release(&sqlite->standings);
	sqlite3_close(sqlite->db);
	free(sqlite);
}

static const struct store_ops ops = {
	.submit = submit,
	.turn = turn,
	.each = each,
	.free = sqlite_free,
	.name = "sqlite",
};

static struct store *open_store(struct str path, bool readonly, struct err *err)
{
	struct sqlite *sqlite = calloc(1, sizeof(*sqlite));

	if (!sqlite) {
		err_set(err, ERR_MEMORY, "no memory for the store");
		return NULL;
	}
	sqlite->store.ops = &ops;
	sqlite->readonly = readonly;
	if (!sqlite_file_open(path, readonly, &sqlite->db, err)) {
		free(sqlite);
		return NULL;
	}
	standings_init(&sqlite->standings, sqlite->db);
	return &sqlite->store;
}

struct store *sqlite_open(struct str path, struct err *err)
{
	return open_store(path, false, err);
}

struct store *sqlite_open_readonly(struct str path, struct err *err)
{
	return open_store(path, true, err);
}
