/*
 * The table of what people can ask for: commands (defined in commands.h), buttons, modals, completions.
 * A row names the state that its handler needs and whether it may change any; loading, committing
 * and replying are task.h's.
 */
#ifndef BOT_ROUTER_H
#define BOT_ROUTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bot/turn.h"

struct route {
	const char *path; /* "gacha pull"; of a button or modal what it stands for */
	/* False only for faults of ours or of the stored data; what a person does wrong is a turn_refuse. */
	bool (*handle)(struct turn *turn, struct err *err);
	unsigned needs;   /* enum need */
	/* Names what else is to be loaded; the turn has the interaction and the button so far. NULL: nothing. */
	void (*plan)(const struct turn *turn, struct turn_plan *plan);
	const char *completes; /* of a completion: the option; its handler fills the message's choices. Else NULL */
	uint64_t permissions;  /* of the member (PERMISSION_…); without them the caller is refused */
	char verb;        /* of a button or modal (custom_id.h), else 0 */
	bool commits;     /* may change state: its answer is kept under the interaction's id */
	bool is_private;  /* only the caller sees the answer */
	bool opens_modal; /* or may do so: its answer cannot be deferred */
	bool has_file;    /* its answer carries contents of its own and is made afresh for a repeated id */
};

/* NULL for a command, button or completion that this version does not have. */
const struct route *router_command(const struct interaction *interaction);
const struct route *router_button(const struct custom_id *button);
const struct route *router_completion(const struct interaction *interaction);

const struct route *router_routes(size_t *count);

#endif
