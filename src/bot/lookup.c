#include "bot/lookup.h"

#include "base/nearest.h"

bool lookup_banner(const struct catalog *catalog, struct str id, struct arena *arena,
		   const struct catalog_banner **banner, struct err *err)
{
	struct str list = STR_EMPTY;
	struct nearest nearest;

	*banner = catalog_find_banner(catalog, id);
	if (*banner)
		return true;
	nearest_init(&nearest, id);
	for (size_t i = 0; i < catalog->banner_count; i++) {
		struct str known = catalog->banners[i].id;

		nearest_offer(&nearest, known);
		if (list.len < ERR_TEXT_MAX)
			list = arena_printf(arena, "%.*s%s%.*s", STR_ARG(list), list.len ? ", " : "", STR_ARG(known));
	}
	return err_set(err, ERR_USAGE, "the catalog has no banner \"%.*s\"; did you mean %.*s? It has: %.*s", STR_ARG(id),
		       STR_ARG(nearest.best), STR_ARG(list));
}

bool lookup_rarity(const struct catalog *catalog, struct str id, size_t *rarity, struct err *err)
{
	int found = catalog_find_rarity(catalog, id);
	char list[ERR_TEXT_MAX];
	struct buf buf;

	if (found >= 0) {
		*rarity = (size_t)found;
		return true;
	}
	buf_wrap(&buf, list, sizeof(list));
	for (size_t i = 0; i < catalog->rarity_count; i++)
		buf_printf(&buf, "%s%.*s", i ? ", " : "", STR_ARG(catalog->rarities[i].id));
	return err_set(err, ERR_USAGE, "the catalog has no rarity \"%.*s\"; it has: %.*s", STR_ARG(id), STR_ARG(buf_str(&buf)));
}
