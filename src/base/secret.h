/*
 * A secret that cannot be printed by accident: no logging or formatting function takes it.
 * The bytes are wiped on release. Owners keep one struct for as long as the secret is in use.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stdbool.h>

#include "base/str.h"

struct secret {
	char *ptr;
	size_t len;
};

/* Copies; false without memory. */
bool secret_set(struct secret *secret, struct str value);
void secret_release(struct secret *secret);
bool secret_is_set(const struct secret *secret);
/* The one way to read it. Callers hand it to the wire and nowhere else. */
struct str secret_reveal(const struct secret *secret);
/* Overwrites memory in a way that the compiler keeps. */
void secret_wipe(void *ptr, size_t len);
/* Overwrites with '*' what has the form of a bot token: people give it where it does not belong, and texts quote it. */
void secret_mask_tokens(char *text);
/* Compares in time that depends on the lengths alone. */
bool secret_equal(struct str a, struct str b);

#endif
