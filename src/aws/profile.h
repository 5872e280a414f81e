/*
 * AWS' shared files, ~/.aws/config and ~/.aws/credentials (AWS SDKs and Tools Reference Guide, "Shared config and credentials
 * files"). Pure: text goes in, values come out. Everything borrows from the texts and the arena.
 *
 * Comments are lines that begin with '#' or ';'. An indented line belongs to the key above it, as `endpoint_url` under
 * a service. What stands in no section, and a line that is neither, is refused with its number; the line is not quoted.
 */
#ifndef AWS_PROFILE_H
#define AWS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum profile_file { PROFILE_CONFIG, PROFILE_CREDENTIALS };

enum profile_section {
	PROFILE_SECTION_PROFILE,  /* [default], [profile NAME]; [NAME] in the credentials file */
	PROFILE_SECTION_SERVICES, /* [services NAME] */
	PROFILE_SECTION_OTHER     /* [sso-session NAME] and whatever else there may be: kept away */
};

struct profile_entry {
	struct profile_entry *next;
	enum profile_section section;
	struct str name; /* of the section */
	struct str key;
	struct str inner; /* key of an indented line, else empty */
	struct str value;
};

/* A zeroed one is empty. */
struct profiles {
	struct profile_entry *first, *last;
};

/* Adds what a file says; of a key given twice the first counts, so the credentials file comes first. ERR_INPUT, ERR_LIMIT. */
bool profiles_read(struct profiles *profiles, enum profile_file file, struct str text, struct arena *arena,
		   struct err *err);

bool profiles_has(const struct profiles *profiles, struct str name);
/* A value of a profile; the empty slice when there is none. */
struct str profiles_get(const struct profiles *profiles, struct str name, const char *key);
/* An indented value of a [services NAME] section, as ("local", "dynamodb", "endpoint_url"). */
struct str profiles_get_service(const struct profiles *profiles, struct str name, const char *service, const char *key);

#endif
