/*
 * What rows of users stand on leaderboards with, in the embedded store: one row each in a table beside theirs, with an index
 * for each score, written in the transaction of the row itself. What has expired counts as absent, as its row does; the room of
 * the two is given back apart, in any order. For store/sqlite.
 */
#ifndef STORE_SQLITE_STANDINGS_H
#define STORE_SQLITE_STANDINGS_H

#include <stdbool.h>

#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

struct standings {
	struct sqlite3 *db;
	struct sqlite3_stmt *load, *put, *remove, *purge, *top[STORE_SCORES], *higher[STORE_SCORES];
};

/* The connection is borrowed. */
void standings_init(struct standings *standings, struct sqlite3 *db);
void standings_release(struct standings *standings);

/* Board, in the arena, and scores of a row of users; none when it stands nowhere or has expired. */
bool standings_load(struct standings *standings, struct store_row *row, int64_t now_s, struct arena *arena, struct err *err);
/* The row of users was put: it stands where it says now. What it says was checked. */
bool standings_put(struct standings *standings, const struct store_row *row, struct err *err);
bool standings_remove(struct standings *standings, struct str key, struct err *err);
/* Gives the room of some that have expired back: STORE_PURGE_MAX at most. */
bool standings_purge(struct standings *standings, int64_t now_s, struct err *err);
/* STORE_TOP, with its errors in the request. */
void standings_top(struct standings *standings, struct store_request *request);

#endif
