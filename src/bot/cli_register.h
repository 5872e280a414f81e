/* `register` and `invite`: what is set up at Discord from the command line. */
#ifndef BOT_CLI_REGISTER_H
#define BOT_CLI_REGISTER_H

#include "cli.h"

extern const struct cli_command cli_register_command;
extern const struct cli_command cli_invite_command;

#endif
