#include "faults.h"

#include <stdio.h>

#include "test.h"

static void check_fault(const struct fault_case *wanted)
{
	struct edit edits[] = {wanted->edit, {NULL, NULL}};
	struct fixture fixture;
	bool ok;

	fixture_init(&fixture, edits);
	ok = CHECK(!fixture.loaded) && CHECK_EQ_UINT(fixture.faults.count, 1);
	if (fixture.faults.count) {
		const struct catalog_fault *fault = &fixture.faults.list[0];

		ok = CHECK_EQ_UINT(fault->line, wanted->line) && ok;
		ok = CHECK_EQ_STR(arena_cstr(&fixture.arena, fault->path), wanted->path) && ok;
		ok = CHECK_EQ_STR(fault->rule, wanted->rule) && ok;
		CHECK(fault->text.len > 0);
	}
	CHECK_EQ_INT(fixture.err.code, ERR_INPUT);
	CHECK(fixture.catalog.hashed);
	if (!ok)
		printf("  with '%s' in the place of '%s'\n", wanted->edit.new, wanted->edit.old);
	fixture_release(&fixture);
}

void check_faults(const struct fault_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_fault(&cases[i]);
}
