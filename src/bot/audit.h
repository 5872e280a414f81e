/*
 * What administrators did: entries under `audit#<scope>` of the history, as revision_scope names it,
 * one for each change, kept with the change that it tells of.
 *
 * The document: {"at","by","action","target","reason","detail"}, all texts; at in RFC 3339, by a
 * snowflake, what does not apply is "".
 */
#ifndef BOT_AUDIT_H
#define BOT_AUDIT_H

#include "bot/turn.h"

/* The history key of this interaction's scope. */
struct str audit_key(const struct turn *turn);
/* Adds an entry to the turn's writes. A text beyond AUDIT_TEXT_MAX bytes is clipped. target: a user's id, an item, a banner, a revision. */
void audit_add(struct turn *turn, const char *action, struct str target, struct str reason, struct str detail);

#endif
