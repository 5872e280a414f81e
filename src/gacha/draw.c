#include "gacha/draw.h"

void draw_state_init(struct draw_state *state)
{
	*state = (struct draw_state){.n = {0}};
	for (size_t r = 0; r < RARITIES_MAX; r++)
		state->n[r] = 1;
}

uint32_t draw_top_rate(const struct catalog_banner *banner, uint64_t n, bool due)
{
	const struct banner_rarity *top = &banner->rarities[0];
	uint64_t steps, rate;

	if (due || (top->hard != CATALOG_NONE && n >= (uint64_t)top->hard))
		return RATE_ONE;
	if (banner->soft_from == CATALOG_NONE || n < (uint64_t)banner->soft_from)
		return top->rate;
	/* A step is a whole part at least, or 0: more of them than RATE_ONE change nothing, and could overflow. */
	steps = n - (uint64_t)banner->soft_from + 1;
	if (steps > RATE_ONE)
		steps = RATE_ONE;
	rate = top->rate + steps * banner->soft_step;
	return rate < RATE_ONE ? (uint32_t)rate : RATE_ONE;
}

size_t draw_due(const struct catalog_banner *banner, const uint64_t n[RARITIES_MAX], size_t last)
{
	for (size_t r = 1; r <= last; r++)
		if (banner->rarities[r].hard != CATALOG_NONE && n[r] >= (uint64_t)banner->rarities[r].hard)
			return r;
	return 0;
}

/* Step 3: below the top. The totals are above 0: the catalog's rules see to it. */
static size_t draw_lower(const struct catalog_banner *banner, const struct draw_state *state, bool tenth_due,
			 struct fairness_stream *stream)
{
	size_t last = tenth_due ? (size_t)banner->ten_pull : banner->rarity_count - 1;
	size_t rarity = draw_due(banner, state->n, last);
	uint64_t roll;

	if (rarity)
		return rarity;
	roll = fairness_pick(stream, tenth_due ? &banner->lower_tenth : &banner->lower);
	for (rarity = 1; rarity < last && roll >= banner->rarities[rarity].rate; rarity++)
		roll -= banner->rarities[rarity].rate;
	return rarity;
}

void draw_apply(const struct catalog_banner *banner, struct draw_state *state, size_t rarity, bool featured)
{
	const struct banner_rarity *rates = &banner->rarities[rarity];

	if (rates->rate_up && featured)
		state->flag[rarity] = false;
	else if (rates->rate_up && rates->guarantee)
		state->flag[rarity] = true;
	for (size_t r = 0; r < rarity; r++)
		state->n[r]++;
	for (size_t r = rarity; r < banner->rarity_count; r++)
		state->n[r] = 1;
}

struct draw_result draw_once(const struct catalog_banner *banner, struct draw_state *state, bool tenth_due,
			     struct fairness_stream *stream)
{
	uint32_t top = draw_top_rate(banner, state->n[0], tenth_due && banner->ten_pull == 0);
	size_t rarity = fairness_range(stream, RATE_ONE) < top ? 0 : draw_lower(banner, state, tenth_due, stream);
	const struct banner_rarity *rates = &banner->rarities[rarity];
	bool featured =
		rates->rate_up && (state->flag[rarity] || fairness_range(stream, RATE_ONE) < rates->share);
	uint64_t index = fairness_pick(stream, featured ? &rates->featured_total : &rates->others_total);

	draw_apply(banner, state, rarity, featured);
	return (struct draw_result){
		.item = featured ? rates->featured[index] : rates->others[index],
		.rarity = (uint32_t)rarity,
		.featured = featured,
	};
}

bool draw_tenth_due(const struct catalog_banner *banner, size_t highest)
{
	return banner->ten_pull != CATALOG_NONE && highest > (size_t)banner->ten_pull;
}
