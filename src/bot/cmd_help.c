#include "bot/cmd_help.h"

#include "bot/commands.h"
#include "bot/router.h"

/* Discord's 4096 characters, cut by the message. */
#define HELP_BYTES_MAX 8192

static const char *localised(const struct turn *turn, const struct appcmd_text *text)
{
	return turn->language == LANGUAGE_JA ? text->ja : text->en;
}

/* A line for each command under these words, or for the words themselves. */
static void add_options(const struct turn *turn, const char *words, const struct appcmd_text *description,
			const struct appcmd_option *options, size_t count, struct buf *out)
{
	bool is_group = false;

	for (size_t i = 0; i < count; i++) {
		const struct appcmd_option *option = &options[i];

		if (option->type != OPTION_SUBCOMMAND && option->type != OPTION_SUBCOMMAND_GROUP)
			continue;
		is_group = true;
		add_options(turn, arena_cstr(turn->arena, arena_printf(turn->arena, "%s %s", words, option->name)),
			    &option->description, option->options, option->option_count, out);
	}
	if (!is_group)
		buf_printf(out, "`/%s` %s\n", words, localised(turn, description));
}

bool cmd_help_show(struct turn *turn, struct err *err)
{
	size_t count;
	const struct appcmd *commands = commands_all(&count);
	struct buf out = turn_buf(turn, HELP_BYTES_MAX);
	struct embed *embed = message_embed(&turn->message);

	if (!embed)
		return arena_check(turn->arena, "the help", err);
	for (size_t i = 0; i < count; i++)
		if (turn_may(turn, commands[i].member_permissions))
			add_options(turn, commands[i].name, &commands[i].description, commands[i].options,
				    commands[i].option_count, &out);
	embed->title = turn_say(turn, "What you can do", "できること");
	embed->color = turn->catalog->rarities[0].color;
	embed->description = str_trim(buf_str(&out));
	embed->footer = turn_say(turn, "You start with %.*s. Exact rates: /gacha rates.",
				 "最初に %.*s もらえます。提供割合は /gacha rates で。",
				 STR_ARG(turn_money(turn, turn->catalog->currency.start)));
	return true;
}

bool cmd_help_ping(struct turn *turn, struct err *err)
{
	turn->message.content = turn_say(turn, "🏓 Pong!", "🏓 ポン！");
	return arena_check(turn->arena, "the answer", err);
}
