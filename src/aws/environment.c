#include "aws/environment.h"

struct str aws_environment_get(const struct aws_environment *environment, struct str name)
{
	for (size_t i = 0; i < environment->count; i++) {
		struct str known, value;

		str_cut(secret_reveal(&environment->entries[i]), '=', &known, &value);
		if (str_eq(known, name))
			return value;
	}
	return STR_EMPTY;
}

struct str aws_environment_getc(const struct aws_environment *environment, const char *name)
{
	return aws_environment_get(environment, str_from(name));
}
