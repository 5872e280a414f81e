#include "discord/link.h"

#include <stdlib.h>

#include "base/limits.h"
#include "net/ws.h"

struct link {
	struct links *links;
	struct shard *shard; /* NULL: left behind */
	struct ws *ws;
	struct link *next;
};

void link_drop(struct link *link)
{
	struct link **at = &link->links->first;

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	if (link->shard)
		link->shard->link = NULL;
	ws_free(link->ws);
	free(link);
}

void links_drop_all(struct links *links)
{
	while (links->first)
		link_drop(links->first);
}

static void opened(void *owner)
{
	struct link *link = owner;

	if (link->shard)
		link->links->handler.opened(link->links->handler.owner, link->shard);
}

static void message(void *owner, struct str data, bool binary)
{
	struct link *link = owner;

	if (link->shard)
		link->links->handler.message(link->links->handler.owner, link->shard, data, binary);
}

static void closed(void *owner, int code, const struct err *err)
{
	struct link *link = owner;
	struct links *links = link->links;
	struct shard *shard = link->shard;

	link_drop(link);
	if (shard)
		links->handler.closed(links->handler.owner, shard, code, err);
}

bool link_open(struct links *links, struct shard *shard, struct http *http, struct rng *rng, struct err *err)
{
	struct link *link = calloc(1, sizeof(*link));
	struct ws_handler handler = {.opened = opened, .message = message, .closed = closed, .owner = link};

	if (!link)
		return err_set(err, ERR_MEMORY, "no memory for a connection to the gateway");
	link->ws = ws_connect(http, rng, str_from(shard->session.url), GATEWAY_CONNECT_MS, GATEWAY_MESSAGE_BYTES_MAX,
			      &handler, err);
	if (!link->ws) {
		free(link);
		return false;
	}
	link->links = links;
	link->shard = shard;
	link->next = links->first;
	links->first = shard->link = link;
	return true;
}

bool link_send(struct link *link, struct str text, struct err *err)
{
	return ws_send(link->ws, text, err);
}

void link_leave(struct link *link, int code)
{
	link->shard->link = NULL;
	link->shard = NULL;
	ws_close(link->ws, code);
}
