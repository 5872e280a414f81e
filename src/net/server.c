#include "net/server.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "net/url.h"

#define CHECK_FILES "check that memory and open files are left ('ulimit -n')"

enum { ADDRESS_TEXT_MAX = INET6_ADDRSTRLEN + 10 };

enum request_state { REQUEST_READING, REQUEST_HANDLED, REQUEST_ANSWERED };

/* One accepted connection; libmicrohttpd keeps the pointer. */
struct connection {
	struct server *server;
	struct connection *prev, *next;
	int fd;
	int64_t deadline_ms; /* 0 while a request of it waits for our answer */
	bool answering; /* from a whole request to the end of its answer */
	bool dropped;
};

struct server_request {
	struct server *server;
	struct server_request *prev, *next;
	struct MHD_Connection *mhd;
	struct connection *connection;
	enum request_state state;
	bool suspended;
	bool refused; /* the request target is malformed */
	bool too_long;
	struct str method, path;
	struct buf body;
	size_t drained;
	struct MHD_Response *response;
	unsigned status;
};

struct server {
	struct loop *loop;
	struct server_settings settings;
	struct MHD_Daemon *daemon;
	struct loop_fd fd;
	struct loop_timer again; /* libmicrohttpd has more to do */
	struct loop_timer sweep;
	struct connection *connections; /* newest first */
	unsigned connection_count;
	struct server_request *requests;
	char address[ADDRESS_TEXT_MAX];
};

/* ---- addresses ---- */

static bool parse_address(struct str text, struct sockaddr_storage *out, socklen_t *len)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)out;
	char host[INET6_ADDRSTRLEN];
	struct str name;
	uint64_t port;
	size_t colon = text.len;

	memset(out, 0, sizeof(*out));
	while (colon > 0 && text.ptr[colon - 1] != ':')
		colon--;
	if (colon < 2 || !str_to_u64(str_skip(text, colon), 0, 65535, &port))
		return false;
	name = str_take(text, colon - 1);
	if (str_eq_nocase(name, STR("localhost")))
		name = STR("127.0.0.1");
	if (str_starts(name, STR("[")) && str_ends(name, STR("]"))) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		*len = sizeof(*v6);
		return str_to_cstr(str_take(str_skip(name, 1), name.len - 2), host, sizeof(host)) &&
		       inet_pton(AF_INET6, host, &v6->sin6_addr) == 1;
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons((uint16_t)port);
	*len = sizeof(*v4);
	return str_to_cstr(name, host, sizeof(host)) && inet_pton(AF_INET, host, &v4->sin_addr) == 1;
}

static bool sockaddr_is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24 == 127;
	if (address->sa_family == AF_INET6) {
		const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;

		return IN6_IS_ADDR_LOOPBACK(v6) || (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == 127);
	}
	return false;
}

bool server_address_is_loopback(struct str address)
{
	struct sockaddr_storage parsed;
	socklen_t len;

	return parse_address(address, &parsed, &len) && sockaddr_is_loopback((struct sockaddr *)&parsed);
}

static void format_address(struct server *server, const struct sockaddr_storage *address)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
	char host[INET6_ADDRSTRLEN] = "";
	struct buf out;

	buf_wrap(&out, server->address, sizeof(server->address));
	if (address->ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
		buf_printf(&out, "[%s]:%u", host, ntohs(v6->sin6_port));
	} else {
		inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
		buf_printf(&out, "%s:%u", host, ntohs(v4->sin_port));
	}
}

/* A listening socket, or -1. */
static int listen_on(struct server *server, struct err *err)
{
	struct str text = server->settings.address;
	struct sockaddr_storage address;
	socklen_t len;
	int one = 1;
	int fd;

	if (!parse_address(text, &address, &len)) {
		err_set(err, ERR_CONFIG, "HOMU_HTTP: '%.*s' is not an address and a port: write it as 127.0.0.1:8787 or [::1]:8787",
			STR_ARG(text));
		return -1;
	}
	fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		err_set(err, ERR_IO, "no socket for %.*s: %s", STR_ARG(text), strerror(errno));
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (address.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, SERVER_BACKLOG_MAX) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) < 0) {
		err_set(err, ERR_CONFIG, "HOMU_HTTP: %.*s cannot be served: %s: set HOMU_HTTP to another address, port 0 picks a free one",
			STR_ARG(text), strerror(errno));
		close(fd);
		return -1;
	}
	format_address(server, &address);
	return fd;
}

/* ---- connections and their time ---- */

static void drop(struct connection *connection)
{
	connection->dropped = true;
	if (connection->fd >= 0)
		shutdown(connection->fd, SHUT_RDWR);
}

/* Whoever holds connections without asking anything must not keep the health check out: the oldest of them goes. */
static void make_room(struct server *server)
{
	struct connection *oldest = NULL;
	int64_t silent_ms;

	if (server->connection_count < server->settings.connections_max)
		return;
	for (struct connection *connection = server->connections; connection; connection = connection->next)
		if (!connection->answering && !connection->dropped && (!oldest || connection->deadline_ms <= oldest->deadline_ms))
			oldest = connection;
	if (!oldest)
		return;
	silent_ms = loop_now_ms(server->loop) + SERVER_REQUEST_MS - oldest->deadline_ms;
	if (silent_ms >= SERVER_SILENT_MS)
		drop(oldest);
	else
		loop_set_timer(server->loop, &server->again, loop_now_ms(server->loop) + SERVER_SILENT_MS - silent_ms);
}

static void arm(struct connection *connection)
{
	connection->deadline_ms = loop_now_ms(connection->server->loop) + SERVER_REQUEST_MS;
}

static void notify_connection(void *owner, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code)
{
	struct server *server = owner;
	struct connection *connection = *context;
	const union MHD_ConnectionInfo *info;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
		connection = calloc(1, sizeof(*connection));
		*context = connection;
		if (!connection)
			return;
		connection->server = server;
		connection->fd = info ? info->connect_fd : -1;
		connection->next = server->connections;
		if (connection->next)
			connection->next->prev = connection;
		server->connections = connection;
		server->connection_count++;
		arm(connection);
		if (server->sweep.slot == 0)
			loop_set_timer(server->loop, &server->sweep, loop_now_ms(server->loop) + SERVER_SWEEP_MS);
	} else if (connection) {
		/* At its limit libmicrohttpd looks for new clients with its next run alone, which nothing else would bring. */
		if (server->connection_count-- >= server->settings.connections_max)
			loop_set_timer(server->loop, &server->again, loop_now_ms(server->loop));
		if (connection->prev)
			connection->prev->next = connection->next;
		else
			server->connections = connection->next;
		if (connection->next)
			connection->next->prev = connection->prev;
		free(connection);
		*context = NULL;
	}
}

/* Whoever sends a request, or takes an answer, a byte at a time is dropped here; libmicrohttpd only knows idle time. */
static void sweep_fired(void *owner, int64_t now_ms)
{
	struct server *server = owner;

	for (struct connection *connection = server->connections; connection; connection = connection->next)
		if (connection->deadline_ms && connection->deadline_ms <= now_ms)
			drop(connection);
	if (server->connections)
		loop_set_timer(server->loop, &server->sweep, now_ms + SERVER_SWEEP_MS);
}

/* ---- requests ---- */

/* libmicrohttpd shows the request target as it came, before it is decoded; the path must not lose a part to a NUL. */
static void *request_begins(void *owner, const char *target, struct MHD_Connection *mhd)
{
	struct server *server = owner;
	struct server_request *request = calloc(1, sizeof(*request));
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	if (!request)
		return NULL;
	request->server = server;
	request->mhd = mhd;
	request->connection = info ? info->socket_context : NULL;
	request->refused = target[0] != '/' || strstr(target, "%00") != NULL;
	buf_init(&request->body, server->settings.body_bytes_max);
	request->next = server->requests;
	if (request->next)
		request->next->prev = request;
	server->requests = request;
	return request;
}

static void request_ends(void *owner, struct MHD_Connection *mhd, void **context, enum MHD_RequestTerminationCode code)
{
	struct server_request *request = *context;
	struct server *server = owner;

	(void)mhd;
	if (!request)
		return;
	*context = NULL;
	if (request->state == REQUEST_HANDLED)
		server->settings.gone(server->settings.owner, request);
	else if (request->state == REQUEST_ANSWERED && server->settings.sent)
		server->settings.sent(server->settings.owner, request, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
	if (request->connection) {
		request->connection->answering = false;
		arm(request->connection);
	}
	if (request->prev)
		request->prev->next = request->next;
	else
		server->requests = request->next;
	if (request->next)
		request->next->prev = request->prev;
	if (request->response)
		MHD_destroy_response(request->response);
	buf_release(&request->body);
	free(request);
}

static enum MHD_Result answer_plain(struct MHD_Connection *mhd, unsigned status, const char *text)
{
	struct MHD_Response *response = MHD_create_response_from_buffer_static(strlen(text), text);
	enum MHD_Result result = MHD_NO;

	if (response) {
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
		result = MHD_queue_response(mhd, status, response);
		MHD_destroy_response(response);
	}
	return result;
}

static enum MHD_Result take_body(struct server_request *request, const char *data, size_t *len)
{
	if (request->too_long || !buf_add(&request->body, str_make(data, *len))) {
		request->too_long = true;
		request->drained += *len;
		if (request->drained / SERVER_DRAIN_FACTOR > request->server->settings.body_bytes_max)
			return MHD_NO;
	}
	*len = 0;
	return MHD_YES;
}

static enum MHD_Result queue(const struct server_request *request)
{
	return request->response ? MHD_queue_response(request->mhd, request->status, request->response) : MHD_NO;
}

static enum MHD_Result refuse_long(struct server_request *request)
{
	const struct server_settings *settings = &request->server->settings;

	if (!settings->too_long)
		return answer_plain(request->mhd, MHD_HTTP_CONTENT_TOO_LARGE, "the request is too long\n");
	buf_clear(&request->body);
	request->state = REQUEST_HANDLED;
	settings->too_long(settings->owner, request);
	assert(request->state == REQUEST_ANSWERED);
	return queue(request);
}

/* The request is whole: the owner answers it at once, or it sleeps until server_reply. */
static enum MHD_Result handle(struct server_request *request)
{
	struct server *server = request->server;

	if (request->too_long)
		return refuse_long(request);
	request->state = REQUEST_HANDLED;
	if (request->connection) {
		request->connection->deadline_ms = 0;
		request->connection->answering = true;
	}
	server->settings.handle(server->settings.owner, request);
	if (request->state == REQUEST_ANSWERED)
		return queue(request);
	request->suspended = true;
	MHD_suspend_connection(request->mhd);
	return MHD_YES;
}

static enum MHD_Result count_lengths(void *owner, enum MHD_ValueKind kind, const char *name, const char *value)
{
	unsigned *count = owner;

	(void)kind, (void)value;
	*count += str_eq_nocase(str_from(name), STR("Content-Length"));
	return MHD_YES;
}

/* The headers have come: the body may follow, or it is refused at once. */
static enum MHD_Result accept_head(struct server_request *request)
{
	struct MHD_Connection *mhd = request->mhd;
	struct str length = server_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
	unsigned lengths = 0;
	uint64_t bytes = 0;

	/* Two lengths are how a request is hidden from a proxy in front; libmicrohttpd would take the first. */
	MHD_get_connection_values(mhd, MHD_HEADER_KIND, count_lengths, &lengths);
	if (request->refused || lengths > 1)
		return answer_plain(mhd, MHD_HTTP_BAD_REQUEST, "the request is malformed\n");
	if (length.len && str_to_u64(length, 0, UINT64_MAX, &bytes) &&
	    bytes / SERVER_DRAIN_FACTOR > request->server->settings.body_bytes_max)
		return refuse_long(request);
	return MHD_YES;
}

static enum MHD_Result access_handler(void *owner, struct MHD_Connection *mhd, const char *path, const char *method,
				      const char *version, const char *upload, size_t *upload_len, void **context)
{
	struct server_request *request = *context;

	(void)owner, (void)mhd, (void)version;
	if (!request)
		return MHD_NO;
	if (request->state == REQUEST_ANSWERED)
		return queue(request);
	if (request->state == REQUEST_HANDLED)
		return MHD_NO; /* woken by server_free */
	if (!request->method.ptr) {
		request->method = str_from(strcmp(method, "HEAD") == 0 ? "GET" : method);
		request->path = str_from(path);
		return accept_head(request);
	}
	if (*upload_len)
		return take_body(request, upload, upload_len);
	return handle(request);
}

struct str server_method(const struct server_request *request)
{
	return request->method;
}

struct str server_path(const struct server_request *request)
{
	return request->path;
}

struct str server_query(const struct server_request *request, const char *name)
{
	return str_from(MHD_lookup_connection_value(request->mhd, MHD_GET_ARGUMENT_KIND, name));
}

struct str server_header(const struct server_request *request, const char *name)
{
	return str_from(MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, name));
}

struct str server_body(const struct server_request *request)
{
	return buf_str(&request->body);
}

void server_reply(struct server_request *request, int status, const struct server_header *headers, size_t header_count,
		  struct str body)
{
	struct MHD_Response *response;

	assert(request->state == REQUEST_HANDLED);
	response = MHD_create_response_from_buffer_copy(body.len, body.ptr);
	for (size_t i = 0; response && i < header_count; i++) {
		/* A line break in a value is refused by libmicrohttpd; half an answer would be worse than none. */
		if (MHD_add_response_header(response, headers[i].name, headers[i].value) == MHD_NO) {
			MHD_destroy_response(response);
			response = NULL;
		}
	}
	request->response = response;
	request->status = (unsigned)status;
	request->state = REQUEST_ANSWERED;
	if (request->connection)
		arm(request->connection);
	if (request->suspended) {
		request->suspended = false;
		MHD_resume_connection(request->mhd);
		loop_set_timer(request->server->loop, &request->server->again, loop_now_ms(request->server->loop));
	}
}

/* ---- the server ---- */

static void run(struct server *server)
{
	uint64_t wait_ms = 0;

	for (int i = 0; i < SERVER_RUNS_MAX; i++) {
		MHD_run(server->daemon);
		if (MHD_get_timeout64(server->daemon, &wait_ms) == MHD_NO || wait_ms > 0) {
			make_room(server);
			return;
		}
	}
	loop_set_timer(server->loop, &server->again, loop_now_ms(server->loop));
}

static void epoll_ready(void *owner, short revents)
{
	(void)revents;
	run(owner);
}

static void again_fired(void *owner, int64_t now_ms)
{
	(void)now_ms;
	run(owner);
}

static bool start_daemon(struct server *server, int listen_fd, struct err *err)
{
	const union MHD_DaemonInfo *info;

	server->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, access_handler, server, MHD_OPTION_LISTEN_SOCKET,
		listen_fd, MHD_OPTION_CONNECTION_LIMIT, server->settings.connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)SERVER_HEADERS_BYTES_MAX, MHD_OPTION_NOTIFY_COMPLETED, request_ends, server, MHD_OPTION_NOTIFY_CONNECTION,
		notify_connection, server, MHD_OPTION_URI_LOG_CALLBACK, request_begins, server, MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1,
		MHD_OPTION_END);
	if (!server->daemon) {
		close(listen_fd);
		return err_set(err, ERR_IO, "the HTTP server cannot start on %s: " CHECK_FILES, server->address);
	}
	info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info || info->epoll_fd < 0)
		return err_set(err, ERR_IO, "the HTTP server on %s has no descriptor to wait for: " CHECK_FILES, server->address);
	server->fd = (struct loop_fd){.fd = info->epoll_fd, .events = POLLIN, .ready = epoll_ready, .owner = server};
	loop_add_fd(server->loop, &server->fd);
	return true;
}

struct server *server_create(struct loop *loop, const struct server_settings *settings, struct err *err)
{
	struct server *server = calloc(1, sizeof(*server));
	int listen_fd;

	if (!server) {
		err_set(err, ERR_MEMORY, "no memory for the HTTP server");
		return NULL;
	}
	server->loop = loop;
	server->settings = *settings;
	server->again = (struct loop_timer){.fire = again_fired, .owner = server};
	server->sweep = (struct loop_timer){.fire = sweep_fired, .owner = server};
	listen_fd = listen_on(server, err);
	if (listen_fd < 0 || !start_daemon(server, listen_fd, err)) {
		server_free(server);
		return NULL;
	}
	return server;
}

void server_free(struct server *server)
{
	if (!server)
		return;
	loop_remove_fd(server->loop, &server->fd);
	/* libmicrohttpd does not stop while a connection sleeps; request_ends tells the owner that it is gone. */
	for (struct server_request *request = server->requests; request; request = request->next)
		if (request->suspended) {
			request->suspended = false;
			MHD_resume_connection(request->mhd);
		}
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	loop_cancel_timer(server->loop, &server->sweep);
	loop_cancel_timer(server->loop, &server->again);
	free(server);
}

struct str server_address(const struct server *server)
{
	return str_from(server->address);
}
