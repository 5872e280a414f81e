/*
 * Components of messages and modals: buttons, selects, text inputs, and their JSON. Discord's limits
 * (discord.md 17) are kept here: text is cut with an ellipsis, counted in UTF-16 units; more parts
 * than allowed are our own mistake and assert. Texts are borrowed until they are written.
 */
#ifndef DISCORD_COMPONENT_H
#define DISCORD_COMPONENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json_write.h"
#include "base/str.h"

#define COMPONENT_BUTTONS_MAX 5
#define COMPONENT_OPTIONS_MAX 25
#define COMPONENT_INPUTS_MAX 5

enum button_style { BUTTON_PRIMARY = 1, BUTTON_SECONDARY = 2, BUTTON_SUCCESS = 3, BUTTON_DANGER = 4, BUTTON_LINK = 5 };

struct button {
	enum button_style style;
	struct str label;
	struct str emoji;     /* a Unicode emoji, or empty */
	struct str custom_id; /* 1-100; of a link: its URL */
	bool disabled;
};

struct select_option {
	struct str label;
	struct str value; /* 1-100 */
	struct str description;
	struct str emoji;
	bool is_default;
};

/* One value is chosen. */
struct select {
	struct str custom_id; /* 1-100 */
	struct str placeholder;
	struct select_option options[COMPONENT_OPTIONS_MAX];
	size_t option_count;
};

/* Buttons, or one select. */
struct component_row {
	struct button buttons[COMPONENT_BUTTONS_MAX];
	size_t button_count;
	struct select *select;
};

struct text_input {
	struct str custom_id; /* names the field in the answer */
	struct str label;     /* Discord: 45 units */
	struct str value;     /* what stands there already */
	struct str placeholder;
	int64_t min, max;     /* length; max 0: Discord's 4000 */
	bool required;
	bool is_long;         /* several lines */
};

struct modal {
	struct str custom_id; /* 1-100 */
	struct str title;     /* Discord: 45 units */
	struct text_input inputs[COMPONENT_INPUTS_MAX];
	size_t input_count;
};

/* Without a select or modal (the arena is full), or without a label, nothing is added. */
void select_option(struct select *select, const struct select_option *option);
void modal_input(struct modal *modal, const struct text_input *input);

/* The array `components` of a message; what is empty is left out. Cut copies live in the arena. */
void component_write_rows(const struct component_row *rows, size_t count, struct arena *arena,
			  struct json_writer *writer);
/* The `data` of a modal. */
void component_write_modal(const struct modal *modal, struct arena *arena, struct json_writer *writer);

#endif
