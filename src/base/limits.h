/*
 * Every bound of the program: its value, why, and what happens beyond it.
 * Timeouts, retry counts and queue lengths are bounds too.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* ---- base ---- */

/* Text of an error with its context; a longer one is cut at a character. */
#define ERR_TEXT_MAX 512

/* First block of an arena, kept by arena_clear: room for a decoded interaction, so that a warm arena needs no malloc.
 * Later blocks double. */
#define ARENA_BLOCK_BYTES 16384

/* Nesting of JSON that we read or write (gacha.md, Catalog); deeper input is refused as invalid. */
#define JSON_DEPTH_MAX 64

/* Digits of a JSON number that is read as floating point, far more than a double tells apart; a longer one is refused as
 * out of range. */
#define JSON_NUMBER_BYTES_MAX 128

/* One log record; a longer field is cut with an ellipsis. */
#define LOG_LINE_MAX 4096

/* ---- net ---- */

/* ---- gacha ---- */

/* Rarities of a catalog: sizes the counters of a draw; more are a fault (`range`). */
#define RARITIES_MAX 12
/* A catalog's text; a longer one is refused before it is read. */
#define CATALOG_BYTES_MAX (4u << 20)
/* Faults that are reported one by one; the rest are counted. */
#define CATALOG_FAULTS_MAX 1000
/* Ledger rows of one interaction: ten pulls make at most 31 (cost, and item, shards, spark each). */
#define LEDGER_ROWS_MAX 64
/* States that the exact odds may enumerate; rules beyond it are refused with their size. */
#define ODDS_STATES_MAX (4u << 20)

/* ---- discord ---- */

/* Options of one command (Discord: 25); an interaction with more is refused. */
#define INTERACTION_OPTIONS_MAX 25
/* Values of one select (Discord: 25) and fields of one modal (Discord: 5 rows). */
#define INTERACTION_VALUES_MAX 25
#define INTERACTION_FIELDS_MAX 5

/* ---- store ---- */

/* Writes of one change set; with the idempotency row at most 100 items (DynamoDB's bound, interface.md, Tables). Interactions need far fewer. */
#define STORE_WRITES_MAX 16
/* Sort numbers tried for one history row: milliseconds × 1000 + 0…999 (interface.md, Tables). */
#define STORE_APPEND_TRIES_MAX 1000

/* ---- bot ---- */

/* ---- cli and config ---- */

/* Positional arguments and options of one command line; more are a usage error. */
#define CLI_ARGUMENTS_MAX 64
#define CLI_OPTIONS_MAX 64
/* homuhomu.env and secret files. */
#define CONFIG_FILE_BYTES_MAX (64u << 10)

#endif
