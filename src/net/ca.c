#include "net/ca.h"

#include "base/deflate.h"
#include "base/embed.h"
#include "base/file.h"
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
	struct err cause = {0};

	if (path.len == 0)
		return load_builtin(out, err);
	if (out->bytes_max > CA_BYTES_MAX)
		out->bytes_max = CA_BYTES_MAX;
	if (!file_read(path, false, out, &cause))
		return err_set(err, ERR_CONFIG, "TLS roots: %s: set HOMU_CA_FILE to a PEM file of roots", cause.text);
	if (count_certificates(buf_str(out)) == 0)
		return err_set(err, ERR_CONFIG,
			       "TLS roots: %.*s: no complete PEM certificate in it: set HOMU_CA_FILE to a file with one or more "
			       "'" PEM_BEGIN "' blocks",
			       STR_ARG(path));
	return true;
}
