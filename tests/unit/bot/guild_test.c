#include "bot/guild.h"

#include "base/limits.h"
#include "test.h"

static struct arena arena;

static struct str encode(const struct guild *guild)
{
	struct buf out;

	buf_init(&out, 65536);
	guild_encode(guild, &arena, &out);
	struct str text = arena_str(&arena, buf_str(&out));
	buf_release(&out);
	return text;
}

TEST(a_server_without_settings_has_defaults)
{
	struct guild guild;
	struct err err;

	arena_init(&arena, 1u << 20);
	CHECK(guild_decode(&guild, &arena, 7, 0, STR_EMPTY, &err));
	CHECK_EQ_UINT(guild.id, 7);
	CHECK_EQ_INT(guild.language, GUILD_LANGUAGE_AUTO);
	CHECK(str_eqc(guild.zone_name, "Asia/Tokyo"));
	CHECK_EQ_INT(guild.cooldown_s, 0);
	CHECK(guild.announces);
	CHECK_EQ_UINT(guild.channel, 0);
	arena_release(&arena);
}

TEST(what_is_written_is_read_again_with_members_of_later_versions)
{
	struct guild guild, again;
	struct err err;

	arena_init(&arena, 1u << 20);
	REQUIRE(guild_decode(&guild, &arena, 7, 3, STR("{\"language\":\"ja\",\"later\":{\"a\":[1]}}"), &err));
	guild.channel = 99;
	guild.announces = false;
	guild.cooldown_s = 30;
	CHECK(guild_set_zone(&guild, STR("Europe/Berlin")));
	CHECK(!guild_set_zone(&guild, STR("Moon/Base")));
	CHECK(str_eqc(encode(&guild), "{\"channel\":\"99\",\"announces\":false,\"language\":\"ja\",\"time_zone\":\"Europe/Berlin\","
				      "\"cooldown\":30,\"later\":{\"a\":[1]}}"));
	REQUIRE(guild_decode(&again, &arena, 7, 4, encode(&guild), &err));
	CHECK_EQ_UINT(again.version, 4);
	CHECK_EQ_UINT(again.channel, 99);
	CHECK_EQ_INT(again.language, GUILD_LANGUAGE_JA);
	CHECK(!again.announces);
	CHECK_EQ_INT(again.cooldown_s, 30);
	CHECK(str_eqc(again.zone_name, "Europe/Berlin"));
	arena_release(&arena);
}

TEST(a_document_that_is_not_of_the_form_is_named)
{
	static const char *const docs[] = {
		"[", "{\"channel\":5}", "{\"announces\":1}", "{\"language\":\"fr\"}", "{\"cooldown\":-1}", "{\"cooldown\":86401}",
		"{\"time_zone\":\"Moon/Base\"}",
	};

	arena_init(&arena, 1u << 20);
	for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
		struct guild guild;
		struct err err;

		CHECK(!guild_decode(&guild, &arena, 7, 1, str_from(docs[i]), &err));
		CHECK_EQ_INT(err.code, ERR_INPUT);
		CHECK(str_find(str_from(err.text), STR("server 7")) >= 0);
	}
	arena_release(&arena);
}
