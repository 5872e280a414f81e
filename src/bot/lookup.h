/* Things of a catalog by the ids that a person gave, with an error that says what there is. */
#ifndef BOT_LOOKUP_H
#define BOT_LOOKUP_H

#include "base/arena.h"
#include "base/err.h"
#include "gacha/catalog.h"

/* ERR_USAGE with the nearest banner's id, and a list of them. Scratch memory from arena. */
bool lookup_banner(const struct catalog *catalog, struct str id, struct arena *arena,
		   const struct catalog_banner **banner, struct err *err);
/* Index of a rarity. ERR_USAGE with a list of them. */
bool lookup_rarity(const struct catalog *catalog, struct str id, size_t *rarity, struct err *err);

#endif
