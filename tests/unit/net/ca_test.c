#include "net/ca.h"

#include <stdio.h>

#include "base/limits.h"
#include "test.h"

#define ONE "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

static struct err load(const char *content, struct buf *out)
{
	struct err err = {0};
	char path[4200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/ca.pem", test_dir());
	if (content) {
		file = fopen(path, "w");
		CHECK(file && fputs(content, file) >= 0 && fclose(file) == 0);
	}
	buf_init(out, SIZE_MAX);
	ca_load(str_from(path), out, &err);
	remove(path);
	return err;
}

TEST(the_built_in_bundle_holds_the_roots)
{
	struct err err = {0};
	struct buf out;

	buf_init(&out, SIZE_MAX);
	CHECK(ca_load(STR_EMPTY, &out, &err));
	CHECK(str_starts(buf_str(&out), STR("-----BEGIN CERTIFICATE-----\n")));
	CHECK(str_ends(buf_str(&out), STR("-----END CERTIFICATE-----\n")));
	buf_release(&out);
}

TEST(a_file_takes_their_place)
{
	struct buf out;
	struct err err = load("# roots\n" ONE ONE, &out);

	CHECK_EQ_INT(err.code, ERR_NONE);
	CHECK(str_eqc(buf_str(&out), "# roots\n" ONE ONE));
	buf_release(&out);
}

TEST(what_holds_no_certificate_is_refused_with_the_setting)
{
	static const char *const wrong[] = {
		NULL, "", "hello\n", "-----BEGIN CERTIFICATE-----\nMIIB\n",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
		"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct buf out;
		struct err err = load(wrong[i], &out);

		CHECK_EQ_INT(err.code, ERR_CONFIG);
		CHECK(strstr(err.text, "HOMU_CA_FILE") != NULL);
		buf_release(&out);
	}
}

TEST(a_folder_and_a_file_that_is_too_long_are_refused)
{
	static char text[CA_BYTES_MAX + 2];
	struct err err = {0};
	struct buf out;

	buf_init(&out, SIZE_MAX);
	CHECK(!ca_load(str_from(test_dir()), &out, &err));
	CHECK_EQ_INT(err.code, ERR_CONFIG);
	buf_release(&out);
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, ONE, sizeof(ONE) - 1);
	err = load(text, &out);
	CHECK_EQ_INT(err.code, ERR_CONFIG);
	buf_release(&out);
}
