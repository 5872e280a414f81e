#include "discord/appcmd.h"

#include <string.h>

#include "base/codec.h"

/* Discord's limits (discord.md 17, 18); texts in UTF-16 units. */
enum {
	COMMANDS_MAX = 100,
	NAME_MAX = 32,
	DESCRIPTION_MAX = 100,
	OPTIONS_MAX = 25,
	CHOICES_MAX = 25,
	CHOICE_NAME_MAX = 100,
	CHOICE_VALUE_MAX = 100,
	COMMAND_UNITS_MAX = 8000,
	STRING_LENGTH_MAX = 6000,
};

enum { COMMAND_CHAT_INPUT = 1, CONTEXT_GUILD = 0, CONTEXT_BOT_DM = 1, INSTALL_GUILD = 0 };

static bool is_group(const struct appcmd_option *option)
{
	return option->type == OPTION_SUBCOMMAND || option->type == OPTION_SUBCOMMAND_GROUP;
}

static bool is_bounded(const struct appcmd_option *option)
{
	return option->min || option->max;
}

static const char *min_key(const struct appcmd_option *option)
{
	return option->type == OPTION_STRING ? "min_length" : "min_value";
}

static const char *max_key(const struct appcmd_option *option)
{
	return option->type == OPTION_STRING ? "max_length" : "max_value";
}

/* ---- writing ---- */

static void put_text(struct json_writer *writer, const char *key, const char *localizations_key,
		     const struct appcmd_text *text)
{
	json_member_cstr(writer, key, text->en);
	if (!text->ja)
		return;
	json_keyc(writer, localizations_key);
	json_begin_object(writer);
	json_member_cstr(writer, "ja", text->ja);
	json_end_object(writer);
}

static void put_choice(struct json_writer *writer, const struct appcmd_choice *choice)
{
	json_begin_object(writer);
	put_text(writer, "name", "name_localizations", &choice->name);
	if (choice->text)
		json_member_cstr(writer, "value", choice->text);
	else
		json_member_i64(writer, "value", choice->integer);
	json_end_object(writer);
}

/* A group, its subcommands, their options: Discord has no deeper nesting. */
static void put_options(struct json_writer *writer, const struct appcmd_option *options, size_t count)
{
	json_keyc(writer, "options");
	json_begin_array(writer);
	for (size_t i = 0; i < count; i++) {
		const struct appcmd_option *option = &options[i];

		json_begin_object(writer);
		json_member_u64(writer, "type", option->type);
		json_member_cstr(writer, "name", option->name);
		put_text(writer, "description", "description_localizations", &option->description);
		if (option->required)
			json_member_bool(writer, "required", true);
		if (option->autocomplete)
			json_member_bool(writer, "autocomplete", true);
		if (is_bounded(option)) {
			json_member_i64(writer, min_key(option), option->min);
			json_member_i64(writer, max_key(option), option->max);
		}
		if (option->choice_count) {
			json_keyc(writer, "choices");
			json_begin_array(writer);
			for (size_t j = 0; j < option->choice_count; j++)
				put_choice(writer, &option->choices[j]);
			json_end_array(writer);
		}
		if (option->option_count)
			put_options(writer, option->options, option->option_count);
		json_end_object(writer);
	}
	json_end_array(writer);
}

static void put_contexts(struct json_writer *writer, unsigned contexts)
{
	json_keyc(writer, "contexts");
	json_begin_array(writer);
	if (contexts & APPCMD_CONTEXT_GUILD)
		json_put_u64(writer, CONTEXT_GUILD);
	if (contexts & APPCMD_CONTEXT_BOT_DM)
		json_put_u64(writer, CONTEXT_BOT_DM);
	json_end_array(writer);
}

void appcmd_write(const struct appcmd *commands, size_t count, struct json_writer *writer)
{
	json_begin_array(writer);
	for (size_t i = 0; i < count; i++) {
		const struct appcmd *command = &commands[i];

		json_begin_object(writer);
		json_member_cstr(writer, "name", command->name);
		json_member_u64(writer, "type", COMMAND_CHAT_INPUT);
		put_text(writer, "description", "description_localizations", &command->description);
		if (command->option_count)
			put_options(writer, command->options, command->option_count);
		json_keyc(writer, "default_member_permissions");
		if (command->member_permissions)
			json_put_u64(writer, command->member_permissions);
		else
			json_put_null(writer);
		put_contexts(writer, command->contexts);
		json_keyc(writer, "integration_types");
		json_begin_array(writer);
		json_put_u64(writer, INSTALL_GUILD);
		json_end_array(writer);
		json_end_object(writer);
	}
	json_end_array(writer);
}

/* ---- comparing ---- */

static bool same_text(struct json theirs, const char *ours, struct arena *arena)
{
	struct str text;

	return json_text(theirs, arena, &text) && str_eqc(text, ours);
}

/* Discord leaves out what is false, or says it. */
static bool same_flag(struct json theirs, bool ours)
{
	bool flag = false;

	return (json_bool(theirs, &flag) || json_is_null(theirs)) && flag == ours;
}

static bool same_number(struct json theirs, int64_t ours)
{
	double number;

	return json_double(theirs, &number) && number == (double)ours;
}

/* Only `ja`, or none at all. */
static bool same_localizations(struct json theirs, const char *ja, struct arena *arena)
{
	if (!ja)
		return json_is_null(theirs) || json_count(theirs) == 0;
	return json_count(theirs) == 1 && same_text(json_get(theirs, "ja"), ja, arena);
}

static bool same_description(struct json theirs, const struct appcmd_text *ours, struct arena *arena)
{
	return same_text(json_get(theirs, "description"), ours->en, arena) &&
	       same_localizations(json_get(theirs, "description_localizations"), ours->ja, arena) &&
	       same_localizations(json_get(theirs, "name_localizations"), NULL, arena);
}

static bool same_choices(struct json theirs, const struct appcmd_option *option, struct arena *arena)
{
	struct json_iter iter = json_iterate(theirs);
	struct json key, value;

	if (iter.left != option->choice_count)
		return false;
	for (size_t i = 0; json_next(&iter, &key, &value); i++) {
		const struct appcmd_choice *choice = &option->choices[i];

		if (!same_text(json_get(value, "name"), choice->name.en, arena) ||
		    !same_localizations(json_get(value, "name_localizations"), choice->name.ja, arena) ||
		    !(choice->text ? same_text(json_get(value, "value"), choice->text, arena) :
				     same_number(json_get(value, "value"), choice->integer)))
			return false;
	}
	return true;
}

static bool same_bounds(struct json theirs, const struct appcmd_option *option)
{
	struct json min = json_get(theirs, min_key(option));
	struct json max = json_get(theirs, max_key(option));

	if (is_bounded(option))
		return same_number(min, option->min) && same_number(max, option->max);
	return json_is_null(min) && json_is_null(max);
}

static bool same_options(struct json theirs, const struct appcmd_option *options, size_t count, struct arena *arena)
{
	struct json_iter iter = json_iterate(theirs);
	struct json key, value;

	if (iter.left != count)
		return false;
	for (size_t i = 0; json_next(&iter, &key, &value); i++) {
		const struct appcmd_option *option = &options[i];

		if (!same_number(json_get(value, "type"), option->type) ||
		    !same_text(json_get(value, "name"), option->name, arena) ||
		    !same_description(value, &option->description, arena) ||
		    !same_flag(json_get(value, "required"), option->required) ||
		    !same_flag(json_get(value, "autocomplete"), option->autocomplete) || !same_bounds(value, option) ||
		    !same_choices(json_get(value, "choices"), option, arena) ||
		    !same_options(json_get(value, "options"), option->options, option->option_count, arena))
			return false;
	}
	return true;
}

/* An array of small numbers, as a set. */
static bool same_set(struct json theirs, unsigned ours)
{
	struct json_iter iter = json_iterate(theirs);
	struct json key, value;
	unsigned set = 0;
	int64_t number;

	while (json_next(&iter, &key, &value)) {
		if (!json_i64(value, 0, 31, &number))
			return false;
		set |= 1u << number;
	}
	return set == ours;
}

static bool same_permissions(struct json theirs, uint64_t ours, struct arena *arena)
{
	struct str text = json_text_or(theirs, arena, json_raw(theirs));
	uint64_t permissions;

	if (!ours)
		return json_is_null(theirs);
	return str_to_u64(text, 0, UINT64_MAX, &permissions) && permissions == ours;
}

bool appcmd_same(const struct appcmd *command, struct json theirs, struct arena *arena)
{
	struct json types = json_get(theirs, "integration_types");
	unsigned contexts = 0;

	if (command->contexts & APPCMD_CONTEXT_GUILD)
		contexts |= 1u << CONTEXT_GUILD;
	if (command->contexts & APPCMD_CONTEXT_BOT_DM)
		contexts |= 1u << CONTEXT_BOT_DM;
	/* A server's own commands have neither contexts nor ways of installing. */
	if (json_is_null(json_get(theirs, "guild_id")) &&
	    (!same_set(json_get(theirs, "contexts"), contexts) ||
	     !(json_is_null(types) || same_set(types, 1u << INSTALL_GUILD))))
		return false;
	return same_description(theirs, &command->description, arena) && same_flag(json_get(theirs, "nsfw"), false) &&
	       same_permissions(json_get(theirs, "default_member_permissions"), command->member_permissions, arena) &&
	       same_options(json_get(theirs, "options"), command->options, command->option_count, arena);
}

struct json appcmd_find(struct json theirs, const char *name, struct arena *arena)
{
	struct json_iter iter = json_iterate(theirs);
	struct json key, value, type;

	while (json_next(&iter, &key, &value)) {
		type = json_get(value, "type");
		if (same_text(json_get(value, "name"), name, arena) &&
		    (json_is_null(type) || same_number(type, COMMAND_CHAT_INPUT)))
			return value;
	}
	return JSON_MISSING_VALUE;
}

bool appcmd_equal(const struct appcmd *commands, size_t count, struct json theirs)
{
	struct arena arena;
	bool equal = json_type(theirs) == JSON_ARRAY && json_count(theirs) == count;

	arena_init(&arena, REST_ARENA_BYTES_MAX);
	for (size_t i = 0; equal && i < count; i++)
		equal = appcmd_same(&commands[i], appcmd_find(theirs, commands[i].name, &arena), &arena);
	arena_release(&arena);
	return equal;
}

/* ---- checking ---- */

static size_t longest(const struct appcmd_text *text)
{
	size_t en = codec_utf16_len(str_from(text->en));
	size_t ja = text->ja ? codec_utf16_len(str_from(text->ja)) : 0;

	return en > ja ? en : ja;
}

/* Of the characters that Discord takes we use those of ASCII. */
static bool is_name(const char *name)
{
	size_t len = name ? strlen(name) : 0;

	return len >= 1 && len <= NAME_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == len;
}

static bool is_text(const struct appcmd_text *text, size_t units_max)
{
	return text->en && text->en[0] && (!text->ja || text->ja[0]) && codec_utf8_valid(str_from(text->en)) &&
	       codec_utf8_valid(str_from(text->ja)) && longest(text) <= units_max;
}

static bool check_choices(const struct appcmd_option *option, size_t *units, struct err *err)
{
	if (option->choice_count > CHOICES_MAX)
		return err_set(err, ERR_LIMIT, "%s: %zu choices", option->name, option->choice_count);
	if (option->choice_count && (option->autocomplete || (option->type != OPTION_STRING && option->type != OPTION_INTEGER)))
		return err_set(err, ERR_LIMIT, "%s: choices do not go with its type or with autocomplete", option->name);
	for (size_t i = 0; i < option->choice_count; i++) {
		const struct appcmd_choice *choice = &option->choices[i];

		if (!is_text(&choice->name, CHOICE_NAME_MAX) || (option->type == OPTION_STRING) != (choice->text != NULL) ||
		    (choice->text && codec_utf16_len(str_from(choice->text)) > CHOICE_VALUE_MAX))
			return err_set(err, ERR_LIMIT, "%s: choice %zu", option->name, i);
		*units += longest(&choice->name) + (choice->text ? codec_utf16_len(str_from(choice->text)) : 0);
	}
	return true;
}

static bool check_bounds(const struct appcmd_option *option, struct err *err)
{
	bool may = option->type == OPTION_STRING || option->type == OPTION_INTEGER;

	if (is_bounded(option) && (!may || option->min > option->max))
		return err_set(err, ERR_LIMIT, "%s: bounds", option->name);
	if (option->type == OPTION_STRING && (option->min < 0 || option->max > STRING_LENGTH_MAX))
		return err_set(err, ERR_LIMIT, "%s: bounds of its length", option->name);
	return true;
}

static bool check_options(const struct appcmd_option *options, size_t count, unsigned depth, size_t *units,
			  struct err *err)
{
	if (count > OPTIONS_MAX)
		return err_set(err, ERR_LIMIT, "%zu options", count);
	for (size_t i = 0; i < count; i++) {
		const struct appcmd_option *option = &options[i];

		if (!is_name(option->name))
			return err_set(err, ERR_LIMIT, "the name of option %zu", i);
		for (size_t j = 0; j < i; j++)
			if (strcmp(options[j].name, option->name) == 0)
				return err_set(err, ERR_LIMIT, "%s: two options of this name", option->name);
		if (!is_text(&option->description, DESCRIPTION_MAX))
			return err_set(err, ERR_LIMIT, "%s: description", option->name);
		if (is_group(option) != is_group(&options[0]))
			return err_set(err, ERR_LIMIT, "%s: subcommands and options do not mix", option->name);
		/* A group stands in a command, a subcommand in either. */
		if (is_group(option) && depth > (option->type == OPTION_SUBCOMMAND ? 1u : 0u))
			return err_set(err, ERR_LIMIT, "%s: nested too deeply", option->name);
		if (option->option_count && !is_group(option))
			return err_set(err, ERR_LIMIT, "%s: options in an option", option->name);
		if (i && option->required && !options[i - 1].required)
			return err_set(err, ERR_LIMIT, "%s: required after an optional one", option->name);
		*units += strlen(option->name) + longest(&option->description);
		if (!check_choices(option, units, err) || !check_bounds(option, err) ||
		    !check_options(option->options, option->option_count, depth + 1, units, err))
			return err_wrap(err, "%s", option->name);
	}
	return true;
}

bool appcmd_check(const struct appcmd *commands, size_t count, struct err *err)
{
	if (count > COMMANDS_MAX)
		return err_set(err, ERR_LIMIT, "%zu commands", count);
	for (size_t i = 0; i < count; i++) {
		const struct appcmd *command = &commands[i];
		size_t units;

		if (!is_name(command->name))
			return err_set(err, ERR_LIMIT, "the name of command %zu", i);
		for (size_t j = 0; j < i; j++)
			if (strcmp(commands[j].name, command->name) == 0)
				return err_set(err, ERR_LIMIT, "/%s: two commands of this name", command->name);
		if (!is_text(&command->description, DESCRIPTION_MAX))
			return err_set(err, ERR_LIMIT, "/%s: description", command->name);
		if (!command->contexts)
			return err_set(err, ERR_LIMIT, "/%s: no contexts", command->name);
		units = strlen(command->name) + longest(&command->description);
		if (!check_options(command->options, command->option_count, 0, &units, err))
			return err_wrap(err, "/%s", command->name);
		if (units > COMMAND_UNITS_MAX)
			return err_set(err, ERR_LIMIT, "/%s: %zu characters, of at most %d", command->name, units,
				       COMMAND_UNITS_MAX);
	}
	return true;
}
