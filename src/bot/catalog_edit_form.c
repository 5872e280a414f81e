#include "bot/catalog_edit_form.h"

#include <string.h>

#include "base/codec.h"
#include "base/json_write.h"
#include "bot/catalog_edit.h"
#include "bot/catalog_edit_lines.h"

/* An input of a modal holds Discord's 4000 characters, some 12,000 bytes; escaped in JSON they may be six times as long. */
#define ELEMENT_BYTES_MAX (256u << 10)
/* A list that is longer stands as FORM_SAME, so that the other lines have room in their input. */
#define LIST_UNITS_MAX 600

/* The buffer's text in the arena, if all went well. */
static bool keep_elements(struct arena *arena, struct buf *out, const struct edit_faults *faults, struct str *elements)
{
	bool ok = !out->full;

	*elements = arena_str(arena, buf_str(out));
	buf_release(out);
	return ok && faults->count == 0 && !arena->full;
}

/* ---- items ---- */

void item_form_fill(struct arena *arena, const struct catalog *catalog, const struct catalog_item *item,
		    struct item_form *form)
{
	struct str price = item->price == CATALOG_NONE ? STR_EMPTY : arena_printf(arena, "%lld", (long long)item->price);

	*form = (struct item_form){
		.id = item->id,
		.rarity = catalog->rarities[item->rarity].id,
		.name_ja = form_escape(arena, item->name.ja),
		.name_en = form_escape(arena, item->name.en),
		.details = arena_printf(arena, "text_ja: %.*s\ntext_en: %.*s\nemoji: %.*s\nimage: %.*s\nprice: %.*s",
					STR_ARG(form_escape(arena, item->text.ja)), STR_ARG(form_escape(arena, item->text.en)),
					STR_ARG(item->emoji), STR_ARG(item->image), STR_ARG(price)),
	};
}

bool item_form_read(struct arena *arena, const struct item_form *given, struct edit_faults *faults, struct str *elements)
{
	struct item_fields item = {
		.id = given->id,
		.rarity = given->rarity,
		.name = {.ja = form_unescape(arena, given->name_ja), .en = form_unescape(arena, given->name_en)},
		.price = CATALOG_NONE,
	};
	const struct form_line *price;
	struct json_writer writer;
	struct form form;
	struct buf out;

	form_read(&form, arena, faults, "details", given->details);
	item.text.ja = form_unescape(arena, form_take_text(&form, "text_ja"));
	item.text.en = form_unescape(arena, form_take_text(&form, "text_en"));
	item.emoji = form_take_text(&form, "emoji");
	item.image = form_take_text(&form, "image");
	price = form_take(&form, "price", STR_EMPTY);
	if (price && !str_to_i64(form_narrow(arena, price->value), 1, GACHA_INTEGER_MAX, &item.price))
		edit_fault(faults, price->line, form_where(&form, price), "range",
			   "a price is a whole number of shards from 1; leave it empty for what is not sold");
	form_finish(&form, "text_ja, text_en, emoji, image, price");
	buf_init(&out, ELEMENT_BYTES_MAX);
	json_writer_init(&writer, &out);
	json_begin_array(&writer);
	item_fields_write(&item, &writer);
	json_end_array(&writer);
	return keep_elements(arena, &out, faults, elements);
}

/* ---- a banner as lines ---- */

struct filling {
	struct arena *arena;
	struct buf out;
};

static struct str text_of(struct json value, struct arena *arena)
{
	return json_text_or(value, arena, STR_EMPTY);
}

/* A number as it stands there; empty for anything else. */
static struct str number_of(struct json value)
{
	return json_type(value) == JSON_NUMBER ? json_raw(value) : STR_EMPTY;
}

static void fill_line(struct filling *filling, const char *key, struct str about, struct str value)
{
	if (filling->out.len > 0)
		buf_add_char(&filling->out, '\n');
	buf_addc(&filling->out, key);
	if (about.len > 0)
		buf_add_char(&filling->out, ' ');
	buf_add(&filling->out, about);
	buf_addc(&filling->out, ": ");
	buf_add(&filling->out, value);
}

static void fill_given(struct filling *filling, const char *key, struct str about, struct str value)
{
	if (value.len > 0)
		fill_line(filling, key, about, value);
}

static struct str list_of(struct json list, struct arena *arena)
{
	struct json_iter iter = json_iterate(list);
	struct json key, value;
	struct buf out;

	buf_init(&out, 4 * LIST_UNITS_MAX);
	while (json_next(&iter, &key, &value)) {
		if (out.len > 0)
			buf_addc(&out, ", ");
		buf_add(&out, text_of(value, arena));
	}
	struct str text = out.full || codec_utf16_len(buf_str(&out)) > LIST_UNITS_MAX ? STR(FORM_SAME)
										     : arena_str(arena, buf_str(&out));
	buf_release(&out);
	return text;
}

static struct str filled(struct filling *filling)
{
	struct str text = arena_str(filling->arena, buf_str(&filling->out));

	buf_clear(&filling->out);
	return text;
}

static struct str fill_rates(struct filling *filling, struct json rates)
{
	struct json_iter iter = json_iterate(rates);
	struct json key, value;

	while (json_next(&iter, &key, &value)) {
		if (filling->out.len > 0)
			buf_add_char(&filling->out, '\n');
		buf_add(&filling->out, text_of(key, filling->arena));
		buf_add_char(&filling->out, ' ');
		buf_add(&filling->out, text_of(value, filling->arena));
	}
	return filled(filling);
}

static struct str fill_rules(struct filling *filling, struct json banner)
{
	struct arena *arena = filling->arena;
	struct json_iter iter = json_iterate(json_get(banner, "pity"));
	struct json key, value;
	bool flag;

	while (json_next(&iter, &key, &value)) {
		fill_given(filling, "hard", text_of(key, arena), number_of(json_get(value, "hard")));
		fill_given(filling, "soft_from", text_of(key, arena), number_of(json_get(value, "soft_from")));
		fill_given(filling, "soft_step", text_of(key, arena), text_of(json_get(value, "soft_step"), arena));
	}
	fill_line(filling, "pity_group", STR_EMPTY, text_of(json_get(banner, "pity_group"), arena));
	iter = json_iterate(json_get(banner, "rate_up"));
	while (json_next(&iter, &key, &value)) {
		fill_line(filling, "rate_up", text_of(key, arena), list_of(json_get(value, "items"), arena));
		fill_line(filling, "share", text_of(key, arena), text_of(json_get(value, "share"), arena));
		if (json_bool(json_get(value, "guarantee"), &flag))
			fill_line(filling, "guarantee", text_of(key, arena), flag ? STR("yes") : STR("no"));
	}
	fill_line(filling, "ten_pull", STR_EMPTY, text_of(json_get(banner, "ten_pull"), arena));
	fill_line(filling, "spark", STR_EMPTY, list_of(json_get(json_get(banner, "spark"), "items"), arena));
	fill_line(filling, "spark_cost", STR_EMPTY, number_of(json_get(json_get(banner, "spark"), "cost")));
	fill_line(filling, "pool", STR_EMPTY, list_of(json_get(banner, "pool"), arena));
	return filled(filling);
}

void banner_form_fill(struct arena *arena, struct json banner, struct banner_form *form)
{
	struct filling filling = {.arena = arena};
	struct json name = json_get(banner, "name"), cost = json_get(banner, "cost");

	buf_init(&filling.out, ELEMENT_BYTES_MAX);
	form->id = text_of(json_get(banner, "id"), arena);
	fill_line(&filling, "ja", STR_EMPTY, form_escape(arena, text_of(json_get(name, "ja"), arena)));
	fill_line(&filling, "en", STR_EMPTY, form_escape(arena, text_of(json_get(name, "en"), arena)));
	form->names = filled(&filling);
	form->rates = fill_rates(&filling, json_get(banner, "rates"));
	fill_line(&filling, "start", STR_EMPTY, text_of(json_get(banner, "start"), arena));
	fill_line(&filling, "end", STR_EMPTY, text_of(json_get(banner, "end"), arena));
	fill_line(&filling, "cost", STR_EMPTY, number_of(json_get(cost, "1")));
	fill_line(&filling, "cost10", STR_EMPTY, number_of(json_get(cost, "10")));
	form->times = filled(&filling);
	form->rules = fill_rules(&filling, banner);
	buf_release(&filling.out);
}

/* ---- lines as a banner ---- */

static void read_names(struct arena *arena, struct str text, struct edit_faults *faults, struct json_writer *writer)
{
	struct localised name;
	struct form form;

	form_read(&form, arena, faults, "names", text);
	name.ja = form_unescape(arena, form_take_text(&form, "ja"));
	name.en = form_unescape(arena, form_take_text(&form, "en"));
	form_need(&form, name.ja, "ja");
	form_need(&form, name.en, "en");
	form_finish(&form, "ja, en");
	localised_write(&name, writer, "name");
}

/* "2026-01-01", "2026-01-01 18:30" in the zone, as RFC 3339; empty if it is none. */
static struct str local_time(struct arena *arena, struct str text, const struct clock_zone *zone)
{
	bool has_hour = text.len == 16 && (text.ptr[10] == ' ' || text.ptr[10] == 'T');
	struct str day = str_take(text, 10), hour = has_hour ? str_skip(text, 11) : STR("00:00");
	int64_t local_ms;
	int32_t offset_s;

	if ((text.len != 10 && !has_hour) ||
	    !clock_parse_rfc3339(arena_printf(arena, "%.*sT%.*s:00Z", STR_ARG(day), STR_ARG(hour)), &local_ms))
		return STR_EMPTY;
	/* Twice: the first guess may lie on the other side of a change of the clocks. */
	offset_s = clock_zone_offset_s(zone, local_ms / 1000 - zone->offset_s);
	offset_s = clock_zone_offset_s(zone, local_ms / 1000 - offset_s);
	return arena_printf(arena, "%.*sT%.*s:00%c%02d:%02d", STR_ARG(day), STR_ARG(hour), offset_s < 0 ? '-' : '+',
			    (offset_s < 0 ? -offset_s : offset_s) / 3600, (offset_s < 0 ? -offset_s : offset_s) / 60 % 60);
}

static void put_time(const struct form *form, const struct form_line *line, const struct clock_zone *zone,
		     struct json_writer *writer, const char *key)
{
	struct str text = line->value;
	int64_t unused;

	if (!clock_parse_rfc3339(text, &unused))
		text = local_time(form->arena, form_narrow(form->arena, text), zone);
	if (text.len == 0)
		edit_fault(form->faults, line->line, form_where(form, line), "time",
			   "'%.*s' is no time; write it as 2026-01-31 18:00 (the server's time zone) or 2026-01-31T18:00:00+09:00",
			   STR_ARG(form_shown(line->value)));
	json_member_str(writer, key, text);
}

static void read_times(struct arena *arena, struct str text, const struct clock_zone *zone, struct json banner,
		       struct edit_faults *faults, struct json_writer *writer)
{
	const struct form_line *start, *end, *one, *ten;
	struct form form;

	form_read(&form, arena, faults, "times", text);
	start = form_take(&form, "start", STR_EMPTY);
	end = form_take(&form, "end", STR_EMPTY);
	one = form_take(&form, "cost", STR_EMPTY);
	ten = form_take(&form, "cost10", STR_EMPTY);
	form_finish(&form, "start, end, cost, cost10");
	form_need(&form, start ? start->value : STR_EMPTY, "start");
	form_need(&form, one ? one->value : STR_EMPTY, "cost");
	if (start)
		put_time(&form, start, zone, writer, "start");
	if (end)
		put_time(&form, end, zone, writer, "end");
	else if (!json_is_missing(json_get(banner, "end")))
		json_member_null(writer, "end");
	json_keyc(writer, "cost");
	json_begin_object(writer);
	if (one)
		form_put_integer(&form, one, writer, "1");
	if (ten)
		form_put_integer(&form, ten, writer, "10");
	json_end_object(writer);
}

/* "SSR 0.6%", "SSR: 0.6%" or "SSR=0.6" */
static void read_rate(struct arena *arena, struct str entry, size_t line, struct edit_faults *faults, struct json_writer *writer)
{
	size_t end = 0;
	struct str rate;
	uint32_t parts;

	while (end < entry.len && !memchr(" :=\t", entry.ptr[end], 4))
		end++;
	rate = str_trim(str_skip(entry, end));
	while (rate.len > 0 && memchr(":= ", rate.ptr[0], 3))
		rate = str_skip(rate, 1);
	rate = form_percent(arena, rate);
	if (!rate_parse(rate, &parts)) {
		edit_fault(faults, line, STR("rates"), "decimal", "'%.*s' is not of the form 'SSR 0.6%%'", STR_ARG(form_shown(entry)));
		return;
	}
	json_key(writer, str_take(entry, end));
	json_put_str(writer, rate);
}

static void read_rates(struct arena *arena, struct str text, struct edit_faults *faults, struct json_writer *writer)
{
	struct str row, entry;

	text = form_narrow(arena, text);
	json_keyc(writer, "rates");
	json_begin_object(writer);
	for (size_t line = 1; str_next(&text, '\n', &row); line++)
		while (str_next(&row, ',', &entry))
			if (str_trim(entry).len > 0)
				read_rate(arena, str_trim(entry), line, faults, writer);
	json_end_object(writer);
}

/* Ids by commas or spaces, or FORM_SAME for the list that stands there. */
static void put_list(const struct form *form, const struct form_line *line, struct json same, struct json_writer *writer,
		     const char *key)
{
	struct str text = form_narrow(form->arena, line->value), part, id;

	json_keyc(writer, key);
	if (str_eqc(text, FORM_SAME)) {
		if (json_is_missing(same))
			edit_fault(form->faults, line->line, form_where(form, line), "same", "'" FORM_SAME "' keeps a list, but there is none yet");
		json_put_value(writer, same);
		return;
	}
	json_begin_array(writer);
	while (str_next(&text, ',', &part))
		while (str_next(&part, ' ', &id))
			if (str_trim(id).len > 0)
				json_put_str(writer, str_trim(id));
	json_end_array(writer);
}

/* The rarities that lines of these keys are about, in the order of the lines; true for each that is the first of its rarity. */
static bool is_first_about(const struct form *form, size_t at, const char *const *keys, size_t key_count)
{
	bool is_of = false;

	for (size_t k = 0; k < key_count; k++)
		is_of = is_of || str_eqc(form->lines[at].key, keys[k]);
	for (size_t i = 0; is_of && i < at; i++)
		for (size_t k = 0; k < key_count; k++)
			if (str_eqc(form->lines[i].key, keys[k]) && str_eq(form->lines[i].about, form->lines[at].about))
				return false;
	return is_of;
}

static void read_pity(struct form *form, struct json_writer *writer)
{
	static const char *const keys[] = {"hard", "soft_from", "soft_step"};
	bool has_any = false;

	for (size_t i = 0; i < form->count; i++) {
		struct str rarity = form->lines[i].about;
		const struct form_line *hard, *from, *step;

		if (!is_first_about(form, i, keys, 3))
			continue;
		hard = form_take(form, "hard", rarity);
		from = form_take(form, "soft_from", rarity);
		step = form_take(form, "soft_step", rarity);
		if (!hard && !from && !step)
			continue;
		if (!has_any) {
			json_keyc(writer, "pity");
			json_begin_object(writer);
		}
		has_any = true;
		json_key(writer, rarity);
		json_begin_object(writer);
		if (hard)
			form_put_integer(form, hard, writer, "hard");
		if (from)
			form_put_integer(form, from, writer, "soft_from");
		if (step)
			json_member_str(writer, "soft_step", form_percent(form->arena, step->value));
		json_end_object(writer);
	}
	if (has_any)
		json_end_object(writer);
}

static void put_flag(const struct form *form, const struct form_line *line, struct json_writer *writer, const char *key)
{
	static const char *const yes[] = {"yes", "true", "on", "はい"}, *const no[] = {"no", "false", "off", "いいえ"};
	bool is_yes = false, is_no = false;

	for (size_t i = 0; i < 4; i++) {
		is_yes = is_yes || str_eq_nocase(line->value, str_from(yes[i]));
		is_no = is_no || str_eq_nocase(line->value, str_from(no[i]));
	}
	if (!is_yes && !is_no)
		edit_fault(form->faults, line->line, form_where(form, line), "type", "'%.*s' is neither yes nor no",
			   STR_ARG(form_shown(line->value)));
	json_member_bool(writer, key, is_yes);
}

static void read_rate_up(struct form *form, struct json banner, struct json_writer *writer)
{
	static const char *const keys[] = {"rate_up", "share", "guarantee"};
	bool has_any = false;

	for (size_t i = 0; i < form->count; i++) {
		struct str rarity = form->lines[i].about;
		const struct form_line *items, *share, *guarantee;

		if (!is_first_about(form, i, keys, 3))
			continue;
		items = form_take(form, "rate_up", rarity);
		share = form_take(form, "share", rarity);
		guarantee = form_take(form, "guarantee", rarity);
		/* A share alone is what is left of a rate-up whose items were taken out. */
		if (!items)
			continue;
		if (!has_any) {
			json_keyc(writer, "rate_up");
			json_begin_object(writer);
		}
		has_any = true;
		json_key(writer, rarity);
		json_begin_object(writer);
		put_list(form, items, json_get(json_get_str(json_get(banner, "rate_up"), rarity), "items"), writer, "items");
		if (share)
			json_member_str(writer, "share", form_percent(form->arena, share->value));
		if (guarantee)
			put_flag(form, guarantee, writer, "guarantee");
		json_end_object(writer);
	}
	if (has_any)
		json_end_object(writer);
}

static void read_rules(struct arena *arena, struct str text, struct json banner, struct edit_faults *faults,
		       struct json_writer *writer)
{
	const struct form_line *group, *ten_pull, *spark, *cost, *pool;
	struct form form;

	form_read(&form, arena, faults, "rules", text);
	group = form_take(&form, "pity_group", STR_EMPTY);
	ten_pull = form_take(&form, "ten_pull", STR_EMPTY);
	spark = form_take(&form, "spark", STR_EMPTY);
	cost = form_take(&form, "spark_cost", STR_EMPTY);
	pool = form_take(&form, "pool", STR_EMPTY);
	read_pity(&form, writer);
	if (group)
		json_member_str(writer, "pity_group", group->value);
	read_rate_up(&form, banner, writer);
	if (ten_pull)
		json_member_str(writer, "ten_pull", ten_pull->value);
	if (spark || cost) {
		json_keyc(writer, "spark");
		json_begin_object(writer);
		if (cost)
			form_put_integer(&form, cost, writer, "cost");
		if (spark)
			put_list(&form, spark, json_get(json_get(banner, "spark"), "items"), writer, "items");
		json_end_object(writer);
	}
	if (pool)
		put_list(&form, pool, json_get(banner, "pool"), writer, "pool");
	form_finish(&form, "hard, soft_from, soft_step, rate_up, share, guarantee (each with a rarity: 'hard SSR: 90'), pity_group, ten_pull, spark, spark_cost, pool");
}

bool banner_form_read(struct arena *arena, const struct banner_form *form, const struct clock_zone *zone,
		      struct json banner, struct edit_faults *faults, struct str *elements)
{
	struct json_writer writer;
	struct buf out;

	/* FORM_SAME may stand for a list as long as a catalog. */
	buf_init(&out, ELEMENT_BYTES_MAX + CATALOG_BYTES_MAX);
	json_writer_init(&writer, &out);
	json_begin_array(&writer);
	json_begin_object(&writer);
	json_member_str(&writer, "id", form->id);
	read_names(arena, form->names, faults, &writer);
	read_times(arena, form->times, zone, banner, faults, &writer);
	read_rates(arena, form->rates, faults, &writer);
	read_rules(arena, form->rules, banner, faults, &writer);
	json_end_object(&writer);
	json_end_array(&writer);
	return keep_elements(arena, &out, faults, elements);
}
