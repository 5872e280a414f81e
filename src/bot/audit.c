#include "bot/audit.h"

#include "base/clock.h"
#include "base/codec.h"
#include "base/json_write.h"

/* Every byte of three texts may become six, and the frame around them. */
#define DOC_BYTES_MAX (3 * 6 * AUDIT_TEXT_MAX + 512)

struct str audit_key(const struct turn *turn)
{
	return arena_printf(turn->arena, "audit#%.*s",
			    STR_ARG(revision_scope(turn->arena, turn->guild_scope, turn->interaction->guild_id)));
}

void audit_add(struct turn *turn, const char *action, struct str target, struct str reason, struct str detail)
{
	struct buf out = turn_buf(turn, DOC_BYTES_MAX);
	struct json_writer writer;
	char at[32];

	json_writer_init(&writer, &out);
	json_begin_object(&writer);
	json_member_str(&writer, "at", clock_format_s(turn_now_s(turn), at));
	json_member_snowflake(&writer, "by", turn->interaction->user.id);
	json_member_cstr(&writer, "action", action);
	json_member_str(&writer, "target", codec_clip(target, AUDIT_TEXT_MAX));
	json_member_str(&writer, "reason", codec_clip(reason, AUDIT_TEXT_MAX));
	json_member_str(&writer, "detail", codec_clip(detail, AUDIT_TEXT_MAX));
	json_end_object(&writer);
	/* interface.md, Tables: Unix milliseconds × 1000 + k. */
	turn_write(turn, STORE_APPEND,
		   &(struct store_row){
			   .table = STORE_HISTORY,
			   .key = audit_key(turn),
			   .sort = turn->now_ms * 1000,
			   .doc = buf_str(&out),
		   });
}
