/*
 * The first look at an interaction: its own copy in the arena, the route that it takes, and the
 * refusals that need no state (unknown, a stranger's button, too old). Does no I/O.
 */
#ifndef BOT_INTAKE_H
#define BOT_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "bot/router.h"
#include "bot/turn.h"

/* Decodes `data` and copies every text, so that the event's document may go. ERR_INPUT, ERR_LIMIT when the arena is full. */
bool intake_decode(struct json data, struct arena *arena, struct interaction **out, struct err *err);

/* LANGUAGE_JA for a locale that begins with "ja", else LANGUAGE_EN. */
enum language intake_language(struct str locale);

/*
 * The route of a command, component, modal or completion, and *button for the second and third. NULL: turn->message is
 * the whole answer, a refusal.
 */
const struct route *intake_route(struct turn *turn, struct custom_id *button);

#endif
