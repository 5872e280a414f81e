#include "store_suite.h"

#include <stdio.h>

#include "test.h"

enum { NOW_S = SUITE_NOW_S, ARENA_BYTES = 1 << 20 };

static struct store_row standing(const char *key, uint64_t version, const char *board, int64_t first, int64_t second, int64_t third)
{
	struct store_row row = suite_row(STORE_USERS, key, 0, version, "{}");

	row.board = str_from(board);
	row.scores[0] = first;
	row.scores[1] = second;
	row.scores[2] = third;
	return row;
}

static enum err_code stand(struct store *store, const char *key, uint64_t version, const char *board, int64_t first, int64_t second,
			   int64_t third)
{
	return suite_commit(store, NULL, STORE_PUT, standing(key, version, board, first, second, third));
}

static void print_standing(const struct store_row *row, char *text, size_t text_size)
{
	size_t len = strlen(text);

	snprintf(text + len, text_size - len, "%.*s:%.*s=%lld,%lld,%lld ", STR_ARG(row->board), STR_ARG(row->key), (long long)row->scores[0],
		 (long long)row->scores[1], (long long)row->scores[2]);
}

/* The leaderboard as text; the rank of `key`, which may be NULL. */
static int64_t top_at(struct store *store, const char *board, size_t score, size_t count, const char *key, int64_t now_s, char *text,
		      size_t text_size)
{
	struct store_row rows[LEADERBOARD_ROWS_MAX + 1];
	struct arena arena;
	struct store_request request = {.kind = STORE_TOP, .now_s = now_s, .rows = rows, .row_count = count, .top_board = str_from(board),
					.top_score = score, .top_key = str_from(key), .top_rank = 99, .arena = &arena};

	arena_init(&arena, ARENA_BYTES);
	CHECK(store_wait(store, &request));
	text[0] = '\0';
	for (size_t i = 0; i < request.row_count; i++) {
		CHECK(rows[i].table == STORE_USERS && rows[i].doc.len == 0 && rows[i].version == 0);
		print_standing(&rows[i], text, text_size);
	}
	arena_release(&arena);
	return request.top_rank;
}

static void check_top(struct store *store, const char *board, size_t score, const char *want)
{
	char text[512];

	CHECK_EQ_INT(top_at(store, board, score, LEADERBOARD_ROWS_MAX, NULL, NOW_S, text, sizeof(text)), 0);
	CHECK_EQ_STR(text, want);
}

static int64_t rank_in(struct store *store, const char *board, size_t score, const char *key)
{
	char text[8];

	return top_at(store, board, score, 0, key, NOW_S, text, sizeof(text));
}

/* What LOAD says of it, as text. */
static void load_standing(struct store *store, const char *key, int64_t now_s, char *text, size_t text_size)
{
	struct store_row row = standing(key, 9, "stale", 9, 9, 9);
	struct arena arena;
	struct store_request request = {.kind = STORE_LOAD, .now_s = now_s, .rows = &row, .row_count = 1, .arena = &arena};

	arena_init(&arena, ARENA_BYTES);
	CHECK(store_wait(store, &request));
	text[0] = '\0';
	print_standing(&row, text, text_size);
	arena_release(&arena);
}

static void check_standing(struct store *store, const char *key, const char *want)
{
	char text[128];

	load_standing(store, key, NOW_S, text, sizeof(text));
	CHECK_EQ_STR(text, want);
}

void suite_a_row_stands_where_it_was_put_last(struct store *store)
{
	check_standing(store, "k", ":k=0,0,0 ");
	CHECK_EQ_INT(stand(store, "k", 0, "b", 1, 0, GACHA_INTEGER_MAX), ERR_NONE);
	check_standing(store, "k", "b:k=1,0,9007199254740991 ");
	CHECK_EQ_INT(stand(store, "k", 1, "b", 2, 7, 3), ERR_NONE);
	check_standing(store, "k", "b:k=2,7,3 ");
	check_top(store, "b", 0, "b:k=2,7,3 ");
	CHECK_EQ_INT(stand(store, "k", 1, "b", 9, 9, 9), ERR_CONFLICT);
	check_top(store, "b", 2, "b:k=2,7,3 ");
	CHECK_EQ_INT(stand(store, "k", 2, "other", 2, 7, 3), ERR_NONE);
	check_top(store, "b", 0, "");
	check_top(store, "other", 1, "other:k=2,7,3 ");
	CHECK_EQ_INT(stand(store, "k", 3, NULL, 2, 7, 3), ERR_NONE);
	check_standing(store, "k", ":k=0,0,0 ");
	check_top(store, "other", 1, "");
	CHECK_EQ_INT(stand(store, "k", 4, "b", 1, 1, 1), ERR_NONE);
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_CHECK, suite_row(STORE_USERS, "k", 0, 5, "")), ERR_NONE);
	check_top(store, "b", 0, "b:k=1,1,1 ");
	CHECK_EQ_INT(suite_commit(store, NULL, STORE_DELETE, suite_row(STORE_USERS, "k", 0, 5, "")), ERR_NONE);
	check_top(store, "b", 0, "");
	CHECK_EQ_INT(stand(store, "k", 0, NULL, 0, 0, 0), ERR_NONE);
	check_standing(store, "k", ":k=0,0,0 ");
}

void suite_a_leaderboard_is_highest_first_and_ties_go_by_key(struct store *store)
{
	check_top(store, "b", 0, "");
	CHECK_EQ_INT(stand(store, "c", 0, "b", 5, 1, 0), ERR_NONE);
	CHECK_EQ_INT(stand(store, "a", 0, "b", 5, 2, 0), ERR_NONE);
	CHECK_EQ_INT(stand(store, "b", 0, "b", 7, 2, 1), ERR_NONE);
	CHECK_EQ_INT(stand(store, "d", 0, "b", 0, 30, 0), ERR_NONE);
	CHECK_EQ_INT(stand(store, "e", 0, "B", 9, 9, 9), ERR_NONE);
	CHECK_EQ_INT(stand(store, "f", 0, NULL, 0, 0, 0), ERR_NONE);
	check_top(store, "b", 0, "b:b=7,2,1 b:a=5,2,0 b:c=5,1,0 ");
	check_top(store, "b", 1, "b:d=0,30,0 b:a=5,2,0 b:b=7,2,1 b:c=5,1,0 ");
	check_top(store, "b", 2, "b:b=7,2,1 ");
	check_top(store, "B", 2, "B:e=9,9,9 ");
}

void suite_a_leaderboard_ends_at_its_bounds(struct store *store)
{
	char text[1024], key[16];

	for (int i = 0; i <= LEADERBOARD_ROWS_MAX; i++) {
		snprintf(key, sizeof(key), "k%02d", i);
		CHECK_EQ_INT(stand(store, key, 0, "b", 100 - i, 0, 0), ERR_NONE);
	}
	top_at(store, "b", 0, 2, NULL, NOW_S, text, sizeof(text));
	CHECK_EQ_STR(text, "b:k00=100,0,0 b:k01=99,0,0 ");
	top_at(store, "b", 0, 0, NULL, NOW_S, text, sizeof(text));
	CHECK_EQ_STR(text, "");
	top_at(store, "b", 0, LEADERBOARD_ROWS_MAX + 1, NULL, NOW_S, text, sizeof(text));
	CHECK(strstr(text, ":k24=76,") && !strstr(text, ":k25="));
}

void suite_a_rank_counts_who_stands_higher(struct store *store)
{
	CHECK_EQ_INT(stand(store, "a", 0, "b", 5, 0, 3), ERR_NONE);
	CHECK_EQ_INT(stand(store, "b", 0, "b", 7, 0, 2), ERR_NONE);
	CHECK_EQ_INT(stand(store, "c", 0, "b", 5, 0, 1), ERR_NONE);
	CHECK_EQ_INT(stand(store, "d", 0, "b", 1, 1, 0), ERR_NONE);
	CHECK_EQ_INT(stand(store, "e", 0, "other", 9, 9, 9), ERR_NONE);
	CHECK_EQ_INT(stand(store, "f", 0, NULL, 0, 0, 0), ERR_NONE);
	CHECK_EQ_INT(rank_in(store, "b", 0, "b"), 1);
	CHECK_EQ_INT(rank_in(store, "b", 0, "a"), 2);
	CHECK_EQ_INT(rank_in(store, "b", 0, "c"), 2);
	CHECK_EQ_INT(rank_in(store, "b", 0, "d"), 4);
	CHECK_EQ_INT(rank_in(store, "b", 1, "d"), 1);
	CHECK_EQ_INT(rank_in(store, "b", 1, "a"), 0);
	CHECK_EQ_INT(rank_in(store, "b", 2, "c"), 3);
	CHECK_EQ_INT(rank_in(store, "b", 0, "e"), 0);
	CHECK_EQ_INT(rank_in(store, "b", 0, "f"), 0);
	CHECK_EQ_INT(rank_in(store, "b", 0, "nobody"), 0);
}

void suite_a_rank_beyond_the_bound_is_told_as_unknown(struct store *store)
{
	struct arena arena;
	struct store_request request = {.kind = STORE_COMMIT, .now_s = NOW_S, .arena = &arena};
	char keys[STORE_WRITES_MAX][16];

	arena_init(&arena, ARENA_BYTES);
	for (int added = 0; added < LEADERBOARD_RANK_MAX;) {
		struct store_changes changes = {.arena = &arena};

		for (size_t i = 0; i < STORE_WRITES_MAX && added < LEADERBOARD_RANK_MAX; i++, added++) {
			snprintf(keys[i], sizeof(keys[i]), "k%d", added);
			struct store_row row = standing(keys[i], 0, "b", 10, 0, 0);

			CHECK(store_changes_add(&changes, STORE_PUT, &row));
		}
		request.changes = &changes;
		CHECK(store_wait(store, &request));
		arena_clear(&arena);
	}
	arena_release(&arena);
	CHECK_EQ_INT(stand(store, "z", 0, "b", 9, 0, 0), ERR_NONE);
	CHECK_EQ_INT(rank_in(store, "b", 0, "z"), LEADERBOARD_RANK_MAX + 1);
	CHECK_EQ_INT(stand(store, "y", 0, "b", 10, 0, 0), ERR_NONE);
	CHECK_EQ_INT(rank_in(store, "b", 0, "z"), -1);
	CHECK_EQ_INT(rank_in(store, "b", 0, "y"), 1);
}

void suite_what_cannot_stand_on_a_leaderboard_is_refused(struct store *store)
{
	struct store_row row = standing("k", 0, "b", 1, 2, 3);
	struct store_request request = {.kind = STORE_TOP, .now_s = NOW_S, .row_count = 1, .top_score = 0};

	CHECK_EQ_INT(stand(store, "k", 0, "b", -1, 0, 0), ERR_INPUT);
	CHECK_EQ_INT(stand(store, "k", 0, "b", 0, 0, GACHA_INTEGER_MAX + 1), ERR_INPUT);
	row.table = STORE_SETTINGS;
	CHECK_EQ_INT(suite_commit(store, "ix#1", STORE_PUT, row), ERR_INPUT);
	row.table = STORE_HISTORY;
	CHECK_EQ_INT(suite_commit(store, "ix#1", STORE_APPEND, row), ERR_INPUT);
	CHECK_EQ_UINT(suite_load(store, STORE_USERS, "k", 0, NULL, 0) + suite_load(store, STORE_SETTINGS, "k", 0, NULL, 0), 0);
	CHECK_EQ_UINT(suite_load(store, STORE_HISTORY, "ix#1", 0, NULL, 0), 0);
	CHECK(!store_wait(store, &request));
	CHECK_EQ_INT(request.err.code, ERR_INPUT);
	CHECK_EQ_UINT(request.row_count, 0);
	request.top_board = STR("b");
	request.top_score = STORE_SCORES;
	CHECK(!store_wait(store, &request));
	CHECK_EQ_INT(request.err.code, ERR_INPUT);
}

/* What the rows ought to be, kept beside the store. */
enum { MODEL_KEYS = 12, MODEL_ROUNDS = 600 };

static const char *const model_names[MODEL_KEYS] = {"k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "ka", "kb"};
static const char *const model_boards[3] = {"", "b", "c"};

struct model_row {
	uint64_t version;
	const char *board;
	int64_t scores[STORE_SCORES];
	int64_t expires_at_s;
};

struct model {
	struct model_row rows[MODEL_KEYS];
	int64_t now_s;
	uint64_t state;
};

static unsigned model_random(struct model *model, unsigned below)
{
	model->state = model->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(model->state >> 33) % below;
}

static bool is_there(const struct model *model, size_t i)
{
	const struct model_row *row = &model->rows[i];

	return row->version > 0 && (row->expires_at_s == 0 || row->expires_at_s > model->now_s);
}

static bool stands_on(const struct model *model, size_t i, const char *board, size_t score)
{
	return is_there(model, i) && model->rows[i].scores[score] > 0 && strcmp(model->rows[i].board, board) == 0;
}

/* One write on row i, to the model too; *stale becomes true for one that the store must refuse. */
static struct store_row model_write(struct model *model, size_t i, enum store_write_kind *kind, bool *stale)
{
	struct model_row *row = &model->rows[i];
	uint64_t version = is_there(model, i) ? row->version : 0;
	struct store_row write;

	*kind = version && model_random(model, 5) == 0 ? STORE_DELETE : STORE_PUT;
	write = standing(model_names[i], version, model_boards[model_random(model, 3)], model_random(model, 4), model_random(model, 9),
			 model_random(model, 2));
	write.expires_at_s = model_random(model, 6) == 0 ? model->now_s + 1 + model_random(model, 5) : 0;
	if (model_random(model, 8) == 0) {
		write.version += 1 + model_random(model, 2);
		*stale = true;
	}
	*row = (struct model_row){.version = *kind == STORE_DELETE ? 0 : version + 1, .board = write.board.len ? write.board.ptr : "",
				  .expires_at_s = write.expires_at_s};
	for (size_t score = 0; row->board[0] && score < STORE_SCORES; score++)
		row->scores[score] = write.scores[score];
	return write;
}

/* A change set of rows that follow one another; refused as a whole when one of its writes is stale. */
static void model_commit(struct model *model, struct store *store)
{
	struct model before = *model;
	struct store_changes changes = {0};
	size_t first = model_random(model, MODEL_KEYS), count = 1 + model_random(model, 4);
	bool stale = false;

	for (size_t i = 0; i < count; i++) {
		enum store_write_kind kind;
		struct store_row row = model_write(model, (first + i) % MODEL_KEYS, &kind, &stale);

		CHECK(store_changes_add(&changes, kind, &row));
	}
	CHECK_EQ_INT(suite_commit_at(store, &changes, model->now_s, NULL, 0), stale ? ERR_CONFLICT : ERR_NONE);
	if (stale)
		memcpy(model->rows, before.rows, sizeof(model->rows));
}

static int64_t model_rank(const struct model *model, size_t key, const char *board, size_t score)
{
	int64_t higher = 0;

	if (!stands_on(model, key, board, score))
		return 0;
	for (size_t i = 0; i < MODEL_KEYS; i++)
		higher += stands_on(model, i, board, score) && model->rows[i].scores[score] > model->rows[key].scores[score];
	return higher + 1;
}

static void print_model(const struct model *model, size_t i, char *text, size_t text_size)
{
	static const struct model_row absent = {.board = ""};
	const struct model_row *found = is_there(model, i) ? &model->rows[i] : &absent;
	struct store_row row = standing(model_names[i], 0, found->board, found->scores[0], found->scores[1], found->scores[2]);

	print_standing(&row, text, text_size);
}

static void check_model_top(const struct model *model, struct store *store, const char *board, size_t score, size_t key)
{
	char want[512] = "", got[512];

	for (int64_t points = 9; points > 0; points--)
		for (size_t i = 0; i < MODEL_KEYS; i++)
			if (stands_on(model, i, board, score) && model->rows[i].scores[score] == points)
				print_model(model, i, want, sizeof(want));
	CHECK_EQ_INT(top_at(store, board, score, LEADERBOARD_ROWS_MAX, model_names[key], model->now_s, got, sizeof(got)),
		     model_rank(model, key, board, score));
	CHECK_EQ_STR(got, want);
}

void suite_boards_and_rows_stay_in_step_through_random_operations(struct store *store)
{
	struct model model = {.now_s = NOW_S, .state = 20240229};

	for (size_t i = 0; i < MODEL_KEYS; i++)
		model.rows[i].board = "";
	for (int round = 0; round < MODEL_ROUNDS; round++) {
		size_t key = model_random(&model, MODEL_KEYS);
		char want[64] = "", got[64];

		model_commit(&model, store);
		model.now_s += model_random(&model, 3) == 0;
		check_model_top(&model, store, model_boards[1 + model_random(&model, 2)], model_random(&model, STORE_SCORES), key);
		print_model(&model, key, want, sizeof(want));
		load_standing(store, model_names[key], model.now_s, got, sizeof(got));
		CHECK_EQ_STR(got, want);
		CHECK_EQ_UINT(suite_load_at(store, STORE_USERS, model_names[key], 0, model.now_s, NULL, 0),
			      is_there(&model, key) ? model.rows[key].version : 0);
	}
}
