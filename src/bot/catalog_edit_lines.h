/*
 * Lines of `key: value` or `key about: value`, as they stand in an input of a form; each is taken by
 * whoever knows its key, and what nobody took is a fault. Borrows from the text and the arena.
 */
#ifndef BOT_CATALOG_EDIT_LINES_H
#define BOT_CATALOG_EDIT_LINES_H

#include "base/json_write.h"
#include "bot/catalog_edit_fault.h"

struct form_line {
	struct str key, about, value;
	size_t line;
	bool is_taken;
};

struct form {
	struct arena *arena;
	struct edit_faults *faults;
	const char *input;
	struct form_line lines[FORM_LINES_MAX];
	size_t count;
};

/* input: its name, for faults. A line that is not of the form, or there twice, is a fault and left out. */
void form_read(struct form *form, struct arena *arena, struct edit_faults *faults, const char *input, struct str text);
/* NULL if there is no such line, or nothing in it. */
struct form_line *form_take(struct form *form, const char *key, struct str about);
/* The same, its value; empty without one. */
struct str form_take_text(struct form *form, const char *key);
/* A fault for each line that was not taken; keys: those that are known, for people. */
void form_finish(const struct form *form, const char *keys);

/* Of a fault: "details, price" and the beginning of a word. */
struct str form_where(const struct form *form, const struct form_line *line);
struct str form_shown(struct str text);
/* A fault if the value is empty. */
void form_need(const struct form *form, struct str value, const char *key);

/* Wide forms that Japanese input gives, as what they mean here. */
struct str form_narrow(struct arena *arena, struct str text);
/* "0.6" and "0.6%" as "0.6%". */
struct str form_percent(struct arena *arena, struct str text);
/* `\n` for a line end, `\\` for a backslash, and back. */
struct str form_escape(struct arena *arena, struct str text);
struct str form_unescape(struct arena *arena, struct str text);
/* As a member; 0 with a fault for what is no whole number. */
void form_put_integer(const struct form *form, const struct form_line *line, struct json_writer *writer, const char *key);

#endif
