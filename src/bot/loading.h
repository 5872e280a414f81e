/*
 * Which rows an interaction needs (its route says), and the turn's state made of them. Does no I/O:
 * work.h asks the store for the rows between loading_plan and loading_fill.
 */
#ifndef BOT_LOADING_H
#define BOT_LOADING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/router.h"
#include "bot/turn.h"
#include "store/store.h"

/* The caller, the other player, the server, the revisions of the catalog, and the plan's. */
#define LOADING_ROWS_MAX (4 + PLAN_ROWS_MAX)

struct loading {
	unsigned needs;
	bool settles; /* what is due is booked: the command may change the players */
	struct store_row *rows;
	size_t row_count;
	/* Among rows, or NULL. */
	struct store_row *player, *other, *guild, *revisions, *planned;
	size_t planned_count;

	bool wants_page;
	struct str page_key;
	int64_t page_before;     /* of the next request */
	struct store_row *page;
	size_t page_count;       /* that came so far */
	size_t page_rows;        /* of the next request */
	size_t page_rows_max;    /* in all */
	size_t page_bytes;       /* of their documents */
	bool page_is_cut;        /* a bound was met before the end */

	struct str board; /* empty: no leaderboard is wanted */
	size_t board_score;
	struct store_row *board_rows;
	size_t board_count; /* what was asked for, then what came */
	int64_t board_rank;
};

/* `<user>` or `<guild>/<user>` (gacha.md, Economy). */
struct str loading_player_key(struct arena *arena, bool guild_scope, uint64_t guild_id, uint64_t user_id);

/* False with ERR_LIMIT when the arena is full. */
bool loading_plan(struct loading *loading, const struct route *route, const struct turn *turn, struct err *err);
/* Takes so many rows that came after those of before; whether more are to be asked for. */
bool loading_take_page(struct loading *loading, size_t count);
/* Of the row of revisions: sets the turn's. ERR_INPUT for a row that cannot be read. */
bool loading_fill_revisions(const struct loading *loading, struct turn *turn, struct err *err);
/*
 * Sets the turn's player and other (made and opened where there is none), guild, history, board and planned rows; the
 * catalog in force must be set already. ERR_INPUT or ERR_CONFIG for a row that cannot be read.
 */
bool loading_fill(struct loading *loading, const struct player_seal *seal, struct turn *turn, struct err *err);

#endif
