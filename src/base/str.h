/*
 * Text: slices by value, and buffers with a cap.
 *
 * A struct str borrows; it has no NUL of its own and may hold any bytes. A struct buf owns
 * its memory and never grows past the cap given at init: beyond it the buffer is marked `full`,
 * takes nothing more, and the owner turns that into ERR_LIMIT once, at the end.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct str {
	const char *ptr;
	size_t len;
};

#define STR(literal) ((struct str){("" literal), sizeof(literal) - 1})
#define STR_EMPTY ((struct str){"", 0})
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).ptr

struct str str_from(const char *cstr); /* NULL gives the empty slice */
struct str str_make(const char *ptr, size_t len);
bool str_eq(struct str a, struct str b);
bool str_eqc(struct str a, const char *cstr);
int str_cmp(struct str a, struct str b); /* by bytes, shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_eq_nocase(struct str a, struct str b); /* ASCII only */
bool str_has_nocase(struct str text, struct str part); /* ASCII only; the empty part is in every text */
struct str str_trim(struct str s);              /* ASCII white space at both ends */
struct str str_skip(struct str s, size_t count);
struct str str_take(struct str s, size_t count);
/* Index of the first occurrence, or -1. */
ssize_t str_find_char(struct str s, char c);
ssize_t str_find(struct str s, struct str needle);
/* Splits at the first `sep`: *head before it, *tail after it. False (head = s, tail empty) without one. */
bool str_cut(struct str s, char sep, struct str *head, struct str *tail);
/*
 * Takes the next field off *rest; false when nothing is left. "a,,b" gives "a", "", "b"; a last `sep`
 * starts no field.
 */
bool str_next(struct str *rest, char sep, struct str *field);

/*
 * The one checked parser of numbers from outside: decimal digits only, no sign (but i64's '-'),
 * no leading zeros, within [min, max]. False and *out untouched otherwise.
 */
bool str_to_u64(struct str s, uint64_t min, uint64_t max, uint64_t *out);
bool str_to_i64(struct str s, int64_t min, int64_t max, int64_t *out);
/* "250ms", "10s", "10m", "2h", "7d" into milliseconds, at most max_ms. A bare number is refused. */
bool str_to_duration_ms(struct str s, int64_t max_ms, int64_t *out);
/* A decimal with an optional fraction, in seconds, into milliseconds rounded up ("0.3505" -> 351). */
bool str_seconds_to_ms(struct str s, int64_t max_ms, int64_t *out);

/* Copies with a NUL; false if it does not fit or holds a NUL. */
bool str_to_cstr(struct str s, char *out, size_t out_size);

/* Decimal digits without a NUL; returns how many. */
#define STR_U64_MAX 20
size_t str_put_u64(uint64_t value, char out[STR_U64_MAX]);

struct buf {
	char *ptr;
	size_t len;
	size_t capacity;
	size_t bytes_max;
	bool full; /* sticky: something did not fit, or there was no memory */
};

void buf_init(struct buf *buf, size_t bytes_max);
/* Over `size` ≥ 1 bytes of the caller's (one is kept for a NUL): takes no memory, is not to be released. */
void buf_wrap(struct buf *buf, char *memory, size_t size);
void buf_release(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory */
bool buf_reserve(struct buf *buf, size_t more);
bool buf_add(struct buf *buf, struct str s);
bool buf_addc(struct buf *buf, const char *cstr);
bool buf_add_char(struct buf *buf, char c);
bool buf_add_u64(struct buf *buf, uint64_t value);
bool buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_drop_front(struct buf *buf, size_t count);
struct str buf_str(const struct buf *buf); /* borrows until the next change */
/* The text with a NUL after it (not counted in len); NULL if full. Borrows until the next change. */
const char *buf_cstr(struct buf *buf);
/* ERR_LIMIT ("what is longer than N bytes") if full, else true. */
bool buf_check(const struct buf *buf, const char *what, struct err *err);

#endif
