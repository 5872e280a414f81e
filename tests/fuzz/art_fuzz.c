/* An item's picture from a file of the operator's: never past the bounds, and drawn or replaced without harm. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "web/art.h"
#include "web/canvas.h"

enum { SIDE = 40 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct art art;
	struct canvas canvas;
	struct err err = {0};

	if (art_read(&art, str_make((const char *)data, size), &err)) {
		require(art.width > 0 && art.width <= ART_SIDE_MAX && art.height > 0 && art.height <= ART_SIDE_MAX);
		require(canvas_init(&canvas, SIDE, SIDE, &err));
		canvas_picture(&canvas, (struct box){-3, -2.5f, SIDE + 1, SIDE - 4}, 6, art.rgba, art.width, art.height);
		canvas_release(&canvas);
	} else {
		require(art.rgba == NULL && (err.code == ERR_INPUT || err.code == ERR_LIMIT));
	}
	art_release(&art);
	return 0;
}
