#include "bot/playground_receipts.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/json_read.h"
#include "test.h"

static struct arena arena;
static struct buf out;
static struct store_row rows[RECEIPTS_PAGE_ROWS + 1];
static size_t row_count;
static int64_t deleted_to;
static const struct store_row no_row;

static void set_up(void)
{
	arena_init(&arena, 64u << 20);
	buf_init(&out, 16u << 20);
	row_count = 0;
	deleted_to = 0;
}

static void tear_down(void)
{
	arena_release(&arena);
	buf_release(&out);
}

static struct str hex_of(char digit)
{
	char text[65];

	memset(text, digit, 64);
	text[64] = '\0';
	return arena_str(&arena, str_from(text));
}

static struct str receipt(unsigned n, char commit)
{
	return arena_printf(&arena,
			    "{\"v\":1,\"player\":\"7\",\"epoch\":1,\"commit\":\"%.*s\",\"client_seed\":\"\",\"n\":%u,\"slot\":0,"
			    "\"banner\":\"b\",\"catalog\":\"c\",\"before\":{},\"result\":\"r\",\"after\":{},\"at\":\"a\","
			    "\"interaction\":\"i\",\"chain\":\"d\"}",
			    STR_ARG(hex_of(commit)), n);
}

/* Rows are added from the newest. */
static void add(int64_t sort, struct str doc)
{
	rows[row_count++] = (struct store_row){.table = STORE_HISTORY, .key = STR("7"), .sort = sort, .version = 1, .doc = doc};
}

static void add_receipt(int64_t sort, unsigned n, char commit)
{
	add(sort, arena_printf(&arena, "{\"receipts\":[%.*s]}", STR_ARG(receipt(n, commit))));
}

static struct str revealing(char commit, char seed)
{
	return arena_printf(&arena, "{\"receipts\":[],\"revealed\":{\"epoch\":1,\"commit\":\"%.*s\",\"seed\":\"%.*s\"}}",
			    STR_ARG(hex_of(commit)), STR_ARG(hex_of(seed)));
}

/* The page as JSON, missing when it is refused. */
static struct json page(const char *before, const struct store_row *revealed)
{
	struct err err = {ERR_NONE, ""};
	struct receipts_cursor cursor;
	struct json_writer writer;
	struct json root = JSON_MISSING_VALUE;

	CHECK(receipts_cursor_read(str_from(before), &cursor));
	buf_clear(&out);
	json_writer_init(&writer, &out);
	if (!receipts_write_page(rows, row_count, deleted_to, revealed, &cursor, &arena, &writer, &err)) {
		CHECK_EQ_UINT(err.code, ERR_INPUT);
		return root;
	}
	CHECK(json_writer_done(&writer));
	CHECK(json_parse(&arena, buf_str(&out), &root, &err));
	return root;
}

static struct json line(struct json root, size_t index)
{
	struct str text = json_text_or(json_at(json_get(root, "lines"), index), &arena, STR_EMPTY);
	struct json receipt_root = JSON_MISSING_VALUE;

	CHECK(json_parse(&arena, arena_str(&arena, text), &receipt_root, NULL));
	return receipt_root;
}

static uint64_t n_of(struct json root, size_t index)
{
	uint64_t n = 0;

	CHECK(json_u64(json_get(line(root, index), "n"), 1, 1000, &n));
	return n;
}

static const char *seed_of(struct json root, size_t index)
{
	return arena_cstr(&arena, json_text_or(json_get(line(root, index), "seed"), &arena, STR("none")));
}

static const char *next_of(struct json root)
{
	return arena_cstr(&arena, json_text_or(json_get(root, "next"), &arena, STR("none")));
}

TEST(a_line_is_the_receipt_as_it_was_stored)
{
	struct str stored;

	set_up();
	stored = receipt(1, 'a');
	add_receipt(10, 1, 'a');
	CHECK(str_eq(json_text_or(json_at(json_get(page("", &no_row), "lines"), 0), &arena, STR_EMPTY), stored));
	tear_down();
}

TEST(the_newest_receipt_is_first_within_a_ten_pull_too)
{
	struct json root;

	set_up();
	add_receipt(20, 3, 'a');
	add(10, arena_printf(&arena, "{\"receipts\":[%.*s,%.*s]}", STR_ARG(receipt(1, 'a')), STR_ARG(receipt(2, 'a'))));
	root = page("", &no_row);
	CHECK_EQ_UINT(json_count(json_get(root, "lines")), 3);
	for (size_t i = 0; i < 3; i++)
		CHECK_EQ_UINT(n_of(root, i), 3 - i);
	CHECK(json_is_null(json_get(root, "next")) && !json_is_missing(json_get(root, "next")));
	tear_down();
}

TEST(a_seed_that_was_revealed_since_stands_in_its_receipts_alone)
{
	struct json root;

	set_up();
	add_receipt(40, 1, 'c');
	add(30, revealing('a', 'e'));
	add_receipt(20, 2, 'a');
	add_receipt(10, 1, 'a');
	root = page("", &no_row);
	CHECK_EQ_STR(seed_of(root, 0), "none");
	CHECK(str_eqc(hex_of('e'), seed_of(root, 1)));
	CHECK(str_eqc(hex_of('e'), seed_of(root, 2)));
	tear_down();
}

TEST(the_cursor_carries_the_row_that_revealed_the_last_seed)
{
	struct json root;
	struct store_row revealed;
	char wanted[32];

	set_up();
	add(1000, revealing('a', 'e'));
	for (unsigned i = 0; i < RECEIPTS_PAGE_ROWS; i++)
		add_receipt(999 - i, 200 - i, 'a');
	root = page("", &no_row);
	CHECK_EQ_UINT(json_count(json_get(root, "lines")), RECEIPTS_PAGE_ROWS - 1);
	snprintf(wanted, sizeof(wanted), "%d-1000", 999 - RECEIPTS_PAGE_ROWS + 2);
	CHECK_EQ_STR(next_of(root), wanted);
	revealed = rows[0];
	row_count = 0;
	add_receipt(900, 1, 'a');
	root = page(wanted, &revealed);
	CHECK(str_eqc(hex_of('e'), seed_of(root, 0)));
	CHECK_EQ_STR(next_of(root), "none");
	tear_down();
}

TEST(a_page_is_bounded_in_bytes_and_goes_on_where_it_ended)
{
	struct buf doc;
	struct json root;
	size_t count;
	char wanted[32];

	set_up();
	buf_init(&doc, 1u << 20);
	buf_addc(&doc, "{\"receipts\":[");
	for (unsigned i = 0; i < 100; i++) {
		buf_addc(&doc, i ? "," : "");
		buf_add(&doc, receipt(i + 1, 'a'));
	}
	buf_addc(&doc, "]}");
	for (int64_t sort = 50; sort > 40; sort--)
		add(sort, buf_str(&doc));
	root = page("", &no_row);
	count = json_count(json_get(root, "lines"));
	CHECK(count % 100 == 0 && count > 0 && count < 1000);
	snprintf(wanted, sizeof(wanted), "%d", 51 - (int)(count / 100));
	CHECK_EQ_STR(next_of(root), wanted);
	buf_release(&doc);
	tear_down();
}

TEST(a_player_without_receipts_has_an_empty_page)
{
	set_up();
	page("", &no_row);
	CHECK(str_eqc(buf_str(&out), "{\"lines\":[],\"next\":null}"));
	tear_down();
}

TEST(rows_that_a_deletion_has_not_taken_yet_are_gone)
{
	struct json root;

	set_up();
	for (unsigned i = 0; i <= RECEIPTS_PAGE_ROWS; i++)
		add_receipt(1000 - i, 200 - i, 'a');
	deleted_to = 998;
	root = page("", &no_row);
	CHECK_EQ_UINT(json_count(json_get(root, "lines")), 2);
	CHECK_EQ_STR(next_of(root), "none");
	deleted_to = 1000;
	buf_clear(&out);
	page("", &no_row);
	CHECK(str_eqc(buf_str(&out), "{\"lines\":[],\"next\":null}"));
	tear_down();
}

TEST(how_far_a_deletion_goes_is_told_by_the_player_and_by_its_tombstone)
{
	struct err err = {ERR_NONE, ""};
	int64_t sort = 7;

	set_up();
	CHECK(receipts_deleted_to(STR_EMPTY, &arena, &sort, &err) && sort == 0);
	CHECK(receipts_deleted_to(STR("{\"v\":1}"), &arena, &sort, &err) && sort == 0);
	CHECK(receipts_deleted_to(STR("{\"v\":1,\"after\":12}"), &arena, &sort, &err) && sort == 12);
	CHECK(receipts_deleted_to(STR("{\"deleted\":1,\"daily\":-1,\"after\":13}"), &arena, &sort, &err) && sort == 13);
	CHECK(!receipts_deleted_to(STR("{"), &arena, &sort, &err));
	CHECK(!receipts_deleted_to(STR("{\"after\":\"1\"}"), &arena, &sort, &err) && err.code == ERR_INPUT);
	tear_down();
}

TEST(rows_that_are_not_of_the_form_are_refused)
{
	set_up();
	add(10, STR("{\"receipts\":["));
	CHECK(json_is_missing(page("", &no_row)));
	row_count = 0;
	add(10, STR("{\"receipts\":[],\"revealed\":{\"commit\":\"aa\",\"seed\":\"bb\"}}"));
	CHECK(json_is_missing(page("", &no_row)));
	tear_down();
}

TEST(cursors_and_keys_are_checked)
{
	static const char *const bad_cursors[] = {"x", "-", "1-", "-1", "0", "1-0", "1-2-3", "1 ", "99999999999999999999"};
	static const char *const good_keys[] = {"1", "42", "18446744073709551615", "5/42"};
	static const char *const bad_keys[] = {"", "0", "x", "/", "1/", "/1", "1/2/3", "ix#1", "01", "1/x"};
	struct receipts_cursor cursor;

	for (size_t i = 0; i < sizeof(bad_cursors) / sizeof(bad_cursors[0]); i++)
		CHECK(!receipts_cursor_read(str_from(bad_cursors[i]), &cursor));
	CHECK(receipts_cursor_read(STR("12-34"), &cursor) && cursor.before == 12 && cursor.revealed == 34);
	CHECK(receipts_cursor_read(STR_EMPTY, &cursor) && cursor.before == INT64_MAX && cursor.revealed == 0);
	for (size_t i = 0; i < sizeof(good_keys) / sizeof(good_keys[0]); i++)
		CHECK(receipts_is_player(str_from(good_keys[i])));
	for (size_t i = 0; i < sizeof(bad_keys) / sizeof(bad_keys[0]); i++)
		CHECK(!receipts_is_player(str_from(bad_keys[i])));
}
