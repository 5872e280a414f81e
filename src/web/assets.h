/*
 * The files of the playground's page, src/web/page, as they are built into the program: the list is made from that
 * folder when the program is built (vendor/page.sh). Constants; nothing is owned or freed.
 */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct asset {
	const char *name; /* path below src/web/page: "index.html" */
	const char *type; /* its Content-Type */
	const char *tag;  /* of its bytes, for an ETag: hex digits */
	const unsigned char *data; /* a zlib stream of `len` bytes, which inflates to raw_len */
	size_t len, raw_len;
};

extern const struct asset assets[]; /* by the bytes of their names */
extern const size_t asset_count;

/* NULL if there is none of that name. */
const struct asset *asset_find(struct str name);
/* The compressed bytes, as they are sent with `Content-Encoding: deflate`. */
struct str asset_packed(const struct asset *asset);
/* The file itself, appended to out. ERR_LIMIT when it does not fit. */
bool asset_unpack(const struct asset *asset, struct buf *out, struct err *err);

#endif
