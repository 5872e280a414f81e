#include "aws/keys.h"

#include "base/clock.h"
#include "base/json_read.h"
#include "base/limits.h"

void aws_keys_release(struct aws_keys *keys)
{
	secret_release(&keys->access_key_id);
	secret_release(&keys->secret_access_key);
	secret_release(&keys->session_token);
}

/* What stands in a header line or in a path: no white space, nothing beyond ASCII. */
static bool is_word(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return false;
	return true;
}

bool aws_keys_set(struct aws_keys *keys, struct str id, struct str secret, struct str token, struct str expires,
		  struct err *err)
{
	int64_t ends = INT64_MAX;

	if (id.len == 0 || secret.len == 0 || !is_word(id) || !is_word(secret) || !is_word(token) || str_find_char(id, '/') >= 0)
		return err_set(err, ERR_PROTO, "the access key, its secret or the session token is missing or has white space in it");
	if (secret.len > AWS_SECRET_BYTES_MAX || id.len > AWS_SECRET_BYTES_MAX || token.len > AWS_TOKEN_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "the access key, its secret or the session token is longer than any of AWS");
	if (expires.len && !clock_parse_rfc3339(expires, &ends))
		return err_set(err, ERR_PROTO, "the time at which they end cannot be read");
	aws_keys_release(keys);
	keys->ends_unix_ms = ends;
	if (secret_set(&keys->access_key_id, id) && secret_set(&keys->secret_access_key, secret) &&
	    (token.len == 0 || secret_set(&keys->session_token, token)))
		return true;
	aws_keys_release(keys);
	return err_set(err, ERR_MEMORY, "there is no memory for credentials");
}

bool aws_keys_read_json(struct aws_keys *keys, struct str body, struct arena *arena, struct err *err)
{
	struct json root;
	struct str code;

	if (!json_parse(arena, body, &root, NULL))
		return err_set(err, ERR_PROTO, "the answer is no JSON");
	code = json_text_or(json_get(root, "Code"), arena, STR("Success"));
	if (!str_eqc(code, "Success"))
		return err_set(err, ERR_PROTO, "the answer says %.*s", STR_ARG(str_take(code, AWS_REQUEST_ID_BYTES_MAX)));
	return aws_keys_set(keys, json_text_or(json_get(root, "AccessKeyId"), arena, STR_EMPTY),
			    json_text_or(json_get(root, "SecretAccessKey"), arena, STR_EMPTY),
			    json_text_or(json_get(root, "Token"), arena, STR_EMPTY),
			    json_text_or(json_get(root, "Expiration"), arena, STR_EMPTY), err);
}

bool aws_keys_read_sts(struct aws_keys *keys, const char *operation, const struct xml *response, struct err *err)
{
	const struct xml *wrapper = response ? response->first : NULL;
	struct str result = wrapper ? wrapper->name : STR_EMPTY;
	const struct xml *given;

	if (!wrapper || !str_starts(result, str_from(operation)) || !str_ends(result, STR("Result")))
		return err_set(err, ERR_PROTO, "the answer has no %sResult", operation);
	given = xml_get(wrapper, "Credentials");
	return aws_keys_set(keys, xml_text(xml_get(given, "AccessKeyId")), xml_text(xml_get(given, "SecretAccessKey")),
			    xml_text(xml_get(given, "SessionToken")), xml_text(xml_get(given, "Expiration")), err);
}

bool aws_keys_read_jwt(struct secret *token, struct str body, struct arena *arena, struct err *err)
{
	struct str jwt = STR_EMPTY;
	struct json root;

	if (!json_parse(arena, body, &root, NULL))
		return err_set(err, ERR_PROTO, "the answer is no JSON");
	if (!json_text(json_get(root, "value"), arena, &jwt) || jwt.len == 0 || jwt.len > AWS_TOKEN_BYTES_MAX || !is_word(jwt))
		return err_set(err, ERR_PROTO, "the answer has no token");
	return secret_set(token, jwt) || err_set(err, ERR_MEMORY, "there is no memory for a token");
}
