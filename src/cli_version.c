#include "cli_version.h"

#include <libraries.h>
#include <version.h>

const char cli_version[] = HOMU_VERSION;
const char cli_commit[] = HOMU_COMMIT;
const char cli_discord_agent[] = "DiscordBot (https://discord.com/developers/applications, " HOMU_VERSION ")";

struct library {
	const char *name;
	const char *version;
	bool pinned;
};

#define ROW(library_name, library_version, library_pinned) {library_name, library_version, library_pinned},
static const struct library libraries[] = {LIBRARIES(ROW)};
#undef ROW

enum { LIBRARY_COUNT = sizeof(libraries) / sizeof(libraries[0]) };

static int version_json(struct cli *cli)
{
	struct cli_json json;

	cli_json_begin(&json);
	json_begin_object(&json.writer);
	json_member_cstr(&json.writer, "version", HOMU_VERSION);
	json_member_cstr(&json.writer, "commit", HOMU_COMMIT);
	json_member_cstr(&json.writer, "target", HOMU_TARGET);
	json_keyc(&json.writer, "libraries");
	json_begin_object(&json.writer);
	for (size_t i = 0; i < LIBRARY_COUNT; i++)
		json_member_cstr(&json.writer, libraries[i].name, libraries[i].version);
	json_end_object(&json.writer);
	json_end_object(&json.writer);
	return cli_json_end(cli, &json, EXIT_DONE);
}

static int version_run(struct cli *cli)
{
	if (cli->json)
		return version_json(cli);
	cli_print(cli, "homuhomu %s (%s, %s)\n", HOMU_VERSION, HOMU_COMMIT, HOMU_TARGET);
	for (size_t i = 0; i < LIBRARY_COUNT; i++)
		cli_print(cli, "  %-16s %s%s\n", libraries[i].name, libraries[i].version,
			  libraries[i].pinned	? ""
			  : cli->japanese	? "(固定した版が取得元になく、今の版で作りました)"
						: " (not the pinned version: its source was gone)");
	return EXIT_DONE;
}

static const struct cli_option options[] = {CLI_OPTION_JSON};

const struct cli_command cli_version_command = {
	.name = "version",
	.arguments = "",
	.summary = {"print the version and what it is built from", "バージョンと、組み込んだライブラリを出します"},
	.examples = "version\nversion --json",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.run = version_run,
};
