#include "bot/picture.h"

#include <stdio.h>

#include "base/file.h"
#include "base/json_read.h"
#include "test.h"

static struct arena arena;
static struct cards cards;

static struct picture sample(void)
{
	struct picture picture = {.count = 2};

	picture.cards[0] = (struct card){.rarity = STR("SSR"), .stars = 5, .color = 0xF4B942, .name = STR("花火"), .id = STR("hanabi"),
					 .art = STR_EMPTY, .is_new = true, .featured = true};
	picture.cards[1] = (struct card){.rarity = STR("R"), .stars = 3, .color = -1, .name = STR("Key"), .id = STR("key"),
					 .art = STR_EMPTY, .shards = 12};
	return picture;
}

static struct str draw(const struct picture *picture, struct str art)
{
	struct attachment file = {.bytes = STR_EMPTY};
	struct err err;

	CHECK(picture_draw(picture, &cards, art, &arena, &file, &err));
	return file.bytes;
}

TEST(what_is_written_is_read_and_drawn_again_byte_by_byte)
{
	struct picture picture = sample(), again;
	struct json_writer writer;
	struct json root;
	struct buf out;

	arena_init(&arena, 8u << 20);
	cards_init(&cards);
	buf_init(&out, 65536);
	json_writer_init(&writer, &out);
	picture_write(&picture, &writer);
	REQUIRE(json_parse(&arena, buf_str(&out), &root, NULL));
	REQUIRE(picture_read(root, &arena, &again));
	CHECK_EQ_UINT(again.count, 2);
	CHECK(str_eqc(again.cards[1].id, "key"));
	CHECK(str_eq(draw(&picture, STR_EMPTY), draw(&again, STR_EMPTY)));
	CHECK(str_starts(draw(&picture, STR_EMPTY), STR("\x89PNG")));
	buf_release(&out);
	cards_release(&cards);
	arena_release(&arena);
}

TEST(what_is_no_picture_is_none)
{
	static const char *const docs[] = {"[]", "{}", "[1]", "[{\"id\":\"a\"}]", "[1,2,3,4,5,6,7,8,9,10,11]"};

	arena_init(&arena, 1u << 20);
	for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
		struct picture picture;
		struct json root;

		REQUIRE(json_parse(&arena, str_from(docs[i]), &root, NULL));
		CHECK(!picture_read(root, &arena, &picture));
	}
	arena_release(&arena);
}

TEST(an_items_own_art_is_drawn_and_a_broken_file_does_no_harm)
{
	struct picture picture = sample(), one = sample();
	char path[512];
	FILE *file;

	arena_init(&arena, 8u << 20);
	cards_init(&cards);
	struct str plain = draw(&picture, STR_EMPTY);
	struct str folder = str_from(test_dir());
	CHECK(str_eq(draw(&picture, folder), plain));
	/* A picture of one card is a PNG at hand. */
	one.count = 1;
	struct str art = draw(&one, STR_EMPTY);
	snprintf(path, sizeof(path), "%s/hanabi.png", test_dir());
	file = fopen(path, "wb");
	REQUIRE(file != NULL);
	fwrite(art.ptr, 1, art.len, file);
	fclose(file);
	CHECK(!str_eq(draw(&picture, folder), plain));
	file = fopen(path, "wb");
	REQUIRE(file != NULL);
	fwrite(art.ptr, 1, 40, file);
	fclose(file);
	CHECK(str_eq(draw(&picture, folder), plain));
	cards_release(&cards);
	arena_release(&arena);
}
