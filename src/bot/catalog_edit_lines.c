#include "bot/catalog_edit_lines.h"

#include <string.h>

#include "base/codec.h"

/* What is shown of a word that is not understood. */
#define SHOWN_BYTES_MAX 80

struct str form_shown(struct str text)
{
	return codec_clip(text, SHOWN_BYTES_MAX);
}

/* Wide forms that Japanese input gives, as what they mean here. */
struct str form_narrow(struct arena *arena, struct str text)
{
	static const struct {
		const char *wide;
		char narrow;
	} forms[] = {{"：", ':'}, {"，", ','}, {"、", ','}, {"％", '%'}, {"　", ' '}, {"＝", '='}};
	char *out = arena_alloc(arena, text.len);
	size_t used = 0;

	for (size_t i = 0; out && i < text.len;) {
		size_t k = 0;

		while (k < sizeof(forms) / sizeof(forms[0]) && !str_starts(str_skip(text, i), str_from(forms[k].wide)))
			k++;
		out[used++] = k < sizeof(forms) / sizeof(forms[0]) ? forms[k].narrow : text.ptr[i];
		i += k < sizeof(forms) / sizeof(forms[0]) ? strlen(forms[k].wide) : 1;
	}
	return out ? str_make(out, used) : STR_EMPTY;
}

/* Where the key ends: at the first colon of either form. *after: what follows it. */
static bool cut_key(struct str text, struct str *key, struct str *after)
{
	ssize_t plain = str_find_char(text, ':'), wide = str_find(text, STR("："));
	size_t at = plain < 0 || (wide >= 0 && wide < plain) ? (size_t)wide : (size_t)plain;

	if (plain < 0 && wide < 0)
		return false;
	*key = str_trim(str_take(text, at));
	*after = str_trim(str_skip(text, at + (text.ptr[at] == ':' ? 1 : strlen("："))));
	return true;
}

struct str form_where(const struct form *form, const struct form_line *line)
{
	return arena_printf(form->arena, "%s, %.*s%s%.*s", form->input, STR_ARG(form_shown(line->key)), line->about.len > 0 ? " " : "",
			    STR_ARG(form_shown(line->about)));
}

static struct form_line *find_line(struct form *form, const char *key, struct str about)
{
	for (size_t i = 0; i < form->count; i++)
		if (str_eqc(form->lines[i].key, key) && str_eq(form->lines[i].about, about))
			return &form->lines[i];
	return NULL;
}

static void add_line(struct form *form, struct form_line line)
{
	const struct form_line *before;

	if (form->count == FORM_LINES_MAX) {
		edit_fault(form->faults, line.line, str_from(form->input), "lines", "more than %d lines", FORM_LINES_MAX);
		return;
	}
	before = find_line(form, arena_cstr(form->arena, line.key), line.about);
	if (before) {
		edit_fault(form->faults, line.line, form_where(form, &line), "duplicate", "line %zu says that already", before->line);
		return;
	}
	form->lines[form->count++] = line;
}

void form_read(struct form *form, struct arena *arena, struct edit_faults *faults, const char *input, struct str text)
{
	struct str field, key;

	*form = (struct form){.arena = arena, .faults = faults, .input = input};
	for (size_t number = 1; str_next(&text, '\n', &field); number++) {
		struct form_line line = {.line = number};

		field = str_trim(field);
		if (field.len == 0)
			continue;
		if (!cut_key(field, &key, &line.value)) {
			edit_fault(faults, number, str_from(input), "form", "'%.*s' is not of the form 'key: value'",
				   STR_ARG(form_shown(field)));
			continue;
		}
		str_cut(key, ' ', &line.key, &line.about);
		line.about = str_trim(line.about);
		add_line(form, line);
	}
}

/* NULL if there is no such line, or nothing in it. */
struct form_line *form_take(struct form *form, const char *key, struct str about)
{
	struct form_line *line = find_line(form, key, about);

	if (!line)
		return NULL;
	line->is_taken = true;
	return line->value.len > 0 ? line : NULL;
}

struct str form_take_text(struct form *form, const char *key)
{
	const struct form_line *line = form_take(form, key, STR_EMPTY);

	return line ? line->value : STR_EMPTY;
}

/* What nobody took is not understood. */
void form_finish(const struct form *form, const char *keys)
{
	for (size_t i = 0; i < form->count; i++)
		if (!form->lines[i].is_taken)
			edit_fault(form->faults, form->lines[i].line, form_where(form, &form->lines[i]), "unknown_key",
				   "this is not known here; known are %s", keys);
}

struct str form_unescape(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.len);
	size_t used = 0;

	for (size_t i = 0; out && i < text.len; i++) {
		bool is_escape = text.ptr[i] == '\\' && i + 1 < text.len && memchr("n\\", text.ptr[i + 1], 2);

		if (is_escape)
			i++;
		out[used++] = is_escape && text.ptr[i] == 'n' ? '\n' : text.ptr[i];
	}
	return out ? str_make(out, used) : STR_EMPTY;
}

struct str form_escape(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, 2 * text.len);
	size_t used = 0;

	for (size_t i = 0; out && i < text.len; i++) {
		if (text.ptr[i] == '\n' || text.ptr[i] == '\\')
			out[used++] = '\\';
		out[used++] = text.ptr[i] == '\n' ? 'n' : text.ptr[i];
	}
	return out ? str_make(out, used) : STR_EMPTY;
}

void form_put_integer(const struct form *form, const struct form_line *line, struct json_writer *writer, const char *key)
{
	int64_t number = 0;

	if (!str_to_i64(form_narrow(form->arena, line->value), 0, GACHA_INTEGER_MAX, &number))
		edit_fault(form->faults, line->line, form_where(form, line), "type", "'%.*s' is not a whole number",
			   STR_ARG(form_shown(line->value)));
	json_member_i64(writer, key, number);
}

struct str form_percent(struct arena *arena, struct str text)
{
	text = str_trim(form_narrow(arena, text));
	return str_ends(text, STR("%")) ? text : arena_printf(arena, "%.*s%%", STR_ARG(text));
}

void form_need(const struct form *form, struct str value, const char *key)
{
	if (value.len == 0)
		edit_fault(form->faults, 1, arena_printf(form->arena, "%s, %s", form->input, key), "missing",
			   "'%s' has to be given", key);
}
