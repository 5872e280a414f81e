/*
 * A catalog's JSON as people write it: rarities and items in a line each, of a banner each member, long
 * lists of ids in lines of some width. Order and values stay. For any JSON.
 */
#ifndef BOT_CATALOG_EDIT_LAYOUT_H
#define BOT_CATALOG_EDIT_LAYOUT_H

#include "base/json_read.h"

/* Ends with a line end. What does not fit marks *out as full. */
void catalog_edit_layout(struct json root, struct buf *out);

#endif
