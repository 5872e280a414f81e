#include "bot/cli_register.h"

#include "bot/commands.h"
#include "bot/router.h"
#include "cli_version.h"
#include "discord/rest.h"
#include "net/ca.h"

/* What is granted to the bot in a server: answers to interactions need no permission of its own. */
#define INVITE_FORMAT "https://discord.com/oauth2/authorize?client_id=%ju&scope=bot%%20applications.commands&permissions=0"

/* A connection to Discord's HTTP API for the length of a command. */
struct talk {
	struct loop *loop;
	struct http *http;
	struct rest *rest;
	struct rng rng;
	struct metrics metrics;
	struct buf ca_pem;
	uint64_t application;
};

static void refused(void *owner, int status)
{
	/* The answer itself says it. */
	(void)owner;
	(void)status;
}

static bool talk_init(struct talk *talk, struct cli *cli, struct err *err)
{
	struct http_settings http_settings = {.user_agent = cli_discord_agent};
	struct rest_settings settings = {.base = config_get(&cli->config, SETTING_DISCORD_API_BASE),
					 .token = config_secret(&cli->config, SETTING_DISCORD_BOT_TOKEN),
					 .refused = refused};

	*talk = (struct talk){.loop = NULL};
	buf_init(&talk->ca_pem, CA_BYTES_MAX);
	if (!config_is_set(&cli->config, SETTING_DISCORD_BOT_TOKEN))
		return err_set(err, ERR_CONFIG,
			       "Discord cannot be asked without a bot token; set DISCORD_BOT_TOKEN, or DISCORD_BOT_TOKEN_FILE to a "
			       "file that holds it");
	if (!ca_load(config_get(&cli->config, SETTING_CA_FILE), &talk->ca_pem, err) || !rng_init(&talk->rng, err))
		return false;
	http_settings.ca_pem = buf_str(&talk->ca_pem);
	talk->loop = loop_create(err);
	talk->http = talk->loop ? http_create(talk->loop, &http_settings, err) : NULL;
	talk->rest = talk->http ? rest_create(talk->loop, talk->http, &talk->rng, &talk->metrics, &settings, err) : NULL;
	return talk->rest != NULL;
}

static void talk_release(struct talk *talk)
{
	if (talk->rest)
		rest_free(talk->rest);
	if (talk->http)
		http_free(talk->http);
	if (talk->loop)
		loop_free(talk->loop);
	buf_release(&talk->ca_pem);
}

/* One request whose answer is JSON. */
static bool ask(struct talk *talk, struct cli *cli, const struct rest_request *request, struct json *answer, struct err *err)
{
	struct rest_response response;

	if (!rest_wait(talk->rest, request, &cli->arena, &response, err)) {
		/* Refused for good is what ends the bot; one server that says no is not. */
		if (response.status == 403) {
			err->code = ERR_NOT_FOUND;
			err_wrap(err, "the bot is not in that server, or was invited without commands (see: homuhomu invite)");
		}
		return false;
	}
	if (!json_parse(&cli->arena, response.body, answer, err)) {
		err->code = ERR_PROTO;
		return err_wrap(err, "Discord's answer is no JSON");
	}
	return true;
}

static bool find_application(struct talk *talk, struct cli *cli, struct err *err)
{
	struct rest_request request = {.route = REST_APPLICATION};
	struct json answer;

	if (!ask(talk, cli, &request, &answer, err))
		return false;
	return json_snowflake(json_get(answer, "id"), &talk->application) ||
	       err_set(err, ERR_PROTO, "Discord's answer about the application has no id; try again later");
}

/* ---- register ---- */

struct difference {
	struct str name;
	const char *change; /* "added", "changed", "removed" */
};

struct registration {
	struct talk talk;
	uint64_t guild; /* 0: everywhere */
	const struct appcmd *commands;
	size_t command_count;
	struct difference *differences;
	size_t difference_count;
	bool changed;
};

static void add_difference(struct registration *registration, struct str name, const char *change)
{
	registration->differences[registration->difference_count++] = (struct difference){name, change};
}

static bool compare(struct registration *registration, struct cli *cli, struct json theirs, struct err *err)
{
	struct json_iter iter = json_iterate(theirs);
	struct json key, value;

	registration->differences =
		arena_array(&cli->arena, registration->command_count + json_count(theirs), sizeof(struct difference));
	if (!arena_check(&cli->arena, "the commands", err))
		return false;
	registration->changed = !appcmd_equal(registration->commands, registration->command_count, theirs);
	for (size_t i = 0; i < registration->command_count; i++) {
		struct str name = str_from(registration->commands[i].name);
		struct json found = appcmd_find(theirs, registration->commands[i].name, &cli->arena);

		if (json_is_missing(found))
			add_difference(registration, name, "added");
		else if (!appcmd_same(&registration->commands[i], found, &cli->arena))
			add_difference(registration, name, "changed");
	}
	while (json_next(&iter, &key, &value)) {
		struct str name = json_text_or(json_get(value, "name"), &cli->arena, STR_EMPTY);
		bool known = false;

		for (size_t i = 0; i < registration->command_count; i++)
			known = known || str_eqc(name, registration->commands[i].name);
		if (!known)
			add_difference(registration, name, "removed");
	}
	return true;
}

static bool overwrite(struct registration *registration, struct cli *cli, struct err *err)
{
	struct rest_request request = {.route = registration->guild ? REST_GUILD_COMMANDS_PUT : REST_COMMANDS_PUT,
				       .ids = {registration->talk.application, registration->guild}};
	struct json_writer writer;
	struct json answer;
	struct buf buf;
	bool ok;

	buf_init(&buf, CLI_JSON_BYTES_MAX);
	json_writer_init(&writer, &buf);
	appcmd_write(registration->commands, registration->command_count, &writer);
	request.body = buf_str(&buf);
	ok = buf_check(&buf, "the commands", err) && ask(&registration->talk, cli, &request, &answer, err);
	buf_release(&buf);
	return ok;
}

static bool register_all(struct registration *registration, struct cli *cli, struct err *err)
{
	struct rest_request request = {.route = REST_COMMANDS_GET};
	struct json theirs;

	if (cli_flag(cli, "guild") && !str_to_u64(cli_value(cli, "guild"), 1, UINT64_MAX, &registration->guild))
		return err_set(err, ERR_USAGE, "--guild takes the id of a server, a number of some 18 digits");
	if (!talk_init(&registration->talk, cli, err) || !find_application(&registration->talk, cli, err))
		return false;
	if (registration->guild)
		request.route = REST_GUILD_COMMANDS_GET;
	request.ids[0] = registration->talk.application;
	request.ids[1] = registration->guild;
	if (!ask(&registration->talk, cli, &request, &theirs, err) || !compare(registration, cli, theirs, err))
		return false;
	return !registration->changed || cli_flag(cli, "dry-run") || overwrite(registration, cli, err);
}

static int print_json(struct cli *cli, const struct registration *registration, int code)
{
	struct cli_json json;

	cli_json_begin(&json);
	json_begin_object(&json.writer);
	json_member_bool(&json.writer, "changed", registration->changed);
	json_keyc(&json.writer, "commands");
	json_begin_array(&json.writer);
	for (size_t i = 0; i < registration->command_count; i++)
		json_put_cstr(&json.writer, registration->commands[i].name);
	json_end_array(&json.writer);
	json_keyc(&json.writer, "differences");
	json_begin_array(&json.writer);
	for (size_t i = 0; i < registration->difference_count; i++) {
		json_begin_object(&json.writer);
		json_member_str(&json.writer, "command", registration->differences[i].name);
		json_member_cstr(&json.writer, "change", registration->differences[i].change);
		json_end_object(&json.writer);
	}
	json_end_array(&json.writer);
	json_end_object(&json.writer);
	return cli_json_end(cli, &json, code);
}

static void print_text(struct cli *cli, const struct registration *registration)
{
	bool dry = cli_flag(cli, "dry-run");

	for (size_t i = 0; i < registration->difference_count; i++)
		cli_print(cli, "%-8s /%.*s\n", registration->differences[i].change, STR_ARG(registration->differences[i].name));
	if (!registration->changed)
		cli_print(cli, cli->japanese ? "Discord のコマンド %zu 個は、このプログラムのものと同じです。\n"
					     : "Discord has the same %zu commands as this program.\n",
			  registration->command_count);
	else if (dry)
		cli_print(cli, cli->japanese ? "違いがあります。登録するには: homuhomu register\n"
					     : "They differ. To overwrite them: homuhomu register\n");
	else
		cli_print(cli, cli->japanese ? "コマンド %zu 個を登録しました。\n" : "%zu commands are registered.\n",
			  registration->command_count);
}

static int register_run(struct cli *cli)
{
	struct registration registration = {.guild = 0};
	struct err err;
	int code;

	registration.commands = commands_all(&registration.command_count);
	if (!register_all(&registration, cli, &err)) {
		code = cli_fail(cli, &err);
	} else {
		code = registration.changed && cli_flag(cli, "dry-run") ? EXIT_USAGE : EXIT_DONE;
		if (cli->json)
			code = print_json(cli, &registration, code);
		else
			print_text(cli, &registration);
	}
	talk_release(&registration.talk);
	return code;
}

static const struct cli_option register_options[] = {
	{.name = "guild", .value = "ID", .help = {"in one server alone, where it takes effect at once", "1 つのサーバーだけに登録します(すぐ反映されます)"}},
	{.name = "dry-run", .help = {"only compare: exit code 2 if they differ", "比べるだけで登録しません。違えば終了コード 2"}},
	CLI_OPTION_JSON,
};

#define TALK_SETTINGS \
	(SETTING_BIT(SETTING_DISCORD_BOT_TOKEN) | SETTING_BIT(SETTING_DISCORD_API_BASE) | SETTING_BIT(SETTING_CA_FILE))

const struct cli_command cli_register_command = {
	.name = "register",
	.arguments = "",
	.summary = {"register the slash commands at Discord if they differ", "スラッシュコマンドが違えば Discord に登録します"},
	.details = {"`run` does this by itself once it is connected.", "`run` も接続後に自動で行います。"},
	.examples = "register --dry-run\nregister --guild 123456789012345678",
	.options = register_options,
	.option_count = sizeof(register_options) / sizeof(register_options[0]),
	.settings = TALK_SETTINGS,
	.run = register_run,
};

/* ---- invite ---- */

static int print_invite(struct cli *cli, uint64_t application)
{
	struct str url = arena_printf(&cli->arena, INVITE_FORMAT, (uintmax_t)application);
	struct cli_json json;

	if (!cli->json) {
		cli_print(cli, "%.*s\n", STR_ARG(url));
		return EXIT_DONE;
	}
	cli_json_begin(&json);
	json_begin_object(&json.writer);
	json_member_str(&json.writer, "url", url);
	json_end_object(&json.writer);
	return cli_json_end(cli, &json, EXIT_DONE);
}

static int invite_run(struct cli *cli)
{
	struct talk talk;
	struct err err;
	int code;

	if (talk_init(&talk, cli, &err) && find_application(&talk, cli, &err))
		code = print_invite(cli, talk.application);
	else
		code = cli_fail(cli, &err);
	talk_release(&talk);
	return code;
}

static const struct cli_option invite_options[] = {CLI_OPTION_JSON};

const struct cli_command cli_invite_command = {
	.name = "invite",
	.arguments = "",
	.summary = {"print the address that adds the bot to a server", "ボットをサーバーに追加する URL を出します"},
	.examples = "invite",
	.options = invite_options,
	.option_count = sizeof(invite_options) / sizeof(invite_options[0]),
	.settings = TALK_SETTINGS,
	.run = invite_run,
};
