#include "gacha/pity.h"

#include "gacha/list.h"

/* The place of an entry, or, if there is none, where it goes: after the last of its group. */
static bool locate(const struct pity_book *book, struct str group, struct str rarity, size_t *index)
{
	*index = book->count;
	for (size_t i = 0; i < book->count; i++) {
		if (!str_eq(book->list[i].group, group))
			continue;
		*index = i;
		if (str_eq(book->list[i].rarity, rarity))
			return true;
		*index = i + 1;
	}
	return false;
}

static struct pity *insert(struct pity_book *book, size_t index)
{
	struct pity *list =
		list_insert(book->arena, book->list, &book->capacity, &book->count, sizeof(*book->list), index);

	if (!list)
		return NULL;
	book->list = list;
	list[index] = (struct pity){.n = 1};
	return &list[index];
}

struct pity *pity_append(struct pity_book *book)
{
	return insert(book, book->count);
}

const struct pity *pity_find(const struct pity_book *book, struct str group, struct str rarity)
{
	size_t index;

	return locate(book, group, rarity, &index) ? &book->list[index] : NULL;
}

void pity_load(const struct pity_book *book, const struct catalog *catalog, struct str group, struct draw_state *state)
{
	draw_state_init(state);
	for (size_t r = 0; r < catalog->rarity_count; r++) {
		const struct pity *pity = pity_find(book, group, catalog->rarities[r].id);

		if (!pity)
			continue;
		state->n[r] = pity->n;
		state->flag[r] = pity->flag;
	}
}

bool pity_save(struct pity_book *book, const struct catalog *catalog, struct str group, const struct draw_state *state)
{
	for (size_t r = 0; r < catalog->rarity_count; r++) {
		struct pity *pity;
		size_t index;

		if (locate(book, group, catalog->rarities[r].id, &index)) {
			pity = &book->list[index];
		} else {
			pity = insert(book, index);
			if (!pity)
				return false;
			pity->group = group;
			pity->rarity = catalog->rarities[r].id;
		}
		pity->n = state->n[r];
		pity->flag = state->flag[r];
	}
	return true;
}
