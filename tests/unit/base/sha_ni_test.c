#include "test.h"

#include <bearssl_hash.h>

#include "base/hash.h"
#include "base/sha_ni.h"

TEST(the_processors_instructions_agree_with_bearssl_at_every_length)
{
	char text[300];

	if (!sha_ni_found())
		SKIP("this processor has no SHA extensions");
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 31 + 7);
	for (size_t len = 0; len <= sizeof(text); len++) {
		br_sha256_context portable;
		uint8_t want[HASH_SHA256_SIZE], got[HASH_SHA256_SIZE];

		br_sha256_init(&portable);
		br_sha256_update(&portable, text, len);
		br_sha256_out(&portable, want);
		hash_sha256(str_make(text, len), got);
		CHECK_EQ_BYTES(got, sizeof(got), want, sizeof(want));
	}
}
