/* Ed25519 (RFC 8032) by libsodium: Discord's request signatures, signed updates. */
#ifndef BASE_ED25519_H
#define BASE_ED25519_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Whether `signature` is that of `message` under `key`. */
bool ed25519_verify(const uint8_t signature[64], struct str message, const uint8_t key[32]);

#endif
