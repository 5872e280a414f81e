/*
 * The table of settings (interface.md, Settings): name, option, default, whether it is a secret, help, and the check
 * of its form. Loading (config.h), help, completion and the README's table are derived from it. A check looks at the
 * form alone: no file is opened and no name is looked up. What it lets pass is of the form that its
 * users take.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum setting {
	SETTING_DISCORD_BOT_TOKEN,
	SETTING_DISCORD_PUBLIC_KEY,
	SETTING_DISCORD_API_BASE,
	SETTING_STORE,
	SETTING_CATALOG,
	SETTING_ART,
	SETTING_HTTP,
	SETTING_WEB_PASSWORD,
	SETTING_SCOPE,
	SETTING_ADMIN_GUILD,
	SETTING_SHARDS,
	SETTING_LOG,
	SETTING_LOG_LEVEL,
	SETTING_CA_FILE,
	SETTING_SEED_KEY,
	SETTING_ALERT_WEBHOOK,
	SETTING_BACKUP,
	SETTING_USERS_TABLE,
	SETTING_HISTORY_TABLE,
	SETTING_SETTINGS_TABLE,
	SETTING_AWS, /* all names of AWS' SDKs together: config_aws */
	SETTING_COUNT
};

/* A set of settings, for a command's row. */
#define SETTING_BIT(setting) ((uint32_t)1 << (setting))
#define SETTINGS_ALL (((uint32_t)1 << SETTING_COUNT) - 1)

/* One text in both languages of the program. */
struct words {
	const char *en;
	const char *ja;
};

struct setting_row {
	const char *name;     /* of the environment */
	const char *option;   /* of the command line ("store" for --store), or NULL */
	const char *value;    /* what help calls the option's value: "FILE" */
	const char *fallback; /* default, or NULL */
	struct words shown;   /* default as help words it, where that is more than `fallback`; else NULL */
	bool secret;
	bool later;           /* a name that is kept for a later version: who sets it is warned that nothing reads it */
	struct words help;    /* one sentence; names and values stand in backquotes */
	const char *values;   /* "a|b": the only words allowed, or NULL */
	/* ERR_CONFIG with what is allowed, never with the value; may narrow the value to its normal form. NULL: any text. */
	bool (*check)(struct str *value, struct err *err);
};

extern const struct setting_row setting_rows[SETTING_COUNT];

/* Whether the value is of the setting's form (`values`, then `check`). ERR_CONFIG says what is allowed. */
bool setting_check(enum setting setting, struct str *value, struct err *err);

/* The README's table in Markdown. */
void settings_write_table(struct buf *out, bool japanese);

#endif
