/* The harness of the unit tests. One file tests/unit/<room>/<module>_test.c is one program; main() stands in
 * tests/unit/main.c. A test is TEST(name_says_the_behaviour) { … }; all tests of a file run in the order they are
 * written, in one process, from the top folder of the checkout. A failing CHECK prints one line and the test goes on;
 * a failing REQUIRE ends the test. Every macro evaluates its arguments once. It refuses to be anything more: no
 * fixtures, no mocks, no timing. */
#ifndef TEST_H
#define TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

void test_register(struct test *test);
bool test_check(bool ok, const char *file, int line, const char *text);
bool test_check_int(intmax_t got, intmax_t want, const char *file, int line, const char *text);
bool test_check_uint(uintmax_t got, uintmax_t want, const char *file, int line, const char *text);
bool test_check_str(const char *got, const char *want, const char *file, int line, const char *text);
bool test_check_bytes(const void *got, size_t got_len, const void *want, size_t want_len, const char *file, int line,
		      const char *text);

/* Ends the test as skipped and prints why; `return` right after it. */
void test_skip(const char *why);

/* A fresh empty folder for the running test, removed when the test ends. */
const char *test_dir(void);

#define TEST(name) \
	static void name##_test(void); \
	__attribute__((constructor)) static void name##_register(void) \
	{ \
		static struct test entry = {#name, name##_test, NULL}; \
		test_register(&entry); \
	} \
	static void name##_test(void)

#define CHECK(expr) test_check((expr) ? true : false, __FILE__, __LINE__, #expr)
#define CHECK_EQ_INT(got, want) test_check_int((got), (want), __FILE__, __LINE__, #got)
#define CHECK_EQ_UINT(got, want) test_check_uint((got), (want), __FILE__, __LINE__, #got)
/* NUL-terminated text; NULL equals only NULL. */
#define CHECK_EQ_STR(got, want) test_check_str((got), (want), __FILE__, __LINE__, #got)
#define CHECK_EQ_BYTES(got, got_len, want, want_len) \
	test_check_bytes((got), (got_len), (want), (want_len), __FILE__, __LINE__, #got)
#define REQUIRE(expr) \
	do { \
		if (!CHECK(expr)) \
			return; \
	} while (0)
#define SKIP(why) \
	do { \
		test_skip(why); \
		return; \
	} while (0)

#endif
