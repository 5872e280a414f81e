#include "test.h"

#include "base/codec.h"

#define CHECK_STR(got, want) \
	do { \
		struct str got_ = (got); \
		CHECK_EQ_BYTES(got_.ptr, got_.len, want, sizeof(want) - 1); \
	} while (0)

TEST(hex_goes_both_ways)
{
	char text[9];
	uint8_t bytes[4];

	CHECK_STR(codec_hex("\x00\x9F\xAB\xFF", 4, text), "009fabff");
	CHECK_EQ_STR(text, "009fabff");
	CHECK(codec_unhex(STR("009FabFf"), bytes, 4));
	CHECK_EQ_BYTES(bytes, 4, "\x00\x9F\xAB\xFF", 4);
	CHECK(!codec_unhex(STR("009fabf"), bytes, 4));
	CHECK(!codec_unhex(STR("009fabff0"), bytes, 4));
	CHECK(!codec_unhex(STR("009fabfg"), bytes, 4));
	CHECK(codec_unhex(STR(""), bytes, 0));
}

TEST(base64_of_rfc_4648)
{
	static const char *const pairs[][2] = {{"", ""},		 {"f", "Zg=="},	   {"fo", "Zm8="},
					       {"foo", "Zm9v"},	 {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
					       {"foobar", "Zm9vYmFy"}};
	struct arena arena;
	struct str out;

	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		CHECK(str_eqc(codec_base64(&arena, str_from(pairs[i][0])), pairs[i][1]));
		CHECK(codec_unbase64(&arena, str_from(pairs[i][1]), &out));
		CHECK(str_eqc(out, pairs[i][0]));
	}
	CHECK_STR(codec_base64(&arena, STR("\xFB\xEF\xBE\xFF")), "++++/w==");
	CHECK_STR(codec_base64url(&arena, STR("\xFB\xEF\xBE\xFF")), "----_w");
	CHECK(codec_unbase64url(&arena, STR("----_w"), &out));
	CHECK_STR(out, "\xFB\xEF\xBE\xFF");
	arena_release(&arena);
}

TEST(base64_is_read_strictly)
{
	static const char *const refused[] = {"Zg",  "Zg=",   "Z===", "Zh==",  "Zm9=", "Zg==\n", "Z g=", "=Zg=",
					      "====", "Zg==Zg==", "-_-_", "Zm9v=", "A"};
	struct arena arena;
	struct str out;

	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		CHECK(!codec_unbase64(&arena, str_from(refused[i]), &out));
	CHECK(!codec_unbase64url(&arena, STR("Zg=="), &out));
	CHECK(!codec_unbase64url(&arena, STR("Zh"), &out));
	CHECK(!codec_unbase64url(&arena, STR("A"), &out));
	CHECK(!codec_unbase64url(&arena, STR("++++"), &out));
	CHECK(!codec_unbase64url(&arena, STR("Zg\0v"), &out));
	arena_release(&arena);
}

TEST(percent_encoding_keeps_the_unreserved)
{
	struct arena arena;

	arena_init(&arena, 1 << 16);
	CHECK_STR(codec_percent(&arena, STR("aZ09-._~")), "aZ09-._~");
	CHECK_STR(codec_percent(&arena, STR("a b/\xE3\x81\x82%\0")), "a%20b%2F%E3%81%82%25%00");
	arena_release(&arena);
}

TEST(utf8_is_read_strictly)
{
	static const struct {
		const char *text;
		int32_t code_point;
	} good[] = {{"a", 'a'}, {"\xC2\x80", 0x80}, {"\xDF\xBF", 0x7FF}, {"\xE0\xA0\x80", 0x800}, {"\xED\x9F\xBF", 0xD7FF},
		    {"\xEE\x80\x80", 0xE000}, {"\xEF\xBF\xBF", 0xFFFF}, {"\xF0\x90\x80\x80", 0x10000},
		    {"\xF4\x8F\xBF\xBF", 0x10FFFF}};
	/* Overlong, surrogate, beyond the last, cut off, stray. */
	static const char *const bad[] = {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xED\xA0\x80",
					  "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE3\x81", "\xE3",
					  "\xF0\x9F\x98", "\x80", "\xBF", "\xFF", "\xC2\x41", "\xE3\x41\x81"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		size_t pos = 0;
		char out[4];
		size_t len = codec_utf8_put(good[i].code_point, out);

		CHECK_EQ_INT(codec_utf8_next(str_from(good[i].text), &pos), good[i].code_point);
		CHECK_EQ_UINT(pos, strlen(good[i].text));
		CHECK_EQ_BYTES(out, len, good[i].text, strlen(good[i].text));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t pos = 0;

		CHECK_EQ_INT(codec_utf8_next(str_from(bad[i]), &pos), -1);
		CHECK_EQ_UINT(pos, 1);
		CHECK(!codec_utf8_valid(str_from(bad[i])));
	}
}

TEST(what_is_no_character_is_not_written)
{
	char out[4];

	CHECK_EQ_UINT(codec_utf8_put(0xD800, out), 0);
	CHECK_EQ_UINT(codec_utf8_put(0xDFFF, out), 0);
	CHECK_EQ_UINT(codec_utf8_put(0x110000, out), 0);
	CHECK_EQ_UINT(codec_utf8_put(-1, out), 0);
}

TEST(clipping_never_ends_within_a_character)
{
	struct str text = STR("a\xC3\xA4\xE3\x81\x82\xF0\x9F\x98\x80z");
	static const size_t want[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

	for (size_t max = 0; max < sizeof(want) / sizeof(want[0]); max++)
		CHECK_EQ_UINT(codec_clip(text, max).len, want[max]);
	CHECK_STR(codec_clip(STR("ab\xE3\x81"), 100), "ab");
}

TEST(lengths_count_utf16_units)
{
	CHECK_EQ_UINT(codec_utf16_len(STR("")), 0);
	CHECK_EQ_UINT(codec_utf16_len(STR("abc")), 3);
	CHECK_EQ_UINT(codec_utf16_len(STR("\u3042\u3044")), 2);
	CHECK_EQ_UINT(codec_utf16_len(STR("\U0001F600")), 2);
}

static void check_cut(const char *text, size_t units_max, const char *want, int line)
{
	struct arena arena;
	struct str got;

	arena_init(&arena, 1 << 16);
	got = codec_cut(&arena, str_from(text), units_max);
	test_check_bytes(got.ptr, got.len, want, strlen(want), __FILE__, line, text);
	CHECK(codec_utf16_len(got) <= units_max);
	arena_release(&arena);
}
#define CHECK_CUT(text, units_max, want) check_cut(text, units_max, want, __LINE__)

TEST(text_that_fits_is_not_cut)
{
	struct arena arena;
	struct str text = STR("abc");

	arena_init(&arena, 16);
	CHECK(codec_cut(&arena, text, 3).ptr == text.ptr);
	CHECK(codec_cut(&arena, STR_EMPTY, 1).len == 0);
	arena_release(&arena);
}

TEST(a_cut_ends_with_an_ellipsis_within_the_limit)
{
	CHECK_CUT("abcd", 3, "ab\u2026");
	CHECK_CUT("abcd", 1, "\u2026");
	CHECK_CUT("\u3042\u3044\u3046", 2, "\u3042\u2026");
}

TEST(a_cut_never_halves_a_surrogate_pair)
{
	CHECK_CUT("a\U0001F600\U0001F601", 4, "a\U0001F600\u2026");
	CHECK_CUT("a\U0001F600\U0001F601", 3, "a\u2026");
}

TEST(a_cut_never_parts_a_character_from_its_marks)
{
	CHECK_CUT("xe\u0301z", 3, "x\u2026");			 /* combining acute */
	CHECK_CUT("x\u304B\u3099zz", 3, "x\u2026");		 /* combining dakuten */
	CHECK_CUT("x\uFF76\uFF9Ezz", 3, "x\u2026");		 /* half-width dakuten */
	CHECK_CUT("x\u2764\uFE0Fzz", 3, "x\u2026");		 /* variation selector */
	CHECK_CUT("x\u845B\U000E0100zz", 3, "x\u2026");		 /* ideographic variation */
	CHECK_CUT("x\U0001F44D\U0001F3FDzz", 5, "x\u2026");	 /* skin tone */
	CHECK_CUT("x\u0E01\u0E33\u0E48zz", 4, "x\u2026");	 /* Thai AM and a tone mark */
	CHECK_CUT("x\u0915\u093Fzz", 3, "x\u2026");		 /* Devanagari vowel sign */
	CHECK_CUT("x\u1112\u1161\u11ABzz", 4, "x\u2026");	 /* Hangul jamo */
}

TEST(a_cut_never_falls_around_a_joiner)
{
	/* woman, joiner, laptop: 2 + 1 + 2 units after x */
	for (size_t max = 2; max <= 6; max++)
		CHECK_CUT("x\U0001F469\u200D\U0001F4BBzz", max, "x\u2026");
	CHECK_CUT("x\U0001F469\u200D\U0001F4BBzz", 7, "x\U0001F469\u200D\U0001F4BB\u2026");
}

TEST(a_cut_never_halves_a_flag)
{
	/* JP then FR, two units for each of the four */
	CHECK_CUT("\U0001F1EF\U0001F1F5\U0001F1EB\U0001F1F7z", 7, "\U0001F1EF\U0001F1F5\u2026");
	CHECK_CUT("\U0001F1EF\U0001F1F5\U0001F1EB\U0001F1F7z", 3, "\u2026");
	CHECK_CUT("a\r\nb", 3, "a\u2026");
	/* England: a black flag with tags */
	CHECK_CUT("x\U0001F3F4\U000E0067\U000E0062\U000E007Fzzz", 9, "x\u2026");
}

TEST(columns_of_a_terminal)
{
	CHECK_EQ_UINT(codec_columns(STR("abc")), 3);
	CHECK_EQ_UINT(codec_columns(STR("\u3042\u6F22")), 4);
	CHECK_EQ_UINT(codec_columns(STR("\uFF71\uFF76\uFF9E")), 3);
	CHECK_EQ_UINT(codec_columns(STR("e\u0301")), 1);
	CHECK_EQ_UINT(codec_columns(STR("\u304B\u3099")), 2);
	CHECK_EQ_UINT(codec_columns(STR("\U0001F600")), 2);
	CHECK_EQ_UINT(codec_columns(STR("\u2764\uFE0F")), 2);
	CHECK_EQ_UINT(codec_columns(STR("\U0001F469\u200D\U0001F4BB")), 2);
	CHECK_EQ_UINT(codec_columns(STR("\U0001F44D\U0001F3FD")), 2);
	CHECK_EQ_UINT(codec_columns(STR("\U0001F1EF\U0001F1F5")), 2);
	CHECK_EQ_UINT(codec_columns(STR("\u2605\u2026\n")), 2);
	CHECK_EQ_UINT(codec_columns(STR("")), 0);
}
