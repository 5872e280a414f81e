#include "test.h"

#include "base/nearest.h"

static const char *nearest_of(const char *word, const char *const *candidates)
{
	static char text[256];
	struct nearest nearest;

	nearest_init(&nearest, str_from(word));
	for (; *candidates; candidates++)
		nearest_offer(&nearest, str_from(*candidates));
	return str_to_cstr(nearest_get(&nearest), text, sizeof(text)) ? text : NULL;
}

#define NEAREST(word, ...) nearest_of((word), (const char *const[]){__VA_ARGS__, NULL})

TEST(one_slip_of_each_kind_is_forgiven)
{
	CHECK_EQ_STR(NEAREST("odd", "help", "odds", "run"), "odds");
	CHECK_EQ_STR(NEAREST("odsd", "help", "odds", "run"), "odds");
	CHECK_EQ_STR(NEAREST("oddss", "help", "odds", "run"), "odds");
	CHECK_EQ_STR(NEAREST("idds", "help", "odds", "run"), "odds");
}

TEST(a_word_that_is_far_from_all_has_no_nearest)
{
	CHECK_EQ_STR(NEAREST("zzzzzz", "help", "odds", "run"), "");
	CHECK_EQ_STR(NEAREST("", "help"), "");
}

TEST(the_first_of_equally_near_words_stays)
{
	CHECK_EQ_STR(NEAREST("bat", "cat", "hat"), "cat");
}

TEST(long_words_are_compared_by_their_beginning_and_length)
{
	char a[200], b[200];

	memset(a, 'x', sizeof(a));
	memset(b, 'x', sizeof(b));
	a[150] = b[199] = '\0';
	CHECK_EQ_STR(NEAREST(a, "short", b), b);
}
