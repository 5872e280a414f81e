/* /inventory: what a player has, by rarity, page after page, and what is there more than once. */
#ifndef BOT_CMD_COLLECTION_H
#define BOT_CMD_COLLECTION_H

#include "bot/turn.h"

/* Verb of the inventory's buttons: target is the view (page, order, filters), number is whose it is; 0: the caller's. */
#define CMD_COLLECTION_VERB_INVENTORY 'i'

bool cmd_collection_inventory(struct turn *turn, struct err *err);
bool cmd_collection_inventory_page(struct turn *turn, struct err *err);
/* Choices for the option `rarity`. */
bool cmd_collection_complete_rarity(struct turn *turn, struct err *err);

#endif
