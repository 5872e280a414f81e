/*
 * The document under an interaction's idempotency key: its answer, and whether that arrived. It is
 * what a repeated interaction gets again, and the outbox of an answer that could not be given after
 * the commit (design.md, The store).
 */
#ifndef BOT_ANSWER_H
#define BOT_ANSWER_H

#include <stdbool.h>

#include "base/json_read.h"
#include "base/json_write.h"
#include "bot/turn.h"

struct answer {
	bool delivered;
	struct str command;
	struct json response; /* as message_write_response wrote it; missing once it is not needed any more */
	struct str text;      /* the same, byte by byte */
	struct picture picture; /* that goes with it */
};

/* "ix#<id>" */
struct str answer_key(struct arena *arena, uint64_t interaction);

/* Writes the document of an answer that is still to be given. *response is the place of the response within out. */
bool answer_write(const struct turn *turn, struct str command, struct buf *out, struct str *response, struct err *err);
/* ERR_INPUT for a document that is not of the form. */
bool answer_read(struct str doc, struct arena *arena, struct answer *answer, struct err *err);
/* The document of an answer that has arrived; NULL leaves out what is needed only to give it again. */
void answer_write_delivered(const struct answer *answer, struct buf *out);

/*
 * Adds an answer that did not arrive to the message of this turn: its own embeds first, then those of answers that it
 * told itself. What does not go in is left to /history, which is said, if may_cut. Else false, and nothing is added;
 * so too where the message has no embed left, or the arena no room.
 */
bool answer_tell(struct turn *turn, const struct answer *answer, bool may_cut);

#endif
