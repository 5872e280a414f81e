#include "discord/multipart.h"

#include <assert.h>
#include <string.h>

#include "base/codec.h"

#define PREFIX "homu-"
#define RANDOM_SIZE 16
_Static_assert(MULTIPART_BOUNDARY_SIZE == sizeof(PREFIX) + 2 * RANDOM_SIZE, "the boundary fits");

void multipart_boundary(struct rng *rng, char boundary[MULTIPART_BOUNDARY_SIZE])
{
	uint8_t random[RANDOM_SIZE];

	memcpy(boundary, PREFIX, sizeof(PREFIX));
	rng_bytes(rng, random, sizeof(random));
	codec_hex(random, sizeof(random), boundary + sizeof(PREFIX) - 1);
}

bool multipart_type(const char *boundary, struct buf *out)
{
	return buf_addc(out, "multipart/form-data; boundary=") && buf_addc(out, boundary);
}

static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == '"' || text.ptr[i] == '\\')
			return false;
	return text.len > 0;
}

static void begin_part(const char *boundary, struct buf *out)
{
	buf_addc(out, "--");
	buf_addc(out, boundary);
	buf_addc(out, "\r\nContent-Disposition: form-data; name=\"");
}

static void end_header(struct str type, struct buf *out)
{
	buf_addc(out, "\"\r\nContent-Type: ");
	buf_add(out, type);
	buf_addc(out, "\r\n\r\n");
}

bool multipart_write(const char *boundary, struct str json, const struct attachment *files, size_t count,
		     struct buf *out, struct err *err)
{
	begin_part(boundary, out);
	buf_addc(out, "payload_json");
	end_header(STR("application/json"), out);
	buf_add(out, json);
	for (size_t i = 0; i < count; i++) {
		assert(is_plain(files[i].name) && is_plain(files[i].type));
		buf_addc(out, "\r\n");
		begin_part(boundary, out);
		buf_addc(out, "files[");
		buf_add_u64(out, i);
		buf_addc(out, "]\"; filename=\"");
		buf_add(out, files[i].name);
		end_header(files[i].type, out);
		buf_add(out, files[i].bytes);
	}
	buf_addc(out, "\r\n--");
	buf_addc(out, boundary);
	buf_addc(out, "--\r\n");
	return buf_check(out, "the answer with its files", err);
}
