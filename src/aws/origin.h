/*
 * Where credentials come from, in the order of interface.md, AWS: environment; AWS_WEB_IDENTITY_TOKEN_FILE; GitHub's OIDC
 * endpoint; shared files; container endpoint; IMDSv2. Pure: the first source that is set up is found; nothing is asked.
 *
 * A source that is set up wrongly is an error and not passed over, so that nobody acts as somebody else by a slip.
 */
#ifndef AWS_ORIGIN_H
#define AWS_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/environment.h"
#include "aws/profile.h"
#include "aws/sigv4.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

enum origin_kind {
	ORIGIN_KEYS,       /* here they are */
	ORIGIN_TOKEN_FILE, /* STS gives them for the JWT in a file */
	ORIGIN_GITHUB,     /* … for the JWT that GitHub gives */
	ORIGIN_CONTAINER,
	ORIGIN_INSTANCE
};

struct origin_role {
	struct str arn, session_name, external_id; /* external_id may be empty */
	int64_t duration_s;
};

/* Borrows the environment, the profiles and the arena. */
struct origin {
	enum origin_kind kind;
	const char *name; /* of the source, for people: "the environment" */
	struct sigv4_credentials keys;
	struct str token_file;
	struct origin_role identity; /* that the JWT is for */
	struct str url;    /* of the container's or GitHub's endpoint, or of IMDS without a '/' at its end */
	struct str bearer; /* what GitHub or the container wants as Authorization; for the container it may be empty */
	struct str bearer_file;
	/* To be assumed one after the other, the first with what the source gives. */
	struct origin_role roles[AWS_ROLES_MAX];
	size_t role_count;
};

/* The profile that is in force: AWS_PROFILE, or "default". */
struct str origin_profile(const struct aws_environment *environment);

/*
 * The paths of the shared files; empty when there is no home. *asked: the path was given by the environment, so the file
 * has to be there.
 */
struct str origin_file(const struct aws_environment *environment, enum profile_file file, struct arena *arena, bool *asked);

/* ERR_CONFIG names what is set up wrongly, or that nothing is, with what to set. */
bool origin_find(const struct aws_environment *environment, const struct profiles *profiles, struct arena *arena,
		struct origin *origin, struct err *err);

/* The region in force: AWS_REGION, AWS_DEFAULT_REGION, the profile's. ERR_CONFIG. */
bool origin_region(const struct aws_environment *environment, const struct profiles *profiles, struct str *region,
		  struct err *err);

#endif
