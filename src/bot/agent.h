/* How the program names itself to Discord (discord.md 14). */
#ifndef BOT_AGENT_H
#define BOT_AGENT_H

#include <version.h>

#define BOT_USER_AGENT "DiscordBot (https://discord.com/developers/applications, " HOMU_VERSION ")"

#endif
