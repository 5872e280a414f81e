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
	const char *value; /* NULL for a flag; else what help calls it: "FILE" (completion offers files for this one) */
	struct words help;
	bool many; /* may be given more than once */
};

/* The option of every command that has a JSON form; it sets cli->json. */
#define CLI_OPTION_JSON {.name = "json", .help = {"print the result as JSON", "結果を JSON で出します"}}

struct cli;

struct cli_command {
	const char *name;      /* "catalog check" has two words */
	const char *arguments; /* "[FILE]", for the usage line; "" for none */
	unsigned arguments_min, arguments_max;
	const char *choices;   /* "a|b": the only words that the argument may be, or NULL */
	struct words summary;
	struct words details;  /* more text for --help, or NULL */
	const char *examples;  /* one command a line, without "homuhomu", or NULL */
	const struct cli_option *options; /* beside those that every command has */
	size_t option_count;
	uint32_t settings; /* set of SETTING_BIT: those that are loaded and taken as options */
	int (*run)(struct cli *cli); /* returns an exit code */
};

struct cli {
	const struct cli_command *command;          /* NULL while none is known */
	const struct cli_command *const *commands;  /* the table, for help and completion */
	size_t command_count;
	struct arena arena;   /* for the command's life */
	struct config config; /* loaded as command->settings says */
	struct str arguments[CLI_ARGUMENTS_MAX];
	size_t argument_count;
	struct cli_given {
		const struct cli_option *option;
		struct str value;
	} given[CLI_OPTIONS_MAX];
	size_t given_count;
	bool help;                   /* --help */
	bool json;
	bool japanese;               /* the locale of messages is Japanese */
	bool colour_out, colour_err; /* terminal, and neither NO_COLOR nor --no-color */
	bool tty_err;                /* progress may be animated */
	bool log_json;               /* what goes to stderr is a log of JSON lines: `run` away from a terminal */
	bool progress_shown;
	int64_t progress_at_ms;      /* monotonic, of the last drawing */
	int out_errno;               /* why stdout stopped taking what is written; 0 while it does */
};

/* Parses, loads, runs; prints help and errors. The process's exit code. */
int cli_main(const struct cli_command *const *commands, size_t count, int argc, char **argv, char **envp);

/* Value of an option, empty if not given; all of them where it may be given many times (returns how many there are). */
bool cli_flag(const struct cli *cli, const char *name);
struct str cli_value(const struct cli *cli, const char *name);
size_t cli_values(const struct cli *cli, const char *name, struct str *values, size_t values_max);
/* The text in the person's language. */
const char *cli_words(const struct cli *cli, const struct words *words);

/* Writes to stdout. Once that fails nothing more is written; cli_main says why, but not of a closed pipe. */
void cli_print(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_write(struct cli *cli, struct str text);
/* The text padded to that many columns of a terminal; negative: it stands at the right. */
void cli_cell(struct cli *cli, struct str text, int columns);

/* One JSON document for stdout: write it between begin and end, which prints it on a line of its own. */
struct cli_json {
	struct buf buf;
	struct json_writer writer;
};
void cli_json_begin(struct cli_json *json);
/* Returns the code given, or EXIT_FAILED when the document did not fit. */
int cli_json_end(struct cli *cli, struct cli_json *json, int code);

/* "homuhomu COMMAND: text" to stderr, or the record `failed` of a JSON log. Returns the exit code that fits err->code. */
int cli_fail(struct cli *cli, const struct err *err);
/* A line of talk to stderr. */
void cli_say(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Progress on one line of stderr, redrawn on a terminal only; share is 0…1. An empty text ends it. */
void cli_progress(struct cli *cli, const char *text, double share);
/* Whole file (or "-" for stdin) into the arena, at most bytes_max. ERR_USAGE when there is no such file. */
bool cli_read_file(struct cli *cli, struct str path, size_t bytes_max, struct str *text, struct err *err);

/* From here on SIGINT and SIGTERM wait: a command with long work looks by cli_interrupted and ends with EXIT_INTERRUPTED. */
void cli_hold_signals(void);
bool cli_interrupted(void);
/* Whether going on is of no use: interrupted, or nobody reads stdout any more. */
bool cli_stopped(const struct cli *cli);

#endif
