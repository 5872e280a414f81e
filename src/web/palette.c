#include "web/palette.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Colours are told apart by five bits of red, six of green and five of blue: the tables fit a processor's cache. */
enum { BINS = 1 << 16, CHANNELS = 3 };

/* One colour of the picture: its bin, and the sum of its pixels. */
struct entry {
	uint32_t bin;
	uint32_t pixels;
	uint32_t sums[CHANNELS];
};

/* Entries from `first` on that one colour shall stand for. */
struct cell {
	struct entry *first;
	size_t count;
	int axis;     /* along which they differ most */
	float middle; /* their mean there */
	float fault;  /* sum of the squared differences from it */
};

static uint32_t bin_of(const uint8_t *pixel)
{
	return (uint32_t)(pixel[0] >> 3) << 11 | (uint32_t)(pixel[1] >> 2) << 5 | (uint32_t)(pixel[2] >> 3);
}

static float level(const struct entry *entry, int axis)
{
	static const struct {
		uint8_t shift, mask, step;
	} parts[CHANNELS] = {{11, 31, 2}, {5, 63, 1}, {0, 31, 2}};

	return (float)((entry->bin >> parts[axis].shift & parts[axis].mask) * parts[axis].step);
}

static struct cell cell_of(struct entry *first, size_t count)
{
	/* Green differences are seen best, blue ones least. */
	static const float sight[CHANNELS] = {0.8f, 1, 0.6f};
	struct cell cell = {.first = first, .count = count, .fault = -1};

	for (int axis = 0; axis < CHANNELS; axis++) {
		float weight = 0, sum = 0, squares = 0, fault;

		for (size_t i = 0; i < count; i++) {
			float pixels = (float)first[i].pixels, value = level(&first[i], axis);

			weight += pixels;
			sum += pixels * value;
			squares += pixels * value * value;
		}
		fault = (squares - sum * sum / weight) * sight[axis];
		if (fault > cell.fault) {
			cell.fault = fault;
			cell.axis = axis;
			cell.middle = sum / weight;
		}
	}
	return cell;
}

/* Puts the entries below the cell's middle first; returns how many. */
static size_t part(const struct cell *cell)
{
	size_t low = 0;

	for (size_t i = 0; i < cell->count; i++) {
		if (level(&cell->first[i], cell->axis) < cell->middle) {
			struct entry moved = cell->first[i];

			cell->first[i] = cell->first[low];
			cell->first[low++] = moved;
		}
	}
	return low;
}

static size_t divide(struct cell *cells, size_t colors_max, struct entry *entries, size_t count)
{
	size_t made = 1;

	cells[0] = cell_of(entries, count);
	while (made < colors_max) {
		struct cell *worst = &cells[0];
		struct cell whole;
		size_t low;

		for (size_t i = 1; i < made; i++) {
			if (cells[i].fault > worst->fault)
				worst = &cells[i];
		}
		whole = *worst;
		low = part(&whole);
		if (low == 0 || low == whole.count)
			break;
		*worst = cell_of(whole.first, low);
		cells[made++] = cell_of(whole.first + low, whole.count - low);
	}
	return made;
}

static void set_colors(struct palette *palette, const struct cell *cells, size_t count)
{
	palette->count = count;
	for (size_t i = 0; i < count; i++) {
		uint64_t pixels = 0, sums[CHANNELS] = {0};

		for (size_t k = 0; k < cells[i].count; k++) {
			const struct entry *entry = &cells[i].first[k];

			pixels += entry->pixels;
			for (int channel = 0; channel < CHANNELS; channel++)
				sums[channel] += entry->sums[channel];
			palette->indices[entry->bin] = (uint8_t)i;
		}
		assert(pixels > 0);
		for (int channel = 0; channel < CHANNELS; channel++)
			palette->colors[i][channel] = (uint8_t)((sums[channel] + pixels / 2) / pixels);
	}
}

static bool same(const uint8_t *a, const uint8_t *b)
{
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

/* How many pixels from this one on are like it: pictures are full of such runs. */
static size_t run_of(const uint8_t *pixel, size_t left)
{
	size_t run = 1;

	while (run < left && same(pixel, pixel + CHANNELS * run))
		run++;
	return run;
}

/* The picture's colours, each once; numbers[bin] is that of the entry and one. Returns how many. */
static size_t collect(const struct canvas *canvas, uint32_t *numbers, struct entry *entries)
{
	size_t pixels = (size_t)canvas->width * (size_t)canvas->height;
	size_t count = 0;

	for (size_t i = 0, run; i < pixels; i += run) {
		const uint8_t *at = canvas->pixels + CHANNELS * i;
		uint32_t bin = bin_of(at);
		struct entry *entry;

		run = run_of(at, pixels - i);
		if (!numbers[bin]) {
			entries[count].bin = bin;
			numbers[bin] = (uint32_t)++count;
		}
		entry = &entries[numbers[bin] - 1];
		entry->pixels += (uint32_t)run;
		for (int channel = 0; channel < CHANNELS; channel++)
			entry->sums[channel] += (uint32_t)run * at[channel];
	}
	return count;
}

bool palette_init(struct palette *palette, const struct canvas *canvas, size_t colors_max, struct err *err)
{
	struct cell cells[PALETTE_COLORS_MAX];
	size_t pixels = (size_t)canvas->width * (size_t)canvas->height;
	uint32_t *numbers = calloc(BINS, sizeof(*numbers));
	struct entry *entries = calloc(pixels < BINS ? pixels : BINS, sizeof(*entries));

	assert(colors_max >= 1 && colors_max <= PALETTE_COLORS_MAX);
	*palette = (struct palette){.indices = calloc(BINS, 1)};
	if (numbers && entries && palette->indices) {
		size_t count = collect(canvas, numbers, entries);

		set_colors(palette, cells, divide(cells, colors_max, entries, count));
	} else {
		palette_release(palette);
	}
	free(entries);
	free(numbers);
	return palette->indices || err_set(err, ERR_MEMORY, "no memory for the colours of a picture");
}

void palette_release(struct palette *palette)
{
	free(palette->indices);
	palette->indices = NULL;
}

void palette_map(const struct palette *palette, const uint8_t *pixels, size_t count, uint8_t *out)
{
	for (size_t i = 0, run; i < count; i += run) {
		const uint8_t *at = pixels + CHANNELS * i;

		run = run_of(at, count - i);
		memset(out + i, palette->indices[bin_of(at)], run);
	}
}
