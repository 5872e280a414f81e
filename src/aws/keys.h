/*
 * Reading credentials out of the answers of those who give them: the container's endpoint and IMDSv2 (JSON), STS (XML),
 * GitHub (JSON with a JWT). Pure. An error never quotes the answer.
 */
#ifndef AWS_KEYS_H
#define AWS_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/xml.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/str.h"

/* One set of credentials. A zeroed one is empty. */
struct aws_keys {
	struct secret access_key_id, secret_access_key, session_token;
	int64_t ends_unix_ms; /* INT64_MAX: never */
};

void aws_keys_release(struct aws_keys *keys);

/* ERR_PROTO when one is missing or of no use, ERR_LIMIT, ERR_MEMORY. expires is RFC 3339, empty for never. */
bool aws_keys_set(struct aws_keys *keys, struct str id, struct str secret, struct str token, struct str expires,
		  struct err *err);

/* {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}; IMDS' Code has to be Success. */
bool aws_keys_read_json(struct aws_keys *keys, struct str body, struct arena *arena, struct err *err);

/* STS: <OperationResponse><OperationResult><Credentials>…, of AssumeRole or AssumeRoleWithWebIdentity. */
bool aws_keys_read_sts(struct aws_keys *keys, const char *operation, const struct xml *response, struct err *err);

/* GitHub: {"value": JWT}. */
bool aws_keys_read_jwt(struct secret *token, struct str body, struct arena *arena, struct err *err);

#endif
