#include "gacha/player_doc.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/json_write.h"

#define NONCE_SIZE 12
#define TAG_SIZE 16
#define SEALED_SIZE (NONCE_SIZE + FAIRNESS_SEED_SIZE + TAG_SIZE)
#define DOCUMENT_VERSION 1

static const char *const document_keys[] = {"v",	"created",  "balance", "shards", "daily", "pulls",
					    "fairness", "pity",	    "items",   "spark",	 "last",  "wishes",
					    "hidden",	"pulled_at", "drawn",  "tops",	 "offers", "after", NULL};
static const char *const daily_keys[] = {"day", "streak", NULL};
static const char *const fairness_keys[] = {"epoch", "seed", "sealed", "client_seed", "next", "chain", NULL};
static const char *const pity_keys[] = {"n", "flag", NULL};
static const char *const item_keys[] = {"count", "first", "favourite", NULL};
static const char *const offer_keys[] = {"id", "to", "give", "count", "first", "want", "want_count", "until", NULL};

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

/* 0 where it is missing. */
static bool get_optional(struct decoding *decoding, struct json object, const char *key, int64_t *out)
{
	return json_is_missing(json_get(object, key)) || get_integer(decoding, object, key, 0, out);
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
		struct player_item *item = player_insert_item(player, player->item_count);
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
		struct player_spark *spark = player_append_spark(player);

		if (!spark || !json_text(key, player->arena, &spark->banner))
			return arena_check(player->arena, "a player", decoding->err);
		if (!json_i64(value, 0, GACHA_INTEGER_MAX, &spark->points))
			return refuse(decoding, "spark");
		player->spark_count -= spark->points == 0;
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

/* An id of the catalog's things. */
static bool get_id(struct decoding *decoding, struct json value, const char *what, struct str *out)
{
	if (json_text(value, decoding->player->arena, out) && out->len >= 1 && out->len <= CATALOG_ID_MAX)
		return true;
	return refuse(decoding, what);
}

static bool decode_wishes(struct decoding *decoding, struct json wishes)
{
	struct player *player = decoding->player;
	struct json_iter iter = json_iterate(wishes);
	struct json key, value;
	struct str item;

	if (json_is_missing(wishes))
		return true;
	if (json_type(wishes) != JSON_ARRAY || json_count(wishes) > WISHES_MAX)
		return refuse(decoding, "wishes");
	while (json_next(&iter, &key, &value)) {
		if (!get_id(decoding, value, "wishes", &item))
			return false;
		if (player_wishes(player, item))
			return refuse(decoding, "wishes");
		player->wishes[player->wish_count++] = item;
	}
	return true;
}

static bool decode_drawn(struct decoding *decoding, struct json drawn)
{
	struct player *player = decoding->player;
	struct json_iter iter = json_iterate(drawn);
	struct json key, value;

	if (json_is_missing(drawn))
		return true;
	if (json_type(drawn) != JSON_OBJECT)
		return refuse(decoding, "drawn");
	while (json_next(&iter, &key, &value)) {
		struct player_drawn *entry = player_append_drawn(player);

		if (!entry || !json_text(key, player->arena, &entry->rarity))
			return arena_check(player->arena, "a player", decoding->err);
		if (!json_i64(value, 1, GACHA_INTEGER_MAX, &entry->count))
			return refuse(decoding, "drawn");
	}
	return true;
}

static bool decode_offer(struct decoding *decoding, struct json entry)
{
	struct player *player = decoding->player;
	struct player_offer *offer = &player->offers[player->offer_count];
	uint64_t id;

	*offer = (struct player_offer){.rest = entry};
	if (!json_text(json_get(entry, "id"), player->arena, &offer->id) || !str_to_u64(offer->id, 1, UINT64_MAX, &id) ||
	    player_find_offer(player, offer->id))
		return refuse(decoding, "id");
	if (!json_text(json_get(entry, "to"), player->arena, &offer->to) || offer->to.len == 0)
		return refuse(decoding, "to");
	if (!get_id(decoding, json_get(entry, "give"), "give", &offer->give) ||
	    !get_integer(decoding, entry, "count", 1, &offer->give_count) ||
	    !get_integer(decoding, entry, "first", 0, &offer->give_first_s) ||
	    !get_id(decoding, json_get(entry, "want"), "want", &offer->want) ||
	    !get_integer(decoding, entry, "want_count", 1, &offer->want_count) ||
	    !get_integer(decoding, entry, "until", 0, &offer->until_s))
		return false;
	player->offer_count++;
	return true;
}

static bool decode_offers(struct decoding *decoding, struct json offers)
{
	struct json_iter iter = json_iterate(offers);
	struct json key, value;

	if (json_is_missing(offers))
		return true;
	if (json_type(offers) != JSON_ARRAY || json_count(offers) > OFFERS_MAX)
		return refuse(decoding, "offers");
	while (json_next(&iter, &key, &value))
		if (!decode_offer(decoding, value))
			return false;
	return true;
}

/* What came after the first version: each may be missing. */
static bool decode_later(struct decoding *decoding, struct json root)
{
	struct player *player = decoding->player;
	struct json hidden = json_get(root, "hidden");

	if (!json_is_missing(hidden) && !json_bool(hidden, &player->hidden))
		return refuse(decoding, "hidden");
	return decode_wishes(decoding, json_get(root, "wishes")) &&
	       get_optional(decoding, root, "pulled_at", &player->pulled_at_ms) &&
	       get_optional(decoding, root, "after", &player->history_after) &&
	       decode_drawn(decoding, json_get(root, "drawn")) && get_optional(decoding, root, "tops", &player->tops) &&
	       decode_offers(decoding, json_get(root, "offers"));
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
	       decode_later(&decoding, root) && arena_check(arena, "a player", err);
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

static void encode_texts(struct json_writer *writer, const char *key, const struct str *list, size_t count)
{
	if (count == 0)
		return;
	json_keyc(writer, key);
	json_begin_array(writer);
	for (size_t i = 0; i < count; i++)
		json_put_str(writer, list[i]);
	json_end_array(writer);
}

static void encode_offer(const struct player_offer *offer, struct arena *arena, struct json_writer *writer)
{
	json_begin_object(writer);
	json_member_str(writer, "id", offer->id);
	json_member_str(writer, "to", offer->to);
	json_member_str(writer, "give", offer->give);
	json_member_i64(writer, "count", offer->give_count);
	json_member_i64(writer, "first", offer->give_first_s);
	json_member_str(writer, "want", offer->want);
	json_member_i64(writer, "want_count", offer->want_count);
	json_member_i64(writer, "until", offer->until_s);
	put_unknown(writer, offer->rest, offer_keys, arena);
	json_end_object(writer);
}

static void encode_offers(const struct player *player, struct json_writer *writer)
{
	if (player->offer_count == 0)
		return;
	json_keyc(writer, "offers");
	json_begin_array(writer);
	for (size_t i = 0; i < player->offer_count; i++)
		encode_offer(&player->offers[i], player->arena, writer);
	json_end_array(writer);
}

static void encode_drawn(const struct player *player, struct json_writer *writer)
{
	if (player->drawn_count == 0)
		return;
	json_keyc(writer, "drawn");
	json_begin_object(writer);
	for (size_t i = 0; i < player->drawn_count; i++) {
		json_key(writer, player->drawn[i].rarity);
		json_put_i64(writer, player->drawn[i].count);
	}
	json_end_object(writer);
}

/* What came after the first version, where there is something to say. */
static void encode_later(const struct player *player, struct json_writer *writer)
{
	encode_texts(writer, "wishes", player->wishes, player->wish_count);
	if (player->hidden)
		json_member_bool(writer, "hidden", true);
	if (player->pulled_at_ms)
		json_member_i64(writer, "pulled_at", player->pulled_at_ms);
	if (player->history_after)
		json_member_i64(writer, "after", player->history_after);
	encode_drawn(player, writer);
	if (player->tops)
		json_member_i64(writer, "tops", player->tops);
	encode_offers(player, writer);
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
	encode_texts(&writer, "last", player->last, player->last_count);
	encode_later(player, &writer);
	put_unknown(&writer, player->rest, document_keys, player->arena);
	json_end_object(&writer);
}
