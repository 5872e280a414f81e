#include "bot/loading.h"

#include <assert.h>
#include <inttypes.h>

/* gacha.md, Economy: the day of /daily where the server has not chosen a zone. */
#define ZONE_DEFAULT "Asia/Tokyo"

struct str loading_player_key(struct arena *arena, bool guild_scope, uint64_t guild_id, uint64_t user_id)
{
	if (guild_scope)
		return arena_printf(arena, "%" PRIu64 "/%" PRIu64, guild_id, user_id);
	return arena_printf(arena, "%" PRIu64, user_id);
}

static struct store_row *add_row(struct loading *loading, enum store_table table, struct str key)
{
	assert(loading->row_count < LOADING_ROWS_MAX);
	struct store_row *row = &loading->rows[loading->row_count++];
	*row = (struct store_row){.table = table, .key = key};
	return row;
}

void loading_plan(struct loading *loading, struct arena *arena, const struct route *route,
		  const struct interaction *interaction, const struct custom_id *button, bool guild_scope)
{
	const struct interaction_option *named = interaction_option(interaction, "user");
	struct str key = loading_player_key(arena, guild_scope, interaction->guild_id, interaction->user.id);

	*loading = (struct loading){0};
	if (route->needs & NEED_PLAYER)
		loading->player = add_row(loading, STORE_USERS, key);
	if ((route->needs & NEED_OTHER) && named && named->id != interaction->user.id)
		loading->other = add_row(loading, STORE_USERS,
					 loading_player_key(arena, guild_scope, interaction->guild_id, named->id));
	loading->wants_zone = (route->needs & NEED_ZONE) != 0;
	if (loading->wants_zone && interaction->guild_id != 0)
		loading->server = add_row(loading, STORE_SETTINGS, arena_printf(arena, "%" PRIu64, interaction->guild_id));
	if (route->needs & NEED_HISTORY) {
		loading->wants_page = true;
		loading->page_before = button && button->number > 0 ? button->number : INT64_MAX;
		loading->page_count = HISTORY_PAGE_ROWS + 1;
	}
}

static bool fill_player(const struct store_row *row, const struct player_seal *seal, struct turn *turn, struct err *err)
{
	turn->player = ARENA_NEW(turn->arena, struct player);
	if (!turn->player)
		return arena_check(turn->arena, "the player", err);
	if (row->version != 0)
		return player_decode(turn->player, turn->arena, row->key, row->version, row->doc, seal, err) ||
		       err_wrap(err, "player %.*s", STR_ARG(row->key));
	player_init(turn->player, turn->arena, row->key, turn_now_s(turn), turn->rng);
	return economy_open(turn->player, &turn->ledger, turn->catalog, turn_now_s(turn), err);
}

static bool fill_other(const struct store_row *row, const struct player_seal *seal, struct turn *turn, struct err *err)
{
	if (row->version == 0)
		return true;
	turn->other = ARENA_NEW(turn->arena, struct player);
	if (!turn->other)
		return arena_check(turn->arena, "the player", err);
	return player_decode(turn->other, turn->arena, row->key, row->version, row->doc, seal, err) ||
	       err_wrap(err, "player %.*s", STR_ARG(row->key));
}

static bool fill_zone(const struct store_row *row, struct turn *turn, struct err *err)
{
	struct str name = STR(ZONE_DEFAULT);

	if (row && row->version != 0) {
		struct json root;

		if (!json_parse(turn->arena, row->doc, &root, err))
			return err_wrap(err, "settings of server %.*s", STR_ARG(row->key));
		name = json_text_or(json_get(root, "time_zone"), turn->arena, name);
	}
	if (!clock_zone_find(name, &turn->zone))
		return err_set(err, ERR_INPUT, "time zone %.*s is not known", STR_ARG(name));
	return true;
}

bool loading_fill(struct loading *loading, const struct player_seal *seal, struct turn *turn, struct err *err)
{
	if (loading->player && !fill_player(loading->player, seal, turn, err))
		return false;
	if (loading->other && !fill_other(loading->other, seal, turn, err))
		return false;
	if (loading->wants_zone && !fill_zone(loading->server, turn, err))
		return false;
	turn->history = loading->page;
	turn->history_count = loading->wants_page ? loading->page_count : 0;
	return true;
}
