#include "base/relro.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static const char one[] = "one";
static const char two[] = "two";
/* Constant, but its entries are addresses: .data.rel.ro, inside PT_GNU_RELRO of any position-independent program. */
static const char *const table[] = {one, two};

static void write_to_table(void)
{
	const char *volatile *entry = (const char *volatile *)(uintptr_t)table;

	entry[0] = two;
}

/* How a child ends that runs `before` and then writes to the table. */
static int end_of_child(bool (*before)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		signal(SIGSEGV, SIG_DFL);
		if (before && !before())
			_exit(2);
		write_to_table();
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return status;
}

TEST(a_write_to_a_relocated_constant_table_faults_once_protected)
{
	int status = end_of_child(relro_protect);

	CHECK(WIFSIGNALED(status));
	CHECK_EQ_INT(WTERMSIG(status), SIGSEGV);
}

TEST(protecting_twice_is_harmless)
{
	CHECK(relro_protect());
	CHECK(relro_protect());
	CHECK_EQ_STR(table[0], "one");
}
