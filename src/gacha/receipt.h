/*
 * Receipts (interface.md, Receipts): their canonical form, the chain, and the replay that verifies
 * them offline.
 */
#ifndef GACHA_RECEIPT_H
#define GACHA_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json_write.h"
#include "gacha/draw.h"

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

/* Sets receipt->chain from the chain before it (zeros at the start of an epoch). */
bool receipt_seal(struct receipt *receipt, const struct catalog *catalog, const uint8_t previous[HASH_SHA256_SIZE],
		  struct arena *arena, struct err *err);
/* The whole object, with chain, and seed when revealed. rarity ids are the catalog's, highest first. */
void receipt_write(const struct receipt *receipt, const struct catalog *catalog, struct json_writer *writer);

struct verify_fault {
	size_t line;
	struct str text;
};

struct verify_result {
	uint64_t receipts;
	uint64_t unchecked;
	struct verify_fault *faults;
	size_t fault_count;
	size_t faults_left_out;
};

/*
 * Verifies receipts line by line (a line whose first key is `kind` is skipped). Catalogs: those
 * that may be replayed with. from_chain NULL: the file has to begin at n = 1.
 * A fault is recorded in the result; false only when verifying cannot go on (ERR_INPUT: begins in the middle).
 */
struct verifier;
struct verifier *verifier_create(struct arena *arena, const struct catalog *const *catalogs, size_t catalog_count,
				 const uint8_t *from_chain);
bool verifier_line(struct verifier *verifier, struct str line, struct err *err);
/* Ends the file (a ten-pull cut short is a fault) and gives the result, which borrows from the arena. */
struct verify_result verifier_finish(struct verifier *verifier);
void verifier_free(struct verifier *verifier);

#endif
