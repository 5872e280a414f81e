/*
 * Every bound of the program: its value, why, and what happens beyond it.
 * Timeouts, retry counts and queue lengths are bounds too.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* ---- base ---- */

/* Text of an error with its context; a longer one is cut at a character. */
#define ERR_TEXT_MAX 512

/* Nesting of JSON that we read or write (gacha.md, Catalog); deeper input is refused as invalid. */
#define JSON_DEPTH_MAX 64

/* One log record; a longer field is cut with an ellipsis. */
#define LOG_LINE_MAX 4096

/* ---- net ---- */

/* ---- gacha ---- */

/* ---- discord ---- */

/* ---- store ---- */

/* ---- bot ---- */

/* ---- cli and config ---- */

#endif
