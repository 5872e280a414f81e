#include "bot/cmd_catalog_revisions.h"

#include <inttypes.h>
#include <string.h>

#include "bot/audit.h"
#include "bot/cmd_catalog_draft.h"
#include "bot/cmd_catalog_show.h"
#include "bot/odds_text.h"
#include "bot/show.h"

/* REVISIONS_MAX lines of 100 characters fit into an embed's description. */
#define LIST_BYTES_MAX 12800
/* What a select offers, the configured catalog aside, which `export` gives where no revision holds. */
#define TEXTS_MAX 24
/* The value of the select that stands for the configured catalog. */
#define CONFIGURED "0"

/* ---- the list ---- */

static void add_revision(const struct turn *turn, const struct revision *revision, const struct revision *current,
			 struct buf *out)
{
	const char *sign = revision == current ? "✅ " : revision->from_ms > turn->now_ms ? "🕒 " : "▫️ ";

	odds_text_add_line(out, turn_say(turn, "%s`%.12s` · from %.*s · by %.*s", "%s`%.12s` · %.*s から · %.*s", sign,
					 revision->sha256_hex, STR_ARG(show_time(turn, revision->from_ms / 1000, 'f')),
					 STR_ARG(turn_mention(turn, revision->by))));
}

static struct str list_text(const struct turn *turn, bool counts)
{
	struct buf out = turn_buf(turn, LIST_BYTES_MAX);
	const struct revision *current = revisions_at(turn->revisions, turn->configured->sha256_hex, turn->now_ms);

	for (size_t i = turn->revisions->count; i-- > 0;)
		add_revision(turn, &turn->revisions->list[i], current, &out);
	odds_text_add_line(&out, turn_say(turn, "%s`%.12s` · what the bot was started with", "%s`%.12s` · 起動時のカタログ",
					  current ? "▫️ " : "✅ ", turn->configured->sha256_hex));
	if (turn->revisions->count > 0 && !counts)
		odds_text_add_line(&out, turn_say(turn, "\n⚠️ The people who run the bot gave it another catalog. The revisions above belong to `%.12s` and do not count; the next edit begins a new list.",
						  "\n⚠️ 運営がカタログを差し替えました。上の版は `%.12s` に対するもので、現在は使われていません。次の編集から新しい一覧になります。",
						  turn->revisions->base_hex));
	return buf_str(&out);
}

static void add_texts(struct turn *turn)
{
	struct str custom_id = turn_custom_id(turn, CMD_CATALOG_VERB_TEXT, STR_EMPTY, 0);
	struct select *select;

	if (custom_id.len == 0)
		return;
	select = message_select(&turn->message, custom_id, turn_say(turn, "A revision as a JSON file…", "版を JSON ファイルで受け取る…"));
	if (!select)
		return;
	for (size_t i = 0; i < turn->revisions->count && i < TEXTS_MAX; i++) {
		const struct revision *revision = &turn->revisions->list[turn->revisions->count - 1 - i];

		select_option(select, &(struct select_option){
					      .label = arena_printf(turn->arena, "%.12s", revision->sha256_hex),
					      .value = arena_printf(turn->arena, "%" PRIu64, revision->text),
					      .description = catalog_show_local_time(turn, revision->from_ms / 1000),
				      });
	}
	select_option(select, &(struct select_option){
				      .label = arena_printf(turn->arena, "%.12s", turn->configured->sha256_hex),
				      .value = STR(CONFIGURED),
				      .description = turn_say(turn, "what the bot was started with", "起動時のカタログ"),
			      });
}

bool cmd_catalog_revisions(struct turn *turn, struct err *err)
{
	const struct revision *last = catalog_draft_last(turn);
	struct embed *embed = message_embed(&turn->message);

	if (!embed)
		return arena_check(turn->arena, "the revisions", err);
	embed->title = turn_say(turn, "Revisions of the catalog", "カタログの版");
	embed->color = turn->catalog->rarities[0].color;
	embed->description = list_text(turn, last != NULL);
	if (last && last->from_ms > turn->now_ms) {
		struct str custom_id = turn_custom_id(turn, CMD_CATALOG_VERB_TAKE_BACK, STR_EMPTY, (int64_t)last->text);

		message_row(&turn->message);
		if (custom_id.len > 0)
			message_button(&turn->message, BUTTON_DANGER, turn_say(turn, "Take back what is planned", "予約を取り消す"), STR("↩️"),
				       custom_id);
	}
	add_texts(turn);
	return true;
}

/* ---- a text ---- */

/* The revision whose text is chosen; NULL for the configured catalog and for what is none. */
static const struct revision *chosen(const struct turn *turn)
{
	const struct interaction *interaction = turn->interaction;
	uint64_t text;

	if (interaction->value_count != 1 || !str_to_u64(interaction->values[0], 1, UINT64_MAX, &text))
		return NULL;
	for (size_t i = 0; i < turn->revisions->count; i++)
		if (turn->revisions->list[i].text == text)
			return &turn->revisions->list[i];
	return NULL;
}

void cmd_catalog_text_plan(const struct turn *turn, struct turn_plan *plan)
{
	uint64_t text;

	if (turn->interaction->value_count == 1 && str_to_u64(turn->interaction->values[0], 1, UINT64_MAX, &text))
		catalog_draft_plan_text(turn, text, plan);
}

static void attach(struct turn *turn, struct str text, const char *sha256_hex)
{
	message_file(&turn->message, &(struct attachment){
					     .name = arena_printf(turn->arena, "catalog-%.12s.json", sha256_hex),
					     .type = STR("application/json"),
					     .bytes = text,
				     });
	turn->message.content = turn_say(turn, "SHA-256 `%s`", "SHA-256 `%s`", sha256_hex);
}

bool cmd_catalog_text(struct turn *turn, struct err *err)
{
	const struct revision *revision = chosen(turn);
	struct str text;

	if (turn->interaction->value_count == 1 && str_eqc(turn->interaction->values[0], CONFIGURED)) {
		attach(turn, turn->configured->text, turn->configured->sha256_hex);
		return true;
	}
	if (!revision || turn->row_count < revision->parts)
		return turn_refuse(turn, "That revision is not on the list any more. `/admin catalog revisions` shows what is.",
				   "その版は一覧にありません。`/admin catalog revisions` で確認できます。");
	if (!revision_unpack(turn->arena, turn->rows, revision->parts, &text, err))
		return err_wrap(err, "revision %.12s", revision->sha256_hex);
	attach(turn, text, revision->sha256_hex);
	return true;
}

/* ---- taking back ---- */

/* No receipt names what was never in force, so its text is a draft again. */
static void give_back_text(struct turn *turn, size_t parts)
{
	for (size_t i = 0; i < parts && i < turn->row_count; i++) {
		struct store_row row = turn->rows[i];

		if (row.version == 0)
			continue;
		row.expires_at_s = turn_now_s(turn) + CATALOG_DRAFT_S;
		turn_write(turn, STORE_PUT, &row);
	}
}

bool cmd_catalog_take_back(struct turn *turn, struct err *err)
{
	const struct revision *last = catalog_draft_last(turn);
	struct str hash;
	size_t parts;

	if (!last || last->text != (uint64_t)turn->button->number)
		return turn_refuse(turn, "That is not planned any more. `/admin catalog revisions` shows what is.",
				   "その予約はもうありません。`/admin catalog revisions` で確認できます。");
	if (last->from_ms <= turn->now_ms)
		return turn_refuse(turn, "It has begun already. Edit the catalog, or import an older revision's file, to change it again.",
				   "すでに始まっています。変更するには、編集するか、以前の版のファイルを取り込んでください。");
	hash = arena_printf(turn->arena, "%.12s", last->sha256_hex);
	parts = last->parts;
	turn->revisions->count--;
	if (!catalog_draft_write_list(turn, err))
		return false;
	give_back_text(turn, parts);
	audit_add(turn, "catalog-back", hash, STR_EMPTY, STR_EMPTY);
	turn->message.type = RESPONSE_UPDATE;
	turn->message.ephemeral = true;
	turn->message.content = turn_say(turn, "↩️ Taken back: `%.*s` will not begin.", "↩️ 予約を取り消しました: `%.*s` は始まりません。",
					 STR_ARG(hash));
	return true;
}
