/*
 * The forms by which administrators edit an item or a banner: what stands in the catalog as lines of
 * `key: value`, and such lines as what goes into the catalog. Pure.
 *
 * A value of more than one line has `\n` for each line end and `\\` for a backslash. Wide colons, commas and percent
 * signs of Japanese input count as the narrow ones. Whether the result keeps the rules is catalog_load's to say.
 */
#ifndef BOT_CATALOG_EDIT_FORM_H
#define BOT_CATALOG_EDIT_FORM_H

#include "base/clock.h"
#include "base/json_read.h"
#include "bot/catalog_edit_fault.h"
#include "gacha/catalog.h"

/* Inputs, as they are named in a modal. */
struct item_form {
	struct str id;
	struct str rarity;
	struct str name_ja, name_en;
	struct str details; /* text_ja, text_en, emoji, image, price */
};

struct banner_form {
	struct str id;
	struct str names; /* ja, en */
	struct str rates; /* "SSR 0.6%", by commas or lines */
	struct str times; /* start, end, cost, cost10 */
	struct str rules; /* hard R, soft_from R, soft_step R, pity_group, rate_up R, share R, guarantee R, ten_pull, spark, spark_cost, pool */
};

/* For spark, pool and rate_up: the list that stands there already, which is too long for a form. */
#define FORM_SAME "="

void item_form_fill(struct arena *arena, const struct catalog *catalog, const struct catalog_item *item,
		    struct item_form *form);
/* Into a JSON array for catalog_edit_put. False with all faults, their path the input and the key. */
bool item_form_read(struct arena *arena, const struct item_form *form, struct edit_faults *faults, struct str *elements);

void banner_form_fill(struct arena *arena, struct json banner, struct banner_form *form);
/* zone: of times without an offset. banner: as it stands in the catalog, missing for a new one. */
bool banner_form_read(struct arena *arena, const struct banner_form *form, const struct clock_zone *zone,
		      struct json banner, struct edit_faults *faults, struct str *elements);

#endif
