#include "net/http.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "net/transfer.h"
#include "net/url.h"

enum call_state { CALL_IDLE, CALL_WAITING, CALL_RUNNING, CALL_ENDED };

/* What curl would add by itself and nobody asked for. */
static const char *const suppressed[] = {"Expect", "Accept", "Content-Type"};
enum { HEADERS_SUPPRESSED = sizeof(suppressed) / sizeof(suppressed[0]) };

struct http_call {
	struct http *http;
	struct http_call *prev, *next;
	enum call_state state;
	http_done *done;
	void *owner;

	struct buf request; /* the URL, then the body */
	struct url url;
	char method[16];
	struct str body;
	struct buf header_lines; /* each with a zero byte at its end */
	struct curl_slist headers[HTTP_REQUEST_HEADERS_MAX + HEADERS_SUPPRESSED];
	size_t header_count;
	size_t body_bytes_max;
	int64_t deadline_ms;

	struct transfer transfer;
	struct loop_timer timer; /* while it waits: the deadline; with an error in `failed`: at once */
	struct err failed;
	unsigned attempts; /* times that curl was about to send the request */
	bool headers_ended;
	struct buf answer_headers;
	struct buf answer_body;
};

struct call_list {
	struct http_call *first, *last;
	size_t count;
};

struct http {
	struct loop *loop;
	struct http_settings settings;
	struct roots *roots;
	struct call_list waiting, running, idle;
	unsigned busy; /* completions under way */
	bool doomed;   /* http_free was called from within one */
};

static void list_add(struct call_list *list, struct http_call *call)
{
	call->prev = list->last;
	call->next = NULL;
	if (list->last)
		list->last->next = call;
	else
		list->first = call;
	list->last = call;
	list->count++;
}

static void list_remove(struct call_list *list, struct http_call *call)
{
	if (call->prev)
		call->prev->next = call->next;
	else
		list->first = call->next;
	if (call->next)
		call->next->prev = call->prev;
	else
		list->last = call->prev;
	list->count--;
}

struct http *http_create(struct loop *loop, const struct http_settings *settings, struct err *err)
{
	struct http *http = calloc(1, sizeof(*http));

	if (!http) {
		err_set(err, ERR_MEMORY, "no memory for the HTTP client");
		return NULL;
	}
	http->loop = loop;
	http->settings = *settings;
	http->roots = roots_create(settings->ca_pem, err);
	if (!http->roots) {
		free(http);
		return NULL;
	}
	return http;
}

struct loop *http_loop(const struct http *http)
{
	return http->loop;
}

const char *http_user_agent(const struct http *http)
{
	return http->settings.user_agent;
}

bool http_transfer_init(struct http *http, struct transfer *transfer, struct err *err)
{
	return transfer_init(transfer, http->loop, http->roots, http->settings.user_agent, err);
}

static void call_free(struct http_call *call)
{
	loop_cancel_timer(call->http->loop, &call->timer);
	transfer_release(&call->transfer);
	buf_release(&call->request);
	buf_release(&call->header_lines);
	buf_release(&call->answer_headers);
	buf_release(&call->answer_body);
	free(call);
}

static void list_free(struct call_list *list)
{
	struct http_call *call = list->first;

	*list = (struct call_list){0};
	while (call) {
		struct http_call *next = call->next;

		call_free(call);
		call = next;
	}
}

void http_free(struct http *http)
{
	if (!http)
		return;
	list_free(&http->waiting);
	list_free(&http->running);
	list_free(&http->idle);
	roots_free(http->roots);
	http->doomed = http->busy > 0;
	if (!http->doomed)
		free(http);
}

static void keep_small(struct buf *buf)
{
	if (buf->capacity > HTTP_KEPT_BYTES_MAX)
		buf_release(buf);
	else
		buf_clear(buf);
}

/* Makes an ended call ready for the next request, or frees it. */
static void call_recycle(struct http_call *call)
{
	struct http *http = call->http;

	if (http->doomed || http->idle.count >= HTTP_KEPT_CALLS_MAX || !call->transfer.easy) {
		call_free(call);
		return;
	}
	loop_cancel_timer(http->loop, &call->timer);
	call->header_count = 0;
	keep_small(&call->request);
	keep_small(&call->header_lines);
	keep_small(&call->answer_headers);
	keep_small(&call->answer_body);
	call->state = CALL_IDLE;
	list_add(&http->idle, call);
}

static bool call_start(struct http_call *call, struct err *err);

/* Lets the request that waits longest take a free place. */
static void start_waiting(struct http *http)
{
	while (http->waiting.first && http->running.count < HTTP_RUNNING_MAX) {
		struct http_call *call = http->waiting.first;

		if (call->failed.code)
			return;
		if (!call_start(call, &call->failed))
			loop_set_timer(http->loop, &call->timer, loop_now_ms(http->loop));
	}
}

static bool is_repeatable(const char *method)
{
	static const char *const methods[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(method, methods[i]) == 0)
			return true;
	return false;
}

static long bytes_sent(const struct http_call *call)
{
	long bytes = 0;

	curl_easy_getinfo(call->transfer.easy, CURLINFO_REQUEST_SIZE, &bytes);
	return bytes;
}

/*
 * curl calls this each time it has a connection and is about to send. When a kept connection dies without a byte of an
 * answer, curl 8.14 silently sends the request again (Curl_retry_request); it may have arrived, so what must not be
 * doubled is stopped here. Bytes count as sent once the socket, or the TLS engine with a whole record, took them.
 */
static int before_request(void *clientp, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
	struct http_call *call = clientp;

	(void)remote_ip, (void)local_ip, (void)remote_port, (void)local_port;
	call->attempts++;
	if (call->attempts > 1 && bytes_sent(call) > 0 && !is_repeatable(call->method))
		return CURL_PREREQFUNC_ABORT;
	return CURL_PREREQFUNC_OK;
}

static size_t take_header(char *data, size_t size, size_t count, void *userdata)
{
	struct http_call *call = userdata;
	struct str line = str_make(data, size * count);

	if (str_starts(line, STR("HTTP/"))) {
		/* An interim answer (1xx) came before. */
		buf_clear(&call->answer_headers);
		call->headers_ended = false;
	} else if (str_trim(line).len == 0) {
		call->headers_ended = true;
	}
	if (call->headers_ended)
		return line.len;
	return buf_add(&call->answer_headers, line) ? line.len : CURL_WRITEFUNC_ERROR;
}

static size_t take_body(char *data, size_t size, size_t count, void *userdata)
{
	struct http_call *call = userdata;

	return buf_add(&call->answer_body, str_make(data, size * count)) ? size * count : CURL_WRITEFUNC_ERROR;
}

static void call_error(const struct http_call *call, CURLcode code, struct err *err)
{
	struct str authority = call->url.authority;

	if (code == CURLE_WRITE_ERROR && call->answer_headers.full)
		err_set(err, ERR_LIMIT, "%.*s sent more headers than %d bytes", STR_ARG(authority), HTTP_HEADERS_BYTES_MAX);
	else if (code == CURLE_WRITE_ERROR && call->answer_body.full)
		err_set(err, ERR_LIMIT, "%.*s sent more than the %zu bytes that are taken", STR_ARG(authority),
			call->body_bytes_max);
	else if (code == CURLE_ABORTED_BY_CALLBACK)
		err_set(err, ERR_NET, "%.*s closed the connection instead of answering: try again, and check a proxy between",
			STR_ARG(authority));
	else
		transfer_error(&call->transfer, (int)code, authority, err);
}

/* Ends the call: its place is free before `done` may ask for more. */
static void call_complete(struct http_call *call, struct call_list *list, const struct http_response *response)
{
	struct http *http = call->http;

	list_remove(list, call);
	loop_cancel_timer(http->loop, &call->timer);
	transfer_stop(&call->transfer);
	call->state = CALL_ENDED;
	start_waiting(http);
	http->busy++;
	call->done(call->owner, response);
	http->busy--;
	call_recycle(call);
	if (http->doomed && http->busy == 0)
		free(http);
}

static void call_finished(void *owner, int curl_code)
{
	struct http_call *call = owner;
	CURLcode code = (CURLcode)curl_code;
	struct http_response response = {.headers = buf_str(&call->answer_headers), .body = buf_str(&call->answer_body)};
	long status = 0;

	if (code == CURLE_OK) {
		curl_easy_getinfo(call->transfer.easy, CURLINFO_RESPONSE_CODE, &status);
		response.status = (int)status;
	} else {
		call_error(call, code, &response.err);
		/* A write that failed before its first byte did not reach anybody; everything else after the start may have. */
		response.maybe_sent = call->attempts > 0 && !(code == CURLE_SEND_ERROR && bytes_sent(call) == 0);
		response.headers = response.body = STR_EMPTY;
	}
	call_complete(call, &call->http->running, &response);
}

/* Nothing was sent yet: the time is over, or the start failed. */
static void call_expired(void *owner, int64_t now_ms)
{
	struct http_call *call = owner;
	struct http_response response = {.headers = STR_EMPTY, .body = STR_EMPTY, .err = call->failed};

	(void)now_ms;
	if (!response.err.code)
		err_set(&response.err, ERR_TIMEOUT, "%.*s: too many requests were before this one",
			STR_ARG(call->url.authority));
	call_complete(call, &call->http->waiting, &response);
}

static bool set_method(struct http_call *call)
{
	CURL *easy = call->transfer.easy;
	const char *method = call->method;
	bool has_body = call->body.len > 0 || strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
			strcmp(method, "PATCH") == 0;
	CURLcode code;

	code = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, NULL);
	if (!code && strcmp(method, "HEAD") == 0)
		return curl_easy_setopt(easy, CURLOPT_NOBODY, 1L) == CURLE_OK;
	if (!code)
		code = curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	if (!code && has_body)
		code = curl_easy_setopt(easy, CURLOPT_POST, 1L);
	if (!code && has_body)
		code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
	if (!code && has_body)
		code = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body.ptr);
	if (!code)
		code = curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
	return code == CURLE_OK;
}

static bool set_callbacks(struct http_call *call)
{
	CURL *easy = call->transfer.easy;
	CURLcode code = CURLE_OK;

#define SET(option, value) (code = code ? code : curl_easy_setopt(easy, (option), (value)))
	SET(CURLOPT_HEADERFUNCTION, take_header);
	SET(CURLOPT_HEADERDATA, call);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, call);
	SET(CURLOPT_PREREQFUNCTION, before_request);
	SET(CURLOPT_PREREQDATA, call);
#undef SET
	return code == CURLE_OK;
}

/* From the waiting list to curl. */
static bool call_start(struct http_call *call, struct err *err)
{
	struct http *http = call->http;
	struct transfer *transfer = &call->transfer;
	int64_t left_ms = call->deadline_ms - loop_now_ms(http->loop);

	if (left_ms <= 0)
		return err_set(err, ERR_TIMEOUT, "%.*s: too many requests were before this one", STR_ARG(call->url.authority));
	if (!transfer->easy) {
		if (!http_transfer_init(http, transfer, err))
			return false;
		transfer->finished = call_finished;
		transfer->owner = call;
		if (!set_callbacks(call)) {
			transfer_release(transfer);
			return err_set(err, ERR_MEMORY, "a request cannot be set up");
		}
	}
	if (!transfer_set_url(transfer, &call->url, left_ms < HTTP_CONNECT_MS ? left_ms : HTTP_CONNECT_MS, err))
		return false;
	if (!set_method(call) || curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, call->headers) ||
	    curl_easy_setopt(transfer->easy, CURLOPT_TIMEOUT_MS, (long)left_ms))
		return err_set(err, ERR_MEMORY, "a request cannot be set up");
	if (!transfer_start(transfer, err))
		return false;
	loop_cancel_timer(http->loop, &call->timer);
	list_remove(&http->waiting, call);
	list_add(&http->running, call);
	call->state = CALL_RUNNING;
	return true;
}

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("!#$%&'*+-.^_`|~", c))))
			return false;
	}
	return s.len > 0;
}

static bool is_header_value(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.ptr[i] < ' ' && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
			return false;
	return true;
}

static bool append_line(struct http_call *call, struct str name, const char *sign, struct str value)
{
	struct buf *lines = &call->header_lines;

	call->header_count++;
	return buf_add(lines, name) && buf_addc(lines, sign) && buf_add(lines, value) && buf_add_char(lines, '\0');
}

static bool has_header(const struct http_request *request, struct str name)
{
	for (size_t i = 0; i < request->header_count; i++)
		if (str_eq_nocase(request->headers[i].name, name))
			return true;
	return false;
}

/* The lines as the list that curl reads while the request runs. */
static void link_headers(struct http_call *call)
{
	char *line = call->header_lines.ptr;

	for (size_t i = 0; i < call->header_count; i++) {
		struct curl_slist *next = i + 1 < call->header_count ? &call->headers[i + 1] : NULL;

		call->headers[i] = (struct curl_slist){.data = line, .next = next};
		line += strlen(line) + 1;
	}
}

static bool copy_headers(struct http_call *call, const struct http_request *request, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; i < request->header_count; i++) {
		const struct http_header *header = &request->headers[i];

		if (!is_token(header->name) || !is_header_value(header->value))
			return err_set(err, ERR_INPUT, "a header of a request to %.*s is not one line of text",
				       STR_ARG(call->url.authority));
		/* curl's own notation: "Name;" for a header without a value, "Name:" for none at all. */
		ok = ok && append_line(call, header->name, header->value.len ? ": " : ";", header->value);
	}
	for (size_t i = 0; i < HEADERS_SUPPRESSED; i++)
		if (!has_header(request, str_from(suppressed[i])))
			ok = ok && append_line(call, str_from(suppressed[i]), ":", STR_EMPTY);
	if (!ok)
		return buf_check(&call->header_lines, "the header of a request", err);
	link_headers(call);
	return true;
}

static bool call_copy(struct http_call *call, const struct http_request *request, struct err *err)
{
	if (!is_token(str_from(request->method)) ||
	    !str_to_cstr(str_from(request->method), call->method, sizeof(call->method)))
		return err_set(err, ERR_INPUT, "an HTTP method is not a word of at most %zu letters", sizeof(call->method) - 1);
	if (request->header_count > HTTP_REQUEST_HEADERS_MAX)
		return err_set(err, ERR_INPUT, "a request has more than %d headers", HTTP_REQUEST_HEADERS_MAX);
	if (request->body.len > HTTP_REQUEST_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "a request of %zu bytes is larger than %u", request->body.len,
			       HTTP_REQUEST_BYTES_MAX);
	if (!buf_reserve(&call->request, request->url.len + request->body.len))
		return err_set(err, ERR_MEMORY, "no memory for a request");
	buf_add(&call->request, request->url);
	buf_add(&call->request, request->body);
	if (!url_parse(str_take(buf_str(&call->request), request->url.len), &call->url, err))
		return false;
	call->body = str_skip(buf_str(&call->request), request->url.len);
	return copy_headers(call, request, err);
}

static struct http_call *call_take(struct http *http, struct err *err)
{
	struct http_call *call = http->idle.first;

	if (call) {
		list_remove(&http->idle, call);
		return call;
	}
	call = calloc(1, sizeof(*call));
	if (!call) {
		err_set(err, ERR_MEMORY, "no memory for a request");
		return NULL;
	}
	call->http = http;
	call->timer = (struct loop_timer){.fire = call_expired, .owner = call};
	buf_init(&call->request, URL_BYTES_MAX + HTTP_REQUEST_BYTES_MAX);
	buf_init(&call->header_lines, HTTP_HEADERS_BYTES_MAX);
	buf_init(&call->answer_headers, HTTP_HEADERS_BYTES_MAX);
	return call;
}

struct http_call *http_start(struct http *http, const struct http_request *request, http_done *done, void *owner,
			     struct err *err)
{
	struct http_call *call;

	assert(!http->doomed);
	if (http->waiting.count >= HTTP_WAITING_MAX) {
		err_set(err, ERR_LIMIT, "%d requests wait already", HTTP_WAITING_MAX);
		return NULL;
	}
	call = call_take(http, err);
	if (!call)
		return NULL;
	if (!call_copy(call, request, err)) {
		call->state = CALL_ENDED;
		call_recycle(call);
		return NULL;
	}
	call->done = done;
	call->owner = owner;
	call->attempts = 0;
	call->headers_ended = false;
	call->body_bytes_max = request->body_bytes_max;
	call->answer_body.bytes_max = request->body_bytes_max;
	if (call->answer_body.capacity > request->body_bytes_max)
		buf_release(&call->answer_body);
	err_clear(&call->failed);
	call->deadline_ms = loop_now_ms(http->loop) + request->timeout_ms;
	call->state = CALL_WAITING;
	list_add(&http->waiting, call);
	loop_set_timer(http->loop, &call->timer, call->deadline_ms);
	start_waiting(http);
	return call;
}

void http_cancel(struct http_call *call)
{
	struct http *http = call->http;

	assert(call->state == CALL_WAITING || call->state == CALL_RUNNING);
	list_remove(call->state == CALL_WAITING ? &http->waiting : &http->running, call);
	transfer_stop(&call->transfer);
	call->state = CALL_ENDED;
	call_recycle(call);
	start_waiting(http);
}

struct wait {
	struct arena *arena;
	struct http_response *response;
	bool ended;
};

static void wait_done(void *owner, const struct http_response *response)
{
	struct wait *wait = owner;

	wait->ended = true;
	*wait->response = *response;
	wait->response->headers = arena_str(wait->arena, response->headers);
	wait->response->body = arena_str(wait->arena, response->body);
	if (!response->err.code)
		arena_check(wait->arena, "an answer", &wait->response->err);
}

bool http_wait(struct http *http, const struct http_request *request, struct arena *arena,
	       struct http_response *response, struct err *err)
{
	struct wait wait = {.arena = arena, .response = response};
	struct http_call *call;

	*response = (struct http_response){.headers = STR_EMPTY, .body = STR_EMPTY};
	call = http_start(http, request, wait_done, &wait, &response->err);
	while (call && !wait.ended) {
		if (!loop_turn(http->loop, -1, &response->err)) {
			http_cancel(call);
			break;
		}
	}
	if (response->err.code && err)
		*err = response->err;
	return !response->err.code;
}

struct str http_response_header(const struct http_response *response, const char *name)
{
	struct str rest = response->headers;
	struct str line, head, value;

	while (str_next(&rest, '\n', &line))
		if (str_cut(line, ':', &head, &value) && str_eq_nocase(head, str_from(name)))
			return str_trim(value);
	return STR_EMPTY;
}

bool http_url_allowed(struct str url, struct err *err)
{
	struct url parsed;

	return url_parse(url, &parsed, err);
}
