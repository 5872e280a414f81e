/* Answers by Discord's HTTP API: callbacks, edits, follow-ups. Shared by the doors whose interactions Discord sent. */
#ifndef BOT_DOOR_REST_H
#define BOT_DOOR_REST_H

#include <stdbool.h>

#include "bot/task.h"
#include "discord/rest.h"

/* As struct door has them. */
void door_rest_first(struct task *task, struct str body);
void door_rest_later(struct task *task, bool follow_up, struct str body);
void door_rest_drop(struct task *task);

#endif
