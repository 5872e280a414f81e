/*
 * Building of messages and interaction responses. Discord's limits (discord.md 17) are kept here:
 * text is cut with an ellipsis, counted in UTF-16 units; more parts than allowed are our own
 * mistake and assert. allowed_mentions is always written (nobody is pinged unless `mention` is set).
 *
 * Everything lives in the arena given at init; texts are borrowed or cut copies.
 */
#ifndef DISCORD_MESSAGE_H
#define DISCORD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json_write.h"
#include "base/str.h"
#include "discord/component.h"

#define MESSAGE_EMBEDS_MAX 10
#define MESSAGE_FIELDS_MAX 25
#define MESSAGE_ROWS_MAX 5
#define MESSAGE_CHOICES_MAX 25
#define MESSAGE_FILES_MAX 2
#define MESSAGE_NO_COLOR (-1)

struct embed_field {
	struct str name;
	struct str value;
	bool is_inline;
};

struct embed {
	struct str title;
	struct str description;
	int32_t color; /* 0xRRGGBB or MESSAGE_NO_COLOR */
	struct embed_field fields[MESSAGE_FIELDS_MAX];
	size_t field_count;
	struct str footer;
	struct str image_url; /* "attachment://NAME" for a file of the message */
};

/* Travels beside the JSON, as multipart (discord/multipart.h). */
struct attachment {
	struct str name; /* with an ending, without a path */
	struct str type; /* "image/png" */
	struct str text; /* alternative text for who does not see it; may be empty */
	struct str bytes; /* may be set after the message is written */
};

struct choice {
	struct str name;
	struct str value;
};

/* Interaction callback types. */
enum response_type {
	RESPONSE_PONG = 1,
	RESPONSE_MESSAGE = 4,
	RESPONSE_DEFERRED = 5,
	RESPONSE_DEFERRED_UPDATE = 6,
	RESPONSE_UPDATE = 7, /* of the message that the component stands on */
	RESPONSE_CHOICES = 8,
	RESPONSE_MODAL = 9, /* not as the answer to a modal */
};

struct message {
	struct arena *arena;
	enum response_type type; /* RESPONSE_MESSAGE after init */
	bool ephemeral;
	struct str content;
	struct embed *embeds[MESSAGE_EMBEDS_MAX];
	size_t embed_count;
	struct component_row rows[MESSAGE_ROWS_MAX];
	size_t row_count;
	struct attachment files[MESSAGE_FILES_MAX];
	size_t file_count;
	struct modal *modal; /* of RESPONSE_MODAL */
	struct choice choices[MESSAGE_CHOICES_MAX];
	size_t choice_count;
	uint64_t mention; /* a user whose mention may ping, or 0 */
};

void message_init(struct message *message, struct arena *arena);
void message_clear(struct message *message);

/* The next embed; NULL when the arena is full. */
struct embed *message_embed(struct message *message);
void embed_field(struct embed *embed, struct str name, struct str value, bool is_inline);
void message_row(struct message *message);
/* Into the last row. */
void message_button(struct message *message, enum button_style style, struct str label, struct str emoji,
		    struct str custom_id);
/* In a row of its own; NULL when the arena is full. The caller adds options (component.h). */
struct select *message_select(struct message *message, struct str custom_id, struct str placeholder);
/* Makes the answer a modal; NULL when the arena is full. The caller adds inputs (component.h). */
struct modal *message_modal(struct message *message, struct str custom_id, struct str title);
void message_file(struct message *message, const struct attachment *file);
void message_choice(struct message *message, struct str name, struct str value);

/* {"type":…,"data":…}: the body of a callback, and of the HTTP door's answer. */
void message_write_response(const struct message *message, struct json_writer *writer);
/* The message alone: body of an edit or a follow-up. */
void message_write_body(const struct message *message, struct json_writer *writer);
/* A bare {"type":n}, or with the ephemeral flag for a deferral. */
void message_write_deferral(enum response_type type, bool ephemeral, struct json_writer *writer);

/* Escapes Discord's Markdown in a name that a person chose. */
struct str message_escape(struct arena *arena, struct str text);

#endif
