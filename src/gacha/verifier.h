/*
 * Replays receipts offline (gacha.md, Every pull can be verified): the commitment, no gap, the
 * chain, every transition and result, every ten-pull whole. Receipts of several players may stand in
 * one file in any mixture; each player's are in order. Does no I/O: lines go in.
 *
 * What cannot be replayed is counted: a catalog that was not given, a seed that is not revealed (by
 * this line, or one before it in the epoch). The chain, the numbers, the continuity of counters, and
 * what a draw of the stated item does to them are checked all the same, as far as they are known.
 * A fault is told once: checking goes on from what the faulty receipt says.
 */
#ifndef GACHA_VERIFIER_H
#define GACHA_VERIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "gacha/catalog.h"

struct verify_fault {
	size_t line;
	struct str text;
};

struct verify_result {
	uint64_t receipts;
	uint64_t unchecked;
	struct verify_fault *faults;
	size_t fault_count;
	size_t faults_left_out; /* beyond VERIFY_FAULTS_MAX */
};

/*
 * Verifies receipts line by line (an empty line, and one whose first key is `kind`, is skipped). Catalogs: those
 * that may be replayed with; borrowed. from_chain NULL: every player's receipts have to begin at n = 1; else the file's
 * first receipt may follow this chain. NULL when the arena is full.
 * A fault is recorded in the result; false only when verifying cannot go on (ERR_INPUT: begins in the middle; ERR_LIMIT:
 * the arena is full).
 */
struct verifier;
struct verifier *verifier_create(struct arena *arena, const struct catalog *const *catalogs, size_t catalog_count,
				 const uint8_t *from_chain);
bool verifier_line(struct verifier *verifier, struct str line, struct err *err);
/* Ends the file (a ten-pull cut short is a fault) and gives the result, which borrows from the arena. */
struct verify_result verifier_finish(struct verifier *verifier);
void verifier_free(struct verifier *verifier);

#endif
