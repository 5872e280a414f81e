#include "config_file.h"

#include <string.h>

void config_file_init(struct config_file *file, struct str text)
{
	/* A byte order mark is what some editors put before UTF-8. */
	*file = (struct config_file){.rest = str_starts(text, STR("\xef\xbb\xbf")) ? str_skip(text, 3) : text};
}

static bool name_valid(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9')))
			return false;
	}
	return name.len > 0;
}

/* The rest of a line after a value: nothing, or a comment. */
static bool ends_here(struct str rest)
{
	rest = str_trim(rest);
	return rest.len == 0 || rest.ptr[0] == '#';
}

static bool unescape(struct str text, struct arena *arena, struct str *out)
{
	char *copy = arena_alloc(arena, text.len);
	size_t len = 0;

	if (!copy)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\\' && i + 1 < text.len) {
			c = text.ptr[++i];
			if (c == 'n')
				c = '\n';
			else if (c == 't')
				c = '\t';
			else if (c != '"' && c != '\\' && c != '$')
				copy[len++] = '\\';
		}
		copy[len++] = c;
	}
	*out = str_make(copy, len);
	return true;
}

/* `text` begins with the quote. */
static bool read_quoted(struct str text, struct arena *arena, struct str *value, struct err *err)
{
	char quote = text.ptr[0];
	bool escaped = false;
	size_t end = 1;

	while (end < text.len && text.ptr[end] != quote) {
		if (quote == '"' && text.ptr[end] == '\\') {
			escaped = true;
			end++;
		}
		end++;
	}
	if (end >= text.len)
		return err_set(err, ERR_CONFIG, "the closing quote is missing; a value ends on its line");
	if (!ends_here(str_skip(text, end + 1)))
		return err_set(err, ERR_CONFIG, "something follows the closing quote; put the whole value into the quotes");
	*value = str_make(text.ptr + 1, end - 1);
	if (escaped && !unescape(*value, arena, value))
		return err_set(err, ERR_LIMIT, "there is no memory for the value");
	return true;
}

/* A bare value ends before a comment, which is a # after white space. */
static struct str read_bare(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '#' && (i == 0 || text.ptr[i - 1] == ' ' || text.ptr[i - 1] == '\t'))
			return str_trim(str_take(text, i));
	return text;
}

static bool read_assignment(struct str line, struct arena *arena, struct str *name, struct str *value, struct err *err)
{
	bool assigns = str_cut(line, '=', name, value);

	*name = str_trim(*name);
	if (str_starts(*name, STR("export ")) || str_starts(*name, STR("export\t")))
		*name = str_trim(str_skip(*name, strlen("export ")));
	if (!assigns || !name_valid(*name))
		return err_set(err, ERR_CONFIG, "this is no NAME=VALUE; put # before a comment");
	*value = str_trim(*value);
	if (value->len && (value->ptr[0] == '"' || value->ptr[0] == '\''))
		return read_quoted(*value, arena, value, err);
	*value = read_bare(*value);
	return true;
}

bool config_file_next(struct config_file *file, struct arena *arena, struct str *name, struct str *value,
		      struct err *err)
{
	struct str line;

	while (str_next(&file->rest, '\n', &line)) {
		file->line++;
		line = str_trim(line);
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		if (read_assignment(line, arena, name, value, err))
			return true;
		return err_wrap(err, "line %zu", file->line);
	}
	return false;
}
