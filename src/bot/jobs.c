#include "bot/jobs.h"

#include "base/clock.h"
#include "base/log.h"

static void wait_for(struct jobs *jobs, int64_t wait_ms)
{
	jobs->step = JOBS_WAITING;
	if (!jobs->stopped)
		loop_set_timer(jobs->loop, &jobs->timer, loop_now_ms(jobs->loop) + wait_ms);
}

static void submit(struct jobs *jobs, enum jobs_step step);

/* ---- a failure ---- */

/* Another process was faster, or the store fails: what was asked is asked afresh, later each time. */
static void failed(struct jobs *jobs, const struct err *err)
{
	int64_t wait_ms = JOB_PAUSE_MS;

	for (unsigned i = 0; i < jobs->failures && wait_ms < JOBS_LOOK_MS; i++)
		wait_ms *= 2;
	jobs->failures++;
	if (err->code != ERR_CONFLICT)
		log_event(LOG_WARN, "a job in the background waits", LOG_E(err));
	wait_for(jobs, err_may_retry(err) && wait_ms < JOBS_LOOK_MS ? wait_ms : JOBS_LOOK_MS);
}

static bool arena_failed(struct jobs *jobs)
{
	struct err err;

	if (arena_check(&jobs->arena, "a job", &err))
		return false;
	failed(jobs, &err);
	return true;
}

/* ---- the parts ---- */

static void rest(struct jobs *jobs)
{
	bool again = jobs->woken;

	jobs->woken = false;
	wait_for(jobs, again ? JOB_PAUSE_MS : JOBS_LOOK_MS);
}

static void looked(struct jobs *jobs)
{
	struct err err;

	if (!job_list_read(&jobs->list, &jobs->arena, jobs->row.doc, &err))
		failed(jobs, &err);
	else if (!job_list_first(&jobs->list))
		rest(jobs);
	else
		submit(jobs, JOBS_PAGING);
}

static void begin_change(struct jobs *jobs)
{
	jobs->changes = (struct store_changes){.once = STR_EMPTY, .answer = STR_EMPTY, .arena = &jobs->arena};
}

static void delete_page(struct jobs *jobs)
{
	begin_change(jobs);
	for (size_t i = 0; i < jobs->request.row_count; i++)
		store_changes_add(&jobs->changes, STORE_DELETE, &jobs->page[i]);
	if (!arena_failed(jobs))
		submit(jobs, JOBS_DELETING);
}

/* The row goes with its last job. */
static void strike(struct jobs *jobs)
{
	struct buf doc;
	struct err err;

	job_list_remove(&jobs->list, job_list_first(&jobs->list));
	begin_change(jobs);
	if (jobs->list.count == 0) {
		store_changes_add(&jobs->changes, STORE_DELETE, &jobs->row);
	} else {
		buf_init(&doc, JOB_LIST_BYTES_MAX);
		job_list_write(&jobs->list, &doc);
		jobs->row.doc = arena_str(&jobs->arena, buf_str(&doc));
		if (!buf_check(&doc, JOB_LIST_KEY, &err)) {
			buf_release(&doc);
			failed(jobs, &err);
			return;
		}
		buf_release(&doc);
		store_changes_add(&jobs->changes, STORE_PUT, &jobs->row);
	}
	if (!arena_failed(jobs))
		submit(jobs, JOBS_STRIKING);
}

static void ended(struct store_request *request)
{
	struct jobs *jobs = request->owner;

	if (jobs->stopped) {
		jobs->step = JOBS_WAITING;
		return;
	}
	if (request->err.code != ERR_NONE) {
		failed(jobs, &request->err);
		return;
	}
	jobs->failures = 0;
	switch (jobs->step) {
	case JOBS_WAITING:
		return;
	case JOBS_LOOKING:
		looked(jobs);
		return;
	case JOBS_PAGING:
		if (request->row_count > 0)
			delete_page(jobs);
		else
			strike(jobs);
		return;
	case JOBS_DELETING:
		jobs->deleted += jobs->changes.count;
		wait_for(jobs, JOB_PAUSE_MS);
		return;
	case JOBS_STRIKING:
		log_event(LOG_INFO, "deletion done", LOG_U("rows", jobs->deleted));
		jobs->deleted = 0;
		wait_for(jobs, JOB_PAUSE_MS);
		return;
	}
}

static void submit(struct jobs *jobs, enum jobs_step step)
{
	const struct job *job = job_list_first(&jobs->list);

	jobs->step = step;
	jobs->request = (struct store_request){
		.kind = STORE_COMMIT,
		.arena = &jobs->arena,
		.now_s = clock_unix_ms() / 1000,
		.changes = &jobs->changes,
		.done = ended,
		.owner = jobs,
	};
	if (step == JOBS_LOOKING) {
		jobs->request.kind = STORE_LOAD;
		jobs->request.rows = &jobs->row;
		jobs->request.row_count = 1;
	} else if (step == JOBS_PAGING) {
		jobs->request.kind = STORE_PAGE;
		jobs->request.rows = jobs->page;
		jobs->request.row_count = JOB_ROWS_MAX;
		jobs->request.page_key = job->key;
		jobs->request.page_before = job->upto + 1;
	}
	store_submit(jobs->store, &jobs->request);
}

static void look(void *owner, int64_t now_ms)
{
	struct jobs *jobs = owner;

	(void)now_ms;
	arena_clear(&jobs->arena);
	jobs->list.count = 0;
	jobs->row = (struct store_row){.table = STORE_SETTINGS, .key = STR(JOB_LIST_KEY)};
	submit(jobs, JOBS_LOOKING);
}

/* ---- life ---- */

void jobs_start(struct jobs *jobs, struct loop *loop, struct store *store)
{
	*jobs = (struct jobs){.loop = loop, .store = store, .timer = {.fire = look, .owner = jobs}};
	arena_init(&jobs->arena, JOB_ARENA_BYTES_MAX);
	wait_for(jobs, 0);
}

void jobs_wake(struct jobs *jobs)
{
	if (jobs->step == JOBS_WAITING)
		wait_for(jobs, JOB_PAUSE_MS);
	else
		jobs->woken = true;
}

void jobs_stop(struct jobs *jobs)
{
	if (!jobs->loop)
		return;
	jobs->stopped = true;
	loop_cancel_timer(jobs->loop, &jobs->timer);
}

void jobs_release(struct jobs *jobs)
{
	if (!jobs->loop)
		return;
	jobs_stop(jobs);
	arena_release(&jobs->arena);
}
