/* Of vendor/curl_mprintf.c, through what curl shows of it. */
#include "test.h"

#include <curl/curl.h>
#include <curl/mprintf.h>
#include <limits.h>
#include <stdlib.h>

static bool gives(char *text, const char *want)
{
	bool same = CHECK_EQ_STR(text, want);

	curl_free(text);
	return same;
}

TEST(what_requests_are_made_of_is_formatted)
{
	CHECK(gives(curl_maprintf("plain"), "plain"));
	CHECK(gives(curl_maprintf("%s", ""), ""));
	CHECK(gives(curl_maprintf("Host: %s%s%s:%d\r\n", "[", "::1", "]", 8080), "Host: [::1]:8080\r\n"));
	CHECK(gives(curl_maprintf("%.*s|%.*s|%.*s", 2, "abc", 5, "abc", 0, "abc"), "ab|abc|"));
	CHECK(gives(curl_maprintf("%c%%%c", 'a', 'b'), "a%b"));
	CHECK(gives(curl_maprintf("%d %d %d", 0, INT_MIN, INT_MAX), "0 -2147483648 2147483647"));
	CHECK(gives(curl_maprintf("%ld %ld", LONG_MIN, LONG_MAX), "-9223372036854775808 9223372036854775807"));
	CHECK(gives(curl_maprintf("%u %lu %zu", UINT_MAX, ULONG_MAX, (size_t)7), "4294967295 18446744073709551615 7"));
	CHECK(gives(curl_maprintf("%lld", LLONG_MIN), "-9223372036854775808"));
}

TEST(no_text_is_told)
{
	const char *volatile none = NULL; /* the compiler would see it */

	CHECK(gives(curl_maprintf("<%s>", none), "<(nil)>"));
	CHECK(gives(curl_maprintf("<%.*s>", 4, none), "<>"));
}

TEST(any_other_format_is_known_too)
{
	CHECK(gives(curl_maprintf("%s %02d:%02d", "at", 4, 5), "at 04:05"));
	CHECK(gives(curl_maprintf("%x %02X %08lx", 255u, 10u, 48879ul), "ff 0A 0000beef"));
	CHECK(gives(curl_maprintf("%.2s-%5s-%-5s-", "abc", "d", "e"), "ab-    d-e    -"));
	CHECK(gives(curl_maprintf("%s %.2f", "f", 1.5), "f 1.50"));
	CHECK(gives(curl_maprintf("%2$s %1$s", "a", "b"), "b a"));
}

TEST(a_text_of_any_length_is_whole)
{
	enum { LENGTH_MAX = 2100 };
	static char letters[LENGTH_MAX + 1], want[LENGTH_MAX + 3];

	memset(letters, 'x', LENGTH_MAX);
	for (int len = 1000; len <= LENGTH_MAX; len++) {
		memset(want, 'x', (size_t)len);
		memcpy(want + len, "1", 2);
		REQUIRE(gives(curl_maprintf("%.*s%d", len, letters, 1), want));
		memcpy(want + len, "a", 2);
		REQUIRE(gives(curl_maprintf("%.*s%x", len, letters, 10u), want));
	}
}

TEST(what_has_no_room_is_cut)
{
	char place[8];

	for (size_t room = 1; room <= sizeof(place); room++) {
		memset(place, '#', sizeof(place));
		CHECK_EQ_INT(curl_msnprintf(place, room, "%s%s", "abc", "defghi"), (int)room - 1);
		CHECK_EQ_BYTES(place, room - 1, "abcdefghi", room - 1);
		CHECK_EQ_INT(place[room - 1], 0);
		CHECK(room == sizeof(place) || place[room] == '#');
		memset(place, '#', sizeof(place));
		CHECK_EQ_INT(curl_msnprintf(place, room, "%09x", 0u), (int)room - 1);
		CHECK_EQ_INT(place[room - 1], 0);
		CHECK(room == sizeof(place) || place[room] == '#');
	}
	CHECK_EQ_INT(curl_msnprintf(place, sizeof(place), "%d", 12), 2);
	CHECK_EQ_STR(place, "12");
	CHECK_EQ_INT(curl_msnprintf(NULL, 0, "%d", 12), 0);
}
