#include "bot/job_list.h"

#include <assert.h>
#include <string.h>

#include "base/json_write.h"

static const char kind_delete[] = "delete";

static bool read_job(struct job *job, struct json entry, struct arena *arena)
{
	*job = (struct job){.key = STR_EMPTY, .unknown = entry};
	if (!str_eqc(json_text_or(json_get(entry, "kind"), arena, STR_EMPTY), kind_delete))
		return json_type(entry) == JSON_OBJECT;
	return json_text(json_get(entry, "key"), arena, &job->key) && job->key.len > 0 &&
	       json_i64(json_get(entry, "upto"), 0, INT64_MAX - 1, &job->upto);
}

bool job_list_read(struct job_list *list, struct arena *arena, struct str doc, struct err *err)
{
	struct json root, jobs, key, entry;
	struct json_iter iter;

	list->count = 0;
	if (doc.len == 0)
		return true;
	if (!json_parse(arena, doc, &root, err))
		return err_wrap(err, JOB_LIST_KEY);
	jobs = json_get(root, "jobs");
	iter = json_iterate(jobs);
	if (json_type(jobs) != JSON_ARRAY || json_count(jobs) > JOBS_MAX)
		return err_set(err, ERR_INPUT, JOB_LIST_KEY " is not of the form that this program writes");
	while (json_next(&iter, &key, &entry))
		if (!read_job(&list->jobs[list->count++], entry, arena))
			return err_set(err, ERR_INPUT, JOB_LIST_KEY ": job %zu is not of the form that this program writes", list->count);
	return arena_check(arena, JOB_LIST_KEY, err);
}

bool job_list_add_deletion(struct job_list *list, struct str key, int64_t upto)
{
	for (size_t i = 0; i < list->count; i++) {
		struct job *job = &list->jobs[i];

		if (!str_eq(job->key, key))
			continue;
		job->upto = upto > job->upto ? upto : job->upto;
		return true;
	}
	if (list->count == JOBS_MAX)
		return false;
	list->jobs[list->count++] = (struct job){.key = key, .upto = upto};
	return true;
}

const struct job *job_list_first(const struct job_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->jobs[i].key.len > 0)
			return &list->jobs[i];
	return NULL;
}

void job_list_remove(struct job_list *list, const struct job *job)
{
	size_t index = (size_t)(job - list->jobs);

	assert(index < list->count);
	list->count--;
	memmove(&list->jobs[index], &list->jobs[index + 1], (list->count - index) * sizeof(list->jobs[0]));
}

void job_list_write(const struct job_list *list, struct buf *out)
{
	struct json_writer writer;

	json_writer_init(&writer, out);
	json_begin_object(&writer);
	json_keyc(&writer, "jobs");
	json_begin_array(&writer);
	for (size_t i = 0; i < list->count; i++) {
		const struct job *job = &list->jobs[i];

		if (job->key.len == 0) {
			json_put_value(&writer, job->unknown);
			continue;
		}
		json_begin_object(&writer);
		json_member_cstr(&writer, "kind", kind_delete);
		json_member_str(&writer, "key", job->key);
		json_member_i64(&writer, "upto", job->upto);
		json_end_object(&writer);
	}
	json_end_array(&writer);
	json_end_object(&writer);
}
