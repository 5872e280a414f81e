/* What a server hears of an answer that has arrived: one message to the channel that its settings name. Nobody waits for it. */
#ifndef BOT_ANNOUNCE_H
#define BOT_ANNOUNCE_H

#include "bot/task.h"

void announce(struct task *task);

#endif
