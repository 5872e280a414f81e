#include "bot/loading.h"

#include <assert.h>
#include <inttypes.h>

#include "bot/tombstone.h"
#include "gacha/exchange.h"
#include "gacha/offer.h"
#include "gacha/player_doc.h"

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

/* Who else is meant: the option `user` of a command, the number of a button. 0: nobody but the caller. */
static uint64_t other_of(const struct turn *turn)
{
	const struct interaction_option *named = interaction_option(turn->interaction, "user");
	uint64_t id = 0;

	if (turn->button)
		id = (uint64_t)turn->button->number;
	else if (named)
		id = named->id;
	return id == turn->interaction->user.id ? 0 : id;
}

static void plan_players(struct loading *loading, const struct turn *turn)
{
	const struct interaction *interaction = turn->interaction;
	uint64_t other = other_of(turn);

	if (loading->needs & NEED_PLAYER)
		loading->player = add_row(loading, STORE_USERS,
					  loading_player_key(turn->arena, turn->guild_scope, interaction->guild_id,
							     interaction->user.id));
	if ((loading->needs & (NEED_OTHER | NEED_OTHER_OPEN)) && other != 0)
		loading->other = add_row(loading, STORE_USERS,
					 loading_player_key(turn->arena, turn->guild_scope, interaction->guild_id, other));
}

static void plan_rest(struct loading *loading, const struct route *route, const struct turn *turn)
{
	struct turn_plan plan = {.row_count = 0};

	if (route->plan)
		route->plan(turn, &plan);
	for (size_t i = 0; i < plan.row_count; i++) {
		struct store_row *row = add_row(loading, plan.rows[i].table, plan.rows[i].key);

		row->sort = plan.rows[i].sort;
		if (i == 0)
			loading->planned = row;
	}
	loading->planned_count = plan.row_count;
	loading->board = plan.board;
	loading->board_score = plan.board_score;
	if (plan.board.len > 0) {
		loading->board_rows = arena_array(turn->arena, LEADERBOARD_ROWS_MAX, sizeof(*loading->board_rows));
		loading->board_count = LEADERBOARD_ROWS_MAX;
	}
	if (loading->needs & (NEED_HISTORY | NEED_ALL_HISTORY)) {
		bool all = (loading->needs & NEED_ALL_HISTORY) != 0;

		loading->wants_page = true;
		loading->page_rows = all ? HISTORY_ALL_PAGE_ROWS : HISTORY_PAGE_ROWS + 1;
		loading->page_rows_max = all ? HISTORY_ALL_ROWS_MAX : HISTORY_PAGE_ROWS + 1;
		loading->page = arena_array(turn->arena, loading->page_rows_max, sizeof(*loading->page));
		loading->page_key = plan.page_key.len > 0 ? plan.page_key
							  : loading_player_key(turn->arena, turn->guild_scope,
									       turn->interaction->guild_id,
									       turn->interaction->user.id);
		loading->page_before = turn->button && turn->button->number > 0 ? turn->button->number : INT64_MAX;
	}
}

bool loading_plan(struct loading *loading, const struct route *route, const struct turn *turn, struct err *err)
{
	struct arena *arena = turn->arena;
	uint64_t guild_id = turn->interaction->guild_id;

	*loading = (struct loading){.needs = route->needs, .settles = route->commits};
	if (route->needs == 0)
		return true;
	loading->rows = arena_array(arena, LOADING_ROWS_MAX, sizeof(*loading->rows));
	if (!loading->rows)
		return arena_check(arena, "what is to be loaded", err);
	plan_players(loading, turn);
	/* What everybody sees needs the server's language. */
	if (((route->needs & NEED_GUILD) || !route->is_private) && guild_id != 0)
		loading->guild = add_row(loading, STORE_SETTINGS, arena_printf(arena, "%" PRIu64, guild_id));
	loading->revisions = add_row(loading, STORE_SETTINGS,
				     revision_key(arena, revision_scope(arena, turn->guild_scope, guild_id)));
	plan_rest(loading, route, turn);
	return arena_check(arena, "what is to be loaded", err);
}

bool loading_take_page(struct loading *loading, size_t count)
{
	bool is_last = count < loading->page_rows;

	for (size_t i = 0; i < count; i++)
		loading->page_bytes += loading->page[loading->page_count + i].doc.len;
	loading->page_count += count;
	if (is_last || !(loading->needs & NEED_ALL_HISTORY))
		return false;
	loading->page_before = loading->page[loading->page_count - 1].sort;
	loading->page_is_cut = loading->page_count + loading->page_rows > loading->page_rows_max ||
			       loading->page_bytes >= HISTORY_ALL_BYTES_MAX;
	return !loading->page_is_cut;
}

bool loading_fill_revisions(const struct loading *loading, struct turn *turn, struct err *err)
{
	turn->revisions = ARENA_NEW(turn->arena, struct revisions);
	if (!turn->revisions)
		return arena_check(turn->arena, "the revisions of the catalog", err);
	if (!revisions_decode(turn->revisions, turn->arena, loading->revisions ? loading->revisions->doc : STR_EMPTY, err))
		return false;
	turn->revisions->version = loading->revisions ? loading->revisions->version : 0;
	return true;
}

/* What is due: shards for the points of ended banners, and what lay in offers that have expired. */
static void settle(struct player *player, struct ledger *ledger, const struct turn *turn)
{
	exchange_settle(player, ledger, turn->catalog, turn_now_s(turn));
	offer_expire_all(player, ledger, turn_now_s(turn));
}

static bool is_there(const struct store_row *row)
{
	return row->version != 0 && !tombstone_is(row->doc);
}

/* In the place of a deleted one: without a second start, or a second gift on one day. */
static bool follow(struct player *player, const struct store_row *row, struct arena *arena, struct err *err)
{
	struct tombstone tombstone;

	if (!tombstone_read(row->doc, arena, &tombstone, err))
		return err_wrap(err, "player %.*s", STR_ARG(row->key));
	player->replaces = row->version;
	player->daily_day = tombstone.daily_day;
	player->history_after = tombstone.history_after;
	return true;
}

/* Makes and opens one where there is none. NULL with the error. */
static struct player *fill_player(const struct loading *loading, const struct store_row *row, const struct player_seal *seal,
				  struct turn *turn, struct ledger *ledger, struct err *err)
{
	struct player *player = ARENA_NEW(turn->arena, struct player);

	if (!player) {
		arena_check(turn->arena, "the player", err);
		return NULL;
	}
	if (!is_there(row)) {
		player_init(player, turn->arena, row->key, turn_now_s(turn), turn->rng);
		if (row->version != 0)
			return follow(player, row, turn->arena, err) ? player : NULL;
		return economy_open(player, ledger, turn->catalog, turn_now_s(turn), err) ? player : NULL;
	}
	if (!player_decode(player, turn->arena, row->key, row->version, row->doc, seal, err)) {
		err_wrap(err, "player %.*s", STR_ARG(row->key));
		return NULL;
	}
	if (loading->settles)
		settle(player, ledger, turn);
	return player;
}

static bool fill_players(const struct loading *loading, const struct player_seal *seal, struct turn *turn, struct err *err)
{
	bool opens_other = (loading->needs & NEED_OTHER_OPEN) != 0;

	if (loading->player) {
		turn->player = fill_player(loading, loading->player, seal, turn, &turn->ledger, err);
		if (!turn->player)
			return false;
	}
	if (loading->other && (is_there(loading->other) || opens_other)) {
		turn->other = fill_player(loading, loading->other, seal, turn, &turn->other_ledger, err);
		if (!turn->other)
			return false;
	}
	return true;
}

/* What is about to be deleted is there no more for anybody. */
static void hide_deleted(struct loading *loading, const struct player *player)
{
	if (!player || !str_eq(player->key, loading->page_key))
		return;
	while (loading->page_count > 0 && loading->page[loading->page_count - 1].sort <= player->history_after) {
		loading->page_count--;
		/* What is older than a deleted row is deleted too: nothing was left out. */
		loading->page_is_cut = false;
	}
}

bool loading_fill(struct loading *loading, const struct player_seal *seal, struct turn *turn, struct err *err)
{
	const struct store_row *guild = loading->guild;

	if (!fill_players(loading, seal, turn, err) ||
	    !guild_decode(&turn->guild, turn->arena, turn->interaction->guild_id, guild ? guild->version : 0,
			  guild ? guild->doc : STR_EMPTY, err))
		return false;
	if (loading->wants_page) {
		hide_deleted(loading, turn->player);
		hide_deleted(loading, turn->other);
	}
	turn->history = loading->page;
	turn->history_is_cut = loading->page_is_cut;
	turn->history_count = loading->page_count;
	turn->rows = loading->planned;
	turn->row_count = loading->planned_count;
	turn->board = loading->board_rows;
	turn->board_count = loading->board.len > 0 ? loading->board_count : 0;
	turn->board_rank = loading->board_rank;
	return true;
}
