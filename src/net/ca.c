#include "net/ca.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/deflate.h"
#include "base/embed.h"
#include "base/limits.h"

#define PEM_BEGIN "-----BEGIN CERTIFICATE-----"
#define PEM_END "-----END CERTIFICATE-----"

static bool load_builtin(struct buf *out, struct err *err)
{
	struct str packed = str_make((const char *)embed_ca_bundle.data, embed_ca_bundle.len);

	if (!buf_reserve(out, embed_ca_bundle.raw_len))
		return err_set(err, ERR_MEMORY, "no memory for the TLS roots (%zu bytes)", embed_ca_bundle.raw_len);
	if (embed_ca_bundle.len == embed_ca_bundle.raw_len)
		return buf_add(out, packed);
	if (!deflate_inflate(packed, out, err))
		return err_wrap(err, "built-in TLS roots");
	return true;
}

static bool read_all(int fd, struct buf *out, const char *path, struct err *err)
{
	char block[16384];
	ssize_t got;

	while ((got = read(fd, block, sizeof(block))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, ERR_CONFIG, "%s: cannot be read: %s", path, strerror(errno));
		if (!buf_add(out, str_make(block, (size_t)got)))
			return err_set(err, ERR_CONFIG, "%s: is longer than the %u bytes that a file of TLS roots may have", path,
				       CA_BYTES_MAX);
	}
	return true;
}

static bool load_file(struct str path, struct buf *out, struct err *err)
{
	char name[4096];
	struct stat st;
	bool ok;
	int fd;

	if (!str_to_cstr(path, name, sizeof(name)))
		return err_set(err, ERR_CONFIG, "the path of the TLS roots (HOMU_CA_FILE) is too long");
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_set(err, ERR_CONFIG, "%s: cannot be opened: %s: set HOMU_CA_FILE to a PEM file of roots", name,
			       strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		ok = err_set(err, ERR_CONFIG, "%s: is not a file: set HOMU_CA_FILE to a PEM file of roots", name);
	else
		ok = read_all(fd, out, name, err);
	close(fd);
	return ok;
}

/* Every block that begins must end before the next one begins; what is inside is for the TLS library to judge. */
static size_t count_certificates(struct str pem)
{
	size_t count = 0;
	ssize_t begin;

	while ((begin = str_find(pem, STR(PEM_BEGIN))) >= 0) {
		ssize_t end, next;

		pem = str_skip(pem, (size_t)begin + sizeof(PEM_BEGIN) - 1);
		end = str_find(pem, STR(PEM_END));
		next = str_find(pem, STR(PEM_BEGIN));
		if (end < 0 || (next >= 0 && next < end))
			return 0;
		pem = str_skip(pem, (size_t)end);
		count++;
	}
	return count;
}

bool ca_load(struct str path, struct buf *out, struct err *err)
{
	if (path.len == 0)
		return load_builtin(out, err);
	if (out->bytes_max > CA_BYTES_MAX)
		out->bytes_max = CA_BYTES_MAX;
	if (!load_file(path, out, err))
		return false;
	if (count_certificates(buf_str(out)) == 0)
		return err_set(err, ERR_CONFIG,
			       "%.*s: holds no complete PEM certificate: set HOMU_CA_FILE to a file with one or more "
			       "'" PEM_BEGIN "' blocks",
			       STR_ARG(path));
	return true;
}
