/*
 * Change sets: what a turn changes, all or nothing under its interaction's id; and the note that
 * answers have arrived. Pure: rows in, writes out, memory from the turn's arena.
 */
#ifndef BOT_CHANGE_H
#define BOT_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/answer.h"
#include "bot/turn.h"
#include "store/store.h"

struct change {
	struct turn *turn;
	struct str command;
	const struct player_seal *seal;
	bool once;           /* the answer stands under the interaction's id */
	struct buf *scratch; /* cleared at each use */
};

/*
 * Puts into *changes: the player's row and a row of the history, the same of the other player, the server's row, the
 * handler's own writes, as far as they changed; and the answer. Sets *answer_doc, and *body to the
 * answer's response within it. The player's `last` must be set already. ERR_LIMIT for what is longer than its bound, or
 * when the arena is full.
 */
bool change_build(const struct change *change, struct store_changes *changes, struct str *answer_doc, struct str *body,
		  struct err *err);

/* Adds that the answer under `row` has arrived: its document becomes doc. */
bool change_note(struct store_changes *changes, struct arena *arena, const struct store_row *row, struct str doc);

#endif
