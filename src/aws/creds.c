#include "aws/creds.h"

#include <string.h>

#include "aws/answer.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/file.h"

#define INSTANCE_PATH "/latest/meta-data/iam/security-credentials/"

enum { STATUS_DONE = 200 };

static void advance(struct creds *creds);

static int64_t now_aws_ms(const struct creds *creds)
{
	return clock_unix_ms() + *creds->settings.clock_offset_ms;
}

static struct sigv4_credentials reveal(const struct aws_keys *keys)
{
	return (struct sigv4_credentials){secret_reveal(&keys->access_key_id), secret_reveal(&keys->secret_access_key),
					  secret_reveal(&keys->session_token)};
}

/* ---- the end of a refresh ---- */

static void forget_refresh(struct creds *creds)
{
	struct loop *loop = creds->settings.loop;

	if (creds->call)
		http_cancel(creds->call);
	creds->call = NULL;
	if (creds->step != CREDS_IDLE)
		loop_cancel_timer(loop, &creds->timer);
	creds->step = CREDS_IDLE;
	aws_keys_release(&creds->next);
	secret_release(&creds->token);
	shared_files_release(&creds->files);
	arena_clear(&creds->arena);
}

static bool are_good(const struct creds *creds)
{
	return creds->generation > 0 && !creds->ended && creds->keys.ends_unix_ms - AWS_EXPIRED_AHEAD_MS > now_aws_ms(creds);
}

static void plan_refresh(struct creds *creds)
{
	int64_t life_ms = creds->keys.ends_unix_ms - now_aws_ms(creds), wait_ms = life_ms - AWS_REFRESH_AHEAD_MS;

	if (creds->keys.ends_unix_ms == INT64_MAX)
		return;
	if (wait_ms < life_ms / 2)
		wait_ms = life_ms / 2;
	if (wait_ms < AWS_CREDENTIALS_PAUSE_MS)
		wait_ms = AWS_CREDENTIALS_PAUSE_MS;
	loop_set_timer(creds->settings.loop, &creds->timer, loop_now_ms(creds->settings.loop) + wait_ms);
}

static void tell(struct creds *creds)
{
	if (!creds->within_take)
		creds->settings.changed(creds->settings.owner);
}

static void succeed(struct creds *creds)
{
	aws_keys_release(&creds->keys);
	creds->keys = creds->next;
	creds->next = (struct aws_keys){.ends_unix_ms = INT64_MAX};
	creds->source = creds->origin.name;
	creds->generation++;
	creds->ended = false;
	err_clear(&creds->err);
	backoff_clear(&creds->pause);
	forget_refresh(creds);
	plan_refresh(creds);
	tell(creds);
}

/* creds->err says why. */
static void fail(struct creds *creds)
{
	int64_t now_ms = loop_now_ms(creds->settings.loop);

	forget_refresh(creds);
	creds->pause_until_ms = now_ms + backoff_next_ms(&creds->pause, AWS_CREDENTIALS_PAUSE_MS / 2, creds->settings.rng);
	if (are_good(creds))
		loop_set_timer(creds->settings.loop, &creds->timer, creds->pause_until_ms);
	tell(creds);
}

/* ---- steps ---- */

static void enter(struct creds *creds, enum creds_step step)
{
	creds->step = step;
	creds->attempts = 0;
	backoff_clear(&creds->backoff);
	advance(creds);
}

/* creds->next is filled: by the source, or by a role. */
static void go_on(struct creds *creds)
{
	if (creds->role < creds->origin.role_count) {
		enter(creds, CREDS_ROLE);
	} else if (creds->next.ends_unix_ms - AWS_EXPIRED_AHEAD_MS > now_aws_ms(creds)) {
		succeed(creds);
	} else {
		err_set(&creds->err, ERR_CONFIG, "credentials from %s have ended already: give new ones, or check this machine's "
						 "clock with 'date'", creds->origin.name);
		fail(creds);
	}
}

static const char *step_name(const struct creds *creds)
{
	return creds->step == CREDS_ROLE ? "assuming a role" : creds->origin.name;
}

/* Where nobody answers, there is no instance; what helps is to set up something else. */
static bool is_no_instance(const struct creds *creds, enum err_code code)
{
	return creds->step == CREDS_INSTANCE_TOKEN && (code == ERR_TIMEOUT || code == ERR_NET);
}

static void again_or_fail(struct creds *creds, bool may_help)
{
	unsigned most = creds->origin.kind == ORIGIN_INSTANCE ? AWS_INSTANCE_ATTEMPTS_MAX : AWS_CREDENTIALS_ATTEMPTS_MAX;
	struct loop *loop = creds->settings.loop;

	if (may_help && creds->attempts < most) {
		loop_set_timer(loop, &creds->timer,
			       loop_now_ms(loop) + backoff_next_ms(&creds->backoff, AWS_BACKOFF_MS / 4, creds->settings.rng));
		return;
	}
	if (is_no_instance(creds, creds->err.code))
		err_set(&creds->err, ERR_CONFIG, "there are no AWS credentials, and no EC2 instance's role either: set "
						 "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the "
						 "task or the instance a role");
	else
		err_wrap(&creds->err, "credentials from %s", step_name(creds));
	fail(creds);
}

static void answered_instance(struct creds *creds, const struct http_response *response)
{
	struct str line, rest;

	switch (creds->step) {
	case CREDS_INSTANCE_TOKEN:
		if (response->body.len == 0 || response->body.len > AWS_TOKEN_BYTES_MAX ||
		    !secret_set(&creds->token, str_trim(response->body))) {
			err_set(&creds->err, ERR_PROTO, "the answer has no token");
			again_or_fail(creds, false);
			return;
		}
		enter(creds, CREDS_INSTANCE_ROLE);
		return;
	default:
		str_cut(response->body, '\n', &line, &rest);
		creds->role_name = codec_percent(&creds->arena, str_trim(line));
		if (creds->role_name.len == 0 || creds->role_name.len > AWS_CREDENTIALS_BYTES_MAX) {
			err_set(&creds->err, ERR_PROTO, "the instance has no role: attach an instance profile to it");
			again_or_fail(creds, false);
			return;
		}
		enter(creds, CREDS_INSTANCE_KEYS);
		return;
	}
}

/* An answer of 200 to a step that is no call of STS. */
static void take(struct creds *creds, const struct http_response *response)
{
	switch (creds->step) {
	case CREDS_INSTANCE_TOKEN:
	case CREDS_INSTANCE_ROLE:
		answered_instance(creds, response);
		return;
	case CREDS_GITHUB:
		if (aws_keys_read_jwt(&creds->token, response->body, &creds->arena, &creds->err))
			enter(creds, CREDS_IDENTITY);
		else
			again_or_fail(creds, true);
		return;
	default:
		if (aws_keys_read_json(&creds->next, response->body, &creds->arena, &creds->err))
			go_on(creds);
		else
			again_or_fail(creds, true);
	}
}

static void answered(void *owner, const struct http_response *response)
{
	struct creds *creds = owner;

	creds->call = NULL;
	creds->err = response->err;
	if (response->err.code != ERR_NONE) {
		again_or_fail(creds, err_may_retry(&response->err) || response->err.code == ERR_PROTO);
	} else if (response->status != STATUS_DONE) {
		err_set(&creds->err, response->status == 401 || response->status == 403 ? ERR_REFUSED : ERR_NET,
			"it answered %d%s", response->status,
			creds->step == CREDS_INSTANCE_ROLE && response->status == 404
				? ": the instance has no role; attach an instance profile to it" : "");
		again_or_fail(creds, response->status >= 500 || response->status == 429);
	} else {
		take(creds, response);
	}
}

static void answered_sts(void *owner, const struct http_response *response)
{
	struct creds *creds = owner;
	enum aws_operation operation = creds->step == CREDS_ROLE ? AWS_ASSUME_ROLE : AWS_ASSUME_ROLE_WITH_WEB_IDENTITY;
	struct sigv4_credentials used = reveal(&creds->next);
	bool has_keys = creds->step == CREDS_ROLE, skewed;
	struct aws_verdict verdict;

	creds->call = NULL;
	aws_answer_judge(operation, response, has_keys ? &used : NULL, &creds->arena, &verdict);
	creds->err = verdict.err;
	if (verdict.fault == AWS_FAULT_NONE) {
		if (aws_keys_read_sts(&creds->next, aws_operations[operation].name, verdict.xml, &creds->err)) {
			creds->role += has_keys;
			go_on(creds);
		} else {
			again_or_fail(creds, false);
		}
		return;
	}
	skewed = verdict.fault == AWS_FAULT_SIGNATURE && !creds->clock_corrected &&
		 aws_answer_shows_skew(response, creds->signed_unix_ms, clock_unix_ms(), creds->settings.clock_offset_ms);
	creds->clock_corrected |= skewed;
	again_or_fail(creds, skewed || verdict.fault == AWS_FAULT_THROTTLED || verdict.fault == AWS_FAULT_BROKEN ||
				     verdict.fault == AWS_FAULT_UNSENT);
}

/* ---- requests ---- */

static bool start(struct creds *creds, const char *method, struct str url, struct http_header header, int64_t timeout_ms)
{
	struct http_header headers[] = {header, {STR("Accept"), STR("application/json")}};
	struct http_request request = {.method = method, .url = url, .headers = header.value.len ? headers : headers + 1,
				       .header_count = header.value.len ? 2 : 1, .body = STR_EMPTY, .timeout_ms = timeout_ms,
				       .body_bytes_max = AWS_CREDENTIALS_BYTES_MAX};

	if (!arena_check(&creds->arena, "the credentials", &creds->err))
		return false;
	creds->call = http_start(creds->settings.wire->http, &request, answered, creds, &creds->err);
	return creds->call != NULL;
}

/* A token out of a file, without the line break at its end; the secret is the caller's to release. */
static bool read_token(struct secret *token, struct str path, struct err *err)
{
	char memory[AWS_TOKEN_BYTES_MAX + 1];
	struct buf text;
	bool ok;

	buf_wrap(&text, memory, sizeof(memory));
	ok = file_read(path, false, &text, err);
	if (ok && str_trim(buf_str(&text)).len == 0)
		ok = err_set(err, ERR_CONFIG, "%.*s is empty", STR_ARG(path));
	if (ok && !secret_set(token, str_trim(buf_str(&text))))
		ok = err_set(err, ERR_MEMORY, "there is no memory for a token");
	secret_wipe(memory, sizeof(memory));
	return ok;
}

static bool start_container(struct creds *creds)
{
	struct origin *origin = &creds->origin;
	struct http_header header = {STR("Authorization"), origin->bearer};

	if (origin->bearer_file.len) {
		/* The file changes: it is read each time (EKS Pod Identity). */
		if (!read_token(&creds->token, origin->bearer_file, &creds->err))
			return err_wrap(&creds->err, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
		header.value = secret_reveal(&creds->token);
	}
	return start(creds, "GET", origin->url, header, AWS_CREDENTIALS_MS);
}

static bool start_instance(struct creds *creds)
{
	struct str base = creds->origin.url;
	struct http_header token = {STR("X-aws-ec2-metadata-token"), secret_reveal(&creds->token)};

	switch (creds->step) {
	case CREDS_INSTANCE_TOKEN:
		return start(creds, "PUT", arena_printf(&creds->arena, "%.*s/latest/api/token", STR_ARG(base)),
			     (struct http_header){STR("X-aws-ec2-metadata-token-ttl-seconds"),
						  arena_printf(&creds->arena, "%d", AWS_INSTANCE_TOKEN_S)}, AWS_INSTANCE_MS);
	case CREDS_INSTANCE_ROLE:
		return start(creds, "GET", arena_printf(&creds->arena, "%.*s" INSTANCE_PATH, STR_ARG(base)), token,
			     AWS_INSTANCE_MS);
	default:
		return start(creds, "GET", arena_printf(&creds->arena, "%.*s" INSTANCE_PATH "%.*s", STR_ARG(base),
							STR_ARG(creds->role_name)), token, AWS_INSTANCE_MS);
	}
}

static void add_parameter(struct buf *form, const char *name, struct str value, struct arena *arena)
{
	struct str encoded = codec_percent(arena, value);

	buf_printf(form, "&%s=", name);
	buf_add(form, encoded);
}

/* Web identity goes unsigned: the JWT is the proof. */
static bool start_sts(struct creds *creds)
{
	bool by_keys = creds->step == CREDS_ROLE;
	const struct origin_role *role = by_keys ? &creds->origin.roles[creds->role] : &creds->origin.identity;
	enum aws_operation operation = by_keys ? AWS_ASSUME_ROLE : AWS_ASSUME_ROLE_WITH_WEB_IDENTITY;
	struct sigv4_credentials keys = reveal(&creds->next);
	struct wire_request request = {.operation = operation, .endpoint = creds->settings.sts,
				       .credentials = by_keys ? &keys : NULL, .unix_ms = now_aws_ms(creds),
				       .timeout_ms = aws_operations[operation].time_ms};
	struct arena *arena = &creds->arena;
	struct buf form;

	if (!by_keys && creds->origin.kind == ORIGIN_TOKEN_FILE &&
	    !read_token(&creds->token, creds->origin.token_file, &creds->err))
		return false;
	buf_init(&form, AWS_CREDENTIALS_BYTES_MAX);
	buf_printf(&form, "Action=%s&Version=%s", aws_operations[operation].name, aws_services[AWS_STS].target);
	add_parameter(&form, "RoleArn", role->arn, arena);
	add_parameter(&form, "RoleSessionName", role->session_name, arena);
	add_parameter(&form, "DurationSeconds", arena_printf(arena, "%lld", (long long)role->duration_s), arena);
	if (role->external_id.len)
		add_parameter(&form, "ExternalId", role->external_id, arena);
	if (!by_keys)
		add_parameter(&form, "WebIdentityToken", secret_reveal(&creds->token), arena);
	request.body = buf_str(&form);
	if (buf_check(&form, "the request for a role", &creds->err) && arena_check(arena, "the request for a role", &creds->err))
		creds->call = wire_start(creds->settings.wire, &request, answered_sts, creds, &creds->err);
	creds->signed_unix_ms = request.unix_ms;
	if (form.ptr)
		secret_wipe(form.ptr, form.capacity);
	buf_release(&form);
	return creds->call != NULL;
}

static bool start_step(struct creds *creds)
{
	switch (creds->step) {
	case CREDS_GITHUB:
		return start(creds, "GET", creds->origin.url, (struct http_header){STR("Authorization"), creds->origin.bearer},
			     AWS_GITHUB_MS);
	case CREDS_CONTAINER:
		return start_container(creds);
	case CREDS_IDENTITY:
	case CREDS_ROLE:
		return start_sts(creds);
	default:
		return start_instance(creds);
	}
}

static void advance(struct creds *creds)
{
	creds->attempts++;
	if (start_step(creds))
		return;
	err_wrap(&creds->err, "credentials from %s", step_name(creds));
	fail(creds);
}

static void begin(struct creds *creds)
{
	static const enum creds_step first[] = {
		[ORIGIN_TOKEN_FILE] = CREDS_IDENTITY, [ORIGIN_GITHUB] = CREDS_GITHUB, [ORIGIN_CONTAINER] = CREDS_CONTAINER,
		[ORIGIN_INSTANCE] = CREDS_INSTANCE_TOKEN,
	};
	struct origin *origin = &creds->origin;

	creds->role = 0;
	creds->clock_corrected = false;
	if (!shared_files_read(&creds->files, creds->settings.environment, &creds->err) ||
	    !origin_find(creds->settings.environment, &creds->files.profiles, &creds->arena, origin, &creds->err)) {
		fail(creds);
	} else if (origin->kind != ORIGIN_KEYS) {
		enter(creds, first[origin->kind]);
	} else if (aws_keys_set(&creds->next, origin->keys.access_key_id, origin->keys.secret_access_key,
				origin->keys.session_token, STR_EMPTY, &creds->err)) {
		go_on(creds);
	} else {
		err_wrap(&creds->err, "credentials from %s", origin->name);
		fail(creds);
	}
}

static void on_timer(void *owner, int64_t now_ms)
{
	struct creds *creds = owner;

	(void)now_ms;
	if (creds->step == CREDS_IDLE)
		begin(creds);
	else
		advance(creds);
}

/* ---- for the owner ---- */

void creds_init(struct creds *creds, const struct creds_settings *settings)
{
	*creds = (struct creds){.settings = *settings, .source = ""};
	creds->timer = (struct loop_timer){.fire = on_timer, .owner = creds};
	creds->backoff = (struct backoff){.base_ms = AWS_BACKOFF_MS, .max_ms = AWS_BACKOFF_MAX_MS};
	creds->pause = (struct backoff){.base_ms = AWS_CREDENTIALS_PAUSE_MS, .max_ms = AWS_CREDENTIALS_PAUSE_MAX_MS};
	arena_init(&creds->arena, AWS_ORIGIN_BYTES_MAX);
}

void creds_release(struct creds *creds)
{
	forget_refresh(creds);
	loop_cancel_timer(creds->settings.loop, &creds->timer);
	aws_keys_release(&creds->keys);
	arena_release(&creds->arena);
}

struct sigv4_credentials creds_in_force(const struct creds *creds)
{
	return reveal(&creds->keys);
}

enum creds_state creds_take(struct creds *creds, struct sigv4_credentials *out, uint64_t *generation, struct err *err)
{
	if (!are_good(creds) && creds->step == CREDS_IDLE &&
	    (creds->err.code == ERR_NONE || loop_now_ms(creds->settings.loop) >= creds->pause_until_ms)) {
		loop_cancel_timer(creds->settings.loop, &creds->timer);
		creds->within_take = true;
		begin(creds);
		creds->within_take = false;
	}
	if (are_good(creds)) {
		*out = reveal(&creds->keys);
		*generation = creds->generation;
		return CREDS_READY;
	}
	if (creds->step != CREDS_IDLE)
		return CREDS_WAIT;
	*err = creds->err;
	return CREDS_FAILED;
}

void creds_say_ended(struct creds *creds, uint64_t generation)
{
	if (generation == creds->generation)
		creds->ended = true;
}
