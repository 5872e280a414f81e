/*
 * A name fitted into a narrow space: in one line if it can, a little smaller if it must, else in two lines, else cut with an
 * ellipsis. Japanese breaks between characters (not before what may not begin a line), Latin between words.
 *
 * Lines borrow from the text; nothing is owned.
 */
#ifndef WEB_LABEL_H
#define WEB_LABEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "web/font.h"

struct label {
	struct str lines[2];
	size_t count;
	bool cut; /* an ellipsis follows the last line */
	float size;
};

/* `width` in pixels, at most two lines, of `size` or a little less. */
struct label label_fit(const struct font *font, struct str text, float width, float size);
/* As label_fit, in one line. */
struct label label_fit_line(const struct font *font, struct str text, float width, float size);
/* Width of a line as it is drawn. */
float label_line_width(const struct font *font, const struct label *label, size_t line);
/* One line from x on, with its ellipsis. ERR_MEMORY. */
bool label_draw_line(const struct font *font, struct canvas *canvas, const struct label *label, size_t line, float x,
		     float baseline, uint32_t color, struct err *err);

#endif
