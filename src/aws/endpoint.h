/*
 * Where a service is (AWS SDKs and Tools Reference Guide, "Service-specific endpoints"): AWS_ENDPOINT_URL_<SERVICE>,
 * AWS_ENDPOINT_URL, the same in the profile, or AWS' own host of the region. Pure.
 */
#ifndef AWS_ENDPOINT_H
#define AWS_ENDPOINT_H

#include <stdbool.h>

#include "aws/environment.h"
#include "aws/operation.h"
#include "aws/profile.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct endpoint {
	struct str base; /* scheme, host, and path without a '/' at its end */
	struct str host; /* as the Host header has it */
	struct str path; /* of base, empty for none */
};

/* Borrows the environment, the profiles and the arena. ERR_CONFIG names the setting with the URL that is refused. */
bool endpoint_find(enum aws_service service, struct str region, const struct aws_environment *environment,
		   const struct profiles *profiles, struct arena *arena, struct endpoint *endpoint, struct err *err);

#endif
