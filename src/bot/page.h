/* The page at `/` where the playground's own (playground.h) is not served: what this is. */
#ifndef BOT_PAGE_H
#define BOT_PAGE_H

#include <stdbool.h>

#include "base/str.h"
#include "gacha/catalog.h"

/* HTML. playground: served beyond loopback, where it cannot be played; else the bot is at Discord. */
void page_write(const struct catalog *catalog, bool playground, struct buf *out);

#endif
