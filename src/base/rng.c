#include "base/rng.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/limits.h"
#include "base/secret.h"

/* SP 800-90A 10.1.2: HMAC_DRBG with SHA-256, at most 2^19 bits a request (table 2). */
#define REQUEST_BYTES_MAX 65536
#define SEED_BYTES 48 /* 256 bits of entropy and a nonce of half that */

static struct str bytes_of(const uint8_t bytes[HASH_SHA256_SIZE])
{
	return str_make((const char *)bytes, HASH_SHA256_SIZE);
}

static void next_v(struct rng *rng)
{
	hash_hmac(bytes_of(rng->k), bytes_of(rng->v), rng->v);
}

/* 10.1.2.2, one of its two rounds. */
static void mix(struct rng *rng, char round, struct str data)
{
	struct hash_hmac hmac;

	hash_hmac_init(&hmac, bytes_of(rng->k));
	hash_hmac_update(&hmac, bytes_of(rng->v));
	hash_hmac_update(&hmac, str_make(&round, 1));
	hash_hmac_update(&hmac, data);
	hash_hmac_out(&hmac, rng->k);
	secret_wipe(&hmac, sizeof(hmac));
	next_v(rng);
}

static void update(struct rng *rng, struct str data)
{
	mix(rng, 0, data);
	if (data.len)
		mix(rng, 1, data);
}

static bool read_entropy(uint8_t out[SEED_BYTES])
{
	size_t done = 0;

	while (done < SEED_BYTES) {
		ssize_t got = getrandom(out + done, SEED_BYTES - done, 0);

		if (got < 0 && errno != EINTR)
			return false;
		if (got > 0)
			done += (size_t)got;
	}
	return true;
}

bool rng_init(struct rng *rng, struct err *err)
{
	uint8_t seed[SEED_BYTES];

	if (!read_entropy(seed))
		return err_set(err, ERR_IO, "the kernel gives no random bytes (getrandom): %s", strerror(errno));
	rng_init_seed(rng, seed, sizeof(seed));
	rng->reseed_left = RNG_RESEED_CALLS;
	secret_wipe(seed, sizeof(seed));
	return true;
}

void rng_init_seed(struct rng *rng, const void *seed, size_t len)
{
	memset(rng->k, 0x00, sizeof(rng->k));
	memset(rng->v, 0x01, sizeof(rng->v));
	rng->reseed_left = 0;
	update(rng, str_make(seed, len));
}

/* The state stays as good as it was should the kernel refuse. */
static void reseed(struct rng *rng)
{
	uint8_t seed[SEED_BYTES];

	if (read_entropy(seed))
		update(rng, str_make((const char *)seed, sizeof(seed)));
	secret_wipe(seed, sizeof(seed));
	rng->reseed_left = RNG_RESEED_CALLS;
}

static void generate(struct rng *rng, uint8_t *out, size_t len)
{
	if (rng->reseed_left && --rng->reseed_left == 0)
		reseed(rng);
	for (size_t done = 0; done < len; done += HASH_SHA256_SIZE) {
		size_t part = len - done < HASH_SHA256_SIZE ? len - done : HASH_SHA256_SIZE;

		next_v(rng);
		memcpy(out + done, rng->v, part);
	}
	update(rng, STR_EMPTY);
}

void rng_bytes(struct rng *rng, void *out, size_t len)
{
	uint8_t *at = out;

	while (len) {
		size_t part = len < REQUEST_BYTES_MAX ? len : REQUEST_BYTES_MAX;

		generate(rng, at, part);
		at += part;
		len -= part;
	}
}

uint64_t rng_u64(struct rng *rng)
{
	uint64_t value;

	rng_bytes(rng, &value, sizeof(value));
	return value;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
	uint64_t excess; /* 2^64 mod bound: the values above the last whole multiple */
	uint64_t value;

	assert(bound > 0);
	excess = (0 - bound) % bound;
	do
		value = rng_u64(rng);
	while (value > UINT64_MAX - excess);
	return value % bound;
}
