/*
 * GET /api/receipts?player=KEY[&before=CURSOR]: reads a page of a player's history and the row that revealed the seed before
 * it, and answers with what playground_receipts.h makes of them.
 */
#ifndef BOT_PLAYGROUND_HISTORY_H
#define BOT_PLAYGROUND_HISTORY_H

#include "bot/playground_waiting.h"
#include "net/server.h"
#include "store/store.h"

/* Answers, now or later; the list is that of the requests that wait. */
void playground_history_serve(struct playground_waiting **list, struct store *store, struct server_request *request);

#endif
