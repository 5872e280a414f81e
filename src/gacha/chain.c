#include "gacha/chain.h"

#include <string.h>

/* Mass that is left out: far below what a double shows of a sum that is 1. */
#define MASS_MIN 1e-18

bool chain_top_varies(const struct catalog_banner *banner)
{
	return banner->rarities[0].rate < RATE_ONE &&
	       (banner->rarities[0].hard != CATALOG_NONE ||
		(banner->soft_from != CATALOG_NONE && banner->soft_step > 0));
}

int64_t chain_top_worst(const struct catalog_banner *banner, uint64_t n)
{
	const struct banner_rarity *top = &banner->rarities[0];
	int64_t certain = top->hard; /* the least counter at which the top is certain */

	if (top->rate == RATE_ONE)
		return 1;
	if (banner->soft_from != CATALOG_NONE && banner->soft_step > 0) {
		int64_t steps = (RATE_ONE - top->rate + banner->soft_step - 1) / banner->soft_step;
		int64_t soft = banner->soft_from - 1 + steps;

		if (certain == CATALOG_NONE || soft < certain)
			certain = soft;
	}
	if (certain == CATALOG_NONE)
		return CATALOG_NONE;
	return n < (uint64_t)certain ? certain - (int64_t)n + 1 : 1;
}

bool chain_init(struct chain *chain, const struct catalog_banner *banner, uint64_t layers_max, struct err *err)
{
	uint64_t layers = 1, joint = 1;
	size_t r = 1;

	*chain = (struct chain){.banner = banner};
	if (chain_top_varies(banner)) {
		layers = (uint64_t)chain_top_worst(banner, 1);
	} else {
		while (r < banner->rarity_count && banner->rarities[r].hard == CATALOG_NONE)
			r++;
		chain->lead = r;
		if (r < banner->rarity_count)
			layers = (uint64_t)banner->rarities[r++].hard;
	}
	if (layers > layers_max)
		layers = layers_max;
	for (; r < banner->rarity_count && joint <= ODDS_STATES_MAX; r++) {
		if (banner->rarities[r].hard == CATALOG_NONE)
			continue;
		chain->rarity[chain->counter_count] = r;
		chain->stride[chain->counter_count] = joint;
		chain->hard[chain->counter_count++] = (size_t)banner->rarities[r].hard;
		joint = (uint64_t)banner->rarities[r].hard <= ODDS_STATES_MAX
				? joint * (uint64_t)banner->rarities[r].hard
				: UINT64_MAX;
	}
	if (joint > ODDS_STATES_MAX || layers > ODDS_STATES_MAX / joint)
		return err_set(err, ERR_LIMIT,
			       "the odds of banner '%.*s' need more than %u states; lower its hard pities",
			       STR_ARG(banner->id), ODDS_STATES_MAX);
	chain->layers = layers;
	chain->joint = joint;
	return true;
}

bool chain_init_cycle(struct chain *chain, const struct catalog_banner *banner, struct err *err)
{
	uint64_t layers = 0;

	if (!chain_top_varies(banner))
		return chain_init(chain, banner, UINT64_MAX, err);
	for (double mass = 1; mass > MASS_MIN && layers <= ODDS_STATES_MAX; layers++)
		mass *= 1 - draw_top_rate(banner, layers + 1, false) / (double)RATE_ONE;
	return chain_init(chain, banner, layers, err);
}

void chain_find(const struct chain *chain, const struct draw_state *state, size_t *layer, size_t *index)
{
	uint64_t n = chain->lead < chain->banner->rarity_count ? state->n[chain->lead] : 1;

	*layer = (n < chain->layers ? (size_t)n : chain->layers) - 1;
	*index = 0;
	for (size_t i = 0; i < chain->counter_count; i++) {
		n = state->n[chain->rarity[i]];
		*index += ((n < chain->hard[i] ? (size_t)n : chain->hard[i]) - 1) * chain->stride[i];
	}
}

void chain_probabilities(const struct catalog_banner *banner, const uint64_t n[RARITIES_MAX], double p[RARITIES_MAX])
{
	double top = draw_top_rate(banner, n[0], false) / (double)RATE_ONE;
	size_t due = draw_due(banner, n, banner->rarity_count - 1);

	p[0] = top;
	for (size_t r = 1; r < banner->rarity_count; r++) {
		if (due)
			p[r] = r == due ? 1 - top : 0;
		else
			p[r] = top < 1 ? (1 - top) * banner->rarities[r].rate / (double)banner->lower.total : 0;
	}
}

double chain_featured_share(const struct banner_rarity *rates)
{
	double share = rates->share / (double)RATE_ONE;

	if (!rates->rate_up)
		return 0;
	return rates->guarantee ? 1 / (2 - share) : share;
}

void chain_step(const struct chain *chain, size_t layer, size_t index, struct chain_step *step)
{
	size_t rarity_count = chain->banner->rarity_count;
	uint64_t n[RARITIES_MAX];
	size_t raised = 0; /* the part of the next index that comes from counters above the drawn rarity */
	size_t counter = 0;

	for (size_t r = 0; r < RARITIES_MAX; r++)
		n[r] = 1;
	if (chain->lead < rarity_count)
		n[chain->lead] = layer + 1;
	for (size_t i = 0; i < chain->counter_count; i++)
		n[chain->rarity[i]] = index / chain->stride[i] % chain->hard[i] + 1;
	chain_probabilities(chain->banner, n, step->p);
	for (size_t r = 0; r < rarity_count; r++) {
		for (; counter < chain->counter_count && chain->rarity[counter] < r; counter++) {
			size_t value = (size_t)n[chain->rarity[counter]];

			raised += (value < chain->hard[counter] ? value : value - 1) * chain->stride[counter];
		}
		step->renews[r] = r <= chain->lead || layer + 1 == chain->layers;
		step->next[r] = raised;
	}
}

/*
 * Sums over the rest of a cycle, for each state, backwards from the last layer. A draw of rarity r
 * is worth the vector g = (1 at r) - shift. Three blocks of a state's values:
 *   value  expected sum of g
 *   later  expected sum, over this draw and the rest, of `value` before the draw (wide only)
 *   square expected square of the sum of g, a matrix (wide only)
 */
struct sums {
	const struct chain *chain;
	const double *shift;
	bool wide;
	size_t count; /* rarities */
	size_t width; /* doubles of a state */
};

static void add_outcome(const struct sums *sums, size_t rarity, double p, const double *next, double *out)
{
	size_t count = sums->count;
	double g[RARITIES_MAX];

	for (size_t i = 0; i < count; i++) {
		g[i] = (i == rarity) - sums->shift[i];
		out[i] += p * (g[i] + (next ? next[i] : 0));
	}
	if (!sums->wide)
		return;
	for (size_t i = 0; i < count; i++) {
		if (next)
			out[count + i] += p * next[count + i];
		for (size_t j = 0; j < count; j++) {
			size_t at = 2 * count + i * count + j;

			out[at] += p * (g[i] * g[j] + (next ? g[i] * next[j] + next[i] * g[j] + next[at] : 0));
		}
	}
}

/* The sums of the fresh state into out. */
static bool sum_cycle(const struct sums *sums, struct arena *arena, double *out, struct err *err)
{
	const struct chain *chain = sums->chain;
	size_t layer_bytes = chain->joint * sums->width * sizeof(double);
	double *next, *here;

	if (chain->layers * chain->joint > ODDS_WORK_MAX / (sums->count * sums->width))
		return err_set(err, ERR_LIMIT, "the odds of banner '%.*s' take too long to compute; lower its hard pities",
			       STR_ARG(chain->banner->id));
	next = arena_alloc(arena, layer_bytes);
	here = arena_alloc(arena, layer_bytes);
	if (!next || !here)
		return arena_check(arena, "the odds of a banner", err);
	for (size_t layer = chain->layers; layer-- > 0;) {
		double *swap = next;

		next = here;
		here = swap;
		memset(here, 0, layer_bytes);
		for (size_t index = 0; index < chain->joint; index++) {
			double *state = here + index * sums->width;
			struct chain_step step;

			chain_step(chain, layer, index, &step);
			for (size_t r = 0; r < sums->count; r++)
				if (step.p[r] > 0)
					add_outcome(sums, r, step.p[r],
						    step.renews[r] ? NULL : next + step.next[r] * sums->width, state);
			for (size_t i = 0; sums->wide && i < sums->count; i++)
				state[sums->count + i] += state[i];
		}
	}
	memcpy(out, here, sums->width * sizeof(double));
	return true;
}

bool chain_rates(const struct chain *chain, struct arena *arena, double rates[RARITIES_MAX], struct err *err)
{
	static const double zero[RARITIES_MAX];
	size_t count = chain->banner->rarity_count;
	struct sums sums = {.chain = chain, .shift = zero, .count = count, .width = count};
	double length = 0;

	if (!sum_cycle(&sums, arena, rates, err))
		return false;
	for (size_t r = 0; r < count; r++)
		length += rates[r];
	for (size_t r = 0; r < count; r++)
		rates[r] /= length;
	return true;
}

bool chain_moments(const struct chain *chain, const double rates[RARITIES_MAX], struct arena *arena,
		   struct chain_moments *moments, struct err *err)
{
	static const double zero[RARITIES_MAX];
	size_t count = chain->banner->rarity_count;
	struct sums first = {.chain = chain, .shift = zero, .count = count, .width = count};
	struct sums sums = {
		.chain = chain, .shift = rates, .wide = true, .count = count, .width = 2 * count + count * count};
	double fresh[2 * RARITIES_MAX + RARITIES_MAX * RARITIES_MAX] = {0};
	double length = 0;

	if (!sum_cycle(&first, arena, fresh, err))
		return false;
	for (size_t r = 0; r < count; r++)
		length += fresh[r];
	if (!sum_cycle(&sums, arena, fresh, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		/* Cycles are independent and have mean 0: variance per pull is the square per cycle by its length. */
		for (size_t j = 0; j < count; j++)
			moments->covariance[i][j] = fresh[2 * count + i * count + j] / length;
		moments->bias[i] = -fresh[count + i] / length;
	}
	return true;
}
