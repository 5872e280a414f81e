#include "bot/cmd_catalog_show.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "base/codec.h"
#include "bot/odds_text.h"
#include "bot/show.h"
#include "gacha/banner.h"
#include "gacha/odds.h"

/* With the longest ids and names these stay below Discord's 6000 characters together. */
#define FAULTS_SHOWN_MAX 12
#define CHANGES_SHOWN_MAX 12
#define BANNERS_ODDS_MAX 4
#define NAME_UNITS_MAX 40
#define FAULT_UNITS_MAX 200
#define PATH_UNITS_MAX 90
#define BRIEF_BYTES_MAX 1000
#define COLOR_FAULT 0xD83C3E

/* ---- faults ---- */

/* gacha.md, Faults, and those of forms and tables. */
static const struct {
	const char *rule, *ja;
} rules_ja[] = {
	{"json", "JSON として読めません"},
	{"schema", "この版では読めない形式です"},
	{"type", "値の種類が違います"},
	{"unknown_key", "知らない項目です"},
	{"missing", "必須の項目がありません"},
	{"localisation", "日本語と英語の両方が必要です"},
	{"id", "ID は英数字と . _ - の1〜64文字です（先頭は英数字）"},
	{"duplicate", "重複しています"},
	{"time", "日時の形式が違います"},
	{"order", "順序が違います（終了は開始より後、レアリティは高い順）"},
	{"decimal", "割合の形式が違います（例 0.6%）"},
	{"range", "数の範囲を超えています"},
	{"color", "色は #RRGGBB の形です"},
	{"image", "画像は https の URL です"},
	{"cost", "価格は1回と10連だけです"},
	{"sum", "提供割合の合計が100%ではありません"},
	{"empty", "空です"},
	{"unknown_rarity", "そのレアリティはありません"},
	{"unknown_item", "そのアイテムはありません"},
	{"rarity", "別のレアリティのアイテムです"},
	{"pool", "排出対象に入っていません"},
	{"others", "ピックアップ以外のアイテムが残りません"},
	{"empty_rarity", "出るはずのレアリティに排出対象がありません"},
	{"soft", "確率上昇は最高レアリティだけで、soft_from と soft_step の両方が必要です"},
	{"soft_from", "確率上昇の開始が天井より後です"},
	{"ten_pull", "10連の確定レアリティが正しくありません"},
	{"form", "「項目: 値」の形ではありません"},
	{"lines", "1つの入力欄に書けるのは64行までです"},
	{"same", "「=」はいまの値を残す指定ですが、まだ値がありません"},
	{"csv", "CSV として読めません"},
	{"column", "知らない列です"},
	{"encoding", "UTF-8 ではありません（「CSV UTF-8」で保存してください）"},
};

_Static_assert(FORM_LINES_MAX == 64, "the words above say so");

static struct str rule_text(const struct turn *turn, const struct catalog_fault *fault)
{
	for (size_t i = 0; turn->language == LANGUAGE_JA && i < sizeof(rules_ja) / sizeof(rules_ja[0]); i++)
		if (str_eqc(str_from(fault->rule), rules_ja[i].rule))
			return str_from(rules_ja[i].ja);
	return codec_cut(turn->arena, fault->text, FAULT_UNITS_MAX);
}

static struct str fault_line(const struct turn *turn, const struct catalog_fault *fault, bool has_line)
{
	struct str line = has_line ? turn_say(turn, "Line %zu", "%zu行目", fault->line) : STR_EMPTY;
	struct str path = codec_cut(turn->arena, fault->path, PATH_UNITS_MAX);
	const char *between = line.len > 0 && path.len > 0 ? " · " : "";

	return arena_printf(turn->arena, "• %.*s%s%.*s · **%s**: %.*s", STR_ARG(line), between,
			    STR_ARG(message_escape(turn->arena, path)), fault->rule,
			    STR_ARG(message_escape(turn->arena, rule_text(turn, fault))));
}

bool catalog_show_faults(struct turn *turn, const struct catalog_fault *list, size_t count, size_t left_out,
			 bool has_lines, struct err *err)
{
	struct buf out = turn_buf(turn, PAGE_BYTES_MAX);
	size_t all = count + left_out;
	struct embed *embed;

	message_clear(&turn->message);
	turn->message.ephemeral = true;
	embed = message_embed(&turn->message);
	if (!embed)
		return arena_check(turn->arena, "the faults", err);
	for (size_t i = 0; i < count && i < FAULTS_SHOWN_MAX; i++)
		odds_text_add_line(&out, fault_line(turn, &list[i], has_lines && list[i].line > 0));
	if (all > FAULTS_SHOWN_MAX)
		odds_text_add_line(&out, turn_say(turn, "… and %zu more", "…ほか%zu件", all - FAULTS_SHOWN_MAX));
	embed->title = turn_say(turn, "Nothing was changed: %zu to put right", "変更していません: 直すところが%zuか所あります", all);
	embed->color = COLOR_FAULT;
	embed->description = buf_str(&out);
	embed->footer = turn_say(turn, "Put this right and try again; all of it is taken over, or nothing.",
				 "直してもう一度お試しください。すべて正しいときだけ反映されます。");
	return true;
}

/* ---- changes ---- */

static const struct {
	unsigned field;
	const char *en, *ja;
} field_words[] = {
	{DIFF_NAME, "name", "名前"},
	{DIFF_RARITY, "rarity", "レアリティ"},
	{DIFF_TEXT, "text", "説明"},
	{DIFF_EMOJI, "emoji", "絵文字"},
	{DIFF_IMAGE, "image", "画像"},
	{DIFF_PRICE, "price", "価格"},
	{DIFF_TIMES, "times", "期間"},
	{DIFF_COST, "cost", "消費量"},
	{DIFF_SPARK, "spark", "交換"},
	{DIFF_GROUP, "pity group", "天井の共有"},
	{DIFF_ODDS, "odds", "確率"},
};

static struct str short_name(const struct turn *turn, const struct localised *name, struct str id)
{
	struct str text = codec_cut(turn->arena, turn_text(turn, name), NAME_UNITS_MAX);

	return arena_printf(turn->arena, "%.*s (`%.*s`)", STR_ARG(message_escape(turn->arena, text)), STR_ARG(id));
}

/* "a → b", or one of them when they are alike. */
static struct str before_after(const struct turn *turn, struct str before, struct str after)
{
	if (before.len == 0 || str_eq(before, after))
		return after;
	return arena_printf(turn->arena, "%.*s → %.*s", STR_ARG(before), STR_ARG(after));
}

static struct str price_text(const struct turn *turn, int64_t price)
{
	return price == CATALOG_NONE ? turn_say(turn, "not sold", "非売品") : turn_number(turn, price);
}

static struct str time_text(const struct turn *turn, int64_t unix_s)
{
	return unix_s == CATALOG_NONE ? turn_say(turn, "no end", "期限なし") : show_time(turn, unix_s, 'f');
}

static struct str cost_text(const struct turn *turn, const struct catalog_banner *banner)
{
	if (banner->cost_ten == CATALOG_NONE)
		return turn_number(turn, banner->cost_one);
	return arena_printf(turn->arena, "%.*s / %.*s", STR_ARG(turn_number(turn, banner->cost_one)),
			    STR_ARG(turn_number(turn, banner->cost_ten)));
}

/* What stood there and what would, where a line has room for it; empty where it has not. */
static struct str field_values(const struct turn *turn, const struct catalog *new, const struct catalog_change *change,
			       unsigned field)
{
	switch (field) {
	case DIFF_RARITY:
		assert(change->old_item && change->new_item);
		return before_after(turn, turn->catalog->rarities[change->old_item->rarity].id,
				    new->rarities[change->new_item->rarity].id);
	case DIFF_PRICE:
		assert(change->old_item && change->new_item);
		return before_after(turn, price_text(turn, change->old_item->price), price_text(turn, change->new_item->price));
	case DIFF_COST:
		return before_after(turn, cost_text(turn, change->old_banner), cost_text(turn, change->new_banner));
	case DIFF_TIMES:
		return arena_printf(turn->arena, "%.*s – %.*s", STR_ARG(time_text(turn, change->new_banner->start_s)),
				    STR_ARG(time_text(turn, change->new_banner->end_s)));
	default:
		return STR_EMPTY;
	}
}

static void add_fields(const struct turn *turn, const struct catalog *new, const struct catalog_change *change,
		       struct buf *out)
{
	const char *between = ": ";

	for (size_t i = 0; i < sizeof(field_words) / sizeof(field_words[0]); i++) {
		struct str values;

		if (!(change->fields & field_words[i].field))
			continue;
		values = field_values(turn, new, change, field_words[i].field);
		buf_addc(out, between);
		buf_addc(out, turn->language == LANGUAGE_JA ? field_words[i].ja : field_words[i].en);
		if (values.len > 0)
			buf_add(out, arena_printf(turn->arena, " %.*s", STR_ARG(values)));
		between = turn->language == LANGUAGE_JA ? "、" : ", ";
	}
}

static bool is_given(const struct catalog *catalog, const struct catalog_item *item)
{
	for (size_t i = 0; i < catalog->banner_count; i++)
		if (banner_can_give(catalog, &catalog->banners[i], (uint32_t)(item - catalog->items)))
			return true;
	return false;
}

static struct str change_name(const struct turn *turn, const struct catalog_change *change)
{
	const struct catalog_item *item = change->new_item ? change->new_item : change->old_item;
	const struct catalog_banner *banner = change->new_banner ? change->new_banner : change->old_banner;

	return item ? short_name(turn, &item->name, item->id) : short_name(turn, &banner->name, banner->id);
}

static void add_change(const struct turn *turn, const struct catalog *new, const struct catalog_change *change,
		       struct buf *out)
{
	static const char *const signs[] = {[CATALOG_ADDED] = "➕", [CATALOG_CHANGED] = "✏️", [CATALOG_REMOVED] = "➖"};
	bool is_item = change->old_item || change->new_item;

	odds_text_add_line(out, arena_printf(turn->arena, "%s %s %.*s", signs[change->kind], is_item ? "🎴" : "🎰",
					     STR_ARG(change_name(turn, change))));
	if (change->kind == CATALOG_CHANGED)
		add_fields(turn, new, change, out);
	if (change->kind == CATALOG_ADDED && is_item)
		buf_add(out, arena_printf(turn->arena, ": %.*s", STR_ARG(new->rarities[change->new_item->rarity].id)));
	if (change->kind == CATALOG_ADDED && is_item && !is_given(new, change->new_item))
		buf_add(out, turn_say(turn, " · ⚠️ no banner gives it yet", " · ⚠️ まだどのガチャからも出ません"));
}

/* ---- odds ---- */

/* Of a thing that is drawn `count` at a time with this chance together. */
static struct str share_text(const struct turn *turn, double chance, size_t count)
{
	if (count == 0)
		return STR("–");
	return arena_printf(turn->arena, "%zu × %.*s", count, STR_ARG(odds_text_percent(turn, chance / (double)count)));
}

static double featured_chance(const struct banner_rarity *rates)
{
	return rates->rate_up ? (double)rates->rate / RATE_ONE * ((double)rates->share / RATE_ONE) : 0;
}

static struct str featured_text(const struct turn *turn, const struct banner_rarity *rates)
{
	return rates ? share_text(turn, featured_chance(rates), rates->featured_count) : STR_EMPTY;
}

static struct str others_text(const struct turn *turn, const struct banner_rarity *rates)
{
	return rates ? share_text(turn, (double)rates->rate / RATE_ONE - featured_chance(rates), rates->others_count)
		     : STR_EMPTY;
}

/* old NULL: there was none. */
static void add_rarity(const struct turn *turn, struct str id, const struct banner_rarity *old,
		       const struct banner_rarity *new, struct buf *out)
{
	struct str before = old ? rate_format(turn->arena, old->rate) : STR_EMPTY;

	if (new->rate == 0 && (!old || old->rate == 0))
		return;
	odds_text_add_line(out, arena_printf(turn->arena, "**%.*s** %.*s", STR_ARG(codec_cut(turn->arena, id, NAME_UNITS_MAX)),
					     STR_ARG(before_after(turn, before, rate_format(turn->arena, new->rate)))));
	if (new->rate_up || (old && old->rate_up))
		buf_add(out, arena_printf(turn->arena, " · 🎯 %.*s",
					  STR_ARG(before_after(turn, featured_text(turn, old), featured_text(turn, new)))));
	buf_add(out, arena_printf(turn->arena, " · %.*s",
				  STR_ARG(before_after(turn, others_text(turn, old), others_text(turn, new)))));
}

static struct str pulls_text(const struct turn *turn, const struct odds_wait *wait)
{
	if (!wait || !wait->possible || isinf(wait->expected))
		return STR_EMPTY;
	return odds_text_pulls(turn, wait->expected);
}

static struct str worst_text(const struct turn *turn, const struct odds_wait *wait)
{
	if (!wait || !wait->possible)
		return STR_EMPTY;
	return wait->worst == CATALOG_NONE ? STR("∞") : turn_number(turn, wait->worst);
}

static void add_wait(const struct turn *turn, const char *sign, const struct odds_wait *old, const struct odds_wait *new,
		     struct buf *out)
{
	struct str pulls = pulls_text(turn, new);

	if (pulls.len == 0)
		return;
	odds_text_add_line(out, turn_say(turn, "%s **%.*s** pulls on average, %.*s at worst", "%s 平均**%.*s**回、最悪%.*s回", sign,
					 STR_ARG(before_after(turn, pulls_text(turn, old), pulls)),
					 STR_ARG(before_after(turn, worst_text(turn, old), worst_text(turn, new)))));
}

/* Exact where the rules can be computed; what they are stands above in any case. */
static void add_waits(const struct turn *turn, struct arena *work, const struct catalog_change *change, struct buf *out)
{
	struct arena_mark mark = arena_mark(work);
	struct odds old, new;
	bool has_old = change->old_banner != NULL;

	if ((!has_old || odds_compute(change->old_banner, NULL, work, &old, NULL)) &&
	    odds_compute(change->new_banner, NULL, work, &new, NULL)) {
		add_wait(turn, "⭐", has_old ? &old.top : NULL, &new.top, out);
		add_wait(turn, "🎯", has_old ? &old.featured : NULL, &new.featured, out);
	} else {
		odds_text_add_line(out, turn_say(turn, "The rules are too large to compute the average here.",
						 "規則が大きく、平均回数はここでは計算できません。"));
	}
	arena_rewind(work, mark);
}

static struct str odds_change(const struct turn *turn, struct arena *work, const struct catalog *new,
			      const struct catalog_change *change)
{
	struct buf out = turn_buf(turn, FIELD_BYTES_MAX);

	for (size_t r = 0; r < new->rarity_count; r++) {
		int before = change->old_banner ? catalog_find_rarity(turn->catalog, new->rarities[r].id) : -1;

		add_rarity(turn, new->rarities[r].id, before < 0 ? NULL : &change->old_banner->rarities[before],
			   &change->new_banner->rarities[r], &out);
	}
	add_waits(turn, work, change, &out);
	return buf_str(&out);
}

/* ---- all together ---- */

static void add_odds(struct turn *turn, struct arena *work, const struct catalog *new, const struct catalog_diff *diff,
		     struct embed *embed)
{
	size_t shown = 0;

	for (size_t i = 0; i < diff->count; i++) {
		const struct catalog_change *change = &diff->list[i];

		if (!change->new_banner || (change->old_banner && !(change->fields & DIFF_ODDS)))
			continue;
		if (shown++ < BANNERS_ODDS_MAX)
			embed_field(embed, change_name(turn, change), odds_change(turn, work, new, change), false);
	}
	if (shown > BANNERS_ODDS_MAX)
		embed_field(embed, turn_say(turn, "More odds change", "ほかにも確率が変わります"),
			    turn_say(turn, "%zu more banners", "ガチャ%zu件", shown - BANNERS_ODDS_MAX), false);
}

static void add_rest(struct turn *turn, const struct catalog_diff *diff, struct buf *out)
{
	if (diff->count > CHANGES_SHOWN_MAX)
		odds_text_add_line(out, turn_say(turn, "… and %zu more", "…ほか%zu件", diff->count - CHANGES_SHOWN_MAX));
	if (diff->currency)
		odds_text_add_line(out, turn_say(turn, "✏️ The currency", "✏️ 通貨"));
	if (diff->rarities)
		odds_text_add_line(out, turn_say(turn, "✏️ The rarities", "✏️ レアリティ"));
	if (diff->count == 0 && !diff->currency && !diff->rarities)
		odds_text_add_line(out, turn_say(turn, "✏️ The order or spelling of entries", "✏️ 並び順・書き方"));
	if (diff->kinds[CATALOG_REMOVED] > 0)
		odds_text_add_line(out, turn_say(turn, "⚠️ What is removed stays in inventories, but without name or picture. `retire` keeps them.",
						 "⚠️ 削除したアイテムは持ち物に残りますが、名前や画像は表示されません。`retire` なら残ります。"));
}

bool catalog_show_diff(struct turn *turn, struct arena *work, const struct catalog *new, const struct catalog_diff *diff,
		       struct err *err)
{
	struct embed *embed = message_embed(&turn->message);
	struct buf out = turn_buf(turn, PAGE_BYTES_MAX);

	if (!embed)
		return arena_check(turn->arena, "the changes", err);
	for (size_t i = 0; i < diff->count && i < CHANGES_SHOWN_MAX; i++)
		add_change(turn, new, &diff->list[i], &out);
	add_rest(turn, diff, &out);
	embed->title = turn_say(turn, "What would change: ➕ %zu · ✏️ %zu · ➖ %zu", "変更点の確認: ➕ %zu · ✏️ %zu · ➖ %zu",
				diff->kinds[CATALOG_ADDED], diff->kinds[CATALOG_CHANGED], diff->kinds[CATALOG_REMOVED]);
	embed->color = turn->catalog->rarities[0].color;
	embed->description = buf_str(&out);
	add_odds(turn, work, new, diff, embed);
	embed->footer = turn_say(turn, "%.12s → %.12s. Nothing has changed yet.", "%.12s → %.12s　まだ反映されていません。",
				 turn->catalog->sha256_hex, new->sha256_hex);
	return true;
}

struct str catalog_show_brief(const struct turn *turn, const struct catalog_diff *diff)
{
	static const char *const signs[] = {[CATALOG_ADDED] = "+", [CATALOG_CHANGED] = "~", [CATALOG_REMOVED] = "-"};
	struct buf out = turn_buf(turn, BRIEF_BYTES_MAX);
	size_t shown = 0;

	for (; shown < diff->count && out.len + CATALOG_ID_MAX + 32 < BRIEF_BYTES_MAX; shown++) {
		const struct catalog_change *change = &diff->list[shown];
		const struct catalog_banner *banner = change->new_banner ? change->new_banner : change->old_banner;
		const struct catalog_item *item = change->new_item ? change->new_item : change->old_item;

		if (shown > 0)
			buf_add_char(&out, ' ');
		buf_addc(&out, signs[change->kind]);
		buf_add(&out, banner ? banner->id : item->id);
	}
	if (shown < diff->count)
		buf_printf(&out, " (%zu)", diff->count);
	if (diff->currency)
		buf_addc(&out, " currency");
	if (diff->rarities)
		buf_addc(&out, " rarities");
	return str_trim(buf_str(&out));
}

struct str catalog_show_local_time(const struct turn *turn, int64_t unix_s)
{
	struct clock_date date = clock_civil((unix_s + clock_zone_offset_s(&turn->guild.zone, unix_s)) * 1000);

	return arena_printf(turn->arena, "%04d-%02d-%02d %02d:%02d (%.*s)", date.year, date.month, date.day, date.hour, date.minute,
			    STR_ARG(turn->guild.zone_name));
}
