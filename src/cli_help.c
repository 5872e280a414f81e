#include "cli_help.h"

#include <string.h>

#include "base/codec.h"

enum { WIDTH = 96, INDENT = 2, NAME_COLUMNS_MAX = 26 };

const struct cli_option cli_common_options[] = {
	{.name = "help", .help = {"print this help", "この説明を出します"}},
	{.name = "no-color", .help = {"no colour and no animation (also: NO_COLOR)", "色と動きを使いません(NO_COLOR でも)"}},
};
const size_t cli_common_option_count = sizeof(cli_common_options) / sizeof(cli_common_options[0]);

static void heading(struct cli *cli, const char *en, const char *ja)
{
	cli_print(cli, "\n%s%s%s\n", cli->colour_out ? "\033[1m" : "", cli->japanese ? ja : en, cli->colour_out ? "\033[0m" : "");
}

/* What must not begin a line in Japanese (JIS X 4051), of the characters that the texts have. */
static bool is_closing(struct str text)
{
	static const char *const closing[] = {"。", "、", ")", "」", ")", "ー", "・"};

	for (size_t i = 0; i < sizeof(closing) / sizeof(closing[0]); i++)
		if (str_starts(text, str_from(closing[i])))
			return true;
	return false;
}

/* Where the first line ends: at a space, or after a character that is wide (Japanese has no spaces). */
static size_t line_length(struct str text, size_t columns)
{
	size_t fits = 0, at = 0, used = 0;

	while (at < text.len) {
		size_t start = at, width;

		if (text.ptr[at] == '\n')
			return at;
		if (text.ptr[at] == ' ')
			fits = at;
		codec_utf8_next(text, &at);
		width = codec_columns(str_take(str_skip(text, start), at - start));
		used += width;
		if (used > columns)
			return fits ? fits : start ? start : at;
		if (width == 2 && !is_closing(str_skip(text, at)))
			fits = at;
	}
	return text.len;
}

/* Text from the column where the cursor stands; backquotes are Markdown's and left out. */
static void write_wrapped(struct cli *cli, struct str text, int indent)
{
	char plain[ERR_TEXT_MAX * 4];
	struct buf buf;
	struct str rest;

	buf_wrap(&buf, plain, sizeof(plain));
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '`')
			buf_add_char(&buf, text.ptr[i]);
	rest = buf_str(&buf);
	for (bool more = false; rest.len || !more; more = true) {
		size_t len = line_length(rest, (size_t)(WIDTH - indent));

		cli_print(cli, "%*s%.*s\n", more ? indent : 0, "", STR_ARG(str_take(rest, len)));
		rest = str_skip(rest, len);
		if (rest.len && (rest.ptr[0] == '\n' || rest.ptr[0] == ' '))
			rest = str_skip(rest, 1);
	}
}

/* A name and what it means; a long name has a line of its own. */
static void write_row(struct cli *cli, struct str name, int columns, struct str text)
{
	cli_print(cli, "%*s", INDENT, "");
	if ((int)codec_columns(name) > columns) {
		cli_print(cli, "%.*s\n%*s", STR_ARG(name), INDENT + columns + INDENT, "");
	} else {
		cli_cell(cli, name, columns);
		cli_print(cli, "%*s", INDENT, "");
	}
	write_wrapped(cli, text, INDENT + columns + INDENT);
}

static struct str usage_name(struct cli *cli, const struct cli_command *command)
{
	return arena_printf(&cli->arena, "%s%s%s", command->name, *command->arguments ? " " : "", command->arguments);
}

static int name_columns(struct cli *cli, const char *first)
{
	int columns = 0;

	for (size_t i = 0; i < cli->command_count; i++) {
		int used = (int)codec_columns(usage_name(cli, cli->commands[i]));

		if (first && !str_starts(str_from(cli->commands[i]->name), str_from(first)))
			continue;
		if (used <= NAME_COLUMNS_MAX && used > columns)
			columns = used;
	}
	return columns;
}

static void write_options(struct cli *cli, const struct cli_option *options, size_t count, int columns)
{
	for (size_t i = 0; i < count; i++) {
		const struct cli_option *option = &options[i];
		struct str name = arena_printf(&cli->arena, "--%s%s%s%s", option->name, option->value ? " " : "",
					       option->value ? option->value : "", option->many ? " …" : "");

		write_row(cli, name, columns, str_from(cli_words(cli, &option->help)));
	}
}

static struct str setting_text(struct cli *cli, const struct setting_row *row, bool with_name)
{
	const char *fallback = row->shown.en ? cli_words(cli, &row->shown) : row->fallback;
	struct str text = arena_printf(&cli->arena, "%s%s%s", with_name ? row->name : "",
				       !with_name ? "" : cli->japanese ? "。" : ": ", cli_words(cli, &row->help));

	if (row->secret)
		text = arena_printf(&cli->arena, cli->japanese ? "%.*s%s_FILE ならファイルから読みます。" : "%.*s %s_FILE reads it from a file.",
				    STR_ARG(text), row->name);
	if (fallback)
		text = arena_printf(&cli->arena, cli->japanese ? "%.*s(既定: %s)" : "%.*s (Default: %s)", STR_ARG(text), fallback);
	return text;
}

static bool has_own_option(const struct cli_command *command, const char *name)
{
	for (size_t i = 0; i < command->option_count; i++)
		if (strcmp(command->options[i].name, name) == 0)
			return true;
	return false;
}

static void write_settings(struct cli *cli, const struct cli_command *command, int columns)
{
	heading(cli, "Settings (as options, in the environment, or in homuhomu.env):",
		"設定(オプション、環境変数、または homuhomu.env で):");
	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		const struct setting_row *row = &setting_rows[i];
		bool as_option = row->option && !has_own_option(command, row->option);
		struct str name = as_option ? arena_printf(&cli->arena, "--%s %s", row->option, row->value) : str_from(row->name);

		if (command->settings & SETTING_BIT(i))
			write_row(cli, name, columns, setting_text(cli, row, as_option));
	}
}

static void write_examples(struct cli *cli, const char *examples)
{
	struct str rest = str_from(examples), line;

	heading(cli, "Examples:", "例:");
	while (str_next(&rest, '\n', &line))
		cli_print(cli, "%*shomuhomu %.*s\n", INDENT, "", STR_ARG(line));
}

static void write_list(struct cli *cli, const char *first)
{
	int columns = name_columns(cli, first);

	heading(cli, "Commands:", "コマンド:");
	for (size_t i = 0; i < cli->command_count; i++)
		if (!first || str_starts(str_from(cli->commands[i]->name), str_from(first)))
			write_row(cli, usage_name(cli, cli->commands[i]), columns, str_from(cli_words(cli, &cli->commands[i]->summary)));
}

void cli_help_all(struct cli *cli)
{
	cli_print(cli, "%s\n",
		  cli->japanese ? "homuhomu: Discord ボットとして動くガチャゲーム。1 つの実行ファイルで完結します。"
				: "homuhomu: a gacha game that is a Discord bot, in one executable.");
	heading(cli, "Usage:", "使い方:");
	cli_print(cli, "  homuhomu [COMMAND] [OPTIONS]%s\n", cli->japanese ? "(コマンドなしは run)" : "   (no command means run)");
	write_list(cli, NULL);
	heading(cli, "Options of every command:", "どのコマンドにもあるオプション:");
	write_options(cli, cli_common_options, cli_common_option_count, name_columns(cli, NULL));
	cli_print(cli, "\n%s\n",
		  cli->japanese ? "くわしくは homuhomu help COMMAND、設定は homuhomu help settings"
				: "More: homuhomu help COMMAND; the settings: homuhomu help settings");
}

void cli_help_group(struct cli *cli, struct str first_word)
{
	struct str first = arena_printf(&cli->arena, "%.*s ", STR_ARG(first_word));

	heading(cli, "Usage:", "使い方:");
	cli_print(cli, "  homuhomu %.*s COMMAND [OPTIONS]\n", STR_ARG(first_word));
	write_list(cli, first.ptr);
}

void cli_help_one(struct cli *cli, const struct cli_command *command)
{
	int columns = NAME_COLUMNS_MAX;

	cli_print(cli, "%shomuhomu %.*s [OPTIONS]\n\n", cli->japanese ? "使い方: " : "Usage: ", STR_ARG(usage_name(cli, command)));
	write_wrapped(cli, str_from(cli_words(cli, &command->summary)), 0);
	if (command->details.en) {
		cli_print(cli, "\n");
		write_wrapped(cli, str_from(cli_words(cli, &command->details)), 0);
	}
	heading(cli, "Options:", "オプション:");
	write_options(cli, command->options, command->option_count, columns);
	write_options(cli, cli_common_options, cli_common_option_count, columns);
	if (command->settings)
		write_settings(cli, command, columns);
	if (command->examples)
		write_examples(cli, command->examples);
}

static void help_settings(struct cli *cli)
{
	cli_print(cli, "%s\n",
		  cli->japanese
			  ? "設定は、コマンドのオプション、環境変数、作業フォルダの homuhomu.env(ECS と Lambda では読みません)、既定値の順に決まります。"
			  : "Settings are taken from options of a command, then the environment, then homuhomu.env in the\n"
			    "working directory (never on ECS or Lambda), then the default.");
	heading(cli, "Settings:", "設定:");
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting_row *row = &setting_rows[i];
		struct str text = setting_text(cli, row, false);

		if (row->option)
			text = arena_printf(&cli->arena, "%.*s [--%s %s]", STR_ARG(text), row->option, row->value);
		write_row(cli, str_from(row->name), NAME_COLUMNS_MAX, text);
	}
}

/* The README quotes this as it is, so it begins and ends with a table. */
static int help_markdown(struct cli *cli)
{
	struct buf buf;

	cli_print(cli, "%s|---|---|\n", cli->japanese ? "| コマンド | すること |\n" : "| command | what it does |\n");
	for (size_t i = 0; i < cli->command_count; i++) {
		cli_print(cli, "| `");
		/* A bar would end the cell. */
		for (struct str rest = usage_name(cli, cli->commands[i]), part; str_next(&rest, '|', &part);)
			cli_print(cli, "%.*s%s", STR_ARG(part), rest.len ? "\\|" : "");
		cli_print(cli, "` | %s |\n", cli_words(cli, &cli->commands[i]->summary));
	}
	cli_print(cli, "\n");
	buf_init(&buf, CLI_JSON_BYTES_MAX);
	settings_write_table(&buf, cli->japanese);
	cli_write(cli, buf_str(&buf));
	buf_release(&buf);
	return EXIT_DONE;
}

static bool starts_with_word(const struct cli_command *command, struct str word)
{
	return str_starts(str_from(command->name), word) && command->name[word.len] == ' ';
}

static int help_run(struct cli *cli)
{
	struct str name = cli->argument_count > 0 ? cli->arguments[0] : STR_EMPTY;
	struct err err;

	if (cli_flag(cli, "markdown"))
		return help_markdown(cli);
	if (cli->argument_count == 0) {
		cli_help_all(cli);
		return EXIT_DONE;
	}
	if (str_eqc(name, "settings")) {
		help_settings(cli);
		return EXIT_DONE;
	}
	if (cli->argument_count > 1)
		name = arena_printf(&cli->arena, "%.*s %.*s", STR_ARG(cli->arguments[0]), STR_ARG(cli->arguments[1]));
	for (size_t i = 0; i < cli->command_count; i++) {
		if (str_eqc(name, cli->commands[i]->name)) {
			cli_help_one(cli, cli->commands[i]);
			return EXIT_DONE;
		}
		if (starts_with_word(cli->commands[i], name)) {
			cli_help_group(cli, name);
			return EXIT_DONE;
		}
	}
	err_set(&err, ERR_USAGE, "there is no command \"%.*s\"; see: homuhomu help", STR_ARG(name));
	return cli_fail(cli, &err);
}

static const struct cli_option options[] = {
	{.name = "markdown", .help = {"print the README's tables of commands and settings", "README のコマンドと設定の表を出します"}},
};

const struct cli_command cli_help_command = {
	.name = "help",
	.arguments = "[COMMAND|settings]",
	.arguments_max = 2,
	.summary = {"explain a command, or list them all", "コマンドの説明、または一覧を出します"},
	.details = {"With `settings` in place of a command: every setting, its default and its meaning.",
		    "コマンドの代わりに `settings` とすると、すべての設定とその既定値、意味を出します。"},
	.examples = "help odds\nhelp catalog check\nhelp settings",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.run = help_run,
};
