#include "bot/export_form.h"

#include "base/clock.h"

void export_form_head(struct json_writer *writer, int64_t now_s)
{
	char at[32];

	json_begin_object(writer);
	json_member_cstr(writer, "kind", "export");
	json_member_u64(writer, "v", 1);
	json_member_str(writer, "at", clock_format_s(now_s, at));
	json_end_object(writer);
}

void export_form_begin(struct json_writer *writer, const char *kind, const struct store_row *row)
{
	json_begin_object(writer);
	json_member_cstr(writer, "kind", kind);
	json_member_str(writer, "key", row->key);
}

void export_form_end(struct json_writer *writer, const struct store_row *row)
{
	if (row->expires_at_s)
		json_member_i64(writer, "expires_at", row->expires_at_s);
	json_end_object(writer);
}

static bool is_among(struct str name, const char *const *names)
{
	for (; *names; names++)
		if (str_eqc(name, *names))
			return true;
	return false;
}

void export_form_members_without(struct json_writer *writer, struct json object, const char *const *left_out,
				 struct arena *arena)
{
	struct json_iter iter = json_iterate(object);
	struct json key, value;

	while (json_next(&iter, &key, &value)) {
		struct str name = json_text_or(key, arena, STR_EMPTY);

		if (is_among(name, left_out))
			continue;
		json_key(writer, name);
		json_put_value(writer, value);
	}
}

void export_form_history(struct json_writer *writer, const struct store_row *row, struct json root, struct arena *arena)
{
	static const char *const receipts[] = {"receipts", NULL};

	export_form_begin(writer, "history", row);
	json_member_i64(writer, "sort", row->sort);
	json_member_u64(writer, "receipts", json_count(json_get(root, receipts[0])));
	json_keyc(writer, "doc");
	json_begin_object(writer);
	export_form_members_without(writer, root, receipts, arena);
	json_end_object(writer);
	export_form_end(writer, row);
}
