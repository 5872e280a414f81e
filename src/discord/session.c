#include "discord/session.h"

#include <assert.h>
#include <string.h>

#include "discord/event.h"
#include "discord/payload.h"

/* Ends a connection of ours that is to be resumed: any code but 1000 and 1001 does. */
enum { CLOSE_TO_RESUME = 4000 };

/* Discord's close codes that are more than "connect again and RESUME". */
enum after_close { AFTER_RESUME, AFTER_IDENTIFY, AFTER_NOTHING };
static const struct {
	int code;
	enum after_close after;
	const char *text;
} close_codes[] = {
	{4000, AFTER_RESUME, "unknown error"},
	{4001, AFTER_RESUME, "unknown opcode"},
	{4002, AFTER_RESUME, "decode error"},
	{4003, AFTER_RESUME, "not authenticated"},
	{4004, AFTER_NOTHING, "Discord does not accept the bot token (4004): in the Developer Portal open Bot, press "
			      "Reset Token, put the new one into DISCORD_BOT_TOKEN and start again"},
	{4005, AFTER_RESUME, "already authenticated"},
	{4007, AFTER_IDENTIFY, "invalid sequence"},
	{4008, AFTER_RESUME, "rate limited"},
	{4009, AFTER_IDENTIFY, "session timed out"},
	{4010, AFTER_NOTHING, "Discord does not accept this shard (4010): set HOMU_SHARDS to auto, or to a range that "
			      "fits its number, such as 0-3/4, and start again"},
	{4011, AFTER_NOTHING, "the bot is in too many servers for so few shards (4011): set HOMU_SHARDS to auto or to a "
			      "greater number and start again"},
	{4012, AFTER_NOTHING, "Discord has retired version 10 of its gateway (4012): install a newer homuhomu "
			      "(homuhomu update) and start again"},
	{4013, AFTER_NOTHING, "Discord calls the gateway intents invalid (4013), although none are asked for: install a "
			      "newer homuhomu (homuhomu update), or look at DISCORD_API_BASE, and start again"},
	{4014, AFTER_NOTHING, "Discord refuses privileged gateway intents (4014): in the Developer Portal open Bot, "
			      "Privileged Gateway Intents, switch on Presence, Server Members and Message Content for this "
			      "application and start again"},
};

/* ---- what comes out ---- */

static void push(struct session *session, enum session_action_kind kind, enum gateway_op op)
{
	assert(session->pending_count < sizeof(session->pending) / sizeof(session->pending[0]));
	session->pending[session->pending_count].kind = kind;
	session->pending[session->pending_count++].op = op;
}

/* Whether fewer than `most` payloads went out in the last minute. */
static bool may_send(const struct session *session, uint64_t most, int64_t now_ms)
{
	return session->sends < most ||
	       now_ms - session->send_times_ms[(session->sends - most) % GATEWAY_SENDS_MAX] > GATEWAY_SENDS_WINDOW_MS;
}

/* Sends that are not regular heartbeats leave room for those of a minute. */
static uint64_t sends_beside_heartbeats(const struct session *session)
{
	int64_t kept = session->interval_ms ? GATEWAY_SENDS_WINDOW_MS / session->interval_ms + 2 : 0;

	if (kept < GATEWAY_SENDS_KEPT_MIN)
		kept = GATEWAY_SENDS_KEPT_MIN;
	if (kept > GATEWAY_SENDS_KEPT_MAX)
		kept = GATEWAY_SENDS_KEPT_MAX;
	return (uint64_t)(GATEWAY_SENDS_MAX - kept);
}

static void send_op(struct session *session, enum gateway_op op, int64_t now_ms)
{
	session->send_times_ms[session->sends++ % GATEWAY_SENDS_MAX] = now_ms;
	push(session, SESSION_SEND, op);
}

static void write_payload(struct session *session, enum gateway_op op)
{
	struct buf out;

	buf_wrap(&out, session->payload, sizeof(session->payload));
	switch (op) {
	case GATEWAY_IDENTIFY:
		payload_identify(session->token, session->shard, session->shard_count, &session->presence, &out);
		break;
	case GATEWAY_RESUME:
		payload_resume(session->token, str_from(session->id), session->seq, &out);
		break;
	case GATEWAY_PRESENCE:
		payload_presence(&session->presence, &out);
		break;
	default:
		assert(op == GATEWAY_HEARTBEAT);
		payload_heartbeat(session->has_seq ? &session->seq : NULL, &out);
	}
	assert(!out.full);
	session->payload_len = out.len;
}

bool session_next(struct session *session, struct session_action *action)
{
	enum gateway_op op;

	secret_wipe(session->payload, session->payload_len);
	session->payload_len = 0;
	if (session->pending_taken == session->pending_count) {
		session->pending_taken = session->pending_count = 0;
		return false;
	}
	op = session->pending[session->pending_taken].op;
	switch (session->pending[session->pending_taken++].kind) {
	case SESSION_SEND:
		write_payload(session, op);
		*action = (struct session_action){
			.kind = SESSION_SEND, .op = op, .text = str_make(session->payload, session->payload_len)};
		break;
	case SESSION_DISPATCH:
		*action = (struct session_action){
			.kind = SESSION_DISPATCH, .text = session->dispatch_name, .data = session->dispatch_data};
		break;
	case SESSION_READY:
		*action = (struct session_action){.kind = SESSION_READY};
		break;
	case SESSION_RESUMED:
		*action = (struct session_action){.kind = SESSION_RESUMED};
		break;
	case SESSION_ENDED:
	case SESSION_GIVE_UP:
		*action = session->end;
		break;
	}
	return true;
}

/* ---- life of a session and of its connections ---- */

void session_init(struct session *session, unsigned shard, unsigned shard_count, const struct secret *token,
		  struct rng *rng)
{
	*session = (struct session){
		.shard = shard,
		.shard_count = shard_count,
		.token = token,
		.rng = rng,
		.beat_ms = INT64_MAX,
		.step_deadline_ms = INT64_MAX,
		.latency_ms = -1,
		.presence.text = STR_EMPTY,
	};
	buf_init(&session->message, GATEWAY_MESSAGE_BYTES_MAX);
}

static void clear_message(struct session *session)
{
	session->message_done = false;
	if (session->message.capacity > GATEWAY_KEPT_BYTES_MAX)
		buf_release(&session->message);
	else
		buf_clear(&session->message);
}

void session_release(struct session *session)
{
	deflate_reader_release(&session->inflate);
	buf_release(&session->message);
	secret_wipe(session->payload, sizeof(session->payload));
}

static void forget(struct session *session)
{
	session->id[0] = '\0';
	session->resume_url[0] = '\0';
	session->has_seq = false;
	session->resume_failures = 0;
	session->base_turn = 0;
}

static int64_t identify_wait_ms(struct session *session)
{
	return IDENTIFY_WAIT_MS_MIN +
	       (int64_t)rng_below(session->rng, IDENTIFY_WAIT_MS_MAX - IDENTIFY_WAIT_MS_MIN + 1);
}

/* The connection is over; session->why is set. close_code 0: the peer has closed. */
static void end(struct session *session, int close_code, int64_t wait_ms, int64_t now_ms)
{
	bool was_ready = session->step == SESSION_ONLINE;

	if (session->step == SESSION_CONNECTING || session->step == SESSION_GREETING) {
		session->unreachable++;
		session->base_turn -= session->base_turn > 0;
	}
	if (session->step == SESSION_STARTING && session->resuming && session->id[0] &&
	    ++session->resume_failures >= RESUME_TRIES_MAX) {
		forget(session);
		wait_ms = identify_wait_ms(session);
	}
	session->step = SESSION_OFFLINE;
	session->step_deadline_ms = INT64_MAX;
	session->beat_ms = INT64_MAX;
	session->awaiting_ack = false;
	deflate_reader_release(&session->inflate);
	clear_message(session);
	session->end = (struct session_action){
		.kind = SESSION_ENDED,
		.close_code = close_code,
		.was_ready = was_ready,
		.lived_ms = was_ready ? now_ms - session->online_ms : 0,
		.wait_ms = wait_ms,
	};
	push(session, SESSION_ENDED, 0);
}

void session_write(const struct session *session, struct json_writer *writer)
{
	if (!session->id[0] || !session->has_seq) {
		json_put_null(writer);
		return;
	}
	json_begin_object(writer);
	json_member_cstr(writer, "id", session->id);
	json_member_cstr(writer, "url", session->resume_url);
	json_member_i64(writer, "seq", session->seq);
	json_end_object(writer);
}

bool session_read(struct session *session, struct json value, struct arena *arena)
{
	struct str id = json_text_or(json_get(value, "id"), arena, STR_EMPTY);
	struct str url = json_text_or(json_get(value, "url"), arena, STR_EMPTY);

	if (id.len == 0 || !json_i64(json_get(value, "seq"), 0, INT64_MAX, &session->seq) ||
	    !str_to_cstr(id, session->id, sizeof(session->id)) ||
	    !str_to_cstr(url, session->resume_url, sizeof(session->resume_url))) {
		forget(session);
		return false;
	}
	session->has_seq = true;
	return true;
}

bool session_will_resume(const struct session *session)
{
	return session->id[0] && session->has_seq;
}

bool session_needs_base_url(const struct session *session)
{
	return !session_will_resume(session) || !session->resume_url[0] || session->base_turn == 1;
}

static struct str without_slash(struct str url)
{
	while (url.len && url.ptr[url.len - 1] == '/')
		url.len--;
	return url;
}

void session_try_base_url(struct session *session, struct str base_url)
{
	bool is_dead = session->resume_url[0] && session->unreachable >= RESUME_URL_TRIES &&
		       !str_eq(without_slash(base_url), without_slash(str_from(session->resume_url)));

	session->base_turn = is_dead ? 2 : 0;
}

bool session_is_resuming(const struct session *session)
{
	return session->resuming && session->step >= SESSION_CONNECTING && session->step <= SESSION_STARTING;
}

void session_disown(struct session *session)
{
	session->id[0] = '\0';
}

void session_drop_resume_url(struct session *session)
{
	session->resume_url[0] = '\0';
}

bool session_connect(struct session *session, struct str base_url, struct err *err)
{
	bool resuming = session_will_resume(session);
	struct buf url;

	assert(session->step == SESSION_OFFLINE);
	buf_wrap(&url, session->url, sizeof(session->url));
	payload_url(session_needs_base_url(session) ? base_url : str_from(session->resume_url), &url);
	if (!buf_cstr(&url))
		return err_set(err, ERR_LIMIT, "the gateway's URL is longer than %d bytes", GATEWAY_URL_MAX);
	if (!deflate_reader_init(&session->inflate, err))
		return false;
	session->tail = 0;
	session->resuming = resuming;
	session->step = SESSION_CONNECTING;
	session->interval_ms = 0;
	session->sends = 0;
	session->latency_ms = -1;
	session->presence_ms = INT64_MIN;
	return true;
}

void session_opened(struct session *session, int64_t now_ms)
{
	assert(session->step == SESSION_CONNECTING);
	session->step = SESSION_GREETING;
	session->step_deadline_ms = now_ms + GATEWAY_HELLO_MS;
}

void session_closed(struct session *session, int code, const struct err *err, int64_t now_ms)
{
	enum after_close after = AFTER_RESUME;
	const char *text = NULL;
	int64_t wait_ms = 0;

	for (size_t i = 0; i < sizeof(close_codes) / sizeof(close_codes[0]); i++) {
		if (close_codes[i].code == code) {
			after = close_codes[i].after;
			text = close_codes[i].text;
		}
	}
	if (after == AFTER_NOTHING) {
		err_set(&session->why, ERR_REFUSED, "%s", text);
		session->end = (struct session_action){.kind = SESSION_GIVE_UP, .code = code};
		session->step = SESSION_REFUSED;
		session->step_deadline_ms = session->beat_ms = INT64_MAX;
		push(session, SESSION_GIVE_UP, 0);
		return;
	}
	if (code == 0)
		session->why = *err;
	else
		err_set(&session->why, ERR_NET, "the gateway closed the connection: %d%s%s", code, text ? ", " : "",
			text ? text : "");
	if (after == AFTER_IDENTIFY) {
		forget(session);
		wait_ms = identify_wait_ms(session);
	}
	end(session, 0, wait_ms, now_ms);
}

/* ---- heartbeats and other timers ---- */

static void beat(struct session *session, int64_t now_ms)
{
	if (session->awaiting_ack) {
		err_set(&session->why, ERR_TIMEOUT, "the gateway did not acknowledge a heartbeat for %lld ms",
			(long long)(now_ms - session->beat_sent_ms));
		end(session, CLOSE_TO_RESUME, 0, now_ms);
		return;
	}
	session->beat_ms += session->interval_ms;
	if (session->beat_ms <= now_ms)
		session->beat_ms = now_ms + session->interval_ms;
	if (!may_send(session, GATEWAY_SENDS_MAX, now_ms))
		return;
	session->awaiting_ack = true;
	session->beat_sent_ms = now_ms;
	send_op(session, GATEWAY_HEARTBEAT, now_ms);
}

/* When op 3 may go out; INT64_MAX if it need not. */
static int64_t presence_at(const struct session *session)
{
	uint64_t most = sends_beside_heartbeats(session);
	int64_t at = session->presence_ms;

	if (session->step != SESSION_ONLINE || !session->presence_due)
		return INT64_MAX;
	if (session->sends >= most) {
		int64_t room = session->send_times_ms[(session->sends - most) % GATEWAY_SENDS_MAX] +
			       GATEWAY_SENDS_WINDOW_MS + 1;

		if (at < room)
			at = room;
	}
	return at;
}

void session_tick(struct session *session, int64_t now_ms)
{
	if (now_ms >= session->step_deadline_ms) {
		if (session->step == SESSION_GREETING)
			err_set(&session->why, ERR_TIMEOUT, "the gateway did not say HELLO within %d s",
				GATEWAY_HELLO_MS / 1000);
		else
			err_set(&session->why, ERR_TIMEOUT, "the gateway did not answer %s within %d s",
				session->resuming ? "RESUME" : "IDENTIFY", GATEWAY_READY_MS / 1000);
		end(session, CLOSE_TO_RESUME, 0, now_ms);
		return;
	}
	if (now_ms >= session->beat_ms)
		beat(session, now_ms);
	if (now_ms >= presence_at(session)) {
		session->presence_due = false;
		session->presence_ms = now_ms + PRESENCE_SPACE_MS;
		send_op(session, GATEWAY_PRESENCE, now_ms);
	}
}

int64_t session_deadline_ms(const struct session *session)
{
	int64_t at = presence_at(session);

	if (at > session->step_deadline_ms)
		at = session->step_deadline_ms;
	return at < session->beat_ms ? at : session->beat_ms;
}

void session_set_presence(struct session *session, const struct presence *presence)
{
	session->presence = *presence;
	session->presence_due = true;
}

/* ---- what comes in ---- */

static void become_online(struct session *session, enum session_action_kind kind, int64_t now_ms)
{
	session->step = SESSION_ONLINE;
	session->step_deadline_ms = INT64_MAX;
	session->online_ms = now_ms;
	session->resume_failures = 0;
	push(session, kind, 0);
}

static void ready(struct session *session, struct arena *arena, struct json data, int64_t now_ms)
{
	struct event_ready event;

	event_decode_ready(data, arena, &event);
	/* Without an id the session works, but is not to be resumed. */
	if (!str_to_cstr(event.session_id, session->id, sizeof(session->id)))
		session->id[0] = '\0';
	if (!str_to_cstr(event.resume_url, session->resume_url, sizeof(session->resume_url)))
		session->resume_url[0] = '\0';
	if (event.application_id)
		session->application_id = event.application_id;
	become_online(session, SESSION_READY, now_ms);
}

static void rate_limited(struct session *session, struct json data, int64_t now_ms)
{
	double seconds;
	int64_t op = -1;

	if (!json_double(json_get(data, "retry_after"), &seconds) || seconds < 0) {
		session->skipped++;
		return;
	}
	if (seconds > RATELIMIT_WAIT_MS_MAX / 1000.0)
		seconds = RATELIMIT_WAIT_MS_MAX / 1000.0;
	/* Heartbeats apart, presence is all that we send while online; what Discord did not take is sent again. */
	session->presence_ms = now_ms + (int64_t)(seconds * 1000) + 1;
	json_i64(json_get(data, "opcode"), 0, INT32_MAX, &op);
	if (op == GATEWAY_PRESENCE)
		session->presence_due = true;
}

/* was_mended: its texts are not what was sent, so that nobody gets it but ourselves. */
static void dispatch(struct session *session, struct arena *arena, struct json payload, bool was_mended, int64_t now_ms)
{
	struct json data = json_get(payload, "d");
	struct str name;

	if (!json_text(json_get(payload, "t"), arena, &name) || session->step < SESSION_STARTING) {
		session->skipped++;
		return;
	}
	session->events++;
	if (session->step == SESSION_STARTING)
		session->step_deadline_ms = now_ms + GATEWAY_READY_MS; /* a long replay is no silence */
	if (str_eqc(name, "READY")) {
		ready(session, arena, data, now_ms);
	} else if (str_eqc(name, "RESUMED")) {
		if (session->step == SESSION_STARTING && session->resuming)
			become_online(session, SESSION_RESUMED, now_ms);
		else
			session->skipped++;
	} else if (str_eqc(name, "RATE_LIMITED")) {
		rate_limited(session, data, now_ms);
	} else if (was_mended) {
		session->skipped++;
	} else {
		session->dispatch_name = name;
		session->dispatch_data = data;
		push(session, SESSION_DISPATCH, 0);
	}
}

static void hello(struct session *session, struct json data, int64_t now_ms)
{
	double interval_ms;

	if (session->step != SESSION_GREETING) {
		session->skipped++;
		return;
	}
	if (!json_double(json_get(data, "heartbeat_interval"), &interval_ms) || !(interval_ms >= HEARTBEAT_MS_MIN) ||
	    !(interval_ms <= HEARTBEAT_MS_MAX)) {
		err_set(&session->why, ERR_PROTO, "the gateway's HELLO has no usable heartbeat_interval");
		end(session, CLOSE_TO_RESUME, 0, now_ms);
		return;
	}
	session->interval_ms = (int64_t)interval_ms;
	session->beat_ms = now_ms + (int64_t)rng_below(session->rng, (uint64_t)session->interval_ms);
	session->unreachable = 0;
	if (session->base_turn == 1)
		session->resume_url[0] = '\0'; /* it was dead; RESUMED names no other */
	session->base_turn = 0;
	session->step = SESSION_STARTING;
	session->step_deadline_ms = now_ms + GATEWAY_READY_MS;
	if (!session->resuming) {
		forget(session);
		session->presence_due = false; /* IDENTIFY carries it */
	}
	send_op(session, session->resuming ? GATEWAY_RESUME : GATEWAY_IDENTIFY, now_ms);
}

static void invalid_session(struct session *session, struct json data, int64_t now_ms)
{
	bool resumable = false;
	int64_t wait_ms = 0;

	json_bool(data, &resumable);
	if (!resumable)
		forget(session);
	if (!session_will_resume(session))
		wait_ms = identify_wait_ms(session);
	err_set(&session->why, ERR_NET, "Discord %s the session (op 9)", resumable ? "interrupted" : "ended");
	end(session, CLOSE_TO_RESUME, wait_ms, now_ms);
}

static void acknowledged(struct session *session, int64_t now_ms)
{
	if (session->awaiting_ack)
		session->latency_ms = now_ms - session->beat_sent_ms;
	session->awaiting_ack = false;
}

static void payload(struct session *session, struct arena *arena, struct str text, int64_t now_ms)
{
	struct json root;
	bool was_mended;
	int64_t op = -1;

	if (!payload_read(arena, text, &root, &was_mended, &session->unreadable) || json_type(root) != JSON_OBJECT) {
		session->skipped++;
		return;
	}
	/* Kept whatever the event is, or a RESUME would replay it for ever (discord.md 9). */
	if (session->step >= SESSION_STARTING && json_i64(json_get(root, "s"), 0, INT64_MAX, &session->seq))
		session->has_seq = true;
	json_i64(json_get(root, "op"), 0, INT32_MAX, &op);
	switch (op) {
	case GATEWAY_DISPATCH:
		dispatch(session, arena, root, was_mended, now_ms);
		break;
	case GATEWAY_HEARTBEAT:
		if (may_send(session, sends_beside_heartbeats(session), now_ms))
			send_op(session, GATEWAY_HEARTBEAT, now_ms);
		break;
	case GATEWAY_RECONNECT:
		err_set(&session->why, ERR_NET, "Discord asks for a new connection (op 7)");
		end(session, CLOSE_TO_RESUME, 0, now_ms);
		break;
	case GATEWAY_INVALID_SESSION:
		invalid_session(session, json_get(root, "d"), now_ms);
		break;
	case GATEWAY_HELLO:
		hello(session, json_get(root, "d"), now_ms);
		break;
	case GATEWAY_HEARTBEAT_ACK:
		acknowledged(session, now_ms);
		break;
	default:
		session->skipped++;
	}
}

void session_received(struct session *session, struct arena *arena, struct str data, bool binary, int64_t now_ms)
{
	if (session->step < SESSION_GREETING || session->step > SESSION_ONLINE)
		return;
	if (!binary) {
		payload(session, arena, data, now_ms);
		return;
	}
	if (session->message_done)
		clear_message(session);
	if (!deflate_reader_feed(&session->inflate, data, &session->message, &session->why)) {
		err_wrap(&session->why, "a message of the gateway");
		end(session, CLOSE_TO_RESUME, 0, now_ms);
		return;
	}
	for (size_t i = data.len < 4 ? 0 : data.len - 4; i < data.len; i++)
		session->tail = session->tail << 8 | (unsigned char)data.ptr[i];
	if (session->tail != 0x0000ffff)
		return;
	session->tail = 0;
	session->message_done = true;
	payload(session, arena, buf_str(&session->message), now_ms);
}
