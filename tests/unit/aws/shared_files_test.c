#include "aws/shared_files.h"

#include <stdio.h>

#include "aws/variables.h"
#include "test.h"

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!CHECK(file))
		return;
	fputs(text, file);
	fclose(file);
}

TEST(both_files_are_read_and_the_credentials_come_first)
{
	char config[512], credentials[512], a[600], b[600];
	struct variables variables;
	struct shared_files files;
	struct err err;

	snprintf(config, sizeof(config), "%s/config", test_dir());
	snprintf(credentials, sizeof(credentials), "%s/credentials", test_dir());
	snprintf(a, sizeof(a), "AWS_CONFIG_FILE=%s", config);
	snprintf(b, sizeof(b), "AWS_SHARED_CREDENTIALS_FILE=%s", credentials);
	write_file(config, "[default]\nregion=x\naws_access_key_id=config\n");
	write_file(credentials, "[default]\naws_access_key_id=credentials\n");
	VARIABLES_SET(&variables, a, b);
	CHECK(shared_files_read(&files, &variables.environment, &err));
	CHECK(str_eqc(profiles_get(&files.profiles, STR("default"), "region"), "x"));
	CHECK(str_eqc(profiles_get(&files.profiles, STR("default"), "aws_access_key_id"), "credentials"));
	shared_files_release(&files);
	write_file(config, "[default]\nregion\n");
	CHECK(!shared_files_read(&files, &variables.environment, &err));
	CHECK(err.code == ERR_CONFIG && strstr(err.text, config) && strstr(err.text, "line 2"));
	shared_files_release(&files);
	variables_release(&variables);
}

TEST(a_file_that_is_not_there_is_empty_unless_it_was_named)
{
	char home[512], named[600];
	struct variables variables;
	struct shared_files files;
	struct err err;

	snprintf(home, sizeof(home), "HOME=%s", test_dir());
	snprintf(named, sizeof(named), "AWS_CONFIG_FILE=%s/none", test_dir());
	VARIABLES_SET(&variables, home);
	CHECK(shared_files_read(&files, &variables.environment, &err));
	CHECK(!files.profiles.first);
	shared_files_release(&files);
	variables_release(&variables);
	VARIABLES_SET(&variables, home, named);
	CHECK(!shared_files_read(&files, &variables.environment, &err));
	CHECK(err.code == ERR_CONFIG && strstr(err.text, "AWS_CONFIG_FILE"));
	shared_files_release(&files);
	variables_release(&variables);
}
