/*
 * Loading of the settings (interface.md, Settings). Only those that a command names are loaded and checked; the rest
 * stay unset, so that a command holds no secret that it does not need.
 *
 * Order: command line, environment, systemd's credentials (secrets), `homuhomu.env` in the working directory (never
 * on ECS or Lambda), default. For a secret, NAME_FILE reads it from a file. Values live as long as the struct.
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
#include "settings.h"

enum setting_source {
	SOURCE_DEFAULT,
	SOURCE_FILE, /* homuhomu.env */
	SOURCE_CREDENTIALS,
	SOURCE_ENVIRONMENT,
	SOURCE_COMMAND_LINE
};

struct config {
	struct arena arena;
	struct str values[SETTING_COUNT];     /* of those that are no secret; NUL-terminated */
	struct secret secrets[SETTING_COUNT]; /* of those that are */
	enum setting_source sources[SETTING_COUNT];
	struct secret aws[CONFIG_AWS_MAX]; /* "NAME=VALUE" of AWS_*, GitHub's ACTIONS_ID_TOKEN_REQUEST_* and HOME */
	size_t aws_count;
	bool on_ecs;
	bool on_lambda;
};

struct config_override {
	enum setting setting;
	struct str value;
};

/*
 * wanted is a set of SETTING_BIT; environment is envp (NULL-terminated); directory is where homuhomu.env may be, or
 * NULL. ERR_CONFIG names the setting, where it came from, the value's fault (never a secret's value) and what to do.
 * Unknown HOMU_* names are refused with the nearest known one. ERR_REFUSED for a token that is wrong by form, and on
 * ECS for none (unless a public key makes it an HTTP door). The environment's secrets are wiped in place, whether
 * wanted or not, so that /proc/self/environ no longer shows them. Release it in any case.
 */
bool config_load(struct config *config, uint32_t wanted, char **environment, const char *directory,
		 const struct config_override *overrides, size_t override_count, struct err *err);
void config_release(struct config *config);

/* Empty if not set. */
struct str config_get(const struct config *config, enum setting setting);
const struct secret *config_secret(const struct config *config, enum setting setting);
bool config_is_set(const struct config *config, enum setting setting);

/*
 * The file of HOMU_STORE=sqlite:PATH. ERR_CONFIG for another store, with what to set meanwhile.
 */
bool config_store_path(const struct config *config, struct str *path, struct err *err);

/*
 * Recognises by form what people give in place of a bot token (incidents.md 8): an ARN, the whole JSON secret, a
 * client secret, an application id or public key, an address, a "Bot " prefix, quotes, white space. ERR_REFUSED says
 * which and what to give; never the value. Anything else may be a token.
 */
bool config_check_token(struct str token, struct err *err);

#endif
