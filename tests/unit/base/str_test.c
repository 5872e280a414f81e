#include "test.h"

#include "base/str.h"

#define CHECK_STR(got, want) \
	do { \
		struct str got_ = (got); \
		CHECK_EQ_BYTES(got_.ptr, got_.len, want, strlen(want)); \
	} while (0)

TEST(slices_compare_by_bytes_and_length)
{
	CHECK(str_eq(STR("ab"), str_make("abc", 2)));
	CHECK(!str_eq(STR("ab"), STR("abc")));
	CHECK(str_eq(STR(""), str_from(NULL)));
	CHECK(str_eqc(STR("a\0b"), "a") == false);
	CHECK(str_cmp(STR("a"), STR("b")) < 0);
	CHECK(str_cmp(STR("\xFF"), STR("a")) > 0);
	CHECK(str_cmp(STR("a"), STR("aa")) < 0);
	CHECK_EQ_INT(str_cmp(STR("aa"), STR("aa")), 0);
	CHECK(str_eq_nocase(STR("Content-Type"), STR("content-tYPE")));
	CHECK(!str_eq_nocase(STR("\xC3\x84"), STR("\xC3\xA4")));
	CHECK(!str_eq_nocase(STR("["), STR("{")));
}

TEST(prefixes_and_suffixes)
{
	CHECK(str_starts(STR("https://x"), STR("https://")));
	CHECK(!str_starts(STR("http"), STR("https")));
	CHECK(str_starts(STR("x"), STR("")));
	CHECK(str_ends(STR("a.json"), STR(".json")));
	CHECK(!str_ends(STR("json"), STR(".json")));
}

TEST(trimming_takes_white_space_off_both_ends)
{
	CHECK_STR(str_trim(STR(" \t\r\na b\v\f ")), "a b");
	CHECK_STR(str_trim(STR("  \n ")), "");
	CHECK_STR(str_trim(STR("")), "");
}

TEST(skipping_and_taking_stop_at_the_end)
{
	CHECK_STR(str_skip(STR("abc"), 1), "bc");
	CHECK_STR(str_skip(STR("abc"), 9), "");
	CHECK_STR(str_take(STR("abc"), 2), "ab");
	CHECK_STR(str_take(STR("abc"), 9), "abc");
}

TEST(finding)
{
	CHECK_EQ_INT(str_find_char(STR("a=b=c"), '='), 1);
	CHECK_EQ_INT(str_find_char(STR("abc"), '='), -1);
	CHECK_EQ_INT(str_find_char(STR(""), '='), -1);
	CHECK_EQ_INT(str_find(STR("a\0bcd"), STR("cd")), 3);
	CHECK_EQ_INT(str_find(STR("abc"), STR("abcd")), -1);
	CHECK_EQ_INT(str_find(STR("abc"), STR("")), 0);
	CHECK_EQ_INT(str_find(STR(""), STR("a")), -1);
}

TEST(cutting_splits_at_the_first_separator)
{
	struct str head, tail;

	CHECK(str_cut(STR("k=v=w"), '=', &head, &tail));
	CHECK_STR(head, "k");
	CHECK_STR(tail, "v=w");
	CHECK(str_cut(STR("k="), '=', &head, &tail));
	CHECK_STR(head, "k");
	CHECK_STR(tail, "");
	CHECK(!str_cut(STR("k"), '=', &head, &tail));
	CHECK_STR(head, "k");
	CHECK_STR(tail, "");
}

TEST(fields_come_one_by_one)
{
	struct str rest = STR("a,,b");
	struct str field;

	CHECK(str_next(&rest, ',', &field));
	CHECK_STR(field, "a");
	CHECK(str_next(&rest, ',', &field));
	CHECK_STR(field, "");
	CHECK(str_next(&rest, ',', &field));
	CHECK_STR(field, "b");
	CHECK(!str_next(&rest, ',', &field));
	rest = STR_EMPTY;
	CHECK(!str_next(&rest, ',', &field));
	rest = STR("line\n");
	CHECK(str_next(&rest, '\n', &field));
	CHECK_STR(field, "line");
	CHECK(!str_next(&rest, '\n', &field));
}

TEST(unsigned_numbers_have_digits_only_and_no_leading_zero)
{
	static const char *const refused[] = {"", "00", "01", "+1", "-1", " 1", "1 ", "1.0", "1e3", "0x1",
					      "18446744073709551616", "99999999999999999999"};
	uint64_t value = 7;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		CHECK(!str_to_u64(str_from(refused[i]), 0, UINT64_MAX, &value));
	CHECK_EQ_UINT(value, 7);
	CHECK(str_to_u64(STR("0"), 0, UINT64_MAX, &value));
	CHECK_EQ_UINT(value, 0);
	CHECK(str_to_u64(STR("18446744073709551615"), 0, UINT64_MAX, &value));
	CHECK_EQ_UINT(value, UINT64_MAX);
}

TEST(numbers_stay_within_their_bounds)
{
	uint64_t value;
	int64_t number;

	CHECK(str_to_u64(STR("5"), 5, 10, &value));
	CHECK(str_to_u64(STR("10"), 5, 10, &value));
	CHECK(!str_to_u64(STR("4"), 5, 10, &value));
	CHECK(!str_to_u64(STR("11"), 5, 10, &value));
	CHECK(str_to_i64(STR("-5"), -5, 5, &number));
	CHECK_EQ_INT(number, -5);
	CHECK(!str_to_i64(STR("-6"), -5, 5, &number));
	CHECK(!str_to_i64(STR("6"), -5, 5, &number));
}

TEST(signed_numbers_reach_both_ends_and_have_no_minus_zero)
{
	int64_t value;

	CHECK(str_to_i64(STR("-9223372036854775808"), INT64_MIN, INT64_MAX, &value));
	CHECK(value == INT64_MIN);
	CHECK(str_to_i64(STR("9223372036854775807"), INT64_MIN, INT64_MAX, &value));
	CHECK(value == INT64_MAX);
	CHECK(!str_to_i64(STR("9223372036854775808"), INT64_MIN, INT64_MAX, &value));
	CHECK(!str_to_i64(STR("-9223372036854775809"), INT64_MIN, INT64_MAX, &value));
	CHECK(!str_to_i64(STR("-0"), INT64_MIN, INT64_MAX, &value));
	CHECK(!str_to_i64(STR("-"), INT64_MIN, INT64_MAX, &value));
	CHECK(!str_to_i64(STR("--1"), INT64_MIN, INT64_MAX, &value));
	CHECK(!str_to_i64(STR("-01"), INT64_MIN, INT64_MAX, &value));
}

TEST(durations_carry_a_unit)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {{"250ms", 250}, {"10s", 10000}, {"10m", 600000}, {"2h", 7200000}, {"7d", 604800000}, {"0s", 0}};
	static const char *const refused[] = {"", "10", "s", "-1s", "1.5s", "1 s", "01s", "1S", "1w", "8d",
					      "99999999999999999999d", "9223372036854775807s"};
	int64_t ms;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK(str_to_duration_ms(str_from(good[i].text), 604800000, &ms));
		CHECK_EQ_INT(ms, good[i].ms);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		CHECK(!str_to_duration_ms(str_from(refused[i]), 604800000, &ms));
}

TEST(seconds_are_rounded_up_to_milliseconds)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {{"0", 0}, {"1", 1000}, {"0.3505", 351}, {"0.350", 350}, {"0.3500000", 350}, {"64.57", 64570},
		    {"1.0000001", 1001}, {"0.0009", 1}};
	static const char *const refused[] = {"", ".5", "1.", "-1", "-0.5", "1e3", "1.x", "01", "1.5.5", "100.001",
					      "9223372036854775807"};
	int64_t ms;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK(str_seconds_to_ms(str_from(good[i].text), 100000, &ms));
		CHECK_EQ_INT(ms, good[i].ms);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		CHECK(!str_seconds_to_ms(str_from(refused[i]), 100000, &ms));
}

TEST(a_copy_with_a_nul_needs_room_and_holds_no_nul)
{
	char out[4];

	CHECK(str_to_cstr(STR("abc"), out, sizeof(out)));
	CHECK_EQ_STR(out, "abc");
	CHECK(str_to_cstr(STR(""), out, sizeof(out)));
	CHECK_EQ_STR(out, "");
	CHECK(!str_to_cstr(STR("abcd"), out, sizeof(out)));
	CHECK(!str_to_cstr(STR("a\0b"), out, sizeof(out)));
}

TEST(a_buffer_grows_up_to_its_cap)
{
	struct buf buf;

	buf_init(&buf, 100);
	for (int i = 0; i < 100; i++)
		CHECK(buf_add_char(&buf, 'x'));
	CHECK(!buf.full);
	CHECK_EQ_UINT(strlen(buf_cstr(&buf)), 100);
	CHECK(!buf_add_char(&buf, 'x'));
	CHECK(buf.full);
	CHECK_EQ_UINT(buf_str(&buf).len, 100);
	buf_release(&buf);
}

TEST(a_full_buffer_takes_nothing_until_it_is_cleared)
{
	struct buf buf;
	struct err err;

	buf_init(&buf, 4);
	CHECK(buf_addc(&buf, "abc"));
	CHECK(!buf_addc(&buf, "de"));
	CHECK(!buf_addc(&buf, "d"));
	CHECK(buf_cstr(&buf) == NULL);
	CHECK_STR(buf_str(&buf), "abc");
	CHECK(!buf_check(&buf, "the answer", &err));
	CHECK_EQ_INT(err.code, ERR_LIMIT);
	CHECK_EQ_STR(err.text, "the answer is longer than 4 bytes");
	buf_clear(&buf);
	CHECK(buf_addc(&buf, "abcd"));
	CHECK(buf_check(&buf, "the answer", &err));
	buf_release(&buf);
}

TEST(an_empty_buffer_is_empty_text)
{
	struct buf buf;

	buf_init(&buf, 0);
	CHECK_EQ_UINT(buf_str(&buf).len, 0);
	CHECK(buf_str(&buf).ptr != NULL);
	CHECK_EQ_STR(buf_cstr(&buf), "");
	CHECK(buf_add(&buf, STR_EMPTY));
	CHECK(!buf_add_char(&buf, 'x'));
	buf_release(&buf);
	buf_release(&buf);
}

TEST(formatting_into_a_buffer)
{
	struct buf buf;

	buf_init(&buf, 1000);
	CHECK(buf_printf(&buf, "%s-%d", "a", 5));
	CHECK(buf_printf(&buf, "%0500d", 7));
	CHECK_EQ_UINT(buf.len, 503);
	CHECK(buf_add_u64(&buf, 0));
	CHECK(buf_add_u64(&buf, UINT64_MAX));
	CHECK(str_ends(buf_str(&buf), STR("7018446744073709551615")));
	CHECK(!buf_printf(&buf, "%0900d", 7));
	CHECK(buf.full);
	buf_release(&buf);
}

TEST(the_front_of_a_buffer_can_go)
{
	struct buf buf;

	buf_init(&buf, 10);
	buf_addc(&buf, "abcdef");
	buf_drop_front(&buf, 2);
	CHECK_STR(buf_str(&buf), "cdef");
	buf_drop_front(&buf, 0);
	CHECK_STR(buf_str(&buf), "cdef");
	buf_drop_front(&buf, 9);
	CHECK_STR(buf_str(&buf), "");
	buf_release(&buf);
}

TEST(a_buffer_over_given_memory_never_grows)
{
	char memory[8];
	struct buf buf;

	buf_wrap(&buf, memory, sizeof(memory));
	CHECK(buf_addc(&buf, "1234567"));
	CHECK(buf.ptr == memory);
	CHECK_EQ_STR(buf_cstr(&buf), "1234567");
	CHECK(!buf_add_char(&buf, '8'));
}

TEST(a_part_is_found_whatever_its_case)
{
	CHECK(str_has_nocase(STR("Asia/Tokyo"), STR("TOKYO")));
	CHECK(str_has_nocase(STR("花火の夜"), STR("火の")));
	CHECK(str_has_nocase(STR("a"), STR_EMPTY));
	CHECK(str_has_nocase(STR_EMPTY, STR_EMPTY));
	CHECK(!str_has_nocase(STR("ab"), STR("abc")));
	CHECK(!str_has_nocase(STR("abc"), STR("ca")));
}
