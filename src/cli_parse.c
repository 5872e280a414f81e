#include "cli_parse.h"

#include <string.h>

#include "base/nearest.h"
#include "cli_help.h"

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

bool cli_parse_command(struct cli *cli, int *argc, char ***argv, struct err *err)
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

static bool keep_option(struct cli *cli, struct cli_parsed *parsed, const struct choice *choice, struct str name,
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
static bool parse_option(struct cli *cli, struct cli_parsed *parsed, int argc, char **argv, int *at, struct err *err)
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

bool cli_parse_words(struct cli *cli, struct cli_parsed *parsed, int argc, char **argv, struct err *err)
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

bool cli_parse_check(const struct cli *cli, struct err *err)
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
