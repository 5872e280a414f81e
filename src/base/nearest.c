#include "base/nearest.h"

#include <stdint.h>

/* Letters that are compared; what follows in a longer word counts by its length alone. */
enum { LETTERS_MAX = 64 };

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: edits, and swaps of two neighbours. */
static size_t distance_between(struct str a, struct str b)
{
	size_t rows[3][LETTERS_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];
	size_t a_len = min_size(a.len, LETTERS_MAX), b_len = min_size(b.len, LETTERS_MAX);
	size_t a_rest = a.len - a_len, b_rest = b.len - b_len;

	for (size_t j = 0; j <= b_len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *reused = before;

		before = above;
		above = row;
		row = reused;
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t best = above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);

			best = min_size(best, min_size(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
				best = min_size(best, before[j - 2] + 1);
			row[j] = best;
		}
	}
	return row[b_len] + (a_rest > b_rest ? a_rest - b_rest : b_rest - a_rest);
}

void nearest_init(struct nearest *nearest, struct str word)
{
	*nearest = (struct nearest){.word = word, .best = STR_EMPTY, .distance = SIZE_MAX};
}

void nearest_offer(struct nearest *nearest, struct str candidate)
{
	size_t distance = distance_between(nearest->word, candidate);

	if (distance < nearest->distance) {
		nearest->distance = distance;
		nearest->best = candidate;
	}
}

struct str nearest_get(const struct nearest *nearest)
{
	size_t longer = nearest->word.len > nearest->best.len ? nearest->word.len : nearest->best.len;

	return nearest->best.len && nearest->distance <= longer / 2 ? nearest->best : STR_EMPTY;
}
