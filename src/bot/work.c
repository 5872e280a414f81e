#include "bot/work.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "bot/change.h"
#include "bot/delivery.h"
#include "bot/intake.h"
#include "bot/jobs.h"
#include "bot/tasks.h"

static void clear_answer(struct task *task)
{
	task->body = task->later_body = task->answer_doc = STR_EMPTY;
	task->picture = NULL;
	task->file_count = 0;
	task->once = false;
}

/* ---- attempts ---- */

bool work_begin_turn(struct task *task)
{
	const struct tasks_settings *settings = &task->tasks->settings;
	struct turn *turn = ARENA_NEW(&task->arena, struct turn);

	if (!turn)
		return false;
	/* It is large, and zero already. */
	turn->arena = &task->arena;
	turn->interaction = task->interaction;
	turn->language = intake_language(task->interaction->locale);
	turn->guild_scope = settings->guild_scope;
	turn->admin_guild = settings->admin_guild;
	turn->catalog = settings->catalogs->current;
	turn->configured = settings->catalogs->configured;
	turn->rng = settings->rng;
	turn->button_key = settings->button_key;
	turn->now_ms = task->now_ms;
	turn->file = task->file;
	turn->file_fault = task->file_fault;
	message_init(&turn->message, &task->arena);
	task->turn = turn;
	return true;
}

/* A fresh turn in the room that the last attempt had. */
static bool begin_attempt(struct task *task)
{
	bool is_pressed = task->turn->button != NULL;

	task->turn = NULL;
	task->changes = NULL;
	arena_rewind(&task->arena, task->taken);
	if (!work_begin_turn(task))
		return false;
	task->turn->button = is_pressed ? &task->button : NULL;
	return true;
}

/* ---- failures ---- */

static void refuse(struct task *task, const struct err *err)
{
	struct turn *turn = task->turn;

	if (task->route->completes) /* nobody reads words there */
		turn->message.type = RESPONSE_CHOICES;
	else if (task->commit_unsure)
		turn_refuse(turn, "I could not reach my records to confirm that. If it went through, your next answer will say so.",
			    "記録を確認できませんでした。処理されていた場合は、次の返信でお知らせします。");
	else if (err_may_retry(err))
		turn_refuse(turn, "I cannot reach my records right now. Nothing was charged. Please try again in a moment.",
			    "いま記録に接続できません。消費はありません。少し待ってからもう一度お試しください。");
	else
		turn_refuse(turn,
			    "Something went wrong on my side. Nothing was charged. Please try again; if it stays, give this number to the people who run the bot: %" PRIu64,
			    "こちらの不具合で処理できませんでした。消費はありません。もう一度お試しください。続く場合は、この番号を運営にお知らせください: %" PRIu64,
			    task->interaction->id);
}

/* Nothing is known to be committed, and the person is told so; what this attempt had taken makes room for the words. */
static void fail(struct task *task, const struct err *err)
{
	metrics_add(task->tasks->settings.metrics, METRIC_INTERACTIONS_FAILED, 1);
	log_event(LOG_ERROR, "interaction failed", LOG_ID("interaction", task->interaction->id),
		  LOG_S("command", task->command), LOG_E(err));
	clear_answer(task);
	task->earlier_count = 0;
	task->committed = false;
	if (!begin_attempt(task)) {
		delivery_fail(task);
		return;
	}
	refuse(task, err);
	delivery_begin(task);
}

static void pause_then(struct task *task, enum task_step step, int64_t wait_ms)
{
	struct loop *loop = task->tasks->settings.loop;

	task->step = TASK_PAUSED;
	task->paused_step = step;
	loop_set_timer(loop, &task->pause_timer, loop_now_ms(loop) + wait_ms);
}

/* The store failed while `step`: asked again after a growing pause, or given up. */
static void store_failed(struct task *task, enum task_step step, const struct err *err)
{
	struct tasks *tasks = task->tasks;
	int64_t waited_ms = loop_now_ms(tasks->settings.loop) - task->began_ms;

	metrics_add(tasks->settings.metrics, METRIC_STORE_ERRORS, 1);
	if (!err_may_retry(err) || waited_ms >= STORE_PATIENCE_MS) {
		fail(task, err);
		return;
	}
	task->pause_ms = task->pause_ms == 0 ? STORE_PAUSE_MS : 2 * task->pause_ms;
	if (task->pause_ms > STORE_PAUSE_MAX_MS)
		task->pause_ms = STORE_PAUSE_MAX_MS;
	pause_then(task, step, task->pause_ms / 2 + (int64_t)rng_below(tasks->settings.rng, (uint64_t)task->pause_ms));
}

/* ---- load ---- */

static void submit_rows(struct task *task, struct store_row *rows, size_t count)
{
	task->request = (struct store_request){
		.kind = STORE_LOAD,
		.rows = rows,
		.row_count = count,
	};
	task_submit(task, &task->request);
}

static void submit_page(struct task *task)
{
	struct loading *loading = &task->loading;

	if (!loading->wants_page)
		return;
	task->page = (struct store_request){
		.kind = STORE_PAGE,
		.rows = loading->page + loading->page_count,
		.row_count = loading->page_rows,
		.page_key = loading->page_key,
		.page_before = loading->page_before,
	};
	task_submit(task, &task->page);
}

static void submit_top(struct task *task)
{
	struct loading *loading = &task->loading;

	if (loading->board.len == 0)
		return;
	task->top = (struct store_request){
		.kind = STORE_TOP,
		.rows = loading->board_rows,
		.row_count = loading->board_count,
		.top_board = loading->board,
		.top_score = loading->board_score,
		.top_key = task->player_key,
	};
	task_submit(task, &task->top);
}

static void handle(struct task *task);

void work_load(struct task *task)
{
	struct loading *loading = &task->loading;
	struct err err;

	if (task->gone) {
		task_drop(task);
		return;
	}
	task->earlier_count = 0;
	if (!loading_plan(loading, task->route, task->turn, &err)) {
		fail(task, &err);
		return;
	}
	if (loading->row_count == 0) {
		handle(task);
		return;
	}
	task->step = TASK_LOADING;
	submit_rows(task, loading->rows, loading->row_count);
	submit_page(task);
	submit_top(task);
}

/* Of the answers that the player's row names, those that may not have arrived. */
static void plan_earlier(struct task *task)
{
	const struct player *player = task->turn->player;

	for (size_t i = 0; player && i < player->last_count && task->earlier_count < EARLIER_ANSWERS_MAX; i++) {
		uint64_t id;

		if (!str_to_u64(player->last[i], 1, UINT64_MAX, &id) || recent_has(&task->tasks->delivered, id) ||
		    tasks_are_answering(task->tasks, id))
			continue;
		struct task_earlier *earlier = &task->earlier[task->earlier_count];
		*earlier = (struct task_earlier){.id = id};
		task->earlier_rows[task->earlier_count++] =
			(struct store_row){.table = STORE_HISTORY, .key = answer_key(&task->arena, id)};
	}
}

/* The first failure of what was asked for; NULL: all is there. */
static const struct err *load_failure(const struct task *task)
{
	const struct loading *loading = &task->loading;

	if (task->request.err.code != ERR_NONE)
		return &task->request.err;
	if (loading->wants_page && task->page.err.code != ERR_NONE)
		return &task->page.err;
	return loading->board.len > 0 && task->top.err.code != ERR_NONE ? &task->top.err : NULL;
}

/* Everything is loaded, the catalog in force too. */
static void fill(struct task *task, const struct catalog *catalog)
{
	struct catalogs *catalogs = task->tasks->settings.catalogs;
	struct err err;

	catalogs_hold(catalogs, catalog);
	catalogs_let_go(catalogs, task->catalog);
	task->catalog = task->turn->catalog = catalog;
	if (!task->turn->guild_scope)
		catalogs->current = catalog;
	if (!loading_fill(&task->loading, task->tasks->settings.seal, task->turn, &err)) {
		fail(task, &err);
		return;
	}
	if (!task->route->completes)
		plan_earlier(task);
	if (task->earlier_count == 0) {
		handle(task);
		return;
	}
	task->step = TASK_LOADING_EARLIER;
	submit_rows(task, task->earlier_rows, task->earlier_count);
}

/* Asks for the text of a revision. */
static void load_catalog(struct task *task, const struct revision *revision)
{
	struct err err;

	task->revision = revision;
	task->parts = arena_array(&task->arena, revision->parts, sizeof(*task->parts));
	for (size_t i = 0; task->parts && i < revision->parts; i++)
		task->parts[i] = (struct store_row){
			.table = STORE_SETTINGS,
			.key = revision_text_key(&task->arena, revision->text, i),
		};
	if (!arena_check(&task->arena, "a catalog", &err)) {
		fail(task, &err);
		return;
	}
	task->step = TASK_LOADING_CATALOG;
	submit_rows(task, task->parts, revision->parts);
}

void work_loaded(struct task *task)
{
	const struct err *failure = load_failure(task);
	const struct catalog *catalog = task->turn->configured;
	const struct revision *revision;
	struct err err;

	if (failure) {
		store_failed(task, TASK_LOADING, failure);
		return;
	}
	if (task->loading.wants_page && loading_take_page(&task->loading, task->page.row_count)) {
		submit_page(task);
		return;
	}
	if (task->loading.board.len > 0) {
		task->loading.board_count = task->top.row_count;
		task->loading.board_rank = task->top.top_rank;
	}
	if (!loading_fill_revisions(&task->loading, task->turn, &err)) {
		fail(task, &err);
		return;
	}
	revision = revisions_at(task->turn->revisions, catalog->sha256_hex, task->now_ms);
	if (revision)
		catalog = catalogs_find(task->tasks->settings.catalogs, revision->sha256_hex);
	assert(catalog || revision);
	if (catalog)
		fill(task, catalog);
	else
		load_catalog(task, revision);
}

void work_catalog_loaded(struct task *task)
{
	const struct catalog *catalog;
	struct str text;
	struct err err = {.code = ERR_NONE};

	if (task->request.err.code != ERR_NONE) {
		store_failed(task, TASK_LOADING, &task->request.err);
		return;
	}
	/* Somebody else may have been faster. */
	catalog = catalogs_find(task->tasks->settings.catalogs, task->revision->sha256_hex);
	if (!catalog && revision_unpack(&task->arena, task->parts, task->revision->parts, &text, &err))
		catalog = catalogs_add(task->tasks->settings.catalogs, task->revision->sha256_hex, text, &err);
	if (!catalog && err.code == ERR_INPUT) {
		/* The game goes on with the operator's file, and administrators can publish anew. */
		log_event(LOG_ERROR, "a revision of the catalog cannot be read; the configured catalog is in force instead",
			  LOG_C("sha256", task->revision->sha256_hex), LOG_E(&err));
		catalog = task->turn->configured;
	}
	if (catalog)
		fill(task, catalog);
	else
		store_failed(task, TASK_LOADING, &err);
}

void work_earlier_loaded(struct task *task)
{
	if (task->request.err.code != ERR_NONE) {
		store_failed(task, TASK_LOADING, &task->request.err);
		return;
	}
	for (size_t i = 0; i < task->earlier_count; i++) {
		struct task_earlier *earlier = &task->earlier[i];
		struct store_row *row = &task->earlier_rows[i];
		struct err err;

		earlier->known = row->version == 0 || !answer_read(row->doc, &task->arena, &earlier->answer, &err) ||
				 earlier->answer.delivered || json_is_missing(earlier->answer.response);
		if (earlier->known)
			recent_add(&task->tasks->delivered, earlier->id);
	}
	handle(task);
}

/* ---- handle and commit ---- */

static bool is_told(const struct task *task, uint64_t id)
{
	for (size_t i = 0; i < task->earlier_count; i++)
		if (task->earlier[i].id == id && task->earlier[i].told)
			return true;
	return false;
}

/* The player's row names this interaction, and those whose answers are neither known to have arrived nor told now. */
static void name_last(struct task *task)
{
	struct player *player = task->turn->player;
	struct str last[EARLIER_ANSWERS_MAX];
	size_t count = 0;

	last[count++] = arena_printf(&task->arena, "%" PRIu64, task->interaction->id);
	for (size_t i = 0; i < player->last_count && count < EARLIER_ANSWERS_MAX; i++) {
		uint64_t id;

		if (str_to_u64(player->last[i], 1, UINT64_MAX, &id) && !recent_has(&task->tasks->delivered, id) &&
		    !is_told(task, id))
			last[count++] = player->last[i];
	}
	memcpy(player->last, last, count * sizeof(last[0]));
	player->last_count = count;
}

/*
 * The oldest first, and that one in any case, cut where it has to be: so one place at least in the player's list
 * becomes free, and none falls out of it untold. The others wait for an answer that they go into whole.
 */
static void tell_earlier(struct task *task)
{
	enum response_type type = task->turn->message.type;
	bool may_cut = true;

	/* Choices and modals show no embeds. */
	if (type != RESPONSE_MESSAGE && type != RESPONSE_UPDATE)
		return;

	for (size_t i = task->earlier_count; i-- > 0;) {
		struct task_earlier *earlier = &task->earlier[i];

		if (earlier->known)
			continue;
		earlier->told = answer_tell(task->turn, &earlier->answer, may_cut);
		may_cut = may_cut && !earlier->told;
	}
}

void work_commit(struct task *task)
{
	task->step = TASK_COMMITTING;
	task->tasks->committed_at_ms = loop_now_ms(task->tasks->settings.loop);
	task->request = (struct store_request){.kind = STORE_COMMIT, .changes = task->changes};
	task_submit(task, &task->request);
	/* They go into the same transaction. */
	delivery_note_all(task->tasks);
}

/* What everybody sees speaks the server's language, where it has chosen one. */
static void set_language(struct task *task)
{
	struct turn *turn = task->turn;

	if (!task->route->is_private && turn->guild.language != GUILD_LANGUAGE_AUTO)
		turn->language = turn->guild.language == GUILD_LANGUAGE_JA ? LANGUAGE_JA : LANGUAGE_EN;
}

static void handle(struct task *task)
{
	struct turn *turn = task->turn;
	struct err err;

	if (task->gone) {
		task_drop(task);
		return;
	}
	turn->message.ephemeral = task->route->is_private;
	set_language(task);
	if (task->route->completes)
		turn->message.type = RESPONSE_CHOICES;
	if (!task->route->handle(turn, &err) || !arena_check(&task->arena, "the interaction", &err)) {
		fail(task, &err);
		return;
	}
	tell_earlier(task);
	task->file_count = turn->message.file_count;
	memcpy(task->files, turn->message.files, sizeof(task->files));
	task->picture = turn->picture.count > 0 ? &turn->picture : NULL;
	assert(!turn->changed || task->route->commits);
	task->once = task->route->commits ||
		     (task->door->repeats && !task->route->has_file && !task->route->completes && turn->message.type != RESPONSE_MODAL);
	if (!task->once) {
		delivery_begin(task);
		return;
	}
	if (turn->changed && turn->player)
		name_last(task);
	struct change change = {
		.turn = turn,
		.command = task->command,
		.seal = task->tasks->settings.seal,
		.once = true,
		.scratch = &task->tasks->scratch,
	};
	task->changes = ARENA_NEW(&task->arena, struct store_changes);
	if (!task->changes || !change_build(&change, task->changes, &task->answer_doc, &task->body, &err)) {
		if (!task->changes)
			arena_check(&task->arena, "the interaction", &err);
		fail(task, &err);
		return;
	}
	work_commit(task);
}

void work_begin(struct task *task)
{
	if (begin_attempt(task))
		work_load(task);
	else
		delivery_fail(task);
}

static void lost_race(struct task *task)
{
	struct tasks *tasks = task->tasks;

	metrics_add(tasks->settings.metrics, METRIC_COMMIT_CONFLICTS, 1);
	/* The store looks for the id first: no earlier attempt was kept. */
	task->commit_unsure = false;
	clear_answer(task);
	if (++task->races > COMMIT_RACES_MAX) {
		fail(task, &task->request.err);
		return;
	}
	/* The first two at once; then the others get time to end. */
	if (task->races <= 2)
		work_begin(task);
	else
		pause_then(task, TASK_LOADING,
			   (int64_t)rng_below(tasks->settings.rng, (uint64_t)task->races * STORE_PAUSE_MS) + 1);
}

/* Gives the answer that stands under this id again. */
static void answer_again(struct task *task)
{
	struct answer found;
	struct err err;
	int64_t type = 0;

	clear_answer(task);
	for (size_t i = 0; i < task->earlier_count; i++)
		task->earlier[i].told = false;
	if (!answer_read(task->request.found, &task->arena, &found, &err)) {
		task->commit_unsure = true;
		fail(task, &err);
		return;
	}
	task->answer_doc = task->request.found;
	if (found.picture.count > 0) {
		task->picture = ARENA_NEW(&task->arena, struct picture);
		if (task->picture)
			*task->picture = found.picture;
		task->files[0] = (struct attachment){STR(PICTURE_NAME), STR("image/png"), STR_EMPTY, STR_EMPTY};
		task->file_count = 1;
	}
	if (found.text.len == 0) {
		turn_refuse(task->turn, "That was answered before.", "これは返信済みです。");
	} else {
		json_i64(json_get(found.response, "type"), 0, INT32_MAX, &type);
		task->body = found.text;
		task->later_body = json_raw(json_get(found.response, "data"));
		task->follow_up = task->interaction->kind == INTERACTION_COMPONENT && type == RESPONSE_MESSAGE;
	}
	delivery_begin(task);
}

/* The id was committed before: by us, in an attempt that seemed to fail, or by somebody else. */
static void repeated(struct task *task)
{
	if (task->commit_failed) {
		task->committed = task->turn->changed;
		answer_again(task);
		return;
	}
	metrics_add(task->tasks->settings.metrics, METRIC_INTERACTIONS_REPEATED, 1);
	if (task->door->repeats)
		answer_again(task);
	else
		task_drop(task);
}

static void wake_jobs(const struct task *task)
{
	if (task->turn->job_added && task->tasks->settings.jobs)
		jobs_wake(task->tasks->settings.jobs);
}

void work_committed(struct task *task)
{
	struct metrics *metrics = task->tasks->settings.metrics;
	const struct err *err = &task->request.err;

	switch (err->code) {
	case ERR_NONE:
		metrics_add(metrics, METRIC_COMMITS, 1);
		metrics_add(metrics, METRIC_PULLS, task->turn->receipt_count);
		task->committed = task->turn->changed;
		wake_jobs(task);
		delivery_begin(task);
		return;
	case ERR_DUPLICATE:
		wake_jobs(task);
		repeated(task);
		return;
	case ERR_CONFLICT:
		lost_race(task);
		return;
	default:
		metrics_add(metrics, METRIC_COMMIT_FAILURES, 1);
		task->commit_failed = true;
		task->commit_unsure = task->commit_unsure || err->code == ERR_NET || err->code == ERR_TIMEOUT ||
				      err->code == ERR_IO;
		store_failed(task, TASK_COMMITTING, err);
		return;
	}
}

void work_pause_over(void *owner, int64_t now_ms)
{
	(void)now_ms;
	task_advance(owner);
}

