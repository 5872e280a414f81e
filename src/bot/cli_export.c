#include "bot/cli_export.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/rng.h"
#include "bot/export_form.h"
#include "bot/revealed.h"
#include "bot/tombstone.h"
#include "gacha/list.h"
#include "gacha/player_doc.h"
#include "store/sqlite.h"

struct export {
	struct cli *cli;
	struct store *store;
	struct player_seal seal;
	struct rng rng;
	int64_t now_s;
	char name[PATH_MAX];
	char part[PATH_MAX + 8]; /* where the file grows until it is whole; empty: in its place */
	FILE *file;          /* NULL: stdout */
	struct revealed *revealed;
	size_t revealed_count, revealed_capacity;
	struct arena row_arena; /* of one row */
	struct buf line;
	uint64_t users, history, settings, ledger, left_out;
	struct err err; /* of a visit */
};

/* ---- lines ---- */

static bool write_line(struct export *export)
{
	struct str text;

	buf_add_char(&export->line, '\n');
	if (!buf_check(&export->line, "a line of the export", &export->err))
		return false;
	text = buf_str(&export->line);
	if (!export->file) {
		cli_write(export->cli, text);
		/* The person knows, or cli_main says it. */
		return !cli_stopped(export->cli) || err_set(&export->err, ERR_CANCELLED, "stopped");
	}
	if (fwrite(text.ptr, 1, text.len, export->file) != text.len)
		return err_set(&export->err, ERR_IO, "%s: %s; make room there, or export elsewhere", export->name, strerror(errno));
	return !cli_interrupted() || err_set(&export->err, ERR_CANCELLED, "stopped");
}

static void begin_line(struct export *export, struct json_writer *writer)
{
	buf_clear(&export->line);
	json_writer_init(writer, &export->line);
}

static bool parse_row(struct export *export, const struct store_row *row, struct json *root)
{
	arena_clear(&export->row_arena);
	return json_parse(&export->row_arena, row->doc, root, &export->err) ||
	       err_wrap(&export->err, "the stored row %.*s", STR_ARG(row->key));
}

static bool is_expired(const struct export *export, const struct store_row *row)
{
	return row->expires_at_s && row->expires_at_s <= export->now_s;
}

/* ---- settings ---- */

/* Servers alone: keys, leases and sessions belong to the process that made them. */
static bool is_server(struct str key)
{
	uint64_t id;

	return str_to_u64(key, 1, UINT64_MAX, &id);
}

static bool visit_setting(void *owner, const struct store_row *row)
{
	struct export *export = owner;
	struct json_writer writer;
	struct json root;

	if (is_expired(export, row) || !is_server(row->key))
		return true;
	if (!parse_row(export, row, &root))
		return false;
	begin_line(export, &writer);
	export_form_begin(&writer, "setting", row);
	json_keyc(&writer, "doc");
	json_put_value(&writer, root);
	export_form_end(&writer, row);
	export->settings++;
	return write_line(export);
}

/* ---- users ---- */

/* A player's document without the seed, if that stands there in the open. */
static void put_open_player(struct export *export, struct json_writer *writer, struct json root)
{
	static const char *const fairness[] = {"fairness", NULL};
	static const char *const seed[] = {"seed", NULL};
	struct json kept = json_get(root, fairness[0]);

	json_begin_object(writer);
	export_form_members_without(writer, root, fairness, &export->row_arena);
	if (!json_is_missing(kept)) {
		export->left_out += !json_is_missing(json_get(kept, seed[0]));
		json_keyc(writer, fairness[0]);
		json_begin_object(writer);
		export_form_members_without(writer, kept, seed, &export->row_arena);
		json_end_object(writer);
	}
	json_end_object(writer);
}

static bool put_sealed_player(struct export *export, struct json_writer *writer, const struct store_row *row)
{
	struct player player;
	struct json root;
	struct buf doc;
	bool ok;

	if (!player_decode(&player, &export->row_arena, row->key, row->version, row->doc, &export->seal, &export->err))
		return false;
	buf_init(&doc, EXPORT_LINE_BYTES_MAX);
	player_encode(&player, &export->seal, &export->rng, &doc);
	ok = buf_check(&doc, "a player", &export->err) && json_parse(&export->row_arena, buf_str(&doc), &root, &export->err);
	if (ok)
		json_put_value(writer, root);
	buf_release(&doc);
	return ok;
}

static bool visit_user(void *owner, const struct store_row *row)
{
	struct export *export = owner;
	struct json_writer writer;
	struct json root;

	if (is_expired(export, row))
		return true;
	if (!parse_row(export, row, &root))
		return false;
	begin_line(export, &writer);
	export_form_begin(&writer, "user", row);
	json_keyc(&writer, "doc");
	if (!export->seal.set || tombstone_is(row->doc))
		put_open_player(export, &writer, root);
	else if (!put_sealed_player(export, &writer, row))
		return false;
	export_form_end(&writer, row);
	export->users++;
	return write_line(export);
}

/* ---- history ---- */

/* Answers kept for repeated interactions are gone in a day and are no data. */
static bool is_answer(struct str key)
{
	return str_starts(key, STR("ix#"));
}

static struct revealed *add_revealed(struct export *export)
{
	struct revealed *list = list_grow(&export->cli->arena, export->revealed, &export->revealed_capacity,
					  export->revealed_count, sizeof(*list));

	if (!list)
		return NULL;
	export->revealed = list;
	return &export->revealed[export->revealed_count++];
}

/* The first walk gathers the seeds that were revealed, since a seed stands after the receipts that it opens. */
static bool visit_revealed(void *owner, const struct store_row *row)
{
	struct export *export = owner;
	struct revealed *revealed;
	struct json root;

	if (is_expired(export, row) || is_answer(row->key))
		return true;
	if (!parse_row(export, row, &root))
		return false;
	if (!revealed_is_in(root))
		return true;
	revealed = add_revealed(export);
	if (!revealed)
		return arena_check(&export->cli->arena, "the revealed seeds", &export->err);
	if (!revealed_read(root, &export->row_arena, revealed, &export->err))
		return err_wrap(&export->err, "the stored row %.*s", STR_ARG(row->key));
	return !cli_interrupted() || err_set(&export->err, ERR_CANCELLED, "stopped");
}

static bool write_receipt(struct export *export, struct json receipt)
{
	struct json_writer writer;

	begin_line(export, &writer);
	revealed_write_receipt(receipt, export->revealed, export->revealed_count, &export->row_arena, &writer);
	return write_line(export);
}

static bool visit_history(void *owner, const struct store_row *row)
{
	struct export *export = owner;
	struct json_writer writer;
	struct json root, receipts, key, receipt;
	struct json_iter iter;

	if (is_expired(export, row) || is_answer(row->key))
		return true;
	if (!parse_row(export, row, &root))
		return false;
	receipts = json_get(root, "receipts");
	begin_line(export, &writer);
	export_form_history(&writer, row, root, &export->row_arena);
	export->history++;
	export->ledger += json_count(json_get(root, "ledger"));
	if (!write_line(export))
		return false;
	iter = json_iterate(receipts);
	while (json_next(&iter, &key, &receipt))
		if (!write_receipt(export, receipt))
			return false;
	return true;
}

/* ---- the file ---- */

/* A pipe or device is written as it stands; a file grows beside its name. */
static bool open_file(struct export *export, struct str path, struct err *err)
{
	struct stat st;
	bool beside;

	if (str_eqc(path, "-"))
		return true;
	if (path.len + sizeof(".part") > sizeof(export->name) || !str_to_cstr(path, export->name, sizeof(export->name)))
		return err_set(err, ERR_USAGE, "the path of the file is too long");
	beside = stat(export->name, &st) != 0 || S_ISREG(st.st_mode);
	snprintf(export->part, sizeof(export->part), "%s%s", export->name, beside ? ".part" : "");
	export->file = fopen(export->part, "we");
	if (!export->file)
		err_set(err, ERR_IO, "%s: %s; give a file in a folder that can be written", export->part, strerror(errno));
	if (!beside)
		export->part[0] = '\0';
	return export->file != NULL;
}

/* Whole and on the disk before it takes its name. */
static bool finish_file(struct export *export, struct err *err)
{
	bool ok;

	if (!export->file)
		return true;
	ok = fflush(export->file) == 0 && (export->part[0] == '\0' || fsync(fileno(export->file)) == 0);
	ok = fclose(export->file) == 0 && ok;
	export->file = NULL;
	if (!ok || (export->part[0] && rename(export->part, export->name) != 0))
		return err_set(err, ERR_IO, "%s: %s; make room there, or export elsewhere", export->name, strerror(errno));
	export->part[0] = '\0';
	return true;
}

static bool write_head(struct export *export)
{
	struct json_writer writer;

	begin_line(export, &writer);
	export_form_head(&writer, export->now_s);
	return write_line(export);
}

static bool walk(struct export *export, enum store_table table, store_visit *visit, struct err *err)
{
	err_clear(&export->err);
	if (store_each(export->store, table, visit, export, err))
		return true;
	if (export->err.code != ERR_NONE)
		*err = export->err;
	return false;
}

static bool write_all(struct export *export, struct err *err)
{
	if (!walk(export, STORE_HISTORY, visit_revealed, err))
		return false;
	revealed_sort(export->revealed, export->revealed_count);
	if (!write_head(export)) {
		*err = export->err;
		return false;
	}
	return walk(export, STORE_SETTINGS, visit_setting, err) && walk(export, STORE_USERS, visit_user, err) &&
	       walk(export, STORE_HISTORY, visit_history, err);
}

static bool prepare(struct export *export, struct err *err)
{
	const struct config *config = &export->cli->config;
	struct str path;

	export->now_s = clock_unix_ms() / 1000;
	export->seal.set = config_is_set(config, SETTING_SEED_KEY);
	if (export->seal.set)
		codec_unhex(secret_reveal(config_secret(config, SETTING_SEED_KEY)), export->seal.key, sizeof(export->seal.key));
	if (!rng_init(&export->rng, err) || !config_store_path(config, &path, err))
		return false;
	export->store = sqlite_open_readonly(path, err);
	return export->store != NULL;
}

static int report(struct export *export)
{
	struct cli *cli = export->cli;
	struct cli_json json;

	if (export->left_out)
		cli_say(cli, cli->japanese ? "公開前のシード %ju 個は書き出していません。封をして含めるには HOMU_SEED_KEY を設定してください。"
					   : "Unrevealed seeds that were left out: %ju. To have them in the export, sealed, set HOMU_SEED_KEY.",
			(uintmax_t)export->left_out);
	if (!cli->json) {
		cli_say(cli, cli->japanese ? "プレイヤー %ju、履歴 %ju、サーバー設定 %ju、台帳 %ju 行を書き出しました。"
					   : "Exported: users %ju, history rows %ju, servers' settings %ju, ledger rows %ju.",
			(uintmax_t)export->users, (uintmax_t)export->history, (uintmax_t)export->settings, (uintmax_t)export->ledger);
		return EXIT_DONE;
	}
	cli_json_begin(&json);
	json_begin_object(&json.writer);
	json_member_u64(&json.writer, "users", export->users);
	json_member_u64(&json.writer, "history", export->history);
	json_member_u64(&json.writer, "settings", export->settings);
	json_member_u64(&json.writer, "ledger", export->ledger);
	json_end_object(&json.writer);
	return cli_json_end(cli, &json, EXIT_DONE);
}

static int export_run(struct cli *cli)
{
	struct export *export = ARENA_NEW(&cli->arena, struct export);
	struct str path = cli->arguments[0];
	struct err err;
	int code;

	if (!arena_check(&cli->arena, "the export", &err))
		return cli_fail(cli, &err);
	export->cli = cli;
	arena_init(&export->row_arena, CLI_ARENA_BYTES_MAX);
	buf_init(&export->line, EXPORT_LINE_BYTES_MAX);
	if (cli->json && str_eqc(path, "-")) {
		err_set(&err, ERR_USAGE, "standard output cannot take both the export and --json; give a FILE");
		code = cli_fail(cli, &err);
	} else {
		cli_hold_signals();
		if (prepare(export, &err) && open_file(export, path, &err) && write_all(export, &err) &&
		    finish_file(export, &err))
			code = report(export);
		else
			code = err.code == ERR_CANCELLED ? (cli_interrupted() ? EXIT_INTERRUPTED : EXIT_FAILED) : cli_fail(cli, &err);
	}
	if (export->file)
		fclose(export->file);
	if (export->part[0])
		unlink(export->part);
	if (export->store)
		store_free(export->store);
	secret_wipe(export->seal.key, sizeof(export->seal.key));
	buf_release(&export->line);
	arena_release(&export->row_arena);
	return code;
}

static const struct cli_option options[] = {CLI_OPTION_JSON};

const struct cli_command cli_export_command = {
	.name = "export",
	.arguments = "FILE",
	.arguments_min = 1,
	.arguments_max = 1,
	.summary = {"write all data and receipts, one JSON object a line", "すべてのデータとレシートを 1 行 1 オブジェクトの JSON で書き出します"},
	.details = {"Lines whose first key is `kind` are data, the others receipts, which `verify` checks. `-` is standard output. A "
		    "running bot need not stop. Seeds of unrevealed pulls are sealed with HOMU_SEED_KEY, or left out.",
		    "最初のキーが `kind` の行はデータ、ほかは `verify` で検証できるレシートです。`-` なら標準出力に書きます。ボットを止める"
		    "必要はありません。公開前のシードは HOMU_SEED_KEY で封をし、なければ含めません。"},
	.examples = "export homuhomu.jsonl\nexport - | gzip >homuhomu.jsonl.gz",
	.options = options,
	.option_count = sizeof(options) / sizeof(options[0]),
	.settings = SETTING_BIT(SETTING_STORE) | SETTING_BIT(SETTING_SEED_KEY),
	.run = export_run,
};
