/*
 * Encodings: hex, base64, percent, UTF-8 and UTF-16 lengths.
 */
#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* Lower-case hex; out has 2 × len bytes and a NUL. Returns the slice. */
struct str codec_hex(const void *data, size_t len, char *out);
/* Exactly `len` bytes from 2 × len digits (either case); out is undefined when that is false. */
bool codec_unhex(struct str hex, void *out, size_t len);

/* RFC 4648 4, padded; out has four bytes for each three that begin, and a NUL. Returns the slice. */
struct str codec_base64_text(const void *data, size_t len, char *out);
struct str codec_base64(struct arena *arena, struct str data);    /* the same in an arena */
struct str codec_base64url(struct arena *arena, struct str data); /* RFC 4648 5, no padding */
bool codec_unbase64(struct arena *arena, struct str text, struct str *out);    /* strict, padded */
bool codec_unbase64url(struct arena *arena, struct str text, struct str *out); /* strict, unpadded */

/* RFC 3986: everything but unreserved is %XX. */
struct str codec_percent(struct arena *arena, struct str text);

/* Decodes one code point at *pos and moves past it; -1 for invalid UTF-8 (then moves by one byte). */
int32_t codec_utf8_next(struct str text, size_t *pos);
bool codec_utf8_valid(struct str text);
/* Writes 1 to 4 bytes, returns how many; 0 for a surrogate or beyond U+10FFFF. */
size_t codec_utf8_put(int32_t code_point, char out[4]);
/* The longest beginning of at most bytes_max bytes that does not end within a character. */
struct str codec_clip(struct str text, size_t bytes_max);
/* Length in UTF-16 code units, as Discord counts; text is valid UTF-8. */
size_t codec_utf16_len(struct str text);
/*
 * At most units_max UTF-16 units (units_max ≥ 1): cut with an ellipsis (U+2026), never inside a character
 * nor before a combining mark, variation selector, skin tone, or around a zero-width joiner
 * (discord.md 17). Borrows text if it fits.
 */
struct str codec_cut(struct arena *arena, struct str text, size_t units_max);
/* Terminal columns: 2 for East Asian wide and emoji, 0 for combining. */
size_t codec_columns(struct str text);

#endif
