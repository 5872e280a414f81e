#include "bot/custom_id.h"

#include <inttypes.h>

#include "base/codec.h"
#include "base/hash.h"
#include "base/secret.h"

#define MAC_SIZE 16

static struct str mac(struct arena *arena, const uint8_t key[CUSTOM_ID_KEY_SIZE], struct str text)
{
	uint8_t out[HASH_SHA256_SIZE];

	hash_hmac(str_make((const char *)key, CUSTOM_ID_KEY_SIZE), text, out);
	return codec_base64url(arena, str_make((const char *)out, MAC_SIZE));
}

static struct str target_hex(struct str id, char hex[CUSTOM_ID_TARGET_DIGITS + 1])
{
	uint8_t out[HASH_SHA256_SIZE];

	hash_sha256(id, out);
	return codec_hex(out, CUSTOM_ID_TARGET_DIGITS / 2, hex);
}

struct str custom_id_target(struct arena *arena, struct str id)
{
	char hex[CUSTOM_ID_TARGET_DIGITS + 1];

	return arena_str(arena, target_hex(id, hex));
}

bool custom_id_is_target(struct str target, struct str id)
{
	char hex[CUSTOM_ID_TARGET_DIGITS + 1];

	return str_eq(target, target_hex(id, hex));
}

struct str custom_id_write(struct arena *arena, const uint8_t key[CUSTOM_ID_KEY_SIZE], const struct custom_id *id)
{
	struct str text = arena_printf(arena, "%c.%" PRIu64 ".%" PRId64 ".%.*s.%" PRId64, id->verb, id->owner,
				       id->issued_s, STR_ARG(id->target), id->number);
	struct str tag = mac(arena, key, text);

	if (text.len == 0 || tag.len == 0)
		return STR_EMPTY;
	return arena_printf(arena, "%.*s.%.*s", STR_ARG(text), STR_ARG(tag));
}

bool custom_id_read(struct arena *arena, const uint8_t key[CUSTOM_ID_KEY_SIZE], struct str text, struct custom_id *id)
{
	struct str rest = text;
	struct str verb, owner, issued, target, number, tag;

	if (!str_cut(rest, '.', &verb, &rest) || !str_cut(rest, '.', &owner, &rest) ||
	    !str_cut(rest, '.', &issued, &rest) || !str_cut(rest, '.', &target, &rest) ||
	    !str_cut(rest, '.', &number, &tag))
		return false;
	struct str expected = mac(arena, key, str_take(text, text.len - tag.len - 1));
	if (expected.len == 0 || !secret_equal(expected, tag) || verb.len != 1)
		return false;
	id->verb = verb.ptr[0];
	id->target = target;
	return str_to_u64(owner, 1, UINT64_MAX, &id->owner) && str_to_i64(issued, 0, INT64_MAX, &id->issued_s) &&
	       str_to_i64(number, 0, INT64_MAX, &id->number);
}
