#include "web/cards.h"

#include <math.h>

#include "base/limits.h"
#include "web/art.h"
#include "web/canvas.h"
#include "web/emblem.h"
#include "web/label.h"
#include "web/png.h"

/* Measures of a card, in pixels from its corner. */
enum {
	COLUMNS = 5,
	CARD_WIDTH = 156,
	CARD_HEIGHT = 216,
	GAP = 12,
	MARGIN = 18,
	FRAME = 3,
	CORNER = 14,
	ART_BOTTOM = 160,
	EMBLEM_Y = 82,
	EMBLEM_RADIUS = 44,
	STARS_Y = 148,
	FEATURED_Y = -9,
	NAME_Y = 188,
	NAME_WIDTH = 138,
	TAG_Y = 14,
	TAG_HEIGHT = 21,
	TAG_WIDTH_MAX = 84,
};

#define NAME_SIZE 17.5f
#define TAG_SIZE 13.5f
#define NIGHT 0x10111c
#define DUSK 0x1c1f33
#define GREY 0x9aa3b5
#define DEEP_GOLD 0xe79a2a
#define INK 0x14131f

struct sheet {
	struct canvas canvas;
	const struct font *font;
	bool with_art;
	struct err *err;
};

void cards_init(struct cards *cards)
{
	font_init(&cards->font);
}

void cards_release(struct cards *cards)
{
	font_release(&cards->font);
}

static uint32_t color_of(const struct card *card)
{
	return card->color < 0 ? GREY : (uint32_t)card->color & 0xffffff;
}

/* 0 plain, 1 with a ring of sparkles, 2 with rays: what a card makes of itself. */
static int splendour_of(const struct card *card)
{
	return card->stars >= 5 ? 2 : card->stars == 4 ? 1 : 0;
}

static struct box box_at(float left, float top, float width, float height)
{
	return (struct box){left, top, left + width, top + height};
}

static struct box inset(struct box box, float by)
{
	return (struct box){box.left + by, box.top + by, box.right - by, box.bottom - by};
}

static void draw_star(struct canvas *canvas, struct point centre, float radius)
{
	struct point points[10];

	for (int i = 0; i < 10; i++) {
		float angle = 0.62831853f * (float)i - 1.57079633f;
		float reach = i % 2 ? radius * 0.46f : radius;

		points[i] = (struct point){centre.x + reach * cosf(angle), centre.y + reach * sinf(angle)};
	}
	canvas_polygon(canvas, points, 10, (struct paint){0xfff0b0, DEEP_GOLD, CANVAS_OPAQUE});
}

static void draw_stars(struct sheet *sheet, float middle, float y, int64_t stars)
{
	int count = (int)(stars > STARS_MAX ? STARS_MAX : stars);
	float pitch = count > 7 ? 11.5f : 18;
	float radius = count > 7 ? 6.5f : 9.5f;

	for (int i = 0; i < count; i++)
		draw_star(&sheet->canvas, (struct point){middle + pitch * ((float)i - (float)(count - 1) / 2), y}, radius);
}

/* Which part of a tag stands at x. */
enum tag_anchor { TAG_LEFT, TAG_MIDDLE, TAG_RIGHT };

/* A small box with a word in it. */
static bool draw_tag(struct sheet *sheet, float x, float y, enum tag_anchor anchor, struct str text, struct paint paint,
		     uint32_t ink)
{
	struct label label = label_fit_line(sheet->font, text, TAG_WIDTH_MAX - 14, TAG_SIZE);
	float wide = label_line_width(sheet->font, &label, 0);
	float left = x - (wide + 14) * (float)anchor / 2;

	canvas_box(&sheet->canvas, box_at(left, y, wide + 14, TAG_HEIGHT), TAG_HEIGHT / 2.0f, paint);
	return label_draw_line(sheet->font, &sheet->canvas, &label, 0, left + 7, y + 15.5f, ink, sheet->err);
}

static bool draw_name(struct sheet *sheet, struct box card, const struct card *what)
{
	struct str text = str_trim(what->name).len && font_has(sheet->font, what->name) ? what->name : what->id;
	struct label label = label_fit(sheet->font, text, NAME_WIDTH, NAME_SIZE);
	float middle = (card.left + card.right) / 2;
	float pitch = label.size * 1.22f;
	float baseline = card.top + NAME_Y + label.size * 0.37f - pitch * (float)(label.count - 1) / 2;

	for (size_t i = 0; i < label.count; i++) {
		float left = middle - label_line_width(sheet->font, &label, i) / 2;

		if (!label_draw_line(sheet->font, &sheet->canvas, &label, i, left, baseline + pitch * (float)i, 0xf4f4fa, sheet->err))
			return false;
	}
	return true;
}

static void draw_frame(struct sheet *sheet, struct box box, uint32_t color, int splendour)
{
	static const int glow[] = {70, 150, 235};
	uint32_t bright = canvas_mix(color, 0xffffff, 120), dark = canvas_mix(color, NIGHT, 90);

	canvas_glow(&sheet->canvas, box, CORNER, 10 + 4 * (float)splendour, color, glow[splendour]);
	canvas_box(&sheet->canvas, box, CORNER, (struct paint){bright, dark, CANVAS_OPAQUE});
	canvas_box(&sheet->canvas, inset(box, FRAME), CORNER - FRAME,
		   (struct paint){canvas_mix(color, NIGHT, 150), canvas_mix(color, NIGHT, 226), CANVAS_OPAQUE});
}

/* The item's own picture, darkened where the stars stand; false if there is none that can be read. */
static bool draw_own_art(struct sheet *sheet, struct box inside, const struct card *card)
{
	struct box foot = inside;
	struct art art;

	if (!sheet->with_art || card->art.len == 0 || !art_read(&art, card->art, NULL))
		return false;
	canvas_picture(&sheet->canvas, inside, CORNER - FRAME, art.rgba, art.width, art.height);
	art_release(&art);
	foot.top = inside.bottom - 26;
	canvas_box(&sheet->canvas, foot, CORNER - FRAME, (struct paint){INK, INK, 160});
	return true;
}

static void draw_art(struct sheet *sheet, struct box box, const struct card *card, uint32_t color)
{
	struct point centre = {(box.left + box.right) / 2, box.top + EMBLEM_Y};
	struct box inside = inset(box, FRAME);
	int splendour = splendour_of(card);

	inside.bottom = box.top + ART_BOTTOM;
	if (draw_own_art(sheet, inside, card))
		return;
	canvas_light(&sheet->canvas, centre, 84, inside, canvas_mix(color, 0xffffff, 60), 110 + 50 * splendour);
	emblem_draw(&sheet->canvas, centre, EMBLEM_RADIUS, card->id, color, splendour);
}

static bool draw_tags(struct sheet *sheet, struct box box, const struct card *card, uint32_t color)
{
	float y = box.top + TAG_Y;
	char digits[STR_U64_MAX + 1];

	if (!draw_tag(sheet, box.left + 9, y, TAG_LEFT, card->rarity, (struct paint){INK, INK, 190}, canvas_mix(color, 0xffffff, 110)))
		return false;
	if (card->is_new) {
		if (!draw_tag(sheet, box.right - 9, y, TAG_RIGHT, STR("NEW"), (struct paint){0xff6f91, 0xe8336d, CANVAS_OPAQUE}, 0xffffff))
			return false;
		y += TAG_HEIGHT + 4;
	}
	if (card->featured &&
	    !draw_tag(sheet, (box.left + box.right) / 2, box.top + FEATURED_Y, TAG_MIDDLE, STR("PICK UP"),
		      (struct paint){0xfff3c4, DEEP_GOLD, CANVAS_OPAQUE}, 0x4a2a00))
		return false;
	if (card->shards > 0) {
		digits[0] = '+';
		if (!draw_tag(sheet, box.right - 9, y, TAG_RIGHT, str_make(digits, 1 + str_put_u64((uint64_t)card->shards, digits + 1)),
			      (struct paint){INK, INK, 190}, 0x9fe8ff))
			return false;
	}
	return true;
}

static bool draw_card(struct sheet *sheet, struct box box, const struct card *card)
{
	uint32_t color = color_of(card);

	draw_frame(sheet, box, color, splendour_of(card));
	draw_art(sheet, box, card, color);
	draw_stars(sheet, (box.left + box.right) / 2, box.top + STARS_Y, card->stars);
	return draw_tags(sheet, box, card, color) && draw_name(sheet, box, card);
}

static bool draw_sheet(struct sheet *sheet, const struct card *list, size_t count)
{
	canvas_fill(&sheet->canvas, (struct paint){DUSK, NIGHT, CANVAS_OPAQUE});
	for (size_t i = 0; i < count; i++) {
		size_t column = i % COLUMNS, row = i / COLUMNS;
		struct box box = box_at((float)(MARGIN + column * (CARD_WIDTH + GAP)), (float)(MARGIN + row * (CARD_HEIGHT + GAP)),
					CARD_WIDTH, CARD_HEIGHT);

		if (!draw_card(sheet, box, &list[i]))
			return false;
	}
	return true;
}

/* Draws and packs anew with less until it fits. Only art can need it. */
static bool write_sheet(struct sheet *sheet, const struct card *list, size_t count, struct buf *out)
{
	static const struct {
		bool with_art;
		size_t colors;
	} tries[] = {{true, CARDS_COLORS}, {true, CARDS_COLORS_FEW}, {false, CARDS_COLORS}, {false, CARDS_COLORS_FEW}};
	struct buf file;
	bool ok = false;

	buf_init(&file, CARDS_BYTES_MAX);
	for (size_t i = 0; !ok && i < sizeof(tries) / sizeof(tries[0]); i++) {
		if (i == 0 || tries[i].with_art != tries[i - 1].with_art) {
			sheet->with_art = tries[i].with_art;
			if (!draw_sheet(sheet, list, count))
				break;
		}
		buf_clear(&file);
		ok = png_write(&sheet->canvas, tries[i].colors, &file, sheet->err);
		if (!ok && !file.full)
			break;
	}
	ok = ok && (buf_add(out, buf_str(&file)), buf_check(out, "a picture", sheet->err));
	buf_release(&file);
	return ok;
}

bool cards_png(struct cards *cards, const struct card *list, size_t count, struct buf *out, struct err *err)
{
	struct sheet sheet = {.font = &cards->font, .err = err};
	int columns = (int)(count < COLUMNS ? count : COLUMNS);
	int rows;
	bool ok;

	if (count < 1 || count > CARDS_MAX)
		return err_set(err, ERR_USAGE, "a picture of %zu cards: it has 1 to %d", count, CARDS_MAX);
	rows = ((int)count + COLUMNS - 1) / COLUMNS;
	if (!font_open(&cards->font, err) ||
	    !canvas_init(&sheet.canvas, 2 * MARGIN + columns * (CARD_WIDTH + GAP) - GAP, 2 * MARGIN + rows * (CARD_HEIGHT + GAP) - GAP, err))
		return false;
	ok = write_sheet(&sheet, list, count, out);
	canvas_release(&sheet.canvas);
	return ok;
}
