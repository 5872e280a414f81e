/* `odds BANNER`: the exact odds of gacha.md, as a table or as JSON. */
#ifndef BOT_CLI_ODDS_H
#define BOT_CLI_ODDS_H

#include "cli.h"

extern const struct cli_command cli_odds_command;

#endif
