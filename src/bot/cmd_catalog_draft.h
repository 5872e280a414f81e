/*
 * An edit of the catalog between its making and its publishing. It is checked, shown with what it
 * would change, and kept for CATALOG_DRAFT_S; publishing it makes a revision (revision.h), if the
 * catalog is still the one that it was made from.
 */
#ifndef BOT_CMD_CATALOG_DRAFT_H
#define BOT_CMD_CATALOG_DRAFT_H

#include "bot/catalog_csv.h"
#include "bot/turn.h"

/* Buttons of a draft; the number is the id of its text, the target the beginning of the hash of what it was made from. */
#define CMD_CATALOG_VERB_PUBLISH 'q'
#define CMD_CATALOG_VERB_LATER 'M'
#define CMD_CATALOG_VERB_DISCARD 'z'

/* The last revision that counts for the configured catalog; NULL without one. */
const struct revision *catalog_draft_last(const struct turn *turn);
/* Refuses while a revision waits for its start: an edit would be made from what ends then. Whether it did. */
bool catalog_draft_is_blocked(struct turn *turn);

/* Whose lines a fault of the new text is told by. */
enum catalog_draft_lines {
	DRAFT_LINES_NONE,  /* of a form: none */
	DRAFT_LINES_FILE,  /* the text is the file that was given */
	DRAFT_LINES_TABLE, /* those of `items` */
};

/* Offers the text, or tells what is wrong with it. work: scratch memory of CATALOG_WORK_BYTES_MAX. */
bool catalog_draft_offer(struct turn *turn, struct arena *work, struct str text, enum catalog_draft_lines lines,
			 const struct csv_items *items, struct err *err);

/* Loads the draft's text. */
void catalog_draft_plan(const struct turn *turn, struct turn_plan *plan);
bool catalog_draft_publish(struct turn *turn, struct err *err);
bool catalog_draft_publish_later(struct turn *turn, struct err *err);
bool catalog_draft_discard(struct turn *turn, struct err *err);

/* The rows of a text, for a plan. */
void catalog_draft_plan_text(const struct turn *turn, uint64_t text, struct turn_plan *plan);
/* Puts the turn's list of revisions into its writes. */
bool catalog_draft_write_list(struct turn *turn, struct err *err);

#endif
