#include "bot/cmd_data.h"

#include <inttypes.h>

#include "base/codec.h"
#include "bot/export_form.h"
#include "bot/job_list.h"
#include "bot/loading.h"
#include "bot/revealed.h"
#include "bot/show.h"
#include "bot/tombstone.h"
#include "gacha/list.h"

#define FILE_NAME "homuhomu-data.jsonl"
/* What a line of the history adds to its document, and what the lines before the history take beside the player's. */
#define LINE_BYTES_MORE 160
#define HEAD_BYTES_MAX 4096
#define TOMBSTONE_BYTES_MAX 256
#define DAY_S 86400

/* ---- export ---- */

struct file {
	struct turn *turn;
	struct buf out;
	struct revealed *seeds;
	size_t seed_count, seed_capacity;
	size_t receipts;

	bool is_cut;
	size_t rows;          /* of the turn's history that go into the file; the older ones are left to the part before */
	int64_t revealed_at;  /* sort number of the oldest of them that reveals a seed, else as the part after gave it; 0: none */
	char chain_before[2 * HASH_SHA256_SIZE + 1]; /* of the receipt before the first one; "" where that is not known */
};

static void end_line(struct file *file)
{
	buf_add_char(&file->out, '\n');
}

/* The chain that the row's last receipt left; false without one. */
static bool read_chain(struct file *file, const struct store_row *row, bool *found, struct err *err)
{
	struct arena *arena = file->turn->arena;
	struct arena_mark mark = arena_mark(arena);
	struct json root, receipts;
	struct str chain;

	if (!json_parse(arena, row->doc, &root, err))
		return err_wrap(err, "a row of the history");
	receipts = json_get(root, "receipts");
	*found = json_count(receipts) > 0;
	if (*found) {
		chain = json_text_or(json_get(json_at(receipts, json_count(receipts) - 1), "chain"), arena, STR_EMPTY);
		if (!str_to_cstr(chain, file->chain_before, sizeof(file->chain_before)))
			return err_set(err, ERR_INPUT, "a row of the history has a receipt without its chain");
	}
	arena_rewind(arena, mark);
	return true;
}

/* Before the oldest row with receipts there is none whose chain is known, so the file begins after that row. */
static bool find_begin(struct file *file, struct err *err)
{
	const struct turn *turn = file->turn;
	bool found = false;

	file->rows = turn->history_count;
	file->is_cut = turn->history_is_cut && turn->history_count > 0;
	for (size_t i = file->rows; file->is_cut && !found && i-- > 1;) {
		if (!read_chain(file, &turn->history[i], &found, err))
			return false;
		if (found)
			file->rows = i;
	}
	return true;
}

/* The seed that the row reveals, if it does. */
static bool take_seed(struct file *file, const struct store_row *row, struct err *err)
{
	struct arena *arena = file->turn->arena;
	struct arena_mark mark = arena_mark(arena);
	struct revealed revealed;
	struct revealed *seeds;
	struct json root;
	bool is_in;

	if (str_find(row->doc, STR("\"revealed\"")) < 0)
		return true;
	if (!json_parse(arena, row->doc, &root, err))
		return err_wrap(err, "a row of the history");
	is_in = revealed_is_in(root);
	if (is_in && !revealed_read(root, arena, &revealed, err))
		return false;
	arena_rewind(arena, mark);
	if (!is_in)
		return true;
	seeds = list_grow(arena, file->seeds, &file->seed_capacity, file->seed_count, sizeof(*seeds));
	if (!seeds)
		return arena_check(arena, "the revealed seeds", err);
	file->seeds = seeds;
	file->seeds[file->seed_count++] = revealed;
	file->revealed_at = row->sort;
	return true;
}

/* A seed stands after the receipts that it opens, so they are gathered first; the newest may be in the part after. */
static bool take_seeds(struct file *file, struct err *err)
{
	const struct turn *turn = file->turn;

	if (turn->row_count > 0 && !take_seed(file, &turn->rows[0], err))
		return false;
	for (size_t i = 0; i < file->rows; i++)
		if (!take_seed(file, &turn->history[i], err))
			return false;
	revealed_sort(file->seeds, file->seed_count);
	return true;
}

/* The stored document; of the seed that is not revealed yet the commitment alone. */
static void write_player(struct file *file)
{
	static const char *const fairness[] = {"fairness", NULL};
	static const char *const seeds[] = {"seed", "sealed", NULL};
	const struct player *player = file->turn->player;
	const struct store_row row = {.key = player->key};
	char hex[2 * HASH_SHA256_SIZE + 1];
	uint8_t commit[HASH_SHA256_SIZE];
	struct json_writer writer;

	if (player->version == 0)
		return;
	fairness_commit(player->fairness.seed, commit);
	json_writer_init(&writer, &file->out);
	export_form_begin(&writer, "user", &row);
	json_keyc(&writer, "doc");
	json_begin_object(&writer);
	export_form_members_without(&writer, player->rest, fairness, file->turn->arena);
	json_keyc(&writer, fairness[0]);
	json_begin_object(&writer);
	export_form_members_without(&writer, json_get(player->rest, fairness[0]), seeds, file->turn->arena);
	json_member_str(&writer, "commit", codec_hex(commit, sizeof(commit), hex));
	json_end_object(&writer);
	json_end_object(&writer);
	export_form_end(&writer, &row);
	end_line(file);
}

static void write_cut(struct file *file)
{
	struct json_writer writer;

	if (!file->is_cut)
		return;
	json_writer_init(&writer, &file->out);
	json_begin_object(&writer);
	json_member_cstr(&writer, "kind", "left_out");
	json_member_i64(&writer, "before", file->turn->history[file->rows - 1].sort);
	if (file->chain_before[0])
		json_member_cstr(&writer, "chain_before", file->chain_before);
	json_member_cstr(&writer, "text", "Older history is not in this file: the button below it gives the part before.");
	json_end_object(&writer);
	end_line(file);
}

static bool write_row(struct file *file, const struct store_row *row, struct err *err)
{
	struct arena *arena = file->turn->arena;
	struct arena_mark mark = arena_mark(arena);
	struct json root, key, receipt;
	struct json_iter iter;
	struct json_writer writer;

	if (!json_parse(arena, row->doc, &root, err))
		return err_wrap(err, "a row of the history");
	json_writer_init(&writer, &file->out);
	export_form_history(&writer, row, root, arena);
	end_line(file);
	iter = json_iterate(json_get(root, "receipts"));
	while (json_next(&iter, &key, &receipt)) {
		json_writer_init(&writer, &file->out);
		revealed_write_receipt(receipt, file->seeds, file->seed_count, arena, &writer);
		end_line(file);
		file->receipts++;
	}
	if (!arena_check(arena, "a row of the history", err))
		return false;
	arena_rewind(arena, mark);
	return true;
}

/* A quarter more is room for the seed in each receipt. */
static size_t bytes_max(const struct file *file)
{
	const struct turn *turn = file->turn;
	size_t bytes = HEAD_BYTES_MAX + json_raw(turn->player->rest).len;

	for (size_t i = 0; i < file->rows; i++)
		bytes += turn->history[i].doc.len * 5 / 4 + LINE_BYTES_MORE;
	return bytes < MULTIPART_BYTES_MAX ? bytes : MULTIPART_BYTES_MAX;
}

/* Oldest first, as `verify` wants it. A part before holds history alone. */
static bool write_file(struct file *file, struct err *err)
{
	const struct turn *turn = file->turn;
	struct json_writer writer;

	if (!find_begin(file, err))
		return false;
	file->out = turn_buf(turn, bytes_max(file));
	if (!take_seeds(file, err))
		return false;
	json_writer_init(&writer, &file->out);
	export_form_head(&writer, turn_now_s(turn));
	end_line(file);
	if (!turn->button)
		write_player(file);
	write_cut(file);
	for (size_t i = file->rows; i-- > 0;)
		if (!write_row(file, &turn->history[i], err))
			return false;
	return arena_check(turn->arena, "the file", err) && buf_check(&file->out, "the file", err);
}

static bool refuse_nothing(struct turn *turn)
{
	if (turn->player && turn->player->replaces)
		return turn_refuse(turn, "Your data was deleted. What is left is the note of that: when it was, and the day of your last `/daily`.",
				   "データは削除済みです。残っているのは、削除した日時と最後の `/daily` の日の控えだけです。");
	return turn_refuse(turn, "Nothing is kept about you here. `/gacha pull` is how to begin.",
			   "ここに保存されているデータはありません。`/gacha pull` から始められます。");
}

static bool refuse_too_large(struct turn *turn)
{
	return turn_refuse(turn, "Your data is too large for one file. Ask the people who run the bot: `homuhomu export` writes all of it.",
			   "データが大きすぎて1つのファイルにできません。運営にお尋ねください（`homuhomu export` ですべて書き出せます）。");
}

static struct str file_text(const struct file *file)
{
	const struct turn *turn = file->turn;
	struct str changes = turn_number(turn, (int64_t)file->rows);
	struct str receipts = turn_number(turn, (int64_t)file->receipts);

	if (turn->button)
		return turn_say(turn, "One JSON object a line: older changes: %.*s; receipts: %.*s. What you have now stands in the newest part.",
				"1行に1つの JSON です。以前の変更%.*s件、レシート%.*s枚が入っています。現在の所持内容は最新の分にあります。",
				STR_ARG(changes), STR_ARG(receipts));
	return turn_say(turn,
			"One JSON object a line: what you have now; changes: %.*s; receipts: %.*s. The seed of your next pulls is not in it, only its commitment: `/fairness rotate:True` reveals it.",
			"1行に1つの JSON です。現在の所持内容、変更%.*s件、レシート%.*s枚が入っています。これから使うシードはコミットメントだけです。`/fairness rotate:True` で公開できます。",
			STR_ARG(changes), STR_ARG(receipts));
}

/* A series of receipts that begins in the middle is checked from the chain before it. */
static struct str check_text(const struct file *file)
{
	const struct turn *turn = file->turn;

	if (!file->is_cut)
		return turn_say(turn, "`homuhomu verify %s`, or the playground", "`homuhomu verify %s`、またはプレイグラウンド", FILE_NAME);
	if (file->chain_before[0])
		return turn_say(turn, "`homuhomu verify %s --from-chain %s`", "`homuhomu verify %s --from-chain %s`", FILE_NAME,
				file->chain_before);
	return turn_say(turn, "`cat PART_BEFORE %s | homuhomu verify -`: these receipts follow those of the part before.",
			"`cat PART_BEFORE %s | homuhomu verify -`（前の分のレシートに続いています）", FILE_NAME);
}

/* How far after the cut the seed was revealed that opens the receipts before it; empty without one, or beyond 8 years. */
static struct str distance_text(const struct file *file, int64_t before)
{
	int64_t distance = file->revealed_at - before;

	if (file->revealed_at == 0 || distance >> (4 * CUSTOM_ID_TARGET_DIGITS) != 0)
		return STR_EMPTY;
	return arena_printf(file->turn->arena, "%0*" PRIx64, CUSTOM_ID_TARGET_DIGITS, (uint64_t)distance);
}

static void add_older(struct file *file, struct embed *embed)
{
	struct turn *turn = file->turn;
	int64_t before = turn->history[file->rows - 1].sort;
	struct str older = turn_custom_id(turn, CMD_DATA_VERB_OLDER, distance_text(file, before), before);

	embed_field(embed, turn_say(turn, "There is more", "続きがあります"),
		    turn_say(turn, "Older changes are not in this file. The button gives the part before.",
			     "古い記録はこのファイルに入っていません。ボタンでそれ以前の分を受け取れます。"),
		    false);
	message_row(&turn->message);
	if (older.len > 0)
		message_button(&turn->message, BUTTON_SECONDARY, turn_say(turn, "The part before", "それ以前の分"), STR("📦"), older);
}

static bool show_file(struct file *file, struct err *err)
{
	struct turn *turn = file->turn;
	struct embed *embed = message_embed(&turn->message);

	if (!embed)
		return arena_check(turn->arena, "the file", err);
	embed->title = turn->button ? turn_say(turn, "📦 Your data, the part before", "📦 あなたのデータ（それ以前の分）")
				    : turn_say(turn, "📦 Your data", "📦 あなたのデータ");
	embed->color = turn->catalog->rarities[0].color;
	embed->description = file_text(file);
	if (file->receipts > 0)
		embed_field(embed, turn_say(turn, "To check the receipts", "レシートの検証"), check_text(file), false);
	if (file->is_cut)
		add_older(file, embed);
	message_file(&turn->message, &(struct attachment){STR(FILE_NAME), STR("application/x-ndjson"), STR_EMPTY, buf_str(&file->out)});
	return true;
}

void cmd_data_plan_older(const struct turn *turn, struct turn_plan *plan)
{
	const struct interaction *interaction = turn->interaction;
	uint8_t bytes[CUSTOM_ID_TARGET_DIGITS / 2];
	int64_t distance = 0;

	if (!codec_unhex(turn->button->target, bytes, sizeof(bytes)))
		return;
	for (size_t i = 0; i < sizeof(bytes); i++)
		distance = distance << 8 | bytes[i];
	plan->rows[plan->row_count++] = (struct store_row){
		.table = STORE_HISTORY,
		.key = loading_player_key(turn->arena, turn->guild_scope, interaction->guild_id, interaction->user.id),
		.sort = turn->button->number + distance,
	};
}

bool cmd_data_export(struct turn *turn, struct err *err)
{
	struct arena_mark mark = arena_mark(turn->arena);
	struct file file = {.turn = turn};

	if (turn->button && turn->history_count == 0)
		return turn_refuse(turn, "There is nothing older of yours (any more). `/data export` gives what there is.",
				   "これより古いデータは（もう）ありません。`/data export` で今あるものを受け取れます。");
	if (turn->player->version == 0 && turn->history_count == 0)
		return refuse_nothing(turn);
	if (write_file(&file, err))
		return show_file(&file, err);
	if (err->code != ERR_LIMIT)
		return false;
	arena_rewind(turn->arena, mark);
	return refuse_too_large(turn);
}

/* ---- delete ---- */

/* Another player in the same place, after a deletion, was made at another time. */
static struct str shown_player(const struct turn *turn, int64_t created_at_s)
{
	return custom_id_target(turn->arena, arena_printf(turn->arena, "%" PRId64, created_at_s));
}

static struct str explanation(const struct turn *turn)
{
	return turn_say(turn,
			"**This cannot be undone.** These go: currency, shards, spark points, every item, pity and guarantees, wishes, your place on leaderboards, your whole history with its receipts. Offers that wait for an answer are withdrawn.\n\nThese stay: the history of others whom you gave something to or traded with, and what the audit says of administrators. Answers of the last 24 hours expire by themselves within a day.\n\nFor %d days a note stays that your data was deleted, with the day of your last `/daily`: if you begin again before, you get no start currency. Want a copy first? `/data export`.",
			"**取り消しはできません。** 次のものが消えます: 通貨、かけら、交換ポイント、すべてのアイテム、天井と確定の状態、欲しいものリスト、ランキング、レシートを含む全履歴。返事待ちの申し込みは取り下げます。\n\n残るもの: 贈り物や交換の相手側の履歴、管理者の監査記録。直近 24 時間の返信の控えは 1 日以内に自動で消えます。\n\n%d 日間は、削除したことと最後の `/daily` の日の控えが残ります。その間に再開しても、はじめの通貨はもらえません。先に控えが欲しい方は `/data export` をどうぞ。",
			TOMBSTONE_S / DAY_S);
}

bool cmd_data_delete(struct turn *turn, struct err *err)
{
	struct embed *embed;
	struct str yes, no;

	if (turn->player->version == 0)
		return refuse_nothing(turn);
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "the answer", err);
	embed->title = turn_say(turn, "🗑️ Delete all your data?", "🗑️ すべてのデータを消しますか？");
	embed->color = MESSAGE_NO_COLOR;
	embed->description = explanation(turn);
	yes = turn_custom_id(turn, CMD_DATA_VERB_DELETE, shown_player(turn, turn->player->created_at_s), 0);
	no = turn_custom_id(turn, CMD_DATA_VERB_KEEP, STR_EMPTY, 0);
	if (yes.len == 0 || no.len == 0)
		return arena_check(turn->arena, "the answer", err);
	message_row(&turn->message);
	message_button(&turn->message, BUTTON_DANGER, turn_say(turn, "Delete everything", "すべて消す"), STR("🗑️"), yes);
	message_button(&turn->message, BUTTON_SECONDARY, turn_say(turn, "Keep it", "やめる"), STR_EMPTY, no);
	return true;
}

bool cmd_data_keep(struct turn *turn, struct err *err)
{
	(void)err;
	turn->message.type = RESPONSE_UPDATE;
	turn->message.content = turn_say(turn, "Nothing was deleted.", "何も消していません。");
	return true;
}

void cmd_data_plan_deletion(const struct turn *turn, struct turn_plan *plan)
{
	const struct interaction *interaction = turn->interaction;

	plan->rows[0] = (struct store_row){
		.table = STORE_USERS,
		.key = loading_player_key(turn->arena, turn->guild_scope, interaction->guild_id, interaction->user.id),
	};
	plan->rows[1] = (struct store_row){.table = STORE_SETTINGS, .key = STR(JOB_LIST_KEY)};
	plan->row_count = 2;
}

/* Every row that there is, and every one that this millisecond could still bring; a new player's come after it. */
static int64_t last_sort(const struct turn *turn)
{
	int64_t sort = turn->now_ms * 1000;

	if (turn->history_count > 0 && turn->history[0].sort > sort)
		sort = turn->history[0].sort;
	/* interface.md, Tables: Unix milliseconds × 1000 + k. */
	return sort / 1000 * 1000 + 999;
}

static bool write_tombstone(struct turn *turn, int64_t daily_day, struct err *err)
{
	const struct tombstone tombstone = {
		.at_s = turn_now_s(turn),
		.daily_day = daily_day,
		.history_after = last_sort(turn),
	};
	struct buf doc = turn_buf(turn, TOMBSTONE_BYTES_MAX);
	struct store_row row = turn->rows[0];

	tombstone_write(&tombstone, &doc);
	row.doc = buf_str(&doc);
	row.expires_at_s = turn_now_s(turn) + TOMBSTONE_S;
	row.board = STR_EMPTY;
	turn_write(turn, STORE_PUT, &row);
	return buf_check(&doc, "a deletion", err);
}

/* False with the error, or after a refusal with ERR_NONE. */
static bool write_job(struct turn *turn, struct err *err)
{
	struct job_list *list = ARENA_NEW(turn->arena, struct job_list);
	struct buf doc = turn_buf(turn, JOB_LIST_BYTES_MAX);
	struct store_row row = turn->rows[1];

	if (!list)
		return arena_check(turn->arena, "a deletion", err);
	if (!job_list_read(list, turn->arena, row.doc, err))
		return false;
	if (!job_list_add_deletion(list, turn->rows[0].key, last_sort(turn))) {
		err_clear(err);
		turn_refuse(turn, "Many others are deleting their data right now. Nothing was deleted. Please try again in a few minutes.",
			    "ほかの方の削除が立て込んでいます。まだ何も消していません。数分後にもう一度お試しください。");
		return false;
	}
	job_list_write(list, &doc);
	row.doc = buf_str(&doc);
	turn_write(turn, STORE_PUT, &row);
	turn->job_added = true;
	return buf_check(&doc, JOB_LIST_KEY, err);
}

bool cmd_data_delete_confirmed(struct turn *turn, struct err *err)
{
	const struct store_row *row = &turn->rows[0];
	struct json root;
	int64_t created_at_s = 0, daily_day = -1;

	if (row->version == 0 || tombstone_is(row->doc))
		return turn_refuse(turn, "There is nothing of yours to delete (any more).", "削除するデータは（もう）ありません。");
	if (!json_parse(turn->arena, row->doc, &root, err))
		return err_wrap(err, "the stored player %.*s", STR_ARG(row->key));
	json_i64(json_get(root, "created"), 0, GACHA_INTEGER_MAX, &created_at_s);
	json_i64(json_get(json_get(root, "daily"), "day"), -1, GACHA_INTEGER_MAX, &daily_day);
	if (!str_eq(turn->button->target, shown_player(turn, created_at_s)))
		return turn_refuse(turn, "You have begun anew since this button was made. Nothing was deleted. Use `/data delete` again.",
				   "このボタンのあとに新しく始めています。何も消していません。もう一度 `/data delete` をお使いください。");
	if (!write_tombstone(turn, daily_day, err))
		return false;
	if (!write_job(turn, err))
		return err->code == ERR_NONE;
	turn->changed = true;
	turn->message.type = RESPONSE_UPDATE;
	turn->message.content =
		turn_say(turn,
			 "🗑️ Your data is deleted: you have nothing here any more, and your offers are withdrawn. The rows of your history are going one after the other; that takes seconds. Take care!",
			 "🗑️ 削除しました。残高やアイテムはもうありません。申し込みも取り下げました。履歴は順に消えていきます（数秒で終わります）。ありがとうございました！");
	return true;
}
