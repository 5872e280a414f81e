#include "aws/answer.h"

#include "base/limits.h"
#include "test.h"

static struct arena arena;

static const struct sigv4_credentials used = {{"AKID", 4}, {"the-secret", 10}, {"the-token", 9}};

static struct aws_verdict judge(enum aws_operation operation, int status, const char *headers, const char *body)
{
	struct http_response response = {.status = status, .headers = str_from(headers), .body = str_from(body)};
	struct aws_verdict verdict;

	aws_answer_judge(operation, &response, &used, &arena, &verdict);
	return verdict;
}

TEST(codes_are_found_wherever_a_service_puts_them)
{
	static const struct {
		const char *headers, *body;
	} cases[] = {
		{"", "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException\",\"message\":\"why\"}"},
		{"", "{\"__type\":\"ResourceNotFoundException\",\"Message\":\"why\"}"},
		{"", "{\"code\":\"ResourceNotFoundException\",\"message\":\"why\"}"},
		{"X-Amzn-ErrorType: ResourceNotFoundException:http://internal/\r\n", "{\"message\":\"why\"}"},
	};

	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct aws_verdict verdict = judge(AWS_GET_ITEM, 400, cases[i].headers, cases[i].body);

		CHECK(str_eqc(verdict.code, "ResourceNotFoundException") && str_eqc(verdict.message, "why"));
		CHECK_EQ_INT(verdict.fault, AWS_FAULT_FINAL);
		CHECK_EQ_INT(verdict.err.code, ERR_NOT_FOUND);
	}
	struct aws_verdict verdict = judge(AWS_GET_CALLER_IDENTITY, 403, "",
					   "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>m</Message></Error>"
					   "<RequestId>42</RequestId></ErrorResponse>");

	CHECK(str_eqc(verdict.code, "ExpiredToken") && str_eqc(verdict.request_id, "42"));
	CHECK_EQ_INT(verdict.fault, AWS_FAULT_EXPIRED);
	arena_release(&arena);
}

TEST(the_text_has_service_operation_code_message_and_request)
{
	struct aws_verdict verdict;

	arena_init(&arena, 1 << 20);
	verdict = judge(AWS_PUT_ITEM, 400, "x-amzn-RequestId: R-1\r\n", "{\"__type\":\"ValidationException\",\"message\":\"no table\\nmore\"}");
	CHECK_EQ_STR(verdict.err.text, "dynamodb PutItem: 400 ValidationException: no table (request R-1)");
	arena_release(&arena);
}

TEST(a_message_that_quotes_a_secret_is_left_out)
{
	static const char *const messages[] = {"{\"__type\":\"A\",\"message\":\"first the-token\"}", "{\"__type\":\"A\",\"message\":\"x the-secret\"}",
					       "{\"__type\":\"A\",\"message\":\"first\\nthe-token\"}"};

	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		struct aws_verdict verdict = judge(AWS_PUT_ITEM, 400, "", messages[i]);

		CHECK(!strstr(verdict.err.text, "the-token") && !strstr(verdict.err.text, "the-secret"));
		CHECK(str_eqc(verdict.code, "A"));
	}
	arena_release(&arena);
}

TEST(what_may_be_done_follows_from_code_and_status)
{
	static const struct {
		int status;
		const char *body;
		enum aws_fault fault;
		enum err_code code;
	} cases[] = {
		{200, "{}", AWS_FAULT_NONE, ERR_NONE},
		{200, "", AWS_FAULT_NONE, ERR_NONE},
		{200, "{\"a\":", AWS_FAULT_BROKEN, ERR_PROTO},
		{200, "<html>", AWS_FAULT_BROKEN, ERR_PROTO},
		{302, "", AWS_FAULT_BROKEN, ERR_PROTO},
		{400, "{\"__type\":\"ThrottlingException\"}", AWS_FAULT_THROTTLED, ERR_THROTTLED},
		{400, "{\"__type\":\"TransactionInProgressException\"}", AWS_FAULT_THROTTLED, ERR_THROTTLED},
		{400, "{\"__type\":\"ConditionalCheckFailedException\"}", AWS_FAULT_FINAL, ERR_CONFLICT},
		{400, "{\"__type\":\"InvalidSignatureException\"}", AWS_FAULT_SIGNATURE, ERR_REFUSED},
		{400, "{\"__type\":\"New\"}", AWS_FAULT_FINAL, ERR_INPUT},
		{403, "", AWS_FAULT_FINAL, ERR_REFUSED},
		{404, "<html>", AWS_FAULT_FINAL, ERR_NOT_FOUND},
		{408, "", AWS_FAULT_BROKEN, ERR_NET},
		{413, "", AWS_FAULT_FINAL, ERR_INPUT},
		{429, "", AWS_FAULT_THROTTLED, ERR_THROTTLED},
		{500, "{\"__type\":\"InternalServerError\"}", AWS_FAULT_BROKEN, ERR_NET},
		{503, "<html>", AWS_FAULT_BROKEN, ERR_NET},
	};

	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct aws_verdict verdict = judge(AWS_GET_ITEM, cases[i].status, "", cases[i].body);

		CHECK_EQ_INT(verdict.fault, cases[i].fault);
		CHECK_EQ_INT(verdict.err.code, cases[i].code);
	}
	arena_release(&arena);
}

TEST(a_failure_without_an_answer_may_have_been_carried_out_if_it_was_sent)
{
	struct http_response response = {.headers = STR_EMPTY, .body = STR_EMPTY, .maybe_sent = true};
	struct aws_verdict verdict;

	arena_init(&arena, 1 << 20);
	err_set(&response.err, ERR_NET, "reset");
	aws_answer_judge(AWS_GET_ITEM, &response, NULL, &arena, &verdict);
	CHECK_EQ_INT(verdict.fault, AWS_FAULT_BROKEN);
	CHECK_EQ_STR(verdict.err.text, "dynamodb GetItem: reset");
	response.maybe_sent = false;
	aws_answer_judge(AWS_GET_ITEM, &response, NULL, &arena, &verdict);
	CHECK_EQ_INT(verdict.fault, AWS_FAULT_UNSENT);
	err_set(&response.err, ERR_TLS, "untrusted");
	aws_answer_judge(AWS_GET_ITEM, &response, NULL, &arena, &verdict);
	CHECK_EQ_INT(verdict.fault, AWS_FAULT_FINAL);
	arena_release(&arena);
}

TEST(the_wait_that_a_service_asks_for_is_read_and_bounded)
{
	arena_init(&arena, 1 << 20);
	CHECK_EQ_INT(judge(AWS_GET_ITEM, 503, "Retry-After: 3\r\n", "").retry_after_ms, 3000);
	CHECK_EQ_INT(judge(AWS_GET_ITEM, 503, "x-amz-retry-after: 250\r\n", "").retry_after_ms, 250);
	CHECK_EQ_INT(judge(AWS_GET_ITEM, 503, "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n", "").retry_after_ms, 0);
	CHECK(judge(AWS_GET_ITEM, 503, "Retry-After: 999999\r\n", "").retry_after_ms <= AWS_RETRY_AFTER_MS_MAX);
	arena_release(&arena);
}

TEST(a_wrong_clock_is_seen_in_the_date)
{
	static const char headers[] = "Date: Wed, 21 Oct 2026 07:28:00 GMT\r\n"; /* 1792567680 */
	struct http_response response = {.headers = str_from(headers), .body = STR_EMPTY};
	int64_t offset = 1;

	CHECK(aws_answer_shows_skew(&response, 1792567680000 - 600000, 1792567680000 - 599000, &offset));
	CHECK_EQ_INT(offset, 599000);
	CHECK(aws_answer_shows_skew(&response, 1792567680000 + 600000, 1792567680000 + 600000, &offset));
	CHECK_EQ_INT(offset, -600000);
	CHECK(!aws_answer_shows_skew(&response, 1792567680000 + 60000, 1792567680000, &offset));
	response.headers = STR_EMPTY;
	CHECK(!aws_answer_shows_skew(&response, 0, 0, &offset));
}
