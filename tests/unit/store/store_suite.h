/*
 * What every store must do, as tests over the interface alone: a program of one implementation makes each line of STORE_SUITE
 * a test, with a fresh empty store.
 */
#ifndef STORE_SUITE_H
#define STORE_SUITE_H

#include "store/store.h"

/* The second at which most of it happens. */
#define SUITE_NOW_S 1000

#define STORE_SUITE(X)                                                \
	X(a_row_that_is_not_there_has_version_zero)                   \
	X(a_row_is_loaded_as_it_was_put)                              \
	X(each_put_makes_the_version_one_more)                        \
	X(a_put_at_another_version_is_a_conflict)                     \
	X(a_delete_removes_the_row_it_saw_and_no_other)               \
	X(a_check_writes_nothing_and_holds_the_version)               \
	X(tables_keys_and_sort_numbers_are_told_apart)                \
	X(a_change_set_is_all_or_nothing)                             \
	X(a_commit_happens_once_and_its_answer_is_found)              \
	X(a_duplicate_is_told_though_its_rows_changed_since)          \
	X(an_answer_that_expired_is_forgotten)                        \
	X(an_append_takes_the_first_free_number)                      \
	X(a_millisecond_has_room_for_a_thousand_rows)                 \
	X(a_page_is_newest_first_and_ends_where_it_should)            \
	X(an_expired_row_is_absent)                                   \
	X(of_two_commits_on_one_row_the_first_wins)                   \
	X(a_refused_commit_does_not_touch_its_neighbours)             \
	X(the_same_commit_twice_at_once_is_kept_once)                 \
	X(a_completion_may_submit_again)                              \
	X(an_arena_that_is_full_is_told)                              \
	X(a_ping_is_answered)                                         \
	X(every_row_is_visited_in_order)                              \
	X(a_visit_may_stop)                                           \
	X(a_change_set_has_a_bound)                                   \
	X(a_row_stands_where_it_was_put_last)                         \
	X(a_leaderboard_is_highest_first_and_ties_go_by_key)          \
	X(a_leaderboard_ends_at_its_bounds)                           \
	X(a_rank_counts_who_stands_higher)                            \
	X(a_rank_beyond_the_bound_is_told_as_unknown)                 \
	X(what_cannot_stand_on_a_leaderboard_is_refused)              \
	X(boards_and_rows_stay_in_step_through_random_operations)

#define STORE_SUITE_DECLARE(name) void suite_##name(struct store *store);
STORE_SUITE(STORE_SUITE_DECLARE)

/* For the programs' own tests; a row stands on no leaderboard. */
struct store_row suite_row(enum store_table table, const char *key, int64_t sort, uint64_t version, const char *doc);
/* One commit of these writes at SUITE_NOW_S; the code it ended with. once may be NULL; the answer is "answer of ONCE". */
enum err_code suite_commit(struct store *store, const char *once, enum store_write_kind kind, struct store_row row);
/* The row's version now; its document in `doc` (cut), which may be NULL. */
uint64_t suite_load(struct store *store, enum store_table table, const char *key, int64_t sort, char *doc, size_t doc_size);

/* The same at another time; `found`, which may be NULL, gets the stored answer. */
enum err_code suite_commit_at(struct store *store, const struct store_changes *changes, int64_t now_s, char *found, size_t found_size);
uint64_t suite_load_at(struct store *store, enum store_table table, const char *key, int64_t sort, int64_t now_s, char *doc,
		       size_t doc_size);

#endif
