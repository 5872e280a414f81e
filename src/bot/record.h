/*
 * The history document of one interaction that changed something (interface.md, Tables): what it
 * was, its receipts, its ledger rows, and the seed of an epoch that it ended.
 *
 * The sum of all ledger rows of a player is the player's state (gacha.md, Economy).
 */
#ifndef BOT_RECORD_H
#define BOT_RECORD_H

#include <stdint.h>

#include "base/json_read.h"
#include "base/json_write.h"
#include "bot/turn.h"
#include "gacha/pull.h"

/* Of the caller, or of the other player of a turn that changed both. */
void record_write(const struct turn *turn, const struct player *player, struct str command, struct json_writer *writer);

/* Items that came or went without a draw: bought, chosen, given, traded, set aside. Further ones of one interaction are not shown. */
#define RECORD_MOVES_MAX 6

struct record_move {
	struct str item;
	int64_t delta;
};

/* What /history shows of one. Borrows from the document and the arena. */
struct record {
	int64_t at_s;
	struct str command;
	struct str banner;          /* of its receipts, or empty */
	struct str results[PULL_COUNT_MAX]; /* item ids of its receipts */
	size_t result_count;
	int64_t start;              /* what a new player was given */
	int64_t balance;            /* sum over the ledger's other rows */
	int64_t shards;
	struct record_move moves[RECORD_MOVES_MAX];
	size_t move_count;
	struct str with;            /* key of the other player, or empty */
};

/* ERR_INPUT for a document that is not of the form, or whose sums overflow. */
bool record_read(struct str doc, struct arena *arena, struct record *record, struct err *err);

#endif
