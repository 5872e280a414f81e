#include "gacha/catalog.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/json_write.h"
#include "gacha/banner.h"
#include "gacha/banner_reader.h"
#include "gacha/fault.h"
#include "gacha/reader.h"

#define RATE_PERCENT (RATE_ONE / 100)

/* ---- reading ---- */

/* A catalog while it is read. */
struct loading {
	struct reader reader;
	struct arena scratch;
	struct catalog *catalog;
	bool rarities_known; /* every rarity's id could be read */
	bool items_known;
	bool items_sound; /* and every item's rarity */
};

/* Numbers are integers of at most 2^53 - 1, never -0, a fraction or an exponent. The text is valid JSON. */
static bool is_accepted_number(struct str number)
{
	int64_t value;

	return str_to_i64(number, -GACHA_INTEGER_MAX, GACHA_INTEGER_MAX, &value) && !str_eqc(number, "-0");
}

/* Offset of the first number that is not accepted, or -1. */
static ssize_t find_bad_number(struct str text)
{
	size_t at = 0;

	while (at < text.len) {
		char c = text.ptr[at];
		size_t start = at++;

		if (c == '"') {
			for (; text.ptr[at] != '"'; at++)
				at += text.ptr[at] == '\\';
			at++;
		} else if (c == '-' || (c >= '0' && c <= '9')) {
			while (at < text.len && memchr("+-.eE0123456789", text.ptr[at], 15))
				at++;
			if (!is_accepted_number(str_make(text.ptr + start, at - start)))
				return (ssize_t)start;
		}
	}
	return -1;
}

/* Reads the text as JSON and hashes its canonical form. False with a `json` fault, or with ERR_LIMIT. */
static bool parse(struct loading *loading, struct json *root, struct err *err)
{
	struct catalog *catalog = loading->catalog;
	struct json_fault fault;
	struct json_writer writer;
	struct buf canonical;
	ssize_t bad;
	bool ok;

	if (!json_parse_strict(&loading->scratch, catalog->text, root, &fault, err)) {
		if (err->code == ERR_INPUT)
			fault_add_json(&loading->reader.faults, fault.offset, fault.why);
		return false;
	}
	bad = find_bad_number(catalog->text);
	if (bad >= 0) {
		fault_add_json(&loading->reader.faults, (size_t)bad,
			       "a number has to be an integer of at most 2^53 - 1, and not -0");
		return err_set(err, ERR_INPUT, "not JSON as accepted");
	}
	buf_init(&canonical, CATALOG_BYTES_MAX);
	json_writer_init(&writer, &canonical);
	json_put_canonical(&writer, *root, &loading->scratch);
	ok = buf_check(&canonical, "the catalog's canonical form", err);
	if (ok) {
		catalog->canonical = arena_str(loading->reader.arena, buf_str(&canonical));
		hash_sha256(buf_str(&canonical), catalog->sha256);
		codec_hex(catalog->sha256, sizeof(catalog->sha256), catalog->sha256_hex);
		catalog->hashed = true;
	}
	buf_release(&canonical);
	return ok && arena_check(loading->reader.arena, "the catalog", err);
}

static int compare_ids(const void *a, const void *b)
{
	const struct catalog_id *x = a;
	const struct catalog_id *y = b;
	int order = str_cmp(x->id, y->id);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* Adds the id of element `index`, if it has one. */
static void add_id(struct catalog_ids *ids, struct str id, size_t index)
{
	if (id.len)
		ids->list[ids->count++] = (struct catalog_id){id, (uint32_t)index};
}

/* Sorts; of ids that stand twice the later ones are faults, for which `repeated` gets a mark by index. */
static void sort_ids(struct catalog_ids *ids, bool *repeated)
{
	qsort(ids->list, ids->count, sizeof(*ids->list), compare_ids);
	for (size_t i = 1; i < ids->count; i++)
		repeated[ids->list[i].index] = str_eq(ids->list[i - 1].id, ids->list[i].id);
}

/* Faults for the ids that stand twice in a list of objects. */
static bool check_repeated(struct loading *loading, const struct node *list, struct catalog_ids *ids)
{
	struct json_iter iter = json_iterate(list->value);
	bool *repeated = arena_array(&loading->scratch, json_count(list->value), sizeof(*repeated));
	struct json key, value;

	if (!repeated)
		return false;
	sort_ids(ids, repeated);
	for (size_t i = 0; json_next(&iter, &key, &value); i++) {
		struct node element = node_element(list, i, value);
		struct node id = node_member(&element, STR("id"), json_get(value, "id"));

		if (repeated[i])
			fault_add(&loading->reader.faults, &id, RULE_DUPLICATE, "the id stands in the list before");
	}
	return true;
}

static bool read_streak(struct loading *loading, const struct node *streak)
{
	struct json_iter iter = json_iterate(streak->value);
	struct json key, value;
	int64_t *days;

	if (!reader_list(&loading->reader, streak))
		return true;
	days = arena_array(loading->reader.arena, json_count(streak->value), sizeof(*days));
	if (!days)
		return false;
	for (size_t i = 0; json_next(&iter, &key, &value); i++) {
		struct node day = node_element(streak, i, value);

		reader_integer(&loading->reader, &day, 0, GACHA_INTEGER_MAX, &days[i]);
	}
	loading->catalog->currency.streak = days;
	loading->catalog->currency.streak_count = json_count(streak->value);
	return true;
}

static bool read_currency(struct loading *loading, const struct node *node)
{
	enum { NAME, EMOJI, START, DAILY, STREAK, COUNT };
	struct reader_member members[COUNT] = {
		[NAME] = {.key = "name"},   [EMOJI] = {.key = "emoji"},
		[START] = {.key = "start"}, [DAILY] = {.key = "daily"},
		[STREAK] = {.key = "streak", .optional = true},
	};
	struct catalog *catalog = loading->catalog;

	if (!reader_object(&loading->reader, node, members, COUNT))
		return true;
	reader_localised(&loading->reader, &members[NAME].node, &catalog->currency.name);
	reader_emoji(&loading->reader, &members[EMOJI].node, &catalog->currency.emoji);
	reader_integer(&loading->reader, &members[START].node, 0, GACHA_INTEGER_MAX, &catalog->currency.start);
	reader_integer(&loading->reader, &members[DAILY].node, 0, GACHA_INTEGER_MAX, &catalog->currency.daily);
	return read_streak(loading, &members[STREAK].node);
}

/* stars_min: the fewest that a rarity before has, or CATALOG_NONE. */
static void read_rarity(struct loading *loading, const struct node *node, struct catalog_rarity *rarity,
			int64_t *stars_min)
{
	enum { ID, STARS, COLOR, SHARDS, COUNT };
	struct reader_member members[COUNT] = {
		[ID] = {.key = "id"},
		[STARS] = {.key = "stars", .optional = true},
		[COLOR] = {.key = "color", .optional = true},
		[SHARDS] = {.key = "shards"},
	};

	rarity->color = CATALOG_NONE;
	if (reader_object(&loading->reader, node, members, COUNT)) {
		reader_id(&loading->reader, &members[ID].node, &rarity->id);
		reader_color(&loading->reader, &members[COLOR].node, &rarity->color);
		reader_integer(&loading->reader, &members[SHARDS].node, 0, GACHA_INTEGER_MAX, &rarity->shards);
		if (reader_integer(&loading->reader, &members[STARS].node, 0, STARS_MAX, &rarity->stars)) {
			if (*stars_min != CATALOG_NONE && rarity->stars > *stars_min)
				fault_add(&loading->reader.faults, &members[STARS].node, RULE_ORDER,
					  "rarities stand highest first, and one before has %lld stars",
					  (long long)*stars_min);
			else
				*stars_min = rarity->stars;
		}
	}
	loading->rarities_known = loading->rarities_known && rarity->id.len > 0;
}

static bool read_rarities(struct loading *loading, const struct node *node)
{
	struct json_iter iter = json_iterate(node->value);
	struct catalog_id ids_list[RARITIES_MAX];
	struct catalog_ids ids = {ids_list, 0};
	struct catalog_rarity *rarities;
	struct json key, value;
	int64_t stars_min = CATALOG_NONE;
	size_t count = json_count(node->value);

	if (!reader_list(&loading->reader, node))
		return true;
	loading->rarities_known = true;
	if (count > RARITIES_MAX) {
		fault_add(&loading->reader.faults, node, RULE_RANGE, "a catalog has at most %d rarities, not %zu",
			  RARITIES_MAX, count);
		loading->rarities_known = false;
		count = RARITIES_MAX;
	}
	rarities = arena_array(loading->reader.arena, count, sizeof(*rarities));
	if (!rarities)
		return false;
	for (size_t i = 0; i < count && json_next(&iter, &key, &value); i++) {
		struct node element = node_element(node, i, value);

		read_rarity(loading, &element, &rarities[i], &stars_min);
		add_id(&ids, rarities[i].id, i);
	}
	loading->catalog->rarities = rarities;
	loading->catalog->rarity_count = count;
	return check_repeated(loading, node, &ids);
}

static void read_item(struct loading *loading, const struct node *node, struct catalog_item *item)
{
	enum { ID, RARITY, NAME, TEXT, EMOJI, IMAGE, PRICE, COUNT };
	struct reader_member members[COUNT] = {
		[ID] = {.key = "id"},
		[RARITY] = {.key = "rarity"},
		[NAME] = {.key = "name"},
		[TEXT] = {.key = "text", .optional = true},
		[EMOJI] = {.key = "emoji", .optional = true},
		[IMAGE] = {.key = "image", .optional = true},
		[PRICE] = {.key = "price", .optional = true},
	};
	struct reader *reader = &loading->reader;
	struct str rarity;
	int found = -1;

	item->price = CATALOG_NONE;
	if (reader_object(reader, node, members, COUNT)) {
		reader_id(reader, &members[ID].node, &item->id);
		reader_localised(reader, &members[NAME].node, &item->name);
		reader_localised(reader, &members[TEXT].node, &item->text);
		reader_emoji(reader, &members[EMOJI].node, &item->emoji);
		reader_image(reader, &members[IMAGE].node, &item->image);
		reader_integer(reader, &members[PRICE].node, 1, GACHA_INTEGER_MAX, &item->price);
		if (reader_text(reader, &members[RARITY].node, &rarity)) {
			found = catalog_find_rarity(loading->catalog, rarity);
			if (found < 0 && loading->rarities_known)
				fault_add(&reader->faults, &members[RARITY].node, RULE_UNKNOWN_RARITY,
					  "the catalog has no rarity '%.*s'", STR_ARG(rarity));
		}
	}
	item->rarity = found < 0 ? SIZE_MAX : (size_t)found;
	loading->items_known = loading->items_known && item->id.len > 0;
	loading->items_sound = loading->items_sound && found >= 0;
}

static bool read_items(struct loading *loading, const struct node *node)
{
	struct catalog *catalog = loading->catalog;
	struct json_iter iter = json_iterate(node->value);
	struct json key, value;
	struct catalog_item *items;
	size_t count = json_count(node->value);

	if (!reader_list(&loading->reader, node))
		return true;
	items = arena_array(loading->reader.arena, count, sizeof(*items));
	catalog->item_ids.list = arena_array(loading->reader.arena, count, sizeof(*catalog->item_ids.list));
	if (!items || !catalog->item_ids.list)
		return false;
	loading->items_known = loading->items_sound = true;
	for (size_t i = 0; json_next(&iter, &key, &value); i++) {
		struct node element = node_element(node, i, value);

		read_item(loading, &element, &items[i]);
		add_id(&catalog->item_ids, items[i].id, i);
	}
	catalog->items = items;
	catalog->item_count = count;
	return check_repeated(loading, node, &catalog->item_ids);
}

static bool read_banners(struct loading *loading, const struct node *node, struct err *err)
{
	struct catalog *catalog = loading->catalog;
	struct json_iter iter = json_iterate(node->value);
	struct json key, value;
	struct catalog_banner *banners;
	struct banner_reader reader;
	size_t count = json_count(node->value);

	if (!reader_list(&loading->reader, node))
		return true;
	banners = arena_array(loading->reader.arena, count, sizeof(*banners));
	catalog->banner_ids.list = arena_array(loading->reader.arena, count, sizeof(*catalog->banner_ids.list));
	if (!banners || !catalog->banner_ids.list ||
	    !banner_reader_init(&reader, &loading->reader, &loading->scratch, catalog))
		return false;
	reader.rarities_known = loading->rarities_known;
	reader.items_known = loading->items_known;
	reader.items_sound = loading->items_sound;
	for (size_t i = 0; json_next(&iter, &key, &value); i++) {
		struct node element = node_element(node, i, value);

		banner_reader_read(&reader, &element, &banners[i]);
		add_id(&catalog->banner_ids, banners[i].id, i);
	}
	if (reader.listed > CATALOG_LISTED_MAX)
		return err_set(err, ERR_LIMIT, "the banners of the catalog list more than %u items in all",
			       CATALOG_LISTED_MAX);
	catalog->banners = banners;
	catalog->banner_count = count;
	return check_repeated(loading, node, &catalog->banner_ids);
}

/* Rarities before items before banners, which refer to those before. */
static bool read_root(struct loading *loading, struct json value, struct err *err)
{
	enum { SCHEMA, CURRENCY, RARITIES, ITEMS, BANNERS, COUNT };
	struct reader_member members[COUNT] = {
		[SCHEMA] = {.key = "schema"}, [CURRENCY] = {.key = "currency"}, [RARITIES] = {.key = "rarities"},
		[ITEMS] = {.key = "items"},   [BANNERS] = {.key = "banners"},
	};
	struct node root = node_root(value);
	int64_t schema;

	if (!reader_object(&loading->reader, &root, members, COUNT))
		return true;
	if (reader_integer(&loading->reader, &members[SCHEMA].node, -GACHA_INTEGER_MAX, GACHA_INTEGER_MAX, &schema) &&
	    schema != 1)
		fault_add(&loading->reader.faults, &members[SCHEMA].node, RULE_SCHEMA,
			  "this program reads schema 1, not %lld", (long long)schema);
	return read_currency(loading, &members[CURRENCY].node) && read_rarities(loading, &members[RARITIES].node) &&
	       read_items(loading, &members[ITEMS].node) && read_banners(loading, &members[BANNERS].node, err);
}

bool catalog_load(struct arena *arena, struct str text, struct catalog *catalog, struct catalog_faults *faults,
		  struct err *err)
{
	struct loading loading = {.reader = {arena, {.arena = arena}}, .catalog = catalog};
	struct json root;
	struct err failed = {ERR_NONE, ""};
	bool ok;

	*catalog = (struct catalog){.hashed = false};
	*faults = (struct catalog_faults){.count = 0};
	if (text.len > CATALOG_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "the catalog has %zu bytes, and %u is the most", text.len,
			       CATALOG_BYTES_MAX);
	catalog->text = arena_str(arena, text);
	arena_init(&loading.scratch, CATALOG_SCRATCH_BYTES_MAX);
	ok = arena_check(arena, "the catalog", &failed) && parse(&loading, &root, &failed) &&
	     read_root(&loading, root, &failed);
	fault_list_finish(&loading.reader.faults, catalog->text, faults);
	if (!arena_check(&loading.scratch, "reading the catalog", &failed) || !arena_check(arena, "the catalog", &failed))
		ok = false;
	arena_release(&loading.scratch);
	if (faults->count && failed.code != ERR_LIMIT) {
		const struct catalog_fault *first = &faults->list[0];

		return err_set(err, ERR_INPUT, "the catalog breaks a rule: line %zu%s%.*s: %s: %.*s%s", first->line,
			       first->path.len ? ", " : "", STR_ARG(first->path), first->rule, STR_ARG(first->text),
			       faults->count > 1 ? " (and more: run 'homuhomu catalog check')" : "");
	}
	if (!ok) {
		faults->count = 0;
		return err_set(err, failed.code, "%s", failed.text);
	}
	return true;
}

/* ---- looking up ---- */

int64_t catalog_ids_find(const struct catalog_ids *ids, struct str id)
{
	size_t low = 0, high = ids->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(ids->list[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ids->count && str_eq(ids->list[low].id, id) ? (int64_t)ids->list[low].index : -1;
}

const struct catalog_item *catalog_find_item(const struct catalog *catalog, struct str id)
{
	int64_t index = catalog_ids_find(&catalog->item_ids, id);

	return index < 0 ? NULL : &catalog->items[index];
}

const struct catalog_banner *catalog_find_banner(const struct catalog *catalog, struct str id)
{
	int64_t index = catalog_ids_find(&catalog->banner_ids, id);

	return index < 0 ? NULL : &catalog->banners[index];
}

int catalog_find_rarity(const struct catalog *catalog, struct str id)
{
	for (size_t r = 0; r < catalog->rarity_count; r++)
		if (str_eq(catalog->rarities[r].id, id))
			return (int)r;
	return -1;
}

struct str localised_text(const struct localised *text, enum language language)
{
	return language == LANGUAGE_JA ? text->ja : text->en;
}

const struct catalog_banner *catalog_default_banner(const struct catalog *catalog, int64_t now_ms)
{
	for (size_t i = 0; i < catalog->banner_count; i++)
		if (banner_is_open(&catalog->banners[i], now_ms))
			return &catalog->banners[i];
	return NULL;
}

/* ---- rates ---- */

static bool digits_to_u32(struct str digits, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
			return false;
		*out = *out * 10 + (uint32_t)(digits.ptr[i] - '0');
	}
	return true;
}

bool rate_parse(struct str text, uint32_t *rate)
{
	struct str whole, fraction;
	uint32_t percent, parts;
	bool has_point;

	if (!str_ends(text, STR("%")))
		return false;
	has_point = str_cut(str_take(text, text.len - 1), '.', &whole, &fraction);
	if (whole.len < 1 || whole.len > 3 || (whole.len > 1 && whole.ptr[0] == '0'))
		return false;
	if (has_point && (fraction.len < 1 || fraction.len > 7))
		return false;
	if (!digits_to_u32(whole, &percent) || !digits_to_u32(fraction, &parts))
		return false;
	for (size_t i = fraction.len; i < 7; i++)
		parts *= 10;
	if (percent > 100 || (percent == 100 && parts > 0))
		return false;
	*rate = percent * RATE_PERCENT + parts;
	return true;
}

struct str rate_format(struct arena *arena, uint32_t rate)
{
	struct str text = arena_printf(arena, "%u.%07u", rate / RATE_PERCENT, rate % RATE_PERCENT);

	while (text.len && text.ptr[text.len - 1] == '0')
		text.len--;
	if (text.len && text.ptr[text.len - 1] == '.')
		text.len--;
	return arena_printf(arena, "%.*s%%", STR_ARG(text));
}
