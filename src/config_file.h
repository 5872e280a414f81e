/*
 * The form of `homuhomu.env`: lines NAME=VALUE, blank lines and comments (#), an optional `export `, values bare, in
 * 'single quotes' (as they stand) or in "double quotes" (with \n \t \" \\ \$). Nothing is expanded. Reads no file.
 */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct config_file {
	struct str rest;
	size_t line; /* of the assignment that config_file_next gave, from 1 */
};

void config_file_init(struct config_file *file, struct str text);
/*
 * The next assignment; the value borrows the text, or the arena where it has escapes. False at the end, and with
 * ERR_CONFIG ("line N: …", never the value) at a line that is none; start with an err that says ERR_NONE.
 */
bool config_file_next(struct config_file *file, struct arena *arena, struct str *name, struct str *value,
		      struct err *err);

#endif
