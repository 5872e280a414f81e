#include "config.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/nearest.h"
#include "config_file.h"

/* The one place that says how ECS gives the token. */
#define TOKEN_ARN "arn:aws:secretsmanager:REGION:ACCOUNT:secret:homuhomu/discord-XXXXXX:DISCORD_BOT_TOKEN::"
#define TOKEN_ON_ECS "\"secrets\": [{\"name\": \"DISCORD_BOT_TOKEN\", \"valueFrom\": \"" TOKEN_ARN "\"}]"
#define TOKEN_PAGE "https://discord.com/developers/applications, Bot, Reset Token"

enum { CLIENT_SECRET_LEN = 32, PUBLIC_KEY_LEN = 64, SNOWFLAKE_LEN_MIN = 15, SNOWFLAKE_LEN_MAX = 20 };

static const char *const source_names[] = {
	[SOURCE_DEFAULT] = "by default",
	[SOURCE_FILE] = "in homuhomu.env",
	[SOURCE_CREDENTIALS] = "in systemd's credentials",
	[SOURCE_ENVIRONMENT] = "in the environment",
	[SOURCE_COMMAND_LINE] = "on the command line",
};

/* What one source says of a setting. */
struct found {
	bool set;
	bool is_path; /* NAME_FILE */
	enum setting_source source;
	struct str value;
};

struct loading {
	struct config *config;
	uint32_t wanted;
	struct found found[SETTING_COUNT];
	struct str state_directory;       /* systemd's */
	struct str credentials_directory; /* systemd's */
};

static bool is_wanted(const struct loading *loading, enum setting setting)
{
	return loading->wanted & SETTING_BIT(setting);
}

/* Sources come from the highest to the lowest, so what is there stays. */
static bool offer(struct loading *loading, enum setting setting, struct str value, bool is_path,
		  enum setting_source source, struct err *err)
{
	struct found *found = &loading->found[setting];
	const char *name = setting_rows[setting].name;

	if (value.len == 0 || (found->set && found->source != source))
		return true;
	if (found->set && found->is_path != is_path)
		return err_set(err, ERR_CONFIG, "%s and %s_FILE are both given %s; take one of them away", name, name,
			       source_names[source]);
	/* Of one name given twice the environment's first counts, as getenv has it, and the file's last, as shells do. */
	if (!found->set || source == SOURCE_FILE)
		*found = (struct found){true, is_path, source, value};
	return true;
}

/* Which setting a name means: NAME, or NAME_FILE of a secret. */
static bool find_setting(struct str name, enum setting *setting, bool *is_path)
{
	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		struct str known = str_from(setting_rows[i].name);

		*setting = (enum setting)i;
		*is_path = setting_rows[i].secret && str_starts(name, known) && str_eqc(str_skip(name, known.len), "_FILE");
		if (*is_path || str_eq(name, known))
			return true;
	}
	return false;
}

/* ---- the names of AWS' SDKs ---- */

static bool is_of_aws(struct str name)
{
	return str_starts(name, STR("AWS_")) || str_starts(name, STR("ACTIONS_ID_TOKEN_REQUEST_")) || str_eqc(name, "HOME");
}

static bool has_aws(const struct config *config, struct str name)
{
	for (size_t i = 0; i < config->aws_count; i++) {
		struct str known, value;

		str_cut(secret_reveal(&config->aws[i]), '=', &known, &value);
		if (str_eq(known, name))
			return true;
	}
	return false;
}

/* Kept as secrets, since some are; an empty value is none. */
static bool take_aws(struct loading *loading, struct str name, struct str value, struct err *err)
{
	struct config *config = loading->config;
	struct buf entry;
	bool ok;

	if (!is_wanted(loading, SETTING_AWS) || value.len == 0 || has_aws(config, name))
		return true;
	if (config->aws_count == CONFIG_AWS_MAX)
		return err_set(err, ERR_CONFIG, "more than %d variables AWS_* are set; take some away", CONFIG_AWS_MAX);
	buf_init(&entry, name.len + value.len + 1);
	buf_add(&entry, name);
	buf_add_char(&entry, '=');
	buf_add(&entry, value);
	ok = !entry.full && secret_set(&config->aws[config->aws_count], buf_str(&entry));
	config->aws_count += ok;
	if (entry.ptr)
		secret_wipe(entry.ptr, entry.capacity);
	buf_release(&entry);
	return ok || err_set(err, ERR_MEMORY, "there is no memory for %.*s", STR_ARG(name));
}

static bool is_secret_of_aws(struct str name)
{
	static const char *const names[] = {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
					    "ACTIONS_ID_TOKEN_REQUEST_TOKEN"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_eqc(name, names[i]))
			return true;
	return false;
}

static bool take_named(struct loading *loading, struct str name, struct str value, enum setting_source source,
		       struct err *err)
{
	enum setting setting;
	struct nearest nearest;
	bool is_path;

	if (find_setting(name, &setting, &is_path))
		return offer(loading, setting, value, is_path, source, err);
	if (is_of_aws(name))
		return take_aws(loading, name, value, err);
	if (!str_starts(name, STR("HOMU_")))
		return true;
	nearest_init(&nearest, name);
	for (size_t i = 0; i < SETTING_COUNT; i++)
		nearest_offer(&nearest, str_from(setting_rows[i].name));
	return err_set(err, ERR_CONFIG,
		       "%.*s %s is no setting of this program; did you mean %.*s? See: homuhomu help settings",
		       STR_ARG(name), source_names[source], STR_ARG(nearest.best));
}

static bool take_environment(struct loading *loading, char **environment, struct err *err)
{
	for (char **entry = environment; *entry; entry++) {
		struct str name, value;

		str_cut(str_from(*entry), '=', &name, &value);
		if (str_eqc(name, "ECS_CONTAINER_METADATA_URI_V4"))
			loading->config->on_ecs = value.len > 0;
		else if (str_eqc(name, "AWS_LAMBDA_RUNTIME_API"))
			loading->config->on_lambda = value.len > 0;
		else if (str_eqc(name, "STATE_DIRECTORY"))
			str_cut(value, ':', &loading->state_directory, &value);
		else if (str_eqc(name, "CREDENTIALS_DIRECTORY"))
			loading->credentials_directory = value;
		else if (!take_named(loading, name, value, SOURCE_ENVIRONMENT, err))
			return false;
	}
	return true;
}

/* A secret that systemd passed (LoadCredential=NAME). */
static bool take_credential(struct loading *loading, enum setting setting, struct err *err)
{
	struct arena *arena = &loading->config->arena;
	struct str path = arena_printf(arena, "%.*s/%s", STR_ARG(loading->credentials_directory), setting_rows[setting].name);

	if (!arena_check(arena, "the settings", err))
		return false;
	return access(path.ptr, F_OK) != 0 || offer(loading, setting, path, true, SOURCE_CREDENTIALS, err);
}

/* text has room for what the file may hold, and is the caller's to wipe. */
static bool take_file(struct loading *loading, const char *directory, struct buf *text, struct err *err)
{
	struct arena *arena = &loading->config->arena;
	struct str name, value, path = arena_printf(arena, "%s/homuhomu.env", directory);
	struct config_file file;
	struct err fault = {.code = ERR_NONE};

	if (!file_read(path, false, text, &fault)) {
		if (fault.code == ERR_NOT_FOUND)
			return true;
		return err_set(err, ERR_CONFIG, "%s; mend its rights or take the file away", fault.text);
	}
	config_file_init(&file, buf_str(text));
	while (config_file_next(&file, arena, &name, &value, &fault)) {
		if (!take_named(loading, name, value, SOURCE_FILE, err))
			return err_wrap(err, "homuhomu.env, line %zu", file.line);
	}
	return fault.code == ERR_NONE || err_set(err, ERR_CONFIG, "homuhomu.env, %s", fault.text);
}

/* No setting has line breaks or other control characters; the value itself is not shown. */
static bool check_text(enum setting setting, const struct found *found, struct err *err)
{
	for (size_t i = 0; i < found->value.len; i++) {
		unsigned char c = (unsigned char)found->value.ptr[i];

		if (c < 0x20 || c == 0x7f)
			return err_set(err, ERR_CONFIG, "%s %s holds a line break or another control character; give it again",
				       setting_rows[setting].name, source_names[found->source]);
	}
	return true;
}

static bool store_secret(struct loading *loading, enum setting setting, struct str value, struct err *err)
{
	const struct found *found = &loading->found[setting];
	const struct setting_row *row = &setting_rows[setting];
	struct err fault = {.code = ERR_NONE};
	bool ok = setting == SETTING_DISCORD_BOT_TOKEN ? config_check_token(value, &fault)
						       : check_text(setting, found, err) &&
								 setting_check(setting, &value, &fault);

	if (fault.code != ERR_NONE)
		return err_set(err, fault.code, "%s%s %s: %s", row->name, found->is_path ? "_FILE" : "",
			       source_names[found->source], fault.text);
	if (ok && !secret_set(&loading->config->secrets[setting], value))
		return err_set(err, ERR_MEMORY, "there is no memory for %s", row->name);
	return ok;
}

static bool resolve_secret(struct loading *loading, enum setting setting, struct err *err)
{
	const struct found *found = &loading->found[setting];
	const char *name = setting_rows[setting].name;
	char memory[CONFIG_FILE_BYTES_MAX + 1];
	struct err fault = {.code = ERR_NONE};
	struct str value = found->value;
	struct buf text;
	bool ok = true;

	buf_wrap(&text, memory, sizeof(memory));
	if (found->is_path) {
		ok = file_read(found->value, false, &text, &fault);
		if (!ok)
			err_set(err, ERR_CONFIG, "%s_FILE %s cannot be read: %s; give the path of a file that holds the value",
				name, source_names[found->source], fault.text);
		value = buf_str(&text);
		/* An editor or echo ends the file with a line break. */
		while (str_ends(value, STR("\n")) || str_ends(value, STR("\r")))
			value.len--;
		if (ok && value.len == 0)
			ok = err_set(err, ERR_CONFIG, "%s_FILE %s names an empty file; put the value into it", name,
				     source_names[found->source]);
	}
	ok = ok && store_secret(loading, setting, value, err);
	secret_wipe(memory, sizeof(memory));
	/* A quoted value of homuhomu.env may be a copy in the arena; both are our own memory. */
	if (found->source == SOURCE_FILE && !found->is_path)
		secret_wipe((void *)(uintptr_t)found->value.ptr, found->value.len);
	return ok;
}

static bool resolve_plain(struct loading *loading, enum setting setting, struct err *err)
{
	const struct found *found = &loading->found[setting];
	struct config *config = loading->config;
	struct str value = found->value;
	struct err fault;

	if (!check_text(setting, found, err))
		return false;
	if (!setting_check(setting, &value, &fault))
		return err_set(err, fault.code, "%s %s is \"%.*s\": %s", setting_rows[setting].name,
			       source_names[found->source], STR_ARG(str_take(found->value, 80)), fault.text);
	config->values[setting] = arena_str(&config->arena, value);
	return arena_check(&config->arena, "the settings", err);
}

static bool resolve_default(struct loading *loading, enum setting setting, struct err *err)
{
	struct config *config = loading->config;
	struct str *value = &config->values[setting];

	*value = str_from(setting_rows[setting].fallback);
	if (setting == SETTING_STORE && (config->on_ecs || config->on_lambda))
		*value = STR("dynamodb:");
	else if (setting == SETTING_STORE && loading->state_directory.len)
		*value = arena_printf(&config->arena, "sqlite:%.*s/homuhomu.db", STR_ARG(loading->state_directory));
	return arena_check(&config->arena, "the settings", err);
}

static bool resolve(struct loading *loading, struct err *err)
{
	for (unsigned i = 0; i < SETTING_COUNT; i++) {
		enum setting setting = (enum setting)i;
		const struct found *found = &loading->found[i];

		if (!is_wanted(loading, setting))
			continue;
		if (found->set && !(setting_rows[i].secret ? resolve_secret(loading, setting, err)
							   : resolve_plain(loading, setting, err)))
			return false;
		if (!found->set && !resolve_default(loading, setting, err))
			return false;
		if (found->set)
			loading->config->sources[i] = found->source;
	}
	return true;
}

/* incidents.md 7. A public key makes an HTTP door, which needs no token. */
static bool check_present(const struct config *config, uint32_t wanted, struct err *err)
{
	if (!(wanted & SETTING_BIT(SETTING_DISCORD_BOT_TOKEN)) || !config->on_ecs ||
	    config_is_set(config, SETTING_DISCORD_BOT_TOKEN) || config_is_set(config, SETTING_DISCORD_PUBLIC_KEY))
		return true;
	return err_set(err, ERR_REFUSED,
		       "DISCORD_BOT_TOKEN is not set, and on ECS nothing starts without it. ECS takes it from Secrets Manager; "
		       "put this into the task definition's container, then deploy again: " TOKEN_ON_ECS);
}

/* The memory of the environment is what /proc/self/environ shows. */
static void wipe_environment(char **environment)
{
	for (char **entry = environment; *entry; entry++) {
		struct str name, value;
		enum setting setting;
		bool is_path;

		if (str_cut(str_from(*entry), '=', &name, &value) &&
		    (is_secret_of_aws(name) ||
		     (find_setting(name, &setting, &is_path) && setting_rows[setting].secret && !is_path)))
			secret_wipe(*entry + name.len + 1, value.len);
	}
}

bool config_load(struct config *config, uint32_t wanted, char **environment, const char *directory,
		 const struct config_override *overrides, size_t override_count, struct err *err)
{
	struct loading loading = {.config = config, .wanted = wanted};
	char memory[CONFIG_FILE_BYTES_MAX + 1];
	struct buf text;
	bool ok = true;

	*config = (struct config){.on_ecs = false};
	arena_init(&config->arena, CONFIG_BYTES_MAX);
	buf_wrap(&text, memory, sizeof(memory));
	for (size_t i = 0; ok && i < override_count; i++)
		ok = offer(&loading, overrides[i].setting, overrides[i].value, false, SOURCE_COMMAND_LINE, err);
	ok = ok && take_environment(&loading, environment, err);
	for (unsigned i = 0; ok && i < SETTING_COUNT; i++)
		if (loading.credentials_directory.len && setting_rows[i].secret)
			ok = take_credential(&loading, (enum setting)i, err);
	if (ok && directory && !config->on_ecs && !config->on_lambda)
		ok = take_file(&loading, directory, &text, err);
	ok = ok && resolve(&loading, err) && check_present(config, wanted, err);
	wipe_environment(environment);
	secret_wipe(memory, sizeof(memory));
	return ok;
}

void config_release(struct config *config)
{
	for (size_t i = 0; i < SETTING_COUNT; i++)
		secret_release(&config->secrets[i]);
	for (size_t i = 0; i < config->aws_count; i++)
		secret_release(&config->aws[i]);
	arena_release(&config->arena);
}

struct str config_get(const struct config *config, enum setting setting)
{
	return str_make(config->values[setting].ptr, config->values[setting].len);
}

const struct secret *config_secret(const struct config *config, enum setting setting)
{
	return &config->secrets[setting];
}

bool config_is_set(const struct config *config, enum setting setting)
{
	return setting_rows[setting].secret ? secret_is_set(&config->secrets[setting]) : config->values[setting].len > 0;
}

bool config_store_path(const struct config *config, struct str *path, struct err *err)
{
	struct str store = config_get(config, SETTING_STORE);

	if (!str_starts(store, STR("sqlite:")))
		return err_set(err, ERR_CONFIG,
			       "HOMU_STORE is %.*s%s, and this version keeps its data in SQLite alone. Mount a volume that user "
			       "65532 may write at /data, and set HOMU_STORE=sqlite:/data/homuhomu.db",
			       STR_ARG(store), config->sources[SETTING_STORE] == SOURCE_DEFAULT ? " by default on ECS and Lambda" : "");
	*path = str_skip(store, strlen("sqlite:"));
	return true;
}

static bool is_made_of(struct str text, const char *others)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (!((c >= '0' && c <= '9') || (c && strchr(others, c))))
			return false;
	}
	return true;
}

bool config_check_token(struct str token, struct err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
	struct str text = str_trim(token);

	if (text.len == 0)
		return err_set(err, ERR_REFUSED, "it is empty or white space; copy the token from " TOKEN_PAGE);
	if (str_starts(text, STR("arn:")))
		return err_set(err, ERR_REFUSED,
			       "this is an ARN, the name of a secret, and not the token in it (it stands under `environment`). "
			       "Take it out there, put this into the task definition's container, and deploy again: " TOKEN_ON_ECS);
	if (text.ptr[0] == '{')
		return err_set(err, ERR_REFUSED,
			       "this is the whole JSON secret, and not the token in it: `:DISCORD_BOT_TOKEN::` was left off the "
			       "ARN. Put this into the task definition's container, and deploy again: " TOKEN_ON_ECS);
	if (text.len >= 2 && (text.ptr[0] == '"' || text.ptr[0] == '\''))
		return err_set(err, ERR_REFUSED, "the token stands in quotes; give it without them");
	if (text.len > 4 && str_eq_nocase(str_take(text, 4), STR("Bot ")))
		return err_set(err, ERR_REFUSED, "it begins with \"Bot \", which the program adds itself; give the token alone");
	if (str_starts(text, STR("https://")) || str_starts(text, STR("http://")))
		return err_set(err, ERR_REFUSED, "this is an address, not a bot token; copy the token from " TOKEN_PAGE);
	if (text.len >= SNOWFLAKE_LEN_MIN && text.len <= SNOWFLAKE_LEN_MAX && is_made_of(text, ""))
		return err_set(err, ERR_REFUSED,
			       "this is an application id, not a bot token; copy the token from " TOKEN_PAGE);
	if (text.len == PUBLIC_KEY_LEN && is_made_of(text, "abcdefABCDEF"))
		return err_set(err, ERR_REFUSED,
			       "this is a public key (it belongs into DISCORD_PUBLIC_KEY), not a bot token; copy the token from "
			       TOKEN_PAGE);
	if (text.len == CLIENT_SECRET_LEN && is_made_of(text, letters))
		return err_set(err, ERR_REFUSED,
			       "this is a client secret (of OAuth2), not a bot token; copy the token from " TOKEN_PAGE);
	for (size_t i = 0; i < token.len; i++)
		if (token.ptr[i] <= ' ' || token.ptr[i] == 0x7f)
			return err_set(err, ERR_REFUSED,
				       "white space, a line break or a character that no token has stands in it; give the token alone");
	return true;
}
