#include "gacha/odds_passage.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "gacha/banner.h"
#include "gacha/chain.h"

/* A cycle's chance to get so far, below which its rest is left out. */
#define MASS_MIN 1e-18
/* Pulls that the window of the renewal equation moves on before it is shifted back. */
#define ROOM_PULLS 256

/* ---- targets ---- */

struct odds_target odds_target_rarity(size_t rarity)
{
	return (struct odds_target){.rarity = rarity, .featured = 1, .others = 1};
}

struct odds_target odds_target_featured(size_t rarity)
{
	return (struct odds_target){.rarity = rarity, .featured = 1, .others = 0};
}

bool odds_target_item(const struct catalog *catalog, const struct catalog_banner *banner, uint32_t item,
		      struct odds_target *target)
{
	size_t rarity = catalog->items[item].rarity;
	const struct banner_rarity *rates = &banner->rarities[rarity];
	bool featured;

	*target = (struct odds_target){.rarity = rarity};
	if (!banner_has_item(catalog, banner, item, &featured))
		return false;
	if (featured)
		target->featured = 1 / (double)rates->featured_count;
	else
		target->others = 1 / (double)rates->others_count;
	return true;
}

/* When the target's rarity is drawn: chance that it is the target, and that it is another, by the flag then. */
struct split {
	double hit;
	double miss[2]; /* by the flag afterwards */
};

static struct split split_draw(const struct banner_rarity *rates, const struct odds_target *target, bool flag)
{
	double featured = !rates->rate_up ? 0 : flag ? 1 : rates->share / (double)RATE_ONE;
	struct split split = {.hit = featured * target->featured + (1 - featured) * target->others};

	split.miss[rates->rate_up ? 0 : flag] += featured * (1 - target->featured);
	split.miss[rates->rate_up && rates->guarantee ? 1 : flag] += (1 - featured) * (1 - target->others);
	return split;
}

/* ---- one cycle ---- */

struct walk {
	const struct chain *chain;
	const struct odds_target *target;
	size_t flags;
	struct split splits[2]; /* by flag */
	double *here, *next;    /* chances by joint state and flag: [index × flags + flag] */
};

/* a × b, but never 0 for two numbers above it: whether something can happen at all is read from these. */
static double times(double a, double b)
{
	return a > 0 && b > 0 ? fmax(a * b, DBL_MIN) : 0;
}

/* What a pull with rarity r makes of `mass`: to `index` of the next layer, or to the next cycle. */
static void move(struct walk *walk, struct odds_cycle *cycle, size_t age, const struct chain_step *step, size_t r,
		 size_t flag, double mass)
{
	bool is_target = r == walk->target->rarity;
	const struct split *split = &walk->splits[flag];

	if (is_target)
		cycle->met += times(mass, split->hit);
	for (size_t to = 0; to < walk->flags; to++) {
		double part = is_target ? times(mass, split->miss[to]) : to == flag ? mass : 0;

		if (step->renews[r]) {
			cycle->renewed[to][age] += part;
		} else {
			walk->next[step->next[r] * walk->flags + to] += part;
			cycle->alive[age] += part;
		}
	}
}

static void take_pull(struct walk *walk, struct odds_cycle *cycle, size_t layer, size_t age)
{
	const struct chain *chain = walk->chain;
	size_t flags = walk->flags;
	double *swap = walk->here;

	memset(walk->next, 0, chain->joint * flags * sizeof(*walk->next));
	for (size_t index = 0; index < chain->joint; index++) {
		double *here = walk->here + index * flags;
		struct chain_step step;

		if (here[0] + here[flags - 1] <= 0)
			continue;
		chain_step(chain, layer, index, &step);
		for (size_t r = 0; r < chain->banner->rarity_count; r++)
			for (size_t flag = 0; flag < flags && step.p[r] > 0; flag++)
				if (here[flag] > 0)
					move(walk, cycle, age, &step, r, flag, times(here[flag], step.p[r]));
	}
	walk->here = walk->next;
	walk->next = swap;
}

/* The cycle from a state on. */
static bool walk_cycle(struct walk *walk, size_t layer, size_t index, size_t flag, struct odds_cycle *cycle,
		       struct arena *arena, struct err *err)
{
	size_t left = walk->chain->layers - layer;
	double *alive = arena_array(arena, left + 1, sizeof(*alive));
	double *clear = arena_array(arena, left + 1, sizeof(*clear));
	double *set = walk->flags == 2 ? arena_array(arena, left + 1, sizeof(*set)) : clear;

	if (!alive || !clear || !set)
		return err_set(err, ERR_LIMIT, "the odds of an item take too much memory");
	/* Without flags both are the same, and what is summed of the second is not used. */
	*cycle = (struct odds_cycle){.alive = alive, .renewed = {clear, set}};
	memset(walk->here, 0, walk->chain->joint * walk->flags * sizeof(*walk->here));
	walk->here[index * walk->flags + flag] = 1;
	cycle->alive[0] = 1;
	for (; cycle->count < left && cycle->alive[cycle->count] > 0; cycle->count++)
		take_pull(walk, cycle, layer + cycle->count, cycle->count + 1);
	return true;
}

/* ---- what a cycle says of the whole ---- */

static double sum(const double *list, size_t count)
{
	double all = 0;

	for (size_t i = 0; i <= count; i++)
		all += list[i];
	return all;
}

/* The last pull at which it is above 0, or 0. */
static int64_t last_of(const double *list, size_t count)
{
	while (count > 0 && list[count] <= 0)
		count--;
	return (int64_t)count;
}

/* Pulls that a cycle can last without the target, and after which it can begin anew with a flag; 0: it cannot. */
struct reach {
	int64_t alive;
	int64_t renewed[2];
};

static struct reach reach_of(const struct odds_passage *passage, const struct odds_cycle *cycle)
{
	struct reach reach = {.alive = last_of(cycle->alive, cycle->count)};

	for (size_t to = 0; to < passage->flags; to++)
		reach.renewed[to] = last_of(cycle->renewed[to], cycle->count);
	return reach;
}

/* Of the top rarity, whose cycles may be longer than what was enumerated: every one can last to its certain end. */
static struct reach reach_of_top(const struct catalog_banner *banner, uint64_t n, const struct split *split)
{
	int64_t worst = chain_top_worst(banner, n);
	struct reach reach = {.alive = worst - 1};

	for (size_t to = 0; to < 2; to++)
		reach.renewed[to] = split->miss[to] > 0 ? worst : 0;
	return reach;
}

/* The longest way through cycles without the target, and the pull after it; unbounded when a flag leads back to itself. */
static int64_t longest(const struct reach *first, const struct reach fresh[2])
{
	int64_t all = first->alive;

	for (size_t flag = 0; flag < 2; flag++) {
		int64_t turn = fresh[flag].renewed[!flag];
		int64_t rest = fresh[flag].alive;

		if (first->renewed[flag] == 0)
			continue;
		if (fresh[flag].renewed[flag] > 0 ||
		    (turn > 0 && (fresh[!flag].renewed[0] > 0 || fresh[!flag].renewed[1] > 0)))
			return CATALOG_NONE;
		if (turn > 0 && turn + fresh[!flag].alive > rest)
			rest = turn + fresh[!flag].alive;
		if (first->renewed[flag] + rest > all)
			all = first->renewed[flag] + rest;
	}
	return all + 1;
}

static int64_t find_worst(const struct odds_passage *passage, const struct walk *walk, const struct draw_state *state,
			  size_t first_layers)
{
	const struct catalog_banner *banner = walk->chain->banner;
	int64_t top_worst = chain_top_worst(banner, 1);
	struct reach first, fresh[2] = {{.alive = 0}};

	if (walk->target->rarity == 0) {
		if (top_worst == CATALOG_NONE)
			return CATALOG_NONE;
		first = reach_of_top(banner, state->n[0], &walk->splits[walk->flags == 2 && state->flag[0]]);
		for (size_t flag = 0; flag < walk->flags; flag++)
			fresh[flag] = reach_of_top(banner, 1, &walk->splits[flag]);
		return longest(&first, fresh);
	}
	/* The last layer that was enumerated was reached, and there are more. */
	if (chain_top_varies(banner) && walk->chain->layers < (uint64_t)top_worst && passage->first.count == first_layers)
		return CATALOG_NONE;
	first = reach_of(passage, &passage->first);
	for (size_t flag = 0; flag < passage->flags; flag++)
		fresh[flag] = reach_of(passage, &passage->fresh[flag]);
	return longest(&first, fresh);
}

/* Expected pulls from fresh cycles on, by flag: x = alive + renewed × x, in a form that subtracts nothing. */
static void expect_fresh(const struct odds_passage *passage, double expected[2])
{
	double alive[2] = {0}, met[2] = {0}, turns[2] = {0}; /* turns: to the other flag */
	double scale;

	assert(passage->flags <= 2);
	for (size_t flag = 0; flag < passage->flags; flag++) {
		const struct odds_cycle *cycle = &passage->fresh[flag];

		alive[flag] = sum(cycle->alive, cycle->count);
		met[flag] = cycle->met;
		if (passage->flags == 2)
			turns[flag] = sum(cycle->renewed[!flag], cycle->count);
	}
	scale = met[0] * met[1] + met[0] * turns[1] + turns[0] * met[1];
	for (size_t flag = 0; flag < 2; flag++) {
		if (scale > 0)
			expected[flag] = (alive[flag] * (met[!flag] + turns[!flag]) + turns[flag] * alive[!flag]) / scale;
		else
			expected[flag] = met[flag] > 0 && turns[flag] <= 0 ? alive[flag] / met[flag] : HUGE_VAL;
	}
}

static void find_expected(struct odds_passage *passage)
{
	const struct odds_cycle *first = &passage->first;
	double expected[2];

	expect_fresh(passage, expected);
	passage->possible = first->met > 0;
	passage->expected = sum(first->alive, first->count);
	for (size_t flag = 0; flag < passage->flags; flag++) {
		double share = sum(first->renewed[flag], first->count);

		if (share <= 0)
			continue;
		passage->expected += share * expected[flag];
		for (size_t to = 0; to < passage->flags; to++)
			if (passage->fresh[to].met > 0 &&
			    (to == flag || sum(passage->fresh[flag].renewed[to], passage->fresh[flag].count) > 0))
				passage->possible = true;
	}
}

/* ---- the whole ---- */

/* Draws in which a top item comes with all the chance that a double shows, from counter n. */
static uint64_t cycle_pulls(const struct catalog_banner *banner, uint64_t n)
{
	uint64_t pulls = 0;

	for (double mass = 1; mass > MASS_MIN && pulls <= ODDS_STATES_MAX; pulls++)
		mass *= 1 - draw_top_rate(banner, n + pulls, false) / (double)RATE_ONE;
	return pulls;
}

static bool find_chain(struct chain *chain, const struct catalog_banner *banner, const struct draw_state *state,
		       const struct odds_target *target, struct err *err)
{
	uint64_t layers_max = UINT64_MAX;

	if (chain_top_varies(banner)) {
		uint64_t fresh = cycle_pulls(banner, 1);
		uint64_t first = state->n[0] - 1 + cycle_pulls(banner, state->n[0]);

		layers_max = first > fresh ? first : fresh;
	}
	if (!chain_init(chain, banner, layers_max, err))
		return false;
	if (target->rarity > 0)
		return true;
	/* A top item's wait knows nothing of the counters below. */
	if (!chain_top_varies(banner)) {
		chain->lead = banner->rarity_count;
		chain->layers = 1;
	}
	chain->counter_count = 0;
	chain->joint = 1;
	return true;
}

static bool begin_window(struct odds_passage *passage, struct arena *arena, struct err *err)
{
	for (size_t flag = 0; flag < passage->flags; flag++) {
		if (passage->fresh[flag].count > passage->window)
			passage->window = passage->fresh[flag].count;
		passage->work += passage->fresh[flag].count * (passage->flags + 1);
	}
	passage->end = passage->window;
	passage->room = passage->window * 2 + ROOM_PULLS;
	for (size_t flag = 0; flag < passage->flags; flag++)
		passage->begun[flag] = arena_array(arena, passage->room, sizeof(*passage->begun[flag]));
	return arena_check(arena, "the odds of an item", err);
}

bool odds_passage_init(struct odds_passage *passage, const struct catalog_banner *banner,
		       const struct draw_state *state, const struct odds_target *target, struct arena *arena,
		       struct err *err)
{
	const struct banner_rarity *rates = &banner->rarities[target->rarity];
	struct walk walk = {.target = target, .flags = rates->rate_up ? 2 : 1};
	struct draw_state fresh;
	struct chain chain;
	size_t layer, index;

	*passage = (struct odds_passage){.flags = walk.flags};
	if (!find_chain(&chain, banner, state, target, err))
		return false;
	/* Three cycles at most, of each state and flag every rarity. */
	if (chain.layers * chain.joint > ODDS_WORK_MAX / (6 * banner->rarity_count))
		return err_set(err, ERR_LIMIT, "the odds of an item of banner '%.*s' take too long to compute; lower its hard pities",
			       STR_ARG(banner->id));
	passage->walked = chain.layers * chain.joint * 6 * banner->rarity_count;
	walk.chain = &chain;
	walk.here = arena_array(arena, chain.joint * walk.flags, sizeof(*walk.here));
	walk.next = arena_array(arena, chain.joint * walk.flags, sizeof(*walk.next));
	if (!arena_check(arena, "the odds of an item", err))
		return false;
	for (size_t flag = 0; flag < walk.flags; flag++)
		walk.splits[flag] = split_draw(rates, target, flag);
	draw_state_init(&fresh);
	chain_find(&chain, &fresh, &layer, &index);
	for (size_t flag = 0; flag < walk.flags; flag++)
		if (!walk_cycle(&walk, layer, index, flag, &passage->fresh[flag], arena, err))
			return false;
	chain_find(&chain, state, &layer, &index);
	if (!walk_cycle(&walk, layer, index, walk.flags == 2 && state->flag[target->rarity], &passage->first, arena, err))
		return false;
	passage->worst = find_worst(passage, &walk, state, chain.layers - layer);
	find_expected(passage);
	return begin_window(passage, arena, err);
}

/* Adds the chances that a fresh cycle begins with this pull, by flag; those that none does, and the target is not met. */
static double renew(const struct odds_passage *passage, double begun[2])
{
	double left = 0;

	for (size_t from = 0; from < passage->flags; from++) {
		const struct odds_cycle *cycle = &passage->fresh[from];
		const double *now = passage->begun[from] + passage->end;
		/* None began before the first pull. */
		size_t count = passage->pulls < cycle->count ? (size_t)passage->pulls : cycle->count;
		double sums[2] = {0};

		for (size_t k = 1; k <= count; k++) {
			double before = now[-(ptrdiff_t)k];

			left += before * cycle->alive[k];
			sums[0] += before * cycle->renewed[0][k];
			sums[1] += before * cycle->renewed[1][k];
		}
		for (size_t to = 0; to < passage->flags; to++)
			begun[to] += sums[to];
	}
	return left;
}

double odds_passage_next(struct odds_passage *passage)
{
	const struct odds_cycle *first = &passage->first;
	bool in_first = ++passage->pulls <= first->count;
	double begun[2] = {0};
	double left;

	if (passage->end == passage->room) {
		for (size_t flag = 0; flag < passage->flags; flag++)
			memmove(passage->begun[flag], passage->begun[flag] + passage->room - passage->window,
				passage->window * sizeof(*passage->begun[flag]));
		passage->end = passage->window;
	}
	left = renew(passage, begun);
	if (in_first)
		left += first->alive[passage->pulls];
	for (size_t flag = 0; flag < passage->flags; flag++) {
		if (in_first)
			begun[flag] += first->renewed[flag][passage->pulls];
		passage->begun[flag][passage->end] = begun[flag];
		left += begun[flag];
	}
	passage->end++;
	return left < 1 ? 1 - left : 0;
}
