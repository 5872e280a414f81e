/*
 * What the tests of this room share: a store in memory that can be told to fail, a door that writes
 * down what it was given, and the starter catalog at a fixed time.
 */
#ifndef WORLD_H
#define WORLD_H

#include "bot/tasks.h"

#define WORLD_NOW_MS INT64_C(1785000000000) /* 2026-07-25 */
#define WORLD_ROWS_MAX 256
#define WORLD_SENT_MAX 512

/* `data` of commands. */
#define WORLD_PULL "{\"name\":\"gacha\",\"options\":[{\"name\":\"pull\",\"type\":1}]}"
#define WORLD_PULL_TEN \
	"{\"name\":\"gacha\",\"options\":[{\"name\":\"pull\",\"type\":1,\"options\":[{\"name\":\"count\",\"type\":4,\"value\":10}]}]}"
#define WORLD_DAILY "{\"name\":\"daily\"}"
#define WORLD_PING "{\"name\":\"ping\"}"
#define WORLD_PROFILE "{\"name\":\"profile\"}"
#define WORLD_PROFILE_OF_2 \
	"{\"name\":\"profile\",\"options\":[{\"name\":\"user\",\"type\":6,\"value\":\"2\"}],\"resolved\":{\"users\":{\"2\":" \
	"{\"id\":\"2\",\"username\":\"other\"}}}}"
#define WORLD_HISTORY "{\"name\":\"history\"}"

struct world_store {
	struct store base;
	struct arena arena;
	struct store_row rows[WORLD_ROWS_MAX];
	size_t row_count;
	struct store_request *first, **last;
	bool held;                    /* nothing ends */
	unsigned fail_loads, fail_commits, races; /* so many of the next ones */
	enum err_code fail_code;
	bool fail_after;              /* a failing commit takes place all the same */
	unsigned loads, commits;
};

struct world_sent {
	struct task *task;
	bool later, follow_up, dropped;
	struct str body;
	size_t rows; /* in the store at that moment */
};

struct world {
	struct arena arena;
	struct catalog catalog;
	struct catalogs catalogs;
	struct cards cards;
	struct rng rng;
	struct metrics metrics;
	struct loop *loop;
	struct world_store store;
	struct player_seal seal;
	uint8_t button_key[CUSTOM_ID_KEY_SIZE];
	struct tasks *tasks;
	struct world_sent sent[WORLD_SENT_MAX];
	size_t sent_count;
	bool hold_sent; /* what is sent does not end by itself */
	bool lose_sent; /* nothing arrives */
	int64_t now_ms;
	uint64_t next_id;
	uint64_t permissions; /* of whoever asks, in the server 500 */
};

/* Doors that write down: as the gateway's, and as the HTTP door without and with a signature. */
extern const struct door world_gateway, world_playground, world_signed;

/* catalog_text empty: the starter catalog. */
struct world *world_create(struct str catalog_text);
void world_free(struct world *world);
/* As after a restart: everything in memory is gone, the store is there. */
void world_restart(struct world *world);

/* A fresh id of this moment. */
uint64_t world_id(struct world *world);
/* data: what stands in `data` of a command, e.g. {"name":"daily"}. */
struct json world_command(struct world *world, uint64_t id, uint64_t user, const char *locale, const char *data);
struct json world_press(struct world *world, uint64_t id, uint64_t user, const char *locale, struct str custom_id);
bool world_take(struct world *world, const struct door *door, struct json data, struct err *err);
/* A command of user 1, which has to be taken. */
bool world_order(struct world *world, const struct door *door, uint64_t id, const char *data);
/* The first task at this step, or NULL. */
struct task *world_task_at(struct world *world, enum task_step step);
/* Fires the timer of a task that pauses as the loop would; false if none does. */
bool world_end_pause(struct world *world);
/* Turns the store until nothing is left. */
void world_settle(struct world *world);
/* Takes a command with a fresh id at a door, settles, and gives the last answer; JSON_MISSING_VALUE without one. */
struct json world_ask(struct world *world, const struct door *door, uint64_t user, const char *locale, const char *data);
struct json world_push(struct world *world, const struct door *door, uint64_t user, struct str custom_id);

/* A choice in a select. */
/* Enters a modal; inputs: their values by custom id, as JSON: {"rarity":"SSR"}. */
struct json world_submit(struct world *world, const struct door *door, uint64_t user, struct str custom_id, const char *inputs);
struct json world_choose(struct world *world, const struct door *door, uint64_t user, struct str custom_id, const char *value);
/* The values of the choices for what stands in `data`, joined by spaces. */
struct str world_complete(struct world *world, uint64_t user, const char *data);
/* Books a change of value into the user's row (made where there is none) and history; delta must be possible. */
void world_credit(struct world *world, const char *key, enum account account, const char *name, int64_t delta);

struct json world_parse(struct world *world, struct str text);
/* The last answer's JSON. */
struct json world_last(struct world *world);
/* All the text of an answer: content, and the embeds' titles, descriptions, fields, footers, a line each. */
struct str world_text(struct world *world, struct json answer);
bool world_says(struct world *world, struct json answer, const char *words);
bool world_is_private(struct json answer);
/* The custom id of the n-th button of an answer. */
struct str world_button(struct world *world, struct json answer, size_t n);
/* The same of the component at a place of a row. */
struct str world_component(struct world *world, struct json answer, size_t row, size_t n);

const struct store_row *world_row(const struct world *world, enum store_table table, const char *key);
size_t world_rows(const struct world *world, enum store_table table, const char *key);
/* The user's row, decoded. */
const struct player *world_player(struct world *world, const char *key);
/* Whether the sum of the user's ledger rows is the user's state. */
bool world_is_balanced(struct world *world, const char *key);

#endif
