#include "base/sha_ni.h"

#include <cpuid.h>
#include <immintrin.h>

/* A fact of the processor, asked once before main: CPUID is slow where a hypervisor answers it. */
static bool found;

__attribute__((constructor)) static void find(void)
{
	unsigned a, b, c, d;
	bool sse = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSSE3) && (c & bit_SSE4_1);

	found = sse && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

bool sha_ni_found(void)
{
	return found;
}

/* FIPS 180-4, 4.2.2. */
static const uint32_t constants[64] __attribute__((aligned(16))) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/*
 * The instructions keep the eight working words as ABEF and CDGH, and do four rounds a step: the low
 * half of `sum` for the first two, the high half for the others.
 */
__attribute__((target("sha,sse4.1"))) void sha_ni_blocks(uint32_t value[8], const uint8_t *data, size_t count)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)value), 0xB1);        /* CDAB */
	__m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)(value + 4)), 0x1B); /* EFGH */
	__m128i abef = _mm_alignr_epi8(low, high, 8);
	__m128i cdgh = _mm_blend_epi16(high, low, 0xF0);

	for (; count; count--, data += 64) {
		const __m128i abef_before = abef, cdgh_before = cdgh;
		__m128i w[4];

#pragma GCC unroll 16
		for (unsigned step = 0; step < 16; step++) {
			__m128i *now = &w[step % 4];
			__m128i sum;

			if (step < 4) {
				*now = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(data + 16 * step)),
							big_endian);
			} else {
				const __m128i last = w[(step + 3) % 4];
				const __m128i shifted = _mm_alignr_epi8(last, w[(step + 2) % 4], 4); /* W[t-7] */

				*now = _mm_sha256msg1_epu32(*now, w[(step + 1) % 4]);
				*now = _mm_sha256msg2_epu32(_mm_add_epi32(*now, shifted), last);
			}
			sum = _mm_add_epi32(*now, _mm_load_si128((const __m128i *)(const void *)(constants + 4 * step)));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	low = _mm_shuffle_epi32(abef, 0x1B);  /* FEBA */
	high = _mm_shuffle_epi32(cdgh, 0xB1); /* DCHG */
	_mm_storeu_si128((__m128i *)(void *)value, _mm_blend_epi16(low, high, 0xF0));
	_mm_storeu_si128((__m128i *)(void *)(value + 4), _mm_alignr_epi8(high, low, 8));
}
