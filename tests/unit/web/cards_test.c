#include "test.h"

#include <stdlib.h>

#include "base/deflate.h"
#include "base/limits.h"
#include "web/cards.h"

static struct cards cards;
static struct buf out;
static struct err err;

static void start(void)
{
	err_clear(&err);
	cards_init(&cards);
	buf_init(&out, CARDS_BYTES_MAX);
}

static void stop(void)
{
	buf_release(&out);
	cards_release(&cards);
}

static struct card plain_card(void)
{
	return (struct card){.rarity = STR("R"), .stars = 3, .color = 0x5b8def, .name = STR("風鈴"), .id = STR("windbell"), .shards = 1};
}

static bool draw(const struct card *list, size_t count)
{
	buf_clear(&out);
	return cards_png(&cards, list, count, &out, &err);
}

/* A picture as an independent reader sees it. */
struct seen {
	uint32_t width, height;
	size_t colors;
	struct buf indices; /* rows, each after its filter type */
};

static uint32_t read_u32(struct str bytes)
{
	uint32_t value = 0;

	for (size_t i = 0; i < 4; i++)
		value = value << 8 | (uint8_t)bytes.ptr[i];
	return value;
}

/* CRC-32 bit by bit, as RFC 2083 (3.4) defines it. */
static uint32_t crc(struct str bytes)
{
	uint32_t value = UINT32_MAX;

	for (size_t i = 0; i < bytes.len; i++) {
		value ^= (uint8_t)bytes.ptr[i];
		for (int bit = 0; bit < 8; bit++)
			value = value & 1 ? value >> 1 ^ 0xedb88320u : value >> 1;
	}
	return ~value;
}

/* Reads the file in out, chunk by chunk; false if anything in it is not as it must be. */
static bool look(struct seen *seen)
{
	struct str rest = buf_str(&out);
	struct str kinds = STR("IHDRPLTEIDATIEND");

	*seen = (struct seen){0};
	buf_init(&seen->indices, 4u << 20);
	if (!str_starts(rest, STR("\x89PNG\r\n\x1a\n")))
		return false;
	rest = str_skip(rest, 8);
	while (kinds.len) {
		struct str body;
		uint32_t len;

		if (rest.len < 12 || (len = read_u32(rest)) > rest.len - 12)
			return false;
		body = str_take(str_skip(rest, 8), len);
		if (!str_eq(str_take(str_skip(rest, 4), 4), str_take(kinds, 4)) ||
		    crc(str_take(str_skip(rest, 4), len + 4)) != read_u32(str_skip(rest, 8 + len)))
			return false;
		if (kinds.len == 16) {
			seen->width = read_u32(body);
			seen->height = read_u32(str_skip(body, 4));
			if (!str_eq(str_skip(body, 8), str_make("\x08\x03\0\0\0", 5)))
				return false;
		} else if (kinds.len == 12) {
			seen->colors = len / 3;
		} else if (kinds.len == 8 && !deflate_inflate(body, &seen->indices, &err)) {
			return false;
		}
		rest = str_skip(rest, 12 + len);
		kinds = str_skip(kinds, 4);
	}
	if (rest.len || seen->indices.len != seen->height * ((size_t)seen->width + 1))
		return false;
	for (size_t i = 0; i < seen->indices.len; i++) {
		size_t value = (uint8_t)seen->indices.ptr[i];

		if (i % (seen->width + 1) ? value >= seen->colors : value != 0)
			return false;
	}
	return true;
}

static bool is_picture(uint32_t width, uint32_t height)
{
	struct seen seen;
	bool ok = look(&seen);

	buf_release(&seen.indices);
	return ok && CHECK_EQ_UINT(seen.width, width) && CHECK_EQ_UINT(seen.height, height) && CHECK(seen.colors <= CARDS_COLORS);
}

TEST(one_to_ten_cards_make_a_grid_of_five_in_a_row)
{
	struct card list[CARDS_MAX];

	start();
	for (size_t i = 0; i < CARDS_MAX; i++)
		list[i] = plain_card();
	for (size_t count = 1; count <= CARDS_MAX; count++) {
		uint32_t columns = count < 5 ? (uint32_t)count : 5;

		CHECK(draw(list, count));
		CHECK(is_picture(24 + 168 * columns, count > 5 ? 480 : 252));
	}
	stop();
}

TEST(no_card_and_more_than_ten_are_refused)
{
	struct card list[CARDS_MAX + 1] = {{.id = STR("a")}};

	start();
	CHECK(!draw(list, 0));
	CHECK_EQ_INT(err.code, ERR_USAGE);
	CHECK(!draw(list, CARDS_MAX + 1));
	CHECK_EQ_INT(err.code, ERR_USAGE);
	CHECK_EQ_UINT(out.len, 0);
	stop();
}

/* A copy of the file in out; the caller releases it. */
static struct buf drawn(const struct card *card)
{
	struct buf copy;

	buf_init(&copy, CARDS_BYTES_MAX);
	CHECK(draw(card, 1));
	buf_add(&copy, buf_str(&out));
	return copy;
}

/* Whether two cards give the same file. */
static bool alike(struct card a, struct card b)
{
	struct buf one = drawn(&a), two = drawn(&b);
	bool same = str_eq(buf_str(&one), buf_str(&two));

	buf_release(&one);
	buf_release(&two);
	return same;
}

TEST(the_same_cards_give_the_same_bytes_also_from_another_context)
{
	struct card card = plain_card();
	struct buf first;

	start();
	first = drawn(&card);
	CHECK(alike(card, card));
	stop();
	start();
	CHECK(draw(&card, 1));
	CHECK_EQ_BYTES(out.ptr, out.len, first.ptr, first.len);
	buf_release(&first);
	stop();
}

TEST(everything_a_card_says_is_seen)
{
	struct card card = plain_card();
	struct card other[10];

	start();
	for (size_t i = 0; i < 10; i++)
		other[i] = card;
	other[0].rarity = STR("SR");
	other[1].stars = 4;
	other[2].color = 0xa06cd5;
	other[3].color = -1;
	other[4].name = STR("紅葉の栞");
	other[5].id = STR("maple");
	other[6].is_new = true;
	other[7].featured = true;
	other[8].shards = 2;
	other[9].shards = 0;
	for (size_t i = 0; i < 10; i++)
		CHECK(!alike(card, other[i]));
	stop();
}

TEST(a_name_with_a_missing_glyph_is_shown_as_the_id)
{
	static const struct str missing[] = {STR("風鈴🎐"), STR("한국어"), STR("a\nb"), STR("\xff"), STR(""), STR("   ")};
	struct card by_id = plain_card();

	start();
	by_id.name = by_id.id;
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		struct card card = by_id;

		card.name = missing[i];
		CHECK(alike(card, by_id));
	}
	stop();
}

TEST(names_in_japanese_and_latin_are_shown_as_they_are)
{
	static const struct str names[] = {STR("夜鳴きそばのポンキチ"), STR("Čapek & Søn"), STR("「雨、ときどき…」"), STR("ＡＢＣ～！"), STR("亜腕")};
	struct card by_id = plain_card();

	start();
	by_id.name = STR_EMPTY;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct card card = by_id;

		card.name = names[i];
		CHECK(!alike(card, by_id));
	}
	stop();
}

TEST(the_fullest_cards_fit_the_bound)
{
	static char name[3 * 2000];
	static const char *const ids[CARDS_MAX] = {"a", "bb", "c-c", "d.d.d", "eeeee", "f", "g7", "h_h", "i0", "jjj"};
	struct card list[CARDS_MAX];

	start();
	for (size_t i = 0; i < sizeof(name); i += 3)
		memcpy(name + i, i % 2 ? "鬱" : "響", 3);
	for (size_t i = 0; i < CARDS_MAX; i++)
		list[i] = (struct card){.rarity = STR("A-rarity-with-an-id-of-sixty-four-characters-in-all-0123456789ab"),
					.stars = i % 2 ? INT64_MAX : 7,
					.color = (int32_t)(0x204080 * (i + 1) & 0xffffff),
					.name = str_make(name + 3 * i, sizeof(name) - 3 * i),
					.id = str_from(ids[i]),
					.is_new = true,
					.featured = true,
					.shards = INT64_MAX};
	CHECK(draw(list, CARDS_MAX));
	CHECK(is_picture(864, 480));
	CHECK(out.len < CARDS_BYTES_MAX);
	stop();
}

TEST(a_file_longer_than_the_callers_cap_is_refused)
{
	struct card card = plain_card();

	start();
	out.bytes_max = 1000;
	CHECK(!draw(&card, 1));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	stop();
}

TEST(art_takes_the_place_of_the_emblem)
{
	struct card card = plain_card(), with_art = card;
	struct buf art;

	start();
	card.color = 0xff0000;
	art = drawn(&card);
	with_art.art = buf_str(&art);
	card = plain_card();
	CHECK(!alike(card, with_art));
	CHECK(is_picture(192, 252));
	buf_release(&art);
	stop();
}

TEST(art_that_cannot_be_read_leaves_the_emblem)
{
	struct card card = plain_card(), broken = card;
	struct buf art;

	start();
	art = drawn(&card);
	broken.art = str_take(buf_str(&art), art.len / 2);
	CHECK(alike(card, broken));
	broken.art = STR("GIF89a");
	CHECK(alike(card, broken));
	buf_release(&art);
	stop();
}

TEST(art_that_does_not_pack_gives_way_to_the_bound)
{
	/* An uncompressed PNG of noise, 300 by 300 pixels, three times the bound. */
	enum { SIDE = 300, ROW = 1 + 3 * SIDE };
	static const char form[] = {8, 2, 0, 0, 0};
	static char rows[SIDE * ROW];
	struct card list[CARDS_MAX];
	struct buf png, packed;
	uint32_t state = 1;
	static const char *const kinds[] = {"IHDR", "IDAT", "IEND"};

	start();
	buf_init(&png, ART_BYTES_MAX);
	buf_init(&packed, ART_BYTES_MAX);
	for (size_t i = 0; i < sizeof(rows); i++) {
		state = state * 1664525 + 1013904223;
		rows[i] = i % ROW ? (char)(state >> 24) : 0;
	}
	REQUIRE(deflate_compress(str_make(rows, sizeof(rows)), 1, &packed, &err));
	buf_addc(&png, "\x89PNG\r\n\x1a\n");
	for (int i = 0; i < 3; i++) {
		struct buf chunk;
		uint32_t len, sum;

		buf_init(&chunk, ART_BYTES_MAX);
		buf_addc(&chunk, kinds[i]);
		if (i == 0) {
			buf_add(&chunk, str_make("\0\0\x01\x2c\0\0\x01\x2c", 8));
			buf_add(&chunk, str_make(form, sizeof(form)));
		} else if (i == 1) {
			buf_add(&chunk, buf_str(&packed));
		}
		len = (uint32_t)chunk.len - 4;
		sum = crc(buf_str(&chunk));
		for (int shift = 24; shift >= 0; shift -= 8)
			buf_add_char(&png, (char)(len >> shift));
		buf_add(&png, buf_str(&chunk));
		for (int shift = 24; shift >= 0; shift -= 8)
			buf_add_char(&png, (char)(sum >> shift));
		buf_release(&chunk);
	}
	for (size_t i = 0; i < CARDS_MAX; i++) {
		list[i] = plain_card();
		list[i].art = buf_str(&png);
	}
	CHECK(draw(list, CARDS_MAX));
	CHECK(is_picture(864, 480));
	CHECK(draw(list, 1));
	CHECK(is_picture(192, 252));
	buf_release(&packed);
	buf_release(&png);
	stop();
}
