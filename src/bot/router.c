#include "bot/router.h"

#include "bot/cmd_economy.h"
#include "bot/cmd_fairness.h"
#include "bot/cmd_gacha.h"
#include "bot/cmd_help.h"
#include "bot/cmd_odds.h"
#include "bot/cmd_plan.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define EVERYWHERE (APPCMD_CONTEXT_GUILD | APPCMD_CONTEXT_BOT_DM)

/* ---- definitions ---- */

static const struct appcmd_choice pull_counts[] = {
	{.name = {"1 pull", "1回"}, .integer = 1},
	{.name = {"10 pulls", "10連"}, .integer = 10},
};

static const struct appcmd_option pull_options[] = {
	{
		.name = "banner",
		.type = OPTION_STRING,
		.description = {"Which banner; without it, the first open one", "ガチャの種類（省略すると開催中の先頭）"},
		.autocomplete = true,
	},
	{
		.name = "count",
		.type = OPTION_INTEGER,
		.description = {"How many pulls; without it, one", "回数（省略すると1回）"},
		.choices = pull_counts,
		.choice_count = COUNT(pull_counts),
	},
};

static const struct appcmd_option rates_options[] = {
	{
		.name = "banner",
		.type = OPTION_STRING,
		.description = {"Which banner; without it, the first open one", "ガチャの種類（省略すると開催中の先頭）"},
		.autocomplete = true,
	},
	{
		.name = "item",
		.type = OPTION_STRING,
		.description = {"One item's rates; without it, all of them", "アイテムを1つだけ見る（省略するとすべて）"},
		.autocomplete = true,
	},
};

static const struct appcmd_option plan_options[] = {
	{
		.name = "item",
		.type = OPTION_STRING,
		.description = {"The item you want", "欲しいアイテム"},
		.required = true,
		.autocomplete = true,
	},
	{
		.name = "pulls",
		.type = OPTION_INTEGER,
		.description = {"The chance within so many pulls", "この回数までに出る確率"},
		.min = 1,
		.max = CMD_PLAN_PULLS_MAX,
	},
};

static const struct appcmd_option gacha_options[] = {
	{
		.name = "pull",
		.type = OPTION_SUBCOMMAND,
		.description = {"Pull once or ten times", "ガチャを引く（1回または10連）"},
		.options = pull_options,
		.option_count = COUNT(pull_options),
	},
	{
		.name = "banners",
		.type = OPTION_SUBCOMMAND,
		.description = {"What is open now, its rates and your pity", "開催中のガチャ・提供割合・天井までの回数"},
	},
	{
		.name = "rates",
		.type = OPTION_SUBCOMMAND,
		.description = {"A banner's exact odds, item by item", "提供割合（アイテムごとの正確な確率）"},
		.options = rates_options,
		.option_count = COUNT(rates_options),
	},
	{
		.name = "plan",
		.type = OPTION_SUBCOMMAND,
		.description = {"How far an item is from your own counters", "欲しいアイテムまでの回数と確率"},
		.options = plan_options,
		.option_count = COUNT(plan_options),
	},
};

static const struct appcmd_option profile_options[] = {
	{
		.name = "user",
		.type = OPTION_USER,
		.description = {"Whose profile; without it, yours", "見たい人（省略すると自分）"},
	},
};

static const struct appcmd_option fairness_options[] = {
	{
		.name = "client_seed",
		.type = OPTION_STRING,
		.description = {"Your own text to mix into every draw", "抽選に混ぜる自分の文字列"},
		.min = 1,
		.max = CLIENT_SEED_BYTES_MAX,
	},
	{
		.name = "rotate",
		.type = OPTION_BOOLEAN,
		.description = {"Reveal the seed of your pulls and commit to a new one", "シードを公開して次に切り替える"},
	},
};

static const struct appcmd appcmds[] = {
	{
		.name = "gacha",
		.description = {"Gacha", "ガチャ"},
		.options = gacha_options,
		.option_count = COUNT(gacha_options),
		.contexts = EVERYWHERE,
	},
	{
		.name = "daily",
		.description = {"Your gift of the day", "今日のボーナスを受け取る"},
		.contexts = EVERYWHERE,
	},
	{
		.name = "profile",
		.description = {"Balance, collection and pity", "残高・コレクション・天井を見る"},
		.options = profile_options,
		.option_count = COUNT(profile_options),
		.contexts = EVERYWHERE,
	},
	{
		.name = "history",
		.description = {"What you pulled and received", "引いた結果と受け取りの履歴"},
		.contexts = EVERYWHERE,
	},
	{
		.name = "fairness",
		.description = {"Check that your pulls are fair", "抽選が公正であることを確かめる"},
		.options = fairness_options,
		.option_count = COUNT(fairness_options),
		.contexts = EVERYWHERE,
	},
	{
		.name = "help",
		.description = {"What this bot can do", "使い方を見る"},
		.contexts = EVERYWHERE,
	},
	{
		.name = "ping",
		.description = {"Whether the bot answers", "応答を確かめる"},
		.contexts = EVERYWHERE,
	},
};

/* ---- routes ---- */

static const struct route routes[] = {
	{.path = "gacha pull", .needs = NEED_PLAYER | NEED_GUILD, .commits = true, .handle = cmd_gacha_pull},
	{.path = "gacha banners", .needs = NEED_PLAYER, .handle = cmd_gacha_banners},
	{.path = "gacha rates", .needs = NEED_PLAYER, .handle = cmd_odds_rates},
	{.path = "gacha rates", .verb = CMD_ODDS_VERB_RATES, .needs = NEED_PLAYER, .handle = cmd_odds_rates_page},
	{.path = "gacha plan", .needs = NEED_PLAYER, .is_private = true, .handle = cmd_plan_show},
	{.path = "daily", .needs = NEED_PLAYER | NEED_GUILD, .commits = true, .handle = cmd_economy_daily},
	{.path = "profile", .needs = NEED_PLAYER | NEED_OTHER, .handle = cmd_economy_profile},
	{.path = "history", .needs = NEED_PLAYER | NEED_HISTORY, .is_private = true, .handle = cmd_economy_history},
	{.path = "fairness", .needs = NEED_PLAYER, .commits = true, .is_private = true, .handle = cmd_fairness_show},
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
	{.path = "gacha", .completes = "banner", .needs = NEED_CATALOG, .handle = cmd_gacha_complete_banner},
	{.path = "gacha", .completes = "item", .needs = NEED_CATALOG, .handle = cmd_odds_complete_item},
};

/* Whether the path begins with the words of a command, each after a space; *whole: whether it has no others. */
static bool path_leads(const char *path, const struct interaction *interaction, bool *whole)
{
	const struct str words[] = {interaction->command, interaction->group, interaction->subcommand};
	struct str rest = str_from(path);
	struct str word;

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

const struct appcmd *router_appcmds(size_t *count)
{
	*count = COUNT(appcmds);
	return appcmds;
}
