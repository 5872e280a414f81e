#include "bot/cmd_catalog_draft.h"

#include <inttypes.h>
#include <string.h>

#include "base/codec.h"
#include "bot/audit.h"
#include "bot/catalog_diff.h"
#include "bot/cmd_catalog_show.h"
#include "bot/show.h"
#include "gacha/banner.h"

/* REVISIONS_MAX entries of some 200 bytes. */
#define LIST_BYTES_MAX 16384
#define HOUR_S 3600
/* Ends of banners that may be chosen as a start; with an hour and midnight they fit into a select. */
#define ENDS_MAX 20

const struct revision *catalog_draft_last(const struct turn *turn)
{
	const struct revisions *revisions = turn->revisions;

	if (revisions->count == 0 || strcmp(revisions->base_hex, turn->configured->sha256_hex) != 0)
		return NULL;
	return &revisions->list[revisions->count - 1];
}

bool catalog_draft_is_blocked(struct turn *turn)
{
	const struct revision *last = catalog_draft_last(turn);

	if (!last || last->from_ms <= turn->now_ms)
		return false;
	return turn_refuse(turn,
			   "A revision is planned and begins %.*s. Wait for it, or take it back with `/admin catalog revisions`; then edit.",
			   "予約済みの版があり、%.*s に始まります。始まるのを待つか、`/admin catalog revisions` で予約を取り消してから編集してください。",
			   STR_ARG(show_time(turn, last->from_ms / 1000, 'R')));
}

/* ---- making ---- */

/* "/items/12/rarity" by the line of that item in the table, and the column. */
static void place_in_table(struct catalog_fault *fault, struct json items, const struct csv_items *table, struct arena *work)
{
	struct str rest = fault->path, number, column;
	uint64_t index;

	fault->line = 0;
	if (!str_starts(rest, STR("/items/")))
		return;
	str_cut(str_skip(rest, strlen("/items/")), '/', &number, &column);
	if (!str_to_u64(number, 0, UINT32_MAX, &index))
		return;
	fault->line = catalog_csv_line(table, json_text_or(json_get(json_at(items, index), "id"), work, STR_EMPTY));
	if (fault->line > 0)
		fault->path = column;
}

static bool show_faults(struct turn *turn, struct arena *work, struct str text, struct catalog_faults *faults,
			enum catalog_draft_lines lines, const struct csv_items *table, struct err *err)
{
	struct json root;

	if (lines == DRAFT_LINES_TABLE && json_parse(work, text, &root, NULL))
		for (size_t i = 0; i < faults->count; i++)
			place_in_table(&faults->list[i], json_get(root, "items"), table, work);
	err_clear(err);
	return catalog_show_faults(turn, faults->list, faults->count, faults->left_out, lines != DRAFT_LINES_NONE, err);
}

static bool refuse_size(struct turn *turn, struct err *err)
{
	if (err->code != ERR_LIMIT)
		return false;
	err_clear(err);
	return turn_refuse(turn, "Nothing was changed: the catalog would be too large. Make it smaller, and try again.",
			   "変更していません: カタログが大きすぎます。内容を減らしてからもう一度お試しください。");
}

static void add_option(const struct turn *turn, struct select *select, struct str label, int64_t unix_s)
{
	select_option(select, &(struct select_option){
				      .label = label,
				      .value = arena_printf(turn->arena, "%" PRId64, unix_s),
				      .description = catalog_show_local_time(turn, unix_s),
			      });
}

static bool is_end_before(const struct catalog *catalog, size_t banner)
{
	for (size_t i = 0; i < banner; i++)
		if (catalog->banners[i].end_s == catalog->banners[banner].end_s)
			return true;
	return false;
}

/* When it may begin instead of now: in an hour, with the next day, or when a banner ends. */
static void add_starts(struct turn *turn, struct str custom_id)
{
	struct select *select = message_select(&turn->message, custom_id, turn_say(turn, "Publish later…", "開始日時を指定して公開…"));
	const struct clock_zone *zone = &turn->guild.zone;
	int64_t now_s = turn_now_s(turn);
	int64_t midnight_s = clock_zone_day_start_s(zone, clock_zone_day(zone, now_s) + 1);
	size_t ends = 0;

	if (!select)
		return;
	add_option(turn, select, turn_say(turn, "In an hour", "1時間後"), now_s + HOUR_S);
	if (midnight_s != now_s + HOUR_S)
		add_option(turn, select, turn_say(turn, "At midnight", "次の0時"), midnight_s);
	for (size_t i = 0; i < turn->catalog->banner_count && ends < ENDS_MAX; i++) {
		const struct catalog_banner *banner = &turn->catalog->banners[i];

		if (banner->end_s == CATALOG_NONE || banner->end_s <= now_s || banner->end_s > now_s + CATALOG_AHEAD_S ||
		    banner->end_s == midnight_s || banner->end_s == now_s + HOUR_S || is_end_before(turn->catalog, i))
			continue;
		ends++;
		add_option(turn, select,
			   turn_say(turn, "When %.*s ends", "「%.*s」の終了時",
				    STR_ARG(codec_cut(turn->arena, turn_text(turn, &banner->name), 60))),
			   banner->end_s);
	}
}

static void add_buttons(struct turn *turn)
{
	struct str target = arena_str(turn->arena, str_take(str_from(turn->catalog->sha256_hex), CUSTOM_ID_TARGET_DIGITS));
	int64_t number = (int64_t)turn->interaction->id;
	struct str publish = turn_custom_id(turn, CMD_CATALOG_VERB_PUBLISH, target, number);
	struct str later = turn_custom_id(turn, CMD_CATALOG_VERB_LATER, target, number);
	struct str discard = turn_custom_id(turn, CMD_CATALOG_VERB_DISCARD, target, number);

	if (turn->arena->full)
		return;
	message_row(&turn->message);
	message_button(&turn->message, BUTTON_SUCCESS, turn_say(turn, "Publish now", "いま公開する"), STR("✅"), publish);
	message_button(&turn->message, BUTTON_SECONDARY, turn_say(turn, "Discard", "破棄する"), STR("🗑️"), discard);
	add_starts(turn, later);
}

bool catalog_draft_offer(struct turn *turn, struct arena *work, struct str text, enum catalog_draft_lines lines,
			 const struct csv_items *items, struct err *err)
{
	struct store_row rows[REVISION_PARTS_MAX];
	struct catalog_faults faults;
	struct catalog_diff diff;
	struct catalog new;
	size_t parts;

	if (!catalog_load(work, text, &new, &faults, err))
		return faults.count > 0 ? show_faults(turn, work, text, &faults, lines, items, err) : refuse_size(turn, err);
	if (strcmp(new.sha256_hex, turn->catalog->sha256_hex) == 0)
		return turn_refuse(turn, "That changes nothing: the catalog says so already.",
				   "変更点がありません。カタログはすでにその内容です。");
	parts = revision_pack(turn->arena, turn->interaction->id, text, rows, err);
	if (parts == 0)
		return refuse_size(turn, err);
	if (!catalog_diff_make(work, turn->catalog, &new, &diff, err) ||
	    !catalog_show_diff(turn, work, &new, &diff, err))
		return refuse_size(turn, err);
	for (size_t i = 0; i < parts; i++) {
		rows[i].expires_at_s = turn_now_s(turn) + CATALOG_DRAFT_S;
		turn_write(turn, STORE_PUT, &rows[i]);
	}
	turn->message.ephemeral = true;
	turn->changed = true;
	add_buttons(turn);
	return true;
}

/* ---- publishing ---- */

void catalog_draft_plan_text(const struct turn *turn, uint64_t text, struct turn_plan *plan)
{
	for (size_t i = 0; i < REVISION_PARTS_MAX; i++)
		plan->rows[plan->row_count++] = (struct store_row){
			.table = STORE_SETTINGS,
			.key = revision_text_key(turn->arena, text, i),
		};
}

void catalog_draft_plan(const struct turn *turn, struct turn_plan *plan)
{
	catalog_draft_plan_text(turn, (uint64_t)turn->button->number, plan);
}

bool catalog_draft_write_list(struct turn *turn, struct err *err)
{
	struct buf out = turn_buf(turn, LIST_BYTES_MAX);
	struct str scope = revision_scope(turn->arena, turn->guild_scope, turn->interaction->guild_id);

	revisions_encode(turn->revisions, &out);
	if (!buf_check(&out, "the list of catalog revisions", err))
		return false;
	turn_write(turn, STORE_PUT,
		   &(struct store_row){
			   .table = STORE_SETTINGS,
			   .key = revision_key(turn->arena, scope),
			   .version = turn->revisions->version,
			   .doc = buf_str(&out),
		   });
	turn->changed = true;
	return true;
}

/* Whether the draft was published before, by this button or its sibling. */
static bool is_published(const struct turn *turn)
{
	for (size_t i = 0; i < turn->revisions->count; i++)
		if (turn->revisions->list[i].text == (uint64_t)turn->button->number)
			return true;
	return false;
}

static bool refuse_overtaken(struct turn *turn)
{
	const struct revision *last = catalog_draft_last(turn);

	if (!last)
		return turn_refuse(turn, "The bot runs with another catalog since then, so nothing was published. Make the edit again.",
				   "その後、bot のカタログが入れ替わったため公開していません。もう一度編集してください。");
	return turn_refuse(turn,
			   "%.*s changed the catalog meanwhile (in force %.*s), so nothing was published. Make the edit again, from what holds now.",
			   "その間に %.*s さんがカタログを変更した（適用 %.*s）ため、公開していません。最新の内容からもう一度編集してください。",
			   STR_ARG(turn_mention(turn, last->by)), STR_ARG(show_time(turn, last->from_ms / 1000, 'R')));
}

/* Why this draft cannot be published; false if it can. */
static bool refuse_draft(struct turn *turn, size_t parts)
{
	const struct revision *last = catalog_draft_last(turn);
	struct str base = str_from(last ? last->sha256_hex : turn->configured->sha256_hex);

	if (is_published(turn))
		return turn_refuse(turn, "That was published already. `/admin catalog revisions` shows it.",
				   "すでに公開済みです。`/admin catalog revisions` で確認できます。");
	if (!str_eq(str_take(base, CUSTOM_ID_TARGET_DIGITS), turn->button->target))
		return refuse_overtaken(turn);
	if (parts == 0)
		return turn_refuse(turn, "This draft is older than a day and was thrown away. Nothing was published. Make the edit again.",
				   "この下書きは1日を過ぎたため破棄されました。公開していません。もう一度編集してください。");
	return false;
}

static bool show_published(struct turn *turn, const struct revision *revision, const struct catalog_diff *diff, bool is_now,
			   struct err *err)
{
	struct embed *embed = message_embed(&turn->message);
	struct str when = show_time(turn, revision->from_ms / 1000, 'f');

	if (!embed)
		return arena_check(turn->arena, "the answer", err);
	turn->message.type = RESPONSE_UPDATE;
	turn->message.ephemeral = true;
	embed->title = is_now ? turn_say(turn, "✅ Published", "✅ 公開しました") : turn_say(turn, "🕒 Planned", "🕒 予約しました");
	embed->color = turn->catalog->rarities[0].color;
	embed->description = turn_say(
		turn, "Revision `%.12s` holds from %.*s on: ➕ %zu · ✏️ %zu · ➖ %zu.\nReceipts of earlier pulls keep naming the catalog that they were drawn from.",
		"版 `%.12s` は %.*s から有効です: ➕ %zu · ✏️ %zu · ➖ %zu\nこれまでのレシートは、抽選時のカタログを指したままです。", revision->sha256_hex, STR_ARG(when),
		diff->kinds[CATALOG_ADDED], diff->kinds[CATALOG_CHANGED], diff->kinds[CATALOG_REMOVED]);
	return true;
}

static bool add_revision(struct turn *turn, const struct catalog *new, size_t parts, int64_t from_ms,
			 const struct catalog_diff *diff, struct err *err)
{
	const struct revision *last = catalog_draft_last(turn);
	struct revision revision = {
		.text = (uint64_t)turn->button->number,
		.parts = parts,
		/* No two begin at once. */
		.from_ms = last && from_ms <= last->from_ms ? last->from_ms + 1 : from_ms,
		.by = turn->interaction->user.id,
	};

	memcpy(revision.sha256_hex, new->sha256_hex, sizeof(revision.sha256_hex));
	if (!revisions_add(turn->revisions, turn->configured->sha256_hex, &revision, err) ||
	    !catalog_draft_write_list(turn, err))
		return false;
	for (size_t i = 0; i < parts; i++) {
		struct store_row row = turn->rows[i];

		row.expires_at_s = 0;
		turn_write(turn, STORE_PUT, &row);
	}
	audit_add(turn, "catalog", str_take(str_from(turn->revisions->list[turn->revisions->count - 1].sha256_hex), CUSTOM_ID_TARGET_DIGITS),
		  STR_EMPTY, catalog_show_brief(turn, diff));
	return show_published(turn, &revision, diff, from_ms <= turn->now_ms, err);
}

static bool publish_with(struct turn *turn, struct arena *work, int64_t from_ms, struct err *err)
{
	size_t parts = turn->row_count > 0 ? revision_part_count(turn->arena, &turn->rows[0]) : 0;
	struct catalog_faults faults;
	struct catalog_diff diff;
	struct catalog new;
	struct str text;

	if (refuse_draft(turn, parts))
		return true;
	if (!revision_unpack(work, turn->rows, parts, &text, err))
		return err_wrap(err, "the draft");
	if (!catalog_load(work, text, &new, &faults, err))
		return faults.count > 0 ? show_faults(turn, work, text, &faults, DRAFT_LINES_NONE, NULL, err)
					: refuse_size(turn, err);
	if (!catalog_diff_make(work, turn->catalog, &new, &diff, err))
		return refuse_size(turn, err);
	return add_revision(turn, &new, parts, from_ms, &diff, err);
}

static bool publish(struct turn *turn, int64_t from_ms, struct err *err)
{
	struct arena work;
	bool ok;

	arena_init(&work, CATALOG_WORK_BYTES_MAX);
	ok = publish_with(turn, &work, from_ms, err);
	arena_release(&work);
	return ok;
}

bool catalog_draft_publish(struct turn *turn, struct err *err)
{
	return publish(turn, turn->now_ms, err);
}

bool catalog_draft_publish_later(struct turn *turn, struct err *err)
{
	int64_t now_s = turn_now_s(turn), from_s;

	/* Discord looks whether it was an option, but other callers need not. */
	if (turn->interaction->value_count != 1 ||
	    !str_to_i64(turn->interaction->values[0], 0, now_s + CATALOG_AHEAD_S, &from_s) || from_s <= now_s)
		return turn_refuse(turn, "That moment has passed, so nothing was published. Choose another one, or publish now.",
				   "その日時は過ぎているため公開していません。別の日時を選ぶか、いま公開してください。");
	return publish(turn, from_s * 1000, err);
}

bool catalog_draft_discard(struct turn *turn, struct err *err)
{
	(void)err;
	turn->message.type = RESPONSE_UPDATE;
	turn->message.ephemeral = true;
	turn->message.content = turn_say(turn, "🗑️ Discarded. The catalog is as it was.", "🗑️ 破棄しました。カタログはそのままです。");
	return true;
}
