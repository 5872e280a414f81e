#include "bot/result.h"

#include <stdio.h>

#include "base/codec.h"

/* ---- odds ---- */

static void write_wait(struct json_writer *writer, const char *name, const struct odds_wait *wait)
{
	char key[16];

	json_keyc(writer, name);
	if (!wait->possible) {
		json_put_null(writer);
		return;
	}
	json_begin_object(writer);
	json_member_double(writer, "rate", wait->rate);
	json_member_double(writer, "expected", wait->expected);
	if (wait->worst == CATALOG_NONE)
		json_member_null(writer, "worst");
	else
		json_member_i64(writer, "worst", wait->worst);
	json_keyc(writer, "quantiles");
	json_begin_object(writer);
	for (size_t i = 0; i < ODDS_QUANTILE_COUNT; i++) {
		snprintf(key, sizeof(key), "%u", odds_quantile_percents[i]);
		json_member_i64(writer, key, wait->quantiles[i]);
	}
	json_end_object(writer);
	json_keyc(writer, "within");
	json_begin_object(writer);
	for (size_t i = 0; i < ODDS_WITHIN_COUNT; i++) {
		snprintf(key, sizeof(key), "%u", odds_within_pulls[i]);
		json_member_double(writer, key, wait->within[i]);
	}
	json_end_object(writer);
	json_end_object(writer);
}

void result_write_odds(const struct catalog *catalog, const struct catalog_banner *banner, const struct odds *odds,
		       struct json_writer *writer)
{
	json_member_str(writer, "banner", banner->id);
	json_member_cstr(writer, "catalog", catalog->sha256_hex);
	write_wait(writer, "top", &odds->top);
	write_wait(writer, "featured", &odds->featured);
	json_keyc(writer, "items");
	json_begin_array(writer);
	for (size_t i = 0; i < odds->item_count; i++) {
		const struct odds_item *item = &odds->items[i];

		json_begin_object(writer);
		json_member_str(writer, "id", catalog->items[item->item].id);
		json_member_double(writer, "base", item->base);
		json_member_double(writer, "rate", item->rate);
		json_member_double(writer, "next", item->next);
		if (banner->ten_pull != CATALOG_NONE)
			json_member_double(writer, "slot10", item->slot10);
		json_end_object(writer);
	}
	json_end_array(writer);
}

/* ---- a simulation ---- */

double result_pulls_per_second(uint64_t pulls, int64_t elapsed_us)
{
	return (double)(uint64_t)((double)pulls * 1e6 / (double)(elapsed_us > 0 ? elapsed_us : 1));
}

static void write_counts(const struct simulator *simulator, struct json_writer *writer)
{
	const struct catalog *catalog = simulator->catalog;

	json_keyc(writer, "rarities");
	json_begin_object(writer);
	for (size_t i = 0; i < catalog->rarity_count; i++) {
		json_key(writer, catalog->rarities[i].id);
		json_put_u64(writer, simulator->counts.rarities[i]);
	}
	json_end_object(writer);
	json_keyc(writer, "items");
	json_begin_object(writer);
	for (size_t i = 0; i < catalog->item_count; i++) {
		json_key(writer, catalog->items[i].id);
		json_put_u64(writer, simulator->counts.items[i]);
	}
	json_end_object(writer);
}

void result_write_simulation(const struct simulator *simulator, const uint8_t *seed, int64_t elapsed_us,
			     struct json_writer *writer)
{
	const struct simulation *counts = &simulator->counts;
	char hex[2 * FAIRNESS_SEED_SIZE + 1];

	json_begin_object(writer);
	json_member_u64(writer, "pulls", counts->pulls);
	write_counts(simulator, writer);
	json_member_double(writer, "chi2", counts->chi2);
	json_member_u64(writer, "df", counts->df);
	json_member_double(writer, "p", counts->p);
	json_member_double(writer, "pulls_per_second", result_pulls_per_second(counts->pulls, elapsed_us));
	json_member_cstr(writer, "stream", seed ? "hmac" : "aes-ctr");
	if (seed)
		json_member_str(writer, "seed", codec_hex(seed, FAIRNESS_SEED_SIZE, hex));
	else
		json_member_null(writer, "seed");
	json_end_object(writer);
}

/* ---- faults of a catalog ---- */

void result_write_check(const struct catalog *catalog, const struct catalog_faults *faults, bool ok,
			struct json_writer *writer)
{
	json_begin_object(writer);
	json_member_bool(writer, "ok", ok);
	if (catalog->hashed)
		json_member_cstr(writer, "sha256", catalog->sha256_hex);
	else
		json_member_null(writer, "sha256");
	json_keyc(writer, "faults");
	json_begin_array(writer);
	for (size_t i = 0; i < faults->count; i++) {
		json_begin_object(writer);
		json_member_u64(writer, "line", faults->list[i].line);
		json_member_str(writer, "path", faults->list[i].path);
		json_member_cstr(writer, "rule", faults->list[i].rule);
		json_member_str(writer, "text", faults->list[i].text);
		json_end_object(writer);
	}
	json_end_array(writer);
	if (faults->left_out)
		json_member_u64(writer, "left_out", faults->left_out);
	json_end_object(writer);
}
