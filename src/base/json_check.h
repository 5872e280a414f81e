/*
 * Whether a text is JSON: RFC 8259, stricter than most parsers, which let invalid JSON pass.
 *
 * Refused: what RFC 8259 refuses, invalid UTF-8, lone surrogates, a byte order mark, nesting beyond
 * JSON_DEPTH_MAX. Duplicate keys are not seen here. Takes no memory but the stack.
 */
#ifndef BASE_JSON_CHECK_H
#define BASE_JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Where and why a text is not JSON. line and column from 1, column in bytes. */
struct json_fault {
	size_t offset;
	size_t line;
	size_t column;
	const char *why;
};

/* *tokens: values and keys together, as jsmn counts them; *fault is set when it is no JSON. Both may be NULL. */
bool json_check(struct str text, size_t *tokens, struct json_fault *fault);
/* The line and column of a byte of the text. */
struct json_fault json_fault_at(struct str text, size_t offset, const char *why);
/* The UTF-16 unit that four hex digits (either case) name, as behind \u; -1 if one is none. */
int json_hex4(const char *digits);

#endif
