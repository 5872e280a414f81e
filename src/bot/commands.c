#include "bot/commands.h"

#include "base/limits.h"
#include "bot/cmd_plan.h"
#include "bot/commands_admin.h"
#include "bot/router.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define EVERYWHERE (APPCMD_CONTEXT_GUILD | APPCMD_CONTEXT_BOT_DM)

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

static const struct appcmd_choice inventory_sorts[] = {
	{.name = {"rarity", "レアリティ順"}, .text = "rarity"},
	{.name = {"newest first", "新しい順"}, .text = "newest"},
	{.name = {"count", "所持数順"}, .text = "count"},
	{.name = {"name", "名前順"}, .text = "name"},
};

static const struct appcmd_option inventory_options[] = {
	{
		.name = "user",
		.type = OPTION_USER,
		.description = {"Whose items; without it, yours", "見たい人（省略すると自分）"},
	},
	{
		.name = "rarity",
		.type = OPTION_STRING,
		.description = {"Only this rarity", "このレアリティだけ"},
		.autocomplete = true,
	},
	{
		.name = "sort",
		.type = OPTION_STRING,
		.description = {"The order", "並び順"},
		.choices = inventory_sorts,
		.choice_count = COUNT(inventory_sorts),
	},
	{
		.name = "duplicates",
		.type = OPTION_BOOLEAN,
		.description = {"Only what is there more than once", "重複しているものだけ"},
	},
};

static const struct appcmd_option item_options[] = {
	{
		.name = "name",
		.type = OPTION_STRING,
		.description = {"Which item", "アイテム"},
		.required = true,
		.autocomplete = true,
	},
};

static const struct appcmd_choice boards[] = {
	{.name = {"collection", "コレクション"}, .text = "collection"},
	{.name = {"pulls", "引いた回数"}, .text = "pulls"},
	{.name = {"highest rarity", "最高レアリティ"}, .text = "top"},
};

static const struct appcmd_option leaderboard_options[] = {
	{
		.name = "by",
		.type = OPTION_STRING,
		.description = {"What counts; without it, the collection", "何の順位か（省略するとコレクション）"},
		.choices = boards,
		.choice_count = COUNT(boards),
	},
	{
		.name = "show_me",
		.type = OPTION_BOOLEAN,
		.description = {"Whether you stand on leaderboards", "自分をランキングに載せるか"},
	},
};

static const struct appcmd_choice exchange_kinds[] = {
	{.name = {"shards", "かけら"}, .text = "shards"},
	{.name = {"spark points", "交換ポイント"}, .text = "spark"},
};

static const struct appcmd_option exchange_options[] = {
	{
		.name = "item",
		.type = OPTION_STRING,
		.description = {"What you want; without it, what there is", "欲しいアイテム（省略すると一覧）"},
		.autocomplete = true,
	},
	{
		.name = "with",
		.type = OPTION_STRING,
		.description = {"What you pay with; without it, shards", "支払い方法（省略するとかけら）"},
		.choices = exchange_kinds,
		.choice_count = COUNT(exchange_kinds),
	},
	{
		.name = "banner",
		.type = OPTION_STRING,
		.description = {"Whose spark points", "どのガチャの交換ポイントか"},
		.autocomplete = true,
	},
};

static const struct appcmd_option gift_options[] = {
	{
		.name = "user",
		.type = OPTION_USER,
		.description = {"Who gets it", "贈る相手"},
		.required = true,
	},
	{
		.name = "item",
		.type = OPTION_STRING,
		.description = {"What you give", "贈るアイテム"},
		.required = true,
		.autocomplete = true,
	},
	{
		.name = "count",
		.type = OPTION_INTEGER,
		.description = {"How many; without it, one", "個数（省略すると1個）"},
		.min = 1,
		.max = TRADE_COUNT_MAX,
	},
};

static const struct appcmd_option trade_options[] = {
	{
		.name = "user",
		.type = OPTION_USER,
		.description = {"With whom", "交換する相手"},
		.required = true,
	},
	{
		.name = "give",
		.type = OPTION_STRING,
		.description = {"What you give", "渡すアイテム"},
		.required = true,
		.autocomplete = true,
	},
	{
		.name = "want",
		.type = OPTION_STRING,
		.description = {"What you want for it", "受け取りたいアイテム"},
		.required = true,
		.autocomplete = true,
	},
	{
		.name = "give_count",
		.type = OPTION_INTEGER,
		.description = {"How many you give; without it, one", "渡す個数（省略すると1個）"},
		.min = 1,
		.max = TRADE_COUNT_MAX,
	},
	{
		.name = "want_count",
		.type = OPTION_INTEGER,
		.description = {"How many you want; without it, one", "受け取る個数（省略すると1個）"},
		.min = 1,
		.max = TRADE_COUNT_MAX,
	},
};

static const struct appcmd_option wish_options[] = {
	{
		.name = "item",
		.type = OPTION_STRING,
		.description = {"Put it on your list, or take it off; without it, the list", "リストに入れる・外す（省略すると一覧）"},
		.autocomplete = true,
	},
};

static const struct appcmd_choice languages[] = {
	{.name = {"everybody's own", "見る人に合わせる"}, .text = "auto"},
	{.name = {"English", "英語"}, .text = "en"},
	{.name = {"Japanese", "日本語"}, .text = "ja"},
};

static const struct appcmd_option settings_options[] = {
	{
		.name = "channel",
		.type = OPTION_CHANNEL,
		.description = {"Where announcements go", "お知らせを送るチャンネル"},
	},
	{
		.name = "announcements",
		.type = OPTION_BOOLEAN,
		.description = {"Whether the highest rarity is announced", "最高レアリティが出たら知らせるか"},
	},
	{
		.name = "language",
		.type = OPTION_STRING,
		.description = {"Language of public answers", "みんなに見える返信の言語"},
		.choices = languages,
		.choice_count = COUNT(languages),
	},
	{
		.name = "time_zone",
		.type = OPTION_STRING,
		.description = {"When the day of /daily begins, as Asia/Tokyo", "/daily の日付が変わる基準（例 Asia/Tokyo）"},
		.autocomplete = true,
	},
	{
		.name = "cooldown",
		.type = OPTION_INTEGER,
		.description = {"Seconds between two pulls of a player; 0 for none", "引く間隔の秒数（0でなし）"},
		.min = 0,
		.max = COOLDOWN_S_MAX,
	},
};

static const struct appcmd_option data_options[] = {
	{
		.name = "export",
		.type = OPTION_SUBCOMMAND,
		.description = {"All that is kept about you, as a file", "保存されている自分のデータをすべて受け取る"},
	},
	{
		.name = "delete",
		.type = OPTION_SUBCOMMAND,
		.description = {"Delete all that is kept about you", "自分のデータをすべて消す"},
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
		.name = "inventory",
		.description = {"Your items, or somebody's", "持っているアイテムを見る"},
		.options = inventory_options,
		.option_count = COUNT(inventory_options),
		.contexts = EVERYWHERE,
	},
	{
		.name = "item",
		.description = {"One item: what it is and how you get it", "アイテムの詳細と入手方法"},
		.options = item_options,
		.option_count = COUNT(item_options),
		.contexts = EVERYWHERE,
	},
	{
		.name = "history",
		.description = {"What you pulled and received", "引いた結果と受け取りの履歴"},
		.contexts = EVERYWHERE,
	},
	{
		.name = "leaderboard",
		.description = {"Who has the most", "ランキングを見る"},
		.options = leaderboard_options,
		.option_count = COUNT(leaderboard_options),
		.contexts = EVERYWHERE,
	},
	{
		.name = "exchange",
		.description = {"Shards or spark points for an item", "かけら・交換ポイントをアイテムに替える"},
		.options = exchange_options,
		.option_count = COUNT(exchange_options),
		.contexts = EVERYWHERE,
	},
	{
		.name = "gift",
		.description = {"Give an item to somebody", "アイテムを贈る"},
		.options = gift_options,
		.option_count = COUNT(gift_options),
		.contexts = EVERYWHERE,
	},
	{
		.name = "trade",
		.description = {"Offer somebody a trade", "アイテムの交換を申し込む"},
		.options = trade_options,
		.option_count = COUNT(trade_options),
		.contexts = EVERYWHERE,
	},
	{
		.name = "wish",
		.description = {"The list of what you wish for", "欲しいものリスト"},
		.options = wish_options,
		.option_count = COUNT(wish_options),
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
		.name = "settings",
		.description = {"What this server has chosen", "このサーバーの設定"},
		.options = settings_options,
		.option_count = COUNT(settings_options),
		.contexts = APPCMD_CONTEXT_GUILD,
		.member_permissions = PERMISSION_MANAGE_GUILD,
	},
	{
		.name = "admin",
		.description = {"For administrators: accounts, items and banners", "管理者用: 残高・アイテム・ガチャ"},
		.options = commands_admin_options,
		.option_count = COMMANDS_ADMIN_OPTIONS,
		.contexts = APPCMD_CONTEXT_GUILD,
		.member_permissions = PERMISSION_ADMINISTRATOR,
	},
	{
		.name = "data",
		.description = {"Your data: take it with you, or delete it", "自分のデータの受け取り・削除"},
		.options = data_options,
		.option_count = COUNT(data_options),
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

const struct appcmd *commands_all(size_t *count)
{
	*count = COUNT(appcmds);
	return appcmds;
}

/* What stands under these options by a name; NULL if nothing does. */
static const struct appcmd_option *find_option(const struct appcmd_option *options, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eqc(name, options[i].name))
			return &options[i];
	return NULL;
}

/* Goes down to the options of a group or subcommand that the interaction names; false if there is none. */
static bool descend(const struct appcmd_option **options, size_t *count, struct str name, enum option_type type)
{
	const struct appcmd_option *found;

	if (name.len == 0)
		return true;
	found = find_option(*options, *count, name);
	if (!found || found->type != type)
		return false;
	*options = found->options;
	*count = found->option_count;
	return true;
}

bool commands_know(const struct interaction *interaction)
{
	const struct appcmd_option *options = NULL;
	size_t count = 0;
	bool found = false;

	for (size_t i = 0; i < COUNT(appcmds) && !found; i++) {
		found = str_eqc(interaction->command, appcmds[i].name);
		if (found) {
			options = appcmds[i].options;
			count = appcmds[i].option_count;
		}
	}
	if (!found || !descend(&options, &count, interaction->group, OPTION_SUBCOMMAND_GROUP) ||
	    !descend(&options, &count, interaction->subcommand, OPTION_SUBCOMMAND))
		return false;
	for (size_t i = 0; i < interaction->option_count; i++) {
		const struct appcmd_option *option = find_option(options, count, interaction->options[i].name);

		if (!option || option->type != interaction->options[i].type)
			return false;
	}
	for (size_t i = 0; i < count; i++)
		if (options[i].required && !interaction_option(interaction, options[i].name))
			return false;
	return true;
}
