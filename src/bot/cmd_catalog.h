/* /admin catalog: an administrator edits items and banners, and reads or gives files. What comes of it is offered first (cmd_catalog_draft.h). */
#ifndef BOT_CMD_CATALOG_H
#define BOT_CMD_CATALOG_H

#include "bot/turn.h"

/* The forms that were filled in; target: what is edited, empty for a new one. */
#define CMD_CATALOG_VERB_ITEM 'm'
#define CMD_CATALOG_VERB_BANNER 'n'

bool cmd_catalog_item(struct turn *turn, struct err *err);
bool cmd_catalog_item_entered(struct turn *turn, struct err *err);
bool cmd_catalog_banner(struct turn *turn, struct err *err);
bool cmd_catalog_banner_entered(struct turn *turn, struct err *err);
bool cmd_catalog_retire(struct turn *turn, struct err *err);
bool cmd_catalog_import(struct turn *turn, struct err *err);
bool cmd_catalog_export(struct turn *turn, struct err *err);

/* Of the option `id`: items, banners, or both. */
bool cmd_catalog_complete_item(struct turn *turn, struct err *err);
bool cmd_catalog_complete_banner(struct turn *turn, struct err *err);
bool cmd_catalog_complete_both(struct turn *turn, struct err *err);

#endif
