/* /leaderboard: who has the most, and whether the caller stands there. */
#ifndef BOT_CMD_LEADERBOARD_H
#define BOT_CMD_LEADERBOARD_H

#include "bot/turn.h"

/* Verb of the buttons to the other boards: number is the score (player_scores). */
#define CMD_LEADERBOARD_VERB 'l'

void cmd_leaderboard_plan(const struct turn *turn, struct turn_plan *plan);
bool cmd_leaderboard_show(struct turn *turn, struct err *err);

#endif
