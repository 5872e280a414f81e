/*
 * What the bot keeps, behind one narrow interface with two implementations (SQLite; DynamoDB).
 *
 * Three tables of documents, as in interface.md, Tables: users, history, settings. A row is a key
 * (and for history a sort number), a version, a JSON document and an optional expiry. The store
 * knows nothing of what the documents mean.
 *
 * A request is a struct that its owner embeds. store_submit takes it; it ends with one call of
 * `done`, from store_turn, never from inside store_submit. Outputs live in the request's arena.
 * SQLite commits every change set of a turn in one transaction, and `done` comes after it is durable.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

enum store_table { STORE_USERS, STORE_HISTORY, STORE_SETTINGS, STORE_TABLE_COUNT };

struct store_row {
	enum store_table table;
	struct str key;
	int64_t sort;         /* history only, else 0 */
	uint64_t version;     /* 0: there is no such row */
	struct str doc;       /* JSON; empty when there is no such row */
	int64_t expires_at_s; /* Unix seconds; 0 never. An expired row counts as absent. */
	/*
	 * The leaderboard that the row stands on (users only), and with what: each 0 … GACHA_INTEGER_MAX. Empty: it stands on
	 * none, and its scores are not kept. They belong to the row as `doc` does: a PUT replaces them, a DELETE takes them away.
	 */
	struct str board;
	int64_t scores[STORE_SCORES];
};

/* One write of a change set. */
enum store_write_kind {
	STORE_PUT,    /* the row must still be at `version` (0: must not exist); it becomes version + 1 */
	STORE_DELETE, /* the row must still be at `version` */
	STORE_CHECK,  /* nothing is written, but the row must still be at `version` */
	STORE_APPEND, /* a history row at the first free sort number of sort … sort + 999 */
};

struct store_write {
	enum store_write_kind kind;
	struct store_row row;
};

/*
 * All or nothing. once: an idempotency key ("ix#<interaction id>"; empty: none): a conditional row in history at sort 0 that
 * carries `answer` and lives until answer_expires_at_s. If it is there already the commit is ERR_DUPLICATE and
 * `found` is what it holds. Empty when zeroed; not to be copied once it has a write.
 */
struct store_changes {
	struct str once;
	struct str answer;
	int64_t answer_expires_at_s;
	struct arena *arena; /* for more than STORE_WRITES_OWN writes; may be NULL */
	struct store_write own[STORE_WRITES_OWN];
	struct store_write *writes; /* `own`, or in the arena */
	size_t capacity;
	size_t count;
};

enum store_request_kind { STORE_LOAD, STORE_PAGE, STORE_TOP, STORE_COMMIT, STORE_PING };

struct store_request {
	enum store_request_kind kind;
	struct arena *arena;
	int64_t now_s; /* what counts as expired */

	/* LOAD: rows[].table/key/sort in, the rest out. All in one consistent view. */
	struct store_row *rows;
	size_t row_count;

	/* PAGE: rows of one history key, newest first: sort < before (INT64_MAX: from the newest), at most row_count of them; row_count is set to how many came. */
	struct str page_key;
	int64_t page_before;

	/*
	 * TOP: rows of users that stand on top_board with a scores[top_score] above 0, the highest first and equal ones by key; at
	 * most row_count and LEADERBOARD_ROWS_MAX of them; row_count is set to how many came. Of a row come key, expires_at_s,
	 * board and scores. top_rank is 1 + the number of rows with a higher score than that of top_key; 0 when top_key is empty
	 * or not among them; -1 when more than LEADERBOARD_RANK_MAX rows stand higher. What a store's index lags behind its
	 * rows, this does too (DynamoDB: some milliseconds).
	 */
	struct str top_board;
	size_t top_score;
	struct str top_key;
	int64_t top_rank;

	/* COMMIT: `found` is the stored answer when err is ERR_DUPLICATE. */
	const struct store_changes *changes;
	struct str found;

	/*
	 * ERR_NONE, ERR_CONFLICT, ERR_DUPLICATE, ERR_LIMIT (no memory left in the arena; no free sort number), ERR_INPUT,
	 * ERR_THROTTLED (nothing was kept), ERR_IO, ERR_NET, … After ERR_IO, ERR_NET and ERR_TIMEOUT it is not known whether a
	 * commit was kept: ask again with the same `once`.
	 */
	struct err err;
	void (*done)(struct store_request *request);
	void *owner;
	struct store_request *next; /* the store's */
};

struct store;

typedef bool store_visit(void *owner, const struct store_row *row);

struct store_ops {
	void (*submit)(struct store *store, struct store_request *request);
	/* Does what was submitted and calls `done`; returns whether anything ended. Run as a loop hook. */
	bool (*turn)(struct store *store, int64_t now_ms);
	bool (*each)(struct store *store, enum store_table table, store_visit *visit, void *owner, struct err *err);
	void (*free)(struct store *store);
	const char *name; /* "sqlite", "dynamodb" */
};

/* The base of both implementations. */
struct store {
	const struct store_ops *ops;
};

void store_submit(struct store *store, struct store_request *request);
bool store_turn(struct store *store, int64_t now_ms);
void store_free(struct store *store); /* pending requests end without `done` */
const char *store_name(const struct store *store);

/* Turns the store alone until the request has ended; for command-line code and start-up. False with request->err. */
bool store_wait(struct store *store, struct store_request *request);

/* Adds a write to a change set, which borrows the row's texts. False beyond STORE_WRITES_MAX, or without room for it. */
bool store_changes_add(struct store_changes *changes, enum store_write_kind kind, const struct store_row *row);

/* For the implementations: whether what the row would stand on can be kept, and whether TOP asks for what there is. ERR_INPUT. */
bool store_check_standing(const struct store_row *row, struct err *err);
bool store_check_top(const struct store_request *request, struct err *err);

/*
 * For export: every row of a table in the order of key and sort, expired ones too; a row is borrowed for the call. False when
 * `visit` returned false (it stops there, err is untouched) or with an error. SQLite: synchronous, and one consistent view
 * of a table; of all tables when the store was opened for reading alone. Board and scores are left out: they follow from the
 * document, and whoever imports one derives them.
 */
bool store_each(struct store *store, enum store_table table, store_visit *visit, void *owner, struct err *err);

#endif
