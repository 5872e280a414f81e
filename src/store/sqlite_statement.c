#include "store/sqlite_statement.h"

#include <assert.h>
#include <sqlite3.h>

static void prepare(struct sqlite3 *db, const char *text, const char *name, struct sqlite3_stmt **statement)
{
	char sql[768];
	struct buf out;

	buf_wrap(&out, sql, sizeof(sql));
	for (; *text; text++) {
		if (*text == '%')
			buf_addc(&out, name);
		else
			buf_add_char(&out, *text);
	}
	assert(!out.full);
	sqlite3_prepare_v3(db, sql, (int)out.len, SQLITE_PREPARE_PERSISTENT, statement, NULL);
}

struct sqlite3_stmt *statement_prepare(struct sqlite3 *db, const char *text, const char *name, struct sqlite3_stmt **statement)
{
	if (!*statement)
		prepare(db, text, name, statement);
	return *statement;
}

bool statement_bind_str(struct sqlite3_stmt *statement, int place, struct str text)
{
	return sqlite3_bind_text64(statement, place, text.len ? text.ptr : "", text.len, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
}

struct str statement_str(struct sqlite3_stmt *statement, int column)
{
	const void *text = sqlite3_column_text(statement, column);

	return str_make(text, (size_t)sqlite3_column_bytes(statement, column));
}
