#include "bot/catalog_edit_layout.h"

/* A list of ids is broken beyond this; an item's line may be longer. */
#define LINE_BYTES_MAX 110

static void add_line(struct buf *out, size_t indent)
{
	buf_add_char(out, '\n');
	for (size_t i = 0; i < indent; i++)
		buf_addc(out, "  ");
}

/* In one line. What is no container stands as the document has it, which was checked. */
static void put_inline(struct json value, struct buf *out)
{
	bool is_object = json_type(value) == JSON_OBJECT;
	struct json_iter iter = json_iterate(value);
	struct json key, member;
	const char *between = "";

	if (!is_object && json_type(value) != JSON_ARRAY) {
		buf_add(out, json_raw(value));
		return;
	}
	buf_add_char(out, is_object ? '{' : '[');
	while (json_next(&iter, &key, &member)) {
		buf_addc(out, between);
		if (is_object) {
			buf_add(out, json_raw(key));
			buf_addc(out, ": ");
		}
		put_inline(member, out);
		between = ", ";
	}
	buf_add_char(out, is_object ? '}' : ']');
}

/* A list in lines of LINE_BYTES_MAX, as many elements in each as fit. */
static void put_wrapped(struct json list, size_t indent, struct buf *out)
{
	struct json_iter iter = json_iterate(list);
	struct json key, element;
	size_t used = 0;

	buf_add_char(out, '[');
	while (json_next(&iter, &key, &element)) {
		size_t length = json_raw(element).len + 2;

		if (used > 0)
			buf_addc(out, used + length > LINE_BYTES_MAX ? "," : ", ");
		if (used == 0 || used + length > LINE_BYTES_MAX) {
			add_line(out, indent + 1);
			used = 0;
		}
		put_inline(element, out);
		used += length;
	}
	add_line(out, indent);
	buf_add_char(out, ']');
}

static void put_banner_member(struct json value, struct buf *out)
{
	if (json_type(value) == JSON_ARRAY && json_raw(value).len > LINE_BYTES_MAX)
		put_wrapped(value, 3, out);
	else
		put_inline(value, out);
}

/* Each member or element of a container in lines of its own. */
static void put_broken(struct json value, size_t indent, bool is_banner, struct buf *out)
{
	bool is_object = json_type(value) == JSON_OBJECT;
	struct json_iter iter = json_iterate(value);
	struct json key, member;
	const char *between = "";

	buf_add_char(out, is_object ? '{' : '[');
	while (json_next(&iter, &key, &member)) {
		enum json_type type = json_type(member);
		bool is_banners = indent == 0 && is_object && str_eqc(json_raw(key), "\"banners\"");

		buf_addc(out, between);
		add_line(out, indent + 1);
		if (is_object) {
			buf_add(out, json_raw(key));
			buf_addc(out, ": ");
		}
		if (indent == 0 && type == JSON_ARRAY)
			put_broken(member, 1, is_banners, out);
		else if (indent == 1 && is_banner && type == JSON_OBJECT)
			put_broken(member, 2, true, out);
		else if (indent == 2)
			put_banner_member(member, out);
		else
			put_inline(member, out);
		between = ",";
	}
	if (json_count(value) > 0)
		add_line(out, indent);
	buf_add_char(out, is_object ? '}' : ']');
}

void catalog_edit_layout(struct json root, struct buf *out)
{
	if (json_type(root) == JSON_OBJECT)
		put_broken(root, 0, false, out);
	else
		put_inline(root, out);
	buf_add_char(out, '\n');
}
