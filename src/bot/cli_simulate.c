#include "bot/cli_simulate.h"

#include "base/clock.h"
#include "base/codec.h"
#include "base/rng.h"
#include "bot/cli_catalog.h"
#include "bot/lookup.h"
#include "bot/result.h"
#include "gacha/banner.h"
#include "gacha/odds.h"
#include "gacha/simulate.h"

enum {
	CHUNK_PULLS = 1 << 18, /* between two looks at Ctrl-C: at most some tenths of a second */
	NAME_COLUMNS = 28,
	COUNT_COLUMNS = 16
};

/* The counts that the odds' rates let expect differ from those drawn only by a fault of ours. */
#define P_OF_A_FAULT 1e-9

struct simulate {
	struct catalog catalog;
	const struct catalog_banner *banner;
	struct simulator simulator;
	uint64_t pulls;
	bool seeded;
	uint8_t seed[FAIRNESS_SEED_SIZE];
	int64_t elapsed_us;
};

static bool read_options(struct cli *cli, struct simulate *simulate, struct err *err)
{
	struct str seed = cli_value(cli, "seed");

	if (!cli_flag(cli, "pulls"))
		return err_set(err, ERR_USAGE, "--pulls N is missing: how many pulls to draw, as --pulls 1000000");
	if (!str_to_u64(cli_value(cli, "pulls"), 1, SIMULATE_PULLS_MAX, &simulate->pulls))
		return err_set(err, ERR_USAGE, "--pulls has to be a number from 1 to %jd, in plain digits",
			       (intmax_t)SIMULATE_PULLS_MAX);
	simulate->seeded = seed.len > 0;
	if (simulate->seeded && !codec_unhex(seed, simulate->seed, sizeof(simulate->seed)))
		return err_set(err, ERR_USAGE, "--seed has to be %d hex digits", 2 * FAIRNESS_SEED_SIZE);
	return true;
}

static bool prepare(struct cli *cli, struct simulate *simulate, struct err *err)
{
	uint8_t key[16] = {0};
	struct rng rng;

	if (!simulate->seeded) {
		if (!rng_init(&rng, err))
			return false;
		rng_bytes(&rng, key, sizeof(key));
	}
	return simulate_init(&simulate->simulator, &simulate->catalog, simulate->banner, simulate->seeded ? simulate->seed : NULL,
			     key, &cli->arena, err);
}

/* False when the person has had enough of it. */
static bool draw_all(struct cli *cli, struct simulate *simulate)
{
	int64_t start_us = clock_mono_us();
	uint64_t left = simulate->pulls;

	cli_hold_signals();
	while (left) {
		uint64_t chunk = left < CHUNK_PULLS ? left : CHUNK_PULLS;

		simulate_run(&simulate->simulator, chunk);
		left -= chunk;
		if (cli_interrupted()) {
			cli_progress(cli, "", 1);
			return false;
		}
		cli_progress(cli, cli->japanese ? "抽選中" : "drawing", 1 - (double)left / (double)simulate->pulls);
	}
	simulate->elapsed_us = clock_mono_us() - start_us;
	return true;
}

static int print_json(struct cli *cli, const struct simulate *simulate, int code)
{
	struct cli_json json;

	cli_json_begin(&json);
	result_write_simulation(&simulate->simulator, simulate->seeded ? simulate->seed : NULL, simulate->elapsed_us, &json.writer);
	return cli_json_end(cli, &json, code);
}

static void print_row(struct cli *cli, int indent, struct str name, uint64_t drawn, double rate, uint64_t pulls)
{
	double expected = rate * (double)pulls;

	cli_print(cli, "%*s", indent, "");
	cli_cell(cli, name, NAME_COLUMNS - indent);
	cli_cell(cli, arena_printf(&cli->arena, "%ju", (uintmax_t)drawn), -COUNT_COLUMNS);
	cli_cell(cli, arena_printf(&cli->arena, "%.1f", expected), -COUNT_COLUMNS);
	cli_cell(cli, arena_printf(&cli->arena, "%+.3f %%", expected > 0 ? ((double)drawn / expected - 1) * 100 : 0), -COUNT_COLUMNS);
	cli_print(cli, "\n");
}

static void print_table(struct cli *cli, const struct simulate *simulate, const struct odds *odds)
{
	const struct simulation *counts = &simulate->simulator.counts;
	const struct catalog *catalog = &simulate->catalog;
	enum language language = cli->japanese ? LANGUAGE_JA : LANGUAGE_EN;

	cli_cell(cli, cli->japanese ? STR("レアリティ、アイテム") : STR("rarity, item"), NAME_COLUMNS);
	cli_cell(cli, cli->japanese ? STR("出た回数") : STR("drawn"), -COUNT_COLUMNS);
	cli_cell(cli, cli->japanese ? STR("期待値") : STR("expected"), -COUNT_COLUMNS);
	cli_cell(cli, cli->japanese ? STR("差") : STR("difference"), -COUNT_COLUMNS);
	cli_print(cli, "\n");
	for (size_t i = 0; i < catalog->rarity_count; i++)
		if (banner_can_draw(simulate->banner, i))
			print_row(cli, 0, catalog->rarities[i].id, counts->rarities[i], odds->rarity_rate[i], counts->pulls);
	for (size_t i = 0; i < odds->item_count; i++)
		print_row(cli, 2, localised_text(&catalog->items[odds->items[i].item].name, language),
			  counts->items[odds->items[i].item], odds->items[i].rate, counts->pulls);
	cli_print(cli, "chi2 %.3f, df %u, p %.6f\n", counts->chi2, counts->df, counts->p);
	cli_print(cli, cli->japanese ? "%.0f 回/秒(%s)\n" : "%.0f pulls/s (%s)\n", result_pulls_per_second(counts->pulls, simulate->elapsed_us),
		  simulate->seeded ? "hmac" : "aes-ctr");
}

static int simulate_command_run(struct cli *cli)
{
	struct simulate *simulate = ARENA_NEW(&cli->arena, struct simulate);
	struct odds odds;
	struct err err;
	int code;

	if (!arena_check(&cli->arena, "the simulation", &err) || !read_options(cli, simulate, &err) ||
	    !cli_catalog_load(cli, config_get(&cli->config, SETTING_CATALOG), &simulate->catalog, &err) ||
	    !lookup_banner(&simulate->catalog, cli->arguments[0], &cli->arena, &simulate->banner, &err) ||
	    !prepare(cli, simulate, &err))
		return cli_fail(cli, &err);
	if (!draw_all(cli, simulate))
		return EXIT_INTERRUPTED;
	if (!simulate_test(&simulate->simulator, &cli->arena, &err) ||
	    !odds_compute(simulate->banner, NULL, &cli->arena, &odds, &err))
		return cli_fail(cli, &err);
	code = simulate->simulator.counts.p < P_OF_A_FAULT ? EXIT_FAILED : EXIT_DONE;
	if (cli->json)
		return print_json(cli, simulate, code);
	print_table(cli, simulate, &odds);
	if (code != EXIT_DONE)
		cli_say(cli, cli->japanese ? "この回数は計算した確率と合いません。この出力を添えて報告してください。"
					   : "These counts do not agree with the exact odds: please report this output.");
	return code;
}

static const struct cli_option options[] = {
	{.name = "pulls", .value = "N", .help = {"how many single pulls to draw (needed)", "単発で引く回数(必須)"}},
	{.name = "seed", .value = "HEX",
	 .help = {"64 hex digits: draw from the verifiable stream, so that the counts can be repeated",
		  "64 桁の 16 進数。検証できる乱数列から引き、同じ結果を再現できます"}},
	CLI_OPTION_JSON,
};

const struct cli_command cli_simulate_command = {
	.name = "simulate",
	.arguments = "BANNER",
	.arguments_min = 1,
	.arguments_max = 1,
	.summary = {"draw many times and test the counts", "大量に引いて、回数が確率どおりか検定します"},
	.details = {"Draws with the code that a player's pull runs, and tests the counts by a chi-square that knows of pity. A small "
		    "p is chance now and then; below 1e-9 the exit code is 1.",
		    "プレイヤーの抽選と同じコードで引き、天井を考慮したカイ二乗検定をします。小さな p は偶然でも出ますが、1e-9 未満なら"
		    "終了コードは 1 です。"},
	.examples = "simulate hanabi --pulls 20000000\nsimulate hanabi --pulls 100000 --json --seed "
		    "0000000000000000000000000000000000000000000000000000000000000001",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.settings = SETTING_BIT(SETTING_CATALOG),
	.run = simulate_command_run,
};
