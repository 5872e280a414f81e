/*
 * /exchange: items for shards, and for spark points (gacha/exchange.h). A list to choose from, a question, and
 * the purchase.
 */
#ifndef BOT_CMD_EXCHANGE_H
#define BOT_CMD_EXCHANGE_H

#include "bot/turn.h"

/* Verb of the lists: target is the banner whose points pay, empty for shards; number is the page. A choice is an item's id. */
#define CMD_EXCHANGE_VERB_LIST 'x'
/* Verbs of the answer yes: target is the item; number stands for all that the question said. */
#define CMD_EXCHANGE_VERB_BUY 'y'
#define CMD_EXCHANGE_VERB_SPARK 'g'

bool cmd_exchange_show(struct turn *turn, struct err *err);
bool cmd_exchange_list(struct turn *turn, struct err *err);
bool cmd_exchange_buy(struct turn *turn, struct err *err);
bool cmd_exchange_spark(struct turn *turn, struct err *err);
/* Choices for the options `item` and `banner`. */
bool cmd_exchange_complete_item(struct turn *turn, struct err *err);
bool cmd_exchange_complete_banner(struct turn *turn, struct err *err);

#endif
