/*
 * Which rows an interaction needs (its route says), and the turn's state made of them. Does no I/O:
 * task.h asks the store for the rows between loading_plan and loading_fill.
 */
#ifndef BOT_LOADING_H
#define BOT_LOADING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/router.h"
#include "bot/turn.h"
#include "store/store.h"

/* The caller, the named player, the server. */
#define LOADING_ROWS_MAX 3

struct loading {
	struct store_row rows[LOADING_ROWS_MAX];
	size_t row_count;
	struct store_row *player, *other, *server; /* among rows, or NULL */

	bool wants_zone;
	bool wants_page;
	int64_t page_before;
	struct store_row page[HISTORY_PAGE_ROWS + 1];
	size_t page_count; /* what was asked for, then what came */
};

/* `<user>` or `<guild>/<user>` (gacha.md, Economy). */
struct str loading_player_key(struct arena *arena, bool guild_scope, uint64_t guild_id, uint64_t user_id);

void loading_plan(struct loading *loading, struct arena *arena, const struct route *route,
		  const struct interaction *interaction, const struct custom_id *button, bool guild_scope);
/*
 * Sets the turn's player (made and opened where there is none), other, history and zone.
 * ERR_INPUT or ERR_CONFIG for a row that cannot be read.
 */
bool loading_fill(struct loading *loading, const struct player_seal *seal, struct turn *turn, struct err *err);

#endif
