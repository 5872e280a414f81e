/* Inflating what comes from outside: never past the cap, and the same however the input is cut. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/deflate.h"

enum { OUTPUT_MAX = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool feed(struct str in, size_t piece_bytes, struct buf *out, struct err *err)
{
	struct deflate_reader reader;
	bool ok = true;

	require(deflate_reader_init(&reader, err));
	for (struct str rest = in; ok && rest.len; rest = str_skip(rest, piece_bytes))
		ok = deflate_reader_feed(&reader, str_take(rest, piece_bytes), out, err);
	deflate_reader_release(&reader);
	return ok;
}

/* The first byte says how the rest is cut, the second how much may come out. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in;
	struct buf whole, pieces, packed;
	struct err err = {0};
	struct err piece_err = {0};
	size_t cap;
	bool ok;

	if (size < 2)
		return 0;
	in = str_make((const char *)data + 2, size - 2);
	cap = (size_t)data[1] * OUTPUT_MAX / 255;
	buf_init(&whole, cap);
	buf_init(&pieces, cap);
	buf_init(&packed, 2 * OUTPUT_MAX);
	ok = feed(in, SIZE_MAX, &whole, &err);
	require(feed(in, data[0] + (size_t)1, &pieces, &piece_err) == ok);
	require(whole.len <= cap && pieces.len <= cap);
	require(ok || err.code == ERR_LIMIT || err.code == ERR_PROTO);
	if (ok) {
		require(str_eq(buf_str(&whole), buf_str(&pieces)));
		require(deflate_compress(buf_str(&whole), data[0] % 10, &packed, &err));
		buf_clear(&pieces);
		require(deflate_inflate(buf_str(&packed), &pieces, &err));
		require(str_eq(buf_str(&whole), buf_str(&pieces)));
	}
	buf_release(&whole);
	buf_release(&pieces);
	buf_release(&packed);
	return 0;
}
