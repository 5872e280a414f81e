#include "bot/cmd_settings.h"

#include <inttypes.h>

#include "bot/show.h"

/* Writes what the options ask for into the guild's settings. False after a refusal. */
static bool take_options(struct turn *turn)
{
	const struct interaction *interaction = turn->interaction;
	const struct interaction_option *channel = interaction_option(interaction, "channel");
	const struct interaction_option *announcements = interaction_option(interaction, "announcements");
	struct str language = turn_option_text(turn, "language");
	struct str zone = turn_option_text(turn, "time_zone");
	int64_t cooldown_s = turn_option_integer(turn, "cooldown", turn->guild.cooldown_s);

	if (cooldown_s < 0 || cooldown_s > COOLDOWN_S_MAX) {
		turn_refuse(turn, "The cooldown is 0 to %d seconds. Nothing was changed.", "クールダウンは 0〜%d 秒です。変更はありません。",
			    COOLDOWN_S_MAX);
		return false;
	}
	if (language.len > 0 && !guild_language_parse(language, &turn->guild.language)) {
		turn_refuse(turn, "The language is one of auto, en, ja. Nothing was changed.", "言語は auto・en・ja のどれかです。変更はありません。");
		return false;
	}
	if (zone.len > 0 && !guild_set_zone(&turn->guild, zone)) {
		turn_refuse(turn, "I do not know the time zone `%.*s`. Use a name like Asia/Tokyo or Europe/Paris. Nothing was changed.",
			    "タイムゾーン `%.*s` は見つかりません。Asia/Tokyo や Europe/Paris のような名前でお試しください。変更はありません。",
			    STR_ARG(message_escape(turn->arena, zone)));
		return false;
	}
	turn->guild.cooldown_s = cooldown_s;
	if (channel)
		turn->guild.channel = channel->id;
	if (announcements)
		turn->guild.announces = announcements->flag;
	return true;
}

static struct str channel_text(const struct turn *turn)
{
	if (turn->guild.channel == 0)
		return turn_say(turn, "none: choose one with `channel`", "未設定（`channel` で選べます）");
	return arena_printf(turn->arena, "<#%" PRIu64 ">", turn->guild.channel);
}

static struct str language_text(const struct turn *turn)
{
	switch (turn->guild.language) {
	case GUILD_LANGUAGE_EN:
		return STR("English");
	case GUILD_LANGUAGE_JA:
		return STR("日本語");
	default:
		return turn_say(turn, "everybody's own", "見る人に合わせる");
	}
}

static void show(struct turn *turn, struct embed *embed, bool changed)
{
	const struct guild *guild = &turn->guild;
	int64_t day = clock_zone_day(&guild->zone, turn_now_s(turn));

	embed->title = changed ? turn_say(turn, "✅ Settings saved", "✅ 設定を保存しました") : turn_say(turn, "Settings of this server", "このサーバーの設定");
	embed->color = turn->catalog->rarities[0].color;
	embed_field(embed, turn_say(turn, "Announcements", "お知らせ"),
		    guild->announces ? turn_say(turn, "on: the highest rarity", "オン（最高レアリティ）") : turn_say(turn, "off", "オフ"), true);
	embed_field(embed, turn_say(turn, "Channel for them", "お知らせのチャンネル"), channel_text(turn), true);
	embed_field(embed, turn_say(turn, "Language", "言語"), language_text(turn), true);
	embed_field(embed, turn_say(turn, "Time zone", "タイムゾーン"),
		    turn_say(turn, "%.*s\nthe next day begins %.*s", "%.*s\n次の日付変更 %.*s", STR_ARG(guild->zone_name),
			     STR_ARG(show_time(turn, clock_zone_day_start_s(&guild->zone, day + 1), 'R'))),
		    true);
	embed_field(embed, turn_say(turn, "Pause between pulls", "引く間隔"),
		    guild->cooldown_s == 0 ? turn_say(turn, "none", "なし")
					   : turn_say(turn, "%" PRId64 " s", "%" PRId64 " 秒", guild->cooldown_s),
		    true);
	embed->footer = turn_say(turn, "Change one: /settings language, time_zone, …", "変更: /settings に language や time_zone を付ける");
}

bool cmd_settings_show(struct turn *turn, struct err *err)
{
	bool changes = turn->interaction->option_count > 0;
	struct embed *embed;

	if (changes && !take_options(turn))
		return true;
	turn->changed = turn->guild_changed = changes;
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "the settings", err);
	show(turn, embed, changes);
	return true;
}

bool cmd_settings_complete_zone(struct turn *turn, struct err *err)
{
	struct str typed = turn_focused_text(turn);
	struct str name;
	size_t at = 0;

	(void)err;
	while (turn->message.choice_count < MESSAGE_CHOICES_MAX && clock_zone_next(&at, &name))
		if (str_has_nocase(name, typed))
			message_choice(&turn->message, name, name);
	return true;
}
