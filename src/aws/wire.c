#include "aws/wire.h"

void wire_init(struct wire *wire, struct http *http, struct str region)
{
	*wire = (struct wire){.http = http, .region = region};
	sigv4_init(&wire->sigv4);
	arena_init(&wire->arena, AWS_WIRE_BYTES_MAX);
}

void wire_release(struct wire *wire)
{
	sigv4_release(&wire->sigv4);
	arena_release(&wire->arena);
}

static void append(struct sigv4_request *request, const char *name, struct str value)
{
	request->headers[request->header_count++] = (struct http_header){str_from(name), value};
}

static void append_protocol(const struct aws_operation_row *operation, struct sigv4_request *request, struct arena *arena)
{
	const struct aws_service_row *service = &aws_services[operation->service];

	switch (service->protocol) {
	case AWS_QUERY:
		append(request, "Content-Type", STR("application/x-www-form-urlencoded; charset=utf-8"));
		return;
	case AWS_JSON_1_0:
	case AWS_JSON_1_1:
		append(request, "Content-Type", service->protocol == AWS_JSON_1_0 ? STR("application/x-amz-json-1.0")
										  : STR("application/x-amz-json-1.1"));
		append(request, "X-Amz-Target", arena_printf(arena, "%s.%s", service->target, operation->name));
		return;
	}
}

struct http_call *wire_start(struct wire *wire, const struct wire_request *request, http_done *done, void *owner,
			     struct err *err)
{
	const struct aws_operation_row *operation = &aws_operations[request->operation];
	char payload[SIGV4_PAYLOAD_SIZE];
	struct sigv4_request signing = {.method = STR("POST"), .path = request->endpoint->path, .query = STR_EMPTY};
	struct http_request out = {.method = "POST", .url = request->endpoint->base, .body = request->body,
				   .timeout_ms = request->timeout_ms, .body_bytes_max = AWS_ANSWER_BYTES_MAX};
	struct http_call *call = NULL;

	append(&signing, "Host", request->endpoint->host);
	append_protocol(operation, &signing, &wire->arena);
	signing.payload = sigv4_payload(request->body, payload);
	if (!request->credentials || sigv4_sign(&wire->sigv4, request->credentials, wire->region,
						str_from(aws_services[operation->service].name), request->unix_ms, &signing,
						&wire->arena, err)) {
		out.headers = signing.headers;
		out.header_count = signing.header_count;
		call = arena_check(&wire->arena, "a request", err) ? http_start(wire->http, &out, done, owner, err) : NULL;
	}
	arena_clear(&wire->arena);
	return call;
}
