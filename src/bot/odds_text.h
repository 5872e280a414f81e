/* How odds are written in messages: what /gacha rates and /gacha plan share. Memory from the turn's arena. */
#ifndef BOT_ODDS_TEXT_H
#define BOT_ODDS_TEXT_H

#include "bot/turn.h"
#include "gacha/odds.h"

/* Names, escaped, and short enough for a list; an item's with its emoji, a rarity's with its stars. */
struct str odds_text_banner(const struct turn *turn, const struct catalog_banner *banner);
struct str odds_text_item(const struct turn *turn, const struct catalog_item *item);
struct str odds_text_rarity(const struct turn *turn, size_t rarity);

/* "1.6052%": four decimals, or as many as show three digits that count; what is not certain is never shown as 100%. */
struct str odds_text_percent(const struct turn *turn, double share);
/* "62.30" */
struct str odds_text_pulls(const struct turn *turn, double pulls);
/* Expectation, worst case, quantiles, and the chance within 10, 50, 80, 90, 100 pulls: a line each. */
struct str odds_text_wait(const struct turn *turn, const struct odds_wait *wait);
void odds_text_add_line(struct buf *out, struct str line);

/* For ERR_LIMIT: gives back what the odds have taken since the mark, so that there is room to say that they are too large. Else false. */
bool odds_text_refuse_limit(struct turn *turn, struct arena_mark mark, struct err *err);
bool odds_text_refuse_item(struct turn *turn);

#endif
