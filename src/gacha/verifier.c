#include "gacha/verifier.h"

#include <string.h>

#include "base/json_read.h"
#include "base/json_write.h"
#include "gacha/banner.h"
#include "gacha/list.h"
#include "gacha/pity.h"
#include "gacha/receipt.h"

/* A line's tokens, decoded texts and sorted keys. */
#define MAP_CAPACITY_MIN 64

/* What is known of a player from the receipts so far. */
struct tracked {
	struct str key;
	uint64_t hash;
	uint64_t epoch, n; /* of the last receipt */
	uint8_t chain[HASH_SHA256_SIZE];
	uint8_t commit[HASH_SHA256_SIZE];
	bool has_seed;
	uint8_t seed[FAIRNESS_SEED_SIZE];
	/* Counters of the groups that are known; what is not there is fresh if every pull so far was seen. */
	struct pity_book pity;
	bool seen_all;
	/* Digests of what the last receipt was drawn from (catalog and banner) and left behind. */
	uint8_t source[HASH_SHA256_SIZE];
	uint8_t after[HASH_SHA256_SIZE];
	/* The ten-pull that is open: its last slot, 0 for none. */
	unsigned slot;
	uint8_t interaction[HASH_SHA256_SIZE];
	size_t highest;  /* least index of rarity in it */
	bool ten_known;  /* all of it so far was seen, with its catalog */
	size_t line;
};

struct verifier {
	struct arena *arena;
	struct arena scratch;
	struct buf canonical;
	const struct catalog *const *catalogs;
	size_t catalog_count;
	bool from_chain_set; /* until the first receipt */
	uint8_t from_chain[HASH_SHA256_SIZE];
	struct tracked **map;      /* open addressing, NULL where empty */
	size_t map_capacity, map_count;
	struct tracked *last; /* of the line before */
	size_t line;
	size_t fault_capacity;
	struct verify_result result;
};

/* A receipt as it was read. */
struct entry {
	struct json members[RECEIPT_MEMBER_COUNT];
	struct receipt receipt;
	const struct catalog *catalog;
	const struct catalog_banner *banner;
	bool first;    /* of its player in this file */
	bool adjacent; /* follows the player's receipt before it, with nothing missing */
	uint8_t source[HASH_SHA256_SIZE];
	uint8_t before[HASH_SHA256_SIZE];
	uint8_t after[HASH_SHA256_SIZE];
	uint8_t interaction[HASH_SHA256_SIZE];
};

static bool same(const uint8_t a[HASH_SHA256_SIZE], const uint8_t b[HASH_SHA256_SIZE])
{
	return memcmp(a, b, HASH_SHA256_SIZE) == 0;
}

/* ---- faults ---- */

static void add_fault(struct verifier *verifier, size_t line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void add_fault(struct verifier *verifier, size_t line, const char *format, ...)
{
	struct verify_result *result = &verifier->result;
	struct verify_fault *list = NULL;
	va_list args;

	if (result->fault_count < VERIFY_FAULTS_MAX)
		list = list_grow(verifier->arena, result->faults, &verifier->fault_capacity, result->fault_count,
				 sizeof(*list));
	if (!list) {
		result->faults_left_out++;
		return;
	}
	result->faults = list;
	va_start(args, format);
	list[result->fault_count++] = (struct verify_fault){line, arena_vprintf(verifier->arena, format, args)};
	va_end(args);
}

/* A fault of a receipt, with its place in the player's row of pulls before the text. */
static void fault(struct verifier *verifier, const struct entry *entry, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void fault(struct verifier *verifier, const struct entry *entry, const char *format, ...)
{
	struct str text;
	va_list args;

	va_start(args, format);
	text = arena_vprintf(&verifier->scratch, format, args);
	va_end(args);
	add_fault(verifier, verifier->line, "player %.*s, epoch %llu, pull %llu: %.*s", STR_ARG(entry->receipt.player),
		  (unsigned long long)entry->receipt.epoch, (unsigned long long)entry->receipt.n, STR_ARG(text));
}

/* ---- players ---- */

/* FNV-1a */
static uint64_t hash_key(struct str key)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < key.len; i++)
		hash = (hash ^ (unsigned char)key.ptr[i]) * 0x100000001b3;
	return hash;
}

static struct tracked **find_slot(struct tracked **map, size_t capacity, uint64_t hash, struct str key)
{
	size_t at = hash & (capacity - 1);

	while (map[at] && (map[at]->hash != hash || !str_eq(map[at]->key, key)))
		at = (at + 1) & (capacity - 1);
	return &map[at];
}

static bool grow_map(struct verifier *verifier)
{
	size_t capacity = verifier->map_capacity ? 2 * verifier->map_capacity : MAP_CAPACITY_MIN;
	struct tracked **map = arena_array(verifier->arena, capacity, sizeof(struct tracked *));

	if (!map)
		return false;
	for (size_t i = 0; i < verifier->map_capacity; i++)
		if (verifier->map[i])
			*find_slot(map, capacity, verifier->map[i]->hash, verifier->map[i]->key) = verifier->map[i];
	verifier->map = map;
	verifier->map_capacity = capacity;
	return true;
}

/* The player of this key, new (n = 0) where there was none. NULL when the arena is full. */
static struct tracked *find_player(struct verifier *verifier, struct str key)
{
	struct tracked *player = verifier->last;
	struct tracked **slot;
	uint64_t hash;

	if (player && str_eq(player->key, key))
		return player;
	if (2 * (verifier->map_count + 1) > verifier->map_capacity && !grow_map(verifier))
		return NULL;
	hash = hash_key(key);
	slot = find_slot(verifier->map, verifier->map_capacity, hash, key);
	if (!*slot) {
		player = ARENA_NEW(verifier->arena, struct tracked);
		key = arena_str(verifier->arena, key);
		if (!player || verifier->arena->full)
			return NULL;
		*player = (struct tracked){.key = key, .hash = hash, .pity = {.arena = verifier->arena}};
		*slot = player;
		verifier->map_count++;
	}
	return *slot;
}

/* ---- digests ---- */

static void digest_value(struct verifier *verifier, struct json value, uint8_t out[HASH_SHA256_SIZE])
{
	struct json_writer writer;

	buf_clear(&verifier->canonical);
	json_writer_init(&writer, &verifier->canonical);
	json_put_value(&writer, value);
	hash_sha256(buf_str(&verifier->canonical), out);
}

static void digest_source(const struct receipt *receipt, uint8_t out[HASH_SHA256_SIZE])
{
	struct hash_sha256 hash;

	/* The hash has a fixed length, so the two cannot run into each other. */
	hash_sha256_init(&hash);
	hash_sha256_update(&hash, receipt->catalog);
	hash_sha256_update(&hash, receipt->banner);
	hash_sha256_out(&hash, out);
}

/* ---- checks ---- */

/* The chain of this receipt after `previous`. */
static bool check_chain(struct verifier *verifier, const struct entry *entry, const uint8_t previous[HASH_SHA256_SIZE])
{
	struct json_writer writer;
	uint8_t chain[HASH_SHA256_SIZE];

	buf_clear(&verifier->canonical);
	json_writer_init(&writer, &verifier->canonical);
	json_begin_object(&writer);
	for (enum receipt_member member = RECEIPT_V; member < RECEIPT_HASHED_COUNT; member++) {
		json_keyc(&writer, receipt_member_name(member));
		json_put_value(&writer, entry->members[member]);
	}
	json_end_object(&writer);
	receipt_chain(previous, buf_str(&verifier->canonical), chain);
	return same(chain, entry->receipt.chain);
}

/* Whether the receipt follows the player's last one: the same epoch and the next number, or the next epoch and 1. */
static bool follows(struct verifier *verifier, const struct tracked *player, const struct entry *entry)
{
	const struct receipt *receipt = &entry->receipt;

	if (receipt->epoch == player->epoch && receipt->n == player->n + 1)
		return true;
	if (receipt->epoch == player->epoch + 1 && receipt->n == 1)
		return true;
	if (receipt->epoch < player->epoch)
		fault(verifier, entry, "the epoch goes back, from %llu", (unsigned long long)player->epoch);
	else if (receipt->epoch > player->epoch + 1)
		fault(verifier, entry, "epochs are missing after %llu", (unsigned long long)player->epoch);
	else if (receipt->epoch > player->epoch)
		fault(verifier, entry, "the epoch does not begin with pull 1");
	else if (receipt->n <= player->n)
		fault(verifier, entry, "the number was there before; the last one is %llu",
		      (unsigned long long)player->n);
	else
		fault(verifier, entry, "pulls are missing after %llu", (unsigned long long)player->n);
	return false;
}

/* The numbers, and with them what is known of the receipts before. False: verifying cannot go on. */
static bool check_numbers(struct verifier *verifier, struct tracked *player, struct entry *entry, struct err *err)
{
	const struct receipt *receipt = &entry->receipt;

	entry->first = player->n == 0;
	if (entry->first) {
		player->seen_all = receipt->n == 1 && receipt->epoch == 1;
		if (receipt->n == 1 || verifier->from_chain_set)
			return true;
		return err_set(err, ERR_INPUT,
			       "line %zu: the receipts of player %.*s begin with pull %llu of epoch %llu; give the chain "
			       "before it with --from-chain",
			       verifier->line, STR_ARG(receipt->player), (unsigned long long)receipt->n,
			       (unsigned long long)receipt->epoch);
	}
	entry->adjacent = follows(verifier, player, entry);
	if (!entry->adjacent) {
		player->seen_all = false;
		player->pity.count = 0;
		player->slot = 0;
	}
	return true;
}

static void check_hashes(struct verifier *verifier, struct tracked *player, const struct entry *entry)
{
	static const uint8_t zeros[HASH_SHA256_SIZE];
	const struct receipt *receipt = &entry->receipt;
	const uint8_t *previous = receipt->n == 1 ? zeros : entry->first ? verifier->from_chain : player->chain;
	uint8_t commit[HASH_SHA256_SIZE];

	if ((entry->first || entry->adjacent || receipt->n == 1) && !check_chain(verifier, entry, previous))
		fault(verifier, entry, "the chain is wrong: this receipt or the one before was changed");
	if (entry->first || receipt->epoch != player->epoch)
		player->has_seed = false;
	else if (!same(player->commit, receipt->commit))
		fault(verifier, entry, "the commitment is another than before in this epoch");
	if (receipt->revealed) {
		fairness_commit(receipt->seed, commit);
		player->has_seed = same(commit, receipt->commit);
		memcpy(player->seed, receipt->seed, sizeof(player->seed));
		if (!player->has_seed)
			fault(verifier, entry, "the seed is not what was committed to");
	}
}

static void add_cut_short(struct verifier *verifier, const struct tracked *player)
{
	add_fault(verifier, player->line, "player %.*s, epoch %llu, pull %llu: the ten-pull ends after %u of 10",
		  STR_ARG(player->key), (unsigned long long)player->epoch, (unsigned long long)player->n, player->slot);
}

/* Slots: 0, or 1 to 10 one after the other with one interaction, banner and catalog. */
static void check_slot(struct verifier *verifier, struct tracked *player, const struct entry *entry)
{
	unsigned slot = entry->receipt.slot;

	if (player->slot && slot == player->slot + 1) {
		if (!same(player->interaction, entry->interaction))
			fault(verifier, entry, "the ten-pull is of more than one interaction");
		else if (!same(player->source, entry->source))
			fault(verifier, entry, "the ten-pull is of more than one banner or catalog");
	} else {
		if (player->slot)
			add_cut_short(verifier, player);
		if (slot > 1 && (entry->first || entry->adjacent))
			fault(verifier, entry, "the ten-pull begins with its slot %u", slot);
		player->highest = SIZE_MAX;
		player->ten_known = slot == 1;
	}
	player->slot = slot == 10 ? 0 : slot;
}

/* The counters before, against what is known of the group. */
static void check_before(struct verifier *verifier, const struct tracked *player, const struct entry *entry)
{
	const struct draw_state *before = &entry->receipt.before;

	for (size_t r = 0; r < entry->catalog->rarity_count; r++) {
		struct str rarity = entry->catalog->rarities[r].id;
		const struct pity *pity = pity_find(&player->pity, entry->banner->pity_group, rarity);

		if (!pity && !player->seen_all)
			continue;
		if (before->n[r] == (pity ? pity->n : 1) && before->flag[r] == (pity && pity->flag))
			continue;
		fault(verifier, entry, "before: %.*s is %llu%s, and was left at %llu%s", STR_ARG(rarity),
		      (unsigned long long)before->n[r], before->flag[r] ? " with its flag" : "",
		      (unsigned long long)(pity ? pity->n : 1), pity && pity->flag ? " with its flag" : "");
		return;
	}
}

/* What a draw of the stated item does. False when the banner cannot give it. */
static bool check_transition(struct verifier *verifier, const struct entry *entry, size_t *rarity)
{
	const struct receipt *receipt = &entry->receipt;
	int64_t item = catalog_ids_find(&entry->catalog->item_ids, receipt->result);
	struct draw_state after = receipt->before;
	bool featured;

	if (item < 0 || !banner_has_item(entry->catalog, entry->banner, (uint32_t)item, &featured)) {
		fault(verifier, entry, "the banner has no item '%.*s'", STR_ARG(receipt->result));
		return false;
	}
	*rarity = entry->catalog->items[item].rarity;
	draw_apply(entry->banner, &after, *rarity, featured);
	for (size_t r = 0; r < entry->catalog->rarity_count; r++) {
		if (after.n[r] == receipt->after.n[r] && after.flag[r] == receipt->after.flag[r])
			continue;
		fault(verifier, entry, "after: '%.*s' does not take %.*s from %llu%s to %llu%s", STR_ARG(receipt->result),
		      STR_ARG(entry->catalog->rarities[r].id), (unsigned long long)receipt->before.n[r],
		      receipt->before.flag[r] ? " with its flag" : "", (unsigned long long)receipt->after.n[r],
		      receipt->after.flag[r] ? " with its flag" : "");
		break;
	}
	return true;
}

/* Draws again. Whether that could be done. */
static bool check_result(struct verifier *verifier, const struct tracked *player, const struct entry *entry)
{
	const struct receipt *receipt = &entry->receipt;
	struct draw_state state = receipt->before;
	struct fairness_stream stream;
	struct draw_result drawn;
	struct str id;

	if (!player->has_seed)
		return false;
	if (receipt->slot == 10 && !player->ten_known && entry->banner->ten_pull != CATALOG_NONE)
		return false;
	fairness_init(&stream, player->seed, receipt->player, receipt->epoch, receipt->banner, receipt->catalog,
		      receipt->client_seed);
	fairness_seek(&stream, receipt->n);
	drawn = draw_once(entry->banner, &state, receipt->slot == 10 && draw_tenth_due(entry->banner, player->highest),
			  &stream);
	id = entry->catalog->items[drawn.item].id;
	if (!str_eq(id, receipt->result))
		fault(verifier, entry, "the result is '%.*s', and the seed gives '%.*s'", STR_ARG(receipt->result),
		      STR_ARG(id));
	return true;
}

/* What needs the catalog. Whether everything could be checked. */
static bool check_draw(struct verifier *verifier, struct tracked *player, struct entry *entry)
{
	struct receipt *receipt = &entry->receipt;
	bool checked;
	size_t rarity;

	entry->banner = catalog_find_banner(entry->catalog, receipt->banner);
	if (!entry->banner) {
		fault(verifier, entry, "the catalog has no banner '%.*s'", STR_ARG(receipt->banner));
		return true;
	}
	if (!receipt_read_state(entry->members[RECEIPT_BEFORE], entry->catalog, &receipt->before, &verifier->scratch) ||
	    !receipt_read_state(entry->members[RECEIPT_AFTER], entry->catalog, &receipt->after, &verifier->scratch)) {
		fault(verifier, entry, "before and after do not have the rarities of the catalog, highest first");
		return true;
	}
	if (receipt->slot > 0 && entry->banner->cost_ten == CATALOG_NONE)
		fault(verifier, entry, "the banner has no pull of ten");
	check_before(verifier, player, entry);
	checked = check_result(verifier, player, entry);
	if (check_transition(verifier, entry, &rarity) && rarity < player->highest)
		player->highest = rarity;
	pity_save(&player->pity, entry->catalog, entry->banner->pity_group, &receipt->after);
	return checked;
}

/* Without the catalog the groups are unknown: only two pulls in a row on one banner can be compared, and nothing after. */
static void check_continuity(struct verifier *verifier, struct tracked *player, const struct entry *entry)
{
	if (entry->adjacent && same(player->source, entry->source) && !same(player->after, entry->before))
		fault(verifier, entry, "before is not what the pull before it left");
	player->pity.count = 0;
	player->seen_all = false;
	player->ten_known = false;
}

static const struct catalog *find_catalog(const struct verifier *verifier, struct str sha256_hex)
{
	for (size_t i = 0; i < verifier->catalog_count; i++)
		if (str_eqc(sha256_hex, verifier->catalogs[i]->sha256_hex))
			return verifier->catalogs[i];
	return NULL;
}

/* The receipt becomes the player's last one. */
static void remember(struct verifier *verifier, struct tracked *player, const struct entry *entry)
{
	player->epoch = entry->receipt.epoch;
	player->n = entry->receipt.n;
	memcpy(player->chain, entry->receipt.chain, sizeof(player->chain));
	memcpy(player->commit, entry->receipt.commit, sizeof(player->commit));
	memcpy(player->source, entry->source, sizeof(player->source));
	memcpy(player->after, entry->after, sizeof(player->after));
	memcpy(player->interaction, entry->interaction, sizeof(player->interaction));
	player->line = verifier->line;
	verifier->last = player;
	verifier->from_chain_set = false;
}

static bool check_receipt(struct verifier *verifier, struct entry *entry, struct err *err)
{
	struct tracked *player = find_player(verifier, entry->receipt.player);
	bool checked = false;

	if (!player)
		return arena_check(verifier->arena, "verifying", err);
	digest_source(&entry->receipt, entry->source);
	digest_value(verifier, entry->members[RECEIPT_BEFORE], entry->before);
	digest_value(verifier, entry->members[RECEIPT_AFTER], entry->after);
	hash_sha256(entry->receipt.interaction, entry->interaction);
	if (!check_numbers(verifier, player, entry, err))
		return false;
	check_hashes(verifier, player, entry);
	check_slot(verifier, player, entry);
	entry->catalog = find_catalog(verifier, entry->receipt.catalog);
	if (entry->catalog)
		checked = check_draw(verifier, player, entry);
	else
		check_continuity(verifier, player, entry);
	verifier->result.unchecked += !checked;
	remember(verifier, player, entry);
	return arena_check(verifier->arena, "verifying", err);
}

/* ---- the whole ---- */

struct verifier *verifier_create(struct arena *arena, const struct catalog *const *catalogs, size_t catalog_count,
				 const uint8_t *from_chain)
{
	struct verifier *verifier = ARENA_NEW(arena, struct verifier);

	if (!verifier)
		return NULL;
	*verifier = (struct verifier){.arena = arena, .catalogs = catalogs, .catalog_count = catalog_count};
	arena_init(&verifier->scratch, VERIFY_SCRATCH_BYTES_MAX);
	buf_init(&verifier->canonical, RECEIPT_BYTES_MAX);
	if (from_chain) {
		verifier->from_chain_set = true;
		memcpy(verifier->from_chain, from_chain, sizeof(verifier->from_chain));
	}
	return verifier;
}

/* An export's data (interface.md, Commands): an object whose first key is `kind`. */
static bool is_data(struct str line)
{
	struct str key = STR("\"kind\"");

	if (!str_starts(line, STR("{")))
		return false;
	line = str_trim(str_skip(line, 1));
	return str_starts(line, key) && str_starts(str_trim(str_skip(line, key.len)), STR(":"));
}

bool verifier_line(struct verifier *verifier, struct str line, struct err *err)
{
	struct err why = {ERR_NONE, ""};
	struct entry entry = {.first = false};
	const char *wrong;
	struct json root;

	verifier->line++;
	line = str_trim(line);
	if (line.len == 0 || is_data(line))
		return true;
	verifier->result.receipts++;
	arena_clear(&verifier->scratch);
	if (line.len > RECEIPT_BYTES_MAX) {
		add_fault(verifier, verifier->line, "the line is longer than %d bytes", RECEIPT_BYTES_MAX);
		return true;
	}
	if (!json_parse_strict(&verifier->scratch, line, &root, NULL, &why)) {
		add_fault(verifier, verifier->line, "%s", why.text);
		return true;
	}
	wrong = receipt_read(root, entry.members, &entry.receipt, &verifier->scratch);
	if (wrong) {
		add_fault(verifier, verifier->line, "not a receipt: %s is missing or not of its form", wrong);
		return true;
	}
	return check_receipt(verifier, &entry, err);
}

struct verify_result verifier_finish(struct verifier *verifier)
{
	for (size_t i = 0; i < verifier->map_capacity; i++)
		if (verifier->map[i] && verifier->map[i]->slot)
			add_cut_short(verifier, verifier->map[i]);
	return verifier->result;
}

void verifier_free(struct verifier *verifier)
{
	if (!verifier)
		return;
	arena_release(&verifier->scratch);
	buf_release(&verifier->canonical);
}
