/* Takes the place of curl's lib/mprintf.c, which appends each formatted byte by itself and so spends a third of a
 * request's instructions there. Same contract; what curl formats at each request is written in one go, any other format
 * goes to the C library, which knows every conversion of curl's. Of curl's own family only what curl itself calls is here. */
#include "curl_setup.h"
#include "curlx/dynbuf.h"
#include "curl_printf.h"

#include "curl_memory.h"
#include "memdebug.h"

/* The C library's, not the one that curl's headers put in its place. */
#undef vfprintf

const unsigned char Curl_ldigits[] = "0123456789abcdef";
const unsigned char Curl_udigits[] = "0123456789ABCDEF";

/* Bytes of a text that is formatted on the stack: a request's line or header, with room. */
enum { SHORT_BYTES = 1024, DIGITS_MAX = 20 };

struct out {
	char *to;
	size_t room;
	size_t len; /* of the whole text, also of what has no room */
};

static void put(struct out *out, const char *from, size_t len)
{
	size_t fits = out->len < out->room ? out->room - out->len : 0;

	if (fits > len)
		fits = len;
	if (fits)
		memcpy(out->to + out->len, from, fits);
	out->len += len;
}

static void put_string(struct out *out, const char *text, int precision)
{
	if (!text)
		text = precision < 0 || precision >= 5 ? "(nil)" : "";
	put(out, text, precision < 0 ? strlen(text) : strnlen(text, (size_t)precision));
}

static void put_number(struct out *out, unsigned long number, bool negative)
{
	char digits[DIGITS_MAX + 1];
	char *first = digits + sizeof(digits);

	do
		*--first = (char)('0' + number % 10);
	while (number /= 10);
	if (negative)
		*--first = '-';
	put(out, first, (size_t)(digits + sizeof(digits) - first));
}

/* %s, %.*s, %c and decimal integers without flags or width; false at anything else. */
static bool put_simple(struct out *out, const char *format, va_list args)
{
	for (;;) {
		const char *sign = strchr(format, '%');
		int precision = -1;
		bool wide = false;
		char c;

		if (!sign) {
			put(out, format, strlen(format));
			return true;
		}
		put(out, format, (size_t)(sign - format));
		format = sign + 1;
		if (format[0] == '.' && format[1] == '*' && format[2] == 's') {
			precision = va_arg(args, int);
			format += 2;
		}
		for (; *format == 'l' || *format == 'z'; format++)
			wide = true;
		switch (*format++) {
		case '%':
			put(out, "%", 1);
			break;
		case 's':
			put_string(out, va_arg(args, const char *), precision);
			break;
		case 'c':
			c = (char)va_arg(args, int);
			put(out, &c, 1);
			break;
		case 'd': {
			long number = wide ? va_arg(args, long) : va_arg(args, int);

			put_number(out, number < 0 ? 0 - (unsigned long)number : (unsigned long)number, number < 0);
			break;
		}
		case 'u':
			put_number(out, wide ? va_arg(args, unsigned long) : va_arg(args, unsigned), false);
			break;
		default:
			return false;
		}
	}
}

/* As vsnprintf, but without a zero byte at the end. `room` has one more byte for that of the C library. */
static size_t format_text(char *to, size_t room, const char *format, va_list args)
{
	struct out out = {to, room, 0};
	va_list again;
	int len;

	va_copy(again, args);
	if (!put_simple(&out, format, args)) {
		len = vsnprintf(to, room + 1, format, again);
		out.len = len < 0 ? 0 : (size_t)len;
	}
	va_end(again);
	return out.len;
}

/* The text in `place`, or allocated when that is too small; NULL without memory. */
static char *format_anywhere(char place[SHORT_BYTES], size_t *len, const char *format, va_list args)
{
	char *text = place;
	va_list again;

	va_copy(again, args);
	*len = format_text(place, SHORT_BYTES - 1, format, args);
	if (*len >= SHORT_BYTES) {
		text = malloc(*len + 1);
		if (text)
			format_text(text, *len, format, again);
	}
	va_end(again);
	return text;
}

int curl_mvsnprintf(char *buffer, size_t bytes, const char *format, va_list args)
{
	size_t len;

	if (!bytes)
		return 0;
	len = format_text(buffer, bytes - 1, format, args);
	if (len >= bytes)
		len = bytes - 1;
	buffer[len] = '\0';
	return (int)len;
}

int curl_msnprintf(char *buffer, size_t bytes, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = curl_mvsnprintf(buffer, bytes, format, args);
	va_end(args);
	return len;
}

int curlx_dyn_vprintf(struct dynbuf *dyn, const char *format, va_list args)
{
	char place[SHORT_BYTES];
	size_t len;
	char *text = format_anywhere(place, &len, format, args);
	CURLcode result = text ? CURLE_OK : CURLE_OUT_OF_MEMORY;

	if (!text)
		curlx_dyn_free(dyn);
	else if (len)
		result = curlx_dyn_addn(dyn, text, len);
	if (text != place)
		free(text);
	if (!result)
		return MERR_OK;
	return result == CURLE_TOO_LARGE ? MERR_TOO_LARGE : MERR_MEM;
}

char *curl_mvaprintf(const char *format, va_list args)
{
	char place[SHORT_BYTES];
	size_t len;
	char *text = format_anywhere(place, &len, format, args);
	char *copy;

	if (!text)
		return NULL;
	if (len >= DYN_APRINTF) {
		free(text);
		return NULL;
	}
	copy = text == place ? malloc(len + 1) : text;
	if (copy == NULL)
		return NULL;
	if (copy != text)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *curl_maprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = curl_mvaprintf(format, args);
	va_end(args);
	return text;
}

int curl_mfprintf(FILE *to, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vfprintf(to, format, args);
	va_end(args);
	return len;
}
