/*
 * A JSON body with files beside it, as multipart/form-data (RFC 7578): part `payload_json`, then
 * `files[0]`, `files[1]`, … as Discord takes and gives them.
 */
#ifndef DISCORD_MULTIPART_H
#define DISCORD_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/rng.h"
#include "base/str.h"
#include "discord/message.h"

/* 128 random bits in hex behind a fixed word: in no file but by a chance that does not happen. */
#define MULTIPART_BOUNDARY_SIZE (sizeof("homu-") + 32)

void multipart_boundary(struct rng *rng, char boundary[MULTIPART_BOUNDARY_SIZE]);
/* "multipart/form-data; boundary=…" */
bool multipart_type(const char *boundary, struct buf *out);
/* The body. ERR_LIMIT when `out` is full. A file's name and type are of our own making: no quotes, no line breaks (asserted). */
bool multipart_write(const char *boundary, struct str json, const struct attachment *files, size_t count,
		     struct buf *out, struct err *err);

#endif
