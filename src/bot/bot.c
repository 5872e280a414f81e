#include "bot/bot.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/log.h"
#include "bot/cli_catalog.h"
#include "cli_version.h"
#include "net/ca.h"
#include "store/sqlite.h"

static const char *const door_names[] = {
	[BOT_DOOR_GATEWAY] = "gateway",
	[BOT_DOOR_HTTP] = "http",
	[BOT_DOOR_PLAYGROUND] = "playground",
};

/* ---- start ---- */

static bool choose_door(struct bot *bot, struct err *err)
{
	const struct config *config = &bot->cli->config;

	if (config_is_set(config, SETTING_DISCORD_BOT_TOKEN))
		bot->door = BOT_DOOR_GATEWAY;
	else if (config_is_set(config, SETTING_DISCORD_PUBLIC_KEY))
		bot->door = BOT_DOOR_HTTP;
	else
		bot->door = BOT_DOOR_PLAYGROUND;
	return bot->door != BOT_DOOR_GATEWAY ||
	       config_check_token(secret_reveal(config_secret(config, SETTING_DISCORD_BOT_TOKEN)), err) ||
	       err_wrap(err, "DISCORD_BOT_TOKEN");
}

static bool set_up_seal(struct bot *bot, struct err *err)
{
	const struct secret *key = config_secret(&bot->cli->config, SETTING_SEED_KEY);

	if (!secret_is_set(key))
		return true;
	bot->seal.set = codec_unhex(secret_reveal(key), bot->seal.key, sizeof(bot->seal.key));
	return bot->seal.set || err_set(err, ERR_CONFIG, "HOMU_SEED_KEY has to be 64 hex digits; make one with: openssl rand -hex 32");
}

static bool open_store(struct bot *bot, struct err *err)
{
	int64_t now_s = bot->started_ms / 1000;
	struct str path;

	if (!config_store_path(&bot->cli->config, &path, err))
		return false;
	bot->store = sqlite_open(path, err);
	if (!bot->store)
		return false;
	kept_init(&bot->kept, bot->store, config_get(&bot->cli->config, SETTING_SHARDS));
	return kept_load(&bot->kept, &bot->rng, now_s, bot->button_key, err);
}

static bool open_net(struct bot *bot, struct err *err)
{
	const struct config *config = &bot->cli->config;
	struct http_settings http_settings = {.user_agent = cli_discord_agent};
	struct rest_settings rest_settings = {
		.base = config_get(config, SETTING_DISCORD_API_BASE),
		.token = config_secret(config, SETTING_DISCORD_BOT_TOKEN),
		.refused = bot->door == BOT_DOOR_GATEWAY ? door_gateway_rest_refused : NULL,
		.owner = bot,
	};

	/* The playground asks nobody. */
	if (bot->door == BOT_DOOR_PLAYGROUND)
		return true;
	if (!ca_load(config_get(config, SETTING_CA_FILE), &bot->ca_pem, err))
		return false;
	http_settings.ca_pem = buf_str(&bot->ca_pem);
	bot->http = http_create(bot->loop, &http_settings, err);
	if (!bot->http)
		return false;
	alarm_init(&bot->alarm, bot->http, config_secret(config, SETTING_ALERT_WEBHOOK));
	bot->rest = rest_create(bot->loop, bot->http, &bot->rng, &bot->metrics, &rest_settings, err);
	return bot->rest != NULL;
}

static bool run_store(void *owner, int64_t now_ms)
{
	return store_turn(owner, now_ms);
}

/* 0 if it was not given. */
static uint64_t admin_guild(const struct config *config)
{
	uint64_t id = 0;

	str_to_u64(config_get(config, SETTING_ADMIN_GUILD), 1, UINT64_MAX, &id);
	return id;
}

static void start_tasks(struct bot *bot)
{
	const struct tasks_settings settings = {
		.loop = bot->loop,
		.store = bot->store,
		.catalogs = &bot->catalogs,
		.cards = &bot->cards,
		.art = config_get(&bot->cli->config, SETTING_ART),
		.jobs = &bot->jobs,
		.http = bot->http,
		.announces = bot->door == BOT_DOOR_GATEWAY,
		.rng = &bot->rng,
		.metrics = &bot->metrics,
		.seal = &bot->seal,
		.button_key = bot->button_key,
		.rest = bot->rest,
		.guild_scope = str_eqc(config_get(&bot->cli->config, SETTING_SCOPE), "guild"),
		.admin_guild = admin_guild(&bot->cli->config),
	};

	tasks_init(&bot->tasks, &settings);
	bot->store_hook = (struct loop_hook){.run = run_store, .owner = bot->store};
	loop_add_hook(bot->loop, &bot->store_hook);
	jobs_start(&bot->jobs, bot->loop, bot->store);
}

static void tell_start(struct bot *bot)
{
	log_event(LOG_INFO, "start", LOG_C("version", cli_version), LOG_C("door", door_names[bot->door]),
		  LOG_C("store", store_name(bot->store)), LOG_S("http", server_address(bot->http_door.server)),
		  LOG_C("catalog", bot->catalog.sha256_hex));
}

static void invite(struct bot *bot)
{
	struct cli *cli = bot->cli;
	struct str address = server_address(bot->http_door.server);

	cli_say(cli, cli->japanese ? "遊び場を開きました: http://%.*s/" : "The playground is open: http://%.*s/", STR_ARG(address));
	cli_say(cli, cli->japanese ? "ブラウザーで開いてください。終えるには Ctrl-C を押します。" : "Open it in a browser. Ctrl-C ends it.");
}

void bot_is_ready(struct bot *bot, unsigned shards)
{
	bot->was_ready = true;
	/* A person wants to know where to look, a program how many (interface.md, Settings). */
	if (bot->door == BOT_DOOR_PLAYGROUND && bot->talks)
		invite(bot);
	else
		log_event(LOG_INFO, "ready", LOG_U("shards", shards));
}

/* ---- stop ---- */

/* Takes nothing more; what is under way gets STOP_MS. */
static void stop(struct bot *bot)
{
	bot->stopping = true;
	log_event(LOG_INFO, "stopping", LOG_U("in_flight", tasks_busy(&bot->tasks)));
	door_gateway_stop(&bot->gateway_door);
	tasks_stop(&bot->tasks);
	jobs_stop(&bot->jobs);
	loop_set_timer(bot->loop, &bot->stop_timer, loop_now_ms(bot->loop) + STOP_MS);
}

static bool look_for_end(void *owner, int64_t now_ms)
{
	struct bot *bot = owner;

	(void)now_ms;
	if (bot->stopping && tasks_idle(&bot->tasks) && kept_is_idle(&bot->kept) && alarm_is_idle(&bot->alarm))
		loop_stop(bot->loop);
	return false;
}

static void stop_late(void *owner, int64_t now_ms)
{
	struct bot *bot = owner;

	(void)now_ms;
	log_event(LOG_WARN, "stopped with work under way", LOG_U("in_flight", tasks_busy(&bot->tasks)));
	loop_stop(bot->loop);
}

static void caught(void *owner, int number)
{
	struct bot *bot = owner;

	(void)number;
	if (!bot->stopping) {
		stop(bot);
		return;
	}
	bot->exit_code = bot->exit_code == EXIT_DONE ? EXIT_INTERRUPTED : bot->exit_code;
	loop_stop(bot->loop);
}

void bot_refused(struct bot *bot, int code, const char *detail)
{
	char text[ERR_TEXT_MAX + 32];

	if (bot->exit_code == EXIT_REFUSED)
		return;
	bot->exit_code = EXIT_REFUSED;
	log_event(LOG_ERROR, "refused", LOG_I("code", code), LOG_C("detail", detail));
	snprintf(text, sizeof(text), "🚨 homuhomu: %s", detail);
	alarm_send(&bot->alarm, str_from(text));
	if (!bot->stopping)
		stop(bot);
}

/* ---- life ---- */

/*
 * The page shows the revision in force before somebody plays. With accounts of a server's own each server has its own; and
 * what cannot be read now is read again, and told, with every command.
 */
static void open_catalogs(struct bot *bot)
{
	struct err err;

	if (!str_eqc(config_get(&bot->cli->config, SETTING_SCOPE), "guild") &&
	    !catalogs_open(&bot->catalogs, bot->store, clock_unix_ms(), &err))
		log_event(LOG_ERROR, "the catalog's revision cannot be read yet; the configured catalog is shown", LOG_E(&err));
}

static bool start(struct bot *bot, struct err *err)
{
	struct cli *cli = bot->cli;

	if (!choose_door(bot, err) || !rng_init(&bot->rng, err) || !set_up_seal(bot, err) ||
	    !cli_catalog_load(cli, config_get(&cli->config, SETTING_CATALOG), &bot->catalog, err) || !open_store(bot, err))
		return false;
	catalogs_init(&bot->catalogs, &bot->catalog);
	open_catalogs(bot);
	cards_init(&bot->cards);
	bot->loop = loop_create(err);
	if (!bot->loop || !loop_catch_signals(bot->loop, &bot->signals, err) || !open_net(bot, err))
		return false;
	start_tasks(bot);
	if (!door_http_start(&bot->http_door, bot, err))
		return false;
	loop_add_hook(bot->loop, &bot->stop_hook);
	tell_start(bot);
	if (bot->door == BOT_DOOR_GATEWAY)
		return door_gateway_start(&bot->gateway_door, bot, err);
	bot_is_ready(bot, 0);
	return true;
}

static void release(struct bot *bot)
{
	door_http_stop(&bot->http_door);
	door_gateway_release(&bot->gateway_door);
	tasks_cancel_fetches(&bot->tasks);
	if (bot->rest)
		rest_free(bot->rest);
	if (bot->http)
		http_free(bot->http);
	if (bot->store)
		store_free(bot->store);
	tasks_release(&bot->tasks);
	jobs_release(&bot->jobs);
	catalogs_release(&bot->catalogs);
	cards_release(&bot->cards);
	door_http_release(&bot->http_door);
	kept_release(&bot->kept);
	if (bot->loop) {
		loop_catch_signals(bot->loop, NULL, NULL);
		loop_free(bot->loop);
	}
	buf_release(&bot->ca_pem);
	secret_wipe(&bot->seal, sizeof(bot->seal));
}

int bot_run(struct cli *cli)
{
	/* Zeroed pages that are never touched cost nothing: the slots are many. */
	struct bot *bot = calloc(1, sizeof(*bot));
	struct err err;
	int code;

	if (!bot) {
		err_set(&err, ERR_MEMORY, "no memory for the bot");
		return cli_fail(cli, &err);
	}
	bot->cli = cli;
	bot->talks = !cli->log_json;
	bot->started_ms = clock_unix_ms();
	bot->exit_code = EXIT_DONE;
	bot->signals = (struct loop_signal){.caught = caught, .owner = bot};
	bot->stop_hook = (struct loop_hook){.run = look_for_end, .owner = bot};
	bot->stop_timer = (struct loop_timer){.fire = stop_late, .owner = bot};
	buf_init(&bot->ca_pem, CA_BYTES_MAX);
	if (!start(bot, &err) || !loop_run(bot->loop, &err))
		code = cli_fail(cli, &err);
	else
		code = bot->exit_code;
	release(bot);
	free(bot);
	return code;
}
