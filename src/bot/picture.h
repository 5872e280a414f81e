/*
 * The picture of an answer: its cards as they stand in the stored answer, so that the same picture can
 * be drawn again for a repeated id, and the file made of them when the answer goes out.
 */
#ifndef BOT_PICTURE_H
#define BOT_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "discord/message.h"
#include "web/cards.h"

/* Named by the embed as attachment://pull.png. */
#define PICTURE_NAME "pull.png"
#define PICTURE_URL "attachment://" PICTURE_NAME

struct picture {
	struct card cards[CARDS_MAX];
	size_t count; /* 0: no picture */
};

void picture_write(const struct picture *picture, struct json_writer *writer);
/* Borrows from the document and the arena. False for what picture_write did not make. */
bool picture_read(struct json value, struct arena *arena, struct picture *picture);
/*
 * The file; its bytes live in the arena. art: a folder of ID.png and ID.jpg, or empty; an item without a file that can be
 * read gets an emblem. ERR_LIMIT, ERR_MEMORY.
 */
bool picture_draw(const struct picture *picture, struct cards *cards, struct str art, struct arena *arena,
		  struct attachment *file, struct err *err);

#endif
