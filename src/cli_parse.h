/*
 * What was typed, taken apart into cli's fields by the rows of the tables. Nothing is loaded or run;
 * what does not fit is refused with the nearest word that would. Everything borrows from argv.
 */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include "cli.h"

/* Settings given as options. */
struct cli_parsed {
	struct config_override overrides[SETTING_COUNT];
	size_t override_count;
};

/*
 * Takes the command's one or two words off the arguments. Without one it is `run`. False with ERR_USAGE, or with
 * ERR_NONE when help was asked for of no single command, which is printed.
 */
bool cli_parse_command(struct cli *cli, int *argc, char ***argv, struct err *err);
/* Sorts the words after the command into arguments, options and settings. ERR_USAGE. */
bool cli_parse_words(struct cli *cli, struct cli_parsed *parsed, int argc, char **argv, struct err *err);
/* Whether the command takes these arguments: how many, and which words. ERR_USAGE. */
bool cli_parse_check(const struct cli *cli, struct err *err);

#endif
