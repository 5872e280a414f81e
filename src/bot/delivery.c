#include "bot/delivery.h"

#include <assert.h>

#include "base/log.h"
#include "bot/announce.h"
#include "bot/change.h"
#include "bot/intake.h"
#include "bot/tasks.h"

/* ---- fixed sentences ---- */

static const struct {
	const char *en, *ja;
} sentences[] = {
	[SENTENCE_BUSY] = {"I have too much to do right now. Nothing was charged. Please try again in a moment.",
			   "いま混み合っています。消費はありません。少し待ってからもう一度お試しください。"},
	[SENTENCE_FAILED] = {"That answer is too long for me. Nothing was charged. Please ask for less, or tell the people who run the bot.",
			     "内容が長すぎて返信できませんでした。消費はありません。内容を減らしてお試しになるか、運営にお知らせください。"},
	[SENTENCE_UNTOLD] = {"I could not write down the answer. `/history` shows what was done.",
			     "返信を作れませんでした。実行された内容は `/history` で確認できます。"},
};
_Static_assert(sizeof(sentences) / sizeof(sentences[0]) == SENTENCE_COUNT, "a sentence has no words");

void delivery_write_sentence(enum delivery_sentence sentence, enum language language, bool is_later, struct buf *out)
{
	struct json_writer writer;
	struct arena arena;
	struct message message;

	arena_init(&arena, ANSWER_BYTES_MAX);
	message_init(&message, &arena);
	message.ephemeral = true;
	message.content = str_from(language == LANGUAGE_JA ? sentences[sentence].ja : sentences[sentence].en);
	json_writer_init(&writer, out);
	if (is_later)
		message_write_body(&message, &writer);
	else
		message_write_response(&message, &writer);
	arena_release(&arena);
}

/* ---- reply ---- */

static bool write_bodies(struct task *task, struct err *err)
{
	struct message *message = &task->turn->message;
	struct buf *scratch = &task->tasks->scratch;
	struct json_writer writer;

	if (task->body.len == 0) {
		buf_clear(scratch);
		json_writer_init(&writer, scratch);
		message_write_response(message, &writer);
		if (!buf_check(scratch, "the answer", err))
			return false;
		task->body = arena_str(&task->arena, buf_str(scratch));
	}
	if (task->deferral != DEFERRAL_NONE && task->later_body.len == 0) {
		buf_clear(scratch);
		json_writer_init(&writer, scratch);
		message_write_body(message, &writer);
		if (!buf_check(scratch, "the answer", err))
			return false;
		task->later_body = arena_str(&task->arena, buf_str(scratch));
		task->follow_up = task->interaction->kind == INTERACTION_COMPONENT && message->type == RESPONSE_MESSAGE;
	}
	return arena_check(&task->arena, "the answer", err);
}

static void set_note_timer(struct tasks *tasks)
{
	loop_set_timer(tasks->settings.loop, &tasks->note_timer, tasks->committed_at_ms + DELIVERY_NOTE_MS);
}

static bool draw_picture(struct task *task, struct err *err)
{
	struct cards *cards = task->tasks->settings.cards;

	if (!task->picture)
		return true;
	assert(task->file_count > 0);
	return picture_draw(task->picture, cards, task->tasks->settings.art, &task->arena, &task->files[0], err);
}

static void note_later(struct task *task)
{
	struct tasks *tasks = task->tasks;

	task->step = TASK_NOTING_SOON;
	tasks->noting_soon++;
	tasks_show_in_flight(tasks);
	if (tasks->stopping)
		task_advance(task);
	else if (tasks->note_timer.slot == 0)
		set_note_timer(tasks);
}

void delivery_ended(struct task *task, bool arrived)
{
	struct tasks *tasks = task->tasks;
	bool has_note = task->committed;

	if (!arrived || task->untold) {
		task_finish(task);
		return;
	}
	if (task->committed) {
		recent_add(&tasks->delivered, task->interaction->id);
		announce(task);
	}
	for (size_t i = 0; i < task->earlier_count; i++) {
		if (!task->earlier[i].told)
			continue;
		recent_add(&tasks->delivered, task->earlier[i].id);
		has_note = true;
	}
	if (has_note)
		note_later(task);
	else
		task_finish(task);
}

static void send_sentence(struct task *task)
{
	struct buf *scratch = &task->tasks->scratch;
	bool is_later = task->deferral == DEFERRAL_DONE;

	buf_clear(scratch);
	delivery_write_sentence(task->committed || task->commit_unsure ? SENTENCE_UNTOLD : SENTENCE_FAILED,
				intake_language(task->interaction->locale), is_later, scratch);
	if (is_later)
		task->door->later(task, task->interaction->kind == INTERACTION_COMPONENT, buf_str(scratch));
	else
		task->door->first(task, buf_str(scratch));
}

static void answer(struct task *task)
{
	struct err err;

	if (!task->untold && (!write_bodies(task, &err) || !draw_picture(task, &err))) {
		log_event(LOG_ERROR, "answer not written", LOG_ID("interaction", task->interaction->id),
			  LOG_S("command", task->command), LOG_E(&err));
		task->untold = true;
	}
	announce_write(task);
	task_let_catalog_go(task);
	task->answering = true;
	if (task->untold)
		send_sentence(task);
	else if (task->deferral == DEFERRAL_DONE)
		task->door->later(task, task->follow_up, task->later_body);
	else
		task->door->first(task, task->body);
}

/* One a turn of the loop: else the first answers of others would wait until all the pictures before them are drawn. */
static void draw_later(struct task *task)
{
	struct tasks *tasks = task->tasks;

	task->step = TASK_DRAWING;
	if (tasks->draw_timer.slot == 0)
		loop_set_timer(tasks->settings.loop, &tasks->draw_timer, loop_now_ms(tasks->settings.loop) + 1);
}

void delivery_reply(struct task *task)
{
	if (task->deferral == DEFERRAL_UNDER_WAY)
		return;
	if (task->deferral == DEFERRAL_FAILED) {
		task_drop(task);
		return;
	}
	if (!task->untold && task->file_count > 0 && task->door->files_later && task->deferral == DEFERRAL_NONE) {
		delivery_defer(task, 0);
		return;
	}
	if (!task->untold && task->picture && task->deferral == DEFERRAL_DONE) {
		draw_later(task);
		return;
	}
	answer(task);
}

void delivery_draw_timer(void *owner, int64_t now_ms)
{
	struct tasks *tasks = owner;
	struct task *next = NULL;
	size_t waiting = 0;

	for (size_t i = 0; i < tasks->used; i++) {
		struct task *task = &tasks->slots[i];

		if (task->step != TASK_DRAWING)
			continue;
		waiting++;
		if (!next || task->order < next->order)
			next = task;
	}
	if (!next)
		return;
	if (waiting > 1)
		loop_set_timer(tasks->settings.loop, &tasks->draw_timer, now_ms + 1);
	next->step = TASK_REPLYING;
	answer(next);
}

void delivery_fail(struct task *task)
{
	task->untold = true;
	delivery_begin(task);
}

void delivery_begin(struct task *task)
{
	task->step = TASK_REPLYING;
	loop_cancel_timer(task->tasks->settings.loop, &task->deferral_timer);
	tasks_let_go(task);
	delivery_reply(task);
}

void delivery_defer(void *owner, int64_t now_ms)
{
	struct task *task = owner;
	struct buf *scratch = &task->tasks->scratch;
	struct json_writer writer;

	(void)now_ms;
	metrics_add(task->tasks->settings.metrics, METRIC_INTERACTIONS_DEFERRED, 1);
	task->deferral = DEFERRAL_UNDER_WAY;
	buf_clear(scratch);
	json_writer_init(&writer, scratch);
	message_write_deferral(task->interaction->kind == INTERACTION_COMPONENT ? RESPONSE_DEFERRED_UPDATE
										: RESPONSE_DEFERRED,
			       task->route->is_private, &writer);
	task->door->first(task, buf_str(scratch));
}

/* ---- notes ---- */

/* The row becomes `delivered`; its response stays where a repeated id gets it again. */
static bool add_note(struct task *task, struct store_changes *changes, const struct store_row *row, struct str doc)
{
	struct buf *scratch = &task->tasks->scratch;
	struct answer answer;
	struct err err;

	if (task->door->repeats && !answer_read(doc, &task->arena, &answer, &err))
		return false;
	buf_clear(scratch);
	answer_write_delivered(task->door->repeats ? &answer : NULL, scratch);
	return !scratch->full && change_note(changes, &task->arena, row, buf_str(scratch));
}

static bool add_notes(struct task *task, struct store_changes *changes)
{
	if (task->committed) {
		struct store_row row = {
			.table = STORE_HISTORY,
			.key = task->changes->once,
			.version = 1,
			.expires_at_s = task->changes->answer_expires_at_s,
		};

		if (!add_note(task, changes, &row, task->answer_doc))
			return false;
	}
	for (size_t i = 0; i < task->earlier_count; i++)
		if (task->earlier[i].told &&
		    !add_note(task, changes, &task->earlier_rows[i], task->earlier_rows[i].doc))
			return false;
	return true;
}

/* Nobody waits for it: where it fails, an answer may be told twice. */
void delivery_note(struct task *task)
{
	struct store_changes *changes = ARENA_NEW(&task->arena, struct store_changes);

	if (!changes || !add_notes(task, changes)) {
		task_finish(task);
		return;
	}
	task->tasks->noting_soon--;
	task->step = TASK_NOTING;
	task->request = (struct store_request){.kind = STORE_COMMIT, .changes = changes};
	task_submit(task, &task->request);
}

void delivery_note_all(struct tasks *tasks)
{
	for (size_t i = 0; i < tasks->used && tasks->noting_soon > 0; i++)
		if (tasks->slots[i].step == TASK_NOTING_SOON)
			task_advance(&tasks->slots[i]);
}

void delivery_note_timer(void *owner, int64_t now_ms)
{
	struct tasks *tasks = owner;

	if (tasks->noting_soon > 0 && now_ms < tasks->committed_at_ms + DELIVERY_NOTE_MS)
		set_note_timer(tasks);
	else
		delivery_note_all(tasks);
}
