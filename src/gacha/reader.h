/*
 * Reading the values of a catalog: each function takes one value apart and adds a fault for the
 * rule that it breaks. A value that is missing gives false without a fault (what is required and
 * missing was reported by reader_object). Texts borrow from the document or the arena.
 */
#ifndef GACHA_READER_H
#define GACHA_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "gacha/fault.h"

struct reader {
	struct arena *arena;
	struct fault_list faults;
};

struct reader_member {
	const char *key;
	bool optional;
	struct node node; /* set by reader_object; its value is missing if the key is */
};

/* Takes an object apart; unknown and missing keys are faults. False if it is no object (`type`). */
bool reader_object(struct reader *reader, const struct node *node, struct reader_member *members, size_t count);
/* Whether this is an object, whose keys the caller goes over (`type`). */
bool reader_map(struct reader *reader, const struct node *node);
/* Whether this is an array with an element (`type`, `empty`). */
bool reader_list(struct reader *reader, const struct node *node);

bool reader_text(struct reader *reader, const struct node *node, struct str *out);
bool reader_flag(struct reader *reader, const struct node *node, bool *out);
/* An integer from min to max (`type`, `range`). */
bool reader_integer(struct reader *reader, const struct node *node, int64_t min, int64_t max, int64_t *out);
bool reader_id(struct reader *reader, const struct node *node, struct str *out);
/* A text in both languages (`localisation`). */
bool reader_localised(struct reader *reader, const struct node *node, struct localised *out);
bool reader_emoji(struct reader *reader, const struct node *node, struct str *out);
/* "#RRGGBB" (`color`). */
bool reader_color(struct reader *reader, const struct node *node, int32_t *out);
/* An https URL (`image`). */
bool reader_image(struct reader *reader, const struct node *node, struct str *out);
/* A percentage in parts of RATE_ONE (`decimal`). */
bool reader_rate(struct reader *reader, const struct node *node, uint32_t *out);
/* RFC 3339, in Unix milliseconds (`time`). */
bool reader_time(struct reader *reader, const struct node *node, int64_t *out);

#endif
