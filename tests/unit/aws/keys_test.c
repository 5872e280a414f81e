#include "aws/keys.h"

#include "base/limits.h"
#include "test.h"

static struct arena arena;

static bool read_json(struct aws_keys *keys, const char *text, struct err *err)
{
	bool ok;

	arena_init(&arena, 1 << 20);
	ok = aws_keys_read_json(keys, str_from(text), &arena, err);
	arena_release(&arena);
	return ok;
}

TEST(keys_of_an_endpoint_are_read)
{
	struct aws_keys keys = {.ends_unix_ms = 0};
	struct err err;

	CHECK(read_json(&keys, "{\"Code\":\"Success\",\"AccessKeyId\":\"AKID\",\"SecretAccessKey\":\"s/e\",\"Token\":\"t==\","
			       "\"Expiration\":\"2026-01-01T00:00:00Z\",\"More\":1}", &err));
	CHECK(str_eqc(secret_reveal(&keys.access_key_id), "AKID") && str_eqc(secret_reveal(&keys.secret_access_key), "s/e"));
	CHECK(str_eqc(secret_reveal(&keys.session_token), "t=="));
	CHECK_EQ_INT(keys.ends_unix_ms, 1767225600000);
	CHECK(read_json(&keys, "{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\"}", &err));
	CHECK(!secret_is_set(&keys.session_token));
	CHECK_EQ_INT(keys.ends_unix_ms, INT64_MAX);
	aws_keys_release(&keys);
}

TEST(what_is_no_answer_with_keys_is_refused_and_not_quoted)
{
	static const char *const texts[] = {
		"", "secret", "[]", "{\"AccessKeyId\":\"secret\"}", "{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"secret text\"}",
		"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"secret\\n\"}", "{\"AccessKeyId\":\"a\",\"SecretAccessKey\":1}",
		"{\"AccessKeyId\":\"a/b\",\"SecretAccessKey\":\"secret\"}", "{\"Code\":\"Failed\"}",
		"{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"secret\",\"Expiration\":\"soon\"}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct aws_keys keys = {.ends_unix_ms = 0};
		struct err err;

		CHECK(!read_json(&keys, texts[i], &err));
		CHECK(err.code == ERR_PROTO && !strstr(err.text, "secret text"));
		CHECK(!secret_is_set(&keys.secret_access_key));
		aws_keys_release(&keys);
	}
}

TEST(keys_of_sts_are_read_from_the_answer_to_that_operation)
{
	static const char text[] = "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>A</AccessKeyId>"
				   "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-01-01T00:00:00Z"
				   "</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";
	struct aws_keys keys = {.ends_unix_ms = 0};
	struct xml *root = NULL;
	struct err err;

	arena_init(&arena, 1 << 20);
	CHECK(xml_parse(&arena, str_from(text), &root, &err));
	CHECK(aws_keys_read_sts(&keys, "AssumeRoleWithWebIdentity", root, &err));
	CHECK(str_eqc(secret_reveal(&keys.session_token), "t"));
	CHECK(!aws_keys_read_sts(&keys, "GetSessionToken", root, &err));
	CHECK_EQ_INT(err.code, ERR_PROTO);
	CHECK(!aws_keys_read_sts(&keys, "AssumeRole", NULL, &err));
	arena_release(&arena);
	aws_keys_release(&keys);
}

TEST(the_token_of_github_is_read)
{
	struct secret token = {NULL, 0};
	struct err err;

	arena_init(&arena, 1 << 20);
	CHECK(aws_keys_read_jwt(&token, STR("{\"count\":1,\"value\":\"a.b.c\"}"), &arena, &err));
	CHECK(str_eqc(secret_reveal(&token), "a.b.c"));
	CHECK(!aws_keys_read_jwt(&token, STR("{\"value\":\"\"}"), &arena, &err));
	CHECK(!aws_keys_read_jwt(&token, STR("{\"value\":\"a b\"}"), &arena, &err));
	CHECK(!aws_keys_read_jwt(&token, STR("<html>"), &arena, &err));
	CHECK_EQ_INT(err.code, ERR_PROTO);
	secret_release(&token);
	arena_release(&arena);
}
