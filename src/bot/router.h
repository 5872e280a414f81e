/*
 * The tables of what people can ask for: commands with their definitions, buttons, autocompletion.
 * A row names the state that its handler needs and whether it may change any; loading, committing
 * and replying are task.h's.
 */
#ifndef BOT_ROUTER_H
#define BOT_ROUTER_H

#include <stdbool.h>
#include <stddef.h>

#include "bot/turn.h"
#include "discord/appcmd.h"

struct route {
	const char *path; /* "gacha pull"; of a button what it stands for */
	/* False only for faults of ours or of the stored data; what a person does wrong is a turn_refuse. */
	bool (*handle)(struct turn *turn, struct err *err);
	unsigned needs;   /* enum need */
	char verb;        /* of a button (custom_id.h), else 0 */
	bool commits;     /* may change state: its answer is kept under the interaction's id */
	bool is_private;  /* only the caller sees the answer */
};

/* NULL for a command or button that this version does not have. */
const struct route *router_command(const struct interaction *interaction);
const struct route *router_button(const struct custom_id *button);
/* Fills the message with choices for the focused option; none where it has no completion. */
void router_complete(struct turn *turn);

const struct route *router_routes(size_t *count);
const struct appcmd *router_appcmds(size_t *count);

#endif
