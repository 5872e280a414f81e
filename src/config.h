/*
 * Settings (interface.md, Settings): one table declares each; loading, help, redacted printing and
 * the README's table are derived from it.
 *
 * Order: command line, environment, `homuhomu.env` in the working directory (never on ECS or Lambda),
 * default. For a secret, NAME_FILE reads it from a file. Values live as long as the struct.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/str.h"

enum setting {
	SETTING_DISCORD_BOT_TOKEN,
	SETTING_DISCORD_PUBLIC_KEY,
	SETTING_DISCORD_API_BASE,
	SETTING_STORE,
	SETTING_CATALOG,
	SETTING_HTTP,
	SETTING_WEB_PASSWORD,
	SETTING_SCOPE,
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
	SETTING_COUNT
};

enum setting_source { SOURCE_DEFAULT, SOURCE_FILE, SOURCE_ENVIRONMENT, SOURCE_SECRET_FILE, SOURCE_COMMAND_LINE };

struct setting_row {
	const char *name;     /* of the environment */
	const char *option;   /* of the command line ("store" for --store), or NULL */
	const char *fallback; /* default, or NULL */
	const char *shown;    /* default as the README words it, where that is more than `fallback` */
	bool secret;
	const char *help;
	/* NULL: any text. ERR_CONFIG with what is allowed. */
	bool (*check)(struct str value, struct err *err);
};
extern const struct setting_row setting_rows[SETTING_COUNT];

struct config {
	struct arena arena;
	struct str values[SETTING_COUNT];      /* of those that are no secret */
	struct secret secrets[SETTING_COUNT];  /* of those that are */
	enum setting_source sources[SETTING_COUNT];
	bool on_ecs;
	bool on_lambda;
};

struct config_override {
	enum setting setting;
	struct str value;
};

/*
 * environment is envp (NULL-terminated); directory is where homuhomu.env may be, or NULL.
 * ERR_CONFIG names the setting, the value's fault (never a secret's value) and what to do. Unknown HOMU_* names
 * are refused with the nearest known one. Secrets found in the environment are wiped there.
 */
bool config_load(struct config *config, char **environment, const char *directory,
		 const struct config_override *overrides, size_t override_count, struct err *err);
void config_release(struct config *config);

/* Empty if not set. */
struct str config_get(const struct config *config, enum setting setting);
const struct secret *config_secret(const struct config *config, enum setting setting);
bool config_is_set(const struct config *config, enum setting setting);

/*
 * Recognises by form what people give in place of a bot token (incidents.md 7, 8): an ARN, the whole
 * JSON secret, a client secret, an application id or public key, a "Bot " prefix, quotes, white space. ERR_REFUSED
 * says which and what to give; never the value.
 */
bool config_check_token(struct str token, struct err *err);

/* The README's table of settings, in Markdown. */
void config_write_table(struct buf *out);

#endif
