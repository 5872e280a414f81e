/*
 * The catalog loader: a fault has its place, its rule and its words; a catalog without one has a canonical form that
 * loads to the same hash, can be drawn from for ever, and has odds that sum to one.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gacha/odds.h"
#include "gacha/simulate.h"

enum { BANNERS_MAX = 8, PULLS = 500, CURVE = 12, ODDS_BYTES_MAX = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool near_one(double sum)
{
	return fabs(sum - 1) < 1e-9;
}

static void check_odds(const struct catalog *catalog, const struct catalog_banner *banner, const struct draw_state *state)
{
	double sums[3] = {0, 0, 0}, curve[CURVE];
	struct arena arena;
	struct odds odds;
	struct err err;

	arena_init(&arena, ODDS_BYTES_MAX);
	if (!odds_compute(banner, state, &arena, &odds, &err)) {
		require(err.code == ERR_LIMIT);
	} else {
		for (size_t i = 0; i < odds.item_count; i++) {
			sums[0] += odds.items[i].base;
			sums[1] += odds.items[i].rate;
			sums[2] += odds.items[i].next;
		}
		require(near_one(sums[0]) && near_one(sums[1]) && near_one(sums[2]));
		require(!odds.top.possible || odds.top.expected >= 1 - 1e-9);
		require(!odds.featured.possible || odds.featured.expected >= odds.top.expected - 1e-9);
	}
	if (odds_curve(catalog, banner, state, 0, CURVE, curve, &arena, &err)) {
		for (size_t i = 1; i < CURVE; i++)
			require(curve[i] >= curve[i - 1] && curve[i] < 1 + 1e-9);
	} else {
		require(err.code == ERR_LIMIT);
	}
	arena_release(&arena);
}

static void check_banner(const struct catalog *catalog, const struct catalog_banner *banner, struct arena *arena)
{
	static const uint8_t key[16] = {1};
	static struct simulator simulator;
	struct draw_state fresh;
	struct err err;

	require(simulate_init(&simulator, catalog, banner, NULL, key, arena, &err));
	simulate_run(&simulator, PULLS);
	for (unsigned i = 0; i < PULLS; i++)
		draw_once(banner, &simulator.state, draw_tenth_due(banner, catalog->rarity_count), &simulator.stream);
	draw_state_init(&fresh);
	check_odds(catalog, banner, &fresh);
	check_odds(catalog, banner, &simulator.state);
	if (!simulate_test(&simulator, arena, &err))
		require(err.code == ERR_LIMIT);
	else
		require(simulator.counts.p >= 0 && simulator.counts.p <= 1);
}

static void check_catalog(const struct catalog *catalog, struct arena *arena)
{
	struct catalog_faults faults;
	struct catalog again;
	struct err err;

	require(catalog->hashed);
	require(catalog_load(arena, catalog->canonical, &again, &faults, &err));
	require(strcmp(again.sha256_hex, catalog->sha256_hex) == 0);
	for (size_t i = 0; i < catalog->item_count; i++)
		require(catalog_find_item(catalog, catalog->items[i].id) == &catalog->items[i]);
	for (size_t i = 0; i < catalog->banner_count && i < BANNERS_MAX; i++)
		check_banner(catalog, &catalog->banners[i], arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct catalog_faults faults;
	struct catalog catalog;
	struct arena arena;
	struct err err;

	arena_init(&arena, 2 * CATALOG_ARENA_BYTES_MAX);
	if (catalog_load(&arena, str_make((const char *)data, size), &catalog, &faults, &err)) {
		check_catalog(&catalog, &arena);
	} else if (err.code != ERR_LIMIT) {
		require(err.code == ERR_INPUT && faults.count > 0);
		for (size_t i = 0; i < faults.count; i++) {
			require(faults.list[i].line >= 1 && faults.list[i].rule && faults.list[i].text.len > 0);
			require(i == 0 || faults.list[i].line >= faults.list[i - 1].line);
			require(catalog.hashed == (strcmp(faults.list[i].rule, "json") != 0));
		}
	}
	arena_release(&arena);
	return 0;
}
