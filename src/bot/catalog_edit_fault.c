#include "bot/catalog_edit_fault.h"

#include <stdarg.h>

void edit_fault(struct edit_faults *faults, size_t line, struct str where, const char *rule, const char *format, ...)
{
	va_list args;

	if (faults->count == EDIT_FAULTS_MAX) {
		faults->left_out++;
		return;
	}
	va_start(args, format);
	faults->list[faults->count++] = (struct catalog_fault){
		.line = line,
		.path = where,
		.rule = rule,
		.text = arena_vprintf(faults->arena, format, args),
	};
	va_end(args);
}
