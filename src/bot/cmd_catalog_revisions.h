/* /admin catalog revisions: what was, is and will be in force; their texts as files, and taking back one that has not begun. */
#ifndef BOT_CMD_CATALOG_REVISIONS_H
#define BOT_CMD_CATALOG_REVISIONS_H

#include "bot/turn.h"

/* The text of the revision that is chosen; taking back the one whose text is the number. */
#define CMD_CATALOG_VERB_TEXT 'N'
#define CMD_CATALOG_VERB_TAKE_BACK 'O'

bool cmd_catalog_revisions(struct turn *turn, struct err *err);
void cmd_catalog_text_plan(const struct turn *turn, struct turn_plan *plan);
bool cmd_catalog_text(struct turn *turn, struct err *err);
bool cmd_catalog_take_back(struct turn *turn, struct err *err);

#endif
