/*
 * /gift and /trade: items from player to player (gacha/offer.h). An offer's message has buttons: the other player
 * accepts or declines, the one who made it withdraws.
 */
#ifndef BOT_CMD_TRADE_H
#define BOT_CMD_TRADE_H

#include "bot/turn.h"

/* Verbs of an offer's buttons: target is the offer; number is who made it, for a withdrawal whom it was made to. */
#define CMD_TRADE_VERB_ACCEPT 't'
#define CMD_TRADE_VERB_DECLINE 'u'
#define CMD_TRADE_VERB_WITHDRAW 'v'

bool cmd_trade_gift(struct turn *turn, struct err *err);
bool cmd_trade_offer(struct turn *turn, struct err *err);
bool cmd_trade_accept(struct turn *turn, struct err *err);
bool cmd_trade_decline(struct turn *turn, struct err *err);
bool cmd_trade_withdraw(struct turn *turn, struct err *err);
/* Choices for what is given: what the caller has and may give. */
bool cmd_trade_complete_owned(struct turn *turn, struct err *err);

#endif
