#include "discord/gateway.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/limits.h"
#include "discord/budget.h"
#include "discord/keeper.h"
#include "discord/link.h"
#include "discord/outage.h"
#include "discord/session.h"

enum { UNAUTHORIZED = 401, SHARDING_REQUIRED = 4011 };

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
	struct shards shards;
	struct links links;
	uint64_t application_id;
	int64_t waiting_unix_ms; /* of the wait that was told; 0: none */
	struct keeper keeper;
	bool started, stopped, told_ready, told_skipped;
};

static void show_presence(struct gateway *gateway)
{
	for (unsigned i = 0; i < gateway->shards.count; i++)
		session_set_presence(&gateway->shards.list[i].session, &gateway->presence);
}

static bool make_shards(struct gateway *gateway, const struct gateway_shards *which, struct err *err)
{
	if (!shards_init(&gateway->shards, which, gateway->settings.token, gateway->rng, err))
		return false;
	show_presence(gateway);
	return true;
}

/* ---- state that outlives the process ---- */

static void keep(struct gateway *gateway, int64_t now_unix_ms)
{
	keeper_keep(&gateway->keeper, gateway->application_id, loop_now_ms(gateway->loop), now_unix_ms);
}

static void restore(struct gateway *gateway, struct str text, int64_t now_unix_ms)
{
	if (!keeper_restore(&gateway->keeper, text, &gateway->settings.shards, gateway->rng, now_unix_ms, &gateway->application_id))
		return;
	/* Asked first, for Discord's clock in its answer: by it the events that RESUME replays are judged stale or not. */
	gateway->refetch = true;
	show_presence(gateway);
	/* Until it is resumed it is stored without: a crash meanwhile does not try it again. */
	keep(gateway, now_unix_ms);
}

/* ---- ends ---- */

/* Nothing goes out or comes in any more. The sessions live on at Discord for a while. */
static void stop(struct gateway *gateway)
{
	gateway->stopped = true;
	loop_cancel_timer(gateway->loop, &gateway->timer);
	rest_cancel(gateway->rest, gateway);
	links_drop_all(&gateway->links);
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
static bool take_recommended(struct gateway *gateway, struct json answer, struct err *err)
{
	uint64_t count;

	if (!json_u64(json_get(answer, "shards"), 1, SHARDS_TOTAL_MAX, &count))
		count = 1;
	if (count > SHARDS_MAX) {
		err_set(err, ERR_REFUSED,
			"Discord asks for %llu shards and one process holds %d: run several, with HOMU_SHARDS=0-%d/%llu and so on",
			(unsigned long long)count, SHARDS_MAX, SHARDS_MAX - 1, (unsigned long long)count);
		refuse(gateway, SHARDING_REQUIRED, err);
		return false;
	}
	return make_shards(gateway, &(struct gateway_shards){0, (unsigned)count - 1, (unsigned)count}, err);
}

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
	return gateway->shards.list || take_recommended(gateway, answer, err);
}

static void advance(struct gateway *gateway);

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
		for (unsigned i = 0; i < gateway->shards.count; i++)
			session_try_base_url(&gateway->shards.list[i].session, str_from(gateway->url));
	} else if (response->status == UNAUTHORIZED) {
		refuse(gateway, UNAUTHORIZED, &err);
		return;
	} else {
		attempt_failed(gateway, gateway->shards.first, &err, now_ms);
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
		attempt_failed(gateway, gateway->shards.first, &err, loop_now_ms(gateway->loop));
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
	if (!gateway->keeper.disowned)
		keep(gateway, clock_unix_ms());
	if (gateway->told_ready || gateway->stopped || !shards_all_seen(&gateway->shards))
		return;
	gateway->told_ready = true;
	gateway->handler.ready(gateway->handler.owner, gateway->shards.count, gateway->application_id);
}

static void ended(struct gateway *gateway, struct shard *shard, const struct session_action *action, int64_t now_ms)
{
	shard->identifying = false;
	shard->not_before_ms = now_ms + action->wait_ms;
	if (shard->link && action->close_code)
		link_leave(shard->link, action->close_code);
	else if (shard->link)
		link_drop(shard->link);
	if (!action->was_ready) {
		attempt_failed(gateway, shard->session.shard, &shard->session.why, now_ms);
		return;
	}
	outage_dropped(&gateway->outage, action->lived_ms, gateway->rng, now_ms);
	if (!gateway->keeper.disowned)
		keep(gateway, clock_unix_ms());
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
		keep(gateway, now_unix_ms);
		shard->identifying = false;
		metrics_add(gateway->metrics, METRIC_GATEWAY_IDENTIFIES, 1);
		break;
	case GATEWAY_RESUME:
		metrics_add(gateway->metrics, METRIC_GATEWAY_RESUMES, 1);
		break;
	default:
		break;
	}
	return link_send(shard->link, action->text, err);
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

static void link_opened(void *owner, struct shard *shard)
{
	struct gateway *gateway = owner;

	session_opened(&shard->session, loop_now_ms(gateway->loop));
	advance(gateway);
}

static void link_message(void *owner, struct shard *shard, struct str data, bool binary)
{
	struct gateway *gateway = owner;
	struct session *session = &shard->session;
	int64_t now_ms = loop_now_ms(gateway->loop);
	uint64_t skipped = session->skipped;

	session_received(session, &gateway->arena, data, binary, now_ms);
	metrics_add(gateway->metrics, METRIC_GATEWAY_SKIPPED, session->skipped - skipped);
	if (session->unreadable.code != ERR_NONE && !gateway->told_skipped) {
		gateway->told_skipped = true;
		gateway->handler.skipped(gateway->handler.owner, session->shard, session->unreadable.text);
	}
	if (session->latency_ms >= 0)
		metrics_set(gateway->metrics, METRIC_GATEWAY_LATENCY_MS, (uint64_t)session->latency_ms);
	drain(gateway, shard, now_ms);
	arena_clear(&gateway->arena);
	advance(gateway);
}

static void link_closed(void *owner, struct shard *shard, int code, const struct err *err)
{
	struct gateway *gateway = owner;
	int64_t now_ms = loop_now_ms(gateway->loop);

	session_closed(&shard->session, code, err, now_ms);
	drain(gateway, shard, now_ms);
	advance(gateway);
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
		if (link_open(&gateway->links, shard, gateway->http, gateway->rng, &err))
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
	unsigned needed = shards_identifies_needed(&gateway->shards);
	int64_t now_unix_ms = clock_unix_ms();
	int64_t at_unix_ms = 0;

	if (shards_bucket_is_busy(&gateway->shards, &gateway->budget, shard))
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
	lower(next_ms, now_ms + (at_unix_ms - now_unix_ms < IDENTIFY_LOOK_MS ? at_unix_ms - now_unix_ms : IDENTIFY_LOOK_MS));
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
	struct shard *list = gateway->shards.list;

	if (!gateway->started || gateway->stopped)
		return;
	if (!list && !gateway->fetching) {
		if (outage_may_begin(&gateway->outage, now_ms))
			fetch(gateway);
		if (!gateway->fetching)
			next_ms = outage_deadline_ms(&gateway->outage);
	}
	for (unsigned i = 0; list && i < gateway->shards.count && !gateway->stopped; i++)
		advance_shard(gateway, &list[i], now_ms, &next_ms);
	if (gateway->stopped)
		return;
	if (keeper_at_ms(&gateway->keeper) <= now_ms)
		keep(gateway, clock_unix_ms());
	lower(&next_ms, keeper_at_ms(&gateway->keeper));
	if (next_ms == INT64_MAX)
		loop_cancel_timer(gateway->loop, &gateway->timer);
	else
		loop_set_timer(gateway->loop, &gateway->timer, next_ms);
}

static void on_timer(void *owner, int64_t now_ms)
{
	struct gateway *gateway = owner;

	for (unsigned i = 0; i < gateway->shards.count && !gateway->stopped; i++) {
		struct shard *shard = &gateway->shards.list[i];

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
	gateway->keeper = (struct keeper){
		.handler = &gateway->handler,
		.token = settings->token,
		.budget = &gateway->budget,
		.shards = &gateway->shards,
		.arena = &gateway->arena,
	};
	gateway->links.handler = (struct link_handler){link_opened, link_message, link_closed, gateway};
	gateway->timer = (struct loop_timer){.fire = on_timer, .owner = gateway};
	arena_init(&gateway->arena, GATEWAY_ARENA_BYTES_MAX);
	outage_init(&gateway->outage);
	budget_init(&gateway->budget);
	gateway_set_presence(gateway, PRESENCE_ONLINE, settings->status);
	if (settings->shards.count && !make_shards(gateway, &settings->shards, err)) {
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
	keeper_save(&gateway->keeper, SAVED_ALL, gateway->application_id, now_unix_ms);
	stop(gateway);
}

void gateway_disown(struct gateway *gateway, int64_t now_unix_ms)
{
	int64_t now_ms = loop_now_ms(gateway->loop);
	struct err err = {0};

	if (gateway->keeper.disowned || !gateway->started || gateway->stopped)
		return;
	gateway->keeper.disowned = true;
	err_set(&err, ERR_CONFLICT, "another process keeps this bot's sessions in the same store");
	for (unsigned i = 0; i < gateway->shards.count && !gateway->stopped; i++) {
		struct shard *shard = &gateway->shards.list[i];
		bool resuming = session_is_resuming(&shard->session);

		session_disown(&shard->session);
		if (!resuming)
			continue;
		session_closed(&shard->session, 0, &err, now_ms);
		drain(gateway, shard, now_ms);
	}
	keep(gateway, now_unix_ms);
	advance(gateway);
}

void gateway_free(struct gateway *gateway)
{
	if (!gateway)
		return;
	stop(gateway);
	shards_release(&gateway->shards);
	arena_release(&gateway->arena);
	free(gateway);
}

void gateway_set_presence(struct gateway *gateway, enum presence_status status, struct str text)
{
	struct str cut = codec_cut(&gateway->arena, str_make(text.ptr, text.len), PRESENCE_TEXT_MAX);

	if (!str_to_cstr(cut, gateway->presence_text, sizeof(gateway->presence_text)))
		gateway->presence_text[0] = '\0';
	gateway->presence = (struct presence){status, str_from(gateway->presence_text)};
	show_presence(gateway);
	if (gateway->started && !gateway->stopped)
		loop_set_timer(gateway->loop, &gateway->timer, loop_now_ms(gateway->loop));
}

bool gateway_is_ready(const struct gateway *gateway, const char **why)
{
	int64_t now_ms = loop_now_ms(gateway->loop);
	const char *reason = NULL;

	if (!gateway->started || gateway->stopped)
		reason = gateway->stopped ? "the gateway is closed" : "the gateway is not started";
	else if (!gateway->shards.list)
		reason = "Discord's gateway is not known yet";
	else if (gateway->waiting_unix_ms)
		reason = "Discord allows no more session starts for now";
	for (unsigned i = 0; !reason && i < gateway->shards.count; i++) {
		const struct session *session = &gateway->shards.list[i].session;

		if (session->step != SESSION_ONLINE)
			reason = "a shard is not connected";
		else if (session->awaiting_ack && now_ms - session->beat_sent_ms > HEARTBEAT_LATE_MS)
			reason = "a heartbeat is not acknowledged";
	}
	if (why && reason)
		*why = reason;
	return !reason;
}
