/*
 * The command line: one row per command with its option array, which is parsed, printed as help and
 * offered by completion. Results go to stdout, talk to stderr.
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/str.h"
#include "config.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_ROLLED_BACK = 3,
	EXIT_TIMED_OUT = 4,
	EXIT_UNCHECKED = 5,
	EXIT_LOCKED = 6,
	EXIT_REFUSED = 7,
	EXIT_SUPERSEDED = 8,
	EXIT_INTERRUPTED = 130
};

struct cli_option {
	const char *name;  /* "json" for --json */
	const char *value; /* NULL for a flag; else what help calls it: "FILE" */
	const char *help;
	bool many; /* may be given more than once */
};

struct cli;

struct cli_command {
	const char *name; /* "catalog check" has two words */
	const char *arguments; /* "[FILE]", for the usage line; "" for none */
	unsigned arguments_min, arguments_max;
	const char *summary;
	const char *details; /* more text for --help, or NULL */
	const struct cli_option *options; /* beside those that every command has */
	size_t option_count;
	bool settings; /* takes the settings as options and loads the configuration */
	int (*run)(struct cli *cli); /* returns an exit code */
};

struct cli {
	const struct cli_command *command;
	const struct cli_command *commands; /* the table, for help and completion */
	size_t command_count;
	struct arena arena;   /* for the command's life */
	struct config config; /* loaded if command->settings */
	struct str arguments[CLI_ARGUMENTS_MAX];
	size_t argument_count;
	struct {
		const struct cli_option *option;
		struct str value;
	} given[CLI_OPTIONS_MAX];
	size_t given_count;
	bool json;
	bool colour_out, colour_err; /* terminal, and neither NO_COLOR nor --no-color */
	bool tty_err;                /* progress may be animated */
};

/* Parses, loads, runs; prints help and errors. The process's exit code. */
int cli_main(const struct cli_command *commands, size_t count, int argc, char **argv, char **envp);

/* Value of an option, empty if not given; the next one after `from` (NULL at first) where it may be given many times. */
bool cli_flag(const struct cli *cli, const char *name);
struct str cli_value(const struct cli *cli, const char *name);
size_t cli_values(const struct cli *cli, const char *name, struct str *values, size_t values_max);

/* Writes to stdout; a closed pipe is not an error worth words. */
void cli_print(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_write(struct cli *cli, struct str text);
/* "homuhomu COMMAND: text" to stderr. Returns the exit code that fits err->code. */
int cli_fail(struct cli *cli, const struct err *err);
/* A line of talk to stderr. */
void cli_say(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Progress on one line of stderr, redrawn on a terminal only; share is 0…1. An empty text ends it. */
void cli_progress(struct cli *cli, const char *text, double share);
/* Whole file (or "-" for stdin) into the arena, at most bytes_max. */
bool cli_read_file(struct cli *cli, struct str path, size_t bytes_max, struct str *text, struct err *err);
/* Ctrl-C was pressed: commands with long work look and end with EXIT_INTERRUPTED. */
bool cli_interrupted(void);

#endif
