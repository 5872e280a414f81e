#include "bot/cmd_gacha.h"

#include <assert.h>
#include <inttypes.h>

#include "bot/show.h"
#include "gacha/banner.h"
#include "gacha/pull.h"

/* Ten lines of a ten-pull; the message cuts what is over Discord's 4096 characters. */
#define LIST_BYTES_MAX 8192
/* Featured items named in the list of banners. */
#define FEATURED_SHOWN_MAX 6

/* ---- which banner ---- */

static struct str banner_name(const struct turn *turn, const struct catalog_banner *banner)
{
	return message_escape(turn->arena, turn_text(turn, &banner->name));
}

static bool refuse_nothing_open(struct turn *turn)
{
	const struct catalog_banner *next = NULL;

	for (size_t i = 0; i < turn->catalog->banner_count; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];

		if (banner->start_s > turn_now_s(turn) && (!next || banner->start_s < next->start_s))
			next = banner;
	}
	if (!next)
		return turn_refuse(turn,
				   "No banner is open now, so nothing was charged. Ask the people who run this bot when the next one begins.",
				   "開催中のガチャはありません（消費はありません）。次の開催は bot の運営にお尋ねください。");
	return turn_refuse(turn, "No banner is open now, so nothing was charged. **%.*s** begins %.*s.",
			   "開催中のガチャはありません（消費はありません）。**%.*s** は %.*s に始まります。",
			   STR_ARG(banner_name(turn, next)), STR_ARG(show_time(turn, next->start_s, 'R')));
}

static bool refuse_closed(struct turn *turn, const struct catalog_banner *banner)
{
	struct str name = banner_name(turn, banner);

	if (banner->start_s > turn_now_s(turn))
		return turn_refuse(turn, "**%.*s** begins %.*s. Nothing was charged. `/gacha banners` shows what is open now.",
				   "**%.*s** は %.*s に始まります。消費はありません。開催中のものは `/gacha banners` で確認できます。",
				   STR_ARG(name), STR_ARG(show_time(turn, banner->start_s, 'R')));
	return turn_refuse(turn, "**%.*s** ended %.*s. Nothing was charged. `/gacha banners` shows what is open now.",
			   "**%.*s** は %.*s に終了しました。消費はありません。開催中のものは `/gacha banners` で確認できます。",
			   STR_ARG(name), STR_ARG(show_time(turn, banner->end_s, 'R')));
}

static bool refuse_unknown(struct turn *turn)
{
	return turn_refuse(turn, "There is no banner of that name. Nothing was charged. Open now:\n%.*s",
			   "その名前のガチャはありません。消費はありません。開催中:\n%.*s", STR_ARG(show_open_banners(turn)));
}

/* ---- the result ---- */

static void add_button(struct turn *turn, const struct catalog_banner *banner, unsigned count, int64_t cost)
{
	struct str text = turn_custom_id(turn, CMD_GACHA_VERB_PULL, custom_id_target(turn->arena, banner->id), count);
	struct str label = turn_say(turn, "Pull ×%u (%.*s)", "もう%u回 (%.*s)", count, STR_ARG(turn_number(turn, cost)));

	if (text.len > 0 && label.len > 0)
		message_button(&turn->message, count == 1 ? BUTTON_SECONDARY : BUTTON_PRIMARY, label,
			       turn->catalog->currency.emoji, text);
}

static void add_buttons(struct turn *turn, const struct catalog_banner *banner)
{
	message_row(&turn->message);
	add_button(turn, banner, 1, banner->cost_one);
	if (banner->cost_ten != CATALOG_NONE)
		add_button(turn, banner, 10, banner->cost_ten);
}

static struct str duplicate_text(const struct turn *turn, const struct pull_item *item)
{
	if (item->is_new)
		return turn_say(turn, "🆕 **new!**", "🆕 **NEW!**");
	return turn_say(turn, "+%.*s 🔹", "+%.*s 🔹", STR_ARG(turn_number(turn, item->shards)));
}

static void show_one(const struct turn *turn, struct embed *embed, const struct pull_item *drawn)
{
	const struct catalog_item *item = &turn->catalog->items[drawn->item];
	const struct player_item *owned = player_find_item(turn->player, item->id);
	struct buf text = turn_buf(turn, LIST_BYTES_MAX);

	embed->title = arena_printf(turn->arena, "%.*s · %.*s", STR_ARG(show_rarity(turn, drawn->rarity)),
				    STR_ARG(turn_item_name(turn, item)));
	buf_add(&text, duplicate_text(turn, drawn));
	if (!drawn->is_new && owned)
		buf_add(&text, turn_say(turn, " · duplicate, you have %.*s", " · 重複（所持%.*s）",
					STR_ARG(turn_number(turn, owned->count))));
	if (drawn->featured)
		buf_add(&text, turn_say(turn, " · 🎯 featured", " · 🎯 ピックアップ"));
	if (player_wishes(turn->player, item->id))
		buf_add(&text, turn_say(turn, " · 🌠 wished for", " · 🌠 欲しかったもの"));
	struct str story = turn_text(turn, &item->text);
	if (story.len > 0)
		buf_add(&text, arena_printf(turn->arena, "\n*%.*s*", STR_ARG(message_escape(turn->arena, story))));
	embed->description = buf_str(&text);
	embed->image_url = item->image;
}

static void show_ten(const struct turn *turn, struct embed *embed, const struct catalog_banner *banner,
		     const struct pull_result *result)
{
	struct buf text = turn_buf(turn, LIST_BYTES_MAX);

	embed->title = turn_say(turn, "%.*s · %zu pulls", "%.*s · %zu連", STR_ARG(banner_name(turn, banner)), result->count);
	for (size_t i = 0; i < result->count; i++) {
		const struct pull_item *drawn = &result->items[i];
		const struct catalog_item *item = &turn->catalog->items[drawn->item];
		const char *weight = drawn->rarity == 0 ? "**" : "";

		buf_add(&text, arena_printf(turn->arena, "%s`%.*s` %s%.*s%s%s%s · %.*s", i > 0 ? "\n" : "",
					    STR_ARG(show_rarity(turn, drawn->rarity)), weight,
					    STR_ARG(turn_item_name(turn, item)), weight, drawn->featured ? " 🎯" : "",
					    player_wishes(turn->player, item->id) ? " 🌠" : "",
					    STR_ARG(duplicate_text(turn, drawn))));
	}
	embed->description = buf_str(&text);
}

static void draw_cards(struct turn *turn, struct embed *embed, const struct catalog_banner *banner,
		       const struct pull_result *result)
{
	for (size_t i = 0; i < result->count; i++) {
		const struct pull_item *drawn = &result->items[i];
		const struct catalog_item *item = &turn->catalog->items[drawn->item];
		const struct catalog_rarity *rarity = &turn->catalog->rarities[drawn->rarity];

		turn->picture.cards[i] = (struct card){
			.rarity = rarity->id,
			.stars = rarity->stars,
			.color = rarity->color,
			.name = turn_text(turn, &item->name),
			.id = item->id,
			.art = STR_EMPTY,
			.is_new = drawn->is_new,
			.featured = drawn->featured,
			.shards = drawn->shards,
		};
	}
	turn->picture.count = result->count;
	turn_attach_picture(turn, turn_say(turn, "%zu cards of %.*s", "%3$.*2$s の%1$zu連の結果", result->count,
					   STR_ARG(turn_text(turn, &banner->name))));
	embed->image_url = STR(PICTURE_URL);
}

/* The highest rarity is news for the server, if it wants to hear of it. */
static void announce_best(struct turn *turn, const struct catalog_banner *banner, const struct pull_result *result, size_t best)
{
	const struct catalog_item *item = &turn->catalog->items[result->items[best].item];
	struct embed *embed;

	if (result->items[best].rarity != 0 || turn->guild.channel == 0 || !turn->guild.announces)
		return;
	turn->announcement = ARENA_NEW(turn->arena, struct message);
	if (!turn->announcement)
		return;
	message_init(turn->announcement, turn->arena);
	embed = message_embed(turn->announcement);
	if (!embed)
		return;
	embed->color = turn->catalog->rarities[0].color;
	embed->description = turn_say(turn, "🎉 %.*s drew %.*s **%.*s** on %.*s!", "🎉 %.*s さんが %.*s **%.*s** を %.*s で引き当てました！",
				      STR_ARG(turn_mention(turn, turn->interaction->user.id)), STR_ARG(show_rarity(turn, 0)),
				      STR_ARG(turn_item_name(turn, item)), STR_ARG(banner_name(turn, banner)));
}

/* What the drawn items would cost in shards, and how many of them have a price. */
static int64_t value_of(const struct turn *turn, const struct pull_result *result, size_t *priced)
{
	int64_t sum = 0;

	*priced = 0;
	for (size_t i = 0; i < result->count; i++) {
		int64_t price = turn->catalog->items[result->items[i].item].price;

		if (price == CATALOG_NONE || price > GACHA_INTEGER_MAX - sum)
			continue;
		sum += price;
		(*priced)++;
	}
	return sum;
}

static void add_account_fields(const struct turn *turn, struct embed *embed, const struct catalog_banner *banner,
			       const struct pull_result *result)
{
	const struct player *player = turn->player;
	int64_t shards = 0;
	size_t priced;
	int64_t value = value_of(turn, result, &priced);

	for (size_t i = 0; i < result->count; i++)
		shards += result->items[i].shards;
	struct str pity = show_pity(turn, banner, &result->state);
	if (pity.len > 0)
		embed_field(embed, turn_say(turn, "Pity", "天井"), pity, true);
	if (priced > 0)
		embed_field(embed, turn_say(turn, "Value", "価値"),
			    arena_printf(turn->arena, "🔹 %.*s", STR_ARG(turn_number(turn, value))), true);
	embed_field(embed, turn_say(turn, "Balance", "残高"),
		    arena_printf(turn->arena, "%.*s (−%.*s)\n🔹 %.*s (+%.*s)", STR_ARG(turn_money(turn, player->balance)),
				 STR_ARG(turn_number(turn, result->cost)), STR_ARG(turn_number(turn, player->shards)),
				 STR_ARG(turn_number(turn, shards))),
		    true);
	if (banner->spark_cost != CATALOG_NONE)
		embed_field(embed, turn_say(turn, "Spark", "交換ポイント"),
			    arena_printf(turn->arena, "%.*s / %.*s",
					 STR_ARG(turn_number(turn, player_spark_points(player, banner->id))),
					 STR_ARG(turn_number(turn, banner->spark_cost))),
			    true);
}

static void show_result(struct turn *turn, const struct catalog_banner *banner, const struct pull_result *result)
{
	struct embed *embed = message_embed(&turn->message);
	const struct receipt *last = &result->receipts[result->count - 1];
	size_t best = 0;

	if (!embed)
		return;
	for (size_t i = 1; i < result->count; i++)
		if (result->items[i].rarity < result->items[best].rarity)
			best = i;
	embed->color = turn->catalog->rarities[result->items[best].rarity].color;
	if (result->count == 1)
		show_one(turn, embed, &result->items[0]);
	else
		show_ten(turn, embed, banner, result);
	if (result->count > 1)
		draw_cards(turn, embed, banner, result);
	announce_best(turn, banner, result, best);
	add_account_fields(turn, embed, banner, result);
	embed->footer = turn_say(turn, "%.*s · seed %" PRIu64 ", pull %" PRIu64 " · /fairness",
				 "%.*s · シード%" PRIu64 "・%" PRIu64 "回目 · /fairness", STR_ARG(turn_text(turn, &banner->name)),
				 last->epoch, last->n);
	add_buttons(turn, banner);
}

/* ---- the pull ---- */

static bool refuse_poor(struct turn *turn, const struct catalog_banner *banner, int64_t cost)
{
	int64_t balance = turn->player->balance;
	struct str need = turn_money(turn, cost);
	struct str have = turn_money(turn, balance);

	if (balance >= banner->cost_one)
		return turn_refuse(turn,
				   "That needs %.*s, and you have %.*s. Nothing was charged. Pull once for %.*s, or take your gift with `/daily`.",
				   "%.*s 必要ですが、残高は %.*s です。消費はありません。1回なら %.*s で引けます。`/daily` でも増やせます。",
				   STR_ARG(need), STR_ARG(have), STR_ARG(turn_money(turn, banner->cost_one)));
	return turn_refuse(turn, "That needs %.*s, and you have %.*s. Nothing was charged. `/daily` gives you %.*s or more each day.",
			   "%.*s 必要ですが、残高は %.*s です。消費はありません。`/daily` で毎日 %.*s 以上もらえます。", STR_ARG(need),
			   STR_ARG(have), STR_ARG(turn_money(turn, turn->catalog->currency.daily)));
}

static bool make_pull(struct turn *turn, const struct catalog_banner *banner, unsigned count, struct err *err)
{
	int64_t cost = count == 1 ? banner->cost_one : banner->cost_ten;
	struct pull_result *result = ARENA_NEW(turn->arena, struct pull_result);
	struct str interaction = arena_printf(turn->arena, "%" PRIu64, turn->interaction->id);

	if (!banner_is_open(banner, turn->now_ms))
		return refuse_closed(turn, banner);
	if (cost == CATALOG_NONE)
		return turn_refuse(turn, "**%.*s** has no ten-pull. Nothing was charged. Use `/gacha pull` with count 1.",
				   "**%.*s** に10連はありません。消費はありません。`/gacha pull` を count 1 でお使いください。",
				   STR_ARG(banner_name(turn, banner)));
	if (turn->now_ms < turn->player->pulled_at_ms + turn->guild.cooldown_s * 1000)
		return turn_refuse(turn, "This server asks for a pause of %" PRId64 " s between pulls. Nothing was charged. You can pull again %.*s.",
				   "このサーバーでは%" PRId64 "秒の間隔が必要です。消費はありません。次は %.*s に引けます。", turn->guild.cooldown_s,
				   STR_ARG(show_time(turn, turn->player->pulled_at_ms / 1000 + turn->guild.cooldown_s, 'R')));
	if (turn->player->balance < cost)
		return refuse_poor(turn, banner, cost);
	if (!result)
		return arena_check(turn->arena, "a pull", err);
	if (!pull_make(turn->catalog, banner, count, turn->player, &turn->ledger, interaction, turn_now_s(turn), result,
		       turn->arena, err))
		return err->code == ERR_LIMIT ? turn_refuse_full(turn) : err_wrap(err, "pull on %.*s", STR_ARG(banner->id));
	turn->receipts = result->receipts;
	turn->receipt_count = result->count;
	turn->changed = true;
	show_result(turn, banner, result);
	return true;
}

bool cmd_gacha_pull(struct turn *turn, struct err *err)
{
	const struct interaction_option *count = interaction_option(turn->interaction, "count");
	struct str wanted = turn_option_text(turn, "banner");
	const struct catalog_banner *banner;

	if (count && count->integer != 1 && count->integer != PULL_COUNT_MAX)
		return turn_refuse(turn, "The count is 1 or 10. Nothing was charged. Try `/gacha pull` again with one of these.",
				   "回数は1か10です。消費はありません。`/gacha pull` をもう一度お試しください。");
	banner = wanted.len > 0 ? turn_find_banner(turn, wanted) : catalog_default_banner(turn->catalog, turn->now_ms);
	if (!banner)
		return wanted.len > 0 ? refuse_unknown(turn) : refuse_nothing_open(turn);
	return make_pull(turn, banner, count && count->integer == PULL_COUNT_MAX ? PULL_COUNT_MAX : 1, err);
}

bool cmd_gacha_pull_again(struct turn *turn, struct err *err)
{
	const struct catalog_banner *banner = turn_banner_by_target(turn, turn->button->target);

	if (!banner)
		return turn_refuse(turn, "That banner is gone. Nothing was charged. `/gacha banners` shows what is open now.",
				   "そのガチャはなくなりました。消費はありません。開催中のものは `/gacha banners` で確認できます。");
	turn->message.type = RESPONSE_UPDATE;
	return make_pull(turn, banner, turn->button->number == PULL_COUNT_MAX ? PULL_COUNT_MAX : 1, err);
}

/* ---- the list ---- */

static struct str featured_names(const struct turn *turn, const struct catalog_banner *banner)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);
	size_t shown = 0;

	for (size_t r = 0; r < banner->rarity_count; r++) {
		const struct banner_rarity *rarity = &banner->rarities[r];

		for (size_t i = 0; rarity->rate_up && i < rarity->featured_count && shown < FEATURED_SHOWN_MAX; i++) {
			if (shown++ > 0)
				buf_addc(&out, turn->language == LANGUAGE_JA ? "、" : ", ");
			buf_add(&out, turn_item_name(turn, &turn->catalog->items[rarity->featured[i]]));
		}
	}
	return buf_str(&out);
}

static struct str banner_text(const struct turn *turn, const struct catalog_banner *banner)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);
	struct str featured = featured_names(turn, banner);
	struct draw_state state;

	buf_add(&out, turn_say(turn, "`%.*s` · 1 pull %.*s", "`%.*s` · 1回 %.*s", STR_ARG(banner->id),
			       STR_ARG(turn_money(turn, banner->cost_one))));
	if (banner->cost_ten != CATALOG_NONE)
		buf_add(&out, turn_say(turn, " · 10 pulls %.*s", " · 10連 %.*s", STR_ARG(turn_money(turn, banner->cost_ten))));
	for (size_t i = 0; i < banner->rarity_count; i++)
		if (banner->rarities[i].rate > 0)
			buf_add(&out, arena_printf(turn->arena, "%s%.*s %.*s", i == 0 ? "\n" : " · ",
						   STR_ARG(turn->catalog->rarities[i].id),
						   STR_ARG(rate_format(turn->arena, banner->rarities[i].rate))));
	if (featured.len > 0)
		buf_add(&out, arena_printf(turn->arena, "\n🎯 %.*s", STR_ARG(featured)));
	if (banner->end_s != CATALOG_NONE)
		buf_add(&out, turn_say(turn, "\nEnds %.*s", "\n終了 %.*s", STR_ARG(show_time(turn, banner->end_s, 'R'))));
	player_load_pity(turn->player, turn->catalog, banner->pity_group, &state);
	struct str pity = show_pity(turn, banner, &state);
	if (pity.len > 0)
		buf_add(&out, arena_printf(turn->arena, "\n%.*s", STR_ARG(pity)));
	return buf_str(&out);
}

bool cmd_gacha_banners(struct turn *turn, struct err *err)
{
	struct embed *embed = message_embed(&turn->message);
	size_t left_out = 0;

	if (!embed)
		return arena_check(turn->arena, "the list of banners", err);
	embed->title = turn_say(turn, "Open banners", "開催中のガチャ");
	embed->color = turn->catalog->rarities[0].color;
	for (size_t i = 0; i < turn->catalog->banner_count; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];

		if (!banner_is_open(banner, turn->now_ms))
			continue;
		if (embed->field_count == BANNERS_SHOWN_MAX) {
			left_out++;
			continue;
		}
		embed_field(embed, banner_name(turn, banner), banner_text(turn, banner), false);
	}
	if (embed->field_count == 0)
		return refuse_nothing_open(turn);
	embed->footer = left_out > 0 ? turn_say(turn, "and %zu more · /gacha pull", "ほか%zu件 · /gacha pull", left_out)
				     : turn_say(turn, "Pull with /gacha pull", "/gacha pull で引けます");
	return true;
}

bool cmd_gacha_complete_banner(struct turn *turn, struct err *err)
{
	const struct catalog *catalog = turn->catalog;
	struct str typed = turn_focused_text(turn);

	(void)err;
	for (size_t i = 0; i < catalog->banner_count && turn->message.choice_count < MESSAGE_CHOICES_MAX; i++) {
		const struct catalog_banner *banner = &catalog->banners[i];

		if (banner_is_open(banner, turn->now_ms) && turn_matches(banner->id, &banner->name, typed))
			message_choice(&turn->message, turn_text(turn, &banner->name), banner->id);
	}
	return true;
}
