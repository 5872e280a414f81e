/*
 * Errors: a code that callers decide by and a text that people read.
 *
 * Every function that can fail returns bool and takes a struct err last. Failing is one line:
 * `return err_set(err, ERR_NET, "…")`. Callers add context with err_wrap. A library never logs
 * a failure that it returns. The struct is a value: nothing to release.
 * A text for a person has four parts: what failed, on what, why, and the next command to run.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#include "base/limits.h"

enum err_code {
	ERR_NONE,
	ERR_USAGE,     /* the person asked for something that does not exist (exit 2) */
	ERR_CONFIG,    /* a setting is missing, of the wrong form, or contradicts another (exit 2) */
	ERR_INPUT,     /* data from outside is not of the form that its specification asks for */
	ERR_LIMIT,     /* a bound of base/limits.h was met */
	ERR_NOT_FOUND,
	ERR_DUPLICATE, /* this idempotency key was committed before */
	ERR_CONFLICT,  /* a row changed since it was read: recompute from fresh state */
	ERR_REFUSED,   /* the other side said no for good (401, 4004, …); never retried */
	ERR_THROTTLED, /* the other side said later */
	ERR_NET,       /* no connection, reset, name not found */
	ERR_TLS,       /* certificate or handshake */
	ERR_TIMEOUT,
	ERR_PROTO,     /* the other side broke its protocol */
	ERR_IO,        /* file system, database */
	ERR_MEMORY,
	ERR_CANCELLED,
	ERR_CODE_COUNT
};

struct err {
	enum err_code code;
	char text[ERR_TEXT_MAX];
};

/* Sets code and text (printf). Always returns false. err may be NULL. */
bool err_set(struct err *err, enum err_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "context: " before the text, keeps the code. Always returns false. err may be NULL. */
bool err_wrap(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

void err_clear(struct err *err);

/* Whether trying again later can help: THROTTLED, NET, TIMEOUT, IO, CONFLICT. The one place that decides it. */
bool err_may_retry(const struct err *err);

/* The code as a word for logs ("net", "timeout", …). Static. */
const char *err_code_name(enum err_code code);

#endif
