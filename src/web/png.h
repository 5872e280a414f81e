/*
 * Pixels in, a PNG file out (RFC 2083): a palette, eight bits a pixel, one IDAT, no text and no time, so that the same
 * pixels give the same bytes. It reads no PNG.
 */
#ifndef WEB_PNG_H
#define WEB_PNG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "web/canvas.h"

/* Appends a file of at most colors_max (1 to 256) colours. ERR_LIMIT past out's cap, ERR_MEMORY; out has a part of it then. */
bool png_write(const struct canvas *canvas, size_t colors_max, struct buf *out, struct err *err);

#endif
