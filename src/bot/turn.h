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
#include "bot/guild.h"
#include "bot/picture.h"
#include "bot/revision.h"
#include "discord/event.h"
#include "discord/message.h"
#include "gacha/catalog.h"
#include "gacha/economy.h"
#include "gacha/player.h"
#include "gacha/receipt.h"
#include "store/store.h"

/* State that a handler's row asks for. All but these come with the catalog in force. */
enum need {
	NEED_PLAYER = 1,      /* the caller's; a fresh one, already opened, where there is none */
	NEED_OTHER = 2,       /* of the option `user`, or of a button's number; NULL where there is none */
	NEED_OTHER_OPEN = 4,  /* the same, made and opened where there is none */
	NEED_HISTORY = 8,     /* a page of the caller's history, from the button's number on */
	NEED_GUILD = 16,      /* the server's settings; defaults where there are none */
	NEED_CATALOG = 32,    /* nothing but the catalog in force */
	NEED_FILE = 64,       /* the contents of the option `file` */
	NEED_ALL_HISTORY = 128, /* the same as NEED_HISTORY, but all of it, up to a bound */
};

/* What a handler's row asks for beside these (its `plan`): rows of the settings, a leaderboard, a page of any history. */
struct turn_plan {
	struct store_row rows[PLAN_ROWS_MAX]; /* table, key, sort */
	size_t row_count;
	struct str board; /* empty: no leaderboard */
	size_t board_score;
	struct str page_key; /* instead of the caller's; empty: that one */
};

/* Why the file of a command could not be had. */
enum file_fault {
	FILE_FAULT_NONE, /* it was */
	FILE_FAULT_MISSING,
	FILE_FAULT_SIZE, /* more than CATALOG_BYTES_MAX */
	FILE_FAULT_DATA, /* a `data:` URL that is not base64 */
	FILE_FAULT_FETCH,
	FILE_FAULT_ADDRESS,
	FILE_FAULTS,
};

/* Discord's permission bits. */
#define PERMISSION_ADMINISTRATOR (UINT64_C(1) << 3)
#define PERMISSION_MANAGE_GUILD (UINT64_C(1) << 5)

struct turn {
	struct arena *arena;
	const struct interaction *interaction;
	const struct custom_id *button; /* of a component or modal, else NULL */
	enum language language;
	bool guild_scope;          /* accounts are a server's own */
	uint64_t admin_guild;      /* as in tasks_settings */
	const struct catalog *catalog; /* in force */
	const struct catalog *configured; /* that revisions follow */
	struct revisions *revisions; /* of the catalog */
	struct rng *rng;
	const uint8_t *button_key; /* CUSTOM_ID_KEY_SIZE bytes */
	int64_t now_ms;            /* Unix, of the interaction's arrival */

	struct player *player;
	struct player *other; /* NULL: no such player, or nobody was named */
	const struct store_row *history; /* newest first; one more than a page where there are older ones */
	size_t history_count;
	bool history_is_cut; /* NEED_ALL_HISTORY: there are older ones that were left out */
	struct guild guild;
	const struct store_row *rows; /* of the plan, in its order */
	size_t row_count;
	const struct store_row *board; /* of the plan's leaderboard: highest first */
	size_t board_count;
	int64_t board_rank; /* the caller's; 0: not on it, -1: far down */
	struct str file;    /* contents; empty with file_fault */
	enum file_fault file_fault;

	struct message message;
	struct picture picture; /* drawn when the answer goes out; its file is among the message's */
	struct ledger ledger;
	struct ledger other_ledger;
	const struct receipt *receipts;
	size_t receipt_count;
	struct {
		bool set;
		uint64_t epoch;
		uint8_t commit[HASH_SHA256_SIZE];
		uint8_t seed[FAIRNESS_SEED_SIZE];
	} revealed; /* an epoch that ended */
	bool changed;       /* the caller's state; with it, what follows is kept too */
	bool other_changed;
	bool guild_changed;
	bool job_added; /* among the writes: whoever does jobs is told */
	struct store_write writes[TURN_WRITES_MAX]; /* rows of the handler's own */
	size_t write_count;
	struct message *announcement; /* to the guild's channel, when the answer has arrived; or NULL */
};

/* Text in the caller's language. Both formats take the same arguments; positional ones where the order differs. */
struct str turn_say(const struct turn *turn, const char *en, const char *ja, ...)
	__attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* Makes the whole answer a private message of this text: what failed, why, and what to do next. Returns true, so that refusing is one line. */
bool turn_refuse(struct turn *turn, const char *en, const char *ja, ...)
	__attribute__((format(printf, 2, 4), format(printf, 3, 4)));

/* The same, for who has as much of something as is counted. */
bool turn_refuse_full(struct turn *turn);

/* For a person's place that a bot was put into. */
bool turn_refuse_bot(struct turn *turn);

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
/* The option's integer; `otherwise` if not given. */
int64_t turn_option_integer(const struct turn *turn, const char *name, int64_t otherwise);

/* Of a completion: what was typed so far, trimmed. */
struct str turn_focused_text(const struct turn *turn);
/* Whether an id or a name in either language holds what was typed, without case. */
bool turn_matches(struct str id, const struct localised *name, struct str typed);

/* Whether the caller has one of these permissions here (router.h, PERMISSION_…; 0: nothing is needed). */
bool turn_may(const struct turn *turn, uint64_t permissions);

/* A button's custom id for the caller, issued now; empty when the arena is full. target: custom_id_target, or empty. */
struct str turn_custom_id(const struct turn *turn, char verb, struct str target, int64_t number);
/* The same for another owner. */
struct str turn_custom_id_for(const struct turn *turn, uint64_t owner, char verb, struct str target, int64_t number);
/* The item or banner whose custom_id_target this is; NULL if the catalog has it no more. */
const struct catalog_item *turn_item_by_target(const struct turn *turn, struct str target);
const struct catalog_banner *turn_banner_by_target(const struct turn *turn, struct str target);
/* By id, or by a name in either language without case; NULL if there is none. */
const struct catalog_item *turn_find_item(const struct turn *turn, struct str text);
const struct catalog_banner *turn_find_banner(const struct turn *turn, struct str text);

/* Puts the picture's file into the message; text says what it shows to who does not see it. The cards are the caller's. */
void turn_attach_picture(struct turn *turn, struct str text);

/* Keeps a row with the change; it borrows the row's texts. */
void turn_write(struct turn *turn, enum store_write_kind kind, const struct store_row *row);
/* Whose the key of a player is: `<user>` or `<guild>/<user>`; 0 for a key that is none. */
uint64_t turn_key_user(struct str key);
/* `<@1>`, which Discord shows as a name; nobody is pinged. */
struct str turn_mention(const struct turn *turn, uint64_t user);

#endif
