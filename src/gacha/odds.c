#include "gacha/odds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gacha/chain.h"

const unsigned odds_within_pulls[ODDS_WITHIN_COUNT] = {10, 50, 80, 90, 100};
const unsigned odds_quantile_percents[ODDS_QUANTILE_COUNT] = {50, 90, 99};

/* A wait of this probability is left out of sums. */
#define MASS_MIN 1e-18
/* A sum of many doubles may miss a quantile that it meets exactly by this. */
#define QUANTILE_SLACK 1e-12
/* What a sum of chances that are all may miss of 1. */
#define CHANCE_CERTAIN (1 - 1e-15)
/* Quantiles beyond are shown as this one; no player gets there. */
#define PULLS_MAX (INT64_C(1) << 53)

/* ---- shares ---- */

/* Probability of each rarity at the tenth of ten, given nothing in nine and fresh counters. */
static void tenth_rarities(const struct catalog_banner *banner, double *tenth)
{
	double top = banner->rarities[0].rate / (double)RATE_ONE;

	for (size_t r = 0; r < banner->rarity_count; r++)
		tenth[r] = banner->rarities[r].rate / (double)RATE_ONE;
	if (banner->ten_pull == CATALOG_NONE || top >= 1)
		return;
	for (size_t r = 0; r < banner->rarity_count; r++) {
		if (banner->ten_pull == 0)
			tenth[r] = r == 0;
		else if (r > 0)
			tenth[r] = r <= (size_t)banner->ten_pull ? (1 - top) * banner->rarities[r].rate /
									   (double)banner->lower_tenth.total
								 : 0;
	}
}

/* ---- waiting for the top rarity ---- */

/* Waiting times of a top item: f[k] is the probability of exactly k pulls, F[k] of at most k; k from 1 to count. */
struct wait_law {
	double *f;
	double *F;
	size_t start; /* the least k of which f is not 0 */
	size_t count;
	double expected;
};

static bool wait_law_init(struct wait_law *law, const struct catalog_banner *banner, uint64_t n, struct arena *arena,
			  struct err *err)
{
	double left = 1;
	size_t count = 0;

	*law = (struct wait_law){.start = 0};
	while (left > MASS_MIN && count <= ODDS_STATES_MAX)
		left *= 1 - draw_top_rate(banner, n + count++, false) / (double)RATE_ONE;
	if (count > ODDS_STATES_MAX)
		return err_set(err, ERR_LIMIT, "the wait for a top item of banner '%.*s' is longer than %u pulls",
			       STR_ARG(banner->id), ODDS_STATES_MAX);
	law->f = arena_array(arena, count + 1, sizeof(*law->f));
	law->F = arena_array(arena, count + 1, sizeof(*law->F));
	if (!law->f || !law->F)
		return arena_check(arena, "the odds of a banner", err);
	law->count = count;
	left = 1;
	for (size_t k = 1; k <= count; k++) {
		double p = draw_top_rate(banner, n + k - 1, false) / (double)RATE_ONE;

		law->f[k] = left * p;
		law->expected += (double)k * law->f[k];
		left *= 1 - p;
		law->F[k] = 1 - left;
		if (law->start == 0 && p > 0)
			law->start = k;
	}
	return true;
}

static double at_most(const struct wait_law *law, size_t k)
{
	return k <= law->count ? law->F[k] : 1;
}

/* Notes what is asked of a distribution function at k, which goes up from 1. Whether all is known. */
static bool note(struct odds_wait *wait, size_t k, double at_most_k)
{
	bool done = true;

	for (size_t i = 0; i < ODDS_WITHIN_COUNT; i++) {
		if (k == odds_within_pulls[i])
			wait->within[i] = at_most_k;
		done = done && k >= odds_within_pulls[i];
	}
	for (size_t i = 0; i < ODDS_QUANTILE_COUNT; i++) {
		if (wait->quantiles[i] == CATALOG_NONE &&
		    at_most_k >= odds_quantile_percents[i] / 100.0 - QUANTILE_SLACK)
			wait->quantiles[i] = (int64_t)k;
		done = done && wait->quantiles[i] != CATALOG_NONE;
	}
	return done;
}

/* How a top item is featured: at once, and after one that was not. */
struct featured {
	double share; /* 1 when the flag is set */
	double share_after;
};

/*
 * The wait for a featured top item where the top rarity's probability varies: the first top item from
 * the given counters (law `from`), and after each miss another from a fresh one (law `fresh`).
 */
static bool featured_finite(const struct wait_law *from, const struct wait_law *fresh, struct featured featured,
			    struct odds_wait *wait, struct arena *arena, struct err *err)
{
	size_t ring_count = (from->count > fresh->count ? from->count : fresh->count) + 1;
	double *after = arena_array(arena, ring_count, sizeof(*after)); /* at most k pulls after a miss, by k modulo */
	uint64_t work = 0;

	if (!after)
		return arena_check(arena, "the odds of a banner", err);
	for (size_t k = 1;; k++) {
		double sum = 0, sum_after = 0;

		if (featured.share_after < 1)
			for (size_t j = fresh->start; j <= fresh->count && j < k; j++)
				sum_after += fresh->f[j] * after[(k - j) % ring_count];
		after[k % ring_count] =
			featured.share_after * at_most(fresh, k) + (1 - featured.share_after) * sum_after;
		if (featured.share < 1)
			for (size_t j = from->start; j <= from->count && j < k; j++)
				sum += from->f[j] * after[(k - j) % ring_count];
		if (note(wait, k, featured.share * at_most(from, k) + (1 - featured.share) * sum))
			return true;
		work += from->count + fresh->count;
		if (work > ODDS_WORK_MAX)
			return err_set(err, ERR_LIMIT, "the wait for a featured item is too long to compute");
	}
}

/* (1 - p)^k */
static double miss_all(double p, double k)
{
	if (k <= 0)
		return 1;
	return p < 1 ? exp(k * log1p(-p)) : 0;
}

/* P(T ≤ k) where the top rarity's probability p never varies. */
static double geometric_at_most(double p, struct featured featured, double k)
{
	double missed = 1 - featured.share;

	if (missed <= 0)
		return 1 - miss_all(p, k);
	if (featured.share_after < 1) /* no guarantee: each pull is like the first */
		return 1 - miss_all(p * featured.share, k);
	return 1 - miss_all(p, k) - missed * k * p * miss_all(p, k - 1);
}

static void wait_geometric(double p, struct featured featured, struct odds_wait *wait)
{
	for (size_t i = 0; i < ODDS_WITHIN_COUNT; i++)
		wait->within[i] = geometric_at_most(p, featured, odds_within_pulls[i]);
	for (size_t i = 0; i < ODDS_QUANTILE_COUNT; i++) {
		double q = odds_quantile_percents[i] / 100.0 - QUANTILE_SLACK;
		int64_t low = 0, high = 1; /* at low it is not met, at high it is */

		while (high < PULLS_MAX && geometric_at_most(p, featured, (double)high) < q) {
			low = high;
			high *= 2;
		}
		while (high - low > 1) {
			int64_t middle = low + (high - low) / 2;

			if (geometric_at_most(p, featured, (double)middle) < q)
				low = middle;
			else
				high = middle;
		}
		wait->quantiles[i] = high;
	}
}

static struct odds_wait wait_unknown(void)
{
	struct odds_wait wait = {.worst = CATALOG_NONE};

	for (size_t i = 0; i < ODDS_QUANTILE_COUNT; i++)
		wait.quantiles[i] = CATALOG_NONE;
	return wait;
}

/* Worst case of the featured item: one top item, or two under a guarantee; else unbounded. */
static int64_t featured_worst(const struct catalog_banner *banner, const struct draw_state *state, struct featured featured)
{
	int64_t from = chain_top_worst(banner, state->n[0]);
	int64_t fresh = chain_top_worst(banner, 1);

	if (from == CATALOG_NONE || featured.share >= 1)
		return from;
	return featured.share_after >= 1 ? from + fresh : CATALOG_NONE;
}

static bool compute_waits(const struct catalog_banner *banner, const struct draw_state *state, struct arena *arena,
			  struct odds *odds, struct err *err)
{
	const struct banner_rarity *top = &banner->rarities[0];
	static const struct featured any = {1, 1};
	struct featured featured = {1, 1};
	double p = top->rate / (double)RATE_ONE;
	struct wait_law from, fresh;
	double expected_from, expected_fresh;

	odds->top = odds->featured = wait_unknown();
	if (top->rate == 0 && !chain_top_varies(banner))
		return true;
	if (!state->flag[0]) {
		featured.share = top->share / (double)RATE_ONE;
		featured.share_after = top->guarantee ? 1 : featured.share;
	}
	odds->top.possible = true;
	odds->featured.possible = top->rate_up;
	if (chain_top_varies(banner)) {
		if (!wait_law_init(&from, banner, state->n[0], arena, err) ||
		    !wait_law_init(&fresh, banner, 1, arena, err) ||
		    !featured_finite(&from, &fresh, any, &odds->top, arena, err) ||
		    (top->rate_up && !featured_finite(&from, &fresh, featured, &odds->featured, arena, err)))
			return false;
		expected_from = from.expected;
		expected_fresh = fresh.expected;
	} else {
		wait_geometric(p, any, &odds->top);
		if (top->rate_up)
			wait_geometric(p, featured, &odds->featured);
		expected_from = expected_fresh = 1 / p;
	}
	odds->top.worst = chain_top_worst(banner, state->n[0]);
	odds->top.rate = odds->rarity_rate[0];
	odds->top.expected = expected_from;
	if (!top->rate_up)
		return true;
	odds->featured.worst = featured_worst(banner, state, featured);
	odds->featured.rate = odds->rarity_rate[0] * chain_featured_share(top);
	odds->featured.expected = expected_from + (1 - featured.share) / featured.share_after * expected_fresh;
	return true;
}

/* ---- items ---- */

static int compare_items(const void *a, const void *b)
{
	const struct odds_item *x = a;
	const struct odds_item *y = b;

	return (x->item > y->item) - (x->item < y->item);
}

/* Probabilities of a rarity, of which one item takes a part. */
struct rarity_odds {
	double base, rate, next, slot10;
};

static void add_items(struct odds *odds, const uint32_t *items, size_t count, struct rarity_odds part)
{
	double one = 1 / (double)count;

	if (part.base + part.rate + part.next + part.slot10 <= 0)
		return;
	for (size_t i = 0; i < count; i++)
		odds->items[odds->item_count++] = (struct odds_item){
			items[i], part.base * one, part.rate * one, part.next * one, part.slot10 * one};
}

static bool compute_items(const struct catalog_banner *banner, const struct draw_state *state, struct arena *arena,
			  struct odds *odds, struct err *err)
{
	size_t count = 0;

	for (size_t r = 0; r < banner->rarity_count; r++)
		count += banner->rarities[r].featured_count + banner->rarities[r].others_count;
	odds->items = arena_array(arena, count, sizeof(*odds->items));
	if (!odds->items)
		return arena_check(arena, "the odds of a banner", err);
	for (size_t r = 0; r < banner->rarity_count; r++) {
		const struct banner_rarity *rates = &banner->rarities[r];
		double base = rates->rate / (double)RATE_ONE;
		double share = rates->rate_up ? rates->share / (double)RATE_ONE : 0;
		double long_run = chain_featured_share(rates);
		double next = rates->rate_up && state->flag[r] ? 1 : share;

		add_items(odds, rates->featured, rates->featured_count,
			  (struct rarity_odds){base * share, odds->rarity_rate[r] * long_run,
					       odds->rarity_next[r] * next, odds->rarity_slot10[r] * share});
		add_items(odds, rates->others, rates->others_count,
			  (struct rarity_odds){base * (1 - share), odds->rarity_rate[r] * (1 - long_run),
					       odds->rarity_next[r] * (1 - next),
					       odds->rarity_slot10[r] * (1 - share)});
	}
	qsort(odds->items, odds->item_count, sizeof(*odds->items), compare_items);
	return true;
}

bool odds_compute(const struct catalog_banner *banner, const struct draw_state *state, struct arena *arena,
		  struct odds *odds, struct err *err)
{
	struct draw_state fresh;
	struct chain chain;

	*odds = (struct odds){.item_count = 0};
	draw_state_init(&fresh);
	if (!state)
		state = &fresh;
	if (!chain_init_cycle(&chain, banner, err) || !chain_rates(&chain, arena, odds->rarity_rate, err))
		return false;
	chain_probabilities(banner, state->n, odds->rarity_next);
	tenth_rarities(banner, odds->rarity_slot10);
	return compute_waits(banner, state, arena, odds, err) && compute_items(banner, state, arena, odds, err);
}

/* ---- one target over the next pulls ---- */

bool odds_target_wait(const struct catalog_banner *banner, const struct draw_state *state,
		      const struct odds_target *target, struct odds_wait *wait, struct odds_ask *asks,
		      size_t ask_count, struct arena *arena, struct err *err)
{
	struct odds_passage passage;
	struct draw_state fresh;
	double chance = 0;
	bool done = false;

	*wait = wait_unknown();
	for (size_t i = 0; i < ask_count; i++)
		asks[i] = (struct odds_ask){.pulls = asks[i].pulls, .known = true};
	draw_state_init(&fresh);
	if (!odds_passage_init(&passage, banner, state ? state : &fresh, target, arena, err))
		return false;
	wait->possible = passage.possible;
	if (!passage.possible)
		return true;
	wait->expected = passage.expected;
	wait->worst = passage.worst;
	if (passage.work > ODDS_WAIT_WORK_MAX / odds_within_pulls[ODDS_WITHIN_COUNT - 1])
		return err_set(err, ERR_LIMIT, "the wait for an item of banner '%.*s' takes too long to compute",
			       STR_ARG(banner->id));
	while (!done && (passage.pulls + 1) * passage.work <= ODDS_WAIT_WORK_MAX) {
		chance = odds_passage_next(&passage);
		done = note(wait, passage.pulls, chance);
		for (size_t i = 0; i < ask_count; i++) {
			if (asks[i].pulls >= passage.pulls)
				asks[i].chance = chance;
			done = done && (asks[i].pulls <= passage.pulls || chance >= CHANCE_CERTAIN);
		}
	}
	for (size_t i = 0; i < ask_count; i++)
		asks[i].known = asks[i].pulls <= passage.pulls || chance >= CHANCE_CERTAIN;
	return true;
}

bool odds_target_curve(const struct catalog_banner *banner, const struct draw_state *state,
		       const struct odds_target *target, size_t pulls, double *chance, struct arena *arena,
		       struct err *err)
{
	struct odds_passage passage;
	struct draw_state fresh;
	uint64_t work;

	draw_state_init(&fresh);
	if (!odds_passage_init(&passage, banner, state ? state : &fresh, target, arena, err))
		return false;
	work = passage.flags * (passage.flags + 1) * (uint64_t)pulls;
	if (work > passage.work)
		work = passage.work;
	if (work > 0 && pulls > ODDS_WORK_MAX / work)
		return err_set(err, ERR_LIMIT, "%zu pulls are too many for the odds of banner '%.*s'", pulls,
			       STR_ARG(banner->id));
	for (size_t k = 0; k < pulls; k++) {
		chance[k] = odds_passage_next(&passage);
		/* A plot does not fall by what is lost in rounding. */
		if (k > 0 && chance[k] < chance[k - 1])
			chance[k] = chance[k - 1];
	}
	return true;
}

bool odds_curve(const struct catalog *catalog, const struct catalog_banner *banner, const struct draw_state *state,
		uint32_t target, size_t pulls, double *chance, struct arena *arena, struct err *err)
{
	struct odds_target item;

	if (odds_target_item(catalog, banner, target, &item))
		return odds_target_curve(banner, state, &item, pulls, chance, arena, err);
	if (pulls)
		memset(chance, 0, pulls * sizeof(*chance));
	return true;
}
