#include "test.h"

#include "base/codec.h"
#include "base/ed25519.h"

/* RFC 8032 7.1. */
static const struct {
	const char *key, *message, *signature;
} vectors[] = {
	{"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	 "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
	{"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
	 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	 "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
	{"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
	 "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	 "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

static bool verify(const char *signature_hex, struct str message, const char *key_hex)
{
	uint8_t signature[64], key[32];

	CHECK(codec_unhex(str_from(signature_hex), signature, sizeof(signature)));
	CHECK(codec_unhex(str_from(key_hex), key, sizeof(key)));
	return ed25519_verify(signature, message, key);
}

TEST(signatures_of_rfc_8032_are_good)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		uint8_t message[2];
		size_t len = strlen(vectors[i].message) / 2;

		CHECK(codec_unhex(str_from(vectors[i].message), message, len));
		CHECK(verify(vectors[i].signature, str_make((char *)message, len), vectors[i].key));
	}
}

TEST(a_signature_is_for_one_message_and_one_key)
{
	uint8_t signature[64], key[32];

	CHECK(!verify(vectors[1].signature, STR("s"), vectors[1].key));
	CHECK(!verify(vectors[1].signature, STR_EMPTY, vectors[1].key));
	CHECK(!verify(vectors[1].signature, STR("r"), vectors[0].key));
	CHECK(verify(vectors[1].signature, STR("r"), vectors[1].key));
	REQUIRE(codec_unhex(str_from(vectors[1].signature), signature, 64));
	REQUIRE(codec_unhex(str_from(vectors[1].key), key, 32));
	for (size_t i = 0; i < 64; i++) {
		signature[i] ^= 0x10;
		CHECK(!ed25519_verify(signature, STR("r"), key));
		signature[i] ^= 0x10;
	}
}

TEST(a_signature_has_one_form_only)
{
	/* S + L instead of S (RFC 8032 5.1.7). */
	CHECK(!verify("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
		      "f52db7415978abc61b2c2eb6aeebfca0387b2eaeb4302aeeb00d291612bb0c10",
		      STR("r"), vectors[1].key));
}

TEST(a_key_of_small_order_verifies_nothing)
{
	CHECK(!verify("0100000000000000000000000000000000000000000000000000000000000000"
		      "0000000000000000000000000000000000000000000000000000000000000000",
		      STR("anything"), "0100000000000000000000000000000000000000000000000000000000000000"));
}
