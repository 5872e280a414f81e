#include "discord/route.h"

#include "base/codec.h"

/* Bytes of Discord's own words that go into an error. */
enum { QUOTED_BYTES = 200 };

static const struct route routes[] = {
	[REST_GATEWAY_BOT] = {"GET", "/gateway/bot", .is_global = true, .repeatable = true, .once = true,
			      .attempt_ms = 10000, .patience_ms = 10000},
	[REST_APPLICATION] = {"GET", "/applications/@me", .is_global = true, .repeatable = true, .attempt_ms = 10000,
			      .patience_ms = 30000},
	[REST_COMMANDS_GET] = {"GET", "/applications/{0}/commands?with_localizations=true", .is_global = true,
			       .repeatable = true, .attempt_ms = 20000, .patience_ms = 60000},
	[REST_COMMANDS_PUT] = {"PUT", "/applications/{0}/commands", .is_global = true, .repeatable = true,
			       .attempt_ms = 20000, .patience_ms = 60000},
	[REST_GUILD_COMMANDS_GET] = {"GET", "/applications/{0}/guilds/{1}/commands?with_localizations=true",
				     .is_global = true, .repeatable = true, .resource = RESOURCE_GUILD,
				     .attempt_ms = 20000, .patience_ms = 60000},
	[REST_GUILD_COMMANDS_PUT] = {"PUT", "/applications/{0}/guilds/{1}/commands", .is_global = true,
				     .repeatable = true, .resource = RESOURCE_GUILD, .attempt_ms = 20000,
				     .patience_ms = 60000},
	/* Discord waits 3 s for it, so that a silent connection has to be given up sooner. */
	[REST_CALLBACK] = {"POST", "/interactions/{0}/{t}/callback", .by_token = true, .repeatable = true,
			   .resource = RESOURCE_WEBHOOK, .attempt_ms = 1500, .patience_ms = 3000},
	[REST_EDIT_ORIGINAL] = {"PATCH", "/webhooks/{0}/{t}/messages/@original", .by_token = true, .repeatable = true,
				.resource = RESOURCE_WEBHOOK, .attempt_ms = 10000, .patience_ms = 60000},
	[REST_FOLLOW_UP] = {"POST", "/webhooks/{0}/{t}", .by_token = true, .resource = RESOURCE_WEBHOOK,
			    .attempt_ms = 10000, .patience_ms = 60000},
	[REST_MESSAGE] = {"POST", "/channels/{0}/messages", .is_global = true, .resource = RESOURCE_CHANNEL,
			  .attempt_ms = 10000, .patience_ms = 60000},
};
_Static_assert(sizeof(routes) / sizeof(routes[0]) == REST_ROUTE_COUNT, "a route has no row");

const struct route *route_of(enum rest_route route)
{
	return &routes[route];
}

void route_add_path(const struct route *route, const uint64_t ids[2], struct str token, struct buf *out)
{
	for (const char *at = route->path; *at; at++) {
		if (*at != '{') {
			buf_add_char(out, *at);
			continue;
		}
		if (at[1] == 't')
			buf_add(out, token);
		else
			buf_add_u64(out, ids[at[1] - '0']);
		at += 2;
	}
}

static enum err_code code_of(int status)
{
	switch (status) {
	case 401:
	case 403:
		return ERR_REFUSED;
	case 404:
		return ERR_NOT_FOUND;
	case 429:
		return ERR_THROTTLED;
	default:
		return status >= 500 ? ERR_NET : status >= 400 ? ERR_INPUT : ERR_PROTO;
	}
}

bool route_refusal(const struct route *route, int status, struct json body, struct arena *arena, struct err *err)
{
	struct str message = codec_clip(json_text_or(json_get(body, "message"), arena, STR_EMPTY), QUOTED_BYTES);
	struct str errors = codec_clip(json_raw(json_get(body, "errors")), QUOTED_BYTES);
	int64_t number = 0;

	if (status == 401 && !route->by_token)
		return err_set(err, ERR_REFUSED,
			       "Discord does not accept the bot token (%s %s: 401): in the Developer Portal open Bot, press "
			       "Reset Token, put the new one into DISCORD_BOT_TOKEN and start again",
			       route->method, route->path);
	json_i64(json_get(body, "code"), 0, INT32_MAX, &number);
	return err_set(err, number == ROUTE_ALREADY_ACKNOWLEDGED ? ERR_DUPLICATE : code_of(status),
		       "%s %s: Discord answered %d%s%.*s%s%.*s", route->method, route->path, status,
		       message.len ? ": " : "", STR_ARG(message), errors.len ? " " : "", STR_ARG(errors));
}
