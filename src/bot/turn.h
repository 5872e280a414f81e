/*
 * One interaction as a handler sees it: what was asked, the state that its row of the router named,
 * time and randomness; and what the handler gives back: a message, changes, receipts.
 *
 * A handler is pure: it does no I/O, reads no clock and logs nothing. Everything lives in the arena
 * of the interaction. Changes count only if `changed` is set; a refusal clears it.
 */
#ifndef BOT_TURN_H
#define BOT_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/rng.h"
#include "bot/custom_id.h"
#include "discord/event.h"
#include "discord/message.h"
#include "gacha/catalog.h"
#include "gacha/economy.h"
#include "gacha/player.h"
#include "gacha/receipt.h"
#include "store/store.h"

/* State that a handler's row asks for. */
enum need {
	NEED_PLAYER = 1,  /* the caller's; a fresh one, already opened, where there is none */
	NEED_OTHER = 2,   /* the one that the option `user` names */
	NEED_HISTORY = 4, /* a page of the caller's history, from the button's number on */
	NEED_ZONE = 8,    /* the server's time zone */
};

struct turn {
	struct arena *arena;
	const struct interaction *interaction;
	const struct custom_id *button; /* of a component, else NULL */
	enum language language;
	const struct catalog *catalog;
	struct rng *rng;
	const uint8_t *button_key; /* CUSTOM_ID_KEY_SIZE bytes */
	int64_t now_ms;            /* Unix, of the interaction's arrival */

	struct player *player;
	struct player *other; /* NULL: no such player, or nobody was named */
	const struct store_row *history; /* newest first; one more than a page where there are older ones */
	size_t history_count;
	struct clock_zone zone;

	struct message message;
	struct ledger ledger;
	const struct receipt *receipts;
	size_t receipt_count;
	struct {
		bool set;
		uint64_t epoch;
		uint8_t commit[HASH_SHA256_SIZE];
		uint8_t seed[FAIRNESS_SEED_SIZE];
	} revealed; /* an epoch that ended */
	bool changed;
};

/* Text in the caller's language. Both formats take the same arguments; positional ones where the order differs. */
struct str turn_say(const struct turn *turn, const char *en, const char *ja, ...)
	__attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* Makes the whole answer a private message of this text: what failed, why, and what to do next. Returns true, so that refusing is one line. */
bool turn_refuse(struct turn *turn, const char *en, const char *ja, ...)
	__attribute__((format(printf, 2, 4), format(printf, 3, 4)));

int64_t turn_now_s(const struct turn *turn);
struct str turn_text(const struct turn *turn, const struct localised *text);
/* "1,440" */
struct str turn_number(const struct turn *turn, int64_t number);
/* "💎 1,440" in the catalog's currency. */
struct str turn_money(const struct turn *turn, int64_t amount);
/* "★★★★★", or the rarity's id where it has no stars. */
struct str turn_stars(const struct turn *turn, size_t rarity);
/* "🔥 Name" */
struct str turn_item_name(const struct turn *turn, const struct catalog_item *item);

/* Room for a text of at most bytes_max bytes in the arena; nothing to release. Full from the start when the arena is. */
struct buf turn_buf(const struct turn *turn, size_t bytes_max);

/* The option's text, trimmed; empty if not given. */
struct str turn_option_text(const struct turn *turn, const char *name);

#endif
