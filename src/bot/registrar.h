/*
 * What is done once after READY: says if Discord sends this application's interactions elsewhere
 * (discord.md 19), and registers the commands if Discord has others (discord.md 18).
 */
#ifndef BOT_REGISTRAR_H
#define BOT_REGISTRAR_H

#include <stdint.h>

#include "base/arena.h"
#include "discord/rest.h"

enum registrar_step { REGISTRAR_IDLE, REGISTRAR_APPLICATION, REGISTRAR_COMMANDS, REGISTRAR_OVERWRITE };

struct registrar {
	struct rest *rest;
	uint64_t application_id;
	enum registrar_step step;
};

/* Borrows rest; nothing to release. */
void registrar_start(struct registrar *registrar, struct rest *rest, uint64_t application_id);

#endif
