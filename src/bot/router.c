#include "bot/router.h"

#include <string.h>

#include "bot/cmd_admin.h"
#include "bot/cmd_catalog.h"
#include "bot/cmd_catalog_draft.h"
#include "bot/cmd_catalog_revisions.h"
#include "bot/cmd_collection.h"
#include "bot/cmd_data.h"
#include "bot/cmd_economy.h"
#include "bot/cmd_exchange.h"
#include "bot/cmd_fairness.h"
#include "bot/cmd_gacha.h"
#include "bot/cmd_help.h"
#include "bot/cmd_item.h"
#include "bot/cmd_leaderboard.h"
#include "bot/cmd_odds.h"
#include "bot/cmd_plan.h"
#include "bot/cmd_trade.h"
#include "bot/cmd_settings.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct route routes[] = {
	{.path = "gacha pull", .needs = NEED_PLAYER | NEED_GUILD, .commits = true, .handle = cmd_gacha_pull},
	{.path = "gacha banners", .needs = NEED_PLAYER, .handle = cmd_gacha_banners},
	{.path = "gacha rates", .needs = NEED_PLAYER, .handle = cmd_odds_rates},
	{.path = "gacha rates", .verb = CMD_ODDS_VERB_RATES, .needs = NEED_PLAYER, .handle = cmd_odds_rates_page},
	{.path = "gacha plan", .needs = NEED_PLAYER, .is_private = true, .handle = cmd_plan_show},
	{.path = "daily", .needs = NEED_PLAYER | NEED_GUILD, .commits = true, .handle = cmd_economy_daily},
	{.path = "profile", .needs = NEED_PLAYER | NEED_OTHER, .handle = cmd_economy_profile},
	{.path = "history", .needs = NEED_PLAYER | NEED_HISTORY, .is_private = true, .handle = cmd_economy_history},
	{.path = "inventory", .needs = NEED_PLAYER | NEED_OTHER, .handle = cmd_collection_inventory},
	{.path = "item", .needs = NEED_PLAYER, .handle = cmd_item_show},
	{.path = "wish", .needs = NEED_PLAYER, .commits = true, .is_private = true, .handle = cmd_item_wish},
	{
		.path = "leaderboard",
		.needs = NEED_PLAYER,
		.plan = cmd_leaderboard_plan,
		.commits = true,
		.handle = cmd_leaderboard_show,
	},
	{.path = "exchange", .needs = NEED_PLAYER, .commits = true, .is_private = true, .handle = cmd_exchange_show},
	{.path = "gift", .needs = NEED_PLAYER | NEED_OTHER_OPEN, .commits = true, .handle = cmd_trade_gift},
	{.path = "trade", .needs = NEED_PLAYER, .commits = true, .handle = cmd_trade_offer},
	{.path = "fairness", .needs = NEED_PLAYER, .commits = true, .is_private = true, .handle = cmd_fairness_show},
	{
		.path = "settings",
		.needs = NEED_PLAYER | NEED_GUILD,
		.permissions = PERMISSION_MANAGE_GUILD,
		.commits = true,
		.is_private = true,
		.handle = cmd_settings_show,
	},
	{
		.path = "settings",
		.completes = "time_zone",
		.needs = NEED_CATALOG,
		.is_private = true,
		.handle = cmd_settings_complete_zone,
	},
	{
		.path = "admin catalog item",
		.needs = NEED_CATALOG,
		.permissions = PERMISSION_ADMINISTRATOR,
		.is_private = true,
		.opens_modal = true,
		.handle = cmd_catalog_item,
	},
	{
		.path = "admin catalog item",
		.verb = CMD_CATALOG_VERB_ITEM,
		.needs = NEED_GUILD,
		.permissions = PERMISSION_ADMINISTRATOR,
		.commits = true,
		.is_private = true,
		.handle = cmd_catalog_item_entered,
	},
	{
		.path = "admin catalog banner",
		.needs = NEED_CATALOG,
		.permissions = PERMISSION_ADMINISTRATOR,
		.is_private = true,
		.opens_modal = true,
		.handle = cmd_catalog_banner,
	},
	{
		.path = "admin catalog banner",
		.verb = CMD_CATALOG_VERB_BANNER,
		.needs = NEED_GUILD,
		.permissions = PERMISSION_ADMINISTRATOR,
		.commits = true,
		.is_private = true,
		.handle = cmd_catalog_banner_entered,
	},
	{
		.path = "admin catalog retire",
		.needs = NEED_GUILD,
		.permissions = PERMISSION_ADMINISTRATOR,
		.commits = true,
		.is_private = true,
		.handle = cmd_catalog_retire,
	},
	{
		.path = "admin catalog import",
		.needs = NEED_GUILD | NEED_FILE,
		.permissions = PERMISSION_ADMINISTRATOR,
		.commits = true,
		.is_private = true,
		.handle = cmd_catalog_import,
	},
	{
		.path = "admin catalog export",
		.needs = NEED_CATALOG,
		.permissions = PERMISSION_ADMINISTRATOR,
		.is_private = true,
		.has_file = true,
		.handle = cmd_catalog_export,
	},
	{
		.path = "admin catalog revisions",
		.needs = NEED_GUILD,
		.permissions = PERMISSION_ADMINISTRATOR,
		.is_private = true,
		.handle = cmd_catalog_revisions,
	},
	{
		.path = "admin catalog publish",
		.verb = CMD_CATALOG_VERB_PUBLISH,
		.needs = NEED_GUILD,
		.plan = catalog_draft_plan,
		.permissions = PERMISSION_ADMINISTRATOR,
		.commits = true,
		.is_private = true,
		.handle = catalog_draft_publish,
	},
	{
		.path = "admin catalog publish",
		.verb = CMD_CATALOG_VERB_LATER,
		.needs = NEED_GUILD,
		.plan = catalog_draft_plan,
		.permissions = PERMISSION_ADMINISTRATOR,
		.commits = true,
		.is_private = true,
		.handle = catalog_draft_publish_later,
	},
	{
		.path = "admin catalog discard",
		.verb = CMD_CATALOG_VERB_DISCARD,
		.needs = NEED_CATALOG,
		.permissions = PERMISSION_ADMINISTRATOR,
		.is_private = true,
		.handle = catalog_draft_discard,
	},
	{
		.path = "admin catalog revisions",
		.verb = CMD_CATALOG_VERB_TEXT,
		.needs = NEED_CATALOG,
		.plan = cmd_catalog_text_plan,
		.permissions = PERMISSION_ADMINISTRATOR,
		.is_private = true,
		.has_file = true,
		.handle = cmd_catalog_text,
	},
	{
		.path = "admin catalog revisions",
		.verb = CMD_CATALOG_VERB_TAKE_BACK,
		.needs = NEED_CATALOG,
		.plan = catalog_draft_plan,
		.permissions = PERMISSION_ADMINISTRATOR,
		.commits = true,
		.is_private = true,
		.handle = cmd_catalog_take_back,
	},
	{.path = "admin catalog item", .completes = "id", .needs = NEED_CATALOG, .is_private = true, .handle = cmd_catalog_complete_item},
	{.path = "admin catalog banner", .completes = "id", .needs = NEED_CATALOG, .is_private = true, .handle = cmd_catalog_complete_banner},
	{.path = "admin catalog retire", .completes = "id", .needs = NEED_CATALOG, .is_private = true, .handle = cmd_catalog_complete_both},
	{
		.path = "admin grant",
		.needs = NEED_PLAYER | NEED_OTHER_OPEN,
		.permissions = PERMISSION_ADMINISTRATOR,
		.commits = true,
		.is_private = true,
		.handle = cmd_admin_grant,
	},
	{
		.path = "admin revoke",
		.needs = NEED_PLAYER | NEED_OTHER_OPEN,
		.permissions = PERMISSION_ADMINISTRATOR,
		.commits = true,
		.is_private = true,
		.handle = cmd_admin_revoke,
	},
	{
		.path = "admin inspect",
		.needs = NEED_PLAYER | NEED_OTHER | NEED_HISTORY,
		.plan = cmd_admin_plan_inspect,
		.permissions = PERMISSION_ADMINISTRATOR,
		.is_private = true,
		.handle = cmd_admin_inspect,
	},
	{
		.path = "admin audit",
		.needs = NEED_HISTORY,
		.plan = cmd_admin_plan_audit,
		.permissions = PERMISSION_ADMINISTRATOR,
		.is_private = true,
		.handle = cmd_admin_audit,
	},
	{
		.path = "admin audit",
		.verb = CMD_ADMIN_VERB_AUDIT,
		.needs = NEED_HISTORY,
		.plan = cmd_admin_plan_audit,
		.permissions = PERMISSION_ADMINISTRATOR,
		.is_private = true,
		.handle = cmd_admin_audit,
	},
	{
		.path = "data export",
		.needs = NEED_PLAYER | NEED_ALL_HISTORY,
		.is_private = true,
		.has_file = true,
		.handle = cmd_data_export,
	},
	{
		.path = "data export",
		.verb = CMD_DATA_VERB_OLDER,
		.needs = NEED_PLAYER | NEED_ALL_HISTORY,
		.plan = cmd_data_plan_older,
		.is_private = true,
		.has_file = true,
		.handle = cmd_data_export,
	},
	{.path = "data delete", .needs = NEED_PLAYER, .is_private = true, .handle = cmd_data_delete},
	{
		.path = "data delete",
		.verb = CMD_DATA_VERB_DELETE,
		.needs = NEED_HISTORY,
		.plan = cmd_data_plan_deletion,
		.commits = true,
		.is_private = true,
		.handle = cmd_data_delete_confirmed,
	},
	{.path = "data delete", .verb = CMD_DATA_VERB_KEEP, .needs = NEED_CATALOG, .is_private = true, .handle = cmd_data_keep},
	{.path = "help", .is_private = true, .handle = cmd_help_show},
	{.path = "ping", .is_private = true, .handle = cmd_help_ping},
	{
		.path = "gacha pull",
		.verb = CMD_GACHA_VERB_PULL,
		.needs = NEED_PLAYER | NEED_GUILD,
		.commits = true,
		.handle = cmd_gacha_pull_again,
	},
	{
		.path = "history",
		.verb = CMD_ECONOMY_VERB_HISTORY,
		.needs = NEED_PLAYER | NEED_HISTORY,
		.is_private = true,
		.handle = cmd_economy_history,
	},
	{
		.path = "inventory",
		.verb = CMD_COLLECTION_VERB_INVENTORY,
		.needs = NEED_PLAYER | NEED_OTHER,
		.handle = cmd_collection_inventory_page,
	},
	{.path = "item", .verb = CMD_ITEM_VERB_WISH, .needs = NEED_PLAYER, .commits = true, .handle = cmd_item_mark_wish},
	{
		.path = "item",
		.verb = CMD_ITEM_VERB_FAVOURITE,
		.needs = NEED_PLAYER,
		.commits = true,
		.handle = cmd_item_mark_favourite,
	},
	{
		.path = "wish",
		.verb = CMD_ITEM_VERB_UNWISH,
		.needs = NEED_PLAYER,
		.commits = true,
		.is_private = true,
		.handle = cmd_item_unwish,
	},
	{
		.path = "leaderboard",
		.verb = CMD_LEADERBOARD_VERB,
		.needs = NEED_PLAYER,
		.plan = cmd_leaderboard_plan,
		.handle = cmd_leaderboard_show,
	},
	{
		.path = "exchange",
		.verb = CMD_EXCHANGE_VERB_LIST,
		.needs = NEED_PLAYER,
		.is_private = true,
		.handle = cmd_exchange_list,
	},
	{
		.path = "exchange",
		.verb = CMD_EXCHANGE_VERB_BUY,
		.needs = NEED_PLAYER,
		.commits = true,
		.is_private = true,
		.handle = cmd_exchange_buy,
	},
	{
		.path = "exchange",
		.verb = CMD_EXCHANGE_VERB_SPARK,
		.needs = NEED_PLAYER,
		.commits = true,
		.is_private = true,
		.handle = cmd_exchange_spark,
	},
	{
		.path = "trade",
		.verb = CMD_TRADE_VERB_ACCEPT,
		.needs = NEED_PLAYER | NEED_OTHER,
		.commits = true,
		.handle = cmd_trade_accept,
	},
	{
		.path = "trade",
		.verb = CMD_TRADE_VERB_DECLINE,
		.needs = NEED_PLAYER | NEED_OTHER,
		.commits = true,
		.handle = cmd_trade_decline,
	},
	{
		.path = "trade",
		.verb = CMD_TRADE_VERB_WITHDRAW,
		.needs = NEED_PLAYER,
		.commits = true,
		.handle = cmd_trade_withdraw,
	},
	{.path = "gacha", .completes = "banner", .needs = NEED_CATALOG, .handle = cmd_gacha_complete_banner},
	{.path = "gacha", .completes = "item", .needs = NEED_CATALOG, .handle = cmd_odds_complete_item},
	{.path = "inventory", .completes = "rarity", .needs = NEED_CATALOG, .handle = cmd_collection_complete_rarity},
	{.path = "item", .completes = "name", .needs = NEED_CATALOG, .handle = cmd_odds_complete_item},
	{.path = "wish", .completes = "item", .needs = NEED_CATALOG, .handle = cmd_odds_complete_item},
	{.path = "exchange", .completes = "item", .needs = NEED_CATALOG, .handle = cmd_exchange_complete_item},
	{.path = "exchange", .completes = "banner", .needs = NEED_CATALOG, .handle = cmd_exchange_complete_banner},
	{.path = "admin grant", .completes = "item", .needs = NEED_CATALOG, .is_private = true, .handle = cmd_odds_complete_item},
	{.path = "admin revoke", .completes = "item", .needs = NEED_CATALOG, .is_private = true, .handle = cmd_odds_complete_item},
	{.path = "gift", .completes = "item", .needs = NEED_PLAYER, .handle = cmd_trade_complete_owned},
	{.path = "trade", .completes = "give", .needs = NEED_PLAYER, .handle = cmd_trade_complete_owned},
	{.path = "trade", .completes = "want", .needs = NEED_CATALOG, .handle = cmd_odds_complete_item},
};

/* Whether the path begins with the words of a command, each after a space; *whole: whether it has no others. */
static bool path_leads(const char *path, const struct interaction *interaction, bool *whole)
{
	const struct str words[] = {interaction->command, interaction->group, interaction->subcommand};
	struct str rest, word;

	/* Most rows are others; they are told apart without measuring them. */
	if (interaction->command.len == 0 || strncmp(path, interaction->command.ptr, interaction->command.len) != 0)
		return false;
	rest = str_from(path);
	*whole = true;
	for (size_t i = 0; i < COUNT(words); i++) {
		if (words[i].len == 0)
			continue;
		if (!str_next(&rest, ' ', &word))
			*whole = false;
		else if (!str_eq(word, words[i]))
			return false;
	}
	return rest.len == 0;
}

const struct route *router_command(const struct interaction *interaction)
{
	bool whole;

	for (size_t i = 0; i < COUNT(routes); i++)
		if (!routes[i].verb && !routes[i].completes && path_leads(routes[i].path, interaction, &whole) && whole)
			return &routes[i];
	return NULL;
}

static struct str focused_option(const struct interaction *interaction)
{
	for (size_t i = 0; i < interaction->option_count; i++)
		if (interaction->options[i].focused)
			return interaction->options[i].name;
	return STR_EMPTY;
}

/* A completion's path may be that of several commands: "gacha" stands for all under it. The first row counts. */
const struct route *router_completion(const struct interaction *interaction)
{
	struct str option = focused_option(interaction);
	bool whole;

	for (size_t i = 0; i < COUNT(routes); i++)
		if (routes[i].completes && str_eqc(option, routes[i].completes) &&
		    path_leads(routes[i].path, interaction, &whole))
			return &routes[i];
	return NULL;
}

const struct route *router_button(const struct custom_id *button)
{
	for (size_t i = 0; i < COUNT(routes); i++)
		if (routes[i].verb && routes[i].verb == button->verb)
			return &routes[i];
	return NULL;
}

const struct route *router_routes(size_t *count)
{
	*count = COUNT(routes);
	return routes;
}
