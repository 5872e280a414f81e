#include "bot/revealed.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "gacha/receipt.h"

bool revealed_is_in(struct json row)
{
	return !json_is_missing(json_get(row, "revealed"));
}

bool revealed_read(struct json row, struct arena *arena, struct revealed *revealed, struct err *err)
{
	struct json value = json_get(row, "revealed");
	struct str commit, seed;

	return (json_text(json_get(value, "commit"), arena, &commit) &&
		codec_unhex(commit, revealed->commit, sizeof(revealed->commit)) &&
		json_text(json_get(value, "seed"), arena, &seed) && codec_unhex(seed, revealed->seed, sizeof(revealed->seed))) ||
	       err_set(err, ERR_INPUT, "its revealed seed is not of the form");
}

static int compare_commits(const void *a, const void *b)
{
	return memcmp(((const struct revealed *)a)->commit, ((const struct revealed *)b)->commit, HASH_SHA256_SIZE);
}

void revealed_sort(struct revealed *list, size_t count)
{
	if (count)
		qsort(list, count, sizeof(*list), compare_commits);
}

static const uint8_t *find_seed(struct json receipt, const struct revealed *list, size_t count, struct arena *arena)
{
	struct str commit = json_text_or(json_get(receipt, "commit"), arena, STR_EMPTY);
	struct revealed wanted = {.seed = {0}};
	const struct revealed *found;

	if (count == 0 || !codec_unhex(commit, wanted.commit, sizeof(wanted.commit)))
		return NULL;
	found = bsearch(&wanted, list, count, sizeof(wanted), compare_commits);
	return found ? found->seed : NULL;
}

void revealed_write_receipt(struct json receipt, const struct revealed *list, size_t count, struct arena *arena,
			    struct json_writer *writer)
{
	const uint8_t *seed = find_seed(receipt, list, count, arena);

	if (seed && json_is_missing(json_get(receipt, "seed")))
		receipt_write_revealed(receipt, seed, writer);
	else
		json_put_value(writer, receipt);
}
