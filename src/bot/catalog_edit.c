#include "bot/catalog_edit.h"

#include <stdlib.h>

#include "base/clock.h"
#include "bot/catalog_edit_layout.h"
#include "gacha/banner.h"

/* While it is written, without white space; what is laid out has to keep to CATALOG_BYTES_MAX. */
#define SCRATCH_BYTES_MAX (2 * CATALOG_BYTES_MAX)

struct item_fields item_fields_of(const struct catalog *catalog, const struct catalog_item *item)
{
	return (struct item_fields){
		.id = item->id,
		.rarity = catalog->rarities[item->rarity].id,
		.name = item->name,
		.text = item->text,
		.emoji = item->emoji,
		.image = item->image,
		.price = item->price,
	};
}

void localised_write(const struct localised *text, struct json_writer *writer, const char *key)
{
	json_keyc(writer, key);
	json_begin_object(writer);
	json_member_str(writer, "ja", text->ja);
	json_member_str(writer, "en", text->en);
	json_end_object(writer);
}

void item_fields_write(const struct item_fields *fields, struct json_writer *writer)
{
	json_begin_object(writer);
	json_member_str(writer, "id", fields->id);
	json_member_str(writer, "rarity", fields->rarity);
	localised_write(&fields->name, writer, "name");
	if (fields->text.ja.len > 0 || fields->text.en.len > 0)
		localised_write(&fields->text, writer, "text");
	if (fields->emoji.len > 0)
		json_member_str(writer, "emoji", fields->emoji);
	if (fields->image.len > 0)
		json_member_str(writer, "image", fields->image);
	if (fields->price != CATALOG_NONE)
		json_member_i64(writer, "price", fields->price);
	json_end_object(writer);
}

/* ---- from text to text ---- */

struct editing {
	struct arena *arena;
	struct json root;
	struct buf out;
	struct json_writer writer;
};

static bool begin(struct editing *editing, struct arena *arena, struct str catalog, struct err *err)
{
	*editing = (struct editing){.arena = arena};
	if (!json_parse(arena, catalog, &editing->root, err))
		return err_wrap(err, "the catalog");
	buf_init(&editing->out, SCRATCH_BYTES_MAX);
	json_writer_init(&editing->writer, &editing->out);
	return true;
}

/* Lays out what was written, and gives it in the arena. */
static bool finish(struct editing *editing, struct str *out, struct err *err)
{
	struct buf laid;
	struct json root;
	bool ok;

	buf_init(&laid, CATALOG_BYTES_MAX);
	ok = buf_check(&editing->out, "the catalog", err) && json_parse(editing->arena, buf_str(&editing->out), &root, err);
	if (ok) {
		catalog_edit_layout(root, &laid);
		ok = buf_check(&laid, "the catalog", err);
	}
	if (ok) {
		*out = arena_str(editing->arena, buf_str(&laid));
		ok = arena_check(editing->arena, "the catalog", err);
	}
	buf_release(&laid);
	buf_release(&editing->out);
	return ok;
}

static struct str id_of(struct json element, struct arena *arena)
{
	return json_text_or(json_get(element, "id"), arena, STR_EMPTY);
}

struct json catalog_edit_find(struct json root, const char *list, struct str id, struct arena *arena)
{
	struct json_iter iter = json_iterate(json_get(root, list));
	struct json key, element;

	while (json_next(&iter, &key, &element))
		if (str_eq(id_of(element, arena), id))
			return element;
	return JSON_MISSING_VALUE;
}

/* ---- put ---- */

struct element {
	struct str id;
	struct json value;
	size_t position; /* as given */
	bool is_put;
};

static int compare_ids(const void *a, const void *b)
{
	const struct element *x = a, *y = b;

	return str_cmp(x->id, y->id);
}

static int compare_positions(const void *a, const void *b)
{
	const struct element *x = a, *y = b;

	return (x->position > y->position) - (x->position < y->position);
}

static bool read_elements(struct arena *arena, struct str text, struct element **elements, size_t *count, struct err *err)
{
	struct json root, key, value;
	struct json_iter iter;

	if (!json_parse(arena, text, &root, err))
		return false;
	*count = json_count(root);
	*elements = arena_array(arena, *count, sizeof(**elements));
	if (!*elements)
		return arena_check(arena, "what is put into the catalog", err);
	iter = json_iterate(root);
	for (size_t i = 0; json_next(&iter, &key, &value); i++)
		(*elements)[i] = (struct element){.id = id_of(value, arena), .value = value, .position = i};
	qsort(*elements, *count, sizeof(**elements), compare_ids);
	return true;
}

static void put_list(struct editing *editing, struct json list, struct element *elements, size_t count)
{
	struct json_iter iter = json_iterate(list);
	struct json key, value;

	json_begin_array(&editing->writer);
	while (json_next(&iter, &key, &value)) {
		struct element wanted = {.id = id_of(value, editing->arena)};
		struct element *found = count > 0 ? bsearch(&wanted, elements, count, sizeof(*elements), compare_ids) : NULL;

		json_put_value(&editing->writer, found ? found->value : value);
		if (found)
			found->is_put = true;
	}
	qsort(elements, count, sizeof(*elements), compare_positions);
	for (size_t i = 0; i < count; i++)
		if (!elements[i].is_put)
			json_put_value(&editing->writer, elements[i].value);
	json_end_array(&editing->writer);
}

bool catalog_edit_put(struct arena *arena, struct str catalog, const char *list, struct str elements, struct str *out,
		      struct err *err)
{
	struct editing editing;
	struct element *added;
	struct json_iter iter;
	struct json key, value;
	struct str name;
	size_t count;

	if (!read_elements(arena, elements, &added, &count, err) || !begin(&editing, arena, catalog, err))
		return false;
	iter = json_iterate(editing.root);
	json_begin_object(&editing.writer);
	while (json_next(&iter, &key, &value) && json_text(key, arena, &name)) {
		json_key(&editing.writer, name);
		if (str_eqc(name, list))
			put_list(&editing, value, added, count);
		else
			json_put_value(&editing.writer, value);
	}
	json_end_object(&editing.writer);
	return finish(&editing, out, err);
}

/* ---- retire an item ---- */

/* The list without the id. */
static void put_without(struct editing *editing, struct json list, struct str id)
{
	struct json_iter iter = json_iterate(list);
	struct json key, value;

	json_begin_array(&editing->writer);
	while (json_next(&iter, &key, &value))
		if (!str_eq(json_text_or(value, editing->arena, STR_EMPTY), id))
			json_put_value(&editing->writer, value);
	json_end_array(&editing->writer);
}

static bool is_only(struct json list, struct str id, struct arena *arena)
{
	return json_count(list) == 1 && str_eq(json_text_or(json_at(list, 0), arena, STR_EMPTY), id);
}

/* An object with a list `items`: of rate_up's rarities, and spark. */
static void put_featuring(struct editing *editing, struct json object, struct str id)
{
	struct json_iter iter = json_iterate(object);
	struct json key, value;
	struct str name;

	json_begin_object(&editing->writer);
	while (json_next(&iter, &key, &value) && json_text(key, editing->arena, &name)) {
		json_key(&editing->writer, name);
		if (str_eqc(name, "items"))
			put_without(editing, value, id);
		else
			json_put_value(&editing->writer, value);
	}
	json_end_object(&editing->writer);
}

static bool features_only(struct json object, struct str id, struct arena *arena)
{
	return is_only(json_get(object, "items"), id, arena);
}

static void put_rate_up(struct editing *editing, struct json rate_up, struct str id)
{
	struct json_iter iter = json_iterate(rate_up);
	struct json key, value;
	struct str name;

	json_begin_object(&editing->writer);
	while (json_next(&iter, &key, &value) && json_text(key, editing->arena, &name)) {
		if (features_only(value, id, editing->arena))
			continue;
		json_key(&editing->writer, name);
		put_featuring(editing, value, id);
	}
	json_end_object(&editing->writer);
}

/* What would be left empty is left out. */
static bool is_left_out(struct str name, struct json value, struct str id, struct arena *arena)
{
	struct json_iter iter = json_iterate(value);
	struct json key, entry;

	if (str_eqc(name, "spark"))
		return features_only(value, id, arena);
	if (!str_eqc(name, "rate_up"))
		return false;
	while (json_next(&iter, &key, &entry))
		if (!features_only(entry, id, arena))
			return false;
	return true;
}

static void put_whole_pool(struct editing *editing, const struct catalog *catalog, struct str id)
{
	json_keyc(&editing->writer, "pool");
	json_begin_array(&editing->writer);
	for (size_t i = 0; i < catalog->item_count; i++)
		if (!str_eq(catalog->items[i].id, id))
			json_put_str(&editing->writer, catalog->items[i].id);
	json_end_array(&editing->writer);
}

/* What is retired: an item, or a banner at a time. */
struct retirement {
	const struct catalog *catalog;
	const struct catalog_item *item;
	const struct catalog_banner *banner;
	int64_t end_s; /* the banner's */
};

static void put_banner_without(struct editing *editing, const struct retirement *what, size_t index, struct json element)
{
	const struct catalog_item *item = what->item;
	struct json_iter iter = json_iterate(element);
	struct json key, value;
	struct str name;

	json_begin_object(&editing->writer);
	while (json_next(&iter, &key, &value) && json_text(key, editing->arena, &name)) {
		if (is_left_out(name, value, item->id, editing->arena))
			continue;
		json_key(&editing->writer, name);
		if (str_eqc(name, "pool"))
			put_without(editing, value, item->id);
		else if (str_eqc(name, "rate_up"))
			put_rate_up(editing, value, item->id);
		else if (str_eqc(name, "spark"))
			put_featuring(editing, value, item->id);
		else
			json_put_value(&editing->writer, value);
	}
	if (json_is_missing(json_get(element, "pool")) && banner_can_draw(&what->catalog->banners[index], item->rarity))
		put_whole_pool(editing, what->catalog, item->id);
	json_end_object(&editing->writer);
}

/* The catalog's text with its banners written by put, in their order: the index is that of the compiled catalog too. */
static bool rewrite_banners(struct arena *arena, const struct catalog *catalog,
			    void (*put)(struct editing *editing, const struct retirement *what, size_t index, struct json element),
			    const struct retirement *what, struct str *out, struct err *err)
{
	struct editing editing;
	struct json_iter iter, banners;
	struct json key, value, position, element;
	struct str name;

	if (!begin(&editing, arena, catalog->text, err))
		return false;
	iter = json_iterate(editing.root);
	json_begin_object(&editing.writer);
	while (json_next(&iter, &key, &value) && json_text(key, arena, &name)) {
		json_key(&editing.writer, name);
		if (!str_eqc(name, "banners")) {
			json_put_value(&editing.writer, value);
			continue;
		}
		banners = json_iterate(value);
		json_begin_array(&editing.writer);
		for (size_t i = 0; i < catalog->banner_count && json_next(&banners, &position, &element); i++)
			put(&editing, what, i, element);
		json_end_array(&editing.writer);
	}
	json_end_object(&editing.writer);
	return finish(&editing, out, err);
}

bool catalog_edit_retire_item(struct arena *arena, const struct catalog *catalog, const struct catalog_item *item,
			      struct str *out, struct err *err)
{
	const struct retirement what = {.catalog = catalog, .item = item};

	return rewrite_banners(arena, catalog, put_banner_without, &what, out, err);
}

/* ---- retire a banner ---- */

static void put_ended(struct editing *editing, struct json element, int64_t end_s)
{
	struct json_iter iter = json_iterate(element);
	struct json key, value;
	struct str name;
	char end[32];

	json_begin_object(&editing->writer);
	while (json_next(&iter, &key, &value) && json_text(key, editing->arena, &name)) {
		if (str_eqc(name, "end"))
			continue;
		json_key(&editing->writer, name);
		json_put_value(&editing->writer, value);
		if (str_eqc(name, "start"))
			json_member_str(&editing->writer, "end", clock_format_s(end_s, end));
	}
	json_end_object(&editing->writer);
}

/* A banner that would not have begun by then is left out. */
static void put_banner_at_its_end(struct editing *editing, const struct retirement *what, size_t index, struct json element)
{
	const struct catalog_banner *banner = &what->catalog->banners[index];

	if (banner != what->banner)
		json_put_value(&editing->writer, element);
	else if (banner->start_s < what->end_s)
		put_ended(editing, element, what->end_s);
}

bool catalog_edit_retire_banner(struct arena *arena, const struct catalog *catalog, const struct catalog_banner *banner,
				int64_t end_s, struct str *out, struct err *err)
{
	const struct retirement what = {.catalog = catalog, .banner = banner, .end_s = end_s};

	return rewrite_banners(arena, catalog, put_banner_at_its_end, &what, out, err);
}
