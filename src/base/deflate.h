/*
 * zlib behind names of our own: a stream that inflates (the gateway's one context per connection),
 * and one-shot inflate and deflate. Every call has a bound for what comes out.
 */
#ifndef BASE_DEFLATE_H
#define BASE_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct z_stream_s;

struct deflate_reader {
	struct z_stream_s *stream; /* NULL when released */
};

bool deflate_reader_init(struct deflate_reader *reader, struct err *err);
void deflate_reader_release(struct deflate_reader *reader);
/*
 * Inflates all of `in` and appends to out (whose cap is the bound). ERR_LIMIT past the cap,
 * ERR_PROTO for data that is not zlib; the reader is of no use after either.
 */
bool deflate_reader_feed(struct deflate_reader *reader, struct str in, struct buf *out, struct err *err);

/* A whole zlib stream; the output fits bytes_max or it is ERR_LIMIT. */
bool deflate_inflate(struct str in, struct buf *out, struct err *err);
bool deflate_compress(struct str in, int level, struct buf *out, struct err *err);

#endif
