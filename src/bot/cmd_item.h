/* /item and /wish: one item, and the list of those that a player wishes for. Marks change no odds. */
#ifndef BOT_CMD_ITEM_H
#define BOT_CMD_ITEM_H

#include "bot/turn.h"

/* Verbs of an item's marks: target is the item; number 1 sets the mark, 0 takes it away. */
#define CMD_ITEM_VERB_WISH 'j'
#define CMD_ITEM_VERB_FAVOURITE 'k'
/* Verb of the list's select: the choice is the id of what is taken off. */
#define CMD_ITEM_VERB_UNWISH 'w'

bool cmd_item_show(struct turn *turn, struct err *err);
bool cmd_item_mark_wish(struct turn *turn, struct err *err);
bool cmd_item_mark_favourite(struct turn *turn, struct err *err);
bool cmd_item_wish(struct turn *turn, struct err *err);
bool cmd_item_unwish(struct turn *turn, struct err *err);

#endif
