/*
 * The way of an answer to the person: the first answer or, after a deferral, an edit or a follow-up
 * (discord.md 16); and the note in the store that it arrived, which waits for a commit to go along
 * with, so that it costs no write to the disk of its own while the bot is busy.
 */
#ifndef BOT_DELIVERY_H
#define BOT_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/task.h"

/* The answer is decided (and committed): sends it. */
void delivery_begin(struct task *task);
/* Sends it unless a deferral is still under way. */
void delivery_reply(struct task *task);
/* The answer was sent, and has arrived or not. */
void delivery_ended(struct task *task, bool arrived);
/* Timer: the answer will be late, so a deferral goes first. */
void delivery_defer(void *owner, int64_t now_ms);
/* Timer: the picture of the oldest deferred answer. */
void delivery_draw_timer(void *owner, int64_t now_ms);
/* Submits the note of this answer; of all that wait for it; timer for the latter. */
void delivery_note(struct task *task);
void delivery_note_all(struct tasks *tasks);
void delivery_note_timer(void *owner, int64_t now_ms);

/* Where an answer cannot be made: what a person hears all the same. */
enum delivery_sentence {
	SENTENCE_BUSY,    /* no slot is free */
	SENTENCE_FAILED,  /* our own bounds were met, nothing was committed */
	SENTENCE_UNTOLD,  /* something is or may be committed */
	SENTENCE_COUNT
};

/* Answers with a fixed sentence, which needs no room in the arena. */
void delivery_fail(struct task *task);
/* A private message: a callback's body, or that of an edit or follow-up. */
void delivery_write_sentence(enum delivery_sentence sentence, enum language language, bool is_later, struct buf *out);

#endif
