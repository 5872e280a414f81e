#include "discord/message.h"

#include "base/codec.h"
#include "base/limits.h"
#include "test.h"

/* A message, and it as JSON once written. */
struct rig {
	struct arena arena;
	struct message message;
	struct buf out;
	struct json json;
};

static void rig_init(struct rig *rig)
{
	arena_init(&rig->arena, 8u << 20);
	buf_init(&rig->out, 1u << 20);
	message_init(&rig->message, &rig->arena);
}

static void rig_release(struct rig *rig)
{
	buf_release(&rig->out);
	arena_release(&rig->arena);
}

static const char *write_response(struct rig *rig)
{
	struct json_writer writer;

	buf_clear(&rig->out);
	json_writer_init(&writer, &rig->out);
	message_write_response(&rig->message, &writer);
	CHECK(json_writer_done(&writer));
	CHECK(arena_check(&rig->arena, "a message", NULL));
	CHECK(json_parse(&rig->arena, buf_str(&rig->out), &rig->json, NULL));
	return buf_cstr(&rig->out);
}

static struct str repeat(struct rig *rig, const char *text, size_t count)
{
	struct str out;
	size_t len = strlen(text);
	char *memory = arena_alloc(&rig->arena, len * count);

	for (size_t i = 0; memory && i < count; i++)
		memcpy(memory + i * len, text, len);
	out = str_make(memory, memory ? len * count : 0);
	return out;
}

static size_t units(struct rig *rig, struct json value)
{
	return codec_utf16_len(json_text_or(value, &rig->arena, STR_EMPTY));
}

static struct json embed_of(struct rig *rig, size_t index)
{
	return json_at(json_get(json_get(rig->json, "data"), "embeds"), index);
}

TEST(a_plain_answer_mentions_nobody)
{
	struct rig rig;

	rig_init(&rig);
	rig.message.content = STR("hello");
	CHECK_EQ_STR(write_response(&rig), "{\"type\":4,\"data\":{\"content\":\"hello\",\"embeds\":[],\"components\":[],"
					   "\"allowed_mentions\":{\"parse\":[]}}}");
	rig_release(&rig);
}

TEST(one_user_may_be_mentioned_and_a_message_may_be_for_one_person)
{
	struct rig rig;

	rig_init(&rig);
	rig.message.content = STR("hello");
	rig.message.mention = 123;
	rig.message.ephemeral = true;
	CHECK_EQ_STR(write_response(&rig), "{\"type\":4,\"data\":{\"content\":\"hello\",\"embeds\":[],\"components\":[],"
					   "\"allowed_mentions\":{\"parse\":[],\"users\":[\"123\"]},\"flags\":64}}");
	rig_release(&rig);
}

TEST(every_part_is_written)
{
	struct rig rig;
	struct embed *embed;

	rig_init(&rig);
	rig.message.type = RESPONSE_UPDATE;
	embed = message_embed(&rig.message);
	embed->title = STR("T");
	embed->description = STR("D");
	embed->color = 0xff00ff;
	embed->footer = STR("F");
	embed->image_url = STR("https://x/y.png");
	embed_field(embed, STR("n"), STR("v"), true);
	message_row(&rig.message);
	message_button(&rig.message, BUTTON_PRIMARY, STR("Again"), STR("🎰"), STR("again:1"));
	message_button(&rig.message, BUTTON_LINK, STR("Page"), STR_EMPTY, STR("https://x/"));
	rig.message.rows[0].buttons[0].disabled = true;
	CHECK_EQ_STR(write_response(&rig),
		     "{\"type\":7,\"data\":{\"content\":\"\",\"embeds\":[{\"title\":\"T\",\"description\":\"D\",\"color\":16711935,"
		     "\"fields\":[{\"name\":\"n\",\"value\":\"v\",\"inline\":true}],\"footer\":{\"text\":\"F\"},"
		     "\"image\":{\"url\":\"https://x/y.png\"}}],\"components\":[{\"type\":1,\"components\":[{\"type\":2,\"style\":1,"
		     "\"label\":\"Again\",\"emoji\":{\"name\":\"🎰\"},\"custom_id\":\"again:1\",\"disabled\":true},{\"type\":2,"
		     "\"style\":5,\"label\":\"Page\",\"url\":\"https://x/\"}]}],\"attachments\":[],\"allowed_mentions\":{\"parse\":[]}}}");
	rig_release(&rig);
}

TEST(a_servers_own_emoji_is_written_by_its_id_and_a_word_is_none)
{
	static const struct {
		const char *emoji, *want;
	} cases[] = {
		{"<:homu:1234567890123>", "\"emoji\":{\"name\":\"homu\",\"id\":\"1234567890123\"}"},
		{"<a:homu:12>", "\"emoji\":{\"name\":\"homu\",\"id\":\"12\",\"animated\":true}"},
		{"1️⃣", "\"emoji\":{\"name\":\"1️⃣\"}"},
		{"💎", "\"emoji\":{\"name\":\"💎\"}"},
		{"ほむ", NULL},
		{"<:homu:x>", NULL},
		{"<>", NULL},
		{"gems", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig rig;

		rig_init(&rig);
		message_row(&rig.message);
		message_button(&rig.message, BUTTON_PRIMARY, STR("x"), str_from(cases[i].emoji), STR("y"));
		const char *got = write_response(&rig);
		CHECK(cases[i].want ? strstr(got, cases[i].want) != NULL : strstr(got, "emoji") == NULL);
		rig_release(&rig);
	}
}

TEST(every_text_is_cut_to_discords_limit_in_utf16_units)
{
	struct rig rig;
	struct embed *embed;
	struct json got;

	rig_init(&rig);
	rig.message.content = repeat(&rig, "🎰", 2000);
	embed = message_embed(&rig.message);
	embed->title = repeat(&rig, "あ", 300);
	embed_field(embed, repeat(&rig, "n", 300), repeat(&rig, "v", 1100), false);
	message_row(&rig.message);
	message_button(&rig.message, BUTTON_PRIMARY, repeat(&rig, "b", 81), STR_EMPTY, STR("x"));
	write_response(&rig);
	/* 999 pairs and the ellipsis: a pair is not cut in two. */
	CHECK_EQ_UINT(units(&rig, json_get(json_get(rig.json, "data"), "content")), 1999);
	got = embed_of(&rig, 0);
	CHECK_EQ_UINT(units(&rig, json_get(got, "title")), 256);
	CHECK_EQ_UINT(units(&rig, json_get(json_at(json_get(got, "fields"), 0), "name")), 256);
	CHECK_EQ_UINT(units(&rig, json_get(json_at(json_get(got, "fields"), 0), "value")), 1024);
	got = json_at(json_get(json_at(json_get(json_get(rig.json, "data"), "components"), 0), "components"), 0);
	CHECK_EQ_UINT(units(&rig, json_get(got, "label")), 80);
	CHECK(str_ends(json_text_or(json_get(got, "label"), &rig.arena, STR_EMPTY), STR("…")));
	rig_release(&rig);
}

static size_t embeds_total(struct rig *rig)
{
	struct json_iter embeds = json_iterate(json_get(json_get(rig->json, "data"), "embeds"));
	struct json key, embed, field;
	size_t total = 0;

	while (json_next(&embeds, &key, &embed)) {
		struct json_iter fields = json_iterate(json_get(embed, "fields"));

		total += units(rig, json_get(embed, "title")) + units(rig, json_get(embed, "description")) +
			 units(rig, json_get(json_get(embed, "footer"), "text"));
		while (json_next(&fields, &key, &field))
			total += units(rig, json_get(field, "name")) + units(rig, json_get(field, "value"));
	}
	return total;
}

TEST(all_embeds_together_are_cut_at_their_longest_texts)
{
	struct rig rig;
	struct embed *first, *second;

	rig_init(&rig);
	first = message_embed(&rig.message);
	first->title = STR("short");
	first->description = repeat(&rig, "a", 4096);
	second = message_embed(&rig.message);
	second->description = repeat(&rig, "b", 3500);
	second->footer = STR("also short");
	write_response(&rig);
	CHECK(embeds_total(&rig) <= EMBEDS_UNITS_MAX);
	CHECK(embeds_total(&rig) >= EMBEDS_UNITS_MAX - 4);
	CHECK_EQ_UINT(units(&rig, json_get(embed_of(&rig, 0), "title")), 5);
	CHECK_EQ_UINT(units(&rig, json_get(embed_of(&rig, 0), "description")),
		      units(&rig, json_get(embed_of(&rig, 1), "description")));
	rig_release(&rig);
}

TEST(the_fullest_message_there_can_be_fits)
{
	struct rig rig;

	rig_init(&rig);
	for (unsigned i = 0; i < MESSAGE_EMBEDS_MAX; i++) {
		struct embed *embed = message_embed(&rig.message);

		embed->title = embed->description = embed->footer = repeat(&rig, "漢", 5000);
		for (unsigned j = 0; j < MESSAGE_FIELDS_MAX; j++)
			embed_field(embed, repeat(&rig, "e\u0301", 300), repeat(&rig, "👩‍🚀", 400), false);
	}
	for (unsigned i = 0; i < MESSAGE_ROWS_MAX; i++) {
		message_row(&rig.message);
		for (unsigned j = 0; j < COMPONENT_BUTTONS_MAX; j++)
			message_button(&rig.message, BUTTON_SECONDARY, STR("b"), STR_EMPTY, STR("id"));
	}
	write_response(&rig);
	CHECK(embeds_total(&rig) <= EMBEDS_UNITS_MAX);
	rig_release(&rig);
}

TEST(empty_texts_that_discord_wants_become_a_space_without_width)
{
	struct rig rig;
	struct embed *embed;

	rig_init(&rig);
	embed = message_embed(&rig.message);
	embed_field(embed, STR_EMPTY, STR_EMPTY, false);
	message_embed(&rig.message);
	message_row(&rig.message);
	CHECK_EQ_STR(write_response(&rig),
		     "{\"type\":4,\"data\":{\"content\":\"\",\"embeds\":[{\"fields\":[{\"name\":\"\u200b\",\"value\":\"\u200b\","
		     "\"inline\":false}]},{\"description\":\"\u200b\"}],\"components\":[],\"allowed_mentions\":{\"parse\":[]}}}");
	rig_release(&rig);
}

TEST(choices_are_cut_too)
{
	struct rig rig;

	rig_init(&rig);
	rig.message.type = RESPONSE_CHOICES;
	CHECK_EQ_STR(write_response(&rig), "{\"type\":8,\"data\":{\"choices\":[]}}");
	message_choice(&rig.message, repeat(&rig, "n", 120), STR("v"));
	write_response(&rig);
	CHECK_EQ_UINT(units(&rig, json_get(json_at(json_get(json_get(rig.json, "data"), "choices"), 0), "name")), 100);
	rig_release(&rig);
}

TEST(deferrals_say_only_what_they_are)
{
	char memory[128];
	struct json_writer writer;
	struct buf out;

	static const struct {
		enum response_type type;
		bool ephemeral;
		const char *want;
	} cases[] = {
		{RESPONSE_DEFERRED, false, "{\"type\":5}"},
		{RESPONSE_DEFERRED, true, "{\"type\":5,\"data\":{\"flags\":64}}"},
		{RESPONSE_DEFERRED_UPDATE, true, "{\"type\":6}"},
		{RESPONSE_PONG, false, "{\"type\":1}"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_wrap(&out, memory, sizeof(memory));
		json_writer_init(&writer, &out);
		message_write_deferral(cases[i].type, cases[i].ephemeral, &writer);
		CHECK_EQ_STR(buf_cstr(&out), cases[i].want);
	}
}

TEST(a_message_can_be_built_anew)
{
	struct rig rig;

	rig_init(&rig);
	rig.message.content = STR("old");
	message_embed(&rig.message);
	message_row(&rig.message);
	message_clear(&rig.message);
	rig.message.content = STR("new");
	CHECK_EQ_STR(write_response(&rig), "{\"type\":4,\"data\":{\"content\":\"new\",\"embeds\":[],\"components\":[],"
					   "\"allowed_mentions\":{\"parse\":[]}}}");
	rig_release(&rig);
}

TEST(a_full_arena_gives_no_embed_and_takes_no_field)
{
	struct arena arena;
	struct message message;
	struct embed *embed;

	arena_init(&arena, 64);
	message_init(&message, &arena);
	embed = message_embed(&message);
	CHECK(!embed);
	embed_field(embed, STR("n"), STR("v"), false);
	CHECK_EQ_UINT(message.embed_count, 0);
	arena_release(&arena);
}

TEST(markdown_of_a_chosen_name_shows_as_it_is)
{
	static const struct {
		const char *name, *want;
	} cases[] = {
		{"Homura", "Homura"},
		{"a_b*c", "a\\_b\\*c"},
		{"||x||", "\\|\\|x\\|\\|"},
		{"<@1>", "\\<\\@1\\>"},
		{"[a](b)", "\\[a\\]\\(b\\)"},
		{"back\\slash`", "back\\\\slash\\`"},
		{"- list", "\\- list"},
		{"a-b", "a-b"},
		{"a\nb", "a b"},
		{"ほむ", "ほむ"},
		{"", ""},
	};
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(str_eqc(message_escape(&arena, str_from(cases[i].name)), cases[i].want));
	arena_release(&arena);
}

TEST(an_update_without_files_takes_the_old_ones_away)
{
	struct rig rig;

	rig_init(&rig);
	rig.message.type = RESPONSE_UPDATE;
	write_response(&rig);
	CHECK_EQ_UINT(json_count(json_get(json_get(rig.json, "data"), "attachments")), 0);
	CHECK_EQ_INT(json_type(json_get(json_get(rig.json, "data"), "attachments")), JSON_ARRAY);
	rig_release(&rig);
}

TEST(files_are_named_in_their_order)
{
	struct rig rig;
	struct json list;

	rig_init(&rig);
	message_file(&rig.message, &(struct attachment){STR("a.png"), STR("image/png"), STR("ten cards"), STR_EMPTY});
	message_file(&rig.message, &(struct attachment){STR("b.json"), STR("application/json"), STR_EMPTY, STR_EMPTY});
	write_response(&rig);
	list = json_get(json_get(rig.json, "data"), "attachments");
	CHECK(str_eqc(json_raw(json_at(list, 0)), "{\"id\":\"0\",\"filename\":\"a.png\",\"description\":\"ten cards\"}"));
	CHECK(str_eqc(json_raw(json_at(list, 1)), "{\"id\":\"1\",\"filename\":\"b.json\"}"));
	rig_release(&rig);
}
