/*
 * zlib behind names of our own: a stream that inflates (the gateway's one context per connection), one that deflates
 * (pictures, row by row), one-shot inflate and deflate, and CRC-32. Every call has a bound for what comes out.
 */
#ifndef BASE_DEFLATE_H
#define BASE_DEFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

struct deflate_writer {
	struct z_stream_s *stream; /* NULL when released */
};

/* Level as zlib's, -1 to 9 (else ERR_USAGE); ERR_MEMORY. It takes 260 kB until it is released. */
bool deflate_writer_init(struct deflate_writer *writer, int level, struct err *err);
void deflate_writer_release(struct deflate_writer *writer);
/*
 * Deflates all of `in` and appends to out what is ready; with `last` the stream ends and nothing may follow. ERR_LIMIT
 * past out's cap, ERR_MEMORY; the writer is of no use after either.
 */
bool deflate_writer_feed(struct deflate_writer *writer, struct str in, bool last, struct buf *out, struct err *err);

/* CRC-32 of ISO 3309, as PNG and gzip have it. */
uint32_t deflate_crc32(struct str data);

/* A whole zlib stream; the output fits bytes_max or it is ERR_LIMIT. */
bool deflate_inflate(struct str in, struct buf *out, struct err *err);
bool deflate_compress(struct str in, int level, struct buf *out, struct err *err);

#endif
