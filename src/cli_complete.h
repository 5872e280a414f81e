/* `completion bash|zsh|fish`: scripts that are derived from the tables of commands and settings. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli.h"

extern const struct cli_command cli_completion_command;

#endif
