/* `version`: what this program is made of (build/gen/version.h, libraries.h). */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

#include "cli.h"

/* "0.1.0" */
extern const char cli_version[];
/* The commit that it was built from, "unknown" without one. */
extern const char cli_commit[];
/* How the program names itself to Discord (discord.md 14). */
extern const char cli_discord_agent[];

extern const struct cli_command cli_version_command;

#endif
