/*
 * The bot's commands as Discord is told of them: names, options, words in English and Japanese. What
 * they do stands in the router's table (router.h).
 */
#ifndef BOT_COMMANDS_H
#define BOT_COMMANDS_H

#include <stddef.h>

#include "discord/appcmd.h"

const struct appcmd *commands_all(size_t *count);

#endif
