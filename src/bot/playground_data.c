#include "bot/playground_data.h"

#include <stdio.h>

#include "base/clock.h"
#include "bot/catalog_edit.h"
#include "bot/lookup.h"
#include "bot/result.h"
#include "cli_version.h"
#include "gacha/banner.h"
#include "gacha/odds.h"

/* ---- what there is ---- */

/* null where the catalog gives none. */
static void member_given(struct json_writer *writer, const char *key, struct str text)
{
	if (text.len)
		json_member_str(writer, key, text);
	else
		json_member_null(writer, key);
}

static void write_rarities(const struct catalog *catalog, struct json_writer *writer)
{
	json_keyc(writer, "rarities");
	json_begin_array(writer);
	for (size_t i = 0; i < catalog->rarity_count; i++) {
		const struct catalog_rarity *rarity = &catalog->rarities[i];
		char color[16];

		json_begin_object(writer);
		json_member_str(writer, "id", rarity->id);
		json_member_i64(writer, "stars", rarity->stars);
		if (rarity->color == CATALOG_NONE) {
			json_member_null(writer, "color");
		} else {
			snprintf(color, sizeof(color), "#%06x", (unsigned)rarity->color);
			json_member_cstr(writer, "color", color);
		}
		json_end_object(writer);
	}
	json_end_array(writer);
}

static void write_items(const struct catalog *catalog, struct json_writer *writer)
{
	json_keyc(writer, "items");
	json_begin_array(writer);
	for (size_t i = 0; i < catalog->item_count; i++) {
		const struct catalog_item *item = &catalog->items[i];

		json_begin_object(writer);
		json_member_str(writer, "id", item->id);
		json_member_str(writer, "rarity", catalog->rarities[item->rarity].id);
		localised_write(&item->name, writer, "name");
		member_given(writer, "emoji", item->emoji);
		json_end_object(writer);
	}
	json_end_array(writer);
}

static void write_banner(const struct catalog *catalog, const struct catalog_banner *banner, int64_t now_ms,
			 struct json_writer *writer)
{
	char text[32];

	json_begin_object(writer);
	json_member_str(writer, "id", banner->id);
	localised_write(&banner->name, writer, "name");
	json_member_bool(writer, "open", banner_is_open(banner, now_ms));
	json_member_str(writer, "start", clock_format_s(banner->start_s, text));
	if (banner->end_s == CATALOG_NONE)
		json_member_null(writer, "end");
	else
		json_member_str(writer, "end", clock_format_s(banner->end_s, text));
	json_keyc(writer, "rarities");
	json_begin_array(writer);
	for (size_t i = 0; i < banner->rarity_count; i++)
		if (banner_can_draw(banner, i))
			json_put_str(writer, catalog->rarities[i].id);
	json_end_array(writer);
	json_end_object(writer);
}

void playground_write_info(const struct catalog *catalog, bool guild_scope, int64_t now_ms, struct json_writer *writer)
{
	json_begin_object(writer);
	json_member_cstr(writer, "version", cli_version);
	json_member_cstr(writer, "commit", cli_commit);
	json_member_cstr(writer, "scope", guild_scope ? "guild" : "global");
	json_keyc(writer, "catalog");
	json_begin_object(writer);
	json_member_cstr(writer, "sha256", catalog->sha256_hex);
	json_keyc(writer, "currency");
	json_begin_object(writer);
	localised_write(&catalog->currency.name, writer, "name");
	member_given(writer, "emoji", catalog->currency.emoji);
	json_end_object(writer);
	write_rarities(catalog, writer);
	write_items(catalog, writer);
	json_keyc(writer, "banners");
	json_begin_array(writer);
	for (size_t i = 0; i < catalog->banner_count; i++)
		write_banner(catalog, &catalog->banners[i], now_ms, writer);
	json_end_array(writer);
	json_end_object(writer);
	json_end_object(writer);
}

/* ---- odds ---- */

bool playground_find_banner(const struct catalog *catalog, struct json question, struct arena *arena,
			    const struct catalog_banner **banner, struct err *err)
{
	struct str id;

	if (!json_text(json_get(question, "banner"), arena, &id))
		return err_set(err, ERR_INPUT, "\"banner\" has to be the id of a banner, as text");
	if (lookup_banner(catalog, id, arena, banner, err))
		return true;
	err->code = ERR_NOT_FOUND;
	return false;
}

static bool read_counters(const struct catalog *catalog, struct json counters, struct arena *arena,
			  struct draw_state *state, struct err *err)
{
	struct json_iter iter = json_iterate(counters);
	struct json key, value;
	size_t rarity;

	if (json_is_null(counters))
		return true;
	if (json_type(counters) != JSON_OBJECT)
		return err_set(err, ERR_INPUT, "\"counters\" has to be an object, as {\"SSR\":74}");
	while (json_next(&iter, &key, &value)) {
		struct str id = json_text_or(key, arena, STR_EMPTY);

		if (!lookup_rarity(catalog, id, &rarity, err))
			return err_wrap(err, "\"counters\"");
		if (!json_u64(value, 1, GACHA_INTEGER_MAX, &state->n[rarity]))
			return err_set(err, ERR_INPUT,
				       "\"counters\": that of %.*s has to be a whole number from 1 (1 is right after such an item)",
				       STR_ARG(id));
	}
	return true;
}

static bool read_flags(const struct catalog *catalog, struct json flags, struct arena *arena, struct draw_state *state,
		       struct err *err)
{
	struct json_iter iter = json_iterate(flags);
	struct json key, value;
	struct str id;
	size_t rarity;

	if (json_is_null(flags))
		return true;
	if (json_type(flags) != JSON_ARRAY)
		return err_set(err, ERR_INPUT, "\"flags\" has to be an array, as [\"SSR\"]");
	while (json_next(&iter, &key, &value)) {
		if (!json_text(value, arena, &id))
			return err_set(err, ERR_INPUT, "\"flags\" has to be an array of rarities' ids");
		if (!lookup_rarity(catalog, id, &rarity, err))
			return err_wrap(err, "\"flags\"");
		state->flag[rarity] = true;
	}
	return true;
}

/* Up to the pull at which it is certain. */
static bool write_curve(const struct catalog_banner *banner, const struct draw_state *state, const struct odds_wait *wait,
			bool featured, struct arena *arena, struct json_writer *writer, struct err *err)
{
	struct odds_target target = featured ? odds_target_featured(0) : odds_target_rarity(0);
	double chance[CURVE_PULLS_MAX];
	size_t pulls = CURVE_PULLS_MAX;

	if (wait->worst != CATALOG_NONE && (uint64_t)wait->worst < pulls)
		pulls = (size_t)wait->worst;
	json_keyc(writer, featured ? "featured" : "top");
	json_begin_array(writer);
	if (wait->possible) {
		if (!odds_target_curve(banner, state, &target, pulls, chance, arena, err))
			return false;
		for (size_t i = 0; i < pulls; i++)
			json_put_double(writer, chance[i]);
	}
	json_end_array(writer);
	return true;
}

bool playground_write_odds(const struct catalog *catalog, struct str question, struct arena *arena,
			   struct json_writer *writer, struct err *err)
{
	const struct catalog_banner *banner;
	struct draw_state state;
	struct json root;
	struct odds odds;

	draw_state_init(&state);
	if (!json_parse(arena, question, &root, err) || !playground_find_banner(catalog, root, arena, &banner, err) ||
	    !read_counters(catalog, json_get(root, "counters"), arena, &state, err) ||
	    !read_flags(catalog, json_get(root, "flags"), arena, &state, err) ||
	    !odds_compute(banner, &state, arena, &odds, err))
		return false;
	json_begin_object(writer);
	result_write_odds(catalog, banner, &odds, writer);
	json_keyc(writer, "curve");
	json_begin_object(writer);
	if (!write_curve(banner, &state, &odds.top, false, arena, writer, err) ||
	    !write_curve(banner, &state, &odds.featured, true, arena, writer, err))
		return false;
	json_end_object(writer);
	json_end_object(writer);
	return true;
}

/* ---- faults ---- */

bool playground_write_check(struct str text, struct arena *arena, struct json_writer *writer, struct err *err)
{
	struct catalog_faults faults = {.count = 0};
	struct catalog catalog = {.hashed = false};
	bool ok = catalog_load(arena, text, &catalog, &faults, err);

	if (!ok && faults.count == 0)
		return false;
	result_write_check(&catalog, &faults, ok, writer);
	return true;
}
