#include "aws/profile.h"

/* Where the reader is. */
struct reading {
	struct profiles *profiles;
	enum profile_file file;
	struct arena *arena;
	size_t line;
	bool in_section;
	enum profile_section section;
	struct str name;
	struct str key; /* of the last line that was not indented */
};

static struct str unquote(struct str text)
{
	char quote = text.len >= 2 ? text.ptr[0] : '\0';

	if ((quote == '"' || quote == '\'') && text.ptr[text.len - 1] == quote)
		return str_make(text.ptr + 1, text.len - 2);
	return text;
}

/* What stands between the brackets. */
static void enter_section(struct reading *reading, struct str title)
{
	struct str word = title, rest = STR_EMPTY;
	size_t at = 0;

	while (at < title.len && title.ptr[at] != ' ' && title.ptr[at] != '\t')
		at++;
	if (at < title.len) {
		word = str_take(title, at);
		rest = unquote(str_trim(str_skip(title, at)));
	}
	reading->in_section = true;
	reading->key = STR_EMPTY;
	reading->name = rest;
	if (reading->file == PROFILE_CREDENTIALS || (rest.len == 0 && str_eqc(word, "default"))) {
		reading->section = PROFILE_SECTION_PROFILE;
		reading->name = unquote(title);
	} else if (rest.len && str_eqc(word, "profile")) {
		reading->section = PROFILE_SECTION_PROFILE;
	} else if (rest.len && str_eqc(word, "services")) {
		reading->section = PROFILE_SECTION_SERVICES;
	} else {
		reading->section = PROFILE_SECTION_OTHER;
	}
}

static bool add_entry(struct reading *reading, struct str key, struct str inner, struct str value, struct err *err)
{
	struct profile_entry *entry;

	if (reading->section == PROFILE_SECTION_OTHER)
		return true;
	entry = ARENA_NEW(reading->arena, struct profile_entry);
	if (!entry)
		return arena_check(reading->arena, "the file", err);
	*entry = (struct profile_entry){NULL, reading->section, reading->name, key, inner, value};
	if (reading->profiles->last)
		reading->profiles->last->next = entry;
	else
		reading->profiles->first = entry;
	reading->profiles->last = entry;
	return true;
}

static bool read_line(struct reading *reading, struct str line, struct err *err)
{
	bool indented = line.len && (line.ptr[0] == ' ' || line.ptr[0] == '\t');
	struct str text = str_trim(line), key, value;

	if (text.len == 0 || text.ptr[0] == '#' || text.ptr[0] == ';')
		return true;
	if (text.ptr[0] == '[' && !indented) {
		ssize_t end = str_find_char(text, ']');
		struct str title = end > 0 ? str_trim(str_take(str_skip(text, 1), (size_t)end - 1)) : STR_EMPTY;

		if (title.len == 0)
			return err_set(err, ERR_INPUT, "line %zu: a section is written as [NAME]", reading->line);
		enter_section(reading, title);
		return true;
	}
	if (!reading->in_section)
		return err_set(err, ERR_INPUT, "line %zu: a value stands before the first section, as [default]", reading->line);
	if (!str_cut(text, '=', &key, &value)) {
		/* The second line of a longer value: of none that we read. */
		if (indented && reading->key.len)
			return true;
		return err_set(err, ERR_INPUT, "line %zu: NAME = VALUE is wanted", reading->line);
	}
	key = str_trim(key);
	value = str_trim(value);
	if (key.len == 0)
		return err_set(err, ERR_INPUT, "line %zu: a value without a name", reading->line);
	if (indented && reading->key.len)
		return add_entry(reading, reading->key, key, value, err);
	reading->key = key;
	return add_entry(reading, key, STR_EMPTY, value, err);
}

bool profiles_read(struct profiles *profiles, enum profile_file file, struct str text, struct arena *arena,
		   struct err *err)
{
	struct reading reading = {.profiles = profiles, .file = file, .arena = arena, .name = STR_EMPTY, .key = STR_EMPTY};
	struct str rest = text, line;

	while (str_next(&rest, '\n', &line)) {
		reading.line++;
		if (!read_line(&reading, line, err))
			return false;
	}
	return true;
}

static struct str find(const struct profiles *profiles, enum profile_section section, struct str name, const char *key,
		       const char *inner)
{
	for (const struct profile_entry *entry = profiles->first; entry; entry = entry->next)
		if (entry->section == section && str_eq(entry->name, name) && str_eq_nocase(entry->key, str_from(key)) &&
		    str_eq_nocase(entry->inner, str_from(inner)))
			return entry->value;
	return STR_EMPTY;
}

bool profiles_has(const struct profiles *profiles, struct str name)
{
	for (const struct profile_entry *entry = profiles->first; entry; entry = entry->next)
		if (entry->section == PROFILE_SECTION_PROFILE && str_eq(entry->name, name))
			return true;
	return false;
}

struct str profiles_get(const struct profiles *profiles, struct str name, const char *key)
{
	return find(profiles, PROFILE_SECTION_PROFILE, name, key, "");
}

struct str profiles_get_service(const struct profiles *profiles, struct str name, const char *service, const char *key)
{
	return find(profiles, PROFILE_SECTION_SERVICES, name, service, key);
}
