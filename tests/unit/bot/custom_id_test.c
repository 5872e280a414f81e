#include "bot/custom_id.h"

#include "test.h"

static const uint8_t key[CUSTOM_ID_KEY_SIZE] = {1, 2, 3};

static struct custom_id sample(struct arena *arena)
{
	return (struct custom_id){
		.verb = 'p',
		.owner = 123456789012345678,
		.issued_s = 1785000000,
		.target = custom_id_target(arena, STR("hanabi")),
		.number = 10,
	};
}

TEST(what_is_written_is_read_back)
{
	struct arena arena;
	struct custom_id read;

	arena_init(&arena, 1 << 16);
	struct custom_id id = sample(&arena);
	struct str text = custom_id_write(&arena, key, &id);
	CHECK(text.len <= 100);
	REQUIRE(custom_id_read(&arena, key, text, &read));
	CHECK(read.verb == 'p');
	CHECK_EQ_UINT(read.owner, id.owner);
	CHECK_EQ_INT(read.issued_s, id.issued_s);
	CHECK_EQ_INT(read.number, 10);
	CHECK_EQ_UINT(read.target.len, CUSTOM_ID_TARGET_DIGITS);
	CHECK(str_eq(read.target, id.target));
	arena_release(&arena);
}

TEST(the_longest_one_fits_into_100_characters)
{
	struct arena arena;
	struct custom_id read;

	arena_init(&arena, 1 << 16);
	struct custom_id id = {.verb = 'h',
			       .owner = UINT64_MAX,
			       .issued_s = INT64_MAX,
			       .target = custom_id_target(&arena, STR("x")),
			       .number = INT64_MAX};
	struct str text = custom_id_write(&arena, key, &id);
	CHECK(text.len > 0 && text.len <= 100);
	CHECK(custom_id_read(&arena, key, text, &read));
	arena_release(&arena);
}

TEST(a_change_of_any_character_is_refused)
{
	struct arena arena;
	struct custom_id read;
	char copy[101];

	arena_init(&arena, 1 << 20);
	struct custom_id id = sample(&arena);
	struct str text = custom_id_write(&arena, key, &id);
	for (size_t i = 0; i < text.len; i++) {
		memcpy(copy, text.ptr, text.len);
		copy[i] = copy[i] == '1' ? '2' : '1';
		CHECK(!custom_id_read(&arena, key, str_make(copy, text.len), &read));
		CHECK(!custom_id_read(&arena, key, str_take(text, i), &read));
	}
	arena_release(&arena);
}

TEST(another_key_is_refused)
{
	static const uint8_t other[CUSTOM_ID_KEY_SIZE] = {1, 2, 4};
	struct arena arena;
	struct custom_id read;

	arena_init(&arena, 1 << 16);
	struct custom_id id = sample(&arena);
	CHECK(!custom_id_read(&arena, other, custom_id_write(&arena, key, &id), &read));
	arena_release(&arena);
}

TEST(foreign_texts_are_refused)
{
	static const char *const texts[] = {"", ".", ".....", "p", "pull_again", "p.1.2..1.", "p.1.2..1.AAAAAAAAAAAAAAAAAAAAAA"};
	struct arena arena;
	struct custom_id read;

	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CHECK(!custom_id_read(&arena, key, str_from(texts[i]), &read));
	arena_release(&arena);
}
