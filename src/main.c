#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/relro.h"
#include "bot/bot.h"
#include "bot/cli_catalog.h"
#include "bot/cli_export.h"
#include "bot/cli_odds.h"
#include "bot/cli_register.h"
#include "bot/cli_simulate.h"
#include "bot/cli_verify.h"
#include "cli.h"
#include "cli_complete.h"
#include "cli_help.h"
#include "cli_version.h"
#include "host/aws.h"
#include "host/health.h"

static const struct cli_command run_command = {
	.name = "run",
	.arguments = "",
	.summary = {"run the bot; without a token, the local playground", "ボットを動かします。トークンがなければ手元の遊び場を開きます"},
	.details = {"With DISCORD_BOT_TOKEN it connects to Discord's gateway; with DISCORD_PUBLIC_KEY alone it serves "
		    "POST /interactions with signatures checked; without both it serves the playground on loopback. Exit code 0 after "
		    "SIGTERM or SIGINT; 2 for a setting that is wrong; 7 when Discord refuses for good or the token is none: do not "
		    "start it again before that is mended.",
		    "DISCORD_BOT_TOKEN があれば Discord のゲートウェイにつなぎます。DISCORD_PUBLIC_KEY だけなら、署名を確かめて "
		    "POST /interactions に答えます。どちらもなければ、この機械の中だけで遊び場を開きます。SIGTERM か SIGINT で止めると "
		    "0、設定の誤りは 2、Discord に拒まれたときやトークンの形の誤りは 7 で終わります(直すまで再起動しないでください)。"},
	.examples = "run\nrun --store sqlite:/var/lib/homuhomu/homuhomu.db --http 127.0.0.1:0",
	.settings = SETTINGS_ALL,
	.run = bot_run,
};

static const struct cli_command play_command = {
	.name = "play",
	.arguments = "",
	.summary = {"play in a browser, without Discord", "Discord なしで、ブラウザーで遊びます"},
	.details = {"Serves the playground on this machine, even if a token is set: the real program with the real store, and a page "
		    "that talks to it as Discord does. `run` without a token and public key is the same. Ctrl-C ends it.",
		    "トークンがあっても、この機械の中だけで遊び場を開きます。本物のプログラムと本物の保存先に、ページが Discord と同じように"
		    "話しかけます。トークンも公開鍵もない `run` と同じです。Ctrl-C で終わります。"},
	.examples = "play\nplay --store sqlite:/tmp/try.db --http 127.0.0.1:0",
	.settings = SETTINGS_ALL & ~(SETTING_BIT(SETTING_DISCORD_BOT_TOKEN) | SETTING_BIT(SETTING_DISCORD_PUBLIC_KEY)),
	.run = bot_run,
};

static const struct cli_command *const commands[] = {
	&run_command,
	&play_command,
	&host_health_command,
	&cli_catalog_check_command,
	&cli_catalog_show_command,
	&cli_odds_command,
	&cli_simulate_command,
	&cli_verify_command,
	&cli_register_command,
	&cli_invite_command,
	&cli_export_command,
	&host_aws_command,
	&cli_version_command,
	&cli_completion_command,
	&cli_help_command,
};

static void interrupted(int signal)
{
	(void)signal;
	_exit(EXIT_INTERRUPTED);
}

/* A descriptor that is closed would be taken by the next file that is opened, and what is printed would go there. */
static void hold_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			/* The lowest that is free is fd itself. This one can be neither read nor written, and needs no /dev. */
			(void)!open("/", O_PATH | O_DIRECTORY);
}

static void set_signals(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt = {.sa_handler = interrupted}, now;

	sigaction(SIGPIPE, &ignore, NULL);
	/* nohup and a shell's background jobs ignore it, and that stays. */
	if (sigaction(SIGINT, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
		sigaction(SIGINT, &interrupt, NULL);
}

/* Memory holds secrets: no core dump, nobody attaches, and files are for the owner alone (discord.md 20). */
static void keep_secrets(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	umask(077);
}

int main(int argc, char **argv, char **envp)
{
	if (!relro_protect()) {
		fprintf(stderr, "homuhomu: the program's tables cannot be made read-only: %s\n", strerror(errno));
		return EXIT_FAILED;
	}
	keep_secrets();
	hold_standard_descriptors();
	set_signals();
	return cli_main(commands, sizeof(commands) / sizeof(commands[0]), argc, argv, envp);
}
