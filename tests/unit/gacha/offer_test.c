#include "gacha/offer.h"

#include <stdio.h>

#include "fixture.h"
#include "test.h"

enum { NOW_S = 2000 };

static struct arena arena;
static struct player from, to, stranger;
static struct ledger from_ledger, to_ledger;
static struct err err;

static void set_up(void)
{
	struct rng rng;

	arena_init(&arena, 1u << 20);
	rng_init_seed(&rng, "offer", 5);
	player_init(&from, &arena, STR("7"), 1000, &rng);
	player_init(&to, &arena, STR("8"), 1000, &rng);
	player_init(&stranger, &arena, STR("9"), 1000, &rng);
	from_ledger.count = to_ledger.count = 0;
	err_clear(&err);
	CHECK(player_set_item(&from, STR("a"), 3, 1500));
	CHECK(player_set_item(&to, STR("b"), 2, 1600));
}

static void tear_down(void)
{
	arena_release(&arena);
}

static int64_t count(const struct player *player, const char *item)
{
	const struct player_item *owned = player_find_item(player, str_from(item));

	return owned ? owned->count : 0;
}

static enum deal gift(const char *item, int64_t copies)
{
	return gift_make(&from, &from_ledger, &to, &to_ledger, str_from(item), copies, NOW_S, &err);
}

static enum deal offer(const char *id, const char *give, int64_t give_count, const char *want, int64_t want_count)
{
	const struct player_offer terms = {
		.id = str_from(id),
		.to = STR("8"),
		.give = str_from(give),
		.give_count = give_count,
		.want = str_from(want),
		.want_count = want_count,
	};

	return offer_make(&from, &from_ledger, &terms, NOW_S, &err);
}

static enum deal accept_by(struct player *player, const char *id, int64_t now_s)
{
	return offer_accept(&from, &from_ledger, player, &to_ledger, str_from(id), now_s, &err);
}

static enum deal end_by(const char *key, const char *id)
{
	return offer_end(&from, &from_ledger, str_from(id), str_from(key), &err);
}

TEST(a_gift_moves_copies)
{
	set_up();
	CHECK_EQ_INT(gift("a", 2), DEAL_DONE);
	CHECK_EQ_INT(count(&from, "a"), 1);
	CHECK_EQ_INT(count(&to, "a"), 2);
	CHECK_EQ_INT(player_find_item(&to, STR("a"))->first_at_s, NOW_S);
	CHECK_EQ_UINT(from_ledger.count, 1);
	CHECK_EQ_UINT(to_ledger.count, 1);
	CHECK_EQ_STR(to_ledger.rows[0].reason, "gift");
	CHECK_EQ_INT(gift("a", 1), DEAL_DONE);
	CHECK(!player_find_item(&from, STR("a")));
	tear_down();
}

TEST(a_gift_that_cannot_be_made_changes_nothing)
{
	set_up();
	CHECK_EQ_INT(gift("a", 4), DEAL_SHORT);
	CHECK_EQ_INT(gift("b", 1), DEAL_SHORT);
	CHECK_EQ_INT(gift("a", 0), DEAL_COUNT);
	CHECK_EQ_INT(gift("a", -1), DEAL_COUNT);
	CHECK(player_set_favourite(&from, STR("a"), true));
	CHECK_EQ_INT(gift("a", 3), DEAL_FAVOURITE);
	CHECK_EQ_INT(gift_make(&from, &from_ledger, &from, &from_ledger, STR("a"), 1, NOW_S, &err), DEAL_SELF);
	CHECK(player_set_item(&to, STR("a"), GACHA_INTEGER_MAX, 1));
	CHECK_EQ_INT(gift("a", 1), DEAL_OVERFLOW);
	CHECK_EQ_INT(count(&from, "a"), 3);
	CHECK_EQ_UINT(from_ledger.count + to_ledger.count, 0);
	CHECK(player_set_item(&to, STR("a"), 0, 1));
	CHECK_EQ_INT(gift("a", 2), DEAL_DONE);
	tear_down();
}

TEST(an_offer_puts_its_copies_into_escrow)
{
	set_up();
	CHECK_EQ_INT(offer("100", "a", 3, "b", 1), DEAL_DONE);
	CHECK(!player_find_item(&from, STR("a")));
	CHECK_EQ_UINT(from_ledger.count, 1);
	CHECK_EQ_INT(from_ledger.rows[0].delta, -3);
	CHECK_EQ_STR(from_ledger.rows[0].reason, "escrow");
	REQUIRE(player_find_offer(&from, STR("100")));
	CHECK_EQ_INT(player_find_offer(&from, STR("100"))->until_s, NOW_S + OFFER_LIFE_S);
	CHECK_EQ_INT(player_find_offer(&from, STR("100"))->give_first_s, 1500);
	CHECK_EQ_INT(gift("a", 1), DEAL_SHORT);
	tear_down();
}

TEST(an_offer_that_cannot_be_kept_is_not_made)
{
	const struct player_offer to_self = {.id = STR("1"), .to = STR("7"), .give = STR("a"), .give_count = 1};

	set_up();
	CHECK_EQ_INT(offer_make(&from, &from_ledger, &to_self, NOW_S, &err), DEAL_SELF);
	CHECK_EQ_INT(offer("100", "a", 1, "a", 1), DEAL_SAME_ITEM);
	CHECK_EQ_INT(offer("100", "a", 4, "b", 1), DEAL_SHORT);
	CHECK_EQ_INT(offer("100", "a", 0, "b", 1), DEAL_COUNT);
	CHECK_EQ_INT(offer("100", "a", 1, "b", 0), DEAL_COUNT);
	CHECK_EQ_INT(offer("100", "a", 1, "b", TRADE_COUNT_MAX + 1), DEAL_COUNT);
	CHECK_EQ_INT(offer("100", "a", 1, "", 1), DEAL_COUNT);
	CHECK_EQ_INT(offer("100", "a", 1, "", 0), DEAL_COUNT);
	CHECK(player_set_favourite(&from, STR("a"), true));
	CHECK_EQ_INT(offer("100", "a", 3, "b", 1), DEAL_FAVOURITE);
	CHECK_EQ_UINT(from.offer_count, 0);
	CHECK_EQ_UINT(from_ledger.count, 0);
	CHECK_EQ_INT(offer("100", "a", 2, "b", 1), DEAL_DONE);
	CHECK_EQ_INT(offer("101", "a", 1, "b", 1), DEAL_FAVOURITE);
	tear_down();
}

TEST(so_many_offers_are_open_at_once)
{
	char id[8];

	set_up();
	CHECK(player_set_item(&from, STR("a"), 100, 1));
	for (unsigned i = 1; i <= OFFERS_MAX; i++) {
		CHECK_EQ_INT(offer("1", "a", 1, "b", 1), i == 1 ? DEAL_DONE : DEAL_OFFERS_FULL);
		snprintf(id, sizeof(id), "10%u", i);
		CHECK_EQ_INT(offer(id, "a", 1, "b", 1), i < OFFERS_MAX ? DEAL_DONE : DEAL_OFFERS_FULL);
	}
	CHECK_EQ_INT(count(&from, "a"), 100 - OFFERS_MAX);
	CHECK_EQ_INT(end_by("7", "1"), DEAL_DONE);
	CHECK_EQ_INT(offer("200", "a", 1, "b", 1), DEAL_DONE);
	tear_down();
}

TEST(an_accepted_offer_trades)
{
	set_up();
	CHECK_EQ_INT(offer("100", "a", 2, "b", 2), DEAL_DONE);
	CHECK_EQ_INT(accept_by(&to, "100", NOW_S + OFFER_LIFE_S - 1), DEAL_DONE);
	CHECK_EQ_INT(count(&from, "a"), 1);
	CHECK_EQ_INT(count(&from, "b"), 2);
	CHECK_EQ_INT(count(&to, "a"), 2);
	CHECK_EQ_INT(count(&to, "b"), 0);
	CHECK_EQ_UINT(from.offer_count, 0);
	CHECK_EQ_UINT(from_ledger.count, 2);
	CHECK_EQ_UINT(to_ledger.count, 2);
	CHECK_EQ_STR(to_ledger.rows[1].reason, "trade");
	CHECK_EQ_INT(accept_by(&to, "100", NOW_S + 5), DEAL_NO_OFFER);
	tear_down();
}

TEST(an_offer_that_cannot_be_accepted_stays_as_it_is)
{
	set_up();
	CHECK_EQ_INT(offer("100", "a", 1, "b", 2), DEAL_DONE);
	CHECK_EQ_INT(offer("101", "a", 1, "b", 3), DEAL_DONE);
	CHECK_EQ_INT(accept_by(&stranger, "100", NOW_S), DEAL_STRANGER);
	CHECK_EQ_INT(accept_by(&to, "102", NOW_S), DEAL_NO_OFFER);
	CHECK_EQ_INT(accept_by(&to, "101", NOW_S), DEAL_SHORT);
	CHECK_EQ_INT(accept_by(&to, "100", NOW_S + OFFER_LIFE_S), DEAL_NO_OFFER);
	CHECK(player_set_favourite(&to, STR("b"), true));
	CHECK_EQ_INT(accept_by(&to, "100", NOW_S), DEAL_FAVOURITE);
	CHECK(player_set_favourite(&to, STR("b"), false));
	CHECK(player_set_item(&from, STR("b"), GACHA_INTEGER_MAX, 1));
	CHECK_EQ_INT(accept_by(&to, "100", NOW_S), DEAL_OVERFLOW);
	CHECK_EQ_INT(count(&to, "a"), 0);
	CHECK_EQ_INT(count(&to, "b"), 2);
	CHECK_EQ_UINT(from.offer_count, 2);
	CHECK_EQ_UINT(from_ledger.count, 2);
	CHECK_EQ_UINT(to_ledger.count, 0);
	tear_down();
}

TEST(what_ends_comes_back_as_it_was)
{
	set_up();
	CHECK_EQ_INT(offer("100", "a", 2, "b", 2), DEAL_DONE);
	CHECK_EQ_INT(offer("101", "a", 1, "b", 1), DEAL_DONE);
	CHECK_EQ_INT(end_by("9", "100"), DEAL_STRANGER);
	CHECK_EQ_INT(end_by("8", "100"), DEAL_DONE);
	CHECK_EQ_INT(end_by("8", "100"), DEAL_NO_OFFER);
	CHECK_EQ_INT(end_by("7", "101"), DEAL_DONE);
	CHECK_EQ_INT(count(&from, "a"), 3);
	CHECK_EQ_INT(player_find_item(&from, STR("a"))->first_at_s, 1500);
	CHECK_EQ_UINT(from.offer_count, 0);
	CHECK_EQ_UINT(from_ledger.count, 4);
	CHECK_EQ_STR(from_ledger.rows[2].reason, "escrow-return");
	tear_down();
}

TEST(expired_offers_come_back_and_others_stay)
{
	set_up();
	CHECK_EQ_INT(offer("100", "a", 1, "b", 2), DEAL_DONE);
	CHECK_EQ_INT(offer("101", "a", 1, "b", 1), DEAL_DONE);
	CHECK_EQ_INT(offer("102", "a", 1, "b", 1), DEAL_DONE);
	from.offers[1].until_s++;
	CHECK_EQ_UINT(offer_expire_all(&from, &from_ledger, NOW_S + OFFER_LIFE_S - 1), 0);
	CHECK_EQ_UINT(offer_expire_all(&from, &from_ledger, NOW_S + OFFER_LIFE_S), 2);
	CHECK_EQ_UINT(from.offer_count, 1);
	CHECK(player_find_offer(&from, STR("101")));
	CHECK_EQ_UINT(offer_expire_all(&from, &from_ledger, INT64_MAX), 1);
	CHECK_EQ_INT(count(&from, "a"), 3);
	CHECK_EQ_INT(player_find_item(&from, STR("a"))->first_at_s, 1500);
	tear_down();
}

TEST(what_cannot_come_back_stays_in_escrow)
{
	set_up();
	CHECK_EQ_INT(offer("100", "a", 2, "b", 2), DEAL_DONE);
	CHECK(player_set_item(&from, STR("a"), GACHA_INTEGER_MAX - 1, 1));
	CHECK_EQ_INT(end_by("7", "100"), DEAL_OVERFLOW);
	CHECK_EQ_UINT(offer_expire_all(&from, &from_ledger, INT64_MAX), 0);
	CHECK_EQ_UINT(from.offer_count, 1);
	CHECK(player_set_item(&from, STR("a"), 1, 1));
	from_ledger.count = LEDGER_ROWS_MAX;
	CHECK_EQ_INT(end_by("7", "100"), DEAL_FAILED);
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK_EQ_UINT(offer_expire_all(&from, &from_ledger, INT64_MAX), 0);
	from_ledger.count = 0;
	CHECK_EQ_UINT(offer_expire_all(&from, &from_ledger, INT64_MAX), 1);
	CHECK_EQ_INT(count(&from, "a"), 3);
	tear_down();
}
