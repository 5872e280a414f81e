/*
 * A player's state, its form in the store, and the ledger that every change of value goes through.
 *
 * The document is one JSON object (a row of discord_users). Members that this version does not know
 * are kept as they are. Rarities, groups, banners and items are kept by their ids, so a new catalog
 * loses nothing.
 */
#ifndef GACHA_PLAYER_H
#define GACHA_PLAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/json_write.h"
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

struct player {
	struct str key;      /* `<user>` or `<guild>/<user>` */
	uint64_t version;    /* of the row that was read; 0: there was none */
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
/*
 * Borrows key and doc, which live as long as the player. ERR_INPUT for a document that is not of the form; ERR_CONFIG
 * when its seed is sealed and the key is missing or another; ERR_LIMIT when the arena is full.
 */
bool player_decode(struct player *player, struct arena *arena, struct str key, uint64_t version, struct str doc,
		   const struct player_seal *seal, struct err *err);
/* Writes the document. rng gives the nonce when sealing. */
void player_encode(const struct player *player, const struct player_seal *seal, struct rng *rng, struct buf *out);

/* The counters of a group, fresh where there are none; and back (false when the arena is full). */
void player_load_pity(const struct player *player, const struct catalog *catalog, struct str group,
		      struct draw_state *state);
bool player_save_pity(struct player *player, const struct catalog *catalog, struct str group,
		      const struct draw_state *state);
/* NULL if the player has none of it. */
const struct player_item *player_find_item(const struct player *player, struct str id);
int64_t player_spark_points(const struct player *player, struct str banner);

/* For economy_change alone: sets a count (0 takes the item out; a first copy is dated) or points. False when the arena is full. */
bool player_set_item(struct player *player, struct str id, int64_t count, int64_t now_s);
bool player_set_spark(struct player *player, struct str banner, int64_t points);

/*
 * Reveals the seed of the current epoch (copied to `revealed`) and commits to a new one: epoch + 1, n = 1; the client
 * seed stays. Exports take revealed seeds from the history's rows.
 */
void player_rotate_seed(struct player *player, struct rng *rng, uint8_t revealed[FAIRNESS_SEED_SIZE]);

#endif
