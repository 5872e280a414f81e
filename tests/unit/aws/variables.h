/* An environment for the tests of the room, of "NAME=VALUE" texts. */
#ifndef TEST_AWS_VARIABLES_H
#define TEST_AWS_VARIABLES_H

#include "aws/environment.h"

enum { VARIABLES_MAX = 16 };

struct variables {
	struct secret entries[VARIABLES_MAX];
	struct aws_environment environment;
};

void variables_set(struct variables *variables, const char *const *texts, size_t count);
void variables_release(struct variables *variables);

#define VARIABLES_SET(variables, ...) \
	variables_set((variables), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

#endif
