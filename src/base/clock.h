/*
 * Time: two clocks, RFC 3339, calendar days and zones. Nothing else in the program asks the kernel
 * for the time; code takes `now` as a parameter.
 *
 * Unix time is int64_t milliseconds (or seconds where it says _s); years 1970 to 9999. Zones are the
 * POSIX TZ rules of Debian's tzdata, compiled in (base/embed.h): the rule that is in force now is
 * used for every date.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

int64_t clock_mono_ms(void);
int64_t clock_mono_us(void);
int64_t clock_unix_ms(void);

struct clock_date {
	int year, month, day;          /* month 1-12, day 1-31 */
	int hour, minute, second, ms;  /* second 0-59 */
	int weekday;                   /* 0 = Sunday */
};

/* Days since 1970-01-01 of the proleptic Gregorian calendar, and back. */
int64_t clock_days_from_civil(int year, int month, int day);
struct clock_date clock_civil(int64_t unix_ms); /* in UTC */

/* RFC 3339 with an offset or Z, upper- or lower-case T and Z, fraction allowed; leap second 60 refused. */
bool clock_parse_rfc3339(struct str text, int64_t *unix_ms);
/* "2026-01-01T00:00:00Z" (to the second) and "…00.000Z"; out has room for at least 32 bytes. Returns the slice. */
struct str clock_format_s(int64_t unix_s, char out[32]);
struct str clock_format_ms(int64_t unix_ms, char out[32]);
/* HTTP's Date (RFC 9110 5.6.7, IMF-fixdate only). */
bool clock_parse_http_date(struct str text, int64_t *unix_ms);

/* Transition of a zone's POSIX rule: Mm.w.d/time, seconds after midnight local time. */
struct clock_change {
	int8_t month, week, weekday; /* month 0: Julian day form, in `day` */
	int16_t day;                 /* Jn (1-365, no leap day) or n (0-365) as -1-n */
	int32_t at_s;
};

struct clock_zone {
	int32_t offset_s;     /* east of UTC, standard time */
	int32_t dst_offset_s;
	bool has_dst;
	struct clock_change dst_start, dst_end;
};

/* An IANA name ("Asia/Tokyo", "UTC"); false if unknown. */
bool clock_zone_find(struct str name, struct clock_zone *zone);
/* The names in the order of their bytes: *at is 0 at first. False after the last one. */
bool clock_zone_next(size_t *at, struct str *name);
/* Parses a POSIX TZ rule ("JST-9", "CET-1CEST,M3.5.0,M10.5.0/3", "<+0330>-3:30"). */
bool clock_zone_parse(struct str rule, struct clock_zone *zone);
/* Offset in force at that instant. */
int32_t clock_zone_offset_s(const struct clock_zone *zone, int64_t unix_s);
/* The calendar day there, as days since 1970-01-01. */
int64_t clock_zone_day(const struct clock_zone *zone, int64_t unix_s);
/* The instant at which that calendar day begins there (unix seconds). */
int64_t clock_zone_day_start_s(const struct clock_zone *zone, int64_t day);

#endif
