/* /admin: grant, revoke, inspect and audit. (/admin catalog is cmd_catalog.h's.) */
#ifndef BOT_CMD_ADMIN_H
#define BOT_CMD_ADMIN_H

#include "bot/turn.h"

/* A page of the audit; number: sort number before which it begins, 0 for the newest. */
#define CMD_ADMIN_VERB_AUDIT 'a'

bool cmd_admin_grant(struct turn *turn, struct err *err);
bool cmd_admin_revoke(struct turn *turn, struct err *err);
bool cmd_admin_inspect(struct turn *turn, struct err *err);
void cmd_admin_plan_inspect(const struct turn *turn, struct turn_plan *plan);
bool cmd_admin_audit(struct turn *turn, struct err *err);
void cmd_admin_plan_audit(const struct turn *turn, struct turn_plan *plan);

#endif
