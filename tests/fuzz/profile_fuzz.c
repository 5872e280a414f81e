/*
 * AWS' shared files: whatever they say, sources, regions and endpoints found in them are within their bounds, and an error
 * quotes no value.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "aws/endpoint.h"
#include "aws/origin.h"

enum { ARENA_BYTES = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void look(const struct profiles *profiles, struct arena *arena)
{
	static const struct aws_environment empty = {NULL, 0};
	struct endpoint endpoint;
	struct origin origin;
	struct str region;
	struct err err = {.code = ERR_NONE};

	if (origin_find(&empty, profiles, arena, &origin, &err)) {
		require(origin.role_count <= AWS_ROLES_MAX && origin.name);
		require(origin.kind != ORIGIN_KEYS || (origin.keys.access_key_id.len && origin.keys.secret_access_key.len));
		for (size_t i = 0; i < origin.role_count; i++)
			require(origin.roles[i].arn.len > 0 && origin.roles[i].duration_s > 0);
	} else {
		require(err.code == ERR_CONFIG || err.code == ERR_LIMIT);
	}
	if (origin_region(&empty, profiles, &region, &err) &&
	    endpoint_find(AWS_DYNAMODB, region, &empty, profiles, arena, &endpoint, &err))
		require(endpoint.base.len > 0 && endpoint.host.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size), config, credentials;
	struct profiles profiles = {NULL, NULL};
	struct arena arena;
	struct err err = {.code = ERR_NONE};

	arena_init(&arena, ARENA_BYTES);
	/* A NUL parts the two files. */
	str_cut(text, '\0', &config, &credentials);
	if (profiles_read(&profiles, PROFILE_CREDENTIALS, credentials, &arena, &err) &&
	    profiles_read(&profiles, PROFILE_CONFIG, config, &arena, &err)) {
		size_t entries = 0;

		for (const struct profile_entry *entry = profiles.first; entry; entry = entry->next, entries++)
			require(entry->key.len > 0 && entry->section != PROFILE_SECTION_OTHER);
		require(entries <= size);
		look(&profiles, &arena);
	} else {
		require(err.code == ERR_INPUT || err.code == ERR_LIMIT);
	}
	arena_release(&arena);
	return 0;
}
