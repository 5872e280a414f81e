/*
 * Changes of value. Each goes through economy_change, which moves the player and appends the ledger
 * row, so that the sum of the ledger equals the state by construction (gacha.md, Economy).
 */
#ifndef GACHA_ECONOMY_H
#define GACHA_ECONOMY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "gacha/player.h"

enum account { ACCOUNT_BALANCE, ACCOUNT_SHARDS, ACCOUNT_ITEM, ACCOUNT_SPARK, ACCOUNT_COUNT };

struct ledger_row {
	enum account account;
	struct str name; /* item or banner id; empty for balance and shards */
	int64_t delta;
	int64_t after;
	const char *reason; /* static word: start, daily, pull, duplicate, buy, spark, gift, trade, escrow, … */
};

struct ledger {
	struct ledger_row rows[LEDGER_ROWS_MAX];
	size_t count;
};

/* Words of the accounts in stored rows: "balance", "shards", "item", "spark". Static. */
const char *account_name(enum account account);

/*
 * Adds delta (not 0) to an account. ERR_LIMIT beyond GACHA_INTEGER_MAX, on a full ledger or arena; ERR_REFUSED when it
 * would fall below 0; nothing is changed then. now_s dates a first item. name is borrowed by the row.
 */
bool economy_change(struct player *player, struct ledger *ledger, enum account account, struct str name,
		    int64_t delta, const char *reason, int64_t now_s, struct err *err);

/* Credits currency.start to a player who has just been made. */
bool economy_open(struct player *player, struct ledger *ledger, const struct catalog *catalog, int64_t now_s,
		  struct err *err);

/* What came of a purchase, a gift or a trade. Nothing has changed unless it is DEAL_DONE. */
enum deal {
	DEAL_DONE,
	DEAL_COUNT,       /* the count is not 1 … TRADE_COUNT_MAX */
	DEAL_SHORT,       /* too few shards, points or copies */
	DEAL_NOT_SOLD,    /* the item has no price */
	DEAL_NOT_LISTED,  /* the banner has no spark, or not for this item */
	DEAL_ENDED,       /* the banner has ended */
	DEAL_SELF,        /* with oneself */
	DEAL_SAME_ITEM,   /* an item for itself */
	DEAL_FAVOURITE,   /* it would take a favourite's last copy */
	DEAL_OFFERS_FULL, /* OFFERS_MAX are open, or one with this id */
	DEAL_NO_OFFER,    /* it was accepted or ended, or has expired */
	DEAL_STRANGER,    /* the offer is none of this player's business */
	DEAL_OVERFLOW,    /* somebody would have more than GACHA_INTEGER_MAX */
	DEAL_FAILED,      /* err says: the ledger or the arena is full (ERR_LIMIT) */
};

/* One change of value among several that belong together. The reason is a static word, name is borrowed. */
struct economy_step {
	struct player *player;
	struct ledger *ledger;
	enum account account;
	struct str name;
	int64_t delta; /* 0: nothing to do */
	const char *reason;
};

/*
 * All steps or none: DEAL_DONE, DEAL_SHORT, DEAL_OVERFLOW or DEAL_FAILED. What comes in is booked before what goes out.
 * No two steps take from one account (asserted).
 */
enum deal economy_apply(const struct economy_step *steps, size_t count, int64_t now_s, struct err *err);

/* Whether the player can part with so many copies: DEAL_DONE, DEAL_COUNT, DEAL_SHORT or DEAL_FAVOURITE. */
enum deal economy_can_give(const struct player *player, struct str item, int64_t count);

struct daily_result {
	bool claimed;          /* false: already claimed on this day */
	int64_t base, bonus;   /* what was credited */
	int64_t streak;        /* claims so far with this one */
	int64_t next_s;        /* Unix seconds at which the next day begins */
};

/*
 * The daily gift; `day` is the calendar day in the server's zone, next_s the start of the day after. It is claimed on a
 * day after the last claim's; a missed day pauses the streak and takes nothing away. The bonus comes on top of the base.
 */
bool economy_daily(struct player *player, struct ledger *ledger, const struct catalog *catalog, int64_t day,
		   int64_t next_s, int64_t now_s, struct daily_result *result, struct err *err);

#endif
