/*
 * Interactions: what is decoded has its parts within their bounds, and a message made of any of its texts is JSON within
 * Discord's limits.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/codec.h"
#include "discord/event.h"
#include "discord/message.h"

enum { EVENT_BYTES_MAX = 1 << 16, ARENA_BYTES_MAX = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_text(struct str text)
{
	require(text.ptr && codec_utf8_valid(text));
}

static void check_message(const struct interaction *interaction, struct arena *arena)
{
	struct json_writer writer;
	struct message message;
	struct embed *embed;
	struct json root;
	struct buf out;
	struct str content;

	message_init(&message, arena);
	message.content = message_escape(arena, interaction->user.name);
	embed = message_embed(&message);
	if (embed) {
		embed->title = interaction->command;
		embed->description = interaction->custom_id;
		embed->footer = interaction->locale;
	}
	for (size_t i = 0; i < interaction->option_count; i++)
		embed_field(embed, interaction->options[i].name, interaction->options[i].text, i & 1);
	buf_init(&out, ARENA_BYTES_MAX);
	json_writer_init(&writer, &out);
	message_write_response(&message, &writer);
	require(json_writer_done(&writer));
	if (!arena->full) {
		require(json_parse(arena, buf_str(&out), &root, NULL));
		content = json_text_or(json_get(json_get(root, "data"), "content"), arena, STR_EMPTY);
		require(codec_utf16_len(content) <= 2000);
	}
	buf_release(&out);
}

static void check_interaction(const struct interaction *interaction, struct arena *arena)
{
	require(interaction->kind >= INTERACTION_PING && interaction->kind <= INTERACTION_MODAL);
	require(interaction->id && interaction->application_id);
	require(interaction->option_count <= INTERACTION_OPTIONS_MAX && interaction->value_count <= INTERACTION_VALUES_MAX &&
		interaction->field_count <= INTERACTION_FIELDS_MAX);
	check_text(interaction->token);
	check_text(interaction->user.name);
	check_text(interaction->command);
	check_text(interaction->custom_id);
	for (size_t i = 0; i < interaction->option_count; i++) {
		check_text(interaction->options[i].name);
		check_text(interaction->options[i].text);
		check_text(interaction->options[i].user.name);
	}
	for (size_t i = 0; i < interaction->value_count; i++)
		check_text(interaction->values[i]);
	for (size_t i = 0; i < interaction->field_count; i++)
		check_text(interaction->fields[i].text);
	if (interaction->kind != INTERACTION_PING) {
		require(interaction->token.len && interaction->user.id);
		check_message(interaction, arena);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct interaction interaction;
	struct event_ready ready;
	struct arena arena;
	struct json root;
	struct err err = {0};

	if (size > EVENT_BYTES_MAX)
		return 0;
	arena_init(&arena, ARENA_BYTES_MAX);
	if (json_parse(&arena, str_make((const char *)data, size), &root, NULL)) {
		if (event_decode_interaction(root, &arena, &interaction, &err))
			check_interaction(&interaction, &arena);
		else
			require(err.code == ERR_INPUT && err.text[0]);
		event_decode_ready(root, &arena, &ready);
		check_text(ready.session_id);
	}
	arena_release(&arena);
	return 0;
}
