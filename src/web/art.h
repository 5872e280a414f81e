/*
 * An item's own picture, read with stb_image from the bytes of a PNG or JPEG file. Nothing else is recognised, and nothing
 * beyond the bounds is unpacked: the size is looked at first.
 */
#ifndef WEB_ART_H
#define WEB_ART_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct art {
	uint8_t *rgba; /* red, green, blue, alpha; rows without gaps; owned until art_release */
	int width;
	int height;
};

/* ERR_INPUT for what is no such file or is broken, ERR_LIMIT beyond ART_BYTES_MAX or ART_SIDE_MAX. */
bool art_read(struct art *art, struct str file, struct err *err);
void art_release(struct art *art);

#endif
