#include "gacha/simulate.h"

#include <math.h>
#include <string.h>

#include "gacha/chain.h"
#include "gacha/stat.h"

/* Cells expected to hold less are pooled: the chi-square distribution is their limit only. */
#define EXPECTED_MIN 10
/* Variance of a count by its expectation, about 1 for independent pulls, below which it is rounding. */
#define VARIANCE_MIN 1e-9

bool simulate_init(struct simulator *simulator, const struct catalog *catalog, const struct catalog_banner *banner,
		   const uint8_t *seed, const uint8_t key[16], struct arena *arena, struct err *err)
{
	*simulator = (struct simulator){.catalog = catalog, .banner = banner, .fast = !seed};
	if (seed)
		fairness_init(&simulator->stream, seed, STR("simulate"), 1, banner->id,
			      str_from(catalog->sha256_hex), STR_EMPTY);
	else
		fairness_init_fast(&simulator->stream, key);
	draw_state_init(&simulator->state);
	simulator->counts.items = arena_array(arena, catalog->item_count, sizeof(*simulator->counts.items));
	return arena_check(arena, "the counts of a simulation", err);
}

static void count_classes(struct simulator *simulator)
{
	const struct catalog_banner *banner = simulator->banner;
	struct simulation *counts = &simulator->counts;

	for (size_t r = 0; r < banner->rarity_count; r++) {
		const struct banner_rarity *rates = &banner->rarities[r];

		counts->classes[r][0] = counts->classes[r][1] = 0;
		for (size_t i = 0; i < rates->others_count; i++)
			counts->classes[r][0] += counts->items[rates->others[i]];
		for (size_t i = 0; i < rates->featured_count; i++)
			counts->classes[r][1] += counts->items[rates->featured[i]];
		counts->rarities[r] = counts->classes[r][0] + counts->classes[r][1];
	}
}

void simulate_run(struct simulator *simulator, uint64_t pulls)
{
	struct simulation *counts = &simulator->counts;

	for (uint64_t end = counts->pulls + pulls; counts->pulls < end; counts->pulls++) {
		if (!simulator->fast)
			fairness_seek(&simulator->stream, counts->pulls + 1);
		counts->items[draw_once(simulator->banner, &simulator->state, false, &simulator->stream).item]++;
	}
	count_classes(simulator);
}

/* ---- the test ---- */

static void add(struct simulation *counts, double chi2, unsigned df)
{
	counts->chi2 += chi2;
	counts->df += df;
}

/* Counts by rarity with their expectations and covariance, which pooling makes fewer. */
struct cells {
	size_t count;
	double expected[RARITIES_MAX];
	double distance[RARITIES_MAX]; /* counted minus expected */
	double covariance[RARITIES_MAX][RARITIES_MAX];
};

/* Adds cell `from` to cell `to` and moves the last one into its place. */
static void merge(struct cells *cells, size_t from, size_t to)
{
	size_t last = cells->count - 1;

	cells->expected[to] += cells->expected[from];
	cells->distance[to] += cells->distance[from];
	for (size_t i = 0; i < cells->count; i++)
		cells->covariance[to][i] += cells->covariance[from][i];
	for (size_t i = 0; i < cells->count; i++)
		cells->covariance[i][to] += cells->covariance[i][from];
	cells->expected[from] = cells->expected[last];
	cells->distance[from] = cells->distance[last];
	for (size_t i = 0; i < cells->count; i++)
		cells->covariance[from][i] = cells->covariance[last][i];
	for (size_t i = 0; i < cells->count; i++)
		cells->covariance[i][from] = cells->covariance[i][last];
	cells->count--;
}

static size_t find_least(const struct cells *cells, size_t but)
{
	size_t least = but == 0 ? 1 : 0;

	for (size_t i = 0; i < cells->count; i++)
		if (i != but && cells->expected[i] < cells->expected[least])
			least = i;
	return least;
}

/* The smallest cells together, until each is expected to hold enough. */
static void pool(struct cells *cells)
{
	while (cells->count > 1) {
		size_t least = find_least(cells, SIZE_MAX);

		if (cells->expected[least] >= EXPECTED_MIN)
			return;
		merge(cells, least, find_least(cells, least));
	}
}

static void test_rarities(struct simulation *counts, const double *rates, const struct chain_moments *moments,
			  size_t rarity_count)
{
	struct cells cells = {.count = rarity_count};
	double matrix[RARITIES_MAX * RARITIES_MAX];
	double scaled[RARITIES_MAX];
	double pulls = (double)counts->pulls;
	double chi2;
	unsigned rank;

	for (size_t i = 0; i < rarity_count; i++) {
		cells.expected[i] = pulls * rates[i];
		cells.distance[i] = (double)counts->rarities[i] - cells.expected[i] - moments->bias[i];
		for (size_t j = 0; j < rarity_count; j++)
			cells.covariance[i][j] = pulls * moments->covariance[i][j];
	}
	pool(&cells);
	/* Scaled as Pearson's test is, so that rare cells do not drown in rounding. */
	for (size_t i = 0; i < cells.count; i++) {
		scaled[i] = cells.distance[i] / sqrt(cells.expected[i]);
		for (size_t j = 0; j < cells.count; j++)
			matrix[i * cells.count + j] =
				cells.covariance[i][j] / sqrt(cells.expected[i] * cells.expected[j]);
	}
	chi2 = stat_squared_distance(matrix, scaled, cells.count, VARIANCE_MIN, &rank);
	add(counts, chi2, rank);
}

/*
 * Featured items among those of a rarity: F of K. Without the guarantee each is featured by its own
 * chance s. With it the draws between two featured ones are 1, or 2 with probability 1 - s: a renewal
 * process of mean 2 - s and variance s(1 - s), so F is K / (2 - s) with variance K s(1 - s) / (2 - s)^3;
 * that the flag is clear at the start takes ((1 - s) / (2 - s))^2 off.
 */
static void test_featured(struct simulation *counts, const struct banner_rarity *rates, size_t rarity, double expected)
{
	double s = rates->share / (double)RATE_ONE;
	double mean = chain_featured_share(rates);
	double variance = rates->guarantee ? s * (1 - s) * mean * mean * mean : s * (1 - s);
	double bias = rates->guarantee ? -(1 - s) * mean * (1 - s) * mean : 0;
	double drawn = (double)counts->rarities[rarity];
	double distance = (double)counts->classes[rarity][1] - drawn * mean - bias;

	if (!rates->rate_up || variance <= 0 || drawn <= 0 || expected * mean < EXPECTED_MIN ||
	    expected * (1 - mean) < EXPECTED_MIN)
		return;
	add(counts, distance * distance / (variance * drawn), 1);
}

/* Items of one class are alike; groups of neighbours where one alone is expected too seldom. */
static void test_items(struct simulation *counts, const uint32_t *items, size_t count, uint64_t drawn, double expected)
{
	size_t group = (size_t)fmax(1, ceil(EXPECTED_MIN * (double)count / fmax(expected, 1e-9)));
	size_t groups = count / group;
	double chi2 = 0;

	if (groups < 2 || drawn == 0)
		return;
	for (size_t g = 0; g < groups; g++) {
		size_t end = g + 1 == groups ? count : (g + 1) * group;
		double cells = (double)(end - g * group);
		double cell_expected = (double)drawn * cells / (double)count;
		double found = 0;

		for (size_t i = g * group; i < end; i++)
			found += (double)counts->items[items[i]];
		chi2 += (found - cell_expected) * (found - cell_expected) / cell_expected;
	}
	add(counts, chi2, (unsigned)groups - 1);
}

bool simulate_test(struct simulator *simulator, struct arena *arena, struct err *err)
{
	const struct catalog_banner *banner = simulator->banner;
	struct simulation *counts = &simulator->counts;
	struct chain_moments moments;
	double rates[RARITIES_MAX];
	struct chain chain;

	counts->chi2 = 0;
	counts->df = 0;
	counts->p = 1;
	if (!chain_init_cycle(&chain, banner, err) || !chain_rates(&chain, arena, rates, err) ||
	    !chain_moments(&chain, rates, arena, &moments, err))
		return false;
	if (counts->pulls == 0)
		return true;
	test_rarities(counts, rates, &moments, banner->rarity_count);
	for (size_t r = 0; r < banner->rarity_count; r++) {
		const struct banner_rarity *rarity = &banner->rarities[r];
		double expected = rates[r] * (double)counts->pulls;
		double mean = chain_featured_share(rarity);

		test_featured(counts, rarity, r, expected);
		test_items(counts, rarity->featured, rarity->featured_count, counts->classes[r][1], expected * mean);
		test_items(counts, rarity->others, rarity->others_count, counts->classes[r][0], expected * (1 - mean));
	}
	counts->p = stat_chi2_tail(counts->chi2, counts->df);
	return true;
}
