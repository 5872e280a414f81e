#include "discord/keeper.h"

#include "base/limits.h"
#include "test.h"

#define NOW 1800000000000

struct rig {
	struct secret token;
	struct rng rng;
	struct arena arena;
	struct budget budget;
	struct shards shards;
	struct gateway_handler handler;
	struct keeper keeper;
	char state[4096]; /* what was saved last */
	unsigned saves;
};

static void save(void *owner, struct str state)
{
	struct rig *rig = owner;

	rig->saves++;
	CHECK(str_to_cstr(state, rig->state, sizeof(rig->state)));
}

static void rig_init(struct rig *rig)
{
	memset(rig, 0, sizeof(*rig));
	secret_set(&rig->token, STR("MTEwMDAwMDAwMDAwMDAwMDAwMQ.abc.def"));
	rng_init_seed(&rig->rng, "x", 1);
	arena_init(&rig->arena, 1u << 20);
	budget_init(&rig->budget);
	rig->handler = (struct gateway_handler){.save = save, .owner = rig};
	rig->keeper = (struct keeper){.handler = &rig->handler, .token = &rig->token, .budget = &rig->budget,
				      .shards = &rig->shards, .arena = &rig->arena};
	REQUIRE(shards_init(&rig->shards, &(struct gateway_shards){0, 0, 1}, &rig->token, &rig->rng, NULL));
}

static void rig_release(struct rig *rig)
{
	shards_release(&rig->shards);
	arena_release(&rig->arena);
	secret_release(&rig->token);
}

TEST(sessions_are_kept_soon_after_events_and_now_and_then_without)
{
	struct rig rig;

	rig_init(&rig);
	CHECK_EQ_INT(keeper_at_ms(&rig.keeper), INT64_MAX);
	rig.shards.list[0].session.step = SESSION_ONLINE;
	keeper_keep(&rig.keeper, 77, 1000, NOW);
	CHECK_EQ_UINT(rig.saves, 1);
	CHECK_EQ_INT(keeper_at_ms(&rig.keeper), 1000 + SESSION_KEEP_IDLE_MS);
	rig.shards.list[0].session.events++;
	CHECK_EQ_INT(keeper_at_ms(&rig.keeper), 1000 + SESSION_KEEP_MS);
	keeper_keep(&rig.keeper, 77, 2000, NOW + 1000);
	CHECK_EQ_INT(keeper_at_ms(&rig.keeper), 2000 + SESSION_KEEP_IDLE_MS);
	rig_release(&rig);
}

TEST(sessions_of_another_process_are_not_kept)
{
	struct rig rig;
	uint64_t application_id = 5;

	rig_init(&rig);
	rig.shards.list[0].session.step = SESSION_ONLINE;
	rig.keeper.disowned = true;
	CHECK_EQ_INT(keeper_at_ms(&rig.keeper), INT64_MAX);
	keeper_keep(&rig.keeper, 77, 1000, NOW);
	CHECK_EQ_UINT(rig.saves, 1);
	CHECK(strstr(rig.state, "\"sessions\"") == NULL);
	CHECK(!keeper_restore(&rig.keeper, str_from(rig.state), &(struct gateway_shards){0, 0, 1}, &rig.rng, NOW, &application_id));
	CHECK_EQ_UINT(application_id, 5);
	rig_release(&rig);
}
