#include "base/deflate.h"

#include <limits.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/limits.h"

bool deflate_reader_init(struct deflate_reader *reader, struct err *err)
{
	reader->stream = calloc(1, sizeof(*reader->stream));
	if (!reader->stream)
		return err_set(err, ERR_MEMORY, "no memory to inflate with");
	if (inflateInit(reader->stream) != Z_OK) {
		free(reader->stream);
		reader->stream = NULL;
		return err_set(err, ERR_MEMORY, "no memory to inflate with");
	}
	return true;
}

void deflate_reader_release(struct deflate_reader *reader)
{
	if (reader->stream) {
		inflateEnd(reader->stream);
		free(reader->stream);
	}
	reader->stream = NULL;
}

/* Gives the stream room in out. At the cap it gets one byte aside: filling that is what goes too far. */
static bool give_room(z_stream *stream, struct buf *out, Bytef *aside, struct err *err)
{
	size_t left = out->bytes_max - out->len;
	size_t room;

	stream->next_out = aside;
	stream->avail_out = 1;
	if (left == 0)
		return true;
	if (!buf_reserve(out, left < DEFLATE_STEP_BYTES ? left : DEFLATE_STEP_BYTES))
		return err_set(err, ERR_MEMORY, "no memory for inflated data");
	room = out->capacity - out->len;
	stream->next_out = (Bytef *)out->ptr + out->len;
	stream->avail_out = room < UINT_MAX ? (uInt)room : UINT_MAX;
	return true;
}

static bool too_long(struct buf *out, struct err *err)
{
	out->full = true;
	return err_set(err, ERR_LIMIT, "inflated data is longer than %zu bytes", out->bytes_max);
}

/* Inflates until the input is used up and nothing more comes, or the stream ends. */
static bool inflate_all(z_stream *stream, struct str in, struct buf *out, bool *ended, struct err *err)
{
	int result = Z_OK;

	*ended = false;
	if (out->full)
		return too_long(out, err);
	do {
		Bytef aside;
		bool at_cap = out->len == out->bytes_max;
		uInt offered;

		if (stream->avail_in == 0 && in.len) {
			struct str part = str_take(in, UINT_MAX);

			stream->next_in = (const Bytef *)part.ptr;
			stream->avail_in = (uInt)part.len;
			in = str_skip(in, part.len);
		}
		if (!give_room(stream, out, &aside, err))
			return false;
		offered = stream->avail_out;
		result = inflate(stream, Z_SYNC_FLUSH);
		if (at_cap && stream->avail_out == 0)
			return too_long(out, err);
		if (!at_cap)
			out->len += offered - stream->avail_out;
	} while (result == Z_OK && (stream->avail_in || in.len || stream->avail_out == 0));
	if (result == Z_MEM_ERROR)
		return err_set(err, ERR_MEMORY, "no memory to inflate with");
	*ended = result == Z_STREAM_END;
	if (*ended && (stream->avail_in || in.len))
		return err_set(err, ERR_PROTO, "something follows the end of a zlib stream");
	/* Z_BUF_ERROR says only that there was nothing left to do. */
	if (!*ended && result != Z_OK && result != Z_BUF_ERROR)
		return err_set(err, ERR_PROTO, "data is not a zlib stream: %s",
			       stream->msg ? stream->msg : "wrong form");
	return true;
}

bool deflate_reader_feed(struct deflate_reader *reader, struct str in, struct buf *out, struct err *err)
{
	bool ended;

	return inflate_all(reader->stream, in, out, &ended, err);
}

bool deflate_inflate(struct str in, struct buf *out, struct err *err)
{
	struct deflate_reader reader;
	bool ended;
	bool ok;

	if (!deflate_reader_init(&reader, err))
		return false;
	ok = inflate_all(reader.stream, in, out, &ended, err);
	if (ok && !ended)
		ok = err_set(err, ERR_PROTO, "a zlib stream is cut off");
	deflate_reader_release(&reader);
	return ok;
}

bool deflate_compress(struct str in, int level, struct buf *out, struct err *err)
{
	uLong bound = compressBound(in.len);
	uLongf len;
	Bytef *memory = malloc(bound);
	int result;

	if (!memory)
		return err_set(err, ERR_MEMORY, "no memory to deflate %zu bytes", in.len);
	len = bound;
	result = compress2(memory, &len, (const Bytef *)in.ptr, in.len, level);
	if (result == Z_OK)
		buf_add(out, str_make((const char *)memory, len));
	free(memory);
	if (result == Z_STREAM_ERROR)
		return err_set(err, ERR_USAGE, "%d is not a level of compression (-1 to 9)", level);
	if (result != Z_OK)
		return err_set(err, ERR_MEMORY, "no memory to deflate %zu bytes", in.len);
	return buf_check(out, "deflated data", err);
}

bool deflate_writer_init(struct deflate_writer *writer, int level, struct err *err)
{
	int result;

	writer->stream = calloc(1, sizeof(*writer->stream));
	if (!writer->stream)
		return err_set(err, ERR_MEMORY, "no memory to deflate with");
	result = deflateInit(writer->stream, level);
	if (result == Z_OK)
		return true;
	free(writer->stream);
	writer->stream = NULL;
	if (result == Z_STREAM_ERROR)
		return err_set(err, ERR_USAGE, "%d is not a level of compression (-1 to 9)", level);
	return err_set(err, ERR_MEMORY, "no memory to deflate with");
}

void deflate_writer_release(struct deflate_writer *writer)
{
	if (writer->stream) {
		deflateEnd(writer->stream);
		free(writer->stream);
	}
	writer->stream = NULL;
}

bool deflate_writer_feed(struct deflate_writer *writer, struct str in, bool last, struct buf *out, struct err *err)
{
	z_stream *stream = writer->stream;
	bool done = false;

	while (!done) {
		struct str part = str_take(in, UINT_MAX);
		Bytef step[DEFLATE_STEP_BYTES];
		bool end = last && part.len == in.len;
		int result;

		in = str_skip(in, part.len);
		stream->next_in = (const Bytef *)part.ptr;
		stream->avail_in = (uInt)part.len;
		do {
			stream->next_out = step;
			stream->avail_out = sizeof(step);
			result = deflate(stream, end ? Z_FINISH : Z_NO_FLUSH);
			if (result == Z_STREAM_ERROR)
				return err_set(err, ERR_USAGE, "something follows the end of a stream that is deflated");
			buf_add(out, str_make((const char *)step, sizeof(step) - stream->avail_out));
		} while (stream->avail_out == 0);
		done = in.len == 0;
	}
	return buf_check(out, "deflated data", err);
}

uint32_t deflate_crc32(struct str data)
{
	return (uint32_t)crc32_z(0, (const Bytef *)data.ptr, data.len);
}
