#include "bot/cmd_plan.h"

#include "bot/odds_text.h"
#include "bot/show.h"
#include "gacha/banner.h"

/* Open banners that a plan compares, and the sum of the work after which it begins with none more; further ones are counted. */
#define PLAN_BANNERS_MAX 8
#define PLAN_WORK_MAX ODDS_WAIT_WORK_MAX
/* Banners named beside the best one. */
#define PLAN_OTHERS_MAX 3

struct candidate {
	const struct catalog_banner *banner;
	struct draw_state state;
	struct odds_target target;
	double expected; /* pulls */
};

struct plan {
	const struct catalog_item *item;
	struct candidate list[PLAN_BANNERS_MAX];
	size_t count;
	size_t best; /* the least expected cost */
	size_t left_out;
};

static double expected_cost(const struct candidate *candidate)
{
	return candidate->expected * (double)candidate->banner->cost_one;
}

static bool is_better(const struct candidate *a, const struct candidate *b)
{
	if (expected_cost(a) < expected_cost(b) || expected_cost(a) > expected_cost(b))
		return expected_cost(a) < expected_cost(b);
	return a->expected < b->expected;
}

static bool find_candidates(const struct turn *turn, struct plan *plan, struct err *err)
{
	uint32_t index = (uint32_t)(plan->item - turn->catalog->items);
	uint64_t work = 0;

	for (size_t i = 0; i < turn->catalog->banner_count; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];
		struct candidate *candidate = &plan->list[plan->count];
		struct arena_mark mark = arena_mark(turn->arena);
		struct odds_passage passage;

		if (!banner_is_open(banner, turn->now_ms) || !banner_can_give(turn->catalog, banner, index))
			continue;
		if (plan->count == PLAN_BANNERS_MAX || work >= PLAN_WORK_MAX) {
			plan->left_out++;
			continue;
		}
		candidate->banner = banner;
		player_load_pity(turn->player, turn->catalog, banner->pity_group, &candidate->state);
		odds_target_item(turn->catalog, banner, index, &candidate->target);
		/* The expectation alone: how it is spread is worked out for the best one. */
		if (!odds_passage_init(&passage, banner, &candidate->state, &candidate->target, turn->arena, err))
			return false;
		arena_rewind(turn->arena, mark);
		work += passage.walked;
		if (!passage.possible)
			continue;
		candidate->expected = passage.expected;
		if (is_better(candidate, &plan->list[plan->best]))
			plan->best = plan->count;
		plan->count++;
	}
	return true;
}

/* Pulls that the balance buys, by tens where these are cheaper; -1 where a pull costs nothing. */
static int64_t affordable(int64_t balance, const struct catalog_banner *banner)
{
	int64_t tens = 0;

	if (banner->cost_one == 0 || banner->cost_ten == 0)
		return -1;
	if (banner->cost_ten != CATALOG_NONE && banner->cost_ten / 10 < banner->cost_one) {
		tens = balance / banner->cost_ten;
		balance %= banner->cost_ten;
	}
	return 10 * tens + balance / banner->cost_one;
}

static struct str ask_line(const struct turn *turn, const struct odds_ask *ask)
{
	return turn_say(turn, "within %.*s: **%s%.*s**", "%.*s 回以内: **%s%.*s**",
			STR_ARG(turn_number(turn, (int64_t)ask->pulls)), ask->known ? "" : "≥ ",
			STR_ARG(odds_text_percent(turn, ask->chance)));
}

static void add_others(const struct turn *turn, const struct plan *plan, struct buf *out)
{
	size_t shown = 0;

	for (size_t i = 0; i < plan->count && shown < PLAN_OTHERS_MAX; i++) {
		if (i == plan->best)
			continue;
		shown++;
		odds_text_add_line(out, turn_say(turn, "• %.*s: %.*s pulls on average", "• %.*s: 平均 %.*s 回",
				       STR_ARG(odds_text_banner(turn, plan->list[i].banner)),
				       STR_ARG(odds_text_pulls(turn, plan->list[i].expected))));
	}
	if (plan->count + plan->left_out > shown + 1)
		odds_text_add_line(out, turn_say(turn, "• and %zu more", "• ほか %zu 件", plan->count + plan->left_out - shown - 1));
}

static bool add_chances(struct turn *turn, const struct plan *plan, int64_t pulls, struct embed *embed, struct err *err)
{
	const struct candidate *best = &plan->list[plan->best];
	int64_t buys = affordable(turn->player->balance, best->banner);
	struct odds_ask asks[2] = {{.pulls = (uint64_t)pulls}, {.pulls = buys > 0 ? (uint64_t)buys : 0}};
	struct buf chances = turn_buf(turn, FIELD_BYTES_MAX);
	struct str pity = show_pity(turn, best->banner, &best->state);
	struct odds_wait wait;

	if (!odds_target_wait(best->banner, &best->state, &best->target, &wait, asks, 2, turn->arena, err))
		return false;
	if (pulls > 0)
		odds_text_add_line(&chances, ask_line(turn, &asks[0]));
	odds_text_add_line(&chances, odds_text_wait(turn, &wait));
	embed_field(embed, turn_say(turn, "From your counters", "あなたのカウンターから"), buf_str(&chances), false);
	if (pity.len > 0)
		embed_field(embed, turn_say(turn, "Your pity", "あなたの天井"), pity, true);
	if (buys >= 0)
		embed_field(embed, turn_say(turn, "Your balance", "残高"),
			    turn_say(turn, "%.*s, enough for %.*s pulls\n%.*s", "%.*s（%.*s 回分）\n%.*s",
				     STR_ARG(turn_money(turn, turn->player->balance)), STR_ARG(turn_number(turn, buys)),
				     STR_ARG(ask_line(turn, &asks[1]))),
			    true);
	return true;
}

static bool sparks_item(const struct catalog_banner *banner, uint32_t item)
{
	for (size_t i = 0; banner->spark_cost != CATALOG_NONE && i < banner->spark_count; i++)
		if (banner->spark_items[i] == item)
			return true;
	return false;
}

static struct str exchange_text(const struct turn *turn, const struct catalog_item *item)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);
	size_t shown = 0;

	if (item->price != CATALOG_NONE)
		odds_text_add_line(&out, turn_say(turn, "🔹 %.*s shards (you have %.*s)", "🔹 かけら %.*s（所持 %.*s）",
					STR_ARG(turn_number(turn, item->price)),
					STR_ARG(turn_number(turn, turn->player->shards))));
	for (size_t i = 0; i < turn->catalog->banner_count && shown < PLAN_OTHERS_MAX; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];

		if (!banner_is_open(banner, turn->now_ms) || !sparks_item(banner, (uint32_t)(item - turn->catalog->items)))
			continue;
		shown++;
		odds_text_add_line(&out, turn_say(turn, "%.*s points of %.*s (you have %.*s)", "交換ポイント %.*s：%.*s（所持 %.*s）",
					STR_ARG(turn_number(turn, banner->spark_cost)), STR_ARG(odds_text_banner(turn, banner)),
					STR_ARG(turn_number(turn, player_spark_points(turn->player, banner->id)))));
	}
	if (out.len == 0)
		return turn_say(turn, "It cannot be exchanged for.", "交換では手に入りません。");
	return buf_str(&out);
}

static bool show_plan(struct turn *turn, const struct plan *plan, int64_t pulls, struct err *err)
{
	const struct player_item *owned = player_find_item(turn->player, plan->item->id);
	struct embed *embed = message_embed(&turn->message);
	struct buf text = turn_buf(turn, PAGE_BYTES_MAX);

	if (!embed)
		return arena_check(turn->arena, "the plan", err);
	embed->title = turn_say(turn, "Plan · %.*s · %.*s", "計画 · %.*s · %.*s", STR_ARG(odds_text_rarity(turn, plan->item->rarity)),
				STR_ARG(odds_text_item(turn, plan->item)));
	embed->color = turn->catalog->rarities[plan->item->rarity].color;
	if (plan->count == 0) {
		odds_text_add_line(&text, turn_say(turn, "No banner that is open now can give it.", "開催中のガチャからは出ません。"));
	} else {
		const struct candidate *best = &plan->list[plan->best];

		odds_text_add_line(&text, turn_say(turn, "Best on **%.*s** (`%.*s`)%s", "おすすめは **%.*s**（`%.*s`）%s",
					 STR_ARG(odds_text_banner(turn, best->banner)), STR_ARG(best->banner->id),
					 best->target.featured > 0 ? " 🎯" : ""));
		add_others(turn, plan, &text);
		if (!add_chances(turn, plan, pulls, embed, err))
			return false;
	}
	if (owned && owned->count > 0)
		odds_text_add_line(&text, turn_say(turn, "You have %.*s already.", "すでに %.*s 個持っています。",
					 STR_ARG(turn_number(turn, owned->count))));
	embed->description = buf_str(&text);
	embed_field(embed, turn_say(turn, "Exchange", "交換"), exchange_text(turn, plan->item), true);
	embed->footer = turn_say(turn, "Counted as single pulls", "1回ずつ引いた場合の値です");
	return true;
}

bool cmd_plan_show(struct turn *turn, struct err *err)
{
	int64_t pulls = turn_option_integer(turn, "pulls", 0);
	bool was_given = interaction_option(turn->interaction, "pulls") != NULL;
	const struct catalog_item *item = turn_find_item(turn, turn_option_text(turn, "item"));
	struct plan *plan = ARENA_NEW(turn->arena, struct plan);
	struct arena_mark mark = arena_mark(turn->arena);

	if (!plan)
		return arena_check(turn->arena, "the plan", err);
	if (!item)
		return odds_text_refuse_item(turn);
	if (was_given && (pulls < 1 || pulls > CMD_PLAN_PULLS_MAX))
		return turn_refuse(turn, "The number of pulls is 1 to %d. Try `/gacha plan` again with such a number.",
				   "回数は 1〜%d です。`/gacha plan` をもう一度お試しください。", CMD_PLAN_PULLS_MAX);
	plan->item = item;
	if (!find_candidates(turn, plan, err) || !show_plan(turn, plan, pulls, err))
		return odds_text_refuse_limit(turn, mark, err);
	return true;
}
