/*
 * The table of AWS operations: which service, which protocol, what may be sent twice, how long it may take. A new operation
 * is a row here and in operation.c; signing, sending, retrying, decoding of errors and `homuhomu aws` follow from it.
 *
 * Pure: it also writes what goes over the wire.
 */
#ifndef AWS_OPERATION_H
#define AWS_OPERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json_read.h"
#include "base/str.h"

enum aws_service { AWS_DYNAMODB, AWS_SECRETS_MANAGER, AWS_SSM, AWS_STS, AWS_SERVICE_COUNT };

/* How input and answer are written (AWS' names of its protocols). */
enum aws_protocol {
	AWS_JSON_1_0,
	AWS_JSON_1_1,
	AWS_QUERY /* a form goes out, XML comes back */
};

struct aws_service_row {
	const char *name;     /* on the command line, and in the host name */
	const char *variable; /* AWS_ENDPOINT_URL_<this>; in lower case the name in a services section */
	enum aws_protocol protocol;
	const char *target;   /* JSON: what stands before ".Operation" in X-Amz-Target; query: the version */
	int64_t backoff_ms;   /* before the second attempt, at most */
};

/* What may be sent again when an attempt was perhaps carried out. What was certainly not, always may. */
enum aws_repeat {
	AWS_REPEAT_ALWAYS,  /* it reads, or doing it twice is the same as once */
	AWS_REPEAT_BY_TOKEN, /* the service knows it again by the ClientRequestToken in the input */
	AWS_REPEAT_NEVER
};

enum aws_operation {
	AWS_BATCH_GET_ITEM,
	AWS_BATCH_WRITE_ITEM,
	AWS_CREATE_TABLE,
	AWS_DELETE_ITEM,
	AWS_DELETE_TABLE,
	AWS_DESCRIBE_TABLE,
	AWS_DESCRIBE_TIME_TO_LIVE,
	AWS_GET_ITEM,
	AWS_LIST_TABLES,
	AWS_PUT_ITEM,
	AWS_QUERY_ITEMS,
	AWS_SCAN,
	AWS_TRANSACT_GET_ITEMS,
	AWS_TRANSACT_WRITE_ITEMS,
	AWS_UPDATE_ITEM,
	AWS_UPDATE_TABLE,
	AWS_UPDATE_TIME_TO_LIVE,
	AWS_DESCRIBE_SECRET,
	AWS_GET_SECRET_VALUE,
	AWS_GET_PARAMETER,
	AWS_ASSUME_ROLE,
	AWS_ASSUME_ROLE_WITH_WEB_IDENTITY,
	AWS_GET_CALLER_IDENTITY,
	AWS_OPERATION_COUNT
};

struct aws_operation_row {
	enum aws_service service;
	const char *name; /* as AWS has it */
	enum aws_repeat repeat;
	int64_t time_ms;      /* of one attempt; all of them get AWS_PATIENCE times as long */
	const char *page_in;  /* the input's name of where the next page begins, and the answer's name of it; or NULL */
	const char *page_out;
};

extern const struct aws_service_row aws_services[AWS_SERVICE_COUNT];
extern const struct aws_operation_row aws_operations[AWS_OPERATION_COUNT];

/* By the names of the command line; both without case. ERR_USAGE names the nearest known one. */
bool aws_operation_find(struct str service, struct str operation, enum aws_operation *out, struct err *err);

/* Whether that input may be sent again after an attempt that was perhaps carried out. */
bool aws_operation_may_repeat(enum aws_operation operation, struct json input);

/*
 * The form of the query protocol: Action, Version, and the input's members: lists as Name.member.N, objects as
 * Name.Member; without any where input is missing. ERR_INPUT for a null; what does not fit marks out as full.
 */
bool aws_operation_write_form(enum aws_operation operation, struct json input, struct arena *arena, struct buf *out,
			      struct err *err);

#endif
