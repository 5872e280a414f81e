/*
 * What a server hears of an answer: one message to the channel that its settings name. announce_write
 * puts its body into the task's arena while the answer is written; announce sends it once a committed
 * answer has arrived. Nobody waits for it: a failure is logged, and that is all.
 */
#ifndef BOT_ANNOUNCE_H
#define BOT_ANNOUNCE_H

#include "bot/task.h"

void announce_write(struct task *task);
void announce(struct task *task);

#endif
