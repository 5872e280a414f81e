/* /gacha rates: a banner's exact odds, page by page, or those of one of its items. */
#ifndef BOT_CMD_ODDS_H
#define BOT_CMD_ODDS_H

#include "bot/turn.h"

/* Verb of the page buttons of /gacha rates: target is the banner, number the page from 0. */
#define CMD_ODDS_VERB_RATES 'r'

bool cmd_odds_rates(struct turn *turn, struct err *err);
bool cmd_odds_rates_page(struct turn *turn, struct err *err);
/* Choices for the option `item`: those of open banners first. */
bool cmd_odds_complete_item(struct turn *turn, struct err *err);

#endif
