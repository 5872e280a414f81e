/* /fairness: the commitment to the seed, the player's own seed, and the reveal (gacha.md, Every pull can be verified). */
#ifndef BOT_CMD_FAIRNESS_H
#define BOT_CMD_FAIRNESS_H

#include "bot/turn.h"

bool cmd_fairness_show(struct turn *turn, struct err *err);

#endif
