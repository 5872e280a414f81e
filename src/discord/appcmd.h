/*
 * Application commands: their definitions as tables, the JSON that registers them, and whether what
 * Discord has differs from it.
 */
#ifndef DISCORD_APPCMD_H
#define DISCORD_APPCMD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "discord/event.h"

/* English is the default; Japanese is the localisation `ja`. */
struct appcmd_text {
	const char *en;
	const char *ja;
};

struct appcmd_choice {
	struct appcmd_text name;
	const char *text;  /* of a string option, else NULL */
	int64_t integer;
};

struct appcmd_option {
	const char *name;
	enum option_type type;
	struct appcmd_text description;
	bool required;
	bool autocomplete;
	const struct appcmd_choice *choices;
	size_t choice_count;
	int64_t min, max; /* of an integer, or lengths of a string; both 0: none */
	/* of a subcommand or group */
	const struct appcmd_option *options;
	size_t option_count;
};

#define APPCMD_CONTEXT_GUILD 1u
#define APPCMD_CONTEXT_BOT_DM 2u

struct appcmd {
	const char *name;
	struct appcmd_text description;
	const struct appcmd_option *options;
	size_t option_count;
	unsigned contexts;            /* APPCMD_CONTEXT_… */
	uint64_t member_permissions;  /* default_member_permissions; 0: everybody */
};

/* The array for PUT …/commands. */
void appcmd_write(const struct appcmd *commands, size_t count, struct json_writer *writer);
/* Whether what Discord has (GET …/commands?with_localizations=true) says the same; server-side members are ignored. */
bool appcmd_equal(const struct appcmd *commands, size_t count, struct json theirs);
/* One of those commands by its name, missing if there is none; and whether it says the same. Scratch memory from arena. */
struct json appcmd_find(struct json theirs, const char *name, struct arena *arena);
bool appcmd_same(const struct appcmd *command, struct json theirs, struct arena *arena);
/* Discord's limits (discord.md 18): 8000 characters a command with its longest localisation, … For the unit tests. */
bool appcmd_check(const struct appcmd *commands, size_t count, struct err *err);

#endif
