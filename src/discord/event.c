#include "discord/event.h"

#include <string.h>

/* Discord's epoch, 2015-01-01T00:00:00Z; the upper 42 bits of a snowflake count from it. */
#define DISCORD_EPOCH_MS 1420070400000

enum { COMPONENT_ROW = 1, COMPONENT_LABEL = 18 };

struct decoder {
	struct arena *arena;
	struct err *err;
	struct json resolved;
};

static struct str text_or_empty(struct decoder *decoder, struct json value)
{
	return json_text_or(value, decoder->arena, STR_EMPTY);
}

static bool missing(struct decoder *decoder, const char *what)
{
	return err_set(decoder->err, ERR_INPUT, "an interaction without a usable %s", what);
}

static bool decode_user(struct decoder *decoder, struct json user, struct json member, struct discord_user *out)
{
	*out = (struct discord_user){.name = STR_EMPTY};
	if (!json_snowflake(json_get(user, "id"), &out->id))
		return false;
	out->name = text_or_empty(decoder, json_get(member, "nick"));
	if (out->name.len == 0)
		out->name = text_or_empty(decoder, json_get(user, "global_name"));
	if (out->name.len == 0)
		out->name = text_or_empty(decoder, json_get(user, "username"));
	json_bool(json_get(user, "bot"), &out->bot);
	return true;
}

/* What `resolved` says of the option's id. */
static struct json resolve(const struct decoder *decoder, const char *kind, const struct interaction_option *option)
{
	char digits[24];
	struct buf key;

	buf_wrap(&key, digits, sizeof(digits));
	buf_add_u64(&key, option->id);
	return json_get_str(json_get(decoder->resolved, kind), buf_str(&key));
}

static bool decode_option_user(struct decoder *decoder, struct interaction_option *option)
{
	return decode_user(decoder, resolve(decoder, "users", option), resolve(decoder, "members", option), &option->user) &&
	       option->user.id == option->id;
}

static bool decode_option_file(struct decoder *decoder, struct interaction_option *option)
{
	struct json file = resolve(decoder, "attachments", option);

	option->file.name = text_or_empty(decoder, json_get(file, "filename"));
	return json_text(json_get(file, "url"), decoder->arena, &option->file.url) &&
	       json_i64(json_get(file, "size"), 0, INT64_MAX, &option->file.size_bytes);
}

static bool decode_value(struct decoder *decoder, struct json value, bool typing, struct interaction_option *option)
{
	/* What is being typed is text as far as it goes, whatever the option's type. */
	if (typing && option->focused) {
		if (!json_text(value, decoder->arena, &option->text))
			option->text = json_raw(value);
		return true;
	}
	switch (option->type) {
	case OPTION_STRING:
		return json_text(value, decoder->arena, &option->text);
	case OPTION_INTEGER:
		return json_i64(value, INT64_MIN, INT64_MAX, &option->integer);
	case OPTION_BOOLEAN:
		return json_bool(value, &option->flag);
	case OPTION_USER:
		return json_snowflake(value, &option->id) && (typing || decode_option_user(decoder, option));
	case OPTION_CHANNEL:
	case OPTION_ROLE:
		return json_snowflake(value, &option->id);
	case OPTION_ATTACHMENT:
		return json_snowflake(value, &option->id) && (typing || decode_option_file(decoder, option));
	default:
		return false;
	}
}

/* The type of a subcommand or group that is the first of `options`; 0 if it is none. */
static int64_t nested_type(struct json options)
{
	int64_t type = 0;

	json_i64(json_get(json_at(options, 0), "type"), 0, INT32_MAX, &type);
	return type == OPTION_SUBCOMMAND || type == OPTION_SUBCOMMAND_GROUP ? type : 0;
}

static bool decode_options(struct decoder *decoder, struct json options, struct interaction *interaction)
{
	struct json_iter iter = json_iterate(options);
	struct json key, value;

	if (json_count(options) > INTERACTION_OPTIONS_MAX)
		return err_set(decoder->err, ERR_INPUT, "an interaction with more than %d options",
			       INTERACTION_OPTIONS_MAX);
	while (json_next(&iter, &key, &value)) {
		struct interaction_option *option = &interaction->options[interaction->option_count];
		int64_t type;

		*option = (struct interaction_option){
			.text = STR_EMPTY, .user.name = STR_EMPTY, .file = {STR_EMPTY, STR_EMPTY, 0}};
		if (!json_text(json_get(value, "name"), decoder->arena, &option->name) ||
		    !json_i64(json_get(value, "type"), 0, INT32_MAX, &type))
			return missing(decoder, "option");
		option->type = (enum option_type)type;
		json_bool(json_get(value, "focused"), &option->focused);
		if (!decode_value(decoder, json_get(value, "value"), interaction->kind == INTERACTION_AUTOCOMPLETE,
				  option))
			return err_set(decoder->err, ERR_INPUT, "an interaction whose option %.*s has no usable value",
				       STR_ARG(option->name));
		interaction->option_count++;
	}
	return true;
}

static bool decode_command(struct decoder *decoder, struct json data, struct interaction *interaction)
{
	struct json options = json_get(data, "options");

	if (!json_text(json_get(data, "name"), decoder->arena, &interaction->command))
		return missing(decoder, "command name");
	decoder->resolved = json_get(data, "resolved");
	if (nested_type(options) == OPTION_SUBCOMMAND_GROUP) {
		interaction->group = text_or_empty(decoder, json_get(json_at(options, 0), "name"));
		options = json_get(json_at(options, 0), "options");
	}
	if (nested_type(options) == OPTION_SUBCOMMAND) {
		interaction->subcommand = text_or_empty(decoder, json_get(json_at(options, 0), "name"));
		options = json_get(json_at(options, 0), "options");
	}
	return decode_options(decoder, options, interaction);
}

static bool decode_component(struct decoder *decoder, struct json data, struct interaction *interaction)
{
	struct json_iter iter = json_iterate(json_get(data, "values"));
	struct json key, value;

	if (!json_text(json_get(data, "custom_id"), decoder->arena, &interaction->custom_id))
		return missing(decoder, "custom_id");
	if (iter.left > INTERACTION_VALUES_MAX)
		return err_set(decoder->err, ERR_INPUT, "an interaction with more than %d values",
			       INTERACTION_VALUES_MAX);
	while (json_next(&iter, &key, &value))
		if (!json_text(value, decoder->arena, &interaction->values[interaction->value_count++]))
			return missing(decoder, "value");
	return true;
}

static bool decode_field(struct decoder *decoder, struct json component, struct interaction *interaction)
{
	struct interaction_option *field = &interaction->fields[interaction->field_count];

	if (interaction->field_count == INTERACTION_FIELDS_MAX)
		return err_set(decoder->err, ERR_INPUT, "a modal with more than %d fields", INTERACTION_FIELDS_MAX);
	*field = (struct interaction_option){.type = OPTION_STRING, .user.name = STR_EMPTY};
	if (!json_text(json_get(component, "custom_id"), decoder->arena, &field->name) ||
	    !json_text(json_get(component, "value"), decoder->arena, &field->text))
		return missing(decoder, "field of a modal");
	interaction->field_count++;
	return true;
}

/* Text inputs stand in rows, one each, or in labels. */
static bool decode_modal(struct decoder *decoder, struct json data, struct interaction *interaction)
{
	struct json_iter rows = json_iterate(json_get(data, "components"));
	struct json key, row, component;
	int64_t type;

	if (!json_text(json_get(data, "custom_id"), decoder->arena, &interaction->custom_id))
		return missing(decoder, "custom_id");
	while (json_next(&rows, &key, &row)) {
		struct json_iter inner = json_iterate(json_get(row, "components"));

		if (!json_i64(json_get(row, "type"), 0, INT32_MAX, &type))
			return missing(decoder, "component");
		if (type == COMPONENT_LABEL && !decode_field(decoder, json_get(row, "component"), interaction))
			return false;
		if (type != COMPONENT_ROW)
			continue;
		while (json_next(&inner, &key, &component))
			if (!decode_field(decoder, component, interaction))
				return false;
	}
	return true;
}

static uint64_t permissions_of(struct decoder *decoder, struct json member)
{
	uint64_t permissions = 0;

	/* A bit set as decimal text, which 0 is too. */
	str_to_u64(text_or_empty(decoder, json_get(member, "permissions")), 0, UINT64_MAX, &permissions);
	return permissions;
}

bool event_decode_interaction(struct json data, struct arena *arena, struct interaction *interaction, struct err *err)
{
	struct decoder decoder = {.arena = arena, .err = err};
	struct json member = json_get(data, "member");
	struct json payload = json_get(data, "data");
	int64_t kind;

	*interaction = (struct interaction){
		.token = STR_EMPTY,
		.user.name = STR_EMPTY,
		.locale = STR_EMPTY,
		.guild_locale = STR_EMPTY,
		.command = STR_EMPTY,
		.group = STR_EMPTY,
		.subcommand = STR_EMPTY,
		.custom_id = STR_EMPTY,
	};
	if (!json_i64(json_get(data, "type"), INTERACTION_PING, INTERACTION_MODAL, &kind))
		return missing(&decoder, "type");
	interaction->kind = (enum interaction_kind)kind;
	if (!json_snowflake(json_get(data, "id"), &interaction->id))
		return missing(&decoder, "id");
	if (!json_snowflake(json_get(data, "application_id"), &interaction->application_id))
		return missing(&decoder, "application_id");
	interaction->token = text_or_empty(&decoder, json_get(data, "token"));
	if (interaction->kind == INTERACTION_PING)
		return arena_check(arena, "an interaction", err);
	if (interaction->token.len == 0)
		return missing(&decoder, "token");
	json_snowflake(json_get(data, "guild_id"), &interaction->guild_id);
	if (!json_snowflake(json_get(data, "channel_id"), &interaction->channel_id))
		json_snowflake(json_get(json_get(data, "channel"), "id"), &interaction->channel_id);
	interaction->locale = text_or_empty(&decoder, json_get(data, "locale"));
	interaction->guild_locale = text_or_empty(&decoder, json_get(data, "guild_locale"));
	interaction->permissions = permissions_of(&decoder, member);
	json_snowflake(json_get(json_get(data, "message"), "id"), &interaction->message_id);
	/* In a server the user stands in the member, elsewhere by itself. */
	if (!decode_user(&decoder, json_get(member, "user"), member, &interaction->user) &&
	    !decode_user(&decoder, json_get(data, "user"), JSON_MISSING_VALUE, &interaction->user))
		return missing(&decoder, "user");
	switch (interaction->kind) {
	case INTERACTION_PING:
		break;
	case INTERACTION_COMMAND:
	case INTERACTION_AUTOCOMPLETE:
		if (!decode_command(&decoder, payload, interaction))
			return false;
		break;
	case INTERACTION_COMPONENT:
		if (!decode_component(&decoder, payload, interaction))
			return false;
		break;
	case INTERACTION_MODAL:
		if (!decode_modal(&decoder, payload, interaction))
			return false;
		break;
	}
	return arena_check(arena, "an interaction", err);
}

const struct interaction_option *interaction_option(const struct interaction *interaction, const char *name)
{
	for (size_t i = 0; i < interaction->option_count; i++)
		if (str_eqc(interaction->options[i].name, name))
			return &interaction->options[i];
	return NULL;
}

struct str interaction_field(const struct interaction *interaction, const char *custom_id)
{
	for (size_t i = 0; i < interaction->field_count; i++)
		if (str_eqc(interaction->fields[i].name, custom_id))
			return str_trim(interaction->fields[i].text);
	return STR_EMPTY;
}

void event_decode_ready(struct json data, struct arena *arena, struct event_ready *ready)
{
	*ready = (struct event_ready){
		.session_id = json_text_or(json_get(data, "session_id"), arena, STR_EMPTY),
		.resume_url = json_text_or(json_get(data, "resume_gateway_url"), arena, STR_EMPTY),
	};
	/* A bot's user has its application's id. */
	if (!json_snowflake(json_get(json_get(data, "application"), "id"), &ready->application_id))
		json_snowflake(json_get(json_get(data, "user"), "id"), &ready->application_id);
}

int64_t snowflake_unix_ms(uint64_t snowflake)
{
	return (int64_t)(snowflake >> 22) + DISCORD_EPOCH_MS;
}
