/*
 * The items of a catalog as a table for spreadsheets: RFC 4180 (quotes, line ends of both kinds), UTF-8,
 * a header row with any of id, rarity, name_ja, name_en, text_ja, text_en, emoji, image, price.
 *
 * A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and read
 * without: what was written is read back as it was.
 */
#ifndef BOT_CATALOG_CSV_H
#define BOT_CATALOG_CSV_H

#include "bot/catalog_edit_fault.h"
#include "gacha/catalog.h"

/* Where the items of a table stand in it, by id. */
struct csv_line {
	struct str id;
	size_t line;
};

struct csv_items {
	struct str elements; /* a JSON array for catalog_edit_put */
	struct csv_line *lines;
	size_t count;
};

/*
 * An item of the catalog keeps what the table has no column for. False with all faults, each with its line; err says why where
 * there is no fault.
 */
bool catalog_csv_read(struct arena *arena, struct str text, const struct catalog *catalog, struct edit_faults *faults,
		      struct csv_items *items, struct err *err);
/* With a byte order mark, by which spreadsheets know UTF-8. */
void catalog_csv_write(const struct catalog *catalog, struct buf *out);
/* The line of an item, or 0. */
size_t catalog_csv_line(const struct csv_items *items, struct str id);

#endif
