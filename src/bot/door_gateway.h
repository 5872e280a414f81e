/*
 * The gateway's door: INTERACTION_CREATE in, callbacks out. Everything else that the gateway tells is
 * logged, and what it wants kept goes to kept.h.
 */
#ifndef BOT_DOOR_GATEWAY_H
#define BOT_DOOR_GATEWAY_H

#include <stdbool.h>

#include "base/err.h"
#include "bot/registrar.h"
#include "discord/gateway.h"

struct bot;

struct door_gateway {
	struct bot *bot;
	struct gateway *gateway;
	struct registrar registrar;
};

/* Makes the gateway and starts it with the session that was kept. */
bool door_gateway_start(struct door_gateway *door, struct bot *bot, struct err *err);
/* Takes nothing more; the session is given to kept.h and stays RESUMEable. */
void door_gateway_stop(struct door_gateway *door);
void door_gateway_release(struct door_gateway *door);
/* why: static text where it is not. */
bool door_gateway_is_ready(const struct door_gateway *door, const char **why);

/* As struct rest_settings has it; owner is the bot. */
void door_gateway_rest_refused(void *owner, int status);

#endif
