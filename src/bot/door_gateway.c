#include "bot/door_gateway.h"

#include "base/clock.h"
#include "base/log.h"
#include "bot/bot.h"
#include "bot/delivery.h"
#include "bot/door_rest.h"
#include "bot/intake.h"

static const struct door gateway_door = {
	.counts_from_id = true,
	.defers = true,
	.files_later = true,
	.first = door_rest_first,
	.later = door_rest_later,
	.drop = door_rest_drop,
};

/* Nobody waits for whether it arrives. */
static void busy_done(void *owner, const struct rest_response *response)
{
	(void)owner;
	(void)response;
}

static void answer_busy(struct bot *bot, struct json data)
{
	struct arena arena;
	struct buf body;
	struct rest_request request = {.route = REST_CALLBACK, .done = busy_done, .owner = &bot->gateway_door};

	arena_init(&arena, ARENA_BLOCK_BYTES);
	buf_init(&body, ANSWER_BYTES_MAX);
	request.token = json_text_or(json_get(data, "token"), &arena, STR_EMPTY);
	delivery_write_sentence(SENTENCE_BUSY, intake_language(json_text_or(json_get(data, "locale"), &arena, STR_EMPTY)),
				false, &body);
	request.body = buf_str(&body);
	request.deadline_ms = loop_now_ms(bot->loop) + INTERACTION_FIRST_MS;
	if (json_snowflake(json_get(data, "id"), &request.ids[0]) && request.token.len > 0)
		rest_send(bot->rest, &request, NULL);
	buf_release(&body);
	arena_release(&arena);
}

static void dispatch(void *owner, unsigned shard, struct str name, struct json data)
{
	struct bot *bot = owner;
	struct task_event event = {.door = &gateway_door, .data = data, .now_ms = clock_unix_ms()};
	struct err err;

	(void)shard;
	if (bot->stopping || !str_eqc(name, "INTERACTION_CREATE"))
		return;
	event.clock_offset_ms = rest_clock_offset_ms(bot->rest);
	if (tasks_take(&bot->tasks, &event, &err))
		return;
	log_event(LOG_WARN, "interaction not taken", LOG_E(&err));
	if (err.code == ERR_THROTTLED)
		answer_busy(bot, data);
	else
		metrics_add(&bot->metrics, METRIC_GATEWAY_SKIPPED, 1);
}

static void ready(void *owner, unsigned shards, uint64_t application_id)
{
	struct bot *bot = owner;

	bot_is_ready(bot, shards);
	registrar_start(&bot->gateway_door.registrar, bot->rest, application_id);
}

static void resumed(void *owner, unsigned shard)
{
	(void)owner;
	log_event(LOG_INFO, "resumed", LOG_U("shard", shard));
}

static void reconnecting(void *owner, unsigned shard, const char *why)
{
	(void)owner;
	log_event(LOG_WARN, "reconnecting", LOG_U("shard", shard), LOG_C("why", why));
}

static void waiting(void *owner, int64_t until_unix_ms, const char *why)
{
	char until[32];

	(void)owner;
	log_event(LOG_WARN, "waiting", LOG_S("until", clock_format_ms(until_unix_ms, until)), LOG_C("why", why));
}

static void refused(void *owner, int code, const struct err *err)
{
	bot_refused(owner, code, err->text);
}

void door_gateway_rest_refused(void *owner, int status)
{
	bot_refused(owner, status,
		    "Discord's HTTP API does not accept the token; copy a new one from the application's Bot page into DISCORD_BOT_TOKEN");
}

static void skipped(void *owner, unsigned shard, const char *why)
{
	(void)owner;
	log_event(LOG_WARN, "gateway frame skipped", LOG_U("shard", shard), LOG_C("why", why));
}

/* The store tells it at a time when nothing of the gateway is on the stack. */
static void taken(void *owner)
{
	struct bot *bot = owner;

	log_event(LOG_WARN, "gateway session not kept",
		  LOG_C("why", "another process keeps a session of these shards in the same store; run one, or divide HOMU_SHARDS"));
	gateway_disown(bot->gateway_door.gateway, clock_unix_ms());
}

static void save(void *owner, struct str state)
{
	struct bot *bot = owner;

	kept_save_gateway(&bot->kept, state, clock_unix_ms() / 1000);
}

bool door_gateway_start(struct door_gateway *door, struct bot *bot, struct err *err)
{
	const struct config *config = &bot->cli->config;
	const struct gateway_handler handler = {
		.dispatch = dispatch,
		.ready = ready,
		.resumed = resumed,
		.reconnecting = reconnecting,
		.waiting = waiting,
		.refused = refused,
		.skipped = skipped,
		.save = save,
		.owner = bot,
	};
	struct gateway_settings settings = {
		.token = config_secret(config, SETTING_DISCORD_BOT_TOKEN),
		.status = STR("/gacha pull"),
	};

	door->bot = bot;
	if (!gateway_shards_parse(config_get(config, SETTING_SHARDS), &settings.shards, err))
		return false;
	door->gateway =
		gateway_create(bot->loop, bot->http, bot->rest, &bot->rng, &bot->metrics, &settings, &handler, err);
	if (!door->gateway)
		return false;
	bot->kept.taken = taken;
	bot->kept.owner = bot;
	/* A copy: the gateway may save before it has read all of it. */
	gateway_start(door->gateway, arena_str(&bot->cli->arena, kept_gateway(&bot->kept)), clock_unix_ms());
	return true;
}

void door_gateway_stop(struct door_gateway *door)
{
	if (door->gateway)
		gateway_detach(door->gateway, clock_unix_ms());
}

void door_gateway_release(struct door_gateway *door)
{
	if (door->gateway)
		gateway_free(door->gateway);
	door->gateway = NULL;
}

bool door_gateway_is_ready(const struct door_gateway *door, const char **why)
{
	return gateway_is_ready(door->gateway, why);
}
