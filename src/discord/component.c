#include "discord/component.h"

#include <assert.h>

#include "base/codec.h"

/* Discord's limits in UTF-16 units (discord.md 17). */
enum {
	LABEL_MAX = 80,
	CUSTOM_ID_MAX = 100,
	URL_MAX = 512,
	OPTION_MAX = 100, /* label, value, description */
	PLACEHOLDER_MAX = 150,
	INPUT_PLACEHOLDER_MAX = 100,
	MODAL_TITLE_MAX = 45, /* labels of its inputs too */
	INPUT_VALUE_MAX = 4000,
};

enum { COMPONENT_ROW = 1, COMPONENT_BUTTON = 2, COMPONENT_SELECT = 3, COMPONENT_INPUT = 4, COMPONENT_LABEL = 18 };
enum { INPUT_SHORT = 1, INPUT_LONG = 2 };

void select_option(struct select *select, const struct select_option *option)
{
	if (!select || option->label.len == 0)
		return;
	assert(select->option_count < COMPONENT_OPTIONS_MAX);
	assert(option->value.len && codec_utf16_len(option->value) <= OPTION_MAX);
	select->options[select->option_count++] = *option;
}

void modal_input(struct modal *modal, const struct text_input *input)
{
	if (!modal || input->label.len == 0)
		return;
	assert(modal->input_count < COMPONENT_INPUTS_MAX);
	assert(input->custom_id.len && codec_utf16_len(input->custom_id) <= CUSTOM_ID_MAX);
	modal->inputs[modal->input_count++] = *input;
}

/* ---- writing ---- */

struct scribe {
	struct json_writer *writer;
	struct arena *arena;
};

static void put_text(struct scribe *scribe, const char *key, struct str text, size_t units_max)
{
	json_member_str(scribe->writer, key, codec_cut(scribe->arena, text, units_max));
}

static void put_optional(struct scribe *scribe, const char *key, struct str text, size_t units_max)
{
	if (text.len)
		put_text(scribe, key, text, units_max);
}

static void put_id(struct scribe *scribe, const char *key, struct str id, size_t units_max)
{
	assert(id.len && codec_utf16_len(id) <= units_max);
	json_member_str(scribe->writer, key, id);
}

/* The blocks that hold emoji (UTS 51), or a keycap. */
static bool begins_with_emoji(struct str text)
{
	size_t pos = 0;
	int32_t first = codec_utf8_next(text, &pos);

	return first == 0xA9 || first == 0xAE || (first >= 0x203C && first <= 0x2BFF) || first == 0x3030 || first == 0x303D ||
	       first == 0x3297 || first == 0x3299 || (first >= 0x1F000 && first <= 0x1FAFF) ||
	       str_ends(text, STR("\xE2\x83\xA3"));
}

/* A Unicode emoji, or a server's own as text has it: <:name:id>, <a:name:id>. Words are no emoji: Discord refuses them. */
static void put_emoji(struct json_writer *writer, struct str emoji)
{
	struct str kind, name, rest;
	uint64_t id = 0;
	bool own = str_starts(emoji, STR("<")) && str_ends(emoji, STR(">"));

	if (own) {
		str_cut(str_take(str_skip(emoji, 1), emoji.len - 2), ':', &kind, &rest);
		str_cut(rest, ':', &name, &rest);
		own = name.len && str_to_u64(rest, 1, UINT64_MAX, &id);
	}
	if (!own && (!emoji.len || !begins_with_emoji(emoji)))
		return;
	json_keyc(writer, "emoji");
	json_begin_object(writer);
	json_member_str(writer, "name", own ? name : emoji);
	if (own)
		json_member_snowflake(writer, "id", id);
	if (own && str_eqc(kind, "a"))
		json_member_bool(writer, "animated", true);
	json_end_object(writer);
}

static void put_button(struct scribe *scribe, const struct button *button)
{
	bool is_link = button->style == BUTTON_LINK;

	assert(button->label.len || button->emoji.len);
	json_begin_object(scribe->writer);
	json_member_u64(scribe->writer, "type", COMPONENT_BUTTON);
	json_member_u64(scribe->writer, "style", button->style);
	put_optional(scribe, "label", button->label, LABEL_MAX);
	put_emoji(scribe->writer, button->emoji);
	put_id(scribe, is_link ? "url" : "custom_id", button->custom_id, is_link ? URL_MAX : CUSTOM_ID_MAX);
	if (button->disabled)
		json_member_bool(scribe->writer, "disabled", true);
	json_end_object(scribe->writer);
}

static void put_select(struct scribe *scribe, const struct select *select)
{
	json_begin_object(scribe->writer);
	json_member_u64(scribe->writer, "type", COMPONENT_SELECT);
	put_id(scribe, "custom_id", select->custom_id, CUSTOM_ID_MAX);
	put_optional(scribe, "placeholder", select->placeholder, PLACEHOLDER_MAX);
	json_keyc(scribe->writer, "options");
	json_begin_array(scribe->writer);
	for (size_t i = 0; i < select->option_count; i++) {
		const struct select_option *option = &select->options[i];

		json_begin_object(scribe->writer);
		put_text(scribe, "label", option->label, OPTION_MAX);
		json_member_str(scribe->writer, "value", option->value);
		put_optional(scribe, "description", option->description, OPTION_MAX);
		put_emoji(scribe->writer, option->emoji);
		if (option->is_default)
			json_member_bool(scribe->writer, "default", true);
		json_end_object(scribe->writer);
	}
	json_end_array(scribe->writer);
	json_end_object(scribe->writer);
}

void component_write_rows(const struct component_row *rows, size_t count, struct arena *arena,
			  struct json_writer *writer)
{
	struct scribe scribe = {writer, arena};

	json_begin_array(writer);
	for (size_t i = 0; i < count; i++) {
		const struct component_row *row = &rows[i];

		/* Discord refuses an empty row, and a select without options. */
		if (row->select ? !row->select->option_count : !row->button_count)
			continue;
		json_begin_object(writer);
		json_member_u64(writer, "type", COMPONENT_ROW);
		json_keyc(writer, "components");
		json_begin_array(writer);
		if (row->select)
			put_select(&scribe, row->select);
		for (size_t j = 0; j < row->button_count; j++)
			put_button(&scribe, &row->buttons[j]);
		json_end_array(writer);
		json_end_object(writer);
	}
	json_end_array(writer);
}

static void put_input(struct scribe *scribe, const struct text_input *input)
{
	json_begin_object(scribe->writer);
	json_member_u64(scribe->writer, "type", COMPONENT_INPUT);
	json_member_str(scribe->writer, "custom_id", input->custom_id);
	json_member_u64(scribe->writer, "style", input->is_long ? INPUT_LONG : INPUT_SHORT);
	put_optional(scribe, "value", input->value, input->max > 0 ? (size_t)input->max : INPUT_VALUE_MAX);
	put_optional(scribe, "placeholder", input->placeholder, INPUT_PLACEHOLDER_MAX);
	json_member_bool(scribe->writer, "required", input->required);
	if (input->min > 0)
		json_member_i64(scribe->writer, "min_length", input->min);
	json_member_i64(scribe->writer, "max_length", input->max > 0 ? input->max : INPUT_VALUE_MAX);
	json_end_object(scribe->writer);
}

void component_write_modal(const struct modal *modal, struct arena *arena, struct json_writer *writer)
{
	struct scribe scribe = {writer, arena};

	json_begin_object(writer);
	put_id(&scribe, "custom_id", modal->custom_id, CUSTOM_ID_MAX);
	put_text(&scribe, "title", modal->title, MODAL_TITLE_MAX);
	json_keyc(writer, "components");
	json_begin_array(writer);
	for (size_t i = 0; i < modal->input_count; i++) {
		json_begin_object(writer);
		json_member_u64(writer, "type", COMPONENT_LABEL);
		put_text(&scribe, "label", modal->inputs[i].label, MODAL_TITLE_MAX);
		json_keyc(writer, "component");
		put_input(&scribe, &modal->inputs[i]);
		json_end_object(writer);
	}
	json_end_array(writer);
	json_end_object(writer);
}
