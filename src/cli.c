#include "cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/file.h"
#include "base/log.h"
#include "base/nearest.h"
#include "cli_help.h"

enum { PROGRESS_BAR_COLUMNS = 24 };

/* ---- the person's terminal ---- */

static struct str environment_get(char **envp, const char *wanted)
{
	for (char **entry = envp; *entry; entry++) {
		struct str name, value;

		if (str_cut(str_from(*entry), '=', &name, &value) && str_eqc(name, wanted))
			return value;
	}
	return STR_EMPTY;
}

static void look_around(struct cli *cli, char **envp)
{
	static const char *const locale_names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	bool colour = environment_get(envp, "NO_COLOR").len == 0 && !str_eqc(environment_get(envp, "TERM"), "dumb");

	/* The first that is set counts (POSIX, 8.2). */
	for (size_t i = 0; i < sizeof(locale_names) / sizeof(locale_names[0]); i++) {
		struct str locale = environment_get(envp, locale_names[i]);

		if (locale.len) {
			cli->japanese = str_starts(locale, STR("ja"));
			break;
		}
	}
	cli->tty_err = isatty(STDERR_FILENO) == 1 && !str_eqc(environment_get(envp, "TERM"), "dumb");
	cli->colour_out = colour && isatty(STDOUT_FILENO) == 1;
	cli->colour_err = colour && cli->tty_err;
}

/* ---- output ---- */

void cli_write(struct cli *cli, struct str text)
{
	if (cli->out_errno || text.len == 0)
		return;
	if (fwrite(text.ptr, 1, text.len, stdout) != text.len)
		cli->out_errno = errno ? errno : EIO;
}

void cli_print(struct cli *cli, const char *format, ...)
{
	va_list args;

	if (cli->out_errno)
		return;
	va_start(args, format);
	if (vfprintf(stdout, format, args) < 0)
		cli->out_errno = errno ? errno : EIO;
	va_end(args);
}

void cli_cell(struct cli *cli, struct str text, int columns)
{
	int wanted = columns < 0 ? -columns : columns;
	int used = (int)codec_columns(text);
	int padding = used < wanted ? wanted - used : 0;

	if (columns < 0)
		cli_print(cli, "%*s", padding, "");
	cli_write(cli, text);
	if (columns > 0)
		cli_print(cli, "%*s", padding, "");
}

void cli_json_begin(struct cli_json *json)
{
	buf_init(&json->buf, CLI_JSON_BYTES_MAX);
	json_writer_init(&json->writer, &json->buf);
}

int cli_json_end(struct cli *cli, struct cli_json *json, int code)
{
	struct err err;

	if (!buf_check(&json->buf, "the JSON document", &err)) {
		code = cli_fail(cli, &err);
	} else {
		cli_write(cli, buf_str(&json->buf));
		cli_write(cli, STR("\n"));
	}
	buf_release(&json->buf);
	return code;
}

/* What is not ours may hold control characters, which a terminal would obey (C1 too). */
static void write_talk(struct str text)
{
	size_t start = 0, at = 0;

	while (at < text.len) {
		size_t here = at;
		int32_t point = codec_utf8_next(text, &at);

		if (point >= 0x20 && !(point >= 0x7f && point < 0xa0))
			continue;
		fprintf(stderr, "%.*s?", STR_ARG(str_take(str_skip(text, start), here - start)));
		start = at;
	}
	fprintf(stderr, "%.*s\n", STR_ARG(str_skip(text, start)));
}

int cli_fail(struct cli *cli, const struct err *err)
{
	struct err shown = *err;

	secret_mask_tokens(shown.text);
	cli_progress(cli, "", 1);
	fflush(stdout);
	if (cli->log_json) {
		log_event(LOG_ERROR, "failed", LOG_E(&shown));
	} else {
		fprintf(stderr, "%shomuhomu%s%s:%s ", cli->colour_err ? "\033[31m" : "", cli->command ? " " : "",
			cli->command ? cli->command->name : "", cli->colour_err ? "\033[0m" : "");
		write_talk(str_from(shown.text));
	}
	switch (err->code) {
	case ERR_USAGE:
	case ERR_CONFIG:
		return EXIT_USAGE;
	case ERR_REFUSED:
		return EXIT_REFUSED;
	case ERR_CANCELLED:
		return EXIT_INTERRUPTED;
	default:
		return EXIT_FAILED;
	}
}

void cli_say(struct cli *cli, const char *format, ...)
{
	char line[ERR_TEXT_MAX * 2];
	va_list args;

	cli_progress(cli, "", 1);
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	write_talk(str_from(line));
}

void cli_progress(struct cli *cli, const char *text, double share)
{
	int64_t now = clock_mono_ms();
	int filled;

	if (!cli->tty_err)
		return;
	if (*text == '\0') {
		if (cli->progress_shown)
			fputs("\r\033[K", stderr);
		cli->progress_shown = false;
		return;
	}
	if (cli->progress_shown && now - cli->progress_at_ms < CLI_PROGRESS_MS)
		return;
	cli->progress_at_ms = now;
	cli->progress_shown = true;
	filled = share <= 0 ? 0 : share >= 1 ? PROGRESS_BAR_COLUMNS : (int)(share * PROGRESS_BAR_COLUMNS);
	fputs("\r", stderr);
	for (int i = 0; i < PROGRESS_BAR_COLUMNS; i++)
		fputs(i < filled ? "█" : "░", stderr);
	fprintf(stderr, " %3.0f %% %s\033[K", share * 100, text);
}

/* What was printed has to have arrived: a full disk is a failure, a reader who has gone needs no words. */
static int finish_output(struct cli *cli, int code)
{
	struct err err;

	cli_progress(cli, "", 1);
	if (fflush(stdout) != 0 && !cli->out_errno)
		cli->out_errno = errno;
	if (!cli->out_errno)
		return code;
	clearerr(stdout);
	if (cli->out_errno != EPIPE) {
		err_set(&err, ERR_IO, "standard output: %s; nothing after that was written, send it somewhere else",
			strerror(cli->out_errno));
		cli_fail(cli, &err);
	}
	return code == EXIT_DONE ? EXIT_FAILED : code;
}

/* ---- signals ---- */

void cli_hold_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

bool cli_interrupted(void)
{
	sigset_t set;

	return sigpending(&set) == 0 && (sigismember(&set, SIGINT) == 1 || sigismember(&set, SIGTERM) == 1);
}

bool cli_stopped(const struct cli *cli)
{
	return cli->out_errno != 0 || cli_interrupted();
}

/* ---- parsing ---- */

/* Fails with one more line that names the next command. */
static int fail_usage(struct cli *cli, const struct err *err)
{
	int code = cli_fail(cli, err);

	if (cli->command)
		cli_say(cli, cli->japanese ? "使い方: homuhomu %s --help" : "See: homuhomu %s --help", cli->command->name);
	else
		cli_say(cli, cli->japanese ? "使い方: homuhomu help" : "See: homuhomu help");
	return code;
}

static void first_word(const struct cli_command *command, struct str *word, struct str *rest)
{
	str_cut(str_from(command->name), ' ', word, rest);
}

static const struct cli_command *find_command(const struct cli *cli, struct str first, struct str second)
{
	for (size_t i = 0; i < cli->command_count; i++) {
		struct str word, rest;

		first_word(cli->commands[i], &word, &rest);
		if (str_eq(word, first) && str_eq(rest, second))
			return cli->commands[i];
	}
	return NULL;
}

static bool is_group(const struct cli *cli, struct str word)
{
	for (size_t i = 0; i < cli->command_count; i++) {
		struct str first, rest;

		first_word(cli->commands[i], &first, &rest);
		if (rest.len && str_eq(first, word))
			return true;
	}
	return false;
}

static bool refuse_command(struct cli *cli, struct str first, struct str second, struct err *err)
{
	bool group = is_group(cli, first);
	struct str guess, words = STR_EMPTY;
	struct nearest nearest;

	nearest_init(&nearest, group ? second : first);
	for (size_t i = 0; i < cli->command_count; i++) {
		struct str word, rest;

		first_word(cli->commands[i], &word, &rest);
		if (!group)
			nearest_offer(&nearest, word);
		else if (str_eq(word, first)) {
			nearest_offer(&nearest, rest);
			words = arena_printf(&cli->arena, "%.*s%s%.*s", STR_ARG(words), words.len ? " or " : "", STR_ARG(rest));
		}
	}
	guess = nearest_get(&nearest);
	if (group && second.len == 0)
		return err_set(err, ERR_USAGE, "%.*s needs one more word: %.*s", STR_ARG(first), STR_ARG(words));
	return err_set(err, ERR_USAGE, "there is no command \"%.*s%s%.*s\"%s%.*s%s%.*s%s", STR_ARG(first), group ? " " : "",
		       STR_ARG(group ? second : STR_EMPTY), guess.len ? "; did you mean " : "",
		       STR_ARG(guess.len && group ? first : STR_EMPTY), guess.len && group ? " " : "", STR_ARG(guess),
		       guess.len ? "?" : "");
}

/*
 * Takes the command's one or two words off the arguments. Without one it is `run`. False with ERR_USAGE, or with
 * ERR_NONE when help was asked for of no single command, which is printed.
 */
static bool choose_command(struct cli *cli, int *argc, char ***argv, struct err *err)
{
	struct str first = str_from(*argc > 0 ? (*argv)[0] : ""), second = str_from(*argc > 1 ? (*argv)[1] : "");

	err_clear(err);
	if (str_eqc(first, "--help") || str_eqc(first, "-h")) {
		cli_help_all(cli);
		return false;
	}
	if (str_eqc(first, "--version") || str_eqc(first, "-V"))
		first = STR("version");
	else if (first.len == 0 || first.ptr[0] == '-')
		return (cli->command = find_command(cli, STR("run"), STR_EMPTY)) != NULL ||
		       err_set(err, ERR_USAGE, "a command is missing");
	cli->command = find_command(cli, first, STR_EMPTY);
	if (!cli->command && is_group(cli, first) && (str_eqc(second, "--help") || str_eqc(second, "-h"))) {
		cli_help_group(cli, first);
		return false;
	}
	if (cli->command) {
		*argc -= 1;
		*argv += 1;
		return true;
	}
	cli->command = second.len ? find_command(cli, first, second) : NULL;
	if (!cli->command)
		return refuse_command(cli, first, second, err);
	*argc -= 2;
	*argv += 2;
	return true;
}

/* One option of the command: its own, a common one, or a setting's. */
struct choice {
	const struct cli_option *option;
	enum setting setting;
	bool is_setting;
	bool takes_value;
};

static bool find_option(const struct cli *cli, struct str name, struct choice *choice)
{
	const struct cli_command *command = cli->command;

	for (size_t i = 0; i < command->option_count + cli_common_option_count; i++) {
		const struct cli_option *option =
			i < command->option_count ? &command->options[i] : &cli_common_options[i - command->option_count];

		if (str_eqc(name, option->name)) {
			*choice = (struct choice){.option = option, .takes_value = option->value != NULL};
			return true;
		}
	}
	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		if ((command->settings & SETTING_BIT(i)) && setting_rows[i].option && str_eqc(name, setting_rows[i].option)) {
			*choice = (struct choice){.setting = (enum setting)i, .is_setting = true, .takes_value = true};
			return true;
		}
	}
	return false;
}

/* What a person may have meant: the nearest option, or where a secret comes from. */
static bool refuse_option(const struct cli *cli, struct str name, struct err *err)
{
	const struct cli_command *command = cli->command;
	struct nearest nearest;
	struct str guess;

	if (str_eqc(name, "token") || str_eqc(name, "bot-token"))
		return err_set(err, ERR_USAGE,
			       "a secret is never given on the command line, where others can read it; set DISCORD_BOT_TOKEN, or "
			       "DISCORD_BOT_TOKEN_FILE to a file that holds it");
	nearest_init(&nearest, name);
	for (size_t i = 0; i < command->option_count; i++)
		nearest_offer(&nearest, str_from(command->options[i].name));
	for (size_t i = 0; i < cli_common_option_count; i++)
		nearest_offer(&nearest, str_from(cli_common_options[i].name));
	for (unsigned i = 0; i < SETTING_COUNT; i++)
		if ((command->settings & SETTING_BIT(i)) && setting_rows[i].option)
			nearest_offer(&nearest, str_from(setting_rows[i].option));
	guess = nearest_get(&nearest);
	return err_set(err, ERR_USAGE, "there is no option --%.*s%s%.*s%s", STR_ARG(name), guess.len ? "; did you mean --" : "",
		       STR_ARG(guess), guess.len ? "?" : "");
}

struct parsed {
	struct config_override overrides[SETTING_COUNT];
	size_t override_count;
};

static bool keep_option(struct cli *cli, struct parsed *parsed, const struct choice *choice, struct str name,
			struct str value, struct err *err)
{
	if (choice->is_setting) {
		for (size_t i = 0; i < parsed->override_count; i++)
			if (parsed->overrides[i].setting == choice->setting)
				return err_set(err, ERR_USAGE, "--%.*s is given twice", STR_ARG(name));
		parsed->overrides[parsed->override_count++] = (struct config_override){choice->setting, value};
		return true;
	}
	if (choice->option->value && !choice->option->many && cli_flag(cli, choice->option->name))
		return err_set(err, ERR_USAGE, "--%.*s is given twice", STR_ARG(name));
	if (cli->given_count == CLI_OPTIONS_MAX)
		return err_set(err, ERR_USAGE, "there are more than %d options", CLI_OPTIONS_MAX);
	cli->given[cli->given_count].option = choice->option;
	cli->given[cli->given_count++].value = value;
	return true;
}

/* argv[*at] begins with "--"; its value may be the next argument. */
static bool parse_option(struct cli *cli, struct parsed *parsed, int argc, char **argv, int *at, struct err *err)
{
	struct choice choice;
	struct str name, value;
	bool has_value = str_cut(str_skip(str_from(argv[*at]), 2), '=', &name, &value);

	if (!find_option(cli, name, &choice))
		return refuse_option(cli, name, err);
	if (has_value && !choice.takes_value)
		return err_set(err, ERR_USAGE, "--%.*s takes no value", STR_ARG(name));
	if (choice.takes_value && !has_value) {
		if (*at + 1 < argc && strncmp(argv[*at + 1], "--", 2) != 0)
			value = str_from(argv[++*at]);
	}
	if (choice.takes_value && value.len == 0)
		return err_set(err, ERR_USAGE, "--%.*s needs a value: --%.*s=%s", STR_ARG(name), STR_ARG(name),
			       choice.is_setting ? setting_rows[choice.setting].value : choice.option->value);
	return keep_option(cli, parsed, &choice, name, value, err);
}

static bool parse(struct cli *cli, struct parsed *parsed, int argc, char **argv, struct err *err)
{
	bool options = true;

	for (int i = 0; i < argc; i++) {
		struct str word = str_from(argv[i]);

		if (options && str_eqc(word, "--")) {
			options = false;
		} else if (options && str_eqc(word, "-h")) {
			cli->help = true;
		} else if (options && str_starts(word, STR("--"))) {
			if (!parse_option(cli, parsed, argc, argv, &i, err))
				return false;
		} else if (options && word.len > 1 && word.ptr[0] == '-') {
			return err_set(err, ERR_USAGE, "there is no option %.*s; options are whole words with two hyphens",
				       STR_ARG(word));
		} else if (cli->argument_count == CLI_ARGUMENTS_MAX) {
			return err_set(err, ERR_USAGE, "there are more than %d arguments", CLI_ARGUMENTS_MAX);
		} else {
			cli->arguments[cli->argument_count++] = word;
		}
	}
	return true;
}

static bool check_arguments(const struct cli *cli, struct err *err)
{
	const struct cli_command *command = cli->command;
	struct str word, rest = str_from(command->choices);
	struct nearest nearest;

	if (cli->argument_count < command->arguments_min)
		return err_set(err, ERR_USAGE, "%s is missing", command->arguments);
	if (cli->argument_count > command->arguments_max) {
		word = cli->arguments[command->arguments_max];
		return err_set(err, ERR_USAGE, "\"%.*s\" is too much%s", STR_ARG(word),
			       find_command(cli, word, STR_EMPTY) || is_group(cli, word) ? "; a command comes before its options"
											 : "");
	}
	if (!command->choices || cli->argument_count == 0)
		return true;
	nearest_init(&nearest, cli->arguments[0]);
	while (str_next(&rest, '|', &word)) {
		if (str_eq(word, cli->arguments[0]))
			return true;
		nearest_offer(&nearest, word);
	}
	return err_set(err, ERR_USAGE, "\"%.*s\" is none of %s; did you mean %.*s?", STR_ARG(cli->arguments[0]),
		       command->choices, STR_ARG(nearest.best));
}

static bool is_loaded(const struct cli *cli, enum setting setting)
{
	return cli->command->settings & SETTING_BIT(setting);
}

/* The log of a command that has one; no form is text on a terminal, no level is info. */
static void set_up_log(struct cli *cli, struct str form, struct str level_word)
{
	enum log_level level = LOG_INFO;

	if (!is_loaded(cli, SETTING_LOG))
		return;
	log_level_find(level_word, &level);
	cli->log_json = str_eqc(form, "json") || (!str_eqc(form, "text") && !cli->tty_err);
	log_setup(level, cli->log_json ? LOG_FORM_JSON : LOG_FORM_TEXT, cli->colour_err);
}

/* Before the settings are loaded, so that a fault of theirs is told in the form of the log as far as that is known. */
static void set_up_early_log(struct cli *cli, const struct parsed *parsed, char **envp)
{
	struct str form = environment_get(envp, setting_rows[SETTING_LOG].name);

	for (size_t i = 0; i < parsed->override_count; i++)
		if (parsed->overrides[i].setting == SETTING_LOG)
			form = parsed->overrides[i].value;
	set_up_log(cli, form, STR_EMPTY);
}

/* Nobody may believe that there are backups because a name for them was taken. */
static void warn_of_later_settings(const struct cli *cli)
{
	for (unsigned i = 0; i < SETTING_COUNT; i++)
		if (setting_rows[i].later && is_loaded(cli, (enum setting)i) && config_is_set(&cli->config, (enum setting)i))
			log_event(LOG_WARN, "a setting of a later version is not read", LOG_C("setting", setting_rows[i].name),
				  LOG_C("help", setting_rows[i].help.en));
}

static bool load_settings(struct cli *cli, const struct parsed *parsed, char **envp, struct err *err)
{
	set_up_early_log(cli, parsed, envp);
	if (cli->command->settings && !config_load(&cli->config, cli->command->settings, envp, ".", parsed->overrides,
						   parsed->override_count, err))
		return false;
	set_up_log(cli, config_get(&cli->config, SETTING_LOG), config_get(&cli->config, SETTING_LOG_LEVEL));
	warn_of_later_settings(cli);
	return true;
}

static int parse_and_run(struct cli *cli, int argc, char **argv, char **envp)
{
	struct parsed parsed = {.override_count = 0};
	struct err err = {.code = ERR_NONE};

	if (!choose_command(cli, &argc, &argv, &err))
		return err.code == ERR_NONE ? EXIT_DONE : fail_usage(cli, &err);
	if (!parse(cli, &parsed, argc, argv, &err))
		return fail_usage(cli, &err);
	if (cli_flag(cli, "no-color"))
		cli->colour_out = cli->colour_err = false;
	cli->json = cli_flag(cli, "json");
	if (cli->help || cli_flag(cli, "help")) {
		cli_help_one(cli, cli->command);
		return EXIT_DONE;
	}
	if (!check_arguments(cli, &err))
		return fail_usage(cli, &err);
	return load_settings(cli, &parsed, envp, &err) ? cli->command->run(cli) : cli_fail(cli, &err);
}

int cli_main(const struct cli_command *const *commands, size_t count, int argc, char **argv, char **envp)
{
	struct cli cli = {.commands = commands, .command_count = count};
	int code;

	arena_init(&cli.arena, CLI_ARENA_BYTES_MAX);
	look_around(&cli, envp);
	code = parse_and_run(&cli, argc > 0 ? argc - 1 : 0, argv + (argc > 0), envp);
	code = finish_output(&cli, code);
	config_release(&cli.config);
	arena_release(&cli.arena);
	return code;
}

bool cli_flag(const struct cli *cli, const char *name)
{
	struct str ignored;

	return cli_values(cli, name, &ignored, 1) > 0;
}

struct str cli_value(const struct cli *cli, const char *name)
{
	struct str value = STR_EMPTY;

	cli_values(cli, name, &value, 1);
	return value;
}

size_t cli_values(const struct cli *cli, const char *name, struct str *values, size_t values_max)
{
	size_t count = 0;

	for (size_t i = 0; i < cli->given_count; i++) {
		if (strcmp(cli->given[i].option->name, name) != 0)
			continue;
		if (count < values_max)
			values[count] = cli->given[i].value;
		count++;
	}
	return count;
}

const char *cli_words(const struct cli *cli, const struct words *words)
{
	return cli->japanese && words->ja ? words->ja : words->en;
}

bool cli_read_file(struct cli *cli, struct str path, size_t bytes_max, struct str *text, struct err *err)
{
	struct buf buf;
	bool ok;

	buf_init(&buf, bytes_max);
	ok = file_read(path, true, &buf, err);
	if (!ok && err->code == ERR_NOT_FOUND)
		err->code = ERR_USAGE;
	if (ok) {
		*text = arena_str(&cli->arena, buf_str(&buf));
		ok = arena_check(&cli->arena, "the file", err);
	}
	buf_release(&buf);
	return ok;
}
