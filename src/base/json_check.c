#include "base/json_check.h"

#include <stdint.h>
#include <string.h>

#include "base/codec.h"
#include "base/limits.h"

struct check {
	const char *at;
	const char *end;
	const char *why; /* NULL as long as all is well */
	size_t tokens;   /* as jsmn counts them: values and keys */
	uint64_t objects; /* a bit for each container that is open: object or array */
	unsigned depth;
};
_Static_assert(JSON_DEPTH_MAX <= 64, "check.objects has a bit for each level");

static bool fail(struct check *check, const char *at, const char *why)
{
	check->at = at;
	check->why = why;
	return false;
}

static void skip_space(struct check *check)
{
	while (check->at < check->end &&
	       (*check->at == ' ' || *check->at == '\n' || *check->at == '\r' || *check->at == '\t'))
		check->at++;
}

int json_hex4(const char *digits)
{
	uint8_t bytes[2];

	return codec_unhex((struct str){digits, 4}, bytes, sizeof(bytes)) ? bytes[0] << 8 | bytes[1] : -1;
}

/* At a backslash; goes past the escape, or both of a surrogate pair. */
static bool check_escape(struct check *check)
{
	const char *at = check->at;
	int unit, low;

	if (check->end - at < 2)
		return fail(check, at, "a string is not closed");
	if (at[1] != 'u') {
		if (!memchr("\"\\/bfnrt", at[1], 8))
			return fail(check, at, "an unknown escape in a string");
		check->at += 2;
		return true;
	}
	unit = check->end - at >= 6 ? json_hex4(at + 2) : -1;
	if (unit < 0)
		return fail(check, at, "\\u without four hex digits");
	check->at += 6;
	if (unit < 0xD800 || unit > 0xDFFF)
		return true;
	low = check->end - at >= 12 && at[6] == '\\' && at[7] == 'u' ? json_hex4(at + 8) : -1;
	if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
		return fail(check, at, "a lone surrogate");
	check->at += 6;
	return true;
}

/* Bytes of a string that mean nothing but themselves. */
static bool is_plain(char c)
{
	return c >= 0x20 && c != '"' && c != '\\' && (unsigned char)c < 0x80;
}

#define EACH_BYTE(value) ((uint64_t)(value) * 0x0101010101010101u)

/*
 * Goes past plain bytes, eight at a time. In `marks` the top bit of a byte is set if the byte is not plain; a borrow can
 * set it for others too, but only above the first that is.
 */
static const char *skip_plain(const char *at, const char *end)
{
	while (end - at >= 8) {
		uint64_t bytes, marks;

		memcpy(&bytes, at, 8);
		marks = (bytes - EACH_BYTE(0x20)) | ((bytes ^ EACH_BYTE('"')) - EACH_BYTE(1)) |
			((bytes ^ EACH_BYTE('\\')) - EACH_BYTE(1)) | bytes;
		marks &= EACH_BYTE(0x80);
		if (marks)
			return at + __builtin_ctzll(marks) / 8;
		at += 8;
	}
	while (at < end && is_plain(*at))
		at++;
	return at;
}

static bool check_string(struct check *check)
{
	const char *opening = check->at++;

	check->tokens++;
	for (;;) {
		const char *at = skip_plain(check->at, check->end);

		check->at = at;
		if (at == check->end)
			return fail(check, opening, "a string is not closed");
		if (*at == '"') {
			check->at++;
			return true;
		}
		if (*at == '\\') {
			if (!check_escape(check))
				return false;
		} else if ((unsigned char)*at < 0x20) {
			return fail(check, at, "a control character in a string");
		} else {
			struct str rest = {at, (size_t)(check->end - at)};
			size_t pos = 0;

			if (codec_utf8_next(rest, &pos) < 0)
				return fail(check, at, "invalid UTF-8");
			check->at += pos;
		}
	}
}

static bool skip_digits(struct check *check)
{
	const char *first = check->at;

	while (check->at < check->end && *check->at >= '0' && *check->at <= '9')
		check->at++;
	return check->at > first;
}

static bool take(struct check *check, char c)
{
	if (check->at == check->end || *check->at != c)
		return false;
	check->at++;
	return true;
}

static bool check_number(struct check *check)
{
	const char *start = check->at;

	check->tokens++;
	take(check, '-');
	if (take(check, '0')) {
		if (skip_digits(check))
			return fail(check, start, "a number with a leading zero");
	} else if (!skip_digits(check)) {
		return fail(check, start, "a number without digits");
	}
	if (take(check, '.') && !skip_digits(check))
		return fail(check, start, "a number without digits after its point");
	if (take(check, 'e') || take(check, 'E')) {
		if (!take(check, '+'))
			take(check, '-');
		if (!skip_digits(check))
			return fail(check, start, "a number without digits in its exponent");
	}
	return true;
}

static bool check_word(struct check *check, struct str word)
{
	struct str rest = {check->at, (size_t)(check->end - check->at)};

	check->tokens++;
	if (!str_starts(rest, word))
		return fail(check, check->at, "an unknown word");
	check->at += word.len;
	return true;
}

static bool open_container(struct check *check, bool object)
{
	if (check->depth == JSON_DEPTH_MAX)
		return fail(check, check->at, "nested too deep");
	check->objects = check->objects << 1 | object;
	check->depth++;
	check->tokens++;
	check->at++;
	return true;
}

static void close_container(struct check *check)
{
	check->objects >>= 1;
	check->depth--;
	check->at++;
}

static bool check_key(struct check *check)
{
	if (check->at == check->end || *check->at != '"')
		return fail(check, check->at, "a key is expected");
	if (!check_string(check))
		return false;
	skip_space(check);
	if (!take(check, ':'))
		return fail(check, check->at, "a colon is expected");
	skip_space(check);
	return true;
}

/* At an opening brace or bracket; *another says that a first value begins where this ends. */
static bool check_opening(struct check *check, bool object, bool *another)
{
	if (!open_container(check, object))
		return false;
	skip_space(check);
	if (check->at < check->end && *check->at == (object ? '}' : ']')) {
		close_container(check);
		return true;
	}
	*another = true;
	return !object || check_key(check);
}

/* A value, of a container only the opening. */
static bool check_value(struct check *check, bool *another)
{
	*another = false;
	if (check->at == check->end)
		return fail(check, check->at, "a value is expected");
	switch (*check->at) {
	case '{':
		return check_opening(check, true, another);
	case '[':
		return check_opening(check, false, another);
	case '"':
		return check_string(check);
	case 't':
		return check_word(check, STR("true"));
	case 'f':
		return check_word(check, STR("false"));
	case 'n':
		return check_word(check, STR("null"));
	default:
		if (*check->at == '-' || (*check->at >= '0' && *check->at <= '9'))
			return check_number(check);
		return fail(check, check->at, "a value is expected");
	}
}

/* After a value within a container: closes as many as end here, or goes to the next value. */
static bool check_after(struct check *check)
{
	while (check->depth) {
		bool object = check->objects & 1;

		skip_space(check);
		if (take(check, ',')) {
			skip_space(check);
			return !object || check_key(check);
		}
		if (check->at == check->end || *check->at != (object ? '}' : ']'))
			return fail(check, check->at,
				    object ? "a comma or a closing brace is expected"
					   : "a comma or a closing bracket is expected");
		close_container(check);
	}
	return true;
}

static bool check_text(struct check *check, struct str text)
{
	bool another;

	*check = (struct check){.at = text.ptr, .end = text.ptr + text.len};
	if (str_starts(text, STR("\xEF\xBB\xBF")))
		return fail(check, check->at, "a byte order mark");
	skip_space(check);
	do {
		do {
			if (!check_value(check, &another))
				return false;
		} while (another);
		if (!check_after(check))
			return false;
	} while (check->depth);
	skip_space(check);
	if (check->at < check->end)
		return fail(check, check->at, "something stands after the value");
	return true;
}

struct json_fault json_fault_at(struct str text, size_t offset, const char *why)
{
	struct json_fault fault = {.offset = offset, .line = 1, .column = 1, .why = why};

	for (size_t i = 0; i < offset; i++) {
		fault.column++;
		if (text.ptr[i] == '\n') {
			fault.line++;
			fault.column = 1;
		}
	}
	return fault;
}

bool json_check(struct str text, size_t *tokens, struct json_fault *fault)
{
	struct check check;
	bool ok = check_text(&check, text);

	if (ok && tokens)
		*tokens = check.tokens;
	if (!ok && fault)
		*fault = json_fault_at(text, (size_t)(check.at - text.ptr), check.why);
	return ok;
}
