/*
 * The bot: owns everything that `run` needs, opens the door that the settings choose, and stops it in
 * order. All of its state hangs off one struct.
 */
#ifndef BOT_BOT_H
#define BOT_BOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/metrics.h"
#include "base/rng.h"
#include "base/str.h"
#include "bot/alarm.h"
#include "bot/catalogs.h"
#include "bot/door_gateway.h"
#include "bot/door_http.h"
#include "bot/jobs.h"
#include "bot/kept.h"
#include "bot/tasks.h"
#include "cli.h"
#include "discord/rest.h"
#include "net/http.h"
#include "net/loop.h"
#include "store/store.h"
#include "web/cards.h"

/* Which door takes interactions (the log's `door`). */
enum bot_door { BOT_DOOR_GATEWAY, BOT_DOOR_HTTP, BOT_DOOR_PLAYGROUND };

struct bot {
	struct cli *cli;
	enum bot_door door;
	bool talks; /* the log is text for a person */
	struct rng rng;
	struct metrics metrics;
	struct catalog catalog; /* configured */
	struct catalogs catalogs;
	struct cards cards;
	struct player_seal seal;
	uint8_t button_key[CUSTOM_ID_KEY_SIZE];
	struct buf ca_pem;
	struct loop *loop;
	struct http *http;
	struct rest *rest;
	struct alarm alarm;
	struct store *store;
	struct kept kept;
	struct tasks tasks;
	struct jobs jobs;
	struct door_gateway gateway_door;
	struct door_http http_door;
	struct loop_hook store_hook, stop_hook;
	struct loop_timer stop_timer;
	struct loop_signal signals;
	int64_t started_ms; /* Unix */
	bool was_ready;  /* since the start of this process */
	bool stopping;
	int exit_code;
};

/* The command `run`: until a signal, or until Discord refuses for good. Returns the exit code. */
int bot_run(struct cli *cli);

/* For the doors: the door is open for the first time; Discord said no for good. */
void bot_is_ready(struct bot *bot, unsigned shards);
void bot_refused(struct bot *bot, int code, const char *detail);

#endif
