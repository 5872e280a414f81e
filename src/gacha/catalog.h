/*
 * The catalog: the content of the game, checked and compiled into the tables that are drawn from
 * and that are shown (gacha.md, Catalog). One object: what /rates, `odds`, `simulate` and a draw
 * read is this struct.
 *
 * Everything borrows from the arena that catalog_load was given (the text is copied into it).
 */
#ifndef GACHA_CATALOG_H
#define GACHA_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/str.h"
#include "gacha/fairness.h"

/* 100 % in parts per thousand million. */
#define RATE_ONE 1000000000u

/* No end / no hard pity / no price / no cost. */
#define CATALOG_NONE (-1)

struct localised {
	struct str ja;
	struct str en;
};

enum language { LANGUAGE_EN, LANGUAGE_JA, LANGUAGE_COUNT };
struct str localised_text(const struct localised *text, enum language language);

struct catalog_rarity {
	struct str id;
	int64_t stars;   /* 0 if not given */
	int32_t color;   /* 0xRRGGBB or CATALOG_NONE */
	int64_t shards;
};

struct catalog_item {
	struct str id;
	size_t rarity; /* index into rarities, 0 is the highest */
	struct localised name;
	struct localised text; /* empty if not given */
	struct str emoji;      /* empty if not given */
	struct str image;      /* empty if not given */
	int64_t price;         /* shards, or CATALOG_NONE: not sold */
};

/* One rarity as a banner draws it. Item lists are indices into items, in catalog order. */
struct banner_rarity {
	uint32_t rate;  /* of RATE_ONE */
	int64_t hard;   /* 1…, or CATALOG_NONE */
	bool rate_up;
	uint32_t share; /* of RATE_ONE; with rate_up */
	bool guarantee;
	const uint32_t *featured;
	size_t featured_count;
	const uint32_t *others; /* with rate_up: the pool's rest; without: the whole pool of the rarity */
	size_t others_count;
	struct fairness_total featured_total; /* of the counts, prepared for the draw */
	struct fairness_total others_total;
};

struct catalog_banner {
	struct str id;
	struct localised name;
	int64_t start_s;     /* Unix seconds, rounded up to the first whole second at or after it */
	int64_t end_s;       /* or CATALOG_NONE */
	int64_t cost_one;
	int64_t cost_ten;    /* or CATALOG_NONE: no ten-pull */
	struct str pity_group;
	int64_t soft_from;   /* or CATALOG_NONE */
	uint32_t soft_step;  /* of RATE_ONE */
	int ten_pull;        /* index of the guaranteed rarity, or CATALOG_NONE */
	int64_t spark_cost;  /* or CATALOG_NONE */
	const uint32_t *spark_items;
	size_t spark_count;
	struct banner_rarity rarities[RARITIES_MAX]; /* as many as the catalog has */
	size_t rarity_count;
	struct fairness_total lower;       /* sum of the rates below the top */
	struct fairness_total lower_tenth; /* of those from ten_pull up */
};

/* Ids in the order of their bytes, for looking things up. */
struct catalog_id {
	struct str id;
	uint32_t index;
};

struct catalog_ids {
	struct catalog_id *list;
	size_t count;
};

struct catalog {
	struct {
		struct localised name;
		struct str emoji;
		int64_t start;
		int64_t daily;
		const int64_t *streak; /* bonus by day of the streak; the last one goes on */
		size_t streak_count;
	} currency;
	const struct catalog_rarity *rarities;
	size_t rarity_count;
	const struct catalog_item *items;
	size_t item_count;
	const struct catalog_banner *banners;
	size_t banner_count;
	struct catalog_ids item_ids;
	struct catalog_ids banner_ids;
	struct str text;      /* as given */
	struct str canonical; /* the form that is hashed */
	uint8_t sha256[HASH_SHA256_SIZE];
	char sha256_hex[2 * HASH_SHA256_SIZE + 1];
	bool hashed; /* false when the text is not JSON as accepted */
};

/* A rule broken (gacha.md, Faults): line from 1, JSON pointer, rule word (static), text for a person. */
struct catalog_fault {
	size_t line;
	struct str path;
	const char *rule;
	struct str text;
};

struct catalog_faults {
	struct catalog_fault *list;
	size_t count;
	size_t left_out; /* beyond CATALOG_FAULTS_MAX */
};

/*
 * Reads, checks and compiles. True without a fault. With faults: false, all of them in *faults in
 * the order of the text, and catalog->sha256 still says the hash if `hashed`; err (ERR_INPUT) says the first.
 * ERR_LIMIT, and no fault, for a text beyond CATALOG_BYTES_MAX or a catalog beyond the bounds or the arena; an arena of
 * CATALOG_ARENA_BYTES_MAX holds every catalog within them.
 */
bool catalog_load(struct arena *arena, struct str text, struct catalog *catalog, struct catalog_faults *faults,
		  struct err *err);

/* Looks a thing up by its id in logarithmic time; NULL if there is none. */
const struct catalog_item *catalog_find_item(const struct catalog *catalog, struct str id);
const struct catalog_banner *catalog_find_banner(const struct catalog *catalog, struct str id);
/* -1 if there is none */
int catalog_find_rarity(const struct catalog *catalog, struct str id);
/* Index of an id, or -1. */
int64_t catalog_ids_find(const struct catalog_ids *ids, struct str id);

/* The first open banner of the catalog, or NULL. */
const struct catalog_banner *catalog_default_banner(const struct catalog *catalog, int64_t now_ms);

/* A percentage of gacha.md ("0.6%") into parts of RATE_ONE. False if it is not of the form or over 100 %. */
bool rate_parse(struct str text, uint32_t *rate);
/* The other way, without trailing zeros: 6000000 -> "0.6%". */
struct str rate_format(struct arena *arena, uint32_t rate);

#endif
