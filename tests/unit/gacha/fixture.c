#include "fixture.h"

#include <assert.h>
#include <string.h>

/* Each line is one value, so that a test can name lines. */
static const char text[] =
	"{\"schema\":1,\n"
	"\"currency\":{\"name\":{\"ja\":\"石\",\"en\":\"Gem\"},\"emoji\":\"💎\",\"start\":1600,\"daily\":160,\"streak\":[10,20,30]},\n"
	"\"rarities\":[{\"id\":\"SSR\",\"stars\":5,\"color\":\"#F4B942\",\"shards\":40},\n"
	"{\"id\":\"SR\",\"stars\":4,\"shards\":5},\n"
	"{\"id\":\"R\",\"shards\":0}],\n"
	"\"items\":[\n"
	"{\"id\":\"a\",\"rarity\":\"SSR\",\"name\":{\"ja\":\"あ\",\"en\":\"A\"},\"price\":180},\n"
	"{\"id\":\"b\",\"rarity\":\"SSR\",\"name\":{\"ja\":\"い\",\"en\":\"B\"}},\n"
	"{\"id\":\"c\",\"rarity\":\"SR\",\"name\":{\"ja\":\"う\",\"en\":\"C\"},\"text\":{\"ja\":\"茶\",\"en\":\"tea\"},\"emoji\":\"🍵\","
	"\"image\":\"https://example.org/c.png\"},\n"
	"{\"id\":\"d\",\"rarity\":\"SR\",\"name\":{\"ja\":\"え\",\"en\":\"D\"}},\n"
	"{\"id\":\"e\",\"rarity\":\"R\",\"name\":{\"ja\":\"お\",\"en\":\"E\"}},\n"
	"{\"id\":\"f\",\"rarity\":\"R\",\"name\":{\"ja\":\"か\",\"en\":\"F\"}},\n"
	"{\"id\":\"g\",\"rarity\":\"R\",\"name\":{\"ja\":\"き\",\"en\":\"G\"}}],\n"
	"\"banners\":[\n"
	"{\"id\":\"one\",\"name\":{\"ja\":\"一\",\"en\":\"One\"},\"start\":\"2026-01-01T00:00:00+09:00\",\"end\":null,\n"
	"\"cost\":{\"1\":160,\"10\":1600},\n"
	"\"rates\":{\"SSR\":\"0.6%\",\"SR\":\"5.1%\",\"R\":\"94.3%\"},\n"
	"\"pity\":{\"SSR\":{\"hard\":90,\"soft_from\":74,\"soft_step\":\"6%\"},\"SR\":{\"hard\":10}},\n"
	"\"pity_group\":\"limited\",\n"
	"\"rate_up\":{\"SSR\":{\"items\":[\"a\"],\"share\":\"50%\",\"guarantee\":true}},\n"
	"\"ten_pull\":\"SR\",\n"
	"\"spark\":{\"cost\":300,\"items\":[\"a\"]},\n"
	"\"pool\":[\"g\",\"f\",\"e\",\"d\",\"c\",\"b\",\"a\"]},\n"
	"{\"id\":\"two\",\"name\":{\"ja\":\"二\",\"en\":\"Two\"},\"start\":\"2026-02-01T00:00:00Z\",\"end\":\"2026-03-01T00:00:00Z\",\n"
	"\"cost\":{\"1\":100},\"rates\":{\"SSR\":\"1%\",\"SR\":\"9%\",\"R\":\"90%\"}}]}\n";

struct str fixture_text(struct arena *arena, const struct edit *edits)
{
	struct str out = str_from(text);

	for (; edits && edits->old; edits++) {
		ssize_t at = str_find(out, str_from(edits->old));

		assert(at >= 0);
		out = arena_printf(arena, "%.*s%s%.*s", (int)at, out.ptr, edits->new,
				   STR_ARG(str_skip(out, (size_t)at + strlen(edits->old))));
	}
	return out;
}

void fixture_init_text(struct fixture *fixture, struct str given)
{
	fixture->loaded =
		catalog_load(&fixture->arena, given, &fixture->catalog, &fixture->faults, &fixture->err);
}

void fixture_init(struct fixture *fixture, const struct edit *edits)
{
	*fixture = (struct fixture){.loaded = false};
	arena_init(&fixture->arena, CATALOG_ARENA_BYTES_MAX);
	fixture_init_text(fixture, fixture_text(&fixture->arena, edits));
}

void fixture_release(struct fixture *fixture)
{
	arena_release(&fixture->arena);
}

const struct catalog_banner *fixture_banner(const struct fixture *fixture, const char *id)
{
	const struct catalog_banner *banner = catalog_find_banner(&fixture->catalog, str_from(id));

	assert(banner);
	return banner;
}

uint32_t fixture_item(const struct fixture *fixture, const char *id)
{
	const struct catalog_item *item = catalog_find_item(&fixture->catalog, str_from(id));

	assert(item);
	return (uint32_t)(item - fixture->catalog.items);
}

void fixture_words(struct fairness_stream *stream, const uint64_t *words, unsigned count)
{
	assert(count <= FAIRNESS_WORDS_MAX);
	*stream = (struct fairness_stream){.count = count};
	memcpy(stream->words, words, count * sizeof(*words));
}
