#include "bot/picture.h"

#include <string.h>

#include "base/file.h"

void picture_write(const struct picture *picture, struct json_writer *writer)
{
	json_begin_array(writer);
	for (size_t i = 0; i < picture->count; i++) {
		const struct card *card = &picture->cards[i];

		json_begin_object(writer);
		json_member_str(writer, "id", card->id);
		json_member_str(writer, "name", card->name);
		json_member_str(writer, "rarity", card->rarity);
		json_member_i64(writer, "stars", card->stars);
		json_member_i64(writer, "color", card->color);
		json_member_i64(writer, "shards", card->shards);
		json_member_bool(writer, "new", card->is_new);
		json_member_bool(writer, "featured", card->featured);
		json_end_object(writer);
	}
	json_end_array(writer);
}

static bool read_card(struct json value, struct arena *arena, struct card *card)
{
	int64_t color;

	*card = (struct card){.art = STR_EMPTY};
	if (!json_text(json_get(value, "id"), arena, &card->id) || !json_text(json_get(value, "name"), arena, &card->name) ||
	    !json_text(json_get(value, "rarity"), arena, &card->rarity) ||
	    !json_i64(json_get(value, "stars"), 0, INT32_MAX, &card->stars) ||
	    !json_i64(json_get(value, "color"), -1, 0xFFFFFF, &color) ||
	    !json_i64(json_get(value, "shards"), 0, INT64_MAX, &card->shards))
		return false;
	card->color = (int32_t)color;
	return json_bool(json_get(value, "new"), &card->is_new) && json_bool(json_get(value, "featured"), &card->featured);
}

bool picture_read(struct json value, struct arena *arena, struct picture *picture)
{
	struct json_iter iter = json_iterate(value);
	struct json key, card;

	picture->count = 0;
	if (json_type(value) != JSON_ARRAY || json_count(value) > CARDS_MAX)
		return false;
	while (json_next(&iter, &key, &card))
		if (!read_card(card, arena, &picture->cards[picture->count++])) {
			picture->count = 0;
			return false;
		}
	return picture->count > 0;
}

/* An id is letters, digits, '.', '_', '-' and begins with one of the first two (gacha.md, Required): it leads out of no folder. */
static void read_art(struct str folder, struct str id, struct arena *arena, struct str *art)
{
	static const char *const endings[] = {"png", "jpg"};
	struct buf out;

	buf_init(&out, ART_BYTES_MAX);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]) && art->len == 0; i++) {
		struct str path = arena_printf(arena, "%.*s/%.*s.%s", STR_ARG(folder), STR_ARG(id), endings[i]);

		buf_clear(&out);
		if (file_is_regular(path) && file_read(path, false, &out, NULL))
			*art = arena_str(arena, buf_str(&out));
	}
	buf_release(&out);
}

bool picture_draw(const struct picture *picture, struct cards *cards, struct str art, struct arena *arena,
		  struct attachment *file, struct err *err)
{
	struct card list[CARDS_MAX];
	struct buf out;
	bool ok;

	memcpy(list, picture->cards, sizeof(list));
	for (size_t i = 0; art.len > 0 && i < picture->count; i++)
		read_art(art, list[i].id, arena, &list[i].art);
	buf_init(&out, CARDS_BYTES_MAX);
	ok = cards_png(cards, list, picture->count, &out, err);
	if (ok) {
		file->bytes = arena_str(arena, buf_str(&out));
		ok = arena_check(arena, "a picture", err);
	}
	buf_release(&out);
	return ok;
}
