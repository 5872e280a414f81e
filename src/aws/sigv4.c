#include "aws/sigv4.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/secret.h"

#define ALGORITHM "AWS4-HMAC-SHA256"

enum { DATE_LEN = 8, TIME_LEN = 16 };

/* "20150830T123600Z"; its first eight characters are the date. */
struct stamp {
	char text[TIME_LEN + 1];
};

struct parameter {
	struct str name, value; /* canonical: percent-encoded */
};

void sigv4_init(struct sigv4 *sigv4)
{
	*sigv4 = (struct sigv4){.next = 0};
	buf_init(&sigv4->text, SIGV4_TEXT_BYTES_MAX);
}

void sigv4_release(struct sigv4 *sigv4)
{
	secret_wipe(sigv4->keys, sizeof(sigv4->keys));
	/* The canonical request holds the session token. */
	if (sigv4->text.ptr)
		secret_wipe(sigv4->text.ptr, sigv4->text.capacity);
	buf_release(&sigv4->text);
}

struct str sigv4_payload(struct str body, char out[SIGV4_PAYLOAD_SIZE])
{
	uint8_t hash[HASH_SHA256_SIZE];

	hash_sha256(body, hash);
	return codec_hex(hash, sizeof(hash), out);
}

static struct stamp make_stamp(int64_t unix_ms)
{
	struct clock_date date = clock_civil(unix_ms);
	struct stamp stamp;
	struct buf out;

	buf_wrap(&out, stamp.text, sizeof(stamp.text));
	buf_printf(&out, "%04d%02d%02dT%02d%02d%02dZ", date.year, date.month, date.day, date.hour, date.minute, date.second);
	buf_cstr(&out);
	return stamp;
}

/* ---- keys ---- */

static void derive(const struct sigv4_credentials *credentials, struct str date, struct str region, struct str service,
		   uint8_t key[HASH_SHA256_SIZE])
{
	char first[sizeof("AWS4") + AWS_SECRET_BYTES_MAX];
	struct str steps[] = {date, region, service, STR("aws4_request")};
	struct buf start;
	struct str with;

	buf_wrap(&start, first, sizeof(first));
	buf_addc(&start, "AWS4");
	buf_add(&start, credentials->secret_access_key);
	with = buf_str(&start);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		hash_hmac(with, steps[i], key);
		with = str_make((const char *)key, HASH_SHA256_SIZE);
	}
	secret_wipe(first, sizeof(first));
}

/* The signing key of that day, region and service, derived at most once. */
static const uint8_t *find_key(struct sigv4 *sigv4, const struct sigv4_credentials *credentials, struct str date,
			       struct str region, struct str service)
{
	uint8_t secret[HASH_SHA256_SIZE];
	struct sigv4_key *key;

	hash_sha256(credentials->secret_access_key, secret);
	for (size_t i = 0; i < SIGV4_KEYS_MAX; i++) {
		key = &sigv4->keys[i];
		if (str_eqc(date, key->date) && str_eq(key->region, region) && str_eq(key->service, service) &&
		    memcmp(key->secret, secret, sizeof(secret)) == 0)
			return key->key;
	}
	key = &sigv4->keys[sigv4->next];
	sigv4->next = (sigv4->next + 1) % SIGV4_KEYS_MAX;
	str_to_cstr(date, key->date, sizeof(key->date));
	key->region = region;
	key->service = service;
	memcpy(key->secret, secret, sizeof(secret));
	derive(credentials, date, region, service, key->key);
	return key->key;
}

/* ---- the canonical request ---- */

static bool is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
	       c == '_' || c == '~';
}

static void add_encoded(struct buf *out, char c)
{
	if (is_unreserved(c))
		buf_add_char(out, c);
	else
		buf_printf(out, "%%%02X", (unsigned char)c);
}

/* RFC 3986, 5.2.4, and empty segments go too. */
static void add_normal_path(struct str path, struct buf *out)
{
	size_t start = out->len;
	struct str rest = path, segment;

	while (str_next(&rest, '/', &segment)) {
		if (segment.len == 0 || str_eqc(segment, "."))
			continue;
		if (str_eqc(segment, "..")) {
			while (out->len > start && out->ptr[--out->len] != '/')
				;
			continue;
		}
		buf_add_char(out, '/');
		for (size_t i = 0; i < segment.len; i++)
			add_encoded(out, segment.ptr[i]);
	}
	if (out->len == start || str_ends(path, STR("/")))
		buf_add_char(out, '/');
}

static void add_path(const struct sigv4_request *request, struct buf *out)
{
	if (request->path_as_sent)
		buf_add(out, request->path.len ? request->path : STR("/"));
	else
		add_normal_path(request->path, out);
}

/* What is sent may be encoded in many ways; what is signed is in one. */
static struct str encode_anew(struct str sent, struct arena *arena)
{
	char *out = arena_alloc(arena, 3 * sent.len + 1);
	size_t len = 0;

	if (!out)
		return STR_EMPTY;
	for (size_t i = 0; i < sent.len; i++) {
		static const char digits[] = "0123456789ABCDEF";
		unsigned char c = (unsigned char)sent.ptr[i];

		if (c == '%' && sent.len - i > 2 && codec_unhex(str_take(str_skip(sent, i + 1), 2), &c, 1))
			i += 2;
		if (is_unreserved((char)c)) {
			out[len++] = (char)c;
			continue;
		}
		out[len++] = '%';
		out[len++] = digits[c >> 4];
		out[len++] = digits[c & 15];
	}
	return str_make(out, len);
}

static int compare_parameters(const void *a, const void *b)
{
	const struct parameter *left = a, *right = b;
	int order = str_cmp(left->name, right->name);

	return order ? order : str_cmp(left->value, right->value);
}

static bool add_query(struct str query, struct buf *out, struct arena *arena, struct err *err)
{
	struct parameter *parameters = arena_array(arena, SIGV4_PARAMETERS_MAX, sizeof(struct parameter));
	struct str rest = query, field;
	size_t count = 0;

	while (parameters && str_next(&rest, '&', &field)) {
		struct str name, value;

		if (field.len == 0)
			continue;
		if (count == SIGV4_PARAMETERS_MAX)
			return err_set(err, ERR_LIMIT, "a query has more than %d parameters", SIGV4_PARAMETERS_MAX);
		str_cut(field, '=', &name, &value);
		parameters[count++] = (struct parameter){encode_anew(name, arena), encode_anew(value, arena)};
	}
	if (!arena_check(arena, "a query", err))
		return false;
	if (count)
		qsort(parameters, count, sizeof(*parameters), compare_parameters);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(out, '&');
		buf_add(out, parameters[i].name);
		buf_add_char(out, '=');
		buf_add(out, parameters[i].value);
	}
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int compare_names(struct str a, struct str b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return (unsigned char)lower(a.ptr[i]) - (unsigned char)lower(b.ptr[i]);
	return (a.len > b.len) - (a.len < b.len);
}

/* Indexes of the headers by their lower-case names; those of one name in the order given. */
static void sort_headers(const struct sigv4_request *request, uint8_t order[SIGV4_HEADERS_MAX])
{
	for (size_t i = 0; i < request->header_count; i++) {
		size_t at = i;

		for (; at > 0 && compare_names(request->headers[order[at - 1]].name, request->headers[i].name) > 0; at--)
			order[at] = order[at - 1];
		order[at] = (uint8_t)i;
	}
}

static bool is_same_name(const struct sigv4_request *request, const uint8_t *order, size_t i)
{
	return i > 0 && compare_names(request->headers[order[i - 1]].name, request->headers[order[i]].name) == 0;
}

static void add_lower(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(out, lower(text.ptr[i]));
}

/* Trimmed, and each run of spaces is one. */
static void add_value(struct str value, struct buf *out)
{
	value = str_trim(value);
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] != ' ' || value.ptr[i - 1] != ' ')
			buf_add_char(out, value.ptr[i]);
}

static void add_headers(const struct sigv4_request *request, const uint8_t *order, struct buf *out)
{
	for (size_t i = 0; i < request->header_count; i++) {
		const struct http_header *header = &request->headers[order[i]];

		if (is_same_name(request, order, i)) {
			out->len--; /* the line goes on */
			buf_add_char(out, ',');
		} else {
			add_lower(header->name, out);
			buf_add_char(out, ':');
		}
		add_value(header->value, out);
		buf_add_char(out, '\n');
	}
}

static void add_signed_names(const struct sigv4_request *request, const uint8_t *order, struct buf *out)
{
	for (size_t i = 0, names = 0; i < request->header_count; i++) {
		if (is_same_name(request, order, i))
			continue;
		if (names++)
			buf_add_char(out, ';');
		add_lower(request->headers[order[i]].name, out);
	}
}

/* Its hash is what is signed. */
static bool hash_request(struct sigv4 *sigv4, const struct sigv4_request *request, const uint8_t *order,
			 struct arena *arena, uint8_t hash[HASH_SHA256_SIZE], struct err *err)
{
	struct buf *out = &sigv4->text;

	buf_clear(out);
	buf_add(out, request->method);
	buf_add_char(out, '\n');
	add_path(request, out);
	buf_add_char(out, '\n');
	if (!add_query(request->query, out, arena, err))
		return false;
	buf_add_char(out, '\n');
	add_headers(request, order, out);
	buf_add_char(out, '\n');
	add_signed_names(request, order, out);
	buf_add_char(out, '\n');
	buf_add(out, request->payload);
	if (!buf_check(out, "the canonical request", err))
		return false;
	hash_sha256(buf_str(out), hash);
	return true;
}

static struct str make_scope(struct str date, struct str region, struct str service, struct arena *arena)
{
	return arena_printf(arena, "%.*s/%.*s/%.*s/aws4_request", STR_ARG(date), STR_ARG(region), STR_ARG(service));
}

/* The signature in hex. */
static bool make_signature(struct sigv4 *sigv4, const struct sigv4_credentials *credentials, struct str region,
			   struct str service, const struct stamp *stamp, struct str scope,
			   const struct sigv4_request *request, const uint8_t *order, struct arena *arena,
			   char out[SIGV4_PAYLOAD_SIZE], struct err *err)
{
	struct str time = str_make(stamp->text, TIME_LEN);
	uint8_t hash[HASH_SHA256_SIZE];
	char hex[SIGV4_PAYLOAD_SIZE];
	struct str text;

	if (!hash_request(sigv4, request, order, arena, hash, err))
		return false;
	codec_hex(hash, sizeof(hash), hex);
	text = arena_printf(arena, ALGORITHM "\n%.*s\n%.*s\n%s", STR_ARG(time), STR_ARG(scope), hex);
	if (!arena_check(arena, "a signature", err))
		return false;
	hash_hmac(str_make((const char *)find_key(sigv4, credentials, str_take(time, DATE_LEN), region, service),
			   HASH_SHA256_SIZE), text, hash);
	codec_hex(hash, sizeof(hash), out);
	return true;
}

static bool check(const struct sigv4_credentials *credentials, const struct sigv4_request *request, size_t more,
		  struct err *err)
{
	if (credentials->secret_access_key.len > AWS_SECRET_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "the secret access key is longer than %d bytes: no key of AWS is",
			       AWS_SECRET_BYTES_MAX);
	if (request->header_count + more > SIGV4_HEADERS_MAX)
		return err_set(err, ERR_LIMIT, "a request to AWS has more than %d headers", SIGV4_HEADERS_MAX);
	return true;
}

static void append(struct sigv4_request *request, struct str name, struct str value)
{
	request->headers[request->header_count++] = (struct http_header){name, value};
}

bool sigv4_sign(struct sigv4 *sigv4, const struct sigv4_credentials *credentials, struct str region, struct str service,
		int64_t unix_ms, struct sigv4_request *request, struct arena *arena, struct err *err)
{
	enum { OWN_HEADERS = 4 };
	struct stamp stamp = make_stamp(unix_ms);
	struct str time = str_make(stamp.text, TIME_LEN);
	struct str scope = make_scope(str_take(time, DATE_LEN), region, service, arena);
	char signature[SIGV4_PAYLOAD_SIZE], names_memory[SIGV4_NAMES_BYTES_MAX + 1];
	uint8_t order[SIGV4_HEADERS_MAX];
	struct str authorization;
	struct buf names;

	if (!check(credentials, request, OWN_HEADERS, err))
		return false;
	append(request, STR("X-Amz-Date"), arena_str(arena, time));
	if (credentials->session_token.len)
		append(request, STR("X-Amz-Security-Token"), credentials->session_token);
	if (request->payload_header)
		append(request, STR("X-Amz-Content-Sha256"), request->payload);
	sort_headers(request, order);
	buf_wrap(&names, names_memory, sizeof(names_memory));
	add_signed_names(request, order, &names);
	if (!buf_check(&names, "the list of signed headers", err) ||
	    !make_signature(sigv4, credentials, region, service, &stamp, scope, request, order, arena, signature, err))
		return false;
	authorization = arena_printf(arena, ALGORITHM " Credential=%.*s/%.*s, SignedHeaders=%.*s, Signature=%s",
				     STR_ARG(credentials->access_key_id), STR_ARG(scope), STR_ARG(buf_str(&names)), signature);
	append(request, STR("Authorization"), authorization);
	return arena_check(arena, "a signed request", err);
}

static void add_parameter(struct buf *out, const char *name, struct str value)
{
	if (out->len)
		buf_add_char(out, '&');
	buf_addc(out, name);
	buf_add_char(out, '=');
	for (size_t i = 0; i < value.len; i++)
		add_encoded(out, value.ptr[i]);
}

bool sigv4_presign(struct sigv4 *sigv4, const struct sigv4_credentials *credentials, struct str region,
		   struct str service, int64_t unix_ms, int64_t expires_s, struct sigv4_request *request,
		   struct arena *arena, struct err *err)
{
	struct stamp stamp = make_stamp(unix_ms);
	struct str time = str_make(stamp.text, TIME_LEN);
	struct str scope = make_scope(str_take(time, DATE_LEN), region, service, arena);
	char signature[SIGV4_PAYLOAD_SIZE], names_memory[SIGV4_NAMES_BYTES_MAX + 1];
	uint8_t order[SIGV4_HEADERS_MAX];
	struct buf query, names;
	bool ok;

	assert(expires_s >= 1 && expires_s <= SIGV4_EXPIRES_S_MAX);
	if (!check(credentials, request, 0, err))
		return false;
	sort_headers(request, order);
	buf_wrap(&names, names_memory, sizeof(names_memory));
	add_signed_names(request, order, &names);
	buf_init(&query, URL_BYTES_MAX);
	buf_add(&query, request->query);
	add_parameter(&query, "X-Amz-Algorithm", STR(ALGORITHM));
	add_parameter(&query, "X-Amz-Credential", arena_printf(arena, "%.*s/%.*s", STR_ARG(credentials->access_key_id),
							       STR_ARG(scope)));
	add_parameter(&query, "X-Amz-Date", time);
	add_parameter(&query, "X-Amz-Expires", arena_printf(arena, "%lld", (long long)expires_s));
	add_parameter(&query, "X-Amz-SignedHeaders", buf_str(&names));
	if (credentials->session_token.len)
		add_parameter(&query, "X-Amz-Security-Token", credentials->session_token);
	request->query = buf_str(&query);
	ok = buf_check(&names, "the list of signed headers", err) && buf_check(&query, "a signed query", err) &&
	     make_signature(sigv4, credentials, region, service, &stamp, scope, request, order, arena, signature, err);
	if (ok) {
		add_parameter(&query, "X-Amz-Signature", str_from(signature));
		ok = buf_check(&query, "a signed query", err);
	}
	request->query = ok ? arena_str(arena, buf_str(&query)) : STR_EMPTY;
	if (query.ptr)
		secret_wipe(query.ptr, query.capacity);
	buf_release(&query);
	return ok && arena_check(arena, "a signed query", err);
}
