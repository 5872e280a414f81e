#include "test.h"

#include <stdio.h>

#include "base/file.h"

static const char *path_of(const char *name, const char *text)
{
	static char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", test_dir(), name);
	file = fopen(path, "w");
	CHECK(file != NULL);
	if (file) {
		fputs(text, file);
		fclose(file);
	}
	return path;
}

static enum err_code read_into(const char *path, size_t bytes_max, struct buf *out)
{
	struct err err = {.code = ERR_NONE};

	buf_init(out, bytes_max);
	return file_read(str_from(path), false, out, &err) ? ERR_NONE : err.code;
}

TEST(a_file_is_read_to_its_last_byte_and_no_further)
{
	struct buf buf;

	CHECK_EQ_INT(read_into(path_of("a", "12345678"), 8, &buf), ERR_NONE);
	CHECK_EQ_BYTES(buf.ptr, buf.len, "12345678", 8);
	buf_release(&buf);
	CHECK_EQ_INT(read_into(path_of("a", ""), 8, &buf), ERR_NONE);
	CHECK_EQ_UINT(buf.len, 0);
	buf_release(&buf);
	CHECK_EQ_INT(read_into(path_of("a", "123456789"), 8, &buf), ERR_LIMIT);
	buf_release(&buf);
}

TEST(what_has_no_size_is_bounded_while_it_is_read)
{
	struct buf buf;

	CHECK_EQ_INT(read_into("/dev/zero", 1 << 20, &buf), ERR_LIMIT);
	buf_release(&buf);
}

TEST(memory_of_the_caller_is_filled_to_its_end)
{
	struct err err;
	char memory[5];
	struct buf buf;

	buf_wrap(&buf, memory, sizeof(memory));
	CHECK(file_read(str_from(path_of("a", "1234")), false, &buf, &err));
	CHECK_EQ_BYTES(buf.ptr, buf.len, "1234", 4);
	buf_wrap(&buf, memory, sizeof(memory));
	CHECK(!file_read(str_from(path_of("a", "12345")), false, &buf, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
}

TEST(each_failure_has_its_code)
{
	char longer[8192];
	struct buf buf;

	CHECK_EQ_INT(read_into("/nowhere/file", 8, &buf), ERR_NOT_FOUND);
	CHECK_EQ_INT(read_into("/dev/null/file", 8, &buf), ERR_NOT_FOUND);
	CHECK_EQ_INT(read_into("/", 1 << 20, &buf), ERR_IO);
	buf_release(&buf);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	CHECK_EQ_INT(read_into(longer, 8, &buf), ERR_IO);
}
