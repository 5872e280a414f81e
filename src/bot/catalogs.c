#include "bot/catalogs.h"

#include <assert.h>
#include <string.h>

void catalogs_init(struct catalogs *catalogs, const struct catalog *configured)
{
	*catalogs = (struct catalogs){.configured = configured, .current = configured};
}

static void free_entry(struct catalogs_entry *entry)
{
	if (entry->catalog)
		arena_release(&entry->arena);
	*entry = (struct catalogs_entry){.catalog = NULL};
}

void catalogs_release(struct catalogs *catalogs)
{
	for (size_t i = 0; i < CATALOGS_KEPT_MAX; i++)
		free_entry(&catalogs->entries[i]);
	*catalogs = (struct catalogs){.configured = NULL};
}

static bool load_rows(struct store *store, struct arena *arena, int64_t now_ms, struct store_row *rows, size_t count,
		      struct err *err)
{
	struct store_request request = {
		.kind = STORE_LOAD,
		.arena = arena,
		.now_s = now_ms / 1000,
		.rows = rows,
		.row_count = count,
	};

	if (store_wait(store, &request))
		return true;
	*err = request.err;
	return err_wrap(err, "the revisions of the catalog");
}

static bool open_revision(struct catalogs *catalogs, struct store *store, struct arena *arena, int64_t now_ms,
			  const struct revision *revision, struct err *err)
{
	struct store_row parts[REVISION_PARTS_MAX];
	const struct catalog *catalog;
	struct str text;

	for (size_t i = 0; i < revision->parts; i++)
		parts[i] = (struct store_row){
			.table = STORE_SETTINGS,
			.key = revision_text_key(arena, revision->text, i),
		};
	if (!load_rows(store, arena, now_ms, parts, revision->parts, err) ||
	    !revision_unpack(arena, parts, revision->parts, &text, err))
		return false;
	catalog = catalogs_add(catalogs, revision->sha256_hex, text, err);
	if (catalog)
		catalogs->current = catalog;
	return catalog != NULL;
}

bool catalogs_open(struct catalogs *catalogs, struct store *store, int64_t now_ms, struct err *err)
{
	struct arena arena;
	struct revisions revisions;
	const struct revision *revision;
	bool ok;

	arena_init(&arena, CATALOGS_OPEN_BYTES_MAX);
	struct store_row list = {.table = STORE_SETTINGS, .key = revision_key(&arena, revision_scope(&arena, false, 0))};
	ok = load_rows(store, &arena, now_ms, &list, 1, err) && revisions_decode(&revisions, &arena, list.doc, err);
	if (ok) {
		revision = revisions_at(&revisions, catalogs->configured->sha256_hex, now_ms);
		ok = !revision || open_revision(catalogs, store, &arena, now_ms, revision, err);
	}
	arena_release(&arena);
	return ok;
}

const struct catalog *catalogs_find(struct catalogs *catalogs, const char *sha256_hex)
{
	if (strcmp(catalogs->configured->sha256_hex, sha256_hex) == 0)
		return catalogs->configured;
	for (size_t i = 0; i < CATALOGS_KEPT_MAX; i++) {
		struct catalogs_entry *entry = &catalogs->entries[i];

		if (!entry->catalog || strcmp(entry->catalog->sha256_hex, sha256_hex) != 0)
			continue;
		entry->used = ++catalogs->uses;
		return entry->catalog;
	}
	return NULL;
}

/* A free place, or that of the catalog unused for longest; NULL when all are held. */
static struct catalogs_entry *make_room(struct catalogs *catalogs)
{
	struct catalogs_entry *oldest = NULL;

	for (size_t i = 0; i < CATALOGS_KEPT_MAX; i++) {
		struct catalogs_entry *entry = &catalogs->entries[i];

		if (!entry->catalog)
			return entry;
		if (entry->users == 0 && entry->catalog != catalogs->current && (!oldest || entry->used < oldest->used))
			oldest = entry;
	}
	if (oldest)
		free_entry(oldest);
	return oldest;
}

static bool load(struct catalogs_entry *entry, const char *sha256_hex, struct str text, struct err *err)
{
	struct catalog_faults faults;

	entry->catalog = ARENA_NEW(&entry->arena, struct catalog);
	if (!entry->catalog)
		return arena_check(&entry->arena, "a catalog", err);
	if (!catalog_load(&entry->arena, text, entry->catalog, &faults, err))
		return err_wrap(err, "revision %.12s of the catalog", sha256_hex);
	return strcmp(entry->catalog->sha256_hex, sha256_hex) == 0 ||
	       err_set(err, ERR_INPUT, "revision %.12s of the catalog is stored with another text, %.12s", sha256_hex,
		       entry->catalog->sha256_hex);
}

const struct catalog *catalogs_add(struct catalogs *catalogs, const char *sha256_hex, struct str text, struct err *err)
{
	struct catalogs_entry *entry = make_room(catalogs);

	if (!entry) {
		err_set(err, ERR_LIMIT, "more than %d revisions of the catalog are in use at once", CATALOGS_KEPT_MAX);
		return NULL;
	}
	arena_init(&entry->arena, CATALOG_ARENA_BYTES_MAX);
	if (!load(entry, sha256_hex, text, err)) {
		arena_release(&entry->arena);
		*entry = (struct catalogs_entry){.catalog = NULL};
		return NULL;
	}
	entry->used = ++catalogs->uses;
	return entry->catalog;
}

static struct catalogs_entry *entry_of(struct catalogs *catalogs, const struct catalog *catalog)
{
	for (size_t i = 0; i < CATALOGS_KEPT_MAX; i++)
		if (catalogs->entries[i].catalog == catalog)
			return &catalogs->entries[i];
	return NULL;
}

void catalogs_hold(struct catalogs *catalogs, const struct catalog *catalog)
{
	struct catalogs_entry *entry = catalog ? entry_of(catalogs, catalog) : NULL;

	if (entry)
		entry->users++;
}

void catalogs_let_go(struct catalogs *catalogs, const struct catalog *catalog)
{
	struct catalogs_entry *entry = catalog ? entry_of(catalogs, catalog) : NULL;

	if (!entry)
		return;
	assert(entry->users > 0);
	entry->users--;
}
