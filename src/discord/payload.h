/*
 * What a session sends, as JSON, the query of the URL that it connects to, and the reading of a frame. Pure.
 *
 * Payloads fit GATEWAY_SEND_BYTES_MAX by the bounds of what goes into them (token, session id, text).
 */
#ifndef DISCORD_PAYLOAD_H
#define DISCORD_PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/secret.h"
#include "base/str.h"

enum presence_status { PRESENCE_ONLINE, PRESENCE_IDLE, PRESENCE_DND, PRESENCE_INVISIBLE };

struct presence {
	enum presence_status status;
	struct str text; /* shown as a custom status; empty: none */
};

/* intents are 0: interactions need none (discord.md 9). */
void payload_identify(const struct secret *token, unsigned shard, unsigned shard_count,
		      const struct presence *presence, struct buf *out);
void payload_resume(const struct secret *token, struct str session_id, int64_t seq, struct buf *out);
/* seq NULL: none yet. */
void payload_heartbeat(const int64_t *seq, struct buf *out);
void payload_presence(const struct presence *presence, struct buf *out);

/*
 * "?v=10&encoding=json&compress=zlib-stream" put into a URL that may have a path, a slash at its end,
 * or a query of its own (discord.md 1, 4). out is full if it does not fit.
 */
void payload_url(struct str url, struct buf *out);

/*
 * A frame as JSON. Escapes of lone surrogates, which the grammar of RFC 8259 allows (8.2) and json_parse does not, are
 * read as U+FFFD, in a copy: such a frame's op, s and t still count (discord.md 9). *was_mended says so, and err what for.
 */
bool payload_read(struct arena *arena, struct str text, struct json *root, bool *was_mended, struct err *err);

#endif
