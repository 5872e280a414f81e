#include "gacha/reader.h"

#include <string.h>

#include "base/clock.h"
#include "base/codec.h"

static const char *const type_names[] = {
	[JSON_MISSING] = "nothing", [JSON_NULL] = "null",	[JSON_BOOL] = "a boolean", [JSON_NUMBER] = "a number",
	[JSON_STRING] = "a string", [JSON_ARRAY] = "an array", [JSON_OBJECT] = "an object",
};

/* Whether the value is there and of this type. */
static bool is_type(struct reader *reader, const struct node *node, enum json_type type)
{
	enum json_type found = json_type(node->value);

	if (found == type)
		return true;
	if (found != JSON_MISSING)
		fault_add(&reader->faults, node, RULE_TYPE, "%s stands here, where %s belongs", type_names[found],
			  type_names[type]);
	return false;
}

static struct reader_member *find_member(struct reader_member *members, size_t count, struct str key)
{
	for (size_t i = 0; i < count; i++)
		if (str_eqc(key, members[i].key))
			return &members[i];
	return NULL;
}

bool reader_object(struct reader *reader, const struct node *node, struct reader_member *members, size_t count)
{
	struct json_iter iter = json_iterate(node->value);
	struct json key, value;
	struct str name = STR_EMPTY;

	for (size_t i = 0; i < count; i++)
		members[i].node = node_member(node, str_from(members[i].key), JSON_MISSING_VALUE);
	if (!is_type(reader, node, JSON_OBJECT))
		return false;
	while (json_next(&iter, &key, &value)) {
		struct reader_member *member;
		struct node unknown;

		if (!json_text(key, reader->arena, &name))
			return false;
		member = find_member(members, count, name);
		if (member) {
			member->node.value = value;
			continue;
		}
		unknown = node_member(node, name, value);
		fault_add(&reader->faults, &unknown, RULE_UNKNOWN_KEY, "no key is called '%.*s' here", STR_ARG(name));
	}
	for (size_t i = 0; i < count; i++)
		if (!members[i].optional && json_is_missing(members[i].node.value))
			fault_add_at_key(&reader->faults, node, str_from(members[i].key), RULE_MISSING,
					 "'%s' has to be given", members[i].key);
	return true;
}

bool reader_map(struct reader *reader, const struct node *node)
{
	return is_type(reader, node, JSON_OBJECT);
}

bool reader_list(struct reader *reader, const struct node *node)
{
	if (!is_type(reader, node, JSON_ARRAY))
		return false;
	if (json_count(node->value) > 0)
		return true;
	fault_add(&reader->faults, node, RULE_EMPTY, "the list needs an element");
	return false;
}

bool reader_text(struct reader *reader, const struct node *node, struct str *out)
{
	return is_type(reader, node, JSON_STRING) && json_text(node->value, reader->arena, out);
}

bool reader_flag(struct reader *reader, const struct node *node, bool *out)
{
	return is_type(reader, node, JSON_BOOL) && json_bool(node->value, out);
}

bool reader_integer(struct reader *reader, const struct node *node, int64_t min, int64_t max, int64_t *out)
{
	if (!is_type(reader, node, JSON_NUMBER))
		return false;
	if (json_i64(node->value, min, max, out))
		return true;
	fault_add(&reader->faults, node, RULE_RANGE, "the number has to be from %lld to %lld", (long long)min,
		  (long long)max);
	return false;
}

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_id(struct str id)
{
	if (id.len < 1 || id.len > CATALOG_ID_MAX || !is_letter_or_digit(id.ptr[0]))
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (!is_letter_or_digit(id.ptr[i]) && !memchr("._-", id.ptr[i], 3))
			return false;
	return true;
}

bool reader_id(struct reader *reader, const struct node *node, struct str *out)
{
	if (!reader_text(reader, node, out))
		return false;
	if (!is_id(*out))
		fault_add(&reader->faults, node, RULE_ID,
			  "an id is 1 to 64 letters, digits, '.', '_' or '-', and begins with a letter or digit");
	return true;
}

/* One language of a text. */
static bool language(struct reader *reader, const struct node *text, const struct reader_member *member,
		     struct str *out)
{
	if (json_is_missing(member->node.value)) {
		fault_add_at_key(&reader->faults, text, str_from(member->key), RULE_LOCALISATION,
				 "the text is not given in '%s'", member->key);
		return false;
	}
	if (!reader_text(reader, &member->node, out))
		return false;
	if (out->len)
		return true;
	fault_add(&reader->faults, &member->node, RULE_LOCALISATION, "the text is empty in '%s'", member->key);
	return false;
}

bool reader_localised(struct reader *reader, const struct node *node, struct localised *out)
{
	struct reader_member members[] = {{.key = "ja", .optional = true}, {.key = "en", .optional = true}};
	bool ja, en;

	*out = (struct localised){STR_EMPTY, STR_EMPTY};
	if (!reader_object(reader, node, members, 2))
		return false;
	ja = language(reader, node, &members[0], &out->ja);
	en = language(reader, node, &members[1], &out->en);
	return ja && en;
}

bool reader_emoji(struct reader *reader, const struct node *node, struct str *out)
{
	*out = STR_EMPTY;
	if (!reader_text(reader, node, out))
		return false;
	if (out->len == 0)
		fault_add(&reader->faults, node, RULE_EMPTY, "the emoji is empty; leave the key out, or give one");
	return out->len > 0;
}

bool reader_color(struct reader *reader, const struct node *node, int32_t *out)
{
	struct str text;
	uint8_t rgb[3];

	*out = CATALOG_NONE;
	if (!reader_text(reader, node, &text))
		return false;
	if (text.len != 7 || text.ptr[0] != '#' || !codec_unhex(str_skip(text, 1), rgb, sizeof(rgb))) {
		fault_add(&reader->faults, node, RULE_COLOR, "a colour has the form #RRGGBB, in hex");
		return false;
	}
	*out = rgb[0] << 16 | rgb[1] << 8 | rgb[2];
	return true;
}

/* https, a host, and nothing that a URL has to escape. */
static bool is_https(struct str url)
{
	struct str scheme = STR("https://");

	if (!str_starts(url, scheme) || url.len == scheme.len || !is_letter_or_digit(url.ptr[scheme.len]))
		return false;
	for (size_t i = 0; i < url.len; i++)
		if (url.ptr[i] <= ' ' || url.ptr[i] > '~' || memchr("\"<>\\^`{|}", url.ptr[i], 9))
			return false;
	return url.len <= IMAGE_URL_BYTES_MAX;
}

bool reader_image(struct reader *reader, const struct node *node, struct str *out)
{
	struct str url;

	*out = STR_EMPTY;
	if (!reader_text(reader, node, &url))
		return false;
	if (!is_https(url)) {
		fault_add(&reader->faults, node, RULE_IMAGE, "an image is an https:// URL of at most %d characters",
			  IMAGE_URL_BYTES_MAX);
		return false;
	}
	*out = url;
	return true;
}

bool reader_rate(struct reader *reader, const struct node *node, uint32_t *out)
{
	struct str text;

	if (!reader_text(reader, node, &text))
		return false;
	if (rate_parse(text, out))
		return true;
	fault_add(&reader->faults, node, RULE_DECIMAL,
		  "a percentage is written like \"0.6%%\": at most 7 decimals, at most \"100%%\"");
	return false;
}

bool reader_time(struct reader *reader, const struct node *node, int64_t *out)
{
	struct str text;

	if (!reader_text(reader, node, &text))
		return false;
	if (clock_parse_rfc3339(text, out))
		return true;
	fault_add(&reader->faults, node, RULE_TIME,
		  "a time is written with its offset, like \"2026-01-01T00:00:00+09:00\"");
	return false;
}
