#include "test.h"

#include "base/unicode.h"

TEST(marks_belong_to_the_character_before)
{
	static const int32_t marks[] = {0x0300, 0x036F, 0x0E31, 0x0E48, 0x093F, 0x094D, 0x1AB0, 0x1DC0, 0x20D0, 0x20E3, 0x200C,
					0x3099, 0x309A, 0xFE00, 0xFE0F, 0xFE20, 0x1161, 0x11A8, 0x1F3FB, 0x1F3FF, 0xE0020,
					0xE007F, 0xE0100, 0xE01EF};
	static const int32_t others[] = {0, 'a', 0x02FF, 0x0370, 0x0E01, 0x200B, 0x3042, 0x309B, 0x1100, 0x1F3FA, 0x1F400,
					 0x1F1E6, 0x10FFFF, -1};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		CHECK(unicode_is_mark(marks[i]));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CHECK(!unicode_is_mark(others[i]));
}

TEST(wide_characters_take_two_columns)
{
	static const int32_t wide[] = {0x1100, 0x2E80, 0x3000, 0x3042, 0x4E00, 0x9FFF, 0xAC00, 0xD7A3, 0xF900, 0xFF01, 0xFF60,
				       0xFFE5, 0x231A, 0x2728, 0x1F300, 0x1F600, 0x1F9FF, 0x20000, 0x30000};
	static const int32_t narrow[] = {0, 'a', 0xA5, 0x2026, 0x2605, 0x303F, 0xFF61, 0xFF71, 0x1F1E6, 0x10FFFF, -1};

	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		CHECK(unicode_is_wide(wide[i]));
	for (size_t i = 0; i < sizeof(narrow) / sizeof(narrow[0]); i++)
		CHECK(!unicode_is_wide(narrow[i]));
}
