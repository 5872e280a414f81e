/*
 * Changes to a catalog's text: an item or banner put in or replaced, an item or banner retired. Pure:
 * text in, text out, laid out as people write catalogs. What else stands in the catalog keeps its
 * order. Whether the result keeps the rules is catalog_load's to say.
 */
#ifndef BOT_CATALOG_EDIT_H
#define BOT_CATALOG_EDIT_H

#include "base/json_read.h"
#include "base/json_write.h"
#include "gacha/catalog.h"

/* An item as texts; what is empty is left out, but for id, rarity and names. */
struct item_fields {
	struct str id, rarity;
	struct localised name, text;
	struct str emoji, image;
	int64_t price; /* or CATALOG_NONE */
};

struct item_fields item_fields_of(const struct catalog *catalog, const struct catalog_item *item);
/* {"ja","en"} under the key, in an object that is open. */
void localised_write(const struct localised *text, struct json_writer *writer, const char *key);
void item_fields_write(const struct item_fields *fields, struct json_writer *writer);

/*
 * elements: a JSON array of items or banners (list: "items", "banners") with distinct ids. Each takes the place of
 * the one with its id, or comes last. ERR_INPUT for a text that is not JSON, ERR_LIMIT for a result beyond CATALOG_BYTES_MAX.
 */
bool catalog_edit_put(struct arena *arena, struct str catalog, const char *list, struct str elements, struct str *out,
		      struct err *err);
/*
 * The item is drawn, featured and offered for spark points nowhere any more, and stays among the items. A banner without a
 * pool that could give it gets one with all others.
 */
bool catalog_edit_retire_item(struct arena *arena, const struct catalog *catalog, const struct catalog_item *item,
			      struct str *out, struct err *err);
/* The banner ends then; one that would not have begun is taken out. */
bool catalog_edit_retire_banner(struct arena *arena, const struct catalog *catalog, const struct catalog_banner *banner,
				int64_t end_s, struct str *out, struct err *err);
/* The banner's element in the catalog's text; missing if there is none. */
struct json catalog_edit_find(struct json root, const char *list, struct str id, struct arena *arena);

#endif
