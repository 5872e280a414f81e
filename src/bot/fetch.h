/*
 * The file that a person gave to a command: fetched from where Discord keeps it, or taken from the
 * `data:` URL of the playground's page. What goes wrong is a fault that the command tells.
 */
#ifndef BOT_FETCH_H
#define BOT_FETCH_H

#include <stdbool.h>

#include "bot/task.h"

/* Whether task->file or task->file_fault is set already; else task_advance follows. */
bool fetch_begin(struct task *task);
void fetch_cancel(struct task *task);

#endif
