#include "test.h"

#include "base/clock.h"

TEST(clocks_go_forward)
{
	int64_t before = clock_mono_us();

	CHECK(clock_mono_us() >= before);
	CHECK(clock_mono_ms() >= before / 1000);
	CHECK(clock_unix_ms() > 1700000000000);
}

TEST(days_and_dates_go_both_ways)
{
	static const struct {
		int year, month, day, weekday;
		int64_t days;
	} known[] = {{1970, 1, 1, 4, 0},	{1970, 12, 31, 4, 364}, {1972, 2, 29, 2, 789},	{2000, 2, 29, 2, 11016},
		     {2000, 3, 1, 3, 11017},	{2026, 1, 1, 4, 20454}, {2100, 2, 28, 0, 47540}, {2100, 3, 1, 1, 47541},
		     {9999, 12, 31, 5, 2932896}, {1969, 12, 31, 3, -1}, {1600, 2, 29, 2, -135081}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct clock_date date = clock_civil(known[i].days * 86400000);

		CHECK_EQ_INT(clock_days_from_civil(known[i].year, known[i].month, known[i].day), known[i].days);
		CHECK_EQ_INT(date.year, known[i].year);
		CHECK_EQ_INT(date.month, known[i].month);
		CHECK_EQ_INT(date.day, known[i].day);
		CHECK_EQ_INT(date.weekday, known[i].weekday);
	}
}

TEST(every_day_of_four_centuries_follows_the_one_before)
{
	struct clock_date last = clock_civil(-86400000);

	for (int64_t day = 0; day < 146097; day++) {
		struct clock_date date = clock_civil(day * 86400000 + 1);
		bool next_in_month = date.month == last.month && date.day == last.day + 1;
		bool first_of_month = date.day == 1 && last.day >= 28 && date.month == last.month % 12 + 1;

		REQUIRE(next_in_month || first_of_month);
		REQUIRE(date.weekday == (last.weekday + 1) % 7);
		REQUIRE(clock_days_from_civil(date.year, date.month, date.day) == day);
		last = date;
	}
}

TEST(instants_have_a_time_of_day)
{
	struct clock_date date = clock_civil(784111777123);

	CHECK_EQ_INT(date.year, 1994);
	CHECK_EQ_INT(date.hour, 8);
	CHECK_EQ_INT(date.minute, 49);
	CHECK_EQ_INT(date.second, 37);
	CHECK_EQ_INT(date.ms, 123);
	date = clock_civil(-1);
	CHECK_EQ_INT(date.year, 1969);
	CHECK_EQ_INT(date.second, 59);
	CHECK_EQ_INT(date.ms, 999);
}

TEST(rfc_3339_is_read)
{
	static const struct {
		const char *text;
		int64_t unix_ms;
	} good[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2026-01-01T00:00:00+09:00", 1767193200000},
		{"2025-12-31T15:00:00Z", 1767193200000},
		{"2025-12-31t15:00:00z", 1767193200000},
		{"2025-12-31T10:30:00.5-04:30", 1767193200500},
		{"2025-12-31T15:00:00.123999999Z", 1767193200123},
		{"2025-12-31T15:00:00-00:00", 1767193200000},
		{"2024-02-29T23:59:59.001Z", 1709251199001},
		{"9999-12-31T23:59:59.999Z", 253402300799999},
	};
	int64_t unix_ms = 0;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		test_check(clock_parse_rfc3339(str_from(good[i].text), &unix_ms), __FILE__, __LINE__, good[i].text);
		test_check_int(unix_ms, good[i].unix_ms, __FILE__, __LINE__, good[i].text);
	}
}

TEST(what_is_not_rfc_3339_is_refused)
{
	static const char *const refused[] = {
		"", "2026", "2026-01-01", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00Z",
		"2026-1-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
		"2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
		"2026-06-30T23:59:60Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,5Z", "2026-01-01T00:00:00+9:00",
		"2026-01-01T00:00:00+0900", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+00:60",
		"2026-01-01T00:00:00Z ", " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00ZZ", "-026-01-01T00:00:00Z",
		"1969-12-31T23:59:59Z", "1970-01-01T00:00:00+09:00", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z",
		"+2026-01-01T00:00:00Z", "2026-01-01T00:00:00.1",
	};
	int64_t unix_ms = 7;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		test_check(!clock_parse_rfc3339(str_from(refused[i]), &unix_ms), __FILE__, __LINE__, refused[i]);
	CHECK_EQ_INT(unix_ms, 7);
}

TEST(times_are_written_in_utc)
{
	char out[32];

	CHECK_EQ_STR(clock_format_s(1767193200, out).ptr, "2025-12-31T15:00:00Z");
	CHECK_EQ_UINT(clock_format_s(0, out).len, 20);
	CHECK_EQ_STR(clock_format_ms(1767193200007, out).ptr, "2025-12-31T15:00:00.007Z");
	CHECK_EQ_STR(clock_format_s(INT64_MIN, out).ptr, "1970-01-01T00:00:00Z");
	CHECK_EQ_STR(clock_format_s(INT64_MAX, out).ptr, "9999-12-31T23:59:59Z");
	CHECK_EQ_STR(clock_format_ms(INT64_MAX, out).ptr, "9999-12-31T23:59:59.999Z");
}

TEST(http_dates_are_read)
{
	static const char *const refused[] = {
		"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
		"Sun, 6 Nov 1994 08:49:37 GMT", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT ", "Wed, 31 Dec 1969 23:59:59 GMT",
	};
	int64_t unix_ms = 0;

	CHECK(clock_parse_http_date(STR("Sun, 06 Nov 1994 08:49:37 GMT"), &unix_ms));
	CHECK_EQ_INT(unix_ms, 784111777000);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		test_check(!clock_parse_http_date(str_from(refused[i]), &unix_ms), __FILE__, __LINE__, refused[i]);
}

/* The changes of 2041, as Python's zoneinfo has them: the offset before and from that second on. */
TEST(zones_change_at_their_second)
{
	static const struct {
		const char *rule;
		int64_t at;
		int32_t before, from;
	} changes[] = {
		{"EST5EDT,M3.2.0,M11.1.0", 2246511600, -18000, -14400},
		{"EST5EDT,M3.2.0,M11.1.0", 2267071200, -14400, -18000},
		{"CET-1CEST,M3.5.0,M10.5.0/3", 2248304400, 3600, 7200},
		{"CET-1CEST,M3.5.0,M10.5.0/3", 2266448400, 7200, 3600},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2248304400, -7200, -3600},
		{"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2266448400, -3600, -7200},
		{"IST-1GMT0,M10.5.0,M3.5.0/1", 2248304400, 0, 3600},
		{"IST-1GMT0,M10.5.0,M3.5.0/1", 2266448400, 3600, 0},
		{"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2248873200, 39600, 37800},
		{"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2264599800, 37800, 39600},
		{"<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45", 2248869600, 49500, 45900},
		{"<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45", 2263989600, 45900, 49500},
		{"<-04>4<-03>,M9.1.6/24,M4.1.6/24", 2248916400, -10800, -14400},
		{"<-04>4<-03>,M9.1.6/24,M4.1.6/24", 2262225600, -14400, -10800},
		{"<+00>0<+02>-2,M3.5.0/1,M10.5.0/3", 2248304400, 0, 7200},
		{"<+00>0<+02>-2,M3.5.0/1,M10.5.0/3", 2266448400, 7200, 0},
	};

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct clock_zone zone;

		REQUIRE(clock_zone_parse(str_from(changes[i].rule), &zone));
		CHECK_EQ_INT(clock_zone_offset_s(&zone, changes[i].at - 1), changes[i].before);
		CHECK_EQ_INT(clock_zone_offset_s(&zone, changes[i].at), changes[i].from);
	}
}

TEST(julian_days_with_and_without_the_leap_day)
{
	struct clock_zone zone;

	/* J60 is 1 March in every year, day 59 is 29 February in a leap year. */
	REQUIRE(clock_zone_parse(STR("AAA0BBB,J60/0,J300/0"), &zone));
	CHECK_EQ_INT(clock_zone_offset_s(&zone, clock_days_from_civil(2044, 3, 1) * 86400 - 1), 0);
	CHECK_EQ_INT(clock_zone_offset_s(&zone, clock_days_from_civil(2044, 3, 1) * 86400), 3600);
	CHECK_EQ_INT(clock_zone_offset_s(&zone, clock_days_from_civil(2043, 3, 1) * 86400), 3600);
	REQUIRE(clock_zone_parse(STR("AAA0BBB,59/0,300/0"), &zone));
	CHECK_EQ_INT(clock_zone_offset_s(&zone, clock_days_from_civil(2044, 2, 29) * 86400), 3600);
	CHECK_EQ_INT(clock_zone_offset_s(&zone, clock_days_from_civil(2043, 3, 1) * 86400 - 1), 0);
	CHECK_EQ_INT(clock_zone_offset_s(&zone, clock_days_from_civil(2043, 3, 1) * 86400), 3600);
}

TEST(summer_time_may_last_all_the_year)
{
	struct clock_zone zone;

	REQUIRE(clock_zone_parse(STR("EST5EDT,0/0,J365/25"), &zone));
	for (int64_t day = 25900; day < 27000; day++)
		CHECK_EQ_INT(clock_zone_offset_s(&zone, day * 86400 + 4 * 3600), -14400);
}

TEST(rules_that_are_wrong_are_refused)
{
	static const char *const refused[] = {
		"", "J", "JST", "JS-9", "JST-25", "JST-9:60", "JST-9x", "<JST-9", "<+09-9", "EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0",
		"EST5EDT,M3.2.0,", "EST5EDT,M3.2.0,M11.1.0x", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
		"EST5EDT,M3.0.0,M11.1.0", "EST5EDT,M0.1.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J1",
		"EST5EDT,J366,J1", "EST5EDT,366,1", "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0/,M11.1.0", "EST5ED,1,2",
		"EST5EDT,M3.2.0 ,M11.1.0",
	};
	struct clock_zone zone = {.offset_s = 7};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		test_check(!clock_zone_parse(str_from(refused[i]), &zone), __FILE__, __LINE__, refused[i]);
	CHECK_EQ_INT(zone.offset_s, 7);
	CHECK(clock_zone_parse(STR("<+0330>-3:30"), &zone));
	CHECK_EQ_INT(zone.offset_s, 12600);
	CHECK(clock_zone_parse(STR("UTC0"), &zone));
	CHECK(!zone.has_dst);
}

static int64_t start_of(const char *rule, int year, int month, int day)
{
	struct clock_zone zone = {0};
	int64_t number = clock_days_from_civil(year, month, day);
	int64_t start;

	CHECK(clock_zone_parse(str_from(rule), &zone));
	start = clock_zone_day_start_s(&zone, number);
	CHECK_EQ_INT(clock_zone_day(&zone, start), number);
	CHECK_EQ_INT(clock_zone_day(&zone, start - 1), number - 1);
	return start;
}

TEST(a_day_begins_at_its_first_second)
{
	CHECK_EQ_INT(start_of("JST-9", 2026, 1, 1), 1767193200);
	CHECK_EQ_INT(start_of("CET-1CEST,M3.5.0,M10.5.0/3", 2041, 3, 31), 2248297200);
	/* Midnight is skipped. */
	CHECK_EQ_INT(start_of("<-04>4<-03>,M9.1.6/24,M4.1.6/24", 2041, 9, 8), 2262225600);
	CHECK_EQ_INT(start_of("EET-2EEST,M3.5.0/0,M10.5.0/0", 2041, 3, 31), 2248293600);
	/* Midnight comes twice. */
	CHECK_EQ_INT(start_of("CST5CDT,M3.2.0/0,M11.1.0/1", 2041, 11, 3), 2267064000);
	/* The clock goes back to the day before at midnight. */
	CHECK_EQ_INT(start_of("EET-2EEST,M3.5.0/0,M10.5.0/0", 2041, 10, 27), 2266437600);
}

TEST(days_of_a_zone_change_at_its_midnight)
{
	struct clock_zone tokyo;

	REQUIRE(clock_zone_parse(STR("JST-9"), &tokyo));
	CHECK_EQ_INT(clock_zone_day(&tokyo, 1767193199), 20453);
	CHECK_EQ_INT(clock_zone_day(&tokyo, 1767193200), 20454);
	CHECK_EQ_INT(clock_zone_day(&tokyo, -32401), -1);
}

TEST(zones_are_found_by_their_iana_name)
{
	static const struct {
		const char *name;
		int32_t offset_s;
	} known[] = {{"Asia/Tokyo", 32400}, {"UTC", 0}, {"America/New_York", -18000}, {"Europe/Paris", 3600},
		     {"Asia/Kathmandu", 20700}, {"Africa/Abidjan", 0}, {"Japan", 32400}};
	static const char *const unknown[] = {"", "A", "Asia", "Asia/", "Asia/Toky", "Asia/Tokyoo", "asia/tokyo", "Mars/Base",
					      "zzz", "Asia/Tokyo\tJST-9"};
	struct clock_zone zone;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		test_check(clock_zone_find(str_from(known[i].name), &zone), __FILE__, __LINE__, known[i].name);
		test_check_int(zone.offset_s, known[i].offset_s, __FILE__, __LINE__, known[i].name);
	}
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		test_check(!clock_zone_find(str_from(unknown[i]), &zone), __FILE__, __LINE__, unknown[i]);
}

TEST(the_names_of_zones_are_told_in_order_and_each_is_found)
{
	struct str name, before = STR_EMPTY;
	struct clock_zone zone;
	size_t at = 0, count = 0;

	while (clock_zone_next(&at, &name)) {
		CHECK(count == 0 || str_cmp(before, name) < 0);
		CHECK(clock_zone_find(name, &zone));
		before = name;
		count++;
	}
	CHECK(count > 300);
}
