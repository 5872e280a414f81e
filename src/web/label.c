#include "web/label.h"

#include "base/codec.h"
#include "base/limits.h"

#define ELLIPSIS STR("…")
/* How much smaller a line, and each of two, may get before the next means is taken. */
#define SHRINK_LINE 0.84f
#define SHRINK_TWO 0.80f

/* Characters that may not begin a line (JIS X 4051, the common part), and those that may not end one. */
static const char NO_BEGIN[] = "、。，．・：；？！ー…‥」』）〉》】〕］｝～〜々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;!?)]}%’”";
static const char NO_END[] = "「『（〈《【〔［｛([{‘“";

static bool is_one_of(const char *set, struct str character)
{
	return str_find(str_from(set), character) >= 0;
}

/* The character at pos (invalid bytes are one each). */
static struct str character_at(struct str text, size_t pos, int32_t *code_point)
{
	size_t end = pos;

	*code_point = codec_utf8_next(text, &end);
	return str_take(str_skip(text, pos), end - pos);
}

static bool is_east_asian(int32_t code_point)
{
	return code_point >= 0x2e80;
}

/* Whether a line may end before pos: after a space or a hyphen, or beside a character of Japanese. */
static bool may_break(struct str before, int32_t before_point, struct str after, int32_t after_point)
{
	if (is_one_of(NO_BEGIN, after) || is_one_of(NO_END, before) || after_point == ' ')
		return false;
	return before_point == ' ' || before_point == '-' || before_point == 0x3000 || is_east_asian(before_point) ||
	       is_east_asian(after_point);
}

/* The break that leaves two lines of the most even width, both at most `width`; false if there is none. */
static bool halve(const struct font *font, struct str text, float width, float size, struct label *label)
{
	float best = width;
	bool found = false;
	int32_t before_point;
	struct str before = character_at(text, 0, &before_point);

	for (size_t pos = before.len; pos < text.len;) {
		int32_t point;
		struct str character = character_at(text, pos, &point);

		if (may_break(before, before_point, character, point)) {
			struct str first = str_trim(str_take(text, pos)), second = str_trim(str_skip(text, pos));
			float one = font_width(font, first, size), two = font_width(font, second, size);
			float widest = one > two ? one : two;

			if (widest <= best) {
				best = widest;
				found = true;
				*label = (struct label){.lines = {first, second}, .count = 2, .size = size};
			}
		}
		before = character;
		before_point = point;
		pos += character.len;
	}
	return found;
}

/* The longest beginning that fits; at a place to break if there is one in its second half, unless it may end anywhere. */
static struct str beginning(const struct font *font, struct str text, float width, float size, bool anywhere)
{
	size_t fits = 0, at_break = 0;
	float used = 0;
	int32_t before_point = 0;
	struct str before = STR_EMPTY;

	for (size_t pos = 0; pos < text.len;) {
		int32_t point;
		struct str character = character_at(text, pos, &point);

		used += font_width(font, character, size);
		if (pos && may_break(before, before_point, character, point))
			at_break = pos;
		if (used > width && pos)
			break;
		pos += character.len;
		fits = pos;
		before = character;
		before_point = point;
	}
	return str_take(text, !anywhere && fits < text.len && at_break > fits / 2 ? at_break : fits);
}

/* Names may have thousands of characters; no more than this can be seen. */
static struct str bounded(struct str text)
{
	struct str trimmed = str_trim(text);

	return trimmed.len > LABEL_BYTES_MAX ? codec_clip(trimmed, LABEL_BYTES_MAX) : trimmed;
}

static bool fit_whole(const struct font *font, struct str text, float width, float size, struct label *label)
{
	float whole = font_width(font, text, size);

	*label = (struct label){.lines = {text}, .count = 1, .size = size};
	if (whole <= width)
		return true;
	label->size = size * width / whole;
	return label->size >= size * SHRINK_LINE;
}

static struct str cut_line(const struct font *font, struct str text, float width, float size)
{
	return str_trim(beginning(font, text, width - font_width(font, ELLIPSIS, size), size, true));
}

struct label label_fit_line(const struct font *font, struct str text, float width, float size)
{
	struct str shown = bounded(text);
	struct label label;

	if (shown.len == str_trim(text).len && fit_whole(font, shown, width, size, &label))
		return label;
	size *= SHRINK_LINE;
	return (struct label){.lines = {cut_line(font, shown, width, size)}, .count = 1, .cut = true, .size = size};
}

struct label label_fit(const struct font *font, struct str text, float width, float size)
{
	static const float shares[] = {0.94f, 0.9f, 0.86f, 0.82f, SHRINK_TWO};
	struct str shown = bounded(text);
	struct label label;

	if (shown.len == str_trim(text).len) {
		if (fit_whole(font, shown, width, size, &label))
			return label;
		for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
			if (halve(font, shown, width, size * shares[i], &label))
				return label;
		}
	}
	label = (struct label){.count = 2, .size = size * SHRINK_TWO};
	label.lines[0] = beginning(font, shown, width, label.size, false);
	label.lines[1] = str_trim(str_skip(shown, label.lines[0].len));
	label.lines[0] = str_trim(label.lines[0]);
	label.cut = font_width(font, label.lines[1], label.size) > width || shown.len < str_trim(text).len;
	if (label.cut)
		label.lines[1] = cut_line(font, label.lines[1], width, label.size);
	return label;
}

static bool ends_cut(const struct label *label, size_t line)
{
	return label->cut && line + 1 == label->count;
}

float label_line_width(const struct font *font, const struct label *label, size_t line)
{
	float width = font_width(font, label->lines[line], label->size);

	return ends_cut(label, line) ? width + font_width(font, ELLIPSIS, label->size) : width;
}

bool label_draw_line(const struct font *font, struct canvas *canvas, const struct label *label, size_t line, float x,
		     float baseline, uint32_t color, struct err *err)
{
	struct str text = label->lines[line];

	if (!font_draw(font, canvas, text, x, baseline, label->size, color, err))
		return false;
	return !ends_cut(label, line) ||
	       font_draw(font, canvas, ELLIPSIS, x + font_width(font, text, label->size), baseline, label->size, color, err);
}
