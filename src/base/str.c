#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct str str_from(const char *cstr)
{
	return cstr ? (struct str){cstr, strlen(cstr)} : STR_EMPTY;
}

struct str str_make(const char *ptr, size_t len)
{
	return len ? (struct str){ptr, len} : STR_EMPTY;
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_eqc(struct str a, const char *cstr)
{
	return str_eq(a, str_from(cstr));
}

int str_cmp(struct str a, struct str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.ptr, b.ptr, len) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_take(s, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_skip(s, s.len - suffix.len), suffix);
}

static unsigned char lower(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 'A' && u <= 'Z' ? (unsigned char)(u + ('a' - 'A')) : u;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

bool str_has_nocase(struct str text, struct str part)
{
	for (size_t i = 0; i + part.len <= text.len; i++)
		if (str_eq_nocase(str_make(text.ptr + i, part.len), part))
			return true;
	return false;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.len && is_space(s.ptr[0]))
		s = str_skip(s, 1);
	while (s.len && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

struct str str_skip(struct str s, size_t count)
{
	if (count >= s.len)
		return STR_EMPTY;
	return (struct str){s.ptr + count, s.len - count};
}

struct str str_take(struct str s, size_t count)
{
	return count < s.len ? str_make(s.ptr, count) : s;
}

ssize_t str_find_char(struct str s, char c)
{
	const char *at = s.len ? memchr(s.ptr, c, s.len) : NULL;

	return at ? at - s.ptr : -1;
}

ssize_t str_find(struct str s, struct str needle)
{
	const char *at;

	if (needle.len == 0)
		return 0;
	at = s.len ? memmem(s.ptr, s.len, needle.ptr, needle.len) : NULL;
	return at ? at - s.ptr : -1;
}

bool str_cut(struct str s, char sep, struct str *head, struct str *tail)
{
	ssize_t at = str_find_char(s, sep);

	if (at < 0) {
		*head = s;
		*tail = STR_EMPTY;
		return false;
	}
	*head = str_take(s, (size_t)at);
	*tail = str_skip(s, (size_t)at + 1);
	return true;
}

bool str_next(struct str *rest, char sep, struct str *field)
{
	if (rest->len == 0)
		return false;
	str_cut(*rest, sep, field, rest);
	return true;
}

bool str_to_u64(struct str s, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (s.len == 0 || (s.len > 1 && s.ptr[0] == '0'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(unsigned char)s.ptr[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, digit, &value))
			return false;
	}
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

bool str_to_i64(struct str s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = s.len && s.ptr[0] == '-';
	uint64_t size;
	int64_t value;

	if (!str_to_u64(negative ? str_skip(s, 1) : s, negative, (uint64_t)INT64_MAX + negative, &size))
		return false;
	value = negative ? (int64_t)(0 - size) : (int64_t)size;
	if (value < min || value > max)
		return false;
	*out = value;
	return true;
}

bool str_to_duration_ms(struct str s, int64_t max_ms, int64_t *out)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
	size_t digits = 0;
	int64_t value;

	while (digits < s.len && s.ptr[digits] >= '0' && s.ptr[digits] <= '9')
		digits++;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!str_eqc(str_skip(s, digits), units[i].name))
			continue;
		if (!str_to_i64(str_take(s, digits), 0, max_ms / units[i].ms, &value))
			return false;
		*out = value * units[i].ms;
		return true;
	}
	return false;
}

bool str_seconds_to_ms(struct str s, int64_t max_ms, int64_t *out)
{
	struct str whole, fraction;
	int64_t seconds;
	int64_t ms = 0;
	bool more = false; /* something below a millisecond */

	if (str_cut(s, '.', &whole, &fraction) && fraction.len == 0)
		return false;
	if (!str_to_i64(whole, 0, INT64_MAX / 1000 - 1, &seconds) || s.ptr[0] == '-')
		return false;
	for (size_t i = 0; i < fraction.len || i < 3; i++) {
		char c = i < fraction.len ? fraction.ptr[i] : '0';

		if (c < '0' || c > '9')
			return false;
		if (i < 3)
			ms = ms * 10 + (c - '0');
		else
			more = more || c != '0';
	}
	ms += seconds * 1000 + more;
	if (ms > max_ms)
		return false;
	*out = ms;
	return true;
}

bool str_to_cstr(struct str s, char *out, size_t out_size)
{
	if (s.len >= out_size || str_find_char(s, '\0') >= 0)
		return false;
	if (s.len)
		memcpy(out, s.ptr, s.len);
	out[s.len] = '\0';
	return true;
}

/* A cap leaves room for the NUL of buf_cstr. */
#define BUF_BYTES_MAX ((size_t)PTRDIFF_MAX - 1)

void buf_init(struct buf *buf, size_t bytes_max)
{
	*buf = (struct buf){.bytes_max = bytes_max < BUF_BYTES_MAX ? bytes_max : BUF_BYTES_MAX};
}

void buf_wrap(struct buf *buf, char *memory, size_t size)
{
	buf_init(buf, size - 1);
	buf->ptr = memory;
	buf->capacity = size - 1;
}

void buf_release(struct buf *buf)
{
	free(buf->ptr);
	buf_init(buf, buf->bytes_max);
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->full = false;
}

static bool grow(struct buf *buf, size_t more)
{
	size_t wanted;
	char *ptr;

	if (more > buf->bytes_max - buf->len)
		goto full;
	wanted = buf->capacity < 64 ? 64 : buf->capacity;
	while (wanted < buf->len + more)
		wanted = wanted < buf->bytes_max / 2 ? wanted * 2 : buf->bytes_max;
	if (wanted > buf->bytes_max)
		wanted = buf->bytes_max;
	ptr = realloc(buf->ptr, wanted + 1);
	if (!ptr)
		goto full;
	buf->ptr = ptr;
	buf->capacity = wanted;
	return true;
full:
	buf->full = true;
	return false;
}

bool buf_reserve(struct buf *buf, size_t more)
{
	if (buf->full)
		return false;
	if (buf->ptr && more <= buf->capacity - buf->len)
		return true;
	return grow(buf, more);
}

bool buf_add(struct buf *buf, struct str s)
{
	if (!buf_reserve(buf, s.len))
		return false;
	if (s.len)
		memcpy(buf->ptr + buf->len, s.ptr, s.len);
	buf->len += s.len;
	return true;
}

bool buf_addc(struct buf *buf, const char *cstr)
{
	return buf_add(buf, str_from(cstr));
}

bool buf_add_char(struct buf *buf, char c)
{
	if (!buf_reserve(buf, 1))
		return false;
	buf->ptr[buf->len++] = c;
	return true;
}

size_t str_put_u64(uint64_t value, char out[STR_U64_MAX])
{
	char digits[STR_U64_MAX];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	memcpy(out, digits + at, sizeof(digits) - at);
	return sizeof(digits) - at;
}

bool buf_add_u64(struct buf *buf, uint64_t value)
{
	char digits[STR_U64_MAX];

	return buf_add(buf, str_make(digits, str_put_u64(value, digits)));
}

static bool __attribute__((format(printf, 2, 0))) add_formatted(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	int len;

	if (!buf_reserve(buf, 0))
		return false;
	va_copy(again, args);
	len = vsnprintf(buf->ptr + buf->len, buf->capacity - buf->len + 1, format, args);
	if (len < 0) {
		buf->full = true;
	} else if (buf_reserve(buf, (size_t)len)) {
		vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
	return !buf->full;
}

bool buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	bool ok;

	va_start(args, format);
	ok = add_formatted(buf, format, args);
	va_end(args);
	return ok;
}

void buf_drop_front(struct buf *buf, size_t count)
{
	if (count >= buf->len) {
		buf->len = 0;
		return;
	}
	buf->len -= count;
	memmove(buf->ptr, buf->ptr + count, buf->len);
}

struct str buf_str(const struct buf *buf)
{
	return str_make(buf->ptr, buf->len);
}

const char *buf_cstr(struct buf *buf)
{
	if (!buf_reserve(buf, 0))
		return NULL;
	buf->ptr[buf->len] = '\0';
	return buf->ptr;
}

bool buf_check(const struct buf *buf, const char *what, struct err *err)
{
	if (!buf->full)
		return true;
	return err_set(err, ERR_LIMIT, "%s is longer than %zu bytes", what, buf->bytes_max);
}
