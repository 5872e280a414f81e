#include "bot/answer.h"

#include <inttypes.h>

struct str answer_key(struct arena *arena, uint64_t interaction)
{
	return arena_printf(arena, "ix#%" PRIu64, interaction);
}

bool answer_write(const struct message *message, struct str command, struct buf *out, struct str *response,
		  struct err *err)
{
	struct json_writer writer;

	json_writer_init(&writer, out);
	json_begin_object(&writer);
	json_member_bool(&writer, "delivered", false);
	json_member_str(&writer, "command", command);
	json_keyc(&writer, "response");
	size_t begin = out->len;
	message_write_response(message, &writer);
	size_t end = out->len;
	json_end_object(&writer);
	if (!buf_check(out, "the answer", err))
		return false;
	*response = str_take(str_skip(buf_str(out), begin), end - begin);
	return true;
}

bool answer_read(struct str doc, struct arena *arena, struct answer *answer, struct err *err)
{
	struct json root;

	*answer = (struct answer){.response = JSON_MISSING_VALUE};
	if (!json_parse(arena, doc, &root, err))
		return err_wrap(err, "the stored answer of an interaction");
	if (!json_bool(json_get(root, "delivered"), &answer->delivered))
		return err_set(err, ERR_INPUT, "the stored answer of an interaction has no `delivered`");
	answer->command = json_text_or(json_get(root, "command"), arena, STR_EMPTY);
	answer->response = json_get(root, "response");
	if (json_type(answer->response) == JSON_OBJECT)
		answer->text = json_raw(answer->response);
	return true;
}

void answer_write_delivered(const struct answer *answer, struct buf *out)
{
	struct json_writer writer;

	json_writer_init(&writer, out);
	json_begin_object(&writer);
	json_member_bool(&writer, "delivered", true);
	if (answer && json_type(answer->response) == JSON_OBJECT) {
		json_member_str(&writer, "command", answer->command);
		json_keyc(&writer, "response");
		json_put_value(&writer, answer->response);
	}
	json_end_object(&writer);
}

static void copy_embed(struct turn *turn, struct json from, struct embed *to)
{
	struct arena *arena = turn->arena;
	struct json_iter iter = json_iterate(json_get(from, "fields"));
	struct json key, field;
	int64_t color;

	to->title = json_text_or(json_get(from, "title"), arena, STR_EMPTY);
	to->description = json_text_or(json_get(from, "description"), arena, STR_EMPTY);
	to->footer = json_text_or(json_get(json_get(from, "footer"), "text"), arena, STR_EMPTY);
	if (json_i64(json_get(from, "color"), 0, 0xFFFFFF, &color))
		to->color = (int32_t)color;
	while (to->field_count < MESSAGE_FIELDS_MAX && json_next(&iter, &key, &field)) {
		bool is_inline = false;

		json_bool(json_get(field, "inline"), &is_inline);
		embed_field(to, json_text_or(json_get(field, "name"), arena, STR_EMPTY),
			    json_text_or(json_get(field, "value"), arena, STR_EMPTY), is_inline);
	}
}

static bool add_told(struct turn *turn, const struct answer *answer)
{
	struct json data = json_get(answer->response, "data");
	struct json_iter iter = json_iterate(json_get(data, "embeds"));
	struct json key, from;
	struct embed *head = message_embed(&turn->message);

	if (!head)
		return false;
	struct str intro = turn_say(turn, "📨 Your earlier `/%.*s` was carried out, but its answer may not have reached you. Here it is:",
				    "📨 先ほどの `/%.*s` は実行済みですが、返信が届かなかったかもしれません。結果はこちらです:",
				    STR_ARG(answer->command));
	struct str content = json_text_or(json_get(data, "content"), turn->arena, STR_EMPTY);
	head->description = content.len == 0 ? intro
					     : arena_printf(turn->arena, "%.*s\n%.*s", STR_ARG(intro), STR_ARG(content));
	while (json_next(&iter, &key, &from)) {
		struct embed *embed = message_embed(&turn->message);

		if (!embed)
			return false;
		copy_embed(turn, from, embed);
	}
	return !turn->arena->full;
}

bool answer_tell(struct turn *turn, const struct answer *answer)
{
	struct message *message = &turn->message;
	struct arena_mark mark = arena_mark(turn->arena);
	size_t before = message->embed_count;
	size_t embeds = 1 + json_count(json_get(json_get(answer->response, "data"), "embeds"));

	if (embeds > MESSAGE_EMBEDS_MAX - before || turn->arena->full)
		return false;
	if (add_told(turn, answer))
		return true;
	message->embed_count = before;
	arena_rewind(turn->arena, mark);
	return false;
}
