/* Checks that a change of the fixture's catalog gives exactly one fault, at this line and path, of this rule. */
#ifndef GACHA_FAULTS_H
#define GACHA_FAULTS_H

#include "fixture.h"

struct fault_case {
	struct edit edit;
	size_t line;
	const char *path;
	const char *rule;
};

void check_faults(const struct fault_case *cases, size_t count);

#define CHECK_FAULTS(...)                                                                                          \
	check_faults((const struct fault_case[]){__VA_ARGS__},                                                      \
		     sizeof((const struct fault_case[]){__VA_ARGS__}) / sizeof(struct fault_case))

#endif
