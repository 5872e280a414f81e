/*
 * A player's form in the store: one JSON object (a row of discord_users).
 *
 * Members that this version does not know are kept as they are. Those that came after the first version may be
 * missing; all else is checked strictly, and what is not of the form is refused.
 */
#ifndef GACHA_PLAYER_DOC_H
#define GACHA_PLAYER_DOC_H

#include "base/err.h"
#include "gacha/player.h"

/*
 * Borrows key and doc, which live as long as the player. ERR_INPUT for a document that is not of the form; ERR_CONFIG
 * when its seed is sealed and the key is missing or another; ERR_LIMIT when the arena is full.
 */
bool player_decode(struct player *player, struct arena *arena, struct str key, uint64_t version, struct str doc,
		   const struct player_seal *seal, struct err *err);
/* Writes the document. rng gives the nonce when sealing. */
void player_encode(const struct player *player, const struct player_seal *seal, struct rng *rng, struct buf *out);

#endif
