/* /gacha: pulls, the pull-again buttons, the list of banners. */
#ifndef BOT_CMD_GACHA_H
#define BOT_CMD_GACHA_H

#include "bot/turn.h"

/* Verb of the pull-again buttons: target is the banner, number the count. */
#define CMD_GACHA_VERB_PULL 'p'

bool cmd_gacha_pull(struct turn *turn, struct err *err);
bool cmd_gacha_pull_again(struct turn *turn, struct err *err);
bool cmd_gacha_banners(struct turn *turn, struct err *err);
/* Choices for the option `banner`: the open ones whose name or id holds what was typed. */
bool cmd_gacha_complete_banner(struct turn *turn, struct err *err);

#endif
