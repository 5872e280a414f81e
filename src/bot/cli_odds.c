#include "bot/cli_odds.h"

#include "bot/cli_catalog.h"
#include "bot/lookup.h"
#include "bot/result.h"
#include "gacha/banner.h"
#include "gacha/odds.h"

enum { BAR_COLUMNS = 24, RATE_COLUMNS = 16, NAME_COLUMNS = 32 };

/* ---- counters from the command line ---- */

/* "SSR=74,SR=3": the next pull is the 74th since the last SSR. */
static bool read_counters(const struct catalog *catalog, struct str text, struct draw_state *state, struct err *err)
{
	bool given[RARITIES_MAX] = {false};
	struct str field, id, number;
	size_t rarity;

	while (str_next(&text, ',', &field)) {
		str_cut(field, '=', &id, &number);
		if (!lookup_rarity(catalog, id, &rarity, err))
			return false;
		if (given[rarity])
			return err_set(err, ERR_USAGE, "--counters gives %.*s twice", STR_ARG(id));
		given[rarity] = true;
		if (!str_to_u64(number, 1, GACHA_INTEGER_MAX, &state->n[rarity]))
			return err_set(err, ERR_USAGE,
				       "--counters %.*s: a counter is a number from 1 (1 is right after such an item), as %.*s=74",
				       STR_ARG(field), STR_ARG(id));
	}
	return true;
}

static bool read_flags(const struct catalog *catalog, struct str text, struct draw_state *state, struct err *err)
{
	struct str id;
	size_t rarity;

	while (str_next(&text, ',', &id)) {
		if (!lookup_rarity(catalog, id, &rarity, err))
			return false;
		state->flag[rarity] = true;
	}
	return true;
}

/* ---- JSON ---- */

static int print_json(struct cli *cli, const struct catalog *catalog, const struct catalog_banner *banner,
		      const struct odds *odds)
{
	struct cli_json json;

	cli_json_begin(&json);
	json_begin_object(&json.writer);
	result_write_odds(catalog, banner, odds, &json.writer);
	json_end_object(&json.writer);
	return cli_json_end(cli, &json, EXIT_DONE);
}

/* ---- the table ---- */

static struct str percent(struct cli *cli, double share)
{
	return arena_printf(&cli->arena, "%.6f %%", share * 100);
}

/* Eighths of a column, so that small chances are seen too. */
static void print_bar(struct cli *cli, double share)
{
	static const char *const eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	int steps = (int)(share * BAR_COLUMNS * 8 + 0.5);

	for (int i = 0; i < steps / 8; i++)
		cli_print(cli, "█");
	if (steps % 8)
		cli_print(cli, "%s", eighths[steps % 8]);
}

static void print_header(struct cli *cli, const char *first, const char *const *columns, size_t count)
{
	cli_print(cli, "\n%s", cli->colour_out ? "\033[1m" : "");
	cli_cell(cli, str_from(first), NAME_COLUMNS);
	for (size_t i = 0; i < count; i++)
		cli_cell(cli, str_from(columns[i]), -RATE_COLUMNS);
	cli_print(cli, "%s\n", cli->colour_out ? "\033[0m" : "");
}

static void print_rarity_name(struct cli *cli, const struct catalog_rarity *rarity, struct str text, int columns)
{
	bool coloured = cli->colour_out && rarity->color != CATALOG_NONE;

	if (coloured)
		cli_print(cli, "\033[38;2;%d;%d;%dm", rarity->color >> 16, (rarity->color >> 8) & 255, rarity->color & 255);
	cli_cell(cli, text, columns);
	if (coloured)
		cli_print(cli, "\033[0m");
}

static void print_rarities(struct cli *cli, const struct catalog *catalog, const struct catalog_banner *banner,
			   const struct odds *odds)
{
	static const char *const en[] = {"base", "long-run", "next pull"};
	static const char *const ja[] = {"基本", "実質", "次の 1 回"};

	print_header(cli, cli->japanese ? "レアリティ" : "rarity", cli->japanese ? ja : en, 3);
	for (size_t i = 0; i < catalog->rarity_count; i++) {
		if (!banner_can_draw(banner, i))
			continue;
		print_rarity_name(cli, &catalog->rarities[i], catalog->rarities[i].id, NAME_COLUMNS);
		cli_cell(cli, percent(cli, (double)banner->rarities[i].rate / RATE_ONE), -RATE_COLUMNS);
		cli_cell(cli, percent(cli, odds->rarity_rate[i]), -RATE_COLUMNS);
		cli_cell(cli, percent(cli, odds->rarity_next[i]), -RATE_COLUMNS);
		cli_print(cli, "  ");
		print_bar(cli, odds->rarity_rate[i]);
		cli_print(cli, "\n");
	}
}

static void print_items(struct cli *cli, const struct catalog *catalog, const struct catalog_banner *banner,
			const struct odds *odds)
{
	static const char *const en[] = {"base", "long-run", "next pull", "10th of ten"};
	static const char *const ja[] = {"基本", "実質", "次の 1 回", "10 連の 10 回目"};
	bool slots = banner->ten_pull != CATALOG_NONE;

	print_header(cli, cli->japanese ? "アイテム" : "item", cli->japanese ? ja : en, slots ? 4 : 3);
	for (size_t i = 0; i < odds->item_count; i++) {
		const struct odds_item *row = &odds->items[i];
		const struct catalog_item *item = &catalog->items[row->item];

		print_rarity_name(cli, &catalog->rarities[item->rarity],
				  localised_text(&item->name, cli->japanese ? LANGUAGE_JA : LANGUAGE_EN), NAME_COLUMNS);
		cli_cell(cli, percent(cli, row->base), -RATE_COLUMNS);
		cli_cell(cli, percent(cli, row->rate), -RATE_COLUMNS);
		cli_cell(cli, percent(cli, row->next), -RATE_COLUMNS);
		if (slots)
			cli_cell(cli, percent(cli, row->slot10), -RATE_COLUMNS);
		cli_print(cli, "\n");
	}
	if (slots)
		cli_print(cli, cli->japanese ? "10 連の 10 回目: 9 回目までに保証のレアリティ以上が出なかったとき。1〜9 回目は「基本」です。\n"
					     : "10th of ten: given that the first nine had nothing of the guaranteed rarity or above; "
					       "pulls 1 to 9 are as \"base\".\n");
}

static void print_wait(struct cli *cli, const char *title, const struct odds_wait *wait)
{
	cli_print(cli, "\n%s%s%s\n", cli->colour_out ? "\033[1m" : "", title, cli->colour_out ? "\033[0m" : "");
	if (!wait->possible) {
		cli_print(cli, cli->japanese ? "  出ません\n" : "  cannot be drawn\n");
		return;
	}
	cli_print(cli, cli->japanese ? "  平均 %.6f 回(実質 %.6f %%)、" : "  %.6f pulls expected (%.6f %% of all), ", wait->expected,
		  wait->rate * 100);
	if (wait->worst == CATALOG_NONE)
		cli_print(cli, cli->japanese ? "上限なし\n" : "without an upper bound\n");
	else
		cli_print(cli, cli->japanese ? "最悪でも %jd 回\n" : "at worst %jd\n", (intmax_t)wait->worst);
	for (size_t i = 0; i < ODDS_QUANTILE_COUNT; i++)
		cli_print(cli, cli->japanese ? "%s%u %% の人は %jd 回まで" : "%s%u %% need at most %jd", i == 0 ? "  " : cli->japanese ? "、" : ", ",
			  odds_quantile_percents[i], (intmax_t)wait->quantiles[i]);
	cli_print(cli, "\n");
	for (size_t i = 0; i < ODDS_WITHIN_COUNT; i++) {
		cli_print(cli, cli->japanese ? "  %3u 回以内 " : "  within %3u ", odds_within_pulls[i]);
		cli_cell(cli, percent(cli, wait->within[i]), -RATE_COLUMNS);
		cli_print(cli, "  ");
		print_bar(cli, wait->within[i]);
		cli_print(cli, "\n");
	}
}

static void print_table(struct cli *cli, const struct catalog *catalog, const struct catalog_banner *banner,
			const struct odds *odds)
{
	struct str name = localised_text(&banner->name, cli->japanese ? LANGUAGE_JA : LANGUAGE_EN);

	cli_print(cli, cli->japanese ? "%.*s (%.*s)\nカタログ %s\n" : "%.*s (%.*s)\ncatalog %s\n", STR_ARG(name), STR_ARG(banner->id),
		  catalog->sha256_hex);
	print_rarities(cli, catalog, banner, odds);
	print_wait(cli, cli->japanese ? "最高レアリティが出るまで" : "Until an item of the top rarity", &odds->top);
	if (odds->featured.possible)
		print_wait(cli, cli->japanese ? "ピックアップが出るまで" : "Until a featured item of it", &odds->featured);
	print_items(cli, catalog, banner, odds);
}

static int odds_run(struct cli *cli)
{
	const struct catalog_banner *banner;
	struct draw_state state;
	struct catalog catalog;
	struct odds odds;
	struct err err;

	draw_state_init(&state);
	if (!cli_catalog_load(cli, config_get(&cli->config, SETTING_CATALOG), &catalog, &err) ||
	    !lookup_banner(&catalog, cli->arguments[0], &cli->arena, &banner, &err) ||
	    !read_counters(&catalog, cli_value(cli, "counters"), &state, &err) ||
	    !read_flags(&catalog, cli_value(cli, "flags"), &state, &err) ||
	    !odds_compute(banner, &state, &cli->arena, &odds, &err))
		return cli_fail(cli, &err);
	if (cli->json)
		return print_json(cli, &catalog, banner, &odds);
	print_table(cli, &catalog, banner, &odds);
	return EXIT_DONE;
}

static const struct cli_option options[] = {
	{.name = "counters", .value = "RARITY=N,…",
	 .help = {"pulls since the last item of that rarity or higher, plus one", "そのレアリティ以上が最後に出てからの回数に 1 を足した数"}},
	{.name = "flags", .value = "RARITY,…",
	 .help = {"rarities whose next item is sure to be featured", "次が必ずピックアップになるレアリティ"}},
	CLI_OPTION_JSON,
};

const struct cli_command cli_odds_command = {
	.name = "odds",
	.arguments = "BANNER",
	.arguments_min = 1,
	.arguments_max = 1,
	.summary = {"print a banner's exact odds", "バナーの正確な確率を出します"},
	.details = {"Computed from the rules that the draws use, never sampled. With counters, what is expected from here on and "
		    "the next pull's chances are yours; the long-run share stays what it is.",
		    "抽選と同じ規則から計算した値で、試行による推定ではありません。カウンターを渡すと、これから先の見込みと次の 1 回の"
		    "確率はそこからの値になります。実質の確率は変わりません。"},
	.examples = "odds hanabi\nodds hanabi --counters SSR=74,SR=3 --flags SSR\nodds hanabi --catalog my-catalog.json --json",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.settings = SETTING_BIT(SETTING_CATALOG),
	.run = odds_run,
};
