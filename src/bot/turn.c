#include "bot/turn.h"

#include <stdio.h>

static struct str say_args(const struct turn *turn, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static struct str say_args(const struct turn *turn, const char *format, va_list args)
{
	return arena_vprintf(turn->arena, format, args);
}

struct str turn_say(const struct turn *turn, const char *en, const char *ja, ...)
{
	va_list args;

	va_start(args, ja);
	struct str text = say_args(turn, turn->language == LANGUAGE_JA ? ja : en, args);
	va_end(args);
	return text;
}

bool turn_refuse(struct turn *turn, const char *en, const char *ja, ...)
{
	va_list args;

	message_clear(&turn->message);
	va_start(args, ja);
	turn->message.content = say_args(turn, turn->language == LANGUAGE_JA ? ja : en, args);
	va_end(args);
	turn->message.type = RESPONSE_MESSAGE;
	turn->message.ephemeral = true;
	turn->receipt_count = 0;
	turn->revealed.set = false;
	turn->changed = false;
	return true;
}

int64_t turn_now_s(const struct turn *turn)
{
	return turn->now_ms / 1000;
}

struct str turn_text(const struct turn *turn, const struct localised *text)
{
	return localised_text(text, turn->language);
}

struct str turn_number(const struct turn *turn, int64_t number)
{
	char digits[24];
	char grouped[32];
	size_t used = 0;
	uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	int count = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)magnitude);

	if (number < 0)
		grouped[used++] = '-';
	for (int i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0)
			grouped[used++] = ',';
		grouped[used++] = digits[i];
	}
	return arena_str(turn->arena, str_make(grouped, used));
}

struct str turn_money(const struct turn *turn, int64_t amount)
{
	return arena_printf(turn->arena, "%.*s %.*s", STR_ARG(turn->catalog->currency.emoji),
			    STR_ARG(turn_number(turn, amount)));
}

struct str turn_stars(const struct turn *turn, size_t rarity)
{
	const struct catalog_rarity *row = &turn->catalog->rarities[rarity];
	char stars[3 * STARS_MAX];
	size_t used = 0;

	if (row->stars <= 0)
		return row->id;
	for (int64_t i = 0; i < row->stars && i < STARS_MAX; i++)
		for (const char *c = "★"; *c; c++)
			stars[used++] = *c;
	return arena_str(turn->arena, str_make(stars, used));
}

struct str turn_item_name(const struct turn *turn, const struct catalog_item *item)
{
	struct str name = message_escape(turn->arena, turn_text(turn, &item->name));

	if (item->emoji.len == 0)
		return name;
	return arena_printf(turn->arena, "%.*s %.*s", STR_ARG(item->emoji), STR_ARG(name));
}

struct buf turn_buf(const struct turn *turn, size_t bytes_max)
{
	struct buf buf;
	char *memory = arena_alloc(turn->arena, bytes_max + 1);

	if (memory) {
		buf_wrap(&buf, memory, bytes_max + 1);
	} else {
		buf_init(&buf, 0);
		buf.full = true;
	}
	return buf;
}

struct str turn_option_text(const struct turn *turn, const char *name)
{
	const struct interaction_option *option = interaction_option(turn->interaction, name);

	return option ? str_trim(option->text) : STR_EMPTY;
}
