#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

bool secret_set(struct secret *secret, struct str value)
{
	char *copy = malloc(value.len + 1);

	if (!copy)
		return false;
	if (value.len)
		memcpy(copy, value.ptr, value.len);
	copy[value.len] = '\0';
	secret_release(secret);
	*secret = (struct secret){copy, value.len};
	return true;
}

void secret_release(struct secret *secret)
{
	if (secret->ptr)
		secret_wipe(secret->ptr, secret->len);
	free(secret->ptr);
	*secret = (struct secret){NULL, 0};
}

bool secret_is_set(const struct secret *secret)
{
	return secret->ptr != NULL;
}

struct str secret_reveal(const struct secret *secret)
{
	return str_make(secret->ptr, secret->len);
}

void secret_wipe(void *ptr, size_t len)
{
	explicit_bzero(ptr, len);
}

bool secret_equal(struct str a, struct str b)
{
	unsigned char differ = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		differ |= (unsigned char)(a.ptr[i] ^ b.ptr[i]);
	return differ == 0;
}
