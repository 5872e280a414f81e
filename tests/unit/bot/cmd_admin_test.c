/* /admin grant, revoke, inspect, audit, as administrators and players meet them. */
#include "bot/cmd_admin.h"

#include "base/codec.h"
#include "bot/router.h"
#include "test.h"
#include "world.h"

#define TEXT(name, value) "{\"name\":\"" name "\",\"type\":3,\"value\":\"" value "\"}"
#define NUMBER(name, value) "{\"name\":\"" name "\",\"type\":4,\"value\":" value "}"
#define OF(verb, user, bot, options) \
	"{\"name\":\"admin\",\"options\":[{\"name\":\"" verb "\",\"type\":1,\"options\":[{\"name\":\"user\",\"type\":6,\"value\":\"" user \
	"\"}" options "]}],\"resolved\":{\"users\":{\"" user "\":{\"id\":\"" user "\",\"username\":\"u" user "\",\"bot\":" bot "}}}}"
#define WHY "," TEXT("reason", "lost to a bug")
#define GRANT(user, options) OF("grant", user, "false", WHY "," options)
#define REVOKE(user, options) OF("revoke", user, "false", WHY "," options)
#define INSPECT(user) OF("inspect", user, "false", "")
#define AUDIT "{\"name\":\"admin\",\"options\":[{\"name\":\"audit\",\"type\":1}]}"

static struct world *with_administrator(void)
{
	struct world *world = world_create(STR_EMPTY);

	world->permissions = PERMISSION_ADMINISTRATOR;
	return world;
}

static struct json ask(struct world *world, const char *data)
{
	return world_ask(world, &world_gateway, 1, "en-US", data);
}

static int64_t has(struct world *world, const char *key, const char *item)
{
	const struct player *player = world_player(world, key);
	const struct player_item *owned = player ? player_find_item(player, str_from(item)) : NULL;

	return owned ? owned->count : 0;
}

/* What a ledger row of the player's history says. */
static bool booked(struct world *world, const char *key, const char *words)
{
	for (size_t i = 0; i < world->store.row_count; i++) {
		const struct store_row *row = &world->store.rows[i];

		if (row->table == STORE_HISTORY && str_eqc(row->key, key) && str_find(row->doc, str_from(words)) >= 0)
			return true;
	}
	return false;
}

TEST(a_grant_opens_the_account_and_stands_in_ledger_and_audit)
{
	struct world *world = with_administrator();
	struct json answer = ask(world, GRANT("2", NUMBER("amount", "500") "," NUMBER("shards", "7") "," TEXT("item", "akari") "," NUMBER("count", "3")));

	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "Granted"));
	CHECK(world_says(world, answer, "2,100"));
	CHECK(world_says(world, answer, "lost to a bug"));
	REQUIRE(world_player(world, "2") != NULL);
	CHECK_EQ_INT(world_player(world, "2")->balance, 2100);
	CHECK_EQ_INT(world_player(world, "2")->shards, 7);
	CHECK_EQ_INT(has(world, "2", "akari"), 3);
	CHECK(world_is_balanced(world, "2"));
	CHECK(world_is_balanced(world, "1"));
	CHECK(booked(world, "2", "\"reason\":\"grant\""));
	CHECK(booked(world, "audit#global", "\"detail\":\"+500 balance, +7 shards, +3 akari\""));
	CHECK(booked(world, "audit#global", "\"target\":\"2\""));
	CHECK_EQ_UINT(world_rows(world, STORE_HISTORY, "audit#global"), 1);
	world_free(world);
}

TEST(one_may_grant_to_oneself)
{
	struct world *world = with_administrator();

	CHECK(world_says(world, ask(world, GRANT("1", NUMBER("amount", "1"))), "Granted"));
	CHECK_EQ_INT(world_player(world, "1")->balance, 1601);
	CHECK_EQ_UINT(world_rows(world, STORE_HISTORY, "1"), 1);
	CHECK(world_is_balanced(world, "1"));
	CHECK(booked(world, "audit#global", "\"target\":\"1\""));
	world_free(world);
}

TEST(a_revoke_takes_no_more_than_there_is_and_says_what_there_is)
{
	struct world *world = with_administrator();
	struct json answer;

	ask(world, GRANT("2", TEXT("item", "akari") "," NUMBER("count", "2")));
	answer = ask(world, REVOKE("2", NUMBER("amount", "1601")));
	CHECK(world_says(world, answer, "Nothing was changed"));
	CHECK(world_says(world, answer, "1,600"));
	answer = ask(world, REVOKE("2", NUMBER("amount", "100") "," TEXT("item", "akari") "," NUMBER("count", "3")));
	CHECK(world_says(world, answer, "×2"));
	CHECK_EQ_INT(world_player(world, "2")->balance, 1600);
	CHECK_EQ_UINT(world_rows(world, STORE_HISTORY, "audit#global"), 1);
	answer = ask(world, REVOKE("2", NUMBER("amount", "1600") "," TEXT("item", "akari") "," NUMBER("count", "2")));
	CHECK(world_says(world, answer, "Revoked"));
	CHECK_EQ_INT(world_player(world, "2")->balance, 0);
	CHECK_EQ_INT(has(world, "2", "akari"), 0);
	CHECK(world_is_balanced(world, "2"));
	CHECK(booked(world, "2", "\"reason\":\"revoke\""));
	world_free(world);
}

TEST(what_makes_no_sense_is_refused_and_changes_nothing)
{
	static const char *const cases[] = {
		OF("grant", "2", "false", WHY),
		OF("grant", "2", "true", WHY "," NUMBER("amount", "1")),
		OF("grant", "2", "false", "," TEXT("reason", "  ") "," NUMBER("amount", "1")),
		GRANT("2", NUMBER("amount", "0")),
		GRANT("2", NUMBER("amount", "-5")),
		GRANT("2", NUMBER("amount", "1000000001")),
		GRANT("2", NUMBER("shards", "-1")),
		GRANT("2", NUMBER("count", "2")),
		GRANT("2", NUMBER("amount", "1") "," NUMBER("count", "2")),
		GRANT("2", TEXT("item", "no such")),
		GRANT("2", TEXT("item", "akari") "," NUMBER("count", "0")),
		GRANT("2", TEXT("item", "akari") "," NUMBER("count", "1001")),
		REVOKE("2", TEXT("item", "akari")),
	};
	struct world *world = with_administrator();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json answer = ask(world, cases[i]);

		CHECK(world_is_private(answer));
		CHECK(world_says(world, answer, "Nothing was changed"));
	}
	CHECK(world_row(world, STORE_USERS, "2") == NULL);
	CHECK(world_row(world, STORE_HISTORY, "audit#global") == NULL);
	world_free(world);
}

TEST(an_item_that_the_catalog_has_no_more_can_be_revoked_by_its_id)
{
	struct world *world = with_administrator();

	world_credit(world, "2", ACCOUNT_ITEM, "gone.item", 2);
	CHECK(world_says(world, ask(world, GRANT("2", TEXT("item", "gone.item"))), "Nothing was changed"));
	CHECK(world_says(world, ask(world, REVOKE("2", TEXT("item", "gone.item"))), "Revoked"));
	CHECK_EQ_INT(has(world, "2", "gone.item"), 1);
	world_free(world);
}

TEST(who_is_no_administrator_is_refused)
{
	static const char *const cases[] = {GRANT("1", NUMBER("amount", "1")), REVOKE("2", NUMBER("amount", "1")), INSPECT("2"), AUDIT};
	struct world *world = world_create(STR_EMPTY);
	struct json answer;

	world->permissions = PERMISSION_MANAGE_GUILD;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		answer = ask(world, cases[i]);
		CHECK(world_is_private(answer));
		CHECK(world_says(world, answer, "permission"));
	}
	CHECK(world_row(world, STORE_USERS, "1") == NULL);
	world_free(world);
}

TEST(inspecting_shows_accounts_commitment_and_last_changes_but_no_seed)
{
	struct world *world = with_administrator();
	char hex[2 * HASH_SHA256_SIZE + 1];
	uint8_t commit[HASH_SHA256_SIZE];
	const struct player *player;
	struct json answer;

	world_ask(world, &world_gateway, 2, "en-US", WORLD_PULL_TEN);
	player = world_player(world, "2");
	REQUIRE(player != NULL);
	fairness_commit(player->fairness.seed, commit);
	answer = ask(world, INSPECT("2"));
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "<@2>"));
	CHECK(world_says(world, answer, "Pity") || world_says(world, answer, "within"));
	CHECK(world_says(world, answer, "`/gacha pull`"));
	CHECK(world_says(world, answer, "−1,600 → 0"));
	CHECK(world_says(world, answer, codec_hex(commit, sizeof(commit), hex).ptr));
	CHECK(!world_says(world, answer, codec_hex(player->fairness.seed, FAIRNESS_SEED_SIZE, hex).ptr));
	CHECK(world_says(world, ask(world, INSPECT("3")), "not played"));
	CHECK(world_says(world, ask(world, INSPECT("1")), "not played"));
	CHECK(world_row(world, STORE_USERS, "3") == NULL);
	world_free(world);
}

TEST(the_audit_pages_back_and_shows_entries_of_every_kind)
{
	struct world *world = with_administrator();
	struct json answer = ask(world, AUDIT);
	struct str older;

	CHECK(world_says(world, answer, "Nothing yet"));
	world->store.rows[world->store.row_count++] = (struct store_row){
		.table = STORE_HISTORY, .key = STR("audit#global"), .sort = 5000000, .version = 1,
		.doc = STR("{\"at\":\"2026-01-01T00:00:00Z\",\"by\":\"9\",\"action\":\"catalog\",\"target\":\"rev-1\",\"reason\":\"\",\"detail\":\"2 items\"}")};
	for (int i = 0; i < HISTORY_PAGE_ROWS; i++) {
		world->now_ms += 1000;
		ask(world, GRANT("2", NUMBER("amount", "5")));
	}
	answer = ask(world, AUDIT);
	CHECK(world_is_private(answer));
	CHECK(world_says(world, answer, "**granted** · <@1> → <@2>"));
	CHECK(world_says(world, answer, "lost to a bug"));
	CHECK(!world_says(world, answer, "rev-1"));
	CHECK(world_says(world, world_ask(world, &world_gateway, 1, "ja", AUDIT), "**付与** · <@1> → <@2>"));
	older = world_button(world, answer, 0);
	answer = world_push(world, &world_gateway, 1, older);
	CHECK(world_says(world, answer, "**catalog edited** · <@9> → rev-1\n2 items"));
	CHECK(!world_says(world, answer, "grant"));
	world->permissions = 0;
	CHECK(world_says(world, world_push(world, &world_gateway, 1, older), "permission"));
	world_free(world);
}
