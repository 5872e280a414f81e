#include "gacha/player.h"

#include <string.h>

#include "gacha/list.h"

/* ---- a new player ---- */

static void new_seed(struct player *player, struct rng *rng)
{
	rng_bytes(rng, player->fairness.seed, sizeof(player->fairness.seed));
	player->fairness.next_n = 1;
	memset(player->fairness.chain, 0, sizeof(player->fairness.chain));
}

void player_init(struct player *player, struct arena *arena, struct str key, int64_t now_s, struct rng *rng)
{
	*player = (struct player){
		.key = key,
		.created_at_s = now_s,
		.daily_day = -1,
		.fairness = {.epoch = 1, .client_seed = STR_EMPTY},
		.pity = {.arena = arena},
		.arena = arena,
	};
	new_seed(player, rng);
}

void player_rotate_seed(struct player *player, struct rng *rng, uint8_t revealed[FAIRNESS_SEED_SIZE])
{
	memcpy(revealed, player->fairness.seed, FAIRNESS_SEED_SIZE);
	player->fairness.epoch++;
	new_seed(player, rng);
}

/* ---- counters, items, points ---- */

static void take_out(void *list, size_t *count, size_t size, size_t index)
{
	char *at = (char *)list + index * size;

	--*count;
	memmove(at, at + size, (*count - index) * size);
}

void player_load_pity(const struct player *player, const struct catalog *catalog, struct str group,
		      struct draw_state *state)
{
	pity_load(&player->pity, catalog, group, state);
}

bool player_save_pity(struct player *player, const struct catalog *catalog, struct str group,
		      const struct draw_state *state)
{
	return pity_save(&player->pity, catalog, group, state);
}

/* The place of an item, or where it goes. */
static bool locate_item(const struct player *player, struct str id, size_t *index)
{
	size_t low = 0, high = player->item_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(player->items[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*index = low;
	return low < player->item_count && str_eq(player->items[low].id, id);
}

struct player_item *player_insert_item(struct player *player, size_t index)
{
	struct player_item *list = list_insert(player->arena, player->items, &player->item_capacity, &player->item_count,
					       sizeof(*player->items), index);

	if (!list)
		return NULL;
	player->items = list;
	list[index] = (struct player_item){.count = 0};
	return &list[index];
}

const struct player_item *player_find_item(const struct player *player, struct str id)
{
	size_t index;

	return locate_item(player, id, &index) ? &player->items[index] : NULL;
}

bool player_set_item(struct player *player, struct str id, int64_t count, int64_t now_s)
{
	struct player_item *item;
	size_t index;

	if (locate_item(player, id, &index)) {
		player->items[index].count = count;
		if (count > 0)
			return true;
		take_out(player->items, &player->item_count, sizeof(*player->items), index);
		return true;
	}
	if (count == 0)
		return true;
	id = arena_str(player->arena, id);
	item = id.len ? player_insert_item(player, index) : NULL;
	if (!item)
		return false;
	item->id = id;
	item->count = count;
	item->first_at_s = now_s;
	return true;
}

static struct player_spark *find_spark(const struct player *player, struct str banner)
{
	for (size_t i = 0; i < player->spark_count; i++)
		if (str_eq(player->sparks[i].banner, banner))
			return &player->sparks[i];
	return NULL;
}

struct player_spark *player_append_spark(struct player *player)
{
	struct player_spark *list = list_insert(player->arena, player->sparks, &player->spark_capacity,
						&player->spark_count, sizeof(*player->sparks), player->spark_count);

	if (!list)
		return NULL;
	player->sparks = list;
	list[player->spark_count - 1] = (struct player_spark){.points = 0};
	return &list[player->spark_count - 1];
}

int64_t player_spark_points(const struct player *player, struct str banner)
{
	const struct player_spark *spark = find_spark(player, banner);

	return spark ? spark->points : 0;
}

bool player_set_spark(struct player *player, struct str banner, int64_t points)
{
	struct player_spark *spark = find_spark(player, banner);

	if (points == 0) {
		if (spark)
			take_out(player->sparks, &player->spark_count, sizeof(*spark), (size_t)(spark - player->sparks));
		return true;
	}
	if (!spark) {
		banner = arena_str(player->arena, banner);
		spark = banner.len ? player_append_spark(player) : NULL;
		if (!spark)
			return false;
		spark->banner = banner;
	}
	spark->points = points;
	return true;
}

/* ---- statistics ---- */

static struct player_drawn *find_drawn(const struct player *player, struct str rarity)
{
	for (size_t i = 0; i < player->drawn_count; i++)
		if (str_eq(player->drawn[i].rarity, rarity))
			return &player->drawn[i];
	return NULL;
}

struct player_drawn *player_append_drawn(struct player *player)
{
	struct player_drawn *list = list_insert(player->arena, player->drawn, &player->drawn_capacity,
						&player->drawn_count, sizeof(*player->drawn), player->drawn_count);

	if (!list)
		return NULL;
	player->drawn = list;
	list[player->drawn_count - 1] = (struct player_drawn){.count = 0};
	return &list[player->drawn_count - 1];
}

int64_t player_drawn(const struct player *player, struct str rarity)
{
	const struct player_drawn *drawn = find_drawn(player, rarity);

	return drawn ? drawn->count : 0;
}

bool player_count_draw(struct player *player, struct str rarity, bool top)
{
	struct player_drawn *drawn = find_drawn(player, rarity);

	if (!drawn) {
		rarity = arena_str(player->arena, rarity);
		drawn = rarity.len ? player_append_drawn(player) : NULL;
		if (!drawn)
			return false;
		drawn->rarity = rarity;
	}
	drawn->count += drawn->count < GACHA_INTEGER_MAX;
	player->tops += top && player->tops < GACHA_INTEGER_MAX;
	return true;
}

void player_scores(const struct player *player, int64_t scores[PLAYER_SCORES])
{
	scores[0] = (int64_t)player->item_count;
	scores[1] = player->pulls;
	scores[2] = player->tops;
}

/* ---- wishes, favourites, offers ---- */

static bool locate_wish(const struct player *player, struct str item, size_t *index)
{
	for (*index = 0; *index < player->wish_count; ++*index)
		if (str_eq(player->wishes[*index], item))
			return true;
	return false;
}

bool player_wishes(const struct player *player, struct str item)
{
	size_t index;

	return locate_wish(player, item, &index);
}

bool player_set_wish(struct player *player, struct str item, bool wished)
{
	size_t index;

	if (locate_wish(player, item, &index) == wished)
		return true;
	if (!wished) {
		take_out(player->wishes, &player->wish_count, sizeof(*player->wishes), index);
		return true;
	}
	if (player->wish_count == WISHES_MAX)
		return false;
	item = arena_str(player->arena, item);
	if (item.len == 0)
		return false;
	player->wishes[player->wish_count++] = item;
	return true;
}

bool player_set_favourite(struct player *player, struct str item, bool favourite)
{
	size_t index;

	if (!locate_item(player, item, &index))
		return false;
	player->items[index].favourite = favourite;
	return true;
}

const struct player_offer *player_find_offer(const struct player *player, struct str id)
{
	for (size_t i = 0; i < player->offer_count; i++)
		if (str_eq(player->offers[i].id, id))
			return &player->offers[i];
	return NULL;
}
