/*
 * A gem, a star, a flower or a cluster of crystals that stands for an item without a picture: its form and hue follow from
 * the item's id alone, so an item looks the same on every card.
 */
#ifndef WEB_EMBLEM_H
#define WEB_EMBLEM_H

#include <stdint.h>

#include "base/str.h"
#include "web/canvas.h"

/* `splendour` 0 to 2: plain, with a ring, with rays. `color` is the rarity's. */
void emblem_draw(struct canvas *canvas, struct point centre, float radius, struct str id, uint32_t color, int splendour);

#endif
