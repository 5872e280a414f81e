#include "web/assets.h"

#include <string.h>

#include "base/codec.h"
#include "base/hash.h"
#include "test.h"

TEST(every_file_of_the_page_unpacks_to_the_bytes_that_its_tag_names)
{
	CHECK(asset_count > 0);
	for (size_t i = 0; i < asset_count; i++) {
		char hex[2 * HASH_SHA256_SIZE + 1];
		uint8_t hash[HASH_SHA256_SIZE];
		struct err err = {0};
		struct buf out;

		buf_init(&out, assets[i].raw_len);
		CHECK(asset_unpack(&assets[i], &out, &err));
		CHECK_EQ_UINT(out.len, assets[i].raw_len);
		hash_sha256(buf_str(&out), hash);
		codec_hex(hash, sizeof(hash), hex);
		CHECK(strlen(assets[i].tag) == 16 && memcmp(assets[i].tag, hex, 16) == 0);
		buf_release(&out);
	}
}

TEST(a_file_is_found_by_its_whole_name)
{
	const struct asset *index = asset_find(STR("index.html"));

	REQUIRE(index != NULL);
	CHECK_EQ_STR(index->type, "text/html; charset=utf-8");
	CHECK(asset_find(STR("index")) == NULL);
	CHECK(asset_find(STR("index.html/")) == NULL);
	CHECK(asset_find(STR("../embed.S")) == NULL);
	CHECK(asset_find(STR_EMPTY) == NULL);
}

TEST(the_list_is_in_the_order_of_names_without_a_double)
{
	for (size_t i = 1; i < asset_count; i++)
		CHECK(strcmp(assets[i - 1].name, assets[i].name) < 0);
}

TEST(a_file_that_does_not_fit_is_refused_with_its_name)
{
	const struct asset *index = asset_find(STR("index.html"));
	struct err err = {0};
	char few[8];
	struct buf out;

	REQUIRE(index != NULL);
	buf_wrap(&out, few, sizeof(few));
	CHECK(!asset_unpack(index, &out, &err));
	CHECK_EQ_UINT(err.code, ERR_LIMIT);
	CHECK(strstr(err.text, "index.html") != NULL);
}

TEST(the_whole_page_is_small)
{
	size_t sum = 0;

	for (size_t i = 0; i < asset_count; i++)
		sum += assets[i].len;
	CHECK(sum < 80000);
}
