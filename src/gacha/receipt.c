#include "gacha/receipt.h"

#include "base/clock.h"
#include "base/codec.h"

#define RECEIPT_VERSION 1

static const char *const names[] = {
	[RECEIPT_V] = "v",
	[RECEIPT_PLAYER] = "player",
	[RECEIPT_EPOCH] = "epoch",
	[RECEIPT_COMMIT] = "commit",
	[RECEIPT_CLIENT_SEED] = "client_seed",
	[RECEIPT_N] = "n",
	[RECEIPT_SLOT] = "slot",
	[RECEIPT_BANNER] = "banner",
	[RECEIPT_CATALOG] = "catalog",
	[RECEIPT_BEFORE] = "before",
	[RECEIPT_RESULT] = "result",
	[RECEIPT_AFTER] = "after",
	[RECEIPT_AT] = "at",
	[RECEIPT_INTERACTION] = "interaction",
	[RECEIPT_CHAIN] = "chain",
	[RECEIPT_SEED] = "seed",
};
_Static_assert(sizeof(names) / sizeof(names[0]) == RECEIPT_MEMBER_COUNT, "every member has its name");

const char *receipt_member_name(enum receipt_member member)
{
	return names[member];
}

static void member_hex(struct json_writer *writer, enum receipt_member member, const uint8_t bytes[HASH_SHA256_SIZE])
{
	char hex[2 * HASH_SHA256_SIZE + 1];

	json_member_str(writer, names[member], codec_hex(bytes, HASH_SHA256_SIZE, hex));
}

static void member_state(struct json_writer *writer, enum receipt_member member, const struct draw_state *state,
			 const struct catalog *catalog)
{
	json_keyc(writer, names[member]);
	json_begin_object(writer);
	json_keyc(writer, "n");
	json_begin_object(writer);
	for (size_t r = 0; r < catalog->rarity_count; r++) {
		json_key(writer, catalog->rarities[r].id);
		json_put_u64(writer, state->n[r]);
	}
	json_end_object(writer);
	json_keyc(writer, "flag");
	json_begin_object(writer);
	for (size_t r = 0; r < catalog->rarity_count; r++) {
		json_key(writer, catalog->rarities[r].id);
		json_put_bool(writer, state->flag[r]);
	}
	json_end_object(writer);
	json_end_object(writer);
}

/* The members of the canonical form. */
static void put_hashed(const struct receipt *receipt, const struct catalog *catalog, struct json_writer *writer)
{
	char at[32];

	json_member_i64(writer, names[RECEIPT_V], RECEIPT_VERSION);
	json_member_str(writer, names[RECEIPT_PLAYER], receipt->player);
	json_member_u64(writer, names[RECEIPT_EPOCH], receipt->epoch);
	member_hex(writer, RECEIPT_COMMIT, receipt->commit);
	json_member_str(writer, names[RECEIPT_CLIENT_SEED], receipt->client_seed);
	json_member_u64(writer, names[RECEIPT_N], receipt->n);
	json_member_u64(writer, names[RECEIPT_SLOT], receipt->slot);
	json_member_str(writer, names[RECEIPT_BANNER], receipt->banner);
	json_member_str(writer, names[RECEIPT_CATALOG], receipt->catalog);
	member_state(writer, RECEIPT_BEFORE, &receipt->before, catalog);
	json_member_str(writer, names[RECEIPT_RESULT], receipt->result);
	member_state(writer, RECEIPT_AFTER, &receipt->after, catalog);
	json_member_str(writer, names[RECEIPT_AT], clock_format_s(receipt->at_s, at));
	json_member_str(writer, names[RECEIPT_INTERACTION], receipt->interaction);
}

void receipt_chain(const uint8_t previous[HASH_SHA256_SIZE], struct str canonical, uint8_t chain[HASH_SHA256_SIZE])
{
	struct hash_sha256 hash;

	hash_sha256_init(&hash);
	hash_sha256_update(&hash, str_make((const char *)previous, HASH_SHA256_SIZE));
	hash_sha256_update(&hash, canonical);
	hash_sha256_out(&hash, chain);
}

bool receipt_seal(struct receipt *receipt, const struct catalog *catalog, const uint8_t previous[HASH_SHA256_SIZE],
		  struct err *err)
{
	struct json_writer writer;
	struct buf canonical;
	bool ok;

	buf_init(&canonical, RECEIPT_BYTES_MAX);
	json_writer_init(&writer, &canonical);
	json_begin_object(&writer);
	put_hashed(receipt, catalog, &writer);
	json_end_object(&writer);
	ok = buf_check(&canonical, "a receipt", err);
	if (ok)
		receipt_chain(previous, buf_str(&canonical), receipt->chain);
	buf_release(&canonical);
	return ok;
}

void receipt_write(const struct receipt *receipt, const struct catalog *catalog, struct json_writer *writer)
{
	json_begin_object(writer);
	put_hashed(receipt, catalog, writer);
	member_hex(writer, RECEIPT_CHAIN, receipt->chain);
	if (receipt->revealed)
		member_hex(writer, RECEIPT_SEED, receipt->seed);
	json_end_object(writer);
}

void receipt_write_revealed(struct json stored, const uint8_t seed[FAIRNESS_SEED_SIZE], struct json_writer *writer)
{
	json_begin_object(writer);
	for (enum receipt_member member = RECEIPT_V; member < RECEIPT_SEED; member++) {
		json_keyc(writer, names[member]);
		json_put_value(writer, json_get(stored, names[member]));
	}
	member_hex(writer, RECEIPT_SEED, seed);
	json_end_object(writer);
}

/* ---- reading ---- */

static bool read_hex(struct json value, struct arena *arena, uint8_t out[HASH_SHA256_SIZE])
{
	char hex[2 * HASH_SHA256_SIZE + 1];
	struct str text;

	/* Lower case only: the other way back has to give the same. */
	return json_text(value, arena, &text) && codec_unhex(text, out, HASH_SHA256_SIZE) &&
	       str_eq(text, codec_hex(out, HASH_SHA256_SIZE, hex));
}

static bool read_time(struct json value, struct arena *arena, int64_t *at_s)
{
	char form[32];
	struct str text;
	int64_t ms;

	if (!json_text(value, arena, &text) || !clock_parse_rfc3339(text, &ms))
		return false;
	*at_s = ms / 1000;
	return str_eq(text, clock_format_s(*at_s, form));
}

static bool is_count(struct json value)
{
	uint64_t n;

	return json_u64(value, 1, GACHA_INTEGER_MAX, &n);
}

static bool is_flag(struct json value)
{
	bool flag;

	return json_bool(value, &flag);
}

/* Whether this is {"n":{…},"flag":{…}} with the same rarities in both. */
static bool is_state(struct json state)
{
	struct json n = json_get(state, "n"), flag = json_get(state, "flag");
	struct json_iter n_iter = json_iterate(n), flag_iter = json_iterate(flag);
	struct json n_key, n_value, flag_key, flag_value;

	if (json_type(state) != JSON_OBJECT || json_count(state) != 2 || json_type(n) != JSON_OBJECT ||
	    json_type(flag) != JSON_OBJECT || json_count(n) != json_count(flag))
		return false;
	while (json_next(&n_iter, &n_key, &n_value) && json_next(&flag_iter, &flag_key, &flag_value))
		if (!str_eq(json_raw(n_key), json_raw(flag_key)) || !is_count(n_value) || !is_flag(flag_value))
			return false;
	return json_offset(n) < json_offset(flag);
}

/* Takes the object apart. The name of the member that is not as it should be, or NULL. */
static const char *read_members(struct json root, struct json members[RECEIPT_MEMBER_COUNT])
{
	struct json_iter iter = json_iterate(root);
	struct json key, value;

	if (json_type(root) != JSON_OBJECT)
		return "the object";
	while (json_next(&iter, &key, &value)) {
		struct str raw = json_raw(key);
		unsigned member = 0;

		raw = str_take(str_skip(raw, 1), raw.len - 2);
		while (member < RECEIPT_MEMBER_COUNT && !str_eqc(raw, receipt_member_name(member)))
			member++;
		if (member == RECEIPT_MEMBER_COUNT)
			return "a member that a receipt does not have";
		members[member] = value;
	}
	return NULL;
}

static const char *read_values(const struct json *members, struct receipt *receipt, struct arena *arena)
{
	uint8_t hash[HASH_SHA256_SIZE];
	uint64_t slot = 0, version;
	bool has_seed = !json_is_missing(members[RECEIPT_SEED]);
	bool ok[RECEIPT_MEMBER_COUNT] = {
		[RECEIPT_V] = json_u64(members[RECEIPT_V], 1, 1, &version),
		[RECEIPT_PLAYER] = json_text(members[RECEIPT_PLAYER], arena, &receipt->player),
		[RECEIPT_EPOCH] = json_u64(members[RECEIPT_EPOCH], 1, GACHA_INTEGER_MAX, &receipt->epoch),
		[RECEIPT_COMMIT] = read_hex(members[RECEIPT_COMMIT], arena, receipt->commit),
		[RECEIPT_CLIENT_SEED] = json_text(members[RECEIPT_CLIENT_SEED], arena, &receipt->client_seed) &&
					fairness_client_seed_valid(receipt->client_seed),
		[RECEIPT_N] = json_u64(members[RECEIPT_N], 1, GACHA_INTEGER_MAX, &receipt->n),
		[RECEIPT_SLOT] = json_u64(members[RECEIPT_SLOT], 0, 10, &slot),
		[RECEIPT_BANNER] = json_text(members[RECEIPT_BANNER], arena, &receipt->banner),
		[RECEIPT_CATALOG] = read_hex(members[RECEIPT_CATALOG], arena, hash) &&
				    json_text(members[RECEIPT_CATALOG], arena, &receipt->catalog),
		[RECEIPT_BEFORE] = is_state(members[RECEIPT_BEFORE]),
		[RECEIPT_RESULT] = json_text(members[RECEIPT_RESULT], arena, &receipt->result),
		[RECEIPT_AFTER] = is_state(members[RECEIPT_AFTER]),
		[RECEIPT_AT] = read_time(members[RECEIPT_AT], arena, &receipt->at_s),
		[RECEIPT_INTERACTION] = json_text(members[RECEIPT_INTERACTION], arena, &receipt->interaction),
		[RECEIPT_CHAIN] = read_hex(members[RECEIPT_CHAIN], arena, receipt->chain),
		[RECEIPT_SEED] = !has_seed || read_hex(members[RECEIPT_SEED], arena, receipt->seed),
	};

	for (unsigned member = 0; member < RECEIPT_MEMBER_COUNT; member++)
		if (!ok[member])
			return receipt_member_name(member);
	receipt->slot = (unsigned)slot;
	receipt->revealed = has_seed;
	return NULL;
}

const char *receipt_read(struct json root, struct json members[RECEIPT_MEMBER_COUNT], struct receipt *receipt,
			 struct arena *arena)
{
	const char *wrong;

	for (unsigned member = 0; member < RECEIPT_MEMBER_COUNT; member++)
		members[member] = JSON_MISSING_VALUE;
	*receipt = (struct receipt){.n = 0};
	wrong = read_members(root, members);
	return wrong ? wrong : read_values(members, receipt, arena);
}

bool receipt_read_state(struct json state, const struct catalog *catalog, struct draw_state *out, struct arena *arena)
{
	struct json n = json_get(state, "n");
	struct json_iter n_iter = json_iterate(n), flag_iter = json_iterate(json_get(state, "flag"));
	struct json key, value;
	struct str id;

	draw_state_init(out);
	if (json_count(n) != catalog->rarity_count)
		return false;
	for (size_t r = 0; r < catalog->rarity_count; r++) {
		if (!json_next(&n_iter, &key, &value) || !json_text(key, arena, &id) ||
		    !str_eq(id, catalog->rarities[r].id) || !json_u64(value, 1, GACHA_INTEGER_MAX, &out->n[r]) ||
		    !json_next(&flag_iter, &key, &value) || !json_bool(value, &out->flag[r]))
			return false;
	}
	return true;
}
