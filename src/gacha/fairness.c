#include "gacha/fairness.h"

#include <string.h>

#include "base/codec.h"
#include "base/limits.h"

void fairness_commit(const uint8_t seed[FAIRNESS_SEED_SIZE], uint8_t commit[HASH_SHA256_SIZE])
{
	hash_sha256(str_make((const char *)seed, FAIRNESS_SEED_SIZE), commit);
}

static void add(struct hash_hmac *state, struct str text)
{
	hash_hmac_update(state, text);
	hash_hmac_update(state, STR("|"));
}

void fairness_init(struct fairness_stream *stream, const uint8_t seed[FAIRNESS_SEED_SIZE], struct str player,
		   uint64_t epoch, struct str banner, struct str catalog_sha256_hex, struct str client_seed)
{
	char number[STR_U64_MAX];

	*stream = (struct fairness_stream){.fast = false};
	hash_hmac_init(&stream->prefix, str_make((const char *)seed, FAIRNESS_SEED_SIZE));
	add(&stream->prefix, STR("v1"));
	add(&stream->prefix, player);
	add(&stream->prefix, str_make(number, str_put_u64(epoch, number)));
	add(&stream->prefix, banner);
	add(&stream->prefix, catalog_sha256_hex);
	add(&stream->prefix, client_seed);
}

void fairness_seek(struct fairness_stream *stream, uint64_t n)
{
	stream->number_len = (unsigned)str_put_u64(n, stream->number);
	stream->number[stream->number_len++] = '|';
	stream->block = 0;
	stream->next = stream->count = 0;
}

void fairness_init_fast(struct fairness_stream *stream, const uint8_t key[16])
{
	static const uint8_t iv[12];

	*stream = (struct fairness_stream){.fast = true};
	hash_aes_ctr_init(&stream->aes, key, iv);
}

static uint64_t big_endian(const uint8_t *b)
{
	return (uint64_t)b[0] << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 | (uint64_t)b[3] << 32 |
	       (uint64_t)b[4] << 24 | (uint64_t)b[5] << 16 | (uint64_t)b[6] << 8 | b[7];
}

void fairness_refill(struct fairness_stream *stream)
{
	struct hash_hmac block;
	uint8_t out[HASH_SHA256_SIZE];
	char text[sizeof(stream->number) + 20];
	unsigned len = stream->number_len;

	stream->next = 0;
	if (stream->fast) {
		hash_aes_ctr_fill(&stream->aes, stream->words, sizeof(stream->words));
		stream->count = FAIRNESS_WORDS_MAX;
		return;
	}
	memcpy(text, stream->number, len);
	len += (unsigned)str_put_u64(stream->block++, text + len);
	block = stream->prefix;
	hash_hmac_update(&block, str_make(text, len));
	hash_hmac_out(&block, out);
	stream->count = sizeof(out) / 8;
	for (unsigned i = 0; i < stream->count; i++)
		stream->words[i] = big_endian(out + 8 * i);
}

bool fairness_client_seed_valid(struct str seed)
{
	size_t pos = 0;

	if (seed.len > CLIENT_SEED_BYTES_MAX)
		return false;
	while (pos < seed.len) {
		int32_t code_point = codec_utf8_next(seed, &pos);

		/* C0, DEL and C1; -1 is invalid UTF-8. */
		if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0))
			return false;
	}
	return true;
}
