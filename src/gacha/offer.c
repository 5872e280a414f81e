#include "gacha/offer.h"

#include <string.h>

#define STEP_COUNT(steps) (sizeof(steps) / sizeof((steps)[0]))

enum deal gift_make(struct player *from, struct ledger *from_ledger, struct player *to, struct ledger *to_ledger,
		    struct str item, int64_t count, int64_t now_s, struct err *err)
{
	const struct economy_step steps[] = {
		{from, from_ledger, ACCOUNT_ITEM, item, -count, "gift"},
		{to, to_ledger, ACCOUNT_ITEM, item, count, "gift"},
	};
	enum deal deal;

	if (str_eq(from->key, to->key))
		return DEAL_SELF;
	deal = economy_can_give(from, item, count);
	return deal == DEAL_DONE ? economy_apply(steps, STEP_COUNT(steps), now_s, err) : deal;
}

/* ---- offers ---- */

static enum deal check_terms(const struct player *from, const struct player_offer *terms)
{
	if (str_eq(from->key, terms->to))
		return DEAL_SELF;
	if (str_eq(terms->give, terms->want))
		return DEAL_SAME_ITEM;
	if (terms->want.len == 0 || terms->want_count < 1 || terms->want_count > TRADE_COUNT_MAX)
		return DEAL_COUNT;
	if (from->offer_count == OFFERS_MAX || player_find_offer(from, terms->id))
		return DEAL_OFFERS_FULL;
	return economy_can_give(from, terms->give, terms->give_count);
}

enum deal offer_make(struct player *from, struct ledger *ledger, const struct player_offer *terms, int64_t now_s,
		     struct err *err)
{
	enum deal deal = check_terms(from, terms);
	struct player_offer offer;

	if (deal != DEAL_DONE)
		return deal;
	offer = (struct player_offer){
		.id = arena_str(from->arena, terms->id),
		.to = arena_str(from->arena, terms->to),
		.give = arena_str(from->arena, terms->give),
		.give_count = terms->give_count,
		.give_first_s = player_find_item(from, terms->give)->first_at_s,
		.want = arena_str(from->arena, terms->want),
		.want_count = terms->want_count,
		.until_s = now_s + OFFER_LIFE_S,
	};
	if (!arena_check(from->arena, "a player", err))
		return DEAL_FAILED;
	const struct economy_step steps[] = {
		{from, ledger, ACCOUNT_ITEM, offer.give, -offer.give_count, "escrow"},
	};

	deal = economy_apply(steps, STEP_COUNT(steps), now_s, err);
	if (deal == DEAL_DONE)
		from->offers[from->offer_count++] = offer;
	return deal;
}

static void remove_offer(struct player *from, const struct player_offer *offer)
{
	size_t index = (size_t)(offer - from->offers);

	from->offer_count--;
	memmove(&from->offers[index], &from->offers[index + 1], (from->offer_count - index) * sizeof(*offer));
}

static bool has_expired(const struct player_offer *offer, int64_t now_s)
{
	return now_s >= offer->until_s;
}

enum deal offer_accept(struct player *from, struct ledger *from_ledger, struct player *to, struct ledger *to_ledger,
		       struct str id, int64_t now_s, struct err *err)
{
	const struct player_offer *offer = player_find_offer(from, id);
	enum deal deal;

	if (!offer || has_expired(offer, now_s))
		return DEAL_NO_OFFER;
	if (!str_eq(offer->to, to->key))
		return DEAL_STRANGER;
	const struct economy_step steps[] = {
		{to, to_ledger, ACCOUNT_ITEM, offer->give, offer->give_count, "trade"},
		{from, from_ledger, ACCOUNT_ITEM, offer->want, offer->want_count, "trade"},
		{to, to_ledger, ACCOUNT_ITEM, offer->want, -offer->want_count, "trade"},
	};

	deal = economy_can_give(to, offer->want, offer->want_count);
	if (deal == DEAL_DONE)
		deal = economy_apply(steps, STEP_COUNT(steps), now_s, err);
	if (deal == DEAL_DONE)
		remove_offer(from, offer);
	return deal;
}

/* Brings back what is in escrow, with the date of the first copy. */
static enum deal give_back(struct player *from, struct ledger *ledger, const struct player_offer *offer, struct err *err)
{
	const struct economy_step steps[] = {
		{from, ledger, ACCOUNT_ITEM, offer->give, offer->give_count, "escrow-return"},
	};
	enum deal deal = economy_apply(steps, STEP_COUNT(steps), offer->give_first_s, err);

	if (deal == DEAL_DONE)
		remove_offer(from, offer);
	return deal;
}

enum deal offer_end(struct player *from, struct ledger *ledger, struct str id, struct str by, struct err *err)
{
	const struct player_offer *offer = player_find_offer(from, id);

	if (!offer)
		return DEAL_NO_OFFER;
	if (!str_eq(by, from->key) && !str_eq(by, offer->to))
		return DEAL_STRANGER;
	return give_back(from, ledger, offer, err);
}

size_t offer_expire_all(struct player *player, struct ledger *ledger, int64_t now_s)
{
	size_t ended = 0;

	for (size_t i = player->offer_count; i-- > 0;)
		if (has_expired(&player->offers[i], now_s))
			ended += give_back(player, ledger, &player->offers[i], NULL) == DEAL_DONE;
	return ended;
}
