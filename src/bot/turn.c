#include "bot/turn.h"

#include <assert.h>
#include <inttypes.h>
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
	turn->changed = turn->other_changed = turn->guild_changed = false;
	turn->write_count = 0;
	turn->job_added = false;
	turn->announcement = NULL;
	turn->picture.count = 0;
	return true;
}

bool turn_refuse_full(struct turn *turn)
{
	return turn_refuse(turn, "You would have more of something than can be counted. Nothing was charged. Spend some of it first: `/exchange`, `/gift`.",
			   "数えられる上限を超えてしまいます。消費はありません。先に `/exchange` や `/gift` で減らしてください。");
}

bool turn_refuse_bot(struct turn *turn)
{
	return turn_refuse(turn, "Bots do not play. Nothing was changed. Choose a person.",
			   "bot は選べません。人を選んでください。");
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

int64_t turn_option_integer(const struct turn *turn, const char *name, int64_t otherwise)
{
	const struct interaction_option *option = interaction_option(turn->interaction, name);

	return option ? option->integer : otherwise;
}

struct str turn_focused_text(const struct turn *turn)
{
	const struct interaction *interaction = turn->interaction;

	for (size_t i = 0; i < interaction->option_count; i++)
		if (interaction->options[i].focused)
			return str_trim(interaction->options[i].text);
	return STR_EMPTY;
}

bool turn_matches(struct str id, const struct localised *name, struct str typed)
{
	return str_has_nocase(id, typed) || str_has_nocase(name->en, typed) || str_has_nocase(name->ja, typed);
}

struct str turn_custom_id_for(const struct turn *turn, uint64_t owner, char verb, struct str target, int64_t number)
{
	const struct custom_id id = {
		.verb = verb,
		.owner = owner,
		.issued_s = turn_now_s(turn),
		.target = target,
		.number = number,
	};

	return custom_id_write(turn->arena, turn->button_key, &id);
}

struct str turn_custom_id(const struct turn *turn, char verb, struct str target, int64_t number)
{
	return turn_custom_id_for(turn, turn->interaction->user.id, verb, target, number);
}

const struct catalog_item *turn_item_by_target(const struct turn *turn, struct str target)
{
	for (size_t i = 0; i < turn->catalog->item_count; i++)
		if (custom_id_is_target(target, turn->catalog->items[i].id))
			return &turn->catalog->items[i];
	return NULL;
}

const struct catalog_banner *turn_banner_by_target(const struct turn *turn, struct str target)
{
	for (size_t i = 0; i < turn->catalog->banner_count; i++)
		if (custom_id_is_target(target, turn->catalog->banners[i].id))
			return &turn->catalog->banners[i];
	return NULL;
}

static bool is_named(const struct localised *name, struct str text)
{
	return str_eq_nocase(name->en, text) || str_eq(name->ja, text);
}

const struct catalog_item *turn_find_item(const struct turn *turn, struct str text)
{
	const struct catalog_item *item = catalog_find_item(turn->catalog, text);

	for (size_t i = 0; !item && i < turn->catalog->item_count; i++)
		if (is_named(&turn->catalog->items[i].name, text))
			item = &turn->catalog->items[i];
	return item;
}

const struct catalog_banner *turn_find_banner(const struct turn *turn, struct str text)
{
	const struct catalog_banner *banner = catalog_find_banner(turn->catalog, text);

	for (size_t i = 0; !banner && i < turn->catalog->banner_count; i++)
		if (is_named(&turn->catalog->banners[i].name, text))
			banner = &turn->catalog->banners[i];
	return banner;
}

void turn_write(struct turn *turn, enum store_write_kind kind, const struct store_row *row)
{
	assert(turn->write_count < TURN_WRITES_MAX);
	turn->writes[turn->write_count++] = (struct store_write){.kind = kind, .row = *row};
}

uint64_t turn_key_user(struct str key)
{
	struct str guild, user;
	uint64_t id;

	if (!str_cut(key, '/', &guild, &user))
		user = key;
	return str_to_u64(user, 1, UINT64_MAX, &id) ? id : 0;
}

struct str turn_mention(const struct turn *turn, uint64_t user)
{
	return arena_printf(turn->arena, "<@%" PRIu64 ">", user);
}

void turn_attach_picture(struct turn *turn, struct str text)
{
	const struct attachment file = {STR(PICTURE_NAME), STR("image/png"), text, STR_EMPTY};

	message_file(&turn->message, &file);
}

bool turn_may(const struct turn *turn, uint64_t permissions)
{
	const struct interaction *interaction = turn->interaction;

	if (permissions == 0)
		return true;
	if (interaction->guild_id == 0)
		return false;
	if ((permissions & PERMISSION_ADMINISTRATOR) && !turn->guild_scope && turn->admin_guild != 0 &&
	    interaction->guild_id != turn->admin_guild)
		return false;
	/* An administrator may do everything. */
	return (interaction->permissions & (permissions | PERMISSION_ADMINISTRATOR)) != 0;
}
