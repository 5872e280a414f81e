/* Reading whole small files, bounded. Owns nothing. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Whether there is a regular file: reading it waits for nobody. */
bool file_is_regular(struct str path);
/*
 * Appends what the file holds to out, whose cap is the bound ("-" is stdin where stdin_dash is set). ERR_NOT_FOUND
 * without such a file, ERR_LIMIT when it holds more (a regular file is then not read at all), ERR_IO with the system's
 * reason for everything else; the text begins with the path.
 */
bool file_read(struct str path, bool stdin_dash, struct buf *out, struct err *err);

#endif
