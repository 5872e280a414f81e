#include "aws/profile.h"

#include "test.h"

static struct arena arena;

static bool read_file(struct profiles *profiles, enum profile_file file, const char *text, struct err *err)
{
	return profiles_read(profiles, file, str_from(text), &arena, err);
}

static bool is(struct str got, const char *want)
{
	return str_eqc(got, want);
}

TEST(sections_are_named_differently_in_the_two_files)
{
	struct profiles profiles = {NULL, NULL};
	struct err err;

	arena_init(&arena, 1 << 20);
	CHECK(read_file(&profiles, PROFILE_CREDENTIALS, "[a]\nkey=1\n[profile b]\nkey=2\n[default]\nkey=3", &err));
	CHECK(read_file(&profiles, PROFILE_CONFIG, "[profile c]\r\nKey = 4 \r\n[profile \"d e\"]\nkey=5\n[a]\nkey=6\n[profile default]\nmore = x=y\n",
			&err));
	CHECK(is(profiles_get(&profiles, STR("a"), "key"), "1"));
	CHECK(is(profiles_get(&profiles, STR("profile b"), "key"), "2"));
	CHECK(is(profiles_get(&profiles, STR("default"), "key"), "3"));
	CHECK(is(profiles_get(&profiles, STR("c"), "key"), "4"));
	CHECK(is(profiles_get(&profiles, STR("d e"), "key"), "5"));
	CHECK(is(profiles_get(&profiles, STR("default"), "more"), "x=y"));
	CHECK(profiles_has(&profiles, STR("c")) && !profiles_has(&profiles, STR("e")));
	CHECK_EQ_UINT(profiles_get(&profiles, STR("c"), "none").len, 0);
	arena_release(&arena);
}

TEST(of_a_key_given_twice_the_first_counts)
{
	struct profiles profiles = {NULL, NULL};
	struct err err;

	arena_init(&arena, 1 << 20);
	CHECK(read_file(&profiles, PROFILE_CREDENTIALS, "[default]\nregion=one\nregion=two\n", &err));
	CHECK(read_file(&profiles, PROFILE_CONFIG, "[default]\nregion=three\n", &err));
	CHECK(is(profiles_get(&profiles, STR("default"), "region"), "one"));
	arena_release(&arena);
}

TEST(indented_lines_belong_to_the_key_above)
{
	struct profiles profiles = {NULL, NULL};
	struct err err;

	arena_init(&arena, 1 << 20);
	CHECK(read_file(&profiles, PROFILE_CONFIG,
			"# a comment\n\n[services local]\ns3 =\n  endpoint_url = http://a\ndynamodb =\n\tendpoint_url=http://b\n"
			"; another\n[default]\ns3 =\n  max = 1\n  a second line of text\nregion = x\n", &err));
	CHECK(is(profiles_get_service(&profiles, STR("local"), "s3", "endpoint_url"), "http://a"));
	CHECK(is(profiles_get_service(&profiles, STR("local"), "DYNAMODB", "endpoint_url"), "http://b"));
	CHECK_EQ_UINT(profiles_get_service(&profiles, STR("other"), "s3", "endpoint_url").len, 0);
	CHECK_EQ_UINT(profiles_get(&profiles, STR("default"), "max").len, 0);
	CHECK(is(profiles_get(&profiles, STR("default"), "region"), "x"));
	arena_release(&arena);
}

TEST(a_fault_is_told_with_its_line_and_without_its_text)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"secret\n", "line 1: a value stands before the first section"},
		{"[default]\na=1\nsecret\n", "line 3: NAME = VALUE is wanted"},
		{"[default]\n = secret\n", "line 2: a value without a name"},
		{"\n[secret\n", "line 2: a section is written as [NAME]"},
		{"[]\n", "line 1: a section is written as [NAME]"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct profiles profiles = {NULL, NULL};
		struct err err;

		arena_init(&arena, 1 << 20);
		CHECK(!read_file(&profiles, PROFILE_CONFIG, cases[i].text, &err));
		CHECK_EQ_INT(err.code, ERR_INPUT);
		CHECK(strstr(err.text, cases[i].words) && !strstr(err.text, "secret"));
		arena_release(&arena);
	}
}

TEST(a_file_of_too_many_values_is_refused)
{
	struct profiles profiles = {NULL, NULL};
	struct buf text;
	struct err err;

	arena_init(&arena, 4096);
	buf_init(&text, 1 << 20);
	buf_addc(&text, "[default]\n");
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "k%d=v\n", i);
	CHECK(!profiles_read(&profiles, PROFILE_CONFIG, buf_str(&text), &arena, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	buf_release(&text);
	arena_release(&arena);
}
