/*
 * Custom ids of our buttons: what to do, for whom, since when, and a MAC over it, so that a button
 * outlives a restart and nobody can make one (gacha.md, Commands; discord.md 17).
 *
 * Form: verb.owner.issued.target.number.mac, numbers in decimal, the MAC 128 bits in base64url; at
 * most 98 characters. Says nothing about age or owner: the callers judge those.
 */
#ifndef BOT_CUSTOM_ID_H
#define BOT_CUSTOM_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

#define CUSTOM_ID_KEY_SIZE 32
/* Hex digits of the SHA-256 of a banner's or item's id. */
#define CUSTOM_ID_TARGET_DIGITS 12

struct custom_id {
	char verb; /* a letter: the router's table */
	uint64_t owner;
	int64_t issued_s;
	struct str target; /* custom_id_target, or empty */
	int64_t number;    /* of the verb: count, cursor; ≥ 0 */
};

struct str custom_id_target(struct arena *arena, struct str id);
/* Whether the target is this id's. */
bool custom_id_is_target(struct str target, struct str id);
/* The text; empty when the arena is full. */
struct str custom_id_write(struct arena *arena, const uint8_t key[CUSTOM_ID_KEY_SIZE], const struct custom_id *id);
/* False for anything that custom_id_write did not make under this key. *id borrows from text. */
bool custom_id_read(struct arena *arena, const uint8_t key[CUSTOM_ID_KEY_SIZE], struct str text, struct custom_id *id);

#endif
