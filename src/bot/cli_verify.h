/* `verify FILE`: replays a file of receipts line by line (interface.md, Receipts). */
#ifndef BOT_CLI_VERIFY_H
#define BOT_CLI_VERIFY_H

#include "cli.h"

extern const struct cli_command cli_verify_command;

#endif
