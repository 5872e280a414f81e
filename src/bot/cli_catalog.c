#include "bot/cli_catalog.h"

#include "base/embed.h"
#include "bot/result.h"

/* The text of the file, or of the built-in one when path is empty. */
static bool read_text(struct cli *cli, struct str path, struct str *text, struct err *err)
{
	if (path.len) {
		struct err fault;

		return cli_read_file(cli, path, CATALOG_BYTES_MAX, text, &fault) ||
		       err_set(err, fault.code, "the catalog cannot be read: %s; give a JSON file of at most %u MiB, or none for the "
			       "built-in one", fault.text, CATALOG_BYTES_MAX >> 20);
	}
	*text = str_make((const char *)embed_catalog.data, embed_catalog.len);
	return true;
}

bool cli_catalog_load(struct cli *cli, struct str path, struct catalog *catalog, struct err *err)
{
	struct catalog_faults faults = {.count = 0};
	struct err fault;
	struct str text;

	if (!read_text(cli, path, &text, err))
		return false;
	if (catalog_load(&cli->arena, text, catalog, &faults, &fault))
		return true;
	if (faults.count == 0)
		return err_set(err, ERR_CONFIG, "the catalog %.*s cannot be used: %s", STR_ARG(path), fault.text);
	return err_set(err, ERR_CONFIG,
		       "the catalog %.*s cannot be used, it has %zu faults. The first: line %zu, %.*s%s%.*s. See all: homuhomu catalog "
		       "check %.*s",
		       STR_ARG(path), faults.count + faults.left_out, faults.list[0].line, STR_ARG(faults.list[0].path),
		       faults.list[0].path.len ? ": " : "", STR_ARG(faults.list[0].text), STR_ARG(path));
}

static int check_json(struct cli *cli, const struct catalog *catalog, const struct catalog_faults *faults, bool ok)
{
	struct cli_json json;

	cli_json_begin(&json);
	result_write_check(catalog, faults, ok, &json.writer);
	return cli_json_end(cli, &json, ok ? EXIT_DONE : EXIT_FAILED);
}

static void check_text(struct cli *cli, const struct catalog *catalog, const struct catalog_faults *faults, struct str name)
{
	for (size_t i = 0; i < faults->count; i++) {
		const struct catalog_fault *fault = &faults->list[i];

		cli_print(cli, "%.*s:%zu: %s%s%s%s%.*s: %.*s\n", STR_ARG(name), fault->line, cli->colour_out ? "\033[31m" : "",
			  fault->rule, cli->colour_out ? "\033[0m" : "", fault->path.len ? " " : "", STR_ARG(fault->path),
			  STR_ARG(fault->text));
	}
	if (faults->left_out)
		cli_print(cli, cli->japanese ? "ほかに %zu 件\n" : "and %zu more\n", faults->left_out);
	if (faults->count == 0)
		cli_print(cli, cli->japanese ? "%.*s: 問題ありません(バナー %zu、アイテム %zu)\nsha256 %s\n"
					     : "%.*s: no faults (%zu banners, %zu items)\nsha256 %s\n",
			  STR_ARG(name), catalog->banner_count, catalog->item_count, catalog->sha256_hex);
}

static int check_run(struct cli *cli)
{
	struct str path = cli->argument_count ? cli->arguments[0] : config_get(&cli->config, SETTING_CATALOG);
	struct catalog_faults faults = {.count = 0};
	struct catalog catalog = {.hashed = false};
	struct str text;
	struct err err;
	bool ok;

	if (!read_text(cli, path, &text, &err))
		return cli_fail(cli, &err);
	ok = catalog_load(&cli->arena, text, &catalog, &faults, &err);
	if (!ok && faults.count == 0) {
		err_wrap(&err, "%.*s", STR_ARG(path));
		return cli_fail(cli, &err);
	}
	if (cli->json)
		return check_json(cli, &catalog, &faults, ok);
	check_text(cli, &catalog, &faults, path.len ? path : cli->japanese ? STR("内蔵のカタログ") : STR("built-in catalog"));
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static int show_run(struct cli *cli)
{
	struct catalog catalog;
	struct err err;

	if (!cli_catalog_load(cli, config_get(&cli->config, SETTING_CATALOG), &catalog, &err))
		return cli_fail(cli, &err);
	/* What is hashed ends without a line break. */
	cli_write(cli, cli_flag(cli, "canonical") ? catalog.canonical : catalog.text);
	return EXIT_DONE;
}

static const struct cli_option check_options[] = {CLI_OPTION_JSON};

const struct cli_command cli_catalog_check_command = {
	.name = "catalog check",
	.arguments = "[FILE]",
	.arguments_max = 1,
	.summary = {"report every fault of a catalog, with its line", "カタログの誤りを、行とともにすべて報告します"},
	.details = {"Without FILE it is the catalog in use. Exit code 0 without a fault, 1 with faults.",
		    "FILE がなければ、使用中のカタログを調べます。誤りがなければ 0、あれば 1 で終わります。"},
	.examples = "catalog check my-catalog.json\ncatalog check - <my-catalog.json\ncatalog check my-catalog.json --json",
	.options = check_options,
	.option_count = sizeof(check_options) / sizeof(check_options[0]),
	.settings = SETTING_BIT(SETTING_CATALOG),
	.run = check_run,
};

static const struct cli_option show_options[] = {
	{.name = "canonical", .help = {"the form that is hashed", "ハッシュを取る形で出します"}},
	{.name = "json", .help = {"no difference: a catalog is JSON", "違いはありません(カタログは JSON です)"}},
};

const struct cli_command cli_catalog_show_command = {
	.name = "catalog show",
	.arguments = "",
	.summary = {"print the catalog in use", "使用中のカタログを出します"},
	.examples = "catalog show >my-catalog.json\ncatalog show --canonical | sha256sum",
	.options = show_options,
	.option_count = sizeof(show_options) / sizeof(show_options[0]),
	.settings = SETTING_BIT(SETTING_CATALOG),
	.run = show_run,
};
