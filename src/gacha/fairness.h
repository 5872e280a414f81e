/*
 * The word stream of a pull (gacha.md, Every pull can be verified): 64-bit words by HMAC-SHA-256 of
 * the player's seed, or by AES-CTR for simulation. One struct serves both, so that the draw code is
 * the same.
 */
#ifndef GACHA_FAIRNESS_H
#define GACHA_FAIRNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/rng.h"
#include "base/str.h"

#define FAIRNESS_SEED_SIZE 32
/* Words that one refill gives at most: a block of HMAC gives 4, AES-CTR fills the buffer. */
#define FAIRNESS_WORDS_MAX 256

struct fairness_stream {
	uint64_t words[FAIRNESS_WORDS_MAX];
	unsigned next, count;
	bool fast;
	uint64_t block;          /* number of the block that the next refill takes */
	struct hash_hmac prefix; /* up to the client seed's end: common to the pulls of one banner */
	char number[24];         /* the pull's number and the bar after it */
	unsigned number_len;
	struct hash_aes_ctr aes;
};

/* C = SHA-256(S). */
void fairness_commit(const uint8_t seed[FAIRNESS_SEED_SIZE], uint8_t commit[HASH_SHA256_SIZE]);

/* What is common to the pulls of one player, epoch, banner, catalog and client seed. fairness_seek has to follow. */
void fairness_init(struct fairness_stream *stream, const uint8_t seed[FAIRNESS_SEED_SIZE], struct str player,
		   uint64_t epoch, struct str banner, struct str catalog_sha256_hex, struct str client_seed);
/* Goes to block 0 of pull n; words left over from the pull before are dropped. */
void fairness_seek(struct fairness_stream *stream, uint64_t n);
/* A fast stream for simulation; fairness_seek is not needed on it. */
void fairness_init_fast(struct fairness_stream *stream, const uint8_t key[16]);

void fairness_refill(struct fairness_stream *stream);

static inline uint64_t fairness_word(struct fairness_stream *stream)
{
	if (stream->next == stream->count)
		fairness_refill(stream);
	return stream->words[stream->next++];
}

/* range(T) of gacha.md: unbiased in [0, total), total ≥ 1. Quick where total is a constant. */
static inline uint64_t fairness_range(struct fairness_stream *stream, uint64_t total)
{
	/* 2^64 mod T; words from 2^64 minus that are rejected. */
	uint64_t rest = (0 - total) % total;
	uint64_t word;

	do
		word = fairness_word(stream);
	while (word > UINT64_MAX - rest);
	return word % total;
}

/* A total whose division is prepared, so that fairness_pick gives what fairness_range gives, without dividing. */
struct fairness_total {
	uint64_t total;
	uint64_t word_max; /* the greatest word that is not rejected */
	uint64_t inverse;  /* floor((2^64 - 1) / total) */
};

static inline struct fairness_total fairness_total_of(uint64_t total)
{
	return (struct fairness_total){total, UINT64_MAX - (0 - total) % total, UINT64_MAX / total};
}

static inline uint64_t fairness_pick(struct fairness_stream *stream, const struct fairness_total *total)
{
	uint64_t word, rest;

	do
		word = fairness_word(stream);
	while (word > total->word_max);
	/* The quotient is short by at most one: word / total - word × inverse / 2^64 is in [0, 1). */
	rest = word - (uint64_t)(((unsigned __int128)word * total->inverse) >> 64) * total->total;
	return rest >= total->total ? rest - total->total : rest;
}

/* Whether a client seed is allowed: 0-64 bytes of UTF-8 without control characters. */
bool fairness_client_seed_valid(struct str seed);

#endif
