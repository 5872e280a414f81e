#include "bot/respond.h"

#include <assert.h>

#include "base/json_write.h"

static const struct server_header every[] = {
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
};
#define EVERY_COUNT (sizeof(every) / sizeof(every[0]))

void respond_with(struct server_request *request, int status, const struct server_header *more, size_t more_count,
		  struct str body)
{
	struct server_header headers[EVERY_COUNT + RESPOND_HEADERS_MAX];
	size_t count = 0;

	assert(more_count <= RESPOND_HEADERS_MAX);
	for (size_t i = 0; i < EVERY_COUNT; i++)
		headers[count++] = every[i];
	for (size_t i = 0; i < more_count; i++)
		headers[count++] = more[i];
	server_reply(request, status, headers, count, body);
}

void respond(struct server_request *request, int status, const char *type, struct str body)
{
	const struct server_header more[] = {{"Content-Type", type}, {"Cache-Control", "no-store"}};

	respond_with(request, status, more, sizeof(more) / sizeof(more[0]), body);
}

void respond_error(struct server_request *request, int status, const char *text)
{
	char memory[6 * ERR_TEXT_MAX + sizeof("{\"error\":\"\"}")]; /* an escape is six bytes */
	struct json_writer writer;
	struct buf body;

	buf_wrap(&body, memory, sizeof(memory));
	json_writer_init(&writer, &body);
	json_begin_object(&writer);
	json_member_cstr(&writer, "error", text);
	json_end_object(&writer);
	respond(request, status, RESPOND_JSON, buf_str(&body));
}

void respond_header(struct server_request *request, int status, const char *name, const char *value)
{
	const struct server_header more[] = {{"Content-Type", RESPOND_TEXT}, {"Cache-Control", "no-store"}, {name, value}};

	respond_with(request, status, more, sizeof(more) / sizeof(more[0]), STR_EMPTY);
}
