#include "gacha/fairness.h"

#include "base/codec.h"
#include "base/limits.h"
#include "fixture.h"
#include "test.h"

/* 2^64 mod 10^9 */
#define REST 709551616u

static const uint8_t seed[FAIRNESS_SEED_SIZE] = {0,  1,	 2,  3,	 4,  5,	 6,  7,	 8,  9,	 10, 11, 12, 13, 14, 15,
						 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

TEST(the_commitment_is_the_seeds_sha256)
{
	uint8_t commit[HASH_SHA256_SIZE];
	char hex[65];

	fairness_commit(seed, commit);
	codec_hex(commit, sizeof(commit), hex);
	CHECK_EQ_STR(hex, "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd");
}

/* From Python's hmac over `v1|simulate|1|one|00…00|c|N|BLOCK`. */
TEST(words_are_the_hmac_of_the_pulls_text)
{
	static const uint64_t first[] = {0xe2ed97d9ce7ce84d, 0x69c4ce370717fffa, 0x4b60aaec8b8e8a65, 0x6245145a02473a11, 0xac2c204c2629997c, 0x717b29bb2a9da36b, 0x524a0bcc12d5f2a6, 0xce3ab9a1631ba18a};
	static const uint64_t second[] = {0x1bb886a306740ea4, 0x600ac40a54a9b7a7, 0x15da321ff3e2f2e4, 0xc4d494126da076f3};
	struct fairness_stream stream;

	fairness_init(&stream, seed, STR("simulate"), 1, STR("one"),
		      STR("0000000000000000000000000000000000000000000000000000000000000000"), STR("種"));
	fairness_seek(&stream, 1);
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQ_UINT(fairness_word(&stream), first[i]);
	fairness_seek(&stream, 18446744073709551615u);
	for (unsigned i = 0; i < 4; i++)
		CHECK_EQ_UINT(fairness_word(&stream), second[i]);
	fairness_seek(&stream, 1);
	CHECK_EQ_UINT(fairness_word(&stream), first[0]);
}

TEST(words_left_over_are_dropped_by_the_next_pull)
{
	struct fairness_stream a, b;

	fairness_init(&a, seed, STR("p"), 1, STR("one"), STR("x"), STR_EMPTY);
	b = a;
	fairness_seek(&a, 1);
	fairness_word(&a);
	fairness_seek(&a, 2);
	fairness_seek(&b, 2);
	CHECK_EQ_UINT(fairness_word(&a), fairness_word(&b));
}

TEST(range_rejects_the_words_that_would_favour_the_small)
{
	struct fairness_stream stream;

	WORDS(&stream, UINT64_MAX - REST, 7);
	CHECK_EQ_UINT(fairness_range(&stream, RATE_ONE), (UINT64_MAX - REST) % RATE_ONE);
	CHECK_EQ_UINT(stream.next, 1);
	WORDS(&stream, UINT64_MAX - REST + 1, UINT64_MAX, 7);
	CHECK_EQ_UINT(fairness_range(&stream, RATE_ONE), 7);
	CHECK_EQ_UINT(stream.next, 3);
}

TEST(range_of_one_takes_a_word)
{
	struct fairness_stream stream;

	WORDS(&stream, UINT64_MAX, 5);
	CHECK_EQ_UINT(fairness_range(&stream, 1), 0);
	CHECK_EQ_UINT(stream.next, 1);
}

TEST(range_of_a_power_of_two_rejects_nothing)
{
	struct fairness_stream stream;

	WORDS(&stream, UINT64_MAX);
	CHECK_EQ_UINT(fairness_range(&stream, 1u << 20), (1u << 20) - 1);
}

/* Near each multiple of the total, and at both ends, where a quotient that is off by one would show. */
TEST(pick_equals_range)
{
	static const uint64_t totals[] = {1,	     2,		3,	  7,	      10,	 40,
					  994000000, 99999999u, RATE_ONE, 4294967291u, 4294967296u, 1ull << 62};
	uint64_t factor = 0x9e3779b97f4a7c15u;

	for (size_t t = 0; t < sizeof(totals) / sizeof(totals[0]); t++) {
		struct fairness_total total = fairness_total_of(totals[t]);
		uint64_t last = UINT64_MAX - (0 - totals[t]) % totals[t];

		CHECK_EQ_UINT(total.word_max, last);
		for (unsigned i = 0; i < 4000; i++) {
			struct fairness_stream a = {.count = 2}, b;
			uint64_t word = i < 4 ? i : i < 8 ? last - (i - 4) : factor * i;

			if (i >= 8 && i % 2)
				word = word / totals[t] * totals[t] - (i % 4 == 1);
			a.words[0] = word;
			a.words[1] = i;
			b = a;
			CHECK_EQ_UINT(fairness_pick(&a, &total), fairness_range(&b, totals[t]));
			CHECK_EQ_UINT(a.next, b.next);
		}
	}
}

TEST(a_fast_stream_is_given_by_its_key)
{
	static const uint8_t key[16] = {1}, other[16] = {2};
	static struct fairness_stream a, b, c;
	unsigned same = 0;

	fairness_init_fast(&a, key);
	fairness_init_fast(&b, key);
	fairness_init_fast(&c, other);
	for (unsigned i = 0; i < 2 * FAIRNESS_WORDS_MAX + 1; i++) {
		uint64_t word = fairness_word(&a);

		CHECK_EQ_UINT(word, fairness_word(&b));
		same += word == fairness_word(&c);
	}
	CHECK_EQ_UINT(same, 0);
}

TEST(client_seeds_are_64_bytes_of_text_without_control_characters)
{
	char longest[CLIENT_SEED_BYTES_MAX + 1];

	memset(longest, 'x', sizeof(longest));
	CHECK(fairness_client_seed_valid(STR_EMPTY));
	CHECK(fairness_client_seed_valid(STR("種 | seed~")));
	CHECK(fairness_client_seed_valid(str_make(longest, CLIENT_SEED_BYTES_MAX)));
	CHECK(!fairness_client_seed_valid(str_make(longest, CLIENT_SEED_BYTES_MAX + 1)));
	CHECK(!fairness_client_seed_valid(STR("a\nb")));
	CHECK(!fairness_client_seed_valid(STR("\x1f")));
	CHECK(!fairness_client_seed_valid(STR("\x7f")));
	CHECK(!fairness_client_seed_valid(STR("\xc2\x85")));
	CHECK(fairness_client_seed_valid(STR("\xc2\xa0")));
	CHECK(!fairness_client_seed_valid(STR("\xff")));
	CHECK(!fairness_client_seed_valid(STR("\xed\xa0\x80")));
}
