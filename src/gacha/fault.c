#include "gacha/fault.h"

#include <stdlib.h>

#include "gacha/list.h"

/*
 * gacha.md names the rules; where they overlap or are silent, this is how they are read. A fault is
 * reported at its root: what follows from a fault that was already reported is not reported again.
 *
 * json          the one fault of a text; everything else needs a document
 * schema        the integer is not 1 (no integer: type); the rest is still checked
 * type          another kind of JSON value than the key takes; null too, but for a banner's `end`
 * unknown_key   at the key, also in a localised text and in an entry of `pity` or `rate_up`; not in `cost`
 * missing       at the key that should be there, `1` of `cost` too; not a language, nor half of a soft pity
 * localisation  a localised text without one of `ja` and `en` (at that key), or one of them empty
 * id            an id or a pity group not of the form; a reference is judged by what it names instead
 * duplicate     an id given twice (at the second), or a list that names an item twice (at the second)
 * order         at `end`; at the `stars` of a rarity that has more than one before it
 * decimal       of a string; a number in its place is a type
 * range         an integer out of its bounds; a share of 0; more rarities than RARITIES_MAX (at the list).
 *               From 0: currency, streak, stars, shards, costs. From 1: hard, soft_from, price, the cost of a spark
 * cost          a key of `cost` that is neither `1` nor `10`
 * sum           at `rates`, over all that is written there; not when one of them is no decimal
 * empty         a list without elements, or an empty emoji
 * unknown_*     not when the rarities, or the items, could not be read themselves
 * rarity, pool  at the element of the featured list; an item can break both
 * others        at the featured list
 * empty_rarity  at what makes the rarity drawable: its rate, else its pity's `hard` or `soft_from`, else `ten_pull`;
 *               not when the pool or the items have a fault
 * soft          at `soft_from` or `soft_step` of a lower rarity, or at the half that is missing
 * soft_from     at `soft_from`, when both it and `hard` are sound
 * ten_pull      at `ten_pull`; not when a rate has a fault or names an unknown rarity
 */
static const char *const rules[] = {
	[RULE_JSON] = "json",
	[RULE_SCHEMA] = "schema",
	[RULE_TYPE] = "type",
	[RULE_UNKNOWN_KEY] = "unknown_key",
	[RULE_MISSING] = "missing",
	[RULE_LOCALISATION] = "localisation",
	[RULE_ID] = "id",
	[RULE_DUPLICATE] = "duplicate",
	[RULE_TIME] = "time",
	[RULE_ORDER] = "order",
	[RULE_DECIMAL] = "decimal",
	[RULE_RANGE] = "range",
	[RULE_COLOR] = "color",
	[RULE_IMAGE] = "image",
	[RULE_COST] = "cost",
	[RULE_SUM] = "sum",
	[RULE_EMPTY] = "empty",
	[RULE_UNKNOWN_RARITY] = "unknown_rarity",
	[RULE_UNKNOWN_ITEM] = "unknown_item",
	[RULE_RARITY] = "rarity",
	[RULE_POOL] = "pool",
	[RULE_OTHERS] = "others",
	[RULE_EMPTY_RARITY] = "empty_rarity",
	[RULE_SOFT] = "soft",
	[RULE_SOFT_FROM] = "soft_from",
	[RULE_TEN_PULL] = "ten_pull",
};
_Static_assert(sizeof(rules) / sizeof(rules[0]) == RULE_COUNT, "every rule has its word");

const char *rule_word(enum rule rule)
{
	return rules[rule];
}

struct node node_root(struct json value)
{
	return (struct node){.value = value};
}

struct node node_member(const struct node *object, struct str key, struct json value)
{
	return (struct node){value, {.parent = &object->path, .key = key}};
}

struct node node_element(const struct node *array, size_t index, struct json value)
{
	return (struct node){value, {.parent = &array->path, .index = index}};
}

/* RFC 6901 3: in a key ~ is ~0 and / is ~1. */
static size_t escaped_len(struct str key)
{
	size_t len = key.len;

	for (size_t i = 0; i < key.len; i++)
		len += key.ptr[i] == '~' || key.ptr[i] == '/';
	return len;
}

static char *put_escaped(char *out, struct str key)
{
	for (size_t i = 0; i < key.len; i++) {
		char c = key.ptr[i];

		*out++ = c == '/' ? '~' : c;
		if (c == '~' || c == '/')
			*out++ = c == '~' ? '0' : '1';
	}
	return out;
}

static struct str pointer(struct arena *arena, const struct path *path)
{
	struct str parts[JSON_DEPTH_MAX + 2];
	size_t count = 0, len = 0;
	char *text, *out;

	for (; path->parent; path = path->parent) {
		parts[count] = path->key.ptr ? path->key : arena_printf(arena, "%zu", path->index);
		len += 1 + escaped_len(parts[count++]);
	}
	out = text = arena_alloc(arena, len);
	if (!text)
		return STR_EMPTY;
	while (count > 0) {
		*out++ = '/';
		out = put_escaped(out, parts[--count]);
	}
	return str_make(text, len);
}

static void add(struct fault_list *faults, size_t offset, const struct path *path, enum rule rule, const char *format,
		va_list args)
{
	struct placed_fault *list = NULL;

	if (faults->count < CATALOG_FAULTS_MAX)
		list = list_grow(faults->arena, faults->list, &faults->capacity, faults->count, sizeof(*list));
	if (!list) {
		faults->left_out++;
		return;
	}
	faults->list = list;
	list[faults->count] = (struct placed_fault){
		.offset = offset,
		.position = faults->count,
		.fault = {.path = pointer(faults->arena, path),
			  .rule = rules[rule],
			  .text = arena_vprintf(faults->arena, format, args)},
	};
	faults->count++;
}

void fault_add(struct fault_list *faults, const struct node *node, enum rule rule, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(faults, json_offset(node->value), &node->path, rule, format, args);
	va_end(args);
}

void fault_add_at_key(struct fault_list *faults, const struct node *object, struct str key, enum rule rule,
		      const char *format, ...)
{
	struct path path = {.parent = &object->path, .key = key};
	va_list args;

	va_start(args, format);
	add(faults, json_offset(object->value), &path, rule, format, args);
	va_end(args);
}

void fault_add_json(struct fault_list *faults, size_t offset, const char *why)
{
	struct node root = node_root(JSON_MISSING_VALUE);

	fault_add(faults, &root, RULE_JSON, "%s", why);
	if (faults->count)
		faults->list[faults->count - 1].offset = offset;
}

static int compare_faults(const void *a, const void *b)
{
	const struct placed_fault *x = a;
	const struct placed_fault *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->position > y->position) - (x->position < y->position);
}

void fault_list_finish(struct fault_list *faults, struct str text, struct catalog_faults *out)
{
	struct catalog_fault *list = arena_array(faults->arena, faults->count, sizeof(*list));
	size_t line = 1, offset = 0;

	*out = (struct catalog_faults){.list = list, .left_out = faults->left_out};
	if (!list || faults->count == 0)
		return;
	out->count = faults->count;
	qsort(faults->list, faults->count, sizeof(*faults->list), compare_faults);
	for (size_t i = 0; i < faults->count; i++) {
		for (; offset < faults->list[i].offset; offset++)
			line += text.ptr[offset] == '\n';
		list[i] = faults->list[i].fault;
		list[i].line = line;
	}
}
