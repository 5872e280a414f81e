#include "store/sqlite_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

enum {
	APPLICATION_ID = 0x686f6d75, /* "homu", in the file's header */
	SCHEMA_VERSION = 2,
	PATH_BYTES_MAX = 4096,
	RETRY_MS = 10,
};

/*
 * One row is (key, sort, version, doc, expires_at), in each table. Rows have a rowid of their own, so that a document of some
 * kilobytes lies in one page and new rows go to the end of the file; the index on expires_at holds only rows that expire.
 */
#define TABLE(name)                                                                                                       \
	"CREATE TABLE " name " (key TEXT NOT NULL, sort INTEGER NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL, " \
	"expires_at INTEGER NOT NULL, PRIMARY KEY (key, sort)) STRICT;"                                                    \
	"CREATE INDEX " name "_expiry ON " name " (expires_at) WHERE expires_at > 0;"

/* What rows of users stand on leaderboards with. A row of schema 1 stands on none until it is written again. */
#define STANDINGS_INDEX(score) "CREATE INDEX standings_" score " ON standings (board, " score " DESC, key, expires_at);"
#define STANDINGS                                                                                                          \
	"CREATE TABLE standings (key TEXT NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL, board TEXT NOT NULL, "       \
	"score0 INTEGER NOT NULL, score1 INTEGER NOT NULL, score2 INTEGER NOT NULL) STRICT, WITHOUT ROWID;"                \
	STANDINGS_INDEX("score0") STANDINGS_INDEX("score1") STANDINGS_INDEX("score2")                                      \
	"CREATE INDEX standings_expiry ON standings (expires_at) WHERE expires_at > 0;"

/* schema_steps[i] leads from version i to i + 1. */
static const char *const schema_steps[] = {
	TABLE("users") TABLE("history") TABLE("settings"),
	STANDINGS,
};
_Static_assert(sizeof(schema_steps) / sizeof(schema_steps[0]) == SCHEMA_VERSION, "a schema step is missing");

bool sqlite_file_error(sqlite3 *db, const char *doing, struct err *err)
{
	int code = sqlite3_errcode(db);
	int system = sqlite3_system_errno(db);
	const char *path = sqlite3_db_filename(db, "main");
	const char *next;

	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return err_set(err, ERR_MEMORY, "%s: no memory for the database", doing);
	case SQLITE_FULL:
		next = "the disk is full: make room on it";
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		next = "another process is writing to it: stop the other one if it should not run";
		break;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		next = "check that the file and its folder are writable for this user";
		break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		next = "it is damaged: stop the bot and bring back a backup with 'homuhomu restore FILE'";
		break;
	default:
		next = "check the disk";
		break;
	}
	return err_set(err, ERR_IO, "%s: %s: %s%s%s: %s", path && *path ? path : "database", doing, sqlite3_errmsg(db),
		       system ? ": " : "", system ? strerror(system) : "", next);
}

/* ---- the folder and the file ---- */

static void folder_of(const char *path, char folder[PATH_BYTES_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == path ? 1 : (size_t)(slash - path);

	memcpy(folder, path, len);
	folder[len] = '\0';
}

static bool not_writable(const char *path, const char *folder, int reason, struct err *err)
{
	return err_set(err, ERR_CONFIG,
		       "%s: the store's folder %s is not writable: %s: in a container add a volume there ('-v homuhomu:%s', "
		       "owned by the user that runs it), else set HOMU_STORE=sqlite:PATH to a place that is",
		       path, folder, strerror(reason), folder);
}

/* False with errno. */
static bool sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	int reason = errno;

	if (fd >= 0)
		close(fd);
	errno = reason;
	return ok;
}

/*
 * Makes the file if there is none; SQLite gives its own files beside it the same mode. An existing one is not opened: closing
 * it would drop the locks that another connection of this process holds.
 */
static bool make_file(const char *path, const char *folder, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0) {
		close(fd);
		return sync_folder(folder) || not_writable(path, folder, errno, err);
	}
	if (errno != EEXIST) {
		if (errno == ENOENT)
			return err_set(err, ERR_CONFIG,
				       "%s: there is no folder %s: make it ('mkdir -p %s'), or mount a volume there, or set HOMU_STORE",
				       path, folder, folder);
		return not_writable(path, folder, errno, err);
	}
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(err, ERR_CONFIG, "%s: is not a file: set HOMU_STORE=sqlite:PATH to a file", path);
	if (access(path, R_OK | W_OK) < 0 || access(folder, W_OK | X_OK) < 0)
		return not_writable(path, folder, errno, err);
	return true;
}

/* ---- what is in it ---- */

static bool pragma_int(sqlite3 *db, const char *pragma, int *out)
{
	sqlite3_stmt *statement = NULL;
	bool ok = sqlite3_prepare_v2(db, pragma, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;

	if (ok)
		*out = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return ok;
}

static bool exec(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

struct header {
	int application, version, tables;
};

static bool read_header(sqlite3 *db, struct header *header, struct err *err)
{
	return (pragma_int(db, "PRAGMA application_id", &header->application) &&
		pragma_int(db, "PRAGMA user_version", &header->version) &&
		pragma_int(db, "SELECT count(*) FROM sqlite_schema", &header->tables)) ||
	       sqlite_file_error(db, "the database cannot be read", err);
}

static bool check_header(const struct header *header, const char *path, struct err *err)
{
	if (header->application != APPLICATION_ID && (header->application != 0 || header->version != 0 || header->tables != 0))
		return err_set(err, ERR_CONFIG, "%s: is a database of another program: set HOMU_STORE=sqlite:PATH to a file of its own",
			       path);
	if (header->version > SCHEMA_VERSION)
		return err_set(err, ERR_CONFIG,
			       "%s: was written by a newer homuhomu (schema %d, this program knows %d): run that version, or bring "
			       "back a backup of this one",
			       path, header->version, SCHEMA_VERSION);
	return true;
}

static bool migrate(sqlite3 *db, const char *path, struct err *err)
{
	struct header header;
	char sql[64];
	bool ok;

	if (!read_header(db, &header, err) || !check_header(&header, path, err))
		return false;
	if (header.version == SCHEMA_VERSION)
		return true;
	if (!exec(db, "BEGIN IMMEDIATE"))
		return sqlite_file_error(db, "the database cannot be made ready", err);
	/* Another process may have been faster. */
	ok = read_header(db, &header, err) && check_header(&header, path, err);
	for (int version = header.version; ok && version < SCHEMA_VERSION; version++)
		ok = exec(db, schema_steps[version]) || sqlite_file_error(db, "the tables cannot be made", err);
	snprintf(sql, sizeof(sql), "PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION_ID, SCHEMA_VERSION);
	ok = ok && (exec(db, sql) || sqlite_file_error(db, "the tables cannot be made", err));
	ok = ok && (exec(db, "COMMIT") || sqlite_file_error(db, "the tables cannot be made", err));
	if (!ok)
		exec(db, "ROLLBACK");
	return ok;
}

/* Changing the journal does not wait by itself while another process does the same to a new file. */
static bool set_wal(sqlite3 *db, const char *path, struct err *err)
{
	sqlite3_stmt *statement = NULL;
	bool wal = false;
	int code = SQLITE_BUSY;

	for (int waited_ms = 0; code == SQLITE_BUSY && waited_ms <= STORE_BUSY_MS; waited_ms += RETRY_MS) {
		code = sqlite3_prepare_v2(db, "PRAGMA journal_mode=WAL", -1, &statement, NULL);
		if (code == SQLITE_OK)
			code = sqlite3_step(statement);
		if (code == SQLITE_ROW)
			wal = strcmp((const char *)sqlite3_column_text(statement, 0), "wal") == 0;
		sqlite3_finalize(statement);
		statement = NULL;
		if (code == SQLITE_BUSY)
			sqlite3_sleep(RETRY_MS);
	}
	if (code != SQLITE_ROW)
		return sqlite_file_error(db, "the database cannot be opened", err);
	if (!wal)
		return err_set(err, ERR_CONFIG,
			       "%s: this file system cannot share memory between processes, which SQLite's log needs: put the store on a "
			       "local disk",
			       path);
	return true;
}

static bool configure(sqlite3 *db, struct err *err)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=%d; PRAGMA cache_size=-%d; PRAGMA mmap_size=0;"
		 "PRAGMA journal_size_limit=%d",
		 STORE_WAL_PAGES, STORE_CACHE_KIB, STORE_WAL_PAGES * 4096 * 2);
	return exec(db, sql) || sqlite_file_error(db, "the database cannot be set up", err);
}

static bool prepare(sqlite3 *db, const char *path, bool readonly, struct err *err)
{
	struct header header;

	sqlite3_busy_timeout(db, STORE_OPEN_BUSY_MS);
	if (!readonly) {
		if (!configure(db, err) || !set_wal(db, path, err) || !migrate(db, path, err))
			return false;
		sqlite3_busy_timeout(db, STORE_BUSY_MS);
		return true;
	}
	/* The first read of a transaction fixes what it sees. */
	if (!exec(db, "BEGIN"))
		return sqlite_file_error(db, "the database cannot be read", err);
	if (!read_header(db, &header, err) || !check_header(&header, path, err))
		return false;
	if (header.version < SCHEMA_VERSION)
		return err_set(err, ERR_CONFIG, "%s: holds no store yet, or one of an older homuhomu: run the bot once", path);
	return true;
}

bool sqlite_file_open(struct str text, bool readonly, sqlite3 **db, struct err *err)
{
	char path[PATH_BYTES_MAX];
	char folder[PATH_BYTES_MAX];
	int flags = readonly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;

	*db = NULL;
	/* "./" keeps SQLite from reading a meaning of its own into the name. */
	if (text.len == 0 || text.len > PATH_BYTES_MAX - 16 || str_find_char(text, '\0') >= 0)
		return err_set(err, ERR_CONFIG, "HOMU_STORE: the path is empty or too long: write it as sqlite:PATH");
	snprintf(path, sizeof(path), "%s%.*s", text.ptr[0] == '/' ? "" : "./", STR_ARG(text));
	folder_of(path, folder);
	if (readonly && access(path, F_OK) < 0)
		return err_set(err, ERR_NOT_FOUND, "%s: there is no store: %s: set HOMU_STORE=sqlite:PATH to it", path, strerror(errno));
	if (!readonly && !make_file(path, folder, err))
		return false;
	if (sqlite3_open_v2(path, db, flags, NULL) != SQLITE_OK) {
		if (*db)
			sqlite_file_error(*db, "the database cannot be opened", err);
		else
			err_set(err, ERR_MEMORY, "no memory for the database");
	} else if (prepare(*db, path, readonly, err)) {
		return true;
	}
	sqlite3_close(*db);
	*db = NULL;
	return false;
}
