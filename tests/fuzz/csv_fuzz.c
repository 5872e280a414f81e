/* The table of items: what is read can be written and read again as the same items; every fault has a line of the table. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bot/catalog_csv.h"
#include "bot/catalog_edit.h"

enum { MEMORY_MAX = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char catalog_text[] =
	"{\"schema\":1,\"currency\":{\"name\":{\"ja\":\"a\",\"en\":\"a\"},\"emoji\":\"x\",\"start\":1,\"daily\":1},"
	"\"rarities\":[{\"id\":\"R\",\"shards\":1}],\"items\":[{\"id\":\"a\",\"rarity\":\"R\",\"name\":{\"ja\":\"=a\",\"en\":\"'b\"},"
	"\"price\":5}],\"banners\":[{\"id\":\"b\",\"name\":{\"ja\":\"a\",\"en\":\"a\"},\"start\":\"2026-01-01T00:00:00Z\","
	"\"cost\":{\"1\":1},\"rates\":{\"R\":\"100%\"}}]}";

static void require(bool holds)
{
	if (!holds)
		abort();
}

static struct catalog *load(struct arena *arena, struct str text)
{
	struct catalog *catalog = ARENA_NEW(arena, struct catalog);
	struct catalog_faults faults;
	struct err err;

	return catalog && catalog_load(arena, text, catalog, &faults, &err) ? catalog : NULL;
}

/* Written out and read again, a catalog is the same. */
static void check_round_trip(struct arena *arena, const struct catalog *catalog)
{
	struct edit_faults faults = {.arena = arena};
	const struct catalog *again;
	struct csv_items items;
	struct buf table;
	struct str text;
	struct err err;

	buf_init(&table, MEMORY_MAX);
	catalog_csv_write(catalog, &table);
	require(catalog_csv_read(arena, buf_str(&table), catalog, &faults, &items, &err) && items.count == catalog->item_count);
	require(catalog_edit_put(arena, catalog->text, "items", items.elements, &text, &err));
	again = load(arena, text);
	require(again && strcmp(again->sha256_hex, catalog->sha256_hex) == 0);
	buf_release(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str table = str_make((const char *)data, size), text;
	struct edit_faults faults;
	const struct catalog *base, *changed;
	struct csv_items items;
	struct arena arena;
	struct err err;

	arena_init(&arena, MEMORY_MAX);
	faults = (struct edit_faults){.arena = &arena};
	base = load(&arena, str_from(catalog_text));
	require(base != NULL);
	if (catalog_csv_read(&arena, table, base, &faults, &items, &err)) {
		require(faults.count == 0 && items.count > 0);
		require(catalog_edit_put(&arena, base->text, "items", items.elements, &text, &err));
		changed = load(&arena, text);
		if (changed)
			check_round_trip(&arena, changed);
	} else {
		size_t lines = 1;

		for (size_t i = 0; i < size; i++)
			lines += data[i] == '\n';
		for (size_t i = 0; i < faults.count; i++)
			require(faults.list[i].line >= 1 && faults.list[i].line <= lines && faults.list[i].text.len > 0);
		require(faults.count > 0 || err.code == ERR_LIMIT);
	}
	arena_release(&arena);
	return 0;
}
