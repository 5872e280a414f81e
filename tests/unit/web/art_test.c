#include "test.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "web/art.h"

static struct art art;
static struct err err;

static bool read_corpus(const char *name)
{
	struct buf path, file;
	bool ok;

	buf_init(&path, 256);
	buf_init(&file, ART_BYTES_MAX);
	buf_printf(&path, "tests/fuzz/corpus/art/%s", name);
	ok = file_read(buf_str(&path), false, &file, &err) && art_read(&art, buf_str(&file), &err);
	buf_release(&path);
	buf_release(&file);
	return ok;
}

TEST(png_and_jpeg_are_read)
{
	static const char *const names[] = {"rgb_png", "palette_png", "alpha_png", "grey_png", "bits_png", "base_jpg", "progressive_jpg"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		REQUIRE(read_corpus(names[i]));
		CHECK_EQ_INT(art.width, 24);
		CHECK_EQ_INT(art.height, 16);
		CHECK_EQ_INT(art.rgba[3], 255);
		art_release(&art);
		art_release(&art);
	}
}

TEST(what_is_no_picture_is_refused)
{
	static const struct str files[] = {STR(""), STR("GIF89a\1\0\1\0\0\0\0;"), STR("BM"), STR("\x89PNG\r\n\x1a\n"), STR("\xff\xd8\xff")};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CHECK(!art_read(&art, files[i], &err));
		CHECK_EQ_INT(err.code, ERR_INPUT);
		CHECK(art.rgba == NULL);
	}
}

TEST(a_picture_beyond_the_bounds_is_refused_before_it_is_unpacked)
{
	/* 513 by 1 pixels, truecolour; stb_image looks no further for the size. */
	static const char wide[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x01\0\0\0\x01\x08\x02\0\0\0\0\0\0\0\0\0\0\0IDAT";
	char *large = calloc(ART_BYTES_MAX + 1, 1);

	REQUIRE(large != NULL);
	CHECK(!art_read(&art, str_make(wide, sizeof(wide) - 1), &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK(art.rgba == NULL);
	CHECK(!art_read(&art, str_make(large, ART_BYTES_MAX + 1), &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	free(large);
}
