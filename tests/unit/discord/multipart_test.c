#include "discord/multipart.h"

#include "base/limits.h"
#include "test.h"

TEST(the_json_comes_first_and_files_follow_by_number)
{
	const struct attachment files[] = {
		{STR("a.png"), STR("image/png"), STR_EMPTY, str_make("\x89P\0\r\n", 5)},
		{STR("b.csv"), STR("text/csv"), STR_EMPTY, STR("1,2")},
	};
	static const char want[] =
		"--B\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{}\r\n"
		"--B\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
		"\x89P\0\r\n\r\n"
		"--B\r\nContent-Disposition: form-data; name=\"files[1]\"; filename=\"b.csv\"\r\nContent-Type: text/csv\r\n\r\n1,2\r\n"
		"--B--\r\n";
	struct buf out;
	struct err err;

	buf_init(&out, 65536);
	CHECK(multipart_write("B", STR("{}"), files, 2, &out, &err));
	CHECK_EQ_BYTES(out.ptr, out.len, want, sizeof(want) - 1);
	buf_release(&out);
}

TEST(what_does_not_fit_is_refused)
{
	const struct attachment file = {STR("a.png"), STR("image/png"), STR_EMPTY, STR("0123456789")};
	struct buf out;
	struct err err;

	buf_init(&out, 200);
	CHECK(!multipart_write("B", STR("{}"), &file, 1, &out, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	buf_release(&out);
}

TEST(a_boundary_is_never_the_same)
{
	char first[MULTIPART_BOUNDARY_SIZE], second[MULTIPART_BOUNDARY_SIZE];
	struct rng rng;
	struct buf out;

	REQUIRE(rng_init(&rng, NULL));
	multipart_boundary(&rng, first);
	multipart_boundary(&rng, second);
	CHECK_EQ_UINT(strlen(first), MULTIPART_BOUNDARY_SIZE - 1);
	CHECK(strcmp(first, second) != 0);
	buf_init(&out, 128);
	CHECK(multipart_type("B", &out));
	CHECK_EQ_STR(buf_cstr(&out), "multipart/form-data; boundary=B");
	buf_release(&out);
}
