#include "test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codec.h"
#include "cli.h"
#include "cli_complete.h"
#include "cli_help.h"
#include "cli_version.h"

enum { TEXT_MAX = 1 << 18, ARGUMENTS_MAX = 80 };

/* What one run of the command line printed. */
struct run {
	int code;
	char out[TEXT_MAX];
	char err[TEXT_MAX];
};

static int echo_run(struct cli *cli)
{
	struct str values[4];
	size_t count = cli_values(cli, "many", values, 4);

	for (size_t i = 0; i < cli->argument_count; i++)
		cli_print(cli, "argument %.*s\n", STR_ARG(cli->arguments[i]));
	for (size_t i = 0; i < count; i++)
		cli_print(cli, "many %.*s\n", STR_ARG(values[i]));
	if (cli_flag(cli, "one"))
		cli_print(cli, "one %.*s\n", STR_ARG(cli_value(cli, "one")));
	cli_print(cli, "json %d colour %d http %.*s\n", cli->json, cli->colour_out,
		  STR_ARG(config_get(&cli->config, SETTING_HTTP)));
	return EXIT_DONE;
}

static int fail_run(struct cli *cli)
{
	struct err err;
	int64_t code = 0;

	str_to_i64(cli->arguments[0], 0, ERR_CODE_COUNT, &code);
	err_set(&err, (enum err_code)code, "it\033[2J failed\xc2\x9b for \xe7\x8c\xab");
	return cli_fail(cli, &err);
}

static int flood_run(struct cli *cli)
{
	for (int i = 0; i < 100000 && !cli_stopped(cli); i++)
		cli_print(cli, "line %d\n", i);
	return EXIT_DONE;
}

static int cells_run(struct cli *cli)
{
	cli_cell(cli, STR("猫"), 4);
	cli_write(cli, STR("|"));
	cli_cell(cli, STR("ab"), -4);
	cli_write(cli, STR("|"));
	cli_cell(cli, STR("abcdef"), 4);
	cli_write(cli, STR("|\n"));
	return EXIT_DONE;
}

static int read_run(struct cli *cli)
{
	struct str text;
	struct err err;

	if (!cli_read_file(cli, cli->arguments[0], 8, &text, &err))
		return cli_fail(cli, &err);
	cli_print(cli, "%zu bytes\n", text.len);
	return EXIT_DONE;
}

static const struct cli_option echo_options[] = {
	CLI_OPTION_JSON,
	{.name = "one", .value = "ONE", .help = {"once 'quoted' [x]: y", "一度だけ"}},
	{.name = "many", .value = "FILE", .help = {"again and again", "何度でも"}, .many = true},
};

static const struct cli_command run_command = {
	.name = "run", .arguments = "", .summary = {"run it", "動かす"}, .settings = SETTINGS_ALL, .run = echo_run};
static const struct cli_command echo_command = {
	.name = "echo", .arguments = "A [B]", .arguments_min = 1, .arguments_max = 2, .summary = {"say it again", "繰り返す"},
	.details = {"More of it.", "くわしく。"}, .examples = "echo a\necho b", .options = echo_options, .option_count = 3,
	.settings = SETTING_BIT(SETTING_HTTP) | SETTING_BIT(SETTING_LOG_LEVEL), .run = echo_run};
static const struct cli_command first_command = {
	.name = "group first", .arguments = "", .summary = {"the first", "一つ目"}, .run = echo_run};
static const struct cli_command second_command = {
	.name = "group second", .arguments = "[FILE]", .arguments_max = 1, .summary = {"the second", "二つ目"}, .run = echo_run};
static const struct cli_command fail_command = {
	.name = "fail", .arguments = "CODE", .arguments_min = 1, .arguments_max = 1, .summary = {"fail", "失敗"}, .run = fail_run};
static const struct cli_command flood_command = {.name = "flood", .arguments = "", .summary = {"much", "大量"}, .run = flood_run};
static const struct cli_command cells_command = {.name = "cells", .arguments = "", .summary = {"cells", "枠"}, .run = cells_run};
static const struct cli_command read_command = {
	.name = "read", .arguments = "FILE", .arguments_min = 1, .arguments_max = 1, .summary = {"read", "読む"}, .run = read_run};

static const struct cli_command *const commands[] = {
	&run_command,	&echo_command,	     &first_command,	     &second_command,	      &fail_command,	 &flood_command,
	&cells_command, &read_command,	     &cli_help_command,	     &cli_version_command,    &cli_completion_command,
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static void read_back(int fd, char *text)
{
	ssize_t len = pread(fd, text, TEXT_MAX - 1, 0);

	text[len < 0 ? 0 : len] = '\0';
	close(fd);
}

/* In this process, with stdout on out_fd (closed here) and stderr in a file. */
static void run_on(struct run *run, int out_fd, char **envp, const char *const *words)
{
	char *argv[ARGUMENTS_MAX + 2] = {(char *)(uintptr_t)"homuhomu"};
	char err_name[] = "/tmp/homu-cli-XXXXXX";
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO), err_fd = mkstemp(err_name), argc = 1;

	unlink(err_name);
	for (; words[argc - 1]; argc++)
		argv[argc] = strdup(words[argc - 1]);
	fflush(stdout);
	dup2(out_fd, STDOUT_FILENO);
	dup2(err_fd, STDERR_FILENO);
	run->code = cli_main(commands, COMMAND_COUNT, argc, argv, envp);
	fflush(stderr);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	close(out_fd);
	read_back(err_fd, run->err);
	for (int i = 1; i < argc; i++)
		free(argv[i]);
}

static struct run *run_words(char **envp, const char *const *words)
{
	static struct run run;
	char name[] = "/tmp/homu-cli-XXXXXX";
	int fd = mkstemp(name);

	unlink(name);
	run_on(&run, dup(fd), envp, words);
	read_back(fd, run.out);
	return &run;
}

static char *no_environment[] = {NULL};
static char *japanese[] = {(char *)(uintptr_t)"LANG=ja_JP.UTF-8", NULL};

#define RUN(...) run_words(no_environment, (const char *const[]){__VA_ARGS__, NULL})
#define RUN_JA(...) run_words(japanese, (const char *const[]){__VA_ARGS__, NULL})

static bool has(const char *text, const char *part)
{
	bool found = strstr(text, part) != NULL;

	if (!found)
		printf("not in: %s\n", text);
	return found;
}

TEST(no_command_means_run)
{
	const char *const none[] = {NULL};
	const struct run *run = run_words(no_environment, none);

	CHECK_EQ_INT(run->code, 0);
	CHECK_EQ_STR(run->out, "json 0 colour 0 http 127.0.0.1:8787\n");
	run = RUN("--http", "127.0.0.1:0");
	CHECK_EQ_INT(run->code, 0);
	CHECK(has(run->out, "http 127.0.0.1:0"));
}

TEST(options_and_arguments_may_be_mixed)
{
	const struct run *run = RUN("echo", "--one=1", "a", "--many", "x", "--json", "--many=y", "b");

	CHECK_EQ_INT(run->code, 0);
	CHECK_EQ_STR(run->out, "argument a\nargument b\nmany x\nmany y\none 1\njson 1 colour 0 http 127.0.0.1:8787\n");
	run = RUN("echo", "--", "--one", "-x");
	CHECK_EQ_STR(run->out, "argument --one\nargument -x\njson 0 colour 0 http 127.0.0.1:8787\n");
	run = RUN("echo", "-");
	CHECK(has(run->out, "argument -\n"));
	run = RUN("echo", "a", "--http=[::1]:1");
	CHECK(has(run->out, "http [::1]:1"));
}

TEST(wrong_usage_says_what_and_what_to_do_next)
{
	static const struct {
		const char *words[4];
		const char *says;
		const char *next;
	} cases[] = {
		{{"ecko", "a"}, "there is no command \"ecko\"; did you mean echo?", "homuhomu help"},
		{{"zzzzzzzz"}, "there is no command \"zzzzzzzz\"", "homuhomu help"},
		{{"group"}, "group needs one more word: first or second", "homuhomu help"},
		{{"group", "frist"}, "there is no command \"group frist\"; did you mean group first?", "homuhomu help"},
		{{"echo"}, "A [B] is missing", "homuhomu echo --help"},
		{{"echo", "a", "b", "c"}, "\"c\" is too much", "homuhomu echo --help"},
		{{"run", "echo"}, "a command comes before its options", "homuhomu run --help"},
		{{"echo", "a", "--jsno"}, "there is no option --jsno; did you mean --json?", "homuhomu echo --help"},
		{{"echo", "a", "--htp=x"}, "did you mean --http?", "homuhomu echo --help"},
		{{"echo", "a", "--store=sqlite:x"}, "there is no option --store", "homuhomu echo --help"},
		{{"echo", "a", "-j"}, "options are whole words", "homuhomu echo --help"},
		{{"echo", "a", "--json=1"}, "--json takes no value", "homuhomu echo --help"},
		{{"echo", "a", "--one"}, "--one needs a value: --one=ONE", "homuhomu echo --help"},
		{{"echo", "--one", "--json", "a"}, "--one needs a value", "homuhomu echo --help"},
		{{"echo", "a", "--http="}, "--http needs a value: --http=HOST:PORT", "homuhomu echo --help"},
		{{"echo", "a", "--one=1", "--one=2"}, "--one is given twice", "homuhomu echo --help"},
		{{"run", "--http=x:1", "--http=x:2"}, "--http is given twice", "homuhomu run --help"},
		{{"run", "--token", "x"}, "never given on the command line", "DISCORD_BOT_TOKEN"},
		{{"completion", "bahs"}, "\"bahs\" is none of bash|zsh|fish; did you mean bash?", "homuhomu completion --help"},
		{{"read", "--http=1"}, "there is no option --http", "homuhomu read --help"},
		{{"help", "nope"}, "there is no command \"nope\"", "homuhomu help"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *words[5] = {cases[i].words[0], cases[i].words[1], cases[i].words[2], cases[i].words[3], NULL};
		const struct run *run = run_words(no_environment, words);

		CHECK_EQ_INT(run->code, EXIT_USAGE);
		CHECK_EQ_STR(run->out, "");
		CHECK(has(run->err, cases[i].says));
		CHECK(has(run->err, cases[i].next));
	}
}

TEST(a_wrong_setting_is_told_in_the_form_of_the_log)
{
	const struct run *run = RUN("run", "--http=1");

	CHECK_EQ_INT(run->code, EXIT_USAGE);
	CHECK(has(run->err, "\"level\":\"error\",\"msg\":\"failed\",\"error\":\"config\",\"detail\":\"HOMU_HTTP on the command line"));
	run = RUN("run", "--http=1", "--log=text");
	CHECK_EQ_INT(run->code, EXIT_USAGE);
	CHECK(has(run->err, "homuhomu run: HOMU_HTTP on the command line is \"1\": it has to be HOST:PORT"));
	run = RUN("echo", "a", "--http=1");
	CHECK_EQ_INT(run->code, EXIT_USAGE);
	CHECK(has(run->err, "homuhomu echo: HOMU_HTTP"));
}

TEST(a_setting_that_only_a_later_version_reads_is_warned_of)
{
	const struct run *run = RUN("run", "--backup=daily@02:00,keep=14");

	CHECK_EQ_INT(run->code, EXIT_DONE);
	CHECK(has(run->err, "\"level\":\"warn\""));
	CHECK(has(run->err, "HOMU_BACKUP"));
	run = RUN("run", "--backup=daily@02:00,keep=14", "--log-level=error");
	CHECK_EQ_STR(run->err, "");
	run = RUN("run");
	CHECK_EQ_STR(run->err, "");
}

TEST(too_many_words_are_refused)
{
	const char *words[ARGUMENTS_MAX + 1] = {"echo"};

	for (size_t i = 1; i < 70; i++)
		words[i] = "x";
	CHECK_EQ_INT(run_words(no_environment, words)->code, EXIT_USAGE);
	for (size_t i = 1; i < 70; i++)
		words[i] = "--many=x";
	CHECK_EQ_INT(run_words(no_environment, words)->code, EXIT_USAGE);
	for (size_t i = 1; i < 70; i++)
		words[i] = "--json";
	CHECK_EQ_INT(run_words(no_environment, words)->code, EXIT_USAGE);
}

TEST(help_is_there_for_every_command)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		char first[64], *second;
		const struct run *run;
		char *by_option;

		snprintf(first, sizeof(first), "%s", commands[i]->name);
		second = strchr(first, ' ');
		if (second)
			*second++ = '\0';
		run = second ? RUN(first, second, "--help") : RUN(first, "--help");
		CHECK_EQ_INT(run->code, 0);
		CHECK_EQ_STR(run->err, "");
		CHECK(has(run->out, "Usage: homuhomu "));
		CHECK(has(run->out, commands[i]->summary.en));
		CHECK(has(run->out, "--help"));
		by_option = strdup(run->out);
		run = second ? RUN("help", first, second) : RUN("help", first);
		CHECK_EQ_INT(run->code, 0);
		CHECK_EQ_STR(run->out, by_option);
		free(by_option);
	}
}

TEST(help_is_derived_from_the_tables)
{
	const struct run *run = RUN("echo", "--help");

	CHECK(has(run->out, "Usage: homuhomu echo A [B] [OPTIONS]"));
	CHECK(has(run->out, "More of it."));
	CHECK(has(run->out, "--many FILE …"));
	CHECK(has(run->out, "--http HOST:PORT"));
	CHECK(has(run->out, "(Default: 127.0.0.1:8787)"));
	CHECK(has(run->out, "  homuhomu echo b\n"));
	CHECK(strstr(run->out, "--store") == NULL);
	run = RUN("--help");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		CHECK(has(run->out, commands[i]->summary.en));
	run = RUN("group", "--help");
	CHECK(has(run->out, "the first"));
	CHECK(has(run->out, "the second"));
	CHECK(strstr(run->out, "run it") == NULL);
	run = RUN("help", "settings");
	for (size_t i = 0; i < SETTING_COUNT; i++)
		CHECK(has(run->out, setting_rows[i].name));
	run = RUN("run", "--help");
	CHECK(has(run->out, "DISCORD_BOT_TOKEN_FILE"));
}

TEST(help_is_japanese_in_a_japanese_locale)
{
	static char *const overridden[] = {(char *)(uintptr_t)"LANG=ja_JP.UTF-8", (char *)(uintptr_t)"LC_ALL=C", NULL};
	const struct run *run = RUN_JA("echo", "--help");

	CHECK(has(run->out, "使い方: homuhomu echo"));
	CHECK(has(run->out, "くわしく。"));
	CHECK(has(run->out, "待ち受けるアドレス。"));
	run = RUN_JA("help");
	CHECK(has(run->out, "二つ目"));
	run = run_words((char **)(uintptr_t)overridden, (const char *const[]){"help", NULL});
	CHECK(has(run->out, "the second"));
}

TEST(no_line_of_help_is_wider_than_a_terminal)
{
	const char *const languages[] = {"LANG=C", "LANG=ja_JP.UTF-8"};

	for (size_t i = 0; i < 2; i++) {
		char *environment[] = {(char *)(uintptr_t)languages[i], NULL};
		const struct run *run = run_words(environment, (const char *const[]){"run", "--help", NULL});
		struct str rest = str_from(run->out), line;

		while (str_next(&rest, '\n', &line)) {
			CHECK(codec_columns(line) <= 96);
			CHECK(!str_starts(str_trim(line), STR("。")));
			CHECK(!str_starts(str_trim(line), STR("、")));
		}
	}
}

TEST(an_error_has_its_exit_code_and_obeys_no_control_characters)
{
	static const struct {
		const char *code;
		int exit;
	} cases[] = {{"1", EXIT_USAGE}, {"2", EXIT_USAGE}, {"3", EXIT_FAILED}, {"8", EXIT_REFUSED},
		     {"10", EXIT_FAILED}, {"12", EXIT_FAILED}, {"16", EXIT_INTERRUPTED}};

	_Static_assert(ERR_REFUSED == 8 && ERR_CANCELLED == 16, "the codes of the cases");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct run *run = RUN("fail", cases[i].code);

		CHECK_EQ_INT(run->code, cases[i].exit);
		CHECK_EQ_STR(run->err, "homuhomu fail: it?[2J failed? for 猫\n");
	}
}

TEST(a_cell_counts_columns_and_not_bytes)
{
	CHECK_EQ_STR(RUN("cells")->out, "猫  |  ab|abcdef|\n");
}

TEST(a_full_disk_is_a_failure_with_words)
{
	static struct run run;
	int fd = open("/dev/full", O_WRONLY);

	if (fd < 0)
		SKIP("there is no /dev/full");
	run_on(&run, fd, no_environment, (const char *const[]){"flood", NULL});
	CHECK_EQ_INT(run.code, EXIT_FAILED);
	CHECK(has(run.err, "standard output: "));
}

TEST(a_closed_pipe_is_a_failure_without_words)
{
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	static struct run run;
	int fds[2];

	REQUIRE(pipe(fds) == 0);
	close(fds[0]);
	run_on(&run, fds[1], no_environment, (const char *const[]){"flood", NULL});
	signal(SIGPIPE, before);
	CHECK_EQ_INT(run.code, EXIT_FAILED);
	CHECK_EQ_STR(run.err, "");
}

TEST(a_file_is_read_up_to_its_bound)
{
	char path[4096];
	const char *const texts[] = {"12345678", "123456789"};

	for (size_t i = 0; i < 2; i++) {
		const struct run *run;
		FILE *file;

		snprintf(path, sizeof(path), "%s/file%zu", test_dir(), i);
		file = fopen(path, "w");
		REQUIRE(file != NULL);
		fputs(texts[i], file);
		fclose(file);
		run = RUN("read", path);
		CHECK_EQ_INT(run->code, i == 0 ? EXIT_DONE : EXIT_FAILED);
		CHECK(has(i == 0 ? run->out : run->err, i == 0 ? "8 bytes" : "more than 8 bytes"));
	}
	CHECK_EQ_INT(RUN("read", "/dev/zero")->code, EXIT_FAILED);
	CHECK_EQ_INT(RUN("read", "/nowhere")->code, EXIT_USAGE);
	CHECK_EQ_INT(RUN("read", "/")->code, EXIT_FAILED);
}

TEST(version_is_json_when_asked)
{
	const struct run *run = RUN("version", "--json");

	CHECK(has(run->out, "{\"version\":\""));
	CHECK(has(run->out, "\",\"commit\":\""));
	CHECK(has(run->out, "\",\"target\":\""));
	CHECK(has(run->out, "\",\"libraries\":{\""));
	CHECK_EQ_INT(RUN("--version")->code, 0);
}

TEST(completion_offers_what_the_tables_have)
{
	const char *const shells[] = {"bash", "zsh", "fish"};

	for (size_t i = 0; i < 3; i++) {
		const struct run *run = RUN("completion", shells[i]);

		CHECK_EQ_INT(run->code, 0);
		CHECK(has(run->out, "echo"));
		CHECK(has(run->out, "many"));
		CHECK(has(run->out, "log"));
		CHECK(has(run->out, "error warn info debug"));
		CHECK(has(run->out, "second"));
	}
	CHECK(has(RUN("completion", "zsh")->out, "once '\\''quoted'\\'' \\[x\\]\\: y"));
	CHECK(has(RUN("completion", "fish")->out, "once \\'quoted\\' [x]: y"));
}
