/*
 * Lines of an export (interface.md, Commands): data, whose first key is `kind`, and the receipts
 * between them. What `export` writes for all players, /data export writes for one.
 */
#ifndef BOT_EXPORT_FORM_H
#define BOT_EXPORT_FORM_H

#include <stdint.h>

#include "base/json_write.h"
#include "store/store.h"

/* The first line of a file. */
void export_form_head(struct json_writer *writer, int64_t now_s);
/* Opens a row's line; its members follow, then export_form_end. */
void export_form_begin(struct json_writer *writer, const char *kind, const struct store_row *row);
void export_form_end(struct json_writer *writer, const struct store_row *row);
/* The members of an object that are not named; left_out ends with NULL. Scratch memory from arena. */
void export_form_members_without(struct json_writer *writer, struct json object, const char *const *left_out,
				 struct arena *arena);
/* A row of the history without its receipts, which follow it as lines of their own. */
void export_form_history(struct json_writer *writer, const struct store_row *row, struct json root, struct arena *arena);

#endif
