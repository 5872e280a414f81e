/*
 * Two properties of code points, of Unicode 14: what never begins a character as people see it,
 * and what takes two columns of a terminal. Decides nothing else; codec.h is what callers want.
 */
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

/* Combining marks (Mn, Mc, Me), variation selectors, skin tones, tags, Hangul vowels and finals, U+200C. */
bool unicode_is_mark(int32_t code_point);
/* East Asian Width W and F (UAX 11), which includes emoji that are shown as pictures by themselves. */
bool unicode_is_wide(int32_t code_point);

#endif
