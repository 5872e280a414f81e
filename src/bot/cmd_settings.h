/* /settings: what a server has chosen; for those who may manage it. */
#ifndef BOT_CMD_SETTINGS_H
#define BOT_CMD_SETTINGS_H

#include "bot/turn.h"

/* Shows the settings; with options it changes them first. */
bool cmd_settings_show(struct turn *turn, struct err *err);
/* Choices for the option `time_zone`. */
bool cmd_settings_complete_zone(struct turn *turn, struct err *err);

#endif
