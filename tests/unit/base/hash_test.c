#include "test.h"

#include "base/codec.h"
#include "base/hash.h"

static struct str from_hex(const char *hex, uint8_t *out)
{
	size_t len = strlen(hex) / 2;

	CHECK(codec_unhex(str_from(hex), out, len));
	return str_make((const char *)out, len);
}

static void check_hex(const uint8_t *got, size_t len, const char *want, int line)
{
	char text[2 * 64 + 1];

	codec_hex(got, len, text);
	test_check_str(text, want, __FILE__, line, "digest");
}
#define CHECK_HEX(got, len, want) check_hex(got, len, want, __LINE__)

TEST(sha256_of_fips_180)
{
	uint8_t out[HASH_SHA256_SIZE];

	hash_sha256(STR_EMPTY, out);
	CHECK_HEX(out, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_sha256(STR("abc"), out);
	CHECK_HEX(out, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_sha256(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), out);
	CHECK_HEX(out, 32, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(sha256_in_pieces_is_sha256_at_once)
{
	char text[300];
	uint8_t whole[32], pieces[32];
	struct hash_sha256 state;

	memset(text, 'a', sizeof(text));
	hash_sha256(str_make(text, sizeof(text)), whole);
	for (size_t cut = 0; cut <= sizeof(text); cut++) {
		hash_sha256_init(&state);
		hash_sha256_update(&state, str_make(text, cut));
		hash_sha256_update(&state, str_make(text + cut, sizeof(text) - cut));
		hash_sha256_out(&state, pieces);
		CHECK_EQ_BYTES(pieces, 32, whole, 32);
	}
}

TEST(a_copied_state_goes_on_from_its_prefix)
{
	struct hash_sha256 prefix, a, b;
	uint8_t out[32], want[32];

	hash_sha256_init(&prefix);
	hash_sha256_update(&prefix, STR("a"));
	a = prefix;
	b = prefix;
	hash_sha256_update(&a, STR("bc"));
	hash_sha256_update(&b, STR("xy"));
	hash_sha256_out(&a, out);
	hash_sha256(STR("abc"), want);
	CHECK_EQ_BYTES(out, 32, want, 32);
	hash_sha256_out(&b, out);
	hash_sha256(STR("axy"), want);
	CHECK_EQ_BYTES(out, 32, want, 32);
}

TEST(sha1_of_fips_180)
{
	uint8_t out[HASH_SHA1_SIZE];

	hash_sha1(STR("abc"), out);
	CHECK_HEX(out, sizeof(out), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(hmac_of_rfc_4231)
{
	uint8_t key[131], data[152], out[32];

	memset(key, 0x0b, 20);
	hash_hmac(str_make((char *)key, 20), STR("Hi There"), out);
	CHECK_HEX(out, 32, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	hash_hmac(STR("Jefe"), STR("what do ya want for nothing?"), out);
	CHECK_HEX(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	memset(data, 0xdd, 50);
	hash_hmac(str_make((char *)key, 20), str_make((char *)data, 50), out);
	CHECK_HEX(out, 32, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	hash_hmac(str_make((char *)key, 131), STR("Test Using Larger Than Block-Size Key - Hash Key First"), out);
	CHECK_HEX(out, 32, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(an_hmac_goes_on_from_a_common_prefix)
{
	struct hash_hmac prefix, copy;
	uint8_t out[32], want[32];

	hash_hmac_init(&prefix, STR("key"));
	hash_hmac_update(&prefix, STR("v1|player|"));
	for (int n = 0; n < 3; n++) {
		char tail[2] = {(char)('0' + n), '\0'};
		char whole[] = "v1|player|0";

		whole[10] = tail[0];
		copy = prefix;
		hash_hmac_update(&copy, str_from(tail));
		hash_hmac_out(&copy, out);
		hash_hmac(STR("key"), str_from(whole), want);
		CHECK_EQ_BYTES(out, 32, want, 32);
		hash_hmac_out(&copy, out);
		CHECK_EQ_BYTES(out, 32, want, 32);
	}
}

/* SP 800-38A F.5.1: the key stream is plaintext xor ciphertext. */
TEST(aes_ctr_of_sp_800_38a)
{
	static const uint8_t want[32] = {0xec, 0x8c, 0xdf, 0x73, 0x98, 0x60, 0x7c, 0xb0, 0xf2, 0xd2, 0x16,
					 0x75, 0xea, 0x9e, 0xa1, 0xe4, 0x36, 0x2b, 0x7c, 0x3c, 0x67, 0x73,
					 0x51, 0x63, 0x18, 0xa0, 0x77, 0xd7, 0xfc, 0x50, 0x73, 0xae};
	struct hash_aes_ctr state;
	uint8_t key[16], iv[12], out[32];

	from_hex("2b7e151628aed2a6abf7158809cf4f3c", key);
	from_hex("f0f1f2f3f4f5f6f7f8f9fafb", iv);
	hash_aes_ctr_init(&state, key, iv);
	state.counter = 0xfcfdfeff;
	hash_aes_ctr_fill(&state, out, sizeof(out));
	CHECK_EQ_BYTES(out, sizeof(out), want, sizeof(want));
}

TEST(a_key_stream_does_not_depend_on_how_it_is_asked_for)
{
	static const uint8_t key[16] = {1}, iv[12] = {2};
	struct hash_aes_ctr state;
	uint8_t whole[320], pieces[320];

	hash_aes_ctr_init(&state, key, iv);
	hash_aes_ctr_fill(&state, whole, sizeof(whole));
	hash_aes_ctr_init(&state, key, iv);
	for (size_t at = 0, len = 0; at < sizeof(pieces); at += len, len = (len + 16) % 80)
		hash_aes_ctr_fill(&state, pieces + at, len);
	CHECK_EQ_BYTES(pieces, sizeof(pieces), whole, sizeof(whole));
}

TEST(a_key_stream_goes_on_past_its_counter)
{
	static const uint8_t key[16] = {1};
	uint8_t iv[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
	uint8_t next_iv[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0};
	struct hash_aes_ctr state, next;
	uint8_t around[64], after[48];

	hash_aes_ctr_init(&state, key, iv);
	state.counter = UINT32_MAX;
	hash_aes_ctr_fill(&state, around, sizeof(around));
	hash_aes_ctr_init(&next, key, next_iv);
	hash_aes_ctr_fill(&next, after, sizeof(after));
	CHECK_EQ_BYTES(around + 16, 48, after, sizeof(after));
	CHECK_EQ_BYTES(state.iv, 12, next_iv, 12);
	CHECK_EQ_UINT(state.counter, 3);
}

/* Test case 16 of McGrew and Viega's GCM. */
TEST(sealing_is_aes_256_gcm)
{
	uint8_t key[32], nonce[12], context[20], plain[60], out[76], back[60];
	struct str text, about;

	from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", key);
	from_hex("cafebabefacedbaddecaf888", nonce);
	about = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2", context);
	text = from_hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
			"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
			plain);
	hash_seal(key, nonce, about, text, out);
	CHECK_HEX(out, 60,
		  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
		  "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662");
	CHECK_HEX(out + 60, 16, "76fc6ece0f4e1768cddf8853bb2d551b");
	CHECK(hash_open(key, nonce, about, str_make((char *)out, sizeof(out)), back));
	CHECK_EQ_BYTES(back, 60, plain, 60);
}

TEST(what_was_touched_does_not_open)
{
	static const uint8_t key[32] = {1}, other_key[32] = {2}, nonce[12] = {3}, other_nonce[12] = {4};
	uint8_t sealed[5 + 16], out[5];

	hash_seal(key, nonce, STR("seed"), STR("hello"), sealed);
	for (size_t i = 0; i < sizeof(sealed); i++) {
		sealed[i] ^= 1;
		memset(out, 'x', sizeof(out));
		CHECK(!hash_open(key, nonce, STR("seed"), str_make((char *)sealed, sizeof(sealed)), out));
		CHECK_EQ_BYTES(out, 5, "\0\0\0\0\0", 5);
		sealed[i] ^= 1;
	}
	CHECK(!hash_open(other_key, nonce, STR("seed"), str_make((char *)sealed, sizeof(sealed)), out));
	CHECK(!hash_open(key, other_nonce, STR("seed"), str_make((char *)sealed, sizeof(sealed)), out));
	CHECK(!hash_open(key, nonce, STR("mac"), str_make((char *)sealed, sizeof(sealed)), out));
	CHECK(!hash_open(key, nonce, STR("seed"), str_make((char *)sealed, sizeof(sealed) - 1), out));
	CHECK(!hash_open(key, nonce, STR("seed"), str_make((char *)sealed, 15), out));
	CHECK(!hash_open(key, nonce, STR("seed"), STR_EMPTY, out));
	CHECK(hash_open(key, nonce, STR("seed"), str_make((char *)sealed, sizeof(sealed)), out));
	CHECK_EQ_BYTES(out, 5, "hello", 5);
}

TEST(nothing_can_be_sealed_too)
{
	static const uint8_t key[32] = {1}, nonce[12] = {3};
	uint8_t sealed[16], out[1];

	hash_seal(key, nonce, STR("seed"), STR_EMPTY, sealed);
	CHECK(hash_open(key, nonce, STR("seed"), str_make((char *)sealed, sizeof(sealed)), out));
}
