#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/codec.h"

static const char *const code_names[] = {
	[ERR_NONE] = "none",
	[ERR_USAGE] = "usage",
	[ERR_CONFIG] = "config",
	[ERR_INPUT] = "input",
	[ERR_LIMIT] = "limit",
	[ERR_NOT_FOUND] = "not_found",
	[ERR_DUPLICATE] = "duplicate",
	[ERR_CONFLICT] = "conflict",
	[ERR_REFUSED] = "refused",
	[ERR_THROTTLED] = "throttled",
	[ERR_NET] = "net",
	[ERR_TLS] = "tls",
	[ERR_TIMEOUT] = "timeout",
	[ERR_PROTO] = "proto",
	[ERR_IO] = "io",
	[ERR_MEMORY] = "memory",
	[ERR_CANCELLED] = "cancelled",
};
_Static_assert(sizeof(code_names) / sizeof(code_names[0]) == ERR_CODE_COUNT, "a code has no name");

/* A text that vsnprintf cut may end within a character. */
static void end_at_character(struct err *err, int wanted)
{
	if (wanted >= ERR_TEXT_MAX)
		err->text[codec_clip(str_from(err->text), ERR_TEXT_MAX - 1).len] = '\0';
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
	va_list args;

	if (!err)
		return false;
	err->code = code;
	va_start(args, format);
	end_at_character(err, vsnprintf(err->text, sizeof(err->text), format, args));
	va_end(args);
	return false;
}

bool err_wrap(struct err *err, const char *format, ...)
{
	char context[ERR_TEXT_MAX];
	char inner[ERR_TEXT_MAX];
	va_list args;

	if (!err)
		return false;
	memcpy(inner, err->text, sizeof(inner));
	va_start(args, format);
	vsnprintf(context, sizeof(context), format, args);
	va_end(args);
	end_at_character(err, snprintf(err->text, sizeof(err->text), "%s: %s", context, inner));
	return false;
}

void err_clear(struct err *err)
{
	err->code = ERR_NONE;
	err->text[0] = '\0';
}

bool err_may_retry(const struct err *err)
{
	switch (err->code) {
	case ERR_THROTTLED:
	case ERR_NET:
	case ERR_TIMEOUT:
	case ERR_IO:
	case ERR_CONFLICT:
		return true;
	default:
		return false;
	}
}

const char *err_code_name(enum err_code code)
{
	return (unsigned)code < ERR_CODE_COUNT ? code_names[code] : "unknown";
}
