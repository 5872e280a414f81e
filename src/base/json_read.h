/*
 * Reading JSON: the check of base/json_check first (jsmn lets invalid JSON pass), then jsmn's token
 * array in an arena.
 *
 * Refused: what that check refuses; by json_parse_strict duplicate keys too (elsewhere the first one counts). A value
 * borrows from the text and the arena. A look-up on a missing key gives a null value
 * (json_is_missing), so that chains need no checks; the typed getter at the end of a chain says
 * whether it was there and of that type.
 */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_check.h"
#include "base/str.h"

enum json_type { JSON_MISSING, JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct jsmntok;

struct json_doc {
	struct str text;
	struct jsmntok *tokens;
	size_t count;
};

/* One value of a document; {NULL, 0} is a missing one. */
struct json {
	const struct json_doc *doc;
	size_t token;
};

#define JSON_MISSING_VALUE ((struct json){NULL, 0})

/*
 * Checks and tokenises; *root borrows text. ERR_INPUT with line, column and why; ERR_LIMIT when the
 * arena is full, or the text of 2 GiB or more.
 */
bool json_parse(struct arena *arena, struct str text, struct json *root, struct err *err);

/* As json_parse, refuses duplicate keys too, and says where. fault may be NULL; it is set with every error. */
bool json_parse_strict(struct arena *arena, struct str text, struct json *root, struct json_fault *fault,
		       struct err *err);

enum json_type json_type(struct json value);
bool json_is_missing(struct json value); /* not there at all (JSON null is there) */
bool json_is_null(struct json value);    /* missing or null */

/* Member of an object; missing when value is no object or has no such key. Compares decoded keys. */
struct json json_get_str(struct json value, struct str key);
/* In the header, so that a literal's length is counted by the compiler. */
static inline struct json json_get(struct json value, const char *key)
{
	return json_get_str(value, (struct str){key, __builtin_strlen(key)});
}
/* Element of an array; missing beyond its end. */
struct json json_at(struct json value, size_t index);
/* Elements of an array or members of an object; 0 for everything else. */
size_t json_count(struct json value);

/* Walks arrays (key empty) and objects in document order in linear time. */
struct json_iter {
	struct json parent;
	size_t next;
	size_t left;
};
struct json_iter json_iterate(struct json value);
bool json_next(struct json_iter *iter, struct json *key, struct json *value);

/* An object's members by the bytes of their decoded keys, equal keys in document order; NULL when the arena is full. */
struct json_member {
	struct str name; /* the decoded key */
	struct json key, value;
};
const struct json_member *json_sort_members(struct json object, struct arena *arena);

/* Typed getters: false and *out untouched when the value is not of that type or range. */
bool json_bool(struct json value, bool *out);
/* Integers as gacha.md reads them: no -0, fraction, exponent. */
bool json_i64(struct json value, int64_t min, int64_t max, int64_t *out);
bool json_u64(struct json value, uint64_t min, uint64_t max, uint64_t *out);
bool json_double(struct json value, double *out);
/* Decoded text. Borrows the document where it has no escape, else copies into the arena. */
bool json_text(struct json value, struct arena *arena, struct str *out);
/* As json_text; `otherwise` for anything that is no string. */
struct str json_text_or(struct json value, struct arena *arena, struct str otherwise);
/* A Discord snowflake: a string of decimal digits, 1 to 2^64-1. */
bool json_snowflake(struct json value, uint64_t *out);

/*
 * Decoding without memory: what stands at *pos of a string that was checked, between its quotes. One
 * byte, or an escape as 1 to 4 bytes of UTF-8; returns how many and moves *pos past it.
 */
size_t json_decode_next(struct str raw, size_t *pos, char out[4]);

/* The value's text as it stands in the document (strings with their quotes). */
struct str json_raw(struct json value);
/* Offset of the value's first byte (a string's opening quote). */
size_t json_offset(struct json value);

#endif
