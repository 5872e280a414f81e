/*
 * BearSSL's SHA-256, HMAC-SHA-256, SHA-1 (WebSocket handshakes alone), AES-CTR and AES-GCM behind names of our own. States are plain values:
 * copying one keeps what was hashed so far, which is how a common prefix is hashed once.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define HASH_SHA256_SIZE 32

struct hash_sha256 {
	uint64_t opaque[16]; /* room for BearSSL's br_sha256_context, asserted in hash.c */
};

void hash_sha256_init(struct hash_sha256 *state);
void hash_sha256_update(struct hash_sha256 *state, struct str data);
void hash_sha256_out(const struct hash_sha256 *state, uint8_t out[HASH_SHA256_SIZE]);
void hash_sha256(struct str data, uint8_t out[HASH_SHA256_SIZE]); /* at once */

/* For the WebSocket handshake (RFC 6455, 4.2.2) alone: SHA-1 protects nothing. */
#define HASH_SHA1_SIZE 20
void hash_sha1(struct str data, uint8_t out[HASH_SHA1_SIZE]);

/* Inner and outer states of one key; copy it to go on from a common prefix. */
struct hash_hmac {
	struct hash_sha256 inner;
	struct hash_sha256 outer;
};

void hash_hmac_init(struct hash_hmac *state, struct str key);
void hash_hmac_update(struct hash_hmac *state, struct str data);
void hash_hmac_out(const struct hash_hmac *state, uint8_t out[HASH_SHA256_SIZE]);
void hash_hmac(struct str key, struct str data, uint8_t out[HASH_SHA256_SIZE]); /* at once */

/* AES-128-CTR key stream, AES-NI where the processor has it. For simulation only. */
struct hash_aes_ctr {
	uint64_t opaque[40]; /* asserted in hash.c */
	uint8_t iv[12];
	uint32_t counter;
};

void hash_aes_ctr_init(struct hash_aes_ctr *state, const uint8_t key[16], const uint8_t iv[12]);
/* The next `len` bytes of key stream; len a multiple of 16. The IV moves on by itself past 2^32 blocks. */
void hash_aes_ctr_fill(struct hash_aes_ctr *state, void *out, size_t len);

/* AES-256-GCM with a fixed context string as associated data: seals what must not be read at rest. */
void hash_seal(const uint8_t key[32], const uint8_t nonce[12], struct str context, struct str plain,
	       uint8_t *out /* plain.len + 16 */);
/* False when it was sealed otherwise, or changed since; out is wiped then. */
bool hash_open(const uint8_t key[32], const uint8_t nonce[12], struct str context, struct str sealed,
	       uint8_t *out /* sealed.len - 16 */);

#endif
