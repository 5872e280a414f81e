#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 65536 };

static bool read_all(int fd, struct str path, struct buf *out, struct err *err)
{
	size_t room = out->bytes_max - out->len;
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 && (uintmax_t)st.st_size > room)
		return err_set(err, ERR_LIMIT, "%.*s: the file has more than %zu bytes", STR_ARG(path), room);
	for (;;) {
		/* One byte more than fits tells a full buffer from one that is too small. */
		size_t left = out->bytes_max - out->len;
		size_t wanted = left < READ_BYTES ? left : READ_BYTES;
		char extra;
		ssize_t got;

		if (wanted && !buf_reserve(out, wanted))
			return err_set(err, ERR_MEMORY, "%.*s: there is no memory for the file", STR_ARG(path));
		got = wanted ? read(fd, out->ptr + out->len, wanted) : read(fd, &extra, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, ERR_IO, "%.*s: %s", STR_ARG(path), strerror(errno));
		if (got == 0)
			return true;
		if (!wanted)
			return err_set(err, ERR_LIMIT, "%.*s: there are more than %zu bytes", STR_ARG(path), room);
		out->len += (size_t)got;
	}
}

bool file_is_regular(struct str path)
{
	char name[PATH_MAX];
	struct stat status;

	return str_to_cstr(path, name, sizeof(name)) && stat(name, &status) == 0 && S_ISREG(status.st_mode);
}

bool file_read(struct str path, bool stdin_dash, struct buf *out, struct err *err)
{
	char name[PATH_MAX];
	bool ok;
	int fd;

	if (stdin_dash && str_eqc(path, "-"))
		return read_all(STDIN_FILENO, STR("standard input"), out, err);
	if (!str_to_cstr(path, name, sizeof(name)))
		return err_set(err, ERR_IO, "the path is longer than %d bytes or holds a NUL", PATH_MAX - 1);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, "%s: %s", name,
			       strerror(errno));
	ok = read_all(fd, path, out, err);
	close(fd);
	return ok;
}
