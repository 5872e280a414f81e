#include "base/hash.h"

#include <assert.h>
#include <bearssl_aead.h>
#include <bearssl_block.h>
#include <bearssl_hash.h>
#include <string.h>

#include "base/secret.h"
#include "base/sha_ni.h"

_Static_assert(sizeof(br_sha256_context) <= sizeof(struct hash_sha256), "hash_sha256 has no room");

static br_sha256_context *sha256_of(struct hash_sha256 *state)
{
	return (br_sha256_context *)(void *)state->opaque;
}

void hash_sha256_init(struct hash_sha256 *state)
{
	br_sha256_init(sha256_of(state));
}

#define SHA256_BLOCK 64

/* Both ways below keep BearSSL's context, so that a state may go on by either. */
static void update_native(br_sha256_context *context, const uint8_t *data, size_t len)
{
	size_t used = context->count % SHA256_BLOCK;

	context->count += len;
	if (used) {
		size_t more = len < SHA256_BLOCK - used ? len : SHA256_BLOCK - used;

		memcpy(context->buf + used, data, more);
		if (used + more < SHA256_BLOCK)
			return;
		sha_ni_blocks(context->val, context->buf, 1);
		data += more;
		len -= more;
	}
	sha_ni_blocks(context->val, data, len / SHA256_BLOCK);
	memcpy(context->buf, data + (len - len % SHA256_BLOCK), len % SHA256_BLOCK);
}

/* Padding of FIPS 180-4, 5.1.1. */
static void out_native(const br_sha256_context *context, uint8_t out[HASH_SHA256_SIZE])
{
	uint8_t blocks[2 * SHA256_BLOCK] = {0};
	size_t used = context->count % SHA256_BLOCK;
	size_t count = used < SHA256_BLOCK - sizeof(uint64_t) ? 1 : 2;
	uint64_t bits = __builtin_bswap64(context->count * 8);
	uint32_t value[8];

	memcpy(blocks, context->buf, used);
	blocks[used] = 0x80;
	memcpy(blocks + count * SHA256_BLOCK - sizeof(bits), &bits, sizeof(bits));
	memcpy(value, context->val, sizeof(value));
	sha_ni_blocks(value, blocks, count);
	for (size_t i = 0; i < 8; i++) {
		uint32_t word = __builtin_bswap32(value[i]);

		memcpy(out + i * sizeof(word), &word, sizeof(word));
	}
}

void hash_sha256_update(struct hash_sha256 *state, struct str data)
{
	if (data.len == 0)
		return;
	if (sha_ni_found())
		update_native(sha256_of(state), (const uint8_t *)data.ptr, data.len);
	else
		br_sha256_update(sha256_of(state), data.ptr, data.len);
}

void hash_sha256_out(const struct hash_sha256 *state, uint8_t out[HASH_SHA256_SIZE])
{
	const br_sha256_context *context = (const br_sha256_context *)(const void *)state->opaque;

	if (sha_ni_found())
		out_native(context, out);
	else
		br_sha256_out(context, out);
}

void hash_sha256(struct str data, uint8_t out[HASH_SHA256_SIZE])
{
	struct hash_sha256 state;

	hash_sha256_init(&state);
	hash_sha256_update(&state, data);
	hash_sha256_out(&state, out);
}

void hash_sha1(struct str data, uint8_t out[HASH_SHA1_SIZE])
{
	br_sha1_context state;

	br_sha1_init(&state);
	br_sha1_update(&state, data.ptr, data.len);
	br_sha1_out(&state, out);
}

/* ---- HMAC (RFC 2104) ---- */

static void begin_pad(struct hash_sha256 *state, const uint8_t key[SHA256_BLOCK], uint8_t pad)
{
	uint8_t block[SHA256_BLOCK];

	for (size_t i = 0; i < SHA256_BLOCK; i++)
		block[i] = key[i] ^ pad;
	hash_sha256_init(state);
	hash_sha256_update(state, str_make((const char *)block, sizeof(block)));
	secret_wipe(block, sizeof(block));
}

void hash_hmac_init(struct hash_hmac *state, struct str key)
{
	uint8_t block[SHA256_BLOCK] = {0};

	if (key.len > SHA256_BLOCK)
		hash_sha256(key, block);
	else if (key.len)
		memcpy(block, key.ptr, key.len);
	begin_pad(&state->inner, block, 0x36);
	begin_pad(&state->outer, block, 0x5C);
	secret_wipe(block, sizeof(block));
}

void hash_hmac_update(struct hash_hmac *state, struct str data)
{
	hash_sha256_update(&state->inner, data);
}

void hash_hmac_out(const struct hash_hmac *state, uint8_t out[HASH_SHA256_SIZE])
{
	struct hash_sha256 outer = state->outer;

	hash_sha256_out(&state->inner, out);
	hash_sha256_update(&outer, str_make((const char *)out, HASH_SHA256_SIZE));
	hash_sha256_out(&outer, out);
}

void hash_hmac(struct str key, struct str data, uint8_t out[HASH_SHA256_SIZE])
{
	struct hash_hmac state;

	hash_hmac_init(&state, key);
	hash_hmac_update(&state, data);
	hash_hmac_out(&state, out);
	secret_wipe(&state, sizeof(state));
}

/* ---- AES ---- */

_Static_assert(sizeof(br_aes_gen_ctr_keys) <= sizeof(((struct hash_aes_ctr *)0)->opaque), "hash_aes_ctr has no room");

/* AES-NI where the processor has it, else the constant-time 64-bit code. */
static const br_block_ctr_class *aes_class(void)
{
	const br_block_ctr_class *native = br_aes_x86ni_ctr_get_vtable();

	return native ? native : &br_aes_ct64_ctr_vtable;
}

static const br_block_ctr_class **keys_of(struct hash_aes_ctr *state)
{
	return (const br_block_ctr_class **)(void *)state->opaque;
}

void hash_aes_ctr_init(struct hash_aes_ctr *state, const uint8_t key[16], const uint8_t iv[12])
{
	memset(state, 0, sizeof(*state));
	aes_class()->init(keys_of(state), key, 16);
	memcpy(state->iv, iv, sizeof(state->iv));
}

static void next_iv(struct hash_aes_ctr *state)
{
	for (size_t i = sizeof(state->iv); i-- > 0;)
		if (++state->iv[i])
			break;
}

void hash_aes_ctr_fill(struct hash_aes_ctr *state, void *out, size_t len)
{
	uint8_t *at = out;

	assert(len % 16 == 0);
	memset(out, 0, len);
	while (len) {
		uint64_t until_wrap = ((UINT64_C(1) << 32) - state->counter) * 16;
		size_t part = len < until_wrap ? len : (size_t)until_wrap;
		const br_block_ctr_class **keys = keys_of(state);

		state->counter = (*keys)->run(keys, state->iv, state->counter, at, part);
		if (part == until_wrap)
			next_iv(state);
		at += part;
		len -= part;
	}
}

#define GCM_TAG 16

struct gcm {
	br_aes_gen_ctr_keys keys;
	br_gcm_context context;
};

static void gcm_begin(struct gcm *gcm, const uint8_t key[32], const uint8_t nonce[12], struct str context)
{
	br_ghash native = br_ghash_pclmul_get();

	aes_class()->init(&gcm->keys.vtable, key, 32);
	br_gcm_init(&gcm->context, &gcm->keys.vtable, native ? native : br_ghash_ctmul64);
	br_gcm_reset(&gcm->context, nonce, 12);
	br_gcm_aad_inject(&gcm->context, context.ptr, context.len);
	br_gcm_flip(&gcm->context);
}

void hash_seal(const uint8_t key[32], const uint8_t nonce[12], struct str context, struct str plain, uint8_t *out)
{
	struct gcm gcm;

	gcm_begin(&gcm, key, nonce, context);
	if (plain.len)
		memmove(out, plain.ptr, plain.len);
	br_gcm_run(&gcm.context, 1, out, plain.len);
	br_gcm_get_tag(&gcm.context, out + plain.len);
	secret_wipe(&gcm, sizeof(gcm));
}

bool hash_open(const uint8_t key[32], const uint8_t nonce[12], struct str context, struct str sealed, uint8_t *out)
{
	struct gcm gcm;
	size_t len;
	bool genuine;

	if (sealed.len < GCM_TAG)
		return false;
	len = sealed.len - GCM_TAG;
	gcm_begin(&gcm, key, nonce, context);
	if (len)
		memmove(out, sealed.ptr, len);
	br_gcm_run(&gcm.context, 0, out, len);
	genuine = br_gcm_check_tag(&gcm.context, sealed.ptr + len) == 1;
	secret_wipe(&gcm, sizeof(gcm));
	if (!genuine && len)
		secret_wipe(out, len);
	return genuine;
}
