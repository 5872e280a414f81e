/*
 * What is wrong with a form or a table that an administrator gave: all of it at once, each with its line.
 * Text for people who know catalogs, in English like the catalog's own faults.
 */
#ifndef BOT_CATALOG_EDIT_FAULT_H
#define BOT_CATALOG_EDIT_FAULT_H

#include "gacha/catalog.h"

struct edit_faults {
	struct arena *arena;
	struct catalog_fault list[EDIT_FAULTS_MAX];
	size_t count;
	size_t left_out; /* beyond EDIT_FAULTS_MAX */
};

/* where: an input or a column, as `path`; rule: a word, static. */
void edit_fault(struct edit_faults *faults, size_t line, struct str where, const char *rule, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#endif
