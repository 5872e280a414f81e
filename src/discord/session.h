/*
 * One shard's gateway session (discord.md 2-11), without I/O: messages of the socket and a clock go
 * in, actions come out.
 *
 * It refuses to decide when a connection may begin; that is the driver's, with discord/outage.h and
 * discord/budget.h. The driver calls session_connect and opens session_url, then feeds
 * session_opened, session_received, session_closed and session_tick, and after each of them drains
 * session_next before anything else. Memory: the inflate context and the message being put
 * together belong to the struct; data of a dispatch borrows from the caller's arena and the
 * message until the next input.
 */
#ifndef DISCORD_SESSION_H
#define DISCORD_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/deflate.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/limits.h"
#include "base/rng.h"
#include "base/secret.h"
#include "base/str.h"
#include "discord/payload.h"

/* Opcodes of the gateway. */
enum gateway_op {
	GATEWAY_DISPATCH = 0,
	GATEWAY_HEARTBEAT = 1,
	GATEWAY_IDENTIFY = 2,
	GATEWAY_PRESENCE = 3,
	GATEWAY_RESUME = 6,
	GATEWAY_RECONNECT = 7,
	GATEWAY_INVALID_SESSION = 9,
	GATEWAY_HELLO = 10,
	GATEWAY_HEARTBEAT_ACK = 11,
};

enum session_step {
	SESSION_OFFLINE,    /* no connection */
	SESSION_CONNECTING,
	SESSION_GREETING,   /* open; HELLO is awaited */
	SESSION_STARTING,   /* IDENTIFY or RESUME was sent */
	SESSION_ONLINE,     /* READY or RESUMED came */
	SESSION_REFUSED,    /* for good; no way out */
};

enum session_action_kind {
	SESSION_SEND,     /* text, op */
	SESSION_DISPATCH, /* text is the event's name; data */
	SESSION_READY,
	SESSION_RESUMED,
	SESSION_ENDED,    /* close_code, was_ready, lived_ms, wait_ms; why in session.why */
	SESSION_GIVE_UP,  /* Discord refused for good; code, and what to mend in session.why */
};

struct session_action {
	enum session_action_kind kind;
	struct str text;
	struct json data;
	enum gateway_op op;
	int code;
	/* Our end is to close: the code to send, never 1000 or 1001 (they end the session). 0: the peer has closed. */
	int close_code;
	bool was_ready;
	int64_t lived_ms; /* since READY or RESUMED */
	int64_t wait_ms;  /* least wait before the next connection */
};

struct session {
	/* Given by the owner at init. */
	unsigned shard, shard_count;
	const struct secret *token;
	struct rng *rng;

	/* What can be resumed: id empty when there is none. */
	char id[SESSION_ID_MAX + 1];
	char resume_url[GATEWAY_URL_MAX + 1]; /* or empty: the base URL */
	int64_t seq;
	uint64_t application_id;  /* of the last READY; 0 before it */
	unsigned resume_failures; /* RESUMEs in a row without RESUMED */
	unsigned unreachable;     /* connections in a row that ended before HELLO */
	unsigned base_turn;       /* the connection from now that goes to the base URL: 1 is the next; 0: none */
	bool has_seq;

	/* The connection. */
	enum session_step step;
	bool resuming;     /* what this connection is for */
	bool awaiting_ack; /* of the last regular heartbeat */
	bool presence_due; /* to be sent by op 3 */
	bool message_done;
	char url[GATEWAY_URL_MAX + 64];
	struct deflate_reader inflate;
	struct buf message;
	uint32_t tail; /* the last four bytes that came */
	int64_t step_deadline_ms;
	int64_t online_ms;

	int64_t interval_ms;
	int64_t beat_ms; /* when the next heartbeat is due; INT64_MAX before HELLO */
	int64_t beat_sent_ms;
	int64_t latency_ms; /* of the last heartbeat; -1 before the first */

	uint64_t sends;
	int64_t send_times_ms[GATEWAY_SENDS_MAX]; /* ring by sends */

	struct presence presence;
	int64_t presence_ms; /* not before */

	/* Output: at most this many actions of one input. */
	struct {
		enum session_action_kind kind;
		enum gateway_op op;
	} pending[4];
	unsigned pending_count, pending_taken;
	struct session_action end; /* of SESSION_ENDED and SESSION_GIVE_UP */
	struct str dispatch_name;
	struct json dispatch_data;
	struct err why;
	char payload[GATEWAY_SEND_BYTES_MAX + 1];
	size_t payload_len;

	uint64_t events;  /* dispatches taken */
	uint64_t skipped; /* frames and events that could not be read */
	struct err unreadable; /* of the last frame that was not JSON as it should be */
};

void session_init(struct session *session, unsigned shard, unsigned shard_count, const struct secret *token,
		  struct rng *rng);
void session_release(struct session *session);

/* What a later process needs to RESUME; null if there is nothing. */
void session_write(const struct session *session, struct json_writer *writer);
/* Takes up what session_write wrote. False, and nothing taken, if a part is missing or too long. */
bool session_read(struct session *session, struct json value, struct arena *arena);
/* Whether the next connection is to RESUME; otherwise it will IDENTIFY. */
bool session_will_resume(const struct session *session);
/* Whether that connection needs the base URL of GET /gateway/bot. */
bool session_needs_base_url(const struct session *session);
/*
 * The API answers. If the resume URL has not for a while, it is tried once more, and then the base URL: RESUME is
 * understood there too, and only Discord knows whether the session is over.
 */
void session_try_base_url(struct session *session, struct str base_url);
/* Whether a connection is under way that is to RESUME. */
bool session_is_resuming(const struct session *session);
/* The session is another process's from now on: it is not resumed any more. */
void session_disown(struct session *session);
/* The resume URL is of a form that is refused: the base URL is used instead. */
void session_drop_resume_url(struct session *session);

/* Begins a connection; session->url is what to open. base_url may be empty if it is not needed. ERR_LIMIT, ERR_MEMORY. */
bool session_connect(struct session *session, struct str base_url, struct err *err);
void session_opened(struct session *session, int64_t now_ms);
/* One whole WebSocket message. Binary ones are parts of the compressed stream, text is a payload by itself. */
void session_received(struct session *session, struct arena *arena, struct str data, bool binary, int64_t now_ms);
/* The peer has closed, or the connection broke, or was never made: its close code, or 0 and err. */
void session_closed(struct session *session, int code, const struct err *err, int64_t now_ms);
/* To be called at session_deadline_ms; earlier is harmless. */
void session_tick(struct session *session, int64_t now_ms);
/* INT64_MAX: never. */
int64_t session_deadline_ms(const struct session *session);

/* The next action, or false. A payload is wiped at the call after it. */
bool session_next(struct session *session, struct session_action *action);

/*
 * For IDENTIFY, and by op 3 while the session lives (discord.md 11). The text is borrowed, and has at
 * most PRESENCE_TEXT_MAX units.
 */
void session_set_presence(struct session *session, const struct presence *presence);

#endif
