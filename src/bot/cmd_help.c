#include "bot/cmd_help.h"

#include "bot/router.h"

/* Discord's 4096 characters, cut by the message. */
#define HELP_BYTES_MAX 8192

static const char *localised(const struct turn *turn, const struct appcmd_text *text)
{
	return turn->language == LANGUAGE_JA ? text->ja : text->en;
}

static void add_command(const struct turn *turn, const struct appcmd *command, struct buf *out)
{
	bool has_subcommands = false;

	for (size_t i = 0; i < command->option_count; i++) {
		const struct appcmd_option *option = &command->options[i];

		if (option->type != OPTION_SUBCOMMAND)
			continue;
		has_subcommands = true;
		buf_printf(out, "`/%s %s` %s\n", command->name, option->name, localised(turn, &option->description));
	}
	if (!has_subcommands)
		buf_printf(out, "`/%s` %s\n", command->name, localised(turn, &command->description));
}

bool cmd_help_show(struct turn *turn, struct err *err)
{
	size_t count;
	const struct appcmd *commands = router_appcmds(&count);
	struct buf out = turn_buf(turn, HELP_BYTES_MAX);
	struct embed *embed = message_embed(&turn->message);

	if (!embed)
		return arena_check(turn->arena, "the help", err);
	for (size_t i = 0; i < count; i++)
		add_command(turn, &commands[i], &out);
	embed->title = turn_say(turn, "What you can do", "できること");
	embed->color = turn->catalog->rarities[0].color;
	embed->description = str_trim(buf_str(&out));
	embed->footer = turn_say(turn, "You start with %.*s. Rates are on /gacha banners.",
				 "最初に %.*s もらえます。提供割合は /gacha banners で。",
				 STR_ARG(turn_money(turn, turn->catalog->currency.start)));
	return true;
}

bool cmd_help_ping(struct turn *turn, struct err *err)
{
	turn->message.content = turn_say(turn, "🏓 Pong!", "🏓 ポン！");
	return arena_check(turn->arena, "the answer", err);
}
