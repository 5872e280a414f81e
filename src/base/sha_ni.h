/*
 * SHA-256's compression by the processor's own instructions (Intel SHA extensions), four times as
 * fast as portable code. Found at run time; base/hash uses BearSSL where they are missing.
 */
#ifndef BASE_SHA_NI_H
#define BASE_SHA_NI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether this processor has them. */
bool sha_ni_found(void);
/* FIPS 180-4, 6.2.2, for `count` blocks of 64 bytes. Only if sha_ni_found. */
void sha_ni_blocks(uint32_t value[8], const uint8_t *data, size_t count);

#endif
