#include "bot/odds_text.h"

#include <math.h>
#include <stdio.h>

#include "base/codec.h"
#include "bot/show.h"

/* Names are cut so that a page of items and its overview stay below Discord's 6000 characters together. */
#define NAME_UNITS_MAX 40
#define RARITY_UNITS_MAX 32
/* A server's own emoji has some 60 bytes; a longer text is none and is left out. */
#define EMOJI_BYTES_MAX 80

struct str odds_text_banner(const struct turn *turn, const struct catalog_banner *banner)
{
	return message_escape(turn->arena, codec_cut(turn->arena, turn_text(turn, &banner->name), NAME_UNITS_MAX));
}

struct str odds_text_item(const struct turn *turn, const struct catalog_item *item)
{
	struct str name = message_escape(turn->arena, codec_cut(turn->arena, turn_text(turn, &item->name), NAME_UNITS_MAX));

	if (item->emoji.len == 0 || item->emoji.len > EMOJI_BYTES_MAX)
		return name;
	return arena_printf(turn->arena, "%.*s %.*s", STR_ARG(item->emoji), STR_ARG(name));
}

struct str odds_text_rarity(const struct turn *turn, size_t rarity)
{
	return codec_cut(turn->arena, show_rarity(turn, rarity), RARITY_UNITS_MAX);
}

struct str odds_text_percent(const struct turn *turn, double share)
{
	char text[40];
	int decimals = 4, length;

	if (share <= 0)
		return STR("0%");
	if (share < 1e-4)
		decimals = share < 1e-14 ? 16 : (int)ceil(-log10(share));
	length = snprintf(text, sizeof(text), "%.*f", decimals, share * 100);
	if (share < 1 - 1e-12 && share * 100 >= 100 - 0.00005)
		return STR(">99.9999%");
	while (text[length - 1] == '0')
		length--;
	if (text[length - 1] == '.')
		length--;
	return arena_printf(turn->arena, "%.*s%%", length, text);
}

struct str odds_text_pulls(const struct turn *turn, double pulls)
{
	return pulls < 1e6 ? arena_printf(turn->arena, "%.2f", pulls) : arena_printf(turn->arena, "%.0f", pulls);
}

void odds_text_add_line(struct buf *out, struct str line)
{
	if (out->len > 0)
		buf_add_char(out, '\n');
	buf_add(out, line);
}

static struct str expected_line(const struct turn *turn, const struct odds_wait *wait)
{
	if (isinf(wait->expected))
		return turn_say(turn, "It may never come.", "出ないまま終わることがあります。");
	if (wait->worst == CATALOG_NONE)
		return turn_say(turn, "**%.*s** pulls on average, no upper bound", "平均**%.*s**回・上限なし",
				STR_ARG(odds_text_pulls(turn, wait->expected)));
	return turn_say(turn, "**%.*s** pulls on average, **%.*s** at worst", "平均**%.*s**回・最悪でも**%.*s**回",
			STR_ARG(odds_text_pulls(turn, wait->expected)), STR_ARG(turn_number(turn, wait->worst)));
}

/* "50%: 80 · 90%: 155 · 99%: 161 pulls" */
static struct str quantile_line(const struct turn *turn, const struct odds_wait *wait)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);

	for (size_t i = 0; i < ODDS_QUANTILE_COUNT; i++) {
		struct str pulls = wait->quantiles[i] == CATALOG_NONE ? turn_say(turn, "very many", "非常に多数")
								      : turn_number(turn, wait->quantiles[i]);

		buf_add(&out, arena_printf(turn->arena, "%s%u%%: %.*s", i > 0 ? " · " : "", odds_quantile_percents[i],
					   STR_ARG(pulls)));
	}
	buf_add(&out, turn_say(turn, " pulls", "回以内"));
	return buf_str(&out);
}

static struct str within_line(const struct turn *turn, struct str pulls, double chance)
{
	return turn_say(turn, "within %.*s: **%.*s**", "%.*s回以内: **%.*s**", STR_ARG(pulls),
			STR_ARG(odds_text_percent(turn, chance)));
}

struct str odds_text_wait(const struct turn *turn, const struct odds_wait *wait)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);

	if (!wait->possible)
		return turn_say(turn, "It cannot be drawn here.", "ここでは出ません。");
	odds_text_add_line(&out, expected_line(turn, wait));
	odds_text_add_line(&out, quantile_line(turn, wait));
	for (size_t i = 0; i < ODDS_WITHIN_COUNT; i++)
		odds_text_add_line(&out, within_line(turn, turn_number(turn, odds_within_pulls[i]), wait->within[i]));
	return buf_str(&out);
}

bool odds_text_refuse_limit(struct turn *turn, struct arena_mark mark, struct err *err)
{
	if (err->code != ERR_LIMIT)
		return false;
	arena_rewind(turn->arena, mark);
	err_clear(err);
	return turn_refuse(turn,
			   "The rules of that banner are too large to compute here. Nothing was charged. The people who run the bot can do it with `homuhomu odds`.",
			   "このガチャの規則は大きすぎて、ここでは計算できません。消費はありません。運営は `homuhomu odds` で計算できます。");
}

bool odds_text_refuse_item(struct turn *turn)
{
	return turn_refuse(turn, "There is no item of that name. Choose one from the list that appears while you type.",
			   "その名前のアイテムはありません。入力中に出る候補から選んでください。");
}
