/* Help that is derived from the tables of commands and settings, in the person's language. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli.h"

/* The options that every command has. */
extern const struct cli_option cli_common_options[];
extern const size_t cli_common_option_count;

/* The list of commands; of one command; of the commands that share a first word ("catalog"). */
void cli_help_all(struct cli *cli);
void cli_help_one(struct cli *cli, const struct cli_command *command);
void cli_help_group(struct cli *cli, struct str first_word);

/* `help [COMMAND]`, `help settings`, `help --markdown` (the tables of the README). */
extern const struct cli_command cli_help_command;

#endif
