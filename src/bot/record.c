#include "bot/record.h"

#include "base/clock.h"
#include "base/codec.h"

static void write_ledger(const struct ledger *ledger, struct json_writer *writer)
{
	json_keyc(writer, "ledger");
	json_begin_array(writer);
	for (size_t i = 0; i < ledger->count; i++) {
		const struct ledger_row *row = &ledger->rows[i];

		json_begin_object(writer);
		json_member_cstr(writer, "account", account_name(row->account));
		json_member_str(writer, "name", row->name);
		json_member_i64(writer, "delta", row->delta);
		json_member_i64(writer, "after", row->after);
		json_member_cstr(writer, "reason", row->reason);
		json_end_object(writer);
	}
	json_end_array(writer);
}

static void write_revealed(const struct turn *turn, struct json_writer *writer)
{
	char hex[2 * HASH_SHA256_SIZE + 1];

	json_keyc(writer, "revealed");
	json_begin_object(writer);
	json_member_u64(writer, "epoch", turn->revealed.epoch);
	json_member_str(writer, "commit", codec_hex(turn->revealed.commit, HASH_SHA256_SIZE, hex));
	json_member_str(writer, "seed", codec_hex(turn->revealed.seed, FAIRNESS_SEED_SIZE, hex));
	json_end_object(writer);
}

void record_write(const struct turn *turn, const struct player *player, struct str command, struct json_writer *writer)
{
	bool is_caller = player == turn->player;
	char at[32];

	json_begin_object(writer);
	json_member_snowflake(writer, "interaction", turn->interaction->id);
	json_member_str(writer, "at", clock_format_s(turn_now_s(turn), at));
	json_member_str(writer, "command", command);
	if (turn->other_changed)
		json_member_str(writer, "with", is_caller ? turn->other->key : turn->player->key);
	json_keyc(writer, "receipts");
	json_begin_array(writer);
	for (size_t i = 0; is_caller && i < turn->receipt_count; i++)
		receipt_write(&turn->receipts[i], turn->catalog, writer);
	json_end_array(writer);
	write_ledger(is_caller ? &turn->ledger : &turn->other_ledger, writer);
	if (is_caller && turn->revealed.set)
		write_revealed(turn, writer);
	json_end_object(writer);
}

static void add_move(struct record *record, struct str item, int64_t delta)
{
	if (record->move_count < RECORD_MOVES_MAX)
		record->moves[record->move_count++] = (struct record_move){item, delta};
}

static bool read_ledger(struct json list, struct arena *arena, struct record *record)
{
	struct json_iter iter = json_iterate(list);
	struct json key, row;

	while (json_next(&iter, &key, &row)) {
		struct str account;
		struct str reason = json_text_or(json_get(row, "reason"), arena, STR_EMPTY);
		int64_t delta;

		if (!json_text(json_get(row, "account"), arena, &account) ||
		    !json_i64(json_get(row, "delta"), -GACHA_INTEGER_MAX, GACHA_INTEGER_MAX, &delta))
			return false;
		int64_t *sum = NULL;

		if (str_eqc(account, account_name(ACCOUNT_BALANCE)))
			sum = str_eqc(reason, "start") ? &record->start : &record->balance;
		else if (str_eqc(account, account_name(ACCOUNT_SHARDS)))
			sum = &record->shards;
		else if (str_eqc(account, account_name(ACCOUNT_ITEM)) && !str_eqc(reason, "pull"))
			add_move(record, json_text_or(json_get(row, "name"), arena, STR_EMPTY), delta);
		if (sum && __builtin_add_overflow(*sum, delta, sum))
			return false;
	}
	return true;
}

static bool read_receipts(struct json list, struct arena *arena, struct record *record)
{
	struct json_iter iter = json_iterate(list);
	struct json key, row;

	while (json_next(&iter, &key, &row)) {
		if (record->result_count == sizeof(record->results) / sizeof(record->results[0]))
			return false;
		if (!json_text(json_get(row, "result"), arena, &record->results[record->result_count++]) ||
		    !json_text(json_get(row, "banner"), arena, &record->banner))
			return false;
	}
	return true;
}

bool record_read(struct str doc, struct arena *arena, struct record *record, struct err *err)
{
	struct json root;
	struct str at;
	int64_t at_ms;

	*record = (struct record){0};
	if (!json_parse(arena, doc, &root, err))
		return err_wrap(err, "a row of the history");
	if (!json_text(json_get(root, "at"), arena, &at) || !clock_parse_rfc3339(at, &at_ms) ||
	    !json_text(json_get(root, "command"), arena, &record->command) ||
	    !read_receipts(json_get(root, "receipts"), arena, record) ||
	    !read_ledger(json_get(root, "ledger"), arena, record))
		return err_set(err, ERR_INPUT, "a row of the history is not of the form that this program writes");
	record->with = json_text_or(json_get(root, "with"), arena, STR_EMPTY);
	record->at_s = at_ms / 1000;
	return true;
}
