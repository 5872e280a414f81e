#include "bot/tombstone.h"

#include "base/json_read.h"
#include "base/json_write.h"

bool tombstone_is(struct str doc)
{
	return str_starts(doc, STR("{\"deleted\":"));
}

bool tombstone_read(struct str doc, struct arena *arena, struct tombstone *tombstone, struct err *err)
{
	struct json root;

	if (!json_parse(arena, doc, &root, err))
		return err_wrap(err, "what is left of a deleted player");
	return (json_i64(json_get(root, "deleted"), 0, INT64_MAX, &tombstone->at_s) &&
		json_i64(json_get(root, "daily"), -1, INT64_MAX, &tombstone->daily_day) &&
		json_i64(json_get(root, "after"), 0, INT64_MAX, &tombstone->history_after)) ||
	       err_set(err, ERR_INPUT, "what is left of a deleted player is not of the form");
}

void tombstone_write(const struct tombstone *tombstone, struct buf *out)
{
	struct json_writer writer;

	json_writer_init(&writer, out);
	json_begin_object(&writer);
	json_member_i64(&writer, "deleted", tombstone->at_s);
	json_member_i64(&writer, "daily", tombstone->daily_day);
	json_member_i64(&writer, "after", tombstone->history_after);
	json_end_object(&writer);
}
