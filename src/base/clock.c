#include "base/clock.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/embed.h"

#define DAY_S 86400
#define DAY_MS 86400000LL
#define LAST_UNIX_S 253402300799 /* 9999-12-31T23:59:59Z */

static struct timespec read_clock(clockid_t id)
{
	struct timespec now;
	int failed = clock_gettime(id, &now);

	assert(!failed);
	return now;
}

int64_t clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

int64_t clock_mono_us(void)
{
	struct timespec now = read_clock(CLOCK_MONOTONIC);

	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_unix_ms(void)
{
	struct timespec now = read_clock(CLOCK_REALTIME);

	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the calendar ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Years are counted from March, so that the leap day is the last; an era has 400 of them, 146097 days. */
int64_t clock_days_from_civil(int year, int month, int day)
{
	int64_t y = (int64_t)year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void civil_day(int64_t days, struct clock_date *date)
{
	int64_t shifted = days + 719468;
	int64_t era = floor_div(shifted, 146097);
	int64_t day_of_era = shifted - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t from_march = (5 * day_of_year + 2) / 153;

	date->day = (int)(day_of_year - (153 * from_march + 2) / 5 + 1);
	date->month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
	date->year = (int)(year_of_era + era * 400 + (date->month <= 2));
	date->weekday = (int)(days + 4 - floor_div(days + 4, 7) * 7);
}

struct clock_date clock_civil(int64_t unix_ms)
{
	int64_t days = floor_div(unix_ms, DAY_MS);
	int64_t rest = unix_ms - days * DAY_MS;
	struct clock_date date;

	civil_day(days, &date);
	date.hour = (int)(rest / 3600000);
	date.minute = (int)(rest / 60000 % 60);
	date.second = (int)(rest / 1000 % 60);
	date.ms = (int)(rest % 1000);
	return date;
}

/* ---- text ---- */

/* Takes exactly `width` digits. */
static bool take_digits(struct str *text, size_t width, int max, int *out)
{
	int value = 0;

	if (text->len < width)
		return false;
	for (size_t i = 0; i < width; i++) {
		if (text->ptr[i] < '0' || text->ptr[i] > '9')
			return false;
		value = value * 10 + (text->ptr[i] - '0');
	}
	if (value > max)
		return false;
	*text = str_skip(*text, width);
	*out = value;
	return true;
}

static bool take_char(struct str *text, char c)
{
	if (text->len == 0 || text->ptr[0] != c)
		return false;
	*text = str_skip(*text, 1);
	return true;
}

static bool take_time(struct str *text, struct clock_date *date)
{
	return take_digits(text, 2, 23, &date->hour) && take_char(text, ':') &&
	       take_digits(text, 2, 59, &date->minute) && take_char(text, ':') &&
	       take_digits(text, 2, 59, &date->second);
}

static bool is_day(const struct clock_date *date)
{
	return date->month >= 1 && date->day >= 1 && date->day <= days_in_month(date->year, date->month);
}

static int64_t unix_s_of(const struct clock_date *date)
{
	return clock_days_from_civil(date->year, date->month, date->day) * DAY_S + date->hour * 3600 +
	       date->minute * 60 + date->second;
}

/* Cut to milliseconds. */
static bool take_fraction(struct str *text, int *ms)
{
	int unit = 100;

	*ms = 0;
	if (!take_char(text, '.'))
		return true;
	do {
		int digit;

		if (!take_digits(text, 1, 9, &digit))
			return false;
		*ms += digit * unit;
		unit /= 10;
	} while (text->len && text->ptr[0] >= '0' && text->ptr[0] <= '9');
	return true;
}

static bool take_offset(struct str *text, int *offset_s)
{
	bool west = text->len && text->ptr[0] == '-';
	int hours, minutes;

	*offset_s = 0;
	if (take_char(text, 'Z') || take_char(text, 'z'))
		return true;
	if (!(take_char(text, '+') || take_char(text, '-')) || !take_digits(text, 2, 23, &hours) ||
	    !take_char(text, ':') || !take_digits(text, 2, 59, &minutes))
		return false;
	*offset_s = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

bool clock_parse_rfc3339(struct str text, int64_t *unix_ms)
{
	struct clock_date date;
	int offset_s;
	int64_t unix_s;

	if (!take_digits(&text, 4, 9999, &date.year) || !take_char(&text, '-') ||
	    !take_digits(&text, 2, 12, &date.month) || !take_char(&text, '-') ||
	    !take_digits(&text, 2, 31, &date.day) || !is_day(&date))
		return false;
	if (!(take_char(&text, 'T') || take_char(&text, 't')) || !take_time(&text, &date) ||
	    !take_fraction(&text, &date.ms) || !take_offset(&text, &offset_s) || text.len)
		return false;
	unix_s = unix_s_of(&date) - offset_s;
	if (unix_s < 0 || unix_s > LAST_UNIX_S)
		return false;
	*unix_ms = unix_s * 1000 + date.ms;
	return true;
}

static struct clock_date writable(int64_t unix_ms)
{
	int64_t last = LAST_UNIX_S * 1000 + 999;

	return clock_civil(unix_ms < 0 ? 0 : unix_ms > last ? last : unix_ms);
}

struct str clock_format_s(int64_t unix_s, char out[32])
{
	int64_t bounded = unix_s < 0 ? 0 : unix_s > LAST_UNIX_S ? LAST_UNIX_S : unix_s;
	struct clock_date date = clock_civil(bounded * 1000);
	int len = snprintf(out, 32, "%04d-%02d-%02dT%02d:%02d:%02dZ", date.year, date.month, date.day, date.hour,
			   date.minute, date.second);

	return str_make(out, (size_t)len);
}

struct str clock_format_ms(int64_t unix_ms, char out[32])
{
	struct clock_date date = writable(unix_ms);
	int len = snprintf(out, 32, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", date.year, date.month, date.day,
			   date.hour, date.minute, date.second, date.ms);

	return str_make(out, (size_t)len);
}

/* Takes one of `count` three-letter names; *out counts from 0. */
static bool take_name(struct str *text, const char *names, int count, int *out)
{
	for (int i = 0; i < count; i++) {
		if (!str_starts(*text, str_make(names + 3 * i, 3)))
			continue;
		*text = str_skip(*text, 3);
		*out = i;
		return true;
	}
	return false;
}

bool clock_parse_http_date(struct str text, int64_t *unix_ms)
{
	struct clock_date date;
	int month;
	int64_t unix_s;

	if (!take_name(&text, "SunMonTueWedThuFriSat", 7, &date.weekday) || !take_char(&text, ',') ||
	    !take_char(&text, ' ') || !take_digits(&text, 2, 31, &date.day) || !take_char(&text, ' ') ||
	    !take_name(&text, "JanFebMarAprMayJunJulAugSepOctNovDec", 12, &month) || !take_char(&text, ' ') ||
	    !take_digits(&text, 4, 9999, &date.year) || !take_char(&text, ' ') || !take_time(&text, &date) ||
	    !str_eqc(text, " GMT"))
		return false;
	date.month = month + 1;
	if (!is_day(&date))
		return false;
	unix_s = unix_s_of(&date);
	if (unix_s < 0 || clock_civil(unix_s * 1000).weekday != date.weekday)
		return false;
	*unix_ms = unix_s * 1000;
	return true;
}

/* ---- zones ---- */

/* A number of one or more digits. */
static bool take_number(struct str *text, int max, int *out)
{
	int value = 0;
	int digit;
	struct str rest = *text;

	if (!take_digits(&rest, 1, 9, &value))
		return false;
	while (take_digits(&rest, 1, 9, &digit)) {
		value = value * 10 + digit;
		if (value > max)
			return false;
	}
	if (value > max)
		return false;
	*text = rest;
	*out = value;
	return true;
}

/* [+-]hh[:mm[:ss]] in seconds; the hours of a change may go up to a week (RFC 8536 3.3.1). */
static bool take_span(struct str *text, int hours_max, int32_t *out)
{
	bool negative = text->len && text->ptr[0] == '-';
	int hours;
	int minutes = 0;
	int seconds = 0;

	if (negative || (text->len && text->ptr[0] == '+'))
		*text = str_skip(*text, 1);
	if (!take_number(text, hours_max, &hours))
		return false;
	if (take_char(text, ':')) {
		if (!take_digits(text, 2, 59, &minutes))
			return false;
		if (take_char(text, ':') && !take_digits(text, 2, 59, &seconds))
			return false;
	}
	*out = (hours * 3600 + minutes * 60 + seconds) * (negative ? -1 : 1);
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Three letters or more, or <…> with digits and signs; the name itself is of no use to us. */
static bool take_zone_name(struct str *text)
{
	bool quoted = take_char(text, '<');
	size_t len = 0;

	while (len < text->len) {
		char c = text->ptr[len];

		if (!is_letter(c) && !(quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-')))
			break;
		len++;
	}
	*text = str_skip(*text, len);
	return len >= 3 && (!quoted || take_char(text, '>'));
}

static bool take_change(struct str *text, struct clock_change *change)
{
	int month, week, weekday, day;

	*change = (struct clock_change){.at_s = 7200};
	if (take_char(text, 'M')) {
		if (!take_number(text, 12, &month) || !take_char(text, '.') || !take_number(text, 5, &week) ||
		    !take_char(text, '.') || !take_number(text, 6, &weekday) || month < 1 || week < 1)
			return false;
		change->month = (int8_t)month;
		change->week = (int8_t)week;
		change->weekday = (int8_t)weekday;
	} else if (take_char(text, 'J')) {
		if (!take_number(text, 365, &day) || day < 1)
			return false;
		change->day = (int16_t)day;
	} else {
		if (!take_number(text, 365, &day))
			return false;
		change->day = (int16_t)(-1 - day);
	}
	return !take_char(text, '/') || take_span(text, 167, &change->at_s);
}

bool clock_zone_parse(struct str rule, struct clock_zone *zone)
{
	struct clock_zone parsed = {0};
	int32_t west_s;

	if (!take_zone_name(&rule) || !take_span(&rule, 24, &west_s))
		return false;
	parsed.offset_s = -west_s;
	if (rule.len) {
		parsed.has_dst = true;
		parsed.dst_offset_s = parsed.offset_s + 3600;
		if (!take_zone_name(&rule))
			return false;
		if (rule.len && rule.ptr[0] != ',') {
			if (!take_span(&rule, 24, &west_s))
				return false;
			parsed.dst_offset_s = -west_s;
		}
		if (!take_char(&rule, ',') || !take_change(&rule, &parsed.dst_start) || !take_char(&rule, ',') ||
		    !take_change(&rule, &parsed.dst_end) || rule.len)
			return false;
	}
	*zone = parsed;
	return true;
}

/* The line that begins at or before `at`. */
static struct str line_around(struct str lines, size_t at)
{
	struct str line, rest;

	while (at > 0 && lines.ptr[at - 1] != '\n')
		at--;
	str_cut(str_skip(lines, at), '\n', &line, &rest);
	return line;
}

bool clock_zone_find(struct str name, struct clock_zone *zone)
{
	struct str lines = {(const char *)embed_zones.data, embed_zones.len};

	while (lines.len) {
		struct str line = line_around(lines, lines.len / 2);
		struct str found, rule;
		int order;

		str_cut(line, '\t', &found, &rule);
		order = str_cmp(name, found);
		if (order == 0)
			return clock_zone_parse(rule, zone);
		if (order < 0)
			lines.len = (size_t)(line.ptr - lines.ptr);
		else
			lines = str_skip(lines, (size_t)(line.ptr - lines.ptr) + line.len + 1);
	}
	return false;
}

bool clock_zone_next(size_t *at, struct str *name)
{
	struct str rest = str_skip(str_make((const char *)embed_zones.data, embed_zones.len), *at);
	struct str line, rule;

	if (rest.len == 0)
		return false;
	str_cut(rest, '\n', &line, &rest);
	str_cut(line, '\t', name, &rule);
	*at += line.len + 1;
	return true;
}

/* The day of a change in that year, as days since 1970-01-01. */
static int64_t change_day(const struct clock_change *change, int year)
{
	int64_t first;
	int64_t day;

	if (!change->month) {
		first = clock_days_from_civil(year, 1, 1);
		if (change->day < 0)
			return first + (-1 - change->day);
		return first + change->day - 1 + (is_leap(year) && change->day >= 60);
	}
	first = clock_days_from_civil(year, change->month, 1);
	day = first + ((change->weekday - (first + 4)) % 7 + 7) % 7 + 7 * (change->week - 1);
	return day < first + days_in_month(year, change->month) ? day : day - 7;
}

int32_t clock_zone_offset_s(const struct clock_zone *zone, int64_t unix_s)
{
	struct clock_date date;
	int64_t latest = INT64_MIN;
	int32_t offset_s = zone->offset_s;

	if (!zone->has_dst)
		return offset_s;
	/* The last change before the instant decides. It may fall just outside its year, and where one
	 * summer time ends as the next begins (all the year), the beginning counts. */
	civil_day(floor_div(unix_s, DAY_S), &date);
	for (int year = date.year - 1; year <= date.year + 1; year++) {
		int64_t end = change_day(&zone->dst_end, year) * DAY_S + zone->dst_end.at_s - zone->dst_offset_s;
		int64_t start = change_day(&zone->dst_start, year) * DAY_S + zone->dst_start.at_s - zone->offset_s;

		if (end <= unix_s && end > latest) {
			latest = end;
			offset_s = zone->offset_s;
		}
		if (start <= unix_s && start >= latest) {
			latest = start;
			offset_s = zone->dst_offset_s;
		}
	}
	return offset_s;
}

int64_t clock_zone_day(const struct clock_zone *zone, int64_t unix_s)
{
	return floor_div(unix_s + clock_zone_offset_s(zone, unix_s), DAY_S);
}

int64_t clock_zone_day_start_s(const struct clock_zone *zone, int64_t day)
{
	int64_t standard = day * DAY_S - zone->offset_s;
	int64_t summer = zone->has_dst ? day * DAY_S - zone->dst_offset_s : standard;
	int64_t before = standard < summer ? standard : summer;
	int64_t since = standard < summer ? summer : standard;

	/* Either clock may show midnight; where both do, it came twice and the first counts. */
	if (clock_zone_offset_s(zone, before) == day * DAY_S - before)
		return before;
	if (clock_zone_offset_s(zone, since) == day * DAY_S - since)
		return since;
	/* Midnight is skipped: the day begins with the change, which lies between the two. */
	while (since - before > 1) {
		int64_t middle = before + (since - before) / 2;

		if (clock_zone_day(zone, middle) < day)
			before = middle;
		else
			since = middle;
	}
	return since;
}
