/*
 * Random bytes: HMAC_DRBG (SP 800-90A) of SHA-256 over base/hash, seeded from getrandom(2) (not
 * BearSSL's, whose SHA-256 does not take the processor's instructions). One per process, owned by the bot or a command; a test seeds its own. Not for the draws: those use gacha/fairness.
 */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

struct rng {
	uint8_t k[HASH_SHA256_SIZE];
	uint8_t v[HASH_SHA256_SIZE];
	uint32_t reseed_left; /* calls until fresh entropy is mixed in; 0 never (seeded by a test) */
};

bool rng_init(struct rng *rng, struct err *err);
void rng_init_seed(struct rng *rng, const void *seed, size_t len);
void rng_bytes(struct rng *rng, void *out, size_t len);
uint64_t rng_u64(struct rng *rng);
/* Uniform in [0, bound), without bias; bound > 0. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

#endif
