/*
 * Reading XML answers of AWS, with expat. Attributes, comments and white space between elements are left out: no answer of
 * AWS' query services means anything by them. A document with a DTD is refused, so that there are no entities but the five.
 *
 * The tree lives in the arena. A look-up on a missing element gives NULL, so that chains need no checks.
 */
#ifndef AWS_XML_H
#define AWS_XML_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_write.h"
#include "base/str.h"

struct xml {
	struct xml *next;  /* the sibling after it */
	struct xml *first, *last; /* children */
	struct xml *parent;
	struct str name;   /* without its namespace's prefix */
	struct str text;   /* of an element without children */
};

/* ERR_INPUT with the line and why, ERR_LIMIT when the arena is full or the nesting too deep. */
bool xml_parse(struct arena *arena, struct str text, struct xml **root, struct err *err);

/* The first child of that name; NULL when there is none, or no element. */
const struct xml *xml_get(const struct xml *element, const char *name);
/* Its text; the empty slice when there is no element. */
struct str xml_text(const struct xml *element);

/*
 * As JSON: an element without children is a string, one whose children are all called `member` or `item` an array, any
 * other an object; of children of one name there the first counts.
 */
void xml_put_json(struct json_writer *writer, const struct xml *element);

#endif
