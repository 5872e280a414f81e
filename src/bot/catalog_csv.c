#include "bot/catalog_csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/json_write.h"
#include "bot/catalog_edit.h"

enum column { ID, RARITY, NAME_JA, NAME_EN, TEXT_JA, TEXT_EN, EMOJI, IMAGE, PRICE, COLUMN_COUNT };

static const char *const column_names[COLUMN_COUNT] = {
	[ID] = "id",		[RARITY] = "rarity",   [NAME_JA] = "name_ja", [NAME_EN] = "name_en", [TEXT_JA] = "text_ja",
	[TEXT_EN] = "text_en", [EMOJI] = "emoji", [IMAGE] = "image",     [PRICE] = "price",
};

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* ---- formulas ---- */

/* What spreadsheets take for the beginning of a formula, the wide forms of Japanese input too (OWASP, CSV Injection). */
static bool begins_formula(struct str cell)
{
	static const char *const wide[] = {"＝", "＋", "－", "＠"};

	if (cell.len > 0 && memchr("=+-@\t\r\n", cell.ptr[0], 7))
		return true;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (str_starts(cell, str_from(wide[i])))
			return true;
	return false;
}

/* After apostrophes of its own too, so that taking one away gives back what there was. */
static bool needs_apostrophe(struct str cell)
{
	while (cell.len > 0 && cell.ptr[0] == '\'')
		cell = str_skip(cell, 1);
	return begins_formula(cell);
}

/* ---- writing ---- */

static void put_cell(struct buf *out, struct str cell)
{
	bool is_quoted = needs_apostrophe(cell);

	for (size_t i = 0; i < cell.len && !is_quoted; i++)
		is_quoted = memchr(",\"\r\n", cell.ptr[i], 4) != NULL;
	if (!is_quoted) {
		buf_add(out, cell);
		return;
	}
	buf_add_char(out, '"');
	if (needs_apostrophe(cell))
		buf_add_char(out, '\'');
	for (size_t i = 0; i < cell.len; i++) {
		if (cell.ptr[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, cell.ptr[i]);
	}
	buf_add_char(out, '"');
}

static void put_row(struct buf *out, const struct str cells[COLUMN_COUNT])
{
	for (size_t i = 0; i < COLUMN_COUNT; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		put_cell(out, cells[i]);
	}
	buf_addc(out, "\r\n");
}

void catalog_csv_write(const struct catalog *catalog, struct buf *out)
{
	struct str cells[COLUMN_COUNT];
	char price[STR_U64_MAX];

	buf_addc(out, BYTE_ORDER_MARK);
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		cells[i] = str_from(column_names[i]);
	put_row(out, cells);
	for (size_t i = 0; i < catalog->item_count; i++) {
		const struct catalog_item *item = &catalog->items[i];

		cells[ID] = item->id;
		cells[RARITY] = catalog->rarities[item->rarity].id;
		cells[NAME_JA] = item->name.ja;
		cells[NAME_EN] = item->name.en;
		cells[TEXT_JA] = item->text.ja;
		cells[TEXT_EN] = item->text.en;
		cells[EMOJI] = item->emoji;
		cells[IMAGE] = item->image;
		cells[PRICE] = item->price == CATALOG_NONE ? STR_EMPTY : str_make(price, str_put_u64((uint64_t)item->price, price));
		put_row(out, cells);
	}
}

/* ---- rows ---- */

struct reading {
	struct arena *arena;
	struct edit_faults *faults;
	struct str text;
	size_t pos;
	size_t line;
	enum column columns[CSV_COLUMNS_MAX];
	size_t column_count;
	bool has[COLUMN_COUNT];
};

struct row {
	struct str cells[CSV_COLUMNS_MAX];
	size_t count; /* those beyond CSV_COLUMNS_MAX too */
	size_t line;  /* on which it begins */
};

/* At a comma, the end of a line (its first byte), or the end. */
static bool is_cell_end(const struct reading *reading)
{
	return reading->pos >= reading->text.len || memchr(",\r\n", reading->text.ptr[reading->pos], 3);
}

/* RFC 4180 2, 5 to 7. The position is at the opening quote. */
static bool read_quoted(struct reading *reading, struct str *cell)
{
	size_t began = reading->line;
	size_t from = ++reading->pos;
	size_t quotes = 0;
	char *out;

	for (;; reading->pos++) {
		if (reading->pos >= reading->text.len) {
			edit_fault(reading->faults, began, STR_EMPTY, "csv", "the quote that begins here is not closed");
			return false;
		}
		if (reading->text.ptr[reading->pos] == '\n')
			reading->line++;
		if (reading->text.ptr[reading->pos] != '"')
			continue;
		if (reading->pos + 1 >= reading->text.len || reading->text.ptr[reading->pos + 1] != '"')
			break;
		reading->pos++;
		quotes++;
	}
	*cell = str_make(reading->text.ptr + from, reading->pos++ - from);
	if (!is_cell_end(reading)) {
		edit_fault(reading->faults, reading->line, STR_EMPTY, "csv",
			   "a comma or the end of the line has to follow a closing quote; a quote in a cell is written twice");
		return false;
	}
	if (quotes == 0)
		return true;
	out = arena_alloc(reading->arena, cell->len);
	if (!out)
		return false;
	for (size_t i = 0, k = 0; i < cell->len; i++, k++) {
		out[k] = cell->ptr[i];
		i += cell->ptr[i] == '"';
	}
	*cell = str_make(out, cell->len - quotes);
	return true;
}

static bool read_plain(struct reading *reading, struct str *cell)
{
	size_t from = reading->pos;

	while (!is_cell_end(reading)) {
		if (reading->text.ptr[reading->pos] == '"') {
			edit_fault(reading->faults, reading->line, STR_EMPTY, "csv",
				   "a cell with a quote in it has to stand in quotes, with that quote written twice");
			return false;
		}
		reading->pos++;
	}
	*cell = str_make(reading->text.ptr + from, reading->pos - from);
	return true;
}

/* Past the end of a line. */
static bool read_line_end(struct reading *reading)
{
	if (reading->pos < reading->text.len && reading->text.ptr[reading->pos] == '\r') {
		reading->pos++;
		if (reading->pos < reading->text.len && reading->text.ptr[reading->pos] != '\n') {
			edit_fault(reading->faults, reading->line, STR_EMPTY, "csv", "a line ends with LF or CR LF, not with CR alone");
			return false;
		}
	}
	if (reading->pos < reading->text.len) {
		reading->pos++;
		reading->line++;
	}
	return true;
}

/* False at the end of the text, and where the text cannot be read on: then with a fault, or the arena full. */
static bool read_row(struct reading *reading, struct row *row)
{
	*row = (struct row){.line = reading->line};
	if (reading->pos >= reading->text.len)
		return false;
	for (;;) {
		bool is_quoted = reading->pos < reading->text.len && reading->text.ptr[reading->pos] == '"';
		struct str cell;

		if (is_quoted ? !read_quoted(reading, &cell) : !read_plain(reading, &cell))
			return false;
		if (str_starts(cell, STR("'")) && needs_apostrophe(cell))
			cell = str_skip(cell, 1);
		if (row->count < CSV_COLUMNS_MAX)
			row->cells[row->count] = cell;
		row->count++;
		if (reading->pos >= reading->text.len || reading->text.ptr[reading->pos] != ',')
			return read_line_end(reading);
		reading->pos++;
	}
}

static bool is_blank(const struct row *row)
{
	for (size_t i = 0; i < row->count && i < CSV_COLUMNS_MAX; i++)
		if (str_trim(row->cells[i]).len > 0)
			return false;
	return row->count <= CSV_COLUMNS_MAX;
}

/* ---- the header ---- */

static bool find_column(struct str name, enum column *column)
{
	for (size_t i = 0; i < COLUMN_COUNT; i++)
		if (str_eqc(name, column_names[i])) {
			*column = (enum column)i;
			return true;
		}
	return false;
}

static void read_header(struct reading *reading)
{
	struct row row;

	if (!read_row(reading, &row)) {
		if (reading->faults->count == 0)
			edit_fault(reading->faults, 1, STR_EMPTY, "empty", "the file is empty; its first line names the columns");
		return;
	}
	if (row.count > CSV_COLUMNS_MAX) {
		edit_fault(reading->faults, row.line, STR_EMPTY, "column", "more than %d columns", CSV_COLUMNS_MAX);
		return;
	}
	for (size_t i = 0; i < row.count; i++) {
		struct str name = str_trim(row.cells[i]);
		enum column column;

		if (!find_column(name, &column)) {
			edit_fault(reading->faults, row.line, codec_clip(name, CATALOG_ID_MAX), "column",
				   "there is no such column; the columns are id, rarity, name_ja, name_en, text_ja, text_en, emoji, image, price, with commas between them");
			continue;
		}
		if (reading->has[column])
			edit_fault(reading->faults, row.line, name, "duplicate", "the column is there twice");
		reading->has[column] = true;
		reading->columns[i] = column;
	}
	reading->column_count = row.count;
	if (!reading->has[ID] && reading->faults->count == 0)
		edit_fault(reading->faults, row.line, STR("id"), "missing", "the column 'id' has to be there");
}

/* ---- items ---- */

static void set_field(struct reading *reading, const struct row *row, enum column column, struct str cell,
		      struct item_fields *item)
{
	switch (column) {
	case ID:
		item->id = str_trim(cell);
		break;
	case RARITY:
		item->rarity = str_trim(cell);
		break;
	case NAME_JA:
		item->name.ja = cell;
		break;
	case NAME_EN:
		item->name.en = cell;
		break;
	case TEXT_JA:
		item->text.ja = cell;
		break;
	case TEXT_EN:
		item->text.en = cell;
		break;
	case EMOJI:
		item->emoji = str_trim(cell);
		break;
	case IMAGE:
		item->image = str_trim(cell);
		break;
	case PRICE:
		cell = str_trim(cell);
		item->price = CATALOG_NONE;
		if (cell.len > 0 && !str_to_i64(cell, 1, GACHA_INTEGER_MAX, &item->price))
			edit_fault(reading->faults, row->line, STR("price"), "range",
				   "a price is a whole number from 1, without separators, or empty: not sold");
		break;
	case COLUMN_COUNT:
		break;
	}
}

static void need(struct reading *reading, const struct row *row, struct str value, const char *name)
{
	if (value.len == 0)
		edit_fault(reading->faults, row->line, str_from(name), "missing", "'%s' has to be given", name);
}

static void read_item(struct reading *reading, const struct catalog *catalog, const struct row *row,
		      struct item_fields *item)
{
	const struct catalog_item *known = NULL;

	*item = (struct item_fields){
		.id = STR_EMPTY,
		.rarity = STR_EMPTY,
		.name = {STR_EMPTY, STR_EMPTY},
		.text = {STR_EMPTY, STR_EMPTY},
		.emoji = STR_EMPTY,
		.image = STR_EMPTY,
		.price = CATALOG_NONE,
	};
	if (row->count != reading->column_count) {
		edit_fault(reading->faults, row->line, STR_EMPTY, "csv", "the line has %zu cells, and the first line has %zu",
			   row->count, reading->column_count);
		return;
	}
	for (size_t i = 0; i < row->count; i++)
		if (reading->columns[i] == ID)
			known = catalog_find_item(catalog, str_trim(row->cells[i]));
	if (known)
		*item = item_fields_of(catalog, known);
	for (size_t i = 0; i < row->count; i++)
		set_field(reading, row, reading->columns[i], row->cells[i], item);
	need(reading, row, item->id, "id");
	need(reading, row, item->rarity, "rarity");
	need(reading, row, item->name.ja, "name_ja");
	need(reading, row, item->name.en, "name_en");
}

static int compare_lines(const void *a, const void *b)
{
	const struct csv_line *x = a, *y = b;
	int order = str_cmp(x->id, y->id);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

/* Puts the lines in the order of their ids, for looking up. */
static void check_repeated(struct reading *reading, struct csv_items *items)
{
	qsort(items->lines, items->count, sizeof(*items->lines), compare_lines);
	for (size_t i = 1; i < items->count; i++)
		if (items->lines[i].id.len > 0 && str_eq(items->lines[i].id, items->lines[i - 1].id))
			edit_fault(reading->faults, items->lines[i].line, STR("id"), "duplicate", "line %zu has '%.*s' already",
				   items->lines[i - 1].line, STR_ARG(codec_clip(items->lines[i].id, CATALOG_ID_MAX)));
}

static size_t count_lines(struct str text)
{
	size_t count = 1;

	for (size_t i = 0; i < text.len; i++)
		count += text.ptr[i] == '\n';
	return count;
}

static bool read_items(struct reading *reading, const struct catalog *catalog, struct csv_items *items, struct err *err)
{
	struct json_writer writer;
	struct buf out;
	struct row row;

	items->lines = arena_array(reading->arena, count_lines(reading->text), sizeof(*items->lines));
	if (!items->lines)
		return arena_check(reading->arena, "the table", err);
	buf_init(&out, 2 * CATALOG_BYTES_MAX);
	json_writer_init(&writer, &out);
	json_begin_array(&writer);
	while (reading->faults->left_out == 0 && read_row(reading, &row)) {
		struct item_fields item;

		if (is_blank(&row))
			continue;
		read_item(reading, catalog, &row, &item);
		item_fields_write(&item, &writer);
		items->lines[items->count++] = (struct csv_line){.id = arena_str(reading->arena, item.id), .line = row.line};
	}
	json_end_array(&writer);
	check_repeated(reading, items);
	if (items->count == 0 && reading->faults->count == 0)
		edit_fault(reading->faults, reading->line, STR_EMPTY, "empty", "the table has no items");
	bool ok = buf_check(&out, "the table", err);
	items->elements = arena_str(reading->arena, buf_str(&out));
	buf_release(&out);
	return ok && arena_check(reading->arena, "the table", err);
}

static size_t bad_line(struct str text)
{
	size_t pos = 0, line = 1;
	int32_t c = 0;

	while (pos < text.len && (c = codec_utf8_next(text, &pos)) >= 0)
		line += c == '\n';
	return c < 0 ? line : 0;
}

static int compare_places(const void *a, const void *b)
{
	const struct catalog_fault *x = a, *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

bool catalog_csv_read(struct arena *arena, struct str text, const struct catalog *catalog, struct edit_faults *faults,
		      struct csv_items *items, struct err *err)
{
	struct reading reading = {.arena = arena, .faults = faults, .text = text, .line = 1};
	size_t bad;

	*items = (struct csv_items){.count = 0};
	if (text.len > CATALOG_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "the table has %zu bytes, and %u is the most", text.len, CATALOG_BYTES_MAX);
	if (str_starts(reading.text, STR(BYTE_ORDER_MARK)))
		reading.text = str_skip(reading.text, strlen(BYTE_ORDER_MARK));
	bad = bad_line(reading.text);
	if (bad > 0)
		edit_fault(faults, bad, STR_EMPTY, "encoding", "this is not UTF-8; save the table as 'CSV UTF-8'");
	else
		read_header(&reading);
	if (faults->count == 0 && !read_items(&reading, catalog, items, err))
		return false;
	if (faults->count == 0)
		return true;
	qsort(faults->list, faults->count, sizeof(faults->list[0]), compare_places);
	return err_set(err, ERR_INPUT, "the table: line %zu: %.*s", faults->list[0].line, STR_ARG(faults->list[0].text));
}

size_t catalog_csv_line(const struct csv_items *items, struct str id)
{
	size_t low = 0, high = items->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(items->lines[middle].id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < items->count && str_eq(items->lines[low].id, id) ? items->lines[low].line : 0;
}
