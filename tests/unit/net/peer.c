#include "peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void peer_hang_up(struct peer_connection *connection)
{
	if (connection->fd < 0)
		return;
	loop_remove_fd(connection->peer->loop, &connection->io);
	if (connection->reset_when_sent) {
		struct linger now = {.l_onoff = 1, .l_linger = 0};

		setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	}
	close(connection->fd);
	connection->fd = -1;
}

static void write_out(struct peer_connection *connection)
{
	size_t len = connection->out.len;
	size_t max = connection->peer->write_bytes_max;
	ssize_t sent;

	if (max && len > max)
		len = max;
	sent = len ? sendto(connection->fd, connection->out.ptr, len, MSG_NOSIGNAL, NULL, 0) : 0;
	if (sent > 0)
		buf_drop_front(&connection->out, (size_t)sent);
	connection->io.events = connection->out.len ? POLLIN | POLLOUT : POLLIN;
	if (connection->out.len == 0 && (connection->close_when_sent || connection->reset_when_sent))
		peer_hang_up(connection);
}

static void connection_ready(void *owner, short revents)
{
	struct peer_connection *connection = owner;
	struct peer *peer = connection->peer;
	char block[65536];
	size_t max = peer->read_bytes_max ? peer->read_bytes_max : sizeof(block);

	if (revents & POLLIN) {
		ssize_t got = recvfrom(connection->fd, block, max, MSG_DONTWAIT, NULL, NULL);

		if (got > 0) {
			buf_add(&connection->in, str_make(block, (size_t)got));
			peer->received(connection);
		} else if (got == 0) {
			connection->ended = true;
			peer_hang_up(connection);
		} else {
			peer_hang_up(connection);
		}
	}
	if (connection->fd >= 0)
		write_out(connection);
}

static void accept_ready(void *owner, short revents)
{
	struct peer *peer = owner;
	struct peer_connection *connection = &peer->connections[peer->accepted % PEER_CONNECTIONS_MAX];
	int fd = accept4(peer->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)revents;
	if (fd < 0)
		return;
	peer_hang_up(connection);
	buf_release(&connection->in);
	buf_release(&connection->out);
	*connection = (struct peer_connection){.peer = peer, .fd = fd, .number = ++peer->accepted};
	buf_init(&connection->in, 1u << 24);
	buf_init(&connection->out, 1u << 24);
	connection->io = (struct loop_fd){.fd = fd, .events = POLLIN, .ready = connection_ready, .owner = connection};
	loop_add_fd(peer->loop, &connection->io);
}

bool peer_open(struct peer *peer, struct loop *loop, void (*received)(struct peer_connection *), void *script)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);

	memset(peer, 0, sizeof(*peer));
	peer->loop = loop;
	peer->received = received;
	peer->script = script;
	for (size_t i = 0; i < PEER_CONNECTIONS_MAX; i++)
		peer->connections[i] = (struct peer_connection){.fd = -1, .peer = peer};
	peer->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (peer->listen_fd < 0 || bind(peer->listen_fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    listen(peer->listen_fd, 64) < 0 || getsockname(peer->listen_fd, (struct sockaddr *)&address, &len) < 0)
		return false;
	peer->port = ntohs(address.sin_port);
	peer->accepting = (struct loop_fd){.fd = peer->listen_fd, .events = POLLIN, .ready = accept_ready, .owner = peer};
	loop_add_fd(loop, &peer->accepting);
	return true;
}

void peer_close(struct peer *peer)
{
	for (size_t i = 0; i < PEER_CONNECTIONS_MAX; i++) {
		peer_hang_up(&peer->connections[i]);
		buf_release(&peer->connections[i].in);
		buf_release(&peer->connections[i].out);
	}
	loop_remove_fd(peer->loop, &peer->accepting);
	if (peer->listen_fd >= 0)
		close(peer->listen_fd);
	peer->listen_fd = -1;
}

void peer_send(struct peer_connection *connection, struct str data)
{
	buf_add(&connection->out, data);
	connection->io.events = POLLIN | POLLOUT;
}

static size_t content_length(struct str head)
{
	struct str line, name, value;
	uint64_t length = 0;

	while (str_next(&head, '\n', &line))
		if (str_cut(line, ':', &name, &value) && str_eq_nocase(name, STR("Content-Length")))
			str_to_u64(str_trim(value), 0, 1u << 24, &length);
	return (size_t)length;
}

bool peer_http_request(const struct peer_connection *connection, struct str *head, struct str *body, size_t *len)
{
	struct str all = buf_str(&connection->in);
	ssize_t end = str_find(all, STR("\r\n\r\n"));
	size_t length;

	if (end < 0)
		return false;
	*head = str_take(all, (size_t)end + 2);
	length = content_length(*head);
	*len = (size_t)end + 4 + length;
	*body = str_take(str_skip(all, (size_t)end + 4), length);
	return all.len >= *len;
}
