/* The other side of a connection, scripted by a test: a TCP listener on loopback that runs on the test's own loop. */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "net/loop.h"

enum { PEER_CONNECTIONS_MAX = 64 };

struct peer;

struct peer_connection {
	struct peer *peer;
	int fd;            /* -1 when closed */
	unsigned number;   /* from 1, in order of accepting */
	struct loop_fd io;
	struct buf in;     /* all that came and was not dropped by the script */
	struct buf out;
	bool close_when_sent;
	bool reset_when_sent;
	bool ended;        /* the client closed */
	unsigned answers;  /* the script's own count */
	int stage;         /* the script's own */
};

struct peer {
	struct loop *loop;
	uint16_t port;
	int listen_fd;
	struct loop_fd accepting;
	size_t write_bytes_max; /* at one sitting; 0: all */
	size_t read_bytes_max;
	/* Called when something came. */
	void (*received)(struct peer_connection *connection);
	void *script;
	unsigned accepted;
	struct peer_connection connections[PEER_CONNECTIONS_MAX];
};

/* Listens on a free port. */
bool peer_open(struct peer *peer, struct loop *loop, void (*received)(struct peer_connection *), void *script);
void peer_close(struct peer *peer);
void peer_send(struct peer_connection *connection, struct str data);
void peer_hang_up(struct peer_connection *connection);

/* Whether a whole HTTP request stands in connection->in; then *head and *body are its parts and *len the bytes of both. */
bool peer_http_request(const struct peer_connection *connection, struct str *head, struct str *body, size_t *len);

#endif
