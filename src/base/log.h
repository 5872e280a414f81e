/*
 * Structured logs to stderr: one JSON object a line (`ts`, `level`, `msg`, fields), or text worded
 * for people on a terminal. The records that outsiders rely on are in interface.md, Settings.
 *
 * The level and the form are set once at start; there is no other state. A record is one write(2).
 * A struct secret cannot be given to it.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_LEVEL_COUNT };
enum log_form { LOG_FORM_TEXT, LOG_FORM_JSON };

enum log_type { LOG_TYPE_STR, LOG_TYPE_ID, LOG_TYPE_U64, LOG_TYPE_I64, LOG_TYPE_BOOL };

struct log_field {
	const char *key;
	enum log_type type;
	union {
		struct str str;
		uint64_t u64;
		int64_t i64;
		bool flag;
	};
};

#define LOG_S(name, value) ((struct log_field){.key = (name), .type = LOG_TYPE_STR, .str = (value)})
#define LOG_C(name, value) ((struct log_field){.key = (name), .type = LOG_TYPE_STR, .str = str_from(value)})
/* A snowflake: a string in JSON, since readers of JSON round numbers above 2^53. */
#define LOG_ID(name, value) ((struct log_field){.key = (name), .type = LOG_TYPE_ID, .u64 = (value)})
#define LOG_U(name, value) ((struct log_field){.key = (name), .type = LOG_TYPE_U64, .u64 = (uint64_t)(value)})
#define LOG_I(name, value) ((struct log_field){.key = (name), .type = LOG_TYPE_I64, .i64 = (int64_t)(value)})
#define LOG_B(name, value) ((struct log_field){.key = (name), .type = LOG_TYPE_BOOL, .flag = (value)})
/* An error as the fields `error` (its code's word) and `detail` (its text): two fields. */
#define LOG_E(err) LOG_C("error", err_code_name((err)->code)), LOG_C("detail", (err)->text)

/* "error", "warn", "info", "debug"; false and *level untouched for another word. */
bool log_level_find(struct str word, enum log_level *level);
/* colour is used by the text form only. */
void log_setup(enum log_level level, enum log_form form, bool colour);
bool log_enabled(enum log_level level);
void log_write(enum log_level level, const char *msg, const struct log_field *fields, size_t count);

/* log_event(LOG_INFO, "ready", LOG_U("shards", 1)); at least one field. */
#define log_event(level, msg, ...)                                                                        \
	do {                                                                                              \
		if (log_enabled(level)) {                                                                 \
			const struct log_field log_fields_[] = {__VA_ARGS__};                             \
			log_write((level), (msg), log_fields_, sizeof log_fields_ / sizeof log_fields_[0]); \
		}                                                                                         \
	} while (0)

#endif
