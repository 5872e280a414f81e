/* Files built into the program, made reproducibly by the Makefile from Debian's packages and from src/. They are
 * constants in the read-only part of the program; nothing is owned or freed. The data is not NUL-terminated. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include <stddef.h>

struct embedded {
	const unsigned char *data;
	size_t len;     /* bytes at data */
	size_t raw_len; /* bytes of the file; not len: data is a zlib stream that inflates to raw_len bytes */
};

/* Debian's ca-certificates (the roots of Mozilla) as PEM text, deduplicated and sorted. A zlib stream. */
extern const struct embedded embed_ca_bundle;

/* The starter catalog, src/gacha/catalog.json. Plain text. */
extern const struct embedded embed_catalog;

/* Each IANA zone name with the POSIX TZ rule in force (Debian's tzdata): lines "NAME<TAB>RULE\n", sorted by bytes.
 * Plain text, so that a look-up needs no memory. */
extern const struct embedded embed_zones;

/* M PLUS 1 Medium, the subset of vendor/font.py, for the pictures of web/cards. A zlib stream. */
extern const struct embedded embed_font;

#endif
