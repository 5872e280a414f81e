#include "aws/operation.h"

#include "base/codec.h"
#include "base/limits.h"
#include "base/nearest.h"

const struct aws_service_row aws_services[AWS_SERVICE_COUNT] = {
	[AWS_DYNAMODB] = {"dynamodb", "DYNAMODB", AWS_JSON_1_0, "DynamoDB_20120810", AWS_BACKOFF_DYNAMODB_MS},
	[AWS_SECRETS_MANAGER] = {"secretsmanager", "SECRETS_MANAGER", AWS_JSON_1_1, "secretsmanager", AWS_BACKOFF_MS},
	[AWS_SSM] = {"ssm", "SSM", AWS_JSON_1_1, "AmazonSSM", AWS_BACKOFF_MS},
	[AWS_STS] = {"sts", "STS", AWS_QUERY, "2011-06-15", AWS_BACKOFF_MS},
};
_Static_assert(AWS_SERVICE_COUNT == 4, "a new service needs its row");

/* Rows of items come at once or not at all; what is about whole tables takes its time. */
enum { ITEM_MS = 3000, MANY_MS = 8000, TABLE_MS = 10000 };

const struct aws_operation_row aws_operations[AWS_OPERATION_COUNT] = {
	[AWS_BATCH_GET_ITEM] = {AWS_DYNAMODB, "BatchGetItem", AWS_REPEAT_ALWAYS, MANY_MS, NULL, NULL},
	[AWS_BATCH_WRITE_ITEM] = {AWS_DYNAMODB, "BatchWriteItem", AWS_REPEAT_ALWAYS, MANY_MS, NULL, NULL},
	[AWS_CREATE_TABLE] = {AWS_DYNAMODB, "CreateTable", AWS_REPEAT_NEVER, TABLE_MS, NULL, NULL},
	[AWS_DELETE_ITEM] = {AWS_DYNAMODB, "DeleteItem", AWS_REPEAT_NEVER, ITEM_MS, NULL, NULL},
	[AWS_DELETE_TABLE] = {AWS_DYNAMODB, "DeleteTable", AWS_REPEAT_NEVER, TABLE_MS, NULL, NULL},
	[AWS_DESCRIBE_TABLE] = {AWS_DYNAMODB, "DescribeTable", AWS_REPEAT_ALWAYS, TABLE_MS, NULL, NULL},
	[AWS_DESCRIBE_TIME_TO_LIVE] = {AWS_DYNAMODB, "DescribeTimeToLive", AWS_REPEAT_ALWAYS, TABLE_MS, NULL, NULL},
	[AWS_GET_ITEM] = {AWS_DYNAMODB, "GetItem", AWS_REPEAT_ALWAYS, ITEM_MS, NULL, NULL},
	[AWS_LIST_TABLES] = {AWS_DYNAMODB, "ListTables", AWS_REPEAT_ALWAYS, TABLE_MS, "ExclusiveStartTableName",
			     "LastEvaluatedTableName"},
	[AWS_PUT_ITEM] = {AWS_DYNAMODB, "PutItem", AWS_REPEAT_NEVER, ITEM_MS, NULL, NULL},
	[AWS_QUERY_ITEMS] = {AWS_DYNAMODB, "Query", AWS_REPEAT_ALWAYS, MANY_MS, "ExclusiveStartKey", "LastEvaluatedKey"},
	[AWS_SCAN] = {AWS_DYNAMODB, "Scan", AWS_REPEAT_ALWAYS, MANY_MS, "ExclusiveStartKey", "LastEvaluatedKey"},
	[AWS_TRANSACT_GET_ITEMS] = {AWS_DYNAMODB, "TransactGetItems", AWS_REPEAT_ALWAYS, MANY_MS, NULL, NULL},
	[AWS_TRANSACT_WRITE_ITEMS] = {AWS_DYNAMODB, "TransactWriteItems", AWS_REPEAT_BY_TOKEN, MANY_MS, NULL, NULL},
	[AWS_UPDATE_ITEM] = {AWS_DYNAMODB, "UpdateItem", AWS_REPEAT_NEVER, ITEM_MS, NULL, NULL},
	[AWS_UPDATE_TABLE] = {AWS_DYNAMODB, "UpdateTable", AWS_REPEAT_NEVER, TABLE_MS, NULL, NULL},
	[AWS_UPDATE_TIME_TO_LIVE] = {AWS_DYNAMODB, "UpdateTimeToLive", AWS_REPEAT_NEVER, TABLE_MS, NULL, NULL},
	[AWS_DESCRIBE_SECRET] = {AWS_SECRETS_MANAGER, "DescribeSecret", AWS_REPEAT_ALWAYS, MANY_MS, NULL, NULL},
	[AWS_GET_SECRET_VALUE] = {AWS_SECRETS_MANAGER, "GetSecretValue", AWS_REPEAT_ALWAYS, MANY_MS, NULL, NULL},
	[AWS_GET_PARAMETER] = {AWS_SSM, "GetParameter", AWS_REPEAT_ALWAYS, MANY_MS, NULL, NULL},
	[AWS_ASSUME_ROLE] = {AWS_STS, "AssumeRole", AWS_REPEAT_ALWAYS, MANY_MS, NULL, NULL},
	[AWS_ASSUME_ROLE_WITH_WEB_IDENTITY] = {AWS_STS, "AssumeRoleWithWebIdentity", AWS_REPEAT_ALWAYS, MANY_MS, NULL, NULL},
	[AWS_GET_CALLER_IDENTITY] = {AWS_STS, "GetCallerIdentity", AWS_REPEAT_ALWAYS, MANY_MS, NULL, NULL},
};
_Static_assert(AWS_OPERATION_COUNT == 23, "a new operation needs its row");

static bool find_service(struct str name, enum aws_service *out, struct err *err)
{
	struct nearest nearest;

	nearest_init(&nearest, name);
	for (unsigned i = 0; i < AWS_SERVICE_COUNT; i++) {
		*out = (enum aws_service)i;
		if (str_eq_nocase(name, str_from(aws_services[i].name)))
			return true;
		nearest_offer(&nearest, str_from(aws_services[i].name));
	}
	return err_set(err, ERR_USAGE, "this program knows no service %.*s; did you mean %.*s?", STR_ARG(str_take(name, 80)),
		       STR_ARG(nearest.best));
}

bool aws_operation_find(struct str service, struct str operation, enum aws_operation *out, struct err *err)
{
	struct nearest nearest;
	enum aws_service wanted;

	if (!find_service(service, &wanted, err))
		return false;
	nearest_init(&nearest, operation);
	for (unsigned i = 0; i < AWS_OPERATION_COUNT; i++) {
		if (aws_operations[i].service != wanted)
			continue;
		*out = (enum aws_operation)i;
		if (str_eq_nocase(operation, str_from(aws_operations[i].name)))
			return true;
		nearest_offer(&nearest, str_from(aws_operations[i].name));
	}
	return err_set(err, ERR_USAGE, "this program does not call %s %.*s; did you mean %.*s?", aws_services[wanted].name,
		       STR_ARG(str_take(operation, 80)), STR_ARG(nearest.best));
}

bool aws_operation_may_repeat(enum aws_operation operation, struct json input)
{
	enum aws_repeat repeat = aws_operations[operation].repeat;

	return repeat == AWS_REPEAT_ALWAYS ||
	       (repeat == AWS_REPEAT_BY_TOKEN && json_type(json_get(input, "ClientRequestToken")) == JSON_STRING);
}

/* ---- the form ---- */

static void add_encoded(struct buf *out, struct str text, struct arena *arena)
{
	buf_add(out, codec_percent(arena, text));
}

/* prefix is the name up to here, of what is nested: "Tags.member.1". */
static bool write_value(struct str prefix, struct json value, struct arena *arena, struct buf *out, struct err *err)
{
	struct json_iter iter = json_iterate(value);
	struct json key, member;
	unsigned number = 0;
	struct str text;

	switch (json_type(value)) {
	case JSON_OBJECT:
		while (json_next(&iter, &key, &member)) {
			struct str name = json_text_or(key, arena, STR_EMPTY);

			if (!write_value(arena_printf(arena, "%.*s%s%.*s", STR_ARG(prefix), prefix.len ? "." : "", STR_ARG(name)),
					 member, arena, out, err))
				return false;
		}
		return true;
	case JSON_ARRAY:
		while (json_next(&iter, &key, &member))
			if (!write_value(arena_printf(arena, "%.*s.member.%u", STR_ARG(prefix), ++number), member, arena, out, err))
				return false;
		return true;
	case JSON_STRING:
		text = json_text_or(value, arena, STR_EMPTY);
		break;
	case JSON_NUMBER:
	case JSON_BOOL:
		text = json_raw(value);
		break;
	default:
		return err_set(err, ERR_INPUT, "%.*s has no value; leave it out", STR_ARG(prefix));
	}
	buf_add_char(out, '&');
	add_encoded(out, prefix, arena);
	buf_add_char(out, '=');
	add_encoded(out, text, arena);
	return arena_check(arena, "the input", err);
}

bool aws_operation_write_form(enum aws_operation operation, struct json input, struct arena *arena, struct buf *out,
			      struct err *err)
{
	const struct aws_operation_row *row = &aws_operations[operation];

	buf_printf(out, "Action=%s&Version=%s", row->name, aws_services[row->service].target);
	return json_is_missing(input) || write_value(STR_EMPTY, input, arena, out, err);
}
