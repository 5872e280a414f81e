/* /gacha plan: the wait for one item from the caller's own counters, where it is drawn best, and what else it costs. */
#ifndef BOT_CMD_PLAN_H
#define BOT_CMD_PLAN_H

#include "bot/turn.h"

/* Pulls that a plan may be asked for (option `pulls`). */
#define CMD_PLAN_PULLS_MAX 100000

bool cmd_plan_show(struct turn *turn, struct err *err);

#endif
