/*
 * The nearest known word to one that is not known, for "did you mean". Decides by the number of letters that
 * were inserted, left out, replaced or swapped. Owns nothing: words are borrowed.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

#include "base/str.h"

struct nearest {
	struct str word;
	struct str best;  /* of the candidates so far; empty before the first */
	size_t distance;
};

void nearest_init(struct nearest *nearest, struct str word);
/* The first of equally near candidates stays. */
void nearest_offer(struct nearest *nearest, struct str candidate);
/* Empty when even the best candidate differs in more than half of the longer word's letters. */
struct str nearest_get(const struct nearest *nearest);

#endif
