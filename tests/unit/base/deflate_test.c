#include "test.h"

#include "base/deflate.h"

static struct buf packed, out;
static struct err err;

static void start(size_t bytes_max)
{
	buf_release(&packed);
	buf_release(&out);
	buf_init(&packed, 1 << 20);
	buf_init(&out, bytes_max);
	err_clear(&err);
}

static void stop(void)
{
	buf_release(&packed);
	buf_release(&out);
}

/* Text that packs neither very well nor very badly. */
static struct str sample(char *memory, size_t len)
{
	uint32_t state = 1;

	for (size_t i = 0; i < len; i++) {
		state = state * 1664525 + 1013904223;
		memory[i] = (char)('a' + (state >> 28));
	}
	return str_make(memory, len);
}

TEST(what_was_deflated_inflates)
{
	static char memory[100000];
	struct str text = sample(memory, sizeof(memory));

	for (int level = -1; level <= 9; level++) {
		start(sizeof(memory));
		CHECK(deflate_compress(text, level, &packed, &err));
		CHECK(level == 0 || packed.len < text.len);
		CHECK(deflate_inflate(buf_str(&packed), &out, &err));
		CHECK(str_eq(buf_str(&out), text));
	}
	start(10);
	CHECK(deflate_compress(STR_EMPTY, 6, &packed, &err));
	CHECK(deflate_inflate(buf_str(&packed), &out, &err));
	CHECK_EQ_UINT(out.len, 0);
	stop();
}

TEST(output_appends)
{
	start(100);
	buf_addc(&out, "before ");
	CHECK(deflate_compress(STR("after"), 9, &packed, &err));
	CHECK(deflate_inflate(buf_str(&packed), &out, &err));
	CHECK_EQ_STR(buf_cstr(&out), "before after");
	stop();
}

TEST(a_bomb_stops_at_the_cap)
{
	static char zeros[1 << 20];

	start(1000);
	CHECK(deflate_compress(str_make(zeros, sizeof(zeros)), 9, &packed, &err));
	CHECK(packed.len < 2000);
	CHECK(!deflate_inflate(buf_str(&packed), &out, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK(out.len <= 1000);
	CHECK(out.full);
	stop();
}

TEST(the_cap_itself_is_allowed_and_one_more_is_not)
{
	char memory[5000];
	struct str text = sample(memory, sizeof(memory));

	start(sizeof(memory));
	CHECK(deflate_compress(text, 6, &packed, &err));
	CHECK(deflate_inflate(buf_str(&packed), &out, &err));
	buf_release(&out);
	buf_init(&out, sizeof(memory) - 1);
	CHECK(!deflate_inflate(buf_str(&packed), &out, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	stop();
}

TEST(a_stream_cut_off_or_touched_is_refused)
{
	start(1000);
	CHECK(deflate_compress(STR("some text, some text, some text"), 6, &packed, &err));
	for (size_t len = 0; len < packed.len; len++) {
		buf_clear(&out);
		CHECK(!deflate_inflate(str_take(buf_str(&packed), len), &out, &err));
		CHECK_EQ_INT(err.code, ERR_PROTO);
	}
	packed.ptr[packed.len - 1] ^= 1; /* the checksum */
	buf_clear(&out);
	CHECK(!deflate_inflate(buf_str(&packed), &out, &err));
	CHECK_EQ_INT(err.code, ERR_PROTO);
	packed.ptr[packed.len - 1] ^= 1;
	buf_add_char(&packed, 'x');
	buf_clear(&out);
	CHECK(!deflate_inflate(buf_str(&packed), &out, &err));
	CHECK_EQ_INT(err.code, ERR_PROTO);
	buf_clear(&out);
	CHECK(!deflate_inflate(STR("{\"op\":10}"), &out, &err));
	CHECK_EQ_INT(err.code, ERR_PROTO);
	stop();
}

/* {"op":10} and {"op":11}, each ended by a sync flush, in one context: made by Python's zlib. */
static const char first[] = "\x78\x9c\xaa\x56\xca\x2f\x50\xb2\x32\x34\xa8\x05\x00\x00\x00\xff\xff";
static const char second[] = "\xaa\x86\x30\x0c\x6b\x01\x00\x00\x00\xff\xff";

TEST(a_stream_is_one_context_over_many_pieces)
{
	struct deflate_reader reader;

	start(1000);
	REQUIRE(deflate_reader_init(&reader, &err));
	CHECK(deflate_reader_feed(&reader, str_make(first, sizeof(first) - 1), &out, &err));
	CHECK_EQ_STR(buf_cstr(&out), "{\"op\":10}");
	buf_clear(&out);
	CHECK(deflate_reader_feed(&reader, STR_EMPTY, &out, &err));
	CHECK_EQ_UINT(out.len, 0);
	CHECK(deflate_reader_feed(&reader, str_make(second, sizeof(second) - 1), &out, &err));
	CHECK_EQ_STR(buf_cstr(&out), "{\"op\":11}");
	deflate_reader_release(&reader);
	deflate_reader_release(&reader);
	stop();
}

TEST(a_stream_may_come_byte_by_byte)
{
	struct deflate_reader reader;

	start(1000);
	REQUIRE(deflate_reader_init(&reader, &err));
	for (size_t i = 0; i < sizeof(first) - 1; i++)
		CHECK(deflate_reader_feed(&reader, str_make(first + i, 1), &out, &err));
	CHECK_EQ_STR(buf_cstr(&out), "{\"op\":10}");
	deflate_reader_release(&reader);
	stop();
}

TEST(nothing_follows_the_end_of_a_stream)
{
	struct deflate_reader reader;

	start(1000);
	CHECK(deflate_compress(STR("text"), 6, &packed, &err));
	REQUIRE(deflate_reader_init(&reader, &err));
	CHECK(deflate_reader_feed(&reader, buf_str(&packed), &out, &err));
	CHECK(!deflate_reader_feed(&reader, STR("x"), &out, &err));
	CHECK_EQ_INT(err.code, ERR_PROTO);
	deflate_reader_release(&reader);
	stop();
}

TEST(a_level_that_does_not_exist_is_refused)
{
	start(1000);
	CHECK(!deflate_compress(STR("text"), 10, &packed, &err));
	CHECK_EQ_INT(err.code, ERR_USAGE);
	stop();
}

TEST(deflated_data_has_a_cap_too)
{
	start(1000);
	packed.bytes_max = 5;
	CHECK(!deflate_compress(STR("text"), 6, &packed, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	stop();
}

TEST(a_writer_fed_in_pieces_gives_one_stream)
{
	static char memory[100000];
	struct str text = sample(memory, sizeof(memory));
	static const size_t pieces[] = {1, 7, 4096, 99999, 100000};

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct deflate_writer writer;
		bool ok = true;

		start(sizeof(memory));
		REQUIRE(deflate_writer_init(&writer, 4, &err));
		for (struct str rest = text; ok && rest.len; rest = str_skip(rest, pieces[i]))
			ok = deflate_writer_feed(&writer, str_take(rest, pieces[i]), rest.len <= pieces[i], &packed, &err);
		CHECK(ok);
		deflate_writer_release(&writer);
		CHECK(deflate_inflate(buf_str(&packed), &out, &err));
		CHECK(str_eq(buf_str(&out), text));
	}
	stop();
}

TEST(a_writer_refuses_what_follows_the_end_and_what_passes_the_cap)
{
	static char memory[100000];
	struct deflate_writer writer;

	start(100);
	REQUIRE(deflate_writer_init(&writer, 4, &err));
	CHECK(deflate_writer_feed(&writer, STR("all"), true, &packed, &err));
	CHECK(!deflate_writer_feed(&writer, STR("more"), false, &packed, &err));
	CHECK_EQ_INT(err.code, ERR_USAGE);
	deflate_writer_release(&writer);
	CHECK(!deflate_writer_init(&writer, 10, &err));
	CHECK_EQ_INT(err.code, ERR_USAGE);
	REQUIRE(deflate_writer_init(&writer, 4, &err));
	packed.bytes_max = 1000;
	buf_clear(&packed);
	CHECK(!deflate_writer_feed(&writer, sample(memory, sizeof(memory)), true, &packed, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	deflate_writer_release(&writer);
	stop();
}

TEST(the_crc_is_that_of_png_and_gzip)
{
	CHECK_EQ_UINT(deflate_crc32(STR("123456789")), 0xcbf43926);
	CHECK_EQ_UINT(deflate_crc32(STR_EMPTY), 0);
}
