#include "gacha/player.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "gacha/list.h"

#define NONCE_SIZE 12
#define TAG_SIZE 16
#define SEALED_SIZE (NONCE_SIZE + FAIRNESS_SEED_SIZE + TAG_SIZE)
#define DOCUMENT_VERSION 1

/* ---- a new player ---- */

static void new_seed(struct player *player, struct rng *rng)
{
	rng_bytes(rng, player->fairness.seed, sizeof(player->fairness.seed));
	player->fairness.next_n = 1;
	memset(player->fairness.chain, 0, sizeof(player->fairness.chain));
}

void player_init(struct player *player, struct arena *arena, struct str key, int64_t now_s, struct rng *rng)
{
	*player = (struct player){
		.key = key,
		.created_at_s = now_s,
		.daily_day = -1,
		.fairness = {.epoch = 1, .client_seed = STR_EMPTY},
		.pity = {.arena = arena},
		.arena = arena,
	};
	new_seed(player, rng);
}

void player_rotate_seed(struct player *player, struct rng *rng, uint8_t revealed[FAIRNESS_SEED_SIZE])
{
	memcpy(revealed, player->fairness.seed, FAIRNESS_SEED_SIZE);
	player->fairness.epoch++;
	new_seed(player, rng);
}

/* ---- counters, items, points ---- */

void player_load_pity(const struct player *player, const struct catalog *catalog, struct str group,
		      struct draw_state *state)
{
	pity_load(&player->pity, catalog, group, state);
}

bool player_save_pity(struct player *player, const struct catalog *catalog, struct str group,
		      const struct draw_state *state)
{
	return pity_save(&player->pity, catalog, group, state);
}

/* The place of an item, or where it goes. */
static bool locate_item(const struct player *player, struct str id, size_t *index)
{
	size_t low = 0, high = player->item_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(player->items[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*index = low;
	return low < player->item_count && str_eq(player->items[low].id, id);
}

static struct player_item *insert_item(struct player *player, size_t index)
{
	struct player_item *list = list_insert(player->arena, player->items, &player->item_capacity, &player->item_count,
					       sizeof(*player->items), index);

	if (!list)
		return NULL;
	player->items = list;
	list[index] = (struct player_item){.count = 0};
	return &list[index];
}

const struct player_item *player_find_item(const struct player *player, struct str id)
{
	size_t index;

	return locate_item(player, id, &index) ? &player->items[index] : NULL;
}

bool player_set_item(struct player *player, struct str id, int64_t count, int64_t now_s)
{
	struct player_item *item;
	size_t index;

	if (locate_item(player, id, &index)) {
		player->items[index].count = count;
		if (count > 0)
			return true;
		player->item_count--;
		memmove(player->items + index, player->items + index + 1,
			(player->item_count - index) * sizeof(*player->items));
		return true;
	}
	if (count == 0)
		return true;
	id = arena_str(player->arena, id);
	item = id.len ? insert_item(player, index) : NULL;
	if (!item)
		return false;
	item->id = id;
	item->count = count;
	item->first_at_s = now_s;
	return true;
}

static struct player_spark *find_spark(const struct player *player, struct str banner)
{
	for (size_t i = 0; i < player->spark_count; i++)
		if (str_eq(player->sparks[i].banner, banner))
			return &player->sparks[i];
	return NULL;
}

static struct player_spark *append_spark(struct player *player)
{
	struct player_spark *list = list_insert(player->arena, player->sparks, &player->spark_capacity,
						&player->spark_count, sizeof(*player->sparks), player->spark_count);

	if (!list)
		return NULL;
	player->sparks = list;
	return &list[player->spark_count - 1];
}

int64_t player_spark_points(const struct player *player, struct str banner)
{
	const struct player_spark *spark = find_spark(player, banner);

	return spark ? spark->points : 0;
}

bool player_set_spark(struct player *player, struct str banner, int64_t points)
{
	struct player_spark *spark = find_spark(player, banner);

	if (!spark) {
		banner = arena_str(player->arena, banner);
		spark = banner.len ? append_spark(player) : NULL;
		if (!spark)
			return false;
		spark->banner = banner;
	}
	spark->points = points;
	return true;
}

/* ---- the document ---- */

static const char *const document_keys[] = {"v",	"created",  "balance", "shards", "daily", "pulls",
					    "fairness", "pity",	    "items",   "spark",	 "last", NULL};
static const char *const daily_keys[] = {"day", "streak", NULL};
static const char *const fairness_keys[] = {"epoch", "seed", "sealed", "client_seed", "next", "chain", NULL};
static const char *const pity_keys[] = {"n", "flag", NULL};
static const char *const item_keys[] = {"count", "first", "favourite", NULL};

/* What a sealed seed is bound to, so that it cannot be moved to another player or epoch; empty when the arena is full. */
static struct str seal_context(const struct player *player)
{
	return arena_printf(player->arena, "homuhomu seed|%.*s|%llu", STR_ARG(player->key),
			    (unsigned long long)player->fairness.epoch);
}

struct decoding {
	struct player *player;
	const struct player_seal *seal;
	struct err *err;
};

static bool refuse(struct decoding *decoding, const char *what)
{
	return err_set(decoding->err, ERR_INPUT, "the stored player %.*s: '%s' is missing or not of its form",
		       STR_ARG(decoding->player->key), what);
}

static bool get_integer(struct decoding *decoding, struct json object, const char *key, int64_t min, int64_t *out)
{
	return json_i64(json_get(object, key), min, GACHA_INTEGER_MAX, out) || refuse(decoding, key);
}

static bool get_count(struct decoding *decoding, struct json object, const char *key, uint64_t *out)
{
	return json_u64(json_get(object, key), 1, GACHA_INTEGER_MAX, out) || refuse(decoding, key);
}

static bool get_bytes(struct json value, struct arena *arena, void *out, size_t len)
{
	struct str hex;

	return json_text(value, arena, &hex) && codec_unhex(hex, out, len);
}

static bool open_seed(struct decoding *decoding, struct json sealed)
{
	struct player *player = decoding->player;
	struct str context = seal_context(player);
	uint8_t bytes[SEALED_SIZE];

	if (!context.len)
		return arena_check(player->arena, "a player", decoding->err);
	if (!get_bytes(sealed, player->arena, bytes, sizeof(bytes)))
		return refuse(decoding, "sealed");
	if (!decoding->seal || !decoding->seal->set)
		return err_set(decoding->err, ERR_CONFIG,
			       "the seed of player %.*s is sealed; set HOMU_SEED_KEY to the key it was sealed with",
			       STR_ARG(player->key));
	if (!hash_open(decoding->seal->key, bytes, context,
		       str_make((const char *)bytes + NONCE_SIZE, sizeof(bytes) - NONCE_SIZE), player->fairness.seed))
		return err_set(decoding->err, ERR_CONFIG,
			       "the seed of player %.*s is sealed with another key; set HOMU_SEED_KEY to that one",
			       STR_ARG(player->key));
	return true;
}

static bool decode_fairness(struct decoding *decoding, struct json fairness)
{
	struct player *player = decoding->player;
	struct json sealed = json_get(fairness, "sealed");

	if (!get_count(decoding, fairness, "epoch", &player->fairness.epoch) ||
	    !get_count(decoding, fairness, "next", &player->fairness.next_n))
		return false;
	if (!json_text(json_get(fairness, "client_seed"), player->arena, &player->fairness.client_seed) ||
	    !fairness_client_seed_valid(player->fairness.client_seed))
		return refuse(decoding, "client_seed");
	if (!get_bytes(json_get(fairness, "chain"), player->arena, player->fairness.chain, sizeof(player->fairness.chain)))
		return refuse(decoding, "chain");
	if (!json_is_missing(sealed))
		return open_seed(decoding, sealed);
	return get_bytes(json_get(fairness, "seed"), player->arena, player->fairness.seed, FAIRNESS_SEED_SIZE) ||
	       refuse(decoding, "seed");
}

static bool decode_group(struct decoding *decoding, struct str group, struct json rarities)
{
	struct player *player = decoding->player;
	struct json_iter iter = json_iterate(rarities);
	struct json key, value;

	if (json_type(rarities) != JSON_OBJECT)
		return refuse(decoding, "pity");
	while (json_next(&iter, &key, &value)) {
		struct pity *pity = pity_append(&player->pity);

		if (!pity)
			return arena_check(player->arena, "a player", decoding->err);
		pity->group = group;
		pity->rest = value;
		if (!json_text(key, player->arena, &pity->rarity))
			return arena_check(player->arena, "a player", decoding->err);
		if (!json_bool(json_get(value, "flag"), &pity->flag))
			return refuse(decoding, "flag");
		if (!get_count(decoding, value, "n", &pity->n))
			return false;
	}
	return true;
}

static bool decode_pity(struct decoding *decoding, struct json groups)
{
	struct json_iter iter = json_iterate(groups);
	struct json key, value;
	struct str group;

	if (json_type(groups) != JSON_OBJECT)
		return refuse(decoding, "pity");
	while (json_next(&iter, &key, &value)) {
		if (!json_text(key, decoding->player->arena, &group))
			return arena_check(decoding->player->arena, "a player", decoding->err);
		if (!decode_group(decoding, group, value))
			return false;
	}
	return true;
}

static int compare_items(const void *a, const void *b)
{
	const struct player_item *x = a;
	const struct player_item *y = b;

	return str_cmp(x->id, y->id);
}

static bool decode_items(struct decoding *decoding, struct json items)
{
	struct player *player = decoding->player;
	struct json_iter iter = json_iterate(items);
	struct json key, value;

	if (json_type(items) != JSON_OBJECT)
		return refuse(decoding, "items");
	while (json_next(&iter, &key, &value)) {
		struct player_item *item = insert_item(player, player->item_count);
		struct json favourite = json_get(value, "favourite");

		if (!item || !json_text(key, player->arena, &item->id))
			return arena_check(player->arena, "a player", decoding->err);
		item->rest = value;
		if (!get_integer(decoding, value, "count", 1, &item->count) ||
		    !get_integer(decoding, value, "first", 0, &item->first_at_s))
			return false;
		if (!json_is_missing(favourite) && !json_bool(favourite, &item->favourite))
			return refuse(decoding, "favourite");
	}
	if (player->item_count)
		qsort(player->items, player->item_count, sizeof(*player->items), compare_items);
	return true;
}

static bool decode_sparks(struct decoding *decoding, struct json sparks)
{
	struct player *player = decoding->player;
	struct json_iter iter = json_iterate(sparks);
	struct json key, value;

	if (json_type(sparks) != JSON_OBJECT)
		return refuse(decoding, "spark");
	while (json_next(&iter, &key, &value)) {
		struct player_spark *spark = append_spark(player);

		if (!spark || !json_text(key, player->arena, &spark->banner))
			return arena_check(player->arena, "a player", decoding->err);
		if (!json_i64(value, 0, GACHA_INTEGER_MAX, &spark->points))
			return refuse(decoding, "spark");
	}
	return true;
}

static bool decode_last(struct decoding *decoding, struct json last)
{
	struct player *player = decoding->player;
	struct json_iter iter = json_iterate(last);
	struct json key, value;

	if (json_is_missing(last))
		return true;
	if (json_type(last) != JSON_ARRAY || json_count(last) > EARLIER_ANSWERS_MAX)
		return refuse(decoding, "last");
	while (json_next(&iter, &key, &value))
		if (!json_text(value, player->arena, &player->last[player->last_count++]))
			return refuse(decoding, "last");
	return true;
}

bool player_decode(struct player *player, struct arena *arena, struct str key, uint64_t version, struct str doc,
		   const struct player_seal *seal, struct err *err)
{
	struct decoding decoding = {player, seal, err};
	struct json root, daily;
	int64_t form;

	*player = (struct player){.key = key, .version = version, .pity = {.arena = arena}, .arena = arena};
	if (!json_parse_strict(arena, doc, &root, NULL, err))
		return err_wrap(err, "the stored player %.*s", STR_ARG(key));
	player->rest = root;
	daily = json_get(root, "daily");
	if (!get_integer(&decoding, root, "v", 1, &form))
		return false;
	if (form != DOCUMENT_VERSION)
		return err_set(err, ERR_INPUT, "the stored player %.*s is of form %lld; a newer program wrote it",
			       STR_ARG(key), (long long)form);
	return get_integer(&decoding, root, "created", 0, &player->created_at_s) &&
	       get_integer(&decoding, root, "balance", 0, &player->balance) &&
	       get_integer(&decoding, root, "shards", 0, &player->shards) &&
	       get_integer(&decoding, daily, "day", -1, &player->daily_day) &&
	       get_integer(&decoding, daily, "streak", 0, &player->streak) &&
	       get_integer(&decoding, root, "pulls", 0, &player->pulls) &&
	       decode_fairness(&decoding, json_get(root, "fairness")) &&
	       decode_pity(&decoding, json_get(root, "pity")) && decode_items(&decoding, json_get(root, "items")) &&
	       decode_sparks(&decoding, json_get(root, "spark")) && decode_last(&decoding, json_get(root, "last")) &&
	       arena_check(arena, "a player", err);
}

static bool is_known(struct str key, const char *const *known)
{
	for (; *known; known++)
		if (str_eqc(key, *known))
			return true;
	return false;
}

/* Members that this version does not know, as they were read. */
static void put_unknown(struct json_writer *writer, struct json object, const char *const *known, struct arena *arena)
{
	struct json_iter iter = json_iterate(object);
	struct json key, value;
	struct str name;

	if (json_type(object) != JSON_OBJECT)
		return;
	while (json_next(&iter, &key, &value)) {
		if (!json_text(key, arena, &name)) {
			writer->out->full = true;
			return;
		}
		if (is_known(name, known))
			continue;
		json_key(writer, name);
		json_put_value(writer, value);
	}
}

static void put_hex(struct json_writer *writer, const void *bytes, size_t len)
{
	char hex[2 * SEALED_SIZE + 1];

	json_put_str(writer, codec_hex(bytes, len, hex));
}

static void encode_seed(const struct player *player, const struct player_seal *seal, struct rng *rng,
			struct json_writer *writer)
{
	uint8_t bytes[SEALED_SIZE];
	struct str context;

	if (!seal || !seal->set) {
		json_keyc(writer, "seed");
		put_hex(writer, player->fairness.seed, FAIRNESS_SEED_SIZE);
		return;
	}
	context = seal_context(player);
	rng_bytes(rng, bytes, NONCE_SIZE);
	if (!context.len) {
		writer->out->full = true;
		return;
	}
	hash_seal(seal->key, bytes, context, str_make((const char *)player->fairness.seed, FAIRNESS_SEED_SIZE),
		  bytes + NONCE_SIZE);
	json_keyc(writer, "sealed");
	put_hex(writer, bytes, sizeof(bytes));
}

static void encode_fairness(const struct player *player, const struct player_seal *seal, struct rng *rng,
			    struct json_writer *writer)
{
	json_keyc(writer, "fairness");
	json_begin_object(writer);
	json_member_u64(writer, "epoch", player->fairness.epoch);
	encode_seed(player, seal, rng, writer);
	json_member_str(writer, "client_seed", player->fairness.client_seed);
	json_member_u64(writer, "next", player->fairness.next_n);
	json_keyc(writer, "chain");
	put_hex(writer, player->fairness.chain, sizeof(player->fairness.chain));
	put_unknown(writer, json_get(player->rest, "fairness"), fairness_keys, player->arena);
	json_end_object(writer);
}

static void encode_pity(const struct player *player, struct json_writer *writer)
{
	json_keyc(writer, "pity");
	json_begin_object(writer);
	for (size_t i = 0; i < player->pity.count; i++) {
		const struct pity *pity = &player->pity.list[i];

		if (i == 0 || !str_eq(pity->group, pity[-1].group)) {
			json_key(writer, pity->group);
			json_begin_object(writer);
		}
		json_key(writer, pity->rarity);
		json_begin_object(writer);
		json_member_u64(writer, "n", pity->n);
		json_member_bool(writer, "flag", pity->flag);
		put_unknown(writer, pity->rest, pity_keys, player->arena);
		json_end_object(writer);
		if (i + 1 == player->pity.count || !str_eq(pity->group, pity[1].group))
			json_end_object(writer);
	}
	json_end_object(writer);
}

static void encode_items(const struct player *player, struct json_writer *writer)
{
	json_keyc(writer, "items");
	json_begin_object(writer);
	for (size_t i = 0; i < player->item_count; i++) {
		const struct player_item *item = &player->items[i];

		json_key(writer, item->id);
		json_begin_object(writer);
		json_member_i64(writer, "count", item->count);
		json_member_i64(writer, "first", item->first_at_s);
		if (item->favourite)
			json_member_bool(writer, "favourite", true);
		put_unknown(writer, item->rest, item_keys, player->arena);
		json_end_object(writer);
	}
	json_end_object(writer);
}

void player_encode(const struct player *player, const struct player_seal *seal, struct rng *rng, struct buf *out)
{
	struct json_writer writer;

	json_writer_init(&writer, out);
	json_begin_object(&writer);
	json_member_i64(&writer, "v", DOCUMENT_VERSION);
	json_member_i64(&writer, "created", player->created_at_s);
	json_member_i64(&writer, "balance", player->balance);
	json_member_i64(&writer, "shards", player->shards);
	json_keyc(&writer, "daily");
	json_begin_object(&writer);
	json_member_i64(&writer, "day", player->daily_day);
	json_member_i64(&writer, "streak", player->streak);
	put_unknown(&writer, json_get(player->rest, "daily"), daily_keys, player->arena);
	json_end_object(&writer);
	json_member_i64(&writer, "pulls", player->pulls);
	encode_fairness(player, seal, rng, &writer);
	encode_pity(player, &writer);
	encode_items(player, &writer);
	json_keyc(&writer, "spark");
	json_begin_object(&writer);
	for (size_t i = 0; i < player->spark_count; i++) {
		json_key(&writer, player->sparks[i].banner);
		json_put_i64(&writer, player->sparks[i].points);
	}
	json_end_object(&writer);
	if (player->last_count) {
		json_keyc(&writer, "last");
		json_begin_array(&writer);
		for (size_t i = 0; i < player->last_count; i++)
			json_put_str(&writer, player->last[i]);
		json_end_array(&writer);
	}
	put_unknown(&writer, player->rest, document_keys, player->arena);
	json_end_object(&writer);
}
