#include "gacha/banner_reader.h"

#include <assert.h>
#include <stdlib.h>

#include "gacha/banner.h"

enum { ID, NAME, START, END, COST, RATES, PITY, PITY_GROUP, RATE_UP, TEN_PULL, SPARK, POOL, MEMBER_COUNT };

static const struct reader_member banner_members[MEMBER_COUNT] = {
	[ID] = {.key = "id"},
	[NAME] = {.key = "name"},
	[START] = {.key = "start"},
	[END] = {.key = "end", .optional = true},
	[COST] = {.key = "cost"},
	[RATES] = {.key = "rates"},
	[PITY] = {.key = "pity", .optional = true},
	[PITY_GROUP] = {.key = "pity_group", .optional = true},
	[RATE_UP] = {.key = "rate_up", .optional = true},
	[TEN_PULL] = {.key = "ten_pull", .optional = true},
	[SPARK] = {.key = "spark", .optional = true},
	[POOL] = {.key = "pool", .optional = true},
};

#define NO_ITEM UINT32_MAX

/* A list of items by their ids. */
struct item_list {
	uint32_t *named;  /* by position in the document; NO_ITEM where the element has a fault */
	uint32_t *sorted; /* without those */
	size_t count;     /* of sorted */
	bool sound;       /* no element has a fault */
};

/* The banner that is being read. */
struct reading {
	struct banner_reader *banners;
	struct reader *reader;
	struct fault_list *faults;
	struct catalog_banner *banner;
	struct reader_member members[MEMBER_COUNT];
	struct json rates[RARITIES_MAX]; /* values, missing where not given */
	bool rates_sound; /* all are decimals of known rarities */
	bool pool_given; /* and it is a list */
	bool pool_sound;
	uint32_t pool_mark; /* of banners->pooled */
	uint32_t *pool[RARITIES_MAX];
	size_t pool_count[RARITIES_MAX];
};

bool banner_reader_init(struct banner_reader *banners, struct reader *reader, struct arena *scratch,
			const struct catalog *catalog)
{
	*banners = (struct banner_reader){.reader = reader, .scratch = scratch, .catalog = catalog};
	banners->seen = arena_array(scratch, catalog->item_count, sizeof(*banners->seen));
	banners->pooled = arena_array(scratch, catalog->item_count, sizeof(*banners->pooled));
	for (size_t i = 0; i < catalog->item_count; i++)
		if (catalog->items[i].rarity < RARITIES_MAX)
			banners->of_rarity_count[catalog->items[i].rarity]++;
	for (size_t r = 0; r < RARITIES_MAX; r++) {
		banners->of_rarity[r] =
			arena_array(reader->arena, banners->of_rarity_count[r], sizeof(*banners->of_rarity[r]));
		if (!banners->of_rarity[r])
			return false;
		banners->of_rarity_count[r] = 0;
	}
	if (!banners->seen || !banners->pooled)
		return false;
	for (size_t i = 0; i < catalog->item_count; i++) {
		size_t r = catalog->items[i].rarity;

		if (r < RARITIES_MAX)
			banners->of_rarity[r][banners->of_rarity_count[r]++] = (uint32_t)i;
	}
	return true;
}

/* The index of a rarity that a key or a value names; -1 is a fault at the node, unless the rarities are in doubt. */
static int find_rarity(struct reading *reading, const struct node *node, struct str id)
{
	int rarity = catalog_find_rarity(reading->banners->catalog, id);

	if (rarity < 0 && reading->banners->rarities_known)
		fault_add(reading->faults, node, RULE_UNKNOWN_RARITY, "the catalog has no rarity '%.*s'", STR_ARG(id));
	return rarity;
}

static int compare_indices(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* One element of a list of items; NO_ITEM with a fault if it names none, or one that was named before. */
static uint32_t read_item(struct reading *reading, const struct node *node)
{
	struct banner_reader *banners = reading->banners;
	struct str id;
	int64_t item;

	if (!reader_text(reading->reader, node, &id))
		return NO_ITEM;
	item = catalog_ids_find(&banners->catalog->item_ids, id);
	if (item < 0) {
		if (banners->items_known)
			fault_add(reading->faults, node, RULE_UNKNOWN_ITEM, "the catalog has no item '%.*s'",
				  STR_ARG(id));
		return NO_ITEM;
	}
	if (banners->seen[item] == banners->list) {
		fault_add(reading->faults, node, RULE_DUPLICATE, "the list has '%.*s' twice", STR_ARG(id));
		return NO_ITEM;
	}
	banners->seen[item] = banners->list;
	return (uint32_t)item;
}

/* False if it is no list with an element. `sorted` comes from the arena that is given. */
static bool read_items(struct reading *reading, const struct node *node, struct arena *arena, struct item_list *list)
{
	size_t count = json_count(node->value);
	struct json_iter iter = json_iterate(node->value);
	struct json key, value;

	*list = (struct item_list){.sound = true};
	if (!reader_list(reading->reader, node))
		return false;
	list->named = arena_array(reading->banners->scratch, count, sizeof(*list->named));
	list->sorted = arena_array(arena, count, sizeof(*list->sorted));
	if (!list->named || !list->sorted)
		return false;
	reading->banners->list++;
	for (size_t i = 0; json_next(&iter, &key, &value); i++) {
		struct node element = node_element(node, i, value);

		list->named[i] = read_item(reading, &element);
		if (list->named[i] == NO_ITEM)
			list->sound = false;
		else
			list->sorted[list->count++] = list->named[i];
	}
	qsort(list->sorted, list->count, sizeof(*list->sorted), compare_indices);
	return true;
}

static void read_times(struct reading *reading)
{
	const struct node *end = &reading->members[END].node;
	int64_t start_ms = 0, end_ms = 0;
	bool has_start = reader_time(reading->reader, &reading->members[START].node, &start_ms);

	reading->banner->start_s = (start_ms + 999) / 1000;
	reading->banner->end_s = CATALOG_NONE;
	if (json_is_null(end->value) || !reader_time(reading->reader, end, &end_ms))
		return;
	reading->banner->end_s = (end_ms + 999) / 1000;
	if (has_start && end_ms <= start_ms)
		fault_add(reading->faults, end, RULE_ORDER, "the end has to be after the start");
}

static void read_cost(struct reading *reading)
{
	const struct node *cost = &reading->members[COST].node;
	struct json_iter iter = json_iterate(cost->value);
	struct json key, value;
	struct str name;
	bool has_one = false;

	reading->banner->cost_ten = CATALOG_NONE;
	if (!reader_map(reading->reader, cost))
		return;
	while (json_next(&iter, &key, &value) && json_text(key, reading->reader->arena, &name)) {
		struct node node = node_member(cost, name, value);
		int64_t *out = str_eqc(name, "1")    ? &reading->banner->cost_one
			       : str_eqc(name, "10") ? &reading->banner->cost_ten
						     : NULL;

		has_one = has_one || out == &reading->banner->cost_one;
		if (out)
			reader_integer(reading->reader, &node, 0, GACHA_INTEGER_MAX, out);
		else
			fault_add(reading->faults, &node, RULE_COST, "pulls are sold by 1 and by 10 only");
	}
	if (!has_one)
		fault_add_at_key(reading->faults, cost, STR("1"), RULE_MISSING, "the cost of one pull has to be given");
}

static void read_rates(struct reading *reading)
{
	const struct node *rates = &reading->members[RATES].node;
	struct json_iter iter = json_iterate(rates->value);
	struct json key, value;
	struct str id;
	bool has_sum = true;
	uint64_t sum = 0;

	if (!reader_map(reading->reader, rates))
		return;
	reading->rates_sound = true;
	while (json_next(&iter, &key, &value) && json_text(key, reading->reader->arena, &id)) {
		struct node node = node_member(rates, id, value);
		int rarity = find_rarity(reading, &node, id);
		uint32_t rate = 0;

		has_sum = reader_rate(reading->reader, &node, &rate) && has_sum;
		reading->rates_sound = reading->rates_sound && has_sum && rarity >= 0;
		sum += rate;
		if (rarity >= 0) {
			reading->banner->rarities[rarity].rate = rate;
			reading->rates[rarity] = value;
		}
	}
	if (has_sum && sum != RATE_ONE)
		fault_add(reading->faults, rates, RULE_SUM, "the rates sum to %llu.%07llu%%, not to 100%%",
			  (unsigned long long)sum / (RATE_ONE / 100), (unsigned long long)sum % (RATE_ONE / 100));
}

enum { HARD, SOFT_FROM, SOFT_STEP, PITY_MEMBER_COUNT };

static void read_soft(struct reading *reading, const struct node *entry, const struct reader_member *members, int rarity)
{
	struct catalog_banner *banner = reading->banner;
	const struct node *from = &members[SOFT_FROM].node;
	const struct node *step = &members[SOFT_STEP].node;
	bool has_from = !json_is_missing(from->value);
	bool has_step = !json_is_missing(step->value);
	int64_t soft_from = CATALOG_NONE;
	uint32_t soft_step = 0;

	if (reader_integer(reading->reader, from, 1, GACHA_INTEGER_MAX, &soft_from) && rarity == 0 &&
	    banner->rarities[0].hard != CATALOG_NONE && soft_from > banner->rarities[0].hard)
		fault_add(reading->faults, from, RULE_SOFT_FROM, "soft pity begins at %lld, after the hard one at %lld",
			  (long long)soft_from, (long long)banner->rarities[0].hard);
	reader_rate(reading->reader, step, &soft_step);
	if (rarity > 0 && (has_from || has_step)) {
		fault_add(reading->faults, has_from ? from : step, RULE_SOFT, "soft pity is for the top rarity only");
	} else if (has_from != has_step) {
		const char *lacking = has_from ? "soft_step" : "soft_from";

		fault_add_at_key(reading->faults, entry, str_from(lacking), RULE_SOFT,
				 "soft_from and soft_step go together; '%s' is missing", lacking);
	} else if (rarity == 0 && has_from) {
		banner->soft_from = soft_from;
		banner->soft_step = soft_step;
	}
}

static void read_pity(struct reading *reading)
{
	const struct node *pity = &reading->members[PITY].node;
	struct json_iter iter = json_iterate(pity->value);
	struct json key, value;
	struct str id;

	if (!reader_map(reading->reader, pity))
		return;
	while (json_next(&iter, &key, &value) && json_text(key, reading->reader->arena, &id)) {
		struct reader_member members[PITY_MEMBER_COUNT] = {
			[HARD] = {.key = "hard", .optional = true},
			[SOFT_FROM] = {.key = "soft_from", .optional = true},
			[SOFT_STEP] = {.key = "soft_step", .optional = true},
		};
		struct node entry = node_member(pity, id, value);
		int rarity = find_rarity(reading, &entry, id);
		int64_t hard = CATALOG_NONE;

		if (!reader_object(reading->reader, &entry, members, PITY_MEMBER_COUNT))
			continue;
		reader_integer(reading->reader, &members[HARD].node, 1, GACHA_INTEGER_MAX, &hard);
		if (rarity >= 0)
			reading->banner->rarities[rarity].hard = hard;
		read_soft(reading, &entry, members, rarity);
	}
}

/* The items that a banner draws from, by rarity: its own, or the catalog's. */
static void read_pool(struct reading *reading)
{
	struct banner_reader *banners = reading->banners;
	const struct node *pool = &reading->members[POOL].node;
	struct item_list list;

	reading->pool_sound = banners->items_sound;
	for (size_t r = 0; r < RARITIES_MAX; r++) {
		reading->pool[r] = banners->of_rarity[r];
		reading->pool_count[r] = banners->of_rarity_count[r];
	}
	if (json_is_missing(pool->value))
		return;
	reading->pool_sound = false;
	if (!read_items(reading, pool, banners->scratch, &list))
		return;
	reading->pool_given = true;
	reading->pool_sound = list.sound && banners->items_sound;
	reading->pool_mark = banners->list;
	banners->listed += list.count;
	for (size_t r = 0; r < RARITIES_MAX; r++)
		reading->pool_count[r] = 0;
	for (size_t i = 0; i < list.count; i++) {
		size_t r = banners->catalog->items[list.sorted[i]].rarity;

		banners->pooled[list.sorted[i]] = reading->pool_mark;
		if (r < RARITIES_MAX)
			reading->pool_count[r]++;
	}
	for (size_t r = 0; r < RARITIES_MAX; r++) {
		reading->pool[r] = arena_array(reading->reader->arena, reading->pool_count[r], sizeof(uint32_t));
		reading->pool_count[r] = 0;
	}
	for (size_t i = 0; i < list.count; i++) {
		size_t r = banners->catalog->items[list.sorted[i]].rarity;

		if (r < RARITIES_MAX && reading->pool[r])
			reading->pool[r][reading->pool_count[r]++] = list.sorted[i];
	}
}

/* Featured items are of their rarity and in the pool. Whether all are. */
static bool check_featured(struct reading *reading, const struct node *items, const struct item_list *list, size_t rarity)
{
	const struct catalog *catalog = reading->banners->catalog;
	struct json_iter iter = json_iterate(items->value);
	struct json key, value;
	bool sound = list->sound;

	for (size_t i = 0; json_next(&iter, &key, &value); i++) {
		struct node element = node_element(items, i, value);
		const struct catalog_item *item;

		if (list->named[i] == NO_ITEM)
			continue;
		item = &catalog->items[list->named[i]];
		if (item->rarity < RARITIES_MAX && item->rarity != rarity) {
			fault_add(reading->faults, &element, RULE_RARITY, "'%.*s' is of another rarity, %.*s",
				  STR_ARG(item->id), STR_ARG(catalog->rarities[item->rarity].id));
			sound = false;
		}
		if (reading->pool_given && reading->banners->pooled[list->named[i]] != reading->pool_mark) {
			fault_add(reading->faults, &element, RULE_POOL, "'%.*s' is not in the banner's pool",
				  STR_ARG(item->id));
			sound = false;
		}
	}
	return sound;
}

/* The pool of a rarity without the featured ones; both lists are sorted. */
static void set_others(struct reading *reading, struct banner_rarity *rates, size_t rarity)
{
	size_t pool_count = reading->pool_count[rarity];
	size_t next = 0;
	uint32_t *others;

	reading->banners->listed += pool_count;
	if (reading->banners->listed > CATALOG_LISTED_MAX)
		return;
	others = arena_array(reading->reader->arena, pool_count, sizeof(*others));
	if (!others)
		return;
	for (size_t i = 0; i < pool_count; i++) {
		uint32_t item = reading->pool[rarity][i];

		if (next < rates->featured_count && rates->featured[next] == item)
			next++;
		else
			others[rates->others_count++] = item;
	}
	rates->others = others;
}

enum { UP_ITEMS, UP_SHARE, UP_GUARANTEE, UP_MEMBER_COUNT };

static void read_rate_up_entry(struct reading *reading, const struct node *entry, int rarity)
{
	struct reader_member members[UP_MEMBER_COUNT] = {
		[UP_ITEMS] = {.key = "items"},
		[UP_SHARE] = {.key = "share"},
		[UP_GUARANTEE] = {.key = "guarantee", .optional = true},
	};
	const struct node *items = &members[UP_ITEMS].node;
	struct banner_rarity rates = {.rate_up = true};
	struct item_list list;
	bool has_share;

	if (!reader_object(reading->reader, entry, members, UP_MEMBER_COUNT))
		return;
	has_share = reader_rate(reading->reader, &members[UP_SHARE].node, &rates.share);
	if (has_share && rates.share == 0) {
		fault_add(reading->faults, &members[UP_SHARE].node, RULE_RANGE, "a share of 0 features nothing");
		has_share = false;
	}
	reader_flag(reading->reader, &members[UP_GUARANTEE].node, &rates.guarantee);
	if (!read_items(reading, items, reading->reader->arena, &list) || rarity < 0)
		return;
	rates.featured = list.sorted;
	rates.featured_count = list.count;
	rates.rate = reading->banner->rarities[rarity].rate;
	rates.hard = reading->banner->rarities[rarity].hard;
	set_others(reading, &rates, (size_t)rarity);
	reading->banner->rarities[rarity] = rates;
	if (check_featured(reading, items, &list, (size_t)rarity) && reading->pool_sound && has_share &&
	    rates.share < RATE_ONE && rates.others && rates.others_count == 0)
		fault_add(reading->faults, items, RULE_OTHERS,
			  "every item of the rarity is featured; leave another, or make the share 100%%");
}

static void read_rate_up(struct reading *reading)
{
	const struct node *rate_up = &reading->members[RATE_UP].node;
	struct json_iter iter = json_iterate(rate_up->value);
	struct json key, value;
	struct str id;

	if (!reader_map(reading->reader, rate_up))
		return;
	while (json_next(&iter, &key, &value) && json_text(key, reading->reader->arena, &id)) {
		struct node entry = node_member(rate_up, id, value);

		read_rate_up_entry(reading, &entry, find_rarity(reading, &entry, id));
	}
}

static void read_ten_pull(struct reading *reading)
{
	const struct node *ten_pull = &reading->members[TEN_PULL].node;
	struct catalog_banner *banner = reading->banner;
	uint64_t rates = 0;
	struct str id;

	if (!reader_text(reading->reader, ten_pull, &id))
		return;
	banner->ten_pull = find_rarity(reading, ten_pull, id);
	for (int r = 1; r <= banner->ten_pull; r++)
		rates += banner->rarities[r].rate;
	if (banner->ten_pull > 0 && rates == 0 && reading->rates_sound)
		fault_add(reading->faults, ten_pull, RULE_TEN_PULL,
			  "no rarity from '%.*s' up and below the top has a rate above 0", STR_ARG(id));
}

static void read_spark(struct reading *reading)
{
	struct reader_member members[] = {{.key = "cost"}, {.key = "items"}};
	struct catalog_banner *banner = reading->banner;
	struct item_list list;

	if (!reader_object(reading->reader, &reading->members[SPARK].node, members, 2))
		return;
	reader_integer(reading->reader, &members[0].node, 1, GACHA_INTEGER_MAX, &banner->spark_cost);
	if (!read_items(reading, &members[1].node, reading->reader->arena, &list))
		return;
	banner->spark_items = list.sorted;
	banner->spark_count = list.count;
}

/* The rarity has no item: a fault at what can draw it. */
static void add_empty_rarity(struct reading *reading, size_t rarity)
{
	const struct catalog_banner *banner = reading->banner;
	struct str id = reading->banners->catalog->rarities[rarity].id;
	const struct node *pity = &reading->members[PITY].node;
	struct node entry = node_member(pity, id, json_get_str(pity->value, id));
	const char *word = banner->rarities[rarity].hard != CATALOG_NONE ? "hard" : "soft_from";
	struct node node;

	if (banner->rarities[rarity].rate > 0)
		node = node_member(&reading->members[RATES].node, id, reading->rates[rarity]);
	else if (!json_is_missing(json_get(entry.value, word)))
		node = node_member(&entry, str_from(word), json_get(entry.value, word));
	else
		node = reading->members[TEN_PULL].node;
	fault_add(reading->faults, &node, RULE_EMPTY_RARITY, "%.*s can be drawn, but the pool has no item of it",
		  STR_ARG(id));
}

/* The lists of rarities without rate-up, and the totals that draws divide by. */
static void finish_rarities(struct reading *reading)
{
	struct catalog_banner *banner = reading->banner;
	uint64_t lower = 0;

	for (size_t r = 0; r < banner->rarity_count; r++) {
		struct banner_rarity *rates = &banner->rarities[r];

		if (!rates->rate_up) {
			rates->others = reading->pool[r];
			rates->others_count = reading->pool_count[r];
		}
		if (reading->pool_sound && reading->pool_count[r] == 0 && banner_can_draw(banner, r))
			add_empty_rarity(reading, r);
		if (rates->featured_count)
			rates->featured_total = fairness_total_of(rates->featured_count);
		if (rates->others_count)
			rates->others_total = fairness_total_of(rates->others_count);
		if (r > 0)
			lower += rates->rate;
		if (lower && (int)r == banner->ten_pull)
			banner->lower_tenth = fairness_total_of(lower);
	}
	if (lower)
		banner->lower = fairness_total_of(lower);
}

void banner_reader_read(struct banner_reader *banners, const struct node *node, struct catalog_banner *banner)
{
	struct reading reading = {
		.banners = banners, .reader = banners->reader, .faults = &banners->reader->faults, .banner = banner};

	*banner = (struct catalog_banner){
		.soft_from = CATALOG_NONE,
		.ten_pull = CATALOG_NONE,
		.spark_cost = CATALOG_NONE,
		.rarity_count = banners->catalog->rarity_count,
	};
	for (size_t r = 0; r < banner->rarity_count; r++)
		banner->rarities[r].hard = CATALOG_NONE;
	for (size_t i = 0; i < MEMBER_COUNT; i++)
		reading.members[i] = banner_members[i];
	if (!reader_object(reading.reader, node, reading.members, MEMBER_COUNT))
		return;
	reader_id(reading.reader, &reading.members[ID].node, &banner->id);
	reader_localised(reading.reader, &reading.members[NAME].node, &banner->name);
	banner->pity_group = banner->id;
	reader_id(reading.reader, &reading.members[PITY_GROUP].node, &banner->pity_group);
	read_times(&reading);
	read_cost(&reading);
	read_rates(&reading);
	read_pity(&reading);
	read_pool(&reading);
	read_rate_up(&reading);
	read_ten_pull(&reading);
	read_spark(&reading);
	finish_rarities(&reading);
}
