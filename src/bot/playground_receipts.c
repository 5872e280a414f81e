#include "bot/playground_receipts.h"

#include "base/json_read.h"
#include "bot/revealed.h"

/* ---- what is asked for ---- */

bool receipts_cursor_read(struct str text, struct receipts_cursor *cursor)
{
	struct str before, revealed;

	*cursor = (struct receipts_cursor){.before = INT64_MAX};
	if (text.len == 0)
		return true;
	return (!str_cut(text, '-', &before, &revealed) || str_to_i64(revealed, 1, INT64_MAX - 1, &cursor->revealed)) &&
	       str_to_i64(before, 1, INT64_MAX, &cursor->before);
}

bool receipts_is_player(struct str key)
{
	struct str first, second;
	uint64_t id;

	if (str_cut(key, '/', &first, &second) && !str_to_u64(second, 1, UINT64_MAX, &id))
		return false;
	return str_to_u64(first, 1, UINT64_MAX, &id);
}

/* ---- a page ---- */

struct page {
	struct arena *arena;
	struct json_writer *writer;
	struct revealed seeds[RECEIPTS_PAGE_ROWS + 1];
	size_t seed_count;
	struct receipts_cursor next;
	struct buf line;
	size_t bytes;
};

static bool parse_row(struct page *page, const struct store_row *row, struct json *root, struct err *err)
{
	return json_parse(page->arena, row->doc, root, err) || err_wrap(err, "a row of the history");
}

static bool take_seed(struct page *page, const struct store_row *row, struct json root, struct err *err)
{
	if (!revealed_is_in(root))
		return true;
	page->next.revealed = row->sort;
	return revealed_read(root, page->arena, &page->seeds[page->seed_count++], err) || err_wrap(err, "a row of the history");
}

/* The row's receipts, the last one first. */
static bool write_row(struct page *page, struct json root, struct err *err)
{
	struct json receipts = json_get(root, "receipts");

	for (size_t i = json_count(receipts); i-- > 0;) {
		struct json_writer writer;

		buf_clear(&page->line);
		json_writer_init(&writer, &page->line);
		revealed_write_receipt(json_at(receipts, i), page->seeds, page->seed_count, page->arena, &writer);
		if (!buf_check(&page->line, "a receipt", err))
			return false;
		json_put_str(page->writer, buf_str(&page->line));
		page->bytes += page->line.len;
	}
	return true;
}

/* How many rows were written: all of the page, or as many as its bytes allow. */
static bool write_rows(struct page *page, const struct store_row *rows, size_t row_count, size_t *written, struct err *err)
{
	for (*written = 0; *written < row_count && page->bytes < RECEIPTS_PAGE_BYTES; ++*written) {
		const struct store_row *row = &rows[*written];
		struct json root;

		if (!parse_row(page, row, &root, err) || !take_seed(page, row, root, err))
			return false;
		revealed_sort(page->seeds, page->seed_count);
		if (!write_row(page, root, err))
			return false;
		page->next.before = row->sort;
	}
	return true;
}

static bool write_page(struct page *page, const struct store_row *rows, size_t row_count, const struct store_row *revealed,
		       struct err *err)
{
	size_t shown = row_count > RECEIPTS_PAGE_ROWS ? RECEIPTS_PAGE_ROWS : row_count;
	struct json root;
	size_t written;

	if (revealed->doc.len && (!parse_row(page, revealed, &root, err) || !take_seed(page, revealed, root, err)))
		return false;
	json_begin_object(page->writer);
	json_keyc(page->writer, "lines");
	json_begin_array(page->writer);
	if (!write_rows(page, rows, shown, &written, err))
		return false;
	json_end_array(page->writer);
	json_keyc(page->writer, "next");
	if (written == row_count)
		json_put_null(page->writer);
	else if (page->next.revealed)
		json_put_str(page->writer, arena_printf(page->arena, "%jd-%jd", (intmax_t)page->next.before, (intmax_t)page->next.revealed));
	else
		json_put_str(page->writer, arena_printf(page->arena, "%jd", (intmax_t)page->next.before));
	json_end_object(page->writer);
	return arena_check(page->arena, "a page of receipts", err);
}

bool receipts_deleted_to(struct str player_doc, struct arena *arena, int64_t *sort, struct err *err)
{
	struct json root, after;

	*sort = 0;
	if (player_doc.len == 0)
		return true;
	if (!json_parse(arena, player_doc, &root, err))
		return err_wrap(err, "a player");
	/* The same member in a player's document and in a tombstone's. */
	after = json_get(root, "after");
	return json_is_missing(after) || json_i64(after, 0, INT64_MAX, sort) ||
	       err_set(err, ERR_INPUT, "a player is not of the form");
}

bool receipts_write_page(const struct store_row *rows, size_t row_count, int64_t deleted_to,
			 const struct store_row *revealed, const struct receipts_cursor *cursor, struct arena *arena,
			 struct json_writer *writer, struct err *err)
{
	struct page page = {.arena = arena, .writer = writer, .next = *cursor};
	bool ok;

	while (row_count > 0 && rows[row_count - 1].sort <= deleted_to)
		row_count--;
	buf_init(&page.line, RECEIPT_BYTES_MAX);
	ok = write_page(&page, rows, row_count, revealed, err);
	buf_release(&page.line);
	return ok;
}
