#include "bot/guild.h"

#include "base/json_write.h"
#include "base/limits.h"

/* gacha.md, Economy: the day of /daily where the server has not chosen a zone. */
#define ZONE_DEFAULT "Asia/Tokyo"

static const char *const language_words[GUILD_LANGUAGE_COUNT] = {
	[GUILD_LANGUAGE_AUTO] = "auto",
	[GUILD_LANGUAGE_EN] = "en",
	[GUILD_LANGUAGE_JA] = "ja",
};

static const char *const known_keys[] = {"channel", "announces", "language", "time_zone", "cooldown"};

const char *guild_language_word(enum guild_language language)
{
	return language_words[language];
}

bool guild_language_parse(struct str word, enum guild_language *language)
{
	for (size_t i = 0; i < GUILD_LANGUAGE_COUNT; i++)
		if (str_eqc(word, language_words[i])) {
			*language = (enum guild_language)i;
			return true;
		}
	return false;
}

bool guild_set_zone(struct guild *guild, struct str name)
{
	struct clock_zone zone;

	if (!clock_zone_find(name, &zone))
		return false;
	guild->zone = zone;
	guild->zone_name = name;
	return true;
}

void guild_init(struct guild *guild, uint64_t id)
{
	*guild = (struct guild){.id = id, .announces = true, .rest = JSON_MISSING_VALUE};
	guild_set_zone(guild, STR(ZONE_DEFAULT));
}

static bool refuse(const struct guild *guild, const char *key, struct err *err)
{
	return err_set(err, ERR_INPUT, "the settings of server %llu: '%s' is not of its form",
		       (unsigned long long)guild->id, key);
}

bool guild_decode(struct guild *guild, struct arena *arena, uint64_t id, uint64_t version, struct str doc,
		  struct err *err)
{
	struct json root, value;

	guild_init(guild, id);
	if (doc.len == 0)
		return true;
	guild->version = version;
	if (!json_parse(arena, doc, &root, err))
		return err_wrap(err, "the settings of server %llu", (unsigned long long)id);
	guild->rest = root;
	value = json_get(root, "channel");
	if (!json_is_missing(value) && !json_snowflake(value, &guild->channel))
		return refuse(guild, "channel", err);
	value = json_get(root, "announces");
	if (!json_is_missing(value) && !json_bool(value, &guild->announces))
		return refuse(guild, "announces", err);
	value = json_get(root, "language");
	if (!json_is_missing(value) &&
	    !guild_language_parse(json_text_or(value, arena, STR_EMPTY), &guild->language))
		return refuse(guild, "language", err);
	value = json_get(root, "cooldown");
	if (!json_is_missing(value) && !json_i64(value, 0, COOLDOWN_S_MAX, &guild->cooldown_s))
		return refuse(guild, "cooldown", err);
	value = json_get(root, "time_zone");
	return json_is_missing(value) || guild_set_zone(guild, json_text_or(value, arena, STR_EMPTY)) ||
	       refuse(guild, "time_zone", err);
}

static bool is_known(struct str key)
{
	for (size_t i = 0; i < sizeof(known_keys) / sizeof(known_keys[0]); i++)
		if (str_eqc(key, known_keys[i]))
			return true;
	return false;
}

void guild_encode(const struct guild *guild, struct arena *arena, struct buf *out)
{
	struct json_iter iter = json_iterate(guild->rest);
	struct json_writer writer;
	struct json key, value;

	json_writer_init(&writer, out);
	json_begin_object(&writer);
	if (guild->channel)
		json_member_snowflake(&writer, "channel", guild->channel);
	json_member_bool(&writer, "announces", guild->announces);
	json_member_str(&writer, "language", str_from(language_words[guild->language]));
	json_member_str(&writer, "time_zone", guild->zone_name);
	json_member_i64(&writer, "cooldown", guild->cooldown_s);
	while (json_type(guild->rest) == JSON_OBJECT && json_next(&iter, &key, &value)) {
		struct str name = json_text_or(key, arena, STR_EMPTY);

		if (name.len == 0 || is_known(name))
			continue;
		json_key(&writer, name);
		json_put_value(&writer, value);
	}
	json_end_object(&writer);
}
