/*
 * A player's state; gacha/player_doc.h has its form in the store, gacha/economy.h the ledger that every
 * change of value goes through.
 *
 * Rarities, groups, banners and items are kept by their ids, so a new catalog loses nothing. Everything lives in the
 * arena that the player was made with, or borrows from the document that was read.
 */
#ifndef GACHA_PLAYER_H
#define GACHA_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json_read.h"
#include "base/rng.h"
#include "gacha/catalog.h"
#include "gacha/draw.h"
#include "gacha/fairness.h"
#include "gacha/pity.h"

struct player_item {
	struct str id;
	int64_t count;
	int64_t first_at_s;
	bool favourite;
	struct json rest; /* the entry that was read: what is unknown is copied from it */
};

struct player_spark {
	struct str banner;
	int64_t points;
};

/* Drawn so far of a rarity. */
struct player_drawn {
	struct str rarity;
	int64_t count;
};

/* A trade, or a gift, that waits for the other's answer (gacha/offer.h). What is given is in escrow: out of the inventory. */
struct player_offer {
	struct str id; /* of the interaction that made it, in decimal */
	struct str to; /* player key */
	struct str give;
	int64_t give_count;
	int64_t give_first_s; /* when the player first had it, for its return */
	struct str want;
	int64_t want_count;
	int64_t until_s;      /* Unix seconds: from then on it has expired */
	struct json rest;     /* the entry that was read: what is unknown is copied from it */
};

struct player {
	struct str key;      /* `<user>` or `<guild>/<user>` */
	uint64_t version;    /* of the row that was read; 0: there was none */
	uint64_t replaces;   /* of what stands there instead, after a deletion; 0: nothing */
	int64_t history_after; /* sort number below which rows of the history are those of a deleted player; 0: none */
	int64_t created_at_s;
	int64_t balance;
	int64_t shards;
	int64_t daily_day;   /* days since 1970 in the server's zone; -1 never */
	int64_t streak;      /* claims so far; a missed day pauses it */
	int64_t pulls;
	struct {
		uint64_t epoch; /* from 1 */
		uint8_t seed[FAIRNESS_SEED_SIZE];
		struct str client_seed;
		uint64_t next_n; /* number of the next pull, from 1 */
		uint8_t chain[HASH_SHA256_SIZE];
	} fairness;
	struct pity_book pity;
	struct player_item *items; /* in the order of their ids' bytes */
	size_t item_count, item_capacity;
	struct player_spark *sparks;
	size_t spark_count, spark_capacity;
	struct str wishes[WISHES_MAX]; /* item ids in the order of wishing; the odds do not know them */
	size_t wish_count;
	bool hidden;          /* stands on no leaderboard */
	int64_t pulled_at_ms; /* Unix time of the last pull, to the second; 0 never */
	struct player_drawn *drawn;
	size_t drawn_count, drawn_capacity;
	int64_t tops; /* drawn of the top rarity */
	struct player_offer offers[OFFERS_MAX]; /* oldest first */
	size_t offer_count;
	/* Interactions whose answers may not have arrived, newest first: the bot's outbox (interface.md, Tables). */
	struct str last[EARLIER_ANSWERS_MAX];
	size_t last_count;
	struct json rest; /* the document that was read: what is unknown is copied from it */
	struct arena *arena;
};

/* Key that seals seeds at rest (HOMU_SEED_KEY); NULL where none is configured. */
struct player_seal {
	uint8_t key[32];
	bool set;
};

/*
 * A new player: fresh counters, a seed of its own, an empty client seed. The catalog's start currency is credited
 * through the ledger by the caller (economy_open). key is borrowed.
 */
void player_init(struct player *player, struct arena *arena, struct str key, int64_t now_s, struct rng *rng);
/* The counters of a group, fresh where there are none; and back (false when the arena is full). */
void player_load_pity(const struct player *player, const struct catalog *catalog, struct str group,
		      struct draw_state *state);
bool player_save_pity(struct player *player, const struct catalog *catalog, struct str group,
		      const struct draw_state *state);
/* NULL if the player has none of it. */
const struct player_item *player_find_item(const struct player *player, struct str id);
int64_t player_spark_points(const struct player *player, struct str banner);

/* Drawn so far of a rarity. */
int64_t player_drawn(const struct player *player, struct str rarity);
/* Counts a draw of that rarity; top: the catalog's first. False when the arena is full. */
bool player_count_draw(struct player *player, struct str rarity, bool top);
bool player_wishes(const struct player *player, struct str item);
/* False when there are WISHES_MAX already, or when the arena is full. */
bool player_set_wish(struct player *player, struct str item, bool wished);
/* False if the player has none of it. */
bool player_set_favourite(struct player *player, struct str item, bool favourite);
/* NULL if no such offer of the player is open. */
const struct player_offer *player_find_offer(const struct player *player, struct str id);
/* What leaderboards go by: [0] different items owned, [1] pulls, [2] items drawn of the top rarity. */
#define PLAYER_SCORES 3
void player_scores(const struct player *player, int64_t scores[PLAYER_SCORES]);

/* For economy_change alone: sets a count (a first copy is dated) or points; 0 takes the entry out. False when the arena is full. */
bool player_set_item(struct player *player, struct str id, int64_t count, int64_t now_s);
bool player_set_spark(struct player *player, struct str banner, int64_t points);

/*
 * Reveals the seed of the current epoch (copied to `revealed`) and commits to a new one: epoch + 1, n = 1; the client
 * seed stays. Exports take revealed seeds from the history's rows.
 */
void player_rotate_seed(struct player *player, struct rng *rng, uint8_t revealed[FAIRNESS_SEED_SIZE]);

/* For reading a document: a zeroed entry for its fields, before the one at index or after all others. NULL when the arena is full. */
struct player_item *player_insert_item(struct player *player, size_t index);
struct player_spark *player_append_spark(struct player *player);
struct player_drawn *player_append_drawn(struct player *player);

#endif
