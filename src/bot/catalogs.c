#include "bot/catalogs.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"

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

/* ---- a look at the store ---- */

static void submit_rows(struct catalogs_look *look, struct store_row *rows, size_t count)
{
	look->request.rows = rows;
	look->request.row_count = count;
	store_submit(look->store, &look->request);
}

static void found(struct catalogs_look *look, const struct catalog *catalog)
{
	look->catalog = catalog;
	look->text = catalog->text;
	if (!look->guild_scope && look->sha256_hex.len == 0)
		look->catalogs->current = catalog;
}

/* The newest revision of this hash, whatever catalog the list was begun from. */
static const struct revision *named(const struct revisions *revisions, struct str sha256_hex)
{
	for (size_t i = revisions->count; i-- > 0;)
		if (str_eqc(sha256_hex, revisions->list[i].sha256_hex))
			return &revisions->list[i];
	return NULL;
}

static void load_text(struct catalogs_look *look, const struct revision *revision)
{
	look->revision = *revision;
	for (size_t i = 0; i < revision->parts; i++)
		look->parts[i] = (struct store_row){
			.table = STORE_SETTINGS,
			.key = revision_text_key(&look->arena, revision->text, i),
		};
	look->step = CATALOGS_LOOK_TEXT;
	submit_rows(look, look->parts, revision->parts);
}

/* Whether the text is still to come. */
static bool take_list(struct catalogs_look *look)
{
	const struct catalog *configured = look->catalogs->configured;
	const struct revision *revision;
	const struct catalog *catalog;
	struct revisions revisions;

	if (!arena_check(&look->arena, "the revisions of the catalog", &look->err) ||
	    !revisions_decode(&revisions, &look->arena, look->list.doc, &look->err))
		return false;
	if (look->sha256_hex.len > 0)
		revision = named(&revisions, look->sha256_hex);
	else
		revision = revisions_at(&revisions, configured->sha256_hex, look->now_ms);
	if (!revision && look->sha256_hex.len > 0 && !str_eqc(look->sha256_hex, configured->sha256_hex))
		return err_set(&look->err, ERR_NOT_FOUND, "no catalog of this hash is configured or on the list of revisions");
	catalog = revision ? catalogs_find(look->catalogs, revision->sha256_hex) : configured;
	if (catalog)
		found(look, catalog);
	else if (revision)
		load_text(look, revision);
	return !catalog;
}

static void take_text(struct catalogs_look *look)
{
	const struct revision *revision = &look->revision;
	/* Somebody else may have been faster. */
	const struct catalog *catalog = catalogs_find(look->catalogs, revision->sha256_hex);
	struct str text;

	if (!catalog) {
		if (!arena_check(&look->arena, "a catalog", &look->err) ||
		    !revision_unpack(&look->arena, look->parts, revision->parts, &text, &look->err))
			return;
		if (look->sha256_hex.len > 0) {
			look->text = text;
			return;
		}
		catalog = catalogs_add(look->catalogs, revision->sha256_hex, text, &look->err);
	}
	if (catalog)
		found(look, catalog);
}

static void advance(struct store_request *request)
{
	struct catalogs_look *look = request->owner;
	bool more = false;

	look->err = request->err;
	if (look->err.code != ERR_NONE)
		err_wrap(&look->err, "the revisions of the catalog");
	else if (look->step == CATALOGS_LOOK_LIST)
		more = take_list(look);
	else
		take_text(look);
	if (!more)
		look->done(look);
}

void catalogs_look_start(struct catalogs_look *look)
{
	struct arena *arena = &look->arena;

	arena_init(arena, CATALOGS_LOOK_BYTES_MAX);
	look->sha256_hex = arena_str(arena, look->sha256_hex);
	look->list = (struct store_row){
		.table = STORE_SETTINGS,
		.key = revision_key(arena, revision_scope(arena, look->guild_scope, look->guild_id)),
	};
	look->request = (struct store_request){
		.kind = STORE_LOAD,
		.arena = arena,
		.now_s = look->now_ms / 1000,
		.done = advance,
		.owner = look,
	};
	look->step = CATALOGS_LOOK_LIST;
	submit_rows(look, &look->list, 1);
}

void catalogs_look_release(struct catalogs_look *look)
{
	arena_release(&look->arena);
}

static void opened(struct catalogs_look *look)
{
	*(bool *)look->owner = true;
}

bool catalogs_open(struct catalogs *catalogs, struct store *store, int64_t now_ms, struct err *err)
{
	bool ended = false;
	struct catalogs_look look = {
		.catalogs = catalogs,
		.store = store,
		.now_ms = now_ms,
		.done = opened,
		.owner = &ended,
	};

	catalogs_look_start(&look);
	while (!ended)
		store_turn(store, clock_mono_ms());
	*err = look.err;
	catalogs_look_release(&look);
	return err->code == ERR_NONE;
}

/* ---- in memory ---- */

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
		err_set(err, ERR_THROTTLED, "more than %d revisions of the catalog are in use at once", CATALOGS_KEPT_MAX);
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
