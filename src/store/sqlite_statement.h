/* Statements of the embedded store: prepared once from a template, with texts as struct str. For store/sqlite. */
#ifndef STORE_SQLITE_STATEMENT_H
#define STORE_SQLITE_STATEMENT_H

#include <stdbool.h>

#include "base/str.h"

struct sqlite3;
struct sqlite3_stmt;

/* *statement stays as it is if it is there, else is prepared from `text` with `name` for each %. NULL with the connection's error. */
struct sqlite3_stmt *statement_prepare(struct sqlite3 *db, const char *text, const char *name, struct sqlite3_stmt **statement);
/* The text is borrowed until the statement is reset. */
bool statement_bind_str(struct sqlite3_stmt *statement, int place, struct str text);
/* Borrowed until the statement moves on. */
struct str statement_str(struct sqlite3_stmt *statement, int column);

#endif
