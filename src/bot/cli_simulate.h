/* `simulate BANNER --pulls N`: the real draw code, counted and tested against the exact odds. */
#ifndef BOT_CLI_SIMULATE_H
#define BOT_CLI_SIMULATE_H

#include "cli.h"

extern const struct cli_command cli_simulate_command;

#endif
