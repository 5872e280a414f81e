#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

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

/* Length of the run of base64url digits at `text`. */
static size_t token_part(const char *text)
{
	return strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

void secret_mask_tokens(char *text)
{
	while (*text) {
		size_t first = token_part(text);
		size_t second = text[first] == '.' ? token_part(text + first + 1) : 0;
		size_t third = second && text[first + 1 + second] == '.' ? token_part(text + first + second + 2) : 0;

		if (first >= TOKEN_PART_1_MIN && second >= TOKEN_PART_2_MIN && third >= TOKEN_PART_3_MIN) {
			memset(text, '*', first + second + third + 2);
			text += first + second + third + 2;
		} else {
			text += first ? first : 1;
		}
	}
}
