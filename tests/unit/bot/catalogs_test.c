#include "bot/catalogs.h"

#include "base/embed.h"
#include "test.h"

static struct arena arena;
static struct catalog configured;
static struct catalogs catalogs;

static bool begin(void)
{
	struct catalog_faults faults;
	struct err err;

	arena_init(&arena, 64u << 20);
	if (!CHECK(catalog_load(&arena, str_make((const char *)embed_catalog.data, embed_catalog.len), &configured, &faults, &err)))
		return false;
	catalogs_init(&catalogs, &configured);
	return true;
}

static void end(void)
{
	catalogs_release(&catalogs);
	arena_release(&arena);
}

/* The starter catalog with another price of a day. *hex is its hash. */
static struct str variant(unsigned daily, const char **hex)
{
	struct str text = str_make((const char *)embed_catalog.data, embed_catalog.len);
	static const struct str before = {"\"daily\": ", 9};
	struct catalog *catalog = ARENA_NEW(&arena, struct catalog);
	struct catalog_faults faults;
	struct buf out;
	struct err err;
	ptrdiff_t at = str_find(text, before);

	buf_init(&out, CATALOG_BYTES_MAX);
	CHECK(at > 0);
	buf_add(&out, str_take(text, (size_t)at + before.len));
	buf_add_u64(&out, daily);
	struct str rest = str_skip(text, (size_t)at + before.len);
	while (rest.len && rest.ptr[0] >= '0' && rest.ptr[0] <= '9')
		rest = str_skip(rest, 1);
	buf_add(&out, rest);
	struct str kept = arena_str(&arena, buf_str(&out));
	buf_release(&out);
	CHECK(catalog_load(&arena, kept, catalog, &faults, &err));
	*hex = catalog->sha256_hex;
	return kept;
}

TEST(the_configured_catalog_is_always_there)
{
	REQUIRE(begin());
	CHECK(catalogs_find(&catalogs, configured.sha256_hex) == &configured);
	CHECK(!catalogs_find(&catalogs, "0000"));
	end();
}

TEST(a_revision_is_read_once_and_makes_room_when_nobody_uses_it)
{
	const char *hex[CATALOGS_KEPT_MAX + 1];
	const struct catalog *first = NULL;
	struct err err;

	REQUIRE(begin());
	for (unsigned i = 0; i <= CATALOGS_KEPT_MAX; i++) {
		struct str text = variant(1000 + i, &hex[i]);

		REQUIRE(catalogs_add(&catalogs, hex[i], text, &err) != NULL);
		if (i == 0) {
			first = catalogs_find(&catalogs, hex[0]);
			CHECK_EQ_INT(first->currency.daily, 1000);
			catalogs_hold(&catalogs, first);
		}
	}
	CHECK(catalogs_find(&catalogs, hex[0]) == first);
	CHECK(!catalogs_find(&catalogs, hex[1]));
	CHECK(catalogs_find(&catalogs, hex[CATALOGS_KEPT_MAX]) != NULL);
	catalogs_let_go(&catalogs, first);
	end();
}

TEST(when_all_are_in_use_another_is_refused)
{
	const char *hex;
	struct err err;

	REQUIRE(begin());
	for (unsigned i = 0; i < CATALOGS_KEPT_MAX; i++) {
		struct str text = variant(1000 + i, &hex);

		catalogs_hold(&catalogs, catalogs_add(&catalogs, hex, text, &err));
	}
	struct str text = variant(2000, &hex);
	CHECK(!catalogs_add(&catalogs, hex, text, &err));
	CHECK_EQ_INT(err.code, ERR_THROTTLED);
	end();
}

TEST(a_text_of_another_hash_is_refused)
{
	const char *hex;
	struct err err;

	REQUIRE(begin());
	struct str text = variant(1234, &hex);
	CHECK(!catalogs_add(&catalogs, "1234123412341234", text, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	CHECK(!catalogs_add(&catalogs, hex, STR("{"), &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	CHECK(catalogs_add(&catalogs, hex, text, &err) != NULL);
	end();
}

/* A store of a few rows that answers loads. */
struct shelf {
	struct store base;
	struct store_row rows[1 + REVISION_PARTS_MAX];
	size_t count;
	struct store_request *request;
	enum err_code fails;
};

static void shelf_submit(struct store *store, struct store_request *request)
{
	((struct shelf *)store)->request = request;
}

static bool shelf_turn(struct store *store, int64_t now_ms)
{
	struct shelf *shelf = (struct shelf *)store;
	struct store_request *request = shelf->request;

	(void)now_ms;
	if (!request)
		return false;
	shelf->request = NULL;
	request->err.code = shelf->fails;
	for (size_t i = 0; i < request->row_count; i++)
		for (size_t k = 0; k < shelf->count; k++)
			if (str_eq(request->rows[i].key, shelf->rows[k].key)) {
				request->rows[i].doc = shelf->rows[k].doc;
				request->rows[i].version = 1;
			}
	request->done(request);
	return true;
}

static const struct store_ops shelf_ops = {.submit = shelf_submit, .turn = shelf_turn, .name = "shelf"};

/* On the shelf: a list of one revision with this price of a day, in force from 5000 on, and its text. */
static const char *put_revision(struct shelf *shelf, const char *key, unsigned daily)
{
	struct revisions revisions = {.count = 0};
	struct revision revision = {.text = 12, .parts = 1, .from_ms = 5000, .by = 1};
	const char *hex;
	struct buf out;
	struct err err;

	struct str text = variant(daily, &hex);
	memcpy(revision.sha256_hex, hex, sizeof(revision.sha256_hex));
	CHECK(revisions_add(&revisions, configured.sha256_hex, &revision, &err));
	buf_init(&out, 65536);
	revisions_encode(&revisions, &out);
	*shelf = (struct shelf){.base = {&shelf_ops}, .count = 2};
	shelf->rows[0] = (struct store_row){.key = str_from(key), .doc = arena_str(&arena, buf_str(&out))};
	CHECK(revision_pack(&arena, 12, text, shelf->rows + 1, &err) == 1);
	buf_release(&out);
	return hex;
}

/* What a look saw, copied before it is released. */
struct seen {
	enum err_code code;
	const struct catalog *catalog;
	struct str text;
	unsigned times;
};

static void see(struct catalogs_look *look)
{
	struct seen *seen = look->owner;

	seen->code = look->err.code;
	seen->catalog = look->catalog;
	seen->text = arena_str(&arena, look->text);
	seen->times++;
	CHECK((seen->code == ERR_NONE) == (seen->text.len > 0));
	catalogs_look_release(look);
}

static struct seen look_for(struct shelf *shelf, int64_t now_ms, uint64_t guild_id, const char *sha256_hex)
{
	struct seen seen = {.times = 0};
	struct catalogs_look look = {
		.catalogs = &catalogs,
		.store = &shelf->base,
		.now_ms = now_ms,
		.guild_scope = guild_id != 0,
		.guild_id = guild_id,
		.sha256_hex = str_from(sha256_hex),
		.done = see,
		.owner = &seen,
	};

	catalogs_look_start(&look);
	CHECK(seen.times == 0);
	while (shelf_turn(&shelf->base, 0))
		;
	CHECK_EQ_INT(seen.times, 1);
	return seen;
}

TEST(a_look_sees_what_has_come_into_force)
{
	struct shelf shelf;

	REQUIRE(begin());
	put_revision(&shelf, "meta#catalog#global", 777);
	CHECK(look_for(&shelf, 4999, 0, "").catalog == &configured);
	const struct catalog *catalog = look_for(&shelf, 5000, 0, "").catalog;
	REQUIRE(catalog != NULL);
	CHECK_EQ_INT(catalog->currency.daily, 777);
	CHECK(catalogs.current == catalog);
	shelf.count = 1;
	CHECK(look_for(&shelf, 5001, 0, "").catalog == catalog);
	shelf.count = 0;
	CHECK(look_for(&shelf, 5001, 0, "").catalog == &configured);
	CHECK(catalogs.current == &configured);
	end();
}

TEST(a_look_at_a_server_leaves_the_game_of_all_alone)
{
	struct shelf shelf;

	REQUIRE(begin());
	put_revision(&shelf, "meta#catalog#31", 777);
	CHECK_EQ_INT(look_for(&shelf, 5000, 31, "").catalog->currency.daily, 777);
	CHECK(catalogs.current == &configured);
	CHECK(look_for(&shelf, 5000, 32, "").catalog == &configured);
	CHECK(look_for(&shelf, 5000, 0, "").catalog == &configured);
	end();
}

TEST(a_look_finds_a_text_by_its_hash_if_the_list_names_it)
{
	struct shelf shelf;
	struct seen seen;

	REQUIRE(begin());
	const char *hex = put_revision(&shelf, "meta#catalog#global", 777);
	seen = look_for(&shelf, 5000, 0, hex);
	CHECK(!seen.catalog && str_find(seen.text, STR("777")) > 0);
	CHECK(!catalogs_find(&catalogs, hex));
	CHECK(catalogs.current == &configured);
	seen = look_for(&shelf, 5000, 0, configured.sha256_hex);
	CHECK(str_eq(seen.text, configured.text));
	CHECK(look_for(&shelf, 5000, 0, "00").code == ERR_NOT_FOUND);
	CHECK(look_for(&shelf, 5000, 31, hex).code == ERR_NOT_FOUND);
	look_for(&shelf, 5000, 0, "");
	shelf.count = 1;
	seen = look_for(&shelf, 5000, 0, hex);
	CHECK(seen.catalog && str_find(seen.text, STR("777")) > 0);
	end();
}

TEST(a_look_that_fails_says_so_and_changes_nothing)
{
	struct shelf shelf;

	REQUIRE(begin());
	const char *hex = put_revision(&shelf, "meta#catalog#global", 777);
	shelf.rows[1].doc = STR("{}");
	CHECK(look_for(&shelf, 5000, 0, "").code == ERR_INPUT);
	CHECK(look_for(&shelf, 5000, 0, hex).code == ERR_INPUT);
	shelf.rows[0].doc = STR("[");
	CHECK(look_for(&shelf, 5000, 0, "").code == ERR_INPUT);
	shelf.fails = ERR_IO;
	CHECK(look_for(&shelf, 5000, 0, "").code == ERR_IO);
	CHECK(catalogs.current == &configured);
	end();
}

TEST(the_revision_in_force_is_there_before_the_first_interaction)
{
	struct shelf shelf;
	struct err err;

	REQUIRE(begin());
	put_revision(&shelf, "meta#catalog#global", 777);
	CHECK(catalogs_open(&catalogs, &shelf.base, 4999, &err));
	CHECK(catalogs.current == &configured);
	CHECK(catalogs_open(&catalogs, &shelf.base, 5000, &err));
	CHECK_EQ_INT(catalogs.current->currency.daily, 777);
	shelf.rows[1].doc = STR("{}");
	catalogs_release(&catalogs);
	catalogs_init(&catalogs, &configured);
	CHECK(!catalogs_open(&catalogs, &shelf.base, 5000, &err));
	CHECK_EQ_INT(err.code, ERR_INPUT);
	shelf.fails = ERR_IO;
	CHECK(!catalogs_open(&catalogs, &shelf.base, 5000, &err));
	CHECK_EQ_INT(err.code, ERR_IO);
	end();
}
