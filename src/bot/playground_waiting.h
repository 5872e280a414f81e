/*
 * Requests of the playground that wait for the store. Each is embedded first in what it waits with, which is freed when the
 * answer was given, or with the list.
 */
#ifndef BOT_PLAYGROUND_WAITING_H
#define BOT_PLAYGROUND_WAITING_H

struct server_request;

struct playground_waiting {
	struct server_request *request; /* NULL once it is gone: then nobody is to be answered */
	void (*free)(struct playground_waiting *waiting);
	struct playground_waiting **list;
	struct playground_waiting *next;
};

/* request and free are set. */
void playground_waiting_add(struct playground_waiting **list, struct playground_waiting *waiting);
/* Takes it off its list and frees it. */
void playground_waiting_end(struct playground_waiting *waiting);
void playground_waiting_gone(struct playground_waiting *list, const struct server_request *request);
/* Frees all, unanswered; after the store has been freed. */
void playground_waiting_release(struct playground_waiting **list);

#endif
