/*
 * Receipts (interface.md, Receipts): their form, and the chain. gacha/verifier.h replays them.
 *
 * Reading refuses what is not of the form and names the member; whether a receipt is true is not asked here. What is
 * read borrows from the document and the arena.
 */
#ifndef GACHA_RECEIPT_H
#define GACHA_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json_write.h"
#include "gacha/draw.h"

/* The members, in their order. The first ones up to RECEIPT_HASHED_COUNT are the canonical form. */
enum receipt_member {
	RECEIPT_V,
	RECEIPT_PLAYER,
	RECEIPT_EPOCH,
	RECEIPT_COMMIT,
	RECEIPT_CLIENT_SEED,
	RECEIPT_N,
	RECEIPT_SLOT,
	RECEIPT_BANNER,
	RECEIPT_CATALOG,
	RECEIPT_BEFORE,
	RECEIPT_RESULT,
	RECEIPT_AFTER,
	RECEIPT_AT,
	RECEIPT_INTERACTION,
	RECEIPT_HASHED_COUNT,
	RECEIPT_CHAIN = RECEIPT_HASHED_COUNT,
	RECEIPT_SEED,
	RECEIPT_MEMBER_COUNT
};

/* Static. */
const char *receipt_member_name(enum receipt_member member);

struct receipt {
	struct str player;
	uint64_t epoch;
	uint8_t commit[HASH_SHA256_SIZE];
	struct str client_seed;
	uint64_t n;
	unsigned slot; /* 0 single, 1-10 */
	struct str banner;
	struct str catalog; /* SHA-256 in hex */
	struct draw_state before, after;
	struct str result; /* item id */
	int64_t at_s;
	struct str interaction;
	uint8_t chain[HASH_SHA256_SIZE];
	bool revealed;
	uint8_t seed[FAIRNESS_SEED_SIZE];
};

/* Sets receipt->chain from the chain before it (zeros at the start of an epoch). ERR_LIMIT beyond RECEIPT_BYTES_MAX. */
bool receipt_seal(struct receipt *receipt, const struct catalog *catalog, const uint8_t previous[HASH_SHA256_SIZE],
		  struct err *err);
/* The whole object, with chain, and seed when revealed. rarity ids are the catalog's, highest first. */
void receipt_write(const struct receipt *receipt, const struct catalog *catalog, struct json_writer *writer);
/* A receipt that was stored, as it is, but with the seed of its epoch, which has been revealed since. */
void receipt_write_revealed(struct json stored, const uint8_t seed[FAIRNESS_SEED_SIZE], struct json_writer *writer);

/*
 * Takes a receipt apart that was read. NULL, or the name of the member that is missing or not of its form. before and
 * after are left for receipt_read_state, which needs the catalog. Borrows from the document and the arena.
 */
const char *receipt_read(struct json root, struct json members[RECEIPT_MEMBER_COUNT], struct receipt *receipt,
			 struct arena *arena);
/* A state by the catalog's rarities; false unless it has exactly these, highest first. */
bool receipt_read_state(struct json state, const struct catalog *catalog, struct draw_state *out, struct arena *arena);

/* SHA-256 of the chain before and the canonical form. */
void receipt_chain(const uint8_t previous[HASH_SHA256_SIZE], struct str canonical, uint8_t chain[HASH_SHA256_SIZE]);

#endif
