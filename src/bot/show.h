/* Pieces of text that several messages share. Memory from the turn's arena. */
#ifndef BOT_SHOW_H
#define BOT_SHOW_H

#include "bot/turn.h"

/* "★★★★★ SSR" */
struct str show_rarity(const struct turn *turn, size_t rarity);
/* "★★★★★ 🔥 Name ×2", short enough for several in one message; the id of an item that the catalog has no more. */
struct str show_items(const struct turn *turn, struct str id, int64_t count);
/* A line for each rarity with pity: how far the guarantee is at these counters, and whether the next top item is a featured one. */
struct str show_pity(const struct turn *turn, const struct catalog_banner *banner, const struct draw_state *state);
/* A field with show_pity for each pity group that an open banner uses, once; at most count_max of them. */
void show_add_pity(const struct turn *turn, struct embed *embed, const struct player *player, size_t count_max);
/* "<t:1767193200:R>", which Discord shows in the reader's zone. style: 'R' relative, 'f' date and time, 'd' date. */
struct str show_time(const struct turn *turn, int64_t unix_s, char style);
/* "+1,440", "−3" */
struct str show_signed(const struct turn *turn, int64_t number);
/*
 * A row of buttons to the first, previous, next and last of several pages; none for one page. id: a page's custom id, empty
 * when the arena is full. No two lead to one page, nor to this one: Discord refuses a custom id that is there twice.
 */
void show_pages(struct turn *turn, size_t page, size_t page_count,
		struct str (*id)(const struct turn *turn, const void *what, size_t page), const void *what);
/* A row of buttons to the newest page of the turn's history and to what is older than the rows shown, where there is such. */
void show_history_pages(struct turn *turn, char verb, size_t shown);
/* The names of the banners that are open, with their ids, for a refusal; empty if none is. */
struct str show_open_banners(const struct turn *turn);

#endif
