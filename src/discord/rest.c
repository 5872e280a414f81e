#include "discord/rest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "discord/ratelimit.h"
#include "discord/route.h"
#include "net/backoff.h"

_Static_assert(REST_ROUTE_COUNT <= RATELIMIT_ROUTES, "ratelimit knows fewer routes");

struct call {
	struct call *next;
	struct rest *rest;
	const struct route *route;
	struct rest_request request; /* its texts point into memory */
	struct http_call *http;      /* while an attempt runs */
	int64_t deadline_ms;
	int64_t not_before_ms;
	int64_t sent_ms;
	struct backoff backoff;
	unsigned attempts;
	bool lost_answer; /* an attempt may have been carried out */
	struct ratelimit_request limit;
	struct err err; /* of the last attempt */
	char memory[];
};

struct rest {
	struct loop *loop;
	struct http *http;
	struct rng *rng;
	struct metrics *metrics;
	struct rest_settings settings;
	struct buf base;
	struct ratelimit ratelimit;
	struct arena arena; /* of one answer */
	struct loop_timer timer;
	struct call *first;
	struct call **last;
	struct call *over; /* failed; to be delivered in this turn */
	unsigned count;
	unsigned running;
	bool stopped; /* after a 401 */
	uint64_t dead_tokens[REST_DEAD_TOKENS_MAX]; /* hashes; ring by dead_count */
	uint64_t dead_count;
	/* Discord's clock minus ours lies between these, as far as every Date up to now agrees. */
	int64_t offset_min_ms, offset_max_ms;
};

/* ---- the list of calls ---- */

static void append(struct rest *rest, struct call *call)
{
	*rest->last = call;
	rest->last = &call->next;
	rest->count++;
}

/* Takes the call off the list that `at` points to in it. */
static struct call *take_off(struct rest *rest, struct call **at)
{
	struct call *call = *at;

	*at = call->next;
	if (!call->next)
		rest->last = at;
	rest->count--;
	return call;
}

static void unlink_call(struct rest *rest, const struct call *call)
{
	struct call **at = &rest->first;

	while (*at != call)
		at = &(*at)->next;
	take_off(rest, at);
}

/* To a call that is off the list. status and body as they came; call->err says how it went. */
static void deliver(struct call *call, int status, struct str body)
{
	struct rest_response response = {.status = status, .body = body, .err = call->err};

	if (call->err.code != ERR_NONE)
		metrics_add(call->rest->metrics, METRIC_REST_ERRORS, 1);
	call->request.done(call->request.owner, &response);
	free(call);
}

/* ---- tokens of interactions ---- */

static uint64_t hash_token(struct str token)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < token.len; i++)
		hash = (hash ^ (unsigned char)token.ptr[i]) * 0x100000001b3u;
	return hash;
}

static bool is_dead(const struct rest *rest, const struct call *call)
{
	uint64_t known = rest->dead_count < REST_DEAD_TOKENS_MAX ? rest->dead_count : REST_DEAD_TOKENS_MAX;

	if (!call->route->by_token)
		return false;
	for (uint64_t i = 0; i < known; i++)
		if (rest->dead_tokens[i] == call->limit.resource)
			return true;
	return false;
}

static void bury(struct rest *rest, const struct call *call)
{
	if (!is_dead(rest, call))
		rest->dead_tokens[rest->dead_count++ % REST_DEAD_TOKENS_MAX] = call->limit.resource;
}

/* ---- Discord's clock ---- */

static void learn_clock(struct rest *rest, const struct call *call, const struct http_response *response, int64_t now_ms)
{
	int64_t now_unix_ms = clock_unix_ms();
	int64_t date_ms, min_ms, max_ms;

	if (!clock_parse_http_date(http_response_header(response, "date"), &date_ms))
		return;
	/* Date is cut to the second and was written between the sending and now. */
	min_ms = date_ms - now_unix_ms;
	max_ms = date_ms + 999 - (now_unix_ms - (now_ms - call->sent_ms));
	if (min_ms < -REST_CLOCK_OFFSET_MS_MAX || max_ms > REST_CLOCK_OFFSET_MS_MAX)
		return;
	if (min_ms > rest->offset_max_ms || max_ms < rest->offset_min_ms) { /* one of the clocks was set */
		rest->offset_min_ms = min_ms;
		rest->offset_max_ms = max_ms;
		return;
	}
	if (rest->offset_min_ms < min_ms)
		rest->offset_min_ms = min_ms;
	if (rest->offset_max_ms > max_ms)
		rest->offset_max_ms = max_ms;
}

int64_t rest_clock_offset_ms(const struct rest *rest)
{
	if (rest->offset_min_ms > 0)
		return rest->offset_min_ms;
	return rest->offset_max_ms < 0 ? rest->offset_max_ms : 0;
}

/* ---- answers ---- */

/* Stops what was not sent yet, and everything to come (discord.md 13). */
static void refuse_all(struct rest *rest)
{
	if (rest->stopped)
		return;
	rest->stopped = true;
	if (rest->settings.refused)
		rest->settings.refused(rest->settings.owner, 401);
}

/* Waits for another attempt if one is left. */
static bool try_again(struct call *call, int64_t wait_ms, int64_t now_ms)
{
	if (call->route->once || call->attempts >= REST_ATTEMPTS_MAX || call->rest->stopped)
		return false;
	call->not_before_ms = now_ms + wait_ms;
	return call->not_before_ms < call->deadline_ms;
}

static bool try_again_after_failure(struct call *call, int64_t now_ms)
{
	return (call->route->repeatable || !call->lost_answer) &&
	       try_again(call, backoff_next_ms(&call->backoff, REST_BACKOFF_BASE_MS / 2, call->rest->rng), now_ms);
}

static void read_limits(const struct http_response *response, struct json body, struct ratelimit_answer *answer)
{
	struct ratelimit_headers headers = {
		.bucket = http_response_header(response, "x-ratelimit-bucket"),
		.limit = http_response_header(response, "x-ratelimit-limit"),
		.remaining = http_response_header(response, "x-ratelimit-remaining"),
		.reset_after = http_response_header(response, "x-ratelimit-reset-after"),
		.retry_after = http_response_header(response, "retry-after"),
		.scope = http_response_header(response, "x-ratelimit-scope"),
		.global = http_response_header(response, "x-ratelimit-global"),
	};

	ratelimit_read(response->status, &headers, body, answer);
}

static bool names_secret(const struct call *call, struct str text)
{
	struct str token = secret_reveal(call->rest->settings.token);

	return (token.len && str_find(text, token) >= 0) ||
	       (call->request.token.len && str_find(text, call->request.token) >= 0);
}

/* Whether the call is over; else it waits for its next attempt. */
static bool judge(struct call *call, const struct http_response *response, struct json body, int64_t now_ms)
{
	const struct route *route = call->route;
	struct rest *rest = call->rest;
	int status = response->status;
	int64_t number = 0;

	err_clear(&call->err);
	if (status >= 200 && status < 300)
		return true;
	json_i64(json_get(body, "code"), 0, INT32_MAX, &number);
	if (call->request.route == REST_CALLBACK && number == ROUTE_ALREADY_ACKNOWLEDGED && call->lost_answer)
		return true;
	/* What Discord says of a request may repeat it; a secret in it is not to be quoted (discord.md 20). */
	route_refusal(route, status, names_secret(call, response->body) ? JSON_MISSING_VALUE : body, &rest->arena, &call->err);
	if (status == 429) {
		metrics_add(rest->metrics, METRIC_REST_RATE_LIMITED, 1);
		return !try_again(call, 0, now_ms); /* ratelimit knows the wait */
	}
	if (status >= 500 || status == 408) {
		call->lost_answer = true;
		return !try_again_after_failure(call, now_ms);
	}
	if (route->by_token && (status == 401 || (status == 404 && number != ROUTE_UNKNOWN_MESSAGE)))
		bury(rest, call);
	return true;
}

static void pump(struct rest *rest);

static void answered(void *owner, const struct http_response *response)
{
	struct call *call = owner;
	struct rest *rest = call->rest;
	int64_t now_ms = loop_now_ms(rest->loop);
	struct ratelimit_answer answer;
	struct json body = JSON_MISSING_VALUE;
	bool refused = false;
	bool over;

	call->http = NULL;
	rest->running--;
	if (response->err.code == ERR_NONE) {
		if (response->status >= 300 && !json_parse(&rest->arena, response->body, &body, NULL))
			body = JSON_MISSING_VALUE;
		learn_clock(rest, call, response, now_ms);
		read_limits(response, body, &answer);
		ratelimit_done(&rest->ratelimit, &call->limit, &answer, now_ms);
		over = judge(call, response, body, now_ms);
		refused = response->status == 401 && !call->route->by_token;
	} else {
		ratelimit_done(&rest->ratelimit, &call->limit, NULL, now_ms);
		call->err = response->err;
		err_wrap(&call->err, "%s %s", call->route->method, call->route->path);
		call->lost_answer = call->lost_answer || response->maybe_sent;
		over = !(err_may_retry(&call->err) || call->err.code == ERR_PROTO) ||
		       !try_again_after_failure(call, now_ms);
	}
	arena_clear(&rest->arena);
	if (over) {
		unlink_call(rest, call);
		deliver(call, response->status, response->body);
	}
	if (refused)
		refuse_all(rest);
	pump(rest);
}

/* ---- requests ---- */

static bool start(struct call *call, int64_t now_ms)
{
	const struct route *route = call->route;
	struct rest *rest = call->rest;
	char authorization[BOT_TOKEN_MAX + sizeof("Bot ")];
	char url_memory[REST_URL_MAX + 1];
	struct http_header headers[2];
	struct http_request request = {
		.method = route->method,
		.headers = headers,
		.body = call->request.body,
		.timeout_ms = route->attempt_ms,
		.body_bytes_max = REST_ANSWER_BYTES_MAX,
	};
	char content_type[sizeof("multipart/form-data; boundary=") + MULTIPART_BOUNDARY_SIZE];
	struct buf url, bot, type;

	buf_wrap(&url, url_memory, sizeof(url_memory));
	buf_add(&url, buf_str(&rest->base));
	route_add_path(route, call->request.ids, call->request.token, &url);
	if (!buf_check(&url, "a URL of Discord's API", &call->err))
		return false;
	request.url = buf_str(&url);
	buf_wrap(&bot, authorization, sizeof(authorization));
	if (!route->by_token) {
		buf_add(&bot, STR("Bot "));
		buf_add(&bot, secret_reveal(rest->settings.token));
		headers[request.header_count++] = (struct http_header){STR("Authorization"), buf_str(&bot)};
	}
	buf_wrap(&type, content_type, sizeof(content_type));
	if (call->request.boundary[0])
		multipart_type(call->request.boundary, &type);
	else
		buf_addc(&type, "application/json");
	if (request.body.len)
		headers[request.header_count++] = (struct http_header){STR("Content-Type"), buf_str(&type)};
	call->http = http_start(rest->http, &request, answered, call, &call->err);
	secret_wipe(authorization, sizeof(authorization));
	if (!call->http)
		return false;
	call->attempts++;
	call->sent_ms = now_ms;
	rest->running++;
	ratelimit_sent(&rest->ratelimit, &call->limit, now_ms);
	metrics_add(rest->metrics, METRIC_REST_REQUESTS, 1);
	return true;
}

/* Starts a call that may go. False when it is over, with call->err; *next_ms is lowered to when it is to be asked again. */
static bool advance(struct call *call, int64_t now_ms, int64_t *next_ms)
{
	struct rest *rest = call->rest;
	int64_t ready_ms;

	if (call->http)
		return true;
	if (rest->stopped)
		return err_set(&call->err, ERR_REFUSED, "Discord does not accept the bot token (401); nothing more is sent");
	if (is_dead(rest, call))
		return err_set(&call->err, ERR_NOT_FOUND, "%s %s: Discord does not know this interaction's token any more",
			       call->route->method, call->route->path);
	if (now_ms >= call->deadline_ms) {
		if (call->err.code == ERR_NONE)
			err_set(&call->err, ERR_TIMEOUT, "%s %s: there was no time left to send it",
				call->route->method, call->route->path);
		return false;
	}
	ready_ms = ratelimit_ready_ms(&rest->ratelimit, &call->limit, now_ms);
	if (ready_ms != INT64_MAX && ready_ms >= call->deadline_ms)
		return err_set(&call->err, ERR_THROTTLED, "%s %s: Discord's rate limit asks to wait %lld s%s",
			       call->route->method, call->route->path,
			       (long long)(ready_ms - now_ms + 999) / 1000,
			       ratelimit_is_stopped(&rest->ratelimit, now_ms) ? " (too many invalid requests)" : "");
	if (ready_ms < call->not_before_ms)
		ready_ms = call->not_before_ms;
	if (ready_ms <= now_ms && rest->running < REST_RUNNING_MAX)
		return start(call, now_ms);
	/* Without a time of its own it is asked again after each answer, and has to end at its deadline. */
	if (ready_ms > call->deadline_ms || ready_ms <= now_ms)
		ready_ms = call->deadline_ms;
	if (*next_ms > ready_ms)
		*next_ms = ready_ms;
	return true;
}

static void pump(struct rest *rest)
{
	int64_t now_ms = loop_now_ms(rest->loop);
	int64_t next_ms = INT64_MAX;
	struct call **at = &rest->first;
	struct call **over = &rest->over;
	struct call *call;

	while (*at) {
		if (advance(*at, now_ms, &next_ms)) {
			at = &(*at)->next;
			continue;
		}
		*over = take_off(rest, at);
		over = &(*over)->next;
		*over = NULL;
	}
	if (rest->over)
		next_ms = now_ms; /* the completions may send more */
	while ((call = rest->over)) {
		rest->over = call->next;
		deliver(call, 0, STR_EMPTY);
	}
	if (next_ms == INT64_MAX)
		loop_cancel_timer(rest->loop, &rest->timer);
	else
		loop_set_timer(rest->loop, &rest->timer, next_ms);
}

static void on_timer(void *owner, int64_t now_ms)
{
	(void)now_ms;
	pump(owner);
}

static uint64_t resource_of(const struct rest_request *request)
{
	switch (route_of(request->route)->resource) {
	case RESOURCE_CHANNEL:
		return request->ids[0];
	case RESOURCE_GUILD:
		return request->ids[1];
	case RESOURCE_WEBHOOK:
		return hash_token(request->token);
	default:
		return 0;
	}
}

/* Copies the request; its token in the form that a path takes. NULL without memory. */
static struct call *copy(struct rest *rest, const struct rest_request *request)
{
	const struct route *route = route_of(request->route);
	struct str token = codec_percent(&rest->arena, str_make(request->token.ptr, request->token.len));
	struct str body = str_make(request->body.ptr, request->body.len);
	int64_t now_ms = loop_now_ms(rest->loop);
	struct call *call = calloc(1, sizeof(*call) + token.len + body.len);

	if (call) {
		memcpy(call->memory, token.ptr, token.len);
		memcpy(call->memory + token.len, body.ptr, body.len);
		call->rest = rest;
		call->route = route;
		call->request = *request;
		call->request.token = str_make(call->memory, token.len);
		call->request.body = str_make(call->memory + token.len, body.len);
		call->deadline_ms = request->deadline_ms ? request->deadline_ms :
							   now_ms + route->patience_ms;
		call->not_before_ms = now_ms;
		call->backoff = (struct backoff){.base_ms = REST_BACKOFF_BASE_MS, .max_ms = REST_BACKOFF_MAX_MS};
		call->limit = (struct ratelimit_request){
			.route = request->route,
			.resource = resource_of(request),
			.is_global = route->is_global,
		};
	}
	arena_clear(&rest->arena);
	return call;
}

bool rest_send(struct rest *rest, const struct rest_request *request, struct err *err)
{
	int64_t next_ms = INT64_MAX;
	struct call *call;

	assert((unsigned)request->route < REST_ROUTE_COUNT && request->done);
	if (rest->stopped)
		return err_set(err, ERR_REFUSED, "Discord does not accept the bot token (401); nothing more is sent");
	/* A path with . or .. would be another one. */
	if (route_of(request->route)->by_token && (request->token.len == 0 || request->token.ptr[0] == '.'))
		return err_set(err, ERR_INPUT, "an interaction without a usable token");
	if (rest->count >= REST_CALLS_MAX)
		return err_set(err, ERR_LIMIT, "%d requests to Discord are waiting already", REST_CALLS_MAX);
	call = copy(rest, request);
	if (!call)
		return err_set(err, ERR_MEMORY, "no memory for a request to Discord");
	append(rest, call);
	/* What fails at once fails again in the timer, and is delivered there. */
	if (!advance(call, loop_now_ms(rest->loop), &next_ms))
		next_ms = loop_now_ms(rest->loop);
	if (next_ms != INT64_MAX && (rest->timer.slot == 0 || next_ms < rest->timer.at_ms))
		loop_set_timer(rest->loop, &rest->timer, next_ms);
	return true;
}

/* A call that is off the list. */
static void abandon(struct call *call)
{
	struct rest *rest = call->rest;

	if (call->http) {
		http_cancel(call->http);
		rest->running--;
		ratelimit_done(&rest->ratelimit, &call->limit, NULL, loop_now_ms(rest->loop));
	}
	free(call);
}

void rest_cancel(struct rest *rest, const void *owner)
{
	struct call **at = &rest->first;
	struct call *call;

	while ((call = *at)) {
		if (call->request.owner == owner)
			abandon(take_off(rest, at));
		else
			at = &call->next;
	}
	for (at = &rest->over; (call = *at);) {
		if (call->request.owner != owner) {
			at = &call->next;
			continue;
		}
		*at = call->next;
		free(call);
	}
}

/* ---- for command-line code ---- */

struct waiter {
	struct arena *arena;
	struct rest_response *response;
	bool done;
};

static void wake(void *owner, const struct rest_response *response)
{
	struct waiter *waiter = owner;

	*waiter->response = *response;
	waiter->response->body = arena_str(waiter->arena, response->body);
	waiter->done = true;
}

bool rest_wait(struct rest *rest, const struct rest_request *request, struct arena *arena,
	       struct rest_response *response, struct err *err)
{
	struct waiter waiter = {.arena = arena, .response = response};
	struct rest_request own = *request;

	*response = (struct rest_response){.body = STR_EMPTY};
	own.done = wake;
	own.owner = &waiter;
	if (!rest_send(rest, &own, err))
		return false;
	while (!waiter.done) {
		if (!loop_turn(rest->loop, -1, err)) {
			if (!waiter.done)
				rest_cancel(rest, &waiter);
			return false;
		}
	}
	if (response->err.code != ERR_NONE) {
		if (err)
			*err = response->err;
		return false;
	}
	return arena_check(arena, "an answer of Discord", err);
}

/* ---- life ---- */

static bool check_base(struct str base, struct err *err)
{
	struct err why;

	if (!http_url_allowed(base, &why))
		return err_set(err, ERR_CONFIG, "DISCORD_API_BASE: %s", why.text);
	if (!str_starts(base, STR("http")) || str_find_char(base, '?') >= 0 || str_find_char(base, '#') >= 0)
		return err_set(err, ERR_CONFIG,
			       "DISCORD_API_BASE has to be a URL like https://discord.com/api/v10, without a query");
	return true;
}

struct rest *rest_create(struct loop *loop, struct http *http, struct rng *rng, struct metrics *metrics,
			 const struct rest_settings *settings, struct err *err)
{
	struct str base = settings->base;
	struct rest *rest;

	if (!check_base(base, err))
		return NULL;
	if (secret_reveal(settings->token).len > BOT_TOKEN_MAX) {
		err_set(err, ERR_CONFIG, "DISCORD_BOT_TOKEN is longer than %d bytes: no bot token is", BOT_TOKEN_MAX);
		return NULL;
	}
	while (base.len && base.ptr[base.len - 1] == '/')
		base.len--;
	rest = calloc(1, sizeof(*rest));
	if (!rest) {
		err_set(err, ERR_MEMORY, "no memory for Discord's client");
		return NULL;
	}
	rest->loop = loop;
	rest->http = http;
	rest->rng = rng;
	rest->metrics = metrics;
	rest->settings = *settings;
	rest->last = &rest->first;
	rest->offset_min_ms = INT64_MIN;
	rest->offset_max_ms = INT64_MAX;
	rest->timer = (struct loop_timer){.fire = on_timer, .owner = rest};
	ratelimit_init(&rest->ratelimit);
	arena_init(&rest->arena, REST_ARENA_BYTES_MAX);
	buf_init(&rest->base, REST_URL_MAX);
	buf_add(&rest->base, base);
	if (!buf_check(&rest->base, "DISCORD_API_BASE", err)) {
		rest_free(rest);
		return NULL;
	}
	return rest;
}

void rest_free(struct rest *rest)
{
	if (!rest)
		return;
	while (rest->first)
		abandon(take_off(rest, &rest->first));
	loop_cancel_timer(rest->loop, &rest->timer);
	arena_release(&rest->arena);
	buf_release(&rest->base);
	free(rest);
}
