#include "aws/operation.h"

#include "base/limits.h"
#include "test.h"

static struct json parse(struct arena *arena, const char *text)
{
	struct json root = JSON_MISSING_VALUE;
	struct err err;

	CHECK(json_parse(arena, str_from(text), &root, &err));
	return root;
}

TEST(every_row_is_complete_and_no_two_have_one_name)
{
	for (unsigned i = 0; i < AWS_OPERATION_COUNT; i++) {
		const struct aws_operation_row *row = &aws_operations[i];
		enum aws_operation found;
		struct err err;

		CHECK(row->name && row->time_ms > 0 && (row->page_in == NULL) == (row->page_out == NULL));
		CHECK(aws_operation_find(str_from(aws_services[row->service].name), str_from(row->name), &found, &err));
		CHECK_EQ_UINT(found, i);
	}
	for (unsigned i = 0; i < AWS_SERVICE_COUNT; i++)
		CHECK(aws_services[i].name && aws_services[i].variable && aws_services[i].target && aws_services[i].backoff_ms > 0);
}

TEST(an_unknown_name_is_refused_with_the_nearest)
{
	enum aws_operation found;
	struct err err;

	CHECK(!aws_operation_find(STR("dynamo"), STR("GetItem"), &found, &err));
	CHECK(err.code == ERR_USAGE && strstr(err.text, "did you mean dynamodb?"));
	CHECK(!aws_operation_find(STR("ssm"), STR("GetItem"), &found, &err));
	CHECK(err.code == ERR_USAGE && strstr(err.text, "did you mean GetParameter?"));
}

TEST(a_transaction_may_be_repeated_by_its_token_alone)
{
	struct arena arena;

	arena_init(&arena, 1 << 20);
	CHECK(aws_operation_may_repeat(AWS_TRANSACT_WRITE_ITEMS, parse(&arena, "{\"ClientRequestToken\":\"a-1\"}")));
	CHECK(!aws_operation_may_repeat(AWS_TRANSACT_WRITE_ITEMS, parse(&arena, "{\"ClientRequestToken\":1}")));
	CHECK(!aws_operation_may_repeat(AWS_TRANSACT_WRITE_ITEMS, JSON_MISSING_VALUE));
	CHECK(aws_operation_may_repeat(AWS_GET_ITEM, JSON_MISSING_VALUE));
	CHECK(!aws_operation_may_repeat(AWS_PUT_ITEM, parse(&arena, "{\"ClientRequestToken\":\"a-1\"}")));
	arena_release(&arena);
}

TEST(the_form_spells_lists_and_objects_out)
{
	struct arena arena;
	struct buf out;
	struct err err;

	arena_init(&arena, 1 << 20);
	buf_init(&out, 1 << 16);
	CHECK(aws_operation_write_form(AWS_ASSUME_ROLE,
				       parse(&arena, "{\"RoleArn\":\"a:b/c d\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"あ&=\"},{\"Key\":\"l\"}],"
						     "\"DurationSeconds\":900,\"P\":{\"x\":true},\"None\":[]}"),
				       &arena, &out, &err));
	CHECK(str_eqc(buf_str(&out), "Action=AssumeRole&Version=2011-06-15&RoleArn=a%3Ab%2Fc%20d&Tags.member.1.Key=k&"
				     "Tags.member.1.Value=%E3%81%82%26%3D&Tags.member.2.Key=l&DurationSeconds=900&P.x=true"));
	buf_clear(&out);
	CHECK(aws_operation_write_form(AWS_GET_CALLER_IDENTITY, JSON_MISSING_VALUE, &arena, &out, &err));
	CHECK(str_eqc(buf_str(&out), "Action=GetCallerIdentity&Version=2011-06-15"));
	CHECK(!aws_operation_write_form(AWS_ASSUME_ROLE, parse(&arena, "{\"a\":{\"b\":null}}"), &arena, &out, &err));
	CHECK(err.code == ERR_INPUT && strstr(err.text, "a.b has no value"));
	buf_release(&out);
	arena_release(&arena);
}
