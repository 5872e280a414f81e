/* A small catalog for the tests of the game's room, loaded as it is or with a few places of its text changed. */
#ifndef GACHA_FIXTURE_H
#define GACHA_FIXTURE_H

#include "base/arena.h"
#include "gacha/catalog.h"
#include "gacha/fairness.h"

struct fixture {
	struct arena arena;
	struct catalog catalog;
	struct catalog_faults faults;
	struct err err;
	bool loaded;
};

/* One place of the text, which has to be there, and what stands there instead. */
struct edit {
	const char *old;
	const char *new;
};

/* Ends with an edit whose old is NULL; edits NULL: none. The text lives in the fixture's arena. */
struct str fixture_text(struct arena *arena, const struct edit *edits);
void fixture_init(struct fixture *fixture, const struct edit *edits);
void fixture_init_text(struct fixture *fixture, struct str text);
void fixture_release(struct fixture *fixture);

#define EDITS(...) ((const struct edit[]){__VA_ARGS__, {NULL, NULL}})

const struct catalog_banner *fixture_banner(const struct fixture *fixture, const char *id);
uint32_t fixture_item(const struct fixture *fixture, const char *id);

/* A stream that gives these words; stream.next counts those that were taken. */
void fixture_words(struct fairness_stream *stream, const uint64_t *words, unsigned count);
#define WORDS(stream, ...)                                                                                         \
	fixture_words((stream), (const uint64_t[]){__VA_ARGS__},                                                    \
		      (unsigned)(sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t)))

#endif
