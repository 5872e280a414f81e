/*
 * The playground: its page, the files of it, and the API that the page asks beside POST /interactions. Whether a caller may
 * ask at all is the HTTP door's to decide (door_http.h).
 *
 * GET / and /assets/NAME: the page, built in (web/assets.h). GET /api/commands, /api/info, /api/catalog; POST
 * /api/catalog/check, /api/odds, /api/simulations; GET and DELETE /api/simulations/ID; GET /api/receipts?player=KEY
 * [&before=CURSOR]. Answers are JSON, errors {"error": text} with 400, 404, 405, 409, 413, or 500 when the store fails.
 *
 * What speaks of the catalog speaks of the one that is in force now as the store has it; ?guild=ID names the server, which
 * counts with HOMU_SCOPE=guild. GET /api/catalog?sha256=HEX gives that revision, or the configured catalog.
 */
#ifndef BOT_PLAYGROUND_H
#define BOT_PLAYGROUND_H

#include <stdbool.h>

#include "bot/playground_simulation.h"
#include "bot/playground_waiting.h"
#include "net/server.h"

struct bot;

struct playground {
	struct bot *bot;
	struct playground_simulation simulation;
	const struct catalog *held; /* of the simulation */
	struct playground_waiting *waiting; /* requests that wait for the store */
};

void playground_init(struct playground *playground, struct bot *bot);
/* Ends the simulation; after the server has been freed, and before the catalogs are released. */
void playground_stop(struct playground *playground);
/* After the store has been freed. */
void playground_release(struct playground *playground);

/* Whether this is a path of the playground's. */
bool playground_has(struct str path);
/* Answers, now or later. */
void playground_serve(struct playground *playground, struct server_request *request);
/* For server_settings.too_long and gone. */
void playground_too_long(struct server_request *request);
void playground_gone(struct playground *playground, struct server_request *request);

#endif
