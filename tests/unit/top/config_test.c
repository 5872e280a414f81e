#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "config.h"
#include "config_file.h"

#define TOKEN "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789AB"
#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

enum { ENTRIES_MAX = 8 };

/* One load with an environment of its own, whose strings may be written to as a process's may. */
struct load {
	char *environment[ENTRIES_MAX + 1];
	struct config config;
	struct err err;
	bool ok;
};

static void load_with(struct load *load, uint32_t wanted, const char *directory, const struct config_override *overrides,
		      size_t override_count, const char *const *entries)
{
	memset(load, 0, sizeof(*load));
	for (size_t i = 0; entries[i]; i++)
		load->environment[i] = strdup(entries[i]);
	load->ok = config_load(&load->config, wanted, load->environment, directory, overrides, override_count, &load->err);
}

#define LOAD(load, wanted, ...) load_with((load), (wanted), NULL, NULL, 0, (const char *const[]){__VA_ARGS__, NULL})

static void unload(struct load *load)
{
	config_release(&load->config);
	for (size_t i = 0; load->environment[i]; i++)
		free(load->environment[i]);
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	CHECK(file != NULL);
	if (!file)
		return;
	fputs(text, file);
	fclose(file);
}

static bool says(const struct err *err, const char *text)
{
	bool found = strstr(err->text, text) != NULL;

	if (!found)
		printf("the error is: %s\n", err->text);
	return found;
}

static const char *value_of(const struct load *load, enum setting setting)
{
	return load->config.values[setting].ptr;
}

TEST(defaults_are_those_of_the_interface)
{
	struct load load;

	LOAD(&load, SETTINGS_ALL, "PATH=/bin");
	REQUIRE(load.ok);
	CHECK_EQ_STR(value_of(&load, SETTING_DISCORD_API_BASE), "https://discord.com/api/v10");
	CHECK_EQ_STR(value_of(&load, SETTING_STORE), "sqlite:homuhomu.db");
	CHECK_EQ_STR(value_of(&load, SETTING_HTTP), "127.0.0.1:8787");
	CHECK_EQ_STR(value_of(&load, SETTING_SCOPE), "global");
	CHECK_EQ_STR(value_of(&load, SETTING_SHARDS), "auto");
	CHECK_EQ_STR(value_of(&load, SETTING_LOG_LEVEL), "info");
	CHECK_EQ_STR(value_of(&load, SETTING_USERS_TABLE), "discord_users");
	CHECK_EQ_STR(value_of(&load, SETTING_HISTORY_TABLE), "gacha_history");
	CHECK_EQ_STR(value_of(&load, SETTING_SETTINGS_TABLE), "server_settings");
	CHECK(!config_is_set(&load.config, SETTING_DISCORD_BOT_TOKEN));
	CHECK(!config_is_set(&load.config, SETTING_CATALOG));
	unload(&load);
}

TEST(every_default_is_of_its_own_form)
{
	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		struct str value = str_from(setting_rows[i].fallback);
		struct err err;

		if (setting_rows[i].fallback)
			CHECK(setting_check((enum setting)i, &value, &err));
	}
}

TEST(command_line_comes_before_environment_before_file)
{
	const struct config_override override = {SETTING_HTTP, STR("127.0.0.1:3")};
	const char *dir = test_dir();
	struct load load;

	write_file(dir, "homuhomu.env", "HOMU_HTTP=127.0.0.1:1\nHOMU_SCOPE=guild\nHOMU_LOG=json\n");
	load_with(&load, SETTINGS_ALL, dir, &override, 1,
		  (const char *const[]){"HOMU_HTTP=127.0.0.1:2", "HOMU_SCOPE=global", NULL});
	REQUIRE(load.ok);
	CHECK_EQ_STR(value_of(&load, SETTING_HTTP), "127.0.0.1:3");
	CHECK_EQ_INT(load.config.sources[SETTING_HTTP], SOURCE_COMMAND_LINE);
	CHECK_EQ_STR(value_of(&load, SETTING_SCOPE), "global");
	CHECK_EQ_INT(load.config.sources[SETTING_SCOPE], SOURCE_ENVIRONMENT);
	CHECK_EQ_STR(value_of(&load, SETTING_LOG), "json");
	CHECK_EQ_INT(load.config.sources[SETTING_LOG], SOURCE_FILE);
	CHECK_EQ_INT(load.config.sources[SETTING_SHARDS], SOURCE_DEFAULT);
	unload(&load);
}

TEST(an_empty_value_counts_as_not_set)
{
	struct load load;

	LOAD(&load, SETTINGS_ALL, "HOMU_HTTP=", "DISCORD_BOT_TOKEN=");
	REQUIRE(load.ok);
	CHECK_EQ_STR(value_of(&load, SETTING_HTTP), "127.0.0.1:8787");
	CHECK(!config_is_set(&load.config, SETTING_DISCORD_BOT_TOKEN));
	unload(&load);
}

TEST(the_file_is_never_read_on_ecs_and_lambda)
{
	static const char *const places[] = {"ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/x",
					     "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001"};
	const char *dir = test_dir();

	write_file(dir, "homuhomu.env", "HOMU_SCOPE=guild\nthis is no assignment\n");
	for (size_t i = 0; i < 2; i++) {
		struct load load;

		load_with(&load, SETTINGS_ALL, dir, NULL, 0, (const char *const[]){places[i], "DISCORD_BOT_TOKEN=" TOKEN, NULL});
		CHECK(load.ok);
		CHECK_EQ_STR(value_of(&load, SETTING_SCOPE), "global");
		CHECK_EQ_STR(value_of(&load, SETTING_STORE), "dynamodb:");
		CHECK_EQ_INT(load.config.on_ecs, i == 0);
		CHECK_EQ_INT(load.config.on_lambda, i == 1);
		unload(&load);
	}
}

TEST(the_store_stands_in_the_state_directory_of_systemd)
{
	struct load load;
	struct str path;

	LOAD(&load, SETTINGS_ALL, "STATE_DIRECTORY=/var/lib/homuhomu:/var/lib/other");
	REQUIRE(load.ok);
	CHECK_EQ_STR(value_of(&load, SETTING_STORE), "sqlite:/var/lib/homuhomu/homuhomu.db");
	REQUIRE(config_store_path(&load.config, &path, &load.err));
	CHECK_EQ_STR(path.ptr, "/var/lib/homuhomu/homuhomu.db");
	unload(&load);
}

TEST(a_dynamodb_store_is_refused_with_what_to_set_meanwhile)
{
	struct load load;
	struct str path;

	LOAD(&load, SETTINGS_ALL, "HOMU_STORE=dynamodb:");
	REQUIRE(load.ok);
	CHECK(!config_store_path(&load.config, &path, &load.err));
	CHECK_EQ_INT(load.err.code, ERR_CONFIG);
	CHECK(says(&load.err, "HOMU_STORE=sqlite:"));
	unload(&load);
}

TEST(unknown_names_are_refused_with_the_nearest)
{
	struct load load;

	LOAD(&load, SETTING_BIT(SETTING_HTTP), "HOMU_HTP=127.0.0.1:1");
	CHECK(!load.ok);
	CHECK_EQ_INT(load.err.code, ERR_CONFIG);
	CHECK(says(&load.err, "HOMU_HTP "));
	CHECK(says(&load.err, "did you mean HOMU_HTTP?"));
	unload(&load);
	LOAD(&load, SETTING_BIT(SETTING_HTTP), "HOMU_HTTP_FILE=/x");
	CHECK(!load.ok);
	unload(&load);
	LOAD(&load, SETTING_BIT(SETTING_HTTP), "DISCORD_TOKEN=x", "AWS_REGION=ap-northeast-1");
	CHECK(load.ok);
	unload(&load);
}

TEST(faults_of_the_file_have_their_line)
{
	static const struct {
		const char *text;
		const char *fault;
	} cases[] = {
		{"\n# c\nHOMU_LOG json\n", "line 3"},
		{"HOMU_LOG=json\n1X=2\n", "line 2"},
		{"HOMU_LOG='json\n", "line 1"},
		{"HOMU_LOG=\"json\" x\n", "line 1"},
		{"HOMU_LOGG=json\n", "homuhomu.env, line 1: HOMU_LOGG"},
		{"HOMU_LOG=xml\n", "HOMU_LOG in homuhomu.env is \"xml\": it has to be one of text|json"},
	};
	const char *dir = test_dir();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct load load;

		write_file(dir, "homuhomu.env", cases[i].text);
		load_with(&load, SETTINGS_ALL, dir, NULL, 0, (const char *const[]){NULL});
		CHECK(!load.ok);
		CHECK_EQ_INT(load.err.code, ERR_CONFIG);
		CHECK(says(&load.err, cases[i].fault));
		unload(&load);
	}
}

TEST(the_file_has_comments_quotes_export_and_line_ends_of_windows)
{
	static const struct {
		const char *line;
		const char *value;
	} cases[] = {
		{"A=b", "b"},
		{"export A=b", "b"},
		{"  A = b c \r", "b c"},
		{"A=b # comment", "b"},
		{"A=b#c", "b#c"},
		{"A= # only a comment", ""},
		{"A='b # c'  # d", "b # c"},
		{"A='b\\n'", "b\\n"},
		{"A=\"b \\\"c\\\" \\\\ \\$ \\t\\x\"", "b \"c\" \\ $ \t\\x"},
		{"\xef\xbb\xbf"
		 "A=b",
		 "b"},
		{"A=", ""},
		{"A=x=y", "x=y"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err = {.code = ERR_NONE};
		struct config_file file;
		struct arena arena;
		struct str name, value;

		arena_init(&arena, 1 << 16);
		config_file_init(&file, str_from(cases[i].line));
		CHECK(config_file_next(&file, &arena, &name, &value, &err));
		CHECK_EQ_BYTES(name.ptr, name.len, "A", 1);
		CHECK_EQ_BYTES(value.ptr, value.len, cases[i].value, strlen(cases[i].value));
		CHECK(!config_file_next(&file, &arena, &name, &value, &err));
		CHECK_EQ_INT(err.code, ERR_NONE);
		arena_release(&arena);
	}
}

TEST(a_file_past_its_bound_is_refused)
{
	char *text = malloc(CONFIG_FILE_BYTES_MAX + 2);
	const char *dir = test_dir();
	struct load load;

	memset(text, '#', CONFIG_FILE_BYTES_MAX + 1);
	text[CONFIG_FILE_BYTES_MAX + 1] = '\0';
	write_file(dir, "homuhomu.env", text);
	free(text);
	load_with(&load, SETTINGS_ALL, dir, NULL, 0, (const char *const[]){NULL});
	CHECK(!load.ok);
	CHECK(says(&load.err, "65536 bytes"));
	unload(&load);
}

TEST(secrets_are_wiped_from_the_environment_and_from_nothing_else)
{
	struct load load;

	LOAD(&load, SETTINGS_ALL, "DISCORD_BOT_TOKEN=" TOKEN, "HOMU_WEB_PASSWORD=hunter2", "HOMU_SCOPE=guild");
	REQUIRE(load.ok);
	CHECK(str_eqc(secret_reveal(config_secret(&load.config, SETTING_DISCORD_BOT_TOKEN)), TOKEN));
	CHECK(str_eqc(secret_reveal(config_secret(&load.config, SETTING_WEB_PASSWORD)), "hunter2"));
	CHECK_EQ_STR(load.environment[0], "DISCORD_BOT_TOKEN=");
	for (size_t i = 0; i < strlen(TOKEN); i++)
		CHECK_EQ_INT(load.environment[0][strlen("DISCORD_BOT_TOKEN=") + i], 0);
	CHECK_EQ_STR(load.environment[1], "HOMU_WEB_PASSWORD=");
	CHECK_EQ_STR(load.environment[2], "HOMU_SCOPE=guild");
	unload(&load);
}

TEST(names_of_aws_are_kept_together_if_they_are_wanted)
{
	struct load load;

	LOAD(&load, SETTING_BIT(SETTING_AWS), "AWS_REGION=eu-west-1", "AWS_SECRET_ACCESS_KEY=hush", "AWS_PROFILE=", "HOME=/h",
	     "ACTIONS_ID_TOKEN_REQUEST_TOKEN=hush", "PATH=/bin", "AWS_REGION=second");
	REQUIRE(load.ok);
	CHECK_EQ_UINT(load.config.aws_count, 4);
	CHECK_EQ_STR(load.config.aws[0].ptr, "AWS_REGION=eu-west-1");
	CHECK_EQ_STR(load.config.aws[1].ptr, "AWS_SECRET_ACCESS_KEY=hush");
	CHECK_EQ_STR(load.environment[0], "AWS_REGION=eu-west-1");
	CHECK_EQ_STR(load.environment[1], "AWS_SECRET_ACCESS_KEY=");
	CHECK_EQ_STR(load.environment[4], "ACTIONS_ID_TOKEN_REQUEST_TOKEN=");
	unload(&load);
	LOAD(&load, SETTING_BIT(SETTING_SCOPE), "AWS_REGION=eu-west-1", "AWS_SESSION_TOKEN=hush");
	REQUIRE(load.ok);
	CHECK_EQ_UINT(load.config.aws_count, 0);
	CHECK_EQ_STR(load.environment[1], "AWS_SESSION_TOKEN=");
	unload(&load);
}

TEST(too_many_names_of_aws_are_refused)
{
	char names[CONFIG_AWS_MAX + 1][32];
	char *environment[CONFIG_AWS_MAX + 2] = {NULL};
	struct config config;
	struct err err;

	for (int i = 0; i <= CONFIG_AWS_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "AWS_%d=x", i);
		environment[i] = names[i];
	}
	CHECK(!config_load(&config, SETTING_BIT(SETTING_AWS), environment, NULL, NULL, 0, &err));
	CHECK_EQ_INT(err.code, ERR_CONFIG);
	config_release(&config);
}

TEST(secrets_are_wiped_when_they_are_not_wanted_or_loading_fails)
{
	struct load load;

	LOAD(&load, SETTING_BIT(SETTING_HTTP), "DISCORD_BOT_TOKEN=" TOKEN);
	CHECK(load.ok);
	CHECK(!config_is_set(&load.config, SETTING_DISCORD_BOT_TOKEN));
	CHECK_EQ_STR(load.environment[0], "DISCORD_BOT_TOKEN=");
	unload(&load);
	LOAD(&load, SETTINGS_ALL, "DISCORD_BOT_TOKEN=" TOKEN, "HOMU_HTTP=nonsense");
	CHECK(!load.ok);
	CHECK_EQ_STR(load.environment[0], "DISCORD_BOT_TOKEN=");
	unload(&load);
}

TEST(a_secret_may_be_read_from_a_file)
{
	const char *dir = test_dir();
	char entry[4096];
	struct load load;

	write_file(dir, "token", TOKEN "\r\n");
	snprintf(entry, sizeof(entry), "DISCORD_BOT_TOKEN_FILE=%s/token", dir);
	LOAD(&load, SETTINGS_ALL, entry);
	REQUIRE(load.ok);
	CHECK(str_eqc(secret_reveal(config_secret(&load.config, SETTING_DISCORD_BOT_TOKEN)), TOKEN));
	unload(&load);
	LOAD(&load, SETTINGS_ALL, entry, "DISCORD_BOT_TOKEN=" TOKEN);
	CHECK(!load.ok);
	CHECK(says(&load.err, "both given in the environment"));
	unload(&load);
	LOAD(&load, SETTINGS_ALL, "DISCORD_BOT_TOKEN_FILE=/nowhere/token");
	CHECK(!load.ok);
	CHECK_EQ_INT(load.err.code, ERR_CONFIG);
	CHECK(says(&load.err, "DISCORD_BOT_TOKEN_FILE"));
	CHECK(says(&load.err, "/nowhere/token"));
	unload(&load);
	write_file(dir, "token", "\n");
	LOAD(&load, SETTINGS_ALL, entry);
	CHECK(!load.ok);
	CHECK(says(&load.err, "empty file"));
	unload(&load);
}

TEST(a_secret_may_come_from_systemds_credentials)
{
	const char *dir = test_dir();
	char entry[4096];
	struct load load;

	write_file(dir, "DISCORD_BOT_TOKEN", TOKEN "\n");
	write_file(dir, "homuhomu.env", "DISCORD_BOT_TOKEN=from-the-file\nHOMU_WEB_PASSWORD=\"a\\\\b\"\n");
	snprintf(entry, sizeof(entry), "CREDENTIALS_DIRECTORY=%s", dir);
	load_with(&load, SETTINGS_ALL, dir, NULL, 0, (const char *const[]){entry, NULL});
	REQUIRE(load.ok);
	CHECK(str_eqc(secret_reveal(config_secret(&load.config, SETTING_DISCORD_BOT_TOKEN)), TOKEN));
	CHECK_EQ_INT(load.config.sources[SETTING_DISCORD_BOT_TOKEN], SOURCE_CREDENTIALS);
	CHECK(str_eqc(secret_reveal(config_secret(&load.config, SETTING_WEB_PASSWORD)), "a\\b"));
	unload(&load);
}

TEST(no_token_on_ecs_is_refused_with_where_ecs_takes_it_from)
{
	struct load load;

	LOAD(&load, SETTINGS_ALL, "ECS_CONTAINER_METADATA_URI_V4=http://x");
	CHECK(!load.ok);
	CHECK_EQ_INT(load.err.code, ERR_REFUSED);
	CHECK(says(&load.err, "DISCORD_BOT_TOKEN is not set"));
	CHECK(says(&load.err, "arn:aws:secretsmanager:REGION:ACCOUNT:secret:homuhomu/discord-XXXXXX:DISCORD_BOT_TOKEN::\"}]"));
	unload(&load);
	LOAD(&load, SETTINGS_ALL, "ECS_CONTAINER_METADATA_URI_V4=http://x", "DISCORD_PUBLIC_KEY=" HEX64);
	CHECK(load.ok);
	unload(&load);
	LOAD(&load, SETTING_BIT(SETTING_HTTP), "ECS_CONTAINER_METADATA_URI_V4=http://x");
	CHECK(load.ok);
	unload(&load);
}

TEST(what_is_mistaken_for_a_token_is_recognised_and_never_shown)
{
	static const struct {
		const char *token;
		const char *mistake;
	} cases[] = {
		{"arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:homuhomu/discord-AbCdEf", "an ARN"},
		{"arn:aws:ssm:ap-northeast-1:123456789012:parameter/token", "an ARN"},
		{" arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:x", "an ARN"},
		{"{\"DISCORD_BOT_TOKEN\":\"" TOKEN "\"}", "the whole JSON secret"},
		{"\"" TOKEN "\"", "quotes"},
		{"Bot " TOKEN, "begins with \"Bot \""},
		{"abcdefghijklmnopqrstuvwxyz_-0123", "a client secret"},
		{"123456789012345678", "an application id"},
		{HEX64, "a public key"},
		{"https://discord.com/api/webhooks/1/x", "an address"},
		{TOKEN "\n", "white space"},
		{"abc def", "white space"},
		{"  ", "empty or white space"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct err err;

		CHECK(!config_check_token(str_from(cases[i].token), &err));
		CHECK_EQ_INT(err.code, ERR_REFUSED);
		CHECK(says(&err, cases[i].mistake));
		CHECK(strstr(err.text, "123456789012") == NULL);
		CHECK(strstr(err.text, "GabcdE") == NULL);
		CHECK(strlen(err.text) < ERR_TEXT_MAX - 64);
	}
}

TEST(an_arn_and_a_json_secret_are_answered_with_the_arn_as_it_should_be)
{
	static const char *const entries[] = {"DISCORD_BOT_TOKEN=arn:aws:secretsmanager:eu-west-1:1:secret:x",
					      "DISCORD_BOT_TOKEN={\"DISCORD_BOT_TOKEN\":\"x\"}"};

	for (size_t i = 0; i < 2; i++) {
		struct load load;

		LOAD(&load, SETTINGS_ALL, entries[i]);
		CHECK(!load.ok);
		CHECK_EQ_INT(load.err.code, ERR_REFUSED);
		CHECK(says(&load.err, "DISCORD_BOT_TOKEN in the environment: "));
		CHECK(says(&load.err,
			   "\"valueFrom\": \"arn:aws:secretsmanager:REGION:ACCOUNT:secret:homuhomu/discord-XXXXXX:DISCORD_BOT_TOKEN::\"}]"));
		unload(&load);
	}
}

TEST(what_is_not_recognised_may_be_a_token)
{
	static const char *const tokens[] = {TOKEN, "test-token", "x", "fake.token.of-a-test", "mfa.abc", "12345",
					     "abcdefghijklmnopqrstuvwxyz_-01234"};

	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
		struct err err;

		CHECK(config_check_token(str_from(tokens[i]), &err));
	}
}

TEST(values_of_the_wrong_form_are_refused)
{
	static const struct {
		enum setting setting;
		const char *value;
		bool ok;
	} cases[] = {
		{SETTING_HTTP, "127.0.0.1:0", true},
		{SETTING_HTTP, "localhost:65535", true},
		{SETTING_HTTP, "[::1]:8787", true},
		{SETTING_HTTP, "0.0.0.0:80", true},
		{SETTING_HTTP, "8787", false},
		{SETTING_HTTP, "example.com:80", false},
		{SETTING_HTTP, "127.0.0.1.1:80", false},
		{SETTING_HTTP, "[127.0.0.1]:80", false},
		{SETTING_HTTP, "[::1]80", false},
		{SETTING_HTTP, "[::1]:", false},
		{SETTING_HTTP, ":8787", false},
		{SETTING_HTTP, "127.0.0.1", false},
		{SETTING_HTTP, "127.0.0.1:65536", false},
		{SETTING_HTTP, "127.0.0.1:-1", false},
		{SETTING_HTTP, "127.0.0.1:08", false},
		{SETTING_HTTP, "::1:80", false},
		{SETTING_HTTP, "[]:80", false},
		{SETTING_HTTP, "[::1:80", false},
		{SETTING_HTTP, "http://localhost:80", false},
		{SETTING_HTTP, "local host:80", false},
		{SETTING_STORE, "sqlite:/data/x.db", true},
		{SETTING_STORE, "dynamodb:", true},
		{SETTING_STORE, "sqlite:", false},
		{SETTING_STORE, "postgres:x", false},
		{SETTING_STORE, "dynamodb:x", false},
		{SETTING_SCOPE, "guild", true},
		{SETTING_SCOPE, "Guild", false},
		{SETTING_SHARDS, "auto", true},
		{SETTING_SHARDS, "1", true},
		{SETTING_SHARDS, "0-3/8", true},
		{SETTING_SHARDS, "7-7/8", true},
		{SETTING_SHARDS, "0", false},
		{SETTING_SHARDS, "0-8/8", false},
		{SETTING_SHARDS, "3-0/8", false},
		{SETTING_SHARDS, "0-3", false},
		{SETTING_SHARDS, "1/2", false},
		{SETTING_LOG, "json", true},
		{SETTING_LOG, "JSON", false},
		{SETTING_LOG_LEVEL, "debug", true},
		{SETTING_LOG_LEVEL, "trace", false},
		{SETTING_SEED_KEY, HEX64, true},
		{SETTING_SEED_KEY, HEX64 "0", false},
		{SETTING_SEED_KEY, "zz" HEX64, false},
		{SETTING_DISCORD_PUBLIC_KEY, "12", false},
		{SETTING_DISCORD_API_BASE, "http://127.0.0.1:1/api", true},
		{SETTING_DISCORD_API_BASE, "ftp://x", false},
		{SETTING_DISCORD_API_BASE, "https:///api", false},
		{SETTING_DISCORD_API_BASE, "https://x/?a=b", false},
		{SETTING_ALERT_WEBHOOK, "https://hooks.example/x?y=z", true},
		{SETTING_ALERT_WEBHOOK, "x", false},
		{SETTING_BACKUP, "daily@02:00,keep=14", true},
		{SETTING_BACKUP, "daily@23:59,keep=1,to=s3://bucket/x", true},
		{SETTING_BACKUP, "daily@24:00,keep=14", false},
		{SETTING_BACKUP, "daily@2:00,keep=14", false},
		{SETTING_BACKUP, "daily@02:00", false},
		{SETTING_BACKUP, "daily@02:00,keep=0", false},
		{SETTING_BACKUP, "daily@02:00,keep=14,", false},
		{SETTING_BACKUP, "hourly", false},
		{SETTING_USERS_TABLE, "a.b-c_D9", true},
		{SETTING_USERS_TABLE, "ab", false},
		{SETTING_USERS_TABLE, "a b c", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str value = str_from(cases[i].value);
		struct err err = {.code = ERR_NONE};
		bool ok = setting_check(cases[i].setting, &value, &err);

		if (ok != cases[i].ok)
			printf("%s=%s\n", setting_rows[cases[i].setting].name, cases[i].value);
		CHECK_EQ_INT(ok, cases[i].ok);
		CHECK_EQ_INT(err.code, cases[i].ok ? ERR_NONE : ERR_CONFIG);
	}
}

TEST(a_wrong_value_is_named_with_its_source_but_a_secret_is_not_shown)
{
	struct load load;

	LOAD(&load, SETTINGS_ALL, "HOMU_SHARDS=many");
	CHECK(!load.ok);
	CHECK(says(&load.err, "HOMU_SHARDS in the environment is \"many\": it has to be "));
	unload(&load);
	LOAD(&load, SETTINGS_ALL, "HOMU_SEED_KEY=swordfish");
	CHECK(!load.ok);
	CHECK(says(&load.err, "HOMU_SEED_KEY in the environment: it has to be 64 hex digits"));
	CHECK(strstr(load.err.text, "swordfish") == NULL);
	unload(&load);
	LOAD(&load, SETTINGS_ALL, "HOMU_WEB_PASSWORD=sword\nfish");
	CHECK(!load.ok);
	CHECK(says(&load.err, "HOMU_WEB_PASSWORD in the environment holds a line break"));
	CHECK(strstr(load.err.text, "fish") == NULL);
	unload(&load);
}

TEST(a_command_loads_only_what_it_names)
{
	struct load load;

	LOAD(&load, SETTING_BIT(SETTING_CATALOG), "HOMU_SHARDS=many", "HOMU_CATALOG=x.json", "DISCORD_BOT_TOKEN={}");
	REQUIRE(load.ok);
	CHECK_EQ_STR(value_of(&load, SETTING_CATALOG), "x.json");
	CHECK(!config_is_set(&load.config, SETTING_HTTP));
	unload(&load);
}

TEST(slashes_at_the_end_of_the_api_base_are_taken_away)
{
	struct load load;

	LOAD(&load, SETTINGS_ALL, "DISCORD_API_BASE=https://x.example/api//");
	REQUIRE(load.ok);
	CHECK_EQ_STR(value_of(&load, SETTING_DISCORD_API_BASE), "https://x.example/api");
	unload(&load);
}

static char *read_all(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	if (file) {
		if (fread(text, 1, (1 << 20) - 1, file) == 0)
			text[0] = '\0';
		fclose(file);
	}
	return text;
}

TEST(the_readmes_have_the_table_of_the_settings)
{
	static const char *const files[] = {"README.md", "README.ja.md"};

	for (size_t i = 0; i < 2; i++) {
		char *text = read_all(files[i]);
		struct buf table;

		buf_init(&table, 1 << 20);
		settings_write_table(&table, i == 1);
		REQUIRE(buf_cstr(&table) != NULL);
		if (!strstr(text, buf_cstr(&table)))
			printf("%s lacks the table that `homuhomu help --markdown` prints\n", files[i]);
		CHECK(strstr(text, buf_cstr(&table)) != NULL);
		buf_release(&table);
		free(text);
	}
}
