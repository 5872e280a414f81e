/*
 * /data: all that is kept about the caller, as a file (the form of `export`), and its deletion.
 *
 * Deleting takes the player's row away at once and leaves the history to bot/jobs.h; what stays in the row's place is
 * bot/tombstone.h's.
 */
#ifndef BOT_CMD_DATA_H
#define BOT_CMD_DATA_H

#include "bot/turn.h"

/* Target: the player that was shown; the deletion, confirmed. */
#define CMD_DATA_VERB_DELETE 'D'
/*
 * Number: sort number before which the file's history ends. Target, in hex digits: how far after it the row stands that
 * revealed the seed of the newest receipts before it; empty where none did.
 */
#define CMD_DATA_VERB_OLDER 'E'
/* No deletion after all. */
#define CMD_DATA_VERB_KEEP 'F'

bool cmd_data_export(struct turn *turn, struct err *err);
/* Loads the row that revealed the seed. */
void cmd_data_plan_older(const struct turn *turn, struct turn_plan *plan);
bool cmd_data_delete(struct turn *turn, struct err *err);
void cmd_data_plan_deletion(const struct turn *turn, struct turn_plan *plan);
bool cmd_data_delete_confirmed(struct turn *turn, struct err *err);
bool cmd_data_keep(struct turn *turn, struct err *err);

#endif
