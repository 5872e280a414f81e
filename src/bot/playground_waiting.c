#include "bot/playground_waiting.h"

#include <stddef.h>

void playground_waiting_add(struct playground_waiting **list, struct playground_waiting *waiting)
{
	waiting->list = list;
	waiting->next = *list;
	*list = waiting;
}

void playground_waiting_end(struct playground_waiting *waiting)
{
	struct playground_waiting **at = waiting->list;

	while (*at != waiting)
		at = &(*at)->next;
	*at = waiting->next;
	waiting->free(waiting);
}

void playground_waiting_gone(struct playground_waiting *list, const struct server_request *request)
{
	for (struct playground_waiting *waiting = list; waiting; waiting = waiting->next)
		if (waiting->request == request)
			waiting->request = NULL;
}

void playground_waiting_release(struct playground_waiting **list)
{
	while (*list)
		playground_waiting_end(*list);
}
