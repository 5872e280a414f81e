/*
 * The names of AWS' SDKs as one process has them: AWS_*, ACTIONS_ID_TOKEN_REQUEST_* (GitHub's) and HOME. Whoever starts the
 * room gives them (config.h keeps them so); nothing here asks the process's own environment.
 */
#ifndef AWS_ENVIRONMENT_H
#define AWS_ENVIRONMENT_H

#include <stddef.h>

#include "base/secret.h"
#include "base/str.h"

struct aws_environment {
	const struct secret *entries; /* "NAME=VALUE"; borrowed */
	size_t count;
};

/* Borrows; the empty slice when it is not set. The first of a name counts. */
struct str aws_environment_get(const struct aws_environment *environment, struct str name);
struct str aws_environment_getc(const struct aws_environment *environment, const char *name);

#endif
