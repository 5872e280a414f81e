#include "bot/cmd_catalog.h"

#include "base/codec.h"
#include "bot/catalog_csv.h"
#include "bot/catalog_edit.h"
#include "bot/catalog_edit_form.h"
#include "bot/cmd_catalog_draft.h"
#include "bot/cmd_catalog_show.h"
#include "bot/router.h"
#include "gacha/banner.h"

/* Discord's bound on what stands in an input of a modal. */
#define INPUT_UNITS_MAX 4000
/* A table as it is written: every byte of the largest catalog may be a quote. */
#define TABLE_BYTES_MAX (2 * CATALOG_BYTES_MAX)

/* Runs a handler with scratch memory for an edit. */
static bool with_work(struct turn *turn, bool (*edit)(struct turn *turn, struct arena *work, struct err *err), struct err *err)
{
	struct arena work;
	bool ok;

	arena_init(&work, CATALOG_WORK_BYTES_MAX);
	ok = edit(turn, &work, err);
	arena_release(&work);
	if (ok || err->code != ERR_LIMIT)
		return ok;
	err_clear(err);
	return turn_refuse(turn, "Nothing was changed: that is too large to be edited here.",
			   "変更していません: 大きすぎるため、ここでは編集できません。");
}

static bool refuse_unknown(struct turn *turn)
{
	return turn_refuse(turn, "The catalog has no such entry. Choose one from the list that appears while you type.",
			   "カタログにありません。入力中に出る候補から選んでください。");
}

static bool refuse_long_form(struct turn *turn)
{
	return turn_refuse(turn, "This entry has a text that is too long for Discord's form. Edit it in a file: `/admin catalog export`, then `import`.",
			   "文字数が多く、Discord の入力欄では編集できません。`/admin catalog export` で書き出し、`import` で取り込んでください。");
}

static bool fits_input(struct str text)
{
	return codec_utf16_len(text) <= INPUT_UNITS_MAX;
}

static void add_input(struct modal *modal, const char *id, struct str label, struct str value, const char *placeholder,
		      bool is_long, bool required)
{
	modal_input(modal, &(struct text_input){
				   .custom_id = str_from(id),
				   .label = label,
				   .value = value,
				   .placeholder = str_from(placeholder),
				   .required = required,
				   .is_long = is_long,
			   });
}

/* A fresh modal; NULL when the arena is full. edited: the id of what is edited, or empty. */
static struct modal *begin_modal(struct turn *turn, char verb, struct str edited, struct str title)
{
	struct str target = edited.len > 0 ? custom_id_target(turn->arena, edited) : STR_EMPTY;
	struct str custom_id = turn_custom_id(turn, verb, target, 0);

	return custom_id.len > 0 ? message_modal(&turn->message, custom_id, title) : NULL;
}

static bool show_form_faults(struct turn *turn, const struct edit_faults *faults, struct err *err)
{
	return catalog_show_faults(turn, faults->list, faults->count, faults->left_out, true, err);
}

/* ---- items ---- */

static bool show_item_form(struct turn *turn, struct str id, const struct item_form *form, struct err *err)
{
	struct modal *modal = begin_modal(turn, CMD_CATALOG_VERB_ITEM, id,
					  id.len > 0 ? turn_say(turn, "Edit %.*s", "編集: %.*s", STR_ARG(id))
						     : turn_say(turn, "A new item", "新しいアイテム"));

	if (!modal)
		return arena_check(turn->arena, "the form", err);
	if (id.len == 0)
		add_input(modal, "id", turn_say(turn, "Id (letters, digits, . _ -)", "ID（英数字と . _ -）"), STR_EMPTY, "akari", false, true);
	add_input(modal, "rarity", turn_say(turn, "Rarity", "レアリティ"), form->rarity, "SSR", false, true);
	add_input(modal, "name_ja", turn_say(turn, "Japanese name", "名前（日本語）"), form->name_ja, "", false, true);
	add_input(modal, "name_en", turn_say(turn, "English name", "名前（英語）"), form->name_en, "", false, true);
	add_input(modal, "details", turn_say(turn, "Details (what is empty is left out)", "詳細（空の行は省略されます）"), form->details, "",
		  true, false);
	return true;
}

bool cmd_catalog_item(struct turn *turn, struct err *err)
{
	struct str id = turn_option_text(turn, "id");
	const struct catalog_item *item = id.len > 0 ? turn_find_item(turn, id) : NULL;
	struct item_form form = {.details = STR("text_ja: \ntext_en: \nemoji: \nimage: \nprice: ")};

	if (catalog_draft_is_blocked(turn))
		return true;
	if (id.len > 0 && !item)
		return refuse_unknown(turn);
	if (item) {
		item_form_fill(turn->arena, turn->catalog, item, &form);
		if (!fits_input(form.name_ja) || !fits_input(form.name_en) || !fits_input(form.details))
			return refuse_long_form(turn);
	}
	return show_item_form(turn, item ? item->id : STR_EMPTY, &form, err);
}

/* A new entry may not take the place of another. */
static bool refuse_taken(struct turn *turn, struct str id)
{
	return turn_refuse(turn, "`%.*s` exists already. To edit it, give its id to the command; for a new one, choose another id.",
			   "`%.*s` はすでにあります。編集するにはコマンドで ID を指定してください。新規なら別の ID にしてください。", STR_ARG(id));
}

static bool put(struct turn *turn, struct arena *work, const char *list, struct str elements, struct err *err)
{
	struct str text;

	return catalog_edit_put(work, turn->catalog->text, list, elements, &text, err) &&
	       catalog_draft_offer(turn, work, text, DRAFT_LINES_NONE, NULL, err);
}

static bool enter_item(struct turn *turn, struct arena *work, struct err *err)
{
	bool is_new = turn->button->target.len == 0;
	const struct catalog_item *item = is_new ? NULL : turn_item_by_target(turn, turn->button->target);
	struct edit_faults *faults = ARENA_NEW(work, struct edit_faults);
	struct item_form form = {
		.id = is_new ? interaction_field(turn->interaction, "id") : STR_EMPTY,
		.rarity = interaction_field(turn->interaction, "rarity"),
		.name_ja = interaction_field(turn->interaction, "name_ja"),
		.name_en = interaction_field(turn->interaction, "name_en"),
		.details = interaction_field(turn->interaction, "details"),
	};
	struct str elements;

	if (!faults)
		return arena_check(work, "the form", err);
	faults->arena = work;
	if (!is_new && !item)
		return refuse_unknown(turn);
	if (is_new && catalog_find_item(turn->catalog, form.id))
		return refuse_taken(turn, form.id);
	if (item)
		form.id = item->id;
	if (!item_form_read(work, &form, faults, &elements))
		return faults->count > 0 ? show_form_faults(turn, faults, err) : err_set(err, ERR_LIMIT, "the form is too long");
	return put(turn, work, "items", elements, err);
}

bool cmd_catalog_item_entered(struct turn *turn, struct err *err)
{
	return catalog_draft_is_blocked(turn) || with_work(turn, enter_item, err);
}

/* ---- banners ---- */

static bool show_banner_form(struct turn *turn, struct str id, const struct banner_form *form, struct err *err)
{
	struct modal *modal = begin_modal(turn, CMD_CATALOG_VERB_BANNER, id,
					  id.len > 0 ? turn_say(turn, "Edit %.*s", "編集: %.*s", STR_ARG(id))
						     : turn_say(turn, "A new banner", "新しいガチャ"));

	if (!modal)
		return arena_check(turn->arena, "the form", err);
	if (id.len == 0)
		add_input(modal, "id", turn_say(turn, "Id (letters, digits, . _ -)", "ID（英数字と . _ -）"), STR_EMPTY, "summer", false, true);
	add_input(modal, "names", turn_say(turn, "Names", "名前"), form->names, "", true, true);
	add_input(modal, "rates", turn_say(turn, "Rates (100%% in all)", "提供割合（合計100%%）"), form->rates, "SSR 0.6%, SR 5.1%, R 94.3%", true,
		  true);
	add_input(modal, "times", turn_say(turn, "Times and cost", "期間と消費量"), form->times, "", true, true);
	add_input(modal, "rules", turn_say(turn, "Rules (empty: not there; = as it is)", "規則（空: なし、=: いまのまま）"), form->rules, "", true,
		  false);
	return true;
}

/* What a new banner begins with. */
static struct banner_form new_banner(const struct turn *turn)
{
	struct str top = turn->catalog->rarities[0].id;

	return (struct banner_form){
		.names = STR("ja: \nen: "),
		.times = STR("start: 2026-01-31 18:00\nend: \ncost: 160\ncost10: 1600"),
		.rules = arena_printf(turn->arena,
				      "hard %.*s: \nsoft_from %.*s: \nsoft_step %.*s: \npity_group: \nrate_up %.*s: \nshare %.*s: \nguarantee %.*s: yes\nten_pull: \nspark: \nspark_cost: \npool: ",
				      STR_ARG(top), STR_ARG(top), STR_ARG(top), STR_ARG(top), STR_ARG(top), STR_ARG(top)),
	};
}

static bool ask_banner(struct turn *turn, struct arena *work, struct err *err)
{
	struct str id = turn_option_text(turn, "id");
	const struct catalog_banner *banner = id.len > 0 ? turn_find_banner(turn, id) : NULL;
	struct banner_form form = new_banner(turn);
	struct json root;

	if (id.len > 0 && !banner)
		return refuse_unknown(turn);
	if (banner) {
		if (!json_parse(work, turn->catalog->text, &root, err))
			return false;
		banner_form_fill(turn->arena, catalog_edit_find(root, "banners", banner->id, work), &form);
		if (!fits_input(form.names) || !fits_input(form.rates) || !fits_input(form.times) || !fits_input(form.rules))
			return refuse_long_form(turn);
	}
	return show_banner_form(turn, banner ? banner->id : STR_EMPTY, &form, err);
}

bool cmd_catalog_banner(struct turn *turn, struct err *err)
{
	return catalog_draft_is_blocked(turn) || with_work(turn, ask_banner, err);
}

static bool enter_banner(struct turn *turn, struct arena *work, struct err *err)
{
	bool is_new = turn->button->target.len == 0;
	const struct catalog_banner *banner = is_new ? NULL : turn_banner_by_target(turn, turn->button->target);
	struct edit_faults *faults = ARENA_NEW(work, struct edit_faults);
	struct banner_form form = {
		.id = is_new ? interaction_field(turn->interaction, "id") : STR_EMPTY,
		.names = interaction_field(turn->interaction, "names"),
		.rates = interaction_field(turn->interaction, "rates"),
		.times = interaction_field(turn->interaction, "times"),
		.rules = interaction_field(turn->interaction, "rules"),
	};
	struct json root, known = JSON_MISSING_VALUE;
	struct str elements;

	if (!faults)
		return arena_check(work, "the form", err);
	faults->arena = work;
	if (!is_new && !banner)
		return refuse_unknown(turn);
	if (is_new && catalog_find_banner(turn->catalog, form.id))
		return refuse_taken(turn, form.id);
	if (banner) {
		form.id = banner->id;
		if (!json_parse(work, turn->catalog->text, &root, err))
			return false;
		known = catalog_edit_find(root, "banners", banner->id, work);
	}
	if (!banner_form_read(work, &form, &turn->guild.zone, known, faults, &elements))
		return faults->count > 0 ? show_form_faults(turn, faults, err) : err_set(err, ERR_LIMIT, "the form is too long");
	return put(turn, work, "banners", elements, err);
}

bool cmd_catalog_banner_entered(struct turn *turn, struct err *err)
{
	return catalog_draft_is_blocked(turn) || with_work(turn, enter_banner, err);
}

/* ---- retire ---- */

static bool is_listed(const struct catalog *catalog, const struct catalog_item *item)
{
	uint32_t index = (uint32_t)(item - catalog->items);

	for (size_t i = 0; i < catalog->banner_count; i++) {
		const struct catalog_banner *banner = &catalog->banners[i];

		if (banner_can_give(catalog, banner, index))
			return true;
		for (size_t k = 0; k < banner->spark_count; k++)
			if (banner->spark_items[k] == index)
				return true;
	}
	return false;
}

static bool retire(struct turn *turn, struct arena *work, struct err *err)
{
	struct str id = turn_option_text(turn, "id");
	const struct catalog_banner *banner = catalog_find_banner(turn->catalog, id);
	const struct catalog_item *item = catalog_find_item(turn->catalog, id);
	struct str text;

	if (!banner && !item)
		item = turn_find_item(turn, id);
	if (!banner && !item)
		banner = turn_find_banner(turn, id);
	if (banner && item)
		return turn_refuse(turn, "`%.*s` is both an item and a banner. Edit the banner's end instead: `/admin catalog banner`.",
				   "`%.*s` はアイテムとガチャの両方にあります。ガチャは `/admin catalog banner` で終了日時を変更してください。", STR_ARG(id));
	if (!banner && !item)
		return refuse_unknown(turn);
	if (banner && banner_has_ended(banner, turn_now_s(turn)))
		return turn_refuse(turn, "That banner has ended already.", "そのガチャはすでに終了しています。");
	if (item && !is_listed(turn->catalog, item))
		return turn_refuse(turn, "No banner gives that item any more; it stays in the catalog for those who have it.",
				   "そのアイテムはすでにどのガチャからも出ません（所持している人のためカタログには残ります）。");
	if (banner ? !catalog_edit_retire_banner(work, turn->catalog, banner, turn_now_s(turn), &text, err)
		   : !catalog_edit_retire_item(work, turn->catalog, item, &text, err))
		return false;
	return catalog_draft_offer(turn, work, text, DRAFT_LINES_NONE, NULL, err);
}

bool cmd_catalog_retire(struct turn *turn, struct err *err)
{
	return catalog_draft_is_blocked(turn) || with_work(turn, retire, err);
}

/* ---- files ---- */

/* A catalog is a JSON object; everything else is taken for a table. */
static bool is_table(const struct interaction_option *option, struct str text)
{
	struct str start = str_trim(text);
	struct str name = option->file.name;

	if (name.len >= 4 && str_eq_nocase(str_skip(name, name.len - 4), STR(".csv")))
		return true;
	if (name.len >= 5 && str_eq_nocase(str_skip(name, name.len - 5), STR(".json")))
		return false;
	return start.len == 0 || start.ptr[0] != '{';
}

static bool import_table(struct turn *turn, struct arena *work, struct err *err)
{
	struct edit_faults *faults = ARENA_NEW(work, struct edit_faults);
	struct csv_items items;
	struct str text;

	if (!faults)
		return arena_check(work, "the table", err);
	faults->arena = work;
	if (!catalog_csv_read(work, turn->file, turn->catalog, faults, &items, err)) {
		if (faults->count == 0)
			return false;
		err_clear(err);
		return show_form_faults(turn, faults, err);
	}
	return catalog_edit_put(work, turn->catalog->text, "items", items.elements, &text, err) &&
	       catalog_draft_offer(turn, work, text, DRAFT_LINES_TABLE, &items, err);
}

static bool import(struct turn *turn, struct arena *work, struct err *err)
{
	if (is_table(interaction_option(turn->interaction, "file"), turn->file))
		return import_table(turn, work, err);
	return catalog_draft_offer(turn, work, turn->file, DRAFT_LINES_FILE, NULL, err);
}

static bool refuse_file(struct turn *turn)
{
	static const char *const words[FILE_FAULTS][2] = {
		[FILE_FAULT_MISSING] = {"there is none", "ファイルがありません"},
		[FILE_FAULT_SIZE] = {"it is larger than a catalog may be", "カタログの上限を超えています"},
		[FILE_FAULT_DATA] = {"its data is not base64", "base64 のデータではありません"},
		[FILE_FAULT_FETCH] = {"Discord did not give it; please attach it again",
				      "Discord から取得できません。もう一度添付してください"},
		[FILE_FAULT_ADDRESS] = {"its address cannot be used", "アドレスが使えません"},
	};
	const char *why = words[turn->file_fault][turn->language == LANGUAGE_JA];

	return turn_refuse(turn, "I could not read that file: %s. Nothing was changed. A catalog has at most %u MiB.",
			   "ファイルを読み込めませんでした（%s）。変更していません。カタログは%u MiBまでです。", why,
			   CATALOG_BYTES_MAX >> 20);
}

bool cmd_catalog_import(struct turn *turn, struct err *err)
{
	if (catalog_draft_is_blocked(turn))
		return true;
	if (!interaction_option(turn->interaction, "file"))
		return turn_refuse(turn, "Attach a file: a catalog as JSON, or its items as CSV.",
				   "ファイルを添付してください（カタログの JSON、またはアイテム一覧の CSV）。");
	if (turn->file_fault != FILE_FAULT_NONE)
		return refuse_file(turn);
	return with_work(turn, import, err);
}

static bool export_table(struct turn *turn, struct arena *work, struct err *err)
{
	struct buf out;
	bool ok;

	(void)work;
	buf_init(&out, TABLE_BYTES_MAX);
	catalog_csv_write(turn->catalog, &out);
	ok = buf_check(&out, "the table", err);
	if (ok)
		message_file(&turn->message, &(struct attachment){
						     .name = arena_printf(turn->arena, "items-%.12s.csv", turn->catalog->sha256_hex),
						     .type = STR("text/csv"),
						     .bytes = arena_str(turn->arena, buf_str(&out)),
					     });
	buf_release(&out);
	return ok && arena_check(turn->arena, "the table", err);
}

bool cmd_catalog_export(struct turn *turn, struct err *err)
{
	const char *hash = turn->catalog->sha256_hex;

	turn->message.content = turn_say(turn, "The catalog in force, SHA-256 `%s`. `/admin catalog import` takes the file back.",
					 "現在のカタログです。SHA-256 `%s`\n編集したファイルは `/admin catalog import` で取り込めます。", hash);
	if (str_eqc(turn_option_text(turn, "format"), "csv"))
		return with_work(turn, export_table, err);
	message_file(&turn->message, &(struct attachment){
					     .name = arena_printf(turn->arena, "catalog-%.12s.json", hash),
					     .type = STR("application/json"),
					     .bytes = turn->catalog->text,
				     });
	return true;
}

/* ---- completion ---- */

static void add_choice(struct turn *turn, const char *sign, struct str id, const struct localised *name)
{
	if (turn->message.choice_count < MESSAGE_CHOICES_MAX && turn_matches(id, name, turn_focused_text(turn)))
		message_choice(&turn->message, arena_printf(turn->arena, "%s%.*s", sign, STR_ARG(turn_text(turn, name))), id);
}

/* What is planned is for administrators' eyes; who is none gets no choices, since nobody reads words there. */
static bool may_edit(const struct turn *turn)
{
	return (turn->interaction->permissions & PERMISSION_ADMINISTRATOR) != 0;
}

static void add_items(struct turn *turn, const char *sign)
{
	for (size_t i = 0; may_edit(turn) && i < turn->catalog->item_count && turn->message.choice_count < MESSAGE_CHOICES_MAX; i++)
		add_choice(turn, sign, turn->catalog->items[i].id, &turn->catalog->items[i].name);
}

static void add_banners(struct turn *turn, const char *sign)
{
	for (size_t i = 0; may_edit(turn) && i < turn->catalog->banner_count; i++)
		add_choice(turn, sign, turn->catalog->banners[i].id, &turn->catalog->banners[i].name);
}

bool cmd_catalog_complete_item(struct turn *turn, struct err *err)
{
	(void)err;
	add_items(turn, "");
	return true;
}

bool cmd_catalog_complete_banner(struct turn *turn, struct err *err)
{
	(void)err;
	add_banners(turn, "");
	return true;
}

bool cmd_catalog_complete_both(struct turn *turn, struct err *err)
{
	(void)err;
	add_banners(turn, "🎰 ");
	add_items(turn, "🎴 ");
	return true;
}
