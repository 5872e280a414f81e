#include "gacha/economy.h"

#include <assert.h>

static const char *const account_names[] = {
	[ACCOUNT_BALANCE] = "balance",
	[ACCOUNT_SHARDS] = "shards",
	[ACCOUNT_ITEM] = "item",
	[ACCOUNT_SPARK] = "spark",
};
_Static_assert(sizeof(account_names) / sizeof(account_names[0]) == ACCOUNT_COUNT, "every account has its word");

const char *account_name(enum account account)
{
	return account_names[account];
}

static int64_t value_of(const struct player *player, enum account account, struct str name)
{
	const struct player_item *item;

	switch (account) {
	case ACCOUNT_BALANCE:
		return player->balance;
	case ACCOUNT_SHARDS:
		return player->shards;
	case ACCOUNT_ITEM:
		item = player_find_item(player, name);
		return item ? item->count : 0;
	case ACCOUNT_SPARK:
	default:
		return player_spark_points(player, name);
	}
}

static bool set_value(struct player *player, enum account account, struct str name, int64_t value, int64_t now_s)
{
	switch (account) {
	case ACCOUNT_BALANCE:
		player->balance = value;
		return true;
	case ACCOUNT_SHARDS:
		player->shards = value;
		return true;
	case ACCOUNT_ITEM:
		return player_set_item(player, name, value, now_s);
	case ACCOUNT_SPARK:
	default:
		return player_set_spark(player, name, value);
	}
}

bool economy_change(struct player *player, struct ledger *ledger, enum account account, struct str name, int64_t delta,
		    const char *reason, int64_t now_s, struct err *err)
{
	int64_t value = value_of(player, account, name);

	assert(account < ACCOUNT_COUNT && delta != 0);
	if (ledger->count == LEDGER_ROWS_MAX)
		return err_set(err, ERR_LIMIT, "more than %d changes of value at once", LEDGER_ROWS_MAX);
	if (delta > 0 && value > GACHA_INTEGER_MAX - delta)
		return err_set(err, ERR_LIMIT, "%s of %lld and %lld more is beyond what is counted",
			       account_names[account], (long long)value, (long long)delta);
	if (delta < -value)
		return err_set(err, ERR_REFUSED, "%s of %lld does not cover a change of %lld", account_names[account],
			       (long long)value, (long long)delta);
	if (!set_value(player, account, name, value + delta, now_s))
		return arena_check(player->arena, "a player", err);
	ledger->rows[ledger->count++] = (struct ledger_row){
		.account = account, .name = name, .delta = delta, .after = value + delta, .reason = reason};
	return true;
}

enum deal economy_can_give(const struct player *player, struct str item, int64_t count)
{
	const struct player_item *owned = player_find_item(player, item);

	if (count < 1 || count > TRADE_COUNT_MAX)
		return DEAL_COUNT;
	if (!owned || owned->count < count)
		return DEAL_SHORT;
	return owned->favourite && owned->count == count ? DEAL_FAVOURITE : DEAL_DONE;
}

/* Whether the step alone could be done, but for the arena. */
static enum deal check_step(const struct economy_step *step)
{
	int64_t value = value_of(step->player, step->account, step->name);

	if (step->delta > 0 && value > GACHA_INTEGER_MAX - step->delta)
		return DEAL_OVERFLOW;
	return step->delta < -value ? DEAL_SHORT : DEAL_DONE;
}

/* Takes back what came in by the steps before `count`. Nothing is left to fail: a count is lowered. */
static void take_back(const struct economy_step *steps, size_t count, int64_t now_s)
{
	while (count-- > 0) {
		const struct economy_step *step = &steps[count];

		if (step->delta <= 0)
			continue;
		set_value(step->player, step->account, step->name,
			  value_of(step->player, step->account, step->name) - step->delta, now_s);
		step->ledger->count--;
	}
}

static bool book(const struct economy_step *step, int64_t now_s, struct err *err)
{
	return economy_change(step->player, step->ledger, step->account, step->name, step->delta, step->reason, now_s,
			      err);
}

/* ERR_LIMIT unless each step finds a row in its ledger. */
static bool check_room(const struct economy_step *steps, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		if (steps[i].ledger->count + count > LEDGER_ROWS_MAX)
			return err_set(err, ERR_LIMIT, "more than %d changes of value at once", LEDGER_ROWS_MAX);
	return true;
}

enum deal economy_apply(const struct economy_step *steps, size_t count, int64_t now_s, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		enum deal deal = check_step(&steps[i]);

		if (deal != DEAL_DONE)
			return deal;
	}
	if (!check_room(steps, count, err))
		return DEAL_FAILED;
	/* What comes in may need memory, what goes out does not. */
	for (size_t i = 0; i < count; i++) {
		if (steps[i].delta <= 0 || book(&steps[i], now_s, err))
			continue;
		take_back(steps, i, now_s);
		return DEAL_FAILED;
	}
	for (size_t i = 0; i < count; i++) {
		bool booked = steps[i].delta >= 0 || book(&steps[i], now_s, err);

		assert(booked);
		(void)booked;
	}
	return DEAL_DONE;
}

/* As economy_change on the balance; nothing where there is nothing to credit. */
static bool credit(struct player *player, struct ledger *ledger, int64_t amount, const char *reason, int64_t now_s,
		   struct err *err)
{
	return amount == 0 ||
	       economy_change(player, ledger, ACCOUNT_BALANCE, STR_EMPTY, amount, reason, now_s, err);
}

bool economy_open(struct player *player, struct ledger *ledger, const struct catalog *catalog, int64_t now_s,
		  struct err *err)
{
	return credit(player, ledger, catalog->currency.start, "start", now_s, err);
}

bool economy_daily(struct player *player, struct ledger *ledger, const struct catalog *catalog, int64_t day,
		   int64_t next_s, int64_t now_s, struct daily_result *result, struct err *err)
{
	size_t days = catalog->currency.streak_count;

	*result = (struct daily_result){.streak = player->streak, .next_s = next_s};
	if (day <= player->daily_day)
		return true;
	result->claimed = true;
	result->base = catalog->currency.daily;
	if (days)
		result->bonus = catalog->currency.streak[player->streak < (int64_t)days ? (size_t)player->streak : days - 1];
	if (player->streak < GACHA_INTEGER_MAX)
		result->streak = player->streak + 1;
	if (!credit(player, ledger, result->base, "daily", now_s, err) ||
	    !credit(player, ledger, result->bonus, "streak", now_s, err))
		return false;
	player->daily_day = day;
	player->streak = result->streak;
	return true;
}
