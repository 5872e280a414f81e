#include "bot/answer.h"

#include <inttypes.h>

struct str answer_key(struct arena *arena, uint64_t interaction)
{
	return arena_printf(arena, "ix#%" PRIu64, interaction);
}

bool answer_write(const struct turn *turn, struct str command, struct buf *out, struct str *response, struct err *err)
{
	struct json_writer writer;

	json_writer_init(&writer, out);
	json_begin_object(&writer);
	json_member_bool(&writer, "delivered", false);
	json_member_str(&writer, "command", command);
	if (turn->picture.count > 0) {
		json_keyc(&writer, "cards");
		picture_write(&turn->picture, &writer);
	}
	json_keyc(&writer, "response");
	size_t begin = out->len;
	message_write_response(&turn->message, &writer);
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
	picture_read(json_get(root, "cards"), arena, &answer->picture);
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
		if (answer->picture.count > 0) {
			json_keyc(&writer, "cards");
			picture_write(&answer->picture, &writer);
		}
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
	to->image_url = json_text_or(json_get(json_get(from, "image"), "url"), arena, STR_EMPTY);
	if (str_starts(to->image_url, STR("attachment:"))) /* that file is not here */
		to->image_url = STR_EMPTY;
	if (json_i64(json_get(from, "color"), 0, 0xFFFFFF, &color))
		to->color = (int32_t)color;
	while (to->field_count < MESSAGE_FIELDS_MAX && json_next(&iter, &key, &field)) {
		bool is_inline = false;

		json_bool(json_get(field, "inline"), &is_inline);
		embed_field(to, json_text_or(json_get(field, "name"), arena, STR_EMPTY),
			    json_text_or(json_get(field, "value"), arena, STR_EMPTY), is_inline);
	}
}

/* The player hears what it answers, and whether all of it follows. */
static struct str write_intro(struct turn *turn, const struct answer *answer, bool is_whole)
{
	if (is_whole)
		return turn_say(turn, "📨 Your earlier `/%.*s` was carried out, but its answer may not have reached you. Here it is:",
				"📨 先ほどの `/%.*s` は実行済みですが、返信が届かなかったかもしれません。結果はこちらです:",
				STR_ARG(answer->command));
	return turn_say(turn,
			"📨 Your earlier `/%.*s` was carried out, but its answer may not have reached you. Not all of it fits here; `/history` shows the rest:",
			"📨 先ほどの `/%.*s` は実行済みですが、返信が届かなかったかもしれません。ここに入りきらない分は `/history` で確認できます:",
			STR_ARG(answer->command));
}

/* The parts that are not empty, a line each. */
static struct str join(struct turn *turn, struct str intro, struct str content, struct str description)
{
	return arena_printf(turn->arena, "%.*s%s%.*s%s%.*s", STR_ARG(intro), content.len > 0 ? "\n" : "", STR_ARG(content),
			    description.len > 0 ? "\n" : "", STR_ARG(description));
}

/* The introduction goes into the first embed, so that what was told twice and more takes no room for it. */
static bool add_told(struct turn *turn, const struct answer *answer, size_t embeds_max)
{
	struct json data = json_get(answer->response, "data");
	struct json embeds = json_get(data, "embeds");
	struct json_iter iter = json_iterate(embeds);
	struct json key, from;
	struct embed *first = message_embed(&turn->message);

	if (!first)
		return false;
	if (json_next(&iter, &key, &from))
		copy_embed(turn, from, first);
	first->description = join(turn, write_intro(turn, answer, json_count(embeds) <= embeds_max),
				  json_text_or(json_get(data, "content"), turn->arena, STR_EMPTY), first->description);
	for (size_t used = 1; used < embeds_max && json_next(&iter, &key, &from); used++) {
		struct embed *embed = message_embed(&turn->message);

		if (!embed)
			return false;
		copy_embed(turn, from, embed);
	}
	return !turn->arena->full;
}

bool answer_tell(struct turn *turn, const struct answer *answer, bool may_cut)
{
	struct message *message = &turn->message;
	struct arena_mark mark = arena_mark(turn->arena);
	size_t before = message->embed_count;
	size_t room = MESSAGE_EMBEDS_MAX - before;
	size_t embeds = json_count(json_get(json_get(answer->response, "data"), "embeds"));

	if (room == 0 || (embeds > room && !may_cut) || turn->arena->full)
		return false;
	if (add_told(turn, answer, room))
		return true;
	message->embed_count = before;
	arena_rewind(turn->arena, mark);
	return false;
}
