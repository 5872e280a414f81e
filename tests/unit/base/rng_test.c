#include "test.h"

#include "base/codec.h"
#include "base/rng.h"

/* NIST's CAVS vector for HMAC_DRBG, SHA-256, no reseeding: entropy and nonce in, the second 128 bytes count. */
TEST(the_generator_is_hmac_drbg_of_sp_800_90a)
{
	static const char seed_hex[] = "ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488"
				       "659ba96c601dc69fc902940805ec0ca8";
	static const char want[] = "e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89"
				   "d54fbb978a15b5c443c9ec21036d2460b6f73ebad0dc2aba6e624abf07745bc1"
				   "07694bb7547bb0995f70de25d6b29e2d3011bb19d27676c07162c8b5ccde0668"
				   "961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bdaba806f48be9dcb8";
	uint8_t seed[48], out[128];
	char text[257];
	struct rng rng;

	REQUIRE(codec_unhex(str_from(seed_hex), seed, sizeof(seed)));
	rng_init_seed(&rng, seed, sizeof(seed));
	rng_bytes(&rng, out, sizeof(out));
	rng_bytes(&rng, out, sizeof(out));
	codec_hex(out, sizeof(out), text);
	CHECK_EQ_STR(text, want);
}

TEST(one_seed_gives_one_sequence)
{
	struct rng a, b, c;

	rng_init_seed(&a, "seed", 4);
	rng_init_seed(&b, "seed", 4);
	rng_init_seed(&c, "tree", 4);
	for (int i = 0; i < 10; i++) {
		uint64_t value = rng_u64(&a);

		CHECK_EQ_UINT(rng_u64(&b), value);
		CHECK(rng_u64(&c) != value);
	}
}

TEST(the_kernel_seeds_every_generator_anew)
{
	struct rng a, b;
	struct err err;

	REQUIRE(rng_init(&a, &err));
	REQUIRE(rng_init(&b, &err));
	CHECK(rng_u64(&a) != rng_u64(&b));
}

TEST(fresh_entropy_is_mixed_in_after_so_many_calls)
{
	struct rng rng, twin;
	struct err err;

	REQUIRE(rng_init(&rng, &err));
	rng.reseed_left = 3;
	twin = rng;
	for (int i = 0; i < 2; i++)
		CHECK_EQ_UINT(rng_u64(&rng), rng_u64(&twin));
	CHECK(rng_u64(&rng) != rng_u64(&twin));
	CHECK(rng.reseed_left > 3);
}

TEST(long_requests_are_filled_to_the_end)
{
	static uint8_t out[200001];
	struct rng rng;
	size_t zeros = 0;

	rng_init_seed(&rng, "seed", 4);
	rng_bytes(&rng, out, 200000);
	for (size_t i = 0; i < 200000; i++)
		zeros += out[i] == 0;
	CHECK(zeros > 600 && zeros < 1000);
	CHECK_EQ_UINT(out[200000], 0);
}

TEST(what_is_below_a_bound_is_uniform)
{
	uint64_t counts[7] = {0};
	struct rng rng;
	double chi2 = 0;

	rng_init_seed(&rng, "seed", 4);
	for (int i = 0; i < 70000; i++) {
		uint64_t value = rng_below(&rng, 7);

		REQUIRE(value < 7);
		counts[value]++;
	}
	for (int i = 0; i < 7; i++)
		chi2 += ((double)counts[i] - 10000) * ((double)counts[i] - 10000) / 10000;
	CHECK(chi2 < 22.5); /* 99.9 % of 6 degrees of freedom; the seed is fixed */
}

TEST(bounds_from_one_to_the_largest)
{
	struct rng rng;

	rng_init_seed(&rng, "seed", 4);
	CHECK_EQ_UINT(rng_below(&rng, 1), 0);
	for (int i = 0; i < 100; i++) {
		CHECK(rng_below(&rng, (UINT64_C(1) << 63) + 1) <= UINT64_C(1) << 63);
		CHECK(rng_below(&rng, UINT64_MAX) < UINT64_MAX);
	}
}
