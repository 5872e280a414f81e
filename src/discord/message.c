#include "discord/message.h"

#include <assert.h>
#include <string.h>

#include "base/codec.h"
#include "base/limits.h"

/* Discord's limits in UTF-16 units (discord.md 17). */
enum {
	CONTENT_MAX = 2000,
	TITLE_MAX = 256,
	DESCRIPTION_MAX = 4096,
	FIELD_NAME_MAX = 256,
	FIELD_VALUE_MAX = 1024,
	FOOTER_MAX = 2048,
	CHOICE_MAX = 100,
	FILE_TEXT_MAX = 1024,
};

enum { FLAG_EPHEMERAL = 64 };

/* Stands for a text that Discord wants and we do not have. */
#define NOTHING STR("\u200b")

void message_init(struct message *message, struct arena *arena)
{
	*message = (struct message){.arena = arena, .type = RESPONSE_MESSAGE, .content = STR_EMPTY};
}

void message_clear(struct message *message)
{
	message_init(message, message->arena);
}

struct embed *message_embed(struct message *message)
{
	struct embed *embed;

	assert(message->embed_count < MESSAGE_EMBEDS_MAX);
	embed = ARENA_NEW(message->arena, struct embed);
	if (!embed)
		return NULL;
	embed->title = embed->description = embed->footer = embed->image_url = STR_EMPTY;
	embed->color = MESSAGE_NO_COLOR;
	message->embeds[message->embed_count++] = embed;
	return embed;
}

void embed_field(struct embed *embed, struct str name, struct str value, bool is_inline)
{
	if (!embed)
		return;
	assert(embed->field_count < MESSAGE_FIELDS_MAX);
	embed->fields[embed->field_count++] = (struct embed_field){name, value, is_inline};
}

void message_row(struct message *message)
{
	assert(message->row_count < MESSAGE_ROWS_MAX);
	message->rows[message->row_count++] = (struct component_row){0};
}

void message_button(struct message *message, enum button_style style, struct str label, struct str emoji,
		    struct str custom_id)
{
	assert(message->row_count > 0);
	struct component_row *row = &message->rows[message->row_count - 1];

	assert(!row->select && row->button_count < COMPONENT_BUTTONS_MAX);
	row->buttons[row->button_count++] = (struct button){
		.style = style, .label = label, .emoji = emoji, .custom_id = custom_id};
}

struct select *message_select(struct message *message, struct str custom_id, struct str placeholder)
{
	struct select *select = ARENA_NEW(message->arena, struct select);

	if (!select)
		return NULL;
	select->custom_id = custom_id;
	select->placeholder = placeholder;
	message_row(message);
	message->rows[message->row_count - 1].select = select;
	return select;
}

struct modal *message_modal(struct message *message, struct str custom_id, struct str title)
{
	message->modal = ARENA_NEW(message->arena, struct modal);
	if (!message->modal)
		return NULL;
	message->type = RESPONSE_MODAL;
	message->modal->custom_id = custom_id;
	message->modal->title = title;
	return message->modal;
}

void message_file(struct message *message, const struct attachment *file)
{
	assert(message->file_count < MESSAGE_FILES_MAX);
	message->files[message->file_count++] = *file;
}

void message_choice(struct message *message, struct str name, struct str value)
{
	assert(message->choice_count < MESSAGE_CHOICES_MAX);
	assert(codec_utf16_len(value) <= CHOICE_MAX);
	message->choices[message->choice_count++] = (struct choice){name, value};
}

/* ---- the bound on all embeds together ---- */

static size_t units_of(struct str text, size_t most)
{
	size_t units = codec_utf16_len(text);

	return units < most ? units : most;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Units of all embeds when no text has more than `most`. */
static size_t embeds_units(const struct message *message, size_t most)
{
	size_t sum = 0;

	for (size_t i = 0; i < message->embed_count; i++) {
		const struct embed *embed = message->embeds[i];

		sum += units_of(embed->title, least(most, TITLE_MAX));
		sum += units_of(embed->description, least(most, DESCRIPTION_MAX));
		sum += units_of(embed->footer, least(most, FOOTER_MAX));
		for (size_t j = 0; j < embed->field_count; j++) {
			const struct embed_field *field = &embed->fields[j];

			sum += units_of(field->name.len ? field->name : NOTHING, least(most, FIELD_NAME_MAX));
			sum += units_of(field->value.len ? field->value : NOTHING, least(most, FIELD_VALUE_MAX));
		}
	}
	return sum;
}

/* The longest texts are cut to one length, the greatest with which all fit. Ten embeds of 25 fields leave 11 units each. */
static size_t longest_text(const struct message *message)
{
	size_t fits = 1;
	size_t too_long = EMBEDS_UNITS_MAX + 1;

	if (embeds_units(message, EMBEDS_UNITS_MAX) <= EMBEDS_UNITS_MAX)
		return EMBEDS_UNITS_MAX;
	while (too_long - fits > 1) {
		size_t middle = fits + (too_long - fits) / 2;

		if (embeds_units(message, middle) <= EMBEDS_UNITS_MAX)
			fits = middle;
		else
			too_long = middle;
	}
	return fits;
}

/* ---- writing ---- */

struct scribe {
	struct json_writer *writer;
	struct arena *arena;
	size_t longest; /* of a text in an embed */
};

static void put_text(struct scribe *scribe, const char *key, struct str text, size_t units_max)
{
	json_member_str(scribe->writer, key, codec_cut(scribe->arena, text, least(units_max, scribe->longest)));
}

static void put_in_object(struct scribe *scribe, const char *key, const char *inner, struct str text, size_t units_max)
{
	json_keyc(scribe->writer, key);
	json_begin_object(scribe->writer);
	put_text(scribe, inner, text, units_max);
	json_end_object(scribe->writer);
}

static void put_fields(struct scribe *scribe, const struct embed *embed)
{
	json_keyc(scribe->writer, "fields");
	json_begin_array(scribe->writer);
	for (size_t i = 0; i < embed->field_count; i++) {
		const struct embed_field *field = &embed->fields[i];

		json_begin_object(scribe->writer);
		put_text(scribe, "name", field->name.len ? field->name : NOTHING, FIELD_NAME_MAX);
		put_text(scribe, "value", field->value.len ? field->value : NOTHING, FIELD_VALUE_MAX);
		json_member_bool(scribe->writer, "inline", field->is_inline);
		json_end_object(scribe->writer);
	}
	json_end_array(scribe->writer);
}

static void put_embed(struct scribe *scribe, const struct embed *embed)
{
	bool empty = !embed->title.len && !embed->description.len && !embed->footer.len && !embed->image_url.len &&
		     !embed->field_count;

	json_begin_object(scribe->writer);
	if (embed->title.len)
		put_text(scribe, "title", embed->title, TITLE_MAX);
	if (embed->description.len || empty)
		put_text(scribe, "description", empty ? NOTHING : embed->description, DESCRIPTION_MAX);
	if (embed->color != MESSAGE_NO_COLOR) {
		assert(embed->color >= 0 && embed->color <= 0xFFFFFF);
		json_member_i64(scribe->writer, "color", embed->color);
	}
	if (embed->field_count)
		put_fields(scribe, embed);
	if (embed->footer.len)
		put_in_object(scribe, "footer", "text", embed->footer, FOOTER_MAX);
	if (embed->image_url.len) {
		json_keyc(scribe->writer, "image");
		json_begin_object(scribe->writer);
		json_member_str(scribe->writer, "url", embed->image_url);
		json_end_object(scribe->writer);
	}
	json_end_object(scribe->writer);
}

static void put_mentions(const struct message *message, struct json_writer *writer)
{
	json_keyc(writer, "allowed_mentions");
	json_begin_object(writer);
	json_keyc(writer, "parse");
	json_begin_array(writer);
	json_end_array(writer);
	if (message->mention) {
		json_keyc(writer, "users");
		json_begin_array(writer);
		json_put_snowflake(writer, message->mention);
		json_end_array(writer);
	}
	json_end_object(writer);
}

static void put_attachments(struct scribe *scribe, const struct message *message)
{
	json_keyc(scribe->writer, "attachments");
	json_begin_array(scribe->writer);
	for (size_t i = 0; i < message->file_count; i++) {
		json_begin_object(scribe->writer);
		json_member_snowflake(scribe->writer, "id", i);
		json_member_str(scribe->writer, "filename", message->files[i].name);
		if (message->files[i].text.len)
			put_text(scribe, "description", message->files[i].text, FILE_TEXT_MAX);
		json_end_object(scribe->writer);
	}
	json_end_array(scribe->writer);
}

static void put_choices(const struct message *message, struct json_writer *writer)
{
	json_begin_object(writer);
	json_keyc(writer, "choices");
	json_begin_array(writer);
	for (size_t i = 0; i < message->choice_count; i++) {
		const struct choice *choice = &message->choices[i];

		json_begin_object(writer);
		json_member_str(writer, "name",
				codec_cut(message->arena, choice->name.len ? choice->name : NOTHING, CHOICE_MAX));
		json_member_str(writer, "value", choice->value);
		json_end_object(writer);
	}
	json_end_array(writer);
	json_end_object(writer);
}

void message_write_body(const struct message *message, struct json_writer *writer)
{
	struct scribe scribe = {.writer = writer, .arena = message->arena, .longest = SIZE_MAX};

	/* Everything is written, what is empty too: an edit takes away what the message had before. */
	json_begin_object(writer);
	put_text(&scribe, "content", message->content, CONTENT_MAX);
	json_keyc(writer, "embeds");
	json_begin_array(writer);
	scribe.longest = longest_text(message);
	for (size_t i = 0; i < message->embed_count; i++)
		put_embed(&scribe, message->embeds[i]);
	scribe.longest = SIZE_MAX;
	json_end_array(writer);
	json_keyc(writer, "components");
	component_write_rows(message->rows, message->row_count, message->arena, writer);
	if (message->file_count || message->type == RESPONSE_UPDATE)
		put_attachments(&scribe, message);
	put_mentions(message, writer);
	if (message->ephemeral)
		json_member_u64(writer, "flags", FLAG_EPHEMERAL);
	json_end_object(writer);
}

void message_write_response(const struct message *message, struct json_writer *writer)
{
	switch (message->type) {
	case RESPONSE_PONG:
	case RESPONSE_DEFERRED:
	case RESPONSE_DEFERRED_UPDATE:
		message_write_deferral(message->type, message->ephemeral, writer);
		return;
	case RESPONSE_MESSAGE:
	case RESPONSE_UPDATE:
	case RESPONSE_CHOICES:
	case RESPONSE_MODAL:
		break;
	}
	json_begin_object(writer);
	json_member_u64(writer, "type", message->type);
	json_keyc(writer, "data");
	if (message->type == RESPONSE_CHOICES)
		put_choices(message, writer);
	else if (message->type == RESPONSE_MODAL)
		component_write_modal(message->modal, message->arena, writer);
	else
		message_write_body(message, writer);
	json_end_object(writer);
}

void message_write_deferral(enum response_type type, bool ephemeral, struct json_writer *writer)
{
	json_begin_object(writer);
	json_member_u64(writer, "type", type);
	if (ephemeral && type == RESPONSE_DEFERRED) {
		json_keyc(writer, "data");
		json_begin_object(writer);
		json_member_u64(writer, "flags", FLAG_EPHEMERAL);
		json_end_object(writer);
	}
	json_end_object(writer);
}

/* ---- Markdown ---- */

struct str message_escape(struct arena *arena, struct str text)
{
	static const char special[] = "\\*_~`|>#[]()<@:";
	char *out = arena_alloc(arena, text.len * 2);
	size_t len = 0;

	if (!out)
		return STR_EMPTY;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		/* A list begins with these. */
		if (c && (strchr(special, c) || (i == 0 && (c == '-' || c == '+'))))
			out[len++] = '\\';
		out[len++] = (unsigned char)c < ' ' || c == 0x7f ? ' ' : c;
	}
	return str_make(out, len);
}
