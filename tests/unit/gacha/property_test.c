/*
 * The economy as a whole: random operations of many players keep, after each of them, the sum of every ledger equal to
 * what its player has. Copies are neither made nor lost between players; pulls are numbered without a gap; no pity gap
 * exceeds its hard bound; and a document that is written and read is the same player.
 *
 * The seed is printed; PROPERTY_SEED=N repeats its run.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gacha/banner.h"
#include "gacha/exchange.h"
#include "gacha/offer.h"
#include "gacha/player_doc.h"
#include "gacha/pull.h"

#include "fixture.h"
#include "test.h"

enum {
	OPERATIONS = 1000000,
	PLAYERS = 200,
	SECONDS_EACH = 29, /* from one operation to the next: eleven months in all */
	REBASE_EACH = 64,  /* operations of a player from one reading of its document to the next */
	WHOLE_EACH = 20000,
	ITEMS = 7,
	SEASONS = 11,
	BANNERS = SEASONS + 2,
	PLAYER_ARENA_BYTES = 1 << 20,
};

/* What the rows of a player's ledger add up to. */
struct sums {
	int64_t balance, shards;
	int64_t items[ITEMS], sparks[BANNERS];
};

struct member {
	struct player player;
	struct arena arenas[2]; /* the player lives in the first; the next document is read into the second */
	unsigned operations;
	struct sums sums;
	uint64_t epoch, n; /* of the last pull */
	int64_t gap[RARITIES_MAX]; /* draws of the group `limited` since the last of that rarity or higher */
	char key[8];
};

static struct fixture fixture;
static struct member members[PLAYERS];
/* Of the operation that runs: who it is for, with whom, and what it wrote. */
static struct member *second;
static struct ledger first_ledger, second_ledger;
static struct arena arena;
static struct buf text;
static struct rng rng;
static uint64_t state;
static int64_t now_s;
static uint64_t next_id;
/* Copies that went from players to players or into escrow and out of it: what is missing there is in escrow. */
static int64_t moved[ITEMS];
static int64_t escrow[ITEMS];
static const char *broken; /* what is wrong; NULL: nothing */
static struct err err;

/* SplitMix64. */
static uint64_t word(void)
{
	uint64_t z = state += 0x9E3779B97F4A7C15;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return z ^ z >> 31;
}

static size_t below(size_t bound)
{
	return (size_t)(word() % bound);
}

static struct member *any_member(void)
{
	return &members[below(PLAYERS)];
}

static const struct catalog_item *any_item(void)
{
	return &fixture.catalog.items[below(ITEMS)];
}

/* One of those that are open; the first is at all times. */
static const struct catalog_banner *any_open_banner(void)
{
	size_t index = below(BANNERS);

	while (!banner_is_open(&fixture.catalog.banners[index], now_s * 1000))
		index = (index + 1) % BANNERS;
	return &fixture.catalog.banners[index];
}

/* ---- what has to hold ---- */

static void require(bool holds, const char *what)
{
	if (!holds && !broken)
		broken = what;
}

static int64_t *sum_of(struct sums *sums, const struct ledger_row *row)
{
	int64_t index;

	switch (row->account) {
	case ACCOUNT_BALANCE:
		return &sums->balance;
	case ACCOUNT_SHARDS:
		return &sums->shards;
	case ACCOUNT_ITEM:
		index = catalog_ids_find(&fixture.catalog.item_ids, row->name);
		return index < 0 ? NULL : &sums->items[index];
	default:
		index = catalog_ids_find(&fixture.catalog.banner_ids, row->name);
		return index < 0 ? NULL : &sums->sparks[index];
	}
}

static bool is_between_players(const char *reason)
{
	static const char *const reasons[] = {"gift", "trade", "escrow", "escrow-return"};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reason, reasons[i]) == 0)
			return true;
	return false;
}

static void check_sums(const struct member *member)
{
	const struct player *player = &member->player;
	const struct sums *sums = &member->sums;
	size_t items = 0, sparks = 0;

	require(player->balance == sums->balance, "a balance is not the sum of its ledger");
	require(player->shards == sums->shards, "shards are not the sum of their ledger");
	for (size_t i = 0; i < ITEMS; i++) {
		const struct player_item *item =
			sums->items[i] ? player_find_item(player, fixture.catalog.items[i].id) : NULL;

		items += sums->items[i] != 0;
		require((item ? item->count : 0) == sums->items[i], "copies are not the sum of their ledger");
	}
	for (size_t i = 0; i < BANNERS; i++) {
		sparks += sums->sparks[i] != 0;
		require(player_spark_points(player, fixture.catalog.banners[i].id) == sums->sparks[i],
			"points are not the sum of their ledger");
	}
	require(player->item_count == items && player->spark_count == sparks, "something is owned that no ledger knows");
}

static void book(struct member *member, const struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->count; i++) {
		const struct ledger_row *row = &ledger->rows[i];
		int64_t *sum = sum_of(&member->sums, row);

		require(sum && row->delta != 0, "a ledger's row is about nothing");
		if (!sum)
			return;
		*sum += row->delta;
		require(*sum >= 0 && *sum == row->after, "a ledger's row does not follow from the one before");
		if (row->account == ACCOUNT_ITEM && is_between_players(row->reason))
			moved[sum - member->sums.items] += row->delta;
	}
	check_sums(member);
}

/* Adds or takes away what the player has in escrow. */
static void count_escrow(const struct player *player, int64_t counts[ITEMS], int64_t sign)
{
	for (size_t i = 0; i < player->offer_count; i++)
		counts[catalog_ids_find(&fixture.catalog.item_ids, player->offers[i].give)] +=
			sign * player->offers[i].give_count;
}

static void check_escrow(const int64_t counts[ITEMS])
{
	for (size_t i = 0; i < ITEMS; i++)
		require(moved[i] + counts[i] == 0, "copies were made or lost between players");
}

static void check_everybody(void)
{
	int64_t counts[ITEMS] = {0};

	for (size_t i = 0; i < PLAYERS; i++) {
		check_sums(&members[i]);
		count_escrow(&members[i].player, counts, 1);
	}
	check_escrow(counts);
}

static void encode(const struct player *player)
{
	buf_clear(&text);
	player_encode(player, NULL, &rng, &text);
	require(!text.full, "a document is too long");
}

/* The player as it is read from its document; what it had left in its arena is gone. */
static void rebase(struct member *member)
{
	struct arena old = member->arenas[0];
	struct str doc;

	encode(&member->player);
	doc = arena_str(&member->arenas[1], buf_str(&text));
	if (!player_decode(&member->player, &member->arenas[1], str_from(member->key), 1, doc, NULL, &err)) {
		require(false, "a document cannot be read");
		return;
	}
	encode(&member->player);
	require(str_eq(doc, buf_str(&text)), "a document is not written as it was read");
	arena_clear(&old);
	member->arenas[0] = member->arenas[1];
	member->arenas[1] = old;
	member->player.arena = member->player.pity.arena = &member->arenas[0];
}

/* ---- operations: true when something came of it ---- */

static void follow_draw(struct member *member, const struct catalog_banner *banner, const struct pull_item *item,
			const struct receipt *receipt)
{
	require(receipt->epoch == member->epoch && receipt->n == member->n + 1, "a pull's number does not follow");
	member->n = receipt->n;
	if (!str_eqc(banner->pity_group, "limited"))
		return;
	for (size_t r = 0; r < fixture.catalog.rarity_count; r++) {
		member->gap[r] = r < item->rarity ? member->gap[r] + 1 : 0;
		require(banner->rarities[r].hard == CATALOG_NONE || member->gap[r] < banner->rarities[r].hard,
			"a pity gap exceeds its hard bound");
	}
}

static bool pull(struct member *member)
{
	static struct pull_result result;
	const struct catalog_banner *banner = any_open_banner();
	unsigned count = below(3) == 0 ? PULL_COUNT_MAX : 1;

	arena_clear(&arena);
	if (!pull_make(&fixture.catalog, banner, count, &member->player, &first_ledger, STR("1"), now_s, &result, &arena,
		       &err)) {
		require(err.code == ERR_REFUSED || err.code == ERR_NOT_FOUND, "a pull failed");
		return false;
	}
	for (size_t i = 0; i < result.count; i++)
		follow_draw(member, banner, &result.items[i], &result.receipts[i]);
	return true;
}

static bool daily(struct member *member)
{
	struct daily_result result;

	require(economy_daily(&member->player, &first_ledger, &fixture.catalog, now_s / 86400, 0, now_s, &result, &err),
		"a daily gift failed");
	return result.claimed;
}

static bool is_done(enum deal deal)
{
	require(deal != DEAL_FAILED, "a deal failed");
	return deal == DEAL_DONE;
}

static bool buy(struct member *member)
{
	return is_done(exchange_buy(&member->player, &first_ledger, any_item(), now_s, &err));
}

static bool spark(struct member *member)
{
	const struct catalog_banner *banner = below(4) ? any_open_banner() : &fixture.catalog.banners[below(BANNERS)];

	return is_done(exchange_spark(&member->player, &first_ledger, &fixture.catalog, banner, any_item(), now_s, &err));
}

static bool settle(struct member *member)
{
	return exchange_settle(&member->player, &first_ledger, &fixture.catalog, now_s) > 0;
}

static bool gift(struct member *member)
{
	second = any_member();
	return is_done(gift_make(&member->player, &first_ledger, &second->player, &second_ledger, any_item()->id,
				 (int64_t)below(4), now_s, &err));
}

static bool make_offer(struct member *member)
{
	const struct player_offer terms = {
		.id = arena_printf(&member->arenas[0], "%" PRIu64, next_id++),
		.to = str_from(any_member()->key),
		.give = any_item()->id,
		.give_count = (int64_t)below(4),
		.want = any_item()->id,
		.want_count = (int64_t)below(4),
	};

	return is_done(offer_make(&member->player, &first_ledger, &terms, now_s, &err));
}

/* One of the player's offers, or one that there never was. */
static struct player_offer any_offer(const struct member *member)
{
	if (member->player.offer_count == 0)
		return (struct player_offer){.id = STR("0"), .to = str_from(any_member()->key)};
	return member->player.offers[below(member->player.offer_count)];
}

static struct member *find_member(struct str key)
{
	uint64_t index;

	assert(str_to_u64(key, 1, PLAYERS, &index));
	return &members[index - 1];
}

static bool accept_offer(struct member *member)
{
	struct player_offer offer = any_offer(member);

	second = below(8) ? find_member(offer.to) : any_member();
	return is_done(offer_accept(&member->player, &first_ledger, &second->player, &second_ledger, offer.id, now_s, &err));
}

static bool end_offer(struct member *member)
{
	struct player_offer offer = any_offer(member);
	const char *by = below(2) ? member->key : any_member()->key;

	return is_done(offer_end(&member->player, &first_ledger, offer.id, below(3) ? str_from(by) : offer.to, &err));
}

static bool expire_offers(struct member *member)
{
	return offer_expire_all(&member->player, &first_ledger, below(1000) ? now_s : INT64_MAX) > 0;
}

static bool favour(struct member *member)
{
	return player_set_favourite(&member->player, any_item()->id, below(2));
}

static bool wish(struct member *member)
{
	return player_set_wish(&member->player, any_item()->id, below(2));
}

static bool rotate(struct member *member)
{
	uint8_t revealed[FAIRNESS_SEED_SIZE];

	player_rotate_seed(&member->player, &rng, revealed);
	member->epoch++;
	member->n = 0;
	return true;
}

static bool administer(struct member *member, int64_t sign)
{
	enum account account = (enum account)below(ACCOUNT_SPARK);
	struct str name = account == ACCOUNT_ITEM ? any_item()->id : STR_EMPTY;
	int64_t most = account == ACCOUNT_BALANCE ? 20000 : account == ACCOUNT_SHARDS ? 200 : 3;

	return economy_change(&member->player, &first_ledger, account, name, sign * (1 + (int64_t)below((size_t)most)),
			      "admin", now_s, &err);
}

static bool grant(struct member *member)
{
	return administer(member, 1);
}

static bool revoke(struct member *member)
{
	return administer(member, -1);
}

/* weight: of 100. */
static struct operation {
	const char *name;
	unsigned weight;
	bool (*run)(struct member *member);
	unsigned done, refused;
} operations[] = {
	{.name = "pull", .weight = 10, .run = pull},
	{.name = "daily", .weight = 8, .run = daily},
	{.name = "buy", .weight = 10, .run = buy},
	{.name = "spark", .weight = 8, .run = spark},
	{.name = "settle", .weight = 6, .run = settle},
	{.name = "gift", .weight = 14, .run = gift},
	{.name = "offer", .weight = 14, .run = make_offer},
	{.name = "accept", .weight = 10, .run = accept_offer},
	{.name = "end", .weight = 4, .run = end_offer},
	{.name = "expire", .weight = 4, .run = expire_offers},
	{.name = "favourite", .weight = 3, .run = favour},
	{.name = "wish", .weight = 3, .run = wish},
	{.name = "rotate", .weight = 1, .run = rotate},
	{.name = "grant", .weight = 3, .run = grant},
	{.name = "revoke", .weight = 2, .run = revoke},
};
enum { OPERATION_COUNT = sizeof(operations) / sizeof(operations[0]) };

/* ---- the run ---- */

static struct operation *any_operation(void)
{
	unsigned left = (unsigned)below(100);

	for (size_t i = 0;; i++) {
		assert(i < OPERATION_COUNT);
		if (left < operations[i].weight)
			return &operations[i];
		left -= operations[i].weight;
	}
}

static const char *operate(void)
{
	struct operation *operation = any_operation();
	struct member *member = any_member();
	bool is_done;

	second = NULL;
	first_ledger.count = second_ledger.count = 0;
	now_s += SECONDS_EACH;
	count_escrow(&member->player, escrow, -1);
	is_done = operation->run(member);
	count_escrow(&member->player, escrow, 1);
	operation->done += is_done;
	operation->refused += !is_done;
	require(is_done || first_ledger.count + second_ledger.count == 0, "what was refused has a row in a ledger");
	book(member, &first_ledger);
	if (second && second != member)
		book(second, &second_ledger);
	check_escrow(escrow);
	if (++member->operations % REBASE_EACH == 0)
		rebase(member);
	return operation->name;
}

/* The fixture's banners, with a price for one item more, and one banner a month with its own points. */
static void load_catalog(void)
{
	const char *seasons = "";
	struct edit edits[] = {
		{"\"en\":\"E\"}}", "\"en\":\"E\"},\"price\":7}"},
		{"\"cost\":300", "\"cost\":25"},
		{"\"R\":\"90%\"}}]", NULL},
		{NULL, NULL},
	};

	arena_init(&arena, 1u << 20);
	for (int i = 1; i <= SEASONS; i++)
		seasons = arena_printf(&arena,
				       "%s,\n{\"id\":\"season%d\",\"name\":{\"ja\":\"季\",\"en\":\"Season\"},"
				       "\"start\":\"2026-%02d-01T00:00:00Z\",\"end\":\"2026-%02d-01T00:00:00Z\",\n"
				       "\"cost\":{\"1\":150,\"10\":1400},\"pity_group\":\"limited\","
				       "\"rates\":{\"SSR\":\"0.6%%\",\"SR\":\"5.1%%\",\"R\":\"94.3%%\"},\n"
				       "\"pity\":{\"SSR\":{\"hard\":90,\"soft_from\":74,\"soft_step\":\"6%%\"},\"SR\":{\"hard\":10}},"
				       "\"spark\":{\"cost\":25,\"items\":[\"b\",\"d\"]}}",
				       seasons, i, i, i + 1)
				  .ptr;
	edits[2].new = arena_printf(&arena, "\"R\":\"90%%\"}}%s]", seasons).ptr;
	fixture_init(&fixture, edits);
}

static void set_up(uint64_t seed)
{
	load_catalog();
	REQUIRE(fixture.loaded && fixture.catalog.item_count == ITEMS && fixture.catalog.banner_count == BANNERS);
	buf_init(&text, PLAYER_ARENA_BYTES);
	state = seed;
	rng_init_seed(&rng, &seed, sizeof(seed));
	now_s = 1767225600; /* 2026 begins */
	next_id = 1;
	for (size_t i = 0; i < PLAYERS; i++) {
		struct member *member = &members[i];

		snprintf(member->key, sizeof(member->key), "%zu", i + 1);
		arena_init(&member->arenas[0], PLAYER_ARENA_BYTES);
		arena_init(&member->arenas[1], PLAYER_ARENA_BYTES);
		player_init(&member->player, &member->arenas[0], str_from(member->key), now_s, &rng);
		member->epoch = 1;
		first_ledger.count = 0;
		CHECK(economy_open(&member->player, &first_ledger, &fixture.catalog, now_s, &err));
		book(member, &first_ledger);
	}
}

static void tear_down(void)
{
	for (size_t i = 0; i < PLAYERS; i++) {
		arena_release(&members[i].arenas[0]);
		arena_release(&members[i].arenas[1]);
	}
	buf_release(&text);
	arena_release(&arena);
	fixture_release(&fixture);
}

static uint64_t choose_seed(void)
{
	const char *given = getenv("PROPERTY_SEED");
	struct rng fresh;
	uint64_t seed;

	if (given && str_to_u64(str_from(given), 0, UINT64_MAX, &seed))
		return seed;
	CHECK(rng_init(&fresh, &err));
	return rng_u64(&fresh);
}

TEST(a_million_operations_keep_what_is_owned_equal_to_the_ledger)
{
	uint64_t seed = choose_seed();
	const char *name = "nothing";

	printf("PROPERTY_SEED=%" PRIu64 "\n", seed);
	set_up(seed);
	for (unsigned i = 0; i < OPERATIONS && !broken; i++) {
		name = operate();
		if (i % WHOLE_EACH == 0)
			check_everybody();
		if (broken)
			printf("operation %u (%s): %s\n", i, name, broken);
	}
	check_everybody();
	CHECK_EQ_STR(broken, NULL);
	for (size_t i = 0; i < OPERATION_COUNT && !broken; i++)
		if (!CHECK(operations[i].done > 500))
			printf("  only %u times: %s\n", operations[i].done, operations[i].name);
	tear_down();
}
