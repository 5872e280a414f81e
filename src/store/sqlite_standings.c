#include "store/sqlite_standings.h"

#include <sqlite3.h>
#include <string.h>

#include "store/sqlite_file.h"
#include "store/sqlite_statement.h"

_Static_assert(STORE_SCORES == 3, "the table of standings has a column and an index for each score");

#define ALIVE "(expires_at = 0 OR expires_at > ?2)"

/* ?1 key, ?2 now. */
static const char load_sql[] = "SELECT board, score0, score1, score2 FROM standings WHERE key = ?1 AND " ALIVE;
static const char remove_sql[] = "DELETE FROM standings WHERE key = ?1";
/* ?1 key, ?2 expires_at, ?3 board, ?4 … scores. The indexes are left alone where nothing changed. */
static const char put_sql[] =
	"INSERT INTO standings AS old (key, expires_at, board, score0, score1, score2) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
	"ON CONFLICT (key) DO UPDATE SET expires_at = ?2, board = ?3, score0 = ?4, score1 = ?5, score2 = ?6 "
	"WHERE (old.expires_at, old.board, old.score0, old.score1, old.score2) <> (?2, ?3, ?4, ?5, ?6)";
/* ?1 now, ?2 count. */
static const char purge_sql[] = "DELETE FROM standings WHERE key IN (SELECT key FROM standings "
				"WHERE expires_at > 0 AND expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";
/* % is the score's column. ?1 board, ?2 now, ?3 count. */
static const char top_sql[] =
	"SELECT key, expires_at, score0, score1, score2 FROM standings INDEXED BY standings_% "
	"WHERE board = ?1 AND % > 0 AND " ALIVE " ORDER BY % DESC, key LIMIT ?3";
/* How many stand higher than ?4, of whom some may have expired, and how many of them have not. */
static const char higher_sql[] =
	"SELECT count(*), total(" ALIVE ") FROM "
	"(SELECT expires_at FROM standings INDEXED BY standings_% WHERE board = ?1 AND % > ?4 LIMIT ?3)";
static const char *const score_names[STORE_SCORES] = {"score0", "score1", "score2"};

void standings_init(struct standings *standings, struct sqlite3 *db)
{
	*standings = (struct standings){.db = db};
}

void standings_release(struct standings *standings)
{
	sqlite3_finalize(standings->load);
	sqlite3_finalize(standings->put);
	sqlite3_finalize(standings->remove);
	sqlite3_finalize(standings->purge);
	for (size_t i = 0; i < STORE_SCORES; i++) {
		sqlite3_finalize(standings->top[i]);
		sqlite3_finalize(standings->higher[i]);
	}
}

static bool unreadable(struct standings *standings, struct err *err)
{
	return sqlite_file_error(standings->db, "a leaderboard cannot be read", err);
}

bool standings_load(struct standings *standings, struct store_row *row, int64_t now_s, struct arena *arena, struct err *err)
{
	sqlite3_stmt *statement = statement_prepare(standings->db, load_sql, "", &standings->load);
	int code = SQLITE_ERROR;

	row->board = STR_EMPTY;
	memset(row->scores, 0, sizeof(row->scores));
	if (statement && statement_bind_str(statement, 1, row->key) && sqlite3_bind_int64(statement, 2, now_s) == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW) {
		row->board = arena_str(arena, statement_str(statement, 0));
		for (int i = 0; i < STORE_SCORES; i++)
			row->scores[i] = sqlite3_column_int64(statement, 1 + i);
	}
	sqlite3_reset(statement);
	return code == SQLITE_ROW || code == SQLITE_DONE || unreadable(standings, err);
}

static bool bind_standing(sqlite3_stmt *statement, const struct store_row *row)
{
	bool ok = sqlite3_bind_int64(statement, 2, row->expires_at_s) == SQLITE_OK && statement_bind_str(statement, 3, row->board);

	for (int i = 0; ok && i < STORE_SCORES; i++)
		ok = sqlite3_bind_int64(statement, 4 + i, row->scores[i]) == SQLITE_OK;
	return ok;
}

static bool run(struct standings *standings, sqlite3_stmt *statement, bool bound, struct err *err)
{
	int code = bound ? sqlite3_step(statement) : SQLITE_ERROR;

	sqlite3_reset(statement);
	return code == SQLITE_DONE || sqlite_file_error(standings->db, "a leaderboard cannot be written", err);
}

bool standings_put(struct standings *standings, const struct store_row *row, struct err *err)
{
	sqlite3_stmt *statement;

	if (row->board.len == 0)
		return standings_remove(standings, row->key, err);
	statement = statement_prepare(standings->db, put_sql, "", &standings->put);
	return run(standings, statement, statement && statement_bind_str(statement, 1, row->key) && bind_standing(statement, row), err);
}

bool standings_remove(struct standings *standings, struct str key, struct err *err)
{
	sqlite3_stmt *statement = statement_prepare(standings->db, remove_sql, "", &standings->remove);

	return run(standings, statement, statement && statement_bind_str(statement, 1, key), err);
}

bool standings_purge(struct standings *standings, int64_t now_s, struct err *err)
{
	sqlite3_stmt *statement = statement_prepare(standings->db, purge_sql, "", &standings->purge);

	return run(standings, statement,
		   statement && sqlite3_bind_int64(statement, 1, now_s) == SQLITE_OK &&
			   sqlite3_bind_int64(statement, 2, STORE_PURGE_MAX) == SQLITE_OK,
		   err);
}

static bool bind_question(sqlite3_stmt *statement, const struct store_request *request, int64_t count)
{
	return statement && statement_bind_str(statement, 1, request->top_board) &&
	       sqlite3_bind_int64(statement, 2, request->now_s) == SQLITE_OK && sqlite3_bind_int64(statement, 3, count) == SQLITE_OK;
}

static bool highest(struct standings *standings, struct store_request *request)
{
	size_t which = request->top_score;
	sqlite3_stmt *statement = statement_prepare(standings->db, top_sql, score_names[which], &standings->top[which]);
	size_t wanted = request->row_count < LEADERBOARD_ROWS_MAX ? request->row_count : LEADERBOARD_ROWS_MAX;
	struct str board = arena_str(request->arena, request->top_board);
	size_t count = 0;
	int code = SQLITE_ERROR;

	if (bind_question(statement, request, (int64_t)wanted))
		while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
			struct store_row *row = &request->rows[count++];

			*row = (struct store_row){
				.table = STORE_USERS,
				.key = arena_str(request->arena, statement_str(statement, 0)),
				.doc = STR_EMPTY,
				.expires_at_s = sqlite3_column_int64(statement, 1),
				.board = board,
			};
			for (int i = 0; i < STORE_SCORES; i++)
				row->scores[i] = sqlite3_column_int64(statement, 2 + i);
		}
	sqlite3_reset(statement);
	request->row_count = count;
	return code == SQLITE_DONE || unreadable(standings, &request->err);
}

static bool rank_of(struct standings *standings, struct store_request *request, int64_t score)
{
	size_t which = request->top_score;
	sqlite3_stmt *statement = statement_prepare(standings->db, higher_sql, score_names[which], &standings->higher[which]);
	int code = SQLITE_ERROR;

	if (bind_question(statement, request, LEADERBOARD_RANK_MAX + 1) && sqlite3_bind_int64(statement, 4, score) == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		request->top_rank = sqlite3_column_int64(statement, 0) > LEADERBOARD_RANK_MAX ? -1 : 1 + sqlite3_column_int64(statement, 1);
	sqlite3_reset(statement);
	return code == SQLITE_ROW || unreadable(standings, &request->err);
}

static bool rank(struct standings *standings, struct store_request *request)
{
	struct store_row row = {.table = STORE_USERS, .key = request->top_key};

	if (row.key.len == 0)
		return true;
	if (!standings_load(standings, &row, request->now_s, request->arena, &request->err))
		return false;
	if (!str_eq(row.board, request->top_board) || row.scores[request->top_score] == 0)
		return true;
	return rank_of(standings, request, row.scores[request->top_score]);
}

void standings_top(struct standings *standings, struct store_request *request)
{
	request->top_rank = 0;
	if (!store_check_top(request, &request->err))
		request->row_count = 0;
	else if (highest(standings, request) && rank(standings, request))
		arena_check(request->arena, "what was read", &request->err);
}
