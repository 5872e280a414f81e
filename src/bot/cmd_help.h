/* /help, from the table of commands, and /ping. */
#ifndef BOT_CMD_HELP_H
#define BOT_CMD_HELP_H

#include "bot/turn.h"

bool cmd_help_show(struct turn *turn, struct err *err);
bool cmd_help_ping(struct turn *turn, struct err *err);

#endif
