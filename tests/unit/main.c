#include "test.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SHOWN_BYTES_MAX = 400 };

static struct test *first;
static struct test **last = &first;
static struct test *running;
static unsigned failed_checks;
static bool skipped;
static char dir[4096];

void test_register(struct test *test)
{
	*last = test;
	last = &test->next;
}

static bool failed(const char *file, int line, const char *text)
{
	failed_checks++;
	printf("%s:%d: %s: %s", file, line, running ? running->name : "?", text);
	return false;
}

bool test_check(bool ok, const char *file, int line, const char *text)
{
	if (ok)
		return true;
	failed(file, line, text);
	printf(" is false\n");
	return false;
}

bool test_check_int(intmax_t got, intmax_t want, const char *file, int line, const char *text)
{
	if (got == want)
		return true;
	failed(file, line, text);
	printf(" is %jd, not %jd\n", got, want);
	return false;
}

bool test_check_uint(uintmax_t got, uintmax_t want, const char *file, int line, const char *text)
{
	if (got == want)
		return true;
	failed(file, line, text);
	printf(" is %ju, not %ju\n", got, want);
	return false;
}

static void show(const void *data, size_t len)
{
	const unsigned char *bytes = data;
	size_t shown = len < SHOWN_BYTES_MAX ? len : SHOWN_BYTES_MAX;

	putchar('"');
	for (size_t i = 0; i < shown; i++) {
		if (bytes[i] == '"' || bytes[i] == '\\')
			printf("\\%c", bytes[i]);
		else if (bytes[i] >= 0x20 && bytes[i] != 0x7f)
			putchar(bytes[i]);
		else
			printf("\\x%02x", bytes[i]);
	}
	printf("\"%s (%zu bytes)", shown < len ? "…" : "", len);
}

bool test_check_bytes(const void *got, size_t got_len, const void *want, size_t want_len, const char *file, int line,
		      const char *text)
{
	if (got_len == want_len && (got_len == 0 || memcmp(got, want, got_len) == 0))
		return true;
	failed(file, line, text);
	printf(" is ");
	show(got, got_len);
	printf(", not ");
	show(want, want_len);
	putchar('\n');
	return false;
}

bool test_check_str(const char *got, const char *want, const char *file, int line, const char *text)
{
	if (got && want)
		return test_check_bytes(got, strlen(got), want, strlen(want), file, line, text);
	if (got == want)
		return true;
	failed(file, line, text);
	printf(" is %s, not %s\n", got ? got : "NULL", want ? want : "NULL");
	return false;
}

void test_skip(const char *why)
{
	skipped = true;
	printf("skipped %s: %s\n", running->name, why);
}

const char *test_dir(void)
{
	const char *parent = getenv("TMPDIR");

	if (dir[0] == '\0') {
		snprintf(dir, sizeof(dir), "%s/homu-unit-XXXXXX", parent && *parent ? parent : "/tmp");
		if (!mkdtemp(dir)) {
			fprintf(stderr, "%s: %s\n", dir, strerror(errno));
			exit(2);
		}
	}
	return dir;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

int main(int argc, char **argv)
{
	unsigned passed = 0;
	unsigned failures = 0;
	unsigned skips = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (struct test *test = first; test; test = test->next) {
		/* An argument runs the one test of this name. */
		if (argc > 1 && strcmp(argv[1], test->name) != 0)
			continue;
		running = test;
		failed_checks = 0;
		skipped = false;
		test->run();
		if (dir[0] != '\0') {
			nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
			dir[0] = '\0';
		}
		if (failed_checks)
			failures++;
		else if (skipped)
			skips++;
		else
			passed++;
	}
	printf("# %u passed, %u failed, %u skipped\n", passed, failures, skips);
	return failures ? 1 : 0;
}
