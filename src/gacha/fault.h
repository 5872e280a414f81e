/*
 * The rules that a catalog can break (gacha.md, Faults) and the list of those that it breaks. A
 * fault says where (JSON pointer, RFC 6901, and line), which rule, and what is wrong in words.
 * The list borrows from its arena. Used by the loader alone.
 */
#ifndef GACHA_FAULT_H
#define GACHA_FAULT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/json_read.h"
#include "gacha/catalog.h"

enum rule {
	RULE_JSON,
	RULE_SCHEMA,
	RULE_TYPE,
	RULE_UNKNOWN_KEY,
	RULE_MISSING,
	RULE_LOCALISATION,
	RULE_ID,
	RULE_DUPLICATE,
	RULE_TIME,
	RULE_ORDER,
	RULE_DECIMAL,
	RULE_RANGE,
	RULE_COLOR,
	RULE_IMAGE,
	RULE_COST,
	RULE_SUM,
	RULE_EMPTY,
	RULE_UNKNOWN_RARITY,
	RULE_UNKNOWN_ITEM,
	RULE_RARITY,
	RULE_POOL,
	RULE_OTHERS,
	RULE_EMPTY_RARITY,
	RULE_SOFT,
	RULE_SOFT_FROM,
	RULE_TEN_PULL,
	RULE_COUNT
};

const char *rule_word(enum rule rule);

/* Way from the root to a value; parents stand on the callers' stacks. key.ptr NULL: an element of an array. */
struct path {
	const struct path *parent; /* NULL: the root */
	struct str key;
	size_t index;
};

/* A value of the document and the way to it. */
struct node {
	struct json value;
	struct path path;
};

struct node node_root(struct json value);
/* The member `key` of an object; the value missing if there is none. */
struct node node_member(const struct node *object, struct str key, struct json value);
struct node node_element(const struct node *array, size_t index, struct json value);

struct placed_fault {
	size_t offset;   /* into the text: gives the order and the line */
	size_t position; /* in which it was found */
	struct catalog_fault fault;
};

struct fault_list {
	struct arena *arena;
	struct placed_fault *list;
	size_t count;
	size_t capacity;
	size_t left_out; /* beyond CATALOG_FAULTS_MAX, or the arena's cap */
};

/* The fault is at the node's value. */
void fault_add(struct fault_list *faults, const struct node *node, enum rule rule, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The fault is that `key` does not stand in the object, or that what is wrong belongs there. */
void fault_add_at_key(struct fault_list *faults, const struct node *object, struct str key, enum rule rule,
		      const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The one fault of a text that is not JSON as accepted. */
void fault_add_json(struct fault_list *faults, size_t offset, const char *why);
/* Faults in the order of the text, with their lines. */
void fault_list_finish(struct fault_list *faults, struct str text, struct catalog_faults *out);

#endif
