#include "gacha/pull.h"

#include <string.h>

/* What the draws of one pull share. */
struct pulling {
	const struct catalog *catalog;
	const struct catalog_banner *banner;
	struct player *player;
	struct ledger *ledger;
	struct str interaction;
	int64_t now_s;
	struct fairness_stream stream;
	uint8_t commit[HASH_SHA256_SIZE];
	struct pull_result *result;
};

/* The item, or its shards where the player has it already; and the spark point. */
static bool book(struct pulling *pulling, struct pull_item *pulled, struct err *err)
{
	const struct catalog_item *item = &pulling->catalog->items[pulled->item];

	pulled->is_new = !player_find_item(pulling->player, item->id);
	pulled->shards = pulled->is_new ? 0 : pulling->catalog->rarities[pulled->rarity].shards;
	if (!economy_change(pulling->player, pulling->ledger, ACCOUNT_ITEM, item->id, 1, "pull", pulling->now_s, err))
		return false;
	if (pulled->shards > 0 && !economy_change(pulling->player, pulling->ledger, ACCOUNT_SHARDS, STR_EMPTY,
						  pulled->shards, "duplicate", pulling->now_s, err))
		return false;
	return pulling->banner->spark_cost == CATALOG_NONE ||
	       economy_change(pulling->player, pulling->ledger, ACCOUNT_SPARK, pulling->banner->id, 1, "pull",
			      pulling->now_s, err);
}

static bool draw(struct pulling *pulling, unsigned slot, bool tenth_due, struct err *err)
{
	struct pull_result *result = pulling->result;
	struct player *player = pulling->player;
	struct receipt *receipt = &result->receipts[result->count];
	struct pull_item *pulled = &result->items[result->count];
	struct draw_result drawn;

	*receipt = (struct receipt){
		.player = player->key,
		.epoch = player->fairness.epoch,
		.client_seed = player->fairness.client_seed,
		.n = player->fairness.next_n,
		.slot = slot,
		.banner = pulling->banner->id,
		.catalog = str_from(pulling->catalog->sha256_hex),
		.before = result->state,
		.at_s = pulling->now_s,
		.interaction = pulling->interaction,
	};
	memcpy(receipt->commit, pulling->commit, sizeof(receipt->commit));
	fairness_seek(&pulling->stream, receipt->n);
	drawn = draw_once(pulling->banner, &result->state, tenth_due, &pulling->stream);
	receipt->after = result->state;
	receipt->result = pulling->catalog->items[drawn.item].id;
	if (!receipt_seal(receipt, pulling->catalog, player->fairness.chain, err))
		return false;
	memcpy(player->fairness.chain, receipt->chain, sizeof(receipt->chain));
	player->fairness.next_n++;
	player->pulls++;
	*pulled = (struct pull_item){.item = drawn.item, .rarity = drawn.rarity, .featured = drawn.featured};
	result->count++;
	if (!player_count_draw(player, pulling->catalog->rarities[drawn.rarity].id, drawn.rarity == 0))
		return arena_check(player->arena, "a player", err);
	return book(pulling, pulled, err);
}

/* One, or ten of which the last knows the best of the nine before. */
static bool draw_all(struct pulling *pulling, unsigned count, struct err *err)
{
	size_t highest = SIZE_MAX;

	for (unsigned i = 0; i < count; i++) {
		bool tenth_due = count > 1 && i + 1 == count && draw_tenth_due(pulling->banner, highest);

		if (!draw(pulling, count > 1 ? i + 1 : 0, tenth_due, err))
			return false;
		if (pulling->result->items[i].rarity < highest)
			highest = pulling->result->items[i].rarity;
	}
	return true;
}

bool pull_make(const struct catalog *catalog, const struct catalog_banner *banner, unsigned count,
	       struct player *player, struct ledger *ledger, struct str interaction, int64_t now_s,
	       struct pull_result *result, struct arena *arena, struct err *err)
{
	struct pulling pulling = {
		.catalog = catalog,
		.banner = banner,
		.player = player,
		.ledger = ledger,
		.interaction = arena_str(arena, interaction),
		.now_s = now_s,
		.result = result,
	};

	if (count != 1 && count != PULL_COUNT_MAX)
		return err_set(err, ERR_USAGE, "pulls are made by 1 or by %d, not by %u", PULL_COUNT_MAX, count);
	*result = (struct pull_result){.cost = count == 1 ? banner->cost_one : banner->cost_ten};
	if (result->cost == CATALOG_NONE)
		return err_set(err, ERR_NOT_FOUND, "banner '%.*s' has no pull of ten", STR_ARG(banner->id));
	if (player->fairness.next_n > (uint64_t)GACHA_INTEGER_MAX - count || player->pulls > GACHA_INTEGER_MAX - count)
		return err_set(err, ERR_LIMIT, "player %.*s has no number left for another pull", STR_ARG(player->key));
	if (result->cost > 0 &&
	    !economy_change(player, ledger, ACCOUNT_BALANCE, STR_EMPTY, -result->cost, "pull", now_s, err))
		return false;
	fairness_commit(player->fairness.seed, pulling.commit);
	fairness_init(&pulling.stream, player->fairness.seed, player->key, player->fairness.epoch, banner->id,
		      str_from(catalog->sha256_hex), player->fairness.client_seed);
	player->pulled_at_ms = now_s * 1000;
	player_load_pity(player, catalog, banner->pity_group, &result->state);
	if (!draw_all(&pulling, count, err))
		return false;
	return (player_save_pity(player, catalog, banner->pity_group, &result->state) ||
		arena_check(player->arena, "a player", err)) &&
	       arena_check(arena, "a pull", err);
}
