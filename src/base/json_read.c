#include "base/json_read.h"

#include <assert.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/limits.h"

#define JSMN_STATIC
#define JSMN_PARENT_LINKS
#include <jsmn.h>

/*
 * After jsmn has run, `parent` holds the index of the token after this value and all that it
 * contains, so that a sibling is one step away. A member's key is a string token, its value the next.
 */
struct jsmntok {
	jsmntok_t jsmn;
};

static size_t after(const struct json_doc *doc, size_t token)
{
	return (size_t)doc->tokens[token].jsmn.parent;
}

/* ---- tokens ---- */

static void link_siblings(struct json_doc *doc)
{
	for (size_t i = doc->count; i-- > 0;) {
		jsmntok_t *token = &doc->tokens[i].jsmn;
		size_t next = i + 1;

		if (token->type == JSMN_OBJECT || token->type == JSMN_ARRAY) {
			for (int child = 0; child < token->size; child++) {
				next += token->type == JSMN_OBJECT;
				next = after(doc, next);
			}
		}
		token->parent = (int)next;
	}
}

static bool tokenise(struct arena *arena, struct str text, size_t count, struct json *root)
{
	struct json_doc *doc = ARENA_NEW(arena, struct json_doc);
	jsmn_parser parser;
	int found;

	if (!doc)
		return false;
	*doc = (struct json_doc){text, arena_array(arena, count, sizeof(struct jsmntok)), count};
	if (!doc->tokens)
		return false;
	jsmn_init(&parser);
	found = jsmn_parse(&parser, text.ptr, text.len, &doc->tokens[0].jsmn, (unsigned)count);
	assert(found >= 0 && (size_t)found == count);
	link_siblings(doc);
	*root = (struct json){doc, 0};
	return true;
}

static bool fail_full(const struct arena *arena, struct err *err)
{
	return err_set(err, ERR_LIMIT, "a JSON text needs more than %zu bytes of memory", arena->bytes_max);
}

static bool parse(struct arena *arena, struct str text, struct json *root, struct json_fault *fault,
		  struct err *err)
{
	size_t tokens;

	if (text.len >= INT_MAX)
		return err_set(err, ERR_LIMIT, "a JSON text of %zu bytes is too long", text.len);
	if (!json_check(text, &tokens, fault))
		return err_set(err, ERR_INPUT, "not JSON: line %zu, column %zu: %s", fault->line, fault->column,
			       fault->why);
	return tokenise(arena, text, tokens, root) || fail_full(arena, err);
}

bool json_parse(struct arena *arena, struct str text, struct json *root, struct err *err)
{
	struct json_fault fault;

	return parse(arena, text, root, &fault, err);
}

static int compare_members(const void *a, const void *b)
{
	const struct json_member *x = a;
	const struct json_member *y = b;
	int order = str_cmp(x->name, y->name);

	return order ? order : (x->key.token > y->key.token) - (x->key.token < y->key.token);
}

const struct json_member *json_sort_members(struct json object, struct arena *arena)
{
	size_t count = json_count(object);
	struct json_member *members = arena_array(arena, count, sizeof(*members));
	struct json_iter iter = json_iterate(object);
	struct json key, value;

	if (!members)
		return NULL;
	for (size_t i = 0; json_next(&iter, &key, &value); i++) {
		members[i] = (struct json_member){.key = key, .value = value};
		if (!json_text(key, arena, &members[i].name))
			return NULL;
	}
	qsort(members, count, sizeof(*members), compare_members);
	return members;
}

/* Lowers *duplicate to the first key of this object that was there before. False when the arena is full. */
static bool find_duplicate(struct arena *arena, struct json object, size_t *duplicate)
{
	const struct json_member *members = json_sort_members(object, arena);

	if (!members)
		return false;
	for (size_t i = 1; i < json_count(object); i++)
		if (str_eq(members[i - 1].name, members[i].name) && members[i].key.token < *duplicate)
			*duplicate = members[i].key.token;
	return true;
}

bool json_parse_strict(struct arena *arena, struct str text, struct json *root, struct json_fault *fault,
		       struct err *err)
{
	struct json_fault unused;
	struct json parsed;
	size_t duplicate = SIZE_MAX;

	if (!fault)
		fault = &unused;
	*fault = (struct json_fault){.line = 1, .column = 1, .why = "too large"};
	if (!parse(arena, text, &parsed, fault, err))
		return false;
	for (size_t i = 0; i < parsed.doc->count; i++)
		if (parsed.doc->tokens[i].jsmn.type == JSMN_OBJECT && parsed.doc->tokens[i].jsmn.size > 1 &&
		    !find_duplicate(arena, (struct json){parsed.doc, i}, &duplicate))
			return fail_full(arena, err);
	if (duplicate != SIZE_MAX) {
		*fault = json_fault_at(text, json_offset((struct json){parsed.doc, duplicate}), "a key stands twice");
		return err_set(err, ERR_INPUT, "not JSON as accepted: line %zu, column %zu: %s", fault->line,
			       fault->column, fault->why);
	}
	*root = parsed;
	return true;
}

/* ---- looking things up ---- */

static const jsmntok_t *token_of(struct json value)
{
	return &value.doc->tokens[value.token].jsmn;
}

/* A string's without its quotes. */
static struct str bare(struct json value)
{
	const jsmntok_t *token = token_of(value);

	return str_make(value.doc->text.ptr + token->start, (size_t)(token->end - token->start));
}

enum json_type json_type(struct json value)
{
	if (!value.doc)
		return JSON_MISSING;
	switch (token_of(value)->type) {
	case JSMN_OBJECT:
		return JSON_OBJECT;
	case JSMN_ARRAY:
		return JSON_ARRAY;
	case JSMN_STRING:
		return JSON_STRING;
	default:
		break;
	}
	switch (bare(value).ptr[0]) {
	case 'n':
		return JSON_NULL;
	case 't':
	case 'f':
		return JSON_BOOL;
	default:
		return JSON_NUMBER;
	}
}

bool json_is_missing(struct json value)
{
	return !value.doc;
}

bool json_is_null(struct json value)
{
	enum json_type type = json_type(value);

	return type == JSON_MISSING || type == JSON_NULL;
}

size_t json_decode_next(struct str raw, size_t *pos, char out[4])
{
	static const char escapes[] = "b\bf\fn\nr\rt\t";
	const char *at = raw.ptr + *pos;
	int32_t code_point;

	if (at[0] != '\\') {
		out[0] = at[0];
		*pos += 1;
		return 1;
	}
	if (at[1] != 'u') {
		const char *escape = memchr(escapes, at[1], sizeof(escapes) - 1);

		out[0] = escape ? escape[1] : at[1];
		*pos += 2;
		return 1;
	}
	code_point = json_hex4(at + 2);
	*pos += 6;
	if (code_point >= 0xD800 && code_point <= 0xDBFF) {
		code_point = 0x10000 + ((code_point - 0xD800) << 10) + (json_hex4(at + 8) - 0xDC00);
		*pos += 6;
	}
	return codec_utf8_put(code_point, out);
}

static bool has_escape(struct str raw)
{
	return str_find_char(raw, '\\') >= 0;
}

/* Whether a string token decodes to this text. An escape is longer than what it stands for. */
static bool decodes_to(struct str raw, struct str text)
{
	size_t done = 0;

	if (raw.len < text.len)
		return false;
	if (raw.len && raw.ptr[0] != '\\' && (text.len == 0 || raw.ptr[0] != text.ptr[0]))
		return false;
	if (raw.len == text.len)
		return str_eq(raw, text) && !has_escape(raw);
	if (!has_escape(raw))
		return false;
	for (size_t pos = 0; pos < raw.len;) {
		char piece[4];
		size_t len = json_decode_next(raw, &pos, piece);

		if (len > text.len - done || memcmp(piece, text.ptr + done, len) != 0)
			return false;
		done += len;
	}
	return done == text.len;
}

struct json json_get_str(struct json value, struct str key)
{
	size_t at;

	if (json_type(value) != JSON_OBJECT)
		return JSON_MISSING_VALUE;
	at = value.token + 1;
	for (int left = token_of(value)->size; left; left--) {
		const jsmntok_t *name = &value.doc->tokens[at].jsmn;
		struct str raw = {value.doc->text.ptr + name->start, (size_t)(name->end - name->start)};

		if (decodes_to(raw, key))
			return (struct json){value.doc, at + 1};
		at = after(value.doc, at + 1);
	}
	return JSON_MISSING_VALUE;
}

struct json json_at(struct json value, size_t index)
{
	size_t token;

	if (json_type(value) != JSON_ARRAY || index >= json_count(value))
		return JSON_MISSING_VALUE;
	token = value.token + 1;
	while (index--)
		token = after(value.doc, token);
	return (struct json){value.doc, token};
}

size_t json_count(struct json value)
{
	enum json_type type = json_type(value);

	return type == JSON_OBJECT || type == JSON_ARRAY ? (size_t)token_of(value)->size : 0;
}

struct json_iter json_iterate(struct json value)
{
	return (struct json_iter){.parent = value, .next = value.token + 1, .left = json_count(value)};
}

bool json_next(struct json_iter *iter, struct json *key, struct json *value)
{
	const struct json_doc *doc = iter->parent.doc;

	*key = *value = JSON_MISSING_VALUE;
	if (iter->left == 0)
		return false;
	iter->left--;
	if (token_of(iter->parent)->type == JSMN_OBJECT)
		*key = (struct json){doc, iter->next++};
	*value = (struct json){doc, iter->next};
	iter->next = after(doc, iter->next);
	return true;
}

/* ---- typed getters ---- */

bool json_bool(struct json value, bool *out)
{
	if (json_type(value) != JSON_BOOL)
		return false;
	*out = bare(value).ptr[0] == 't';
	return true;
}

bool json_i64(struct json value, int64_t min, int64_t max, int64_t *out)
{
	return json_type(value) == JSON_NUMBER && str_to_i64(bare(value), min, max, out);
}

bool json_u64(struct json value, uint64_t min, uint64_t max, uint64_t *out)
{
	return json_type(value) == JSON_NUMBER && str_to_u64(bare(value), min, max, out);
}

bool json_double(struct json value, double *out)
{
	char digits[JSON_NUMBER_BYTES_MAX + 1];
	double number;

	if (json_type(value) != JSON_NUMBER || !str_to_cstr(bare(value), digits, sizeof(digits)))
		return false;
	number = strtod(digits, NULL);
	if (!isfinite(number))
		return false;
	*out = number;
	return true;
}

bool json_text(struct json value, struct arena *arena, struct str *out)
{
	struct str raw;
	char *copy;
	size_t len = 0;

	if (json_type(value) != JSON_STRING)
		return false;
	raw = bare(value);
	if (!has_escape(raw)) {
		*out = raw;
		return true;
	}
	copy = arena_alloc(arena, raw.len);
	if (!copy)
		return false;
	for (size_t pos = 0; pos < raw.len;) {
		char piece[4];
		size_t count = json_decode_next(raw, &pos, piece);

		memcpy(copy + len, piece, count);
		len += count;
	}
	*out = str_make(copy, len);
	return true;
}

struct str json_text_or(struct json value, struct arena *arena, struct str otherwise)
{
	struct str text;

	return json_text(value, arena, &text) ? text : otherwise;
}

bool json_snowflake(struct json value, uint64_t *out)
{
	return json_type(value) == JSON_STRING && str_to_u64(bare(value), 1, UINT64_MAX, out);
}

/* ---- places ---- */

struct str json_raw(struct json value)
{
	struct str raw;

	if (!value.doc)
		return STR_EMPTY;
	raw = bare(value);
	if (token_of(value)->type != JSMN_STRING)
		return raw;
	return str_make(value.doc->text.ptr + token_of(value)->start - 1, raw.len + 2);
}

size_t json_offset(struct json value)
{
	const jsmntok_t *token;

	if (!value.doc)
		return 0;
	token = token_of(value);
	return (size_t)token->start - (token->type == JSMN_STRING);
}
