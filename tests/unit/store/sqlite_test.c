#include "store/sqlite.h"

#include <sqlite3.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "store_suite.h"
#include "test.h"

enum { NOW_S = SUITE_NOW_S };

static struct str path_of(const char *name)
{
	static char path[4200];

	snprintf(path, sizeof(path), "%s/%s", test_dir(), name);
	return str_from(path);
}

static struct store *open_at(struct str path)
{
	struct err err = {0};
	struct store *store = sqlite_open(path, &err);

	CHECK_EQ_STR(err.text, "");
	return store;
}

#define RUN(name)                                              \
	TEST(name)                                             \
	{                                                      \
		struct store *store = open_at(path_of("db")); \
		REQUIRE(store);                                \
		suite_##name(store);                           \
		store_free(store);                             \
	}
STORE_SUITE(RUN)

static enum err_code put(struct store *store, const char *key, uint64_t version, const char *doc)
{
	return suite_commit(store, NULL, STORE_PUT, suite_row(STORE_USERS, key, 0, version, doc));
}

static enum err_code open_fails(struct str path, char *text, size_t text_size)
{
	struct err err = {0};
	struct store *store = sqlite_open(path, &err);

	CHECK(!store);
	store_free(store);
	snprintf(text, text_size, "%s", err.text);
	return err.code;
}

TEST(what_was_committed_is_there_after_opening_again)
{
	struct store *store = open_at(path_of("db"));

	REQUIRE(store);
	CHECK_EQ_INT(put(store, "k", 0, "{}"), ERR_NONE);
	store_free(store);
	store = open_at(path_of("db"));
	REQUIRE(store);
	CHECK_EQ_UINT(suite_load(store, STORE_USERS, "k", 0, NULL, 0), 1);
	store_free(store);
}

TEST(its_files_are_for_the_owner_alone)
{
	static const char *const names[] = {"db", "db-wal", "db-shm"};
	struct store *store = open_at(path_of("db"));
	struct stat st;

	REQUIRE(store);
	CHECK_EQ_INT(put(store, "k", 0, "{}"), ERR_NONE);
	for (size_t i = 0; i < 3; i++) {
		CHECK(stat(path_of(names[i]).ptr, &st) == 0);
		CHECK_EQ_UINT(st.st_mode & 0777, 0600);
	}
	store_free(store);
}

static void note(struct store_request *request)
{
	char *order = request->owner;

	snprintf(order + strlen(order), 8, "%s", request->kind == STORE_COMMIT ? "C" : request->kind == STORE_LOAD ? "L" : "P");
}

TEST(all_of_a_turn_ends_in_it_in_order_and_reads_see_what_was_durable_before)
{
	struct store *store = open_at(path_of("db"));
	struct store_row row = suite_row(STORE_USERS, "k", 0, 0, "new"), seen = suite_row(STORE_USERS, "k", 0, 0, "");
	struct store_row rows[2];
	struct store_changes changes = {0};
	char order[16] = "";
	struct arena arena;

	REQUIRE(store);
	arena_init(&arena, 1 << 16);
	store_changes_add(&changes, STORE_PUT, &row);
	struct store_request commit = {.kind = STORE_COMMIT, .now_s = NOW_S, .changes = &changes, .arena = &arena, .done = note, .owner = order};
	struct store_request load = {.kind = STORE_LOAD, .now_s = NOW_S, .rows = &seen, .row_count = 1, .arena = &arena, .done = note,
				     .owner = order};
	struct store_request page = {.kind = STORE_PAGE, .now_s = NOW_S, .rows = rows, .row_count = 2, .page_key = STR("h"),
				     .page_before = INT64_MAX, .arena = &arena, .done = note, .owner = order};

	store_submit(store, &commit);
	store_submit(store, &load);
	store_submit(store, &page);
	CHECK_EQ_STR(order, "");
	CHECK(store_turn(store, 0));
	CHECK_EQ_STR(order, "CLP");
	CHECK_EQ_UINT(seen.version, 0);
	CHECK_EQ_INT(commit.err.code, ERR_NONE);
	CHECK(!store_turn(store, 0));
	arena_release(&arena);
	store_free(store);
}

TEST(a_request_that_was_not_turned_ends_without_a_word_when_the_store_is_freed)
{
	struct store *store = open_at(path_of("db"));
	char order[16] = "";
	struct store_request ping = {.kind = STORE_PING, .now_s = NOW_S, .done = note, .owner = order};

	REQUIRE(store);
	store_submit(store, &ping);
	store_free(store);
	CHECK_EQ_STR(order, "");
}

static bool count_any(void *owner, const struct store_row *row)
{
	(void)row;
	++*(unsigned *)owner;
	return true;
}

static unsigned count_standings(const char *path)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *statement = NULL;
	unsigned count = 99;

	if (CHECK(sqlite3_open(path, &db) == SQLITE_OK) &&
	    CHECK(sqlite3_prepare_v2(db, "SELECT count(*) FROM standings", -1, &statement, NULL) == SQLITE_OK) &&
	    CHECK(sqlite3_step(statement) == SQLITE_ROW))
		count = (unsigned)sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return count;
}

TEST(expired_rows_are_removed_a_few_at_a_time_and_what_they_stood_on)
{
	struct store *store = open_at(path_of("db"));
	char keys[2 * STORE_PURGE_MAX][16];
	struct arena arena;
	struct store_changes changes = {.arena = &arena};
	struct store_request commit = {.kind = STORE_COMMIT, .now_s = NOW_S - 10, .changes = &changes};

	REQUIRE(store);
	arena_init(&arena, 1 << 16);
	for (int i = 0; i < 2 * STORE_PURGE_MAX; i++) {
		struct store_row row;

		snprintf(keys[i], sizeof(keys[i]), "old%d", i);
		row = suite_row(STORE_USERS, keys[i], 0, 0, "{}");
		row.expires_at_s = NOW_S - 1;
		row.board = STR("b");
		row.scores[0] = 1;
		CHECK(store_changes_add(&changes, STORE_PUT, &row));
	}
	CHECK(store_wait(store, &commit));
	arena_release(&arena);
	for (unsigned turn = 0; turn < 3; turn++) {
		unsigned left = 0;

		CHECK(store_each(store, STORE_USERS, count_any, &left, NULL));
		CHECK_EQ_UINT(left, (2 - turn) * STORE_PURGE_MAX);
		CHECK_EQ_UINT(count_standings(path_of("db").ptr), left);
		CHECK_EQ_INT(suite_commit(store, NULL, STORE_PUT, suite_row(STORE_SETTINGS, "k", 0, turn, "{}")), ERR_NONE);
	}
	store_free(store);
}

/* ---- what cannot be opened ---- */

TEST(a_folder_that_is_not_there_is_told)
{
	char text[512];

	CHECK_EQ_INT(open_fails(path_of("none/db"), text, sizeof(text)), ERR_CONFIG);
	CHECK(strstr(text, "mkdir -p") != NULL);
	CHECK_EQ_INT(open_fails(str_from(test_dir()), text, sizeof(text)), ERR_CONFIG);
	CHECK_EQ_INT(open_fails(STR_EMPTY, text, sizeof(text)), ERR_CONFIG);
}

/* Root may write everywhere, so another user tries. Ends with 0 when it was refused as it should be. */
static int try_as_nobody(const char *path)
{
	struct err err = {0};

	if (geteuid() == 0 && (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0))
		return 3;
	if (sqlite_open(str_from(path), &err))
		return 1;
	return err.code == ERR_CONFIG && strstr(err.text, "not writable") && strstr(err.text, "-v homuhomu:") ? 0 : 2;
}

static int in_child(int (*run)(const char *path), const char *path)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(run(path));
	CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
	return WEXITSTATUS(status);
}

TEST(a_folder_that_is_not_writable_is_told_with_the_mount_to_add)
{
	struct store *store;
	char path[4200];

	REQUIRE(chmod(test_dir(), 0755) == 0);
	snprintf(path, sizeof(path), "%s/closed", test_dir());
	REQUIRE(mkdir(path, 0555) == 0);
	snprintf(path, sizeof(path), "%s/closed/db", test_dir());
	CHECK_EQ_INT(in_child(try_as_nobody, path), 0);
	/* A file that is there, but of another user. */
	REQUIRE(chmod(path_of("closed").ptr, 0755) == 0);
	store = open_at(str_from(path));
	REQUIRE(store);
	store_free(store);
	REQUIRE(chmod(path, 0444) == 0);
	if (geteuid() == 0)
		CHECK_EQ_INT(in_child(try_as_nobody, path), 0);
}

static void write_at(const char *path, off_t at, const void *data, size_t len)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	CHECK(fd >= 0 && pwrite(fd, data, len, at) == (ssize_t)len);
	close(fd);
}

TEST(a_file_that_is_no_database_is_refused_and_left_alone)
{
	static const char text[] = "These are my notes, and they are not a database at all, however long they may be. Honestly, no.";
	char message[512], after[sizeof(text)] = "";
	int fd;

	write_at(path_of("db").ptr, 0, text, sizeof(text) - 1);
	CHECK_EQ_INT(open_fails(path_of("db"), message, sizeof(message)), ERR_IO);
	fd = open(path_of("db").ptr, O_RDONLY);
	CHECK(fd >= 0 && read(fd, after, sizeof(after)) == (ssize_t)sizeof(text) - 1);
	close(fd);
	CHECK_EQ_STR(after, text);
}

/* SQLite's file format, 1.3: user_version at 60, application_id at 68, big-endian. */
TEST(a_newer_schema_and_another_programs_database_are_refused)
{
	static const uint8_t newer[4] = {0, 0, 0, 3}, foreign[4] = {1, 2, 3, 4};
	struct store *store = open_at(path_of("db"));
	char text[512];

	REQUIRE(store);
	store_free(store);
	write_at(path_of("db").ptr, 60, newer, 4);
	CHECK_EQ_INT(open_fails(path_of("db"), text, sizeof(text)), ERR_CONFIG);
	CHECK(strstr(text, "newer homuhomu") != NULL);
	write_at(path_of("db").ptr, 68, foreign, 4);
	CHECK_EQ_INT(open_fails(path_of("db"), text, sizeof(text)), ERR_CONFIG);
	CHECK(strstr(text, "another program") != NULL);
}

/* As the first release made it: schema 1, without leaderboards. */
static bool make_schema_1(const char *path)
{
	static const char sql[] =
		"PRAGMA journal_mode=WAL;"
		"CREATE TABLE users (key TEXT NOT NULL, sort INTEGER NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL, "
		"expires_at INTEGER NOT NULL, PRIMARY KEY (key, sort)) STRICT;"
		"CREATE TABLE history (key TEXT NOT NULL, sort INTEGER NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL, "
		"expires_at INTEGER NOT NULL, PRIMARY KEY (key, sort)) STRICT;"
		"CREATE TABLE settings (key TEXT NOT NULL, sort INTEGER NOT NULL, version INTEGER NOT NULL, doc TEXT NOT NULL, "
		"expires_at INTEGER NOT NULL, PRIMARY KEY (key, sort)) STRICT;"
		"CREATE INDEX users_expiry ON users (expires_at) WHERE expires_at > 0;"
		"CREATE INDEX history_expiry ON history (expires_at) WHERE expires_at > 0;"
		"CREATE INDEX settings_expiry ON settings (expires_at) WHERE expires_at > 0;"
		"INSERT INTO users VALUES ('k', 0, 7, '{\"a\":1}', 0);"
		"PRAGMA application_id=1752132981; PRAGMA user_version=1;";
	sqlite3 *db = NULL;
	bool ok = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;

	return sqlite3_close(db) == SQLITE_OK && ok;
}

TEST(a_file_of_schema_1_keeps_its_rows_and_gets_leaderboards)
{
	struct store_row row = suite_row(STORE_USERS, "k", 0, 7, "{}");
	struct err err = {0};
	struct store *store;
	char doc[16];

	REQUIRE(make_schema_1(path_of("db").ptr));
	CHECK(!sqlite_open_readonly(path_of("db"), &err));
	CHECK_EQ_INT(err.code, ERR_CONFIG);
	store = open_at(path_of("db"));
	REQUIRE(store);
	CHECK_EQ_UINT(suite_load(store, STORE_USERS, "k", 0, doc, sizeof(doc)), 7);
	CHECK_EQ_STR(doc, "{\"a\":1}");
	CHECK_EQ_UINT(count_standings(path_of("db").ptr), 0);
	row.board = STR("b");
	row.scores[0] = 1;
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_PUT, row), ERR_NONE);
	CHECK_EQ_UINT(count_standings(path_of("db").ptr), 1);
	store_free(store);
}

TEST(a_name_has_no_meaning_of_its_own)
{
	char before[4096];
	struct store *store;
	struct stat st;

	REQUIRE(getcwd(before, sizeof(before)) && chdir(test_dir()) == 0);
	store = open_at(STR(":memory:"));
	CHECK(stat(":memory:", &st) == 0 && st.st_size > 0);
	store_free(store);
	store = open_at(STR("file:x?mode=memory"));
	CHECK(stat("file:x?mode=memory", &st) == 0 && st.st_size > 0);
	store_free(store);
	REQUIRE(chdir(before) == 0);
}

/* ---- reading alone ---- */

TEST(a_reader_beside_the_bot_sees_the_moment_of_its_opening)
{
	struct store *store = open_at(path_of("db"));
	struct store *reader;
	struct err err = {0};

	REQUIRE(store);
	CHECK_EQ_INT(put(store, "k", 0, "{}"), ERR_NONE);
	reader = sqlite_open_readonly(path_of("db"), &err);
	REQUIRE(reader);
	CHECK_EQ_INT(put(store, "k", 1, "{}"), ERR_NONE);
	CHECK_EQ_UINT(suite_load(reader, STORE_USERS, "k", 0, NULL, 0), 1);
	CHECK_EQ_INT(put(reader, "k", 1, "{}"), ERR_USAGE);
	CHECK_EQ_UINT(suite_load(reader, STORE_USERS, "k", 0, NULL, 0), 1);
	store_free(reader);
	reader = sqlite_open_readonly(path_of("db"), &err);
	REQUIRE(reader);
	CHECK_EQ_UINT(suite_load(reader, STORE_USERS, "k", 0, NULL, 0), 2);
	store_free(reader);
	store_free(store);
}

TEST(reading_alone_makes_no_file)
{
	struct err err = {0};
	struct stat st;

	CHECK(!sqlite_open_readonly(path_of("db"), &err));
	CHECK_EQ_INT(err.code, ERR_NOT_FOUND);
	CHECK(stat(path_of("db").ptr, &st) < 0);
}

/* ---- failures ---- */

TEST(a_file_that_was_taken_away_is_told)
{
	struct store *store = open_at(path_of("db"));
	struct store_request ping = {.kind = STORE_PING, .now_s = NOW_S};

	REQUIRE(store);
	CHECK(store_wait(store, &ping));
	REQUIRE(remove(path_of("db").ptr) == 0);
	CHECK(!store_wait(store, &ping));
	CHECK_EQ_INT(ping.err.code, ERR_IO);
	store_free(store);
}

static unsigned failures, successes;

static void tally(struct store_request *request)
{
	if (request->err.code == ERR_IO)
		failures++;
	else if (request->err.code == ERR_NONE)
		successes++;
}

/* A full disk, as the kernel gives it to a process with a file size limit. */
static int fill_up(const char *path)
{
	static const char *const keys[3] = {"a", "b", "c"};
	static char doc[60000];
	static struct store_changes changes[3];
	struct store_request requests[3];
	struct rlimit limit = {.rlim_cur = 200000, .rlim_max = RLIM_INFINITY};
	struct store *store;
	struct arena arena;

	signal(SIGXFSZ, SIG_IGN);
	arena_init(&arena, 1 << 20);
	store = sqlite_open(str_from(path), NULL);
	if (!store || put(store, "before", 0, "{}") != ERR_NONE || setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 1;
	memset(doc, 'x', sizeof(doc) - 1);
	failures = successes = 0;
	for (int i = 0; i < 3; i++) {
		struct store_row row = suite_row(STORE_USERS, keys[i], 0, 0, i == 2 ? "{}" : doc);
		struct store_row more = suite_row(STORE_HISTORY, keys[i], 0, 0, i == 2 ? "{}" : doc);

		store_changes_add(&changes[i], STORE_PUT, &row);
		store_changes_add(&changes[i], STORE_PUT, &more);
		requests[i] = (struct store_request){.kind = STORE_COMMIT, .now_s = NOW_S, .changes = &changes[i], .done = tally, .arena = &arena};
		store_submit(store, &requests[i]);
	}
	store_turn(store, 0);
	if (failures != 3 || successes != 0)
		return 2;
	if (suite_load(store, STORE_USERS, "before", 0, NULL, 0) != 1 || suite_load(store, STORE_USERS, "c", 0, NULL, 0) != 0)
		return 3;
	limit.rlim_cur = RLIM_INFINITY;
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 4;
	for (int i = 0; i < 3; i++)
		store_submit(store, &requests[i]);
	store_turn(store, 0);
	if (successes != 3 || suite_load(store, STORE_USERS, "c", 0, NULL, 0) != 1)
		return 5;
	store_free(store);
	arena_release(&arena);
	return 0;
}

TEST(when_the_disk_is_full_every_commit_of_the_turn_fails_and_nothing_is_halved)
{
	CHECK_EQ_INT(in_child(fill_up, path_of("db").ptr), 0);
}

/* ---- kill -9 ---- */

/* Commit n: the counter goes from n to n + 1, with a row of history, a score and an idempotency key. */
static enum err_code count_up(struct store *store, uint64_t n)
{
	struct store_row counter = suite_row(STORE_USERS, "counter", 0, n, "{}");
	struct store_row receipt = suite_row(STORE_HISTORY, "counter", 1000, 0, "{}");
	struct store_changes changes = {.answer = STR("{}"), .answer_expires_at_s = NOW_S + 100};
	struct arena arena;
	struct store_request request = {.kind = STORE_COMMIT, .now_s = NOW_S, .changes = &changes, .arena = &arena};
	char once[32];

	counter.board = STR("b");
	counter.scores[0] = (int64_t)n + 1;
	snprintf(once, sizeof(once), "ix#%llu", (unsigned long long)n);
	changes.once = str_from(once);
	store_changes_add(&changes, STORE_PUT, &counter);
	store_changes_add(&changes, STORE_APPEND, &receipt);
	arena_init(&arena, 4096);
	store_wait(store, &request);
	arena_release(&arena);
	return request.err.code;
}

static void count_and_tell(const char *path, int out)
{
	struct store *store = sqlite_open(str_from(path), NULL);
	uint64_t n;

	if (!store)
		_exit(1);
	for (n = suite_load(store, STORE_USERS, "counter", 0, NULL, 0);; n++) {
		if (count_up(store, n) != ERR_NONE || write(out, &n, sizeof(n)) != (ssize_t)sizeof(n))
			_exit(1);
	}
}

static bool count_row(void *owner, const struct store_row *row)
{
	uint64_t *counts = owner;

	counts[str_starts(row->key, STR("ix#")) ? 1 : 0]++;
	return true;
}

static int64_t top_score(struct store *store)
{
	struct store_row row = {.scores = {0}};
	struct arena arena;
	struct store_request request = {.kind = STORE_TOP, .now_s = NOW_S, .rows = &row, .row_count = 1, .top_board = STR("b"), .arena = &arena};

	arena_init(&arena, 4096);
	CHECK(store_wait(store, &request));
	arena_release(&arena);
	return row.scores[0];
}

TEST(what_was_acknowledged_survives_a_kill_and_the_rest_is_whole_or_absent)
{
	char path[4200];
	uint32_t state = 12345;
	uint64_t acknowledged = 0;

	snprintf(path, sizeof(path), "%s/db", test_dir());
	for (int round = 0; round < 25; round++) {
		unsigned wanted = (state = state * 1664525u + 1013904223u) >> 28;
		uint64_t counts[2] = {0}, n, counter;
		struct store *store;
		int pipes[2];
		pid_t child;

		REQUIRE(pipe(pipes) == 0);
		child = fork();
		if (child == 0) {
			close(pipes[0]);
			count_and_tell(path, pipes[1]);
		}
		close(pipes[1]);
		for (unsigned i = 0; i < wanted && read(pipes[0], &n, sizeof(n)) == (ssize_t)sizeof(n); i++)
			acknowledged = n + 1;
		/* Somewhere between here and there. */
		for (volatile unsigned spin = 0; spin < (state >> 8) % 400000; spin++)
			;
		kill(child, SIGKILL);
		while (read(pipes[0], &n, sizeof(n)) == (ssize_t)sizeof(n))
			acknowledged = n + 1;
		close(pipes[0]);
		REQUIRE(waitpid(child, NULL, 0) == child);

		store = open_at(str_from(path));
		REQUIRE(store);
		counter = suite_load(store, STORE_USERS, "counter", 0, NULL, 0);
		CHECK(counter >= acknowledged && counter <= acknowledged + 1);
		CHECK(store_each(store, STORE_HISTORY, count_row, counts, NULL));
		CHECK_EQ_UINT(counts[0], counter);
		CHECK_EQ_UINT(counts[1], counter);
		CHECK_EQ_INT(top_score(store), (int64_t)counter);
		if (counter)
			CHECK_EQ_INT(count_up(store, counter - 1), ERR_DUPLICATE);
		store_free(store);
	}
}

/* ---- two processes ---- */

TEST(a_commit_that_could_not_begin_is_known_not_to_be_kept)
{
	struct store *store = open_at(path_of("db"));
	sqlite3 *other = NULL;

	REQUIRE(store && sqlite3_open(path_of("db").ptr, &other) == SQLITE_OK);
	REQUIRE(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
	CHECK_EQ_INT(put(store, "k", 0, "{}"), ERR_THROTTLED);
	sqlite3_close(other);
	CHECK_EQ_INT(put(store, "k", 0, "{}"), ERR_NONE);
	store_free(store);
}

enum { ROUNDS = 100 };

static int contend(const char *path)
{
	struct store *store = sqlite_open(str_from(path), NULL);
	int won = 0;

	if (!store)
		return 1;
	while (won < ROUNDS) {
		uint64_t n = suite_load(store, STORE_USERS, "counter", 0, NULL, 0);
		enum err_code code = put(store, "counter", n, "{}");

		if (code == ERR_NONE)
			won++;
		else if (code != ERR_CONFLICT && code != ERR_THROTTLED)
			return 2;
	}
	store_free(store);
	return 0;
}

TEST(two_processes_on_one_file_lose_nothing)
{
	struct store *store;
	char path[4200];
	int status = 0;
	pid_t child;

	snprintf(path, sizeof(path), "%s/db", test_dir());
	/* Both make the file. */
	child = fork();
	if (child == 0)
		_exit(contend(path));
	CHECK_EQ_INT(contend(path), 0);
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
	CHECK_EQ_INT(WEXITSTATUS(status), 0);
	store = open_at(str_from(path));
	REQUIRE(store);
	CHECK_EQ_UINT(suite_load(store, STORE_USERS, "counter", 0, NULL, 0), 2 * ROUNDS);
	store_free(store);
}
