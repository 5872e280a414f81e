#include "test.h"

#include "web/label.h"

static struct font font;
static struct err err;

static bool start(void)
{
	font_init(&font);
	return CHECK(font_open(&font, &err));
}

static void stop(void)
{
	font_release(&font);
}

static bool line_is(const struct label *label, size_t line, const char *text)
{
	return line < label->count && str_eqc(label->lines[line], text);
}

static bool fits(const struct label *label, float width)
{
	for (size_t i = 0; i < label->count; i++) {
		if (label_line_width(&font, label, i) > width + 0.01f)
			return false;
	}
	return true;
}

TEST(a_short_name_keeps_its_size)
{
	struct label label;

	REQUIRE(start());
	label = label_fit(&font, STR(" 風鈴 "), 138, 17);
	CHECK_EQ_UINT(label.count, 1);
	CHECK(line_is(&label, 0, "風鈴"));
	CHECK(label.size == 17 && !label.cut);
	stop();
}

TEST(a_name_a_little_too_long_shrinks)
{
	struct label label;

	REQUIRE(start());
	label = label_fit(&font, STR("時計塔のネジマキ人"), 138, 17);
	CHECK_EQ_UINT(label.count, 1);
	CHECK(label.size < 17 && label.size > 14);
	CHECK(fits(&label, 138));
	stop();
}

TEST(latin_breaks_between_words)
{
	struct label label;

	REQUIRE(start());
	label = label_fit(&font, STR("Ponkichi of the Noodle Cart"), 138, 17);
	CHECK(line_is(&label, 0, "Ponkichi of the"));
	CHECK(line_is(&label, 1, "Noodle Cart"));
	CHECK(fits(&label, 138));
	stop();
}

TEST(no_line_of_japanese_begins_with_what_may_not_begin_one)
{
	struct label label;

	REQUIRE(start());
	label = label_fit(&font, STR("ああああああああーーっああああああ"), 138, 17);
	CHECK_EQ_UINT(label.count, 2);
	CHECK(str_starts(label.lines[1], STR("あ")));
	label = label_fit(&font, STR("ああああああああ「「あああああああ"), 138, 17);
	CHECK_EQ_UINT(label.count, 2);
	CHECK(!str_ends(label.lines[0], STR("「")));
	stop();
}

TEST(what_two_lines_do_not_hold_is_cut_with_an_ellipsis)
{
	static char text[30000];
	struct label label;

	REQUIRE(start());
	for (size_t i = 0; i < sizeof(text); i += 3)
		memcpy(text + i, "灯", 3);
	label = label_fit(&font, str_make(text, sizeof(text)), 138, 17);
	CHECK(label.count == 2 && label.cut);
	CHECK(fits(&label, 138));
	memset(text, 'm', sizeof(text));
	label = label_fit(&font, str_make(text, sizeof(text)), 138, 17);
	CHECK(label.count == 2 && label.cut);
	CHECK(fits(&label, 138));
	label = label_fit_line(&font, str_make(text, sizeof(text)), 70, 13);
	CHECK(label.count == 1 && label.cut);
	CHECK(fits(&label, 70));
	stop();
}

TEST(the_font_has_the_kanji_of_jis_level_1_and_kana)
{
	REQUIRE(start());
	CHECK(font_has(&font, STR("亜唖娃阿哀愛挨姶逢葵茜穐悪握渥旭葦芦鯵梓")));
	CHECK(font_has(&font, STR("和話歪賄脇惑枠鷲亙亘鰐詫藁蕨椀湾碗腕")));
	CHECK(font_has(&font, STR("ぁあんァアヴヵヶー・、。「」『』（）…〜")));
	CHECK(font_has(&font, STR("Latin, äöüßéñøåçžŁ and Việt")));
	CHECK(!font_has(&font, STR("🎐")));
	CHECK(!font_has(&font, STR("\xc0\x80")));
	CHECK(!font_has(&font, STR("a\tb")));
	stop();
}
