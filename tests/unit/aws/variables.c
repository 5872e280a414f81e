#include "aws/variables.h"

#include "test.h"

void variables_set(struct variables *variables, const char *const *texts, size_t count)
{
	*variables = (struct variables){.environment = {variables->entries, count}};
	CHECK(count <= VARIABLES_MAX);
	for (size_t i = 0; i < count; i++)
		CHECK(secret_set(&variables->entries[i], str_from(texts[i])));
}

void variables_release(struct variables *variables)
{
	for (size_t i = 0; i < variables->environment.count; i++)
		secret_release(&variables->entries[i]);
}
