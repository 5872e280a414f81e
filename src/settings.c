#include "settings.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/codec.h"

enum { KEY_BYTES = 32, TABLE_NAME_MIN = 3, TABLE_NAME_MAX = 255, PORT_MAX = 65535, KEEP_MAX = 10000 };

static bool check_key(struct str *value, struct err *err)
{
	uint8_t key[KEY_BYTES];
	bool ok = codec_unhex(*value, key, sizeof(key));

	explicit_bzero(key, sizeof(key));
	return ok || err_set(err, ERR_CONFIG, "it has to be 64 hex digits (32 bytes)");
}

/* The form alone; which http:// hosts are allowed is the HTTP client's to say. */
static bool check_url(struct str *value, struct err *err)
{
	struct str rest = str_starts(*value, STR("https://"))  ? str_skip(*value, 8)
			  : str_starts(*value, STR("http://")) ? str_skip(*value, 7)
							       : STR_EMPTY;

	if (rest.len == 0 || rest.ptr[0] == '/')
		return err_set(err, ERR_CONFIG, "it has to be an address that begins with https://");
	for (size_t i = 0; i < rest.len; i++)
		if (rest.ptr[i] <= ' ' || rest.ptr[i] == 0x7f)
			return err_set(err, ERR_CONFIG, "white space and control characters do not belong in an address");
	return true;
}

static bool check_api_base(struct str *value, struct err *err)
{
	if (!check_url(value, err))
		return false;
	if (str_find_char(*value, '?') >= 0 || str_find_char(*value, '#') >= 0)
		return err_set(err, ERR_CONFIG, "an address without `?` and `#` is wanted, as https://discord.com/api/v10");
	while (str_ends(*value, STR("/")))
		value->len--;
	return true;
}

static bool check_store(struct str *value, struct err *err)
{
	if (str_eqc(*value, "dynamodb:") || (str_starts(*value, STR("sqlite:")) && value->len > strlen("sqlite:")))
		return true;
	return err_set(err, ERR_CONFIG, "it has to be sqlite:PATH or dynamodb:");
}

static bool check_http(struct str *value, struct err *err)
{
	char host[INET6_ADDRSTRLEN];
	uint8_t address[sizeof(struct in6_addr)];
	struct str name, port;
	uint64_t number;
	bool v6 = str_starts(*value, STR("[")), ok;

	if (v6) {
		ok = str_cut(str_skip(*value, 1), ']', &name, &port) && str_starts(port, STR(":"));
		port = str_skip(port, 1);
	} else {
		ok = str_cut(*value, ':', &name, &port);
		if (str_eq_nocase(name, STR("localhost")))
			name = STR("127.0.0.1");
	}
	if (ok && str_to_u64(port, 0, PORT_MAX, &number) && str_to_cstr(name, host, sizeof(host)) &&
	    inet_pton(v6 ? AF_INET6 : AF_INET, host, address) == 1)
		return true;
	return err_set(err, ERR_CONFIG,
		       "it has to be HOST:PORT with an address of this machine, as 127.0.0.1:8787, [::1]:8787 or 0.0.0.0:8787; "
		       "port 0 picks one");
}

static bool check_shards(struct str *value, struct err *err)
{
	struct str range, total, first, last;
	uint64_t count, from, to;
	bool ranged = str_cut(*value, '/', &range, &total);

	if (str_eqc(*value, "auto"))
		return true;
	if (!ranged && str_to_u64(*value, 1, SHARDS_MAX, &count))
		return true;
	if (ranged && str_cut(range, '-', &first, &last) && str_to_u64(total, 1, SHARDS_TOTAL_MAX, &count) &&
	    str_to_u64(first, 0, count - 1, &from) && str_to_u64(last, from, count - 1, &to) && to - from < SHARDS_MAX)
		return true;
	return err_set(err, ERR_CONFIG, "it has to be auto, a number of shards, or FIRST-LAST/NUMBER, as 0-3/8; one process "
		       "takes at most %d", SHARDS_MAX);
}

static bool check_backup(struct str *value, struct err *err)
{
	struct str rest = *value, field, hour, minute;
	uint64_t number;
	bool ok = str_next(&rest, ',', &field) && str_starts(field, STR("daily@")) && field.len == strlen("daily@00:00") &&
		  str_cut(str_skip(field, strlen("daily@")), ':', &hour, &minute) && hour.len == 2 && minute.len == 2 &&
		  str_to_u64(hour.ptr[0] == '0' ? str_skip(hour, 1) : hour, 0, 23, &number) &&
		  str_to_u64(minute.ptr[0] == '0' ? str_skip(minute, 1) : minute, 0, 59, &number);
	bool keeps = false;

	while (ok && str_next(&rest, ',', &field)) {
		if (str_starts(field, STR("keep=")) && !keeps)
			keeps = ok = str_to_u64(str_skip(field, strlen("keep=")), 1, KEEP_MAX, &number);
		else
			ok = str_starts(field, STR("to=")) && field.len > strlen("to=") && rest.len == 0;
	}
	if (ok && keeps && value->ptr[value->len - 1] != ',')
		return true;
	return err_set(err, ERR_CONFIG, "it has to be daily@HH:MM,keep=NUMBER[,to=PLACE], as daily@02:00,keep=14");
}

static bool check_table(struct str *value, struct err *err)
{
	bool ok = value->len >= TABLE_NAME_MIN && value->len <= TABLE_NAME_MAX;

	for (size_t i = 0; ok && i < value->len; i++) {
		char c = value->ptr[i];

		ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
		     c == '.';
	}
	return ok || err_set(err, ERR_CONFIG, "a table's name has 3 to 255 letters, digits, dots, hyphens and underscores");
}

static bool check_guild(struct str *value, struct err *err)
{
	uint64_t id;

	return str_to_u64(*value, 1, UINT64_MAX, &id) ||
	       err_set(err, ERR_CONFIG, "it has to be a server's id, digits alone (Developer Mode, then Copy Server ID)");
}

const struct setting_row setting_rows[SETTING_COUNT] = {
	[SETTING_DISCORD_BOT_TOKEN] = {
		.name = "DISCORD_BOT_TOKEN", .secret = true,
		.help = {"The bot's token: with it `run` connects to Discord's gateway; without it (and without a public key) "
			 "`run` serves the local playground, but on ECS it exits 7.",
			 "ボットのトークン。あれば `run` は Discord のゲートウェイにつなぎます。なければ(公開鍵もなければ)"
			 "手元の遊び場を開きます。ただし ECS では終了コード 7 で終わります。"}},
	[SETTING_DISCORD_PUBLIC_KEY] = {
		.name = "DISCORD_PUBLIC_KEY", .option = "public-key", .value = "HEX", .check = check_key,
		.help = {"The application's public key: opens `POST /interactions` beyond loopback, with signatures checked.",
			 "アプリケーションの公開鍵。`POST /interactions` をループバックの外にも開き、署名を確かめます。"}},
	[SETTING_DISCORD_API_BASE] = {
		.name = "DISCORD_API_BASE", .option = "api-base", .value = "URL", .fallback = "https://discord.com/api/v10",
		.check = check_api_base,
		.help = {"Another server that speaks Discord's protocol.", "Discord と同じ取り決めで話す別のサーバー。"}},
	[SETTING_STORE] = {
		.name = "HOMU_STORE", .option = "store", .value = "STORE", .fallback = "sqlite:homuhomu.db",
		.check = check_store,
		.shown = {"`sqlite:homuhomu.db` (in `$STATE_DIRECTORY` if set); on ECS and Lambda `dynamodb:`",
			  "`sqlite:homuhomu.db`(`$STATE_DIRECTORY` があればその中)。ECS と Lambda では `dynamodb:`"},
		.help = {"Where everything is kept: `sqlite:PATH` or `dynamodb:`.",
			 "すべてを保存する場所。`sqlite:PATH` か `dynamodb:`。"}},
	[SETTING_CATALOG] = {
		.name = "HOMU_CATALOG", .option = "catalog", .value = "FILE", .shown = {"built in", "内蔵のもの"},
		.help = {"The catalog file: the content of the game.", "カタログのファイル。ゲームの中身です。"}},
	[SETTING_ART] = {
		.name = "HOMU_ART", .option = "art", .value = "FOLDER",
		.help = {"A folder of pictures for the cards of ten-pulls: `ID.png` or `ID.jpg` for an item, best near 150 × 157 pixels.",
			 "10 連のカードに使う画像のフォルダー。アイテムごとに `ID.png` か `ID.jpg`。150 × 157 ピクセル前後が最適です。"}},
	[SETTING_HTTP] = {
		.name = "HOMU_HTTP", .option = "http", .value = "HOST:PORT", .fallback = "127.0.0.1:8787", .check = check_http,
		.help = {"The address to serve; port 0 picks one, which the log record `start` tells.",
			 "待ち受けるアドレス。ポート 0 なら空きを選び、ログの `start` で知らせます。"}},
	[SETTING_WEB_PASSWORD] = {
		.name = "HOMU_WEB_PASSWORD", .secret = true,
		.help = {"Opens the page and `/metrics` beyond loopback (HTTP Basic).",
			 "ページと `/metrics` をループバックの外にも開きます(HTTP Basic 認証)。"}},
	[SETTING_SCOPE] = {
		.name = "HOMU_SCOPE", .option = "scope", .value = "SCOPE", .fallback = "global", .values = "global|guild",
		.help = {"Whether a player is the same in all servers (`global`) or begins anew in each (`guild`).",
			 "プレイヤーを全サーバー共通にする(`global`)か、サーバーごとに分ける(`guild`)か。"}},
	[SETTING_ADMIN_GUILD] = {
		.name = "HOMU_ADMIN_GUILD", .option = "admin-guild", .value = "ID", .check = check_guild,
		.help = {"With the scope `global`: the one server whose administrators may use `/admin`. Without it those of every "
			 "server may, so that a bot that strangers can invite needs it.",
			 "範囲が `global` のとき、`/admin` を使える唯一のサーバー。なければどのサーバーの管理者も使えるので、"
			 "誰でも招待できるボットでは必ず設定してください。"}},
	[SETTING_SHARDS] = {
		.name = "HOMU_SHARDS", .option = "shards", .value = "SHARDS", .fallback = "auto", .check = check_shards,
		.help = {"Gateway shards of this process: `auto`, `N`, or `FIRST-LAST/N`.",
			 "このプロセスが受け持つシャード。`auto`、`N`、または `FIRST-LAST/N`。"}},
	[SETTING_LOG] = {
		.name = "HOMU_LOG", .option = "log", .value = "FORM", .values = "text|json",
		.shown = {"`text` on a terminal, else `json`", "端末では `text`、ほかでは `json`"},
		.help = {"Form of the log on stderr: `text` for people, `json` one object a line.",
			 "標準エラー出力に書くログの形。人が読む `text` か、1 行 1 オブジェクトの `json`。"}},
	[SETTING_LOG_LEVEL] = {
		.name = "HOMU_LOG_LEVEL", .option = "log-level", .value = "LEVEL", .fallback = "info",
		.values = "error|warn|info|debug",
		.help = {"The least level that is logged: `error`, `warn`, `info` or `debug`.",
			 "ログに書く最も低い段階。`error`、`warn`、`info`、`debug`。"}},
	[SETTING_CA_FILE] = {
		.name = "HOMU_CA_FILE", .option = "ca-file", .value = "FILE", .shown = {"built in", "内蔵のもの"},
		.help = {"PEM file of the roots to trust instead of the built-in ones.",
			 "内蔵のルート証明書の代わりに信頼する PEM ファイル。"}},
	[SETTING_SEED_KEY] = {
		.name = "HOMU_SEED_KEY", .secret = true, .check = check_key,
		.help = {"64 hex digits; seals the seeds of unrevealed pulls at rest and in exports.",
			 "64 桁の 16 進数。公開前のシードを、保存時と書き出し時に封をします。"}},
	[SETTING_ALERT_WEBHOOK] = {
		.name = "HOMU_ALERT_WEBHOOK", .secret = true, .check = check_url,
		.help = {"Webhook of Discord or Slack that alarms go to: that Discord refuses the bot for good.",
			 "Discord に拒まれて止まるときなどの警報を送る Discord か Slack の Webhook。"}},
	[SETTING_BACKUP] = {
		.name = "HOMU_BACKUP", .option = "backup", .value = "PLAN", .later = true, .check = check_backup,
		.help = {"From a later version on (this one makes no backups): backups by the clock, "
			 "`daily@02:00,keep=14[,to=PLACE]`.",
			 "のちのバージョンから(いまはバックアップを取りません)。定時のバックアップ。"
			 "`daily@02:00,keep=14[,to=PLACE]`。"}},
	[SETTING_USERS_TABLE] = {
		.name = "DYNAMODB_USERS_TABLE", .option = "users-table", .value = "TABLE", .fallback = "discord_users",
		.check = check_table,
		.help = {"DynamoDB table of the players.", "プレイヤーの DynamoDB テーブル。"}},
	[SETTING_HISTORY_TABLE] = {
		.name = "DYNAMODB_HISTORY_TABLE", .option = "history-table", .value = "TABLE", .fallback = "gacha_history",
		.check = check_table,
		.help = {"DynamoDB table of pulls and of the ledger.", "ガチャの履歴と台帳の DynamoDB テーブル。"}},
	[SETTING_SETTINGS_TABLE] = {
		.name = "DYNAMODB_SETTINGS_TABLE", .option = "settings-table", .value = "TABLE",
		.fallback = "server_settings", .check = check_table,
		.help = {"DynamoDB table of servers' settings and of leases.", "サーバーごとの設定と貸し出しの DynamoDB テーブル。"}},
	[SETTING_AWS] = {
		.name = "AWS_*", .shown = {"as in the AWS SDKs", "AWS の SDK と同じ"},
		.help = {"Region, credentials and endpoints of AWS: `AWS_REGION`, `AWS_PROFILE`, `AWS_ACCESS_KEY_ID`, "
			 "`AWS_ROLE_ARN`, `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>` and so on.",
			 "AWS のリージョン、認証情報、エンドポイント。`AWS_REGION`、`AWS_PROFILE`、`AWS_ACCESS_KEY_ID`、"
			 "`AWS_ROLE_ARN`、`AWS_ENDPOINT_URL`、`AWS_ENDPOINT_URL_<SERVICE>` など。"}},
};
_Static_assert(SETTING_COUNT == 21, "a new setting needs its row");
_Static_assert(SETTING_COUNT < 32, "a set of settings is 32 bits");

bool setting_check(enum setting setting, struct str *value, struct err *err)
{
	const struct setting_row *row = &setting_rows[setting];

	if (row->values) {
		struct str rest = str_from(row->values), word;

		while (str_next(&rest, '|', &word))
			if (str_eq(word, *value))
				return true;
		return err_set(err, ERR_CONFIG, "it has to be one of %s", row->values);
	}
	return !row->check || row->check(value, err);
}

void settings_write_table(struct buf *out, bool japanese)
{
	buf_addc(out, japanese ? "| 名前 | オプション | 既定値 | 意味 |\n" : "| name | option | default | meaning |\n");
	buf_addc(out, "|---|---|---|---|\n");
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting_row *row = &setting_rows[i];

		buf_printf(out, "| `%s` | ", row->name);
		if (row->option)
			buf_printf(out, "`--%s`", row->option);
		buf_addc(out, " | ");
		if (row->shown.en)
			buf_addc(out, japanese ? row->shown.ja : row->shown.en);
		else if (row->fallback)
			buf_printf(out, "`%s`", row->fallback);
		else
			buf_addc(out, japanese ? "なし" : "none");
		/* A bar would end the cell; no text has one. */
		buf_printf(out, " | %s", japanese ? row->help.ja : row->help.en);
		if (row->secret)
			buf_printf(out, japanese ? "秘密の値。`%s_FILE` ならファイルから読みます。"
						 : " Secret: `%s_FILE` reads it from a file.", row->name);
		buf_addc(out, " |\n");
	}
}
