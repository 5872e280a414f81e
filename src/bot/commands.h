/*
 * The bot's commands as Discord is told of them: names, options, words in English and Japanese. What
 * they do stands in the router's table (router.h).
 */
#ifndef BOT_COMMANDS_H
#define BOT_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

#include "discord/appcmd.h"

const struct appcmd *commands_all(size_t *count);
/*
 * Whether a command is one of these, with options that it has, of their types, and all that are required: what is still
 * registered at Discord may be older than this program.
 */
bool commands_know(const struct interaction *interaction);

#endif
