/* XML of a service: what is read can be written as JSON that is whole, nested within the bounds, and credentials in it are words. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "aws/keys.h"
#include "base/json_read.h"

enum { ARENA_BYTES = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void write_json(const struct xml *root, struct arena *arena)
{
	struct json_writer writer;
	struct json json;
	struct err err;
	struct buf out;

	buf_init(&out, ARENA_BYTES);
	json_writer_init(&writer, &out);
	xml_put_json(&writer, root);
	require(json_writer_done(&writer));
	require(json_parse(arena, buf_str(&out), &json, &err));
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aws_keys keys = {.ends_unix_ms = 0};
	struct xml *root = NULL;
	struct arena arena;
	struct err err = {.code = ERR_NONE};

	arena_init(&arena, ARENA_BYTES);
	if (xml_parse(&arena, str_make((const char *)data, size), &root, &err)) {
		require(root && root->name.len > 0 && !root->parent);
		write_json(root, &arena);
		if (aws_keys_read_sts(&keys, "AssumeRole", root, &err))
			require(secret_is_set(&keys.access_key_id) && secret_is_set(&keys.secret_access_key));
	} else {
		require(err.code == ERR_INPUT || err.code == ERR_LIMIT);
	}
	aws_keys_release(&keys);
	arena_release(&arena);
	return 0;
}
