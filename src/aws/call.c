#include "aws/call.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "aws/creds.h"
#include "aws/endpoint.h"
#include "aws/wire.h"
#include "base/clock.h"
#include "net/backoff.h"

struct call {
	struct call *next;
	struct aws *aws;
	enum aws_operation operation;
	aws_done *done;
	void *owner;
	struct str body; /* in memory: JSON, or the form */
	bool may_repeat; /* after an attempt that was perhaps carried out */
	struct http_call *http; /* while an attempt runs */
	int64_t deadline_ms;
	int64_t not_before_ms;
	int64_t signed_unix_ms;
	uint64_t generation; /* of the credentials that it was signed with */
	struct backoff backoff;
	unsigned attempts;
	bool maybe_done;
	bool refreshed;
	bool clock_corrected;
	struct err err; /* of the last attempt */
	char memory[];
};

struct aws {
	struct loop *loop;
	struct rng *rng;
	struct arena arena;  /* for the client's life: region, endpoints */
	struct arena answer; /* of one answer or input */
	struct str region;
	struct endpoint endpoints[AWS_SERVICE_COUNT];
	struct wire wire;
	struct creds creds;
	struct loop_timer timer;
	struct call *first;
	struct call **last;
	struct call *over; /* failed; to be delivered in this turn */
	unsigned count, running;
	unsigned attempts_max;
	unsigned budget;
	int64_t clock_offset_ms;
};

/* ---- the list of calls ---- */

static void append(struct aws *aws, struct call *call)
{
	*aws->last = call;
	aws->last = &call->next;
	aws->count++;
}

/* Takes the call off the list that `at` points to in it. */
static struct call *take_off(struct aws *aws, struct call **at)
{
	struct call *call = *at;

	*at = call->next;
	if (!call->next)
		aws->last = at;
	aws->count--;
	return call;
}

static void unlink_call(struct aws *aws, const struct call *call)
{
	struct call **at = &aws->first;

	while (*at != call)
		at = &(*at)->next;
	take_off(aws, at);
}

/* To a call that is off the list. */
static void deliver(struct call *call, struct aws_answer *answer)
{
	answer->arena = &call->aws->answer;
	answer->maybe_done = call->err.code != ERR_NONE && call->maybe_done;
	answer->attempts = call->attempts;
	answer->err = call->err;
	if (call->err.code != ERR_NONE && call->attempts > 1)
		err_wrap(&answer->err, "after %u attempts", call->attempts);
	call->done(call->owner, answer);
	free(call);
}

/* ---- answers ---- */

/* Whether another attempt is left; then it waits for it. */
static bool try_again(struct call *call, int64_t floor_ms, int64_t now_ms)
{
	struct aws *aws = call->aws;

	if (call->attempts >= aws->attempts_max || aws->budget < AWS_BUDGET_RETRY)
		return false;
	call->not_before_ms = now_ms + backoff_next_ms(&call->backoff, floor_ms, aws->rng);
	if (call->not_before_ms >= call->deadline_ms)
		return false;
	aws->budget -= AWS_BUDGET_RETRY;
	return true;
}

/* Once, and at once: what was refused for our clock or for credentials that have ended. */
static bool try_mended(struct call *call, bool *mended, int64_t now_ms)
{
	if (*mended)
		return false;
	*mended = true;
	call->not_before_ms = now_ms;
	return now_ms < call->deadline_ms;
}

/* Whether the call is over; else it waits for its next attempt. */
static bool judge(struct call *call, const struct http_response *response, const struct aws_verdict *verdict,
		  int64_t now_ms)
{
	struct aws *aws = call->aws;

	call->err = verdict->err;
	switch (verdict->fault) {
	case AWS_FAULT_NONE:
		if (aws->budget < AWS_BUDGET_TOKENS)
			aws->budget += AWS_BUDGET_BACK;
		return true;
	case AWS_FAULT_THROTTLED:
	case AWS_FAULT_UNSENT:
		return !try_again(call, verdict->retry_after_ms, now_ms);
	case AWS_FAULT_BROKEN:
		call->maybe_done = true;
		return !call->may_repeat || !try_again(call, verdict->retry_after_ms, now_ms);
	case AWS_FAULT_EXPIRED:
		creds_say_ended(&aws->creds, call->generation);
		return !try_mended(call, &call->refreshed, now_ms);
	case AWS_FAULT_SIGNATURE:
		return !aws_answer_shows_skew(response, call->signed_unix_ms, clock_unix_ms(), &aws->clock_offset_ms) ||
		       !try_mended(call, &call->clock_corrected, now_ms);
	case AWS_FAULT_FINAL:
		break;
	}
	return true;
}

static void pump(struct aws *aws);

static void answered(void *owner, const struct http_response *response)
{
	struct call *call = owner;
	struct aws *aws = call->aws;
	struct sigv4_credentials credentials = creds_in_force(&aws->creds);
	struct aws_verdict verdict;
	struct aws_answer answer;

	call->http = NULL;
	aws->running--;
	aws_answer_judge(call->operation, response, &credentials, &aws->answer, &verdict);
	if (judge(call, response, &verdict, loop_now_ms(aws->loop))) {
		answer = (struct aws_answer){.status = response->status, .body = response->body, .json = verdict.json,
					     .xml = verdict.xml, .code = verdict.code, .request_id = verdict.request_id};
		unlink_call(aws, call);
		deliver(call, &answer);
	}
	arena_clear(&aws->answer);
	pump(aws);
}

/* ---- requests ---- */

static bool start(struct call *call, const struct sigv4_credentials *credentials, int64_t now_ms)
{
	struct aws *aws = call->aws;
	const struct aws_operation_row *row = &aws_operations[call->operation];
	int64_t left_ms = call->deadline_ms - now_ms;
	struct wire_request request = {
		.operation = call->operation,
		.endpoint = &aws->endpoints[row->service],
		.body = call->body,
		.credentials = credentials,
		.unix_ms = clock_unix_ms() + aws->clock_offset_ms,
		.timeout_ms = left_ms < row->time_ms ? left_ms : row->time_ms,
	};

	call->http = wire_start(&aws->wire, &request, answered, call, &call->err);
	if (!call->http)
		return err_wrap(&call->err, "%s %s", aws_services[row->service].name, row->name);
	call->signed_unix_ms = request.unix_ms;
	call->attempts++;
	aws->running++;
	return true;
}

static bool fail_late(struct call *call)
{
	const struct aws_operation_row *row = &aws_operations[call->operation];

	return call->err.code != ERR_NONE
		       ? false
		       : err_set(&call->err, ERR_TIMEOUT, "%s %s: there was no time left to send it",
				 aws_services[row->service].name, row->name);
}

/* Starts a call that may go. False when it is over, with call->err; *next_ms is lowered to when it is to be asked again. */
static bool advance(struct call *call, int64_t now_ms, int64_t *next_ms)
{
	struct aws *aws = call->aws;
	struct sigv4_credentials credentials;
	int64_t ready_ms = call->deadline_ms;

	if (call->http)
		return true;
	if (now_ms >= call->deadline_ms)
		return fail_late(call);
	if (call->not_before_ms > now_ms) {
		ready_ms = call->not_before_ms;
	} else if (aws->running < AWS_RUNNING_MAX) {
		switch (creds_take(&aws->creds, &credentials, &call->generation, &call->err)) {
		case CREDS_READY:
			return start(call, &credentials, now_ms);
		case CREDS_FAILED:
			return false;
		case CREDS_WAIT:
			break;
		}
	}
	/* What waits for a place or for credentials is asked again when there are, and has to end at its deadline. */
	if (*next_ms > ready_ms)
		*next_ms = ready_ms;
	return true;
}

static void pump(struct aws *aws)
{
	int64_t now_ms = loop_now_ms(aws->loop);
	int64_t next_ms = INT64_MAX;
	struct call **at = &aws->first;
	struct call **over = &aws->over;
	struct call *call;

	while (*over)
		over = &(*over)->next;
	while (*at) {
		if (advance(*at, now_ms, &next_ms)) {
			at = &(*at)->next;
			continue;
		}
		*over = take_off(aws, at);
		over = &(*over)->next;
		*over = NULL;
	}
	/* Completions may send more. */
	if (aws->over)
		next_ms = now_ms;
	while ((call = aws->over)) {
		struct aws_answer answer = {.body = STR_EMPTY, .code = STR_EMPTY, .request_id = STR_EMPTY};

		aws->over = call->next;
		deliver(call, &answer);
	}
	if (next_ms == INT64_MAX)
		loop_cancel_timer(aws->loop, &aws->timer);
	else
		loop_set_timer(aws->loop, &aws->timer, next_ms);
}

static void on_timer(void *owner, int64_t now_ms)
{
	(void)now_ms;
	pump(owner);
}

static void on_credentials(void *owner)
{
	pump(owner);
}

static bool write_body(struct aws *aws, const struct aws_request *request, struct json input, struct buf *body,
		       struct err *err)
{
	enum aws_service service = aws_operations[request->operation].service;

	if (aws_services[service].protocol == AWS_QUERY)
		return aws_operation_write_form(request->operation, input, &aws->answer, body, err) &&
		       buf_check(body, "the input", err);
	buf_add(body, request->input.len ? request->input : STR("{}"));
	return buf_check(body, "the input", err);
}

/* NULL with err. */
static struct call *copy(struct aws *aws, const struct aws_request *request, struct json input, struct err *err)
{
	const struct aws_operation_row *row = &aws_operations[request->operation];
	int64_t now_ms = loop_now_ms(aws->loop);
	struct call *call = NULL;
	struct buf body;

	buf_init(&body, AWS_INPUT_BYTES_MAX);
	if (write_body(aws, request, input, &body, err)) {
		call = calloc(1, sizeof(*call) + body.len);
		if (!call)
			err_set(err, ERR_MEMORY, "there is no memory for a request to AWS");
	}
	if (call) {
		memcpy(call->memory, body.ptr, body.len);
		call->aws = aws;
		call->operation = request->operation;
		call->done = request->done;
		call->owner = request->owner;
		call->body = str_make(call->memory, body.len);
		call->may_repeat = aws_operation_may_repeat(request->operation, input);
		call->deadline_ms = request->deadline_ms ? request->deadline_ms : now_ms + AWS_PATIENCE * row->time_ms;
		call->not_before_ms = now_ms;
		call->backoff = (struct backoff){.base_ms = aws_services[row->service].backoff_ms, .max_ms = AWS_BACKOFF_MAX_MS};
	}
	buf_release(&body);
	return call;
}

bool aws_send(struct aws *aws, const struct aws_request *request, struct err *err)
{
	const struct aws_operation_row *row = &aws_operations[request->operation];
	struct arena_mark mark = arena_mark(&aws->answer);
	struct json input = JSON_MISSING_VALUE;
	int64_t now_ms = loop_now_ms(aws->loop);
	struct call *call = NULL;
	bool ok = true;

	assert((unsigned)request->operation < AWS_OPERATION_COUNT && request->done);
	if (aws->count >= AWS_CALLS_MAX)
		return err_set(err, ERR_LIMIT, "%d requests to AWS are waiting already", AWS_CALLS_MAX);
	if (request->input.len)
		ok = json_parse(&aws->answer, request->input, &input, err);
	if (ok && request->input.len && json_type(input) != JSON_OBJECT)
		ok = err_set(err, ERR_INPUT, "the input has to be a JSON object, as {\"TableName\":\"discord_users\"}");
	if (ok)
		call = copy(aws, request, input, err);
	/* Within a completion the arena holds an answer too. */
	arena_rewind(&aws->answer, mark);
	if (!call)
		return err_wrap(err, "%s %s", aws_services[row->service].name, row->name);
	append(aws, call);
	if (aws->timer.slot == 0 || aws->timer.at_ms > now_ms)
		loop_set_timer(aws->loop, &aws->timer, now_ms);
	return true;
}

void aws_cancel(struct aws *aws, const void *owner)
{
	struct call **at = &aws->first;
	struct call *call;

	while ((call = *at)) {
		if (call->owner != owner) {
			at = &call->next;
			continue;
		}
		if (call->http) {
			http_cancel(call->http);
			aws->running--;
		}
		free(take_off(aws, at));
	}
	for (at = &aws->over; (call = *at);) {
		if (call->owner != owner) {
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
	struct aws_answer *answer;
	bool done;
};

static void wake(void *owner, const struct aws_answer *answer)
{
	struct waiter *waiter = owner;
	struct aws_answer *out = waiter->answer;

	waiter->done = true;
	*out = *answer;
	out->arena = waiter->arena;
	out->body = arena_str(waiter->arena, answer->body);
	out->code = arena_str(waiter->arena, answer->code);
	out->request_id = arena_str(waiter->arena, answer->request_id);
	out->json = JSON_MISSING_VALUE;
	out->xml = NULL;
}

/* What was read in the client's arena is read again in the caller's. */
static bool read_again(struct aws_answer *answer, struct err *err)
{
	struct xml *xml = NULL;

	if (answer->body.len && answer->body.ptr[0] == '<') {
		if (!xml_parse(answer->arena, answer->body, &xml, err))
			return false;
		answer->xml = xml;
		return true;
	}
	return answer->body.len == 0 || json_parse(answer->arena, answer->body, &answer->json, err);
}

bool aws_wait(struct aws *aws, const struct aws_request *request, struct arena *arena, struct aws_answer *answer,
	      struct err *err)
{
	struct waiter waiter = {.arena = arena, .answer = answer};
	struct aws_request own = *request;

	*answer = (struct aws_answer){.body = STR_EMPTY, .code = STR_EMPTY, .request_id = STR_EMPTY, .arena = arena};
	own.done = wake;
	own.owner = &waiter;
	if (!aws_send(aws, &own, &answer->err))
		waiter.done = true;
	while (!waiter.done) {
		if (!loop_turn(aws->loop, -1, &answer->err)) {
			aws_cancel(aws, &waiter);
			waiter.done = true;
		}
	}
	if (answer->err.code == ERR_NONE && arena_check(arena, "an answer of AWS", &answer->err))
		read_again(answer, &answer->err);
	if (answer->err.code != ERR_NONE && err)
		*err = answer->err;
	return answer->err.code == ERR_NONE;
}

/* ---- life ---- */

static bool read_attempts(struct aws *aws, const struct aws_environment *environment, struct err *err)
{
	struct str wanted = aws_environment_getc(environment, "AWS_MAX_ATTEMPTS");
	uint64_t attempts = AWS_ATTEMPTS;

	if (wanted.len && !str_to_u64(wanted, 1, AWS_ATTEMPTS_MAX, &attempts))
		return err_set(err, ERR_CONFIG, "AWS_MAX_ATTEMPTS has to be 1 to %d", AWS_ATTEMPTS_MAX);
	aws->attempts_max = (unsigned)attempts;
	return true;
}

/* Region and endpoints are those of the start; credentials are read anew with each refresh. */
static bool find_places(struct aws *aws, const struct aws_environment *environment, struct err *err)
{
	struct shared_files files;
	struct str region;
	bool ok = shared_files_read(&files, environment, err) && origin_region(environment, &files.profiles, &region, err);

	if (ok)
		aws->region = arena_str(&aws->arena, region);
	for (unsigned i = 0; ok && i < AWS_SERVICE_COUNT; i++) {
		struct endpoint *endpoint = &aws->endpoints[i];

		ok = endpoint_find((enum aws_service)i, aws->region, environment, &files.profiles, &aws->arena, endpoint, err);
		if (ok) {
			endpoint->base = arena_str(&aws->arena, endpoint->base);
			endpoint->host = arena_str(&aws->arena, endpoint->host);
			endpoint->path = arena_str(&aws->arena, endpoint->path);
		}
	}
	shared_files_release(&files);
	return ok && arena_check(&aws->arena, "the endpoints", err);
}

struct aws *aws_create(struct loop *loop, struct http *http, struct rng *rng, const struct aws_environment *environment,
		       struct err *err)
{
	struct aws *aws = calloc(1, sizeof(*aws));
	struct creds_settings settings;

	if (!aws) {
		err_set(err, ERR_MEMORY, "there is no memory for the client of AWS");
		return NULL;
	}
	aws->loop = loop;
	aws->rng = rng;
	aws->last = &aws->first;
	aws->budget = AWS_BUDGET_TOKENS;
	aws->timer = (struct loop_timer){.fire = on_timer, .owner = aws};
	arena_init(&aws->arena, AWS_PLACES_BYTES_MAX);
	arena_init(&aws->answer, AWS_ARENA_BYTES_MAX);
	if (!read_attempts(aws, environment, err) || !find_places(aws, environment, err)) {
		arena_release(&aws->arena);
		free(aws);
		return NULL;
	}
	wire_init(&aws->wire, http, aws->region);
	settings = (struct creds_settings){.loop = loop, .rng = rng, .environment = environment, .wire = &aws->wire,
					   .sts = &aws->endpoints[AWS_STS], .clock_offset_ms = &aws->clock_offset_ms,
					   .changed = on_credentials, .owner = aws};
	creds_init(&aws->creds, &settings);
	return aws;
}

void aws_free(struct aws *aws)
{
	if (!aws)
		return;
	while (aws->first)
		aws_cancel(aws, aws->first->owner);
	creds_release(&aws->creds);
	loop_cancel_timer(aws->loop, &aws->timer);
	wire_release(&aws->wire);
	arena_release(&aws->answer);
	arena_release(&aws->arena);
	free(aws);
}

int64_t aws_clock_offset_ms(const struct aws *aws)
{
	return aws->clock_offset_ms;
}

const char *aws_credentials_source(const struct aws *aws)
{
	return aws->creds.source;
}
