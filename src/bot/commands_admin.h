/* The options of /admin and of its group `catalog`, as Discord is told of them: a part of commands.h. */
#ifndef BOT_COMMANDS_ADMIN_H
#define BOT_COMMANDS_ADMIN_H

#include "discord/appcmd.h"

enum { COMMANDS_ADMIN_OPTIONS = 5 };
/* Static; nothing to release. */
extern const struct appcmd_option commands_admin_options[COMMANDS_ADMIN_OPTIONS];

#endif
