#include "bot/job_list.h"

#include <stdio.h>

#include "test.h"

static struct job_list list;

static struct str text(struct arena *arena)
{
	char memory[JOB_LIST_BYTES_MAX];
	struct buf out;

	buf_wrap(&out, memory, sizeof(memory));
	job_list_write(&list, &out);
	CHECK(!out.full);
	return arena_str(arena, buf_str(&out));
}

TEST(a_list_is_read_as_it_was_written_and_keeps_what_it_does_not_know)
{
	static const char doc[] = "{\"jobs\":[{\"kind\":\"later\",\"x\":[1]},{\"kind\":\"delete\",\"key\":\"5/7\",\"upto\":1999}]}";
	struct arena arena;
	struct err err = {.text = ""};

	arena_init(&arena, 1u << 20);
	REQUIRE(job_list_read(&list, &arena, str_from(doc), &err));
	CHECK_EQ_UINT(list.count, 2);
	REQUIRE(job_list_first(&list) != NULL);
	CHECK(str_eqc(job_list_first(&list)->key, "5/7"));
	CHECK_EQ_INT(job_list_first(&list)->upto, 1999);
	CHECK(str_eqc(text(&arena), doc));
	job_list_remove(&list, job_list_first(&list));
	CHECK(job_list_first(&list) == NULL);
	CHECK(str_eqc(text(&arena), "{\"jobs\":[{\"kind\":\"later\",\"x\":[1]}]}"));
	arena_release(&arena);
}

TEST(a_second_deletion_of_a_player_goes_as_far_as_the_later_one)
{
	struct err err;

	REQUIRE(job_list_read(&list, NULL, STR_EMPTY, &err));
	CHECK(job_list_add_deletion(&list, STR("1"), 10));
	CHECK(job_list_add_deletion(&list, STR("2"), 5));
	CHECK(job_list_add_deletion(&list, STR("1"), 7));
	CHECK(job_list_add_deletion(&list, STR("1"), 30));
	CHECK_EQ_UINT(list.count, 2);
	CHECK_EQ_INT(list.jobs[0].upto, 30);
}

TEST(a_full_list_refuses_another_and_fits_its_bound)
{
	static char keys[JOBS_MAX][48];
	struct arena arena;
	struct err err;

	arena_init(&arena, 1u << 20);
	REQUIRE(job_list_read(&list, NULL, STR_EMPTY, &err));
	for (int i = 0; i < JOBS_MAX; i++) {
		snprintf(keys[i], sizeof(keys[i]), "18446744073709551615/18446744073709%06d", i);
		CHECK(job_list_add_deletion(&list, str_from(keys[i]), INT64_MAX - 1));
	}
	CHECK(!job_list_add_deletion(&list, STR("1"), 1));
	CHECK(job_list_add_deletion(&list, str_from(keys[3]), 1));
	CHECK(text(&arena).len < JOB_LIST_BYTES_MAX);
	arena_release(&arena);
}

TEST(what_is_not_of_the_form_is_refused)
{
	static const char *const docs[] = {
		"{}", "{\"jobs\":{}}", "{\"jobs\":[1]}", "{\"jobs\":[{\"kind\":\"delete\"}]}",
		"{\"jobs\":[{\"kind\":\"delete\",\"key\":\"\",\"upto\":1}]}", "{\"jobs\":[{\"kind\":\"delete\",\"key\":\"1\",\"upto\":-1}]}", "x",
	};
	struct arena arena;
	struct err err;

	arena_init(&arena, 1u << 20);
	for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
		if (!CHECK(!job_list_read(&list, &arena, str_from(docs[i]), &err)))
			CHECK_EQ_STR(docs[i], "refused");
		CHECK_EQ_INT(err.code, ERR_INPUT);
	}
	arena_release(&arena);
}
