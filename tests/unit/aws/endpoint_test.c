#include "aws/endpoint.h"

#include "aws/variables.h"
#include "test.h"

static struct arena arena;

static bool find(const struct variables *variables, const char *files, const char *region, struct endpoint *endpoint,
		 struct err *err)
{
	struct profiles profiles = {NULL, NULL};

	arena_init(&arena, 1 << 20);
	CHECK(profiles_read(&profiles, PROFILE_CONFIG, str_from(files), &arena, err));
	return endpoint_find(AWS_DYNAMODB, str_from(region), &variables->environment, &profiles, &arena, endpoint, err);
}

static void expect(const struct variables *variables, const char *files, const char *region, const char *base)
{
	struct endpoint endpoint = {STR_EMPTY, STR_EMPTY, STR_EMPTY};
	struct err err;

	CHECK(find(variables, files, region, &endpoint, &err));
	CHECK(str_eqc(endpoint.base, base));
	arena_release(&arena);
}

#define FILES "[default]\nendpoint_url=https://all\nservices=s\n[services s]\ndynamodb=\n endpoint_url=https://one\n"

TEST(the_nearest_setting_wins)
{
	struct variables variables;

	VARIABLES_SET(&variables, "AWS_ENDPOINT_URL=https://every/", "AWS_ENDPOINT_URL_DYNAMODB=https://own:8000/path/");
	expect(&variables, FILES, "eu-west-1", "https://own:8000/path");
	variables_release(&variables);
	VARIABLES_SET(&variables, "AWS_ENDPOINT_URL=https://every/", "AWS_ENDPOINT_URL_SSM=https://other");
	expect(&variables, FILES, "eu-west-1", "https://every");
	variables_release(&variables);
	VARIABLES_SET(&variables, "HOME=/");
	expect(&variables, FILES, "eu-west-1", "https://one");
	expect(&variables, "[default]\nendpoint_url=https://all\n", "eu-west-1", "https://all");
	expect(&variables, "", "eu-west-1", "https://dynamodb.eu-west-1.amazonaws.com");
	expect(&variables, "", "cn-north-1", "https://dynamodb.cn-north-1.amazonaws.com.cn");
	variables_release(&variables);
	VARIABLES_SET(&variables, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", "AWS_ENDPOINT_URL=https://every/");
	expect(&variables, FILES, "eu-west-1", "https://dynamodb.eu-west-1.amazonaws.com");
	variables_release(&variables);
}

TEST(host_and_path_are_taken_apart_for_the_signature)
{
	struct endpoint endpoint;
	struct variables variables;
	struct err err;

	VARIABLES_SET(&variables, "AWS_ENDPOINT_URL=http://localhost:8000/a/b");
	CHECK(find(&variables, "", "us-east-1", &endpoint, &err));
	CHECK(str_eqc(endpoint.host, "localhost:8000") && str_eqc(endpoint.path, "/a/b"));
	arena_release(&arena);
	variables_release(&variables);
}

TEST(an_address_that_is_refused_is_told_with_its_setting)
{
	static const char *const values[] = {"AWS_ENDPOINT_URL=http://example.com", "AWS_ENDPOINT_URL=x", "AWS_ENDPOINT_URL=https://a?b=c"};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct variables variables;
		struct endpoint endpoint;
		struct err err;

		VARIABLES_SET(&variables, values[i]);
		CHECK(!find(&variables, "", "us-east-1", &endpoint, &err));
		CHECK(err.code == ERR_CONFIG && strstr(err.text, "AWS_ENDPOINT_URL"));
		arena_release(&arena);
		variables_release(&variables);
	}
}
