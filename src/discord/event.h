/*
 * Decoding of what Discord sends: interactions (the same JSON at every door), READY, and little else.
 * Only members that are used are read; what is unknown is left alone. Results borrow from the JSON
 * document and the arena.
 */
#ifndef DISCORD_EVENT_H
#define DISCORD_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "base/str.h"

enum interaction_kind {
	INTERACTION_PING = 1,
	INTERACTION_COMMAND = 2,
	INTERACTION_COMPONENT = 3,
	INTERACTION_AUTOCOMPLETE = 4,
	INTERACTION_MODAL = 5,
};

/* Discord's application command option types. */
enum option_type {
	OPTION_SUBCOMMAND = 1,
	OPTION_SUBCOMMAND_GROUP = 2,
	OPTION_STRING = 3,
	OPTION_INTEGER = 4,
	OPTION_BOOLEAN = 5,
	OPTION_USER = 6,
	OPTION_CHANNEL = 7,
	OPTION_ROLE = 8,
	OPTION_ATTACHMENT = 11,
};

struct discord_user {
	uint64_t id;
	struct str name; /* global name, else user name; in a server the nickname goes first */
	bool bot;
};

/* What a person attached. */
struct discord_file {
	struct str name;
	struct str url;
	int64_t size_bytes; /* as Discord says */
};

struct interaction_option {
	struct str name;
	enum option_type type;
	struct str text;    /* STRING; AUTOCOMPLETE: what was typed so far, whatever the type */
	int64_t integer;    /* INTEGER */
	bool flag;          /* BOOLEAN */
	uint64_t id;        /* USER, CHANNEL, ROLE, ATTACHMENT */
	struct discord_user user; /* USER, from `resolved` */
	struct discord_file file; /* ATTACHMENT, from `resolved` */
	bool focused;
};

struct interaction {
	enum interaction_kind kind;
	uint64_t id;
	uint64_t application_id;
	struct str token;
	uint64_t guild_id;   /* 0 outside a server */
	uint64_t channel_id; /* 0 if not given */
	struct discord_user user;
	uint64_t permissions; /* of the member; 0 outside a server */
	struct str locale;       /* of the user, "" if not given */
	struct str guild_locale;

	/* COMMAND, AUTOCOMPLETE */
	struct str command;
	struct str group;      /* subcommand group, or empty */
	struct str subcommand; /* or empty */
	struct interaction_option options[INTERACTION_OPTIONS_MAX];
	size_t option_count;

	/* COMPONENT, MODAL */
	struct str custom_id;
	struct str values[INTERACTION_VALUES_MAX]; /* of a select */
	size_t value_count;
	struct interaction_option fields[INTERACTION_FIELDS_MAX]; /* of a modal: name is the custom id, text the value */
	size_t field_count;
	uint64_t message_id; /* that the component stands on */
};

/* `data` is the `d` of INTERACTION_CREATE or the body of an HTTP interaction. ERR_INPUT names what is missing. */
bool event_decode_interaction(struct json data, struct arena *arena, struct interaction *interaction, struct err *err);

/* What READY tells (discord.md 4); empty or 0 where it does not. */
struct event_ready {
	struct str session_id;
	struct str resume_url;
	uint64_t application_id;
};
void event_decode_ready(struct json data, struct arena *arena, struct event_ready *ready);

/* NULL if it was not given. */
const struct interaction_option *interaction_option(const struct interaction *interaction, const char *name);
/* What was entered into a modal's input, trimmed; empty if it has none. */
struct str interaction_field(const struct interaction *interaction, const char *custom_id);

/* Milliseconds since 1970 at which a snowflake was made. */
int64_t snowflake_unix_ms(uint64_t snowflake);

#endif
