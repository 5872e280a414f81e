/* Reads ~/.aws/credentials and ~/.aws/config (or where the environment says) for profile.h. Wipes their text on release. */
#ifndef AWS_SHARED_FILES_H
#define AWS_SHARED_FILES_H

#include <stdbool.h>

#include "aws/origin.h"
#include "aws/environment.h"
#include "aws/profile.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct shared_files {
	struct buf texts[2]; /* by enum profile_file */
	struct arena arena;
	struct profiles profiles; /* borrows the texts */
};

/*
 * A file that is not there is empty, unless the environment named it. ERR_CONFIG names the file and the line. Release it in
 * any case.
 */
bool shared_files_read(struct shared_files *files, const struct aws_environment *environment, struct err *err);
void shared_files_release(struct shared_files *files);

#endif
