/* What a player has: the daily gift, the profile, the history. */
#ifndef BOT_CMD_ECONOMY_H
#define BOT_CMD_ECONOMY_H

#include "bot/turn.h"

/* Verb of the paging buttons: number is the sort number before which the page begins, 0 for the newest. */
#define CMD_ECONOMY_VERB_HISTORY 'h'

bool cmd_economy_daily(struct turn *turn, struct err *err);
bool cmd_economy_profile(struct turn *turn, struct err *err);
bool cmd_economy_history(struct turn *turn, struct err *err);

#endif
