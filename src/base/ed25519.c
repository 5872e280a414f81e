#include "base/ed25519.h"

#include <sodium/crypto_sign_ed25519.h>

bool ed25519_verify(const uint8_t signature[64], struct str message, const uint8_t key[32])
{
	const unsigned char *bytes = (const unsigned char *)message.ptr;

	return crypto_sign_ed25519_verify_detached(signature, bytes, message.len, key) == 0;
}
