/*
 * The player's document: what is read is written in a form that reads as the same player, whose values are within their
 * bounds, and from which a seed can be rotated, points settled and offers ended.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "gacha/exchange.h"
#include "gacha/offer.h"
#include "gacha/player_doc.h"

enum { ARENA_BYTES = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_values(const struct player *player)
{
	require(player->balance >= 0 && player->shards >= 0 && player->pulls >= 0 && player->tops >= 0);
	require(player->fairness.epoch >= 1 && player->fairness.next_n >= 1);
	for (size_t i = 0; i < player->item_count; i++) {
		require(player->items[i].count >= 1);
		require(player_find_item(player, player->items[i].id) == &player->items[i]);
	}
	for (size_t i = 0; i < player->wish_count; i++)
		require(player_wishes(player, player->wishes[i]));
	for (size_t i = 0; i < player->offer_count; i++) {
		require(player->offers[i].give_count >= 1);
		require(player->offers[i].want.len > 0 && player->offers[i].want_count > 0);
	}
}

static struct str encode(const struct player *player, struct rng *rng, struct arena *arena)
{
	struct buf out;
	struct str text;

	buf_init(&out, ARENA_BYTES);
	player_encode(player, NULL, rng, &out);
	require(!out.full);
	text = arena_str(arena, buf_str(&out));
	buf_release(&out);
	return text;
}

static void change(struct player *player)
{
	static const struct catalog empty;
	static struct ledger ledger;
	size_t offers = player->offer_count;

	ledger.count = 0;
	require(offer_expire_all(player, &ledger, INT64_MAX) + player->offer_count == offers);
	require(exchange_settle(player, &ledger, &empty, 1) <= SETTLE_BANNERS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct player player, again;
	struct arena arena;
	struct str text;
	struct rng rng;
	struct err err;

	arena_init(&arena, ARENA_BYTES);
	rng_init_seed(&rng, "fuzz", 4);
	if (player_decode(&player, &arena, STR("7"), 1, str_make((const char *)data, size), NULL, &err)) {
		check_values(&player);
		text = encode(&player, &rng, &arena);
		require(player_decode(&again, &arena, STR("7"), 1, text, NULL, &err));
		require(str_eq(encode(&again, &rng, &arena), text));
		change(&again);
		check_values(&again);
		require(player_decode(&again, &arena, STR("7"), 1, encode(&again, &rng, &arena), NULL, &err));
	} else {
		require(err.code == ERR_INPUT || err.code == ERR_CONFIG || err.code == ERR_LIMIT);
	}
	arena_release(&arena);
	return 0;
}
