#include "aws/sigv4.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/file.h"
#include "base/json_read.h"
#include "test.h"

#define VECTORS "../shared/aws/sigv4/v4"

static const struct sigv4_credentials example = {
	.access_key_id = {"AKIDEXAMPLE", 11},
	.secret_access_key = {"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", 40},
};

enum { EXAMPLE_S = 1440938160 }; /* 2015-08-30T12:36:00Z */

static struct str header(const struct sigv4_request *request, const char *name)
{
	for (size_t i = 0; i < request->header_count; i++)
		if (str_eqc(request->headers[i].name, name))
			return request->headers[i].value;
	return STR_EMPTY;
}

static bool ends_with(struct str text, const char *end)
{
	return str_ends(text, str_from(end));
}

static struct sigv4_request get(const char *path, const char *query)
{
	static char payload[SIGV4_PAYLOAD_SIZE];

	return (struct sigv4_request){.method = STR("GET"), .path = str_from(path), .query = str_from(query),
				      .payload = sigv4_payload(STR_EMPTY, payload),
				      .headers = {{STR("Host"), STR("example.amazonaws.com")}}, .header_count = 1};
}

TEST(signs_the_plain_example_of_aws)
{
	struct sigv4_request request = get("/", "");
	struct sigv4 sigv4;
	struct arena arena;
	struct err err;

	arena_init(&arena, 1 << 20);
	sigv4_init(&sigv4);
	CHECK(sigv4_sign(&sigv4, &example, STR("us-east-1"), STR("service"), EXAMPLE_S * 1000LL, &request, &arena, &err));
	CHECK(str_eqc(header(&request, "Authorization"),
		      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
		      "SignedHeaders=host;x-amz-date, "
		      "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"));
	CHECK(str_eqc(header(&request, "X-Amz-Date"), "20150830T123600Z"));
	sigv4_release(&sigv4);
	arena_release(&arena);
}

TEST(a_new_secret_a_new_day_and_a_full_cache_give_other_keys)
{
	struct sigv4_credentials other = example;
	struct str first = STR_EMPTY, again;
	struct sigv4 sigv4;
	struct arena arena;
	struct err err;

	arena_init(&arena, 1 << 20);
	sigv4_init(&sigv4);
	other.secret_access_key = STR("another");
	for (int day = 0; day < 2 * SIGV4_KEYS_MAX; day++) {
		struct sigv4_request mine = get("/", ""), theirs = get("/", "");
		int64_t at = (EXAMPLE_S + day * 86400LL) * 1000;

		CHECK(sigv4_sign(&sigv4, &example, STR("us-east-1"), STR("service"), at, &mine, &arena, &err));
		CHECK(sigv4_sign(&sigv4, &other, STR("us-east-1"), STR("service"), at, &theirs, &arena, &err));
		CHECK(!str_eq(header(&mine, "Authorization"), header(&theirs, "Authorization")));
		if (day == 0)
			first = header(&mine, "Authorization");
		else
			CHECK(!str_eq(first, header(&mine, "Authorization")));
	}
	struct sigv4_request request = get("/", "");

	CHECK(sigv4_sign(&sigv4, &example, STR("us-east-1"), STR("service"), EXAMPLE_S * 1000LL, &request, &arena, &err));
	again = header(&request, "Authorization");
	CHECK(str_eq(first, again));
	sigv4_release(&sigv4);
	arena_release(&arena);
}

TEST(s3_signs_the_path_as_it_is_sent)
{
	struct sigv4_request normal = get("/a/../b%20c//d", ""), as_sent = normal, same = get("/b%20c/d", "");
	struct sigv4 sigv4;
	struct arena arena;
	struct err err;

	arena_init(&arena, 1 << 20);
	sigv4_init(&sigv4);
	as_sent.path_as_sent = as_sent.payload_header = true;
	as_sent.payload = STR(SIGV4_UNSIGNED_PAYLOAD);
	CHECK(sigv4_sign(&sigv4, &example, STR("us-east-1"), STR("s3"), EXAMPLE_S * 1000LL, &normal, &arena, &err));
	CHECK(sigv4_sign(&sigv4, &example, STR("us-east-1"), STR("s3"), EXAMPLE_S * 1000LL, &same, &arena, &err));
	CHECK(str_eq(header(&normal, "Authorization"), header(&same, "Authorization")));
	CHECK(sigv4_sign(&sigv4, &example, STR("us-east-1"), STR("s3"), EXAMPLE_S * 1000LL, &as_sent, &arena, &err));
	CHECK(!str_eq(header(&as_sent, "Authorization"), header(&same, "Authorization")));
	CHECK(str_eqc(header(&as_sent, "X-Amz-Content-Sha256"), SIGV4_UNSIGNED_PAYLOAD));
	sigv4_release(&sigv4);
	arena_release(&arena);
}

TEST(what_is_beyond_the_bounds_is_refused)
{
	static char many[4 * (SIGV4_PARAMETERS_MAX + 1) + 1];
	static char secret[AWS_SECRET_BYTES_MAX + 1];
	struct sigv4_credentials wide = example;
	struct sigv4_request request = get("/", many), full = get("/", "");
	struct sigv4 sigv4;
	struct arena arena;
	struct err err;

	for (int i = 0; i <= SIGV4_PARAMETERS_MAX; i++)
		memcpy(many + (size_t)i * 4, "a=b&", 4);
	request.query = str_from(many);
	memset(secret, 's', sizeof(secret));
	wide.secret_access_key = str_make(secret, sizeof(secret));
	full.header_count = SIGV4_HEADERS_MAX;
	arena_init(&arena, 1 << 20);
	sigv4_init(&sigv4);
	CHECK(!sigv4_sign(&sigv4, &example, STR("r"), STR("s"), 0, &request, &arena, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK(!sigv4_sign(&sigv4, &example, STR("r"), STR("s"), 0, &full, &arena, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	request = get("/", "");
	CHECK(!sigv4_sign(&sigv4, &wide, STR("r"), STR("s"), 0, &request, &arena, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	sigv4_release(&sigv4);
	arena_release(&arena);
}

/* ---- AWS' own vectors ---- */

struct vector {
	struct arena arena;
	struct sigv4_credentials credentials;
	struct sigv4_request request;
	struct str region, service;
	bool folded; /* a header on two lines, which HTTP/1.1 no longer has and we never send */
	int64_t unix_ms;
	int64_t expires_s;
	char payload[SIGV4_PAYLOAD_SIZE];
};

static struct str read_text(struct vector *vector, const char *name, const char *file)
{
	char path[512];
	struct buf buf;
	struct str text;
	struct err err;

	buf_init(&buf, 1 << 16);
	snprintf(path, sizeof(path), VECTORS "/%s/%s", name, file);
	CHECK(file_read(str_from(path), false, &buf, &err));
	text = arena_str(&vector->arena, buf_str(&buf));
	buf_release(&buf);
	return text;
}

/* Percent-encodes what does not stand in a URL; the vectors have it raw. */
static struct str encode_raw(struct vector *vector, struct str raw)
{
	struct str out = STR_EMPTY;

	for (size_t i = 0; i < raw.len; i++) {
		unsigned char c = (unsigned char)raw.ptr[i];

		out = c <= ' ' || c >= 0x7f ? arena_printf(&vector->arena, "%.*s%%%02X", STR_ARG(out), c)
					    : arena_printf(&vector->arena, "%.*s%c", STR_ARG(out), c);
	}
	return out;
}

static void read_headers(struct vector *vector, struct str *rest)
{
	struct sigv4_request *request = &vector->request;
	struct str line;

	while (str_next(rest, '\n', &line) && line.len) {
		struct http_header *header = &request->headers[request->header_count];

		if (line.ptr[0] == ' ') {
			vector->folded = true;
			continue;
		}
		str_cut(line, ':', &header->name, &header->value);
		request->header_count++;
	}
}

static void read_request(struct vector *vector, const char *name, bool normalize)
{
	struct sigv4_request *request = &vector->request;
	struct str rest = read_text(vector, name, "request.txt"), line, target;

	str_next(&rest, '\n', &line);
	line = str_take(line, line.len - strlen(" HTTP/1.1"));
	str_cut(line, ' ', &request->method, &target);
	str_cut(target, '?', &request->path, &request->query);
	request->path_as_sent = !normalize;
	if (!normalize)
		request->path = encode_raw(vector, request->path);
	read_headers(vector, &rest);
	request->payload = sigv4_payload(rest, vector->payload);
}

static void read_vector(struct vector *vector, const char *name)
{
	struct arena *arena = &vector->arena;
	struct json context, credentials;
	bool normalize = true, omit = false;
	struct err err;

	*vector = (struct vector){.folded = false};
	arena_init(arena, 1 << 20);
	CHECK(json_parse(arena, read_text(vector, name, "context.json"), &context, &err));
	credentials = json_get(context, "credentials");
	json_bool(json_get(context, "normalize"), &normalize);
	json_bool(json_get(context, "omit_session_token"), &omit);
	json_bool(json_get(context, "sign_body"), &vector->request.payload_header);
	CHECK(json_i64(json_get(context, "expiration_in_seconds"), 1, SIGV4_EXPIRES_S_MAX, &vector->expires_s));
	CHECK(clock_parse_rfc3339(json_text_or(json_get(context, "timestamp"), arena, STR_EMPTY), &vector->unix_ms));
	vector->region = json_text_or(json_get(context, "region"), arena, STR_EMPTY);
	vector->service = json_text_or(json_get(context, "service"), arena, STR_EMPTY);
	vector->credentials = (struct sigv4_credentials){
		json_text_or(json_get(credentials, "access_key_id"), arena, STR_EMPTY),
		json_text_or(json_get(credentials, "secret_access_key"), arena, STR_EMPTY),
		omit ? STR_EMPTY : json_text_or(json_get(credentials, "token"), arena, STR_EMPTY),
	};
	read_request(vector, name, normalize);
}

static bool is_vector(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

TEST(signs_each_vector_of_aws_in_headers_and_in_the_query)
{
	DIR *dir = opendir(VECTORS);
	struct dirent *entry;
	struct vector vector;
	struct sigv4 sigv4;
	struct err err;
	int count = 0, folded = 0;

	if (!dir)
		SKIP("the vectors of AWS are not there");
	while ((entry = readdir(dir))) {
		struct sigv4_request query;
		const char *name = entry->d_name;
		struct str want;

		if (!is_vector(entry))
			continue;
		read_vector(&vector, name);
		count++;
		folded += vector.folded;
		query = vector.request;
		sigv4_init(&sigv4);
		want = read_text(&vector, name, "header-signature.txt");
		CHECK(sigv4_sign(&sigv4, &vector.credentials, vector.region, vector.service, vector.unix_ms, &vector.request,
				 &vector.arena, &err));
		if (!vector.folded && !CHECK(str_ends(header(&vector.request, "Authorization"), want)))
			printf("%s\n%.*s\n", name, STR_ARG(buf_str(&sigv4.text)));
		want = read_text(&vector, name, "query-signature.txt");
		CHECK(sigv4_presign(&sigv4, &vector.credentials, vector.region, vector.service, vector.unix_ms, vector.expires_s,
				    &query, &vector.arena, &err));
		if (!vector.folded && !CHECK(str_ends(query.query, want)))
			printf("%s\n%.*s\n", name, STR_ARG(buf_str(&sigv4.text)));
		CHECK(ends_with(str_take(query.query, query.query.len - want.len), "&X-Amz-Signature="));
		sigv4_release(&sigv4);
		arena_release(&vector.arena);
	}
	closedir(dir);
	CHECK_EQ_INT(count, 38);
	CHECK_EQ_INT(folded, 1);
}

/* ---- what botocore signs: tests/oracles/sigv4.py ---- */

static void read_case(struct json root, struct vector *vector)
{
	struct sigv4_request *request = &vector->request;
	struct arena *arena = &vector->arena;
	struct json_iter headers = json_iterate(json_get(root, "headers"));
	struct json key, value;
	int64_t seconds = 0;
	bool unsigned_payload = false;

	request->method = json_text_or(json_get(root, "method"), arena, STR_EMPTY);
	request->path = json_text_or(json_get(root, "path"), arena, STR_EMPTY);
	request->query = json_text_or(json_get(root, "query"), arena, STR_EMPTY);
	request->payload = sigv4_payload(json_text_or(json_get(root, "body"), arena, STR_EMPTY), vector->payload);
	CHECK(json_bool(json_get(root, "s3"), &request->path_as_sent));
	CHECK(json_bool(json_get(root, "unsigned"), &unsigned_payload));
	request->payload_header = request->path_as_sent || unsigned_payload;
	if (unsigned_payload)
		request->payload = STR(SIGV4_UNSIGNED_PAYLOAD);
	while (json_next(&headers, &key, &value) && request->header_count < SIGV4_HEADERS_MAX)
		request->headers[request->header_count++] =
			(struct http_header){json_text_or(key, arena, STR_EMPTY), json_text_or(value, arena, STR_EMPTY)};
	vector->region = json_text_or(json_get(root, "region"), arena, STR_EMPTY);
	vector->service = json_text_or(json_get(root, "service"), arena, STR_EMPTY);
	vector->credentials = (struct sigv4_credentials){json_text_or(json_get(root, "access"), arena, STR_EMPTY),
							 json_text_or(json_get(root, "secret"), arena, STR_EMPTY),
							 json_text_or(json_get(root, "token"), arena, STR_EMPTY)};
	CHECK(json_i64(json_get(root, "time"), 0, INT32_MAX * 2LL, &seconds));
	CHECK(json_i64(json_get(root, "expires"), 0, SIGV4_EXPIRES_S_MAX, &vector->expires_s));
	vector->unix_ms = seconds * 1000;
}

static bool sign_case(struct sigv4 *sigv4, struct str line)
{
	struct vector vector = {.folded = false};
	struct sigv4_request *request = &vector.request;
	struct str signature, names, got;
	struct json root;
	struct err err;
	bool ok;

	arena_init(&vector.arena, 1 << 20);
	sigv4_init(sigv4);
	ok = json_parse(&vector.arena, line, &root, &err);
	read_case(root, &vector);
	signature = json_text_or(json_get(root, "signature"), &vector.arena, STR("?"));
	names = json_text_or(json_get(root, "signed"), &vector.arena, STR("?"));
	if (vector.expires_s) {
		ok = ok && sigv4_presign(sigv4, &vector.credentials, vector.region, vector.service, vector.unix_ms,
					 vector.expires_s, request, &vector.arena, &err);
		got = request->query;
	} else {
		ok = ok && sigv4_sign(sigv4, &vector.credentials, vector.region, vector.service, vector.unix_ms, request,
				      &vector.arena, &err);
		got = header(request, "Authorization");
		ok = ok && str_find(got, arena_printf(&vector.arena, "SignedHeaders=%.*s,", STR_ARG(names))) > 0;
	}
	ok = ok && str_ends(got, signature);
	if (!ok)
		printf("%.*s\n%.*s\n", STR_ARG(line), STR_ARG(buf_str(&sigv4->text)));
	sigv4_release(sigv4);
	arena_release(&vector.arena);
	return ok;
}

/* The committed cases, or those of the file that the system test made afresh. */
TEST(signs_as_botocore_does)
{
	const char *path = getenv("SIGV4_CASES");
	struct sigv4 sigv4;
	struct str rest, line;
	struct buf text;
	struct err err;
	unsigned count = 0, wrong = 0;

	buf_init(&text, 64 << 20);
	REQUIRE(file_read(str_from(path ? path : "tests/unit/aws/sigv4_cases.jsonl"), false, &text, &err));
	rest = buf_str(&text);
	while (str_next(&rest, '\n', &line) && wrong < 3) {
		count++;
		wrong += !sign_case(&sigv4, line);
	}
	CHECK_EQ_UINT(wrong, 0);
	CHECK(count >= 40);
	if (path)
		printf("signed %u requests as botocore does\n", count);
	buf_release(&text);
}
