#include "discord/component.h"

#include "base/codec.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "test.h"

struct rig {
	struct arena arena;
	struct buf out;
	struct json json;
};

static void rig_init(struct rig *rig)
{
	arena_init(&rig->arena, 1u << 20);
	buf_init(&rig->out, 1u << 20);
}

static void rig_release(struct rig *rig)
{
	buf_release(&rig->out);
	arena_release(&rig->arena);
}

static const char *write_rows(struct rig *rig, const struct component_row *rows, size_t count)
{
	struct json_writer writer;

	buf_clear(&rig->out);
	json_writer_init(&writer, &rig->out);
	component_write_rows(rows, count, &rig->arena, &writer);
	CHECK(json_writer_done(&writer));
	CHECK(json_parse(&rig->arena, buf_str(&rig->out), &rig->json, NULL));
	return buf_cstr(&rig->out);
}

static struct str repeat(struct rig *rig, const char *text, size_t count)
{
	struct buf out;

	buf_init(&out, 65536);
	for (size_t i = 0; i < count; i++)
		buf_addc(&out, text);
	struct str kept = arena_str(&rig->arena, buf_str(&out));
	buf_release(&out);
	return kept;
}

TEST(a_select_stands_in_a_row_of_its_own)
{
	struct rig rig;
	struct select select = {.custom_id = STR("s.1"), .placeholder = STR("Which?")};
	struct component_row row = {.select = &select};

	rig_init(&rig);
	CHECK_EQ_STR(write_rows(&rig, &row, 1), "[]");
	select_option(&select, &(struct select_option){.label = STR("One"), .value = STR("1"), .description = STR("the first"),
						       .emoji = STR("🔥"), .is_default = true});
	CHECK_EQ_STR(write_rows(&rig, &row, 1),
		     "[{\"type\":1,\"components\":[{\"type\":3,\"custom_id\":\"s.1\",\"placeholder\":\"Which?\",\"options\":"
		     "[{\"label\":\"One\",\"value\":\"1\",\"description\":\"the first\",\"emoji\":{\"name\":\"🔥\"},\"default\":true}]}]}]");
	rig_release(&rig);
}

TEST(texts_of_a_select_are_cut_to_discords_limits)
{
	struct rig rig;
	struct select select = {.custom_id = STR("s"), .placeholder = STR_EMPTY};
	struct component_row row = {.select = &select};
	struct json written;

	rig_init(&rig);
	select.placeholder = repeat(&rig, "漢", 200);
	for (unsigned i = 0; i < COMPONENT_OPTIONS_MAX; i++)
		select_option(&select, &(struct select_option){.label = repeat(&rig, "👩‍🚀", 60), .value = STR("v"),
							       .description = repeat(&rig, "e\u0301", 90)});
	write_rows(&rig, &row, 1);
	written = json_at(json_get(json_at(rig.json, 0), "components"), 0);
	CHECK(codec_utf16_len(json_text_or(json_get(written, "placeholder"), &rig.arena, STR_EMPTY)) <= 150);
	CHECK_EQ_UINT(json_count(json_get(written, "options")), COMPONENT_OPTIONS_MAX);
	written = json_at(json_get(written, "options"), 24);
	CHECK(codec_utf16_len(json_text_or(json_get(written, "label"), &rig.arena, STR_EMPTY)) <= 100);
	CHECK(codec_utf16_len(json_text_or(json_get(written, "description"), &rig.arena, STR_EMPTY)) <= 100);
	rig_release(&rig);
}

TEST(a_modal_labels_its_inputs)
{
	struct rig rig;
	struct json_writer writer;
	struct modal modal = {.custom_id = STR("m.1"), .title = STR("New item")};

	rig_init(&rig);
	modal_input(&modal, &(struct text_input){.custom_id = STR("id"), .label = STR("Id"), .value = STR("abcdef"),
						 .placeholder = STR("letters"), .min = 1, .max = 4, .required = true});
	modal_input(&modal, &(struct text_input){.custom_id = STR("text"), .label = STR("Text"), .value = STR_EMPTY,
						 .placeholder = STR_EMPTY, .is_long = true});
	json_writer_init(&writer, &rig.out);
	component_write_modal(&modal, &rig.arena, &writer);
	CHECK_EQ_STR(buf_cstr(&rig.out),
		     "{\"custom_id\":\"m.1\",\"title\":\"New item\",\"components\":[{\"type\":18,\"label\":\"Id\",\"component\":"
		     "{\"type\":4,\"custom_id\":\"id\",\"style\":1,\"value\":\"abc…\",\"placeholder\":\"letters\",\"required\":true,"
		     "\"min_length\":1,\"max_length\":4}},{\"type\":18,\"label\":\"Text\",\"component\":{\"type\":4,\"custom_id\":"
		     "\"text\",\"style\":2,\"required\":false,\"max_length\":4000}}]}");
	rig_release(&rig);
}
