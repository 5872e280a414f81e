#include "test.h"

#include "base/secret.h"

TEST(a_secret_is_a_copy_that_can_be_revealed)
{
	char text[] = "token";
	struct secret secret = {0};

	CHECK(!secret_is_set(&secret));
	CHECK_EQ_UINT(secret_reveal(&secret).len, 0);
	CHECK(secret_set(&secret, str_from(text)));
	memset(text, 'x', sizeof(text) - 1);
	CHECK(secret_is_set(&secret));
	CHECK(str_eqc(secret_reveal(&secret), "token"));
	CHECK(secret_set(&secret, STR("other")));
	CHECK(str_eqc(secret_reveal(&secret), "other"));
	secret_release(&secret);
	CHECK(!secret_is_set(&secret));
	secret_release(&secret);
}

TEST(a_secret_may_be_set_from_itself)
{
	struct secret secret = {0};

	CHECK(secret_set(&secret, STR("  token ")));
	CHECK(secret_set(&secret, str_trim(secret_reveal(&secret))));
	CHECK(str_eqc(secret_reveal(&secret), "token"));
	secret_release(&secret);
}

TEST(an_empty_secret_is_set)
{
	struct secret secret = {0};

	CHECK(secret_set(&secret, STR_EMPTY));
	CHECK(secret_is_set(&secret));
	secret_release(&secret);
}

TEST(wiping_leaves_zeros)
{
	char text[] = "secret";

	secret_wipe(text, sizeof(text) - 1);
	CHECK_EQ_BYTES(text, 7, "\0\0\0\0\0\0\0", 7);
}

TEST(comparing_looks_at_every_byte)
{
	CHECK(secret_equal(STR("abc"), STR("abc")));
	CHECK(!secret_equal(STR("abc"), STR("abd")));
	CHECK(!secret_equal(STR("abc"), STR("xbc")));
	CHECK(!secret_equal(STR("abc"), STR("ab")));
	CHECK(secret_equal(STR_EMPTY, STR_EMPTY));
}

TEST(what_has_the_form_of_a_bot_token_is_masked_in_a_text)
{
	char text[] = "there is no command \"MTE3NDEwOTg0MDk5ODQwMDAw.GexaM1.0123456789abcdefghijklmn_-\"; see 1.2.3";
	char plain[] = "GET https://discord.com/api/v10/gateway/bot: 0123456789abcdef0123456789abcdef.x.y";
	char before[sizeof(plain)];

	secret_mask_tokens(text);
	CHECK(strstr(text, "GexaM1") == NULL);
	CHECK(strstr(text, "MTE3") == NULL);
	CHECK(strstr(text, "see 1.2.3") != NULL);
	memcpy(before, plain, sizeof(plain));
	secret_mask_tokens(plain);
	CHECK_EQ_STR(plain, before);
}
