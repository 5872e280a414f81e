#include "discord/keeper.h"

#include "base/limits.h"

void keeper_save(const struct keeper *keeper, enum saved_sessions which, uint64_t application_id, int64_t now_unix_ms)
{
	struct buf out;

	buf_init(&out, GATEWAY_STATE_BYTES_MAX);
	if (saved_write(saved_bot_id(keeper->token, keeper->arena), keeper->budget, keeper->shards, which, application_id,
			now_unix_ms, &out))
		keeper->handler->save(keeper->handler->owner, buf_str(&out));
	buf_release(&out);
}

void keeper_keep(struct keeper *keeper, uint64_t application_id, int64_t now_ms, int64_t now_unix_ms)
{
	keeper->kept_ms = now_ms;
	keeper->kept_events = shards_events(keeper->shards);
	keeper_save(keeper, keeper->disowned ? SAVED_NONE : SAVED_PROVED, application_id, now_unix_ms);
}

int64_t keeper_at_ms(const struct keeper *keeper)
{
	if (keeper->disowned || !shards_any_online(keeper->shards))
		return INT64_MAX;
	return keeper->kept_ms + (shards_events(keeper->shards) != keeper->kept_events ? SESSION_KEEP_MS : SESSION_KEEP_IDLE_MS);
}

bool keeper_restore(struct keeper *keeper, struct str text, const struct gateway_shards *wanted, struct rng *rng,
		    int64_t now_unix_ms, uint64_t *application_id)
{
	struct saved saved = {
		.budget = keeper->budget,
		.shards = keeper->shards,
		.wanted = wanted,
		.token = keeper->token,
		.rng = rng,
	};

	if (!saved_read(text, saved_bot_id(keeper->token, keeper->arena), now_unix_ms, &saved, keeper->arena))
		return false;
	*application_id = saved.application_id;
	return true;
}
