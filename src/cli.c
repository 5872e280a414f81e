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
#include "cli_help.h"
#include "cli_parse.h"

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

/* ---- running ---- */

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
static void set_up_early_log(struct cli *cli, const struct cli_parsed *parsed, char **envp)
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

static bool load_settings(struct cli *cli, const struct cli_parsed *parsed, char **envp, struct err *err)
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
	struct cli_parsed parsed = {.override_count = 0};
	struct err err = {.code = ERR_NONE};

	if (!cli_parse_command(cli, &argc, &argv, &err))
		return err.code == ERR_NONE ? EXIT_DONE : fail_usage(cli, &err);
	if (!cli_parse_words(cli, &parsed, argc, argv, &err))
		return fail_usage(cli, &err);
	if (cli_flag(cli, "no-color"))
		cli->colour_out = cli->colour_err = false;
	cli->json = cli_flag(cli, "json");
	if (cli->help || cli_flag(cli, "help")) {
		cli_help_one(cli, cli->command);
		return EXIT_DONE;
	}
	if (!cli_parse_check(cli, &err))
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
