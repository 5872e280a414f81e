/* The page at `/`: what this is, and how to talk to it. */
#ifndef BOT_PAGE_H
#define BOT_PAGE_H

#include <stdbool.h>

#include "base/str.h"
#include "gacha/catalog.h"

/* HTML. playground: how to play with curl; else that the bot is at Discord. */
void page_write(const struct catalog *catalog, bool playground, struct str address, struct buf *out);

#endif
