#include "base/ed25519.h"

#include <sodium/crypto_sign_ed25519.h>

bool ed25519_verify(const uint8_t signature[64], struct str message, const uint8_t key[32])
{
	return crypto_sign_ed25519_verify_detached(signature, (const unsigned char *)message.ptr, message.len, key) == 0;
}
