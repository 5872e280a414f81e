/*
 * AWS Signature Version 4 (AWS' "Signing AWS API requests"): the header form and the query form. Pure: bytes and the time
 * go in, header lines or a query come out.
 *
 * What is given is signed as it stands: a request has to go out with exactly this method, path, query and these headers.
 * Headers that proxies and clients add (User-Agent, Expect, …) must not be among them. The struct keeps derived keys, one
 * per date, region and service, and wipes them when it is released.
 */
#ifndef AWS_SIGV4_H
#define AWS_SIGV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/str.h"
#include "net/http.h"

#define SIGV4_UNSIGNED_PAYLOAD "UNSIGNED-PAYLOAD"

/* Borrowed for the call. */
struct sigv4_credentials {
	struct str access_key_id;
	struct str secret_access_key;
	struct str session_token; /* empty: long-term keys */
};

struct sigv4_request {
	struct str method;
	struct str path;  /* as it is sent, percent-encoded; empty is "/" */
	struct str query; /* as it is sent, without '?' */
	/* S3's rule: the path is signed as it is sent. Everywhere else its dots and double slashes are resolved, and it is
	 * percent-encoded once more. */
	bool path_as_sent;
	/* Hex SHA-256 of the body (sigv4_payload), or SIGV4_UNSIGNED_PAYLOAD. */
	struct str payload;
	bool payload_header; /* also sent as X-Amz-Content-Sha256, as S3 wants it; header form alone */
	/* Host and whatever else is to be signed. The header form appends its own. */
	struct http_header headers[SIGV4_HEADERS_MAX];
	size_t header_count;
};

struct sigv4_key {
	char date[9]; /* "20150830"; "" when free */
	struct str region, service; /* static or of the owner of the signer: compared, and borrowed while the key is kept */
	uint8_t secret[HASH_SHA256_SIZE]; /* hash of the secret that it was derived from */
	uint8_t key[HASH_SHA256_SIZE];
};

struct sigv4 {
	struct sigv4_key keys[SIGV4_KEYS_MAX];
	size_t next; /* the key that makes room */
	struct buf text; /* of the canonical request; kept for its memory */
};

void sigv4_init(struct sigv4 *sigv4);
void sigv4_release(struct sigv4 *sigv4);

/* Hex of the SHA-256 of a body. */
#define SIGV4_PAYLOAD_SIZE (2 * HASH_SHA256_SIZE + 1)
struct str sigv4_payload(struct str body, char out[SIGV4_PAYLOAD_SIZE]);

/*
 * Appends X-Amz-Date, X-Amz-Security-Token, X-Amz-Content-Sha256 (as asked) and Authorization, made in the arena. region
 * and service have to outlive the signer. ERR_LIMIT for a request beyond the bounds.
 */
bool sigv4_sign(struct sigv4 *sigv4, const struct sigv4_credentials *credentials, struct str region, struct str service,
		int64_t unix_ms, struct sigv4_request *request, struct arena *arena, struct err *err);

/* The query form: request->query becomes the whole query with its signature, valid for expires_s (1 to 604800). */
bool sigv4_presign(struct sigv4 *sigv4, const struct sigv4_credentials *credentials, struct str region,
		   struct str service, int64_t unix_ms, int64_t expires_s, struct sigv4_request *request,
		   struct arena *arena, struct err *err);

#endif
