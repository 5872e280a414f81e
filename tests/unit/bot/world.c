#include "world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "gacha/player_doc.h"
#include "test.h"

#define ARENA_BYTES (64u << 20)

/* ---- the store ---- */

static struct store_row *find(struct world_store *store, enum store_table table, struct str key, int64_t sort)
{
	for (size_t i = 0; i < store->row_count; i++)
		if (store->rows[i].table == table && str_eq(store->rows[i].key, key) && store->rows[i].sort == sort)
			return &store->rows[i];
	return NULL;
}

static void put(struct world_store *store, const struct store_row *row, uint64_t version)
{
	struct store_row *found = find(store, row->table, row->key, row->sort);

	if (!found) {
		if (!CHECK(store->row_count < WORLD_ROWS_MAX))
			return;
		found = &store->rows[store->row_count++];
	}
	*found = *row;
	found->key = arena_str(&store->arena, row->key);
	found->doc = arena_str(&store->arena, row->doc);
	found->board = arena_str(&store->arena, row->board);
	if (row->board.len == 0)
		memset(found->scores, 0, sizeof(found->scores));
	found->version = version;
}

static void delete(struct world_store *store, const struct store_row *row)
{
	struct store_row *found = find(store, row->table, row->key, row->sort);

	if (found)
		*found = store->rows[--store->row_count];
}

static void do_load(struct world_store *store, struct store_request *request)
{
	store->loads++;
	for (size_t i = 0; i < request->row_count; i++) {
		struct store_row *row = &request->rows[i];
		const struct store_row *found = find(store, row->table, row->key, row->sort);

		row->version = found ? found->version : 0;
		row->doc = found ? arena_str(request->arena, found->doc) : STR_EMPTY;
		row->expires_at_s = found ? found->expires_at_s : 0;
		row->board = found ? arena_str(request->arena, found->board) : STR_EMPTY;
		for (size_t score = 0; score < STORE_SCORES; score++)
			row->scores[score] = found ? found->scores[score] : 0;
	}
}

static void do_page(struct world_store *store, struct store_request *request)
{
	size_t count = 0;
	int64_t before = request->page_before;

	while (count < request->row_count) {
		const struct store_row *best = NULL;

		for (size_t i = 0; i < store->row_count; i++) {
			const struct store_row *row = &store->rows[i];

			if (row->table == STORE_HISTORY && str_eq(row->key, request->page_key) && row->sort < before &&
			    (!best || row->sort > best->sort))
				best = row;
		}
		if (!best)
			break;
		request->rows[count++] = *best;
		before = best->sort;
	}
	request->row_count = count;
}

static bool is_before(const struct store_row *a, const struct store_row *b, size_t score)
{
	if (a->scores[score] != b->scores[score])
		return a->scores[score] > b->scores[score];
	return str_cmp(a->key, b->key) < 0;
}

static bool stands(const struct store_row *row, const struct store_request *request)
{
	return row->table == STORE_USERS && str_eq(row->board, request->top_board) && row->scores[request->top_score] > 0;
}

static void do_top(struct world_store *store, struct store_request *request)
{
	const struct store_row *last = NULL, *asked = find(store, STORE_USERS, request->top_key, 0);
	size_t score = request->top_score, count = 0;

	request->top_rank = asked && stands(asked, request) ? 1 : 0;
	for (size_t i = 0; request->top_rank > 0 && i < store->row_count; i++)
		request->top_rank += stands(&store->rows[i], request) && store->rows[i].scores[score] > asked->scores[score];
	while (count < request->row_count && count < LEADERBOARD_ROWS_MAX) {
		const struct store_row *best = NULL;

		for (size_t i = 0; i < store->row_count; i++) {
			const struct store_row *row = &store->rows[i];

			if (stands(row, request) && (!last || is_before(last, row, score)) && (!best || is_before(row, best, score)))
				best = row;
		}
		if (!best)
			break;
		last = best;
		request->rows[count] = *best;
		request->rows[count].version = 0;
		request->rows[count++].doc = STR_EMPTY;
	}
	request->row_count = count;
}

static bool is_current(struct world_store *store, const struct store_write *write)
{
	const struct store_row *found = find(store, write->row.table, write->row.key, write->row.sort);

	return write->kind == STORE_APPEND || (found ? found->version : 0) == write->row.version;
}

static void apply(struct world_store *store, const struct store_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		enum store_write_kind kind = changes->writes[i].kind;
		struct store_row row = changes->writes[i].row;

		while (kind == STORE_APPEND && find(store, row.table, row.key, row.sort))
			row.sort++;
		if (kind == STORE_DELETE)
			delete(store, &row);
		else if (kind != STORE_CHECK)
			put(store, &row, kind == STORE_APPEND ? 1 : row.version + 1);
	}
	if (changes->once.len > 0)
		put(store,
		    &(struct store_row){.table = STORE_HISTORY,
					.key = changes->once,
					.doc = changes->answer,
					.expires_at_s = changes->answer_expires_at_s},
		    1);
}

static void do_commit(struct world_store *store, struct store_request *request)
{
	const struct store_changes *changes = request->changes;
	const struct store_row *once = changes->once.len > 0 ? find(store, STORE_HISTORY, changes->once, 0) : NULL;

	store->commits++;
	if (once) {
		request->found = arena_str(request->arena, once->doc);
		err_set(&request->err, ERR_DUPLICATE, "committed before");
		return;
	}
	if (store->races > 0) {
		store->races--;
		err_set(&request->err, ERR_CONFLICT, "a row changed");
		return;
	}
	for (size_t i = 0; i < changes->count; i++) {
		if (!is_current(store, &changes->writes[i])) {
			err_set(&request->err, ERR_CONFLICT, "a row changed");
			return;
		}
	}
	if (store->fail_commits > 0) {
		store->fail_commits--;
		err_set(&request->err, store->fail_code, "scripted");
		if (!store->fail_after)
			return;
	}
	apply(store, changes);
}

static void submit(struct store *base, struct store_request *request)
{
	struct world_store *store = (struct world_store *)(void *)base;

	request->next = NULL;
	*store->last = request;
	store->last = &request->next;
}

static bool turn(struct store *base, int64_t now_ms)
{
	struct world_store *store = (struct world_store *)(void *)base;
	struct store_request *request = store->first;

	(void)now_ms;
	if (store->held || !request)
		return false;
	store->first = NULL;
	store->last = &store->first;
	while (request) {
		struct store_request *next = request->next;

		err_clear(&request->err);
		if (request->kind != STORE_COMMIT && store->fail_loads > 0) {
			store->fail_loads--;
			err_set(&request->err, store->fail_code, "scripted");
		} else if (request->kind == STORE_LOAD) {
			do_load(store, request);
		} else if (request->kind == STORE_PAGE) {
			do_page(store, request);
		} else if (request->kind == STORE_TOP) {
			do_top(store, request);
		} else if (request->kind == STORE_COMMIT) {
			do_commit(store, request);
		}
		request->done(request);
		request = next;
	}
	return true;
}

static void free_nothing(struct store *base)
{
	(void)base;
}

static const struct store_ops ops = {.submit = submit, .turn = turn, .free = free_nothing, .name = "memory"};

/* ---- the door ---- */

static struct world *world_of(const struct task *task)
{
	return (struct world *)(void *)task->tasks->settings.rest;
}

static void write_down(struct task *task, struct world_sent sent)
{
	struct world *world = world_of(task);

	sent.task = task;
	sent.body = arena_str(&world->arena, sent.body);
	sent.rows = world->store.row_count;
	if (CHECK(world->sent_count < WORLD_SENT_MAX))
		world->sent[world->sent_count++] = sent;
	if (!sent.dropped && !world->hold_sent)
		task_sent(task, !world->lose_sent);
}

static void first(struct task *task, struct str body)
{
	write_down(task, (struct world_sent){.body = body});
}

static void later(struct task *task, bool follow_up, struct str body)
{
	write_down(task, (struct world_sent){.later = true, .follow_up = follow_up, .body = body});
}

static void drop(struct task *task)
{
	write_down(task, (struct world_sent){.dropped = true, .body = STR_EMPTY});
}

const struct door world_gateway = {
	.counts_from_id = true, .defers = true, .first = first, .later = later, .drop = drop};
const struct door world_playground = {
	.repeats = true, .first = first, .later = later, .drop = drop};
const struct door world_signed = {
	.defers = true, .repeats = true, .first = first, .later = later, .drop = drop};

/* ---- life ---- */

static void start(struct world *world)
{
	const struct tasks_settings settings = {
		.loop = world->loop,
		.store = &world->store.base,
		.catalogs = &world->catalogs,
		.cards = &world->cards,
		.rng = &world->rng,
		.metrics = &world->metrics,
		.seal = &world->seal,
		.button_key = world->button_key,
		/* The doors of this file find their world here; none asks Discord. */
		.rest = (struct rest *)(void *)world,
	};

	world->tasks = calloc(1, sizeof(*world->tasks));
	if (world->tasks)
		tasks_init(world->tasks, &settings);
}

struct world *world_create(struct str catalog_text)
{
	struct world *world = calloc(1, sizeof(*world));
	struct catalog_faults faults;
	struct err err = {.text = ""};

	if (!world)
		return NULL;
	arena_init(&world->arena, ARENA_BYTES);
	arena_init(&world->store.arena, ARENA_BYTES);
	world->store.base.ops = &ops;
	world->store.last = &world->store.first;
	rng_init_seed(&world->rng, "world", 5);
	memset(world->button_key, 7, sizeof(world->button_key));
	world->now_ms = WORLD_NOW_MS;
	world->loop = loop_create(&err);
	if (catalog_text.len == 0)
		catalog_text = str_make((const char *)embed_catalog.data, embed_catalog.len);
	if (!CHECK(catalog_load(&world->arena, catalog_text, &world->catalog, &faults, &err)))
		CHECK_EQ_STR(err.text, "");
	catalogs_init(&world->catalogs, &world->catalog);
	cards_init(&world->cards);
	start(world);
	return world;
}

static void stop(struct world *world)
{
	world->store.first = NULL;
	world->store.last = &world->store.first;
	tasks_release(world->tasks);
	free(world->tasks);
}

void world_restart(struct world *world)
{
	stop(world);
	start(world);
}

void world_free(struct world *world)
{
	stop(world);
	catalogs_release(&world->catalogs);
	cards_release(&world->cards);
	loop_free(world->loop);
	arena_release(&world->store.arena);
	arena_release(&world->arena);
	free(world);
}

/* ---- asking ---- */

uint64_t world_id(struct world *world)
{
	return ((uint64_t)(world->now_ms - INT64_C(1420070400000)) << 22) + world->next_id++;
}

struct json world_parse(struct world *world, struct str text)
{
	struct json root = JSON_MISSING_VALUE;
	struct err err;

	if (!json_parse(&world->arena, text, &root, &err))
		CHECK_EQ_STR(err.text, "");
	return root;
}

static struct json interaction(struct world *world, uint64_t id, uint64_t user, const char *locale, int kind,
			       const char *data)
{
	return world_parse(world, arena_printf(&world->arena,
					       "{\"type\":%d,\"id\":\"%" PRIu64 "\",\"application_id\":\"99\",\"token\":\"t\","
					       "\"guild_id\":\"500\",\"locale\":\"%s\",\"member\":{\"permissions\":\"%" PRIu64 "\",\"user\":"
					       "{\"id\":\"%" PRIu64 "\",\"username\":\"user_%" PRIu64 "\"}},\"data\":%s}",
					       kind, id, locale, world->permissions, user, user, data));
}

struct json world_command(struct world *world, uint64_t id, uint64_t user, const char *locale, const char *data)
{
	return interaction(world, id, user, locale, INTERACTION_COMMAND, data);
}

struct json world_press(struct world *world, uint64_t id, uint64_t user, const char *locale, struct str custom_id)
{
	struct str data = arena_printf(&world->arena, "{\"component_type\":2,\"custom_id\":\"%.*s\"}", STR_ARG(custom_id));

	return interaction(world, id, user, locale, INTERACTION_COMPONENT, arena_cstr(&world->arena, data));
}

bool world_take(struct world *world, const struct door *door, struct json data, struct err *err)
{
	const struct task_event event = {.door = door, .context = world, .data = data, .now_ms = world->now_ms};

	return tasks_take(world->tasks, &event, err);
}

bool world_order(struct world *world, const struct door *door, uint64_t id, const char *data)
{
	struct err err = {.text = ""};

	return CHECK(world_take(world, door, world_command(world, id, 1, "en-US", data), &err));
}

struct task *world_task_at(struct world *world, enum task_step step)
{
	for (size_t i = 0; i < world->tasks->used; i++)
		if (world->tasks->slots[i].step == step)
			return &world->tasks->slots[i];
	return NULL;
}

bool world_end_pause(struct world *world)
{
	struct task *task = world_task_at(world, TASK_PAUSED);

	if (!task)
		return false;
	task->pause_timer.fire(task, 0);
	return true;
}

void world_settle(struct world *world)
{
	while (store_turn(&world->store.base, 0))
		continue;
}

struct json world_last(struct world *world)
{
	if (world->sent_count == 0 || world->sent[world->sent_count - 1].dropped)
		return JSON_MISSING_VALUE;
	return world_parse(world, world->sent[world->sent_count - 1].body);
}

static struct json answer_to(struct world *world, const struct door *door, struct json data)
{
	size_t before = world->sent_count;
	struct err err = {.text = ""};

	if (!world_take(world, door, data, &err))
		CHECK_EQ_STR(err.text, "");
	world_settle(world);
	return world->sent_count > before ? world_last(world) : JSON_MISSING_VALUE;
}

struct json world_ask(struct world *world, const struct door *door, uint64_t user, const char *locale, const char *data)
{
	return answer_to(world, door, world_command(world, world_id(world), user, locale, data));
}

struct json world_push(struct world *world, const struct door *door, uint64_t user, struct str custom_id)
{
	return answer_to(world, door, world_press(world, world_id(world), user, "en-US", custom_id));
}

struct json world_choose(struct world *world, const struct door *door, uint64_t user, struct str custom_id, const char *value)
{
	struct str data = arena_printf(&world->arena, "{\"component_type\":3,\"custom_id\":\"%.*s\",\"values\":[\"%s\"]}",
				       STR_ARG(custom_id), value);

	return answer_to(world, door, interaction(world, world_id(world), user, "en-US", INTERACTION_COMPONENT,
						  arena_cstr(&world->arena, data)));
}

struct json world_submit(struct world *world, const struct door *door, uint64_t user, struct str custom_id, const char *inputs)
{
	struct json_iter iter = json_iterate(world_parse(world, str_from(inputs)));
	struct str rows = STR_EMPTY, data;
	struct json key, value;

	while (json_next(&iter, &key, &value))
		rows = arena_printf(&world->arena, "%.*s%s{\"type\":1,\"components\":[{\"type\":4,\"custom_id\":%.*s,\"value\":%.*s}]}",
				    STR_ARG(rows), rows.len > 0 ? "," : "", STR_ARG(json_raw(key)), STR_ARG(json_raw(value)));
	data = arena_printf(&world->arena, "{\"custom_id\":\"%.*s\",\"components\":[%.*s]}", STR_ARG(custom_id), STR_ARG(rows));
	return answer_to(world, door, interaction(world, world_id(world), user, "en-US", INTERACTION_MODAL,
						  arena_cstr(&world->arena, data)));
}

struct str world_complete(struct world *world, uint64_t user, const char *data)
{
	struct json answer = answer_to(world, &world_gateway,
				       interaction(world, world_id(world), user, "en-US", INTERACTION_AUTOCOMPLETE, data));
	struct json_iter iter = json_iterate(json_get(json_get(answer, "data"), "choices"));
	struct str joined = STR_EMPTY;
	struct json key, choice;

	while (json_next(&iter, &key, &choice))
		joined = arena_printf(&world->arena, "%.*s%s%.*s", STR_ARG(joined), joined.len > 0 ? " " : "",
				      STR_ARG(json_text_or(json_get(choice, "value"), &world->arena, STR_EMPTY)));
	return joined;
}

static void write_ledger(const struct ledger *ledger, struct buf *out)
{
	buf_addc(out, "{\"at\":\"2026-01-01T00:00:00Z\",\"command\":\"test\",\"receipts\":[],\"ledger\":[");
	for (size_t i = 0; i < ledger->count; i++)
		buf_printf(out, "%s{\"account\":\"%s\",\"name\":\"%.*s\",\"delta\":%" PRId64 ",\"after\":%" PRId64 ",\"reason\":\"%s\"}",
			   i > 0 ? "," : "", account_name(ledger->rows[i].account), STR_ARG(ledger->rows[i].name),
			   ledger->rows[i].delta, ledger->rows[i].after, ledger->rows[i].reason);
	buf_addc(out, "]}");
}

void world_credit(struct world *world, const char *key, enum account account, const char *name, int64_t delta)
{
	const struct store_row *found = world_row(world, STORE_USERS, key);
	struct store_row row = {.table = STORE_USERS, .key = str_from(key)};
	struct player *player = ARENA_NEW(&world->arena, struct player);
	struct ledger *ledger = ARENA_NEW(&world->arena, struct ledger);
	int64_t now_s = world->now_ms / 1000;
	struct err err = {.text = ""};
	struct buf out;
	bool ok;

	if (found) {
		ok = player_decode(player, &world->arena, found->key, found->version, found->doc, &world->seal, &err);
	} else {
		player_init(player, &world->arena, row.key, now_s, &world->rng);
		ok = economy_open(player, ledger, &world->catalog, now_s, &err);
	}
	if (!ok || !economy_change(player, ledger, account, str_from(name), delta, "test", now_s, &err))
		CHECK_EQ_STR(err.text, "");
	buf_init(&out, PLAYER_BYTES_MAX);
	player_encode(player, &world->seal, &world->rng, &out);
	row.doc = buf_str(&out);
	put(&world->store, &row, player->version + 1);
	buf_clear(&out);
	write_ledger(ledger, &out);
	row = (struct store_row){.table = STORE_HISTORY, .key = row.key, .sort = 1, .doc = buf_str(&out)};
	while (find(&world->store, row.table, row.key, row.sort))
		row.sort++;
	put(&world->store, &row, 1);
	buf_release(&out);
}

/* ---- looking ---- */

static void add_text(struct world *world, struct json value, struct buf *out)
{
	struct json_iter iter = json_iterate(value);
	struct json key, member;
	struct str text;

	if (json_text(value, &world->arena, &text)) {
		buf_add(out, text);
		buf_add_char(out, '\n');
	}
	while (json_next(&iter, &key, &member))
		add_text(world, member, out);
}

struct str world_text(struct world *world, struct json answer)
{
	struct json data = json_get(answer, "type").doc ? json_get(answer, "data") : answer;
	struct buf out;
	struct str text;

	if (json_is_missing(data))
		data = answer;
	buf_init(&out, 1u << 20);
	add_text(world, json_get(data, "content"), &out);
	add_text(world, json_get(data, "embeds"), &out);
	text = arena_str(&world->arena, buf_str(&out));
	buf_release(&out);
	return text;
}

bool world_says(struct world *world, struct json answer, const char *words)
{
	return str_find(world_text(world, answer), str_from(words)) >= 0;
}

bool world_is_private(struct json answer)
{
	int64_t flags = 0;

	json_i64(json_get(json_get(answer, "data"), "flags"), 0, INT32_MAX, &flags);
	return (flags & 64) != 0;
}

struct str world_button(struct world *world, struct json answer, size_t n)
{
	return world_component(world, answer, 0, n);
}

struct str world_component(struct world *world, struct json answer, size_t place, size_t n)
{
	struct json row = json_at(json_get(json_get(answer, "data"), "components"), place);

	return json_text_or(json_get(json_at(json_get(row, "components"), n), "custom_id"), &world->arena, STR_EMPTY);
}

const struct store_row *world_row(const struct world *world, enum store_table table, const char *key)
{
	for (size_t i = 0; i < world->store.row_count; i++)
		if (world->store.rows[i].table == table && str_eqc(world->store.rows[i].key, key))
			return &world->store.rows[i];
	return NULL;
}

size_t world_rows(const struct world *world, enum store_table table, const char *key)
{
	size_t count = 0;

	for (size_t i = 0; i < world->store.row_count; i++)
		count += world->store.rows[i].table == table && str_eqc(world->store.rows[i].key, key);
	return count;
}

const struct player *world_player(struct world *world, const char *key)
{
	const struct store_row *row = world_row(world, STORE_USERS, key);
	struct player *player = ARENA_NEW(&world->arena, struct player);
	struct err err = {.text = ""};

	if (!row || !player)
		return NULL;
	if (!player_decode(player, &world->arena, row->key, row->version, row->doc, &world->seal, &err))
		CHECK_EQ_STR(err.text, "");
	return player;
}

static int64_t ledger_sum(struct world *world, const char *key, const char *account, struct str name)
{
	int64_t sum = 0;

	for (size_t i = 0; i < world->store.row_count; i++) {
		const struct store_row *row = &world->store.rows[i];
		struct json_iter iter;
		struct json unused, entry;

		if (row->table != STORE_HISTORY || !str_eqc(row->key, key))
			continue;
		iter = json_iterate(json_get(world_parse(world, row->doc), "ledger"));
		while (json_next(&iter, &unused, &entry)) {
			int64_t delta = 0;

			if (str_eqc(json_text_or(json_get(entry, "account"), &world->arena, STR_EMPTY), account) &&
			    str_eq(json_text_or(json_get(entry, "name"), &world->arena, STR_EMPTY), name) &&
			    json_i64(json_get(entry, "delta"), INT64_MIN, INT64_MAX, &delta))
				sum += delta;
		}
	}
	return sum;
}

bool world_is_balanced(struct world *world, const char *key)
{
	const struct player *player = world_player(world, key);
	bool ok = player && ledger_sum(world, key, "balance", STR_EMPTY) == player->balance &&
		  ledger_sum(world, key, "shards", STR_EMPTY) == player->shards;

	for (size_t i = 0; ok && i < world->catalog.item_count; i++) {
		struct str id = world->catalog.items[i].id;
		const struct player_item *item = player_find_item(player, id);

		ok = ledger_sum(world, key, "item", id) == (item ? item->count : 0);
	}
	return ok;
}
