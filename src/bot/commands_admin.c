#include "bot/commands_admin.h"

#include "base/limits.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Of grant and revoke. */
static const struct appcmd_option grant_options[] = {
	{
		.name = "user",
		.type = OPTION_USER,
		.description = {"Whose account", "対象の人"},
		.required = true,
	},
	{
		.name = "reason",
		.type = OPTION_STRING,
		.description = {"Why; it stays in the audit", "理由（監査記録に残ります）"},
		.required = true,
		.min = 1,
		.max = REASON_CHARACTERS_MAX,
	},
	{
		.name = "amount",
		.type = OPTION_INTEGER,
		.description = {"How much currency", "通貨の量"},
		.min = 1,
		.max = GRANT_MAX,
	},
	{
		.name = "shards",
		.type = OPTION_INTEGER,
		.description = {"How many shards", "かけらの数"},
		.min = 1,
		.max = GRANT_MAX,
	},
	{
		.name = "item",
		.type = OPTION_STRING,
		.description = {"Which item", "アイテム"},
		.autocomplete = true,
	},
	{
		.name = "count",
		.type = OPTION_INTEGER,
		.description = {"How many of the item; without it, one", "アイテムの個数（省略すると1個）"},
		.min = 1,
		.max = TRADE_COUNT_MAX,
	},
};

static const struct appcmd_option inspect_options[] = {
	{
		.name = "user",
		.type = OPTION_USER,
		.description = {"Whose accounts and last changes", "見たい人"},
		.required = true,
	},
};

static const struct appcmd_option catalog_item_options[] = {
	{
		.name = "id",
		.type = OPTION_STRING,
		.description = {"The item to edit; without it, a new one", "編集するアイテム（省略すると新規）"},
		.autocomplete = true,
	},
};

static const struct appcmd_option catalog_banner_options[] = {
	{
		.name = "id",
		.type = OPTION_STRING,
		.description = {"The banner to edit; without it, a new one", "編集するガチャ（省略すると新規）"},
		.autocomplete = true,
	},
};

static const struct appcmd_option catalog_retire_options[] = {
	{
		.name = "id",
		.type = OPTION_STRING,
		.description = {"The item or banner that is not drawn any more", "終了するアイテムまたはガチャ"},
		.required = true,
		.autocomplete = true,
	},
};

static const struct appcmd_option catalog_import_options[] = {
	{
		.name = "file",
		.type = OPTION_ATTACHMENT,
		.description = {"A catalog as JSON, or its items as CSV", "カタログ（JSON）またはアイテム一覧（CSV）"},
		.required = true,
	},
};

static const struct appcmd_choice catalog_formats[] = {
	{.name = {"JSON: the whole catalog", "JSON: カタログ全体"}, .text = "json"},
	{.name = {"CSV: the items, for a spreadsheet", "CSV: アイテム一覧（表計算用）"}, .text = "csv"},
};

static const struct appcmd_option catalog_export_options[] = {
	{
		.name = "format",
		.type = OPTION_STRING,
		.description = {"File format (default: JSON)", "ファイルの形式（省略すると JSON）"},
		.choices = catalog_formats,
		.choice_count = COUNT(catalog_formats),
	},
};

static const struct appcmd_option catalog_options[] = {
	{
		.name = "item",
		.type = OPTION_SUBCOMMAND,
		.description = {"Add or edit an item", "アイテムの追加・編集"},
		.options = catalog_item_options,
		.option_count = COUNT(catalog_item_options),
	},
	{
		.name = "banner",
		.type = OPTION_SUBCOMMAND,
		.description = {"Add or edit a banner", "ガチャの追加・編集"},
		.options = catalog_banner_options,
		.option_count = COUNT(catalog_banner_options),
	},
	{
		.name = "retire",
		.type = OPTION_SUBCOMMAND,
		.description = {"End an item or a banner", "アイテム・ガチャの終了"},
		.options = catalog_retire_options,
		.option_count = COUNT(catalog_retire_options),
	},
	{
		.name = "import",
		.type = OPTION_SUBCOMMAND,
		.description = {"Read a file, show what it would change", "ファイルを読み込んで変更点を確かめる"},
		.options = catalog_import_options,
		.option_count = COUNT(catalog_import_options),
	},
	{
		.name = "export",
		.type = OPTION_SUBCOMMAND,
		.description = {"The catalog as a file", "カタログをファイルで受け取る"},
		.options = catalog_export_options,
		.option_count = COUNT(catalog_export_options),
	},
	{
		.name = "revisions",
		.type = OPTION_SUBCOMMAND,
		.description = {"What was in force when", "いつどの版だったか"},
	},
};

const struct appcmd_option commands_admin_options[] = {
	{
		.name = "grant",
		.type = OPTION_SUBCOMMAND,
		.description = {"Give currency, shards or an item", "通貨・かけら・アイテムを渡す"},
		.options = grant_options,
		.option_count = COUNT(grant_options),
	},
	{
		.name = "revoke",
		.type = OPTION_SUBCOMMAND,
		.description = {"Take currency, shards or an item", "通貨・かけら・アイテムを取り消す"},
		.options = grant_options,
		.option_count = COUNT(grant_options),
	},
	{
		.name = "inspect",
		.type = OPTION_SUBCOMMAND,
		.description = {"A player's accounts and last changes", "プレイヤーの残高と最近の変更"},
		.options = inspect_options,
		.option_count = COUNT(inspect_options),
	},
	{
		.name = "audit",
		.type = OPTION_SUBCOMMAND,
		.description = {"What administrators did", "管理者の操作の記録"},
	},
	{
		.name = "catalog",
		.type = OPTION_SUBCOMMAND_GROUP,
		.description = {"Items, banners and their rates", "アイテム・ガチャ・提供割合"},
		.options = catalog_options,
		.option_count = COUNT(catalog_options),
	},
};
