#include "aws/xml.h"

#include "base/limits.h"
#include "test.h"

static struct arena arena;

static bool parse(const char *text, struct xml **root, struct err *err)
{
	return xml_parse(&arena, str_from(text), root, err);
}

TEST(elements_are_found_by_name_and_missing_ones_are_empty)
{
	struct xml *root = NULL;
	struct err err;

	arena_init(&arena, 1 << 20);
	CHECK(parse("<?xml version=\"1.0\"?><a:R xmlns:a=\"x\" b=\"c\"><a:Error><Code>A&amp;B &lt;&#x3042;</Code></a:Error>\n<Code>2</Code>"
		    "<Code>3</Code><Empty/></a:R>", &root, &err));
	CHECK(str_eqc(root->name, "R"));
	CHECK(str_eqc(xml_text(xml_get(xml_get(root, "Error"), "Code")), "A&B <あ"));
	CHECK(str_eqc(xml_text(xml_get(root, "Code")), "2"));
	CHECK_EQ_UINT(xml_text(xml_get(xml_get(root, "None"), "Code")).len, 0);
	CHECK_EQ_UINT(xml_text(xml_get(root, "Empty")).len, 0);
	arena_release(&arena);
}

TEST(lists_objects_and_texts_become_json)
{
	struct xml *root = NULL;
	struct json_writer writer;
	struct buf out;
	struct err err;

	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 16);
	CHECK(parse("<R><Tags><member><K>a</K></member><member>b</member></Tags><N>1</N><N>2</N><E/></R>", &root, &err));
	json_writer_init(&writer, &out);
	xml_put_json(&writer, root);
	CHECK(json_writer_done(&writer));
	CHECK(str_eqc(buf_str(&out), "{\"Tags\":[{\"K\":\"a\"},\"b\"],\"N\":\"1\",\"E\":\"\"}"));
	buf_release(&out);
	arena_release(&arena);
}

TEST(what_is_not_whole_or_no_xml_is_refused)
{
	static const char *const texts[] = {"", "{}", "<a>", "<a></b>", "<a/><b/>", "<a>&none;</a>", "<a>\xff</a>", "<a b=></a>"};
	struct xml *root = NULL;
	struct err err;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		arena_init(&arena, 1 << 20);
		CHECK(!parse(texts[i], &root, &err));
		CHECK_EQ_INT(err.code, ERR_INPUT);
		arena_release(&arena);
	}
}

TEST(a_document_type_is_refused)
{
	struct xml *root = NULL;
	struct err err;

	arena_init(&arena, 1 << 20);
	CHECK(!parse("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", &root, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	CHECK(strstr(err.text, "document type"));
	arena_release(&arena);
}

TEST(depth_and_memory_are_bounded)
{
	struct xml *root = NULL;
	struct buf text;
	struct err err;

	buf_init(&text, 1 << 20);
	for (int i = 0; i <= XML_DEPTH_MAX; i++)
		buf_addc(&text, "<a>");
	for (int i = 0; i <= XML_DEPTH_MAX; i++)
		buf_addc(&text, "</a>");
	arena_init(&arena, 1 << 20);
	CHECK(!xml_parse(&arena, buf_str(&text), &root, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	arena_release(&arena);
	buf_clear(&text);
	buf_addc(&text, "<a>");
	for (int i = 0; i < 1000; i++)
		buf_addc(&text, "<b>text</b>");
	buf_addc(&text, "</a>");
	arena_init(&arena, 4096);
	CHECK(!xml_parse(&arena, buf_str(&text), &root, &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	arena_release(&arena);
	buf_release(&text);
}
