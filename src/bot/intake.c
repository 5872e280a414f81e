#include "bot/intake.h"

#include "bot/commands.h"

static void keep_option(struct arena *arena, struct interaction_option *option)
{
	option->name = arena_str(arena, option->name);
	option->text = arena_str(arena, option->text);
	option->user.name = arena_str(arena, option->user.name);
	option->file.name = arena_str(arena, option->file.name);
	option->file.url = arena_str(arena, option->file.url);
}

bool intake_decode(struct json data, struct arena *arena, struct interaction **out, struct err *err)
{
	struct interaction *interaction = ARENA_NEW(arena, struct interaction);

	if (!interaction)
		return arena_check(arena, "an interaction", err);
	if (!event_decode_interaction(data, arena, interaction, err))
		return false;
	interaction->token = arena_str(arena, interaction->token);
	interaction->user.name = arena_str(arena, interaction->user.name);
	interaction->locale = arena_str(arena, interaction->locale);
	interaction->guild_locale = arena_str(arena, interaction->guild_locale);
	interaction->command = arena_str(arena, interaction->command);
	interaction->group = arena_str(arena, interaction->group);
	interaction->subcommand = arena_str(arena, interaction->subcommand);
	interaction->custom_id = arena_str(arena, interaction->custom_id);
	for (size_t i = 0; i < interaction->option_count; i++)
		keep_option(arena, &interaction->options[i]);
	for (size_t i = 0; i < interaction->value_count; i++)
		interaction->values[i] = arena_str(arena, interaction->values[i]);
	for (size_t i = 0; i < interaction->field_count; i++)
		keep_option(arena, &interaction->fields[i]);
	*out = interaction;
	return arena_check(arena, "an interaction", err);
}

enum language intake_language(struct str locale)
{
	return str_starts(locale, STR("ja")) ? LANGUAGE_JA : LANGUAGE_EN;
}

static const struct route *refuse(struct turn *turn, const char *en, const char *ja)
{
	turn_refuse(turn, "%s", "%s", turn->language == LANGUAGE_JA ? ja : en);
	return NULL;
}

static const struct route *refuse_unknown_button(struct turn *turn)
{
	return refuse(turn, "This button is not one of mine any more. Nothing was charged. `/help` shows what you can do.",
		      "このボタンはもう使えません。消費はありません。できることは `/help` で確認できます。");
}

static const struct route *button_route(struct turn *turn, struct custom_id *button)
{
	const struct interaction *interaction = turn->interaction;
	const struct route *route;

	if (!custom_id_read(turn->arena, turn->button_key, interaction->custom_id, button))
		return refuse_unknown_button(turn);
	if (button->owner != interaction->user.id)
		return refuse(turn, "This button belongs to somebody else. Nothing was charged. Use the command yourself: `/help` shows it.",
			      "これは他の人のボタンです。消費はありません。ご自分でコマンドをお使いください（`/help` で確認できます）。");
	if (turn_now_s(turn) - button->issued_s > BUTTON_LIFE_S)
		return refuse(turn, "This button is too old: prices and banners may have changed. Nothing was charged. Use the command again.",
			      "このボタンは古くなりました（内容が変わっている可能性があります）。消費はありません。もう一度コマンドをお使いください。");
	route = router_button(button);
	if (!route)
		return refuse_unknown_button(turn);
	turn->button = button;
	return route;
}

/* What this bot does not allow here, or this caller; the route if it is allowed. */
static const struct route *allow(struct turn *turn, const struct route *route)
{
	const struct interaction *interaction = turn->interaction;

	if (turn->guild_scope && interaction->guild_id == 0 && route->needs != 0)
		return refuse(turn, "Here every server has its own accounts. Nothing was charged. Use the command in a server.",
			      "この bot ではサーバーごとに残高が分かれています。消費はありません。サーバーの中でお使いください。");
	if (turn_may(turn, route->permissions))
		return route;
	if (interaction->guild_id == 0)
		return refuse(turn, "That is for those who run a server. Use the command in your server.",
			      "サーバーの管理者用のコマンドです。サーバーの中でお使いください。");
	if (!(route->permissions & PERMISSION_ADMINISTRATOR))
		return refuse(turn, "You need the permission Manage Server here. Ask one of the server's administrators.",
			      "「サーバー管理」の権限が必要です。サーバーの管理者にお尋ねください。");
	if (interaction->permissions & PERMISSION_ADMINISTRATOR)
		return refuse(turn, "This game is run from another server. Ask the people who run the bot.",
			      "このゲームは別のサーバーで運営されています。運営にお尋ねください。");
	return refuse(turn, "You need the permission Administrator here. Ask one of the server's administrators.",
		      "「管理者」の権限が必要です。サーバーの管理者にお尋ねください。");
}

const struct route *intake_route(struct turn *turn, struct custom_id *button)
{
	const struct route *route;

	switch (turn->interaction->kind) {
	case INTERACTION_COMPONENT:
	case INTERACTION_MODAL:
		route = button_route(turn, button);
		break;
	case INTERACTION_AUTOCOMPLETE:
		/* What cannot be completed has no choices. */
		turn->message.type = RESPONSE_CHOICES;
		route = router_completion(turn->interaction);
		if (!route || !turn_may(turn, route->permissions) ||
		    (turn->guild_scope && turn->interaction->guild_id == 0))
			return NULL;
		return route;
	default:
		route = router_command(turn->interaction);
		if (!route)
			return refuse(turn, "I do not know that command any more. Nothing was charged. `/help` shows what you can do.",
				      "そのコマンドはもうありません。消費はありません。できることは `/help` で確認できます。");
	}
	if (route)
		route = allow(turn, route);
	if (route && turn->interaction->kind == INTERACTION_COMMAND && !commands_know(turn->interaction))
		return refuse(turn, "That command has changed. Nothing was charged. Reload Discord (Ctrl+R) and enter it again.",
			      "コマンドの形が変わりました。消費はありません。Discord を再読み込み（Ctrl+R）して、もう一度入力してください。");
	return route;
}
