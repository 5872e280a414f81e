/* Opening, making and migrating the file of the embedded store. For store/sqlite. */
#ifndef STORE_SQLITE_FILE_H
#define STORE_SQLITE_FILE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct sqlite3;

/* Errors as sqlite_open and sqlite_open_readonly promise them. *db is the caller's to close, NULL on failure. */
bool sqlite_file_open(struct str path, bool readonly, struct sqlite3 **db, struct err *err);

/* What the last failure of the connection means, in words with the next step: ERR_IO, or ERR_MEMORY. */
bool sqlite_file_error(struct sqlite3 *db, const char *doing, struct err *err);

#endif
