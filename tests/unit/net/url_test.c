#include "net/url.h"

#include "test.h"

static bool parses(const char *text)
{
	struct url url;
	struct err err = {0};
	bool ok = url_parse(str_from(text), &url, &err);

	if (!ok)
		CHECK_EQ_INT(err.code, ERR_INPUT);
	return ok;
}

TEST(parts_are_taken_apart)
{
	struct url url;

	REQUIRE(url_parse(STR("wss://gateway.discord.gg/?v=10&encoding=json"), &url, NULL));
	CHECK(url.tls);
	CHECK(!url.direct);
	CHECK_EQ_UINT(url.port, 443);
	CHECK(str_eqc(url.host, "gateway.discord.gg"));
	CHECK(str_eqc(url.authority, "gateway.discord.gg"));
	CHECK(str_eqc(url.target, "/?v=10&encoding=json"));
	REQUIRE(url_parse(STR("HTTP://[::1]:8080?q"), &url, NULL));
	CHECK(!url.tls);
	CHECK(url.direct);
	CHECK_EQ_UINT(url.port, 8080);
	CHECK(str_eqc(url.host, "::1"));
	CHECK(str_eqc(url.authority, "[::1]:8080"));
	CHECK(str_eqc(url.target, "?q"));
	REQUIRE(url_parse(STR("ws://localhost"), &url, NULL));
	CHECK_EQ_UINT(url.port, 80);
	CHECK_EQ_UINT(url.target.len, 0);
}

TEST(plain_is_for_loopback_and_credential_endpoints)
{
	static const char *const allowed[] = {
		"http://localhost/", "http://LOCALHOST:1/", "http://127.0.0.1/", "http://127.255.3.4:99/", "ws://[::1]:9/",
		"http://[0:0:0:0:0:0:0:1]/", "http://169.254.170.2/v2", "http://169.254.170.23/v1", "http://169.254.169.254/latest",
		"http://[fd00:ec2::23]/v1", "http://[fd00:0ec2::254]/latest", "https://example.com/", "wss://example.com",
		"https://10.0.0.1/",
	};
	static const char *const refused[] = {
		"http://example.com/", "ws://gateway.discord.gg", "http://127.1/", "http://0x7f.0.0.1/", "http://127.0.0.1.example.com/",
		"http://2130706433/", "http://localhost.example.com/", "http://localhost./", "http://169.254.170.3/",
		"http://[::2]/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://0127.0.0.1/",
	};

	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (!CHECK(parses(allowed[i])))
			test_check_str(allowed[i], "", __FILE__, __LINE__, "allowed");
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (!CHECK(!parses(refused[i])))
			test_check_str(refused[i], "", __FILE__, __LINE__, "refused");
}

TEST(what_hides_a_host_is_refused)
{
	static const char *const refused[] = {
		"", "https", "https:/example.com", "https:example.com", "//example.com", "ftp://example.com", "file:///etc/passwd",
		"https://", "https:///path", "https://user@example.com", "https://user:pw@example.com/", "https://localhost@evil.com/",
		"https://exa mple.com", "https://example.com/a b", "https://example.com/\r\nX: y", "https://example.com/\x7f",
		"https://example.com/\xc3\xa9", "https://example.com\\@evil.com", "https://example.com:0/", "https://example.com:65536/",
		"https://example.com:/", "https://example.com:08/", "https://example.com:8a/", "https://[::1", "https://[::1]x/",
		"https://[fe80::1%25eth0]/", "https://exa%6dple.com/", "https://example.com/#top", "https://.example.com",
		"https://-example.com", "https://[example.com]/",
	};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (!CHECK(!parses(refused[i])))
			test_check_str(refused[i], "", __FILE__, __LINE__, "refused");
}

TEST(an_error_does_not_repeat_the_path)
{
	struct url url;
	struct err err = {0};

	CHECK(!url_parse(STR("http://example.com/webhooks/1/SECRET"), &url, &err));
	CHECK(!strstr(err.text, "SECRET"));
	CHECK(strstr(err.text, "example.com"));
}

TEST(a_url_has_a_longest)
{
	static char text[9000];
	struct url url;

	memset(text, 'a', sizeof(text));
	memcpy(text, "https://example.com/", 20);
	CHECK(url_parse(str_make(text, 8192), &url, NULL));
	CHECK(!url_parse(str_make(text, 8193), &url, NULL));
}
