#include "discord/gateway.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/json_write.h"
#include "base/limits.h"
#include "discord/budget.h"
#include "discord/outage.h"
#include "discord/session.h"
#include "net/ws.h"

/* A long wait by the wall clock is looked at again this often, since that clock may be set. */
enum { LOOK_MS = 60000, STATE_VERSION = 1, STATE_BYTES_MAX = 65536, UNAUTHORIZED = 401, SHARDING_REQUIRED = 4011 };

struct shard;

/* One connection. Without a shard it is given up, and only waits for the answer to its close frame. */
struct link {
	struct gateway *gateway;
	struct shard *shard;
	struct ws *ws;
	struct link *next;
};

struct shard {
	struct session session;
	struct link *link;
	int64_t not_before_ms;
	bool identifying; /* from the connection's begin until IDENTIFY went out */
	bool seen_online; /* since start */
};

struct gateway {
	struct loop *loop;
	struct http *http;
	struct rest *rest;
	struct rng *rng;
	struct metrics *metrics;
	struct gateway_settings settings;
	struct gateway_handler handler;
	struct presence presence;
	char presence_text[PRESENCE_TEXT_MAX * 3 + 1];

	struct loop_timer timer;
	struct arena arena; /* of one message */
	struct outage outage;
	struct budget budget;
	char url[GATEWAY_URL_MAX + 1]; /* base URL; empty before it was fetched */
	bool fetching;
	bool refetch; /* the URL is to be fetched before the next connection */
	unsigned first, count, total; /* shards of this process, and of the bot; 0 until known */
	struct shard *shards;
	struct link *links;
	uint64_t application_id;
	int64_t waiting_unix_ms; /* of the wait that was told; 0: none */
	bool started, stopped, told_ready;
};

/* ---- shards of this process ---- */

bool gateway_shards_parse(struct str text, struct gateway_shards *shards, struct err *err)
{
	struct str range, last_text, first_text;
	uint64_t first = 0, last, total;

	if (str_eqc(text, "auto")) {
		*shards = (struct gateway_shards){0};
		return true;
	}
	if (str_cut(text, '/', &range, &last_text)) {
		if (!str_to_u64(last_text, 1, SHARDS_TOTAL_MAX, &total) ||
		    !str_cut(range, '-', &first_text, &last_text) || !str_to_u64(first_text, 0, total - 1, &first) ||
		    !str_to_u64(last_text, first, total - 1, &last))
			return err_set(err, ERR_CONFIG,
				       "HOMU_SHARDS is \"%.*s\": it has to be auto, a number, or first-last/N with first and "
				       "last below N, such as 0-3/8",
				       STR_ARG(text));
	} else {
		if (!str_to_u64(text, 1, SHARDS_TOTAL_MAX, &total))
			return err_set(err, ERR_CONFIG,
				       "HOMU_SHARDS is \"%.*s\": it has to be auto, a number from 1, or first-last/N, such as 0-3/8",
				       STR_ARG(text));
		last = total - 1;
	}
	if (last - first >= SHARDS_MAX)
		return err_set(err, ERR_CONFIG,
			       "HOMU_SHARDS is \"%.*s\": one process holds at most %d shards; give each its part as first-last/N, "
			       "such as 0-%d/%llu",
			       STR_ARG(text), SHARDS_MAX, SHARDS_MAX - 1, (unsigned long long)total);
	*shards = (struct gateway_shards){.first = (unsigned)first, .last = (unsigned)last, .count = (unsigned)total};
	return true;
}

static bool set_up_shards(struct gateway *gateway, unsigned first, unsigned last, unsigned total, struct err *err)
{
	unsigned count = last - first + 1;

	assert(!gateway->shards && count <= SHARDS_MAX);
	gateway->shards = calloc(count, sizeof(*gateway->shards));
	if (!gateway->shards)
		return err_set(err, ERR_MEMORY, "no memory for %u shards", count);
	gateway->first = first;
	gateway->count = count;
	gateway->total = total;
	for (unsigned i = 0; i < count; i++) {
		struct shard *shard = &gateway->shards[i];

		session_init(&shard->session, first + i, total, gateway->settings.token, gateway->rng);
		session_set_presence(&shard->session, &gateway->presence);
		shard->not_before_ms = INT64_MIN;
	}
	return true;
}

/* ---- state that outlives the process ---- */

/* The application's id as the token has it, in base64: the part that is no secret. */
static struct str public_part(const struct gateway *gateway)
{
	struct str head, rest;

	return str_cut(secret_reveal(gateway->settings.token), '.', &head, &rest) && head.len <= 40 ? head : STR_EMPTY;
}

static void save(struct gateway *gateway, bool with_sessions, int64_t now_unix_ms)
{
	struct json_writer writer;
	struct buf out;

	buf_init(&out, STATE_BYTES_MAX);
	json_writer_init(&writer, &out);
	json_begin_object(&writer);
	json_member_u64(&writer, "version", STATE_VERSION);
	json_member_str(&writer, "bot", public_part(gateway));
	json_member_i64(&writer, "at", now_unix_ms);
	json_keyc(&writer, "budget");
	budget_write(&gateway->budget, &writer);
	if (with_sessions) {
		json_member_snowflake(&writer, "application", gateway->application_id);
		json_member_u64(&writer, "first", gateway->first);
		json_member_u64(&writer, "total", gateway->total);
		json_keyc(&writer, "sessions");
		json_begin_array(&writer);
		for (unsigned i = 0; i < gateway->count; i++)
			session_write(&gateway->shards[i].session, &writer);
		json_end_array(&writer);
	}
	json_end_object(&writer);
	if (json_writer_done(&writer))
		gateway->handler.save(gateway->handler.owner, buf_str(&out));
	buf_release(&out);
}

/* Sessions that were stored a short while ago by a process with the same shards. */
static bool restore_sessions(struct gateway *gateway, struct json state)
{
	const struct gateway_shards *wanted = &gateway->settings.shards;
	struct json sessions = json_get(state, "sessions");
	struct json_iter iter = json_iterate(sessions);
	struct json key, value;
	uint64_t first, total;
	unsigned restored = 0;

	if (json_type(sessions) != JSON_ARRAY || iter.left == 0 || iter.left > SHARDS_MAX ||
	    !json_u64(json_get(state, "total"), 1, SHARDS_TOTAL_MAX, &total) ||
	    !json_u64(json_get(state, "first"), 0, total - 1, &first) || iter.left > total - first)
		return false;
	if (wanted->count ? wanted->count != total || wanted->first != first || wanted->last != first + iter.left - 1 :
			    first != 0 || iter.left != total)
		return false;
	/* Without all of them `auto` had better ask how many are wanted now. */
	while (!wanted->count && json_next(&iter, &key, &value))
		if (json_is_null(value))
			return false;
	iter = json_iterate(sessions);
	if (!gateway->shards && !set_up_shards(gateway, (unsigned)first, (unsigned)(first + iter.left - 1),
					       (unsigned)total, NULL))
		return false;
	for (unsigned i = 0; json_next(&iter, &key, &value); i++)
		restored += session_read(&gateway->shards[i].session, value, &gateway->arena);
	json_snowflake(json_get(state, "application"), &gateway->application_id);
	return restored > 0;
}

static void restore(struct gateway *gateway, struct str text, int64_t now_unix_ms)
{
	struct json state, bot;
	int64_t version, at_unix_ms;

	if (text.len == 0 || text.len > STATE_BYTES_MAX || !json_parse(&gateway->arena, text, &state, NULL))
		return;
	bot = json_get(state, "bot");
	if (!json_i64(json_get(state, "version"), STATE_VERSION, STATE_VERSION, &version) ||
	    !json_i64(json_get(state, "at"), 0, INT64_MAX / 2, &at_unix_ms) ||
	    !str_eq(json_text_or(bot, &gateway->arena, STR_EMPTY), public_part(gateway)))
		return;
	budget_read(&gateway->budget, json_get(state, "budget"));
	/* A session is tried once: stored without it, a later crash does not try a stale one. */
	if (now_unix_ms >= at_unix_ms && now_unix_ms - at_unix_ms <= RESUME_FRESH_MS && restore_sessions(gateway, state))
		save(gateway, false, now_unix_ms);
}

/* ---- ends ---- */

static void drop_link(struct gateway *gateway, struct link *link)
{
	struct link **at = &gateway->links;

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	if (link->shard)
		link->shard->link = NULL;
	ws_free(link->ws);
	free(link);
}

/* Nothing goes out or comes in any more. The sessions live on at Discord for a while. */
static void stop(struct gateway *gateway)
{
	gateway->stopped = true;
	loop_cancel_timer(gateway->loop, &gateway->timer);
	rest_cancel(gateway->rest, gateway);
	while (gateway->links)
		drop_link(gateway, gateway->links);
}

static void refuse(struct gateway *gateway, int code, const struct err *err)
{
	if (gateway->stopped)
		return;
	stop(gateway);
	gateway->handler.refused(gateway->handler.owner, code, err);
}

static void attempt_failed(struct gateway *gateway, unsigned shard, const struct err *err, int64_t now_ms)
{
	unsigned failures = gateway->outage.failures;

	outage_failed(&gateway->outage, gateway->rng, now_ms);
	if (gateway->outage.failures != failures && gateway->outage.failures % GATEWAY_REFETCH_TRIES == 0)
		gateway->refetch = true;
	gateway->handler.reconnecting(gateway->handler.owner, shard, err->text);
}

/* ---- the URL ---- */

static bool read_url(struct gateway *gateway, struct json answer, struct err *err)
{
	struct str url = json_text_or(json_get(answer, "url"), &gateway->arena, STR_EMPTY);

	if (!(str_starts(url, STR("wss://")) || str_starts(url, STR("ws://"))) || url.len > GATEWAY_URL_MAX)
		return err_set(err, ERR_PROTO, "GET /gateway/bot: the answer has no usable url");
	if (!http_url_allowed(url, err))
		return err_wrap(err, "GET /gateway/bot");
	str_to_cstr(url, gateway->url, sizeof(gateway->url));
	return true;
}

/* `auto`: as many shards as Discord recommends. False when that cannot be. */
static bool take_recommended(struct gateway *gateway, struct json answer)
{
	struct err err = {0};
	uint64_t count;

	if (!json_u64(json_get(answer, "shards"), 1, SHARDS_TOTAL_MAX, &count))
		count = 1;
	if (count > SHARDS_MAX) {
		err_set(&err, ERR_REFUSED,
			"Discord asks for %llu shards and one process holds %d: run several, with HOMU_SHARDS=0-%d/%llu and so on",
			(unsigned long long)count, SHARDS_MAX, SHARDS_MAX - 1, (unsigned long long)count);
		refuse(gateway, SHARDING_REQUIRED, &err);
		return false;
	}
	return set_up_shards(gateway, 0, (unsigned)count - 1, (unsigned)count, &err);
}

static void advance(struct gateway *gateway);

static bool read_answer(struct gateway *gateway, const struct rest_response *response, struct err *err)
{
	struct json answer;

	if (response->err.code != ERR_NONE) {
		*err = response->err;
		return false;
	}
	if (!json_parse(&gateway->arena, response->body, &answer, err))
		return err_wrap(err, "GET /gateway/bot");
	if (!read_url(gateway, answer, err))
		return false;
	budget_update(&gateway->budget, json_get(answer, "session_start_limit"), clock_unix_ms());
	if (!gateway->shards && !take_recommended(gateway, answer))
		return err_set(err, ERR_MEMORY, "GET /gateway/bot: no memory for the shards");
	return true;
}

static void fetched(void *owner, const struct rest_response *response)
{
	struct gateway *gateway = owner;
	int64_t now_ms = loop_now_ms(gateway->loop);
	struct err err = {0};
	bool ok;

	gateway->fetching = false;
	ok = read_answer(gateway, response, &err);
	arena_clear(&gateway->arena);
	if (gateway->stopped)
		return;
	if (ok) {
		outage_fetched(&gateway->outage, now_ms);
		for (unsigned i = 0; i < gateway->count; i++)
			session_try_base_url(&gateway->shards[i].session, str_from(gateway->url));
	} else if (response->status == UNAUTHORIZED) {
		refuse(gateway, UNAUTHORIZED, &err);
		return;
	} else {
		attempt_failed(gateway, gateway->first, &err, now_ms);
		gateway->refetch = false; /* the URL that is known may do */
	}
	advance(gateway);
}

static void fetch(struct gateway *gateway)
{
	struct rest_request request = {.route = REST_GATEWAY_BOT, .done = fetched, .owner = gateway};
	struct err err = {0};

	gateway->refetch = false;
	outage_began(&gateway->outage);
	gateway->fetching = rest_send(gateway->rest, &request, &err);
	/* After a 401 the handler has heard of it already. */
	if (!gateway->fetching)
		attempt_failed(gateway, gateway->first, &err, loop_now_ms(gateway->loop));
}

/* ---- connections ---- */

static void online(struct gateway *gateway, struct shard *shard, bool resumed)
{
	outage_got_through(&gateway->outage);
	shard->seen_online = true;
	if (shard->session.application_id)
		gateway->application_id = shard->session.application_id;
	if (resumed)
		gateway->handler.resumed(gateway->handler.owner, shard->session.shard);
	for (unsigned i = 0; i < gateway->count; i++)
		if (!gateway->shards[i].seen_online)
			return;
	if (gateway->told_ready || gateway->stopped)
		return;
	gateway->told_ready = true;
	gateway->handler.ready(gateway->handler.owner, gateway->count, gateway->application_id);
}

static void ended(struct gateway *gateway, struct shard *shard, const struct session_action *action, int64_t now_ms)
{
	struct link *link = shard->link;

	shard->identifying = false;
	shard->not_before_ms = now_ms + action->wait_ms;
	if (link && action->close_code) {
		link->shard = NULL;
		shard->link = NULL;
		ws_close(link->ws, action->close_code);
	} else if (link) {
		drop_link(gateway, link);
	}
	if (!action->was_ready) {
		attempt_failed(gateway, shard->session.shard, &shard->session.why, now_ms);
		return;
	}
	outage_dropped(&gateway->outage, action->lived_ms, gateway->rng, now_ms);
	gateway->handler.reconnecting(gateway->handler.owner, shard->session.shard, shard->session.why.text);
}

static bool send_payload(struct gateway *gateway, struct shard *shard, const struct session_action *action,
			 struct err *err)
{
	int64_t now_unix_ms;

	switch (action->op) {
	case GATEWAY_IDENTIFY:
		now_unix_ms = clock_unix_ms();
		budget_spend(&gateway->budget, shard->session.shard, now_unix_ms);
		save(gateway, false, now_unix_ms);
		shard->identifying = false;
		metrics_add(gateway->metrics, METRIC_GATEWAY_IDENTIFIES, 1);
		break;
	case GATEWAY_RESUME:
		metrics_add(gateway->metrics, METRIC_GATEWAY_RESUMES, 1);
		break;
	default:
		break;
	}
	return ws_send(shard->link->ws, action->text, err);
}

/* Carries out what the session wants after an input. */
static void drain(struct gateway *gateway, struct shard *shard, int64_t now_ms)
{
	struct session *session = &shard->session;
	struct session_action action;
	struct err err = {0};
	bool broken = false;

	while (!gateway->stopped && session_next(session, &action)) {
		switch (action.kind) {
		case SESSION_SEND:
			broken = broken || !send_payload(gateway, shard, &action, &err);
			break;
		case SESSION_DISPATCH:
			metrics_add(gateway->metrics, METRIC_GATEWAY_EVENTS, 1);
			gateway->handler.dispatch(gateway->handler.owner, session->shard, action.text, action.data);
			break;
		case SESSION_READY:
			online(gateway, shard, false);
			break;
		case SESSION_RESUMED:
			online(gateway, shard, true);
			break;
		case SESSION_ENDED:
			ended(gateway, shard, &action, now_ms);
			break;
		case SESSION_GIVE_UP:
			refuse(gateway, action.code, &session->why);
			break;
		}
	}
	if (!broken || gateway->stopped || session->step == SESSION_OFFLINE)
		return;
	session_closed(session, 0, &err, now_ms);
	while (!gateway->stopped && session_next(session, &action))
		if (action.kind == SESSION_ENDED)
			ended(gateway, shard, &action, now_ms);
}

static void link_opened(void *owner)
{
	struct link *link = owner;
	struct gateway *gateway = link->gateway;

	if (!link->shard)
		return;
	session_opened(&link->shard->session, loop_now_ms(gateway->loop));
	advance(gateway);
}

static void link_message(void *owner, struct str data, bool binary)
{
	struct link *link = owner;
	struct gateway *gateway = link->gateway;
	struct shard *shard = link->shard;
	int64_t now_ms = loop_now_ms(gateway->loop);
	uint64_t skipped;

	if (!shard)
		return;
	skipped = shard->session.skipped;
	session_received(&shard->session, &gateway->arena, data, binary, now_ms);
	metrics_add(gateway->metrics, METRIC_GATEWAY_SKIPPED, shard->session.skipped - skipped);
	if (shard->session.latency_ms >= 0)
		metrics_set(gateway->metrics, METRIC_GATEWAY_LATENCY_MS, (uint64_t)shard->session.latency_ms);
	drain(gateway, shard, now_ms);
	arena_clear(&gateway->arena);
	advance(gateway);
}

static void link_closed(void *owner, int code, const struct err *err)
{
	struct link *link = owner;
	struct gateway *gateway = link->gateway;
	struct shard *shard = link->shard;
	int64_t now_ms = loop_now_ms(gateway->loop);

	if (!shard) {
		drop_link(gateway, link);
		return;
	}
	session_closed(&shard->session, code, err, now_ms);
	drain(gateway, shard, now_ms);
	advance(gateway);
}

static bool open_link(struct gateway *gateway, struct shard *shard, struct err *err)
{
	struct link *link = calloc(1, sizeof(*link));
	struct ws_handler handler = {
		.opened = link_opened,
		.message = link_message,
		.closed = link_closed,
		.owner = link,
	};

	if (!link)
		return err_set(err, ERR_MEMORY, "no memory for a connection to the gateway");
	link->ws = ws_connect(gateway->http, gateway->rng, str_from(shard->session.url), GATEWAY_CONNECT_MS,
			      GATEWAY_MESSAGE_BYTES_MAX, &handler, err);
	if (!link->ws) {
		free(link);
		return false;
	}
	link->gateway = gateway;
	link->shard = shard;
	link->next = gateway->links;
	gateway->links = shard->link = link;
	return true;
}

static void connect_shard(struct gateway *gateway, struct shard *shard, int64_t now_ms)
{
	struct session *session = &shard->session;
	bool at_base = session_needs_base_url(session);
	struct err err = {0};

	outage_began(&gateway->outage);
	shard->identifying = !session_will_resume(session);
	metrics_add(gateway->metrics, METRIC_GATEWAY_CONNECTS, 1);
	if (session_connect(session, str_from(gateway->url), &err)) {
		if (open_link(gateway, shard, &err))
			return;
		if (err.code == ERR_INPUT && !at_base)
			session_drop_resume_url(session);
		session_closed(session, 0, &err, now_ms);
		drain(gateway, shard, now_ms);
		return;
	}
	shard->identifying = false;
	attempt_failed(gateway, session->shard, &err, now_ms);
}

/* ---- who may connect when ---- */

/* Shards that are to IDENTIFY, this one among them. */
static unsigned identifies_needed(const struct gateway *gateway)
{
	unsigned needed = 0;

	for (unsigned i = 0; i < gateway->count; i++) {
		const struct shard *shard = &gateway->shards[i];

		needed += shard->identifying ||
			  (shard->session.step == SESSION_OFFLINE && !session_will_resume(&shard->session));
	}
	return needed;
}

static bool bucket_is_busy(const struct gateway *gateway, const struct shard *shard)
{
	unsigned bucket = budget_bucket(&gateway->budget, shard->session.shard);

	for (unsigned i = 0; i < gateway->count; i++)
		if (gateway->shards[i].identifying &&
		    budget_bucket(&gateway->budget, gateway->shards[i].session.shard) == bucket)
			return true;
	return false;
}

static void tell_waiting(struct gateway *gateway, int64_t until_unix_ms, unsigned needed)
{
	char why[160];
	struct buf text;

	if (gateway->waiting_unix_ms == until_unix_ms)
		return;
	gateway->waiting_unix_ms = until_unix_ms;
	buf_wrap(&text, why, sizeof(why));
	buf_printf(&text, "Discord allows %lld more session starts and %u are needed; overrunning it would reset the token",
		   (long long)gateway->budget.remaining, needed);
	gateway->handler.waiting(gateway->handler.owner, until_unix_ms, buf_cstr(&text));
}

enum verdict { VERDICT_GO, VERDICT_LATER, VERDICT_FETCH };

static void lower(int64_t *at_ms, int64_t other_ms)
{
	if (*at_ms > other_ms)
		*at_ms = other_ms;
}

/* *next_ms is lowered to when to ask again, where only time has to pass. */
static enum verdict may_identify(struct gateway *gateway, const struct shard *shard, int64_t now_ms, int64_t *next_ms)
{
	unsigned needed = identifies_needed(gateway);
	int64_t now_unix_ms = clock_unix_ms();
	int64_t at_unix_ms = 0;

	if (bucket_is_busy(gateway, shard))
		return VERDICT_LATER;
	switch (budget_ask(&gateway->budget, shard->session.shard, needed, now_unix_ms, &at_unix_ms)) {
	case BUDGET_GO:
		gateway->waiting_unix_ms = 0;
		return VERDICT_GO;
	case BUDGET_FETCH:
		return VERDICT_FETCH;
	case BUDGET_WAIT:
		tell_waiting(gateway, at_unix_ms, needed);
		break;
	case BUDGET_PACE:
		break;
	}
	lower(next_ms, now_ms + (at_unix_ms - now_unix_ms < LOOK_MS ? at_unix_ms - now_unix_ms : LOOK_MS));
	return VERDICT_LATER;
}

static enum verdict may_connect(struct gateway *gateway, const struct shard *shard, int64_t now_ms, int64_t *next_ms)
{
	if (now_ms < shard->not_before_ms) {
		lower(next_ms, shard->not_before_ms);
		return VERDICT_LATER;
	}
	if (!outage_may_begin(&gateway->outage, now_ms)) {
		lower(next_ms, outage_deadline_ms(&gateway->outage));
		return VERDICT_LATER;
	}
	if (gateway->refetch || (!gateway->url[0] && session_needs_base_url(&shard->session)))
		return VERDICT_FETCH;
	return session_will_resume(&shard->session) ? VERDICT_GO : may_identify(gateway, shard, now_ms, next_ms);
}

static void advance_shard(struct gateway *gateway, struct shard *shard, int64_t now_ms, int64_t *next_ms)
{
	struct session *session = &shard->session;

	if (session->step == SESSION_OFFLINE && !gateway->fetching) {
		switch (may_connect(gateway, shard, now_ms, next_ms)) {
		case VERDICT_GO:
			connect_shard(gateway, shard, now_ms);
			break;
		case VERDICT_FETCH:
			fetch(gateway);
			break;
		case VERDICT_LATER:
			return;
		}
	}
	/* What has just failed is looked at once more when its pause is over. */
	if (session->step == SESSION_OFFLINE && !gateway->fetching)
		lower(next_ms, outage_deadline_ms(&gateway->outage) > now_ms ? outage_deadline_ms(&gateway->outage) : now_ms);
	lower(next_ms, session_deadline_ms(session));
}

static void advance(struct gateway *gateway)
{
	int64_t now_ms = loop_now_ms(gateway->loop);
	int64_t next_ms = INT64_MAX;

	if (!gateway->started || gateway->stopped)
		return;
	if (!gateway->shards && !gateway->fetching) {
		if (outage_may_begin(&gateway->outage, now_ms))
			fetch(gateway);
		if (!gateway->fetching)
			next_ms = outage_deadline_ms(&gateway->outage);
	}
	for (unsigned i = 0; i < gateway->count && !gateway->stopped; i++)
		advance_shard(gateway, &gateway->shards[i], now_ms, &next_ms);
	if (gateway->stopped)
		return;
	if (next_ms == INT64_MAX)
		loop_cancel_timer(gateway->loop, &gateway->timer);
	else
		loop_set_timer(gateway->loop, &gateway->timer, next_ms);
}

static void on_timer(void *owner, int64_t now_ms)
{
	struct gateway *gateway = owner;

	for (unsigned i = 0; i < gateway->count && !gateway->stopped; i++) {
		struct shard *shard = &gateway->shards[i];

		if (shard->session.step == SESSION_OFFLINE || now_ms < session_deadline_ms(&shard->session))
			continue;
		session_tick(&shard->session, now_ms);
		drain(gateway, shard, now_ms);
	}
	advance(gateway);
}

/* ---- life ---- */

struct gateway *gateway_create(struct loop *loop, struct http *http, struct rest *rest, struct rng *rng,
			       struct metrics *metrics, const struct gateway_settings *settings,
			       const struct gateway_handler *handler, struct err *err)
{
	const struct gateway_shards *shards = &settings->shards;
	struct gateway *gateway;

	if (!secret_is_set(settings->token) || secret_reveal(settings->token).len > BOT_TOKEN_MAX) {
		err_set(err, ERR_CONFIG, "DISCORD_BOT_TOKEN is missing or too long for a bot token");
		return NULL;
	}
	gateway = calloc(1, sizeof(*gateway));
	if (!gateway) {
		err_set(err, ERR_MEMORY, "no memory for the gateway");
		return NULL;
	}
	gateway->loop = loop;
	gateway->http = http;
	gateway->rest = rest;
	gateway->rng = rng;
	gateway->metrics = metrics;
	gateway->settings = *settings;
	gateway->handler = *handler;
	gateway->timer = (struct loop_timer){.fire = on_timer, .owner = gateway};
	arena_init(&gateway->arena, GATEWAY_ARENA_BYTES_MAX);
	outage_init(&gateway->outage);
	budget_init(&gateway->budget);
	gateway_set_presence(gateway, PRESENCE_ONLINE, settings->status);
	if (shards->count && !set_up_shards(gateway, shards->first, shards->last, shards->count, err)) {
		gateway_free(gateway);
		return NULL;
	}
	return gateway;
}

void gateway_start(struct gateway *gateway, struct str state, int64_t now_unix_ms)
{
	restore(gateway, state, now_unix_ms);
	arena_clear(&gateway->arena);
	gateway->started = true;
	advance(gateway);
}

void gateway_detach(struct gateway *gateway, int64_t now_unix_ms)
{
	if (!gateway->started || gateway->stopped)
		return;
	save(gateway, true, now_unix_ms);
	stop(gateway);
}

void gateway_free(struct gateway *gateway)
{
	if (!gateway)
		return;
	stop(gateway);
	for (unsigned i = 0; i < gateway->count; i++)
		session_release(&gateway->shards[i].session);
	free(gateway->shards);
	arena_release(&gateway->arena);
	free(gateway);
}

void gateway_set_presence(struct gateway *gateway, enum presence_status status, struct str text)
{
	struct str cut = codec_cut(&gateway->arena, str_make(text.ptr, text.len), PRESENCE_TEXT_MAX);

	if (!str_to_cstr(cut, gateway->presence_text, sizeof(gateway->presence_text)))
		gateway->presence_text[0] = '\0';
	gateway->presence = (struct presence){status, str_from(gateway->presence_text)};
	for (unsigned i = 0; i < gateway->count; i++)
		session_set_presence(&gateway->shards[i].session, &gateway->presence);
	if (gateway->started && !gateway->stopped)
		loop_set_timer(gateway->loop, &gateway->timer, loop_now_ms(gateway->loop));
}

bool gateway_is_ready(const struct gateway *gateway, const char **why)
{
	int64_t now_ms = loop_now_ms(gateway->loop);
	const char *reason = NULL;

	if (!gateway->started || gateway->stopped)
		reason = gateway->stopped ? "the gateway is closed" : "the gateway is not started";
	else if (!gateway->shards)
		reason = "Discord's gateway is not known yet";
	else if (gateway->waiting_unix_ms)
		reason = "Discord allows no more session starts for now";
	for (unsigned i = 0; !reason && i < gateway->count; i++) {
		const struct session *session = &gateway->shards[i].session;

		if (session->step != SESSION_ONLINE)
			reason = "a shard is not connected";
		else if (session->awaiting_ack && now_ms - session->beat_sent_ms > HEARTBEAT_LATE_MS)
			reason = "a heartbeat is not acknowledged";
	}
	if (why && reason)
		*why = reason;
	return !reason;
}
