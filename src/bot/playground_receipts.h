/*
 * Pages of a player's receipts, newest first, from the rows of the history: pure. The seed of an ended epoch is in the row
 * that revealed it, which is newer than the receipts that it opens; so a cursor names the oldest such row that was passed,
 * and a page is read with that row beside it.
 */
#ifndef BOT_PLAYGROUND_RECEIPTS_H
#define BOT_PLAYGROUND_RECEIPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_write.h"
#include "store/store.h"

struct receipts_cursor {
	int64_t before;   /* sort number: the page is of the rows below it; INT64_MAX: from the newest */
	int64_t revealed; /* sort number of the row that revealed the last seed before the page; 0: none */
};

/* Text as a page gives it; empty: the newest. False for anything else. */
bool receipts_cursor_read(struct str text, struct receipts_cursor *cursor);
/* "<user>" or "<guild>/<user>" (gacha.md, Economy). */
bool receipts_is_player(struct str key);

/*
 * The sort number up to which the history of who deleted it is gone, from the player's row or what a deletion left of it
 * (empty: 0). Scratch memory from arena. ERR_INPUT for a document that cannot be read.
 */
bool receipts_deleted_to(struct str player_doc, struct arena *arena, int64_t *sort, struct err *err);
/*
 * {"lines":[…],"next":…}: each line is a receipt as `export` writes it. rows: newest first, RECEIPTS_PAGE_ROWS of a page and
 * one more if there are more; those up to deleted_to are not there any more. revealed: the row that the cursor names, its
 * doc empty without one. ERR_INPUT for a row that is not of the form.
 */
bool receipts_write_page(const struct store_row *rows, size_t row_count, int64_t deleted_to,
			 const struct store_row *revealed, const struct receipts_cursor *cursor, struct arena *arena,
			 struct json_writer *writer, struct err *err);

#endif
