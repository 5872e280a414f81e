#include "cli_complete.h"

#include <string.h>

#include "cli_help.h"

/* One option as a shell offers it. */
struct offer {
	const char *name;
	const char *value;  /* NULL for a flag */
	const char *values; /* "a|b", or NULL */
	const char *help;
};

enum { WORDS_OFFERED_MAX = CLI_OPTIONS_MAX };

static bool has_offer(const struct offer *offers, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(offers[i].name, name) == 0)
			return true;
	return false;
}

static void add_offer(struct offer *offers, size_t *count, struct offer offer)
{
	if (*count < WORDS_OFFERED_MAX && !has_offer(offers, *count, offer.name))
		offers[(*count)++] = offer;
}

static void add_options(const struct cli *cli, const struct cli_option *options, size_t option_count,
			struct offer *offers, size_t *count)
{
	for (size_t i = 0; i < option_count; i++)
		add_offer(offers, count,
			  (struct offer){.name = options[i].name, .value = options[i].value,
					 .help = cli_words(cli, &options[i].help)});
}

/* A command's own options come first: they hide a setting's of the same name. */
static void collect(const struct cli *cli, const struct cli_command *command, struct offer *offers, size_t *count)
{
	add_options(cli, command->options, command->option_count, offers, count);
	add_options(cli, cli_common_options, cli_common_option_count, offers, count);
	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		const struct setting_row *row = &setting_rows[i];

		if ((command->settings & SETTING_BIT(i)) && row->option)
			add_offer(offers, count,
				  (struct offer){row->option, row->value, row->values, cli_words(cli, &row->help)});
	}
}

static bool takes_file(const char *text)
{
	return text && strstr(text, "FILE");
}

/* "a|b" as "a b". */
static void write_words(struct cli *cli, const char *values)
{
	for (struct str rest = str_from(values), word; str_next(&rest, '|', &word);)
		cli_print(cli, "%.*s%s", STR_ARG(word), rest.len ? " " : "");
}

/* Inside single quotes; `escaped` are the characters that get a backslash. */
static void write_quoted(struct cli *cli, const char *text, const char *quote, const char *escaped)
{
	for (; *text; text++) {
		if (*text == '\'')
			cli_print(cli, "%s", quote);
		else if (*text != '`')
			cli_print(cli, "%s%c", strchr(escaped, *text) ? "\\" : "", *text);
	}
}

static struct str first_word(const struct cli_command *command)
{
	struct str word, rest;

	str_cut(str_from(command->name), ' ', &word, &rest);
	return word;
}

static struct str second_word(const struct cli_command *command)
{
	struct str word, rest;

	str_cut(str_from(command->name), ' ', &word, &rest);
	return rest;
}

/* Whether this is the first row of the table with its first word. */
static bool begins_group(const struct cli *cli, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (str_eq(first_word(cli->commands[i]), first_word(cli->commands[index])))
			return false;
	return true;
}

static void write_second_words(struct cli *cli, struct str first)
{
	const char *between = "";

	for (size_t i = 0; i < cli->command_count; i++) {
		if (!str_eq(first_word(cli->commands[i]), first))
			continue;
		cli_print(cli, "%s%.*s", between, STR_ARG(second_word(cli->commands[i])));
		between = " ";
	}
}

/* ---- bash ---- */

static void bash_values(struct cli *cli)
{
	struct offer offers[WORDS_OFFERED_MAX];
	size_t count = 0;

	for (size_t i = 0; i < cli->command_count; i++)
		collect(cli, cli->commands[i], offers, &count);
	for (size_t i = 0; i < count; i++) {
		if (!offers[i].value)
			continue;
		cli_print(cli, "\t--%s) ", offers[i].name);
		if (offers[i].values) {
			cli_print(cli, "words='");
			write_words(cli, offers[i].values);
			cli_print(cli, "' ;;\n");
		} else {
			cli_print(cli, "%s ;;\n", takes_file(offers[i].value) ? "files=1" : "return");
		}
	}
}

static void bash_command(struct cli *cli, const struct cli_command *command)
{
	struct offer offers[WORDS_OFFERED_MAX];
	size_t count = 0;

	collect(cli, command, offers, &count);
	cli_print(cli, "\t\t'%s '*) words='", command->name);
	if (command->choices)
		write_words(cli, command->choices);
	for (size_t i = 0; i < count; i++)
		cli_print(cli, "%s--%s", i || command->choices ? " " : "", offers[i].name);
	cli_print(cli, "'%s ;;\n", takes_file(command->arguments) ? " files=1" : "");
}

static void write_bash(struct cli *cli)
{
	cli_print(cli,
		  "# Completion of homuhomu for bash. To use it now: source <(homuhomu completion bash)\n"
		  "_homuhomu() {\n"
		  "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} words='' files=''\n"
		  "\t[[ $cur == '=' ]] && cur=''\n"
		  "\t[[ $prev == '=' ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
		  "\tcase $prev in\n");
	bash_values(cli);
	cli_print(cli, "\t*)\n\t\tcase \"$COMP_CWORD ${COMP_WORDS[1]} ${COMP_WORDS[2]} \" in\n\t\t'1 '*) words='");
	for (size_t i = 0; i < cli->command_count; i++)
		if (begins_group(cli, i))
			cli_print(cli, "%s%.*s", i ? " " : "", STR_ARG(first_word(cli->commands[i])));
	cli_print(cli, " --help --version' ;;\n");
	for (size_t i = 0; i < cli->command_count; i++) {
		if (second_word(cli->commands[i]).len == 0 || !begins_group(cli, i))
			continue;
		cli_print(cli, "\t\t'2 %.*s '*) words='", STR_ARG(first_word(cli->commands[i])));
		write_second_words(cli, first_word(cli->commands[i]));
		cli_print(cli, "' ;;\n");
	}
	cli_print(cli, "\t\tesac\n\t\t[[ $words ]] || case \"${COMP_WORDS[1]} ${COMP_WORDS[2]} \" in\n");
	for (size_t i = 0; i < cli->command_count; i++)
		bash_command(cli, cli->commands[i]);
	cli_print(cli, "\t\tesac\n\t\t;;\n\tesac\n"
		       "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
		       "\tif [[ $files ]]; then\n"
		       "\t\tcompopt -o filenames 2>/dev/null\n"
		       "\t\tmapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY < <(compgen -f -- \"$cur\")\n"
		       "\tfi\n"
		       "}\n"
		       "complete -F _homuhomu homuhomu\n");
}

/* ---- zsh ---- */

static void zsh_command(struct cli *cli, const struct cli_command *command)
{
	struct offer offers[WORDS_OFFERED_MAX];
	size_t count = 0;

	collect(cli, command, offers, &count);
	cli_print(cli, "\t'%s '*)\n\t\tshift %d words\n\t\t(( CURRENT -= %d ))\n\t\t_arguments", command->name,
		  second_word(command).len ? 2 : 1, second_word(command).len ? 2 : 1);
	for (size_t i = 0; i < count; i++) {
		cli_print(cli, " \\\n\t\t\t'--%s%s[", offers[i].name, offers[i].value ? "=" : "");
		write_quoted(cli, offers[i].help, "'\\''", "[]\\:");
		cli_print(cli, "]");
		if (offers[i].values) {
			cli_print(cli, ":%s:(", offers[i].value);
			write_words(cli, offers[i].values);
			cli_print(cli, ")");
		} else if (offers[i].value) {
			cli_print(cli, ":%s:%s", offers[i].value, takes_file(offers[i].value) ? "_files" : "( )");
		}
		cli_print(cli, "'");
	}
	if (command->choices) {
		cli_print(cli, " \\\n\t\t\t'1:%s:(", "word");
		write_words(cli, command->choices);
		cli_print(cli, ")'");
	} else if (takes_file(command->arguments)) {
		cli_print(cli, " \\\n\t\t\t'*:file:_files'");
	}
	cli_print(cli, "\n\t\t;;\n");
}

static void write_zsh(struct cli *cli)
{
	cli_print(cli, "#compdef homuhomu\n"
		       "# Completion of homuhomu for zsh: put it as _homuhomu into a folder of $fpath.\n"
		       "_homuhomu() {\n"
		       "\tlocal -a commands\n"
		       "\tif (( CURRENT == 2 )); then\n"
		       "\t\tcommands=(\n");
	for (size_t i = 0; i < cli->command_count; i++) {
		if (!begins_group(cli, i))
			continue;
		cli_print(cli, "\t\t\t'%.*s:", STR_ARG(first_word(cli->commands[i])));
		write_quoted(cli, cli_words(cli, &cli->commands[i]->summary), "'\\''", "\\");
		cli_print(cli, "'\n");
	}
	cli_print(cli, "\t\t)\n\t\t_describe command commands\n\t\treturn\n\tfi\n\tcase \"$CURRENT $words[2]\" in\n");
	for (size_t i = 0; i < cli->command_count; i++) {
		if (second_word(cli->commands[i]).len == 0 || !begins_group(cli, i))
			continue;
		cli_print(cli, "\t'3 %.*s') compadd ", STR_ARG(first_word(cli->commands[i])));
		write_second_words(cli, first_word(cli->commands[i]));
		cli_print(cli, "; return ;;\n");
	}
	cli_print(cli, "\tesac\n\tcase \"$words[2] $words[3] \" in\n");
	for (size_t i = 0; i < cli->command_count; i++)
		zsh_command(cli, cli->commands[i]);
	cli_print(cli, "\tesac\n"
		       "}\n"
		       "if [[ $funcstack[1] == _homuhomu ]]; then\n\t_homuhomu \"$@\"\nelse\n\tcompdef _homuhomu homuhomu\nfi\n");
}

/* ---- fish ---- */

static void fish_command(struct cli *cli, const struct cli_command *command)
{
	struct offer offers[WORDS_OFFERED_MAX];
	size_t count = 0;

	collect(cli, command, offers, &count);
	for (size_t i = 0; i < count; i++) {
		cli_print(cli, "complete -c homuhomu -n '__homuhomu_is %s' -l %s", command->name, offers[i].name);
		if (offers[i].values) {
			cli_print(cli, " -x -a '");
			write_words(cli, offers[i].values);
			cli_print(cli, "'");
		} else if (offers[i].value) {
			cli_print(cli, takes_file(offers[i].value) ? " -r -F" : " -x");
		}
		cli_print(cli, " -d '");
		write_quoted(cli, offers[i].help, "\\'", "\\");
		cli_print(cli, "'\n");
	}
	if (command->choices) {
		cli_print(cli, "complete -c homuhomu -n '__homuhomu_is %s' -a '", command->name);
		write_words(cli, command->choices);
		cli_print(cli, "'\n");
	} else if (takes_file(command->arguments)) {
		cli_print(cli, "complete -c homuhomu -n '__homuhomu_is %s' -F\n", command->name);
	}
}

static void write_fish(struct cli *cli)
{
	cli_print(cli, "# Completion of homuhomu for fish. To use it now: homuhomu completion fish | source\n"
		       "function __homuhomu_is\n"
		       "    set -l words (commandline -opc)\n"
		       "    set -e words[1]\n"
		       "    test (count $words) -ge (count $argv)\n"
		       "    and test \"$words[1..\"(count $argv)\"]\" = \"$argv\"\n"
		       "end\n"
		       "function __homuhomu_after\n"
		       "    test (count (commandline -opc)) -eq (math 1 + (count $argv))\n"
		       "    and __homuhomu_is $argv\n"
		       "end\n"
		       "complete -c homuhomu -f\n");
	for (size_t i = 0; i < cli->command_count; i++) {
		if (begins_group(cli, i)) {
			cli_print(cli, "complete -c homuhomu -n 'test (count (commandline -opc)) -eq 1' -a %.*s -d '",
				  STR_ARG(first_word(cli->commands[i])));
			write_quoted(cli, cli_words(cli, &cli->commands[i]->summary), "\\'", "\\");
			cli_print(cli, "'\n");
		}
		if (second_word(cli->commands[i]).len) {
			cli_print(cli, "complete -c homuhomu -n '__homuhomu_after %.*s' -a %.*s -d '",
				  STR_ARG(first_word(cli->commands[i])), STR_ARG(second_word(cli->commands[i])));
			write_quoted(cli, cli_words(cli, &cli->commands[i]->summary), "\\'", "\\");
			cli_print(cli, "'\n");
		}
	}
	for (size_t i = 0; i < cli->command_count; i++)
		fish_command(cli, cli->commands[i]);
}

static int completion_run(struct cli *cli)
{
	if (str_eqc(cli->arguments[0], "bash"))
		write_bash(cli);
	else if (str_eqc(cli->arguments[0], "zsh"))
		write_zsh(cli);
	else
		write_fish(cli);
	return EXIT_DONE;
}

const struct cli_command cli_completion_command = {
	.name = "completion",
	.arguments = "bash|zsh|fish",
	.arguments_min = 1,
	.arguments_max = 1,
	.choices = "bash|zsh|fish",
	.summary = {"print the shell's completion script", "シェルの補完スクリプトを出します"},
	.examples = "completion bash >/etc/bash_completion.d/homuhomu\ncompletion zsh >~/.zfunc/_homuhomu\n"
		    "completion fish >~/.config/fish/completions/homuhomu.fish",
	.run = completion_run,
};
