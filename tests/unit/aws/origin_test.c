#include "aws/origin.h"

#include "aws/variables.h"
#include "test.h"

struct world {
	struct variables variables;
	struct arena arena;
	struct profiles profiles;
	struct origin origin;
	struct err err;
};

static bool find(struct world *world, const char *config)
{
	world->profiles = (struct profiles){NULL, NULL};
	arena_init(&world->arena, 1 << 20);
	CHECK(profiles_read(&world->profiles, PROFILE_CONFIG, str_from(config), &world->arena, &world->err));
	return origin_find(&world->variables.environment, &world->profiles, &world->arena, &world->origin, &world->err);
}

static void end(struct world *world)
{
	arena_release(&world->arena);
	variables_release(&world->variables);
}

#define KEYS "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret"
#define PROFILE "[default]\naws_access_key_id=P\naws_secret_access_key=p\n"

TEST(the_sources_come_in_the_order_of_the_sdks)
{
	static const char *const all[] = {"AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=secret",
					  "AWS_WEB_IDENTITY_TOKEN_FILE=/jwt", "ACTIONS_ID_TOKEN_REQUEST_URL=https://github/x?y=1",
					  "ACTIONS_ID_TOKEN_REQUEST_TOKEN=token", "AWS_ROLE_ARN=arn",
					  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x"};
	static const struct {
		size_t from;
		const char *config;
		enum origin_kind kind;
	} cases[] = {{0, PROFILE, ORIGIN_KEYS}, {2, PROFILE, ORIGIN_TOKEN_FILE}, {3, PROFILE, ORIGIN_GITHUB},
		     {4, PROFILE, ORIGIN_KEYS}, {4, "", ORIGIN_CONTAINER}, {7, "", ORIGIN_INSTANCE}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world world;

		variables_set(&world.variables, all + cases[i].from, sizeof(all) / sizeof(all[0]) - cases[i].from);
		CHECK(find(&world, cases[i].config));
		CHECK_EQ_INT(world.origin.kind, cases[i].kind);
		end(&world);
	}
}

TEST(github_is_asked_for_our_audience)
{
	struct world world;

	VARIABLES_SET(&world.variables, "ACTIONS_ID_TOKEN_REQUEST_URL=https://github/x?y=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=token",
		      "AWS_ROLE_ARN=arn", "AWS_ROLE_SESSION_NAME=me");
	CHECK(find(&world, ""));
	CHECK(str_eqc(world.origin.url, "https://github/x?y=1&audience=sts.amazonaws.com"));
	CHECK(str_eqc(world.origin.bearer, "bearer token"));
	CHECK(str_eqc(world.origin.identity.arn, "arn") && str_eqc(world.origin.identity.session_name, "me"));
	end(&world);
}

TEST(the_relative_address_of_a_container_is_that_of_ecs)
{
	struct world world;

	VARIABLES_SET(&world.variables, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/1",
		      "AWS_CONTAINER_CREDENTIALS_FULL_URI=https://other", "AWS_CONTAINER_AUTHORIZATION_TOKEN=t");
	CHECK(find(&world, ""));
	CHECK(str_eqc(world.origin.url, "http://169.254.170.2/v2/credentials/1"));
	CHECK_EQ_UINT(world.origin.bearer.len, 0);
	end(&world);
	VARIABLES_SET(&world.variables, "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1", "AWS_CONTAINER_AUTHORIZATION_TOKEN=t");
	CHECK(find(&world, ""));
	CHECK(str_eqc(world.origin.url, "http://169.254.170.23/v1") && str_eqc(world.origin.bearer, "t"));
	end(&world);
}

TEST(roles_are_assumed_from_the_one_with_keys_to_the_one_asked_for)
{
	struct world world;

	VARIABLES_SET(&world.variables, "AWS_PROFILE=c");
	CHECK(find(&world, "[profile a]\naws_access_key_id=A\naws_secret_access_key=s\nrole_arn=one\nsource_profile=a\n"
			   "[profile b]\nrole_arn=two\nsource_profile=a\nexternal_id=x\n[profile c]\nrole_arn=three\nsource_profile=b\n"));
	CHECK_EQ_INT(world.origin.kind, ORIGIN_KEYS);
	CHECK(str_eqc(world.origin.keys.access_key_id, "A"));
	CHECK_EQ_UINT(world.origin.role_count, 3);
	CHECK(str_eqc(world.origin.roles[0].arn, "one") && str_eqc(world.origin.roles[1].arn, "two") &&
	      str_eqc(world.origin.roles[2].arn, "three"));
	CHECK(str_eqc(world.origin.roles[1].external_id, "x") && str_eqc(world.origin.roles[0].session_name, "homuhomu"));
	end(&world);
}

TEST(what_is_set_up_wrongly_is_an_error_and_not_passed_over)
{
	static const struct {
		const char *variable, *config, *words;
	} cases[] = {
		{"AWS_ACCESS_KEY_ID=a", PROFILE, "AWS_SECRET_ACCESS_KEY is not"},
		{"AWS_SECRET_ACCESS_KEY=a", PROFILE, "AWS_ACCESS_KEY_ID is not"},
		{"AWS_WEB_IDENTITY_TOKEN_FILE=/a", PROFILE, "AWS_ROLE_ARN"},
		{"AWS_PROFILE=x", PROFILE, "no such profile"},
		{"AWS_PROFILE=x", "[profile x]\nregion=y\n", "neither keys nor a role"},
		{"HOME=/", "[default]\ncredential_process=/x\n", "starts no other programs"},
		{"HOME=/", "[default]\nsso_session=x\n", "aws configure export-credentials"},
		{"HOME=/", "[default]\nrole_arn=x\nsource_profile=y\n", "no source_profile"},
		{"HOME=/", "[default]\nrole_arn=x\nsource_profile=y\n[profile y]\nrole_arn=z\nsource_profile=default\n", "circle"},
		{"HOME=/", "[default]\nrole_arn=x\ncredential_source=Magic\n", "credential_source has to be"},
		{"HOME=/", "[default]\nrole_arn=x\ncredential_source=EcsContainer\n", "is not set up here"},
		{"HOME=/", "[default]\nrole_arn=x\nsource_profile=default\nduration_seconds=1\n" "aws_access_key_id=a\naws_secret_access_key=b\n",
		 "duration_seconds"},
		{"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://10.0.0.1/", "", "AWS_CONTAINER_CREDENTIALS_FULL_URI: "},
		{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=.evil.com/", "", "has to begin with '/'"},
		{"AWS_EC2_METADATA_SERVICE_ENDPOINT=http://example.com", "", "AWS_EC2_METADATA_SERVICE_ENDPOINT: "},
		{"AWS_EC2_METADATA_DISABLED=TRUE", "", "there are no AWS credentials"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world world;

		VARIABLES_SET(&world.variables, cases[i].variable);
		CHECK(!find(&world, cases[i].config));
		CHECK_EQ_INT(world.err.code, ERR_CONFIG);
		CHECK(strstr(world.err.text, cases[i].words));
		end(&world);
	}
}

TEST(the_region_is_the_first_that_is_set)
{
	struct world world;
	struct str region;

	VARIABLES_SET(&world.variables, KEYS, "AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-2");
	CHECK(find(&world, "[default]\nregion=eu-west-3\n"));
	CHECK(origin_region(&world.variables.environment, &world.profiles, &region, &world.err) && str_eqc(region, "eu-west-1"));
	end(&world);
	VARIABLES_SET(&world.variables, KEYS, "AWS_PROFILE=p");
	CHECK(find(&world, "[profile p]\nregion=eu-west-3\n"));
	CHECK(origin_region(&world.variables.environment, &world.profiles, &region, &world.err) && str_eqc(region, "eu-west-3"));
	end(&world);
	VARIABLES_SET(&world.variables, KEYS, "AWS_REGION=evil.com/");
	CHECK(find(&world, ""));
	CHECK(!origin_region(&world.variables.environment, &world.profiles, &region, &world.err));
	CHECK_EQ_INT(world.err.code, ERR_CONFIG);
	end(&world);
}

TEST(the_files_are_where_the_environment_says_or_at_home)
{
	struct world world;
	struct str path;
	bool asked;

	VARIABLES_SET(&world.variables, "HOME=/h", "AWS_CONFIG_FILE=~/other");
	arena_init(&world.arena, 1 << 20);
	path = origin_file(&world.variables.environment, PROFILE_CREDENTIALS, &world.arena, &asked);
	CHECK(str_eqc(path, "/h/.aws/credentials") && !asked);
	path = origin_file(&world.variables.environment, PROFILE_CONFIG, &world.arena, &asked);
	CHECK(str_eqc(path, "/h/other") && asked);
	end(&world);
}
