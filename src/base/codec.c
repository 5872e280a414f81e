#include "base/codec.h"

#include <assert.h>
#include <string.h>

#include "base/unicode.h"

#define ZERO_WIDTH_JOINER 0x200D
#define VARIATION_EMOJI 0xFE0F

struct str codec_hex(const void *data, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * len] = '\0';
	return str_make(out, 2 * len);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool codec_unhex(struct str hex, void *out, size_t len)
{
	uint8_t *bytes = out;

	if (hex.len / 2 != len || hex.len % 2)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(hex.ptr[2 * i]);
		int low = hex_digit(hex.ptr[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* out has four bytes for each three that begin. */
static struct str write64(char *out, struct str data, const char *digits, bool padded)
{
	size_t len = 0;

	for (size_t i = 0; i < data.len; i += 3) {
		size_t left = data.len - i;
		uint32_t bits = (uint32_t)(uint8_t)data.ptr[i] << 16;

		if (left > 1)
			bits |= (uint32_t)(uint8_t)data.ptr[i + 1] << 8;
		if (left > 2)
			bits |= (uint8_t)data.ptr[i + 2];
		for (size_t digit = 0; digit < 4; digit++) {
			if (digit <= left)
				out[len++] = digits[bits >> (18 - 6 * digit) & 63];
			else if (padded)
				out[len++] = '=';
		}
	}
	return str_make(out, len);
}

static struct str encode64(struct arena *arena, struct str data, const char *digits, bool padded)
{
	char *out = arena_array(arena, data.len / 3 + (data.len % 3 != 0), 4);

	return out ? write64(out, data, digits, padded) : STR_EMPTY;
}

struct str codec_base64_text(const void *data, size_t len, char *out)
{
	struct str text = write64(out, str_make(data, len), base64_digits, true);

	out[text.len] = '\0';
	return text;
}

struct str codec_base64(struct arena *arena, struct str data)
{
	return encode64(arena, data, base64_digits, true);
}

struct str codec_base64url(struct arena *arena, struct str data)
{
	return encode64(arena, data, base64url_digits, false);
}

/* -1 for what is none of the alphabet's 64. */
static int digit64(char c, const char *digits)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == digits[62] ? 62 : c == digits[63] ? 63 : -1;
}

static bool decode64(struct arena *arena, struct str text, const char *digits, struct str *out)
{
	uint8_t *bytes = arena_alloc(arena, text.len / 4 * 3 + 3);
	size_t len = 0;
	uint32_t bits = 0;
	unsigned pending = 0;

	if (!bytes || text.len % 4 == 1)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int digit = digit64(text.ptr[i], digits);

		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		pending += 6;
		if (pending >= 8) {
			pending -= 8;
			bytes[len++] = (uint8_t)(bits >> pending);
		}
	}
	/* RFC 4648 3.5: the bits left over are zero. */
	if (bits & ((1u << pending) - 1))
		return false;
	*out = str_make((const char *)bytes, len);
	return true;
}

bool codec_unbase64(struct arena *arena, struct str text, struct str *out)
{
	if (text.len % 4)
		return false;
	for (int padding = 0; padding < 2 && str_ends(text, STR("=")); padding++)
		text.len--;
	return decode64(arena, text, base64_digits, out);
}

bool codec_unbase64url(struct arena *arena, struct str text, struct str *out)
{
	return decode64(arena, text, base64url_digits, out);
}

static bool is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

struct str codec_percent(struct arena *arena, struct str text)
{
	static const char digits[] = "0123456789ABCDEF";
	char *out = arena_array(arena, text.len, 3);
	size_t len = 0;

	if (!out)
		return STR_EMPTY;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t byte = (uint8_t)text.ptr[i];

		if (is_unreserved(text.ptr[i])) {
			out[len++] = text.ptr[i];
		} else {
			out[len++] = '%';
			out[len++] = digits[byte >> 4];
			out[len++] = digits[byte & 15];
		}
	}
	return str_make(out, len);
}

/* RFC 3629 3. What the first byte says: how many follow, and the least code point of that length. */
int32_t codec_utf8_next(struct str text, size_t *pos)
{
	static const int32_t least[] = {0, 0x80, 0x800, 0x10000};
	const uint8_t *bytes = (const uint8_t *)text.ptr + *pos;
	size_t left = text.len - *pos;
	size_t more;
	int32_t code_point;

	(*pos)++;
	if (bytes[0] < 0x80)
		return bytes[0];
	if (bytes[0] < 0xC2 || bytes[0] > 0xF4)
		return -1;
	more = bytes[0] < 0xE0 ? 1 : bytes[0] < 0xF0 ? 2 : 3;
	if (left <= more)
		return -1;
	code_point = bytes[0] & (0x3F >> more);
	for (size_t i = 1; i <= more; i++) {
		if ((bytes[i] & 0xC0) != 0x80)
			return -1;
		code_point = code_point << 6 | (bytes[i] & 0x3F);
	}
	if (code_point < least[more] || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
		return -1;
	*pos += more;
	return code_point;
}

bool codec_utf8_valid(struct str text)
{
	for (size_t pos = 0; pos < text.len;)
		if (codec_utf8_next(text, &pos) < 0)
			return false;
	return true;
}

size_t codec_utf8_put(int32_t code_point, char out[4])
{
	if (code_point < 0 || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
		return 0;
	if (code_point < 0x80) {
		out[0] = (char)code_point;
		return 1;
	}
	if (code_point < 0x800) {
		out[0] = (char)(0xC0 | code_point >> 6);
		out[1] = (char)(0x80 | (code_point & 0x3F));
		return 2;
	}
	if (code_point < 0x10000) {
		out[0] = (char)(0xE0 | code_point >> 12);
		out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code_point & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code_point >> 18);
	out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code_point & 0x3F));
	return 4;
}

struct str codec_clip(struct str text, size_t bytes_max)
{
	size_t len = text.len < bytes_max ? text.len : bytes_max;

	/* A character that is cut off has its first byte among the last three. */
	for (size_t back = 1; back <= 3 && back <= len; back++) {
		uint8_t byte = (uint8_t)text.ptr[len - back];

		if ((byte & 0xC0) == 0x80)
			continue;
		if (back < (byte >= 0xF0 ? 4u : byte >= 0xE0 ? 3u : byte >= 0xC0 ? 2u : 1u))
			len -= back;
		break;
	}
	return str_take(text, len);
}

static size_t units_of(int32_t code_point)
{
	return code_point > 0xFFFF ? 2 : 1;
}

size_t codec_utf16_len(struct str text)
{
	size_t units = 0;

	for (size_t pos = 0; pos < text.len;)
		units += units_of(codec_utf8_next(text, &pos));
	return units;
}

static bool is_regional(int32_t code_point)
{
	return code_point >= 0x1F1E6 && code_point <= 0x1F1FF;
}

/* Letters by category that belong to the one before them all the same (UAX 29): the half-width voiced sound marks,
 * and AM of Thai and Lao. They take a column. */
static bool is_mark_with_width(int32_t code_point)
{
	return code_point == 0xFF9E || code_point == 0xFF9F || code_point == 0x0E33 || code_point == 0x0EB3;
}

/* What has to be known of the text before a place to say whether it may be cut there (after UAX 29). */
struct cluster {
	int32_t last;
	bool odd_regional; /* one half of a flag stands open */
};

static bool may_cut(const struct cluster *before, int32_t next)
{
	if (next == ZERO_WIDTH_JOINER || before->last == ZERO_WIDTH_JOINER)
		return false;
	if (unicode_is_mark(next) || is_mark_with_width(next))
		return false;
	if (before->last == '\r' && next == '\n')
		return false;
	return !(before->odd_regional && is_regional(next));
}

static void pass(struct cluster *cluster, int32_t code_point)
{
	cluster->odd_regional = is_regional(code_point) && !cluster->odd_regional;
	cluster->last = code_point;
}

static struct str with_ellipsis(struct arena *arena, struct str text)
{
	static const char ellipsis[] = "\xE2\x80\xA6";
	size_t len = text.len + sizeof(ellipsis) - 1;
	char *out = arena_alloc(arena, len);

	if (!out)
		return STR_EMPTY;
	if (text.len)
		memcpy(out, text.ptr, text.len);
	memcpy(out + text.len, ellipsis, sizeof(ellipsis) - 1);
	return str_make(out, len);
}

struct str codec_cut(struct arena *arena, struct str text, size_t units_max)
{
	struct cluster cluster = {0};
	size_t units = 0;
	size_t keep = 0; /* bytes up to the last place where a cut leaves room for the ellipsis */

	assert(units_max >= 1);
	for (size_t pos = 0; pos < text.len;) {
		size_t start = pos;
		int32_t code_point = codec_utf8_next(text, &pos);

		if (units < units_max && may_cut(&cluster, code_point))
			keep = start;
		units += units_of(code_point);
		if (units > units_max)
			return with_ellipsis(arena, str_take(text, keep));
		pass(&cluster, code_point);
	}
	return text;
}

size_t codec_columns(struct str text)
{
	size_t columns = 0;
	size_t last = 0; /* columns of the character that marks would join */
	bool joined = false;

	for (size_t pos = 0; pos < text.len;) {
		int32_t code_point = codec_utf8_next(text, &pos);
		bool mark = code_point == ZERO_WIDTH_JOINER || unicode_is_mark(code_point);

		if (code_point == VARIATION_EMOJI && last == 1) {
			columns++;
			last = 2;
		} else if (!mark && !joined) {
			bool control = code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);

			last = control ? 0 : unicode_is_wide(code_point) ? 2 : 1;
			columns += last;
		}
		joined = code_point == ZERO_WIDTH_JOINER;
	}
	return columns;
}
