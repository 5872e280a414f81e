#include "aws/answer.h"

#include <string.h>

#include "base/clock.h"
#include "base/codec.h"

#define CHECK_IDENTITY "see who asks with: homuhomu aws sts GetCallerIdentity"
#define CHECK_KEYS "check the access key and its secret (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, or the profile)"

struct code_row {
	const char *code;
	enum aws_fault fault;
	enum err_code err;
	const char *advice; /* or NULL */
};

/* Codes of every service; what is not here is judged by its status. */
static const struct code_row codes[] = {
	{"AccessDenied", AWS_FAULT_FINAL, ERR_REFUSED, "allow it in the policy of that identity; " CHECK_IDENTITY},
	{"AccessDeniedException", AWS_FAULT_FINAL, ERR_REFUSED, "allow it in the policy of that identity; " CHECK_IDENTITY},
	{"AuthFailure", AWS_FAULT_SIGNATURE, ERR_REFUSED, CHECK_KEYS},
	{"BandwidthLimitExceeded", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"ConditionalCheckFailedException", AWS_FAULT_FINAL, ERR_CONFLICT, NULL},
	{"EC2ThrottledException", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"ExpiredToken", AWS_FAULT_EXPIRED, ERR_REFUSED, "the session has ended: sign in again, or give new credentials"},
	{"ExpiredTokenException", AWS_FAULT_EXPIRED, ERR_REFUSED, "the session has ended: sign in again, or give new credentials"},
	{"IDPCommunicationError", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"IncompleteSignature", AWS_FAULT_FINAL, ERR_REFUSED, CHECK_KEYS},
	{"InternalFailure", AWS_FAULT_BROKEN, ERR_NET, NULL},
	{"InternalServerError", AWS_FAULT_BROKEN, ERR_NET, NULL},
	{"InvalidClientTokenId", AWS_FAULT_FINAL, ERR_REFUSED, CHECK_KEYS},
	{"InvalidSignatureException", AWS_FAULT_SIGNATURE, ERR_REFUSED, CHECK_KEYS},
	{"LimitExceededException", AWS_FAULT_FINAL, ERR_LIMIT, NULL},
	{"MissingAuthenticationToken", AWS_FAULT_FINAL, ERR_REFUSED, CHECK_KEYS},
	{"ParameterNotFound", AWS_FAULT_FINAL, ERR_NOT_FOUND, "check the name and the region (AWS_REGION)"},
	{"PriorRequestNotComplete", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"ProvisionedThroughputExceededException", AWS_FAULT_THROTTLED, ERR_THROTTLED,
	 "the table has too little capacity: raise it, or let the table bill on demand"},
	{"RequestExpired", AWS_FAULT_SIGNATURE, ERR_REFUSED, "check this machine's clock with 'date'"},
	{"RequestInTheFuture", AWS_FAULT_SIGNATURE, ERR_REFUSED, "check this machine's clock with 'date'"},
	{"RequestLimitExceeded", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"RequestThrottled", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"RequestThrottledException", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"RequestTimeTooSkewed", AWS_FAULT_SIGNATURE, ERR_REFUSED, "check this machine's clock with 'date'"},
	{"RequestTimeout", AWS_FAULT_BROKEN, ERR_TIMEOUT, NULL},
	{"RequestTimeoutException", AWS_FAULT_BROKEN, ERR_TIMEOUT, NULL},
	{"ResourceNotFoundException", AWS_FAULT_FINAL, ERR_NOT_FOUND, "check the name and the region (AWS_REGION)"},
	{"ServiceUnavailable", AWS_FAULT_BROKEN, ERR_NET, NULL},
	{"SignatureDoesNotMatch", AWS_FAULT_SIGNATURE, ERR_REFUSED, CHECK_KEYS},
	{"SlowDown", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"ThrottledException", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"Throttling", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"ThrottlingException", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"TooManyRequestsException", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"TransactionCanceledException", AWS_FAULT_FINAL, ERR_CONFLICT, NULL},
	{"TransactionConflictException", AWS_FAULT_FINAL, ERR_CONFLICT, NULL},
	{"TransactionInProgressException", AWS_FAULT_THROTTLED, ERR_THROTTLED, NULL},
	{"UnrecognizedClientException", AWS_FAULT_FINAL, ERR_REFUSED, CHECK_KEYS},
	{"ValidationException", AWS_FAULT_FINAL, ERR_INPUT, NULL},
};

static const struct code_row *find_code(struct str code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (str_eqc(code, codes[i].code))
			return &codes[i];
	return NULL;
}

static struct code_row judge_status(int status)
{
	struct code_row row = {"", AWS_FAULT_FINAL, ERR_INPUT, NULL};

	if (status == 429) {
		row.fault = AWS_FAULT_THROTTLED;
		row.err = ERR_THROTTLED;
	} else if (status == 408 || status >= 500) {
		row.fault = AWS_FAULT_BROKEN;
		row.err = ERR_NET;
	} else if (status == 401 || status == 403) {
		row.err = ERR_REFUSED;
	} else if (status == 404) {
		row.err = ERR_NOT_FOUND;
	} else if (status < 400) {
		row.fault = AWS_FAULT_BROKEN;
		row.err = ERR_PROTO;
	}
	return row;
}

/* "com.amazonaws.dynamodb.v20120810#Name" and "Name:http://…" are both Name. */
static struct str bare_code(struct str code)
{
	struct str head, tail;

	if (str_cut(code, '#', &head, &tail))
		code = tail;
	str_cut(code, ':', &head, &tail);
	return str_trim(head);
}

static void read_json_error(const struct http_response *response, struct arena *arena, struct aws_verdict *verdict)
{
	struct str header = http_response_header(response, "x-amzn-errortype");
	struct str type = json_text_or(json_get(verdict->json, "__type"), arena,
				       json_text_or(json_get(verdict->json, "code"), arena, STR_EMPTY));

	verdict->code = bare_code(header.len ? header : type);
	verdict->message = json_text_or(json_get(verdict->json, "message"), arena,
					json_text_or(json_get(verdict->json, "Message"), arena, STR_EMPTY));
}

/* <ErrorResponse><Error><Code>…</Code><Message>…</Message></Error><RequestId>…</RequestId></ErrorResponse> */
static void read_xml_error(struct aws_verdict *verdict)
{
	const struct xml *error = xml_get(verdict->xml, "Error");

	verdict->code = xml_text(xml_get(error, "Code"));
	verdict->message = xml_text(xml_get(error, "Message"));
	if (!verdict->request_id.len)
		verdict->request_id = xml_text(xml_get(verdict->xml, "RequestId"));
}

static void read_request_id(const struct http_response *response, struct aws_verdict *verdict)
{
	static const char *const names[] = {"x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !verdict->request_id.len; i++)
		verdict->request_id = http_response_header(response, names[i]);
}

static void read_retry_after(const struct http_response *response, struct aws_verdict *verdict)
{
	struct str seconds = http_response_header(response, "retry-after");
	uint64_t ms;

	/* A date there is not read: AWS sends seconds. */
	if (!str_seconds_to_ms(seconds, AWS_RETRY_AFTER_MS_MAX, &verdict->retry_after_ms) &&
	    str_to_u64(http_response_header(response, "x-amz-retry-after"), 0, AWS_RETRY_AFTER_MS_MAX, &ms))
		verdict->retry_after_ms = (int64_t)ms;
}

static bool holds(struct str text, struct str secret)
{
	return secret.len && str_find(text, secret) >= 0;
}

static struct str quotable(struct str message, const struct sigv4_credentials *credentials)
{
	struct str line, rest;

	str_cut(message, '\n', &line, &rest);
	line = codec_clip(str_trim(line), AWS_QUOTED_BYTES_MAX);
	if (credentials && (holds(line, credentials->session_token) || holds(line, credentials->secret_access_key)))
		return STR_EMPTY;
	return line;
}

static void tell(enum aws_operation operation, int status, const struct code_row *row, struct aws_verdict *verdict)
{
	const struct aws_operation_row *call = &aws_operations[operation];
	struct str id = codec_clip(verdict->request_id, AWS_REQUEST_ID_BYTES_MAX);

	err_set(&verdict->err, row->err, "%s %s: %d%s%.*s%s%.*s%s%.*s%s%s%s", aws_services[call->service].name, call->name, status,
		verdict->code.len ? " " : "", STR_ARG(verdict->code), verdict->message.len ? ": " : "", STR_ARG(verdict->message),
		id.len ? " (request " : "", STR_ARG(id), id.len ? ")" : "", row->advice ? "; " : "", row->advice ? row->advice : "");
}

static void judge_failure(enum aws_operation operation, const struct http_response *response, struct aws_verdict *verdict)
{
	const struct aws_operation_row *call = &aws_operations[operation];

	verdict->err = response->err;
	err_wrap(&verdict->err, "%s %s", aws_services[call->service].name, call->name);
	if (!err_may_retry(&response->err) && response->err.code != ERR_PROTO)
		verdict->fault = AWS_FAULT_FINAL;
	else
		verdict->fault = response->maybe_sent ? AWS_FAULT_BROKEN : AWS_FAULT_UNSENT;
}

/* False for a body that is not whole, or none of the protocol. */
static bool read_body(enum aws_protocol protocol, struct str body, struct arena *arena, struct aws_verdict *verdict,
		      struct err *err)
{
	struct xml *root = NULL;
	bool ok;

	if (protocol != AWS_QUERY)
		return body.len == 0 || json_parse(arena, body, &verdict->json, err);
	ok = xml_parse(arena, body, &root, err);
	verdict->xml = root;
	return ok;
}

void aws_answer_judge(enum aws_operation operation, const struct http_response *response,
		      const struct sigv4_credentials *credentials, struct arena *arena, struct aws_verdict *verdict)
{
	const struct aws_service_row *service = &aws_services[aws_operations[operation].service];
	const struct code_row *known;
	struct code_row row;
	struct err why = {.code = ERR_NONE};
	bool whole;

	*verdict = (struct aws_verdict){.code = STR_EMPTY, .message = STR_EMPTY, .request_id = STR_EMPTY};
	if (response->err.code != ERR_NONE) {
		judge_failure(operation, response, verdict);
		return;
	}
	read_request_id(response, verdict);
	read_retry_after(response, verdict);
	whole = read_body(service->protocol, response->body, arena, verdict, &why);
	if (response->status >= 200 && response->status < 300) {
		if (whole)
			return;
		verdict->fault = why.code == ERR_LIMIT ? AWS_FAULT_FINAL : AWS_FAULT_BROKEN;
		err_set(&verdict->err, why.code == ERR_LIMIT ? ERR_LIMIT : ERR_PROTO, "%s %s: the answer cannot be read: %s",
			service->name, aws_operations[operation].name, why.text);
		return;
	}
	if (service->protocol == AWS_QUERY)
		read_xml_error(verdict);
	else
		read_json_error(response, arena, verdict);
	verdict->message = quotable(verdict->message, credentials);
	known = find_code(verdict->code);
	row = known ? *known : judge_status(response->status);
	verdict->fault = row.fault;
	tell(operation, response->status, &row, verdict);
}

bool aws_answer_shows_skew(const struct http_response *response, int64_t signed_unix_ms, int64_t now_unix_ms,
			   int64_t *offset_ms)
{
	int64_t date_ms;

	if (!clock_parse_http_date(http_response_header(response, "date"), &date_ms) ||
	    (date_ms - signed_unix_ms < AWS_SKEW_MS && signed_unix_ms - date_ms < AWS_SKEW_MS))
		return false;
	*offset_ms = date_ms - now_unix_ms;
	return true;
}
